/*
 * The OpenAPI 3.1 file, made of the table of routes and those of api.def and
 * api_schema.def: what is checked is what is written there.
 */
#include "api/api.h"

#include "domain/mention.h"

static json_t *reference(const char *schema)
{
    char path[100];
    snprintf(path, sizeof path, "#/components/schemas/%s", schema);
    return json_pack("{ss}", "$ref", path);
}

static json_t *choices_json(const char *choices)
{
    json_t *all = json_array();
    struct str rest = str_from(choices);
    struct str choice;
    while (str_split(&rest, '|', &choice)) json_array_append_new(all, api_text(choice));
    return all;
}

static json_t *type_json(const struct api_member *member)
{
    /* Bytes are counted here and characters there: so many characters at most. */
    json_t *type = NULL;
    switch (member->type) {
    case TYPE_TEXT: type = json_pack("{ss}", "type", "string"); break;
    case TYPE_ID:
        type = json_pack("{ss ss si}", "type", "integer", "format", "int64", "minimum", 1);
        break;
    case TYPE_COUNT:
        type = json_pack("{ss ss si}", "type", "integer", "format", "int64", "minimum", 0);
        break;
    case TYPE_NUMBER: type = json_pack("{ss}", "type", "number"); break;
    case TYPE_BOOL: type = json_pack("{ss}", "type", "boolean"); break;
    case TYPE_TIME: type = json_pack("{ss ss}", "type", "string", "format", "date-time"); break;
    case TYPE_DAY: type = json_pack("{ss ss}", "type", "string", "format", "date"); break;
    case TYPE_WORD:
        type = json_pack("{ss so}", "type", "string", "enum", choices_json(member->choices));
        break;
    case TYPE_OBJECT: return reference(api_schema_name(member->of));
    case TYPE_LIST:
        type =
            json_pack("{ss so}", "type", "array", "items", reference(api_schema_name(member->of)));
        break;
    case TYPE_TEXTS:
        type = json_pack("{ss s{ss}}", "type", "array", "items", "type", "string");
        break;
    case TYPE_IDS:
        type = json_pack("{ss s{ss ss si}}", "type", "array", "items", "type", "integer", "format",
                         "int64", "minimum", 1);
        break;
    case TYPE_FIELDS:
        type = api_fields_schema(-1);
        break;
    }
    if (member->limit && member->type == TYPE_TEXT)
        json_object_set_new(type, "maxLength", json_integer((json_int_t)member->limit));
    if (member->limit && (member->type == TYPE_LIST || member->type == TYPE_IDS))
        json_object_set_new(type, "maxItems", json_integer((json_int_t)member->limit));
    return type;
}

static json_t *schemas_json(void)
{
    json_t *all = json_object();
    json_t *properties = NULL;
    json_t *required = NULL;
    for (size_t i = 0; i < api_members_count; i++) {
        const struct api_member *member = &api_members[i];
        if (member->begins) {
            properties = json_object();
            required = json_array();
            json_object_set_new(all, member->name,
                                json_pack("{ss ss so so sb}", "type", "object", "description",
                                          member->words, "properties", properties, "required",
                                          required, "additionalProperties", 0));
            continue;
        }
        json_t *type = type_json(member);
        json_object_set_new(type, "description", json_string(member->words));
        json_object_set_new(properties, member->name, type);
        if (member->needed) json_array_append_new(required, json_string(member->name));
    }
    api_mention_schemas(all);
    return all;
}

/* --- one operation ------------------------------------------------------------------------ */

/* `schema` is taken. */
static void add_header_parameter(json_t *list, const char *name, bool needed, json_t *schema,
                                 const char *words)
{
    json_array_append_new(list,
                          json_pack("{ss ss sb so ss}", "name", name, "in", "header", "required",
                                    (int)needed, "schema", schema, "description", words));
}

static void add_path_parameters(json_t *list, const char *pattern)
{
    struct str rest = str_from(pattern);
    struct str part;
    while (str_split(&rest, '/', &part)) {
        if (!str_starts(part, STR("{"))) continue;
        struct str name = str_sub(part, 1, part.len - 2);
        const char *words = str_eq(name, STR("measure")) ? "decided|feedback|checks"
                            : str_eq(name, STR("part"))  ? "report|action|return|offer|interview"
                                                         : NULL;
        json_t *schema =
            words ? json_pack("{ss so}", "type", "string", "enum", choices_json(words))
                  : json_pack("{ss ss si}", "type", "integer", "format", "int64", "minimum", 1);
        json_array_append_new(list, json_pack("{so ss sb so}", "name", api_text(name), "in", "path",
                                              "required", 1, "schema", schema));
    }
}

