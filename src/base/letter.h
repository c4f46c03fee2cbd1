/*
 * letter: is a character a letter, and a capital?
 *
 * Layer: base.  Of the scripts that names are written in here: Latin, Greek, Cyrillic and Armenian
 * know capitals; what lies beyond them has letters that are neither capital nor small.  No locale
 * is asked.  Source: UnicodeData.txt, version 14, general categories Lu and Lt.
 */
#ifndef PENDEEN_BASE_LETTER_H
#define PENDEEN_BASE_LETTER_H

#include <stdint.h>

enum letter {
    LETTER_NONE, /* a digit, a sign, punctuation, a blank */
    LETTER_SMALL,
    LETTER_CAPITAL,
    LETTER_UNCASED, /* Arabic, Hebrew, Bengali, Chinese, ...; marks within their words too */
};
enum letter letter_of(uint32_t character);

#endif
