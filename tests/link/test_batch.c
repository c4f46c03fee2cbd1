/* The batch engine: reading tables, and what must hold of its results. */
#include "link/batch.h"

#include "base/buf.h"
#include "link/batch_field.h"
#include "tests_common.h"

#include <math.h>
#include <stdlib.h>

enum { PEOPLE = 300, LINES_MAX = 1000 };

static uint64_t state = 7;

static uint32_t next(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % below;
}

static char lines[LINES_MAX][160];
static int line_count;

/* PEOPLE people, two records each, the second with a slip or a gap. */
static void make_lines(void)
{
    static const char *given[] = {"jago",  "kerensa", "piotr",     "ana",
                                  "yusuf", "thanh",   "oluwaseun", "mary"};
    static const char *ends[] = {"ton", "ick", "owski", "escu", "ford", "ane", "ian", "ley"};
    line_count = 0;
    for (int i = 0; i < PEOPLE; i++) {
        char name[32];
        snprintf(name, sizeof name, "%c%c%c%s", 'a' + (int)next(26), 'a' + (int)next(26),
                 'a' + (int)next(26), ends[next(8)]);
        const char *first = given[next(8)];
        int year = 1950 + (int)next(60);
        int month = 1 + (int)next(12);
        int day = 1 + (int)next(28);
        int number = (int)next(9000) + 1000;
        snprintf(lines[line_count++], 160, "%d-a,%s,%s,%d-%02d-%02d,%s%d@example.org", i, first,
                 name, year, month, day, name, number);
        if (next(3) == 0) name[1] = 'x';
        snprintf(lines[line_count++], 160, "%d-b,%s,%s,%d-%02d-%02d,%s", i, first, name, year,
                 month, next(4) ? day : 1 + (int)next(28), next(2) ? "" : "other@example.org");
    }
}

static void read_lines(struct table *table)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    buf_add_c(&text, "id,given_name,surname,date_of_birth,email\n");
    for (int i = 0; i < line_count; i++) {
        buf_add_c(&text, lines[i]);
        buf_add_char(&text, '\n');
    }
    struct err err = {0};
    memset(table, 0, sizeof *table);
    if (table_read(table, buf_str(&text), STR("id"), 2, &err) != ST_OK) fail_msg("%s", err.public);
    assert_int_equal(table->rows, line_count);
    buf_done(&text);
}

static void run(struct table *table, int threads, struct model *model, struct batch_result *result)
{
    struct batch_options options = {.threshold = 0.01, .threads = threads, .seed = 1};
    model_guess(table, model);
    batch_link(table, model, &options, 0.95, result);
}

static struct str id_of(const struct table *table, uint32_t row)
{
    return table_id(table, row);
}

static bool same_person(struct str a, struct str b)
{
    return str_eq(str_sub(a, 0, a.len - 2), str_sub(b, 0, b.len - 2));
}

static void most_pairs_are_found_and_right(void **unused)
{
    (void)unused;
    struct table *table = malloc(sizeof *table);
    struct model model;
    struct batch_result result;
    make_lines();
    read_lines(table);
    run(table, 1, &model, &result);
    int right = 0;
    int kept = 0;
    for (size_t i = 0; i < result.count; i++) {
        if (batch_probability((double)result.pair[i].weight) < 0.5) continue;
        kept++;
        right += same_person(id_of(table, result.pair[i].left), id_of(table, result.pair[i].right));
    }
    assert_true(right >= PEOPLE * 95 / 100);
    assert_true(right * 100 >= kept * 97);
    assert_in_range(result.clusters, PEOPLE * 97 / 100, PEOPLE * 115 / 100);
    batch_done(&result);
    table_done(table);
    free(table);
}

