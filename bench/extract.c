/*
 * extract: how much of what a narrative names is found, and how much of what is
 * found is named.
 *
 *   build/bench/extract [REPORTS] [SEED]
 *
 * Narratives of the synthetic partnership, whose mentions are known.  A mention is
 * found when one of the same kind has its telling field (registration, or make and
 * colour; number; handle or email; venue or address; name or nickname) in the text.
 * What is found is right when a mention of the report has what it says.
 */
#include "base/arena.h"
#include "domain/extract.h"
#include "link/normalise.h"
#include "synth/partnership.h"
#include "../tests/cornish_towns.h"

#include <stdio.h>
#include <stdlib.h>

/* The same letters and digits, in any case and spacing; or one holds the other. */
static bool alike(struct str a, struct str b)
{
    char left[LINK_TEXT_SIZE], right[LINK_TEXT_SIZE], *sides[2] = {left, right};
    if (!a.len || !b.len) return false;
    link_fold(a, left);
    link_fold(b, right);
    for (int i = 0; i < 2; i++) {
        char *to = sides[i];
        for (const char *from = sides[i]; *from; from++)
            if (*from != ' ') *to++ = *from;
        *to = '\0';
    }
    return left[0] && right[0] && (strstr(left, right) || strstr(right, left));
}

static bool same(const struct str a[static LINK_FIELDS], const struct str b[static LINK_FIELDS])
{
    static const enum link_field telling[] = {LINK_REGISTRATION, LINK_NUMBER, LINK_HANDLE,
                                              LINK_EMAIL,        LINK_VENUE,  LINK_ADDRESS,
                                              LINK_NAME,         LINK_ALIAS,  LINK_POSTCODE};
    for (size_t i = 0; i < sizeof telling / sizeof telling[0]; i++)
        if (alike(a[telling[i]], b[telling[i]])) return true;
    if (a[LINK_REGISTRATION].len && b[LINK_REGISTRATION].len) return false;
    return alike(a[LINK_MODEL], b[LINK_MODEL]) || alike(a[LINK_MAKE], b[LINK_MAKE]) ||
           alike(a[LINK_COLOUR], b[LINK_COLOUR]);
}

int main(int argc, char **argv)
{
    static const char *const names[LINK_KINDS] = {"person", "vehicle", "phone", "account", "place"};
    struct synth_options options = {.town = cornish_towns,
                                    .town_count = CORNISH_TOWNS,
                                    .seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1,
                                    .reports = argc > 1 ? (int32_t)strtol(argv[1], NULL, 10) : 2000,
                                    .last_day = 20780};
    struct arena arena, scratch;
    arena_init(&arena, (size_t)1 << 30);
    arena_init(&scratch, 64 << 20);
    struct synth_partnership *partnership = synth_partnership_new(&arena, &options);
    size_t named[LINK_KINDS] = {0}, found_of[LINK_KINDS] = {0}, found[LINK_KINDS] = {0},
           right[LINK_KINDS] = {0}, bytes = 0;
    int64_t time = 0;
    for (int32_t r = 0; r < options.reports; r++) {
        struct arena_mark mark = arena_mark(&scratch);
        struct synth_report report;
        synth_report_make(partnership, &scratch, r, &report);
        struct mention_draft draft[MENTIONS_MAX];
        int64_t start = clock_tick_ns();
        size_t count = extract_mentions(&scratch, report.narrative, date_from_days(report.day),
                                        draft, MENTIONS_MAX);
        time += clock_tick_ns() - start;
        bytes += report.narrative.len;
        for (int32_t i = 0; i < report.mention_count; i++) {
            const struct synth_mention *mention = &report.mention[i];
            bool hit = false;
            for (size_t k = 0; k < count; k++)
                hit |= draft[k].kind == mention->kind && same(draft[k].field, mention->field);
            named[mention->kind]++;
            found_of[mention->kind] += hit;
            if (!hit && getenv("MISSED"))
                printf("missed %s: %.*s\n", names[mention->kind], STR_ARG(report.narrative));
        }
        for (size_t k = 0; k < count; k++) {
            bool hit = false;
            for (int32_t i = 0; i < report.mention_count; i++)
                hit |= draft[k].kind == report.mention[i].kind &&
                       same(draft[k].field, report.mention[i].field);
            found[draft[k].kind]++;
            right[draft[k].kind] += hit;
            if (!hit && getenv("WRONG"))
                printf("wrong %s '%.*s': %.*s\n", names[draft[k].kind],
                       (int)(draft[k].span_end - draft[k].span_start),
                       report.narrative.ptr + draft[k].span_start, STR_ARG(report.narrative));
        }
        arena_reset(&scratch, mark);
    }
    printf("kind       named   found of them   found   right of them\n");
    for (int i = 0; i < LINK_KINDS; i++)
        printf("%-8s %7zu %14.3f %8zu %14.3f\n", names[i], named[i],
               named[i] ? (double)found_of[i] / (double)named[i] : 1.0, found[i],
               found[i] ? (double)right[i] / (double)found[i] : 1.0);
    printf("%zu narratives, %.1f us each (%.0f bytes on average)\n", (size_t)options.reports,
           (double)time / 1000.0 / options.reports, (double)bytes / options.reports);
    arena_done(&scratch);
    arena_done(&arena);
    return 0;
}
