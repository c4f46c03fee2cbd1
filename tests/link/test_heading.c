/* What headings say, and which of two files' say the same. */
#include "link/heading.h"
#include "link/table_names.h"

#include "tests_common.h"

static void roles_by_words(void **unused)
{
    (void)unused;
    static const struct {
        const char *heading;
        enum model_role role;
    } cases[] = {{"Given Name", MODEL_GIVEN},
                 {"prénom", MODEL_GIVEN},
                 {"LastName", MODEL_SURNAME},
                 {"place of birth", MODEL_TOWN},
                 {"date_of_birth", MODEL_BIRTH},
                 {"E-Mail", MODEL_EMAIL},
                 {"Postleitzahl", MODEL_POSTCODE},
                 {"House Number", MODEL_NUMBER},
                 {"gender", MODEL_CATEGORY},
                 {"ethnicity", MODEL_IGNORE},
                 {"xyz", MODEL_ROLES},
                 {"", MODEL_ROLES},
                 {"middle initial", MODEL_GIVEN},
                 {"departure date", MODEL_DATE},
                 {"unit price", MODEL_QUANTITY}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (heading_role(str_from(cases[i].heading)) != cases[i].role)
            fail_msg("%s", cases[i].heading);
}

static void capitals_and_marks_do_not_tell_apart(void **unused)
{
    (void)unused;
    assert_true(heading_is_same(STR("Given Name"), STR("given_name")));
    assert_true(heading_is_same(STR("address_1"), STR("Address 1")));
    assert_true(heading_is_same(STR("DOB"), STR("d.o.b.")));
    assert_true(heading_is_same(STR(""), STR("__")));
    assert_false(heading_is_same(STR("address_1"), STR("address_2")));
    assert_false(heading_is_same(STR("name"), STR("name2")));
    assert_false(heading_is_same(STR("ame"), STR("name")));
}

static void one_meaning_has_one_number(void **unused)
{
    (void)unused;
    static const char *const same[][2] = {{"dob", "date_of_birth"},
                                          {"first name", "given_name"},
                                          {"zip", "Postcode"},
                                          {"suburb", "town"},
                                          {"sex", "gender"},
                                          {"nachname", "surname"},
                                          {"phone", "Mobile"},
                                          {"price", "amount"},
                                          {"D.O.B.", "birth_date"},
                                          {"D O B", "date of birth"},
                                          {"Post code", "addr postcode"},
                                          {"E.Mail", "email"},
                                          {"Sur Name", "last_name"}};
    static const char *const other[][2] = {{"age", "price"},
                                           {"arrival", "departure"},
                                           {"sex", "state"},
                                           {"nino", "passport"},
                                           {"middle name", "first name"},
                                           {"author", "title"},
                                           {"latitude", "longitude"},
                                           {"place of birth", "date of birth"},
                                           {"surname", "given"}};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        int meaning = heading_meaning(str_from(same[i][0]));
        if (meaning < 0 || meaning != heading_meaning(str_from(same[i][1])))
            fail_msg("%s, %s", same[i][0], same[i][1]);
    }
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (heading_meaning(str_from(other[i][0])) == heading_meaning(str_from(other[i][1])))
            fail_msg("%s, %s", other[i][0], other[i][1]);
    assert_int_equal(heading_meaning(STR("ethnicity")), -1);
    assert_int_equal(heading_meaning(STR("xyz")), -1);
}

static size_t place_of(const struct table *table, const char *name)
{
    int place = table_find(table, str_from(name));
    assert_true(place >= 0);
    return (size_t)place;
}

/* The value of the last row in a column, by the first file's heading. */
static void last_is(const struct table *table, const char *name, const char *value)
{
    const struct table_column *column = &table->column[place_of(table, name)];
    struct str text = column->text[column->value[table->rows - 1]];
    if (!str_eq(text, str_from(value)))
        fail_msg("%s: '%.*s', not '%s'", name, STR_ARG(text), value);
}

