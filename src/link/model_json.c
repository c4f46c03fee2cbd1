/*
 * Models as JSON (RFC 8259): what columns are compared as what, and what was learnt.
 *
 *     {"prior": 1.2e-06,
 *      "comparisons": [
 *       {"columns": ["surname"], "role": "surname",
 *        "m": {"different": 0.1, ...}, "u": {"different": 0.98, ...}}]}
 *
 * Only what stands above is understood; everything else is refused with its line.
 */
#include "link/model.h"

#include <stdio.h>

/* --- writing ------------------------------------------------------------------------- */

static void add_text(struct buf *out, struct str text)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"' || c == '\\')
            buf_add_fmt(out, "\\%c", c);
        else if ((unsigned char)c < 0x20)
            buf_add_fmt(out, "\\u%04x", (unsigned)c);
        else
            buf_add_char(out, c);
    }
    buf_add_char(out, '"');
}

static void add_levels(struct buf *out, const char *name, const double value[static LEVELS])
{
    buf_add_fmt(out, ",\n   \"%s\": {", name);
    for (int level = 0; level < LEVELS; level++)
        buf_add_fmt(out, "%s\"%s\": %.9g", level ? ", " : "", model_level_name(level),
                    value[level]);
    buf_add_char(out, '}');
}

void model_write(const struct model *model, const struct table *table, bool learnt, struct buf *out)
{
    buf_add_c(out, "{");
    if (learnt) buf_add_fmt(out, "\"prior\": %.9g,\n ", model->prior);
    buf_add_c(out, "\"comparisons\": [");
    for (int i = 0; i < model->count; i++) {
        const struct model_comparison *comparison = &model->comparison[i];
        buf_add_c(out, i ? ",\n  {\"columns\": [" : "\n  {\"columns\": [");
        for (int k = 0; k < comparison->columns; k++) {
            if (k) buf_add_c(out, ", ");
            add_text(out, str_from(table->column[comparison->column[k]].name));
        }
        buf_add_c(out, "], \"role\": ");
        add_text(out, str_from(model_role_name(comparison->role)));
        if (comparison->of_name) buf_add_c(out, ", \"of_name\": true");
        if (learnt) {
            add_levels(out, "m", comparison->m);
            add_levels(out, "u", comparison->u);
        }
        buf_add_char(out, '}');
    }
    buf_add_c(out, "\n]}\n");
}

/* --- reading -------------------------------------------------------------------------- */

enum { WORD_SIZE = 256 };

struct json {
    struct str text;
    size_t at;
    size_t line;
    const struct table *table;
    struct model *model;
    struct err *err;
};

static enum st refuse(const struct json *json, const char *what)
{
    return err_set(json->err, ST_INVALID, "Model, line %zu: %s.", json->line, what);
}

static char peek(struct json *json)
{
    while (json->at < json->text.len) {
        char c = json->text.ptr[json->at];
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n') return c;
        json->line += c == '\n';
        json->at++;
    }
    return 0;
}

static bool take(struct json *json, char c)
{
    if (peek(json) != c) return false;
    json->at++;
    return true;
}

static enum st need(struct json *json, char c)
{
    if (take(json, c)) return ST_OK;
    const char what[] = {'a', ' ', '\'', c,   '\'', ' ', 'i', 's', ' ',
                         'm', 'i', 's',  's', 'i',  'n', 'g', 0};
    return refuse(json, what);
}

