/* Every route against every role and every relationship to a record, over HTTP.  What
 * must come out stands in the tables here, apart from the program's own. */
#include "domain/account.h"
#include "domain/api_client.h"
#include "domain/area.h"
#include "domain/child_access.h"
#include "domain/connection.h"
#include "domain/decision.h"
#include "domain/destroy.h"
#include "domain/desk.h"
#include "domain/disruption.h"
#include "domain/entity.h"
#include "domain/grant.h"
#include "domain/handling.h"
#include "domain/limit.h"
#include "domain/location.h"
#include "domain/map.h"
#include "domain/missing.h"
#include "domain/registry.h"
#include "domain/meeting.h"
#include "domain/pattern.h"
#include "domain/referral.h"
#include "domain/scope.h"
#include "domain/search.h"
#include "web/reopened.h"
#include "web/route.h"
#include "web/server.h"

#include "share_on.h"
#include "tests_common.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

static struct app app;
static struct area *area;
static struct server *server;
static struct arena arena;
static const char password[] = "a password for tests";

/* --- HTTP -------------------------------------------------------------------------- */

enum { REPLY_MAX = 1 << 20 };
static char reply[REPLY_MAX + 1];

static int exchange(const char *bytes, size_t size)
{
    int handle = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(server_port(server))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(handle, (struct sockaddr *)&to, sizeof to), 0);
    for (size_t sent = 0; sent < size;) {
        ssize_t now = send(handle, bytes + sent, size - sent, MSG_NOSIGNAL);
        if (now <= 0) break;
        sent += (size_t)now;
    }
    size_t got = 0;
    ssize_t now;
    while (got < REPLY_MAX && (now = recv(handle, reply + got, REPLY_MAX - got, 0)) > 0)
        got += (size_t)now;
    reply[got] = 0;
    close(handle);
    int status = 0;
    sscanf(reply, "HTTP/1.1 %d", &status);
    return status;
}

struct member {
    const char *name;
    const char *email;
    enum role role;
    int organisation; /* place in `organisations` */
    struct person person;
    struct session session;
    char token[SEAL_TOKEN_SIZE]; /* of a program that is this account */
};

/* The same of a program: `body` is JSON, or NULL for a GET. Every request under a new key. */
static int ask_as_program(const struct member *who, const char *path, const char *body)
{
    static int key;
    char text[4000];
    int size = snprintf(
        text, sizeof text,
        "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer %s\r\n",
        body ? "POST" : "GET", path, who->token);
    if (body)
        size += snprintf(text + size, sizeof text - (size_t)size,
                         "Content-Type: application/json\r\nContent-Length: %zu\r\nIf-Match: *\r\n"
                         "Idempotency-Key: key-%d\r\n",
                         strlen(body), ++key);
    snprintf(text + size, sizeof text - (size_t)size, "\r\n%s", body ? body : "");
    return exchange(text, strlen(text));
}

/* `body`: form fields without the token, or NULL for a GET. */
static int ask(const struct member *who, const char *path, const char *body)
{
    limit_clear();
    if (str_starts(str_from(path), STR("/api/"))) return ask_as_program(who, path, body);
    char text[4000];
    char form[2000] = "";
    if (body) snprintf(form, sizeof form, "csrf=%s&%s", who->session.csrf, body);
    int size = snprintf(text, sizeof text,
                        "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                        "Cookie: __Host-pendeen=%s\r\n",
                        body ? "POST" : "GET", path, who->session.token);
    if (body)
        size +=
            snprintf(text + size, sizeof text - (size_t)size,
                     "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n",
                     strlen(form));
    snprintf(text + size, sizeof text - (size_t)size, "\r\n%s", form);
    return exchange(text, strlen(text));
}

static const char *reply_body(void)
{
    const char *body = strstr(reply, "\r\n\r\n");
    return body ? body : "";
}

/* --- the partnership ------------------------------------------------------------------ */

static const struct {
    const char *name;
    const char *sector;
    const char *forum;
} organisations[] = {{"Owner School", "education", "mid"},
                     {"Mid Youth Service", "youth-service", "mid"},
                     {"East Hospital", "health", "east"},
                     {"East Police", "police", "east"}};
enum { OWNER, SAME_FORUM, OTHER_FORUM, POLICE, ORGANISATIONS };
static int64_t organisation_id[ORGANISATIONS];

/* People by role and organisation; only these ask. */
#define MEMBER(...) {__VA_ARGS__, {0}, {{0}, {0}}, {0}}
static struct member members[] = {
    MEMBER("sender", "sender@example.org", ROLE_practitioner, OWNER),
    MEMBER("colleague", "colleague@example.org", ROLE_practitioner, OWNER),
    MEMBER("own representative", "representative@example.org", ROLE_representative, OWNER),
    MEMBER("own lead", "lead@example.org", ROLE_safeguarding_lead, OWNER),
    MEMBER("own analyst", "own-analyst@example.org", ROLE_analyst, OWNER),
    MEMBER("other practitioner", "other@example.org", ROLE_practitioner, SAME_FORUM),
    MEMBER("other representative", "other-rep@example.org", ROLE_representative, SAME_FORUM),
    MEMBER("other lead", "other-lead@example.org", ROLE_safeguarding_lead, SAME_FORUM),
    MEMBER("forum analyst", "analyst@example.org", ROLE_analyst, SAME_FORUM),
    MEMBER("forum coordinator", "coordinator@example.org", ROLE_coordinator, SAME_FORUM),
    MEMBER("far analyst", "far@example.org", ROLE_analyst, OTHER_FORUM),
    MEMBER("far coordinator", "far-coordinator@example.org", ROLE_coordinator, OTHER_FORUM),
    MEMBER("far representative", "far-rep@example.org", ROLE_representative, OTHER_FORUM),
    MEMBER("police analyst", "police@example.org", ROLE_analyst, POLICE),
    MEMBER("MARU officer", "maru@example.org", ROLE_maru_officer, OTHER_FORUM),
    MEMBER("administrator", "administrator@example.org", ROLE_administrator, OWNER),
    MEMBER("auditor", "auditor@example.org", ROLE_auditor, OWNER),
};
enum { SENDER, COLLEAGUE, OWN_REPRESENTATIVE, OWN_LEAD, OWN_ANALYST, OTHER_PRACTITIONER,
       OTHER_REPRESENTATIVE, OTHER_LEAD, FORUM_ANALYST, COORDINATOR, FAR_ANALYST, FAR_COORDINATOR,
       FAR_REPRESENTATIVE, POLICE_ANALYST, MARU_OFFICER, ADMINISTRATOR, AUDITOR, MEMBERS };

/* The records that are asked for, each with a mention. */
enum {
    OPEN_RECORD,  /* of Owner School, no condition */
    FORUM_RECORD, /* this forum only */
    NAMED_RECORD, /* names East Hospital */
    MARU_RECORD,
    ASK_RECORD,
    OWN_RECORD,   /* of each asker in turn: see own_record */
    RECORDS
};
static const char *const record_names[RECORDS] = {"open", "forum only", "named", "MARU and police",
                                                  "ask first", "one's own"};
static struct {
    int64_t submission;
    int64_t mention;
    int64_t decision; /* of its mention with one that says the same */
    int64_t twin;     /* that mention: of a record that everybody here sees as they see this */
    char reference[REFERENCE_SIZE];
} records[RECORDS];
static int64_t own_records[MEMBERS];

/* Somebody else, whom it does not name, as if they represented the sender's organisation. */
static struct person representative_of(int who, const char *named)
{
    int other = 0;
    while (other == who || members[other].role != ROLE_representative ||
           str_eq(members[other].person.name, str_from(named)))
        other++;
    struct person representative = members[other].person;
    representative.organisation = members[who].person.organisation;
    representative.scope = NULL;
    return representative;
}

static struct date shared_day; /* on which it was seen; year 0: not said */

