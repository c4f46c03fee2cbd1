/*
 * Any bytes as what a backup says of itself, which is read before its signature can be: what is
 * taken holds no count below nothing, and its words and its note lie within what was read.
 */
#include "domain/backup.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool within(struct str part, struct str whole)
{
    return !part.len || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t seed[32] = {7};
    struct str text = {(const char *)data, size};
    struct backup_manifest manifest;
    struct err err = {0};
    enum st st = backup_manifest_read(text, &manifest, &err);
    if (st != ST_OK) {
        if (st != ST_INVALID || !err.public[0]) abort();
        return 0;
    }
    if (manifest.bytes < 0 || manifest.rows < 0 || manifest.tables < 0) abort();
    if (!within(manifest.counts, text) || !within(manifest.note, text)) abort();
    struct checkpoint_signer signer;
    checkpoint_signer_from_seed(seed, "example.org", &signer);
    st = backup_manifest_verify(text, &manifest, &signer.key, &err);
    checkpoint_signer_clear(&signer);
    if (st == ST_OK) abort(); /* nothing was signed with it */
    return 0;
}
