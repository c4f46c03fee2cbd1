#include "web/answer.h"

#include "base/clock.h"

#include <assert.h>
#include <stdio.h>

static const char *reason_of(int status)
{
    switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    default: return ""; /* RFC 9112, 4: it may be empty */
    }
}

void answer_first(struct buf *head, int status)
{
    assert(status >= 200 && status <= 599);
    buf_add(head, STR("HTTP/1.1 "));
    buf_add_int(head, status);
    buf_add_char(head, ' ');
    buf_add_c(head, reason_of(status));
    buf_add(head, STR("\r\n"));
}

void answer_name(struct buf *head, struct str name)
{
    buf_add(head, name);
    buf_add(head, STR(": "));
}

void answer_value(struct buf *head, struct str piece)
{
    for (size_t i = 0; i < piece.len; i++)
        assert((unsigned char)piece.ptr[i] >= ' ' || piece.ptr[i] == '\t');
    buf_add(head, piece);
}

void answer_end(struct buf *head)
{
    buf_add(head, STR("\r\n"));
}

void answer_line(struct buf *head, struct str name, struct str value)
{
    answer_name(head, name);
    answer_value(head, value);
    answer_end(head);
}

void answer_length(struct buf *head, size_t length)
{
    buf_add(head, STR("Content-Length: "));
    buf_add_int(head, (int64_t)length);
    buf_add(head, STR("\r\n"));
}

/* RFC 9110, 5.6.7.  Written anew when the second changes, by each thread for itself. */
void answer_date(struct buf *head)
{
    enum { LINE = 48 };
    static const char days[7][4] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    static _Thread_local int64_t written = -1;
    static _Thread_local char line[LINE];
    int64_t second = clock_now() / 1000;
    if (second != written) {
        struct date date = date_from_days((int32_t)(second / 86400));
        int of_day = (int)(second % 86400);
        int length = snprintf(line, sizeof line, "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n",
                              days[date_weekday(date)], date.day, months[date.month - 1], date.year,
                              of_day / 3600, of_day / 60 % 60, of_day % 60);
        assert(length > 0 && length < LINE);
        written = second;
    }
    buf_add_c(head, line);
}
