#include "link/word.h"

#include "link/kernel.h"
#include "link/phonetic.h"

#include <math.h>

static bool is_particle(struct str word)
{
    static const char *const particles[] = {"thi", "van", "bin", "ibn", "binti", "al", "el",
                                            "de",  "da",  "di",  "dos", "von",   "der", "du"};
    for (size_t i = 0; i < sizeof particles / sizeof *particles; i++)
        if (str_eq(word, str_from(particles[i]))) return true;
    return false;
}

bool link_word_joins(struct str word)
{
    static const char *const others[] = {"st", "la", "le", "ap", "abu", "bint"};
    if (word.len > WORD_JOINING_MOST) return false; /* most */
    if (is_particle(word)) return true;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (str_eq(word, str_from(others[i]))) return true;
    return false;
}

void link_word_sounds(struct str folded, struct word_sounds *ret)
{
    ret->sound = link_sound(folded);
    ret->other_sound = link_sound_other(folded);
    link_spoken_read(folded, &ret->spoken);
    link_clips(&ret->spoken, &ret->clips);
    ret->particle = is_particle(folded);
    char space[LINK_PLAIN_SIZE];
    ret->as_written = str_eq(link_plain(folded, space), folded);
    link_name_families(folded, ret->family);
}

uint16_t link_word_family(const struct word_sounds *a, const struct word_sounds *b)
{
    uint16_t first = 0;
    for (int i = 0; i < NAME_FAMILIES && a->family[i]; i++)
        for (int k = 0; k < NAME_FAMILIES && b->family[k]; k++)
            if (a->family[i] == b->family[k] && (!first || a->family[i] < first))
                first = a->family[i];
    return first;
}

uint32_t link_word_letters(struct str word)
{
    uint32_t letters = 0;
    for (size_t i = 0; i < word.len; i++) letters |= 1u << (word.ptr[i] & 31);
    return letters;
}

static int ones(uint32_t bits)
{
    bits -= bits >> 1 & 0x55555555u;
    bits = (bits & 0x33333333u) + (bits >> 2 & 0x33333333u);
    return (int)(((bits + (bits >> 4)) & 0x0f0f0f0fu) * 0x01010101u >> 24);
}

static bool share_letters(uint32_t a, uint32_t b)
{
    int fewer = ones(a) < ones(b) ? ones(a) : ones(b);
    return 2 * ones(a & b) >= fewer;
}

bool link_word_near(struct str a, struct str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    size_t longer = a.len < b.len ? b.len : a.len;
    if (shorter < 4 || longer - shorter > 2) return false;
    unsigned most = shorter >= 8 ? 2 : 1;
    /* An edit adds or takes two kinds of letter at most. */
    if ((unsigned)ones(link_word_letters(a) ^ link_word_letters(b)) > 2 * most) return false;
    return link_kernel_osa(a, b) <= most;
}

bool link_word_may_look_alike(struct str a, uint32_t a_letters, struct str b, uint32_t b_letters,
                              unsigned edits, bool as_written)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    if (!share_letters(a_letters, b_letters)) return false;
    if (!as_written || edits <= (shorter >= 8 ? 2 : 1)) return true;
    return link_kernel_jaro_winkler(a, b) >= 0.82;
}

/* Stefan and Stefania, Oleksandr and Oleksandra: more often two people than one. */
static bool is_other_form(struct str a, struct str b)
{
    struct str longer = a.len > b.len ? a : b;
    struct str shorter = a.len > b.len ? b : a;
    struct str rest = str_sub(longer, shorter.len, longer.len);
    return shorter.len >= 4 && str_starts(longer, shorter) &&
           (str_eq(rest, STR("a")) || str_eq(rest, STR("ia")));
}

static bool is_pet_of(struct str pet, struct str name)
{
    static const struct str endings[] = {
        STR_INIT("ers"), STR_INIT("zza"), STR_INIT("iek"), STR_INIT("sha"), STR_INIT("cia"),
        STR_INIT("sia"), STR_INIT("zia"), STR_INIT("ek"),  STR_INIT("ik"),  STR_INIT("ko"),
        STR_INIT("ka"),  STR_INIT("ie"),  STR_INIT("ey"),  STR_INIT("za"),  STR_INIT("ia"),
        STR_INIT("ya"),  STR_INIT("y"),   STR_INIT("i"),   STR_INIT("s"),   STR_INIT("o")};
    /* a stem of three */
    if (pet.len < 4 || name.len < 5 || memcmp(pet.ptr, name.ptr, 3) != 0) return false;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        struct str ending = endings[i];
        if (pet.ptr[pet.len - 1] != ending.ptr[ending.len - 1] || !str_ends(pet, ending)) continue;
        struct str stem = str_sub(pet, 0, pet.len - ending.len);
        if (stem.len > 3 && stem.ptr[stem.len - 1] == stem.ptr[stem.len - 2]) stem.len--;
        /* whole names end so, too */
        bool many = str_eq(ending, STR("ia")) || str_eq(ending, STR("ya"));
        if (stem.len >= 3 && name.len >= stem.len + (many ? 3 : 2) && str_starts(name, stem) &&
            !strchr("aeiou", stem.ptr[stem.len - 1]))
            return true;
    }
    return false;
}

