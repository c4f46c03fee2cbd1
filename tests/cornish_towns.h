/*
 * cornish_towns: the towns of areas/cornwall/forums.txt, for tests and measurements whose
 * seeds and planted truth were made with them and which read no area pack.
 */
#ifndef PENDEEN_TESTS_CORNISH_TOWNS_H
#define PENDEEN_TESTS_CORNISH_TOWNS_H

#include "synth/partnership.h"

static const struct synth_town cornish_towns[] = {
    {STR_INIT("Penzance"), 0, STR_INIT("TR68")},   {STR_INIT("St Ives"), 0, STR_INIT("TR76")},
    {STR_INIT("Hayle"), 0, STR_INIT("TR77")},      {STR_INIT("Camborne"), 0, STR_INIT("TR64")},
    {STR_INIT("Redruth"), 0, STR_INIT("TR65")},    {STR_INIT("Helston"), 0, STR_INIT("TR63")},
    {STR_INIT("Truro"), 1, STR_INIT("TR51")},      {STR_INIT("Falmouth"), 1, STR_INIT("TR61")},
    {STR_INIT("Penryn"), 1, STR_INIT("TR60")},     {STR_INIT("Newquay"), 1, STR_INIT("TR57")},
    {STR_INIT("St Austell"), 1, STR_INIT("PL75")}, {STR_INIT("Perranporth"), 1, STR_INIT("TR56")},
    {STR_INIT("Bodmin"), 2, STR_INIT("PL81")},     {STR_INIT("Liskeard"), 2, STR_INIT("PL64")},
    {STR_INIT("Saltash"), 2, STR_INIT("PL62")},    {STR_INIT("Launceston"), 2, STR_INIT("PL65")},
    {STR_INIT("Bude"), 2, STR_INIT("EX73")},       {STR_INIT("Wadebridge"), 2, STR_INIT("PL77")},
};
enum { CORNISH_TOWNS = sizeof cornish_towns / sizeof *cornish_towns };

#endif
