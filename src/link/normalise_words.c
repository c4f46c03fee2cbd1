/*
 * Platforms, makes, models and colours as people write them.
 */
#include "link/normalise.h"

struct word_pair {
    const char *written;
    const char *meant;
};

static const struct word_pair platforms[] = {
    {"snap", "snapchat"},     {"snapchat", "snapchat"}, {"sc", "snapchat"},
    {"insta", "instagram"},   {"instagram", "instagram"}, {"ig", "instagram"},
    {"fb", "facebook"},       {"facebook", "facebook"}, {"messenger", "facebook"},
    {"whatsapp", "whatsapp"}, {"whats app", "whatsapp"}, {"wa", "whatsapp"},
    {"tiktok", "tiktok"},     {"tik tok", "tiktok"},    {"tt", "tiktok"},
    {"discord", "discord"},   {"telegram", "telegram"}, {"tg", "telegram"},
    {"signal", "signal"},     {"kik", "kik"},           {"wizz", "wizz"},
    {"yubo", "yubo"},         {"roblox", "roblox"},     {"xbox", "xbox"},
    {"xbox live", "xbox"},    {"psn", "playstation"},   {"playstation", "playstation"},
    {"twitch", "twitch"},     {"youtube", "youtube"},   {"yt", "youtube"},
    {"twitter", "x"},         {"x", "x"},               {"reddit", "reddit"},
    {"steam", "steam"},       {"fortnite", "fortnite"}, {"minecraft", "minecraft"},
    {"bereal", "bereal"},     {"vinted", "vinted"},     {"tinder", "tinder"},
    {"grindr", "grindr"},     {"omegle", "omegle"},     {"threads", "threads"},
    {"skype", "skype"},       {"viber", "viber"},       {"wechat", "wechat"},
};

static const struct word_pair makes[] = {
    {"alfa romeo", "alfa romeo"}, {"alfa", "alfa romeo"}, {"audi", "audi"}, {"bmw", "bmw"},
    {"beemer", "bmw"}, {"chevrolet", "chevrolet"}, {"citroen", "citroen"}, {"cupra", "cupra"},
    {"dacia", "dacia"}, {"daewoo", "daewoo"}, {"fiat", "fiat"}, {"ford", "ford"},
    {"honda", "honda"}, {"hyundai", "hyundai"}, {"infiniti", "infiniti"}, {"isuzu", "isuzu"},
    {"jaguar", "jaguar"}, {"jag", "jaguar"}, {"jeep", "jeep"}, {"kia", "kia"},
    {"land rover", "land rover"}, {"landrover", "land rover"}, {"range rover", "land rover"},
    {"lexus", "lexus"}, {"mazda", "mazda"}, {"mercedes", "mercedes"}, {"merc", "mercedes"},
    {"mercedes benz", "mercedes"}, {"mg", "mg"}, {"mini", "mini"}, {"mitsubishi", "mitsubishi"},
    {"nissan", "nissan"}, {"peugeot", "peugeot"}, {"polestar", "polestar"}, {"porsche", "porsche"},
    {"renault", "renault"}, {"rover", "rover"}, {"saab", "saab"}, {"seat", "seat"},
    {"skoda", "skoda"}, {"smart", "smart"}, {"ssangyong", "ssangyong"}, {"subaru", "subaru"},
    {"suzuki", "suzuki"}, {"tesla", "tesla"}, {"toyota", "toyota"}, {"vauxhall", "vauxhall"},
    {"vauxall", "vauxhall"}, {"opel", "vauxhall"}, {"volkswagen", "volkswagen"},
    {"volkswagon", "volkswagen"}, {"vw", "volkswagen"}, {"volvo", "volvo"}, {"yamaha", "yamaha"},
    {"kawasaki", "kawasaki"}, {"piaggio", "piaggio"}, {"vespa", "piaggio"}, {"triumph", "triumph"},
    {"iveco", "iveco"}, {"ldv", "ldv"}, {"byd", "byd"},
};

