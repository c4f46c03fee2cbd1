/*
 * banned: C library calls that may not be used, each a compile error that
 * names what to use instead.  The Makefile includes this file before every
 * source of src/, so nobody can forget it.
 */
#ifndef PENDEEN_BASE_BANNED_H
#define PENDEEN_BASE_BANNED_H

/* Their prototypes must be seen before the names are poisoned. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PENDEEN_BANNED(name, instead) name##_is_banned__use_##instead
#undef strcpy
#define strcpy(a, b) PENDEEN_BANNED(strcpy, buf_or_str_dup)
#undef strcat
#define strcat(a, b) PENDEEN_BANNED(strcat, buf_add)
#undef strncpy
#define strncpy(a, b, n) PENDEEN_BANNED(strncpy, str_sub)
#undef strncat
#define strncat(a, b, n) PENDEEN_BANNED(strncat, buf_add)
#undef sprintf
#define sprintf(...) PENDEEN_BANNED(sprintf, buf_add_fmt)
#undef vsprintf
#define vsprintf(...) PENDEEN_BANNED(vsprintf, buf_add_fmt)
#undef strtok
#define strtok(a, b) PENDEEN_BANNED(strtok, str_split)
#undef gets
#define gets(a) PENDEEN_BANNED(gets, fread)
#undef atoi
#define atoi(a) PENDEEN_BANNED(atoi, str_to_int)
#undef atof
#define atof(a) PENDEEN_BANNED(atof, str_to_double)
#undef localtime
#define localtime(a) PENDEEN_BANNED(localtime, clock_london)
#undef gmtime
#define gmtime(a) PENDEEN_BANNED(gmtime, clock_london)
#undef ctime
#define ctime(a) PENDEEN_BANNED(ctime, clock_words)
#undef rand
#define rand() PENDEEN_BANNED(rand, randombytes_or_a_seeded_generator)
#undef system
#define system(a) PENDEEN_BANNED(system, nothing)
#undef popen
#define popen(a, b) PENDEEN_BANNED(popen, nothing)
#undef alloca
#define alloca(n) PENDEEN_BANNED(alloca, arena_alloc)

#endif
