/* What lines and tables tell of two values is what their texts tell; the vector kernels
 * find the lanes that the plain loop finds. */
#include "link/batch_internal.h"

#include "base/buf.h"
#include "link/batch_line.h"
#include "link/similarity.h"
#include "tests_common.h"

#include <stdlib.h>

enum { VALUES = 160 };

static uint64_t state = 11;

static uint32_t next(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % below;
}

/* A text of the letters given, or one that is nearly the one before it. */
static void add_random(struct buf *out, const char *letters, uint32_t longest,
                       char before[static 64])
{
    uint32_t length = 1 + next(longest);
    size_t known = strlen(before);
    if (next(3) && known) {
        size_t at = next((uint32_t)known);
        if (next(3) == 0 && at + 1 < known) {
            char swap = before[at];
            before[at] = before[at + 1];
            before[at + 1] = swap;
        } else if (next(3) == 0 && known > 1) {
            memmove(before + at, before + at + 1, known - at);
        } else {
            before[at] = letters[next((uint32_t)strlen(letters))];
        }
    } else {
        for (uint32_t i = 0; i < length; i++) before[i] = letters[next((uint32_t)strlen(letters))];
        before[length] = 0;
    }
    buf_add_c(out, before);
}

static void make_field(enum model_role role, const char *letters, uint32_t longest,
                       const char *ending, struct table *table, struct batch_field *field)
{
    struct buf text;
    struct err err = {0};
    char before[64] = "";
    buf_init(&text, 1 << 20);
    buf_add_c(&text, "id,value\n");
    for (int i = 0; i < VALUES; i++) {
        buf_add_fmt(&text, "%d,", i);
        add_random(&text, letters, longest, before);
        buf_add_fmt(&text, "%s\n", ending);
    }
    memset(table, 0, sizeof *table);
    if (table_read(table, buf_str(&text), STR("id"), 1, &err) != ST_OK) fail_msg("%s", err.public);
    buf_done(&text);
    struct model_comparison comparison = {.column = {1}, .columns = 1, .role = role};
    batch_field_make(table, &comparison, field);
    for (int piece = 0; piece < NEAR_PIECES; piece++) batch_near_piece(field, piece);
}

static int count_told(enum model_role role, const char *letters, uint32_t longest,
                      const char *ending)
{
    struct table *table = malloc(sizeof *table);
    struct batch_field field;
    int told = 0;
    make_field(role, letters, longest, ending, table, &field);
    for (uint32_t a = 1; a < field.values; a++)
        for (uint32_t b = 1; b < field.values; b++) {
            uint32_t left[LINE_WORDS_MAX], right[LINE_WORDS_MAX];
            if (a == b) continue;
            assert_int_equal(batch_field_level(&field, a, b), batch_field_level(&field, b, a));
            line_fill(&field, a, left);
            line_fill(&field, b, right);
            int level = line_level(&field, a, b, left, right);
            assert_int_equal(level, line_level(&field, b, a, right, left));
            /* the second of two */
            const uint32_t *one[] = {right, left}, *other[] = {right, right};
            const uint16_t turn[] = {1};
            int8_t many[] = {7, 7};
            if (!field.near.known || role == MODEL_STREET)
                line_levels(&field, 0, one, other, turn, 1, many);
            if (many[1] != 7) assert_int_equal(many[1], level);
            assert_int_equal(many[0], 7);
            if (level < 0) continue;
            told++;
            if (level != batch_field_level(&field, a, b))
                fail_msg("role %d: '%.*s' and '%.*s': %d by their lines, %d by their texts",
                         (int)role, STR_ARG(field.text[a]), STR_ARG(field.text[b]), level,
                         batch_field_level(&field, a, b));
        }
    batch_field_done(&field);
    table_done(table);
    free(table);
    return told;
}

