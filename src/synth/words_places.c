#include "synth/words_places.h"

#define COUNT(table) (sizeof table / sizeof table[0])

const struct synth_town synth_towns[] = {
    {STR_INIT("Oldhaven"), 0, STR_INIT("ZX51")},
    {STR_INIT("Kettleby Sound"), 0, STR_INIT("ZX52")},
    {STR_INIT("Fernwick"), 0, STR_INIT("ZX53")},
    {STR_INIT("Tollgate"), 0, STR_INIT("ZX54")},
    {STR_INIT("Ashbourne Quay"), 0, STR_INIT("ZX55")},
    {STR_INIT("Millrace"), 0, STR_INIT("ZX56")},
    {STR_INIT("Highmarket"), 1, STR_INIT("ZX57")},
    {STR_INIT("Lowmarket"), 1, STR_INIT("ZX58")},
    {STR_INIT("Saltpans"), 1, STR_INIT("ZX59")},
    {STR_INIT("Bellhaven"), 1, STR_INIT("ZX60")},
    {STR_INIT("Greenferry"), 1, STR_INIT("ZX61")},
    {STR_INIT("Cragside Bay"), 1, STR_INIT("ZX62")},
    {STR_INIT("Stonebridge End"), 2, STR_INIT("ZX63")},
    {STR_INIT("Westering"), 2, STR_INIT("ZX64")},
    {STR_INIT("Heronmouth"), 2, STR_INIT("ZX65")},
    {STR_INIT("Larkhill Cross"), 2, STR_INIT("ZX66")},
    {STR_INIT("Foxholt"), 2, STR_INIT("ZX67")},
    {STR_INIT("Brackenford"), 2, STR_INIT("ZX68")},
};
const uint32_t synth_towns_count = COUNT(synth_towns);

/* % stands for one of synth_venue_words. */
const struct synth_place_form synth_place_forms[SYNTH_PLACE_TYPES] = {
    [SYNTH_TAKEAWAY] = {16, STR_INIT("% Fish Bar|% Kebab|% Pizza|% Chicken|% Grill")},
    [SYNTH_CAFE] = {7, STR_INIT("% Cafe|% Coffee House|% Tea Rooms")},
    [SYNTH_PUB] = {6, STR_INIT("The % Arms|The % Inn|The %")},
    [SYNTH_PARK] = {10, STR_INIT("% Park|% Playing Field|% Skate Park|% Gardens")},
    [SYNTH_STATION] = {5, STR_INIT("% Road Bus Station|% Lane Bus Stop|% Halt")},
    [SYNTH_SHOPS] = {9, STR_INIT("% Shopping Centre|% Arcade|% Parade|% Stores")},
    [SYNTH_SPORT] = {5, STR_INIT("% Leisure Centre|% Sports Hall|% Pool")},
    [SYNTH_SCHOOL] = {9, STR_INIT("% School|% Academy|% College")},
    [SYNTH_CAR_PARK] = {8, STR_INIT("% Street Car Park|% Quay Car Park|% Multistorey")},
    [SYNTH_BEACH] = {4, STR_INIT("% Cove|% Sands|% Beach")},
    [SYNTH_HOME] = {17, STR_INIT("")},
    [SYNTH_HOTEL] = {4, STR_INIT("% Guest House|% Lodge|% Hotel")},
};

const struct synth_vehicle synth_vehicles[] = {
    {STR_INIT("Vauxhall"), STR_INIT("Corsa"), 10},
    {STR_INIT("Vauxhall"), STR_INIT("Astra"), 7},
    {STR_INIT("Vauxhall"), STR_INIT("Vivaro"), 2},
    {STR_INIT("Ford"), STR_INIT("Fiesta"), 10},
    {STR_INIT("Ford"), STR_INIT("Focus"), 8},
    {STR_INIT("Ford"), STR_INIT("Transit"), 5},
    {STR_INIT("Volkswagen"), STR_INIT("Golf"), 7},
    {STR_INIT("Volkswagen"), STR_INIT("Polo"), 5},
    {STR_INIT("Volkswagen"), STR_INIT("Transporter"), 3},
    {STR_INIT("BMW"), STR_INIT("3 Series"), 4},
    {STR_INIT("BMW"), STR_INIT("1 Series"), 3},
    {STR_INIT("Audi"), STR_INIT("A3"), 4},
    {STR_INIT("Audi"), STR_INIT("A4"), 3},
    {STR_INIT("Renault"), STR_INIT("Clio"), 4},
    {STR_INIT("Peugeot"), STR_INIT("207"), 3},
    {STR_INIT("Peugeot"), STR_INIT("Partner"), 2},
    {STR_INIT("Nissan"), STR_INIT("Qashqai"), 3},
    {STR_INIT("Toyota"), STR_INIT("Yaris"), 3},
    {STR_INIT("Skoda"), STR_INIT("Octavia"), 3},
    {STR_INIT("Seat"), STR_INIT("Ibiza"), 3},
    {STR_INIT("Mercedes"), STR_INIT("Sprinter"), 2},
    {STR_INIT("Citroen"), STR_INIT("Berlingo"), 2},
    {STR_INIT("Honda"), STR_INIT("Civic"), 2},
    {STR_INIT("Fiat"), STR_INIT("Punto"), 2},
};
const uint32_t synth_vehicles_count = COUNT(synth_vehicles);

