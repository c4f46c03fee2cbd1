#include "html/markdown.h"

#include <cmark.h>
#include <stdlib.h>

/* A page is bounded by the area pack; its drawing by a small multiple of it. */
enum { WORDS_MAX = 4 << 20 };

struct html markdown_to_html(struct arena *arena, struct str markdown)
{
    char *drawn = cmark_markdown_to_html(markdown.ptr, markdown.len, CMARK_OPT_VALIDATE_UTF8);
    struct html html = {.s = str_dup(arena, str_from(drawn))};
    free(drawn);
    return html;
}

struct str markdown_to_words(struct arena *arena, struct str markdown)
{
    cmark_node *root = cmark_parse_document(markdown.ptr, markdown.len, CMARK_OPT_VALIDATE_UTF8);
    cmark_iter *iter = cmark_iter_new(root);
    struct buf words;
    buf_init(&words, WORDS_MAX);
    for (cmark_event_type event; (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
        cmark_node *node = cmark_iter_get_node(iter);
        cmark_node_type type = cmark_node_get_type(node);
        const char *literal = cmark_node_get_literal(node);
        if (event == CMARK_EVENT_ENTER && literal && type != CMARK_NODE_HTML_BLOCK &&
            type != CMARK_NODE_HTML_INLINE)
            buf_add_c(&words, literal);
        bool breaks = type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK;
        bool ends = event == CMARK_EVENT_EXIT &&
                    (type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING);
        if (breaks) buf_add_char(&words, ' ');
        /* A heading or an item that ends without a stop is a sentence all the same. */
        if (ends && words.len)
            buf_add_c(&words, strchr(".?!:", words.data[words.len - 1]) ? " " : ". ");
    }
    cmark_iter_free(iter);
    cmark_node_free(root);
    struct str text = str_dup(arena, buf_str(&words));
    buf_done(&words);
    return text;
}