static int64_t share(int who, const char *key, const char *handling, const char *name,
                     const char *phone, char *ret_reference)
{
    struct mention_draft mention[2] = {{.kind = LINK_PERSON, .span_start = -1, .span_end = -1},
                                       {.kind = LINK_PHONE, .span_start = -1, .span_end = -1}};
    mention[0].field[LINK_NAME] = str_from(name);
    mention[1].field[LINK_NUMBER] = str_from(phone);
    struct submission_draft draft = {.idempotency_key = str_from(key),
                                     .narrative =
                                         str_fmt(&arena, "%s was seen, %s rang.", name, phone),
                                     .handling = str_from(handling),
                                     .seen_from = shared_day,
                                     .seen_to = shared_day,
                                     .mention = mention,
                                     .mention_count = phone[0] ? 2 : 1};
    struct submission_receipt receipt;
    struct err err = {0};
    /* Also those who cannot share have something in the store. */
    struct person sender = members[who].person;
    sender.roles |= 1u << ROLE_practitioner;
    if (submission_share(&app, &sender, &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    struct person representative = representative_of(who, name);
    share_on_by(&app, &arena, &representative, receipt.id);
    if (ret_reference) memcpy(ret_reference, receipt.reference, REFERENCE_SIZE);
    return receipt.id;
}

static int64_t first_mention(int64_t submission)
{
    int64_t *ids = NULL;
    assert_true(entity_mentions_of(app.entities, &arena, submission, &ids) > 0);
    return ids[0];
}

static void make_records(void)
{
    static const char *codes[] = {"handling:P", "handling:C.forum", "handling:C.named",
                                  "handling:C.maru-police", "handling:C.ask"};
    static const char *names[] = {"Tamsin Alder", "Jory Birch", "Merryn Cedar", "Kitto Damson",
                                  "Lowen Elder"};
    struct person decider = members[OWN_ANALYST].person;
    struct err err = {0};
    for (int i = 0; i < OWN_RECORD; i++) {
        char key[32];
        char phone[32];
        snprintf(key, sizeof key, "record-%d", i);
        snprintf(phone, sizeof phone, "07700 90010%d", i);
        records[i].submission = share(SENDER, key, codes[i], names[i], phone, records[i].reference);
        records[i].mention = first_mention(records[i].submission);
        snprintf(key, sizeof key, "twin-%d", i);
        int64_t twin = share(SENDER, key, codes[i], names[i], "", NULL);
        records[i].twin = first_mention(twin);
        if (decision_make(&app, &decider, records[i].mention, records[i].twin, VERDICT_SAME,
                          STR("The names agree."), &err) != ST_OK)
            fail_msg("%s", err.public);
        struct decision_line *lines = NULL;
        size_t count = 0;
        assert_int_equal(decisions_of_pair(&app, &arena, records[i].mention, records[i].twin,
                                           &lines, &count, NULL),
                         ST_OK);
        records[i].decision = lines[0].id;
        if (i != NAMED_RECORD) continue;
        int64_t submissions[] = {records[i].submission, twin};
        for (int k = 0; k < 2; k++)
            if (handling_set(&app, &members[OWN_REPRESENTATIVE].person, submissions[k],
                             STR("handling:C.named"), &organisation_id[OTHER_FORUM], 1,
                             &err) != ST_OK)
                fail_msg("%s", err.public);
    }
    for (int i = 0; i < MEMBERS; i++) {
        char key[32];
        snprintf(key, sizeof key, "own-%d", i);
        own_records[i] = share(i, key, "handling:P", "Wenna Furze", "", NULL);
    }
}

/* --- what must come out ------------------------------------------------------------------ */

/* What a person may do to a record, as letters: r read, l links, d decide, h handling,
 * g grant, b block, s source, c ask to connect (nothing is there to ask for, mostly),
 * a answer.  One line for each person, one column for each record. */
static const char *const expected[MEMBERS][RECORDS] = {
    /*                        open     forum    named    maru     ask      own */
    [SENDER] =               {"r",     "r",     "r",     "r",     "r",     "r"},
    [COLLEAGUE] =            {"",      "",      "",      "",      "",      "r"},
    [OWN_REPRESENTATIVE] =   {"rhgsa", "rhgsa", "rhgsa", "rhgsa", "rhgsa", "rhgsa"},
    [OWN_LEAD] =             {"rhgbsa", "rhgbsa", "rhgbsa", "rhgbsa", "rhgbsa", "rhgbsa"},
    [OWN_ANALYST] =          {"rldhca", "rldhca", "rldhca", "rldhca", "rldhca", "rldhca"},
    [OTHER_PRACTITIONER] =   {"",      "",      "",      "",      "",      "r"},
    [OTHER_REPRESENTATIVE] = {"",      "",      "",      "",      "",      "rhgsa"},
    [OTHER_LEAD] =           {"",      "",      "",      "",      "",      "rhgbsa"},
    [FORUM_ANALYST] =        {"rldhc", "rldhc", "",      "",      "",      "rldhca"},
    [COORDINATOR] =          {"rlhgbc", "rlhgbc", "",    "",      "",      "rlhgbc"},
    [FAR_ANALYST] =          {"",      "",      "rldhc", "",      "",      "rldhca"},
    [FAR_COORDINATOR] =      {"",      "",      "rlhgbc", "",     "",      "rlhgbc"},
    [FAR_REPRESENTATIVE] =   {"",      "",      "r",     "",      "",      "rhgsa"},
    [POLICE_ANALYST] =       {"",      "",      "",      "rldhc", "",      "rldhca"},
    [MARU_OFFICER] =         {"",      "",      "rlc",   "rlc",   "",      "rlc"},
    [ADMINISTRATOR] =        {"",      "",      "",      "",      "",      ""},
    [AUDITOR] =              {"",      "",      "",      "",      "",      ""},
};

static const struct {
    char letter;
    enum action action;
} letters[] = {{'r', ACT_READ_SUBMISSION}, {'l', ACT_SEE_LINKS},  {'d', ACT_DECIDE},
               {'h', ACT_SET_HANDLING},    {'g', ACT_GRANT},      {'b', ACT_BLOCK},
               {'s', ACT_SEE_SOURCE},      {'c', ACT_ASK_CONNECTION}, {'a', ACT_ANSWER_CONNECTION}};
enum { LETTERS = sizeof letters / sizeof *letters };

/* What each route needs of the record in its path, and how it is asked.  `needs` '*':
 * it has no record in it, so that what comes out is the business of test_routes.c and
 * of the tests below on lists and counts; '-': it is open to everybody. */
static const struct matrix_entry {
    enum route_id route;
    char needs;
    const char *body;   /* of a POST: so that it changes nothing, or is refused late */
    int good;           /* the status where it is allowed */
    /* what the second {id} is: 1 the twin's mention, 2 a row that is not there */
    int second;
} matrix[] = {
    {ROUTE_home, '-', NULL, 0, 0},
    {ROUTE_asset, '-', NULL, 0, 0},
    {ROUTE_help_now, '-', NULL, 0, 0},
    {ROUTE_sign_in, '-', NULL, 0, 0},
    {ROUTE_sign_in_send, '-', NULL, 0, 0},
    {ROUTE_sign_out, '*', NULL, 0, 0},
    {ROUTE_share, '*', NULL, 0, 0},
    {ROUTE_share_send, '*', NULL, 0, 0},
    {ROUTE_shared, '*', NULL, 0, 0},
    {ROUTE_submissions, '*', NULL, 0, 0},
    {ROUTE_submission, 'r', NULL, 200, 0},
    {ROUTE_suggestions, '*', NULL, 0, 0},
    /* gradings */
    {ROUTE_origins, 'l', NULL, 200, 0},
    {ROUTE_origin_say, 'd', "first=1&second=1", 400, 0},
    {ROUTE_origin_end, 'd', "x=1", 404, 2},
    /* relations, notes */
    {ROUTE_relations, 'l', NULL, 200, 0},
    {ROUTE_relation_add, 'd', "term=x&other=1", 400, 0},
    {ROUTE_relation_end, 'd', "why=x", 404, 2},
    {ROUTE_notes, 'd', NULL, 200, 0},
    {ROUTE_note_add, 'd', "text=", 400, 0},
    {ROUTE_note_end, 'd', "x=1", 404, 2},
    {ROUTE_watching, '*', NULL, 0, 0},
    {ROUTE_news, '*', NULL, 0, 0},
    {ROUTE_meeting_gap, '*', NULL, 0, 0},
    {ROUTE_feedback_due, '*', NULL, 0, 0},
    {ROUTE_feedback_give, '*', NULL, 0, 0},
    {ROUTE_feedback_unanswered, '*', NULL, 0, 0},
    {ROUTE_watching_seen, '*', NULL, 0, 0},
    {ROUTE_watch_add, 'l', "x=1", 303, 0},
    {ROUTE_watch_end, '*', NULL, 0, 0}, /* test_analyst: one's own */
    {ROUTE_problem, '*', NULL, 0, 0},
    {ROUTE_problem_list, '*', NULL, 0, 0},
    {ROUTE_problem_pdf, '*', NULL, 0, 0},
    {ROUTE_problem_csv, '*', NULL, 0, 0},
    {ROUTE_grading, '*', NULL, 0, 0},
    {ROUTE_grade, 'd', NULL, 200, 0},
    {ROUTE_grade_send, 'd', "source=x", 400, 0},
    {ROUTE_grade_second, 'd', "answer=agree&reason=", 404, 2},
    {ROUTE_pair, 'l', NULL, 200, 1},
    {ROUTE_together, 'l', NULL, 200, 0},
    {ROUTE_together_decide, 'd', "verdict=same&reason=", 400, 0},
    {ROUTE_pair_decide, 'd', "verdict=same&reason=", 400, 1},
    {ROUTE_decision_undo, '*', NULL, 0, 0}, /* asked in a test of its own: it changes things */
    {ROUTE_entities, '*', NULL, 0, 0},
    {ROUTE_entity, 'l', NULL, 200, 0},
    {ROUTE_search, '*', NULL, 0, 0},
    {ROUTE_search_words, '*', NULL, 0, 0},
    /* referrals: in a test of their own, referrals_are_for_those_in_the_table */
    {ROUTE_referrals, '*', NULL, 0, 0},
    {ROUTE_referral_new, '*', NULL, 0, 0},
    {ROUTE_referral_begin, '*', NULL, 0, 0},
    {ROUTE_referral, '*', NULL, 0, 0},
    {ROUTE_referral_step, '*', NULL, 0, 0},
    {ROUTE_referral_save, '*', NULL, 0, 0},
    {ROUTE_referral_rows, '*', NULL, 0, 0},
    {ROUTE_referral_rows_send, '*', NULL, 0, 0},
    {ROUTE_referral_check, '*', NULL, 0, 0},
    {ROUTE_referral_send, '*', NULL, 0, 0},
    {ROUTE_referral_sent, '*', NULL, 0, 0},
    {ROUTE_referral_withdraw, '*', NULL, 0, 0},
    {ROUTE_referral_withdraw_send, '*', NULL, 0, 0},
    {ROUTE_referral_add, '*', NULL, 0, 0},
    {ROUTE_referral_print, '*', NULL, 0, 0},
    {ROUTE_referral_pdf, '*', NULL, 0, 0},
    {ROUTE_imports, '*', NULL, 0, 0},
    {ROUTE_import_send, '*', NULL, 0, 0},
    {ROUTE_import, '*', NULL, 0, 0},
    {ROUTE_import_run, '*', NULL, 0, 0},
    {ROUTE_import_remove, '*', NULL, 0, 0},
    {ROUTE_import_progress, '*', NULL, 0, 0},
    {ROUTE_import_refused, '*', NULL, 0, 0},
    {ROUTE_inbox, '*', NULL, 0, 0},
    {ROUTE_forward, '*', NULL, 0, 0}, /* test_forward asks who may */
    {ROUTE_forward_send, '*', NULL, 0, 0},
    {ROUTE_submission_withdrawing, '*', NULL, 0, 0},
    {ROUTE_submission_reply, '*', NULL, 0, 0},
    /* to the referral unit instead: test_maru asks who may */
    {ROUTE_forward_maru, '*', NULL, 0, 0},
    {ROUTE_forward_maru_send, '*', NULL, 0, 0},
    {ROUTE_desk_sent, '*', NULL, 0, 0},
    {ROUTE_desk_sent_do, '*', NULL, 0, 0},
    {ROUTE_receipt_card, '*', NULL, 0, 0}, /* by its reference, as ROUTE_shared */
    {ROUTE_receipt_card_pdf, '*', NULL, 0, 0},
    {ROUTE_submission_access, 'h', NULL, 200, 0},
    {ROUTE_handling_set, 'h', "handling=nothing", 400, 0},
    {ROUTE_grant_add, 'g', "kind=granted&email=nobody%40example.org&until=&reason=x", 400, 0},
    {ROUTE_grant_end, 'g', "x=1", 404, 2},
    {ROUTE_block_add, 'b', "email=nobody%40example.org&reason=x", 400, 0},
    {ROUTE_block_end, 'b', "x=1", 404, 2},
    {ROUTE_source, 's', "reason=", 400, 0},
    {ROUTE_connect, 'c', NULL, 404, 0}, /* nothing fits them: nothing to ask for */
    {ROUTE_connect_send, 'c', "message=x", 404, 0},
    {ROUTE_connection_answer, '*', NULL, 0, 0}, /* in a test of its own */
    {ROUTE_connection_seen, '*', NULL, 0, 0},
    {ROUTE_break_glass, '*', NULL, 0, 0},
    {ROUTE_break_glass_send, '*', NULL, 0, 0},
    {ROUTE_broken_seen, '*', NULL, 0, 0},
    {ROUTE_notices, '*', NULL, 0, 0},
    {ROUTE_service_worker, '-', NULL, 0, 0},
    {ROUTE_help_place, '-', NULL, 0, 0},
    {ROUTE_guidance, '-', NULL, 0, 0},
    {ROUTE_guidance_page, '-', NULL, 0, 0},
    /* who to call to print, the directory of support, and who keeps both */
    {ROUTE_help_card, '-', NULL, 0, 0},
    {ROUTE_help_poster, '-', NULL, 0, 0},
    {ROUTE_support, '-', NULL, 0, 0},
    {ROUTE_support_data, '-', NULL, 0, 0},
    {ROUTE_contacts, '*', NULL, 0, 0},
    {ROUTE_contact, '*', NULL, 0, 0},
    {ROUTE_contact_save, '*', NULL, 0, 0},
    {ROUTE_support_imports, '*', NULL, 0, 0},
    {ROUTE_support_import_send, '*', NULL, 0, 0},
    {ROUTE_support_import, '*', NULL, 0, 0},
    {ROUTE_support_import_end, '*', NULL, 0, 0},
    {ROUTE_sign_in_with, '-', NULL, 0, 0},
    {ROUTE_sign_in_return, '-', NULL, 0, 0},
    {ROUTE_signed_out, '-', NULL, 0, 0},
    {ROUTE_audit, '*', NULL, 0, 0},
    {ROUTE_audit_find, '*', NULL, 0, 0},
    {ROUTE_audit_csv, '*', NULL, 0, 0},
    {ROUTE_audit_unusual, '*', NULL, 0, 0},
    {ROUTE_audit_account, '*', NULL, 0, 0},
    {ROUTE_audit_account_csv, '*', NULL, 0, 0},
    {ROUTE_audit_record, '*', NULL, 0, 0},
    {ROUTE_audit_record_csv, '*', NULL, 0, 0},
    {ROUTE_second, '-', NULL, 0, 0},
    {ROUTE_second_send, '-', NULL, 0, 0},
    {ROUTE_sign_in_challenge, '-', NULL, 0, 0},
    {ROUTE_sign_in_passkey, '-', NULL, 0, 0},
    {ROUTE_welcome, '-', NULL, 0, 0},
    {ROUTE_welcome_send, '-', NULL, 0, 0},
    {ROUTE_forgotten, '-', NULL, 0, 0},
    {ROUTE_forgotten_send, '-', NULL, 0, 0},
    {ROUTE_account, '*', NULL, 0, 0},
    {ROUTE_confirm, '*', NULL, 0, 0},
    {ROUTE_confirm_challenge, '*', NULL, 0, 0},
    {ROUTE_account_password, '*', NULL, 0, 0},
    {ROUTE_account_password_send, '*', NULL, 0, 0},
    {ROUTE_account_app, '*', NULL, 0, 0},
    {ROUTE_account_app_begin, '*', NULL, 0, 0},
    {ROUTE_account_app_send, '*', NULL, 0, 0},
    {ROUTE_account_app_remove, '*', NULL, 0, 0},
    {ROUTE_account_recovery, '*', NULL, 0, 0},
    {ROUTE_account_passkey_challenge, '*', NULL, 0, 0},
    {ROUTE_account_passkey_add, '*', NULL, 0, 0},
    {ROUTE_account_passkey, '*', NULL, 0, 0},
    {ROUTE_account_session_end, '*', NULL, 0, 0},
    {ROUTE_account_sessions_end, '*', NULL, 0, 0},
    {ROUTE_people, '*', NULL, 0, 0},
    {ROUTE_person_new, '*', NULL, 0, 0},
    {ROUTE_person_add, '*', NULL, 0, 0},
    {ROUTE_person, '*', NULL, 0, 0},
    {ROUTE_person_edit, '*', NULL, 0, 0},
    {ROUTE_person_change, '*', NULL, 0, 0},
    {ROUTE_person_disable, '*', NULL, 0, 0},
    {ROUTE_person_enable, '*', NULL, 0, 0},
    {ROUTE_person_link, '*', NULL, 0, 0},
    {ROUTE_person_factors, '*', NULL, 0, 0},
    {ROUTE_person_absence_add, '*', NULL, 0, 0},
    {ROUTE_person_absence_end, '*', NULL, 0, 0},
    {ROUTE_person_forum_add, '*', NULL, 0, 0},
    {ROUTE_person_forum_end, '*', NULL, 0, 0},
    {ROUTE_organisations, '*', NULL, 0, 0},
    {ROUTE_organisation_new, '*', NULL, 0, 0},
    {ROUTE_organisation_add, '*', NULL, 0, 0},
    {ROUTE_organisation, '*', NULL, 0, 0},
    {ROUTE_organisation_change, '*', NULL, 0, 0},
    {ROUTE_organisation_disable, '*', NULL, 0, 0},
    {ROUTE_organisation_enable, '*', NULL, 0, 0},
    /* the desk: asked in a test of its own below, and in test_desk.c */
    {ROUTE_desk, '*', NULL, 0, 0},
    {ROUTE_desk_case, '*', NULL, 0, 0},
    {ROUTE_desk_do, '*', NULL, 0, 0},
    {ROUTE_desk_do_send, '*', NULL, 0, 0},
    {ROUTE_checks, '*', NULL, 0, 0},
    {ROUTE_check, '*', NULL, 0, 0},
    {ROUTE_check_answer, '*', NULL, 0, 0},
    {ROUTE_referral_outcome, '*', NULL, 0, 0},
    {ROUTE_referral_disagree, '*', NULL, 0, 0},
    {ROUTE_desk_notice_seen, '*', NULL, 0, 0},
    {ROUTE_measures, '*', NULL, 0, 0},
    {ROUTE_measures_csv, '*', NULL, 0, 0},
    /* the network chart: in a test of its own below */
    {ROUTE_network, '*', NULL, 0, 0},
    {ROUTE_network_svg, '*', NULL, 0, 0},
    {ROUTE_network_graphml, '*', NULL, 0, 0},
    {ROUTE_network_csv, '*', NULL, 0, 0},
    {ROUTE_network_lines, '*', NULL, 0, 0},
    {ROUTE_timeline, '*', NULL, 0, 0},
    {ROUTE_network_views, '*', NULL, 0, 0},
    {ROUTE_network_view_save, '*', NULL, 0, 0},
    {ROUTE_network_view_end, '*', NULL, 0, 0},
    /* patterns: in a test of its own below */
    {ROUTE_patterns, '*', NULL, 0, 0},
    {ROUTE_pattern, '*', NULL, 0, 0},
    {ROUTE_pattern_answer, '*', NULL, 0, 0},
    /* children's records: in a test of their own, child_routes_answer_as_the_table_says */
    {ROUTE_children, '*', NULL, 0, 0},
    {ROUTE_child_new, '*', NULL, 0, 0},
    {ROUTE_child_create, '*', NULL, 0, 0},
    {ROUTE_children_due, '*', NULL, 0, 0},
    {ROUTE_child, '*', NULL, 0, 0},
    {ROUTE_child_fact, '*', NULL, 0, 0},
    {ROUTE_child_fact_add, '*', NULL, 0, 0},
    {ROUTE_child_fact_choose, '*', NULL, 0, 0},
    {ROUTE_child_add, '*', NULL, 0, 0},
    {ROUTE_child_add_send, '*', NULL, 0, 0},
    {ROUTE_child_settle, '*', NULL, 0, 0},
    {ROUTE_child_settle_send, '*', NULL, 0, 0},
    {ROUTE_child_signs, '*', NULL, 0, 0},
    {ROUTE_child_time, '*', NULL, 0, 0},
    {ROUTE_child_join, '*', NULL, 0, 0},
    {ROUTE_child_join_send, '*', NULL, 0, 0},
    {ROUTE_child_unjoin, '*', NULL, 0, 0},
    {ROUTE_child_keep, '*', NULL, 0, 0},
    {ROUTE_child_access, '*', NULL, 0, 0},
    {ROUTE_child_access_end, '*', NULL, 0, 0},
    {ROUTE_child_class, '*', NULL, 0, 0},
    {ROUTE_child_hold, '*', NULL, 0, 0},
    {ROUTE_child_close, '*', NULL, 0, 0},
    {ROUTE_child_sign_off, '*', NULL, 0, 0},
    {ROUTE_child_propose, '*', NULL, 0, 0},
    {ROUTE_child_disposal, '*', NULL, 0, 0},
    {ROUTE_child_bundle, '*', NULL, 0, 0},
    {ROUTE_child_bundle_add, '*', NULL, 0, 0},
    {ROUTE_child_bundle_one, '*', NULL, 0, 0},
    {ROUTE_child_bundle_save, '*', NULL, 0, 0},
    {ROUTE_child_bundle_release, '*', NULL, 0, 0},
    {ROUTE_child_bundle_longer, '*', NULL, 0, 0},
    {ROUTE_child_bundle_end, '*', NULL, 0, 0},
    {ROUTE_child_bundle_print, '*', NULL, 0, 0},
    {ROUTE_child_bundle_pdf, '*', NULL, 0, 0},
    {ROUTE_child_part, '*', NULL, 0, 0},
    {ROUTE_child_part_send, '*', NULL, 0, 0},
    /* the programming interface: those without a letter in a test of their own,
     * programs_meet_what_pages_show */
    {ROUTE_healthz, '-', NULL, 0, 0},
    {ROUTE_readyz, '-', NULL, 0, 0},
    {ROUTE_metrics, '-', NULL, 0, 0},
    {ROUTE_webhooks, '*', NULL, 0, 0},
    {ROUTE_webhook_add, '*', NULL, 0, 0},
    {ROUTE_webhook_ending, '*', NULL, 0, 0},
    {ROUTE_webhook_end, '*', NULL, 0, 0},
    {ROUTE_programs, '*', NULL, 0, 0},
    {ROUTE_program_add, '*', NULL, 0, 0},
    {ROUTE_program_renew, '*', NULL, 0, 0},
    {ROUTE_program_ending, '*', NULL, 0, 0},
    {ROUTE_program_end, '*', NULL, 0, 0},
    {ROUTE_api_token_send, '-', NULL, 0, 0},
    {ROUTE_api_openapi, '-', NULL, 0, 0},
    {ROUTE_api_help_now, '-', NULL, 0, 0},
    {ROUTE_api_support, '-', NULL, 0, 0},
    {ROUTE_api_me, '*', NULL, 0, 0},
    {ROUTE_api_submissions, '*', NULL, 0, 0},
    {ROUTE_api_submission_send, '*', NULL, 0, 0},
    {ROUTE_api_submission, 'r', NULL, 200, 0},
    {ROUTE_api_handling, 'h', NULL, 200, 0},
    {ROUTE_api_handling_set, 'h', "{\"code\":\"nothing\"}", 400, 0},
    {ROUTE_api_suggestions, '*', NULL, 0, 0},
    {ROUTE_api_pair, 'l', NULL, 200, 1},
    {ROUTE_api_pair_decide, 'd', "{\"verdict\":\"same\",\"reason\":\" \"}", 400, 1},
    {ROUTE_api_decision_withdraw, '*', NULL, 0, 0},
    {ROUTE_api_entities, '*', NULL, 0, 0},
    {ROUTE_api_entity, 'l', NULL, 200, 0},
    {ROUTE_api_search, '*', NULL, 0, 0},
    {ROUTE_api_referrals, '*', NULL, 0, 0},
    {ROUTE_api_referral, '*', NULL, 0, 0},
    {ROUTE_api_outcome, '*', NULL, 0, 0},
    {ROUTE_api_children, '*', NULL, 0, 0},
    {ROUTE_api_child, '*', NULL, 0, 0},
    {ROUTE_api_measure, '*', NULL, 0, 0},
    {ROUTE_api_completeness, '*', NULL, 0, 0},
    {ROUTE_api_audit, '*', NULL, 0, 0},
    {ROUTE_referred_children, '*', NULL, 0, 0}, /* in test_child_referral.c */
    {ROUTE_referred_child, '*', NULL, 0, 0},
    /* children who go missing: missing_routes_answer_as_the_table_says, child_routes */
    {ROUTE_missing, '*', NULL, 0, 0},
    {ROUTE_missing_alert, '*', NULL, 0, 0},
    {ROUTE_missing_import, '*', NULL, 0, 0},
    {ROUTE_missing_import_send, '*', NULL, 0, 0},
    {ROUTE_missing_one, '*', NULL, 0, 0},
    {ROUTE_missing_part, '*', NULL, 0, 0},
    {ROUTE_missing_part_save, '*', NULL, 0, 0},
    {ROUTE_missing_fragment, '*', NULL, 0, 0},
    {ROUTE_child_missing, '*', NULL, 0, 0},
    {ROUTE_child_missing_new, '*', NULL, 0, 0},
    {ROUTE_child_missing_report, '*', NULL, 0, 0},
    {ROUTE_child_prepared, '*', NULL, 0, 0},
    {ROUTE_child_prepared_save, '*', NULL, 0, 0},
    /* meetings, actions, measures, hand-over: in a test of their own,
     * meetings_are_for_their_forum */
    {ROUTE_meetings, '*', NULL, 0, 0},
    {ROUTE_meeting_plan, '*', NULL, 0, 0},
    {ROUTE_meeting, '*', NULL, 0, 0},
    {ROUTE_meeting_pack, '*', NULL, 0, 0},
    {ROUTE_meeting_pack_pdf, '*', NULL, 0, 0},
    {ROUTE_meeting_minutes, '*', NULL, 0, 0},
    {ROUTE_meeting_attendance, '*', NULL, 0, 0},
    {ROUTE_meeting_attendance_send, '*', NULL, 0, 0},
    {ROUTE_meeting_do, '*', NULL, 0, 0},
    {ROUTE_meeting_do_send, '*', NULL, 0, 0},
    {ROUTE_meeting_item, '*', NULL, 0, 0},
    {ROUTE_meeting_item_do, '*', NULL, 0, 0},
    {ROUTE_meeting_item_do_send, '*', NULL, 0, 0},
    {ROUTE_actions, '*', NULL, 0, 0},
    {ROUTE_action, '*', NULL, 0, 0},
    {ROUTE_action_do, '*', NULL, 0, 0},
    {ROUTE_action_do_send, '*', NULL, 0, 0},
    {ROUTE_disruptions, '*', NULL, 0, 0},
    {ROUTE_disruption_new, '*', NULL, 0, 0},
    {ROUTE_disruption_add, '*', NULL, 0, 0},
    {ROUTE_disruption, '*', NULL, 0, 0},
    {ROUTE_disruption_do, '*', NULL, 0, 0},
    {ROUTE_disruption_do_send, '*', NULL, 0, 0},
    {ROUTE_across, '*', NULL, 0, 0},
    {ROUTE_across_new, '*', NULL, 0, 0},
    {ROUTE_across_send, '*', NULL, 0, 0},
    {ROUTE_across_answer, '*', NULL, 0, 0},
    {ROUTE_across_answer_send, '*', NULL, 0, 0},
    {ROUTE_across_seen, '*', NULL, 0, 0},
    /* locations of concern: locations_answer_as_the_table_says */
    {ROUTE_locations, '*', NULL, 0, 0},
    {ROUTE_location_new, '*', NULL, 0, 0},
    {ROUTE_location_add, '*', NULL, 0, 0},
    {ROUTE_location, '*', NULL, 0, 0},
    {ROUTE_location_part, '*', NULL, 0, 0},
    {ROUTE_location_part_save, '*', NULL, 0, 0},
    {ROUTE_map, '*', NULL, 0, 0},
    {ROUTE_map_data, '*', NULL, 0, 0},
    {ROUTE_map_list, '*', NULL, 0, 0},
    /* the programming interface, second part: programs_meet_what_pages_show, and
     * where the pages are asked for */
    {ROUTE_api_inbox, '*', NULL, 0, 0},
    {ROUTE_api_stage, '*', NULL, 0, 0},
    {ROUTE_api_versions, '*', NULL, 0, 0},
    {ROUTE_api_feedback, '*', NULL, 0, 0},
    {ROUTE_api_feedback_give, '*', NULL, 0, 0},
    {ROUTE_api_feedback_due, '*', NULL, 0, 0},
    {ROUTE_api_gradings_due, '*', NULL, 0, 0},
    {ROUTE_api_gradings, 'd', NULL, 200, 0},
    {ROUTE_api_meetings, '*', NULL, 0, 0},
    {ROUTE_api_meeting, '*', NULL, 0, 0},
    {ROUTE_api_actions, '*', NULL, 0, 0},
    {ROUTE_api_action, '*', NULL, 0, 0},
    {ROUTE_api_action_done, '*', NULL, 0, 0},
    {ROUTE_api_missing, '*', NULL, 0, 0},
    {ROUTE_api_missing_report, '*', NULL, 0, 0},
    {ROUTE_api_missing_one, '*', NULL, 0, 0},
    {ROUTE_api_missing_save, '*', NULL, 0, 0},
    {ROUTE_api_locations, '*', NULL, 0, 0},
    {ROUTE_api_location, '*', NULL, 0, 0},
    {ROUTE_api_patterns, '*', NULL, 0, 0},
    {ROUTE_api_pattern, '*', NULL, 0, 0},
    {ROUTE_api_profile, '*', NULL, 0, 0},
};
enum { ENTRIES = sizeof matrix / sizeof *matrix };

static void every_route_has_its_line(void **state)
{
    (void)state;
    for (int route = 0; route < ROUTE_COUNT; route++) {
        int lines = 0;
        for (size_t i = 0; i < ENTRIES; i++) lines += matrix[i].route == (enum route_id)route;
        if (lines != 1)
            fail_msg("the route '%s' has %d lines in the matrix of tests/unit/test_matrix.c",
                     routes[route].name, lines);
        /* A route with a number of a record in its path says what it needs of it. */
        bool about_record = strstr(routes[route].pattern, "/submissions/{") ||
                            strstr(routes[route].pattern, "/entities/{") ||
                            strstr(routes[route].pattern, "/pairs/{");
        for (size_t i = 0; i < ENTRIES; i++)
            if (matrix[i].route == (enum route_id)route && about_record &&
                (matrix[i].needs == '*' || matrix[i].needs == '-'))
                fail_msg("the route '%s' does not say what it needs", routes[route].name);
    }
}

static void the_decision_is_as_the_table_says(void **state)
{
    (void)state;
    for (int who = 0; who < MEMBERS; who++) {
        struct arena_mark mark = arena_mark(&arena);
        const struct scope *scope = scope_of(&app, &arena, &members[who].person);
        for (int record = 0; record < RECORDS; record++) {
            int64_t id = record == OWN_RECORD ? own_records[who] : records[record].submission;
            for (int i = 0; i < LETTERS; i++) {
                bool wanted = strchr(expected[who][record], letters[i].letter) != NULL;
                if (scope_allows(scope, letters[i].action, id) != wanted)
                    fail_msg("%s may %s%s the record '%s'", members[who].name, wanted ? "not " : "",
                             action_name(letters[i].action), record_names[record]);
            }
        }
        for (int i = 0; i < LETTERS; i++)
            assert_false(scope_allows(scope, letters[i].action, 999999));
        arena_reset(&arena, mark);
    }
}

/* The steps of an answer, without those of jobs that ran beside it: they only add. */
static uint64_t least_work(int who, const char *path, const char *body)
{
    uint64_t least = UINT64_MAX;
    for (int i = 0; i < 5; i++) {
        uint64_t start = store_work_here();
        assert_int_equal(ask(&members[who], path, body), 404);
        uint64_t work = store_work_here() - start;
        if (work < least) least = work;
    }
    return least;
}

/* The path of a route to a record.  0: to one that there is not. */
static void path_to(const struct matrix_entry *entry, int64_t submission, int64_t mention,
                    int64_t twin, char *ret, size_t size)
{
    size_t n = 0;
    int seen = 0;
    bool by_mention = strstr(routes[entry->route].pattern, "/entities/{") ||
                      strstr(routes[entry->route].pattern, "/pairs/{") ||
                      strstr(routes[entry->route].pattern, "/suggestions/{");
    for (const char *c = routes[entry->route].pattern; *c && n < size - 24; c++) {
        if (*c != '{') {
            ret[n++] = *c;
            continue;
        }
        while (*c != '}') c++;
        int64_t id = seen++ == 0 ? (by_mention ? mention : submission)
                                 : (entry->second == 1 ? twin : 888888);
        n += (size_t)snprintf(ret + n, size - n, "%lld", (long long)id);
    }
    ret[n] = 0;
}

static char *asked(const struct member *who, const struct matrix_entry *entry, int64_t submission,
                   int64_t mention, int64_t twin, int *ret_status)
{
    char path[200];
    path_to(entry, submission, mention, twin, path, sizeof path);
    *ret_status = ask(who, path, entry->body);
    return strdup(reply_body());
}

/* Every cell: status, and where it is denied, the same bytes as for a record that there
 * is not. */
static void every_route_answers_as_the_table_says(void **state)
{
    (void)state;
    int cells = 0;
    for (size_t i = 0; i < ENTRIES; i++) {
        const struct matrix_entry *entry = &matrix[i];
        if (entry->needs == '*' || entry->needs == '-') continue;
        for (int who = 0; who < MEMBERS; who++) {
            int status;
            char *missing = asked(&members[who], entry, 999999, 999999, 999998, &status);
            if (status != 404)
                fail_msg("%s to %s: %d", routes[entry->route].name, members[who].name, status);
            for (int record = 0; record < OWN_RECORD; record++, cells++) {
                bool allowed = strchr(expected[who][record], entry->needs) != NULL;
                char *body = asked(&members[who], entry, records[record].submission,
                                   records[record].mention, records[record].twin, &status);
                int wanted = allowed ? entry->good : 404;
                if (status != wanted)
                    fail_msg("'%s' of the record '%s' to %s: %d, not %d", routes[entry->route].name,
                             record_names[record], members[who].name, status, wanted);
                if (!allowed) assert_string_equal(body, missing);
                free(body);
            }
            free(missing);
        }
    }
    printf("# %d cells\n", cells);
    assert_true(cells > 1000);
}

/* The same record as a program reads it: there for whoever may, to the byte missing for others.
 * `body` NULL: a GET; `good`: the status where it is allowed. */
static void check_program_at(int who, const char *before, int64_t id, const char *after,
                             const char *body, int good)
{
    char path[100];
    snprintf(path, sizeof path, "%s999999%s", before, after);
    assert_int_equal(ask(&members[who], path, body), 404);
    char *missing = strdup(reply_body());
    snprintf(path, sizeof path, "%s%lld%s", before, (long long)id, after);
    int status = ask(&members[who], path, body);
    if (status != (good ? good : 404)) fail_msg("%s to %s: %d", path, members[who].name, status);
    if (!good) assert_string_equal(missing, reply_body());
    free(missing);
}

static void check_program(int who, const char *before, int64_t id, const char *after, bool may)
{
    check_program_at(who, before, id, after, NULL, may ? 200 : 0);
}

/* --- relationships ---------------------------------------------------------------------- */

/* Two records of the owner's, by the sender, with one name each. */
struct pair {
    int64_t submission;
    int64_t mention;
    int64_t twin_submission;
    int64_t twin;
    char reference[REFERENCE_SIZE];
};

static struct pair new_pair(int who, const char *key, const char *handling, const char *name)
{
    char twin_key[64];
    snprintf(twin_key, sizeof twin_key, "%s-twin", key);
    struct pair pair = {0};
    pair.submission = share(who, key, handling, name, "", pair.reference);
    pair.twin_submission = share(who, twin_key, handling, name, "", NULL);
    pair.mention = first_mention(pair.submission);
    pair.twin = first_mention(pair.twin_submission);
    return pair;
}

static struct grant_new grant_of(int64_t submission, int who, enum grant_kind kind,
                                 instant_ms until)
{
    return (struct grant_new){.submission = submission,
                              .account = members[who].person.account,
                              .kind = kind,
                              .reason = STR("For the test."),
                              .by = members[OWN_REPRESENTATIVE].person.account,
                              .until = until};
}

static void give(const struct pair *pair, int who, enum grant_kind kind, instant_ms until)
{
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    struct grant_new first = grant_of(pair->submission, who, kind, until);
    struct grant_new second = grant_of(pair->twin_submission, who, kind, until);
    assert_int_equal(grant_store(&app, db, &arena, &first, NULL), ST_OK);
    assert_int_equal(grant_store(&app, db, &arena, &second, NULL), ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
}

/* All routes to this pair, for this person: allowed where the letters say so. */
static void check_pair(int who, const struct pair *pair, const char *allowed, const char *relation)
{
    for (size_t i = 0; i < ENTRIES; i++) {
        const struct matrix_entry *entry = &matrix[i];
        if (entry->needs == '*' || entry->needs == '-') continue;
        int status;
        char *body =
            asked(&members[who], entry, pair->submission, pair->mention, pair->twin, &status);
        bool good = strchr(allowed, entry->needs) != NULL;
        if (status != (good ? entry->good : 404))
            fail_msg("'%s' to %s, %s: %d", routes[entry->route].name, members[who].name, relation,
                     status);
        if (!good) {
            int none;
            char *missing = asked(&members[who], entry, 999999, 999999, 999998, &none);
            assert_string_equal(body, missing);
            free(missing);
        }
        free(body);
    }
}

/* What a grant adds to a role: never anything to those who read no case at all. */
static const char *added_to(int who, enum grant_kind kind)
{
    enum role role = members[who].role;
    if (role == ROLE_administrator || role == ROLE_auditor) return "";
    if (kind == GRANT_source) return "s";
    if (role == ROLE_analyst) return kind == GRANT_broken ? "rl" : "rld";
    return role == ROLE_coordinator || role == ROLE_maru_officer ? "rl" : "r";
}

static bool is_outside(int who)
{
    return members[who].organisation != OWNER || members[who].role == ROLE_administrator ||
           members[who].role == ROLE_auditor;
}

static void a_grant_opens_for_a_time_and_ends_by_itself(void **state)
{
    (void)state;
    instant_ms now = clock_now();
    for (int kind = 0; kind < GRANT_KINDS; kind++) {
        char key[32];
        snprintf(key, sizeof key, "granted-%d", kind);
        struct pair pair = new_pair(SENDER, key, "handling:C.ask", "Nessa Gorse");
        for (int who = 0; who < MEMBERS; who++) {
            if (!is_outside(who)) continue;
            check_pair(who, &pair, "", "before a grant");
            give(&pair, who, (enum grant_kind)kind, now - 1);
            check_pair(who, &pair, "", "after its end");
            give(&pair, who, (enum grant_kind)kind, now + 3600000);
            check_pair(who, &pair, added_to(who, (enum grant_kind)kind), "with a grant");
        }
    }
}

static void whoever_is_blocked_or_named_meets_a_missing_record(void **state)
{
    (void)state;
    static const char *const given[MEMBERS] = {
        "Perran Hazel", "Keren Ivy", "Jago Juniper", "Demelza Larch", "Cador Maple", "Eseld Nettle",
        "Gerren Oak", "Hedra Poplar", "Iago Quince", "Jenna Rowan", "Kensa Sorrel",
        "Loveday Thorne",
        "Myghal Umber", "Nadelik Vetch", "Ostell Willow", "Peder Yarrow", "Rosen Zinnia"};
    struct err err = {0};
    for (int who = 0; who < MEMBERS; who++) {
        char key[32];
        snprintf(key, sizeof key, "blocked-%d", who);
        struct pair blocked = new_pair(SENDER, key, "handling:P", "Zelah Reed");
        for (int side = 0; side < 2; side++)
            if (block_add(&app, &members[OWN_LEAD == who ? COORDINATOR : OWN_LEAD].person,
                          side ? blocked.twin_submission : blocked.submission,
                          str_from(members[who].email), STR("Related."), &err) != ST_OK)
                fail_msg("%s", err.public);
        check_pair(who, &blocked, "", "blocked");
        give(&blocked, who, GRANT_granted, clock_now() + 3600000);
        check_pair(who, &blocked, "", "blocked, with a grant");
        /* Names are the members' own: see add_members. */
        snprintf(key, sizeof key, "names-%d", who);
        struct pair names =
            new_pair(who == SENDER ? COLLEAGUE : SENDER, key, "handling:P", given[who]);
        check_pair(who, &names, "", "named in it");
        give(&names, who, GRANT_broken, clock_now() + 3600000);
        check_pair(who, &names, "", "named in it, with a grant");
        snprintf(key, sizeof key, "names-self-%d", who);
        struct pair self = new_pair(who, key, "handling:P", given[who]);
        bool reads = strchr(expected[who][OWN_RECORD], 'r') != NULL;
        check_pair(who, &self, reads ? "r" : "", "named in one's own");
    }
}

static void break_glass_tells_a_second_person(void **state)
{
    (void)state;
    for (int who = 0; who < MEMBERS; who++) {
        if (!is_outside(who)) continue;
        char key[32];
        char body[200];
        snprintf(key, sizeof key, "broken-%d", who);
        struct pair pair = new_pair(SENDER, key, "handling:C.ask", "Ysella Broom");
        bool may = members[who].role == ROLE_analyst || members[who].role == ROLE_coordinator ||
                   members[who].role == ROLE_maru_officer ||
                   members[who].role == ROLE_safeguarding_lead;
        snprintf(body, sizeof body, "reference=%s&reason=", pair.reference);
        int status = ask(&members[who], "/break-glass", body);
        assert_int_equal(status, may ? 400 : 404);
        snprintf(body, sizeof body, "reference=%s&reason=A+child+is+missing+%d", pair.reference,
                 who);
        status = ask(&members[who], "/break-glass", body);
        if (status != (may ? 303 : 404))
            fail_msg("%s broke the glass: %d", members[who].name, status);
        struct pair one = pair; /* only this one was opened */
        char path[64];
        snprintf(path, sizeof path, "/submissions/%lld", (long long)one.submission);
        assert_int_equal(ask(&members[who], path, NULL), may ? 200 : 404);
        snprintf(path, sizeof path, "/submissions/%lld", (long long)one.twin_submission);
        assert_int_equal(ask(&members[who], path, NULL), 404);
        /* The owner's lead is told, with name and reason. */
        snprintf(body, sizeof body, "A child is missing %d", who);
        assert_int_equal(ask(&members[OWN_LEAD], "/notices", NULL), 200);
        assert_int_equal(strstr(reply, body) != NULL && strstr(reply, pair.reference) != NULL, may);
        assert_int_equal(ask(&members[OTHER_LEAD], "/notices", NULL), 200);
        if (may && who != OTHER_LEAD) assert_null(strstr(reply, body));
    }
}

static void break_glass_answers_alike_for_what_is_missing_and_kept_away(void **state)
{
    (void)state;
    struct err err = {0};
    struct pair pair = new_pair(SENDER, "broken-blocked", "handling:C.ask", "Ysella Broom");
    if (block_add(&app, &members[OWN_LEAD].person, pair.submission,
                  str_from(members[FAR_ANALYST].email), STR("Related."), &err) != ST_OK)
        fail_msg("%s", err.public);
    char body[200];
    snprintf(body, sizeof body, "reference=%s&reason=x", pair.reference);
    assert_int_equal(ask(&members[FAR_ANALYST], "/break-glass", body), 404);
    char *denied = strdup(reply_body());
    snprintf(body, sizeof body, "reference=PEN-0000-0000&reason=x");
    assert_int_equal(ask(&members[FAR_ANALYST], "/break-glass", body), 404);
    char *at = strstr(denied, pair.reference);
    assert_non_null(at);
    memcpy(at, "PEN-0000-0000", strlen("PEN-0000-0000"));
    assert_string_equal(denied, reply_body());
    free(denied);
}

static void undoing_a_decision_needs_both_records(void **state)
{
    (void)state;
    for (int who = 0; who < MEMBERS; who++) {
        int none = ask(&members[who], "/decisions/888888/undo", "x=1");
        assert_int_equal(none, 404);
        char *missing = strdup(reply_body());
        for (int record = 0; record < OWN_RECORD; record++) {
            if (strchr(expected[who][record], 'd')) continue;
            char path[64];
            snprintf(path, sizeof path, "/decisions/%lld/undo",
                     (long long)records[record].decision);
            if (ask(&members[who], path, "x=1") != 404)
                fail_msg("%s undid a decision on '%s'", members[who].name, record_names[record]);
            assert_string_equal(missing, reply_body());
        }
        free(missing);
    }
}

/* --- the network chart -------------------------------------------------------------------- */

static const char *const network_paths[] = {
    "/network",           "/network/chart.svg", "/network/chart.graphml", "/network/entities.csv",
    "/network/lines.csv", "/timeline"};
enum { NETWORK_PATHS = sizeof network_paths / sizeof *network_paths };

static int ask_network(int who, int path, int64_t from, int64_t to)
{
    char text[120];
    int size = snprintf(text, sizeof text, "%s?from=%lld", network_paths[path], (long long)from);
    if (to) snprintf(text + size, sizeof text - (size_t)size, "&to=%lld", (long long)to);
    return ask(&members[who], text, NULL);
}

static void a_chart_of_what_is_kept_away_is_a_chart_of_nothing(void **state)
{
    (void)state;
    for (int who = 0; who < MEMBERS; who++) {
        for (int path = 0; path < NETWORK_PATHS; path++) {
            int none = ask_network(who, path, 999999, 0);
            assert_int_equal(none, 404);
            char *missing = strdup(reply_body());
            for (int record = 0; record < OWN_RECORD; record++) {
                bool allowed = strchr(expected[who][record], 'l') != NULL;
                int status = ask_network(who, path, records[record].mention, 0);
                if (status != (allowed ? 200 : 404))
                    fail_msg("%s of '%s' to %s: %d", network_paths[path], record_names[record],
                             members[who].name, status);
                if (!allowed) assert_string_equal(missing, reply_body());
                /* Neither is there a way from what is seen to what is not. */
                if (!strchr(expected[who][OPEN_RECORD], 'l') || allowed) continue;
                assert_int_equal(
                    ask_network(who, path, records[OPEN_RECORD].mention, records[record].mention),
                    404);
                assert_string_equal(missing, reply_body());
            }
            free(missing);
        }
    }
}

/* A phone is named in a record that is seen with "Morwenna Seen", and in one that is not with
 * "Sidwella Kept"; the two are one entity to whoever sees both. */
static void nothing_that_is_kept_away_is_in_a_chart(void **state)
{
    (void)state;
    int64_t seen = share(SENDER, "chart-seen", "handling:P", "Morwenna Seen", "07700 900177", NULL);
    int64_t kept =
        share(SENDER, "chart-kept", "handling:C.ask", "Sidwella Kept", "07700 900177", NULL);
    int64_t *mention = NULL;
    assert_int_equal(entity_mentions_of(app.entities, &arena, seen, &mention), 2);
    int64_t phone = mention[1];
    for (int who = 0; who < MEMBERS; who++) {
        bool sees = strchr(expected[who][OPEN_RECORD], 'l') != NULL;
        bool sees_both = sees && strchr(expected[who][ASK_RECORD], 'l') != NULL;
        for (int path = 0; path < NETWORK_PATHS; path++) {
            assert_int_equal(ask_network(who, path, phone, 0), sees ? 200 : 404);
            assert_int_equal(strstr(reply, "Morwenna Seen") != NULL, sees);
            if ((strstr(reply, "Sidwella Kept") != NULL) != sees_both)
                fail_msg("%s to %s tells of the other record: %d", network_paths[path],
                         members[who].name, !sees_both);
        }
        if (sees && !sees_both) {
            assert_int_equal(ask_network(who, 0, phone, 0), 200);
            assert_non_null(strstr(reply, "2 people and things are shown and 1 line between"));
        }
    }
    (void)kept;
}

/* A view of a phone that both records name, shared by somebody who sees both: it is for those who
 * see where it starts, and has in it what they see. */
static void a_saved_view_shows_what_its_reader_sees(void **state)
{
    (void)state;
    int64_t kept =
        share(SENDER, "view-kept", "handling:C.ask", "Sidwella Kept", "07700 900179", NULL);
    int64_t seen = share(SENDER, "view-seen", "handling:P", "Morwenna Seen", "07700 900178", NULL);
    char body[300];
    snprintf(body, sizeof body, "from=%lld,%lld&name=Sidwella+and+Morwenna&shared=yes&positions=",
             (long long)first_mention(kept), (long long)first_mention(seen));
    int saved = ask(&members[OWN_ANALYST], "/network/views", body);
    assert_int_equal(saved, 303);
    for (int who = 0; who < MEMBERS; who++) {
        bool lists = access_allows(&members[who].person, ACT_SEE_LINKS, NULL);
        bool sees =
            strchr(expected[who][OPEN_RECORD], 'l') && strchr(expected[who][ASK_RECORD], 'l');
        assert_int_equal(ask(&members[who], "/network/views", NULL), lists ? 200 : 404);
        if ((strstr(reply, "Sidwella and Morwenna") != NULL) != (lists && sees))
            fail_msg("a saved view is shown to %s: %d", members[who].name, !sees);
        /* Nobody else takes it away, nor saves what they do not see. */
        if (who != OWN_ANALYST)
            assert_int_equal(ask(&members[who], "/network/views/1/end", "x=1"), 404);
        snprintf(body, sizeof body,
                 "from=%lld&name=Mine&positions=", (long long)first_mention(kept));
        assert_int_equal(ask(&members[who], "/network/views", body), lists && sees ? 303 : 404);
    }
    assert_int_equal(ask(&members[OWN_ANALYST], "/network/views/1/end", "x=1"), 303);
    assert_int_equal(ask(&members[OWN_ANALYST], "/network/views/1/end", "x=1"), 404);
}

/* --- patterns ------------------------------------------------------------------------------ */

/* A phone is with one person and then with another, of which one record says each: there is a
 * pattern for whoever sees both, and nothing for anybody else. */
static void a_pattern_is_for_those_who_see_all_of_it(void **state)
{
    (void)state;
    struct pattern *list = NULL;
    struct err err = {0};
    size_t count = 0;
    shared_day = (struct date){2026, 3, 1};
    share(SENDER, "pattern-1", "handling:P", "Denny Tregear", "07700 900188", NULL);
    shared_day = (struct date){2026, 3, 12};
    share(SENDER, "pattern-2", "handling:C.ask", "Marek Pascoe", "07700 900188", NULL);
    shared_day = (struct date){0};
    if (patterns_look(&app, &err) != ST_OK) fail_msg("%s %s", err.public, err.detail);
    struct pattern_filter filter = {.kind = PATTERN_PHONE};
    assert_int_equal(
        pattern_list(&app, &arena, &members[OWN_ANALYST].person, &filter, &list, &count, &err),
        ST_OK);
    assert_int_equal(count, 1);
    char path[64];
    snprintf(path, sizeof path, "/patterns/%lld", (long long)list[0].id);
    for (int who = 0; who < MEMBERS; who++) {
        bool links = strchr(expected[who][OPEN_RECORD], 'l') != NULL;
        bool sees = links && strchr(expected[who][ASK_RECORD], 'l') != NULL;
        bool decides = sees && strchr(expected[who][ASK_RECORD], 'd') != NULL;
        int none = ask(&members[who], "/patterns/999999", NULL);
        char *missing = strdup(reply_body());
        assert_int_equal(none, 404);
        int status = ask(&members[who], path, NULL);
        if (status != (sees ? 200 : 404))
            fail_msg("a pattern to %s: %d", members[who].name, status);
        if (!sees) assert_string_equal(reply_body(), missing);
        free(missing);
        check_program(who, "/api/v1/patterns/", list[0].id, "", sees);
        (void)ask(&members[who], "/api/v1/patterns?state=all&limit=100", NULL);
        assert_int_equal(strstr(reply, "07700 900188") != NULL, sees);
        status = ask(&members[who], "/patterns?state=all", NULL);
        bool listed = strstr(reply, "07700 900188") != NULL;
        bool lists = access_allows(&members[who].person, ACT_SEE_LINKS, NULL);
        if (status != (lists ? 200 : 404) || listed != sees)
            fail_msg("patterns to %s: %d, %d", members[who].name, status, listed);
        status = ask(&members[who], path, "verdict=dismissed&reason=");
        if (status != (decides ? 400 : 404))
            fail_msg("an answer of %s: %d", members[who].name, status);
        status = ask(&members[who], path, "verdict=dismissed&reason=One+family");
        if (status != (decides ? 303 : 404))
            fail_msg("an answer of %s: %d", members[who].name, status);
    }
}

/* --- referrals -------------------------------------------------------------------------- */

/* A draft and a sent one of the sender's: who reaches which page, and that the rest gets to
 * the byte what is said of one that there is not. */
static void referrals_are_for_those_in_the_table(void **state)
{
    (void)state;
    static const struct {
        const char *path; /* after /referrals/{id} */
        const char *body;
        bool author_alone;
    } pages[] = {
        {"", NULL, false},
        {"/print", NULL, false},
        {"/referral.pdf", NULL, false},
        {"/sent", NULL, true},
        {"/check", NULL, true},
        {"/steps/concern-what", NULL, true},
        {"/sections/child", NULL, true},
        {"/withdraw", NULL, true},
        {"/steps/concern-what", "version=1", true},
        {"/sections/child", "x=1", true},
        {"/withdraw", "reason=", true},
        {"/send", "version=-1", true},
        {"/add", "text=", true},
    };
    struct err err = {0};
    int64_t id[2] = {0};
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            referral_begin(&app, &members[SENDER].person, STR("cornwall"), &id[i], &err), ST_OK);
    struct referral_given given = {questions_find(area_referral(area), STR("concern-reason")),
                                   {ANSWER_GIVEN, STR("Often late home.")}};
    struct referral_clash clash;
    size_t clashes = 0;
    int64_t version = 1;
    assert_int_equal(referral_save(&app, &members[SENDER].person, id[1], 0, 1, &given, 1, &clash,
                                   &clashes, &arena, &version, &err),
                     ST_OK);
    if (referral_send(&app, &members[SENDER].person, id[1], version, &err) != ST_OK)
        fail_msg("%s", err.public);
    int cells = 0;
    for (int who = 0; who < MEMBERS; who++)
        for (size_t p = 0; p < sizeof pages / sizeof pages[0]; p++) {
            char path[100];
            snprintf(path, sizeof path, "/referrals/999999%s", pages[p].path);
            int status = ask(&members[who], path, pages[p].body);
            if (status != 404) fail_msg("%s to %s: %d", path, members[who].name, status);
            char *missing = strdup(reply_body());
            for (int sent = 0; sent < 2; sent++, cells++) {
                bool reads = who == SENDER || (sent && (who == OWN_LEAD || who == MARU_OFFICER));
                bool allowed = pages[p].author_alone ? who == SENDER : reads;
                snprintf(path, sizeof path, "/referrals/%lld%s", (long long)id[sent],
                         pages[p].path);
                status = ask(&members[who], path, pages[p].body);
                bool there =
                    status != 404 || (who == SENDER && !sent && !strcmp(pages[p].path, "/sent"));
                if (there != allowed)
                    fail_msg("%s (%s) to %s: %d", path, sent ? "sent" : "draft", members[who].name,
                             status);
                if (!allowed) assert_string_equal(reply_body(), missing);
            }
            free(missing);
        }
    assert_true(cells > 400);
}

/* --- nothing of what is hidden shows ----------------------------------------------------- */

/* Every page that adds something up, in one text.  But not the lists of one's own: those
 * have word of what became of it, which is meant for whoever handed it in. */
static char *all_pages(const struct member *who, int64_t submission, int64_t mention, int64_t twin)
{
    char *all = NULL;
    size_t size = 0;
    FILE *into = open_memstream(&all, &size);
    static const char *const fixed[] = {"/",
                                        "/submissions?list=latest",
                                        "/suggestions",
                                        "/entities?kind=person",
                                        "/entities?kind=phone",
                                        "/search?q=Tegen+Bracken",
                                        "/search?q=07700900555",
                                        "/search?q=bracken",
                                        "/search/words?q=bracken",
                                        "/notices",
                                        "/imports",
                                        "/patterns?state=all"};
    char path[100];
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        fprintf(into, "%d ", ask(who, fixed[i], NULL));
        fputs(reply_body(), into);
    }
    snprintf(path, sizeof path, "/submissions/%lld", (long long)submission);
    fprintf(into, "%d %s", ask(who, path, NULL), reply_body());
    snprintf(path, sizeof path, "/entities/%lld", (long long)mention);
    fprintf(into, "%d %s", ask(who, path, NULL), reply_body());
    snprintf(path, sizeof path, "/entities/%lld", (long long)mention + 1); /* the phone */
    fprintf(into, "%d %s", ask(who, path, NULL), reply_body());
    snprintf(path, sizeof path, "/pairs/%lld/%lld", (long long)mention, (long long)twin);
    fprintf(into, "%d %s", ask(who, path, NULL), reply_body());
    fclose(into);
    return all;
}

/* The order of magnitude of how much the whole index holds is known to all: goes on until
 * a few more mentions do not change it. */
static void away_from_a_power_of_two(enum link_kind kind)
{
    for (int added = 0;; added++) {
        size_t count = 0;
        for (size_t id = 1; id <= entities_count(app.entities); id++)
            count += entity_kind(app.entities, (int64_t)id) == kind;
        if (__builtin_clzll(count) == __builtin_clzll(count + 12)) return;
        char key[32];
        snprintf(key, sizeof key, "filler-%d-%d", kind, added);
        share(SENDER, key, "handling:C.ask", "Wenna Furze",
              kind == LINK_PHONE ? "07700 900999" : "", NULL);
    }
}

/* Others hand in what fits, and people decide on it: whoever may not see that sees the
 * same pages, to the byte. */
static void what_is_hidden_changes_no_byte(void **state)
{
    (void)state;
    int64_t own =
        share(FAR_REPRESENTATIVE, "seen-1", "handling:P", "Tegen Bracken", "07700 900555", NULL);
    int64_t same =
        share(FAR_REPRESENTATIVE, "seen-2", "handling:P", "Tegen Bracken", "07700 900556", NULL);
    int64_t mention = first_mention(own);
    int64_t twin = first_mention(same);
    away_from_a_power_of_two(LINK_PHONE);
    away_from_a_power_of_two(LINK_PERSON);
    int askers[] = {FAR_ANALYST, FAR_COORDINATOR, POLICE_ANALYST};
    enum { ASKERS = 3 };
    char *before[ASKERS];
    for (int i = 0; i < ASKERS; i++) before[i] = all_pages(&members[askers[i]], own, mention, twin);
    struct err err = {0};
    struct person decider = members[OWN_ANALYST].person;
    int64_t hidden[4];
    for (int i = 0; i < 4; i++) {
        char key[32];
        snprintf(key, sizeof key, "hidden-%d", i);
        hidden[i] = first_mention(
            share(SENDER, key, "handling:C.forum", "Tegen Bracken", "07700 900555", NULL));
    }
    assert_int_equal(
        decision_make(&app, &decider, hidden[0], hidden[1], VERDICT_SAME, STR("x"), &err), ST_OK);
    /* Somebody who sees both sides joins what is seen through what is hidden, and keeps
     * another apart. */
    struct pair bridge = {.submission = own, .twin_submission = same};
    give(&bridge, OWN_ANALYST, GRANT_granted, clock_now() + 3600000);
    assert_int_equal(
        decision_make(&app, &decider, hidden[0], mention, VERDICT_SAME, STR("x"), &err), ST_OK);
    assert_int_equal(decision_make(&app, &decider, hidden[1], twin, VERDICT_SAME, STR("x"), &err),
                     ST_OK);
    assert_int_equal(
        decision_make(&app, &decider, hidden[2], mention, VERDICT_DIFFERENT, STR("x"), &err),
        ST_OK);
    assert_int_equal(entity_of(app.entities, mention), entity_of(app.entities, twin));
    assert_int_equal(patterns_look(&app, &err), ST_OK);
    for (int i = 0; i < ASKERS; i++) {
        char *after = all_pages(&members[askers[i]], own, mention, twin);
        if (strcmp(before[i], after) != 0) {
            size_t at = 0;
            while (before[i][at] == after[at]) at++;
            fail_msg("%s sees a difference: '%.120s' is now '%.120s'", members[askers[i]].name,
                     before[i] + (at > 60 ? at - 60 : 0), after + (at > 60 ? at - 60 : 0));
        }
        free(before[i]);
        free(after);
    }
    /* And whoever may see it does. */
    assert_int_equal(ask(&members[FORUM_ANALYST], "/search?q=Tegen+Bracken", NULL), 200);
    assert_non_null(strstr(reply, "Tegen Bracken"));
}

/* A record that is denied costs the store as many queries and rows as one that there is
 * not. */
static void denied_and_missing_take_the_same_work(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENTRIES; i++) {
        const struct matrix_entry *entry = &matrix[i];
        if (entry->needs == '*' || entry->needs == '-') continue;
        for (int who = 0; who < MEMBERS; who++) {
            if (strchr(expected[who][ASK_RECORD], entry->needs)) continue;
            int status;
            free(asked(&members[who], entry, 999999, 999999, 999998, &status)); /* to warm up */
            uint64_t missing = 0;
            uint64_t denied = 1;
            /* A job that runs beside an answer adds its own steps, but not each time. */
            for (int times = 0; times < 5 && denied != missing; times++) {
                uint64_t start = store_work_here();
                free(asked(&members[who], entry, 999999, 999999, 999998, &status));
                missing = store_work_here() - start;
                start = store_work_here();
                free(asked(&members[who], entry, records[ASK_RECORD].submission,
                           records[ASK_RECORD].mention, records[ASK_RECORD].twin, &status));
                denied = store_work_here() - start;
            }
            if (denied != missing)
                fail_msg("'%s' to %s: %llu steps when missing, %llu when denied",
                         routes[entry->route].name, members[who].name, (unsigned long long)missing,
                         (unsigned long long)denied);
        }
    }
}

