/*
 * api: what the handlers of /api/v1 share: input by the tables, answers, pages.
 *
 * Layer: api.  Made of api.def and api_schema.def.  JSON is jansson's; what a call returns as
 * json_t belongs to the caller unless said otherwise.  A false or NULL means that the
 * response holds the refusal already.
 */
#ifndef PENDEEN_API_API_H
#define PENDEEN_API_API_H

#include "domain/once.h"
#include "link/mention.h"
#include "web/problem.h"
#include "web/route.h"

#include <jansson.h>

enum api_schema {
    SCHEMA_None,
#define SCHEMA(name, words) SCHEMA_##name,
#define MEMBER(type, name, limit, of, choices, need, words)
#include "api/api_schema.def"
#undef SCHEMA
#undef MEMBER
    SCHEMA_COUNT
};
enum api_type {
    TYPE_TEXT, TYPE_ID, TYPE_COUNT, TYPE_NUMBER, TYPE_BOOL, TYPE_TIME, TYPE_DAY, TYPE_WORD,
    TYPE_OBJECT, TYPE_LIST, TYPE_TEXTS, TYPE_IDS, TYPE_FIELDS,
};
/* One member of a schema, or the beginning of one (member NULL). */
struct api_member {
    enum api_schema schema;
    const char *name; /* of the member, or of the schema */
    bool begins;
    enum api_type type;
    size_t limit;
    enum api_schema of;
    const char *choices;
    bool needed;
    const char *words;
};
extern const struct api_member api_members[];
extern const size_t api_members_count;
const char *api_schema_name(enum api_schema schema);

enum { PAGED = 1, TAGGED = 2, ONCE = 4, MATCHED = 8, WARNED = 16 };
struct api_route {
    enum route_id route;
    int status;
    enum api_schema answer;
    enum api_schema body;
    int flags;
    const char *summary;
    size_t first; /* of its parameters in api_parameters */
    size_t count;
};
struct api_parameter {
    const char *name;
    enum api_type type;
    const char *choices;
    const char *words;
};
extern const struct api_parameter api_parameters[];
/* NULL: it is no route of this interface. */
const struct api_route *api_route_of(enum route_id route);

enum {
    API_DEPTH_MAX = 8, API_LIMIT_DEFAULT = 50, API_LIMIT_MAX = 100, API_KEY_MAX = 200,
    API_NAME_MAX = 60, /* bytes of the name of FIELDS */
};

/* Is what was asked as the tables say?  Query, headers and body; *ret_body is the body, the
 * caller's (NULL where there is none). */
bool api_read(struct request *request, struct response *response, enum route_id route,
              json_t **ret_body);
/* The same where there is no body. */
bool api_check(struct request *request, struct response *response, enum route_id route);

/* Where something stands in its list: by what the list is sorted by, smallest first, so that a
 * page goes on after it though it, or what stood before it, is not there any more.  A list that
 * nothing is taken out of may count instead. */
struct api_place {
    int64_t at[3];
};
/* A page: how many, and what it comes after. */
struct api_page {
    size_t limit;
    bool goes_on;          /* it comes after `after`; else it is the first */
    struct api_place after;
    /* By api_cut: its part of a list. */
    size_t begin;
    size_t end;
    bool more;             /* something follows, after `last` */
    struct api_place last;
};
bool api_page_read(struct request *request, struct response *response, enum route_id route,
                   struct api_page *ret);
/* Which part of a list of `count` things of `size` bytes that page is; a handler may have set begin
 * by itself, and goes_on to false. */
void api_cut(struct api_page *page, const void *list, size_t count, size_t size,
             struct api_place (*place)(const void *item));
/* {"items": items, "next": …}.  Takes items. */
json_t *api_page_make(struct request *request, enum route_id route, json_t *items,
                      const struct api_page *page);

/* Answers with JSON, which it takes; with an ETag (the handler's, else of all of it), or 304,
 * where the route says TAGGED. */
void api_answer(struct request *request, struct response *response, enum route_id route,
                json_t *answer);
/* The ETag of an answer, which stays the caller's. */
struct str api_tag(struct request *request, const json_t *answer);
/* Does If-Match fit what is there now?  Whoever changes something on that has it compared again in
 * the turn of writing: another server may be faster. */
bool api_fits(struct request *request, const json_t *now);
/* If-Match: * takes whatever is there. */
bool api_takes_any(const struct request *request);
/* 412: it was changed meanwhile. */
void api_changed(struct request *request, struct response *response);
/* The key that this came under, with the path and the body. */
struct once api_once(struct request *request);

/* Does the body hold words of danger?  Who to call, as the text of a Danger; empty: it does not.
 * api_read keeps it in request->danger, where the route is WARNED, and whatever is answered begins
 * with it. */
struct str api_danger(struct request *request);

struct contact;
json_t *api_contact(struct request *request, const struct contact *contact);

/* 400 with one sentence for each part. */
struct api_wrong {
    struct str field;
    struct str message;
};
void api_refuse(struct request *request, struct response *response, const struct api_wrong *wrong,
                size_t count);

json_t *api_text(struct str text);
json_t *api_time(struct arena *arena, instant_ms at);
/* Adds a time, where there is one (0: there is none). */
void api_put_time(json_t *object, struct arena *arena, const char *name, instant_ms at);
json_t *api_day(struct arena *arena, int32_t day);
/* A text member of a body; empty when it is not there. */
struct str api_member_text(const json_t *object, const char *name);

/* 404, where there is no area pack that says what is asked; false then. */
bool api_has_pack(struct request *request, struct response *response);
/* Answers to a form of the area pack, in its order: FormAnswer.  `skip`: a part that is not
 * among them; NULL: none. */
struct questions;
struct answer;
json_t *api_form_answers(struct arena *arena, const struct questions *form, const char *skip,
                         struct answer (*answer)(const void *context, struct str key),
                         const void *context);

/* The fields of a mention: their names, "name, alias, …"; as a schema (kind -1: of every kind);
 * what may be sent of each kind, put in place of MentionNew; as the table of docs/API.md. */
struct str api_fields_of(struct arena *arena, enum link_kind kind);
json_t *api_fields_schema(int kind);
void api_mention_schemas(json_t *schemas);
struct str api_fields_table(struct arena *arena);

/* The file of OpenAPI 3.1; the caller's. */
json_t *openapi_make(void);

#endif
