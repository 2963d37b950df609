/* A server behind TLS as its clients see it: what is agreed upon, what is refused, which certificate is shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/tls.h"

static const char *const names[] = {"localhost", "127.0.0.1", "::1", "harken.example"};
static struct {
    char dir[64];
    struct arena *a;
    struct tls_server *tls;
    struct http_server *server;
    int port;
} t;

static void handle(void *ctx, struct http_request *rq, struct http_reply *rep)
{
    (void)ctx;
    if (str_eq(rq->path, STR("/echo")))
        http_body(rep, STR("application/octet-stream"), rq->body);
    else
        http_body(rep, STR("text/plain"), rq->tls ? STR("secret") : STR("plain"));
}

static const char *file(const char *name)
{
    return str_cz(t.a, str_fmt(t.a, "%s/%s", t.dir, name));
}

static void serve(bool allow_12)
{
    static const char *const listen[] = {"127.0.0.1:0", NULL};
    struct tls_opts to = {file("server.pem"), file("server.key"), allow_12};
    struct http_server_opts o = {.listen = listen, .handle = handle, .loops = 2, .workers = 4, .body_max = 8 << 20};
    struct err e = {0};
    const char *url;
    uint64_t port;

    if (tls_authority_ensure(t.dir, names, 4, NULL, &e) || tls_server_new(&to, &t.tls, &e))
        fail_msg("%s", e.msg);
    o.tls = t.tls;
    if (http_server_new(&o, &t.server, &e) || http_server_start(t.server, &e))
        fail_msg("%s", e.msg);
    url = http_server_url(t.server, 0);
    assert_true(str_starts(str_of(url), STR("https://127.0.0.1:")));
    assert_true(str_to_u64(str_from(str_of(url), strlen("https://127.0.0.1:")), &port));
    t.port = (int)port;
}

static int up(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    snprintf(t.dir, sizeof t.dir, "/tmp/harken-tls-XXXXXX");
    if (!mkdtemp(t.dir))
        return -1;
    t.a = arena_new("test");
    return 0;
}

static int down(void **state)
{
    static const char *const files[] = {"ca.key", "ca.pem", "server.key", "server.pem"};

    (void)state;
    http_server_free(t.server);
    tls_server_free(t.tls);
    for (size_t i = 0; i < 4; i++)
        unlink(file(files[i]));
    rmdir(t.dir);
    arena_free(t.a);
    memset(&t, 0, sizeof t);
    return 0;
}

static int connected(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)t.port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0)
        abort();
    assert_return_code(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

/* The version agreed upon between `min` and `max`, verified against the authority and `name`; 0: refused. */
static int agreed(int min, int max, const char *alpn, const char *name)
{
    SSL_CTX *c = SSL_CTX_new(TLS_client_method());
    SSL *ssl;
    int fd = connected(), version = 0;

    SSL_CTX_set_min_proto_version(c, min);
    SSL_CTX_set_max_proto_version(c, max);
    SSL_CTX_set_verify(c, SSL_VERIFY_PEER, NULL);
    assert_int_equal(SSL_CTX_load_verify_locations(c, file("ca.pem"), NULL), 1);
    if (alpn)
        assert_int_equal(SSL_CTX_set_alpn_protos(c, (const unsigned char *)alpn, (unsigned)strlen(alpn)), 0);
    ssl = SSL_new(c);
    SSL_set1_host(ssl, name);
    SSL_set_fd(ssl, fd);
    if (SSL_connect(ssl) == 1 && SSL_get_verify_result(ssl) == X509_V_OK)
        version = SSL_version(ssl);
    SSL_free(ssl);
    SSL_CTX_free(c);
    close(fd);
    return version;
}

static void only_the_newest_version_unless_the_older_is_allowed(void **state)
{
    (void)state;
    serve(false);
    assert_int_equal(agreed(TLS1_VERSION, TLS1_3_VERSION, NULL, "localhost"), TLS1_3_VERSION);
    assert_int_equal(agreed(TLS1_VERSION, TLS1_2_VERSION, NULL, "localhost"), 0);
    http_server_free(t.server);
    tls_server_free(t.tls);
    serve(true);
    assert_int_equal(agreed(TLS1_VERSION, TLS1_2_VERSION, NULL, "localhost"), TLS1_2_VERSION);
    assert_int_equal(agreed(TLS1_VERSION, TLS1_1_VERSION, NULL, "localhost"), 0);
}

static void its_names_are_in_the_certificate_and_others_are_not(void **state)
{
    (void)state;
    serve(false);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(agreed(TLS1_3_VERSION, TLS1_3_VERSION, NULL, names[i]), TLS1_3_VERSION);
    assert_int_equal(agreed(TLS1_3_VERSION, TLS1_3_VERSION, NULL, "other.example"), 0);
}

static void a_protocol_it_does_not_speak_is_refused(void **state)
{
    (void)state;
    serve(false);
    assert_int_equal(agreed(TLS1_3_VERSION, TLS1_3_VERSION, "\x02h2\x08http/1.1", "localhost"), TLS1_3_VERSION);
    assert_int_equal(agreed(TLS1_3_VERSION, TLS1_3_VERSION, "\x02h2", "localhost"), 0);
}

