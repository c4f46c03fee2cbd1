/*
 * People by what they are called, with an age or a date of birth where it plainly
 * belongs to them.  A name by itself is not looked for: too much else has capitals.
 */
#include "base/arena.h"
#include "domain/extract_parts.h"
#include "link/normalise.h"

static char at(const struct extractor *x, size_t i)
{
    return i < x->text.len ? x->text.ptr[i] : '\0';
}

static const char *const person_nouns =
    "man|men|male|lad|boy|girl|woman|female|lady|person|someone|somebody|guy|bloke|friend|"
    "boyfriend|girlfriend|one|adult|driver|dealer|uncle|brother|sister|son|daughter|cousin|"
    "neighbour|pupil|student|child|teenager|teen|youth|youngster|partner|mate|dad|father|mum|"
    "mother|individual|user|he|she|they|gang|people|kid";

/* Words with a capital that are not what somebody is called. */
static const char *const not_names =
    "the|a|an|i|he|she|they|we|it|this|that|these|his|her|their|there|then|when|who|police|maru|"
    "nspcc|childline|social|mum|dad|ambulance|monday|tuesday|wednesday|thursday|friday|saturday|"
    "sunday|january|february|march|april|june|july|august|september|october|november|december|in|"
    "on|at|by|to|for|from|and|but|or|after|before|last|on|out|off|back|up|over|round|around|him|"
    "them|me|us|you|not|no|what|some|somebody|someone|something|snapchat|instagram|facebook|"
    "whatsapp|tiktok|kik|discord|also|just|of|as|is|was|with|because|again|today|yesterday|"
    "tonight|two|several|mr|mrs|ms|miss|dr|your|our|my";

/* --- what somebody is called --------------------------------------------------------- */

struct called {
    size_t start, end;           /* without quotation marks */
    size_t full_start, full_end; /* with them */
    size_t words;
};

/* The bytes of an opening or closing quotation mark at `i`, 0 for none. */
static size_t quote_at(const struct extractor *x, size_t i)
{
    if (at(x, i) == '"' || at(x, i) == '\'') return 1;
    struct str three = str_sub(x->text, i, 3);
    static const struct str quotes[] = {STR_INIT("\xE2\x80\x98"), STR_INIT("\xE2\x80\x99"),
                                        STR_INIT("\xE2\x80\x9C"), STR_INIT("\xE2\x80\x9D")};
    for (size_t k = 0; k < 4; k++)
        if (str_eq(three, quotes[k])) return 3;
    return 0;
}

/* "Daz", 'Big Daz' at byte `i`. */
static bool read_quoted(const struct extractor *x, size_t i, struct called *ret)
{
    size_t mark = quote_at(x, i);
    if (!mark) return false;
    ret->full_start = i;
    ret->start = i + mark;
    for (size_t end = ret->start; end < x->text.len && end - ret->start <= 40; end++) {
        if (at(x, end) == '\n') return false;
        size_t close = quote_at(x, end);
        bool inside = close && end + close < x->text.len && /* O'Brien */
                      ((at(x, end + close) | 0x20) >= 'a' && (at(x, end + close) | 0x20) <= 'z');
        if (!close || inside) continue;
        ret->end = end;
        ret->full_end = end + close;
        size_t first = extract_word_from(x, ret->start), last = extract_word_before(x, end);
        ret->words = last != SIZE_MAX && last >= first ? last - first + 1 : 0;
        return ret->words >= 1 && ret->words <= 3 && end > ret->start;
    }
    return false;
}

static bool is_name_word(const struct extractor *x, size_t i)
{
    return i < x->word_count && x->word[i].capital && !x->word[i].digit &&
           !extract_is(x, i, not_names) && extract_free(x, x->word[i].start, x->word[i].end);
}

/* After words that introduce a name, a script without capitals names as well as one with. */
static bool is_introduced(const struct extractor *x, size_t i)
{
    return is_name_word(x, i) || (i < x->word_count && x->word[i].uncased && !x->word[i].digit &&
                                  extract_free(x, x->word[i].start, x->word[i].end));
}

