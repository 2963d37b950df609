/* cli/ingest.c - files, folders, patterns and standard input, sent side by side; a server that restarts is waited for. */
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/thread.h"
#include "base/sort.h"
#include "cli/cli.h"
#include "formats/format.h"
#include "pipeline/context.h"

enum { JOBS_DEFAULT = 4, JOBS_MAX = CLI_JOBS_MAX, SERVER_AWAY_MS = 120000, DEPTH_MAX = 64 };

struct file {
    str given, absolute;
    str context; /* what the side table of its folder says */
    int64_t bytes;
};

struct failure {
    str path, place, reason;
};

struct ingest {
    struct arena *a;
    str home;
    struct file *files;
    size_t files_n, files_cap;
    const char *stdin_name;
    pthread_mutex_t lock; /* guards all below and the arena while threads run */
    size_t next;
    struct failure *failures;
    size_t failures_n, failures_cap;
    int64_t new_n, known_n, done_files, done_bytes, all_bytes;
    bool stop;
};

static void failure_add(struct ingest *g, str path, str place, str reason)
{
    pthread_mutex_lock(&g->lock);
    ARENA_PUSH(g->a, g->failures, g->failures_n, g->failures_cap) =
        (struct failure){str_dup(g->a, path), str_dup(g->a, place), str_dup(g->a, reason)};
    pthread_mutex_unlock(&g->lock);
}

/* ---- which files ---- */

static int by_name(const void *x, const void *y)
{
    return strcmp(*(char *const *)x, *(char *const *)y);
}

/* The nearest side table above a file; its paths are relative to `folder`. */
struct side {
    struct context_table *table;
    str folder;
};

static void path_add(struct ingest *g, str given, int depth, struct side side);

/* A folder's own side table takes over from one above it. */
static struct side side_read(struct ingest *g, str folder, struct side above)
{
    struct side own = {.folder = folder};
    char *file = str_cz(g->a, fs_join(g->a, folder, STR(CONTEXT_FILE)));
    struct err e;
    str csv;

    if (!fs_exists(file))
        return above;
    if (fs_read(file, 16 << 20, g->a, &csv, &e) || context_table_read(csv, g->a, &own.table, &e)) {
        if (e.code != ERR_INVALID ||
            !str_contains(str_of(e.msg), STR("no column"))) /* a table of another purpose is just a file */
            failure_add(g, str_of(file), STR("side table"), str_of(e.msg));
        return above;
    }
    return own;
}

static void folder_add(struct ingest *g, str given, int depth, struct side side)
{
    DIR *d = opendir(str_cz(g->a, given));
    char **names = NULL;
    size_t n = 0, cap = 0;
    struct dirent *de;

    if (!d) {
        failure_add(g, given, STR("folder"), str_fmt(g->a, "cannot be opened: %s", strerror(errno)));
        return;
    }
    // cppcheck-suppress readdirCalled ; the stream is ours alone
    while ((de = readdir(d)))
        if (de->d_name[0] != '.')
            ARENA_PUSH(g->a, names, n, cap) = str_cz(g->a, str_of(de->d_name));
    closedir(d);
    list_sort(names, n, sizeof *names, by_name);
    side = side_read(g, given, side);
    for (size_t i = 0; i < n; i++)
        if (!side.table || !str_eq(side.folder, given) || strcmp(names[i], CONTEXT_FILE) != 0)
            path_add(g, fs_join(g->a, given, str_of(names[i])), depth + 1, side);
}

static void path_add(struct ingest *g, str given, int depth, struct side side)
{
    struct stat st;

    if (depth > DEPTH_MAX) {
        failure_add(g, given, STR("folder"), STR("nested too deep"));
    } else if (depth ? lstat(str_cz(g->a, given), &st) : stat(str_cz(g->a, given), &st)) {
        failure_add(g, given, STR("file"), str_fmt(g->a, "cannot be read: %s", strerror(errno)));
    } else if (S_ISDIR(st.st_mode)) {
        folder_add(g, given, depth, side);
    } else if (S_ISREG(st.st_mode)) {
        struct file f = {.given = given, .absolute = cli_absolute(g->a, str_cz(g->a, given)), .bytes = st.st_size};
        if (side.table)
            f.context = context_find(side.table, str_from(given, fs_join(g->a, side.folder, STR("")).n), g->a);
        ARENA_PUSH(g->a, g->files, g->files_n, g->files_cap) = f;
        g->all_bytes += st.st_size;
    } else if (depth && S_ISLNK(st.st_mode)) {
        failure_add(g, given, STR("file"), STR("a symbolic link inside a folder is not followed; name its target"));
    } else {
        failure_add(g, given, STR("file"), STR("not a regular file"));
    }
}