/* --- asking to connect ---------------------------------------------------------------------- */

static const char hint_words[] = "Another organisation holds information";

static int64_t connection_id(void)
{
    const char *at = strstr(reply, "action=\"/connections/");
    return at ? strtoll(at + strlen("action=\"/connections/"), NULL, 10) : 0;
}

static void assert_tells_nothing(const char *reference)
{
    static const char *const never[] = {"Owner School", "Carenza", "School or college", "sender"};
    assert_null(strstr(reply, reference));
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (strstr(reply, never[i])) fail_msg("the page says '%s'", never[i]);
}

static void asking_to_connect_discloses_only_what_is_agreed(void **state)
{
    (void)state;
    char theirs[REFERENCE_SIZE];
    char mine[REFERENCE_SIZE];
    char path[100];
    char body[200];
    int64_t hidden =
        share(SENDER, "connect-hidden", "handling:C.ask", "Carenza Fern", "07700 900777", theirs);
    int64_t seen =
        share(FAR_REPRESENTATIVE, "connect-seen", "handling:P", "Somebody", "07700 900777", mine);
    snprintf(path, sizeof path, "/submissions/%lld", (long long)seen);
    assert_int_equal(ask(&members[FAR_ANALYST], path, NULL), 200);
    assert_non_null(strstr(reply, hint_words));
    assert_tells_nothing(theirs);
    /* Whoever handed it in is told nothing: it might be a guess. */
    assert_int_equal(ask(&members[FAR_REPRESENTATIVE], path, NULL), 200);
    assert_null(strstr(reply, hint_words));
    snprintf(path, sizeof path, "/submissions/%lld/connect", (long long)seen);
    assert_int_equal(ask(&members[FAR_ANALYST], path, NULL), 200);
    assert_tells_nothing(theirs);
    assert_int_equal(ask(&members[FAR_ANALYST], path, "message="), 400);
    assert_int_equal(ask(&members[FAR_ANALYST], path, "message=Who+rings%3F&shows=yes"), 303);
    assert_int_equal(ask(&members[FAR_ANALYST], "/notices", NULL), 200);
    assert_tells_nothing(theirs);
    /* The owner learns who asks, what they wrote, and about which of their records. */
    assert_int_equal(ask(&members[OTHER_REPRESENTATIVE], "/notices", NULL), 200);
    assert_int_equal(connection_id(), 0);
    assert_int_equal(ask(&members[OWN_REPRESENTATIVE], "/notices", NULL), 200);
    assert_non_null(strstr(reply, "Who rings?"));
    assert_non_null(strstr(reply, theirs));
    assert_null(strstr(reply, mine));
    int64_t id = connection_id();
    assert_true(id > 0);
    snprintf(path, sizeof path, "/connections/%lld", (long long)id);
    for (int who = 0; who < MEMBERS; who++)
        if (!strchr(expected[who][ASK_RECORD], 'a'))
            assert_int_equal(ask(&members[who], path, "answer=agree&reason=x"), 404);
    assert_int_equal(ask(&members[OWN_REPRESENTATIVE], path, "answer=agree&reason="), 400);
    snprintf(body, sizeof body, "/submissions/%lld", (long long)hidden);
    assert_int_equal(ask(&members[FAR_ANALYST], body, NULL), 404);
    assert_int_equal(ask(&members[OWN_REPRESENTATIVE], path, "answer=agree&reason=It+fits"), 303);
    assert_int_equal(ask(&members[OWN_REPRESENTATIVE], path, "answer=agree&reason=again"), 404);
    assert_int_equal(ask(&members[FAR_ANALYST], body, NULL), 200);
    assert_int_equal(ask(&members[FAR_COORDINATOR], body, NULL), 404);
    snprintf(body, sizeof body, "/submissions/%lld", (long long)seen);
    assert_int_equal(ask(&members[OWN_REPRESENTATIVE], body, NULL), 200);
    assert_int_equal(ask(&members[OWN_LEAD], body, NULL), 404);
    /* Whom they asked for is not told by what opened it either; who showed theirs is known. */
    assert_int_equal(ask(&members[FAR_ANALYST], "/notices", NULL), 200);
    assert_non_null(strstr(reply, "They wrote: It fits</p>"));
    assert_null(strstr(reply, "It fits <span"));
    assert_non_null(strstr(reply, "given by its owner"));
    assert_null(strstr(reply, str_c(&arena, members[OWN_REPRESENTATIVE].person.name)));
    assert_int_equal(ask(&members[OWN_REPRESENTATIVE], "/notices", NULL), 200);
    assert_non_null(strstr(reply, "Shown when you agreed to connect. <span"));
    snprintf(body, sizeof body, "given by %s", str_c(&arena, members[FAR_ANALYST].person.name));
    assert_non_null(strstr(reply, body));
    snprintf(path, sizeof path, "/connections/%lld/seen", (long long)id);
    assert_int_equal(ask(&members[FAR_COORDINATOR], path, "x=1"), 404);
    assert_int_equal(ask(&members[FAR_ANALYST], path, "x=1"), 303);
    assert_int_equal(ask(&members[FAR_ANALYST], path, "x=1"), 404);
}

