/*
 * page_of: what a page answers to a request, without a server around it.
 */
#ifndef PENDEEN_TESTS_PAGE_OF_H
#define PENDEEN_TESTS_PAGE_OF_H

#include "web/request.h"

/* The page, in the request's arena; *ret_status (may be NULL) is 0 where the handler set none. */
static inline struct str page_of(void (*page)(struct request *, struct response *),
                                 struct request *request, int *ret_status)
{
    struct response response = {0};
    buf_init(&response.body, 8 << 20);
    page(request, &response);
    if (ret_status) *ret_status = response.status;
    struct str text = str_dup(request->arena, buf_str(&response.body));
    buf_done(&response.body);
    return text;
}

#endif
