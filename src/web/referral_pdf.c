#include "web/referral_pdf.h"

#include "web/paper.h"
#include "web/referral_parts.h"

struct writing {
    struct request *request;
    const struct referral *referral;
    struct desk_told told;
};

static void write_fact(struct paper *paper, struct arena *arena, const char *label,
                       struct str value)
{
    if (!value.len) return;
    paper_text(paper, str_fmt(arena, "%s: %.*s", label, STR_ARG(value)), 0, 10.5, false, 0);
}

static void write_head(struct paper *paper, struct request *request,
                       const struct referral *referral, const struct desk_told *told)
{
    struct str tag;
    const struct referral_head *head = &referral->head;
    paper_text(paper, referral_children(request->arena, referral, "A child"), 0, 18, true, 0);
    paper_space(paper, 6);
    write_fact(paper, request->arena, "Referral", head->reference);
    write_fact(paper, request->arena, "State", referral_state_words(head, told, &tag));
    if (head->sent_at)
        write_fact(paper, request->arena, "Sent", clock_words(request->arena, head->sent_at));
    write_fact(paper, request->arena, "Organisation", head->organisation_name);
    write_fact(paper, request->arena, "Where the child is", referral_place_name(request, head));
    if (head->sent_at && !told->at)
        write_fact(paper, request->arena, "Decision due",
                   referral_decide_by(request, head->sent_at));
    if (told->at) {
        write_fact(paper, request->arena, "Told what was decided",
                   clock_words(request->arena, told->at));
        write_fact(paper, request->arena, "In these words", told->words);
    }
    if (head->telephoned_at)
        write_fact(paper, request->arena, "Telephoned first",
                   clock_words(request->arena, head->telephoned_at));
}

static void write_part(struct paper *paper, struct request *request,
                       const struct referral_part *part)
{
    paper_space(paper, 12);
    paper_text(paper,
               part->name.len ? str_fmt(request->arena, "%.*s: %.*s", STR_ARG(part->title),
                                        STR_ARG(part->name))
                              : part->title,
               0, 13, true, 60);
    for (size_t i = 0; i < part->count; i++) {
        const struct referral_answer_line *line = &part->line[i];
        paper_space(paper, 5);
        paper_text(paper, line->question->label, 0, 10.5, true, 30);
        paper_text(paper, line->value, 12, 10.5, false, 0);
        if (line->read_as.len)
            paper_text(paper, str_fmt(request->arena, "(read as %.*s)", STR_ARG(line->read_as)), 12,
                       9, false, 0);
    }
}

static void write_all(struct paper *paper, const void *context)
{
    const struct writing *writing = context;
    struct request *request = writing->request;
    const struct referral *referral = writing->referral;
    struct referral_part *part = NULL;
    const struct question_section **empty = NULL;
    size_t empty_count = 0;
    size_t count =
        referral->form ? referral_parts_of(request, referral, &part, &empty, &empty_count) : 0;
    write_head(paper, request, referral, &writing->told);
    for (size_t i = 0; i < referral->addition_count; i++) {
        const struct referral_addition *addition = &referral->addition[i];
        paper_space(paper, 12);
        paper_text(paper,
                   str_fmt(request->arena, "Added %.*s by %.*s",
                           STR_ARG(clock_words(request->arena, addition->at)),
                           STR_ARG(addition->by)),
                   0, 10.5, true, 30);
        paper_text(paper, addition->text, 12, 10.5, false, 0);
    }
    for (size_t i = 0; i < count; i++) write_part(paper, request, &part[i]);
    if (empty_count) {
        paper_space(paper, 12);
        paper_text(paper, STR("Nothing said of"), 0, 13, true, 40);
    }
    for (size_t i = 0; i < empty_count; i++) paper_text(paper, empty[i]->title, 12, 10.5, false, 0);
}

enum st referral_pdf(struct request *request, const struct referral *referral, const char *marking,
                     struct buf *ret, struct err *err)
{
    struct writing writing = {.request = request, .referral = referral};
    if (referral->head.sent_at &&
        desk_told(request->app, &referral->head.id, 1, &writing.told, err) != ST_OK)
        return ST_FAILED;
    struct str title = str_fmt(request->arena, "Referral %.*s", STR_ARG(referral->head.reference));
    return paper_pdf(request, title, marking, write_all, &writing, ret, err);
}
