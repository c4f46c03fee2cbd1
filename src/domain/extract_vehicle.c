/*
 * Registrations, whole and partial, and vehicles told by colour, make and model.
 */
#include "base/arena.h"
#include "domain/extract_parts.h"
#include "link/normalise.h"

static char at(const struct extractor *x, size_t i)
{
    return i < x->text.len ? x->text.ptr[i] : '\0';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_plate_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_wild(char c)
{
    return c == '?' || c == '*' || c == '_';
}

/* --- registrations ------------------------------------------------------------------- */

/* A run of letters, digits and signs for what was not seen. */
struct group {
    size_t start, end;
    size_t digits, letters, wild;
    bool lower;  /* has a lower-case letter */
    bool inside; /* an unseen character with a seen one behind it */
};

static bool read_group(const struct extractor *x, size_t i, struct group *ret)
{
    *ret = (struct group){.start = i};
    size_t wild = 0;
    for (; i < x->text.len; i++) {
        char c = at(x, i);
        if (is_wild(c)) {
            wild++;
            continue;
        }
        if (!is_digit(c) && !is_plate_letter(c)) break;
        ret->inside |= wild > 0;
        ret->wild += wild;
        wild = 0;
        ret->digits += is_digit(c);
        ret->letters += is_plate_letter(c);
        ret->lower |= c >= 'a' && c <= 'z';
    }
    /* One question mark or star at the end may be a question; two are not. */
    char after = at(x, i - (i > 0));
    if (wild == 1 && after == '?' && ret->digits + ret->letters + ret->wild > 0 &&
        (at(x, i) == '\0' || at(x, i) == '\n' || (at(x, i) == ' ' && !ret->digits)))
        i--, wild = 0;
    ret->wild += wild;
    ret->end = i;
    return ret->digits + ret->letters + ret->wild > 0 && (unsigned char)at(x, i) < 0x80 &&
           extract_free(x, ret->start, ret->end);
}

/* The start of the group behind a single blank, dash or dot; 0 for none. */
static size_t next_group(const struct extractor *x, size_t end)
{
    if (at(x, end) != ' ' && at(x, end) != '-') return 0;
    char c = at(x, end + 1);
    return is_digit(c) || is_plate_letter(c) || is_wild(c) ? end + 1 : 0;
}

static bool is_english(const struct extractor *x, size_t start, size_t end)
{
    static const char *const words =
        "the|and|was|for|his|her|but|had|car|van|out|off|not|known|seen|"
        "is|no|of|in|on|at|to|it|he|she|by|or|near|with|who|has|part|"
        "unknown|none|tbc|ford|audi|bmw|vw|kia|mini|seat|fiat|red|blue|"
        "grey|gray|black|white|green|gold|did|one|two|all|are|yes|any|"
        "starts|ends|ending|number|plate|reg|as|a|an|got|saw";
    size_t i = extract_word_from(x, start);
    return i < x->word_count && x->word[i].end == end && extract_is(x, i, words);
}

static bool is_form(struct str text, bool whole_alone)
{
    char clean[LINK_REGISTRATION_SIZE];
    bool partial;
    if (!link_registration_clean(text, clean, &partial) || partial) return false;
    struct str s = str_from(clean);
    if (!link_registration_is_uk(s)) return false;
    bool ends_in_letters = s.len >= 5 && is_plate_letter(s.ptr[s.len - 1]);
    bool starts_with_letter = is_plate_letter(s.ptr[0]);
    /* Dateless plates are shaped like too much else to be known without a cue. */
    return !whole_alone || (ends_in_letters && starts_with_letter);
}

/* The end of a registration that its shape alone gives away, 0 for none. */
static size_t shaped_end(const struct extractor *x, size_t i)
{
    struct group a, b;
    if (!read_group(x, i, &a)) return 0;
    size_t second = next_group(x, a.end);
    bool two = second && read_group(x, second, &b) && !is_english(x, b.start, b.end) &&
               !is_english(x, a.start, a.end);
    if (a.wild + (two ? b.wild : 0) > 0) {
        size_t all = a.digits + a.letters + a.wild, known = a.digits + a.letters;
        bool odd = a.inside || a.digits, lower = a.lower;
        if (two && (a.wild || b.wild) && all + b.digits + b.letters + b.wild <= 8) {
            all += b.digits + b.letters + b.wild, known += b.digits + b.letters;
            odd |= b.inside || b.digits, lower |= b.lower;
        } else {
            two = false;
        }
        if (lower || !odd || all < 3 || all > 8 || known < 2) return 0;
        if (!two && !(a.inside || a.wild > 1 || at(x, a.start) == '*' || at(x, a.end - 1) == '*'))
            return 0;
        return two ? b.end : a.end;
    }
    bool joined = a.letters + a.digits >= 5 && a.digits;
    if (joined && is_form(extract_text(x, a.start, a.end), true) &&
        (!a.lower || a.letters + a.digits == 7))
        return a.end;
    if (!two || a.lower != b.lower || !(a.digits || b.digits)) return 0;
    bool current = a.letters == 2 && a.digits == 2 && b.letters == 3 && b.digits == 0;
    if (a.lower && !current) return 0;
    if (x->shouting && !current) return 0;
    if (at(x, a.end) == '-' && !current) return 0;
    return is_form(extract_text(x, a.start, b.end), true) ? b.end : 0;
}

/* "wk 14 abc": a whole plate in three groups; its end, 0 for none. */
static size_t spaced_end(const struct extractor *x, size_t start)
{
    struct group group;
    size_t at_byte = start, end = 0;
    for (int n = 0; n < 3; n++) {
        if (n && !(at_byte = next_group(x, end))) return 0;
        if (!read_group(x, at_byte, &group) || group.wild) return 0;
        end = group.end;
    }
    return group.letters == 3 && is_form(extract_text(x, start, end), true) ? end : 0;
}

/* The end of what stands behind "reg" and may be a part of a plate, 0 for none. */
static size_t cued_end(const struct extractor *x, size_t i)
{
    size_t shaped = shaped_end(x, i);
    if (!shaped) shaped = spaced_end(x, i);
    if (shaped) return shaped;
    struct group a, b;
    if (!read_group(x, i, &a) || is_english(x, a.start, a.end)) return 0;
    size_t length = a.digits + a.letters + a.wild;
    if (length < 2 || length > 8 || (a.lower && !a.digits)) return 0;
    if (!a.digits && !a.wild && (x->shouting || a.letters > 4)) return 0;
    size_t end = a.end;
    for (int more = 0; more < 2; more++) { /* "W K 1 2" is not read, "7 BX 2" is */
        size_t next = next_group(x, end);
        if (!next || !read_group(x, next, &b) || b.lower || is_english(x, b.start, b.end)) break;
        length += b.digits + b.letters + b.wild;
        if (length > 8 || (x->shouting && !b.digits && b.letters != 3)) break;
        end = b.end;
    }
    return end;
}

/* How the piece lies in the plate, if the words say so. */
enum lie { WHOLE, STARTS, ENDS };

static struct extract_item *add_registration(struct extractor *x, size_t start, size_t end,
                                             enum lie lie)
{
    struct extract_item *item = extract_add(x, LINK_VEHICLE, start, end);
    if (!item) return NULL;
    struct str text = extract_text(x, start, end);
    bool wild = lie == WHOLE || is_form(text, true);
    item->field[LINK_REGISTRATION] =
        wild ? text : str_fmt(x->arena, lie == STARTS ? "%.*s*" : "*%.*s", STR_ARG(text));
    return item;
}

/* "last three letters BXT" */
static bool is_letters_cue(const struct extractor *x, size_t i, enum lie *ret)
{
    if (!extract_is(x, i, "letters|characters")) return false;
    size_t k = i - (i > 0);
    if (extract_is(x, k, "two|three|four|2|3|4|few") && k > 0) k--;
    if (extract_is(x, k, "last")) *ret = ENDS;
    if (extract_is(x, k, "first")) *ret = STARTS;
    return extract_is(x, k, "last|first");
}

static void find_cued(struct extractor *x, size_t i)
{
    enum lie lie = WHOLE;
    if (!is_letters_cue(x, i, &lie) &&
        !extract_is(x, i, "reg|registration|plate|plates|vrm|vrn|index|regs|numberplate"))
        return;
    size_t k = i + 1;
    while (extract_is(
        x, k,
        "is|was|are|were|of|starts|starting|start|began|begins|beginning|with|"
        "ends|ending|in|number|no|plate|plates|part|partial|mark|maybe|possibly|possible|something|"
        "like|includes|including|the|a|registration|reg|first|last|letters|half|two|"
        "three|four|characters|believed|to|be|may|read|reads|as|probably")) {
        if (extract_is(x, k, "starts|starting|start|began|begins|beginning|first")) lie = STARTS;
        if (extract_is(x, k, "ends|ending|last")) lie = ENDS;
        k++;
    }
    size_t from = x->word[k - 1].end, start = from;
    while (start < x->text.len && strchr(" :=\"'(-.,", at(x, start)) && at(x, start)) start++;
    if (start - from > 4 || start >= x->text.len) return;
    size_t end = cued_end(x, start);
    if (!end) return;
    struct extract_item *item = add_registration(x, start, end, lie);
    if (item) item->phrase = x->word[i].start;
}

void extract_registrations(struct extractor *x)
{
    for (size_t i = 0; i < x->word_count; i++) find_cued(x, i);
    for (size_t i = 0; i < x->text.len; i++) {
        char c = at(x, i), before = i ? at(x, i - 1) : ' ';
        if (!is_digit(c) && !is_plate_letter(c) && c != '?' && c != '*') continue;
        if (is_digit(before) || is_plate_letter(before) || is_wild(before) ||
            (unsigned char)before >= 0x80 || strchr("@#/+.'", before))
            continue;
        if (x->claimed[i]) continue;
        /* A postcode has its own shape: "TR1 2AB". */
        size_t end = shaped_end(x, i);
        char postcode[LINK_POSTCODE_SIZE];
        bool whole = false;
        if (!end || at(x, end) == '@' ||
            (link_postcode(extract_text(x, i, end), postcode, &whole) && whole))
            continue;
        if (add_registration(x, i, end, WHOLE)) i = end - 1;
    }
}

/* --- colour, make and model ---------------------------------------------------------- */

struct looks {
    size_t start, end; /* bytes */
    size_t words;
    struct str colour, make, model;
    bool noun;         /* "car", "van" */
    size_t noun_start; /* its first byte */
};

/* One or two words from word `i` that a table knows; how many. */
static size_t known_words(const struct extractor *x, size_t i, bool (*known)(struct str, char *))
{
    for (size_t n = 2; n >= 1; n--) {
        char ret[64];
        if (i + n > x->word_count) continue;
        if (n == 2 && !extract_only(x, x->word[i].end, x->word[i + 1].start, "-", "")) continue;
        if (!extract_free(x, x->word[i].start, x->word[i + n - 1].end)) continue;
        if (known(extract_text(x, x->word[i].start, x->word[i + n - 1].end), ret)) return n;
    }
    return 0;
}

static bool is_make(struct str text, char *ret)
{
    return link_make(text, ret);
}

static bool is_colour(struct str text, char *ret)
{
    return link_colour(text, ret);
}

static bool is_model(struct str text, char *ret)
{
    return link_model(text, ret, ret + 32);
}

/* Words of ordinary English, or numbers, that are makes and models as well. */
static const char *const ambiguous =
    "seat|smart|mini|rover|triumph|jaguar|mg|up|note|partner|focus|golf|polo|jazz|leaf|swift|"
    "galaxy|ranger|puma|combo|expert|boxer|relay|dispatch|accord|discovery|defender|panda|alto|"
    "duster|yeti|superb|beetle|scenic|caddy|outlander|expert|ka|tt|hs|xe|xf|zs|500|106|107|108|"
    "206|207|208|307|308|2008|3008|5008|a1|a3|a4|a5|a6|c1|c2|c3|c4|x1|x3|x5|q3|q5|jag|opel|dark|"
    "light|traveller|transporter|civic|clubman|countryman|one";

/* Those that people and places are called as well: "a Clio" is a vehicle, "Clio" may be a child. */
static const char *const names =
    "zoe|clio|mercedes|adam|leon|logan|rio|cooper|ford|kia|lexus|porsche|dacia|tesla|alfa|suzuki|"
    "octavia|fabia|astra|zafira|megane|vito|yaris|ibiza|arona|alhambra|tucson|sorento|auris|"
    "saxo|sandero|vespa|honda|picasso|fiesta|transit|insignia|sprinter|juke|micra|corolla";

/* Of the first, with a colour and a small letter they are still the word: "a red leaf". */
static const char *const things =
    "seat|up|note|leaf|partner|boxer|expert|superb|relay|dispatch|one|smart|panda|puma";

static const char *const vehicle_nouns =
    "car|van|taxi|minibus|truck|lorry|pickup|jeep|suv|motorbike|motorcycle|moped|scooter|estate|"
    "hatchback|saloon|convertible|people carrier|camper|campervan|cab|vehicle|4x4|quad|coupe|"
    "quad bike|minicab|limousine|limo|bus";

/* What stands between a colour and what has it. */
static const char *const shades =
    "small|large|big|old|older|new|newer|sporty|battered|coloured|metallic";

static bool take(const struct extractor *x, struct looks *looks, size_t words, struct str *field)
{
    size_t first = looks->words;
    if (!words) return false;
    if (field) *field = extract_text(x, x->word[first].start, x->word[first + words - 1].end);
    looks->words += words;
    looks->end = x->word[first + words - 1].end;
    return true;
}

/* Only blanks, a comma or a hyphen lead from one word of a description to the next. */
static bool goes_on(const struct extractor *x, const struct looks *looks, size_t first)
{
    size_t i = looks->words;
    return i < x->word_count &&
           (i == first || extract_only(x, looks->end, x->word[i].start, ",-", ""));
}

static bool read_looks(const struct extractor *x, size_t i, struct looks *ret)
{
    *ret = (struct looks){.start = x->word[i].start, .words = i};
    take(x, ret, known_words(x, i, is_colour), &ret->colour);
    if (ret->colour.len) { /* "silver or grey", "silver/grey" */
        size_t next = ret->words + extract_is(x, ret->words, "or");
        size_t more =
            next < x->word_count && extract_only(x, ret->end, x->word[next].start, "/ -", "or")
                ? known_words(x, next, is_colour)
                : 0;
        if (more && (next > ret->words || at(x, ret->end) == '/')) {
            ret->words = next;
            take(x, ret, more, NULL);
            ret->colour = extract_text(x, ret->start, ret->end);
        }
        while (goes_on(x, ret, i) && extract_is(x, ret->words, shades)) take(x, ret, 1, NULL);
    }
    if (goes_on(x, ret, i)) take(x, ret, known_words(x, ret->words, is_make), &ret->make);
    if (goes_on(x, ret, i)) take(x, ret, known_words(x, ret->words, is_model), &ret->model);
    if (ret->words == i) return false;
    size_t noun = goes_on(x, ret, i) ? extract_phrase(x, ret->words, vehicle_nouns) : 0;
    if (noun) ret->noun_start = x->word[ret->words].start;
    ret->noun = take(x, ret, noun, NULL);
    if (!ret->colour.len && ret->model.len && goes_on(x, ret, i)) /* "Corsa silver colour" */
        take(x, ret, known_words(x, ret->words, is_colour), &ret->colour);
    if (!ret->colour.len && extract_is(x, ret->words, "in") && /* "a Corsa in silver" */
        ret->words + 1 < x->word_count && known_words(x, ret->words + 1, is_colour) &&
        extract_only(x, ret->end, x->word[ret->words + 1].start, "", "in")) {
        ret->words++;
        take(x, ret, known_words(x, ret->words, is_colour), &ret->colour);
    }
    return true;
}

/* Is the value, with its letters folded, one of "one|two|three"? */
static bool is_of(struct str value, const char *list)
{
    char folded[LINK_TEXT_SIZE];
    link_fold(value, folded);
    size_t len = strlen(folded);
    for (const char *hit = list; len && (hit = strstr(hit, folded)); hit++)
        if ((hit == list || hit[-1] == '|') && (!hit[len] || hit[len] == '|')) return true;
    return false;
}

/* Is the model one of the make's? */
static bool is_made_by(const struct looks *looks)
{
    char make[32], model[32], maker[32];
    return link_make(looks->make, make) && link_model(looks->model, model, maker) &&
           strcmp(make, maker) == 0;
}

/* Does a registration stand right before or behind? */
static bool has_plate(const struct extractor *x, const struct looks *looks)
{
    for (size_t i = 0; i < x->item_count; i++) {
        const struct extract_item *item = &x->item[i];
        if (!item->field[LINK_REGISTRATION].len) continue;
        if (extract_only(x, looks->end, item->start,
                         ",(-:", "reg|registration|plate|index|number|no|with|is") ||
            extract_only(x, item->end, looks->start, ",(-:", "is|was|it|of"))
            return true;
    }
    return false;
}

/* A word that people are called too: is it a vehicle here? */
static bool is_named_vehicle(const struct extractor *x, size_t i, const struct looks *looks,
                             struct str value)
{
    size_t lead = i ? i - 1 : x->word_count, after = looks->words;
    if (extract_is(x, lead, "called|named|nicknamed|aka|alias|as|by|mr|mrs|ms|miss|dr") ||
        extract_is(x, after,
                   "said|says|told|tells|asked|asks|thinks|thought|felt|feels|replied|"
                   "disclosed|explained|stated|texted|messaged|who|herself|himself"))
        return false;
    if (extract_is(x, after, "park|boot") && looks->noun) return false; /* "Zoe car park" */
    size_t start = (size_t)(value.ptr - x->text.ptr), end = start + value.len;
    /* "the girl in white, Zoe, was there"; "Leon, taxi driver" */
    size_t colour_end =
        looks->colour.len ? (size_t)(looks->colour.ptr - x->text.ptr) + looks->colour.len : 0;
    bool coloured =
        looks->colour.len && colour_end <= start && extract_only(x, colour_end, start, "-", shades);
    bool called = looks->noun && extract_only(x, end, looks->noun_start, "-", "");
    if (coloured || called || has_plate(x, looks)) return true;
    if (extract_is(x, lead, "drives|drive|driving|drove|driven"))
        return !extract_is(x, after, "home|to|back|around|there|into|and");
    if (extract_is(x, after, "reg|registration|plate|index")) return true;
    if (extract_is(x, lead, "old|new|older|newer|big|small|large|same|battered") && lead) lead--;
    return extract_is(x, lead, "a|an|another|his|her|their|the");
}

/* Does anything near by say that a vehicle is meant? */
static bool is_vehicle(const struct extractor *x, size_t i, const struct looks *looks)
{
    struct str value = looks->make.len ? looks->make : looks->model;
    size_t after = looks->words;
    if (looks->noun && !is_of(value, names)) return true;
    if (!value.len) return false;
    if (extract_is(x, after,
                   "club|course|road|street|lane|shirt|shirts|ball|player|school|family|skirt|"
                   "shorts|neck|watch"))
        return false;
    bool both = looks->make.len && looks->model.len;
    if (both && (is_made_by(looks) || !(is_of(value, names) || is_of(looks->model, names))))
        return true;
    size_t first = extract_word_from(x, (size_t)(value.ptr - x->text.ptr));
    if (is_of(value, names)) return is_named_vehicle(x, i, looks, value);
    bool thing = is_of(value, "seat|up|note") || (is_of(value, things) && !x->word[first].capital);
    if (looks->colour.len && !thing) return true;
    if (!is_of(value, ambiguous)) return true;
    size_t lead = i ? i - 1 : x->word_count;
    if (extract_is(x, lead, "a|an|his|her|their|the|my|old|new") && lead) lead--;
    bool driven = extract_is(x, lead, "drives|drive|driving|drove|driven");
    return (driven || (extract_is(x, after, "reg|registration|plate|index"))) &&
           (x->word[first].capital || x->word[first].digit);
}

/* --- putting them together ----------------------------------------------------------- */

static bool is_description(const struct extract_item *item)
{
    return item->kind == LINK_VEHICLE && !item->gone && !item->field[LINK_REGISTRATION].len;
}

/* The vehicle that a registration belongs to: described in the same sentence, else
 * in the one just before when the registration begins a sentence ("Reg WK12 ...").
 * The nearest before it, else the nearest behind. */
static struct extract_item *described_near(struct extractor *x, const struct extract_item *plate)
{
    struct extract_item *before = NULL, *behind = NULL;
    for (size_t i = 0; i < x->item_count; i++) {
        struct extract_item *item = &x->item[i];
        if (!is_description(item)) continue;
        if (item->end <= plate->phrase && plate->phrase - item->end <= 80 &&
            (!before || item->end > before->end))
            before = item;
        if (item->start >= plate->end && item->start - plate->end <= 40 &&
            (!behind || item->start < behind->start))
            behind = item;
    }
    if (before && !extract_parted(x, before->end, plate->phrase)) return before;
    if (behind && extract_only(x, plate->end, behind->start, ",(-:",
                               "a|an|on|is|was|it|the|which|of|"
                               "belongs|to|seen"))
        return behind;
    bool begins = plate->phrase < plate->start && before &&
                  extract_only(x, before->end, plate->phrase, ".,", "");
    return begins ? before : NULL;
}

void extract_vehicles(struct extractor *x)
{
    size_t plates = x->item_count;
    for (size_t i = 0; i < x->word_count; i++) {
        struct looks looks;
        if (x->claimed[x->word[i].start] || !read_looks(x, i, &looks)) continue;
        if (!is_vehicle(x, i, &looks) || !extract_free(x, looks.start, looks.end)) continue;
        struct extract_item *item = extract_add(x, LINK_VEHICLE, looks.start, looks.end);
        if (!item) return;
        item->field[LINK_COLOUR] = looks.colour;
        item->field[LINK_MAKE] = looks.make;
        item->field[LINK_MODEL] = looks.model;
        i = looks.words - 1;
    }
    for (size_t i = 0; i < plates; i++) {
        if (x->item[i].kind != LINK_VEHICLE) continue;
        struct extract_item *description = described_near(x, &x->item[i]);
        if (description) extract_join(x, &x->item[i], description);
    }
}