const struct synth_colour synth_colours[] = {
    {STR_INIT("black"), 20, STR_INIT("dark blue|dark grey|navy")},
    {STR_INIT("grey"), 17, STR_INIT("silver|dark grey")},
    {STR_INIT("white"), 18, STR_INIT("cream|silver")},
    {STR_INIT("silver"), 15, STR_INIT("grey|light grey|light blue")},
    {STR_INIT("blue"), 15, STR_INIT("dark blue|navy|black")},
    {STR_INIT("red"), 9, STR_INIT("maroon|dark red|burgundy")},
    {STR_INIT("green"), 3, STR_INIT("dark green|grey")},
    {STR_INIT("gold"), 2, STR_INIT("beige|bronze")},
    {STR_INIT("yellow"), 1, STR_INIT("orange|gold")},
};
const uint32_t synth_colours_count = COUNT(synth_colours);

const struct synth_organisation synth_organisations[] = {
    {STR_INIT("Carn Wartha School"), STR_INIT("education"), 0},
    {STR_INIT("Tolgarrick Health Centre"), STR_INIT("health"), 0},
    {STR_INIT("Harbour Lights Youth Service"), STR_INIT("youth-service"), 0},
    {STR_INIT("Tinpit Housing Trust"), STR_INIT("housing"), 0},
    {STR_INIT("Lanhaverne Academy"), STR_INIT("education"), 1},
    {STR_INIT("Penmorvah Community Nursing"), STR_INIT("health"), 1},
    {STR_INIT("Blue Door Young People's Project"), STR_INIT("voluntary"), 1},
    {STR_INIT("Riverbank Children's Home"), STR_INIT("childrens-home"), 1},
    {STR_INIT("Tremabe College"), STR_INIT("education"), 2},
    {STR_INIT("Bracken Youth Justice Team"), STR_INIT("youth-justice"), 2},
    {STR_INIT("Eastern Moors Housing"), STR_INIT("housing"), 2},
    {STR_INIT("Coastal Hotels Watch"), STR_INIT("business"), 2},
    {STR_INIT("County Missing and Exploitation Team"), STR_INIT("police"), 0},
    {STR_INIT("Children's Social Care Duty Team"), STR_INIT("social-care"), 1},
};

const struct str synth_venue_words = STR_INIT(
    "Lantern|Gannet|Bluebell|Copper Kettle|Sandpiper|Hedgehog|Two Oars|Marigold|Windmill|"
    "Foxglove|Kestrel|Thimble|Pepperpot|Wheelhouse|Old Net|Seven Stones|Puffin|Bramble|"
    "Anchor Light|Tern|Barnacle|Heron|Limpet|Quarryman|Bal Maiden|Cormorant|Sea Holly|"
    "Thrift|Samphire|Whitesail|Drift|Galleon|Lugger|Stepping Stone|Corner Oak|Buzzard|"
    "Mulberry|Turnstone|Juniper|Skylark|Driftwood|Millpond|Rosehip|Clapper|Fiddler|Harvester|"
    "Tidewater|Rowan|Greenfinch|Cobble|Sundial|Oyster|Lobster Pot|Ropewalk|Granite|Blackthorn");

const struct str synth_street_words = STR_INIT(
    "Fore Street|Chapel Terrace|Harbour Road|Tinpit Lane|Mill Hill|Wesley Row|Market Street|"
    "Station Approach|Church Lane|Quarry Road|Well Lane|Beacon Terrace|Moor View|Orchard Close|"
    "Cross Street|Vicarage Road|Engine House Lane|Coombe Road|North Parade|School Lane|"
    "Meadow Drive|Rope Lane|Penny Lane End|Stennack Close|Assayer Street|Bellman Road|"
    "Cooper Terrace|Dairy Lane|Elm Drive|Ferry Hill|Gorse Road|Hawthorn Way");
