/* The words that are found for a word are all that are alike to it, and as alike as comparing
 * the two says: what is asked and what is explained may not differ. */
#include "link/alike.h"
#include "link/word.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

enum { WORDS = 3000, LONGEST_WORD = 40 };

static uint64_t seed = 3;

static uint32_t drawn(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

/* Of the pieces of one list, so that many words are near each other. */
static const char *const pieces[][12] = {
    {"ooo", "oo", "ooo1", "10", "56", "1", "5", "0oo", "6oo", "8", "ooo5", "oo"},
    {"sla", "mi", "va", "ka", "ko", "yaro", "bo", "gdan", "zbi", "gni", "ew", "ik"},
    {"ngu", "yen", "tr", "an", "ph", "uong", "gi", "ang", "d", "uc", "th", "nh"},
    {"ma", "xa", "med", "mo", "ham", "c", "ali", "fa", "adu", "dhi", "ssa", "kh"},
    {"tre", "pen", "mar", "ia", "vy", "an", "s", "ers", "ie", "beth", "eli", "za"},
};

static size_t made_up(char ret[static LONGEST_WORD])
{
    const char *const *list = pieces[drawn(sizeof pieces / sizeof *pieces)];
    size_t length = 0, count = 2 + drawn(4);
    for (size_t i = 0; i < count; i++)
        for (const char *piece = list[drawn(12)]; *piece; piece++) ret[length++] = *piece;
    return length;
}

static enum word_level level_found(const struct alike_list *list, uint32_t word)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (list->alike[i].word == word) return (enum word_level)list->alike[i].level;
    return WORD_OTHER;
}

static void all_that_are_alike_are_found(void **state)
{
    (void)state;
    static char texts[WORDS * LONGEST_WORD];
    struct words words;
    uint32_t end = 0, of_level[256] = {0};
    link_words_init(&words);
    for (uint32_t i = 0; i < WORDS; i++) {
        size_t length = made_up(texts + end);
        link_words_add(&words, texts, i, end, (uint8_t)length);
        end += (uint32_t)length;
    }
    for (uint32_t i = 0; i < WORDS; i++) {
        struct str text = link_word_text(&words, texts, i);
        struct alike_list list;
        link_words_like(&words, texts, text, &words.word[i].sounds, WORDS, &list);
        for (uint32_t k = 0; k < WORDS; k++) {
            struct str other = link_word_text(&words, texts, k);
            enum word_level level =
                link_word_level(text, &words.word[i].sounds, other, &words.word[k].sounds);
            of_level[level]++;
            if (level == WORD_EXACT || level == WORD_INITIAL) continue;
            if (level_found(&list, k) != level)
                fail_msg("%.*s and %.*s: %d when compared, %d when looked for", STR_ARG(text),
                         STR_ARG(other), level, level_found(&list, k));
        }
        free(list.alike);
    }
    /* The words were such that most ways of being alike stood among them. */
    size_t ways = 0;
    for (size_t i = 0; i < sizeof of_level / sizeof *of_level; i++) ways += of_level[i] > 0;
    assert_true(ways >= 15);
    link_words_done(&words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_that_are_alike_are_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
