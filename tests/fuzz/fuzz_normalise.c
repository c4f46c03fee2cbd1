/* Every normaliser takes any bytes; what it answers is in its own written form. */
#include "link/normalise.h"
#include "link/number.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_of((const char *)data, size);
    char out[LINK_TEXT_SIZE];
    char again[LINK_TEXT_SIZE];
    char word[32];
    char make[32];
    bool flag;
    if (link_phone_e164(text, out)) {
        must(out[0] == '+' && strlen(out) < LINK_PHONE_SIZE);
        must(link_phone_e164(str_from(out), again) && strcmp(out, again) == 0);
    }
    if (link_registration_clean(text, out, &flag)) {
        must(strlen(out) > 0 && strlen(out) < LINK_REGISTRATION_SIZE);
        (void)link_registration_is_uk(str_from(out));
        bool flag_again;
        must(link_registration_clean(str_from(out), again, &flag_again));
        must(strcmp(out, again) == 0 && flag == flag_again);
        link_registration_fold(out);
    }
    size_t known = link_digits(text, out);
    must(strlen(out) <= 24 && known <= strlen(out) && out[0] != '?' &&
         strspn(out, "0123456789?") == strlen(out));
    if (link_postcode(text, out, &flag)) {
        bool flag_again;
        must(link_postcode(str_from(out), again, &flag_again));
        must(strcmp(out, again) == 0 && flag == flag_again);
    }
    if (link_email(text, out)) {
        must(link_email(str_from(out), again) && strcmp(out, again) == 0);
        link_email_mailbox(str_from(out), again);
        must(strlen(again) <= strlen(out) && strchr(again, '@') == strrchr(again, '@'));
    }
    link_fold(text, out);
    must(strlen(out) < LINK_TEXT_SIZE);
    for (const char *c = out; *c; c++)
        must((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == ' ');
    link_fold(str_from(out), again);
    must(strcmp(out, again) == 0);
    link_handle(text, out);
    must(strlen(out) < LINK_TEXT_SIZE && !strchr(out, ' ') && out[0] != '@');
    if (link_handle_platform(text, word)) must(strlen(word) > 0 && strlen(word) < sizeof word);
    char numbers[LINK_NUMBERS][LINK_TEXT_SIZE];
    int count = link_numbers(text, numbers);
    must(count >= 1 && count <= LINK_NUMBERS);
    for (int i = 0; i < count; i++) {
        must(strlen(numbers[i]) < LINK_TEXT_SIZE);
        must(i == 0 || link_phone_e164(str_from(numbers[i]), again));
    }
    link_platform(text, word);
    (void)link_platform_known(text);
    (void)link_make(text, word);
    (void)link_model(text, word, make);
    (void)link_colour(text, word);
    return 0;
}