static void argument_add(struct ingest *g, const char *arg)
{
    glob_t m;

    if (strcmp(arg, "-") == 0) {
        struct file f = {.given = str_of(g->stdin_name ? g->stdin_name : "-"), .bytes = -1};
        ARENA_PUSH(g->a, g->files, g->files_n, g->files_cap) = f;
        return;
    }
    if (!fs_exists(arg) && strpbrk(arg, "*?[") && glob(arg, 0, NULL, &m) == 0) {
        for (size_t i = 0; i < m.gl_pathc; i++)
            path_add(g, str_dup(g->a, str_of(m.gl_pathv[i])), 0, (struct side){0});
        globfree(&m);
        return;
    }
    path_add(g, str_of(arg), 0, (struct side){0});
}

/* ---- sending ---- */

static enum err_code bytes_read(const struct file *f, struct arena *a, struct buf *in, str *out, struct err *e)
{
    if (f->bytes >= 0)
        return fs_read(str_cz(a, f->given), FORMAT_BYTES_MAX, a, out, e);
    if (fs_read_fd(STDIN_FILENO, FORMAT_BYTES_MAX, in, e))
        return e->code;
    *out = buf_view(in);
    return ERR_OK;
}

/* One exchange; connects when *c is NULL. ERR_IO and ERR_BUSY: worth trying again. */
static enum err_code exchange(struct ingest *g, struct http_client **c, const char *method, str path, str body,
                              str context, struct arena *a, struct http_answer *out, struct err *e)
{
    const char *headers[] = {context.n ? str_fmt(a, "Harken-Context: %.*s", STR_ARG(context)).p : NULL, NULL};
    struct http_call call = {.method = method,
                             .path = path,
                             .headers = headers,
                             .body = body,
                             .content_type = STR("application/octet-stream"),
                             .timeout_ms = 600000};

    if (!*c && cli_connect(a, g->home, c, e)) {
        if (e->code == ERR_NOT_FOUND)
            e->code = ERR_BUSY;
        return e->code;
    }
    if (cli_send(*c, &call, a, out, e)) {
        http_client_free(*c);
        *c = NULL; /* the address and the token may be others after a restart */
        return e->code = e->code == ERR_LIMIT ? ERR_LIMIT : ERR_IO;
    }
    if (out->status == 401) { /* the token of an earlier run */
        http_client_free(*c);
        *c = NULL;
        return err_set(e, ERR_BUSY, "the server does not know our token");
    }
    if (out->status == 503 || out->status == 429)
        return err_set(e, ERR_BUSY, "the server is busy");
    return http_answer_err(out, e);
}

static enum err_code exchange_patient(struct ingest *g, struct http_client **c, const char *method, str path, str body,
                                      str context, struct arena *a, struct http_answer *out, struct err *e)
{
    int64_t until = clock_mono_ms() + SERVER_AWAY_MS;
    int pause_ms = 50;
    enum err_code rc;

    for (;;) {
        rc = exchange(g, c, method, path, body, context, a, out, e);
        if ((rc != ERR_IO && rc != ERR_BUSY && rc != ERR_TIMEOUT) || clock_mono_ms() > until)
            return rc;
        usleep((useconds_t)pause_ms * 1000);
        pause_ms = pause_ms < 2000 ? pause_ms * 2 : 2000;
    }
}

static void result_count(struct ingest *g, const struct file *f, const struct json *v)
{
    int64_t n = (int64_t)json_len(json_get(v, "interactions"));
    struct json_it it;

    for (json_it_init(&it, json_get(v, "problems")); json_it_next(&it);)
        failure_add(g, f->given, json_str(json_get(it.val, "place"), STR("file")),
                    json_str(json_get(it.val, "reason"), STR("")));
    pthread_mutex_lock(&g->lock);
    if (json_bool(json_get(v, "known"), false))
        g->known_n += n;
    else
        g->new_n += n;
    pthread_mutex_unlock(&g->lock);
}

