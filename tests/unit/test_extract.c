/*
 * What a narrative names: one line a case.  Today is Tuesday 24 November 2026.
 */
#include "tests_common.h"

#include "base/arena.h"
#include "base/buf.h"
#include "domain/extract.h"

static const struct date today = {2026, 11, 24};
static struct arena arena;

/* Mentions are written "field=value field=value; next mention". */
static const struct {
    const char *text;
    const char *found;
} cases[] = {
    /* the story that the whole is made for */
    {"silver Corsa, reg WK?? 7?B, man they call Daz, outside the takeaway by the bus station",
     "registration=WK?? 7?B model=Corsa colour=silver; alias=Daz; "
     "venue=takeaway by the bus station"},
    /* registrations */
    {"WK12 ABC", "registration=WK12 ABC"},
    {"wk12abc was there", "registration=wk12abc"},
    {"reg starts WK19", "registration=WK19*"},
    {"part plate K17", "registration=K17"},
    {"plate ends 7BX.", "registration=*7BX"},
    {"The reg was B52 ABC", "registration=B52 ABC"},
    {"registration number: AB12-CDE", "registration=AB12-CDE"},
    {"reg. ABC 123D", "registration=ABC 123D"},
    {"Reg: wk 14 abc. Driver", "registration=wk 14 abc"},
    {"a van (last three letters BXT)", "registration=*BXT"},
    {"reg began with EX05", "registration=EX05*"},
    {"the last letters she wrote; characters in a play", ""},
    {"reg unknown, plate not seen, reg number not known", ""},
    {"Reg said that he saw it", ""},
    {"a plate of chips", ""},
    {"IN 12 THE CAR WAS SEEN", ""},
    {"OK? 3PM. What?? No? Really?? 12?", ""},
    {"Is that WK12 ABC? Yes", "registration=WK12 ABC"},
    {"in 12 and m25 or the A30 and B3301", ""},
    {"WK12 ABC and again wk12abc", "registration=WK12 ABC"},
    {"partial reg W?12 A*", "registration=W?12 A*"},
    /* vehicles */
    {"a white van by the park", "colour=white; venue=park"},
    {"He drives a black VW Golf, WK12 ABC, and a red Ford Fiesta (BD51 SMR)",
     "registration=WK12 ABC make=VW model=Golf colour=black; "
     "registration=BD51 SMR make=Ford model=Fiesta colour=red"},
    {"WK12 ABC, a silver BMW 3 Series",
     "registration=WK12 ABC make=BMW model=3 Series colour=silver"},
    {"a dark blue Astra. Reg WK12 ABC", "registration=WK12 ABC model=Astra colour=dark blue"},
    {"silver or grey Corsa", "model=Corsa colour=silver or grey"},
    {"silver/grey estate car", "colour=silver/grey"},
    {"a Corsa in silver", "model=Corsa colour=silver"},
    {"Corsa silver colour, reg WG66", "registration=WG66 model=Corsa colour=silver"},
    {"a black Mercedes taxi", "make=Mercedes colour=black"},
    {"He sat on the red seat at the golf club with focus and a note", ""},
    {"She took note. Focus on the jazz. A mini skirt. White shirt, black hair, blue eyes", ""},
    {"He drives a Golf", "model=Golf"},
    {"They wore black and had gold rings; a partner up front", ""},
    /* makes and models that people, places and things are called as well */
    {"Megan said Clio was there", ""},
    {"Zoe and Mercedes were at the park", "venue=park"},
    {"Mercedes said that Kia and Lexus flew to Ibiza and Rio with Ford", ""},
    {"the girl in white, Zoe, was there; Zo\xC3\xAB in white trainers", ""},
    {"The Logan family and Zoe car park", ""},
    {"He drives Leon home; my Zoe, our Adam and Mrs Ford came", ""},
    {"Ford Logan and Mercedes Clio, Octavia, Fabia, Astra and Adam Cooper", ""},
    {"a girl called Mercedes, a lad called Leon, taxi driver", "alias=Mercedes; alias=Leon"},
    {"a red leaf, a green note, a blue mini skirt, a black partner", ""},
    {"Mercedes said that the Mercedes was his", "make=Mercedes"},
    {"a Clio left, then his Mercedes, and he drives a Kia", "model=Clio; make=Mercedes; make=Kia"},
    {"a white Zo\xC3\xAB and a silver Leon taxi",
     "model=Zo\xC3\xAB colour=white; model=Leon colour=silver"},
    {"Mercedes WK12 ABC, and Clio (reg WK13 ABC)",
     "registration=WK12 ABC make=Mercedes; registration=WK13 ABC model=Clio"},
    {"A Ford Focus, an old Fiesta, a red Leaf",
     "make=Ford model=Focus; model=Fiesta; model=Leaf colour=red"},
    /* phones */
    {"call 07700 900123 now", "number=07700 900123"},
    {"07700900123, 07700 900456 and (07700) 900-789",
     "number=07700900123; number=07700 900456; number=(07700) 900-789"},
    {"+44 7700 900 123 or 0044 7700 900456", "number=+44 7700 900 123; number=0044 7700 900456"},
    {"+44 (0)7700 900123", "number=+44 (0)7700 900123"},
    {"01632 960123 is the landline", "number=01632 960123"},
    {"number ending 123", "number=ending 123"},
    {"his mobile ends in 4567", "number=ends in 4567"},
    {"the number (...491) and number ...2", "number=...491"},
    {"it was 12/03/2026 at 10.30, 999 and 101, ref 01234", ""},
    {"order 0123456789012345678", ""},
    /* emails and accounts */
    {"daz.smith@example.org emailed", "email=daz.smith@example.org"},
    {"snap: daz_tr1", "platform=snap handle=daz_tr1"},
    {"snap: daz", "platform=snap handle=daz"},
    {"@daz.tr1 on insta", "platform=insta handle=@daz.tr1"},
    {"his Snapchat is daz_tr1", "platform=Snapchat handle=daz_tr1"},
    {"his Snapchat is private and her Instagram was deleted", ""},
    {"Insta name dazza, add him", "platform=Insta handle=dazza"},
    {"messages from somebody called Daz99 on Snapchat (daz99@example.org)",
     "platform=Snapchat handle=Daz99 email=daz99@example.org"},
    {"facebook.com/people/Kez-Pasty/100042/ and instagram.com/stories/daz_tr1/7",
     "platform=Facebook handle=facebook.com/people/Kez-Pasty/100042; "
     "platform=Instagram handle=instagram.com/stories/daz_tr1/7"},
    {"https://www.instagram.com/daz_tr1/ and http://example.org/page?x=1.",
     "platform=Instagram handle=daz_tr1; platform=website handle=example.org/page?x=1"},
    {"snapchat.com/add/daz_tr1", "platform=Snapchat handle=daz_tr1"},
    {"https://wa.me/447700900123", "number=+447700900123"},
    {"username: shadow.77 on discord", "platform=discord handle=shadow.77"},
    {"meet @ the park at 4", ""},
    {"somebody called boots_957, who", "handle=boots_957"},
    {"called the.ren. on Instagram", "platform=Instagram handle=the.ren"},
    {"They snap at each other on Facebook", ""},
    {"Add me on snap: smudge.x0", "platform=snap handle=smudge.x0"},
    {"Add me on insta; message us on Snapchat, follow my tiktok", ""},
    {"add him on insta, daz.tr1", "platform=insta handle=daz.tr1"},
    {"Add me on Snapchat it's daz_99", "platform=Snapchat handle=daz_99"},
    {"add shadow77 on snap", "platform=snap handle=shadow77"},
    {"write to them on snap: ghost.x1", "platform=snap handle=ghost.x1"},
    /* people */
    {"a man called Daz", "alias=Daz"},
    {"a man known as \"Big Daz\" was there", "alias=Big Daz"},
    {"known as \xE2\x80\x98"
     "Daz\xE2\x80\x99 to them",
     "alias=Daz"},
    {"goes by smiler", "alias=smiler"},
    {"nicknamed Spider", "alias=Spider"},
    {"a man in his 40's called \"Tel\"; a woman, about 30, called Sue",
     "alias=Tel age=40's; alias=Sue age=about 30"},
    {"a group called \"Chill\", they called it \"Fun\"", ""},
    {"The dog is called Rex, the pub was called Ship", ""},
    {"he said that Danny, aka Dizzy, was there", "name=Danny alias=Dizzy"},
    {"known locally as Ratty", "alias=Ratty"},
    {"a woman named Keziah Trelawny", "name=Keziah Trelawny"},
    {"Darren Smith, known as \"Daz\" (about 35)", "name=Darren Smith alias=Daz age=about 35"},
    {"Darren \"Daz\" Smith was there", "name=Darren Smith alias=Daz"},
    {"Darren Smith aka Daz", "name=Darren Smith alias=Daz"},
    {"She called Sam yesterday. They called Childline. I called the Police.", ""},
    {"He said \"get in\" and \"Hurry up\"", ""},
    {"the Director of Services met Cornwall Council on Friday", ""},
    {"A 14 year old girl got into a car with a man they call Daz", "alias=Daz"},
    {"a 14-year-old girl called Amy", "alias=Amy age=14-year-old"},
    {"man in his 30s known as Daz", "alias=Daz age=30s"},
    {"a man called Daz, who is in his early 20s", "alias=Daz age=early 20s"},
    {"Daz is called O'Brien's lad by about 35 people", "alias=O'Brien's"},
    {"a girl called Amy, born 12/3/2011, was", "alias=Amy birth=12/3/2011"},
    {"Callum Holham (13 or 14) and Leni (born 2009) met Rian Goldstead (14)",
     "name=Callum Holham age=13 or 14; name=Leni birth=2009; name=Rian Goldstead age=14"},
    {"in Fore Street (12) or Room (14), see Section (47); the Act (1989)", "address=Fore Street"},
    /* letters beyond Western Europe, and scripts without capitals */
    {"Her name is Zo\xC3\xAB \xC3\x9E\xC3\xB3rsd\xC3\xB3ttir, known as Zo\xC3\xAB.",
     "name=Zo\xC3\xAB \xC3\x9E\xC3\xB3rsd\xC3\xB3ttir alias=Zo\xC3\xAB"},
    {"His name is Łukasz Wójcik", "name=Łukasz Wójcik"},
    {"A man called Łukasz", "alias=Łukasz"},
    {"a girl called Żaneta was", "alias=Żaneta"},
    {"a man named Đorđe Šarić (about 30)", "name=Đorđe Šarić age=about 30"},
    {"Štefan Novák, known as \"Ďuro\"", "name=Štefan Novák alias=Ďuro"},
    {"a woman named Ẓāhirah Ắnh", "name=Ẓāhirah Ắnh"},
    {"a man called Иван", "alias=Иван"},
    {"Оксана Шевченко (14)", "name=Оксана Шевченко age=14"},
    {"a boy called محمد", "alias=محمد"},
    {"Her name is 李明", "name=李明"},
    {"known as রহিম, goes by Γιώργος", "alias=রহিম; alias=Γιώργος"},
    {"a man called łukasz; nothing قال here", ""},
    /* places */
    {"at 12 Church Street, Truro TR51 2AB",
     "address=12 Church Street town=Truro postcode=TR51 2AB"},
    {"near Gannet Fish Bar, Truro.", "venue=Gannet Fish Bar town=Truro"},
    {"behind the Lantern Arms in St Austell on Friday", "venue=Lantern Arms town=St Austell"},
    {"the car park on Fore Street", "address=Fore Street"},
    {"in the car park on Fore Street, Hayle", "venue=car park address=Fore Street town=Hayle"},
    {"at McDonald's", "venue=McDonald's"},
    {"at school, in the car, near home, by the way", ""},
    {"outside the bus station", "venue=bus station"},
    {"near Old Net Street Car Park, Helston.", "venue=Old Net Street Car Park town=Helston"},
    {"at the puffin sports hall with them", "venue=puffin sports hall"},
    {"at the back of the park", ""},
    {"lives in PL75 1AA", "postcode=PL75 1AA"},
    {"postcode TR51", "postcode=TR51"},
    {"he went to the pub, Daz and Kev came", "venue=pub"},
    /* nothing at all, and hostile bytes */
    {"", ""},
    {"   \n\n ", ""},
    {"\xff\xfe\xc3", ""},
    {"reg", ""},
    {"called \"", ""},
    {"@", ""},
    {"https://", ""},
};

