/* A set of weights as text: read or refused; what was read is written and read the same. */
#include "link/weights.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct link_weights weights, again;
    struct err err = {0};
    if (link_weights_read(str_of((const char *)data, size), &weights, &err) != ST_OK) {
        if (!err.public[0]) abort();
        return 0;
    }
    struct buf text;
    buf_init(&text, 1 << 16);
    link_weights_write(&weights, &text);
    if (text.overflow || link_weights_read(buf_str(&text), &again, NULL) != ST_OK) abort();
    for (int i = 0; i < LINK_WEIGHTS; i++)
        if (weights.bits[i] != again.bits[i]) abort();
    buf_done(&text);
    return 0;
}
