/*
 * The fields of a mention, as they are told to whoever writes a program: in the OpenAPI file, in
 * docs/API.md and in a refusal.  Names and kinds are those that requests are checked by.
 */
#include "api/api.h"
#include "base/buf.h"
#include "domain/submission.h"

static const struct about {
    const char *words;
    const char *example;
} about[] = {
    [LINK_NAME] = {"What somebody is called, or the part of it that is known", "Tamsin Alder"},
    [LINK_ALIAS] = {"A nickname or another name", "Taz"},
    [LINK_BIRTH] = {"Date of birth, or the part of it that is known", "12/03/2011"},
    [LINK_AGE] = {"Age, or about which", "about 15"},
    [LINK_DESCRIPTION] = {"What somebody looks like", "tall, a grey coat"},
    [LINK_REGISTRATION] = {"Registration, or the part of it that was seen", "WK85 BXT"},
    [LINK_MAKE] = {"Make", "Vauxhall"},
    [LINK_MODEL] = {"Model", "Corsa"},
    [LINK_COLOUR] = {"Colour", "silver"},
    [LINK_NUMBER] = {"Telephone number", "07700 900123"},
    [LINK_PLATFORM] = {"Where the account is", "Snapchat"},
    [LINK_HANDLE] = {"What the account is called there", "taz_alder"},
    [LINK_EMAIL] = {"Address for email", "taz@example.org"},
    [LINK_VENUE] = {"What the place is called", "Harbour Cafe"},
    [LINK_ADDRESS] = {"House and street", "12 Example Street"},
    [LINK_TOWN] = {"Town or village", "Brackley"},
    [LINK_POSTCODE] = {"Postcode", "TR51 2AB"},
};
_Static_assert(sizeof about / sizeof *about == LINK_FIELDS, "each field is told");

struct str api_fields_of(struct arena *arena, enum link_kind kind)
{
    struct str names = STR("");
    for (int i = 0; i < LINK_FIELDS; i++)
        if (field_kind((enum link_field)i) == kind)
            names = str_fmt(arena, "%.*s%s%s", STR_ARG(names), names.len ? ", " : "",
                            field_name((enum link_field)i));
    return names;
}

json_t *api_fields_schema(int kind)
{
    json_t *properties = json_object();
    for (int i = 0; i < LINK_FIELDS; i++) {
        enum link_field field = (enum link_field)i;
        if (kind >= 0 && (int)field_kind(field) != kind) continue;
        char words[160];
        snprintf(words, sizeof words, "%s%s%s", kind < 0 ? kind_name(field_kind(field)) : "",
                 kind < 0 ? ": " : "", about[i].words);
        json_object_set_new(properties, field_name(field),
                            json_pack("{ss si ss s[s]}", "type", "string", "maxLength",
                                      MENTION_FIELD_MAX, "description", words, "examples",
                                      about[i].example));
    }
    return json_pack("{ss so sb}", "type", "object", "properties", properties,
                     "additionalProperties", 0);
}

/* "MentionNewPerson" */
static void schema_of(enum link_kind kind, char ret[static 40])
{
    snprintf(ret, 40, "MentionNew%s", kind_name(kind));
    ret[strlen("MentionNew")] = (char)(ret[strlen("MentionNew")] - 'a' + 'A');
}

void api_mention_schemas(json_t *schemas)
{
    json_t *one_of = json_array();
    json_t *mapping = json_object();
    json_t *new = json_object_get(schemas, "MentionNew");
    json_t *member = json_object_get(new, "properties");
    for (int i = 0; i < LINK_KINDS; i++) {
        enum link_kind kind = (enum link_kind)i;
        char name[40];
        char path[80];
        char words[60];
        schema_of(kind, name);
        snprintf(path, sizeof path, "#/components/schemas/%s", name);
        snprintf(words, sizeof words, "A %s that the narrative names", kind_name(kind));
        json_t *fields = api_fields_schema(i);
        json_object_set(fields, "description",
                        json_object_get(json_object_get(member, "fields"), "description"));
        json_object_set_new(schemas, name,
                            json_pack("{ss ss s{s{ss ss} so} s[ss] sb}", "type", "object",
                                      "description", words, "properties", "kind", "type", "string",
                                      "const", kind_name(kind), "fields", fields, "required",
                                      "kind", "fields", "additionalProperties", 0));
        json_array_append_new(one_of, json_pack("{ss}", "$ref", path));
        json_object_set_new(mapping, kind_name(kind), json_string(path));
    }
    json_object_set_new(schemas, "MentionNew",
                        json_pack("{sO so s{ss so}}", "description",
                                  json_object_get(new, "description"), "oneOf", one_of,
                                  "discriminator", "propertyName", "kind", "mapping", mapping));
}

struct str api_fields_table(struct arena *arena)
{
    struct buf text;
    buf_init(&text, 1 << 16);
    buf_add_c(&text, "| `kind` | Field | What it is | Example |\n|---|---|---|---|\n");
    for (int i = 0; i < LINK_FIELDS; i++)
        buf_add_fmt(&text, "| `%s` | `%s` | %s | %s |\n", kind_name(field_kind((enum link_field)i)),
                    field_name((enum link_field)i), about[i].words, about[i].example);
    struct str table = str_dup(arena, buf_str(&text));
    buf_done(&text);
    return table;
}
