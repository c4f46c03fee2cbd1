#include "cli/control.h"

#include "base/arena.h"
#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { LINE_MAX_SIZE = 64 << 10, WAIT_SECONDS = 10 };

struct control {
    struct app *app;
    const struct control_work *work;
    int folder;
    int listening;
    _Atomic bool stopping;
    pthread_t thread;
};

/* The name of a Unix socket may have 107 bytes; a folder's may be longer. */
static void address_in(int folder, struct sockaddr_un *ret)
{
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(ret->sun_path, sizeof ret->sun_path, "/proc/self/fd/%d/control", folder);
}

/* --- the server's side ------------------------------------------------------------------ */

/* Whoever asked may be gone (Ctrl-C): then nobody listens, and the work goes on. */
static void send_line(void *context, const char *kind, struct str text)
{
    FILE *file = context;
    if (ferror(file)) return;
    fprintf(file, "%s ", kind);
    /* A line feed in a text would end its line. */
    for (size_t i = 0; i < text.len; i++) fputc(text.ptr[i] == '\n' ? ' ' : text.ptr[i], file);
    fputc('\n', file);
}

static void tell_say(void *context, struct str line)
{
    send_line(context, "say", line);
    fflush(context);
}

static void tell_progress(void *context, int64_t done, int64_t total)
{
    if (ferror((FILE *)context)) return;
    fprintf(context, "progress %lld %lld\n", (long long)done, (long long)total);
    fflush(context);
}

static void split_words(struct str line, struct words *ret)
{
    *ret = (struct words){0};
    struct str word;
    while (ret->count < CONTROL_WORDS_MAX && str_split(&line, '\x1f', &word))
        ret->word[ret->count++] = word;
}

static void serve_one(struct control *control, FILE *in, FILE *out)
{
    char *line = calloc(1, LINE_MAX_SIZE);
    if (!line) abort();
    struct err err = {0};
    enum st outcome = err_set(&err, ST_INVALID, "That is nothing that can be asked for.");
    if (fgets(line, LINE_MAX_SIZE, in)) {
        line[strcspn(line, "\n")] = 0;
        struct words words;
        split_words(str_from(line), &words);
        struct teller teller = {.say = tell_say, .progress = tell_progress, .context = out};
        for (const struct control_work *work = control->work; work->name && words.count; work++)
            if (str_eq(words.word[0], str_from(work->name))) {
                err = (struct err){0};
                outcome = work->run(control->app, &words, &teller, &err);
                break;
            }
    }
    if (outcome != ST_OK) {
        send_line(out, "error", str_from(err.public));
        if (err.hint[0]) send_line(out, "hint", str_from(err.hint));
    }
    if (!ferror(out)) fprintf(out, "end %d\n", (int)outcome);
    fflush(out);
    explicit_bzero(line, LINE_MAX_SIZE); /* it may have held a passphrase */
    free(line);
}

/* Who is not this user, or says nothing for long, is not heard. */
static bool is_welcome(int handle)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    struct timeval wait = {.tv_sec = WAIT_SECONDS};
    return getsockopt(handle, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           peer.uid == geteuid() &&
           setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0;
}

static void *listen_thread(void *context)
{
    struct control *control = context;
    while (!control->stopping) {
        struct pollfd wait = {.fd = control->listening, .events = POLLIN};
        if (poll(&wait, 1, 200) <= 0) continue;
        int handle = accept4(control->listening, NULL, NULL, SOCK_CLOEXEC);
        if (handle < 0) continue;
        int copy = is_welcome(handle) ? fcntl(handle, F_DUPFD_CLOEXEC, 0) : -1;
        FILE *in = copy >= 0 ? fdopen(handle, "r") : NULL;
        FILE *out = in ? fdopen(copy, "w") : NULL;
        if (in && out) serve_one(control, in, out);
        if (out) fclose(out);
        else if (copy >= 0) close(copy);
        if (in) fclose(in);
        else close(handle);
    }
    return NULL;
}

static enum st cannot_listen(struct control *control, struct err *err)
{
    enum st outcome = err_set(err, ST_FAILED, "The data folder's control socket cannot be made.");
    err_detail(err, "%s", strerror(errno));
    if (control->listening >= 0) close(control->listening);
    if (control->folder >= 0) close(control->folder);
    free(control);
    return outcome;
}

