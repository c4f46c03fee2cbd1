/*
 * Which pairs are worth comparing: the passes, and of what parts their keys are.
 *
 * A block with too many rows is left to the passes that ask for one part more, so that
 * no common value is dropped; how many rows were left out is reported.
 */
#include "link/batch_internal.h"

#include <stdio.h>

/* --- which passes ---------------------------------------------------------------------- */

static int find_part(const struct batch *batch, int comparison, enum part_kind kind)
{
    for (int p = 0; p < batch->parts; p++)
        if (batch->part[p].comparison == comparison && batch->part[p].kind == kind) return p;
    return -1;
}

/* How many rows share a key of these parts with one row, if parts were independent. */
static double expected_block(const struct batch *batch, int a, int b, int c)
{
    double rows = (double)batch->table->rows;
    double share = batch->part[a].share;
    if (b >= 0) share *= batch->part[b].share;
    if (c >= 0) share *= batch->part[c].share;
    return rows * share;
}

/* A block may have this many rows: small tables can afford more. */
static uint32_t largest_block(const struct batch *batch)
{
    double largest = 8e6 / (double)batch->table->rows;
    return largest < 16 ? 16 : largest > 200 ? 200 : (uint32_t)largest;
}

static void add(struct batch *batch, int a, int b, int c)
{
    if (batch->passes >= BATCH_PASSES_MAX - MODEL_COMPARISONS_MAX || a < 0) return;
    struct pass pass = {.text = -1, .largest = largest_block(batch)};
    const int parts[PASS_PARTS] = {a, b, c};
    for (int i = 0; i < PASS_PARTS; i++) {
        if (parts[i] < 0 || pass.need >> parts[i] & 1) continue;
        const struct part *part = &batch->part[parts[i]];
        pass.part[pass.parts++] = parts[i];
        pass.need |= 1u << parts[i];
        pass.held |= 1u << part->comparison;
        if (part->kind == PART_NAMES)
            pass.held |= 1u << batch->model->given | 1u << batch->model->surname;
    }
    for (int i = 0; i < batch->passes; i++)
        if (batch->pass[i].need == pass.need) return;
    batch->pass[batch->passes++] = pass;
}

/* One that keeps blocks small enough to be worth looking at. */
static void add_if_small(struct batch *batch, int a, int b, int c)
{
    if (a < 0) return;
    double most = 2 * (double)largest_block(batch);
    if (expected_block(batch, a, b, c) <= most) add(batch, a, b, c);
}

/* All pairs that share the part are looked at by the pass of that part alone. */
static bool is_covered(const struct batch *batch, int part)
{
    return batch->part[part].alone < 0.02;
}

static void choose_exact(struct batch *batch)
{
    int count = batch->model->count;
    double largest = (double)largest_block(batch);
    for (int i = 0; i < count; i++) add_if_small(batch, i, -1, -1);
    for (int i = 0; i < count; i++)
        for (int k = i + 1; k < count; k++)
            if (!is_covered(batch, i) && !is_covered(batch, k)) add_if_small(batch, i, k, -1);
    for (int i = 0; i < count; i++)
        for (int k = i + 1; k < count; k++)
            for (int l = k + 1; l < count; l++) {
                if (is_covered(batch, i) || is_covered(batch, k) || is_covered(batch, l)) continue;
                bool crowded = expected_block(batch, i, k, -1) > largest / 4 &&
                               expected_block(batch, i, l, -1) > largest / 4 &&
                               expected_block(batch, k, l, -1) > largest / 4;
                if (crowded && batch->passes < 40) add_if_small(batch, i, k, l);
            }
}

static int find_role(const struct model *model, enum model_role role)
{
    for (int i = 0; i < model->count; i++)
        if (model->comparison[i].role == role) return i;
    return -1;
}

/* Names by sound or beginning with parts of a date. */
static void choose_names(struct batch *batch)
{
    const struct model *model = batch->model;
    int birth = find_role(model, MODEL_BIRTH);
    int year = birth < 0 ? -1 : find_part(batch, birth, PART_YEAR);
    int day = birth < 0 ? -1 : find_part(batch, birth, PART_DAY);
    int names = model->surname < 0 ? -1 : find_part(batch, model->surname, PART_NAMES);
    if (names >= 0) add(batch, names, -1, -1);
    const int name[2] = {model->surname, model->given};
    for (int i = 0; i < 2; i++) {
        if (name[i] < 0) continue;
        int sound = find_part(batch, name[i], PART_SOUND);
        int start = find_part(batch, name[i], PART_START);
        if (birth < 0) add_if_small(batch, sound, -1, -1);
        if (birth >= 0) {
            add_if_small(batch, sound, birth, -1);
            add_if_small(batch, sound, year, -1);
            add_if_small(batch, sound, day, -1);
            add_if_small(batch, start, day, -1);
        }
    }
    if (model->given >= 0 && model->surname >= 0)
        add(batch, find_part(batch, model->given, PART_START),
            find_part(batch, model->surname, PART_START), year);
}

