/* The server and the client against each other over loopback: threads, hand-over, drain, overload. What a connection
 * does with its bytes is proved in http_conn_test.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/thread.h"
#include "net/http_client.h"
#include "net/http_server.h"

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER; /* held: handlers of /wait wait */
static atomic_int arrived;                               /* handlers of /wait that came to the gate */

static bool head(void *ctx, struct http_request *rq, struct http_plan *plan, struct http_reply *rep)
{
    (void)ctx;
    (void)rep;
    plan->on_loop = str_eq(rq->path, STR("/loop"));
    plan->body_max = 100000;
    return true;
}

static void lines(struct http_reply *rep)
{
    struct http_stream_opts o = {.max_bytes = 1000};
    struct http_stream *s = http_reply_stream(rep, STR("application/jsonl"), &o);
    char line[32];

    for (int i = 0; i < 20000; i++) {
        int n = snprintf(line, sizeof line, "line %d\n", i);

        if (http_stream_wait(s, (size_t)n, 10000, NULL) || http_stream_write(s, str_n(line, (size_t)n), NULL))
            break;
    }
    http_stream_end(s);
    http_stream_unref(s);
}

static void handle(void *ctx, struct http_request *rq, struct http_reply *rep)
{
    (void)ctx;
    if (str_eq(rq->path, STR("/lines"))) {
        lines(rep);
        return;
    }
    if (str_eq(rq->path, STR("/wait"))) {
        atomic_fetch_add(&arrived, 1);
        pthread_mutex_lock(&gate);
        pthread_mutex_unlock(&gate);
    }
    if (str_eq(rq->path, STR("/bad"))) {
        http_problem(rep, 400, STR_NULL, STR("Not so"), STR("the \"x\" is wrong"));
        return;
    }
    http_body(
        rep, STR("text/plain"),
        str_fmt(rq->arena, "%.*s %.*s %zu", STR_ARG(http_method_name(rq->method)), STR_ARG(rq->path), rq->body.n));
}

static struct http_server *serve(const struct http_server_opts *more)
{
    static const char *const listen[] = {"127.0.0.1:0", NULL};
    struct http_server_opts o = {0};
    struct http_server *s;
    struct err e = {0};

    if (more)
        o = *more;
    if (!o.listen && !o.listen_fd)
        o.listen = listen;
    o.loops = o.loops ? o.loops : 2;
    o.head = head;
    o.handle = handle;
    if (http_server_new(&o, &s, &e) || http_server_start(s, &e))
        fail_msg("%s", e.msg);
    return s;
}

static void calls(void **state)
{
    struct http_server *s = serve(NULL);
    struct arena *a = arena_new("test");
    struct http_client *c;
    struct http_answer got;
    struct err e;
    char *big = arena_alloc(a, 100001);

    (void)state;
    memset(big, 'x', 100001);
    assert_int_equal(http_client_new(str_of(http_server_url(s, 0)), &c, &e), ERR_OK);
    assert_int_equal(http_client_call(c, &(struct http_call){.path = STR("/a%20b?x")}, a, &got, &e), ERR_OK);
    assert_int_equal(got.status, 200);
    assert_true(str_eq(got.body, STR("GET /a b 0")));
    assert_int_equal(got.request_id.n, ID_TEXT_LEN);
    assert_int_equal(
        http_client_call(c, &(struct http_call){.path = STR("/loop"), .body = str_n(big, 100000)}, a, &got, &e), 0);
    assert_true(str_eq(got.body, STR("POST /loop 100000")));
    assert_int_equal(
        http_client_call(c, &(struct http_call){.path = STR("/"), .body = str_n(big, 100001)}, a, &got, &e), 0);
    assert_int_equal(got.status, 413);
    assert_int_equal(http_client_call(c, &(struct http_call){.path = STR("/bad"), .method = "DELETE"}, a, &got, &e), 0);
    assert_int_equal(http_answer_err(&got, &e), ERR_INVALID);
    assert_string_equal(e.msg, "Not so: the \"x\" is wrong");
    assert_int_equal(http_client_call(c, &(struct http_call){.path = STR("/h"), .method = "HEAD"}, a, &got, &e), 0);
    assert_int_equal(got.body.n, 0);
    http_client_free(c);
    http_server_free(s);
    arena_free(a);
}