static void add_query_parameters(json_t *list, const struct api_route *route)
{
    for (size_t i = 0; i < route->count; i++) {
        const struct api_parameter *parameter = &api_parameters[route->first + i];
        struct api_member member = {.type = parameter->type, .choices = parameter->choices};
        json_array_append_new(list, json_pack("{ss ss ss so}", "name", parameter->name, "in",
                                              "query", "description", parameter->words, "schema",
                                              type_json(&member)));
    }
    if (!(route->flags & PAGED)) return;
    json_array_append_new(list, json_pack("{ss ss ss s{ss si si si}}", "name", "limit", "in",
                                          "query", "description", "How many at most", "schema",
                                          "type", "integer", "minimum", 1, "maximum", API_LIMIT_MAX,
                                          "default", API_LIMIT_DEFAULT));
    json_array_append_new(list, json_pack("{ss ss ss s{ss si}}", "name", "cursor", "in", "query",
                                          "description", "`next` of the page before", "schema",
                                          "type", "string", "maxLength", 200));
}

static json_t *parameters_json(const struct route *place, const struct api_route *route)
{
    json_t *list = json_array();
    add_path_parameters(list, place->pattern);
    add_query_parameters(list, route);
    if (route->flags & ONCE)
        add_header_parameter(list, "Idempotency-Key", true,
                             json_pack("{ss si si ss}", "type", "string", "minLength", 1,
                                       "maxLength", API_KEY_MAX, "pattern", "^[!-~]+$"),
                             "Made anew for each thing that is sent, and sent again when no answer "
                             "came: it is done once");
    /* What is no ETag fits nothing, and is no mistake (RFC 9110, 13.1). */
    if (route->flags & MATCHED)
        add_header_parameter(list, "If-Match", true, json_pack("{ss}", "type", "string"),
                             "The ETag of what was read; it must not have changed since");
    if (route->flags & TAGGED)
        add_header_parameter(list, "If-None-Match", false, json_pack("{ss}", "type", "string"),
                             "An ETag: 304 when it is still the same");
    return list;
}

static void add_problem(json_t *answers, const char *status, const char *words)
{
    json_object_set_new(answers, status,
                        json_pack("{ss s{s{so}}}", "description", words, "content",
                                  "application/problem+json", "schema", reference("Problem")));
}

/* What is no good HTTP meets the front, which speaks plainly to everybody. */
static void add_front(json_t *answers)
{
    static const char *const refusals[][2] = {{"414", "The address is too long"},
                                              {"431", "The headers are too long"}};
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        json_object_set_new(answers, refusals[i][0],
                            json_pack("{ss s{s{s{ss}}}}", "description", refusals[i][1], "content",
                                      "text/plain", "schema", "type", "string"));
    json_object_set_new(json_object_get(json_object_get(answers, "400"), "content"), "text/plain",
                        json_pack("{s{ss}}", "schema", "type", "string"));
}

static json_t *answers_json(const struct route *place, const struct api_route *route)
{
    char status[8];
    json_t *answers = json_object();
    snprintf(status, sizeof status, "%d", route->status);
    json_t *schema = route->answer == SCHEMA_None ? json_pack("{ss}", "type", "object")
                                                  : reference(api_schema_name(route->answer));
    json_t *good = json_pack("{ss s{s{so}}}", "description", route->summary, "content",
                             "application/json", "schema", schema);
    if (route->flags & TAGGED) {
        json_object_set_new(good, "headers",
                            json_pack("{s{s{ss}}}", "ETag", "schema", "type", "string"));
        json_object_set_new(answers, "304",
                            json_pack("{ss}", "description", "It is still the same"));
    }
    json_object_set_new(answers, status, good);
    add_problem(answers, "400", "What was sent is not right; the sentences say how to mend it");
    add_front(answers);
    if (place->csrf == BEARER_TOKEN) {
        add_problem(answers, "401", "There is no token, or it is not good any more");
        add_problem(answers, "403", "The token lacks the scope");
    }
    add_problem(answers, "404",
                "There is no such thing, or not for this program: both answer alike");
    add_problem(answers, "429", "Too many requests; Retry-After says how long to wait");
    add_problem(answers, "500", "The machine's fault");
    add_problem(answers, "503", "Try again in a minute");
    if (place->method == POST) {
        add_problem(answers, "409", "It does not go together with what is there");
        add_problem(answers, "413", "The body is too large");
    }
    if (route->body != SCHEMA_None) add_problem(answers, "415", "The body is not application/json");
    if (route->flags & MATCHED) {
        add_problem(answers, "412", "It was changed meanwhile");
        add_problem(answers, "428", "If-Match is needed");
    }
    return answers;
}

