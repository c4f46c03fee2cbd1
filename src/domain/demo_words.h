/*
 * demo_words: what made-up stories say in the words of whichever pack is loaded.
 *
 * Layer: domain.  A story names the word it means ("red", "too-little"); where the pack has it
 * that word is used, and where it has not, one of the same kind.  Everything borrows from the
 * pack or from static data.  `turn` is any number from 0: it chooses among several.
 */
#ifndef PENDEEN_DOMAIN_DEMO_WORDS_H
#define PENDEEN_DOMAIN_DEMO_WORDS_H

#include "domain/app.h"
#include "domain/area_child.h"
#include "domain/area_desk.h"
#include "domain/area_feedback.h"
#include "domain/area_grading.h"
#include "domain/area_meeting.h"
#include "synth/partnership.h"

/* Without a pack: "first", "second", "third". */
struct str demo_forum(const struct area *area, int32_t turn);
/* `wanted` without a pack. */
struct str demo_sector(const struct area *area, struct str wanted, int32_t turn);
/* Empty without a pack. */
struct str demo_place(const struct area *area, int32_t turn);
/* Where made-up reports are from: the towns that forums.txt keeps for them, or those that the
 * Forums cover with districts that are nowhere.  NULL without a pack, or where it names none. */
const struct synth_town *demo_towns(struct arena *arena, const struct area *area,
                                    uint32_t *ret_count);
/* A town that this Forum covers; "town" where the pack names none. */
struct str demo_town(const struct area *area, int32_t forum, int32_t turn);
/* Has the pack towns of its own for made-up reports, which stand on a map? */
bool demo_is_somewhere(const struct area *area);
/* That of the rule; "handling:P" without a pack, and the first one where it has no such rule. */
struct str demo_handling(const struct area *area, enum handling_rule rule);

struct str demo_desk_word(const struct area *area, enum desk_kind kind, struct str wanted,
                          int32_t turn);
struct str demo_reason(const struct area *area, enum area_reason_kind kind, struct str wanted);
struct str demo_child_word(const struct area *area, enum child_word_kind kind, struct str wanted,
                           int32_t turn);
struct str demo_sign(const struct area *area, struct str wanted, int32_t turn);
/* An answer to a question: of a choice, one of its options. */
struct str demo_option(const struct question *question, struct str wanted, int32_t turn);

/* A code of the scheme in use by its place; `doubted`: one that a second person has to agree to. */
struct str demo_grade(const struct area *area, enum grading_kind kind, int32_t place, bool doubted);
/* A relation from a person to such a thing; empty: the pack has none. */
struct str demo_relation(const struct area *area, struct str wanted, enum link_kind to);

/* A heading of the agenda that people add to. */
struct str demo_theme(const struct area *area);
/* An outcome that needs no action. */
struct str demo_outcome(const struct area *area, struct str wanted);
/* A measure that names a child, or none. */
struct str demo_disruption(const struct area *area, struct str wanted, bool names_child);
/* Must somebody of this sector be at a meeting? */
bool demo_quorum_wants(const struct area *area, struct str sector);

#endif