static void threads_do_not_show(void **unused)
{
    (void)unused;
    struct table *table = malloc(sizeof *table);
    struct model model[2];
    struct batch_result result[2];
    make_lines();
    read_lines(table);
    for (int i = 0; i < 2; i++) run(table, 1 + 2 * i, &model[i], &result[i]);
    assert_int_equal(result[0].count, result[1].count);
    assert_memory_equal(result[0].pair, result[1].pair, result[0].count * sizeof *result[0].pair);
    assert_memory_equal(result[0].cluster, result[1].cluster,
                        table->rows * sizeof *result[0].cluster);
    for (int i = 0; i < 2; i++) batch_done(&result[i]);
    table_done(table);
    free(table);
}

/* The pairs as "left right", in one order, of records named by their ids. */
static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static char (*named_pairs(const struct table *table, const struct batch_result *result,
                          size_t *ret))[64]
{
    char(*names)[64] = calloc(result->count + 1, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < result->count; i++) {
        if (batch_probability((double)result->pair[i].weight) < 0.9) continue;
        struct str a = id_of(table, result->pair[i].left);
        struct str b = id_of(table, result->pair[i].right);
        bool swap = str_cmp(a, b) > 0;
        snprintf(names[count++], sizeof *names, "%.*s %.*s", STR_ARG(swap ? b : a),
                 STR_ARG(swap ? a : b));
    }
    qsort(names, count, sizeof *names, by_text);
    *ret = count;
    return names;
}

static void the_order_of_rows_hardly_shows(void **unused)
{
    (void)unused;
    struct table *table = malloc(sizeof *table);
    struct model model;
    struct batch_result result;
    char(*names[2])[64];
    size_t count[2];
    make_lines();
    for (int i = 0; i < 2; i++) {
        read_lines(table);
        run(table, 1, &model, &result);
        names[i] = named_pairs(table, &result, &count[i]);
        batch_done(&result);
        table_done(table);
        for (int k = line_count - 1; k > 0; k--) {
            char line[160];
            int other = (int)next((uint32_t)k + 1);
            memcpy(line, lines[k], sizeof line);
            memcpy(lines[k], lines[other], sizeof line);
            memcpy(lines[other], line, sizeof line);
        }
    }
    /* Pairs drawn at random differ, so a pair at the edge may: one in a hundred. */
    size_t common = 0;
    for (size_t i = 0, k = 0; i < count[0] && k < count[1];) {
        int order = strcmp(names[0][i], names[1][k]);
        common += order == 0;
        i += order <= 0;
        k += order >= 0;
    }
    size_t more = count[0] > count[1] ? count[0] : count[1];
    assert_true(common * 100 >= more * 99);
    free(names[0]);
    free(names[1]);
    free(table);
}

static void bad_tables_are_refused_with_their_line(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        const char *says;
    } cases[] = {
        {"", "empty"},
        {"id,name\n1,\"open\n", "Line 2, column 2"},
        {"id,name\n1,a\n2,b,c\n", "Line 3 has more"},
        {"id,name,town\n1,a\n", "Line 2 has 2 columns"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct table *table = calloc(1, sizeof *table);
        struct err err = {0};
        assert_int_equal(table_read(table, str_from(cases[i].text), STR(""), 1, &err), ST_INVALID);
        if (!strstr(err.public, cases[i].says)) fail_msg("case %zu: %s", i, err.public);
        table_done(table);
        free(table);
    }
}

static struct table *table_of(const char *text)
{
    struct table *table = calloc(1, sizeof *table);
    struct err err = {0};
    assert_non_null(table);
    if (table_read(table, str_from(text), STR(""), 1, &err) != ST_OK) fail_msg("%s", err.public);
    return table;
}