/* Up to three words with capitals from word `i`; `plain`: one without will do. */
static bool read_name(const struct extractor *x, size_t i, bool plain, struct called *ret)
{
    size_t n = 0;
    while (n < 3 && is_introduced(x, i + n) && (!x->shouting || n < 1) &&
           (n == 0 || extract_only(x, x->word[i + n - 1].end, x->word[i + n].start, "-", "")))
        n++;
    if (!n && plain && i < x->word_count && !x->word[i].digit && !extract_is(x, i, not_names) &&
        !extract_is(x, i, person_nouns) && x->word[i].end - x->word[i].start > 1 &&
        extract_free(x, x->word[i].start, x->word[i].end))
        n = 1;
    if (!n) return false;
    *ret = (struct called){.start = x->word[i].start, .end = x->word[i + n - 1].end, .words = n};
    ret->full_start = ret->start;
    ret->full_end = ret->end;
    return true;
}

static bool is_number(const struct extractor *x, size_t i, int low, int high)
{
    if (i >= x->word_count) return false;
    int64_t value;
    return str_to_int(extract_text(x, x->word[i].start, x->word[i].end), &value) && value >= low &&
           value <= high;
}

/* "30s", "30's", "thirties" */
static bool is_decade(const struct extractor *x, size_t i)
{
    if (extract_is(x, i, "teens|twenties|thirties|forties|fifties|sixties|seventies")) return true;
    if (i >= x->word_count) return false;
    struct str word = extract_text(x, x->word[i].start, x->word[i].end);
    return word.len >= 3 && word.ptr[0] >= '2' && word.ptr[0] <= '9' && word.ptr[1] == '0' &&
           (word.ptr[word.len - 1] | 0x20) == 's';
}

/* --- the words that introduce it ----------------------------------------------------- */

struct cue {
    size_t words; /* how many words it has; 0: none */
    bool sure;    /* a small letter may follow */
    bool name;    /* a given name or a whole one follows, not a nickname */
};

/* "a man in his 40s", "a woman, about 30": nothing but an age between the person and
 * word `i`. */
static bool follows_aged_person(const struct extractor *x, size_t i)
{
    for (size_t back = 1; back <= 6 && back <= i; back++) {
        size_t k = i - back;
        if (extract_parted(x, x->word[k].end, x->word[i].start)) return false;
        if (extract_is(x, k, person_nouns)) return back > 1 && !extract_is(x, k, "he|she|they|one");
        if (!is_number(x, k, 5, 99) && !is_decade(x, k) &&
            !extract_is(x, k,
                        "in|his|her|their|early|mid|late|aged|about|around|approx|year|years|"
                        "yrs|old|or|approximately|maybe"))
            return false;
    }
    return false;
}

static struct cue read_cue(const struct extractor *x, size_t i)
{
    struct cue cue = {0};
    size_t before = i ? i - 1 : x->word_count;
    if ((cue.words =
             extract_phrase(x, i,
                            "known as|also known as|only known as|known locally as|"
                            "better known as|known only as|known simply as|goes by the name of|"
                            "goes by the name|goes by|going by|nicknamed|aka|a k a|"
                            "nickname is|nickname|street name|calls himself|"
                            "calls herself|alias|known to them as|known to her as|"
                            "known to him as|call him|call her|calls him|calls her|"
                            "called him|called her|refer to as|referred to as"))) {
        cue.sure = true;
    } else if (extract_is(x, i, "call|calls") &&
               extract_is(x, before,
                          "they|kids|people|friends|all|"
                          "others|pupils|everyone|everybody|we")) {
        /* "a man they call Daz", but not "they call Childline" */
        size_t noun = before ? before - 1 : x->word_count;
        cue.words = 1;
        cue.sure = extract_is(x, noun, person_nouns) ||
                   extract_is(x, noun, "who|whom|that|young|the|other");
        if (!cue.sure) cue.words = 0;
    } else if (extract_is(x, i, "called|named") &&
               (extract_is(x, before, person_nouns) || follows_aged_person(x, i) ||
                extract_is(x, before, "is|was|are|being|also|male"))) {
        /* "a man called Sam"; "he called Sam" was a telephone call */
        bool rang = extract_is(x, i, "called") &&
                    extract_is(x, before, "he|she|they|mum|dad|mother|father|one");
        size_t owner = before ? before - 1 : x->word_count;
        bool thing = extract_is(x, before, "is|was|are") &&
                     extract_is(x, owner,
                                "dog|cat|horse|puppy|pet|app|game|group|pub|place|club|shop|it|"
                                "school|house|street|road|chat|boat|song|team|drug|account|"
                                "band|bar|hotel|programme|show|website|server|that|this");
        cue.words = rang || thing ? 0 : 1;
        cue.name = extract_is(x, i, "named");
    } else if ((cue.words = extract_phrase(x, i, "name of|by the name of|name is|first name is"))) {
        cue.name = true;
    }
    return cue;
}

