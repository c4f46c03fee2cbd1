/*
 * Any bytes as a request: the verdict does not depend on how they are cut, what is whole
 * holds nothing that the guard promises to refuse, and chunks end where they say.
 */
#include "web/guard.h"
#include "web/limits.h"
#include "web/proxy.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool true_of_it)
{
    if (!true_of_it) abort();
}

static void check_head(struct str bytes, const struct guard_head *head)
{
    demand(head->size <= bytes.len && head->size <= LIMIT_HEAD_BYTES);
    struct str text = str_sub(bytes, 0, head->size);
    demand(str_ends(text, STR("\r\n\r\n")));
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        demand(c >= 32 ? c != 127 : c == '\t' || c == '\r' || c == '\n');
        if (c == '\n') demand(i > 0 && text.ptr[i - 1] == '\r');
        if (c == '\r') demand(text.ptr[i + 1] == '\n');
    }
    demand(head->target.len && head->target.ptr[0] == '/' &&
           head->target.len <= LIMIT_TARGET_BYTES);
    for (size_t i = 0; i < head->target.len; i++)
        demand((unsigned char)head->target.ptr[i] > 32 && (unsigned char)head->target.ptr[i] < 127);
    demand(head->host.len || !head->http11);
    demand(head->length >= 0 && !(head->chunked && head->length));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = str_of((const char *)data, size);
    struct guard_progress progress = {0};
    struct guard_head head = {0};
    struct guard_refusal why = {0};
    enum guard_verdict verdict = guard_head(&progress, bytes, &head, &why);
    struct guard_progress slow_progress = {0};
    struct guard_head slow_head = {0};
    enum guard_verdict slow = GUARD_MORE;
    /* In unequal pieces that follow from the bytes themselves. */
    for (size_t at = 0; at < size && slow == GUARD_MORE;) {
        at += 1 + data[at] % 61;
        if (at > size) at = size;
        slow = guard_head(&slow_progress, str_sub(bytes, 0, at), &slow_head, &why);
    }
    if (size) demand(slow == verdict);
    if (verdict == GUARD_REFUSED) demand(why.status >= 400 && why.status < 500 && why.words);
    if (verdict != GUARD_WHOLE) return 0;
    demand(slow_head.size == head.size && slow_head.length == head.length);
    check_head(bytes, &head);
    struct str body = str_sub(bytes, head.size, bytes.len);
    struct guard_chunks chunks = {0};
    size_t used = 0;
    size_t held = 0;
    char *into = malloc(body.len + 1);
    demand(into != NULL);
    verdict = guard_chunks(&chunks, body, into, &held, &used, &why);
    free(into);
    demand(held <= body.len);
    if (verdict == GUARD_WHOLE)
        demand(used <= body.len && str_ends(str_sub(body, 0, used), STR("\r\n\r\n")));
    /* The rest of the input as what a proxy may say. */
    struct proxies proxies = {0};
    struct address peer = {{[15] = 1}};
    struct origin origin;
    demand(proxies_read(STR("::/0"), &proxies));
    struct forwarding forwarding = {.for_list = body};
    proxy_origin(&proxies, &peer, &forwarding, &origin);
    forwarding = (struct forwarding){.forwarded = body};
    proxy_origin(&proxies, &peer, &forwarding, &origin);
    proxies_read(body, &proxies);
    return 0;
}
