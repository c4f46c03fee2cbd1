/*
 * referral_parts: what the pages of a referral share: links to steps, how far a section is,
 * its answers in words.
 *
 * Layer: web.
 */
#ifndef PENDEEN_WEB_REFERRAL_PARTS_H
#define PENDEEN_WEB_REFERRAL_PARTS_H

#include "domain/desk.h"
#include "domain/referral.h"
#include "web/layout.h"

/* A step of a draft; row 0: of the whole referral. */
struct url referral_step_url(struct arena *arena, int64_t id, const struct question_step *step,
                             int64_t row);
struct url referral_rows_url(struct arena *arena, int64_t id,
                             const struct question_section *section);
/* The page of a section: its first step, or its rows. */
struct url referral_section_url(struct arena *arena, const struct referral *referral,
                                const struct question_section *section);

/* The next or the previous step of the same section that is asked; NULL: there is none. */
const struct question_step *referral_step_beside(const struct referral *referral,
                                                 const struct question_step *step, int64_t row,
                                                 int by);
/* How many questions of a row are asked and answered. */
struct progress {
    size_t asked;
    size_t answered;
};
struct progress referral_progress(const struct referral *referral,
                                  const struct question_section *section, int64_t row);
/* "Not started", "In progress", "Completed", with the class of its tag (empty: none). */
struct str progress_words(struct progress progress, struct str *ret_tag);

/* A row of a section, as a heading with answers: for checking, reading, printing, the PDF. */
struct referral_answer_line {
    const struct question *question;
    struct str value;
    struct str read_as;
    bool none; /* not answered */
};
struct referral_part {
    const struct question_section *section;
    int64_t row;
    struct str id;    /* for the page: "child-2" */
    struct str title; /* "Children", or of a row "Child" */
    struct str name;  /* of a row */
    struct referral_answer_line *line;
    size_t count;
};
/* Every part, in the order of the form, but of rows of which nothing was said; *ret_empty: sections
 * that repeat and have no other row. */
size_t referral_parts_of(struct request *request, const struct referral *referral,
                         struct referral_part **ret, const struct question_section ***ret_empty,
                         size_t *ret_empty_count);

/* Words of danger anywhere in it, and whether an answer says so. */
bool referral_in_danger(struct request *request, const struct referral *referral,
                        struct str *ret_words);

/* The names of its children, parted by ", "; `none` when there is none. */
struct str referral_children(struct arena *arena, const struct referral *referral,
                             const char *none);
struct str referral_place_name(const struct request *request, const struct referral_head *head);
/* Where it stands, as far as the referrer was told: "Sent", "Answered", "Closed"; with the class of
 * its tag. */
struct str referral_state_words(const struct referral_head *head, const struct desk_told *told,
                                struct str *ret_tag);
/* "12 March 2026, 16:50" by which it must be decided when it is sent at
 * `sent`; empty: not known. */
struct str referral_decide_by(const struct request *request, instant_ms sent);
/* Is that over? */
bool referral_is_late(const struct request *request, instant_ms sent);

/* Reads the person's own referral of the path; else answers with an error and returns false. */
bool referral_own(struct request *request, struct response *response, struct referral *ret);
/* Their own draft; else answers (an error, or the page of what was sent) and returns false. */
bool referral_own_draft(struct request *request, struct response *response, struct referral *ret);

/* Fills view->found: what its words name and its lists do not hold (page_referral_found.c). */
void referral_draw_found(struct request *request, const struct referral *referral,
                         struct view_referral_check *view);
/* Draws one that is no draft, or is to be printed. */
void page_referral_read(struct request *request, struct response *response,
                        const struct referral *referral);
/* The same of one that was no draft any more when something was written for it, with that. */
void page_referral_late(struct request *request, struct response *response,
                        const struct referral *referral, struct str typed);

#endif