/* What hints tell apart is apart by the plain references. */
static void hints_tell_apart_only_what_is(void **unused)
{
    (void)unused;
    static const struct {
        enum model_role role;
        const char *letters;
        double most;    /* that what is told apart may be similar */
        unsigned edits; /* and at least so many lie between */
    } cases[] = {
        {MODEL_GIVEN, "abc ", 0.7, 1}, {MODEL_SURNAME, "abcdefgh", 0.7, 1},
        {MODEL_TOWN, "abc ", 0.82, 3}, {MODEL_TOWN, "abcdefgh", 0.82, 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct table *table = malloc(sizeof *table);
        struct batch_field field;
        size_t told = 0, open = 0;
        make_field(cases[i].role, cases[i].letters, 9, "", table, &field);
        for (uint32_t a = 1; a < field.values; a++)
            for (uint32_t b = 1; b < field.values; b++) {
                if (a == b) continue;
                int level = batch_field_level_by_hint(&field, a, b);
                assert_int_equal(level, batch_field_level_by_hint(&field, b, a));
                told += level >= 0;
                open += level < 0;
                if (level < 0) continue;
                assert_int_equal(level, LEVEL_DIFFERENT);
                assert_true(link_jaro_winkler(field.text[a], field.text[b]) < cases[i].most);
                assert_true(link_osa(field.text[a], field.text[b]) >= cases[i].edits);
            }
        assert_true(told > 100 && open > 100);
        batch_field_done(&field);
        table_done(table);
        free(table);
    }
}

static void days_apart_are_levels(void **unused)
{
    (void)unused;
    static const struct {
        const char *other;
        int level;
    } cases[] = {
        {"2024-03-01", LEVEL_ALIKE}, {"2024-02-28", LEVEL_ALIKE}, {"2024-03-03", LEVEL_CLOSE},
        {"2024-03-10", LEVEL_NEAR}, {"2024-02-01", LEVEL_FAR}, {"2025-02-28", LEVEL_DIFFERENT},
        {"2024", LEVEL_NEAR}, {"2020", LEVEL_DIFFERENT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct table *table = malloc(sizeof *table);
        struct batch_field field;
        struct err err = {0};
        char text[100];
        uint32_t left[LINE_WORDS_MAX], right[LINE_WORDS_MAX];
        snprintf(text, sizeof text, "id,on\n1,2024-02-29\n2,%s\n", cases[i].other);
        if (table_read(table, str_from(text), STR("id"), 1, &err) != ST_OK)
            fail_msg("%s", err.public);
        batch_field_make(
            table, &(struct model_comparison){.column = {1}, .columns = 1, .role = MODEL_DATE},
            &field);
        assert_int_equal(field.values, 3);
        line_fill(&field, 1, left);
        line_fill(&field, 2, right);
        if (line_level(&field, 1, 2, left, right) != cases[i].level ||
            line_level(&field, 2, 1, right, left) != cases[i].level)
            fail_msg("%s: %d, not %d", cases[i].other, line_level(&field, 1, 2, left, right),
                     cases[i].level);
        batch_field_done(&field);
        table_done(table);
        free(table);
    }
}

static void lines_tell_what_texts_tell(void **unused)
{
    (void)unused;
    for (int round = 0; round < 6; round++) {
        assert_true(count_told(MODEL_POSTCODE, "abt1 2", 8, "") > 0);
        assert_true(count_told(MODEL_POSTCODE, "0123456789xyzt", 12, "") > 0);
        assert_true(count_told(MODEL_PHONE, "0123456789", 14, "") > 0);
        assert_true(count_told(MODEL_PHONE, "79", 11, "55") > 0);
        assert_true(count_told(MODEL_IDENTIFIER, "0123456789abcdefgh", 12, "") > 0);
        assert_true(count_told(MODEL_EMAIL, "abcdefg.1234", 12, "@example.org") > 0);
    }
}

static void tables_tell_what_texts_tell(void **unused)
{
    (void)unused;
    for (int round = 0; round < 6; round++) {
        assert_true(count_told(MODEL_SURNAME, "abelnorst", 14, "") > 0);
        assert_true(count_told(MODEL_GIVEN, "an mi", 8, "") > 0);
        assert_true(count_told(MODEL_TOWN, "abcdeost ", 24, "") > 0);
        assert_true(count_told(MODEL_CATEGORY, "ab", 5, "") > 0);
    }
}

enum { LINES = 40 };
static uint64_t seen_shared;

/* Of lines whose lanes are known, every number of passes. */
static void check_shared(struct batch *batch, uint32_t row, const uint32_t *others,
                         const uint64_t *equal, size_t count)
{
    uint64_t shared[2][LINES];
    int passes = next(2) ? BATCH_PASSES_MAX : 1 + (int)next(BATCH_PASSES_MAX);
    batch->used_passes = next(4) ? ~(uint64_t)0 >> next(3) : (uint64_t)next(1 << 30);
    for (int p = 0; p < BATCH_PASSES_MAX; p++) {
        batch->pass_lanes[p] = 0;
        for (uint32_t k = next(4); k < 4; k++)
            batch->pass_lanes[p] |= (uint64_t)1 << next((uint32_t)batch->lanes);
    }
    batch_kernel_shared(batch, passes, row, others, count, equal, shared[0]);
    batch_kernel_shared_plain(batch, passes, row, others, count, equal, shared[1]);
    assert_memory_equal(shared[0], shared[1], count * sizeof *shared[0]);
    for (size_t i = 0; i < count; i++) {
        seen_shared |= shared[0][i];
        uint64_t apart =
            batch_line_apart(batch, batch_line(batch, row)) |
            batch_line_apart(batch, batch_line(batch, others[i] & ~(uint32_t)BLOCK_START));
        for (int p = 0; p < BATCH_PASSES_MAX; p++) {
            bool wanted = p < passes && batch->used_passes >> p & 1 && !(apart >> p & 1) &&
                          !(batch->pass_lanes[p] & ~equal[i]);
            assert_int_equal(shared[0][i] >> p & 1, wanted);
        }
    }
}

/* --- birth dates --- */

/* How many of the last digits differ; two neighbours that changed places are one. */
static int slips(unsigned a, unsigned b, int width)
{
    int count = 0;
    for (int i = 0; i < width; i++, a /= 10, b /= 10) {
        if (a % 10 == b % 10) continue;
        count++;
        if (i + 1 == width || a % 10 != b / 10 % 10 || a / 10 % 10 != b % 10) continue;
        i++;
        a /= 10;
        b /= 10;
    }
    return count;
}

static int unlike(unsigned a, unsigned b, int width)
{
    int count = 0;
    for (int i = 0; i < width; i++, a /= 10, b /= 10) count += a % 10 != b % 10;
    return count;
}

struct day {
    unsigned year, month, day;
};

/* By the parts of two dates, one after the other. */
static int level_of_days(struct day a, struct day b)
{
    int years = a.year && b.year ? abs((int)a.year - (int)b.year) : 0;
    if (!a.year || !b.year || !a.month || !b.month || !a.day || !b.day) {
        bool months = !a.month || !b.month || a.month == b.month,
             days = !a.day || !b.day || a.day == b.day;
        if (years == 0 && months && days) return a.month && b.month ? LEVEL_CLOSE : LEVEL_NEAR;
        return years <= 1 ? LEVEL_FAR : LEVEL_DIFFERENT;
    }
    int apart = slips(a.year, b.year, 4) + slips(a.month, b.month, 2) + slips(a.day, b.day, 2);
    if (unlike(a.year, b.year, 4) + unlike(a.month, b.month, 2) + unlike(a.day, b.day, 2) > 4)
        apart = 9;
    bool swapped = a.month == b.day && a.day == b.month;
    bool first = (a.month == 1 && a.day == 1) || (b.month == 1 && b.day == 1);
    int parts = (years == 0) + (a.month == b.month) + (a.day == b.day);
    if ((years == 0 && swapped) || apart == 1) return LEVEL_ALIKE;
    if (parts == 2 || (years == 0 && first)) return LEVEL_CLOSE;
    if (apart == 2 || (swapped && years <= 1)) return LEVEL_NEAR;
    return years == 0 || (years == 1 && parts == 1) ? LEVEL_FAR : LEVEL_DIFFERENT;
}

static struct day random_day(struct day near)
{
    static const unsigned years[] = {1990, 1909, 1919, 2011, 2001, 1221, 1212, 2121, 0};
    if (next(3) == 0) near.year = years[next(9)];
    if (next(3) == 0) near.month = next(13);
    if (next(3) == 0) near.day = next(32);
    return near;
}

static void dates_tell_what_their_parts_tell(void **unused)
{
    (void)unused;
    struct str text[2] = {STR(""), STR("")};
    uint64_t sign[2];
    struct batch_field field = {.role = MODEL_BIRTH, .text = text, .sign = sign};
    int seen[LEVELS] = {0};
    struct day a = {1990, 1, 1};
    for (int round = 0; round < 300000; round++) {
        uint32_t left[LINE_WORDS_MAX], right[LINE_WORDS_MAX];
        struct day b = random_day(a);
        sign[0] = field_date(a.year, a.month, a.day);
        sign[1] = field_date(b.year, b.month, b.day);
        if (sign[0] == sign[1]) continue;
        line_fill(&field, 0, left);
        line_fill(&field, 1, right);
        const uint32_t *one[] = {left}, *other[] = {right};
        int8_t many;
        line_levels(&field, 0, one, other, (const uint16_t[]){0}, 1, &many);
        int level = line_level(&field, 0, 1, left, right), wanted = level_of_days(a, b);
        if (level != wanted || many != wanted)
            fail_msg("%u-%u-%u and %u-%u-%u: %d and %d, not %d", a.year, a.month, a.day, b.year,
                     b.month, b.day, level, many, wanted);
        seen[level]++;
        a = next(2) ? b : a;
    }
    for (int level = LEVEL_DIFFERENT; level <= LEVEL_ALIKE; level++) assert_true(seen[level] > 100);
}

/* What names and numbers make of two places, told by hand. */
static void streets_are_told_by_names_and_numbers(void **unused)
{
    (void)unused;
    static const struct {
        const char *one, *other;
        int level;
    } cases[] = {{"12 high street", "12 hihg street", LEVEL_ALIKE},
                 {"12 high street", "21 high street", LEVEL_CLOSE},
                 {"12 high street", "57 high street", LEVEL_FAR},
                 {"12 high street", "57 hihg street", LEVEL_FAR},
                 {"12 high street", "high street", LEVEL_CLOSE},
                 {"12 high street", "12 fore row", LEVEL_DIFFERENT},
                 {"12 high street", "57 fore row", LEVEL_DIFFERENT},
                 {"12 high street", "fore row", LEVEL_DIFFERENT},
                 {"12 penrose", "12 penrose barns", LEVEL_CLOSE},
                 {"12 penrose", "57 penrose barns", LEVEL_DIFFERENT},
                 {"high street", "hihg street", LEVEL_ALIKE},
                 {"high street", "fore row", LEVEL_DIFFERENT}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct table table = {0};
        struct batch_field field;
        struct err err = {0};
        struct buf text;
        buf_init(&text, 1024);
        buf_add_fmt(&text, "id,street\n1,%s\n2,%s\n", cases[i].one, cases[i].other);
        if (table_read(&table, buf_str(&text), STR("id"), 1, &err) != ST_OK)
            fail_msg("%s", err.public);
        struct model_comparison comparison = {.column = {1}, .columns = 1, .role = MODEL_STREET};
        batch_field_make(&table, &comparison, &field);
        for (int piece = 0; piece < NEAR_PIECES; piece++) batch_near_piece(&field, piece);
        uint32_t left[LINE_WORDS_MAX], right[LINE_WORDS_MAX];
        line_fill(&field, 1, left);
        line_fill(&field, 2, right);
        if (line_level(&field, 1, 2, left, right) != cases[i].level)
            fail_msg("'%s' and '%s': %d", cases[i].one, cases[i].other,
                     line_level(&field, 1, 2, left, right));
        batch_field_done(&field);
        buf_done(&text);
        table_done(&table);
    }
}

/* The oracle of the vectors, over lines of every length. */
static void lanes_are_found_by_every_kernel(void **unused)
{
    (void)unused;
    enum { ROWS = LINES, WIDEST = 64, ROOM = 128 };
    struct model model = {0};
    struct batch batch = {.model = &model, .stride = WIDEST + 2};
    batch.lines = calloc(ROWS * (WIDEST + 2) + ROOM, sizeof *batch.lines);
    for (int lanes = 1; lanes <= WIDEST; lanes++) {
        batch.lanes = lanes;
        model.count = lanes < MODEL_COMPARISONS_MAX ? lanes : MODEL_COMPARISONS_MAX;
        for (size_t i = 0; i < ROWS * batch.stride; i++) batch.lines[i] = next(3);
        uint32_t others[ROWS];
        uint64_t equal[2][ROWS];
        uint32_t there[2][ROWS];
        for (uint32_t i = 0; i < ROWS; i++) others[i] = i | (next(2) ? (uint32_t)BLOCK_START : 0);
        for (uint32_t row = 0; row < ROWS; row++) {
            batch_kernel_equal(&batch, row, others, ROWS, equal[0], there[0]);
            batch_kernel_equal_plain(&batch, row, others, ROWS, equal[1], there[1]);
            assert_memory_equal(equal[0], equal[1], sizeof equal[0]);
            assert_memory_equal(there[0], there[1], sizeof there[0]);
            check_shared(&batch, row, others, equal[0], ROWS);
        }
    }
    assert_true(seen_shared == ~(uint64_t)0);
    free(batch.lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hints_tell_apart_only_what_is),
        cmocka_unit_test(days_apart_are_levels),
        cmocka_unit_test(lines_tell_what_texts_tell),
        cmocka_unit_test(tables_tell_what_texts_tell),
        cmocka_unit_test(dates_tell_what_their_parts_tell),
        cmocka_unit_test(streets_are_told_by_names_and_numbers),
        cmocka_unit_test(lanes_are_found_by_every_kernel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