static void a_second_file_may_call_things_otherwise(void **unused)
{
    (void)unused;
    struct err err = {0};
    struct table *table = calloc(1, sizeof *table);
    assert_non_null(table);
    assert_int_equal(
        table_read(
            table,
            STR("id,given_name,surname,phone,street,street2,dob\n1,ana,pengelly,1,mill,,2001\n"),
            STR(""), 1, &err),
        ST_OK);
    assert_int_equal(table_read(table,
                                STR("Last Name,id,Street-2,number,Address,birthday,tel,First "
                                    "name\nreed,x,flat,9,quay,2002,7,jago\n"),
                                STR("number"), 1, &err),
                     ST_OK);
    assert_int_equal(table->rows, 2);
    assert_true(str_eq(table_id(table, 1), STR("9")));
    last_is(table, "given_name", "jago");
    last_is(table, "surname", "reed");
    last_is(table, "phone", "7");
    last_is(table, "street2", "flat"); /* marks alone before meaning */
    last_is(table, "street", "quay");
    last_is(table, "dob", "2002");
    assert_string_equal(table->column[place_of(table, "surname")].also, "Last Name");
    assert_string_equal(table->column[place_of(table, "dob")].also, "birthday");
    /* What the first file's ids are called is here something else. */
    assert_int_equal(table->columns, 8);
    assert_string_equal(table->column[7].name, "id");
    const struct table_column *more = &table->column[7];
    assert_true(str_eq(more->text[more->value[1]], STR("x")));
    assert_int_equal(more->value[0], 0);
    table_done(table);
    free(table);
}

/* What people write above the headings is left out where it can be nothing else. */
static void titles_above_the_headings_are_left_out(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        size_t above;
        const char *first; /* heading */
    } files[] = {
        {"Youth club register 2026,,\n,,\nid,name,phone\n7,ana,1\n", 2, "id"},
        {"\nid,name,phone\n7,ana,1\n", 1, "id"},
        {"Register of the club\r\n\r\nid;name;phone\r\n7;ana;1\r\n", 2, "id"},
        {"\"As told,\nin May\"\n,name,phone\n7,ana,1\n", 2, "(column 1)"},
        {"id,name,phone\n7,ana,1\n", 0, "id"},
        {",name,phone\n7,ana,1\n", 0, "(column 1)"},
        {"first name\nana lee\nzoe lee\n", 0, "first name"},
        {"what is told,,\n7,ana,1\n", 1, "7"},
        {"register,,\n7,ana,1\n", 0, "register"},
    };
    struct err err = {0};
    struct table *table = calloc(1, sizeof *table);
    assert_non_null(table);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        assert_int_equal(table_read(table, str_from(files[i].text), STR(""), 1, &err), ST_OK);
        if (table->above != files[i].above || table_find(table, str_from(files[i].first)) < 0)
            fail_msg("%s: %zu", files[i].text, table->above);
        table_done(table);
    }
    assert_int_equal(table_read(table, STR("Told in May,\n\nid,name\n7,ana,1\n"), STR(""), 1, &err),
                     ST_INVALID);
    assert_string_equal(err.public, "Line 4 has more than the 2 columns of the header.");
    table_done(table);
    assert_int_equal(table_read(table, STR("id,name\r7,ana\r"), STR(""), 1, &err), ST_INVALID);
    table_done(table);
    free(table);
}