/* What was so when somebody asked is not so any more when the owner agrees. */
static void a_connection_opens_what_may_still_be_shown(void **state)
{
    (void)state;
    enum { STILL, NOT_SEEN, NOT_CONNECTED, NOT_OWNER, WAYS };
    for (int way = 0; way < WAYS; way++) {
        char key[40], phone[40], path[100], hidden_path[100], seen_path[100];
        enum st changed = ST_OK;
        snprintf(phone, sizeof phone, "07700 90066%d", way);
        snprintf(key, sizeof key, "later-hidden-%d", way);
        int64_t hidden =
            share(FAR_REPRESENTATIVE, key, "handling:C.ask", "Carenza Fern", phone, NULL);
        snprintf(key, sizeof key, "later-seen-%d", way);
        int64_t seen = share(OTHER_REPRESENTATIVE, key, "handling:P", "Somebody", phone, NULL);
        snprintf(hidden_path, sizeof hidden_path, "/submissions/%lld", (long long)hidden);
        snprintf(seen_path, sizeof seen_path, "/submissions/%lld", (long long)seen);
        snprintf(path, sizeof path, "/submissions/%lld/connect", (long long)seen);
        assert_int_equal(ask(&members[OWN_ANALYST], path, "message=Please&shows=yes"), 303);
        if (way == NOT_SEEN) /* by whoever asked */
            changed = handling_set(&app, &members[OTHER_REPRESENTATIVE].person, seen,
                                   STR("handling:C.ask"), NULL, 0, NULL);
        if (way == NOT_CONNECTED)
            changed = handling_set_for(&app, &members[FAR_REPRESENTATIVE].person,
                                       &(struct handling_new){.submission = hidden,
                                                              .code = STR("handling:C.forum"),
                                                              .reason = STR("They agreed.")},
                                       &(struct handling_refused){0}, NULL);
        if (way == NOT_OWNER)
            changed = block_add(&app, &members[COORDINATOR].person, seen,
                                str_from(members[FAR_REPRESENTATIVE].email), STR("x"), NULL);
        assert_int_equal(changed, ST_OK);
        assert_int_equal(ask(&members[FAR_REPRESENTATIVE], "/notices", NULL), 200);
        snprintf(path, sizeof path, "/connections/%lld", (long long)connection_id());
        assert_int_equal(ask(&members[FAR_REPRESENTATIVE], path, "answer=agree&reason=It+fits"),
                         303);
        assert_int_equal(ask(&members[OWN_ANALYST], hidden_path, NULL),
                         way == NOT_CONNECTED ? 404 : 200);
        assert_int_equal(ask(&members[FAR_REPRESENTATIVE], seen_path, NULL),
                         way == STILL ? 200 : 404);
    }
}

/* What was chosen and written comes back with what is wrong. */
static void more_people_see_it_for_a_reason_alone(void **state)
{
    (void)state;
    char path[100];
    int64_t id = share(SENDER, "loosened", "handling:C.ask", "Carenza Fern", "07700 900671", NULL);
    const struct member *who = &members[OWN_REPRESENTATIVE];
    snprintf(path, sizeof path, "/submissions/%lld/handling", (long long)id);
    assert_int_equal(ask(who, path, "handling=handling%3AP&why=+"), 400);
    assert_non_null(strstr(reply, "Say why more people may see it than now."));
    assert_non_null(
        strstr(reply, "value=\"handling:P\" aria-describedby=\"handling-1-hint\" checked"));
    assert_int_equal(ask(who, path, "handling=handling%3AC.named&why=They+agreed"), 400);
    assert_non_null(strstr(reply, "Tick the organisations"));
    assert_non_null(strstr(reply, ">\nThey agreed</textarea>"));
    char body[100];
    snprintf(body, sizeof body, "handling=handling%%3AC.named&organisation-%lld=yes",
             (long long)organisation_id[OTHER_FORUM]);
    assert_int_equal(ask(who, path, body), 400);
    snprintf(body, sizeof body, "name=\"organisation-%lld\" type=\"checkbox\" value=\"yes\" %s",
             (long long)organisation_id[OTHER_FORUM], "checked");
    assert_non_null(strstr(reply, body));
    snprintf(path, sizeof path, "/api/v1/submissions/%lld/handling", (long long)id);
    assert_int_equal(ask(who, path, "{\"code\":\"handling:P\"}"), 400);
    assert_non_null(strstr(reply, "\"field\":\"reason\""));
    assert_int_equal(ask(who, path, "{\"code\":\"handling:P\",\"reason\":\"They agreed.\"}"), 200);
    assert_int_equal(ask(who, path, "{\"code\":\"handling:C.ask\"}"), 200); /* for none */
}

/* Form fields: that it was drawn naming those two (second 0: the first alone), and that these
 * three are ticked. */
static void add_named(char body[static 400], int64_t first, int64_t second, const int64_t ticked[3])
{
    size_t at = strlen(body);
    at += (size_t)snprintf(body + at, 400 - at, "&seen=handling:C.named&seen-named=%lld",
                           (long long)first);
    if (second) at += (size_t)snprintf(body + at, 400 - at, "+%lld", (long long)second);
    for (int i = 0; i < 3; i++)
        at += (size_t)snprintf(body + at, 400 - at, "&organisation-%lld=yes", (long long)ticked[i]);
}

/* Nor is it named again by a form that was drawn before it was taken off. */
static void an_organisation_that_was_taken_off_stays_off(void **state)
{
    (void)state;
    char path[100];
    char access[100];
    char read[100];
    char body[400] = "handling=handling:C.named&why=They+help";
    char wrong[400] = "handling=nothing&why=They+help";
    char field[120];
    const struct member *who = &members[OWN_REPRESENTATIVE];
    const int64_t *other = &organisation_id[SAME_FORUM]; /* and the two after it */
    const int64_t named[] = {other[1], other[2]};
    int64_t id = share(SENDER, "taken off", "handling:C.ask", "Kerra Fennel", "07700 900672", NULL);
    snprintf(path, sizeof path, "/submissions/%lld/handling", (long long)id);
    snprintf(access, sizeof access, "/submissions/%lld/access", (long long)id);
    snprintf(read, sizeof read, "/submissions/%lld", (long long)id);
    const struct handling_new new = {.submission = id,
                                     .code = STR("handling:C.named"),
                                     .organisations = named,
                                     .count = 2,
                                     .reason = STR("They help.")};
    assert_int_equal(
        handling_set_for(&app, &who->person, &new, &(struct handling_refused){0}, NULL), ST_OK);
    assert_int_equal(ask(who, access, NULL), 200);
    snprintf(field, sizeof field, "name=\"seen-named\" value=\"%lld %lld\"", (long long)named[0],
             (long long)named[1]);
    assert_non_null(strstr(reply, "name=\"seen\" value=\"handling:C.named\""));
    assert_non_null(strstr(reply, field));
    assert_int_equal(ask(&members[POLICE_ANALYST], read, NULL), 200);
    assert_int_equal(handling_set(&app, &who->person, id, STR("handling:C.named"), named, 1, NULL),
                     ST_OK);
    add_named(body, named[0], named[1], other);
    add_named(wrong, named[0], named[1], other);
    /* What is wrong comes first, and makes nothing of it seen. */
    assert_int_equal(ask(who, path, wrong), 400);
    assert_non_null(strstr(reply, field));
    assert_int_equal(ask(who, path, body), 409);
    assert_non_null(strstr(reply, "Somebody changed who may see it meanwhile"));
    assert_non_null(strstr(reply, "They help</textarea>"));
    snprintf(field, sizeof field, "name=\"seen-named\" value=\"%lld\"", (long long)named[0]);
    assert_non_null(strstr(reply, field));
    for (int i = 0; i < 3; i++) {
        snprintf(field, sizeof field,
                 "name=\"organisation-%lld\" type=\"checkbox\" value=\"yes\" %s",
                 (long long)other[i], other[i] == named[0] ? "checked>" : ">");
        if (!strstr(reply, field)) fail_msg("Not there: %s", field);
    }
    assert_int_equal(ask(&members[POLICE_ANALYST], read, NULL), 404);
    /* Whoever has seen it as it is chooses. */
    strcpy(body, "handling=handling:C.named&why=They+help");
    add_named(body, named[0], 0, other);
    assert_int_equal(ask(who, path, body), 303);
    assert_int_equal(ask(&members[POLICE_ANALYST], read, NULL), 200);
}

