#include "link/weights.h"

#include <math.h>
#include <stdlib.h>

const struct link_weight_about link_weight_about[LINK_WEIGHTS] = {
#define GROUP(symbol, kind, label)
#define WEIGHT(symbol, group, sort, label, bits) {#symbol, label, G_##group, WEIGHT_##sort, bits},
#include "link/weight.def"
#undef GROUP
#undef WEIGHT
};

const struct link_weight_group_about link_weight_group_about[LINK_WEIGHT_GROUPS] = {
#define GROUP(symbol, kind, label) {label, kind},
#define WEIGHT(symbol, group, sort, label, bits)
#include "link/weight.def"
#undef GROUP
#undef WEIGHT
};

_Static_assert((int)W_WORD_MISSED - (int)W_WORD_EXACT == (int)WORD_LEVELS - (int)WORD_EXACT,
               "each level of words has its weight, in the same order");

static const char *const kinds[LINK_KINDS] = {"person", "vehicle", "phone", "account", "place"};
static const double same_each_default = 2;
static const double same_each_most = 64;

void link_weights_default(struct link_weights *ret)
{
    *ret = (struct link_weights){.slope = 1};
    for (int i = 0; i < LINK_WEIGHTS; i++) ret->bits[i] = link_weight_about[i].bits;
    for (int i = 0; i < LINK_KINDS; i++) ret->same_each[i] = same_each_default;
}

double link_weights_probability(const struct link_weights *weights, double bits)
{
    return 1 / (1 + exp2(-(weights->offset + weights->slope * bits)));
}

/* --- as text --------------------------------------------------------------------------- */

static void write_number(struct buf *buf, const char *name, double value)
{
    buf_add_fmt(buf, "%s %.17g\n", name, value);
}

void link_weights_write(const struct link_weights *weights, struct buf *ret)
{
    buf_add_fmt(ret, "version %lld\nmentions %lld\ndecided %lld\n", (long long)weights->version,
             (long long)weights->mentions, (long long)weights->decided);
    write_number(ret, "slope", weights->slope);
    write_number(ret, "offset", weights->offset);
    for (int i = 0; i < LINK_KINDS; i++) write_number(ret, kinds[i], weights->same_each[i]);
    for (int i = 0; i < LINK_WEIGHTS; i++)
        write_number(ret, link_weight_about[i].name, weights->bits[i]);
}

static bool read_number(struct str text, double *ret)
{
    char copy[40];
    char *end;
    if (text.len == 0 || text.len >= sizeof copy) return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = 0;
    *ret = strtod(copy, &end);
    return *end == 0 && isfinite(*ret);
}

static bool within(double value, double least, double most)
{
    return value >= least && value <= most;
}

/* False: the number cannot be one of that name. */
static bool take_number(struct link_weights *weights, struct str name, double value)
{
    int64_t *whole = str_eq(name, STR("version"))    ? &weights->version
                     : str_eq(name, STR("mentions")) ? &weights->mentions
                     : str_eq(name, STR("decided"))  ? &weights->decided
                                                     : NULL;
    if (whole) {
        *whole = within(value, 0, 1e15) ? (int64_t)value : -1;
        return *whole >= 0;
    }
    if (str_eq(name, STR("slope"))) {
        weights->slope = value;
        return within(value, 0.1, 10);
    }
    if (str_eq(name, STR("offset"))) {
        weights->offset = value;
        return within(value, -20, 20);
    }
    for (int i = 0; i < LINK_KINDS; i++)
        if (str_eq(name, str_from(kinds[i]))) {
            weights->same_each[i] = value;
            return within(value, 1e-3, same_each_most);
        }
    for (int i = 0; i < LINK_WEIGHTS; i++)
        if (str_eq(name, str_from(link_weight_about[i].name))) {
            weights->bits[i] = value;
            return fabs(value - link_weight_about[i].bits) <= LINK_WEIGHT_REACH;
        }
    return true;
}

enum st link_weights_read(struct str text, struct link_weights *ret, struct err *err)
{
    struct link_weights weights;
    struct str line;
    link_weights_default(&weights);
    while (text.len && str_split(&text, '\n', &line)) {
        struct str name;
        double value = 0;
        if (!line.len) continue;
        bool good = str_split(&line, ' ', &name) && read_number(line, &value);
        if (!good || !take_number(&weights, name, value))
            return err_set(err, ST_INVALID, "The weight '%.*s' cannot be used.",
                           STR_ARG(str_sub(name, 0, 40)));
    }
    *ret = weights;
    return ST_OK;
}
