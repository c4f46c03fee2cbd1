/*
 * Any bytes as a file of questions, and what stands behind the first NUL as the answer to each
 * of them.  What can be kept is accepted again, and is told in words.
 */
#include "base/arena.h"
#include "domain/area.h"
#include "domain/question_sign.h"
#include "domain/questions_mention.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct date today = {2026, 11, 27};

/* The same for every field: tick boxes are ticked when it is there. */
static struct str typed_of(const void *context, struct str name)
{
    (void)name;
    return *(const struct str *)context;
}

static void answer_one(struct arena *arena, const struct question *question,
                       const struct answer_form *form)
{
    struct answer kept = {0};
    struct answer again = {0};
    struct answer_typed typed = answer_typed_read(arena, question, form);
    struct str said = answer_check(arena, question, today, &typed, &kept);
    if (said.len) return;
    if ((kept.kind == ANSWER_GIVEN) != (kept.value.len > 0)) abort();
    if (!answer_words(arena, question, &kept).len) abort();
    (void)answer_read_as(arena, question, today, &kept);
    (void)answer_is_danger(question, &kept);
    typed = answer_typed_of(&kept);
    if (answer_check(arena, question, today, &typed, &again).len || again.kind != kept.kind ||
        !str_eq(again.value, kept.value))
        abort();
}

static void answer_all(struct arena *arena, const struct questions *set, struct str answer)
{
    struct answer_form form = {typed_of, &answer};
    for (size_t i = 0; i < set->question_count; i++) {
        const struct question *question = &set->question[i];
        struct arena_mark mark = arena_mark(arena);
        if (question->section >= set->section_count || question->step >= set->step_count) abort();
        if (questions_find(set, question->key) == NULL) abort();
        answer_one(arena, question, &form);
        arena_reset(arena, mark);
    }
    for (size_t i = 0; i < set->section_count; i++)
        if (!questions_find_section(set, question_rows_of(&set->section[i]))) abort();
    (void)questions_mentions_most(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct area_sign signs[] = {{.id = STR_INIT("new-phone"),
                                              .kind = SIGN_SIGN,
                                              .text = STR_INIT("A new phone"),
                                              .explain = STR_INIT("Why")},
                                             {.id = STR_INIT("in-care"),
                                              .kind = SIGN_CIRCUMSTANCE,
                                              .text = STR_INIT("In care"),
                                              .explain = STR_INIT("Why")}};
    struct arena arena;
    struct area_text text;
    struct questions set;
    struct err err = {0};
    struct str all = {(const char *)data, size};
    size_t end = 0;
    while (end < size && data[end]) end++;
    arena_init(&arena, 64 << 20);
    enum st outcome = area_text_parse(&arena, STR("x.txt"), str_sub(all, 0, end), &text, &err);
    if (outcome == ST_OK)
        outcome = questions_read_with_signs(&arena, &text, signs, sizeof signs / sizeof *signs,
                                            &set, &err);
    if (outcome == ST_OK) answer_all(&arena, &set, str_sub(all, end + 1, size));
    if (outcome != ST_OK && (outcome != ST_INVALID || !err.public[0])) abort();
    arena_done(&arena);
    return 0;
}
