/*
 * Any bytes as a checkpoint, as a public key, as an export and each of its rows, and as a
 * proof: what is read is read the same again, and nothing that is not signed is believed.
 */
#include "base/arena.h"
#include "domain/audit_checkpoint.h"
#include "domain/audit_export.h"

#include <sodium.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_note(struct str text, const struct checkpoint_signer *signer)
{
    struct checkpoint checkpoint;
    struct checkpoint again;
    struct err err = {0};
    if (checkpoint_read(text, &checkpoint, &err) != ST_OK) return;
    struct buf note;
    buf_init(&note, CHECKPOINT_NOTE_MAX);
    checkpoint_write(&checkpoint, signer, &note);
    if (checkpoint_read(buf_str(&note), &again, &err) != ST_OK || again.size != checkpoint.size ||
        !merkle_equal(&again.root, &checkpoint.root))
        abort();
    buf_done(&note);
    /* Nobody has this key but we. */
    if (checkpoint_verify(text, &signer->key, &again, &err) == ST_OK) abort();
}

static void read_key(struct str text)
{
    struct checkpoint_key key;
    struct checkpoint_key again;
    struct err err = {0};
    if (checkpoint_key_read(text, &key, &err) != ST_OK) return;
    struct buf written;
    buf_init(&written, 1000);
    checkpoint_key_write(&key, &written);
    if (checkpoint_key_read(buf_str(&written), &again, &err) != ST_OK ||
        memcmp(key.public, again.public, sizeof key.public) != 0)
        abort();
    buf_done(&written);
}

static void read_export(const uint8_t *data, size_t size, const struct checkpoint_key *key)
{
    if (size == 0) return;
    FILE *file = fmemopen((void *)(uintptr_t)data, size, "r");
    if (!file) abort();
    struct audit_check check = {.key = key};
    struct audit_report report;
    struct err err = {0};
    if (audit_check_export(file, &check, &report, &err) == ST_OK && report.checkpoints > 0) abort();
    fclose(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t seed[32] = {42};
    struct str text = str_of((const char *)data, size);
    struct checkpoint_signer signer;
    struct err err = {0};
    if (sodium_init() < 0) abort();
    checkpoint_signer_from_seed(seed, "fuzz", &signer);
    read_note(text, &signer);
    read_key(text);
    read_export(data, size, &signer.key);
    struct arena arena;
    struct audit_export_line line;
    arena_init(&arena, 16 << 20);
    if (size < AUDIT_EXPORT_LINE_MAX && audit_export_read(&arena, text, &line, &err) == ST_OK &&
        line.kind == EXPORT_LINE) {
        struct merkle_hash hash;
        audit_leaf_hash(&line.line, &hash);
    }
    arena_done(&arena);
    struct buf words;
    buf_init(&words, 1 << 20);
    if (audit_is_proof(text) && audit_check_proof(text, &signer.key, &words, &err) == ST_OK)
        abort();
    buf_done(&words);
    return 0;
}