static void a_client_with_the_right_pin_is_answered_and_others_stop(void **state)
{
    char pin[TLS_PIN_LEN + 1] = "", wrong[TLS_PIN_LEN + 1];
    struct http_client *c;
    struct http_answer got;
    struct err e = {0};
    size_t n = 5 << 20;
    char *big;

    (void)state;
    serve(false);
    tls_server_pin(t.tls, pin);
    assert_int_equal(strlen(pin), TLS_PIN_LEN);
    assert_int_equal(http_client_new(str_of(http_server_url(t.server, 0)), &c, &e), ERR_OK);
    assert_int_not_equal(http_client_call(c, &(struct http_call){.path = STR("/")}, t.a, &got, &e), ERR_OK);
    http_client_pin(c, str_of(pin));
    assert_int_equal(http_client_call(c, &(struct http_call){.path = STR("/")}, t.a, &got, &e), ERR_OK);
    assert_true(str_eq(got.body, STR("secret")));
    big = arena_alloc(t.a, n);
    for (size_t i = 0; i < n; i++)
        big[i] = (char)(i * 31 + i / 4096);
    assert_int_equal(
        http_client_call(c, &(struct http_call){.path = STR("/echo"), .body = str_n(big, n)}, t.a, &got, &e), ERR_OK);
    assert_true(str_eq(got.body, str_n(big, n)));
    http_client_free(c);
    memcpy(wrong, pin, sizeof wrong);
    wrong[10] = wrong[10] == 'A' ? 'B' : 'A';
    assert_int_equal(http_client_new(str_of(http_server_url(t.server, 0)), &c, &e), ERR_OK);
    http_client_pin(c, str_of(wrong));
    assert_int_equal(http_client_call(c, &(struct http_call){.path = STR("/")}, t.a, &got, &e), ERR_DENIED);
    http_client_free(c);
}

static void plain_http_gets_no_answer_and_no_hang(void **state)
{
    static const char rq[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    char got[1024];
    size_t n = 0;
    ssize_t r;
    int fd;

    (void)state;
    serve(false);
    fd = connected();
    assert_int_equal(write(fd, rq, sizeof rq - 1), sizeof rq - 1);
    while (n < sizeof got && (r = read(fd, got + n, sizeof got - n)) > 0)
        n += (size_t)r;
    assert_true(str_find(str_n(got, n), STR("HTTP/1.1"), 0) == SIZE_MAX);
    close(fd);
}

static void keys_are_private_and_kept_and_renewed_for_a_new_name(void **state)
{
    static const char *const more[] = {"localhost", "127.0.0.1", "::1", "harken.example", "10.1.2.3"};
    char before[TLS_PIN_LEN + 1] = "", after[TLS_PIN_LEN + 1] = "";
    struct stat st;
    struct err e;
    bool made = true;
    str ca1, ca2;

    (void)state;
    serve(false);
    assert_int_equal(stat(file("ca.key"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(file("server.key"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(fs_read(file("ca.pem"), 65536, t.a, &ca1, &e), ERR_OK);
    assert_int_equal(tls_authority_ensure(t.dir, names, 4, &made, &e), ERR_OK);
    assert_false(made);
    tls_server_pin(t.tls, before);
    assert_int_equal(tls_authority_ensure(t.dir, more, 5, &made, &e), ERR_OK);
    assert_true(made);
    assert_int_equal(tls_server_reload(t.tls, &e), ERR_OK);
    tls_server_pin(t.tls, after);
    assert_string_not_equal(before, after);
    assert_int_equal(fs_read(file("ca.pem"), 65536, t.a, &ca2, &e), ERR_OK);
    assert_true(str_eq(ca1, ca2)); /* who trusted the authority goes on trusting */
    assert_int_equal(agreed(TLS1_3_VERSION, TLS1_3_VERSION, NULL, "localhost"), TLS1_3_VERSION);
}

static void a_broken_reload_keeps_what_was_good(void **state)
{
    struct err e;

    (void)state;
    serve(false);
    assert_int_equal(fs_write_atomic(file("server.pem"), STR("not a certificate\n"), 0644, &e), ERR_OK);
    assert_int_equal(tls_server_reload(t.tls, &e), ERR_INVALID);
    assert_int_equal(agreed(TLS1_3_VERSION, TLS1_3_VERSION, NULL, "localhost"), TLS1_3_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_the_newest_version_unless_the_older_is_allowed, up, down),
        cmocka_unit_test_setup_teardown(its_names_are_in_the_certificate_and_others_are_not, up, down),
        cmocka_unit_test_setup_teardown(a_protocol_it_does_not_speak_is_refused, up, down),
        cmocka_unit_test_setup_teardown(a_client_with_the_right_pin_is_answered_and_others_stop, up, down),
        cmocka_unit_test_setup_teardown(plain_http_gets_no_answer_and_no_hang, up, down),
        cmocka_unit_test_setup_teardown(keys_are_private_and_kept_and_renewed_for_a_new_name, up, down),
        cmocka_unit_test_setup_teardown(a_broken_reload_keeps_what_was_good, up, down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