static bool count_line(void *ctx, str line)
{
    int *n = ctx;
    char want[32];

    snprintf(want, sizeof want, "line %d", *n);
    if (!str_eq(line, str_of(want)))
        return false;
    return ++*n != 15000;
}

static void lines_come_one_by_one_and_can_be_stopped(void **state)
{
    struct http_server *s = serve(NULL);
    struct arena *a = arena_new("test");
    struct http_client *c;
    struct http_answer got;
    struct err e;
    int n = 0;

    (void)state;
    assert_int_equal(http_client_new(str_of(http_server_url(s, 0)), &c, &e), ERR_OK);
    n = 0;
    assert_int_equal(
        http_client_call(c, &(struct http_call){.path = STR("/lines"), .on_line = count_line, .ctx = &n}, a, &got, &e),
        ERR_OK);
    assert_int_equal(n, 15000);
    assert_int_equal(http_client_call(c, &(struct http_call){.path = STR("/lines")}, a, &got, &e), ERR_OK);
    assert_true(str_ends(got.body, STR("line 19999\n")));
    http_client_free(c);
    http_server_free(s);
    arena_free(a);
}

static void a_unix_socket_serves_too(void **state)
{
    char path[64];
    const char *listen[] = {path, NULL};
    struct http_server_opts o = {.listen = listen};
    struct http_server *s;
    struct arena *a = arena_new("test");
    struct http_client *c;
    struct http_answer got;
    struct err e;

    (void)state;
    snprintf(path, sizeof path, "unix:/tmp/harken-http-test-%d", (int)getpid());
    s = serve(&o);
    assert_string_equal(http_server_url(s, 0), path);
    assert_null(http_server_url(s, 1));
    assert_int_equal(http_client_new(str_of(path), &c, &e), ERR_OK);
    assert_int_equal(http_client_call(c, &(struct http_call){.path = STR("/x")}, a, &got, &e), ERR_OK);
    assert_int_equal(got.status, 200);
    http_server_free(s);
    assert_int_not_equal(access(path + 5, F_OK), 0);
    assert_int_equal(http_client_call(c, &(struct http_call){.path = STR("/x")}, a, &got, &e), ERR_IO);
    http_client_free(c);
    arena_free(a);
}

struct caller {
    struct thread thread;
    const char *url, *path;
    atomic_bool *stop;
    int ok, failed, shed;
    char why[256];
};

static void caller_run(void *arg)
{
    struct caller *k = arg;
    struct arena *a = arena_new("test");
    struct http_client *c;
    struct http_answer got;
    struct err e;

    if (http_client_new(str_of(k->url), &c, &e))
        return;
    do {
        if (http_client_call(c, &(struct http_call){.path = str_of(k->path)}, a, &got, &e)) {
            k->failed++;
            snprintf(k->why, sizeof k->why, "%.200s", e.msg);
        } else {
            k->ok += got.status == 200;
            k->shed += got.status == 503 && got.retry_after_s > 0;
            k->failed += got.status != 200 && got.status != 503;
        }
        arena_reset(a);
    } while (!atomic_load(k->stop));
    http_client_free(c);
    arena_free(a);
}

static void callers_start(struct caller *k, int n, const char *url, const char *path, atomic_bool *stop)
{
    struct err e;

    for (int i = 0; i < n; i++) {
        k[i] = (struct caller){.url = url, .path = path, .stop = stop};
        if (thread_start(&k[i].thread, "caller", caller_run, &k[i], &e))
            fail_msg("%s", e.msg);
    }
}

static void a_hand_over_loses_nothing(void **state)
{
    struct http_server *s = serve(NULL), *next;
    struct caller k[4];
    atomic_bool stop = false;
    char url[160];
    int ok = 0;

    (void)state;
    snprintf(url, sizeof url, "%s", http_server_url(s, 0));
    callers_start(k, 4, url, "/x", &stop);
    for (int i = 0; i < 10; i++) {
        int fds[] = {dup(http_server_listen_fd(s, 0)), -1};
        struct http_server_opts o = {.listen_fd = fds};

        usleep(20000);
        next = serve(&o);
        assert_string_equal(http_server_url(next, 0), url);
        assert_int_equal(http_server_drain(s, 5000, true), 0);
        http_server_free(s);
        s = next;
    }
    atomic_store(&stop, true);
    for (int i = 0; i < 4; i++) {
        thread_join(&k[i].thread);
        if (k[i].failed)
            fail_msg("%d lost: %s", k[i].failed, k[i].why);
        ok += k[i].ok;
    }
    assert_true(ok > 100);
    http_server_free(s);
}