static void columns_are_recognised(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        enum model_role role[6];
    } cases[] = {
        {"id,given_name,surname,date_of_birth,email\n1,ann,lee,1990-01-02,a@example.org\n2,bo,li,"
         "1991-02-03,b@example.org\n",
         {MODEL_GIVEN, MODEL_SURNAME, MODEL_BIRTH, MODEL_EMAIL}},
        {"id;nom;pr\xc3\xa9nom;date_naissance;ville;code_postal\n1;LEE;Ann;02/01/"
         "1990;Brest;29200\n2;LI;Bo;03/02/1991;Paris;75001\n",
         {MODEL_SURNAME, MODEL_GIVEN, MODEL_BIRTH, MODEL_TOWN, MODEL_POSTCODE}},
        {"id,Vorname,Nachname,Geburtsdatum,Ort,PLZ\n1,Ann,Lee,2.1.1990,Ulm,89073\n2,Bo,Li,3.2.1991,"
         "Bonn,53111\n",
         {MODEL_GIVEN, MODEL_SURNAME, MODEL_BIRTH, MODEL_TOWN, MODEL_POSTCODE}},
        {"id,fname_c1,lname_c1,by,bm,bd\n1,ANN,LEE,1990,1,2\n2,BO,LI,1991,2,3\n",
         {MODEL_GIVEN, MODEL_SURNAME, MODEL_BIRTH}},
        {"id,FullName,DOB,Ethnicity\n1,\"Lee, Mary\",1990-01-02,a\n2,David Jones,1991-02-03,b\n",
         {MODEL_GIVEN, MODEL_SURNAME, MODEL_BIRTH}},
        {"id,birth_place,ContactNumber\n1,Truro,07700 900123\n2,Bude,+44 7700 900124\n",
         {MODEL_TOWN, MODEL_PHONE}},
        {"id,transaction_date,amount,sale price\n1,2026-03-01,12.50,3\n2,2024-01-02,8.25,4\n",
         {MODEL_DATE, MODEL_QUANTITY, MODEL_QUANTITY}},
        /* What says nothing is when somebody was born, unless all were born within a few years. */
        {"id,on,at\n1,2026-03-01,1990-03-04\n2,2024-01-02,1951-05-06\n", {MODEL_DATE, MODEL_BIRTH}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct table *table = table_of(cases[i].text);
        struct model model;
        model_guess(table, &model);
        for (int k = 0; k < 6; k++) {
            enum model_role got = k < model.count ? model.comparison[k].role : MODEL_IGNORE;
            if (got != cases[i].role[k])
                fail_msg("case %zu, %d: %s", i, k, model_role_name(got));
        }
        table_done(table);
        free(table);
    }
}

static void a_model_comes_back_as_it_went(void **unused)
{
    (void)unused;
    struct table *table = malloc(sizeof *table);
    struct model model;
    struct model again;
    struct err err = {0};
    struct buf text;
    struct batch_result result;
    make_lines();
    read_lines(table);
    run(table, 1, &model, &result);
    batch_done(&result);
    for (int learnt = 0; learnt < 2; learnt++) {
        buf_init(&text, 1 << 16);
        model_write(&model, table, learnt, &text);
        if (model_read(buf_str(&text), table, &again, &err) != ST_OK) fail_msg("%s", err.public);
        assert_int_equal(again.count, model.count);
        assert_int_equal(again.prior_held, learnt);
        for (int i = 0; i < model.count; i++) {
            assert_int_equal(again.comparison[i].role, model.comparison[i].role);
            assert_int_equal(again.comparison[i].held, learnt);
            for (int l = 0; learnt && l < LEVELS; l++)
                assert_true(fabs(again.comparison[i].m[l] / model.comparison[i].m[l] - 1) < 1e-6);
        }
        buf_done(&text);
    }
    table_done(table);
    free(table);
}

/* What was learnt of a small table is probabilities too, as they are written. */
static void what_a_small_table_teaches_can_be_read_again(void **unused)
{
    (void)unused;
    struct table *table = malloc(sizeof *table);
    make_lines();
    for (int rows = 6; rows <= 60; rows += 2) {
        struct model model, again;
        struct err err = {0};
        struct buf text;
        struct batch_result result;
        int all = line_count;
        line_count = rows;
        read_lines(table);
        line_count = all;
        run(table, 1, &model, &result);
        batch_done(&result);
        for (int c = 0; c < model.count; c++) {
            double sum = 0;
            for (int l = 0; l < LEVELS; l++) sum += model.comparison[c].u[l];
            if (sum > 1.1) fail_msg("%d rows: strangers agree %f times in one", rows, sum);
        }
        buf_init(&text, 1 << 16);
        model_write(&model, table, true, &text);
        if (model_read(buf_str(&text), table, &again, &err) != ST_OK)
            fail_msg("%d rows: %s", rows, err.public);
        buf_done(&text);
        table_done(table);
    }
    free(table);
}