enum st control_start(struct app *app, const struct control_work *work, struct control **ret,
                      struct err *err)
{
    struct control *control = calloc(1, sizeof *control);
    if (!control) abort();
    control->app = app;
    control->work = work;
    control->listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    control->folder = open(store_folder(app->store), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (control->listening < 0 || control->folder < 0) return cannot_listen(control, err);
    struct sockaddr_un address;
    address_in(control->folder, &address);
    unlinkat(control->folder, "control", 0); /* of a server that was killed */
    mode_t before = umask(0077);
    int bound = bind(control->listening, (struct sockaddr *)&address, sizeof address);
    umask(before);
    if (bound != 0 || listen(control->listening, 8) != 0 ||
        pthread_create(&control->thread, NULL, listen_thread, control) != 0)
        return cannot_listen(control, err);
    *ret = control;
    return ST_OK;
}

void control_stop(struct control *control)
{
    if (!control) return;
    control->stopping = true;
    pthread_join(control->thread, NULL);
    unlinkat(control->folder, "control", 0);
    close(control->listening);
    close(control->folder);
    free(control);
}

/* --- the command's side ------------------------------------------------------------------ */

/* A server hears its own user alone; root is told whose it is, not that it is gone. */
static enum st is_ours(int handle, struct err *err)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(handle, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.uid == geteuid())
        return ST_OK;
    const struct passwd *user = getpwuid(peer.uid);
    err_set(err, ST_DENIED, "A server is running, and hears the user %s alone.",
            user ? user->pw_name : "that it runs as");
    if (user) err_hint(err, "runuser -u %s -- pendeen …", user->pw_name);
    return ST_DENIED;
}

static enum st connect_to(const char *data, int *ret, struct err *err)
{
    int folder = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return err_set(err, ST_NOT_FOUND, "There is no data folder '%s'.", data);
    struct sockaddr_un address;
    address_in(folder, &address);
    int handle = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good = handle >= 0 && connect(handle, (struct sockaddr *)&address, sizeof address) == 0;
    close(folder);
    enum st outcome = good ? is_ours(handle, err) : ST_NOT_FOUND;
    if (outcome == ST_OK) *ret = handle;
    else if (handle >= 0) close(handle);
    if (outcome != ST_NOT_FOUND) return outcome;
    return err_set(err, ST_NOT_FOUND, "No server is running on '%s'.", data);
}

static bool send_words(int handle, const struct words *words)
{
    struct buf line;
    buf_init(&line, LINE_MAX_SIZE - 1);
    for (size_t i = 0; i < words->count; i++) {
        if (i) buf_add_char(&line, '\x1f');
        buf_add(&line, words->word[i]);
    }
    buf_add_char(&line, '\n');
    bool good =
        !line.overflow && send(handle, line.data, line.len, MSG_NOSIGNAL) == (ssize_t)line.len;
    explicit_bzero(line.data, line.len);
    buf_done(&line);
    return good;
}

/* Hands one line of the answer on; true at the last. */
static bool take_line(struct str line, const struct teller *teller, enum st *ret, struct err *err)
{
    struct str kind;
    struct str rest = line;
    if (!str_split(&rest, ' ', &kind)) return false;
    int64_t done = 0;
    int64_t total = 0;
    if (str_eq(kind, STR("say"))) {
        teller->say(teller->context, rest);
    } else if (str_eq(kind, STR("progress"))) {
        struct str first;
        if (str_split(&rest, ' ', &first) && str_to_int(first, &done) && str_to_int(rest, &total))
            teller->progress(teller->context, done, total);
    } else if (str_eq(kind, STR("error"))) {
        err_set(err, ST_FAILED, "%.*s", STR_ARG(rest));
    } else if (str_eq(kind, STR("hint"))) {
        err_hint(err, "%.*s", STR_ARG(rest));
    } else if (str_eq(kind, STR("end")) && str_to_int(rest, &done)) {
        *ret = (enum st)done;
        return true;
    }
    return false;
}

enum st control_ask(const char *data, const struct words *words, const struct teller *teller,
                    bool *ret_served, struct err *err)
{
    int handle = -1;
    enum st outcome = connect_to(data, &handle, err);
    *ret_served = outcome != ST_NOT_FOUND;
    if (outcome != ST_OK) return outcome;
    FILE *file = send_words(handle, words) ? fdopen(handle, "r") : NULL;
    if (!file) {
        close(handle);
        return err_set(err, ST_FAILED, "The server did not take the request.");
    }
    char *line = NULL;
    size_t room = 0;
    bool ended = false;
    ssize_t length;
    while (!ended && (length = getline(&line, &room, file)) > 0)
        ended = take_line(str_of(line, (size_t)length - 1), teller, &outcome, err);
    if (line) explicit_bzero(line, room);
    free(line);
    fclose(file);
    return ended ? outcome : err_set(err, ST_FAILED, "The server ended before it had answered.");
}
