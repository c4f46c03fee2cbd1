#include "link/batch_sign.h"

#include "link/record.h"

enum { LONGEST = 63, FIRST_DIGIT = 26 };

static uint64_t sign_of_name(struct str text, const uint16_t *family)
{
    uint64_t sign = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned letter = (unsigned char)text.ptr[i] - (unsigned)'a';
        if (letter > 25) continue;
        uint64_t once = (uint64_t)1 << (2 * letter);
        sign |= sign & once ? once << 1 : once;
    }
    for (int i = 0; family && i < NAME_FAMILIES && family[i]; i++)
        sign |= (uint64_t)1 << (SIGN_FAMILY + family[i] % SIGN_FAMILIES);
    return sign;
}

static uint64_t sign_of_other(struct str text)
{
    uint64_t sign = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 'a' && c <= 'z') sign |= (uint64_t)1 << (c - 'a');
        if (c < '0' || c > '9') continue;
        uint64_t once = (uint64_t)1 << (FIRST_DIGIT + 2 * (c - '0'));
        sign |= sign & once ? once << 1 : once;
    }
    return sign;
}

uint64_t batch_sign_make(enum model_role role, struct str text, const uint16_t *family)
{
    uint64_t length = text.len < LONGEST ? text.len : LONGEST;
    if (role == MODEL_QUANTITY) {
        double value = 0;
        if (!str_to_double(text, &value)) value = 0;
        float number = (float)value;
        uint32_t bits;
        memcpy(&bits, &number, sizeof bits);
        return (uint64_t)1 << 32 | bits;
    }
    uint64_t sign = role == MODEL_GIVEN || role == MODEL_SURNAME ? sign_of_name(text, family)
                                                                 : sign_of_other(text);
    return sign | length << SIGN_LENGTH;
}

struct sign_hint sign_hint_make(uint64_t sign, struct str text)
{
    const uint64_t letters = ((uint64_t)1 << SIGN_FAMILY) - 1;
    struct sign_hint hint = {.sign = sign,
                             .more = (int)sign_length(sign) - (int)sign_bits(sign & letters)};
    memcpy(hint.start, text.ptr, text.len < sizeof hint.start ? text.len : sizeof hint.start);
    return hint;
}

float sign_quantity(uint64_t sign)
{
    uint32_t bits = (uint32_t)sign;
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}
