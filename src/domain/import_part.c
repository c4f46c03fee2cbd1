/*
 * Cells that hold more than their column is for.
 */
#include "domain/import_part.h"

#include "base/arena.h"
#include "domain/column.h"
#include "domain/extract.h"
#include "link/birth.h"
#include "link/normalise.h"

bool import_part_vehicle(struct arena *arena, struct str value, struct date today,
                         struct mention_draft *ret)
{
    struct mention_draft found[2];
    if (!value.len || column_is_plate(value)) return false;
    size_t count = extract_mentions(arena, value, today, found, 2);
    bool one = count == 1 && found[0].kind == LINK_VEHICLE &&
               (found[0].field[LINK_REGISTRATION].len || column_is_words(value));
    if (one) *ret = found[0];
    if (!one && column_is_words(value)) *ret = (struct mention_draft){.kind = LINK_VEHICLE};
    return one || column_is_words(value);
}

void import_part_make(struct arena *arena, struct mention_draft *mention)
{
    char make[32], model[32];
    struct str text = mention->field[LINK_MAKE];
    if (!text.len || mention->field[LINK_MODEL].len || link_make(text, make)) return;
    if (link_model(text, model, make)) {
        mention->field[LINK_MODEL] = text;
        mention->field[LINK_MAKE] = STR("");
        return;
    }
    for (size_t at = text.len; at > 0; at--) {
        if (text.ptr[at - 1] != ' ' && text.ptr[at - 1] != '/') continue;
        if (!link_make(str_sub(text, 0, at - 1), make)) continue;
        mention->field[LINK_MODEL] = str_dup(arena, str_trim(str_sub(text, at, text.len)));
        mention->field[LINK_MAKE] = str_sub(text, 0, at - 1);
        return;
    }
}

void import_part_name(struct arena *arena, struct date today, struct mention_draft *mention)
{
    struct mention_draft found[2];
    struct str text = mention->field[LINK_NAME];
    if (!text.len || mention->field[LINK_ALIAS].len) return;
    if (extract_mentions(arena, text, today, found, 2) != 1) return;
    if (!found[0].field[LINK_NAME].len || !found[0].field[LINK_ALIAS].len) return;
    mention->field[LINK_NAME] = found[0].field[LINK_NAME];
    mention->field[LINK_ALIAS] = found[0].field[LINK_ALIAS];
}

void import_part_birth(struct date written, struct mention_draft *mention)
{
    struct str *birth = &mention->field[LINK_BIRTH], *age = &mention->field[LINK_AGE];
    bool digits = false;
    for (size_t i = 0; i < birth->len; i++)
        digits |= birth->ptr[i] >= '0' && birth->ptr[i] <= '9';
    if (!digits || age->len || link_birth_field(*birth, date_to_days(written)) != LINK_AGE) return;
    *age = *birth;
    *birth = STR("");
}
