/*
 * audit_log: the one way into the tables of the audit.
 *
 * Layer: store.  Appends a line in the caller's transaction: it is there when what it
 * records is there, and not otherwise.  A line's leaf is a short text (audit_leaf_text)
 * that holds its metadata, its blind tags and the hash of its sealed part; the leaf's hash
 * goes into a Merkle tree of which only the frontier is kept (seal/merkle.h), so that an
 * append costs a few hashes however long the log is.
 *
 * Sealed is who it was and which records it was about: under a data key of the month, or,
 * for what would tell who handed something in, under one of the keys for who told.
 *
 * One writer at a time: the head is changed only from the size that was read, and
 * ST_BUSY says that somebody else was first.
 */
#ifndef PENDEEN_STORE_AUDIT_LOG_H
#define PENDEEN_STORE_AUDIT_LOG_H

#include "base/buf.h"
#include "base/clock.h"
#include "seal/keyring.h"
#include "seal/merkle.h"
#include "store/store.h"

enum {
    AUDIT_SUBJECTS_MAX = 500,
    AUDIT_LEAF_TEXT_MAX = 1024 + 2 * SEAL_TAG_SIZE * AUDIT_SUBJECTS_MAX
};

/* A record: a constant word and its id. */
struct audit_subject {
    const char *kind; /* "submission" */
    int64_t id;
};

/* A line to be appended.  Texts are constants of the program, without line breaks. */
struct audit_entry {
    instant_ms at;
    const char *kind;
    const char *action;
    const char *outcome;
    const char *reason;
    int64_t account;  /* 0: nobody */
    bool by_source;   /* the account is who handed the record in: sealed and tagged apart */
    const struct audit_subject *subject;
    size_t subject_count; /* what is over AUDIT_SUBJECTS_MAX is left out */
};
enum st audit_log_append(struct db *db, struct keyring *keys, const struct audit_entry *entry,
                         struct err *err) MUST_USE;
/* For migration 3: the same without the index, which migration 33 makes. */
enum st audit_log_carry_over(struct db *db, struct keyring *keys, const struct audit_entry *entry,
                             struct err *err) MUST_USE;

/* For the turn of writing: writes the head before its commit. */
enum st audit_log_settle(struct db *db, struct err *err) MUST_USE;
/* A key was destroyed in this transaction: the month's is looked for anew. */
void audit_log_forget_keys(struct db *db);

/* A line as it stands in the log: all that the leaf commits to. */
struct audit_line {
    int64_t number; /* from 1; the leaf's place is one less */
    instant_ms at;
    struct str kind;
    struct str action;
    struct str outcome;
    struct str reason;
    struct str who;      /* tag, or empty */
    struct str subjects; /* tags */
    int64_t key_id;
    struct merkle_hash sealed_hash; /* SHA-256 of the sealed part */
    struct merkle_hash leaf;        /* as it is kept; audit_leaf_hash says what it must be */
};
void audit_leaf_text(const struct audit_line *line, struct buf *out);
void audit_leaf_hash(const struct audit_line *line, struct merkle_hash *ret);

/* The columns of a query that begins as Q_AUDIT_LINE_AFTER does; texts until the next row. */
struct audit_line audit_line_from_row(struct query *query);
enum { AUDIT_LINE_WHO = 6, AUDIT_LINE_SUBJECTS = 7, AUDIT_LINE_SEALED = 9, AUDIT_LINE_LEAF = 10 };

/* Lines in their order, some read at a time, so that no more of a long log is in memory.  They are
 * of one moment on a connection that is held. */
enum { AUDIT_WALK_LINES = 1000 };
struct audit_walk {
    struct db *db;
    int64_t after; /* the number of the line before the first: INT64_MIN for all that there are */
    struct query *query; /* at a line, after audit_walk_next; zero to begin with, as all below */
    int64_t read;
    struct err failure;
};
/* False at the end or after a failure. */
bool audit_walk_next(struct audit_walk *walk);
enum st audit_walk_end(struct audit_walk *walk, struct err *err) MUST_USE;

/* The tags by which lines are found. */
void audit_tag_account(const struct keyring *keys, int64_t account, bool by_source,
                       uint8_t ret[static SEAL_TAG_SIZE]);
void audit_tag_subject(const struct keyring *keys, const char *kind, int64_t id,
                       uint8_t ret[static SEAL_TAG_SIZE]);

/* What is sealed in a line, opened into the arena: the account and the records. */
struct audit_opened {
    int64_t account;
    struct str kind[AUDIT_SUBJECTS_MAX];
    int64_t id[AUDIT_SUBJECTS_MAX];
    size_t subject_count;
};
/* ST_NOT_FOUND: its key was destroyed. */
enum st audit_line_open(struct db *db, struct keyring *keys, struct arena *arena, int64_t number,
                        int64_t key_id, struct str sealed, struct audit_opened *ret,
                        struct err *err) MUST_USE;

/* The tree as it stands.  ST_CONFLICT: what is kept of it is not a tree. */
enum st audit_log_head(struct db *db, struct merkle_frontier *ret, struct err *err) MUST_USE;

#endif