static void bad_models_are_refused_with_their_line(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        const char *says;
    } cases[] = {
        {"", "'{' is missing"},
        {"{\"comparisons\": []}", "names no column"},
        {"{\"comparisons\": [\n{\"columns\": [\"shoe\"], \"role\": \"text\"}]}",
         "line 2: there is no column 'shoe'"},
        {"{\"comparisons\": [{\"columns\": [\"surname\"],\n\"role\": \"spaceship\"}]}",
         "line 2: 'spaceship'"},
        {"{\"comparisons\": [{\"columns\": [\"surname\"], \"role\": \"surname\", \"m\": "
         "{\"exact\": 0.5}}]}",
         "go together"},
        {"{\"comparisons\": [{\"columns\": [\"surname\", \"email\"], \"role\": \"text\"}]}",
         "several columns"},
        {"{\"prior\": 1.5, \"comparisons\": []}", "probability"},
        {"{\"comparisons\": [{\"columns\": [\"surname\"], \"role\": \"surname\"}]} x",
         "after the model"},
        {"{\"comparisons\": [{\"columns\": [\"surname", "not closed"},
    };
    struct table *table = malloc(sizeof *table);
    make_lines();
    read_lines(table);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct model model;
        struct err err = {0};
        assert_int_equal(model_read(str_from(cases[i].text), table, &model, &err), ST_INVALID);
        if (!strstr(err.public, cases[i].says)) fail_msg("case %zu: %s", i, err.public);
    }
    table_done(table);
    free(table);
}

static void little_tables_are_no_accident(void **unused)
{
    (void)unused;
    static const char *texts[] = {"id,name\n", "id,name\n1,a\n", "id,surname\n1,smith\n2,smith\n",
                                  "id\n1\n2\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct table *table = calloc(1, sizeof *table);
        struct model model;
        struct batch_result result;
        assert_int_equal(table_read(table, str_from(texts[i]), STR(""), 1, NULL), ST_OK);
        run(table, 2, &model, &result);
        batch_done(&result);
        table_done(table);
        free(table);
    }
}

/* One number is one number, whatever stands beside it. */
static void of_two_numbers_the_first_is_compared(void **unused)
{
    (void)unused;
    static const char *const written[] = {"07700 900123",
                                          "+44 (0)7700 900123",
                                          "mob 07700 900123",
                                          "07700900123 (old) 07700900456 new",
                                          "07700 900123 / 07700 900456",
                                          "07700 900123, 01632 960001",
                                          "07700 900123 ext 5"};
    for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
        char text[FIELD_TEXT_MAX];
        size_t length = 0;
        assert_true(field_canonical(MODEL_PHONE, false, str_from(written[i]), text, &length));
        if (!str_eq(str_of(text, length), STR("7700900123")))
            fail_msg("%s is %.*s", written[i], (int)length, text);
    }
}