static void add_mention(struct buf *out, const struct mention_draft *mention)
{
    static const char *const names[] = {
#define FIELD(symbol, column, kind, label) #column,
        LINK_FIELD_TABLE(FIELD)
#undef FIELD
    };
    if (out->len) buf_add_c(out, "; ");
    bool first = true;
    for (int i = 0; i < LINK_FIELDS; i++) {
        if (!mention->field[i].len) continue;
        buf_add_fmt(out, "%s%s=%.*s", first ? "" : " ", names[i], STR_ARG(mention->field[i]));
        first = false;
    }
}

static void test_cases(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mention_draft found[MENTIONS_MAX];
        size_t count =
            extract_mentions(&arena, str_from(cases[i].text), today, found, MENTIONS_MAX);
        struct buf got;
        buf_init(&got, 4000);
        for (size_t k = 0; k < count; k++) add_mention(&got, &found[k]);
        if (!str_eq(buf_str(&got), str_from(cases[i].found)))
            wrong++, print_error("'%s'\n  gives '%.*s'\n  not   '%s'\n", cases[i].text,
                                 STR_ARG(buf_str(&got)), cases[i].found);
        buf_done(&got);
    }
    assert_int_equal(wrong, 0);
}

static void test_spans(void **state)
{
    (void)state;
    struct str text = STR("A silver Corsa with a man called Daz, 35ish, in it: reg WK12 ABC.");
    struct extract_result result;
    extract_narrative(&arena, text, today, MENTIONS_MAX, &result);
    assert_int_equal(result.mention_count, 2);
    assert_int_equal(result.span_count, 4);
    static const char *const pieces[] = {"silver Corsa", "Daz", "35ish", "WK12 ABC"};
    static const size_t of[] = {0, 1, 1, 0};
    for (size_t i = 0; i < 4; i++) {
        const struct extract_span *span = &result.span[i];
        struct str piece = str_sub(text, (size_t)span->start, (size_t)(span->end - span->start));
        assert_true(str_eq(piece, str_from(pieces[i])));
        assert_int_equal(span->mention, of[i]);
    }
    /* The car's parts have Daz between them: its span is the longer one. */
    assert_int_equal(result.mention[0].span_start, 2);
    assert_int_equal(result.mention[0].span_end, 14);
    /* Nothing stands between Daz and his age. */
    assert_int_equal(result.mention[1].span_start, 33);
    assert_int_equal(result.mention[1].span_end, 43);
}

static void test_maximum(void **state)
{
    (void)state;
    struct mention_draft found[2];
    assert_int_equal(
        extract_mentions(&arena, STR("WK12 ABC, WK13 ABC, WK14 ABC, WK15 ABC"), today, found, 2),
        2);
    assert_true(str_eq(found[1].field[LINK_REGISTRATION], STR("WK13 ABC")));
}

static void test_dates(void **state)
{
    (void)state;
    struct str text = STR("On 12/3 and last Friday, Amy (born 1/2/2011) was at the park.");
    struct extract_date date[8];
    assert_int_equal(extract_dates(text, today, date, 8), 2);
    assert_int_equal(date[0].start, 0);
    assert_int_equal(date[0].end, 7);
    assert_int_equal(date_to_days(date[1].range.from), date_to_days((struct date){2026, 11, 20}));
    assert_int_equal(extract_dates(text, today, date, 1), 1);
}

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 256 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_spans),
        cmocka_unit_test(test_maximum),
        cmocka_unit_test(test_dates),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