/* Opens it for this person alone, who says that it is an emergency. */
static void break_glass_of(int64_t submission, int who, struct str reason)
{
    struct db *db = NULL;
    struct grant_new opened = grant_of(submission, who, GRANT_broken, clock_now() + 3600000);
    opened.by = opened.account;
    opened.reason = reason;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    assert_int_equal(grant_store(&app, db, &arena, &opened, NULL), ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
}

/* Who opens or keeps it is of the organisation that it came from, mostly. */
static void who_gave_it_tells_nobody_whose_it_is(void **state)
{
    (void)state;
    char path[64], opened[200];
    struct pair pair = new_pair(SENDER, "given by its owner", "handling:P", "Wella Thorn");
    struct str far = str_from(members[FAR_ANALYST].email);
    struct date until = date_from_days(clock_today() + 7);
    static const int givers[] = {OWN_REPRESENTATIVE, COORDINATOR};
    for (int i = 0; i < 2; i++) {
        const struct person *giver = &members[givers[i]].person;
        struct str why = i ? STR("For the map.") : STR("As our head asked.");
        assert_int_equal(
            grant_add(&app, giver, pair.submission, GRANT_granted, far, until, why, NULL), ST_OK);
        giver = &members[i ? COORDINATOR : OWN_LEAD].person;
        assert_int_equal(block_add(&app, giver, pair.submission,
                                   str_from(members[i ? OTHER_LEAD : FAR_COORDINATOR].email), why,
                                   NULL),
                         ST_OK);
    }
    break_glass_of(pair.submission, OWN_ANALYST, STR("A child is in danger."));
    snprintf(path, sizeof path, "/submissions/%lld/access", (long long)pair.submission);
    assert_int_equal(ask(&members[COORDINATOR], path, NULL), 200);
    /* An emergency nobody gave, whoever it is that opens it. */
    snprintf(opened, sizeof opened,
             "A child is in danger. <span class=\"govuk-hint pendeen-inline\">given by %s<",
             str_c(&arena, members[OWN_ANALYST].person.name));
    assert_non_null(strstr(reply, opened));
    assert_non_null(strstr(reply, "given by its owner"));
    assert_non_null(strstr(reply, "by its owner</span>"));
    assert_non_null(strstr(reply, "For the map."));
    assert_null(strstr(reply, "As our head asked."));
    assert_null(strstr(reply, str_c(&arena, members[OWN_REPRESENTATIVE].person.name)));
    assert_null(strstr(reply, str_c(&arena, members[OWN_LEAD].person.name)));
    assert_int_equal(ask(&members[OWN_LEAD], path, NULL), 200);
    assert_non_null(strstr(reply, "As our head asked."));
    assert_null(strstr(reply, "by its owner"));
    /* Nor does whoever it was given to read it. */
    assert_int_equal(ask(&members[FAR_ANALYST], "/notices", NULL), 200);
    assert_non_null(strstr(reply, pair.reference));
    assert_non_null(strstr(reply, "given by its owner"));
    assert_non_null(strstr(reply, "For the map."));
    assert_null(strstr(reply, "As our head asked."));
    assert_null(strstr(reply, str_c(&arena, members[OWN_REPRESENTATIVE].person.name)));
}

static void a_grant_ends_at_the_edge_of_the_forum(void **state)
{
    (void)state;
    struct err err = {0};
    char path[100], reference[REFERENCE_SIZE];
    struct date until = date_from_days(clock_today() + 10);
    int64_t id = share(SENDER, "edge", "handling:P", "Carenza Fern", "07700 900670", reference);
    snprintf(path, sizeof path, "/submissions/%lld", (long long)id);
    static const int given[] = {FAR_ANALYST, OTHER_REPRESENTATIVE};
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(grant_add(&app, &members[OWN_REPRESENTATIVE].person, id, GRANT_granted,
                                   str_from(members[given[i]].email), until, STR("x"), &err),
                         ST_OK);
    assert_int_equal(ask(&members[FAR_ANALYST], path, NULL), 200);
    assert_int_equal(handling_set(&app, &members[OWN_REPRESENTATIVE].person, id,
                                  STR("handling:C.forum"), NULL, 0, &err),
                     ST_OK);
    assert_int_equal(ask(&members[FAR_ANALYST], path, NULL), 404);
    assert_int_equal(ask(&members[OTHER_REPRESENTATIVE], path, NULL), 200);
    /* An emergency is nobody's leave. */
    int64_t opened = 0;
    assert_int_equal(break_glass(&app, &members[FAR_ANALYST].person, str_from(reference),
                                 STR("A child is in danger now."), &opened, &err),
                     ST_OK);
    assert_int_equal(ask(&members[FAR_ANALYST], path, NULL), 200);
}

static void a_declined_connection_discloses_nothing(void **state)
{
    (void)state;
    char path[100];
    int64_t hidden =
        share(SENDER, "decline-hidden", "handling:C.ask", "Carenza Fern", "07700 900888", NULL);
    int64_t seen =
        share(FAR_REPRESENTATIVE, "decline-seen", "handling:P", "Somebody", "07700 900888", NULL);
    snprintf(path, sizeof path, "/submissions/%lld/connect", (long long)seen);
    assert_int_equal(ask(&members[FAR_ANALYST], path, "message=Please"), 303);
    assert_int_equal(ask(&members[OWN_LEAD], "/notices", NULL), 200);
    snprintf(path, sizeof path, "/connections/%lld", (long long)connection_id());
    assert_int_equal(ask(&members[OWN_LEAD], path, "answer=decline&reason=Not+now"), 303);
    snprintf(path, sizeof path, "/submissions/%lld", (long long)hidden);
    assert_int_equal(ask(&members[FAR_ANALYST], path, NULL), 404);
    snprintf(path, sizeof path, "/submissions/%lld", (long long)seen);
    assert_int_equal(ask(&members[OWN_LEAD], path, NULL), 404);
}

/* No hint where the condition forbids it, where the asker is named, or is blocked. */
static void a_hint_is_not_given_where_it_must_not_be(void **state)
{
    (void)state;
    struct err err = {0};
    static const struct {
        const char *handling;
        const char *name;
        bool blocks;
        bool hint;
    } cases[] = {{"handling:P", "Carenza Fern", false, true},
                 {"handling:C.named", "Carenza Fern", false, true},
                 {"handling:C.forum", "Carenza Fern", false, false},
                 {"handling:C.maru-police", "Carenza Fern", false, false},
                 {"handling:C.ask", "Kensa Sorrel", false, false}, /* the far analyst's own name */
                 {"handling:C.ask", "Carenza Fern", true, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char key[40];
        char phone[40];
        char path[100];
        snprintf(phone, sizeof phone, "07700 90060%zu", i);
        snprintf(key, sizeof key, "hint-hidden-%zu", i);
        int64_t hidden = share(SENDER, key, cases[i].handling, cases[i].name, phone, NULL);
        snprintf(key, sizeof key, "hint-seen-%zu", i);
        int64_t seen = share(FAR_REPRESENTATIVE, key, "handling:P", "Somebody", phone, NULL);
        if (cases[i].blocks &&
            block_add(&app, &members[OWN_LEAD].person, hidden, str_from(members[FAR_ANALYST].email),
                      STR("x"), &err) != ST_OK)
            fail_msg("%s", err.public);
        snprintf(path, sizeof path, "/submissions/%lld", (long long)seen);
        assert_int_equal(ask(&members[FAR_ANALYST], path, NULL), 200);
        if ((strstr(reply, hint_words) != NULL) != cases[i].hint) fail_msg("case %zu", i);
    }
}

/* --- who handed it in ------------------------------------------------------------------------- */

static void the_source_is_told_to_a_named_few_alone(void **state)
{
    (void)state;
    char path[100];
    for (int who = 0; who < MEMBERS; who++) {
        for (int record = 0; record < OWN_RECORD; record++) {
            snprintf(path, sizeof path, "/submissions/%lld", (long long)records[record].submission);
            ask(&members[who], path, NULL);
            assert_null(strstr(reply_body(), "sender@example.org"));
            if (who != SENDER) assert_null(strstr(reply_body(), "Perran Hazel"));
            snprintf(path, sizeof path, "/submissions/%lld/source",
                     (long long)records[record].submission);
            bool may = strchr(expected[who][record], 's') != NULL;
            assert_int_equal(ask(&members[who], path, "reason=To+ring+back"), may ? 200 : 404);
            if (who != SENDER) assert_int_equal(strstr(reply_body(), "Perran Hazel") != NULL, may);
        }
    }
}

/* --- the desk --------------------------------------------------------------------------------- */

/* A referral of a child of that name, sent by the sender. */
static int64_t refer(const char *child)
{
    struct err err = {0};
    struct referral_clash clash;
    size_t clashes = 0;
    int64_t id = 0;
    int64_t row = 0;
    struct referral_head head;
    const struct person *who = &members[SENDER].person;
    struct referral_given given = {questions_find(area_referral(area), STR("child-name")),
                                   {ANSWER_GIVEN, str_from(child)}};
    if (referral_begin(&app, who, STR("cornwall"), &id, &err) != ST_OK ||
        referral_row_add(&app, who, id, STR(REFERRAL_CHILD), &row, &err) != ST_OK)
        fail_msg("%s", err.public);
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(referral_load_head(db, &arena, id, &head, NULL), ST_OK);
    store_read_end(app.store, db);
    int64_t version = head.version;
    if (referral_save(&app, who, id, row, version, &given, 1, &clash, &clashes, &arena, &version,
                      &err) != ST_OK ||
        referral_send(&app, who, id, version, &err) != ST_OK)
        fail_msg("%s", err.public);
    return id;
}

/* A check of that referral, asked of East Hospital. */
static int64_t ask_hospital(int64_t referral)
{
    static const struct desk_input rate = {.choice = STR_INIT("amber"), .text = STR_INIT("x")};
    struct desk_input check = {.organisation = organisation_id[OTHER_FORUM],
                               .text = STR("What do you hold?"),
                               .version = 2};
    struct err err = {0};
    const char *field = NULL;
    struct desk_check *checks = NULL;
    size_t count = 0;
    if (desk_do(&app, &members[MARU_OFFICER].person, referral, DESK_DO_RATE, &rate, &field, &err) !=
            ST_OK ||
        desk_do(&app, &members[MARU_OFFICER].person, referral, DESK_DO_CHECK, &check, &field,
                &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(desk_checks(&app, &arena, referral, &checks, &count, NULL), ST_OK);
    return checks[0].id;
}

/* Allowed: the status; denied: to the byte and to the step what is missing. */
static void check_desk_route(int who, const char *head, int64_t id, const char *tail,
                             const char *body, int good)
{
    char path[100];
    snprintf(path, sizeof path, "%s/999999%s", head, tail);
    assert_int_equal(ask(&members[who], path, body), 404);
    uint64_t missing_work = least_work(who, path, body);
    char *missing = strdup(reply_body());
    snprintf(path, sizeof path, "%s/%lld%s", head, (long long)id, tail);
    uint64_t start = store_work_here();
    int status = ask(&members[who], path, body);
    uint64_t work = store_work_here() - start;
    if (status == 404 && work != missing_work) work = least_work(who, path, body);
    if (status != (good ? good : 404)) fail_msg("%s to %s: %d", path, members[who].name, status);
    if (!good) {
        assert_string_equal(reply_body(), missing);
        if (work != missing_work)
            fail_msg("%s to %s: %llu steps when missing, %llu when denied", path, members[who].name,
                     (unsigned long long)missing_work, (unsigned long long)work);
    }
    free(missing);
}

static void the_desk_is_for_those_whom_the_table_names(void **state)
{
    (void)state;
    int64_t referral = refer("Tamblyn Moorstone");
    int64_t check = ask_hospital(referral);
    for (int who = 0; who < MEMBERS; who++) {
        bool desk = who == MARU_OFFICER;
        bool answers = who == FAR_REPRESENTATIVE;
        bool reads = desk || who == SENDER || who == OWN_LEAD;
        check_desk_route(who, "/desk", referral, "", NULL, desk ? 200 : 0);
        check_desk_route(who, "/desk", referral, "/do/note", NULL, desk ? 200 : 0);
        check_desk_route(who, "/desk", referral, "/do/note", "version=3&text=", desk ? 400 : 0);
        check_desk_route(who, "/checks", check, "", NULL, answers ? 200 : 0);
        check_desk_route(who, "/checks", check, "", "choice=held&text=", answers ? 400 : 0);
        check_desk_route(who, "/referrals", referral, "/outcome", NULL, reads ? 200 : 0);
        check_desk_route(who, "/referrals", referral, "/outcome", "text=", reads ? 400 : 0);
        check_desk_route(who, "/desk-notices", 888888, "/seen", "x=1", 0);
        assert_int_equal(ask(&members[who], "/desk", NULL), desk ? 200 : 404);
        assert_int_equal(strstr(reply, "Tamblyn Moorstone") != NULL, desk);
    }
}

/* Whom a referral names finds no case, no check and no figure of it. */
static void whom_a_referral_names_meets_no_case(void **state)
{
    (void)state;
    assert_int_equal(ask(&members[MARU_OFFICER], "/desk", NULL), 200);
    char *before = strdup(reply_body());
    int64_t own = refer("Ostell Willow"); /* the officer's own name */
    check_desk_route(MARU_OFFICER, "/desk", own, "", NULL, 0);
    check_desk_route(MARU_OFFICER, "/desk", own, "/do/note", "version=0&text=x", 0);
    check_desk_route(MARU_OFFICER, "/referrals", own, "/outcome", NULL, 0);
    assert_int_equal(ask(&members[MARU_OFFICER], "/desk", NULL), 200);
    assert_string_equal(before, reply_body());
    free(before);
    int64_t theirs = refer("Myghal Umber"); /* the representative's who is asked */
    int64_t check = ask_hospital(theirs);
    assert_int_equal(ask(&members[FAR_REPRESENTATIVE], "/checks", NULL), 200);
    char path[60];
    snprintf(path, sizeof path, "/checks/%lld", (long long)check);
    assert_null(strstr(reply, path));
    check_desk_route(FAR_REPRESENTATIVE, "/checks", check, "", NULL, 0);
}

/* --- setting up ------------------------------------------------------------------------------- */

/* --- children's records --------------------------------------------------------------------- */

/* Every route to a child's record: what a reader, a worker to whom it is allocated, and an
 * officer of the referral unit get. */
static const struct {
    const char *rest; /* of the path, after the record */
    const char *body;
    char needs; /* r read, e edit, k keep */
    int good;
} child_routes[] = {
    {"", NULL, 'r', 200},
    {"/facts/child-name", NULL, 'r', 200},
    {"/facts/child-name", "value=&how=both", 'e', 400},
    {"/facts/child-name/choose", "entry=0&reason=x", 'e', 404},
    {"/add/person", NULL, 'e', 200},
    {"/add/person", "name=", 'e', 400},
    {"/entries/1", NULL, 'e', 0},
    {"/entries/1", "state=", 'e', 0},
    {"/signs", NULL, 'r', 200},
    {"/chronology", NULL, 'r', 200},
    {"/join", NULL, 'e', 200},
    {"/join", "other=", 'e', 400},
    {"/joins/999", "x=1", 'e', 404},
    {"/referrals/999", NULL, 'k', 200},
    {"/referrals/999", "reason=", 'k', 400},
    {"/bundles", NULL, 'k', 200},
    {"/bundles", "asked-by=", 'k', 400},
    {"/bundles/999", NULL, 'k', 404},
    {"/bundles/999", "left-out=", 'k', 404},
    {"/bundles/999/release", "sure=yes", 'k', 404},
    {"/bundles/999/longer", "longer-why=x", 'k', 404},
    {"/bundles/999/end", "end-reason=x", 'k', 404},
    {"/bundles/999/print", NULL, 'k', 404},
    {"/bundles/999/held.pdf", NULL, 'k', 404},
    {"/keep", NULL, 'k', 200},
    {"/access", "email=&reason=", 'k', 400},
    {"/access/999/end", "x=1", 'k', 404},
    {"/class", "class=", 'k', 400},
    {"/hold", "held=yes&reason=", 'k', 400},
    {"/close", "closed=yes&close-reason=", 'k', 400},
    {"/sign-off", "answer=yes&close-reason=x", 'k', 400},
    {"/disposals", "why=", 'k', 400},
    {"/disposals/999", "answer=keep", 'k', 404},
    {"/missing", NULL, 'r', 200},
    {"/missing/new", NULL, 'e', 200},
    {"/missing/new", "missing-sort=", 'e', 400},
    {"/prepared", NULL, 'e', 200},
    {"/prepared", "prepared-talk=", 'e', 303},
};
enum { CHILD_ROUTES = sizeof child_routes / sizeof *child_routes };

static int64_t new_child(const char *name)
{
    struct child_draft draft = {.kind = ENTRY_FACT};
    draft.text[FACT_KEY] = STR("child-name");
    draft.text[FACT_ANSWER] = STR("given");
    draft.text[FACT_VALUE] = str_from(name);
    int64_t id = 0;
    struct err err = {0};
    if (child_create(&app, &members[MARU_OFFICER].person, &draft, 1, 0, &id, &err) != ST_OK)
        fail_msg("%s", err.public);
    return id;
}

static void give_child(int64_t child, int who, bool blocks)
{
    struct err err = {0};
    if (child_access_give(&app, &members[MARU_OFFICER].person, child, str_from(members[who].email),
                          blocks, STR("For the test."), &err) != ST_OK)
        fail_msg("%s", err.public);
}

static void check_child(int who, int64_t child, const char *allowed)
{
    for (int i = 0; i < CHILD_ROUTES; i++) {
        char path[100];
        snprintf(path, sizeof path, "/children/999999%s", child_routes[i].rest);
        int status = ask(&members[who], path, child_routes[i].body);
        if (status != 404) fail_msg("%s to %s: %d", path, members[who].name, status);
        char *missing = strdup(reply_body());
        uint64_t work = least_work(who, path, child_routes[i].body);
        snprintf(path, sizeof path, "/children/%lld%s", (long long)child, child_routes[i].rest);
        status = ask(&members[who], path, child_routes[i].body);
        bool good = strchr(allowed, child_routes[i].needs) != NULL;
        if (good && child_routes[i].good && status != child_routes[i].good)
            fail_msg("%s to %s: %d", path, members[who].name, status);
        if (!good) {
            if (status != 404) fail_msg("%s to %s: %d, not 404", path, members[who].name, status);
            assert_string_equal(missing, reply_body());
            /* Of a record that one may read it is no secret that it is there. */
            if (!allowed[0]) assert_int_equal(least_work(who, path, child_routes[i].body), work);
        }
        free(missing);
    }
}

/* --- children who go missing ------------------------------------------------------------------ */

static const struct {
    const char *rest; /* of the path, after the episode */
    const char *body;
    char needs; /* r read, e edit */
    int good;
} missing_routes[] = {
    {"", NULL, 'r', 200},
    {"/parts/report", NULL, 'e', 200},
    {"/parts/return", "return-day=", 'e', 400},
    {"/pass-on/said-who", "x=1", 'e', 404},
};
enum { MISSING_ROUTES = sizeof missing_routes / sizeof *missing_routes };

static int64_t new_episode(int64_t child, const char *forum)
{
    struct missing_given given[4];
    static const char *const pair[][2] = {{"missing-sort", "missing"},
                                          {"missing-since-day", "1/2/2026"},
                                          {"missing-since-time", "16:50"},
                                          {"missing-where", "Bryher quay"}};
    for (int i = 0; i < 4; i++)
        given[i] =
            (struct missing_given){questions_find(&area_missing(area)->form, str_from(pair[i][0])),
                                   {ANSWER_GIVEN, str_from(pair[i][1])}};
    struct missing_new new = {.child = child, .forum = str_from(forum)};
    struct err err = {0};
    int64_t id = 0;
    struct person officer = members[MARU_OFFICER].person;
    officer.name = STR("Another Officer"); /* whom no record names */
    if (missing_report(&app, &officer, &new, given, 4, &id, &err) != ST_OK)
        fail_msg("%s", err.public);
    return id;
}

static void check_episode(int who, int64_t episode, const char *allowed)
{
    for (int i = 0; i < MISSING_ROUTES; i++) {
        char path[100];
        snprintf(path, sizeof path, "/missing/999999%s", missing_routes[i].rest);
        int status = ask(&members[who], path, missing_routes[i].body);
        if (status != 404) fail_msg("%s to %s: %d", path, members[who].name, status);
        char *missing = strdup(reply_body());
        uint64_t work = least_work(who, path, missing_routes[i].body);
        snprintf(path, sizeof path, "/missing/%lld%s", (long long)episode, missing_routes[i].rest);
        status = ask(&members[who], path, missing_routes[i].body);
        bool good = strchr(allowed, missing_routes[i].needs) != NULL;
        if (good && status != missing_routes[i].good)
            fail_msg("%s to %s: %d", path, members[who].name, status);
        if (!good) {
            if (status != 404) fail_msg("%s to %s: %d, not 404", path, members[who].name, status);
            assert_string_equal(missing, reply_body());
            if (!allowed[0]) assert_int_equal(least_work(who, path, missing_routes[i].body), work);
        }
        free(missing);
    }
}

static void missing_routes_answer_as_the_table_says(void **state)
{
    (void)state;
    int64_t mid_child = new_child("Zennor Bracken");
    int64_t allocated = new_child("Wenna Clover");
    int64_t mid = new_episode(mid_child, "mid");
    int64_t east = new_episode(new_child("Jowan Dock"), "east");
    int64_t given = new_episode(allocated, "west");
    int64_t named = new_episode(new_child("Ostell Willow"), "mid"); /* the officer's own name */
    int64_t kept = new_child("Merryn Fern");
    int64_t blocked = new_episode(kept, "mid");
    give_child(allocated, OTHER_PRACTITIONER, false);
    give_child(kept, MARU_OFFICER, true);
    int routes_seen = 0;
    char body[100];
    for (int route = 0; route < ROUTE_COUNT; route++)
        routes_seen += str_starts(str_from(routes[route].pattern), STR("/missing/{id}"));
    assert_int_equal(routes_seen, MISSING_ROUTES);
    for (int who = 0; who < MEMBERS; who++) {
        bool officer = who == MARU_OFFICER;
        bool of_mid = who == OWN_ANALYST || who == FORUM_ANALYST || who == COORDINATOR;
        bool of_east = who == FAR_ANALYST || who == FAR_COORDINATOR || who == POLICE_ANALYST;
        check_episode(who, mid, officer ? "re" : of_mid ? "r" : "");
        check_episode(who, east, officer ? "re" : of_east ? "r" : "");
        check_episode(who, given, officer || who == OTHER_PRACTITIONER ? "re" : "");
        check_episode(who, named, of_mid ? "r" : "");
        check_episode(who, blocked, of_mid ? "r" : "");
        static const char nothing[] = "{\"answers\":[{\"key\":\"action-what\"}]}";
        const struct {
            int64_t episode;
            bool reads;
            bool edits;
        } asked[] = {
            {mid, officer || of_mid, officer},
            {east, officer || of_east, officer},
            {given, officer || who == OTHER_PRACTITIONER, officer || who == OTHER_PRACTITIONER},
            {named, of_mid, false},
            {blocked, of_mid, false}};
        for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
            check_program(who, "/api/v1/missing/", asked[i].episode, "", asked[i].reads);
            check_program_at(who, "/api/v1/missing/", asked[i].episode, "/parts/action", nothing,
                             asked[i].edits ? 400 : 0);
        }
        (void)ask(&members[who], "/api/v1/missing?limit=100", NULL);
        assert_int_equal(strstr(reply, "Zennor Bracken") != NULL, officer || of_mid);
        assert_int_equal(strstr(reply, "Wenna Clover") != NULL,
                         officer || who == OTHER_PRACTITIONER);
        snprintf(body, sizeof body, "{\"child\":%lld,\"answers\":[]}", (long long)allocated);
        int reported = ask(&members[who], "/api/v1/missing", body);
        assert_int_equal(reported, officer || who == OTHER_PRACTITIONER ? 400 : 404);
        bool any = access_allows(&members[who].person, ACT_READ_MISSING, NULL);
        assert_int_equal(ask(&members[who], "/missing", NULL), any ? 200 : 404);
        assert_int_equal(strstr(reply, "Zennor Bracken") != NULL, officer || of_mid);
        assert_int_equal(strstr(reply, "Jowan Dock") != NULL, officer || of_east);
        assert_int_equal(strstr(reply, "Wenna Clover") != NULL,
                         officer || who == OTHER_PRACTITIONER);
        assert_int_equal(strstr(reply, "Merryn Fern") != NULL, of_mid);
        assert_int_equal(
            ask(&members[who], "/missing/facts", "key=repeat%3A1&verdict=accepted&reason=x"), 404);
        assert_int_equal(ask(&members[who], "/missing/import", NULL), officer ? 200 : 404);
        assert_int_equal(ask(&members[who], "/missing/import", "do=run&text=a%2Cb"),
                         officer ? 400 : 404);
    }
}

/* --- locations of concern -------------------------------------------------------------------- */

static const struct {
    const char *rest;
    char needs; /* 'r' read, 'k' keep */
    const char *body;
    int good;
} location_routes[] = {
    {"", 'r', NULL, 200},
    {"/parts/harm", 'k', NULL, 200},
    {"/parts/action", 'k', "action-what=", 400},
};
enum { LOCATION_ROUTES = sizeof location_routes / sizeof *location_routes };

static int64_t new_location(int who, const char *name, const char *forum, const char *handling,
                            int64_t mention)
{
    const struct questions *form = area_location_form(app.area);
    struct location_given given[] = {
        {questions_find(form, STR("location-name")), {ANSWER_GIVEN, str_from(name)}},
        {questions_find(form, STR("location-kind")), {ANSWER_GIVEN, STR("park")}},
        {questions_find(form, STR("location-town")), {ANSWER_GIVEN, STR("Truro")}}};
    struct location_new new = {
        .forum = str_from(forum), .handling = str_from(handling), .mention = mention};
    struct err err = {0};
    int64_t id = 0;
    if (location_add(&app, &members[who].person, &new, given, sizeof given / sizeof *given, &id,
                     &err) != ST_OK)
        fail_msg("%s: %s", name, err.public);
    return id;
}

static void check_location(int who, int64_t location, const char *allowed)
{
    for (int i = 0; i < LOCATION_ROUTES; i++) {
        char path[100];
        snprintf(path, sizeof path, "/locations/999999%s", location_routes[i].rest);
        int status = ask(&members[who], path, location_routes[i].body);
        if (status != 404) fail_msg("%s to %s: %d", path, members[who].name, status);
        char *missing = strdup(reply_body());
        uint64_t work = least_work(who, path, location_routes[i].body);
        snprintf(path, sizeof path, "/locations/%lld%s", (long long)location,
                 location_routes[i].rest);
        status = ask(&members[who], path, location_routes[i].body);
        bool good = strchr(allowed, location_routes[i].needs) != NULL;
        if (good && status != location_routes[i].good)
            fail_msg("%s to %s: %d", path, members[who].name, status);
        if (!good) {
            if (status != 404) fail_msg("%s to %s: %d, not 404", path, members[who].name, status);
            assert_string_equal(missing, reply_body());
            if (!allowed[0]) assert_int_equal(least_work(who, path, location_routes[i].body), work);
        }
        free(missing);
    }
}

static void locations_answer_as_the_table_says(void **state)
{
    (void)state;
    int64_t open = new_location(OWN_ANALYST, "Zennor Meadow", "mid", "handling:P", 0);
    int64_t narrow = new_location(OWN_ANALYST, "Jowan Quay", "mid", "handling:C.ask", 0);
    int64_t unit = new_location(OWN_ANALYST, "Wenna Yard", "mid", "handling:C.maru-police", 0);
    int64_t east = new_location(FAR_ANALYST, "Merryn Halt", "east", "handling:P", 0);
    int64_t own_organisation = members[OWN_ANALYST].person.organisation;
    int routes_seen = 0;
    for (int route = 0; route < ROUTE_COUNT; route++)
        routes_seen += str_starts(str_from(routes[route].pattern), STR("/locations/{id}"));
    assert_int_equal(routes_seen, LOCATION_ROUTES);
    for (int who = 0; who < MEMBERS; who++) {
        const struct person *person = &members[who].person;
        unsigned forum_roles =
            1u << ROLE_maru_officer | 1u << ROLE_analyst | 1u << ROLE_coordinator;
        unsigned own_roles = forum_roles | 1u << ROLE_representative | 1u << ROLE_safeguarding_lead;
        struct arena_mark mark = arena_mark(&arena);
        const struct scope *scope = scope_of(&app, &arena, person);
        uint64_t forums = scope_person(scope)->forums;
        bool police = scope_person(scope)->is_police;
        arena_reset(&arena, mark);
        bool sits = person->roles & forum_roles;
        bool own = (person->roles & own_roles) && person->organisation == own_organisation;
        bool mid = own || (sits && (forums & registry_forum_bit(app.registry, STR("mid"))));
        bool far = (sits && (forums & registry_forum_bit(app.registry, STR("east")))) ||
                   ((person->roles & own_roles) &&
                    person->organisation == members[FAR_ANALYST].person.organisation);
        bool named = own || (sits && (police || (person->roles & 1u << ROLE_maru_officer)));
        check_location(who, open, mid ? "rk" : "");
        check_location(who, narrow, own ? "rk" : "");
        check_location(who, unit, named ? "rk" : "");
        check_location(who, east, far ? "rk" : "");
        check_program(who, "/api/v1/locations/", open, "", mid);
        check_program(who, "/api/v1/locations/", narrow, "", own);
        check_program(who, "/api/v1/locations/", unit, "", named);
        (void)ask(&members[who], "/api/v1/locations?limit=100", NULL);
        assert_int_equal(strstr(reply, "Zennor Meadow") != NULL, mid);
        assert_int_equal(strstr(reply, "Jowan Quay") != NULL, own);
        assert_int_equal(strstr(reply, "Merryn Halt") != NULL, far);
        bool any = access_allows(person, ACT_READ_LOCATION, NULL);
        assert_int_equal(ask(&members[who], "/locations", NULL), any ? 200 : 404);
        assert_int_equal(strstr(reply, "Zennor Meadow") != NULL, mid);
        assert_int_equal(strstr(reply, "Jowan Quay") != NULL, own);
        assert_int_equal(strstr(reply, "Wenna Yard") != NULL, named);
        assert_int_equal(strstr(reply, "Merryn Halt") != NULL, far);
        assert_int_equal(ask(&members[who], "/locations/new", NULL), any ? 200 : 404);
        /* The map counts what each sees; the list behind a mark names it. */
        assert_int_equal(ask(&members[who], "/map?chosen=yes&locations=yes", NULL),
                         any ? 200 : 404);
        assert_int_equal(ask(&members[who], "/map/data.json?chosen=yes&locations=yes", NULL),
                         any ? 200 : 404);
        if (any) assert_int_equal(strstr(reply, "Truro: 0 submissions") != NULL, mid || far);
        char list[100];
        snprintf(list, sizeof list, "/map/list?chosen=yes&locations=yes&town=%d",
                 area_map_town(area_map(app.area), STR("Truro")));
        assert_int_equal(ask(&members[who], list, NULL), any ? 200 : 404);
        assert_int_equal(strstr(reply, "Zennor Meadow") != NULL, mid);
        assert_int_equal(strstr(reply, "Merryn Halt") != NULL, far);
        /* its condition keeps it from being put at a town */
        assert_null(strstr(reply, "Jowan Quay"));
        assert_null(strstr(reply, "Wenna Yard"));
        assert_int_equal(ask(&members[who], "/map/list?chosen=yes&locations=yes&town=-1", NULL),
                         any ? 200 : 404);
        assert_int_equal(strstr(reply, "Jowan Quay") != NULL, own);
        assert_int_equal(strstr(reply, "Wenna Yard") != NULL, named);
        assert_int_equal(ask(&members[who], "/locations", "location-name="), any ? 400 : 404);
    }
}

/* --- the map ------------------------------------------------------------------------------ */

/* one of each condition, and five more of the first, in one town */
enum { MAPPED = OWN_RECORD + 5 };
static const char *const mapped_town[MAPPED] = {
    "Bude", "Torpoint", "Callington", "Helston", "Hayle", "Looe", "Looe", "Looe", "Looe", "Looe"};

static void share_at_towns(char reference[MAPPED][REFERENCE_SIZE])
{
    static const char *const codes[OWN_RECORD] = {"handling:P", "handling:C.forum",
                                                  "handling:C.named", "handling:C.maru-police",
                                                  "handling:C.ask"};
    for (int i = 0; i < MAPPED; i++) {
        struct mention_draft mention = {.kind = LINK_PLACE, .span_start = -1, .span_end = -1};
        mention.field[LINK_VENUE] = str_fmt(&arena, "Bench number %d", i);
        mention.field[LINK_TOWN] = str_from(mapped_town[i]);
        struct submission_draft draft = {
            .idempotency_key = str_fmt(&arena, "mapped-%d", i),
            .narrative = STR("A car waited for an hour."),
            .handling = str_from(i < OWN_RECORD ? codes[i] : codes[OPEN_RECORD]),
            .mention = &mention,
            .mention_count = 1};
        struct submission_receipt receipt;
        struct err err = {0};
        if (submission_share(&app, &members[SENDER].person, &draft, 0, 0, &receipt, &err) != ST_OK)
            fail_msg("%s", err.public);
        struct person representative = representative_of(SENDER, "");
        share_on_by(&app, &arena, &representative, receipt.id);
        memcpy(reference[i], receipt.reference, REFERENCE_SIZE);
        if (i == NAMED_RECORD)
            assert_int_equal(handling_set(&app, &members[OWN_REPRESENTATIVE].person, receipt.id,
                                          STR("handling:C.named"), &organisation_id[OTHER_FORUM], 1,
                                          &err),
                             ST_OK);
    }
}

/* Whether the list of a town (-1: of what stands at none) has it;
 * `rest`: further of the address. */
static bool map_lists(int who, const char *town, const char *rest, const char *reference)
{
    char path[200];
    int place = town ? area_map_town(area_map(area), str_from(town)) : -1;
    snprintf(path, sizeof path, "/map/list?chosen=yes&submissions=yes&missing=yes&town=%d%s", place,
             rest);
    assert_int_equal(ask(&members[who], path, NULL),
                     access_allows(&members[who].person, ACT_READ_LOCATION, NULL) ? 200 : 404);
    return strstr(reply, reference) != NULL;
}

/* Whether the page and its data have a mark and a row of the town. */
static bool map_shows(int who, const char *town)
{
    char words[100];
    bool any = access_allows(&members[who].person, ACT_READ_LOCATION, NULL);
    snprintf(words, sizeof words, "\"name\":\"%s\"", town);
    assert_int_equal(
        ask(&members[who],
            "/map/data.json?chosen=yes&submissions=yes&missing=yes&density=yes&marks=only", NULL),
        any ? 200 : 404);
    bool shown = strstr(reply, words) != NULL;
    snprintf(words, sizeof words, ">%s</a></td>", town);
    assert_int_equal(
        ask(&members[who], "/map?chosen=yes&submissions=yes&missing=yes&density=yes", NULL),
        any ? 200 : 404);
    assert_int_equal(strstr(reply, words) != NULL, shown);
    return shown;
}

static void check_mapped(int who, char reference[MAPPED][REFERENCE_SIZE])
{
    bool links = access_allows(&members[who].person, ACT_SEE_LINKS, NULL);
    bool any = access_allows(&members[who].person, ACT_READ_LOCATION, NULL);
    for (int i = 0; i < MAPPED; i++) {
        int like = i < OWN_RECORD ? i : OPEN_RECORD;
        bool sees = any && strchr(expected[who][like], links ? 'l' : 'r') != NULL;
        bool at_town = like == OPEN_RECORD || like == FORUM_RECORD;
        bool enough = links || i >= OWN_RECORD; /* five of them */
        if (map_lists(who, mapped_town[i], "", reference[i]) != (sees && at_town && enough))
            fail_msg("%s and the list of %s", members[who].name, mapped_town[i]);
        if (i > OWN_RECORD) continue; /* the same town again */
        if (map_lists(who, mapped_town[i], "&zoom=0", reference[i]) != (sees && at_town && enough))
            fail_msg("%s and the list of all towns: %s", members[who].name, mapped_town[i]);
        if (map_lists(who, NULL, "", reference[i]) != (sees && !at_town && links))
            fail_msg("%s and what stands at no town: %s", members[who].name, mapped_town[i]);
        if (map_shows(who, mapped_town[i]) != (sees && at_town && enough))
            fail_msg("%s and the mark of %s", members[who].name, mapped_town[i]);
    }
}

static int64_t episode_at(const char *child, const char *forum, const char *town)
{
    struct missing_given given[4];
    const char *const pair[][2] = {{"missing-sort", "missing"},
                                   {"missing-since-day", "3/2/2026"},
                                   {"missing-since-time", "16:50"},
                                   {"missing-town", town}};
    for (int i = 0; i < 4; i++)
        given[i] =
            (struct missing_given){questions_find(&area_missing(area)->form, str_from(pair[i][0])),
                                   {ANSWER_GIVEN, str_from(pair[i][1])}};
    struct missing_new new = {.child = new_child(child), .forum = str_from(forum)};
    struct person officer = members[MARU_OFFICER].person;
    officer.name = STR("Another Officer");
    int64_t id = 0;
    assert_int_equal(missing_report(&app, &officer, &new, given, 4, &id, NULL), ST_OK);
    return id;
}

/* What somebody may not see is in no mark, no row, no square and no list, and neither is what
 * are too few for them. */
static void the_map_shows_what_the_table_says(void **state)
{
    (void)state;
    char reference[MAPPED][REFERENCE_SIZE];
    share_at_towns(reference);
    (void)episode_at("Talan Sorrel", "mid", "Padstow");
    (void)episode_at("Elowen Sedge", "east", "Saltash");
    for (int who = 0; who < MEMBERS; who++) {
        check_mapped(who, reference);
        bool mid =
            who == MARU_OFFICER || who == OWN_ANALYST || who == FORUM_ANALYST || who == COORDINATOR;
        bool east = who == MARU_OFFICER || who == FAR_ANALYST || who == FAR_COORDINATOR ||
                    who == POLICE_ANALYST;
        assert_int_equal(map_lists(who, "Padstow", "", "Talan Sorrel"), mid);
        assert_int_equal(map_lists(who, "Saltash", "", "Elowen Sedge"), east);
        assert_int_equal(map_shows(who, "Padstow"), mid);
        assert_int_equal(map_shows(who, "Saltash"), east);
    }
}

static void child_routes_answer_as_the_table_says(void **state)
{
    (void)state;
    int64_t plain = new_child("Zelah Bryony");
    int64_t allocated = new_child("Wella Campion");
    int64_t named = new_child("Ostell Willow"); /* the officer's own name */
    int64_t blocked = new_child("Perran Teasel");
    give_child(allocated, OTHER_PRACTITIONER, false);
    give_child(blocked, MARU_OFFICER, true);
    int routes_seen = 0;
    for (int route = 0; route < ROUTE_COUNT; route++)
        routes_seen += str_starts(str_from(routes[route].pattern), STR("/children/{id}"));
    assert_int_equal(routes_seen, CHILD_ROUTES);
    for (int who = 0; who < MEMBERS; who++) {
        bool officer = who == MARU_OFFICER;
        check_child(who, plain, officer ? "rek" : "");
        check_child(who, allocated, officer ? "rek" : who == OTHER_PRACTITIONER ? "re" : "");
        check_child(who, named, "");
        check_child(who, blocked, "");
        assert_int_equal(ask(&members[who], "/children", NULL),
                         access_allows(&members[who].person, ACT_READ_CHILD, NULL) ? 200 : 404);
        assert_int_equal(strstr(reply, "Zelah Bryony") != NULL, officer);
        assert_int_equal(strstr(reply, "Wella Campion") != NULL,
                         officer || who == OTHER_PRACTITIONER);
        assert_null(strstr(reply, "Perran Teasel"));
        assert_int_equal(ask(&members[who], "/children/new", NULL), officer ? 200 : 404);
        assert_int_equal(ask(&members[who], "/children", "child-name="), officer ? 400 : 404);
        assert_int_equal(ask(&members[who], "/children/due", NULL), officer ? 200 : 404);
    }
    /* It ends when the officer ends it. */
    struct child_access_line *lines = NULL;
    struct child_file file;
    size_t count = 0;
    assert_int_equal(
        child_open(&app, &arena, &members[MARU_OFFICER].person, allocated, &file, NULL), ST_OK);
    assert_int_equal(child_access_of(&app, &arena, &file, &lines, &count, NULL), ST_OK);
    assert_int_equal(count, 1);
    assert_int_equal(
        child_access_end(&app, &members[MARU_OFFICER].person, allocated, lines[0].id, NULL), ST_OK);
    check_child(OTHER_PRACTITIONER, allocated, "");
}

/* --- programs ------------------------------------------------------------------------------- */

/* A route of a record that the letters do not know: 200 for whoever may, else the bytes of a
 * missing one. */
/* As its page, so its route: whether there is one at all, and whether it tells of a record. */
static void programs_meet_what_pages_show(void **state)
{
    (void)state;
    static const struct {
        const char *program;
        const char *body;
        enum action action;
    } lists[] = {{"/api/v1/submissions", NULL, ACT_READ_SUBMISSION},
                 {"/api/v1/suggestions", NULL, ACT_SEE_LINKS},
                 {"/api/v1/entities", NULL, ACT_SEE_LINKS},
                 {"/api/v1/search", "{\"text\":\"Zelah\"}", ACT_SEE_LINKS},
                 {"/api/v1/referrals", NULL, ACT_READ_REFERRAL},
                 {"/api/v1/children", NULL, ACT_READ_CHILD},
                 {"/api/v1/measures/decided", NULL, ACT_MEASURES},
                 {"/api/v1/measures/collated", NULL, ACT_MEASURES},
                 {"/api/v1/completeness", NULL, ACT_MEASURES},
                 {"/api/v1/audit", NULL, ACT_AUDIT},
                 {"/api/v1/inbox", NULL, ACT_FORWARD},
                 {"/api/v1/feedback-due", NULL, ACT_READ_MEETING},
                 {"/api/v1/gradings-due", NULL, ACT_DECIDE},
                 {"/api/v1/meetings", NULL, ACT_READ_MEETING},
                 {"/api/v1/actions", NULL, ACT_DO_ACTION},
                 {"/api/v1/missing", NULL, ACT_READ_MISSING},
                 {"/api/v1/locations", NULL, ACT_READ_LOCATION},
                 {"/api/v1/patterns", NULL, ACT_SEE_LINKS},
                 {"/api/v1/problem-profile", NULL, ACT_SEE_LINKS}};
    int64_t referral = refer("Lowenna Pimpernel");
    int64_t child = new_child("Zelah Saffron");
    char reference[REFERENCE_SIZE];
    int64_t sent = share(SENDER, "for programs", "handling:C.ask", "Zelah Woodruff", "", reference);
    int forwards = 0;
    for (int who = 0; who < MEMBERS; who++) {
        bool desk = who == MARU_OFFICER;
        bool reads = desk || who == SENDER || who == OWN_LEAD;
        assert_int_equal(ask(&members[who], "/api/v1/me", NULL), 200);
        for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
            bool may = access_allows(&members[who].person, lists[i].action, NULL);
            int status = ask(&members[who], lists[i].program, lists[i].body);
            if (status != (may ? 200 : 404))
                fail_msg("%s to %s: %d", lists[i].program, members[who].name, status);
        }
        check_program(who, "/api/v1/referrals/", referral, "", reads);
        check_program(who, "/api/v1/referrals/", referral, "/outcome", reads);
        check_program(who, "/api/v1/children/", child, "", desk);
        struct arena_mark mark = arena_mark(&arena);
        bool may_forward =
            scope_allows(scope_of(&app, &arena, &members[who].person), ACT_FORWARD, sent);
        arena_reset(&arena, mark);
        forwards += may_forward;
        check_program(who, "/api/v1/inbox/", sent, "", may_forward);
        check_program(who, "/api/v1/inbox/", sent, "/versions", may_forward);
        check_program(who, "/api/v1/feedback/", sent, "", who == SENDER);
        bool says = access_allows(&members[who].person, ACT_RUN_MEETING, NULL);
        check_program_at(who, "/api/v1/feedback-due/", sent, "", "{\"outcome\":\"answered\"}", 0);
        assert_int_equal(
            ask(&members[who], "/api/v1/feedback-due/999999", "{\"outcome\":\"nothing\"}"),
            says ? 400 : 404);
        (void)ask(&members[who], "/api/v1/children", NULL);
        assert_int_equal(strstr(reply, "Zelah Saffron") != NULL, desk);
        (void)ask(&members[who], "/api/v1/submissions?limit=100", NULL);
        assert_int_equal(strstr(reply, reference) != NULL,
                         strchr(expected[who][ASK_RECORD], 'r') != NULL);
        bool shares = access_allows(&members[who].person, ACT_SHARE, NULL);
        assert_int_equal(ask(&members[who], "/api/v1/submissions", "{\"narrative\":\"\"}"),
                         shares ? 400 : 404);
        assert_int_equal(ask(&members[who], "/api/v1/decisions/999999/withdraw", ""), 404);
    }
    assert_in_range(forwards, 1, MEMBERS - 1);
}

static void a_cookie_is_no_token_and_a_token_no_cookie(void **state)
{
    (void)state;
    struct member confused = members[OWN_ANALYST];
    memcpy(confused.token, members[OWN_ANALYST].session.token, sizeof confused.token);
    assert_int_equal(ask(&confused, "/api/v1/submissions", NULL), 401);
    memcpy(confused.session.token, members[OWN_ANALYST].token, sizeof confused.session.token);
    assert_int_equal(ask(&confused, "/submissions", NULL), 303);
}

static void add_programs(void)
{
    for (int i = 0; i < MEMBERS; i++) {
        struct api_client_secret secret;
        struct api_token token;
        struct db *db = NULL;
        int64_t id = 0;
        assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
        assert_int_equal(api_client_store(&app, db, 0, members[i].person.account,
                                          (1u << API_SCOPES) - 1, clock_now() + 86400000LL, &secret,
                                          &id, NULL),
                         ST_OK);
        assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
        assert_int_equal(
            api_token_make(&app, str_from(secret.id), str_from(secret.secret), 0, &token, NULL),
            ST_OK);
        memcpy(members[i].token, token.token, sizeof token.token);
    }
}

static void add_members(void)
{
    /* Names that nobody in the records has but where a test says so; the same as in
     * whoever_is_blocked_or_named_meets_a_missing_record. */
    static const char *const names[MEMBERS] = {
        "Perran Hazel", "Keren Ivy", "Jago Juniper", "Demelza Larch", "Cador Maple", "Eseld Nettle",
        "Gerren Oak", "Hedra Poplar", "Iago Quince", "Jenna Rowan", "Kensa Sorrel",
        "Loveday Thorne",
        "Myghal Umber", "Nadelik Vetch", "Ostell Willow", "Peder Yarrow", "Rosen Zinnia"};
    char hash[SEAL_PASSWORD_HASH_SIZE];
    assert_int_equal(seal_password_hash(str_from(password), hash, NULL), ST_OK);
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    for (int i = 0; i < ORGANISATIONS; i++)
        assert_int_equal(organisation_ensure(
                             db, str_from(organisations[i].name), str_from(organisations[i].sector),
                             str_from(organisations[i].forum), &organisation_id[i], NULL),
                         ST_OK);
    for (int i = 0; i < MEMBERS; i++) {
        struct account_new account = {.email = str_from(members[i].email),
                                      .name = str_from(names[i]),
                                      .password_hash = str_from(hash),
                                      .organisation = organisation_id[members[i].organisation],
                                      .roles = 1u << members[i].role};
        int64_t id = 0;
        assert_int_equal(account_add(&app, db, &account, 0, &id, NULL), ST_OK);
    }
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    for (int i = 0; i < MEMBERS; i++) {
        static const struct visitor visitor = {.address = STR_INIT("::1")};
        assert_int_equal(
            account_person(&app, &arena, str_from(members[i].email), &members[i].person, NULL),
            ST_OK);
        assert_int_equal(session_begin(&app, members[i].person.account, &visitor, "signed in", true,
                                       &members[i].session, NULL), ST_OK);
    }
}

static int start(void **state)
{
    (void)state;
    char folder[64];
    temporary_folder(folder);
    arena_init(&arena, 512 << 20);
    struct err err = {0};
    if (area_load("areas/cornwall", &area, &err) != ST_OK ||
        app_open(&app, folder, NULL, NULL, &err) != ST_OK)
        fail_msg("%s %s", err.public, err.detail);
    app.area = area;
    add_members();
    add_programs();
    make_records();
    struct server_options options = {.address = "127.0.0.1"};
    return server_start(&app, &options, &server, &err) == ST_OK ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    server_stop(server);
    app_close(&app);
    area_free(area);
    arena_done(&arena);
    return 0;
}

/* --- meetings of the Forums ------------------------------------------------------------------- */

static void check_meeting_route(int who, const char *head, int64_t id, const char *tail,
                                const char *body, int good)
{
    char path[200];
    char missing[200];
    snprintf(path, sizeof path, "%s/%lld%s", head, (long long)id, tail);
    snprintf(missing, sizeof missing, "%s/888888%s", head, tail);
    int status = ask(&members[who], path, body);
    if (good) {
        if (status != good)
            fail_msg("%s: %s answers %d, not %d", members[who].name, path, status, good);
        return;
    }
    char *denied = strdup(reply_body());
    int other = ask(&members[who], missing, body);
    if (status != 404 || other != 404 || strcmp(denied, reply_body()) != 0)
        fail_msg("%s: %s answers %d, and what is missing %d", members[who].name, path, status,
                 other);
    free(denied);
}

static void meetings_are_for_their_forum(void **state)
{
    (void)state;
    struct err err = {0};
    const char *field = NULL;
    int64_t meeting = 0;
    int64_t action = 0;
    int64_t measure = 0;
    struct person *lead = &members[COORDINATOR].person;
    if (meeting_plan(&app, lead, STR("mid"), clock_now() + 3600000, STR("Room 1"), &meeting,
                     &err) != ST_OK)
        fail_msg("%s", err.public);
    struct meeting_input add = {
        .version = 2, .choice = STR("themes"), .text = STR("Tamblyn Moorstone theme")};
    if (meeting_do(&app, lead, meeting, 0, MEETING_DO_ADD, &add, &field, &err) != ST_OK)
        fail_msg("%s", err.public);
    struct meeting read;
    struct meeting_item *items = NULL;
    size_t count = 0;
    assert_int_equal(meeting_read(&app, &arena, lead, meeting, &read, NULL), ST_OK);
    assert_int_equal(meeting_items(&app, &arena, lead, &read, &items, &count, NULL), ST_OK);
    int64_t theme = 0;
    int64_t entity = 0; /* of the record that every member of the forum who sees links sees */
    for (size_t i = 0; i < count; i++) {
        if (items[i].kind == ITEM_THEME) theme = items[i].id;
        if (items[i].kind == ITEM_ENTITY &&
            entity_of(app.entities, items[i].subject) ==
                entity_of(app.entities, records[OPEN_RECORD].mention))
            entity = items[i].id;
    }
    assert_true(theme && entity);
    struct db *db = NULL;
    struct action_new task = {.forum = STR("mid"),
                              .owner = members[SENDER].person.account,
                              .due_day = 30000,
                              .what = STR("x"),
                              .evidence = STR("x")};
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    assert_int_equal(store_write_end(app.store, db,
                                     action_add(&app, db, &arena, lead, &task, &action, &err),
                                     &err),
                     ST_OK);
    struct disruption_input written = {.forum = STR("mid"),
                                       .kind = STR("closure-notice"),
                                       .issuer = STR("x"),
                                       .subject = STR("x"),
                                       .terms = STR("x")};
    if (disruption_add(&app, lead, &written, &measure, &field, &err) != ST_OK)
        fail_msg("%s", err.public);
    for (int who = 0; who < MEMBERS; who++) {
        bool mid = members[who].organisation == OWNER || members[who].organisation == SAME_FORUM;
        enum role role = members[who].role;
        bool sees_links =
            role == ROLE_analyst || role == ROLE_coordinator || role == ROLE_maru_officer;
        bool sits = mid && (sees_links || role == ROLE_representative);
        bool runs = mid && role == ROLE_coordinator;
        bool owns = who == SENDER || runs;
        check_meeting_route(who, "/meetings", meeting, "", NULL, sits ? 200 : 0);
        check_meeting_route(who, "/meetings", meeting, "/pack", NULL, sits ? 200 : 0);
        if (!sits) check_meeting_route(who, "/meetings", meeting, "/minutes", NULL, 0);
        check_meeting_route(who, "/meetings", meeting, "/attendance", NULL, runs ? 200 : 0);
        check_meeting_route(who, "/meetings", meeting, "/attendance", "state-0=present",
                            runs ? 400 : 0);
        check_meeting_route(who, "/meetings", meeting, "/do/add", NULL,
                            runs   ? 200
                            : sits ? 404
                                   : 0);
        check_meeting_route(who, "/meetings", meeting, "/do/add", "version=3&choice=",
                            runs   ? 400
                            : sits ? 404
                                   : 0);
        check_meeting_route(who, "/meeting-items", theme, "", NULL, sits ? 200 : 0);
        check_meeting_route(who, "/meeting-items", entity, "", NULL, sits && sees_links ? 200 : 0);
        check_meeting_route(who, "/meeting-items", entity, "/do/take-off", NULL,
                            runs                 ? 200
                            : sits && sees_links ? 404
                                                 : 0);
        check_meeting_route(who, "/meeting-items", entity, "/do/take-off", "version=1&text=",
                            runs                 ? 400
                            : sits && sees_links ? 404
                                                 : 0);
        check_meeting_route(who, "/actions", action, "", NULL, owns ? 200 : 0);
        check_meeting_route(who, "/actions", action, "/do/note", NULL, owns ? 200 : 0);
        check_meeting_route(who, "/actions", action, "/do/note", "version=1&text=", owns ? 400 : 0);
        check_meeting_route(who, "/disruption", measure, "", NULL, sits && sees_links ? 200 : 0);
        check_meeting_route(who, "/disruption", measure, "/do/served", NULL,
                            sits && sees_links ? 200 : 0);
        check_meeting_route(who, "/disruption", measure, "/do/served",
                            "version=1&text=", sits && sees_links ? 400 : 0);
        check_program(who, "/api/v1/meetings/", meeting, "", sits);
        assert_int_equal(strstr(reply, "Tamblyn Moorstone theme") != NULL, sits);
        check_program(who, "/api/v1/actions/", action, "", owns);
        check_program_at(who, "/api/v1/actions/", action, "/done", "{\"text\":\" \"}",
                         owns ? 400 : 0);
        check_meeting_route(who, "/across", 888887, "", NULL, 0);
        check_meeting_route(who, "/across", 888887, "/seen", "x=1", 0);
        assert_int_equal(ask(&members[who], "/meetings", NULL),
                         sees_links || role == ROLE_representative ? 200 : 404);
        char link[60];
        snprintf(link, sizeof link, "href=\"/meetings/%lld\"", (long long)meeting);
        assert_int_equal(strstr(reply, link) != NULL, sits);
    }
}

/* --- pages that are opened again (web/reopened.h) --------------------------------------------- */

static int64_t log_size(void)
{
    struct merkle_frontier head;
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(audit_log_head(db, &head, NULL), ST_OK);
    store_read_end(app.store, db);
    return (int64_t)head.size;
}

static char *page_of(const struct member *who, const char *path, int64_t id, int wanted)
{
    char text[64];
    snprintf(text, sizeof text, "/%s/%lld", path, (long long)id);
    int status = ask(who, text, NULL);
    if (status != wanted) fail_msg("%s to %s: %d", text, who->name, status);
    char *body = strdup(reply_body());
    assert_non_null(body);
    return body;
}

/* Twice: the second is the first to the last letter, and is in the log as the first is. */
static void open_twice(const struct member *who, const char *path, int64_t id)
{
    char *first = page_of(who, path, id, 200);
    uint64_t sent = reopened_count();
    int64_t lines = log_size();
    char *second = page_of(who, path, id, 200);
    assert_string_equal(first, second);
    assert_int_equal(log_size(), lines + 1);
    assert_int_equal(reopened_count() - sent, store_is_shared(app.store) ? 0 : 1);
    free(first);
    free(second);
}

static void open_pair_twice(const struct member *who, const struct pair *pair)
{
    open_twice(who, "submissions", pair->submission);
    open_twice(who, "entities", pair->mention);
}

/* Stops the clock at the beginning of a minute, minutes after whatever was before, with everybody
 * here seen in it: that a session was used is written down once a minute, which is a change. */
static void stop_clock(void)
{
    static instant_ms stopped_last;
    instant_ms before = stopped_last > clock_now() ? stopped_last : clock_now();
    stopped_last = (before / 60000 + 3) * 60000 + 5000;
    clock_set(stopped_last);
    assert_int_equal(ask(&members[FORUM_ANALYST], "/account", NULL), 200);
    assert_int_equal(ask(&members[FAR_ANALYST], "/account", NULL), 200);
}

/* At the very next request, and as what does not exist. */
static void assert_closed(const struct member *who, const struct pair *pair)
{
    char *missing[2] = {page_of(who, "submissions", 999999, 404),
                        page_of(who, "entities", 999999, 404)};
    char *kept_away[2] = {page_of(who, "submissions", pair->submission, 404),
                          page_of(who, "entities", pair->mention, 404)};
    for (int i = 0; i < 2; i++) {
        assert_string_equal(missing[i], kept_away[i]);
        free(missing[i]);
        free(kept_away[i]);
    }
}

static void a_page_is_sent_again_to_who_read_it_alone(void **state)
{
    (void)state;
    static const struct visitor visitor = {.address = STR_INIT("::1")};
    struct pair pair = new_pair(SENDER, "again", "handling:P", "Kitto Broom");
    struct member elsewhere = members[FORUM_ANALYST];
    stop_clock();
    assert_int_equal(session_begin(&app, elsewhere.person.account, &visitor, "signed in", true,
                                   &elsewhere.session, NULL),
                     ST_OK);
    open_pair_twice(&members[FORUM_ANALYST], &pair);
    /* Another session of theirs has its own token in it. */
    uint64_t sent = reopened_count();
    char *other = page_of(&elsewhere, "entities", pair.mention, 200);
    assert_int_equal(reopened_count(), sent);
    assert_non_null(strstr(other, elsewhere.session.csrf));
    assert_null(strstr(other, members[FORUM_ANALYST].session.csrf));
    free(other);
    /* The next minute it is drawn anew, and where the address says more. */
    clock_set(clock_now() + 60000);
    free(page_of(&members[FORUM_ANALYST], "submissions", pair.submission, 200));
    clock_set(clock_now() + 1000);
    sent = reopened_count();
    char path[64];
    snprintf(path, sizeof path, "/submissions/%lld?x=1", (long long)pair.submission);
    assert_int_equal(ask(&members[FORUM_ANALYST], path, NULL), 200);
    assert_int_equal(reopened_count(), sent);
    clock_set(0);
}

static void what_takes_a_page_away_is_seen_at_the_next_request(void **state)
{
    (void)state;
    struct err err = {0};
    const struct member *who = &members[FAR_ANALYST];
    stop_clock();
    instant_ms now = clock_now();
    /* An emergency access ends within its second. */
    struct pair pair = new_pair(SENDER, "again-broken", "handling:C.ask", "Wella Trembath");
    give(&pair, FAR_ANALYST, GRANT_broken, now + 2000);
    open_pair_twice(who, &pair);
    clock_set(now + 1999);
    open_pair_twice(who, &pair);
    clock_set(now + 2000);
    assert_closed(who, &pair);
    /* It is kept from them. */
    who = &members[FORUM_ANALYST];
    pair = new_pair(SENDER, "again-blocked", "handling:P", "Tamsyn Bolitho");
    open_pair_twice(who, &pair);
    for (int i = 0; i < 2; i++)
        assert_int_equal(block_add(&app, &members[OWN_LEAD].person,
                                   i ? pair.twin_submission : pair.submission, str_from(who->email),
                                   STR("Related."), &err),
                         ST_OK);
    assert_closed(who, &pair);
    /* It is destroyed. */
    pair = new_pair(SENDER, "again-destroyed", "handling:P", "Morwenna Pascoe");
    open_pair_twice(who, &pair);
    assert_int_equal(submission_destroy(&app, str_from(pair.reference), STR("test"), &err), ST_OK);
    assert_closed(who, &pair);
    clock_set(0);
}

/* A request has looked at what they may do; the record is kept from them; then the request acts. */
static void what_is_kept_from_them_meanwhile_they_do_not_change(void **state)
{
    (void)state;
    struct err err = {0};
    struct arena own;
    arena_init(&own, 64 << 20);
    static const int asks[] = {OWN_LEAD, OWN_REPRESENTATIVE};
    struct pair pair = new_pair(SENDER, "meanwhile", "handling:P", "Tegen Moyle");
    struct person who[2];
    for (int i = 0; i < 2; i++) {
        who[i] = members[asks[i]].person;
        who[i].scope = NULL;
        who[i].scope = scope_of(&app, &own, &who[i]);
        assert_true(
            scope_allows(who[i].scope, i ? ACT_SET_HANDLING : ACT_SEE_SOURCE, pair.submission));
    }
    for (int i = 0; i < 2; i++)
        assert_int_equal(block_add(&app, &members[COORDINATOR].person, pair.submission,
                                   str_from(members[asks[i]].email), STR("Related."), &err),
                         ST_OK);
    struct source_told told = {0};
    assert_int_equal(
        source_disclose(&app, &own, &who[0], pair.submission, STR("Why not?"), &told, &err),
        ST_NOT_FOUND);
    assert_int_equal(told.name.len, 0);
    struct date until = date_from_days(clock_today() + 1);
    struct str other = str_from(members[OWN_ANALYST].email);
    assert_int_equal(grant_add(&app, &who[0], pair.submission, GRANT_granted, other, until,
                               STR("Why not?"), &err),
                     ST_NOT_FOUND);
    assert_int_equal(block_add(&app, &who[0], pair.submission, other, STR("Why not?"), &err),
                     ST_NOT_FOUND);
    assert_int_equal(
        handling_set(&app, &who[1], pair.submission, STR("handling:C.ask"), NULL, 0, &err),
        ST_NOT_FOUND);
    arena_done(&own);
}

static void who_is_somebody_else_now_is_not_sent_a_page_again(void **state)
{
    (void)state;
    struct err err = {0};
    const struct member *them = &members[FORUM_ANALYST];
    struct pair pair = new_pair(SENDER, "again-role", "handling:P", "Elowen Quick");
    struct account_new account = {.email = str_from(them->email),
                                  .name = str_from("Iago Quince"),
                                  .organisation = organisation_id[them->organisation],
                                  .roles = 1u << ROLE_administrator};
    stop_clock();
    open_pair_twice(them, &pair);
    assert_int_equal(account_change(&app, members[ADMINISTRATOR].person.account,
                                    them->person.account, &account, &err),
                     ST_OK);
    assert_closed(them, &pair);
    account.roles = 1u << ROLE_analyst;
    assert_int_equal(account_change(&app, members[ADMINISTRATOR].person.account,
                                    them->person.account, &account, &err),
                     ST_OK);
    /* A session that has ended, and an account that is closed: as for who never signed in. */
    static const struct visitor visitor = {.address = STR_INIT("::1")};
    for (int closes = 0; closes < 2; closes++) {
        struct member there = members[FORUM_ANALYST];
        assert_int_equal(session_begin(&app, there.person.account, &visitor, "signed in", true,
                                       &there.session, NULL),
                         ST_OK);
        open_pair_twice(&there, &pair);
        enum st outcome = closes ? account_set_disabled(&app, members[ADMINISTRATOR].person.account,
                                                        there.person.account, true, &err)
                                 : session_end(&app, str_from(there.session.token), &err);
        assert_int_equal(outcome, ST_OK);
        free(page_of(&there, "submissions", pair.submission, 303));
        free(page_of(&there, "entities", pair.mention, 303));
    }
    clock_set(0);
}
/* --- on the way to a Forum, by its form ------------------------------------------------------ */

/* Adds a field of that name, with this value, to the body of a form. */
static void add_field(char body[static 1500], const char *name, const char *value)
{
    size_t at = strlen(body);
    at += (size_t)snprintf(body + at, 1500 - at, "&%s=", name);
    for (; *value && at < 1490; value++)
        at += (size_t)snprintf(body + at, 1500 - at, "%%%02X", (unsigned char)*value);
}

/* What the page that came gives back of what it showed. */
static void add_shown(char body[static 1500])
{
    static const char begins[] = "name=\"shown\" value=\"";
    const char *at = strstr(reply, begins);
    assert_non_null(at);
    at += sizeof begins - 1;
    const char *end = strchr(at, '"');
    assert_non_null(end);
    char *value = strndup(at, (size_t)(end - at));
    assert_null(strchr(value, '&'));
    add_field(body, "shown", value);
    free(value);
}

static int64_t hand_in(const char *key, const char *handling)
{
    struct submission_draft draft = {.idempotency_key = str_from(key),
                                     .narrative = STR("A man is by the slipway."),
                                     .handling = str_from(handling)};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, &members[SENDER].person, &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    return receipt.id;
}

static size_t versions_of(int64_t id)
{
    struct forward_version *version = NULL;
    size_t count = 0;
    assert_int_equal(forward_versions(&app, &arena, id, &version, &count, NULL), ST_OK);
    return count;
}

static void what_a_representative_wrote_is_kept_whatever_they_press(void **state)
{
    (void)state;
    const struct member *who = &members[OWN_REPRESENTATIVE];
    static const char *const acts[] = {"act=hold&hold=waits-for-more", "act=ask&question=Who",
                                       "act=return&return=several-matters"};
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        char path[64];
        char key[16];
        char body[1500];
        snprintf(key, sizeof key, "by form %zu", i);
        int64_t id = hand_in(key, "handling:P");
        snprintf(path, sizeof path, "/inbox/%lld", (long long)id);
        /* What is wrong comes back with what was typed. */
        snprintf(body, sizeof body, "%s&base=0&words=A+van.&where=&when=31/11/2026", acts[i]);
        assert_int_equal(ask(who, path, body), 400);
        assert_non_null(strstr(reply, "There is no 31 November"));
        assert_non_null(strstr(reply, "A van.</textarea>"));
        assert_int_equal(versions_of(id), 0);
        snprintf(body, sizeof body, "%s&base=0&words=A+van.&where=&when=", acts[i]);
        assert_int_equal(ask(who, path, body), 303);
        assert_int_equal(versions_of(id), 1);
        assert_int_equal(ask(who, path, NULL), 200);
        assert_non_null(strstr(reply, "Version 1"));
    }
}

static void assert_base(int64_t base)
{
    char field[40];
    snprintf(field, sizeof field, "name=\"base\" value=\"%lld\"", (long long)base);
    if (!strstr(reply, field)) fail_msg("Not there: %s", field);
}

/* A form that comes back does not say that its author has seen what came meanwhile. */
static void what_somebody_took_out_goes_nowhere_after_what_is_wrong(void **state)
{
    (void)state;
    const struct member *who = &members[OWN_REPRESENTATIVE];
    static const char *const wrong[] = {
        "act=ask&question=+", "act=hold", "act=return", "act=share&forum=nowhere",
        "act=share&handling=handling:P&seen=handling:P&when=31/11/2026"};
    static const char maru[] = "base=0&words=A+man+is+by+the+slipway.&where=&when=&to=cornwall&"
                               "what=x&why=x&necessary=x&proportionate=%s";
    static const char share[] = "act=share&base=0&words=A+man+is+by+the+slipway.&where=";
    struct forward_words words = {.narrative = STR("Somebody waits.")};
    char path[64];
    char body[400];
    int64_t number = 0;
    int64_t id = hand_in("taken out", "handling:P");
    snprintf(path, sizeof path, "/inbox/%lld", (long long)id);
    assert_int_equal(forward_save(&app, &who->person, id, &words, 0, &number, NULL), ST_OK);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        snprintf(body, sizeof body, "%s&base=0&words=A+man+is+by+the+slipway.&where=", wrong[i]);
        assert_int_equal(ask(who, path, body), 400);
        assert_non_null(strstr(reply, "A man is by the slipway.</textarea>"));
        assert_base(0);
    }
    assert_int_equal(ask(who, path, share), 409);
    assert_non_null(strstr(reply, "Both are kept"));
    assert_base(2);
    /* To the referral unit neither. */
    id = hand_in("taken out for the unit", "handling:P");
    snprintf(path, sizeof path, "/inbox/%lld/maru", (long long)id);
    assert_int_equal(forward_save(&app, &who->person, id, &words, 0, &number, NULL), ST_OK);
    snprintf(body, sizeof body, maru, "");
    assert_int_equal(ask(who, path, body), 400);
    assert_base(0);
    snprintf(body, sizeof body, maru, "x");
    assert_int_equal(ask(who, path, body), 409);
    assert_base(2);
    assert_int_equal(versions_of(id), 2);
}

