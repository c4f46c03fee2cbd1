#include "domain/area_internal.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "domain/area_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILE_BYTES_MAX = 1 << 20, PACK_BYTES_MAX = 64 << 20 };

/* --- files --------------------------------------------------------------------------- */

static enum st read_file(struct arena *arena, const char *path, struct str name, struct str *ret,
                         struct err *err)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        enum st st = err_set(err, ST_NOT_FOUND, "The area pack has no %.*s.", STR_ARG(name));
        err_detail(err, "%s: %s", path, strerror(errno));
        return st;
    }
    char *text = arena_alloc(arena, FILE_BYTES_MAX + 1);
    size_t size = fread(text, 1, FILE_BYTES_MAX + 1, file);
    bool failed = ferror(file) != 0;
    fclose(file);
    if (failed) {
        enum st st = err_set(err, ST_FAILED, "%.*s cannot be read.", STR_ARG(name));
        err_detail(err, "%s: %s", path, strerror(errno));
        return st;
    }
    if (size > FILE_BYTES_MAX)
        return err_set(err, ST_INVALID, "%.*s is larger than 1 MB.", STR_ARG(name));
    *ret = str_of(text, size);
    return ST_OK;
}

static enum st read_sections(struct arena *arena, const char *folder, struct str file,
                             struct area_text *ret, struct err *err)
{
    struct str text;
    const char *path = str_c(arena, str_fmt(arena, "%s/%.*s", folder, STR_ARG(file)));
    struct arena scratch;
    arena_init(&scratch, 4 * FILE_BYTES_MAX);
    enum st st = read_file(&scratch, path, file, &text, err);
    if (st == ST_OK) st = area_text_parse(arena, file, str_dup(arena, text), ret, err);
    arena_done(&scratch);
    return st;
}

/* --- one reader for each file -------------------------------------------------------- */

static enum st read_settings(struct area *area, struct area_text *text, struct err *err)
{
    if (text->section_count != 1 || !str_eq(text->section[0].id, STR("area")))
        return area_text_wrong(text, 1, err, "it holds one heading, [area].");
    area->settings = text->section[0];
    enum st st = area_text_need(text, &text->section[0], "name", &area->name, err);
    struct str unit;
    if (st == ST_OK) st = area_text_need(text, &text->section[0], "referral-unit", &unit, err);
    for (size_t i = 0; st == ST_OK && i < area->settings.pair_count; i++) {
        struct str value = area->settings.pair[i].value;
        if (str_eq(area->settings.pair[i].key, STR("second-factor")) &&
            !str_eq(value, STR("everybody")) && !str_eq(value, STR("sensitive-roles")))
            st = area_text_wrong(text, area->settings.pair[i].line, err,
                                 "second-factor is 'sensitive-roles' or 'everybody'.");
    }
    /* The rest of the settings belongs to whoever asks for it. */
    for (size_t i = 0; i < area->settings.pair_count; i++) area->settings.pair[i].used = true;
    return st;
}

static enum st read_hours(struct area *area, struct area_text *text, struct err *err)
{
    return area_hours_read(&area->arena, text, &area->hours, &area->hours_count, err);
}

static enum st read_clocks(struct area *area, struct area_text *text, struct err *err)
{
    return area_clocks_read(area, &area->arena, text, &area->desk, err);
}

static enum st read_desk(struct area *area, struct area_text *text, struct err *err)
{
    return area_desk_read(area, &area->arena, text, &area->desk, err);
}

static enum st read_grading(struct area *area, struct area_text *text, struct err *err)
{
    return area_grading_read(&area->arena, text, &area->grading, err);
}

static enum st read_meeting(struct area *area, struct area_text *text, struct err *err)
{
    return area_meeting_read(area, &area->arena, text, &area->meeting, err);
}

static enum st read_feedback(struct area *area, struct area_text *text, struct err *err)
{
    return area_feedback_read(&area->arena, text, &area->feedback, err);
}

static enum st read_places(struct area *area, struct area_text *text, struct err *err)
{
    area->place = arena_many(&area->arena, text->section_count + 1, struct area_place);
    for (size_t i = 0; i < text->section_count; i++) {
        struct area_place *place = &area->place[area->place_count++];
        place->id = text->section[i].id;
        enum st st = area_text_need(text, &text->section[i], "name", &place->name, err);
        if (st == ST_OK)
            st = area_text_need(text, &text->section[i], "source", &place->source, err);
        if (st != ST_OK) return st;
    }
    return ST_OK;
}

static enum st read_contacts(struct area *area, struct area_text *text, struct err *err)
{
    return area_contacts_read(&area->arena, area, text, &area->contact, &area->contact_count, err);
}

static enum st read_needs(struct area *area, struct area_text *text, struct err *err)
{
    return area_needs_read(&area->arena, text, &area->directory, err);
}

static enum st read_support(struct area *area, struct area_text *text, struct err *err)
{
    return area_support_read(&area->arena, area, text, &area->directory, err);
}