static const struct {
    const char *model;
    const char *make;
} models[] = {
    {"corsa", "vauxhall"}, {"astra", "vauxhall"}, {"insignia", "vauxhall"}, {"vectra", "vauxhall"},
    {"zafira", "vauxhall"}, {"mokka", "vauxhall"}, {"meriva", "vauxhall"}, {"vivaro", "vauxhall"},
    {"combo", "vauxhall"}, {"adam", "vauxhall"}, {"grandland", "vauxhall"}, {"movano", "vauxhall"},
    {"fiesta", "ford"}, {"focus", "ford"}, {"mondeo", "ford"}, {"kuga", "ford"}, {"puma", "ford"},
    {"ka", "ford"}, {"transit", "ford"}, {"galaxy", "ford"}, {"ranger", "ford"},
    {"ecosport", "ford"}, {"golf", "volkswagen"}, {"polo", "volkswagen"}, {"passat", "volkswagen"},
    {"tiguan", "volkswagen"}, {"touran", "volkswagen"}, {"caddy", "volkswagen"},
    {"transporter", "volkswagen"}, {"up", "volkswagen"}, {"beetle", "volkswagen"},
    {"scirocco", "volkswagen"}, {"a1", "audi"}, {"a3", "audi"}, {"a4", "audi"}, {"a5", "audi"},
    {"a6", "audi"}, {"q3", "audi"}, {"q5", "audi"}, {"tt", "audi"}, {"1 series", "bmw"},
    {"3 series", "bmw"}, {"5 series", "bmw"}, {"x1", "bmw"}, {"x3", "bmw"}, {"x5", "bmw"},
    {"a class", "mercedes"}, {"c class", "mercedes"}, {"e class", "mercedes"},
    {"sprinter", "mercedes"}, {"vito", "mercedes"}, {"clio", "renault"}, {"megane", "renault"},
    {"captur", "renault"}, {"kangoo", "renault"}, {"trafic", "renault"}, {"scenic", "renault"},
    {"twingo", "renault"}, {"zoe", "renault"}, {"106", "peugeot"}, {"107", "peugeot"},
    {"108", "peugeot"}, {"206", "peugeot"}, {"207", "peugeot"}, {"208", "peugeot"},
    {"307", "peugeot"}, {"308", "peugeot"}, {"2008", "peugeot"}, {"3008", "peugeot"},
    {"5008", "peugeot"}, {"partner", "peugeot"}, {"boxer", "peugeot"}, {"expert", "peugeot"},
    {"c1", "citroen"}, {"c2", "citroen"}, {"c3", "citroen"}, {"c4", "citroen"},
    {"berlingo", "citroen"}, {"picasso", "citroen"}, {"saxo", "citroen"}, {"dispatch", "citroen"},
    {"relay", "citroen"}, {"micra", "nissan"}, {"juke", "nissan"}, {"qashqai", "nissan"},
    {"note", "nissan"}, {"leaf", "nissan"}, {"navara", "nissan"}, {"x trail", "nissan"},
    {"almera", "nissan"}, {"yaris", "toyota"}, {"aygo", "toyota"}, {"corolla", "toyota"},
    {"auris", "toyota"}, {"prius", "toyota"}, {"rav4", "toyota"}, {"avensis", "toyota"},
    {"hilux", "toyota"}, {"civic", "honda"}, {"jazz", "honda"}, {"accord", "honda"},
    {"cr v", "honda"}, {"crv", "honda"}, {"i10", "hyundai"}, {"i20", "hyundai"}, {"i30", "hyundai"},
    {"tucson", "hyundai"}, {"picanto", "kia"}, {"rio", "kia"}, {"ceed", "kia"}, {"sportage", "kia"},
    {"sorento", "kia"}, {"ibiza", "seat"}, {"leon", "seat"}, {"ateca", "seat"}, {"arona", "seat"},
    {"alhambra", "seat"}, {"fabia", "skoda"}, {"octavia", "skoda"}, {"superb", "skoda"},
    {"yeti", "skoda"}, {"kodiaq", "skoda"}, {"500", "fiat"}, {"panda", "fiat"}, {"punto", "fiat"},
    {"doblo", "fiat"}, {"ducato", "fiat"}, {"cooper", "mini"}, {"countryman", "mini"},
    {"clubman", "mini"}, {"swift", "suzuki"}, {"vitara", "suzuki"}, {"jimny", "suzuki"},
    {"alto", "suzuki"}, {"duster", "dacia"}, {"sandero", "dacia"}, {"logan", "dacia"},
    {"discovery", "land rover"}, {"freelander", "land rover"}, {"defender", "land rover"},
    {"evoque", "land rover"}, {"mx5", "mazda"}, {"cx5", "mazda"}, {"xc60", "volvo"},
    {"xc90", "volvo"}, {"v40", "volvo"}, {"v60", "volvo"}, {"outlander", "mitsubishi"},
    {"l200", "mitsubishi"}, {"zs", "mg"}, {"hs", "mg"}, {"xf", "jaguar"}, {"xe", "jaguar"},
};