/* A name, a date or a number to ring is no id, unless its heading says that it is one. */
static void a_file_without_ids_has_the_numbers_of_its_rows(void **unused)
{
    (void)unused;
    static const char *const ids[] = {"id",  "Rec_Id", "unique_id", "person id", "PersonID",
                                      "ref", "number", "NHS",       "name ref",  "case"};
    static const char *const others[] = {"name",     "Full Name", "D.O.B.",   "phone",
                                         "Surname",  "Post code", "street",   "email",
                                         "Username", "alias",     "IG handle"};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (!heading_is_id(str_from(ids[i]))) fail_msg("%s", ids[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (heading_is_id(str_from(others[i]))) fail_msg("%s", others[i]);
    struct err err = {0};
    struct table *table = calloc(1, sizeof *table);
    assert_non_null(table);
    assert_int_equal(table_read(table, STR("name,dob\njago,2001\nana,2002\n"), STR(""), 1, &err),
                     ST_OK);
    assert_true(table->numbered);
    assert_true(str_eq(table_id(table, 0), STR("1")) && str_eq(table_id(table, 1), STR("2")));
    last_is(table, "name", "ana");
    struct model model;
    model_guess(table, &model);
    for (int i = 0; i < model.count; i++)
        assert_int_not_equal(model.comparison[i].column[0], table->id_column);
    assert_int_equal(
        table_read(table, STR("birth_date,id,name\n2003,x,mary\n"), STR("id"), 1, &err), ST_OK);
    assert_false(table->numbered);
    assert_true(str_eq(table_id(table, 2), STR("x")));
    assert_int_equal(
        table_read(table, STR("birth_date,name\n2004,zoe\n2005,eve\n"), STR(""), 2, &err), ST_OK);
    assert_true(str_eq(table_id(table, 3), STR("1")) && str_eq(table_id(table, 4), STR("2")));
    last_is(table, "name", "eve");
    last_is(table, "dob", "2005");
    table_done(table);
    /* named, it is one all the same */
    assert_int_equal(table_read(table, STR("name,dob\njago,2001\n"), STR("name"), 1, &err), ST_OK);
    assert_true(str_eq(table_id(table, 0), STR("jago")));
    table_done(table);
    /* a registration is no id, but a number in a register is one, whatever it is called */
    assert_int_equal(table_read(table,
                                STR("Reg,Colour\nWK85 BXT,red\nunknown,blue\n\"wk86bxt\","
                                    "\"a\nb\"\n"),
                                STR(""), 1, &err),
                     ST_OK);
    assert_true(table->numbered && str_eq(table_id(table, 2), STR("3")));
    table_done(table);
    static const char *const registers[] = {"Reg no,name\n10012,ana\n10013,jago\n",
                                            "voter_reg_num,name\n000012345678,ana\n",
                                            "Registration,name\nREG0012,ana\nREG0013,jago\n"};
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++) {
        assert_int_equal(table_read(table, str_from(registers[i]), STR(""), 1, &err), ST_OK);
        assert_false(table->numbered);
        table_done(table);
    }
    free(table);
}

static void read_two(struct table *table, const char *first, const char *second, size_t *ret_first)
{
    struct err err = {0};
    *table = (struct table){0};
    assert_int_equal(table_read(table, str_from(first), STR(""), 1, &err), ST_OK);
    *ret_first = table->rows;
    assert_int_equal(table_read(table, str_from(second), STR(""), 1, &err), ST_OK);
}

/* Whichever of the files has them in two. */
static void names_in_one_column_and_in_two_come_together(void **unused)
{
    (void)unused;
    static const char whole[] = "id,Full name,dob\n1,Ana Maria Pengelly,2001\n";
    static const char parts[] = "id,first name,dob,middle name,last "
                                "name\n2,Jago,2002,,Reed\n3,,2003,,\n4,Ann,2004,Mary,Lee\n";
    struct table *table = calloc(1, sizeof *table);
    assert_non_null(table);
    for (int turn = 0; turn < 2; turn++) {
        size_t first;
        struct buf said;
        read_two(table, turn ? parts : whole, turn ? whole : parts, &first);
        buf_init(&said, 4096);
        assert_true(table_join_names(table, first, &said));
        assert_int_equal(table->columns, 3);
        const struct table_column *name = &table->column[place_of(table, "Full name")];
        static const char *const wanted[] = {"ana maria pengelly", "jago reed", "", "ann mary lee"};
        for (size_t i = 0; i < 4; i++) {
            size_t row = turn ? (i ? i - 1 : 3) : i;
            assert_string_equal(
                str_eq(name->text[name->value[row]], str_from(wanted[i])) ? wanted[i] : "another",
                wanted[i]);
        }
        assert_int_equal(name->count[0], 1);
        assert_int_equal(table->id_column, place_of(table, "id"));
        assert_true(str_find(buf_str(&said), STR("'first name'"), 0) >= 0);
        assert_true(str_find(buf_str(&said), STR("for 'Full name'"), 0) >= 0);
        buf_done(&said);
        table_done(table);
    }
    /* Not where both have the parts, nor where a part is wanting. */
    static const char *const others[] = {"id,name,first name,last name\n1,ana reed,ana,reed\n",
                                         "id,name,last name\n1,ana reed,reed\n"};
    for (size_t i = 0; i < 2; i++) {
        size_t first;
        struct buf said;
        read_two(table, others[i], parts, &first);
        buf_init(&said, 4096);
        assert_false(table_join_names(table, first, &said));
        buf_done(&said);
        table_done(table);
    }
    free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_by_words),
        cmocka_unit_test(capitals_and_marks_do_not_tell_apart),
        cmocka_unit_test(one_meaning_has_one_number),
        cmocka_unit_test(titles_above_the_headings_are_left_out),
        cmocka_unit_test(a_file_without_ids_has_the_numbers_of_its_rows),
        cmocka_unit_test(a_second_file_may_call_things_otherwise),
        cmocka_unit_test(names_in_one_column_and_in_two_come_together)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