static enum st read_forums(struct area *area, struct area_text *text, struct err *err)
{
    area->forum = arena_many(&area->arena, text->section_count + 1, struct area_forum);
    for (size_t i = 0; i < text->section_count; i++) {
        struct area_section *s = &text->section[i];
        struct area_forum *forum = &area->forum[area->forum_count++];
        forum->id = s->id;
        enum st st = area_text_need(text, s, "name", &forum->name, err);
        if (st != ST_OK) return st;
        forum->covers = area_text_value(s, STR("covers"));
        forum->made_up = area_text_value(s, STR("made-up"));
        forum->note = area_text_value(s, STR("note"));
    }
    return ST_OK;
}

static enum st read_signs(struct area *area, struct area_text *text, struct err *err)
{
    return area_signs_read(&area->arena, text, &area->sign, &area->sign_count, err);
}

static enum st read_retention(struct area *area, struct area_text *text, struct err *err)
{
    return area_retention_read(&area->arena, text, &area->child, err);
}

static enum st read_child(struct area *area, struct area_text *text, struct err *err)
{
    return area_child_read(&area->arena, text, &area->child, err);
}

static enum st read_how_known(struct area *area, struct area_text *text, struct err *err)
{
    static const struct str ids[HOW_ANSWERS] = {STR_INIT("unknown"), STR_INIT("saw"),
                                                STR_INIT("told"), STR_INIT("second-hand"),
                                                STR_INIT("anonymous")};
    for (size_t i = 0; i < text->section_count; i++) {
        struct area_section *s = &text->section[i];
        int how = 0;
        while (how < HOW_ANSWERS && !str_eq(ids[how], s->id)) how++;
        if (how == HOW_ANSWERS)
            return area_text_wrong(text, s->line, err,
                                   "headings are saw, told, second-hand, anonymous and unknown.");
        enum st st = area_text_need(text, s, "label", &area->how[how].label, err);
        if (st != ST_OK) return st;
        area->how[how].hint = area_text_value(s, STR("hint"));
    }
    for (int how = 0; how < HOW_ANSWERS; how++)
        if (!area->how[how].label.len)
            return area_text_wrong(text, 1, err, "[%.*s] is missing.", STR_ARG(ids[how]));
    return ST_OK;
}

static enum st read_handling(struct area *area, struct area_text *text, struct err *err)
{
    area->handling = arena_many(&area->arena, text->section_count + 1, struct area_handling);
    if (!text->section_count || text->section_count > HANDLINGS_MAX)
        return area_text_wrong(text, 1, err, "it holds 1 to %d headings.", HANDLINGS_MAX);
    for (size_t i = 0; i < text->section_count; i++) {
        struct area_section *s = &text->section[i];
        struct area_handling *handling = &area->handling[area->handling_count++];
        struct str code;
        struct str rule;
        struct str connect;
        enum st st = area_text_need(text, s, "label", &handling->label, err);
        if (st == ST_OK) st = area_text_need(text, s, "code", &code, err);
        if (st == ST_OK) st = area_text_need(text, s, "rule", &rule, err);
        if (st == ST_OK) st = area_text_need(text, s, "connect", &connect, err);
        if (st != ST_OK) return st;
        handling->code = str_fmt(&area->arena, "handling:%.*s", STR_ARG(code));
        handling->hint = area_text_value(s, STR("hint"));
        handling->others = area_text_value(s, STR("others"));
        if (!handling->others.len) handling->others = handling->hint;
        handling->connects = str_eq(connect, STR("yes"));
        struct str use = area_text_value(s, STR("use"));
        handling->for_referrals = str_eq(use, STR("referrals"));
        if (use.len && !handling->for_referrals)
            return area_text_wrong(text, s->line, err, "use is referrals, or nothing.");
        if (!handling->connects && !str_eq(connect, STR("no")))
            return area_text_wrong(text, s->line, err, "connect is yes or no.");
        if (!handling_rule_from_name(rule, &handling->rule))
            return area_text_wrong(text, s->line, err,
                                   "rule is open, forum, named, maru-police or owner.");
        if (handling->rule == HANDLING_MARU_POLICE && !area_setting(area, STR("sector-police")).len)
            return area_text_wrong(text, s->line, err,
                                   "settings.txt has no sector-police, and the police see it.");
    }
    return ST_OK;
}

static enum st read_danger(struct area *area, struct area_text *text, struct err *err)
{
    return area_danger_read(&area->arena, text, &area->danger, err);
}

static enum st read_referral(struct area *area, struct area_text *text, struct err *err)
{
    return area_referral_read(&area->arena, text, area->sign, area->sign_count, &area->referral,
                              err);
}

static enum st read_sharing(struct area *area, struct area_text *text, struct err *err)
{
    return area_sharing_read(&area->arena, text, &area->referral, err);
}

static enum st read_language(struct area *area, struct area_text *text, struct err *err)
{
    return area_language_read(&area->arena, text, &area->referral, err);
}

static enum st read_missing_form(struct area *area, struct area_text *text, struct err *err)
{
    return area_missing_form_read(&area->arena, text, &area->missing, err);
}