/* Halves of codes, and what stands beside them. */
static void choose_halves(struct batch *batch)
{
    const struct model *model = batch->model;
    int birth = find_role(model, MODEL_BIRTH);
    int year = birth < 0 ? -1 : find_part(batch, birth, PART_YEAR);
    int surname = model->surname < 0 ? -1 : find_part(batch, model->surname, PART_SOUND);
    int given = model->given < 0 ? -1 : find_part(batch, model->given, PART_SOUND);
    for (int p = model->count; p < batch->parts; p++) {
        enum part_kind kind = batch->part[p].kind;
        if (kind != PART_HEAD && kind != PART_TAIL && kind != PART_STREET) continue;
        if (is_covered(batch, p)) {
            add(batch, p, -1, -1);
            continue;
        }
        const int others[] = {surname, given, year};
        bool any = false;
        for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
            int other = others[i];
            if (other < 0 || other >= batch->parts ||
                batch->part[other].comparison == batch->part[p].comparison)
                continue;
            add_if_small(batch, p, other, -1);
            any = true;
        }
        for (int c = 0; !any && c < model->count; c++)
            if (c != batch->part[p].comparison) add_if_small(batch, p, c, -1);
    }
}

static void choose_texts(struct batch *batch)
{
    for (int c = 0; c < batch->model->count; c++)
        if (batch->field[c].token_from && batch->passes < BATCH_PASSES_MAX)
            batch->pass[batch->passes++] =
                (struct pass){.text = c, .held = 1u << c, .largest = largest_block(batch)};
}

/* Does every pair of the one pass share what the other asks for?  What is equal sounds
 * alike, and begins alike. */
static bool is_within(const struct batch *batch, const struct pass *one, const struct pass *other)
{
    for (int i = 0; i < other->parts; i++) {
        const struct part *wanted = &batch->part[other->part[i]];
        bool implied = false;
        for (int k = 0; k < one->parts; k++) {
            const struct part *given = &batch->part[one->part[k]];
            implied |= given->comparison == wanted->comparison && wanted->kind != PART_NAMES &&
                       (given->kind == wanted->kind || given->kind == PART_EXACT);
        }
        if (!implied) return false;
    }
    return true;
}

/* Leaves out passes whose pairs another finds too, in blocks that are small. */
static void drop_needless(struct batch *batch)
{
    double small = (double)largest_block(batch) / 8;
    int kept = 0;
    for (int i = 0; i < batch->passes; i++) {
        bool needless = false;
        for (int k = 0; k < batch->passes && !needless; k++) {
            const struct pass *other = &batch->pass[k];
            if (k == i || !is_within(batch, &batch->pass[i], other)) continue;
            needless = expected_block(batch, other->part[0], other->parts > 1 ? other->part[1] : -1,
                                      other->parts > 2 ? other->part[2] : -1) < small;
        }
        if (!needless) batch->pass[kept++] = batch->pass[i];
    }
    batch->passes = kept;
}

void batch_choose_passes(struct batch *batch)
{
    choose_exact(batch);
    choose_names(batch);
    choose_halves(batch);
    drop_needless(batch);
    if (batch->passes == 0) /* nothing is selective: take what there is, all together */
        for (int c = 0; c < batch->model->count; c++)
            add(batch, c, (c + 1) % batch->model->count, -1);
    choose_texts(batch);
}

void batch_pass_name(const struct batch *batch, int number, char *ret, size_t size)
{
    static const char *const kinds[] = {"",
                                        " (sound)",
                                        " (start)",
                                        " (first half)",
                                        " (second half)",
                                        " (year)",
                                        " (day)",
                                        " (number and start)",
                                        ""};
    const struct pass *pass = &batch->pass[number];
    size_t used = 0;
    ret[0] = 0;
    if (pass->text >= 0) {
        model_comparison_name(batch->model, batch->table, pass->text, ret, size);
        used = strlen(ret);
        snprintf(ret + used, size - used, " (words)");
        return;
    }
    for (int i = 0; i < pass->parts && used + 1 < size; i++) {
        const struct part *part = &batch->part[pass->part[i]];
        char name[2 * TABLE_NAME_SIZE];
        model_comparison_name(batch->model, batch->table, part->comparison, name, sizeof name);
        int wrote = part->kind == PART_NAMES
                        ? snprintf(ret + used, size - used, "%sboth names (sound)", i ? " + " : "")
                        : snprintf(ret + used, size - used, "%s%s%s", i ? " + " : "", name,
                                   kinds[part->kind]);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
}