static void file_send(struct ingest *g, struct http_client **c, const struct file *f, struct arena *a)
{
    struct http_answer ans;
    struct json_doc *d = NULL;
    struct buf in;
    struct err e = {0};
    str bytes, path;
    bool known = false, first = true;

    buf_init_wiped(&in, (size_t)FORMAT_BYTES_MAX + 65537);
    if (bytes_read(f, a, &in, &bytes, &e)) {
        failure_add(g, f->given, STR("file"), str_of(e.msg));
        goto out;
    }
    path = str_fmt(a, "/v1/uploads?source=%.*s&path=%.*s", STR_ARG(cli_quote(a, f->given)),
                   STR_ARG(cli_quote(a, f->absolute)));
    if (exchange_patient(g, c, "POST", path, bytes, f->context, a, &ans, &e) || json_parse(ans.body, &d, &e)) {
        failure_add(g, f->given, STR("upload"), str_of(e.msg));
        goto out;
    }
    for (;;) {
        const struct json *v = json_root(d);
        known = first ? json_bool(json_get(v, "known"), false) : known;
        if (!str_eq(json_str(json_get(v, "state"), STR("")), STR("pending"))) {
            if (first || !known) {
                result_count(g, f, v);
            } else {
                pthread_mutex_lock(&g->lock);
                g->known_n += (int64_t)json_len(json_get(v, "interactions"));
                pthread_mutex_unlock(&g->lock);
            }
            break;
        }
        path = str_fmt(a, "/v1/uploads/%.*s", STR_ARG(json_str(json_get(v, "id"), STR(""))));
        json_free(d);
        d = NULL;
        first = false;
        if (exchange_patient(g, c, "GET", path, STR_NULL, STR(""), a, &ans, &e) || json_parse(ans.body, &d, &e)) {
            failure_add(g, f->given, STR("upload"), str_of(e.msg));
            break;
        }
    }
out:
    json_free(d);
    buf_done(&in);
}

static void sender_run(void *arg)
{
    struct ingest *g = arg;
    struct arena *a = arena_new_wiped("send");
    struct http_client *c = NULL;

    for (;;) {
        size_t i;
        pthread_mutex_lock(&g->lock);
        i = g->next < g->files_n ? g->next++ : SIZE_MAX;
        pthread_mutex_unlock(&g->lock);
        if (i == SIZE_MAX)
            break;
        arena_reset(a);
        file_send(g, &c, &g->files[i], a);
        pthread_mutex_lock(&g->lock);
        g->done_files++;
        g->done_bytes += g->files[i].bytes > 0 ? g->files[i].bytes : 0;
        pthread_mutex_unlock(&g->lock);
    }
    http_client_free(c);
    arena_free(a);
}

/* ---- progress and end ---- */

static void progress_print(struct ingest *g, int64_t start_ms)
{
    double s = (double)(clock_mono_ms() - start_ms) / 1000, mb, left;
    int64_t files, bytes;

    pthread_mutex_lock(&g->lock);
    files = g->done_files;
    bytes = g->done_bytes;
    pthread_mutex_unlock(&g->lock);
    mb = (double)bytes / 1e6;
    left = bytes > 0 ? s * (double)(g->all_bytes - bytes) / (double)bytes : 0;
    fprintf(stderr, "\r%lld of %zu files, %.1f MB, %.1f files/s, %.0f s left   ", (long long)files, g->files_n, mb,
            s > 0 ? (double)files / s : 0, left);
}

/* Until no job is left but messages to webhooks, which may wait for hours for who does not answer. False when the server went away for good. */
static bool wait_pending(struct ingest *g, bool show, struct err *e)
{
    struct http_client *c = NULL;
    struct arena *a = arena_new("wait");
    int64_t pending = 1;
    int pause_ms = 20;

    while (pending > 0) {
        struct http_answer ans = {0};
        struct json_doc *d = NULL;

        arena_reset(a);
        if (exchange_patient(g, &c, "GET", STR("/v1/status"), STR_NULL, STR(""), a, &ans, e) ||
            json_parse(ans.body, &d, e))
            break;
        pending = json_i64(json_get(json_root(d), "pending"), 1) -
                  json_i64(json_get(json_get(json_root(d), "jobs"), "deliveries"), 0);
        if (!json_bool(json_get(json_root(d), "ready"), false))
            pending = pending ? pending : 1;
        json_free(d);
        if (pending > 0) {
            if (show)
                fprintf(stderr, "\r%lld jobs to do   ", (long long)pending);
            usleep((useconds_t)pause_ms * 1000);
            pause_ms = pause_ms < 500 ? pause_ms * 2 : 500;
        }
    }
    http_client_free(c);
    arena_free(a);
    return pending == 0;
}