/* Cars that stand there twice, the second time with an O for a 0, an I for a 1 and an S for a 5. */
static void plates_are_read_by_what_looks_alike(void **unused)
{
    (void)unused;
    enum { CARS = 200, TWICE = 4 };
    static const char *const makes[] = {"ford", "fiat", "audi", "seat", "kia", "mini", "mazda"};
    static const char *const heading[] = {"Registration", "Reg", "VRM", "number plate"};
    static const char letters[] = "ABCEFGHJKLMNPRTUVWXY";
    for (int h = 0; h < 4; h++) {
        struct table *table = malloc(sizeof *table);
        struct model model;
        struct batch_result result;
        struct buf text;
        struct err err = {0};
        char plate[CARS][9];
        int right = 0, wrong = 0;
        buf_init(&text, 1 << 20);
        buf_add_fmt(&text, "id,%s,make,keeper\n", heading[h]);
        for (int i = 0; i < CARS; i++) {
            snprintf(plate[i], sizeof plate[i], "WK%c%c%c%c%c", "15670"[next(5)], "01567"[next(5)],
                     letters[next(20)], letters[next(20)], letters[next(20)]);
            buf_add_fmt(&text, "a%d,%s,%s,k%d\n", i, plate[i], makes[i % 7], i % 90);
        }
        for (int i = 0; i < CARS; i += TWICE) {
            for (char *c = plate[i]; *c; c++)
                *c = (char)(*c == '0' ? 'O' : *c == '1' ? 'I' : *c == '5' ? 'S' : *c);
            buf_add_fmt(&text, "b%d,%s,%s,k%d\n", i, plate[i], makes[i % 7], i % 90);
        }
        memset(table, 0, sizeof *table);
        assert_int_equal(table_read(table, buf_str(&text), STR("id"), 2, &err), ST_OK);
        run(table, 1, &model, &result);
        assert_int_equal(model.comparison[0].role, MODEL_PLATE);
        for (size_t i = 0; i < result.count; i++) {
            struct str a = id_of(table, result.pair[i].left),
                       b = id_of(table, result.pair[i].right);
            bool same = str_eq(str_sub(a, 1, a.len), str_sub(b, 1, b.len));
            if (batch_probability((double)result.pair[i].weight) < 0.5) continue;
            right += same;
            wrong += !same;
        }
        if (right < CARS / TWICE * 9 / 10 || wrong > CARS / TWICE / 10)
            fail_msg("%s: %d right, %d wrong", heading[h], right, wrong);
        batch_done(&result);
        table_done(table);
        buf_done(&text);
        free(table);
    }
}

/* Somebody may stand in a table more often than a block may hold: a child in a list of episodes. */
static void who_stands_there_very_often_is_found(void **unused)
{
    (void)unused;
    enum { OTHERS = 6000, TIMES = 240 };
    struct buf text;
    buf_init(&text, 1 << 20);
    buf_add_c(&text, "id,given_name,surname,date_of_birth,email,town\n");
    for (int i = 0; i < OTHERS; i++) {
        char name[16];
        for (int k = 0; k < 8; k++) name[k] = (char)('a' + next(26));
        name[8] = 0;
        buf_add_fmt(&text, "%d,%.3s,%s,%u-%02u-%02u,%s%u@example.org,%s\n", i, name + 2, name,
                    1950 + next(60), 1 + next(12), 1 + next(28), name, next(9000),
                    next(2) ? "Camborne" : "Redruth");
    }
    for (int i = 0; i < TIMES; i++)
        buf_add_fmt(&text, "often%d,kerensa,pellowe%s,2009-04-0%d,%s,Camborne\n", i,
                    next(8) ? "" : "x", next(8) ? 3 : 5, next(8) ? "kerensa@example.org" : "");
    struct table *table = calloc(1, sizeof *table);
    struct err err = {0};
    if (table_read(table, buf_str(&text), STR("id"), 2, &err) != ST_OK) fail_msg("%s", err.public);
    struct model model;
    struct batch_result result;
    run(table, 2, &model, &result);
    assert_false(result.all_pairs);
    for (uint32_t row = OTHERS; row < OTHERS + TIMES; row++)
        assert_int_equal(result.cluster[row], OTHERS);
    size_t pairs = 0;
    for (size_t i = 0; i < result.count; i++)
        pairs += batch_probability((double)result.pair[i].weight) > 0.5;
    assert_true(pairs >= TIMES * (TIMES - 1) / 2 * 9 / 10);
    assert_in_range(result.clusters, OTHERS - 3, OTHERS + 1);
    batch_done(&result);
    table_done(table);
    free(table);
    buf_done(&text);
}

