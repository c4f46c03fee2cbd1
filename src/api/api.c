#include "api/api.h"

#include "base/utf8.h"
#include "domain/mention.h"
#include "seal/secret.h"

const struct api_member api_members[] = {
#define SCHEMA(name, words)                                                                        \
    {SCHEMA_##name, #name, true, TYPE_OBJECT, 0, SCHEMA_None, NULL, false, words},
#define NEEDED true
#define MAY false
#define MEMBER(type, name, limit, of, choices, need, words) \
    {SCHEMA_None, name, false, TYPE_##type, limit, SCHEMA_##of, choices, need, words},
#include "api/api_schema.def"
#undef SCHEMA
#undef MEMBER
#undef NEEDED
#undef MAY
};
const size_t api_members_count = sizeof api_members / sizeof *api_members;

const struct api_parameter api_parameters[] = {
#define API(route, status, answer, body, flags, summary)
#define PARAMETER(name, type, choices, words) {name, TYPE_##type, choices, words},
#include "api/api.def"
#undef API
#undef PARAMETER
};

/* Routes and parameters in the order of the file; `first` and `count` follow from it. */
static const struct line {
    bool parameter;
    struct api_route route;
} lines[] = {
#define API(name, status, answer, body, flags, summary) \
    {false, {ROUTE_##name, status, SCHEMA_##answer, SCHEMA_##body, flags, summary, 0, 0}},
#define PARAMETER(name, type, choices, words) {.parameter = true},
#include "api/api.def"
#undef API
#undef PARAMETER
};

static struct api_route api_routes[ROUTE_COUNT];
static pthread_once_t api_routes_once = PTHREAD_ONCE_INIT;

static void fill_routes(void)
{
    size_t parameters = 0;
    struct api_route *last = NULL;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (lines[i].parameter) {
            parameters++;
            last->count++;
            continue;
        }
        last = &api_routes[lines[i].route.route];
        *last = lines[i].route;
        last->first = parameters;
    }
}

const struct api_route *api_route_of(enum route_id route)
{
    pthread_once(&api_routes_once, fill_routes);
    return api_routes[route].status ? &api_routes[route] : NULL;
}

const char *api_schema_name(enum api_schema schema)
{
    for (size_t i = 0; i < api_members_count; i++)
        if (api_members[i].begins && api_members[i].schema == schema) return api_members[i].name;
    return "";
}

/* --- values ------------------------------------------------------------------------------ */

json_t *api_text(struct str text)
{
    json_t *value = json_stringn(text.ptr ? text.ptr : "", text.len);
    return value ? value : json_string("");
}

json_t *api_time(struct arena *arena, instant_ms at)
{
    return api_text(clock_iso(arena, at));
}

void api_put_time(json_t *object, struct arena *arena, const char *name, instant_ms at)
{
    if (at) json_object_set_new(object, name, api_time(arena, at));
}

json_t *api_day(struct arena *arena, int32_t day)
{
    return api_text(date_iso(arena, date_from_days(day)));
}

struct str api_member_text(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) ? str_of(json_string_value(value), json_string_length(value))
                                 : STR("");
}

/* --- refusing ---------------------------------------------------------------------------- */

void api_refuse(struct request *request, struct response *response, const struct api_wrong *wrong,
                size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_pack("{so so}", "field", api_text(wrong[i].field),
                                              "message", api_text(wrong[i].message)));
    json_t *problem = problem_begin(request);
    json_t *rest = json_pack("{ss ss si so so}", "type", "urn:pendeen:problem:invalid", "title",
                             "That did not work", "status", 400, "detail",
                             api_text(wrong[0].message), "problems", list);
    json_object_update(problem, rest);
    json_decref(rest);
    char *text = json_dumps(problem, JSON_COMPACT);
    struct err err = {0};
    respond_problem(request, response, 400, "invalid", &err);
    buf_clear(&response->body);
    buf_add_c(&response->body, text ? text : "{}");
    buf_add_char(&response->body, '\n');
    free(text);
    json_decref(problem);
}

static bool refuse_one(struct request *request, struct response *response, struct str field,
                       struct str message)
{
    struct api_wrong wrong = {field, message};
    api_refuse(request, response, &wrong, 1);
    return false;
}

static bool refuse_words(struct request *request, struct response *response, int status,
                         const char *word, const char *words, const char *hint)
{
    struct err err;
    err_set(&err, ST_INVALID, "%s", words);
    if (hint) err_hint(&err, "%s", hint);
    respond_problem(request, response, status, word, &err);
    return false;
}

/* --- what is as the tables say ------------------------------------------------------------ */

static bool is_choice(const char *choices, struct str text)
{
    struct str rest = str_from(choices);
    struct str choice;
    while (str_split(&rest, '|', &choice))
        if (str_eq(choice, text)) return true;
    return false;
}

struct reading {
    struct request *request;
    struct api_wrong wrong;
};

static bool wrong_at(struct reading *reading, struct str path, const char *words, const char *more)
{
    reading->wrong =
        (struct api_wrong){path, str_fmt(reading->request->arena, "%s%s", words, more ? more : "")};
    return false;
}

static bool check_object(struct reading *reading, enum api_schema schema, const json_t *value,
                         struct str path);

static bool check_text(struct reading *reading, const struct api_member *member,
                       const json_t *value, struct str path)
{
    if (!json_is_string(value)) return wrong_at(reading, path, "Write text here.", NULL);
    struct str text = str_of(json_string_value(value), json_string_length(value));
    if (member->limit && text.len > member->limit)
        return wrong_at(reading, path, "This is too long.", NULL);
    /* What would be changed by cleaning it is not what was meant. */
    for (size_t at = 0; at < text.len;) {
        uint32_t character = utf8_next(text, &at);
        if (!utf8_is_kept(character) && character != '\r')
            return wrong_at(reading, path, "This holds a control character. Take it out.", NULL);
    }
    if (member->type == TYPE_WORD && !is_choice(member->choices, text))
        return wrong_at(reading, path, "Write one of: ", member->choices);
    return true;
}

static bool check_fields(struct reading *reading, const struct api_member *member,
                         const json_t *value, struct str path)
{
    const char *key;
    json_t *item;
    static const struct api_member text = {.type = TYPE_TEXT, .limit = MENTION_FIELD_MAX};
    if (!json_is_object(value))
        return wrong_at(reading, path, "Write an object with text in it here.", NULL);
    if (member->limit && json_object_size(value) > member->limit)
        return wrong_at(reading, path, "There are too many here.", NULL);
    json_object_foreach((json_t *)(uintptr_t)value, key, item)
    {
        struct str at = str_fmt(reading->request->arena, "%.*s.%.60s", STR_ARG(path), key);
        if (strlen(key) > API_NAME_MAX)
            return wrong_at(reading, at, "This name is too long.", NULL);
        if (!check_text(reading, &text, item, at)) return false;
    }
    return true;
}

static bool check_list(struct reading *reading, const struct api_member *member,
                       const json_t *value, struct str path)
{
    if (!json_is_array(value)) return wrong_at(reading, path, "Write a list here.", NULL);
    if (member->limit && json_array_size(value) > member->limit)
        return wrong_at(reading, path, "There are too many here.", NULL);
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *item = json_array_get(value, i);
        struct str at = str_fmt(reading->request->arena, "%.*s[%zu]", STR_ARG(path), i);
        if (member->type == TYPE_LIST && !check_object(reading, member->of, item, at)) return false;
        if (member->type == TYPE_IDS && !(json_is_integer(item) && json_integer_value(item) > 0))
            return wrong_at(reading, at, "Write a number here.", NULL);
        if (member->type == TYPE_TEXTS && !json_is_string(item))
            return wrong_at(reading, at, "Write text here.", NULL);
    }
    return true;
}