static json_t *operation_json(const struct route *place, const struct api_route *route)
{
    json_t *operation = json_pack(
        "{ss ss so so}", "operationId", place->name + strlen("api_"), "summary", route->summary,
        "parameters", parameters_json(place, route), "responses", answers_json(place, route));
    if (place->csrf == BEARER_TOKEN) {
        json_t *scopes = json_array();
        if (place->scope)
            json_array_append_new(scopes,
                                  json_string(api_scope_word((enum api_scope)(place->scope - 1))));
        json_object_set_new(operation, "security", json_pack("[{so}]", "token", scopes));
    } else {
        json_object_set_new(operation, "security", json_array());
    }
    if (route->body != SCHEMA_None)
        json_object_set_new(operation, "requestBody",
                            json_pack("{sb s{s{so}}}", "required", 1, "content", "application/json",
                                      "schema", reference(api_schema_name(route->body))));
    return operation;
}

/* --- the whole -------------------------------------------------------------------------------- */

static json_t *token_path(void)
{
    json_t *form = json_pack(
        "{ss s{s{ss so} s{ss} s{ss} s{ss}} s[s]}", "type", "object", "properties", "grant_type",
        "type", "string", "enum", choices_json("client_credentials"), "client_id", "type", "string",
        "client_secret", "type", "string", "scope", "type", "string", "required", "grant_type");
    json_t *answers = json_pack("{s{ss s{s{so}}}}", "200", "description", "A token", "content",
                                "application/json", "schema", reference("Token"));
    static const char *const refusals[][2] = {
        {"400", "Something is missing, or a scope that it does not have"},
        {"401", "No program has that name and secret"},
        {"429", "Too many requests"}};
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        json_object_set_new(answers, refusals[i][0],
                            json_pack("{ss s{s{so}}}", "description", refusals[i][1], "content",
                                      "application/json", "schema", reference("TokenError")));
    return json_pack("{s{ss ss so s{sb s{s{so}}} so}}", "post", "operationId", "token", "summary",
                     "Ask for an access token (RFC 6749, 4.4)", "security", json_array(),
                     "requestBody", "required", 1, "content", "application/x-www-form-urlencoded",
                     "schema", form, "responses", answers);
}

static json_t *security_json(void)
{
    json_t *scopes = json_object();
    for (int i = 0; i < API_SCOPES; i++)
        json_object_set_new(scopes, api_scope_word((enum api_scope)i),
                            json_string(api_scope_label((enum api_scope)i)));
    return json_pack("{s{ss s{s{ss so}}}}", "token", "type", "oauth2", "flows", "clientCredentials",
                     "tokenUrl", "/oauth/token", "scopes", scopes);
}

json_t *openapi_make(void)
{
    json_t *paths = json_object();
    for (int i = 0; i < ROUTE_COUNT; i++) {
        const struct api_route *route = api_route_of((enum route_id)i);
        if (!route) continue;
        json_t *path = json_object_get(paths, routes[i].pattern);
        if (!path) {
            path = json_object();
            json_object_set_new(paths, routes[i].pattern, path);
        }
        json_object_set_new(path, routes[i].method == GET ? "get" : "post",
                            operation_json(&routes[i], route));
    }
    json_object_set_new(paths, "/oauth/token", token_path());
    return json_pack("{ss s{ss ss ss s{ss ss}} s[{ss}] so s{so so}}", "openapi", "3.1.0", "info",
                     "title", "Pendeen", "version", "1", "description",
                     "What the pages show and do, for programs. A record that a program may not "
                     "see answers exactly "
                     "like one that is not there. A guide is docs/API.md.",
                     "license", "name", "MIT", "identifier", "MIT", "servers", "url", "/", "paths",
                     paths, "components", "schemas", schemas_json(), "securitySchemes",
                     security_json());
}