/* Where the words begin that speak of the same person: "a man in his 30s known as". */
static size_t phrase_start(const struct extractor *x, size_t cue)
{
    for (size_t back = 1; back <= 7 && back <= cue; back++) {
        size_t i = cue - back;
        if (extract_parted(x, x->word[i].end, x->word[cue].start)) break;
        if (extract_is(x, i, person_nouns) && !extract_is(x, i, "they|people|he|she|friends|one"))
            return x->word[i].start;
        if (extract_is(x, i, "and|with|to|from")) break;
    }
    return x->word[cue].start;
}

/* "Darren Smith, known as": the name right before the cue. */
static void add_name_before(struct extractor *x, struct extract_item *item, size_t cue)
{
    size_t last = cue, n = 0;
    while (
        n < 3 && last > 0 && is_name_word(x, last - 1) &&
        extract_only(x, x->word[last - 1].end, x->word[last].start, n ? "-" : ",(-", "also|is")) {
        last--;
        n++;
    }
    /* One word with a capital is a name only inside a sentence. */
    bool inside = n == 1 && last > 0 && !extract_is(x, last, person_nouns) &&
                  !extract_parted(x, x->word[last - 1].end, x->word[last].start);
    if ((n < 2 && !inside) || item->field[LINK_NAME].len) return;
    size_t end = x->word[cue - 1].end;
    item->field[LINK_NAME] = extract_text(x, x->word[last].start, end);
    item->phrase = x->word[last].start;
    extract_extend(x, item, x->word[last].start, end);
}

/* "Her name is Darren Smith, known as": the person found right before the cue. */
static struct extract_item *named_just_before(struct extractor *x, size_t cue)
{
    for (size_t i = 0; i < x->item_count; i++) {
        struct extract_item *item = &x->item[i];
        if (item->kind == LINK_PERSON && !item->gone && item->field[LINK_NAME].len &&
            !item->field[LINK_ALIAS].len && item->end <= x->word[cue].start &&
            extract_only(x, item->end, x->word[cue].start, ",(-", "also|is|but|or|and"))
            return item;
    }
    return NULL;
}

static void find_called(struct extractor *x, size_t i)
{
    struct cue cue = read_cue(x, i);
    if (!cue.words || x->claimed[x->word[i].start]) return;
    size_t k = i + cue.words;
    while (extract_is(
        x, k, "him|himself|herself|themselves|is|was|only|just|as|something|like|either|simply"))
        k++;
    size_t from = x->word[k - 1].end, byte = from;
    while (byte < x->text.len && strchr(" :,=(", at(x, byte)) && at(x, byte)) byte++;
    struct called called;
    bool quoted = byte - from <= 3 && read_quoted(x, byte, &called);
    if (!quoted &&
        (k >= x->word_count || x->word[k].start != byte || !read_name(x, k, cue.sure, &called)))
        return;
    if (!extract_free(x, called.full_start, called.full_end)) return;
    struct extract_item *known = named_just_before(x, i);
    struct extract_item *item = extract_add(x, LINK_PERSON, called.full_start, called.full_end);
    if (!item) return;
    bool name = !quoted && (cue.name || called.words > 1) && !(cue.sure && called.words == 1);
    item->field[name ? LINK_NAME : LINK_ALIAS] = extract_text(x, called.start, called.end);
    item->phrase = phrase_start(x, i);
    if (!name && known)
        extract_join(x, known, item);
    else if (!name)
        add_name_before(x, item, i);
}