static bool check_value(struct reading *reading, const struct api_member *member,
                        const json_t *value, struct str path)
{
    switch (member->type) {
    case TYPE_TEXT:
    case TYPE_WORD:
    case TYPE_TIME:
    case TYPE_DAY: return check_text(reading, member, value, path);
    case TYPE_FIELDS:
        return check_fields(reading, member, value, path);
    case TYPE_OBJECT: return check_object(reading, member->of, value, path);
    case TYPE_LIST:
    case TYPE_TEXTS:
    case TYPE_IDS: return check_list(reading, member, value, path);
    case TYPE_BOOL:
        return json_is_boolean(value) || wrong_at(reading, path, "Write true or false.", NULL);
    case TYPE_NUMBER:
        return json_is_number(value) || wrong_at(reading, path, "Write a number here.", NULL);
    case TYPE_ID:
    case TYPE_COUNT:
        return (json_is_integer(value) && json_integer_value(value) >= (member->type == TYPE_ID)) ||
               wrong_at(reading, path, "Write a whole number here.", NULL);
    }
    return false;
}

static const struct api_member *members_of(enum api_schema schema)
{
    const struct api_member *member = api_members;
    while (!(member->begins && member->schema == schema)) member++;
    return member + 1;
}

static bool is_end(const struct api_member *member)
{
    return member == api_members + api_members_count || member->begins;
}