/* Where five rows are all that there is, what is usual of names and birthdays still counts. */
static void repeats_among_five_rows_are_found(void **unused)
{
    (void)unused;
    struct table *table = table_of("handle,platform,name,dob\n"
                                   "kev.b_07,insta,Kev Bray,2009-01-02\n"
                                   "kevb07,instagram,Kevin Bray,\n"
                                   "kerra_h,snap,Kerra Hext,2010-07-01\n"
                                   "kerra.h,Snapchat,K Hext,01/07/2010\n"
                                   "jago99,insta,Jago Pascoe,2008-03-03\n");
    struct model model;
    struct batch_result result;
    bool kev = false, kerra = false;
    run(table, 1, &model, &result);
    for (size_t i = 0; i < result.count; i++) {
        if (batch_probability((double)result.pair[i].weight) < 0.9) continue;
        struct str a = id_of(table, result.pair[i].left), b = id_of(table, result.pair[i].right);
        bool first = str_eq(a, STR("1")) && str_eq(b, STR("2"));
        bool second = str_eq(a, STR("3")) && str_eq(b, STR("4"));
        assert_true(first || second);
        kev |= first;
        kerra |= second;
    }
    assert_true(kev && kerra);
    batch_done(&result);
    table_done(table);
    free(table);
}

/* Sixty houses of six flats, of which every third flat stands there twice: the flats of one house
 * are not one place for it. */
static void flats_of_a_house_are_not_one(void **unused)
{
    (void)unused;
    enum { HOUSES = 60, FLATS = 6, TWICE = 3 };
    static const char *const streets[] = {"Zennor Parade", "Trelawny Quay", "Gull Terrace",
                                          "Copper Row",    "Penhale Road",  "Carn Street"};
    static const char *const towns[] = {"Tolgus", "Wheal Green", "Porthmear"};
    struct table *table = malloc(sizeof *table);
    struct model model;
    struct batch_result result;
    struct buf text;
    struct err err = {0};
    buf_init(&text, 1 << 20);
    buf_add_c(&text, "id,address,town,postcode\n");
    for (int twice = 0; twice < 2; twice++)
        for (int i = 0; i < HOUSES * FLATS; i++) {
            int house = i / FLATS;
            if (twice && i % TWICE) continue;
            buf_add_fmt(&text, "%s%d,\"%s %d, %d %s\",%s,TR%d %dA%c\n", twice ? "b" : "a", i,
                        twice ? "flat" : "Flat", i % FLATS + 1, 1 + house * 37 % 120,
                        streets[house % 6], towns[house % 3], 51 + house % 9, house % 9,
                        'A' + house % 26);
        }
    memset(table, 0, sizeof *table);
    assert_int_equal(table_read(table, buf_str(&text), STR("id"), 2, &err), ST_OK);
    run(table, 1, &model, &result);
    int right = 0, wrong = 0;
    for (size_t i = 0; i < result.count; i++) {
        struct str a = id_of(table, result.pair[i].left), b = id_of(table, result.pair[i].right);
        bool same = str_eq(str_sub(a, 1, a.len), str_sub(b, 1, b.len));
        if (batch_probability((double)result.pair[i].weight) < 0.5) continue;
        right += same;
        wrong += !same;
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(right, HOUSES * FLATS / TWICE);
    assert_int_equal(result.clusters, HOUSES * FLATS);
    batch_done(&result);
    table_done(table);
    buf_done(&text);
    free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(most_pairs_are_found_and_right),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(the_order_of_rows_hardly_shows),
        cmocka_unit_test(bad_tables_are_refused_with_their_line),
        cmocka_unit_test(columns_are_recognised),
        cmocka_unit_test(a_model_comes_back_as_it_went),
        cmocka_unit_test(what_a_small_table_teaches_can_be_read_again),
        cmocka_unit_test(bad_models_are_refused_with_their_line),
        cmocka_unit_test(little_tables_are_no_accident),
        cmocka_unit_test(of_two_numbers_the_first_is_compared),
        cmocka_unit_test(plates_are_read_by_what_looks_alike),
        cmocka_unit_test(repeats_among_five_rows_are_found),
        cmocka_unit_test(flats_of_a_house_are_not_one),
        cmocka_unit_test(who_stands_there_very_often_is_found),
    };
    return cmocka_run_group_tests_name("batch", tests, NULL, NULL);
}