bool link_word_is_pet(struct str a, struct str b)
{
    return is_pet_of(a, b) || is_pet_of(b, a);
}

struct str link_word_core(struct str word)
{
    static const char *const endings[] = {"ik", "ko", "ka", "a"};
    if (word.len <= WORD_TAIL_LEAST || !strchr("kao", word.ptr[word.len - 1])) return STR("");
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        struct str ending = str_from(endings[i]);
        if (word.len >= WORD_TAIL_LEAST + ending.len && str_ends(word, ending))
            return str_sub(word, 0, word.len - ending.len);
    }
    return STR("");
}

static bool is_tail_of(struct str tail, struct str word)
{
    return tail.len >= WORD_TAIL_LEAST && word.len >= tail.len + 2 &&
           tail.ptr[tail.len - 1] == word.ptr[word.len - 1] && str_ends(word, tail);
}

bool link_word_is_tail(struct str a, struct str b)
{
    return is_tail_of(a, b) || is_tail_of(b, a) || is_tail_of(link_word_core(a), b) ||
           is_tail_of(link_word_core(b), a);
}

static uint64_t first_of(uint64_t sounds)
{
    while (sounds > 0xff) sounds >>= 8;
    return sounds;
}

/* Nobody mishears the beginning as easily as the rest: Oisín is not Róisín. */
static bool begin_alike(struct str a, const struct word_sounds *a_sounds, struct str b,
                        const struct word_sounds *b_sounds)
{
    if (a.ptr[0] == b.ptr[0]) return true;
    return first_of(a_sounds->sound) == first_of(b_sounds->sound) ||
           a_sounds->other_sound == b_sounds->other_sound;
}

/* Or by some spelling of each: Giang and Zang, Hryhorii and Grigory. */
static bool begin_spoken_alike(struct str a, const struct word_sounds *a_sounds, struct str b,
                               const struct word_sounds *b_sounds)
{
    if (begin_alike(a, a_sounds, b, b_sounds)) return true;
    for (int i = 0; i < READINGS; i++)
        for (int k = 0; k < READINGS; k++)
            if (link_spoken_side_by_side(&a_sounds->spoken, i, &b_sounds->spoken, k) &&
                first_of(a_sounds->spoken.heard[i]) == first_of(b_sounds->spoken.heard[k]))
                return true;
    return false;
}

/* How alike two words look, 0 to 1.  A common beginning (Tre-, Pen-) must not make
 * two names alike by itself: a third of the letters may differ, no more. */
static double look(struct str a, struct str b, struct str plain_a, struct str plain_b)
{
    double similar = link_kernel_jaro_winkler(a, b);
    if (plain_a.ptr != a.ptr || plain_b.ptr != b.ptr)
        similar = fmax(similar, link_kernel_jaro_winkler(plain_a, plain_b));
    return link_kernel_osa(a, b) > link_word_edits(a.len, b.len) ? fmin(similar, 0.8) : similar;
}

bool link_word_is_syllable(struct str word)
{
    int groups = 0;
    if (word.len > 6) return false;
    for (size_t i = 0; i < word.len; i++)
        groups += strchr("aeiouy", word.ptr[i]) && (i == 0 || !strchr("aeiouy", word.ptr[i - 1]));
    return groups == 1;
}

/* By some spelling of each they have the same consonants, more than one. */
static bool may_be_spoken_alike(const struct word_sounds *a, const struct word_sounds *b)
{
    for (int i = 0; i < READINGS; i++)
        for (int k = 0; k < READINGS; k++)
            if (link_spoken_side_by_side(&a->spoken, i, &b->spoken, k) &&
                link_same_sound(a->spoken.heard[i], b->spoken.heard[k])) return true;
    return false;
}

