#include "domain/report_kept.h"

#include "domain/opened.h"

#include <assert.h>

/* The texts of one: these, and one for each mention. */
enum { HEAD, REFERENCE, HANDLING, SOURCE_TAG, SECTOR, FORUM, NARRATIVE, WHEN, WHERE, TEXTS };

struct head {
    int64_t organisation;
    instant_ms created_at;
    int32_t seen_from;
    int32_t seen_to;
    uint32_t how_known;
    uint32_t mentions;
};

/* Before the fields of a mention. */
struct mention_head {
    int64_t id;
    uint32_t kind;
    int32_t span_start;
    int32_t span_end;
};

static struct str pack_mention(struct arena *arena, const struct mention *mention)
{
    struct str fields = texts_pack(arena, mention->field, LINK_FIELDS);
    struct mention_head head = {mention->id, mention->kind, mention->span_start, mention->span_end};
    char *packed = arena_alloc(arena, sizeof head + fields.len);
    memcpy(packed, &head, sizeof head);
    if (fields.len) memcpy(packed + sizeof head, fields.ptr, fields.len);
    return str_of(packed, sizeof head + fields.len);
}

static struct mention unpack_mention(struct str packed, int64_t submission)
{
    struct mention_head head;
    assert(packed.len >= sizeof head);
    memcpy(&head, packed.ptr, sizeof head);
    struct mention mention = {head.id,         submission,    (enum link_kind)head.kind,
                              head.span_start, head.span_end, {{0}}};
    bool whole = texts_unpack(str_sub(packed, sizeof head, packed.len), mention.field, LINK_FIELDS);
    assert(whole);
    return mention;
}

bool report_find(const struct scope *scope, struct arena *arena, int64_t id, struct submission *ret)
{
    struct opened_of of = opened_of(OPENED_REPORT, &id, 1);
    struct str packed;
    struct str text[TEXTS + MENTIONS_MAX];
    struct head head;
    if (!opened_find(scope, arena, &of, &packed)) return false;
    /* It was authentic: what is here was packed here. */
    bool whole = texts_unpack(packed, text, TEXTS + MENTIONS_MAX) && text[HEAD].len == sizeof head;
    assert(whole);
    memcpy(&head, text[HEAD].ptr, sizeof head);
    *ret = (struct submission){.id = id,
                               .reference = text[REFERENCE],
                               .organisation = head.organisation,
                               .handling = text[HANDLING],
                               .source_tag = text[SOURCE_TAG],
                               .sector = text[SECTOR],
                               .forum = text[FORUM],
                               .narrative = text[NARRATIVE],
                               .when_text = text[WHEN],
                               .where_text = text[WHERE],
                               .seen_from = head.seen_from,
                               .seen_to = head.seen_to,
                               .how_known = (enum how_known)head.how_known,
                               .created_at = head.created_at,
                               .mention = arena_many(arena, head.mentions, struct mention),
                               .mention_count = head.mentions};
    for (size_t i = 0; i < head.mentions; i++)
        ret->mention[i] = unpack_mention(text[TEXTS + i], id);
    return true;
}

void report_keep(const struct scope *scope, struct arena *arena, const struct submission *report)
{
    assert(!report->sanitised && !report->named.len);
    if (report->mention_count > MENTIONS_MAX || report->narrative.len > OPENED_REPORT_TEXT) return;
    struct head head = {.organisation = report->organisation,
                        .created_at = report->created_at,
                        .seen_from = report->seen_from,
                        .seen_to = report->seen_to,
                        .how_known = report->how_known,
                        .mentions = (uint32_t)report->mention_count};
    struct str text[TEXTS + MENTIONS_MAX] = {[HEAD] = str_of((const char *)&head, sizeof head),
                                             [REFERENCE] = report->reference,
                                             [HANDLING] = report->handling,
                                             [SOURCE_TAG] = report->source_tag,
                                             [SECTOR] = report->sector,
                                             [FORUM] = report->forum,
                                             [NARRATIVE] = report->narrative,
                                             [WHEN] = report->when_text,
                                             [WHERE] = report->where_text};
    for (size_t i = 0; i < report->mention_count; i++)
        text[TEXTS + i] = pack_mention(arena, &report->mention[i]);
    struct opened_of of = opened_of(OPENED_REPORT, &report->id, 1);
    opened_keep(scope, &of, texts_pack(arena, text, TEXTS + report->mention_count));
}
