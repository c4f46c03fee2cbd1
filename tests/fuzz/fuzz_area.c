/*
 * Files of the area pack of Cornwall, edited, for the readers that are more than keys and values.
 * The first byte says which file; what follows is edits: where (two bytes), how many bytes go, how
 * many come, and those.  A file is taken, or refused with its name and what is to be done.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "domain/area.h"
#include "domain/area_child.h"
#include "domain/area_danger.h"
#include "domain/area_desk.h"
#include "domain/area_feedback.h"
#include "domain/area_grading.h"
#include "domain/area_hours.h"
#include "domain/area_location.h"
#include "domain/area_map.h"
#include "domain/area_meeting.h"
#include "domain/area_missing.h"
#include "domain/area_pattern.h"
#include "domain/area_referral.h"
#include "domain/area_support.h"
#include "domain/area_text.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What one reader leaves and the next goes on with. */
struct parts {
    struct area_child child;
    struct area_desk desk;
    struct area_directory directory;
    struct area_referral_part referral;
    struct area_missing missing;
};

static struct area *area; /* the pack as it is */

static enum st hours(struct arena *arena, struct area_text *text, struct parts *parts,
                     struct err *err)
{
    struct office_hours *ret;
    size_t count;
    (void)parts;
    enum st st = area_hours_read(arena, text, &ret, &count, err);
    if (st != ST_OK) return st;
    for (size_t i = 0; i < count; i++)
        for (int day = 0; day < 7; day++)
            if (ret[i].day[day].from < 0 || ret[i].day[day].from > ret[i].day[day].to ||
                ret[i].day[day].to > 24 * 60)
                abort();
    return st;
}

static enum st clocks(struct arena *arena, struct area_text *text, struct parts *parts,
                      struct err *err)
{
    return area_clocks_read(area, arena, text, &parts->desk, err);
}

static enum st desk(struct arena *arena, struct area_text *text, struct parts *parts,
                    struct err *err)
{
    return area_desk_read(area, arena, text, &parts->desk, err);
}

static enum st grading(struct arena *arena, struct area_text *text, struct parts *parts,
                       struct err *err)
{
    struct area_grading ret = {0};
    (void)parts;
    return area_grading_read(arena, text, &ret, err);
}

static enum st meeting(struct arena *arena, struct area_text *text, struct parts *parts,
                       struct err *err)
{
    struct area_meeting ret = {0};
    (void)parts;
    return area_meeting_read(area, arena, text, &ret, err);
}

static enum st feedback(struct arena *arena, struct area_text *text, struct parts *parts,
                        struct err *err)
{
    struct area_feedback ret = {0};
    (void)parts;
    return area_feedback_read(arena, text, &ret, err);
}

static enum st contacts(struct arena *arena, struct area_text *text, struct parts *parts,
                        struct err *err)
{
    struct area_contact *ret;
    size_t count;
    (void)parts;
    return area_contacts_read(arena, area, text, &ret, &count, err);
}

static enum st needs(struct arena *arena, struct area_text *text, struct parts *parts,
                     struct err *err)
{
    return area_needs_read(arena, text, &parts->directory, err);
}

static enum st support(struct arena *arena, struct area_text *text, struct parts *parts,
                       struct err *err)
{
    return area_support_read(arena, area, text, &parts->directory, err);
}

static enum st signs(struct arena *arena, struct area_text *text, struct parts *parts,
                     struct err *err)
{
    struct area_sign *ret;
    size_t count;
    (void)parts;
    return area_signs_read(arena, text, &ret, &count, err);
}

static enum st retention(struct arena *arena, struct area_text *text, struct parts *parts,
                         struct err *err)
{
    return area_retention_read(arena, text, &parts->child, err);
}

static enum st child(struct arena *arena, struct area_text *text, struct parts *parts,
                     struct err *err)
{
    return area_child_read(arena, text, &parts->child, err);
}

static enum st referral(struct arena *arena, struct area_text *text, struct parts *parts,
                        struct err *err)
{
    size_t count;
    const struct area_sign *sign = area_signs(area, &count);
    return area_referral_read(arena, text, sign, count, &parts->referral, err);
}

static enum st sharing(struct arena *arena, struct area_text *text, struct parts *parts,
                       struct err *err)
{
    return area_sharing_read(arena, text, &parts->referral, err);
}

static enum st language(struct arena *arena, struct area_text *text, struct parts *parts,
                        struct err *err)
{
    return area_language_read(arena, text, &parts->referral, err);
}

static enum st missing_form(struct arena *arena, struct area_text *text, struct parts *parts,
                            struct err *err)
{
    return area_missing_form_read(arena, text, &parts->missing, err);
}

static enum st missing(struct arena *arena, struct area_text *text, struct parts *parts,
                       struct err *err)
{
    return area_missing_read(arena, text, &parts->missing, err);
}