static struct str join(struct arena *arena, struct str path, const char *name)
{
    return path.len ? str_fmt(arena, "%.*s.%.60s", STR_ARG(path), name)
                    : str_fmt(arena, "%.60s", name);
}

static bool check_object(struct reading *reading, enum api_schema schema, const json_t *value,
                         struct str path)
{
    struct arena *arena = reading->request->arena;
    const struct api_member *members = members_of(schema);
    const char *key;
    json_t *item;
    if (!json_is_object(value)) return wrong_at(reading, path, "Write an object here.", NULL);
    json_object_foreach((json_t *)(uintptr_t)value, key, item)
    {
        const struct api_member *member = members;
        while (!is_end(member) && strcmp(member->name, key) != 0) member++;
        if (is_end(member))
            return wrong_at(reading, join(arena, path, key),
                            "There is no such member here. Take it out.", NULL);
        if (!check_value(reading, member, item, join(arena, path, key))) return false;
    }
    for (const struct api_member *member = members; !is_end(member); member++)
        if (member->needed && !json_object_get(value, member->name))
            return wrong_at(reading, join(arena, path, member->name), "This is needed.", NULL);
    return true;
}

/* --- reading ------------------------------------------------------------------------------- */

/* How deep brackets stand in brackets; jansson alone would go to 2048. */
static bool is_too_deep(struct str text)
{
    int depth = 0;
    bool in_text = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (in_text) {
            if (c == '\\') i++;
            if (c == '"') in_text = false;
        } else if (c == '"') {
            in_text = true;
        } else if (c == '{' || c == '[') {
            if (++depth > API_DEPTH_MAX) return true;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return false;
}

static bool is_json(struct str content_type)
{
    struct str type;
    str_split(&content_type, ';', &type);
    return str_eq_nocase(str_trim(type), STR("application/json"));
}

static bool read_body(struct request *request, struct response *response, enum api_schema schema,
                      json_t **ret)
{
    json_error_t problem;
    struct reading reading = {.request = request};
    if (!is_json(request->content_type))
        return refuse_words(request, response, 415, "not-json",
                            "Send the body as application/json.", NULL);
    if (is_too_deep(request->body))
        return refuse_words(request, response, 400, "invalid", "The JSON is nested too deeply.",
                            NULL);
    json_t *body = json_loadb(request->body.ptr ? request->body.ptr : "", request->body.len,
                              JSON_REJECT_DUPLICATES, &problem);
    if (!body) {
        char words[160];
        snprintf(words, sizeof words, "The body is no JSON (RFC 8259) from line %d, column %d on.",
                 problem.line, problem.column);
        return refuse_words(request, response, 400, "invalid", words,
                            "Each member may stand once, and text has to be UTF-8.");
    }
    if (check_object(&reading, schema, body, STR(""))) {
        *ret = body;
        return true;
    }
    json_decref(body);
    return refuse_one(request, response, reading.wrong.field, reading.wrong.message);
}

static bool check_parameter(struct request *request, struct response *response,
                            const struct form_field *field, const struct api_parameter *parameter)
{
    struct date day;
    if (parameter->type == TYPE_WORD && !is_choice(parameter->choices, field->value))
        return refuse_one(request, response, field->name,
                          str_fmt(request->arena, "Write one of: %s", parameter->choices));
    if (parameter->type == TYPE_DAY && !date_parse_iso(field->value, &day))
        return refuse_one(request, response, field->name, STR("A day is written like 2026-03-12."));
    return true;
}

static bool check_query(struct request *request, struct response *response,
                        const struct api_route *route)
{
    for (size_t i = 0; i < request->field_count; i++) {
        const struct form_field *field = &request->field[i];
        const struct api_parameter *found = NULL;
        for (size_t k = 0; k < i; k++)
            if (str_eq(request->field[k].name, field->name))
                return refuse_one(request, response, field->name, STR("Say this once."));
        for (size_t k = 0; k < route->count; k++)
            if (str_eq(field->name, str_from(api_parameters[route->first + k].name)))
                found = &api_parameters[route->first + k];
        bool paging = (route->flags & PAGED) &&
                      (str_eq(field->name, STR("limit")) || str_eq(field->name, STR("cursor")));
        if (!found && !paging)
            return refuse_one(request, response, str_sub(field->name, 0, 60),
                              STR("There is no such parameter here. Take it out."));
        if (found && !check_parameter(request, response, field, found)) return false;
    }
    return true;
}

static bool check_key(struct request *request, struct response *response)
{
    struct str key = request->idempotency_key;
    if (!key.len)
        return refuse_words(
            request, response, 400, "no-key", "Send a header 'Idempotency-Key' with this.",
            "Make a new one for each thing that you send (a UUID will do), and send the same "
            "one again when no answer came: it is then done once.");
    if (key.len > API_KEY_MAX)
        return refuse_words(request, response, 400, "no-key", "The Idempotency-Key is too long.",
                            NULL);
    for (size_t i = 0; i < key.len; i++)
        if (key.ptr[i] <= ' ' || key.ptr[i] > '~')
            return refuse_words(request, response, 400, "no-key",
                                "An Idempotency-Key is made of letters, digits and signs of ASCII.",
                                NULL);
    return true;
}

bool api_read(struct request *request, struct response *response, enum route_id id,
              json_t **ret_body)
{
    const struct api_route *route = api_route_of(id);
    *ret_body = NULL;
    if ((route->flags & WARNED) && !is_too_deep(request->body))
        request->danger = api_danger(request);
    if (!check_query(request, response, route)) return false;
    if ((route->flags & ONCE) && !check_key(request, response)) return false;
    if ((route->flags & MATCHED) && !request->if_match.len)
        return refuse_words(
            request, response, 428, "no-match", "Send a header 'If-Match' with this.",
            "Read it first, and send the ETag of that answer: so nothing is changed that "
            "somebody else changed meanwhile.");
    if (route->body != SCHEMA_None) return read_body(request, response, route->body, ret_body);
    if (request->body.len)
        return refuse_words(request, response, 400, "invalid", "This takes no body.", NULL);
    return true;
}

bool api_check(struct request *request, struct response *response, enum route_id id)
{
    json_t *body = NULL;
    bool good = api_read(request, response, id, &body);
    json_decref(body);
    return good;
}

/* --- pages ----------------------------------------------------------------------------------- */

/* A cursor says of which list it is, so that one of another is not taken for it. */
static struct str cursor_of(struct arena *arena, enum route_id route, const struct api_place *place)
{
    return seal_base64(arena, str_fmt(arena, "%s %lld %lld %lld", routes[route].name,
                                      (long long)place->at[0], (long long)place->at[1],
                                      (long long)place->at[2]));
}

static bool read_cursor(struct arena *arena, enum route_id route, struct str cursor,
                        struct api_place *ret)
{
    struct str text;
    struct str part;
    if (cursor.len > 200 || !seal_base64_read(arena, cursor, &text)) return false;
    if (!str_split(&text, ' ', &part) || !str_eq(part, str_from(routes[route].name))) return false;
    for (int i = 0; i < 3; i++)
        if (!str_split(&text, ' ', &part) || !str_to_int(part, &ret->at[i])) return false;
    return !text.ptr;
}

bool api_page_read(struct request *request, struct response *response, enum route_id route,
                   struct api_page *ret)
{
    int64_t limit = API_LIMIT_DEFAULT;
    *ret = (struct api_page){.limit = API_LIMIT_DEFAULT};
    if (form_has(request, "limit") &&
        (!str_to_int(form_value(request, "limit"), &limit) || limit < 1 || limit > API_LIMIT_MAX))
        return refuse_one(request, response, STR("limit"),
                          STR("Write a whole number from 1 to 100."));
    ret->limit = (size_t)limit;
    ret->goes_on = form_has(request, "cursor");
    if (ret->goes_on &&
        !read_cursor(request->arena, route, form_value(request, "cursor"), &ret->after))
        return refuse_one(
            request, response, STR("cursor"),
            STR("This is no cursor of this list. Use 'next' of the page before, or none."));
    return true;
}

static int compare_places(struct api_place a, struct api_place b)
{
    for (int i = 0; i < 3; i++)
        if (a.at[i] != b.at[i]) return a.at[i] < b.at[i] ? -1 : 1;
    return 0;
}

void api_cut(struct api_page *page, const void *list, size_t count, size_t size,
             struct api_place (*place)(const void *item))
{
    const char *item = list;
    while (page->goes_on && page->begin < count &&
           compare_places(place(item + page->begin * size), page->after) <= 0)
        page->begin++;
    page->end = count - page->begin > page->limit ? page->begin + page->limit : count;
    page->more = page->end < count;
    if (page->more) page->last = place(item + (page->end - 1) * size);
}

json_t *api_page_make(struct request *request, enum route_id route, json_t *items,
                      const struct api_page *page)
{
    json_t *answer = json_object();
    json_object_set_new(answer, "items", items);
    if (page->more)
        json_object_set_new(answer, "next",
                            api_text(cursor_of(request->arena, route, &page->last)));
    return answer;
}

/* --- answers ------------------------------------------------------------------------------- */

static struct str tag_of(struct arena *arena, struct str bytes)
{
    enum { TAG_BYTES = 16 };
    uint8_t hash[SEAL_HASH_SIZE];
    seal_hash(bytes, hash);
    struct str text = seal_base64(arena, str_of((const char *)hash, TAG_BYTES));
    return str_fmt(arena, "\"%.*s\"", STR_ARG(text));
}

struct str api_tag(struct request *request, const json_t *answer)
{
    char *text = json_dumps(answer, JSON_COMPACT);
    struct str tag = tag_of(request->arena, str_from(text));
    free(text);
    return tag;
}

/* A list of tags, or "*". */
static bool has_tag(struct str list, struct str tag)
{
    struct str one;
    if (str_eq(str_trim(list), STR("*"))) return true;
    while (str_split(&list, ',', &one)) {
        one = str_trim(one);
        if (str_starts(one, STR("W/"))) one = str_sub(one, 2, one.len);
        if (str_eq(one, tag)) return true;
    }
    return false;
}

bool api_takes_any(const struct request *request)
{
    return str_eq(str_trim(request->if_match), STR("*"));
}

bool api_fits(struct request *request, const json_t *now)
{
    return has_tag(request->if_match, api_tag(request, now));
}

void api_changed(struct request *request, struct response *response)
{
    struct err err;
    err_set(&err, ST_CONFLICT, "This was changed since you read it. Nothing was done.");
    err_hint(&err, "Read it again, look what changed, and send it with the new ETag.");
    respond_problem(request, response, 412, "changed", &err);
}

struct once api_once(struct request *request)
{
    return (struct once){.account = request->who.account,
                         .key = request->idempotency_key,
                         .asked = str_fmt(request->arena, "%.*s\n%.*s", STR_ARG(request->path),
                                          STR_ARG(request->body))};
}

void api_answer(struct request *request, struct response *response, enum route_id id,
                json_t *answer)
{
    const struct api_route *route = api_route_of(id);
    json_t *whole = answer ? problem_begin(request) : NULL;
    if (whole) json_object_update(whole, answer);
    char *text = whole ? json_dumps(whole, JSON_COMPACT) : NULL;
    json_decref(whole);
    json_decref(answer);
    if (!text) {
        struct err err;
        err_set(&err, ST_FAILED, "The answer could not be made.");
        respond_error(request, response, &err);
        return;
    }
    response->status = route->status;
    response->content_type = "application/json";
    if ((route->flags & TAGGED) && !response->etag.len)
        response->etag = tag_of(request->arena, str_from(text));
    if (response->etag.len && request->if_none_match.len &&
        has_tag(request->if_none_match, response->etag)) {
        response->status = 304;
    } else {
        buf_add_c(&response->body, text);
        buf_add_char(&response->body, '\n');
    }
    free(text);
}
