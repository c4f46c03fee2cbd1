/*
 * Import of spreadsheets: the pages.
 */
#include "web/layout.h"
#include "web/pages.h"

static void not_yet(struct request *request, struct response *response)
{
    struct err err;
    err_set(&err, ST_NOT_FOUND, "Spreadsheets are imported at the command line: pendeen import.");
    respond_error(request, response, &err);
}

void page_imports(struct request *request, struct response *response)
{
    not_yet(request, response);
}

void page_import_send(struct request *request, struct response *response)
{
    not_yet(request, response);
}

void page_import(struct request *request, struct response *response)
{
    not_yet(request, response);
}

void page_import_run(struct request *request, struct response *response)
{
    not_yet(request, response);
}

void page_import_progress(struct request *request, struct response *response)
{
    not_yet(request, response);
}

void page_import_refused(struct request *request, struct response *response)
{
    not_yet(request, response);
}
