/*
 * replay: runs a fuzz target over the files named on the command line, so that
 * the corpus is a test on a machine without libFuzzer.  One TAP line per file.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        if (!file) {
            printf("not ok %d - %s cannot be read\n", i, argv[i]);
            continue;
        }
        static uint8_t data[1 << 20];
        size_t size = fread(data, 1, sizeof data, file);
        fclose(file);
        /* An exact copy, so that reading past its end is seen. */
        uint8_t *exact = malloc(size ? size : 1);
        if (!exact) return 1;
        for (size_t k = 0; k < size; k++) exact[k] = data[k];
        LLVMFuzzerTestOneInput(exact, size);
        free(exact);
        printf("ok %d - %s\n", i, argv[i]);
    }
    printf("1..%d\n", argc - 1);
    return 0;
}