/* What was kept before something was wrong is what comes back, and is kept once. */
static void what_comes_back_is_the_version_that_was_kept_of_it(void **state)
{
    (void)state;
    const struct member *who = &members[OWN_REPRESENTATIVE];
    char path[64];
    char body[200];
    int64_t id = hand_in("kept and wrong", "handling:P");
    snprintf(path, sizeof path, "/inbox/%lld", (long long)id);
    for (int i = 0; i < 3; i++) { /* loaded again, and pressed again */
        snprintf(body, sizeof body, "act=ask&question=&base=%d&words=A+van.&where=&when=", i / 2);
        assert_int_equal(ask(who, path, body), 400);
        assert_base(1);
    }
    for (int i = 0; i < 3; i++) {
        snprintf(body, sizeof body, "act=save&base=%d&words=A+red+van.&where=&when=", 1 + i / 2);
        assert_int_equal(ask(who, path, body), 200);
        assert_non_null(strstr(reply, "Version 2 is kept. Nothing is shared yet."));
        assert_base(2);
    }
    assert_int_equal(versions_of(id), 2);
    assert_int_equal(ask(who, path, "act=share&base=2&words=A+red+van.&where=&when="), 303);
}

static void what_may_tell_and_what_is_loosened_come_back_first(void **state)
{
    (void)state;
    const struct member *who = &members[OWN_REPRESENTATIVE];
    static const char words[] = "I am her mum. Mr Pascoe told me.";
    char path[64];
    char body[1500] = "act=share&base=0&where=&when=";
    int64_t id = hand_in("told by form", "handling:C.maru-police");
    snprintf(path, sizeof path, "/inbox/%lld", (long long)id);
    assert_int_equal(ask(who, path, NULL), 200);
    assert_non_null(strstr(reply, "Whoever sent it chose: MARU and police only"));
    /* The tick is for what this page showed, not for what was written since. */
    add_shown(body);
    add_field(body, "looked", "yes");
    add_field(body, "words", words);
    assert_int_equal(ask(who, path, body), 400);
    assert_non_null(strstr(reply, "Look at what may tell who said so"));
    assert_non_null(strstr(reply, "“mum”: A role that few people have"));
    assert_non_null(strstr(reply, words));
    strcpy(body, "act=share&base=0&where=&when=");
    add_shown(body);
    add_field(body, "words", words);
    assert_int_equal(ask(who, path, body), 400); /* without the tick */
    add_field(body, "looked", "yes");
    add_field(body, "handling", "handling:P");
    assert_int_equal(ask(who, path, body), 400);
    assert_non_null(strstr(reply, "Say why more people may see it"));
    assert_non_null(strstr(reply, "name=\"looked\" type=\"checkbox\" value=\"yes\" checked"));
    assert_int_equal(versions_of(id), 0);
    add_field(body, "reason", "They said so.");
    assert_int_equal(ask(who, path, body), 303);
    assert_int_equal(ask(who, path, NULL), 200);
    assert_non_null(strstr(reply, "Looked at what may tell who said so: none of it does"));
    assert_non_null(strstr(reply, "They said so."));
    /* Its sender reads both, and nobody else that it was ever otherwise. */
    snprintf(path, sizeof path, "/submissions/%lld", (long long)id);
    assert_int_equal(ask(&members[SENDER], path, NULL), 200);
    assert_non_null(strstr(reply, "You chose: MARU and police only. Your representative changed"));
    assert_null(strstr(reply, "They said so."));
    assert_int_equal(ask(&members[FORUM_ANALYST], path, NULL), 200);
    assert_null(strstr(reply, "You chose"));
    assert_null(strstr(reply, "MARU and police only"));
}