static enum st read_missing(struct area *area, struct area_text *text, struct err *err)
{
    return area_missing_read(&area->arena, text, &area->missing, err);
}

static enum st read_location_form(struct area *area, struct area_text *text, struct err *err)
{
    return area_location_form_read(&area->arena, text, &area->location_form, err);
}

static enum st read_map(struct area *area, struct area_text *text, struct err *err)
{
    return area_map_read(&area->arena, text, &area->map, err);
}

static enum st read_patterns(struct area *area, struct area_text *text, struct err *err)
{
    return area_patterns_read(text, &area->patterns, err);
}

/* --- other files ------------------------------------------------------------------- */

/* A file of the pack, by its path in it. */
static enum st read_of_pack(void *context, struct arena *arena, struct str file, struct str *ret,
                            struct err *err)
{
    const char *folder = context;
    return read_file(arena, str_c(arena, str_fmt(arena, "%s/%.*s", folder, STR_ARG(file))), file,
                     ret, err);
}

static enum st read_holidays(struct area *area, const char *folder, struct err *err)
{
    struct str name = STR("bank-holidays.json");
    const char *path = str_c(&area->arena, str_fmt(&area->arena, "%s/%.*s", folder, STR_ARG(name)));
    struct str text;
    struct arena scratch;
    arena_init(&scratch, 4 * FILE_BYTES_MAX);
    enum st st = read_file(&scratch, path, name, &text, err);
    if (st == ST_OK) st = area_holidays_read(&area->arena, text, &area->calendar, err);
    arena_done(&scratch);
    return st;
}

/* --- the whole pack ------------------------------------------------------------------ */

static enum st read_pack(struct area *area, const char *folder, struct err *err)
{
    static const struct {
        struct str file;
        enum st (*read)(struct area *, struct area_text *, struct err *);
    } files[] = {
        {STR_INIT("settings.txt"), read_settings},
        {STR_INIT("hours.txt"), read_hours},
        {STR_INIT("places.txt"), read_places},
        {STR_INIT("contacts.txt"), read_contacts},
        {STR_INIT("needs.txt"), read_needs},
        {STR_INIT("support.txt"), read_support},
        {STR_INIT("forums.txt"), read_forums},
        {STR_INIT("signs.txt"), read_signs},
        {STR_INIT("retention.txt"), read_retention},
        {STR_INIT("child.txt"), read_child},
        {STR_INIT("how-known.txt"), read_how_known},
        {STR_INIT("danger.txt"), read_danger},
        {STR_INIT("clocks.txt"), read_clocks},
        {STR_INIT("desk.txt"), read_desk},
        {STR_INIT("grading.txt"), read_grading},
        {STR_INIT("handling.txt"), read_handling},
        {STR_INIT("referral.txt"), read_referral},
        {STR_INIT("sharing.txt"), read_sharing},
        {STR_INIT("language.txt"), read_language},
        {STR_INIT("missing-form.txt"), read_missing_form},
        {STR_INIT("missing.txt"), read_missing},
        {STR_INIT("patterns.txt"), read_patterns},
        {STR_INIT("location-form.txt"), read_location_form},
        {STR_INIT("map.txt"), read_map},
        {STR_INIT("feedback.txt"), read_feedback},
        {STR_INIT("meeting.txt"), read_meeting},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct area_text text;
        enum st st = read_sections(&area->arena, folder, files[i].file, &text, err);
        if (st == ST_OK) st = files[i].read(area, &text, err);
        if (st == ST_OK) st = area_text_all_used(&text, err);
        if (st != ST_OK) return st;
    }
    enum st st = read_holidays(area, folder, err);
    if (st == ST_OK)
        st = area_guidance_read(&area->arena, folder, read_of_pack, &area->guidance, err);
    struct area_text text;
    if (st == ST_OK) st = read_sections(&area->arena, folder, STR("guidance.txt"), &text, err);
    if (st == ST_OK) st = area_guidance_groups_read(&area->arena, &text, &area->guidance, err);
    if (st == ST_OK) st = area_text_all_used(&text, err);
    if (st == ST_OK)
        st = read_sections(&area->arena, folder, STR("guidance-sources.txt"), &text, err);
    if (st == ST_OK) st = area_guidance_sources_read(&text, &area->guidance, err);
    if (st == ST_OK) st = area_text_all_used(&text, err);
    if (st == ST_OK) st = read_sections(&area->arena, folder, STR("sources.txt"), &text, err);
    if (st == ST_OK)
        st = area_sources_read(&area->arena, &text, read_of_pack, (void *)(uintptr_t)folder,
                               &area->source, &area->source_count, err);
    return st == ST_OK ? area_text_all_used(&text, err) : st;
}

enum st area_load(const char *folder, struct area **ret, struct err *err)
{
    struct area *area = calloc(1, sizeof *area);
    if (!area) return err_set(err, ST_FAILED, "There is no memory for the area pack.");
    arena_init(&area->arena, PACK_BYTES_MAX);
    enum st st = read_pack(area, folder, err);
    if (st == ST_OK)
        *ret = area;
    else
        area_free(area);
    return st;
}