/* Words of other sounds that have few letters in common are not looked at closely. */
static bool may_be_alike(struct str a, const struct word_sounds *a_sounds, struct str b,
                         const struct word_sounds *b_sounds)
{
    return link_same_sound(a_sounds->sound, b_sounds->sound) ||
           link_same_sound(a_sounds->other_sound, b_sounds->other_sound) ||
           share_letters(link_word_letters(a), link_word_letters(b));
}

/* Words that are neither the same nor initials nor of one family. */
static enum word_level spelling_level(struct str a, const struct word_sounds *a_sounds,
                                      struct str b, const struct word_sounds *b_sounds)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    char space_a[LINK_PLAIN_SIZE], space_b[LINK_PLAIN_SIZE];
    struct str plain_a = a_sounds->as_written ? a : link_plain(a, space_a);
    struct str plain_b = b_sounds->as_written ? b : link_plain(b, space_b);
    if (str_eq(plain_a, plain_b)) return WORD_PLAIN;
    if (is_other_form(a, b)) return WORD_FORM;
    bool may_be_spoken = may_be_spoken_alike(a_sounds, b_sounds);
    bool may_be_clip = link_clips_meet(&a_sounds->clips, &b_sounds->clips);
    /* Each of these is something that link_words_like finds words by. */
    if (!may_be_spoken && !may_be_alike(a, a_sounds, b, b_sounds) && !link_word_is_pet(a, b) &&
        !link_word_is_tail(a, b) &&
        !(may_be_clip && link_is_clip(&a_sounds->spoken, &b_sounds->spoken)))
        return WORD_OTHER;
    double similar = look(a, b, plain_a, plain_b);
    /* In a short word the vowels matter: Dang is not Duong. */
    bool syllables = link_word_is_syllable(a) && link_word_is_syllable(b);
    double alike = shorter < 5 || syllables ? 0.84 : 0.6;
    bool same_sound = link_same_sound(a_sounds->sound, b_sounds->sound);
    bool near = link_word_near(a, b) && (shorter > 4 || similar >= 0.84);
    /* What begins otherwise and ends alike shares an ending that many have: -slav, -enko, -uong. */
    bool begins = begin_spoken_alike(a, a_sounds, b, b_sounds);
    if (syllables && !begins) return WORD_OTHER;
    if (shorter >= 3 && (similar >= 0.92 || near))
        return syllables || !begin_alike(a, a_sounds, b, b_sounds) ? WORD_CLOSE_SYLLABLE
               : same_sound                                         ? WORD_CLOSE_SOUND
                                                                    : WORD_CLOSE;
    if (same_sound && similar >= alike) return syllables ? WORD_SOUND_SYLLABLE : WORD_SOUND;
    /* Nobody shortens one syllable to two letters: Vi is not Viet. */
    if (!(syllables && shorter == 2) && (str_starts(a, b) || str_starts(b, a)))
        return shorter > 2 ? WORD_SHORTENED : WORD_SHORTENED_TO_TWO;
    if (shorter >= 4 && similar >= 0.87 && !syllables && begins) return WORD_NEAR;
    if (link_word_is_pet(a, b)) return WORD_PET;
    if (link_word_is_tail(a, b)) return WORD_TAIL;
    if (shorter == 3 && a.len == b.len && a.ptr[0] == b.ptr[0] && link_kernel_osa(a, b) == 1)
        return WORD_LETTER;
    if (link_same_sound(a_sounds->other_sound, b_sounds->other_sound) && similar >= alike)
        return WORD_OTHER_SOUND;
    if (may_be_spoken) {
        const double spoken_alike = syllables ? 0.9 : 0.78;
        if (link_spoken_alike(&a_sounds->spoken, &b_sounds->spoken) >= spoken_alike)
            return syllables ? WORD_SOUND_SYLLABLE : WORD_OTHER_SOUND;
    }
    if (may_be_clip && link_is_clip(&a_sounds->spoken, &b_sounds->spoken)) return WORD_CLIP;
    if (shorter >= 4 && begins && similar >= (shorter < 5 ? 0.849 : 0.82))
        return WORD_SOMEWHAT;
    return WORD_OTHER;
}

enum word_level link_word_level(struct str a, const struct word_sounds *a_sounds, struct str b,
                                const struct word_sounds *b_sounds)
{
    if (str_eq(a, b)) return WORD_EXACT;
    if (a.len == 0 || b.len == 0) return WORD_OTHER;
    if (a.len == 1 || b.len == 1) return a.ptr[0] == b.ptr[0] ? WORD_INITIAL : WORD_OTHER;
    if (link_word_family(a_sounds, b_sounds)) return WORD_SHORT_FORM;
    return spelling_level(a, a_sounds, b, b_sounds);
}