static enum st location_form(struct arena *arena, struct area_text *text, struct parts *parts,
                             struct err *err)
{
    struct questions ret = {0};
    (void)parts;
    return area_location_form_read(arena, text, &ret, err);
}

static enum st map(struct arena *arena, struct area_text *text, struct parts *parts,
                   struct err *err)
{
    struct area_map ret = {0};
    (void)parts;
    return area_map_read(arena, text, &ret, err);
}

static enum st patterns(struct arena *arena, struct area_text *text, struct parts *parts,
                        struct err *err)
{
    struct area_patterns ret = {0};
    (void)arena;
    (void)parts;
    return area_patterns_read(text, &ret, err);
}

static enum st danger(struct arena *arena, struct area_text *text, struct parts *parts,
                      struct err *err)
{
    struct area_danger ret = {0};
    (void)parts;
    return area_danger_read(arena, text, &ret, err);
}

enum { FILES = 21 };
static const struct {
    const char *name;
    enum st (*read)(struct arena *, struct area_text *, struct parts *, struct err *);
    int after; /* the file that is read before it, from 1; 0: none */
} file[FILES] = {
    {"hours.txt", hours, 0},         {"clocks.txt", clocks, 0},
    {"desk.txt", desk, 2},           {"grading.txt", grading, 0},
    {"meeting.txt", meeting, 0},     {"feedback.txt", feedback, 0},
    {"contacts.txt", contacts, 0},   {"needs.txt", needs, 0},
    {"support.txt", support, 8},     {"signs.txt", signs, 0},
    {"retention.txt", retention, 0}, {"child.txt", child, 11},
    {"referral.txt", referral, 0},   {"sharing.txt", sharing, 0},
    {"language.txt", language, 0},   {"missing-form.txt", missing_form, 0},
    {"missing.txt", missing, 16},    {"location-form.txt", location_form, 0},
    {"map.txt", map, 0},             {"patterns.txt", patterns, 0},
    {"danger.txt", danger, 0},
};
static struct buf as_it_is[FILES + 1]; /* the last is the holidays */

static void read_whole(const char *name, struct buf *out)
{
    char path[64], piece[4096];
    if (snprintf(path, sizeof path, "areas/cornwall/%s", name) >= (int)sizeof path) abort();
    int from = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got;
    if (from < 0) abort();
    buf_init(out, 1 << 20);
    while ((got = read(from, piece, sizeof piece)) > 0)
        buf_add(out, (struct str){piece, (size_t)got});
    (void)close(from);
}

static void prepare(void)
{
    struct err err = {0};
    if (area) return;
    if (area_load("areas/cornwall", &area, &err) != ST_OK) abort();
    for (int i = 0; i < FILES; i++) read_whole(file[i].name, &as_it_is[i]);
    read_whole("bank-holidays.json", &as_it_is[FILES]);
}

/* The text with every edit made, in `arena`. */
static struct str edited(struct arena *arena, struct str text, const uint8_t *data, size_t size)
{
    while (size >= 4) {
        size_t at = (size_t)(data[0] << 8 | data[1]) % (text.len + 1);
        size_t come = data[3] < size - 4 ? data[3] : size - 4;
        struct str before = str_sub(text, 0, at), after = str_sub(text, at + data[2], text.len);
        char *to = arena_alloc(arena, before.len + come + after.len + 1);
        memcpy(to, before.ptr, before.len);
        memcpy(to + before.len, data + 4, come);
        memcpy(to + before.len + come, after.ptr, after.len);
        text = (struct str){to, before.len + come + after.len};
        data += 4 + come;
        size -= 4 + come;
    }
    return text;
}

static enum st read_one(struct arena *arena, int which, struct str words, struct parts *parts,
                        struct err *err)
{
    struct area_text text;
    enum st st = area_text_parse(arena, str_from(file[which].name), words, &text, err);
    if (st == ST_OK) st = file[which].read(arena, &text, parts, err);
    return st == ST_OK ? area_text_all_used(&text, err) : st;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct err err = {0};
    struct parts parts = {0};
    enum st st = ST_OK;
    prepare();
    if (!size) return 0;
    int which = data[0] % (FILES + 1);
    arena_init(&arena, 64 << 20);
    struct str words = edited(&arena, buf_str(&as_it_is[which]), data + 1, size - 1);
    if (which == FILES) {
        struct calendar calendar = {0};
        st = area_holidays_read(&arena, words, &calendar, &err);
    } else {
        int before = file[which].after;
        if (before &&
            read_one(&arena, before - 1, buf_str(&as_it_is[before - 1]), &parts, &err) != ST_OK)
            abort();
        st = read_one(&arena, which, words, &parts, &err);
        if (size == 1 && st != ST_OK) abort();
    }
    if (st != ST_OK && (st != ST_INVALID || !err.public[0])) abort();
    arena_done(&arena);
    return 0;
}
