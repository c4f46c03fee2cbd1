/*
 * viewc: what the files of the view compiler share (viewc.c says what it does).
 *
 * One view is read at a time into `in`; C is written to `header` and `source` as
 * it is understood.  Nothing is freed: the program ends after the last view.
 */
#ifndef PENDEEN_TOOLS_VIEWC_H
#define PENDEEN_TOOLS_VIEWC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { FIELDS = 64, NAME = 64, DEPTH = 64, TEXT = 1 << 20, EXPRESSION = 3 * NAME };

/* --- viewc.c: reading ------------------------------------------------------- */

struct input {
    const char *file;
    char text[TEXT]; /* ends with a NUL */
    size_t length;
    size_t at;
};
extern struct input in;
extern FILE *header;
extern FILE *source;

/* FILE:LINE: message, and the end; without an offset the line is where we are. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void fail_at(size_t offset, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool starts(const char *word);
void spaces(void);
void all_spaces(void);
void expect(char c);
/* Letters, digits and _. */
void word(char ret[static NAME]);
void *allocate(size_t size);

/* --- viewc_type.c: parameters ------------------------------------------------- */

enum type_kind { TYPE_STR, TYPE_INT, TYPE_NUM, TYPE_BOOL, TYPE_URL, TYPE_HTML, TYPE_LIST };
extern const char *const type_words[];

struct type;
struct field {
    char name[NAME];
    struct type *type;
    size_t declared_at;
    bool used;
};
struct type {
    enum type_kind kind;
    char struct_name[4 * NAME]; /* of a list's element, or of the view */
    struct field field[FIELDS];
    int count;
    bool written; /* its struct is in the header, and is whole: others may share it */
};

/* The parameters between the two lines of ---, into a type named struct_name. */
struct type *type_of_view(const char *struct_name);
struct field *type_field(struct type *type, const char *name);
/* The struct to `out`; those of its lists to the header, once. */
void type_write(FILE *out, const struct type *type);
/* Fails when a parameter was never used. */
void type_check_used(const struct type *type);

/* --- viewc_markup.c: where in the HTML we are ----------------------------------- */

enum place { IN_TEXT, IN_TAG, IN_VALUE };
struct markup {
    enum place place;
    char attribute[NAME];  /* of the value we are in, in lower case */
    size_t value_start;    /* offset of its first byte */
    bool value_is_url;
    int open_count;        /* elements that are open */
    int floor;             /* of these, how many may not be closed here */
};
extern struct markup markup;

void markup_begin(void);
/* One step of HTML that is no directive. */
void markup_step(void);
/* Past a comment, which is not drawn. */
void markup_skip_comment(void);
void markup_end(void);
/* The element that we are directly in takes plain text alone. */
bool markup_in_plain_text(void);
/* What stands at the offset is the first thing in a <textarea>. */
bool markup_begins_textarea(size_t offset);

/* --- viewc_insert.c: insertions, blocks, partials ---------------------------------- */

struct partial {
    char name[NAME];
    struct type *type;
    const char *file;
    bool used;
};
extern struct partial partials[];
extern int partial_count;
enum { PARTIALS = 64 };
struct partial *partial_find(const char *name);

void insert_begin(struct type *view, bool is_partial);
void insert_directive(void);
void insert_end(void);
/* A C string literal of text, with its quotes. */
void write_literal(const char *text, size_t length);

#endif