/* Darren "Daz" Smith, and a man "Daz". */
static void find_quoted(struct extractor *x, size_t i)
{
    struct called called;
    if (x->claimed[i] || !read_quoted(x, i, &called) || called.words > 2) return;
    size_t first = extract_word_from(x, called.start);
    for (size_t k = 0; k < called.words; k++)
        if (!x->word[first + k].capital) return;
    size_t before = extract_word_before(x, i), after = first + called.words;
    bool next_to = before != SIZE_MAX && extract_only(x, x->word[before].end, i, "(", "");
    bool given = next_to && is_name_word(x, before);
    bool family = given && is_name_word(x, after) &&
                  extract_only(x, called.full_end, x->word[after].start, ")", "");
    bool noun =
        next_to && extract_is(x, before, person_nouns) && !extract_is(x, before, "he|she|they|one");
    if (!family && !noun) return;
    if (!extract_free(x, called.full_start, called.full_end)) return;
    struct extract_item *item = extract_add(x, LINK_PERSON, called.full_start, called.full_end);
    if (!item) return;
    item->field[LINK_ALIAS] = extract_text(x, called.start, called.end);
    item->phrase = x->word[before].start;
    if (!family) return;
    item->field[LINK_NAME] = str_fmt(
        x->arena, "%.*s %.*s", STR_ARG(extract_text(x, x->word[before].start, x->word[before].end)),
        STR_ARG(extract_text(x, x->word[after].start, x->word[after].end)));
    extract_extend(x, item, x->word[before].start, x->word[before].end);
    extract_extend(x, item, x->word[after].start, x->word[after].end);
}

/* --- ages ---------------------------------------------------------------------------- */

struct age {
    size_t start, end;
    bool sure; /* nothing but an age: "14 year old"; else "about 35", which needs a person */
};

static bool read_age(const struct extractor *x, size_t i, struct age *ret)
{
    size_t k = i;
    *ret = (struct age){.start = x->word[i].start};
    bool led = extract_is(x, k, "aged|age");
    k += led;
    led |= extract_is(x, k, "about|around|approx|approximately|roughly|maybe");
    k += extract_is(x, k, "about|around|approx|approximately|roughly|maybe");
    if (extract_phrase(x, k, "in his|in her|in their")) k += 2;
    k += extract_is(x, k, "early|mid|late");
    if (is_decade(x, k)) {
        *ret = (struct age){x->word[i].start, x->word[k].end, true};
        return true;
    }
    if (k != i && !led) return false;
    struct str word =
        k < x->word_count ? extract_text(x, x->word[k].start, x->word[k].end) : STR("");
    bool short_form =
        word.len >= 3 && word.len <= 5 && word.ptr[0] >= '1' && word.ptr[0] <= '9' &&
        (str_ends(word, STR("yo")) || str_ends(word, STR("ish")) || str_ends(word, STR("yrs")));
    if (!is_number(x, k, 5, 99) && !short_form) return false;
    if (strchr("/:", at(x, x->word[k].end)) && at(x, x->word[k].end)) return false;
    ret->sure = short_form || extract_is(x, i, "aged|age");
    if (extract_is(x, k + 1, "or|to") && is_number(x, k + 2, 5, 99))
        k += 2;
    else if (is_number(x, k + 1, 5, 99) &&
             extract_only(x, x->word[k].end, x->word[k + 1].start, "-", "") &&
             at(x, x->word[k].end) == '-')
        k++;
    ret->end = x->word[k].end;
    size_t old = extract_phrase(x, k + 1, "year old|years old|yr old|yrs old|years of age|yo|y o");
    if (old) ret->sure = true, ret->end = x->word[k + old].end;
    return ret->sure || led ||
           !extract_is(x, k + 1, "people|minutes|pm|am|times|miles|pounds|children|cars");
}

/* Does the age, or date of birth, at start..end plainly belong to the person? */
static bool belongs(const struct extractor *x, const struct extract_item *person, size_t start,
                    size_t end, bool sure)
{
    static const char *const between =
        "who|is|was|he|she|they|he's|she's|about|aged|age|looks|looked|a|male|"
        "female|white|believed|to|be|thought|roughly|probably|man|woman|boy|"
        "girl|born|dob|on|and|in|around|maybe|only|also|said|are";
    if (start >= person->end && start - person->end <= 40) {
        if (extract_only(x, person->end, start, ",(-:", between) &&
            (sure || !extract_only(x, person->end, start, "", "")))
            return !extract_only(x, person->end, start, "", "and|a|on|about");
        return false;
    }
    bool words = str_find(extract_text(x, start, end), STR(" "), 0) > 0; /* "about 30" */
    if (start >= person->phrase && end <= person->start && (sure || words)) return true;
    /* "14 year old girl called Amy" */
    return sure && end <= person->phrase &&
           extract_only(x, end, person->phrase, "-", "white|male|female|a");
}

