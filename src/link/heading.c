/*
 * The words of headings, and what is meant by them.
 */
#include "link/heading.h"

#include "link/normalise.h"
#include "link/record.h"

/* A word of five letters or more also counts as a part of a longer one ("givenname").  The first
 * that fits wins: what is never compared stands first.  A bar stands between words that are of
 * one kind and do not mean the same. */
static const struct {
    const char *words;
    enum model_role role;
} known[] = {
    {"cluster truth label entity ethnic ethnicity race religion religious nationality",
     MODEL_IGNORE},
    {"rowid recid uuid index", MODEL_IGNORE},
    {"email e-mail mail courriel correo", MODEL_EMAIL},
    {"dob birth birthdate birthday birthyear yob born naissance geburt geburtsdatum geburtsjahr "
     "geboren nacimiento nascita nascimento geboortedatum urodzenia dateofbirth genedigaeth",
     MODEL_BIRTH},
    {"birthplace", MODEL_TOWN},
    {"postcode postal zip zipcode plz postleitzahl cap cep codpostal kodpocztowy", MODEL_POSTCODE},
    {"phone mobile tel telephone telefon telefono handy fax cell ffon", MODEL_PHONE},
    {"registration reg regno vrm vrn plate plates numberplate licenceplate licenseplate",
     MODEL_PLATE},
    {"ssn soc | nhs | nino | passport | licence license | vat | isbn | issn | ean upc | sku | "
     "insee | siren | siret | "
     "steuernummer | dni | cpf | pesel | bsn | username screenname handle",
     MODEL_IDENTIFIER},
    {"surname lastname last lname family familyname nom nachname familienname apellido apellidos "
     "cognome sobrenome achternaam nazwisko sname cyfenw",
     MODEL_SURNAME},
    {"middle middlename mname initial initials | given givenname forename forenames first "
     "firstname fname prenom vorname "
     "nombre nome voornaam imie christian",
     MODEL_GIVEN},
    {"housenumber streetnumber hausnummer number num numero nr no hno", MODEL_NUMBER},
    {"suburb city town locality ville ort stadt wohnort ciudad citta cidade woonplaats miasto "
     "municipality "
     "village commune tref",
     MODEL_TOWN},
    {"street addr address road rue adresse strasse calle indirizzo via endereco straat ulica "
     "domicilio "
     "residence cyfeiriad",
     MODEL_STREET},
    {"price amount cost total | salary income | age | weight | height | length | duration | lat "
     "latitude | "
     "lon lng longitude | year",
     MODEL_QUANTITY},
    {"sex gender sexe geschlecht sexo sesso | state county region | country | status | marital | "
     "platform",
     MODEL_CATEGORY},
    {"name fullname person | title | author authors | organisation organization company business",
     MODEL_NAME},
    {"transaction | payment | order | invoice | booking booked | visit | admission admitted | "
     "discharge | incident | "
     "event | purchase | sale | delivery | shipped | posted | created | updated | received | "
     "arrival | departure | due | "
     "start",
     MODEL_DATE},
};

enum { KNOWN = sizeof known / sizeof *known, LONG_WORD = 5 };

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* The words of a header, split at what is no letter and where small meets capital. */
static bool next_word(struct str *rest, struct str *ret)
{
    while (rest->len && !heading_is_letter(rest->ptr[0])) *rest = str_sub(*rest, 1, rest->len);
    if (!rest->len) return false;
    size_t end = 1;
    while (end < rest->len && heading_is_letter(rest->ptr[end]) &&
           !(is_upper(rest->ptr[end]) && !is_upper(rest->ptr[end - 1])))
        end++;
    *ret = str_sub(*rest, 0, end);
    *rest = str_sub(*rest, end, rest->len);
    return true;
}

/* Do words that stand side by side make this one: "D.O.B.", "Post code", "e-mail"? */
static bool is_written_apart(struct str header, struct str word)
{
    struct str from = header, part;
    for (struct str rest = from; next_word(&rest, &part); rest = from) {
        struct str left = word;
        from = rest;
        while (str_eq_nocase(part, str_sub(left, 0, part.len))) {
            left = str_sub(left, part.len, left.len);
            if (!left.len) return true;
            if (!next_word(&rest, &part)) break;
        }
    }
    return false;
}

static bool has_word(struct str header, struct str word)
{
    if (is_written_apart(header, word)) return true;
    /* "lname" is no part of "fullname". */
    bool long_enough =
        word.len > LONG_WORD || (word.len == LONG_WORD && !str_ends(word, STR("name")));
    return long_enough && str_find_nocase(header, word, 0) >= 0;
}

bool heading_has_any(struct str heading, const char *words)
{
    struct str rest = str_from(words);
    struct str word;
    while (str_split(&rest, ' ', &word))
        if (has_word(heading, word)) return true;
    return false;
}

/* Which of the known words stands in it, by the number of its meaning;
 * MODEL_ROLES and -1 for none. */
static enum model_role look_up(struct str heading, int *ret_meaning)
{
    char folded[LINK_TEXT_SIZE];
    link_fold(heading, folded); /* prénom, cittá */
    bool plain = true;
    for (size_t i = 0; i < heading.len; i++) plain &= (unsigned char)heading.ptr[i] < 0x80;
    if (!plain) heading = str_from(folded);
    *ret_meaning = 0;
    for (size_t i = 0; i < KNOWN; i++, ++*ret_meaning) {
        struct str words = str_from(known[i].words);
        struct str word;
        while (str_split(&words, ' ', &word)) {
            if (str_eq(word, STR("|")))
                ++*ret_meaning;
            else if (has_word(heading, word))
                return known[i].role;
        }
    }
    *ret_meaning = -1;
    return MODEL_ROLES;
}

enum model_role heading_role(struct str heading)
{
    int meaning;
    enum model_role role = look_up(heading, &meaning);
    return role == MODEL_BIRTH && heading_has_any(heading, "place lieu ort") ? MODEL_TOWN : role;
}

int heading_meaning(struct str heading)
{
    int meaning;
    enum model_role role = look_up(heading, &meaning);
    if (role == MODEL_IGNORE || role != heading_role(heading)) return -1; /* "place of birth" */
    return meaning;
}

bool heading_is_id(struct str heading)
{
    enum model_role role = heading_role(heading);
    bool tells = role == MODEL_GIVEN || role == MODEL_SURNAME || role == MODEL_NAME ||
                 role == MODEL_BIRTH || role == MODEL_DATE || role == MODEL_PHONE ||
                 role == MODEL_EMAIL || role == MODEL_STREET || role == MODEL_POSTCODE ||
                 role == MODEL_TOWN ||
                 heading_has_any(heading, "username user handle account alias aliases nickname "
                                          "aka");
    bool key =
        heading_has_any(heading, "id ids ref reference key code record rec row uid unique") ||
        (heading.len > 2 && str_eq_nocase(str_sub(heading, heading.len - 2, 2), STR("id")));
    return !tells || (key && role != MODEL_POSTCODE);
}

static bool is_sign(char c)
{
    return !heading_is_letter(c) && !(c >= '0' && c <= '9');
}

bool heading_is_same(struct str heading, struct str other)
{
    size_t i = 0, k = 0;
    for (;;) {
        while (i < heading.len && is_sign(heading.ptr[i])) i++;
        while (k < other.len && is_sign(other.ptr[k])) k++;
        if (i == heading.len || k == other.len) return i == heading.len && k == other.len;
        if (!str_eq_nocase(str_of(heading.ptr + i++, 1), str_of(other.ptr + k++, 1))) return false;
    }
}