static int hex_of(struct str digits)
{
    int value = 0;
    if (digits.len < 4) return -1;
    for (size_t i = 0; i < 4; i++) {
        char c = digits.ptr[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* A code point of the basic plane as UTF-8; surrogates are taken one by one as "?". */
static size_t utf8_of(int c, char ret[static 3])
{
    if (c >= 0xD800 && c < 0xE000) c = '?';
    if (c < 0x80) {
        ret[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        ret[0] = (char)(0xC0 | c >> 6);
        ret[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    ret[0] = (char)(0xE0 | c >> 12);
    ret[1] = (char)(0x80 | (c >> 6 & 0x3F));
    ret[2] = (char)(0x80 | (c & 0x3F));
    return 3;
}

static enum st read_word(struct json *json, char word[static WORD_SIZE], struct str *ret)
{
    static const char escapes[] = "\"\\/bfnrt";
    static const char meant[] = "\"\\/\b\f\n\r\t";
    size_t length = 0;
    if (!take(json, '"')) return refuse(json, "a text in quotation marks is missing");
    while (json->at < json->text.len && json->text.ptr[json->at] != '"') {
        char c = json->text.ptr[json->at++];
        if ((unsigned char)c < 0x20) return refuse(json, "a text is not closed");
        if (length + 4 >= WORD_SIZE) return refuse(json, "a text is too long");
        if (c != '\\') {
            word[length++] = c;
            continue;
        }
        char escape = json->at < json->text.len ? json->text.ptr[json->at++] : 0;
        const char *place = escape ? strchr(escapes, escape) : NULL;
        int code = escape == 'u' ? hex_of(str_sub(json->text, json->at, 4)) : -1;
        if (!place && code < 0) return refuse(json, "there is no such escape in a text");
        if (place) {
            word[length++] = meant[place - escapes];
            continue;
        }
        json->at += 4;
        length += utf8_of(code, word + length);
    }
    if (json->at >= json->text.len) return refuse(json, "a text is not closed");
    json->at++;
    *ret = str_of(word, length);
    return ST_OK;
}

/* A probability above 0 and below 1. */
static enum st read_probability(struct json *json, double *ret)
{
    peek(json);
    size_t end = json->at;
    while (end < json->text.len && json->text.ptr[end] &&
           strchr("+-.0123456789eE", json->text.ptr[end]))
        end++;
    if (!str_to_double(str_sub(json->text, json->at, end - json->at), ret) || !(*ret > 0) ||
        !(*ret < 1))
        return refuse(json, "a probability above 0 and below 1 is missing");
    json->at = end;
    return ST_OK;
}

static enum st read_levels(struct json *json, double ret[static LEVELS])
{
    char word[WORD_SIZE];
    struct str name;
    enum st outcome = need(json, '{');
    do {
        if (outcome == ST_OK) outcome = read_word(json, word, &name);
        int level = 0;
        while (outcome == ST_OK && level < LEVELS &&
               !str_eq(name, str_from(model_level_name(level))))
            level++;
        if (outcome == ST_OK && level == LEVELS) outcome = refuse(json, "there is no such level");
        if (outcome == ST_OK) outcome = need(json, ':');
        if (outcome == ST_OK) outcome = read_probability(json, &ret[level]);
    } while (outcome == ST_OK && take(json, ','));
    return outcome == ST_OK ? need(json, '}') : outcome;
}

static enum st read_columns(struct json *json, struct model_comparison *ret)
{
    char word[WORD_SIZE];
    struct str name;
    enum st outcome = need(json, '[');
    do {
        if (outcome == ST_OK) outcome = read_word(json, word, &name);
        if (outcome != ST_OK) return outcome;
        int column = table_find(json->table, name);
        if (column < 0)
            return err_set(json->err, ST_INVALID, "Model, line %zu: there is no column '%.*s'.",
                           json->line, STR_ARG(name));
        if (ret->columns == MODEL_PARTS_MAX)
            return refuse(json, "a comparison has three columns at most");
        ret->column[ret->columns++] = column;
    } while (take(json, ','));
    return need(json, ']');
}

static enum st read_role(struct json *json, enum model_role *ret)
{
    char word[WORD_SIZE];
    struct str name;
    enum st outcome = read_word(json, word, &name);
    if (outcome != ST_OK) return outcome;
    for (int role = 0; role < MODEL_ROLES; role++) {
        if (!str_eq(name, str_from(model_role_name((enum model_role)role)))) continue;
        *ret = (enum model_role)role;
        return ST_OK;
    }
    return err_set(json->err, ST_INVALID,
                   "Model, line %zu: '%.*s' is nothing that a column can be.", json->line,
                   STR_ARG(name));
}

static enum st read_true(struct json *json, bool *ret)
{
    peek(json);
    *ret = str_starts(str_sub(json->text, json->at, 5), STR("true"));
    if (!*ret && !str_eq(str_sub(json->text, json->at, 5), STR("false")))
        return refuse(json, "true or false is missing");
    json->at += *ret ? 4 : 5;
    return ST_OK;
}

static enum st add_comparison(struct json *json, const struct model_comparison *given,
                              int probabilities)
{
    struct model *model = json->model;
    int before = model->count;
    if (given->columns == 0) return refuse(json, "a comparison names no columns");
    if (given->columns > 1 && given->role != MODEL_BIRTH)
        return refuse(json, "only a birth date can be in several columns");
    if (given->of_name && given->role != MODEL_GIVEN && given->role != MODEL_SURNAME)
        return refuse(json, "of a name there is a given name and a surname");
    if (probabilities == 1) return refuse(json, "m and u go together");
    if (given->role == MODEL_IGNORE) return ST_OK;
    if (probabilities && given->role == MODEL_NAME)
        return refuse(json, "a whole name has no m and u of its own");
    model_add(model, given->column, given->columns, given->role);
    if (model->count == before) return refuse(json, "there are too many comparisons");
    struct model_comparison *comparison = &model->comparison[before];
    if (given->role != MODEL_NAME) comparison->of_name = given->of_name;
    if (!probabilities) return ST_OK;
    memcpy(comparison->m, given->m, sizeof given->m);
    memcpy(comparison->u, given->u, sizeof given->u);
    comparison->held = true;
    return ST_OK;
}

static enum st read_comparison(struct json *json)
{
    struct model_comparison given = {0};
    char word[WORD_SIZE];
    struct str key;
    int probabilities = 0;
    for (int level = 0; level < LEVELS; level++) given.m[level] = given.u[level] = 1e-6;
    enum st outcome = need(json, '{');
    do {
        if (outcome == ST_OK) outcome = read_word(json, word, &key);
        if (outcome == ST_OK) outcome = need(json, ':');
        if (outcome != ST_OK) return outcome;
        if (str_eq(key, STR("columns"))) {
            outcome = read_columns(json, &given);
        } else if (str_eq(key, STR("role"))) {
            outcome = read_role(json, &given.role);
        } else if (str_eq(key, STR("of_name"))) {
            outcome = read_true(json, &given.of_name);
        } else if (str_eq(key, STR("m")) || str_eq(key, STR("u"))) {
            probabilities++;
            outcome = read_levels(json, key.ptr[0] == 'm' ? given.m : given.u);
        } else {
            outcome = refuse(json, "a comparison has columns, role, of_name, m and u");
        }
    } while (outcome == ST_OK && take(json, ','));
    if (outcome == ST_OK) outcome = need(json, '}');
    return outcome == ST_OK ? add_comparison(json, &given, probabilities) : outcome;
}

static enum st read_comparisons(struct json *json)
{
    enum st outcome = need(json, '[');
    if (outcome == ST_OK && take(json, ']')) return ST_OK;
    do {
        if (outcome == ST_OK) outcome = read_comparison(json);
    } while (outcome == ST_OK && take(json, ','));
    return outcome == ST_OK ? need(json, ']') : outcome;
}

enum st model_read(struct str text, const struct table *table, struct model *ret, struct err *err)
{
    struct json json = {.text = text, .line = 1, .table = table, .model = ret, .err = err};
    char word[WORD_SIZE];
    struct str key;
    *ret = (struct model){.given = -1, .surname = -1};
    enum st outcome = need(&json, '{');
    do {
        if (outcome == ST_OK) outcome = read_word(&json, word, &key);
        if (outcome == ST_OK) outcome = need(&json, ':');
        if (outcome != ST_OK) return outcome;
        if (str_eq(key, STR("prior"))) {
            outcome = read_probability(&json, &ret->prior);
            ret->prior_held = true;
        } else if (str_eq(key, STR("comparisons"))) {
            outcome = read_comparisons(&json);
        } else {
            outcome = refuse(&json, "a model has a prior and comparisons");
        }
    } while (outcome == ST_OK && take(&json, ','));
    if (outcome == ST_OK) outcome = need(&json, '}');
    if (outcome == ST_OK && peek(&json))
        outcome = refuse(&json, "something stands after the model");
    if (outcome == ST_OK && ret->count == 0)
        outcome = err_set(err, ST_INVALID, "The model names no column to compare.");
    return outcome;
}
