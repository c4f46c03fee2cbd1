#include "web/browser.h"

struct mark {
    const char *sign; /* in the header */
    const char *name;
};

/* In this order: most say that they are Chrome and Safari too. */
static const struct mark programs[] = {
    {"Edg", "Edge"},         {"OPR/", "Opera"},     {"SamsungBrowser/", "Samsung Internet"},
    {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"},
    {"Chrome/", "Chrome"},   {"Safari/", "Safari"}, {"curl/", "curl"},
};
static const struct mark systems[] = {
    {"Android", "Android"}, {"iPhone", "an iPhone"}, {"iPad", "an iPad"}, {"Windows", "Windows"},
    {"CrOS", "ChromeOS"},   {"Mac OS X", "a Mac"},   {"Linux", "Linux"},
};

static const char *find(const struct mark *marks, size_t count, struct str text)
{
    for (size_t i = 0; i < count; i++)
        if (str_find(text, str_from(marks[i].sign), 0) >= 0) return marks[i].name;
    return NULL;
}

struct str browser_words(struct arena *arena, struct str user_agent)
{
    const char *program = find(programs, sizeof programs / sizeof *programs, user_agent);
    const char *system = find(systems, sizeof systems / sizeof *systems, user_agent);
    if (!program) program = "A browser";
    return system ? str_fmt(arena, "%s on %s", program, system) : str_from(program);
}
