#include "web/qr.h"

#include "base/arena.h"
#include "base/buf.h"

#include <qrencode.h>

enum { QUIET = 4 }; /* ISO/IEC 18004: four modules around it */

struct str qr_path(struct arena *arena, struct str text, int *ret_size)
{
    QRcode *code = QRcode_encodeString8bit(str_c(arena, text), 0, QR_ECLEVEL_M);
    *ret_size = 0;
    if (!code) return STR("");
    struct buf path;
    buf_init(&path, 1 << 20);
    for (int y = 0; y < code->width; y++) {
        for (int x = 0; x < code->width; x++) {
            int run = 0;
            while (x + run < code->width && code->data[y * code->width + x + run] & 1) run++;
            if (!run) continue;
            buf_add_fmt(&path, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, run, run);
            x += run;
        }
    }
    *ret_size = code->width + 2 * QUIET;
    QRcode_free(code);
    struct str made = str_dup(arena, buf_str(&path));
    buf_done(&path);
    return made;
}