/* The form says which condition it was drawn with: what somebody narrowed meanwhile is not
 * widened again by a choice that nobody made. */
static void who_may_see_it_was_narrowed_while_the_form_was_open(void **state)
{
    (void)state;
    const struct member *who = &members[OWN_REPRESENTATIVE];
    char path[64];
    char body[1500] = "act=share&base=0&where=&when=&words=A+man+waits.&named=";
    int64_t id = hand_in("narrowed meanwhile", "handling:P");
    snprintf(path, sizeof path, "/inbox/%lld", (long long)id);
    assert_int_equal(ask(who, path, NULL), 200);
    assert_non_null(strstr(reply, "name=\"seen\" value=\"handling:P\""));
    add_field(body, "seen", "handling:P");
    add_field(body, "handling", "handling:P");
    struct person lead = members[OWN_LEAD].person;
    lead.scope = NULL;
    assert_int_equal(handling_set(&app, &lead, id, STR("handling:C.maru-police"), NULL, 0, NULL),
                     ST_OK);
    assert_int_equal(ask(who, path, body), 409);
    assert_non_null(strstr(reply, "Somebody changed who may see it meanwhile"));
    assert_non_null(strstr(reply, "href=\"#handling\""));
    assert_non_null(strstr(reply, "A man waits.</textarea>"));
    assert_non_null(strstr(reply, "name=\"seen\" value=\"handling:C.maru-police\""));
    assert_non_null(strstr(reply, "value=\"handling:C.maru-police\" selected"));
    assert_int_equal(versions_of(id), 0);
    assert_int_equal(ask(&members[FORUM_ANALYST], path, NULL), 404);
    /* As it is, it is shared as it is. */
    strcpy(body, "act=share&base=0&where=&when=&words=A+man+waits.&handling=");
    add_field(body, "seen", "handling:P");
    assert_int_equal(ask(who, path, body), 303);
    snprintf(path, sizeof path, "/submissions/%lld", (long long)id);
    assert_int_equal(ask(&members[FORUM_ANALYST], path, NULL), 404);
    assert_int_equal(ask(&members[POLICE_ANALYST], path, NULL), 200);
}

