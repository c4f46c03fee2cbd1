/*
 * Where in the HTML we are, and what HTML is refused.
 *
 * A small reader of well-formed HTML: it takes less than a browser does (lower-case
 * names, double quotes, every element closed), so that what it takes, a browser
 * reads in the same way.
 */
#include "viewc.h"

#include <ctype.h>
#include <string.h>

struct markup markup;

struct element {
    char name[NAME];
    size_t opened_at;
};
static struct element open_elements[DEPTH];
static char tag[NAME]; /* of the tag we are in */
static bool closing;   /* it is </tag> */
static bool has_source;

static bool is_one_of(const char *name, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(name, *list) == 0) return true;
    return false;
}

static bool is_void(const char *name)
{
    static const char *const list[] = {"area", "br",   "col",    "hr",    "img", "input",
                                       "link", "meta", "source", "track", "wbr", NULL};
    return is_one_of(name, list);
}

/* What runs or embeds what is in it, or changes what other links mean. */
static bool is_refused(const char *name)
{
    static const char *const list[] = {
        "style",   "iframe",        "frame",            "frameset", "object",    "embed",
        "applet",  "base",          "foreignobject",    "animate",  "set",       "xmp",
        "noembed", "animatemotion", "animatetransform", "noframes", "plaintext", NULL};
    return is_one_of(name, list);
}

static bool takes_url(const char *name)
{
    static const char *const list[] = {"href", "src",    "action",   "formaction", "xlink:href",
                                       "cite", "poster", "longdesc", "background", NULL};
    return is_one_of(name, list);
}

static bool is_refused_attribute(const char *name)
{
    static const char *const list[] = {"srcdoc", "srcset",   "imagesrcset", "http-equiv",
                                       "ping",   "manifest", "data",        NULL};
    return is_one_of(name, list);
}

static bool is_good_link(void)
{
    static const char *const list[] = {"/", "#", "?", "tel:", "mailto:", "https://", "{{", NULL};
    for (const char *const *beginning = list; *beginning; beginning++)
        if (starts(*beginning)) return !starts("//");
    return false;
}

/* Lower case, for the lists above; SVG has names like viewBox. */
static void lower(char name[static NAME])
{
    for (; *name; name++) *name = (char)tolower((unsigned char)*name);
}

static bool in_svg(void)
{
    for (int i = 0; i < markup.open_count; i++)
        if (strcmp(open_elements[i].name, "svg") == 0) return true;
    return false;
}

void markup_begin(void)
{
    markup = (struct markup){.place = IN_TEXT};
}

bool markup_in_plain_text(void)
{
    static const char *const list[] = {"title", "textarea", "option", NULL};
    return markup.open_count > 0 && is_one_of(open_elements[markup.open_count - 1].name, list);
}

bool markup_begins_textarea(size_t offset)
{
    return markup.open_count > 0 && in.text[offset - 1] == '>' &&
           strcmp(open_elements[markup.open_count - 1].name, "textarea") == 0;
}

static void name_in_tag(char ret[static NAME], const char *also)
{
    size_t n = 0;
    while (in.text[in.at] &&
           (isalnum((unsigned char)in.text[in.at]) || strchr(also, in.text[in.at]))) {
        if (n == NAME - 1) fail("a name is too long");
        ret[n++] = in.text[in.at++];
    }
    ret[n] = 0;
}

static void tag_begins(void)
{
    closing = in.text[in.at] == '/';
    if (closing) in.at++;
    name_in_tag(tag, "-");
    if (!tag[0]) fail("'<' in text is written &lt;");
    char plain[NAME];
    memcpy(plain, tag, NAME);
    lower(plain);
    if (is_refused(plain)) fail("<%s> is refused", tag);
    if (strcmp(plain, tag) != 0 && !in_svg()) fail("<%s> is written in lower case", tag);
    has_source = false;
    markup.place = IN_TAG;
}

static void element_opens(void)
{
    if (markup.open_count == DEPTH) fail("elements are nested too deeply");
    struct element *element = &open_elements[markup.open_count++];
    memcpy(element->name, tag, NAME);
    element->opened_at = in.at;
    bool empty = strncmp(in.text + in.at + 1, "</script>", 9) == 0;
    if (strcmp(tag, "script") == 0 && (!has_source || !empty))
        fail("inline script is refused: put it into assets/");
}

static void element_closes(void)
{
    if (markup.open_count == 0) fail("</%s> closes what is not open", tag);
    const struct element *element = &open_elements[markup.open_count - 1];
    if (strcmp(element->name, tag) != 0) fail("</%s> where <%s> is open", tag, element->name);
    if (markup.open_count == markup.floor)
        fail("</%s> closes what was opened outside of this block", tag);
    markup.open_count--;
}

static void tag_ends(void)
{
    bool closed_itself = in.text[in.at] == '/';
    if (closed_itself) {
        in.at++;
        if (in.text[in.at] != '>') fail("'/' has no place in a tag");
        if (!in_svg()) fail("<%s/> is written <%s></%s>", tag, tag, tag);
        if (strcmp(tag, "script") == 0) fail("inline script is refused: put it into assets/");
    }
    if (closing)
        element_closes();
    else if (!closed_itself && !is_void(tag))
        element_opens();
    in.at++;
    markup.place = IN_TEXT;
}

static void attribute_begins(void)
{
    char *name = markup.attribute;
    name_in_tag(name, "-_:");
    if (!name[0]) fail("'%c' has no place in a tag", in.text[in.at]);
    lower(name);
    if (strncmp(name, "on", 2) == 0) fail("on… attributes are refused: put it into assets/");
    if (strcmp(name, "style") == 0) fail("style attributes are refused: use a class");
    if (is_refused_attribute(name)) fail("the attribute %s is refused", name);
    if (in.text[in.at] != '=') return;
    in.at++;
    if (in.text[in.at] != '"') fail("the value of %s needs double quotes", name);
    in.at++;
    if (strcmp(name, "src") == 0) has_source = true;
    markup.value_start = in.at;
    markup.value_is_url = takes_url(name);
    if (markup.value_is_url && !is_good_link())
        fail("%s begins with /, #, ?, tel:, mailto: or https:, or is a url", name);
    markup.place = IN_VALUE;
}

void markup_skip_comment(void)
{
    size_t begin = in.at;
    while (!starts("-->")) {
        if (in.at >= in.length) fail_at(begin, "a comment is not closed");
        if (starts("{{")) fail("an insertion in a comment is refused");
        in.at++;
    }
    in.at += 3;
}

static void text_step(void)
{
    static const char doctype[] = "<!DOCTYPE html>";
    if (in.text[in.at] != '<') {
        in.at++;
    } else if (starts(doctype)) {
        in.at += sizeof doctype - 1;
    } else {
        in.at++;
        tag_begins();
    }
}

void markup_step(void)
{
    char c = in.text[in.at];
    if (markup.place == IN_TEXT) {
        text_step();
    } else if (markup.place == IN_VALUE) {
        if (c == '"') markup.place = IN_TAG;
        in.at++;
    } else if (isspace((unsigned char)c)) {
        in.at++;
    } else if (c == '>' || c == '/') {
        tag_ends();
    } else {
        attribute_begins();
    }
}

void markup_end(void)
{
    if (markup.place != IN_TEXT) fail("the view ends inside a tag");
    if (markup.open_count > 0) {
        const struct element *element = &open_elements[markup.open_count - 1];
        fail_at(element->opened_at, "<%s> is not closed", element->name);
    }
}
