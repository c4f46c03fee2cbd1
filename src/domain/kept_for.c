#include "domain/kept_for.h"

#include "base/change.h"

struct kept_for kept_for(const struct scope *scope, instant_ms now, enum kept_clock clock)
{
    const struct person *who = scope_person(scope);
    instant_ms minute_ends = (now / MINUTE_MS + 1) * MINUTE_MS;
    bool ends_before = clock == KEPT_FOR_MINUTE && minute_ends < scope_until(scope);
    return (struct kept_for){.change = store_is_shared(scope_app(scope)->store) ? 0 : who->change,
                             .from = now,
                             .until = ends_before ? minute_ends : scope_until(scope),
                             .account = who->account,
                             .organisation = who->organisation,
                             .roles = who->roles};
}

bool kept_for_holds(const struct kept_for *kept, const struct person *who)
{
    instant_ms now = clock_now();
    return kept->change && change_holds(kept->change) && kept->from <= now && now < kept->until &&
           kept->account == who->account && kept->organisation == who->organisation &&
           kept->roles == who->roles;
}