static struct extract_item *owner_of(struct extractor *x, size_t start, size_t end, bool sure,
                                     enum link_field field)
{
    for (size_t i = 0; i < x->item_count; i++) {
        struct extract_item *item = &x->item[i];
        if (item->kind == LINK_PERSON && !item->gone && !item->field[field].len &&
            belongs(x, item, start, end, sure))
            return item;
    }
    return NULL;
}

/* "Callum Holham (13 or 14)", "Leni (born 2009)": an age in brackets makes a name of
 * the capitals before it; a bare number does so of two words only. */
static struct extract_item *named_before(struct extractor *x, size_t start, bool sure)
{
    static const char *const no_person =
        "street|road|lane|avenue|close|park|school|college|academy|year|"
        "section|act|room|flat|unit|channel|bus|route|box|class|group|"
        "level|tower|house|court|centre|station|number|ward|item|age";
    size_t open = start;
    while (open > 0 && at(x, open - 1) == ' ') open--;
    if (open == 0 || at(x, open - 1) != '(') return NULL;
    size_t last = extract_word_before(x, open - 1), n = 0;
    if (last == SIZE_MAX || !extract_only(x, x->word[last].end, open - 1, "", "") ||
        extract_is(x, last, no_person))
        return NULL;
    while (n < 3 && n <= last && is_name_word(x, last - n) &&
           (n == 0 || extract_only(x, x->word[last - n].end, x->word[last - n + 1].start, "-", "")))
        n++;
    if (n == 0 || (n < 2 && !sure) || x->shouting) return NULL;
    size_t from = x->word[last - n + 1].start, to = x->word[last].end;
    struct extract_item *item = extract_add(x, LINK_PERSON, from, to);
    if (item) item->field[LINK_NAME] = extract_text(x, from, to);
    return item;
}

/* "about 35", "13 or 14": not a number alone. */
static bool more_than_number(const struct extractor *x, const struct age *age)
{
    return str_find(extract_text(x, age->start, age->end), STR(" "), 0) > 0;
}

static void find_ages(struct extractor *x)
{
    for (size_t i = 0; i < x->word_count; i++) {
        struct age age;
        if (!read_age(x, i, &age) || !extract_free(x, age.start, age.end)) continue;
        struct extract_item *owner = owner_of(x, age.start, age.end, age.sure, LINK_AGE);
        if (!owner) owner = named_before(x, age.start, age.sure || more_than_number(x, &age));
        if (!owner) continue;
        /* The preposition is no part of the age: "in his 30s" -> "30s". */
        size_t start = age.start;
        if (extract_phrase(x, i, "in his|in her|in their")) start = x->word[i + 2].start;
        if (extract_is(x, i, "aged|age")) start = x->word[i + 1].start;
        owner->field[LINK_AGE] = extract_text(x, start, age.end);
        extract_extend(x, owner, start, age.end);
    }
}

static void find_births(struct extractor *x)
{
    for (size_t i = 0; i + 1 < x->word_count; i++) {
        size_t cue = extract_phrase(x, i, "born on|born|dob|d o b|date of birth");
        if (!cue) continue;
        size_t start = x->word[i + cue - 1].end, end;
        while (start < x->text.len && strchr(" :.", at(x, start)) && at(x, start)) start++;
        size_t found;
        struct date_range range;
        struct str window =
            str_sub(x->text, 0, start + 30 < x->text.len ? start + 30 : x->text.len);
        bool year = i + cue < x->word_count && is_number(x, i + cue, 1920, x->today.year);
        if (year)
            end = x->word[i + cue].end;
        else if (!when_find(window, start, x->today, &found, &end, &range) || found != start ||
                 date_to_days(range.from) > date_to_days(x->today))
            continue;
        if (!extract_free(x, start, end)) continue;
        struct extract_item *owner = owner_of(x, x->word[i].start, end, true, LINK_BIRTH);
        if (!owner) owner = named_before(x, x->word[i].start, true);
        if (!owner) continue;
        owner->field[LINK_BIRTH] = extract_text(x, start, end);
        extract_extend(x, owner, start, end);
    }
}

void extract_people(struct extractor *x)
{
    for (size_t i = 0; i < x->word_count; i++) find_called(x, i);
    for (size_t i = 0; i < x->text.len; i++)
        if (quote_at(x, i)) find_quoted(x, i);
    find_births(x);
    find_ages(x);
}