/* What Enter in a box of one line presses is the first button of its form. */
static void assert_enter_presses(const char *action, const char *button)
{
    char begins[100];
    snprintf(begins, sizeof begins, "<form action=\"%s\" method=\"post\"", action);
    const char *form = strstr(reply, begins);
    assert_non_null(form);
    const char *first = strstr(form, "<button type=\"submit\"");
    assert_non_null(first);
    if (strncmp(first + strlen("<button type=\"submit\" "), button, strlen(button)))
        fail_msg("%s: %.80s", action, first);
}

static void enter_in_a_box_shares_nothing(void **state)
{
    (void)state;
    char path[64];
    int64_t id = hand_in("enter", "handling:P");
    snprintf(path, sizeof path, "/inbox/%lld", (long long)id);
    assert_int_equal(ask(&members[OWN_REPRESENTATIVE], path, NULL), 200);
    assert_enter_presses(path, "name=\"act\" value=\"save\"");
    assert_int_equal(ask(&members[SENDER], "/share", NULL), 200);
    assert_enter_presses("/share", "name=\"do\" value=\"check\"");
    assert_int_equal(
        ask(&members[SENDER], "/share", "do=check&narrative=Rang+07700+900444.&how=saw"), 200);
    assert_non_null(strstr(reply, "Check and send"));
    assert_enter_presses("/share", "name=\"do\" value=\"check\"");
}

/* With that many phones, of a referral where it says so. */
static int64_t hand_in_phones(const char *key, size_t count, bool of_referral)
{
    char numbers[SUBMISSION_MENTIONS_MAX][20];
    struct mention_draft phone[SUBMISSION_MENTIONS_MAX];
    struct submission_draft draft = {.idempotency_key = str_from(key),
                                     .narrative = STR("A man is by the slipway."),
                                     .handling = STR("handling:P"),
                                     .mention = phone,
                                     .mention_count = count,
                                     .of_referral = of_referral};
    struct submission_receipt receipt;
    struct err err = {0};
    for (size_t i = 0; i < count; i++) {
        snprintf(numbers[i], sizeof numbers[i], "07700900%03zu", 500 + i);
        phone[i] = (struct mention_draft){.kind = LINK_PHONE, .span_start = -1, .span_end = -1};
        phone[i].field[LINK_NUMBER] = str_from(numbers[i]);
    }
    if (submission_share(&app, &members[SENDER].person, &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    return receipt.id;
}

static void assert_kept(int64_t mention, bool kept)
{
    char box[120];
    snprintf(box, sizeof box, "name=\"keep-%lld\" type=\"checkbox\" value=\"yes\" %s",
             (long long)mention, kept ? "checked>" : ">");
    if (!strstr(reply, box)) fail_msg("Not there: %s", box);
}

/* What was left out, and for whom it is, stays as it was chosen until it is shared. */
static void keeping_a_version_or_asking_chooses_nothing_anew(void **state)
{
    (void)state;
    const struct member *who = &members[OWN_REPRESENTATIVE];
    char path[64];
    char body[400];
    int64_t id = hand_in_phones("chosen", 2, false);
    int64_t first = first_mention(id);
    snprintf(path, sizeof path, "/inbox/%lld", (long long)id);
    assert_int_equal(ask(who, path, NULL), 200);
    assert_kept(first, true);
    assert_kept(first + 1, true);
    static const char chosen[] =
        "act=%s&base=%d&words=A+man.&where=&when=&seen=handling:P&handling=handling:C.ask&"
        "forum=east&keep-%lld=yes&question=Who+else%%3F&note=Of+Monday.";
    snprintf(body, sizeof body, chosen, "save", 0, (long long)first);
    assert_int_equal(ask(who, path, body), 200);
    for (int asked = 0; asked < 2; asked++) {
        assert_kept(first, true);
        assert_kept(first + 1, false);
        assert_non_null(strstr(reply, "<option value=\"handling:C.ask\" selected>"));
        assert_non_null(strstr(reply, "<option value=\"east\" selected>"));
        /* So too in the form beside it. */
        assert_non_null(
            strstr(reply, "<input type=\"hidden\" name=\"handling\" value=\"handling:C.ask\">"));
        if (asked) break;
        assert_non_null(strstr(reply, "Version 1 is kept. Nothing is shared yet."));
        assert_non_null(strstr(reply, "Who else?</textarea>"));
        assert_non_null(strstr(reply, "Of Monday.</textarea>"));
        assert_non_null(strstr(reply, "name=\"base\" value=\"1\""));
        snprintf(body, sizeof body, chosen, "ask", 1, (long long)first);
        assert_int_equal(ask(who, path, body), 303);
        char there[400] = "";
        const char *location = strstr(reply, "Location: ");
        assert_non_null(location);
        assert_int_equal(sscanf(location, "Location: %399[^\r]", there), 1);
        assert_null(strstr(there, "Monday"));
        assert_int_equal(ask(who, there, NULL), 200);
        assert_null(strstr(reply, "Who else?</textarea>"));
    }
    /* Where the condition is another one by now, that is chosen anew. */
    snprintf(body, sizeof body, "%s?act=ask&seen=handling:C.ask&handling=handling:C.maru-police",
             path);
    assert_int_equal(ask(who, body, NULL), 200);
    assert_non_null(strstr(reply, "<option value=\"handling:P\" selected>"));
}

/* A referral names more than a form may. */
static void all_that_a_referral_names_can_be_left_out(void **state)
{
    (void)state;
    char path[64];
    int64_t id = hand_in_phones("of a referral", SUBMISSION_MENTIONS_MAX, true);
    snprintf(path, sizeof path, "/inbox/%lld", (long long)id);
    assert_int_equal(ask(&members[OWN_REPRESENTATIVE], path,
                         "act=share&base=0&words=A+man.&where=&when=&looked=yes"),
                     303);
    struct db *db = store_read_begin(app.store, NULL);
    struct submission submission;
    assert_int_equal(submission_load_shared(&app, db, &arena, id, &submission, NULL), ST_OK);
    store_read_end(app.store, db);
    assert_int_equal(submission.mention_count, 0);
}

/* After Send the form says that nothing was sent, and of the name what is true with and without
 * the tick. */
static void the_form_says_what_has_not_happened_yet(void **state)
{
    (void)state;
    static const char unless[] = "Unless you tick that the Forum may be told your name";
    static const char danger[] =
        "do=%s&narrative=A+child+is+in+danger.&how=saw&handling=handling:P";
    char body[300];
    const struct member *who = &members[SENDER];
    assert_int_equal(ask(who, "/share", NULL), 200);
    assert_non_null(strstr(reply, unless));
    assert_null(strstr(reply, "Nothing is sent yet"));
    snprintf(body, sizeof body, danger, "add-person");
    assert_int_equal(ask(who, "/share", body), 200);
    assert_non_null(strstr(reply, "Press Continue below when somebody has been called"));
    snprintf(body, sizeof body, danger, "send&by-name=yes");
    assert_int_equal(ask(who, "/share", body), 200);
    assert_non_null(strstr(reply, "Nothing is sent yet."));
    assert_non_null(strstr(reply, "Press Send below when somebody has been called"));
    assert_non_null(strstr(reply, unless));
    /* Who shares at once is offered no tick. */
    assert_int_equal(ask(&members[FORUM_ANALYST], "/share", NULL), 200);
    assert_null(strstr(reply, unless));
    assert_non_null(strstr(reply, "Your name is not shown to other organisations."));
}

static const char unsent[] = "What you wrote, which was not sent";

static void assert_unsent(const char *words)
{
    const char *at = strstr(reply, unsent);
    assert_non_null(at);
    assert_non_null(strstr(at, words));
}

static void what_may_tell_is_looked_at_before_it_goes_to_the_unit(void **state)
{
    (void)state;
    const struct member *who = &members[OWN_REPRESENTATIVE];
    char path[64];
    char body[1500] = "base=0&where=&when=&what=x&to=cornwall&why=x&necessary=x&proportionate=x";
    int64_t id = hand_in("told to the unit", "handling:P");
    snprintf(path, sizeof path, "/inbox/%lld/maru", (long long)id);
    add_field(body, "words", "I am her mum.");
    assert_int_equal(ask(who, path, body), 400);
    assert_non_null(strstr(reply, "Look at what may tell who said so"));
    assert_non_null(strstr(reply, "“mum”: A role that few people have"));
    add_shown(body);
    add_field(body, "looked", "yes");
    assert_int_equal(ask(who, path, body), 303);
    /* What became of it meanwhile is no fault of the tick. */
    snprintf(path, sizeof path, "/inbox/%lld", (long long)id);
    assert_int_equal(ask(who, path, "act=share&base=1&words=I+saw+it.&where=&when="), 409);
    assert_non_null(strstr(reply, "href=\"#words\""));
    assert_null(strstr(reply, "href=\"#looked\""));
    /* Nor is what was typed lost where there is no box for it any more. */
    assert_unsent("I saw it.</p>");
    assert_int_equal(ask(who, path,
                         "act=hold&base=1&words=I+saw+it.&note=It+waits.&hold=waits-for-"
                         "more&where=Quay&when="),
                     409);
    assert_unsent("It waits.</p>");
    assert_unsent("Quay</p>");
    assert_int_equal(ask(who, path, NULL), 200);
    assert_null(strstr(reply, unsent));
    snprintf(path, sizeof path, "/inbox/%lld/maru", (long long)id);
    assert_int_equal(ask(who, path, body), 409);
    assert_unsent("I am her mum.</p>");
    assert_unsent("Why is it necessary?");
    assert_int_equal(ask(who, path, NULL), 200);
    assert_null(strstr(reply, unsent));
}

/* The same words, and the same figures. */
static void the_first_page_and_the_inbox_say_the_same(void **state)
{
    (void)state;
    const struct member *who = &members[OWN_REPRESENTATIVE];
    int waits = 0;
    int late = 0;
    clock_set(clock_now() - (instant_ms)10 * 24 * 3600 * 1000);
    int64_t held = hand_in("held long ago", "handling:P");
    struct person representative = who->person;
    representative.scope = NULL;
    assert_int_equal(
        forward_hold(&app, &representative, held, STR("waits-for-more"), STR(""), NULL), ST_OK);
    clock_set(0);
    hand_in("waits now", "handling:P");
    assert_int_equal(ask(who, "/", NULL), 200);
    const char *at = strstr(reply, "wait for you to share");
    while (at && strncmp(at, "pendeen-figure", 14)) at--;
    assert_int_equal(sscanf(at, "pendeen-figure\">%d<", &waits), 1);
    at = strstr(reply, "waited too long to be shared on");
    while (at && strncmp(at, "pendeen-figure", 14)) at--;
    assert_int_equal(sscanf(at, "pendeen-figure\">%d<", &late), 1);
    assert_true(waits > 0 && late > 0);
    assert_int_equal(ask(who, "/inbox", NULL), 200);
    char figure[100];
    snprintf(figure, sizeof figure, "<dt>Wait for you to share them on</dt><dd>%d</dd>", waits);
    assert_non_null(strstr(reply, figure));
    snprintf(figure, sizeof figure, "<dt>Have waited too long to be shared on</dt><dd>%d</dd>",
             late);
    assert_non_null(strstr(reply, figure));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route_has_its_line),
        cmocka_unit_test(the_decision_is_as_the_table_says),
        cmocka_unit_test(every_route_answers_as_the_table_says),
        cmocka_unit_test(undoing_a_decision_needs_both_records),
        cmocka_unit_test(a_chart_of_what_is_kept_away_is_a_chart_of_nothing),
        cmocka_unit_test(nothing_that_is_kept_away_is_in_a_chart),
        cmocka_unit_test(a_pattern_is_for_those_who_see_all_of_it),
        cmocka_unit_test(a_saved_view_shows_what_its_reader_sees),
        cmocka_unit_test(referrals_are_for_those_in_the_table),
        cmocka_unit_test(denied_and_missing_take_the_same_work),
        cmocka_unit_test(a_grant_opens_for_a_time_and_ends_by_itself),
        cmocka_unit_test(whoever_is_blocked_or_named_meets_a_missing_record),
        cmocka_unit_test(break_glass_tells_a_second_person),
        cmocka_unit_test(break_glass_answers_alike_for_what_is_missing_and_kept_away),
        cmocka_unit_test(child_routes_answer_as_the_table_says),
        cmocka_unit_test(missing_routes_answer_as_the_table_says),
        cmocka_unit_test(locations_answer_as_the_table_says),
        cmocka_unit_test(what_is_hidden_changes_no_byte),
        cmocka_unit_test(asking_to_connect_discloses_only_what_is_agreed),
        cmocka_unit_test(a_declined_connection_discloses_nothing),
        cmocka_unit_test(a_connection_opens_what_may_still_be_shown),
        cmocka_unit_test(more_people_see_it_for_a_reason_alone),
        cmocka_unit_test(an_organisation_that_was_taken_off_stays_off),
        cmocka_unit_test(who_gave_it_tells_nobody_whose_it_is),
        cmocka_unit_test(a_grant_ends_at_the_edge_of_the_forum),
        cmocka_unit_test(a_hint_is_not_given_where_it_must_not_be),
        cmocka_unit_test(the_source_is_told_to_a_named_few_alone),
        cmocka_unit_test(the_desk_is_for_those_whom_the_table_names),
        cmocka_unit_test(meetings_are_for_their_forum),
        cmocka_unit_test(whom_a_referral_names_meets_no_case),
        cmocka_unit_test(programs_meet_what_pages_show),
        cmocka_unit_test(a_cookie_is_no_token_and_a_token_no_cookie),
        cmocka_unit_test(what_a_representative_wrote_is_kept_whatever_they_press),
        cmocka_unit_test(what_somebody_took_out_goes_nowhere_after_what_is_wrong),
        cmocka_unit_test(what_comes_back_is_the_version_that_was_kept_of_it),
        cmocka_unit_test(what_may_tell_and_what_is_loosened_come_back_first),
        cmocka_unit_test(who_may_see_it_was_narrowed_while_the_form_was_open),
        cmocka_unit_test(enter_in_a_box_shares_nothing),
        cmocka_unit_test(keeping_a_version_or_asking_chooses_nothing_anew),
        cmocka_unit_test(all_that_a_referral_names_can_be_left_out),
        cmocka_unit_test(the_form_says_what_has_not_happened_yet),
        cmocka_unit_test(what_may_tell_is_looked_at_before_it_goes_to_the_unit),
        cmocka_unit_test(the_first_page_and_the_inbox_say_the_same),
        cmocka_unit_test(the_map_shows_what_the_table_says),
        cmocka_unit_test(a_page_is_sent_again_to_who_read_it_alone),
        cmocka_unit_test(what_takes_a_page_away_is_seen_at_the_next_request),
        cmocka_unit_test(what_is_kept_from_them_meanwhile_they_do_not_change),
        cmocka_unit_test(who_is_somebody_else_now_is_not_sent_a_page_again),
    };
    return cmocka_run_group_tests_name("matrix", tests, start, stop);
}