static void drain_waits_for_running_requests(void **state)
{
    struct http_server *s = serve(NULL);
    struct http_server_stats st;
    struct caller k[2];
    atomic_bool stop = true; /* one call each */

    (void)state;
    pthread_mutex_lock(&gate);
    callers_start(k, 2, http_server_url(s, 0), "/wait", &stop);
    do {
        usleep(1000);
        http_server_stats(s, &st);
    } while (st.busy < 2);
    assert_int_equal(http_server_drain(s, 100, false), 2); /* out of time */
    pthread_mutex_unlock(&gate);
    assert_int_equal(http_server_drain(s, 5000, false), 0);
    for (int i = 0; i < 2; i++) {
        thread_join(&k[i].thread);
        assert_int_equal(k[i].ok, 1);
    }
    http_server_free(s);
}

static void overload_is_said_truthfully(void **state)
{
    struct http_server_opts o = {.workers = 1, .queue_max = 1};
    struct http_server *s = serve(&o);
    struct caller k[8];
    struct http_server_stats st;
    atomic_bool stop = true;
    int ok = 0, shed = 0;

    (void)state;
    pthread_mutex_lock(&gate);
    atomic_store(&arrived, 0);
    callers_start(k, 1, http_server_url(s, 0), "/wait", &stop);
    while (atomic_load(&arrived) == 0) /* the one worker has left the queue empty: one of the others fits */
        usleep(1000);
    callers_start(k + 1, 7, http_server_url(s, 0), "/wait", &stop);
    do {
        usleep(1000);
        http_server_stats(s, &st);
    } while (st.shed < 6);
    pthread_mutex_unlock(&gate);
    for (int i = 0; i < 8; i++) {
        thread_join(&k[i].thread);
        assert_int_equal(k[i].failed, 0);
        ok += k[i].ok;
        shed += k[i].shed;
    }
    assert_int_equal(ok, 2);
    assert_int_equal(shed, 6);
    http_server_free(s);
}

static int connect_to(const char *url)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    uint64_t port = 0;

    str_to_u64(str_from(str_of(url), str_rfind_char(str_of(url), ':') + 1), &port);
    in.sin_port = htons((uint16_t)port);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&in, sizeof in)) {
        close(fd);
        return -1;
    }
    return fd;
}

static void the_longest_idle_one_makes_room(void **state)
{
    struct http_server_opts o = {.conns_max = 10, .loops = 1};
    struct http_server *s = serve(&o);
    struct caller k = {0};
    atomic_bool stop = true;
    int fd[30];

    (void)state;
    for (int i = 0; i < 30; i++)
        assert_true((fd[i] = connect_to(http_server_url(s, 0))) >= 0);
    callers_start(&k, 1, http_server_url(s, 0), "/x", &stop);
    thread_join(&k.thread);
    assert_int_equal(k.ok, 1);
    for (int i = 0; i < 30; i++)
        close(fd[i]);
    http_server_free(s);
}

static void bad_addresses_are_refused(void **state)
{
    const char *const wrong[] = {"127.0.0.1:99999", NULL};
    struct http_server *s = serve(NULL), *other;
    const char *const taken[] = {http_server_url(s, 0) + 7, NULL};
    struct http_server_opts o = {.listen = wrong, .handle = handle};
    struct err e;

    (void)state;
    assert_int_equal(http_server_new(&o, &other, &e), ERR_INVALID);
    o.listen = taken;
    assert_int_equal(http_server_new(&o, &other, &e), ERR_EXISTS);
    o.listen = NULL;
    assert_int_equal(http_server_new(&o, &other, &e), ERR_INVALID);
    http_server_free(s);
}

int main(void)
{
    const struct CMUnitTest t[] = {
        cmocka_unit_test(calls),
        cmocka_unit_test(lines_come_one_by_one_and_can_be_stopped),
        cmocka_unit_test(a_unix_socket_serves_too),
        cmocka_unit_test(a_hand_over_loses_nothing),
        cmocka_unit_test(drain_waits_for_running_requests),
        cmocka_unit_test(overload_is_said_truthfully),
        cmocka_unit_test(the_longest_idle_one_makes_room),
        cmocka_unit_test(bad_addresses_are_refused),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
