/*
 * area_text: the one text format of the area pack.
 *
 * Layer: domain (needs base only).
 *
 *     # a remark
 *     [id-of-a-thing]
 *     key = value
 *       a line that begins with white space goes on with the value
 *
 * Keys and ids are lower-case words with hyphens.  A value that goes on keeps its
 * line ends.  Everything else is an error with its line.
 */
#ifndef PENDEEN_DOMAIN_AREA_TEXT_H
#define PENDEEN_DOMAIN_AREA_TEXT_H

#include "base/err.h"
#include "base/str.h"

struct area_pair {
    struct str key;
    struct str value;
    size_t line;
    bool used; /* somebody asked for it: what nobody asks for is a misspelt key */
};

struct area_section {
    struct str id;
    size_t line;
    struct area_pair *pair;
    size_t pair_count;
};

struct area_text {
    struct str file; /* its name, for messages */
    struct area_section *section;
    size_t section_count;
};

/* `text` must live as long as the result, or be in the arena.  Ids are unique
 * within a file, keys within a section. */
enum st area_text_parse(struct arena *arena, struct str file, struct str text,
                        struct area_text *ret, struct err *err) MUST_USE;

/* The value of a key, marked as used; empty when it is not there. */
struct str area_text_value(struct area_section *section, struct str key);

/* A value that has to be there. */
enum st area_text_need(const struct area_text *text, struct area_section *section, const char *key,
                       struct str *ret, struct err *err) MUST_USE;

/* "contacts.txt, line 12: MESSAGE" */
enum st area_text_wrong(const struct area_text *text, size_t line, struct err *err,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));

/* ST_INVALID at the first key that was never asked for. */
enum st area_text_all_used(const struct area_text *text, struct err *err) MUST_USE;

#endif