static void result_json(const struct ingest *g, double seconds)
{
    struct buf b;
    struct jw w;

    buf_init_wiped(&b, 256 << 20);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_ki64(&w, "new", g->new_n);
    jw_ki64(&w, "known", g->known_n);
    jw_karr(&w, "failed");
    for (size_t i = 0; i < g->failures_n; i++) {
        jw_obj(&w);
        jw_kstr(&w, "path", g->failures[i].path);
        jw_kstr(&w, "place", g->failures[i].place);
        jw_kstr(&w, "reason", g->failures[i].reason);
        jw_end(&w);
    }
    jw_end(&w);
    jw_kreal(&w, "seconds", seconds);
    jw_end(&w);
    printf("%.*s\n", STR_ARG(buf_view(&b)));
    buf_done(&b);
}

static void result_table(const struct ingest *g, double seconds)
{
    cli_print("new     %8lld\nknown   %8lld\nfailed  %8zu\n", (long long)g->new_n, (long long)g->known_n,
              g->failures_n);
    for (size_t i = 0; i < g->failures_n; i++)
        cli_print("  %.*s: %.*s: %.*s\n", STR_ARG(g->failures[i].path), STR_ARG(g->failures[i].place),
                  STR_ARG(g->failures[i].reason));
    cli_print("%.1f s\n", seconds);
}

static int by_path(const void *x, const void *y)
{
    return str_cmp(((const struct failure *)x)->path, ((const struct failure *)y)->path);
}

int cli_ingest(struct arena *a, int argc, char **argv)
{
    struct ingest g = {.a = a, .lock = PTHREAD_MUTEX_INITIALIZER};
    struct thread threads[JOBS_MAX] = {0};
    int64_t jobs = JOBS_DEFAULT, start = clock_mono_ms();
    struct http_client *c = NULL;
    struct cli_args x;
    struct err e = {0};
    bool show;
    int rc;
    double seconds;

    if (!cli_parse(cli_find("ingest"), argc, argv, a, &x, &rc))
        return rc;
    if (!x.rest_n)
        return cli_usage_error(x.command, "give at least one PATH, or -");
    if (cli_has(&x, "--jobs"))
        str_to_i64(str_of(cli_value(&x, "--jobs")), &jobs);
    g.home = cli_home(a, cli_value(&x, "--home"));
    g.stdin_name = cli_value(&x, "--name");
    if (cli_connect(a, g.home, &c, &e))
        return cli_fail(&e);
    http_client_free(c);
    show = isatty(STDERR_FILENO) && !cli_has(&x, "--quiet");
    for (int i = 0; i < x.rest_n; i++)
        argument_add(&g, x.rest[i]);
    for (int i = 0; i < jobs && (size_t)i < g.files_n; i++)
        if (thread_start(&threads[i], "send", sender_run, &g, &e))
            return cli_fail(&e);
    for (bool go = g.files_n > 0; go;) {
        usleep(show ? 200000 : 10000);
        if (show)
            progress_print(&g, start);
        pthread_mutex_lock(&g.lock);
        go = (size_t)g.done_files < g.files_n;
        pthread_mutex_unlock(&g.lock);
    }
    for (int i = 0; i < jobs; i++)
        thread_join(&threads[i]);
    if (cli_has(&x, "--wait") && !wait_pending(&g, show, &e))
        failure_add(&g, STR(""), STR("wait"), str_of(e.msg));
    if (show)
        fprintf(stderr, "\r%60s\r", "");
    seconds = (double)(clock_mono_ms() - start) / 1000;
    list_sort(g.failures, g.failures_n, sizeof *g.failures, by_path);
    if (cli_has(&x, "--json"))
        result_json(&g, seconds);
    else
        result_table(&g, seconds);
    return g.failures_n ? CLI_FAILED : CLI_OK;
}