static const struct word_pair colours[] = {
    {"black", "black"}, {"white", "white"}, {"silver", "silver"}, {"grey", "grey"},
    {"gray", "grey"}, {"blue", "blue"}, {"navy", "dark blue"}, {"navy blue", "dark blue"},
    {"dark blue", "dark blue"}, {"light blue", "light blue"}, {"sky blue", "light blue"},
    {"red", "red"}, {"dark red", "maroon"}, {"maroon", "maroon"}, {"burgundy", "maroon"},
    {"green", "green"}, {"dark green", "dark green"}, {"yellow", "yellow"}, {"orange", "orange"},
    {"gold", "gold"}, {"bronze", "bronze"}, {"brown", "brown"}, {"beige", "beige"},
    {"cream", "cream"}, {"purple", "purple"}, {"pink", "pink"}, {"turquoise", "turquoise"},
    {"dark grey", "grey"}, {"light grey", "grey"}, {"charcoal", "grey"}, {"dark", "dark"},
    {"light", "light"},
};

static void copy(const char *text, char *ret, size_t size)
{
    size_t length = strnlen(text, size - 1);
    memcpy(ret, text, length);
    ret[length] = 0;
}

/* Looks the folded text up; when it is not there, ret is the folded text. */
static bool look_up(const struct word_pair *table, size_t count, struct str text, char *ret,
                    size_t size)
{
    char folded[LINK_TEXT_SIZE];
    link_fold(text, folded);
    for (size_t i = 0; i < count; i++) {
        if (table[i].written[0] != folded[0] || strcmp(table[i].written, folded) != 0) continue;
        copy(table[i].meant, ret, size);
        return true;
    }
    copy(folded, ret, size);
    return false;
}

#define COUNT(table) (sizeof(table) / sizeof *(table))

void link_platform(struct str text, char ret[static 32])
{
    (void)look_up(platforms, COUNT(platforms), text, ret, 32);
}

bool link_platform_known(struct str text)
{
    char ret[32];
    return look_up(platforms, COUNT(platforms), text, ret, sizeof ret);
}

bool link_make(struct str text, char ret[static 32])
{
    return look_up(makes, COUNT(makes), text, ret, 32);
}

bool link_colour(struct str text, char ret[static 32])
{
    return look_up(colours, COUNT(colours), text, ret, 32);
}

bool link_model(struct str text, char ret[static 32], char ret_make[static 32])
{
    char folded[LINK_TEXT_SIZE];
    link_fold(text, folded);
    copy(folded, ret, 32);
    ret_make[0] = 0;
    for (size_t i = 0; i < COUNT(models); i++) {
        if (models[i].model[0] != folded[0] || strcmp(models[i].model, folded) != 0) continue;
        copy(models[i].make, ret_make, 32);
        return true;
    }
    return false;
}
