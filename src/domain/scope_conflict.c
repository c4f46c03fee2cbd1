/*
 * Conflicts of interest: which submissions name the person who asks.
 *
 * The engine that links mentions is asked for the person themselves: their name as a
 * person's, their email as an account's.  What weighs as one of them is kept from
 * them, until a coordinator says otherwise by blocking or granting.  How rare a name is decides
 * what it weighs, and no more than some hundreds are weighed: so it is asked too as if they had
 * handed in nothing themselves, and their very name is known without the engine (naming.h).
 */
#include "domain/entity.h"
#include "domain/registry.h"
#include "domain/scope.h"
#include "domain/source.h"
#include "domain/submission.h"
#include "link/link.h"

/* Forename and surname, as written or nearly so, weigh 7 bits and more; either alone
 * less than 0.  A name that very many carry weighs too little: then a coordinator's
 * block has to do. */
static const double person_bits = 4;
static const double account_bits = 5;

enum { MATCHES = 600 };

static int compare_ids(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* The person as a mention of that kind. */
static struct link_mention as_mention(enum link_kind kind, enum link_field field, struct str value)
{
    struct link_mention mention = {
        .kind = kind, .seen_from = LINK_DAY_UNKNOWN, .seen_to = LINK_DAY_UNKNOWN};
    mention.field[field] = value;
    mention.reported_day = clock_today();
    return mention;
}

struct asking {
    const struct app *app;
    uint64_t sender;
};

static bool is_of_others(const void *context, int64_t submission)
{
    const struct asking *asking = context;
    const struct registry_row *row = registry_find(asking->app->registry, submission);
    return !row || row->sender != asking->sender;
}

/* Among all, and among what others handed in as if there were no more. */
static size_t ask(const struct asking *asking, enum link_kind kind, enum link_field field,
                  struct str value, double bits, struct link_match ret[static 2 * MATCHES])
{
    if (!value.len) return 0;
    const struct link_index *index = asking->app->index;
    const struct link_admit others = {is_of_others, asking};
    struct link_mention mention = as_mention(kind, field, value);
    size_t count = link_index_query(index, &mention, bits, ret, MATCHES);
    return count + link_index_query_of(index, others, &mention, bits, ret + count, MATCHES);
}

size_t scope_conflicts(struct app *app, struct arena *arena, const struct person *who,
                       int64_t **ret)
{
    size_t count = 0;
    /* Both only rise, and each mention comes to both: to the entities when its commit has come, and
     * a mention of which these do not know yet names nobody. */
    uint64_t changes = link_index_changes(app->index) + entities_count(app->entities);
    uint64_t details = str_hash(who->name) * 31 + str_hash(who->email);
    if (registry_conflicts(app->registry, arena, who->account, details, changes, ret, &count))
        return count;
    struct link_match *match = arena_many(arena, 4 * MATCHES, struct link_match);
    uint8_t tag[SEAL_TAG_SIZE];
    source_tag(app, who->account, tag);
    const struct asking asking = {app, registry_sender(str_of((const char *)tag, sizeof tag))};
    size_t found = ask(&asking, LINK_PERSON, LINK_NAME, who->name, person_bits, match);
    found += ask(&asking, LINK_ACCOUNT, LINK_EMAIL, who->email, account_bits, match + found);
    int64_t *list = arena_many(arena, found, int64_t);
    for (size_t i = 0; i < found; i++) list[i] = entity_submission(app->entities, match[i].id);
    if (found) qsort(list, found, sizeof *list, compare_ids);
    count = 0;
    for (size_t i = 0; i < found; i++)
        if (list[i] && (count == 0 || list[count - 1] != list[i])) list[count++] = list[i];
    registry_keep_conflicts(app->registry, who->account, details, changes, list, count);
    *ret = list;
    return count;
}

bool scope_names(struct app *app, struct arena *arena, struct str email, struct str name,
                 const struct mention *mention)
{
    bool person = mention->kind == LINK_PERSON;
    struct str value = person ? name : email;
    if ((!person && mention->kind != LINK_ACCOUNT) || !value.len) return false;
    struct link_mention who = as_mention(mention->kind, person ? LINK_NAME : LINK_EMAIL, value);
    struct link_mention other = as_mention(mention->kind, LINK_NAME, STR(""));
    struct link_explanation why;
    memcpy(other.field, mention->field, sizeof other.field);
    return link_index_explain(app->index, arena, &who, &other, &why) &&
           why.total_bits >= (person ? person_bits : account_bits);
}
