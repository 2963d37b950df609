/* The gate against requests into our own network: forms of addresses, and a server that must not be reached. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdatomic.h>

#include "net/egress.h"
#include "net/http_server.h"

static atomic_int asked;

static void handle(void *ctx, struct http_request *rq, struct http_reply *rep)
{
    (void)ctx;
    atomic_fetch_add(&asked, 1);
    if (str_eq(rq->path, STR("/away"))) {
        http_status(rep, 302);
        http_header(rep, STR("Location"), STR("/again"));
    } else if (str_eq(rq->path, STR("/later"))) {
        http_status(rep, 503);
        http_retry_after(rep, 120);
    } else {
        http_body(rep, STR("text/plain"), rq->body);
    }
}

static void forms_of_private_addresses_are_refused(void **state)
{
    static const char *const rows[] = {"http://127.0.0.1/",
                                       "http://127.1/",
                                       "http://127.0.0.1./",
                                       "https://localhost/",
                                       "https://LocalHost./",
                                       "https://a.localhost/",
                                       "http://0x7f.0.0.1/",
                                       "http://0x7f000001/",
                                       "http://2130706433/",
                                       "http://017700000001/",
                                       "http://127.0.0.1:443/",
                                       "http://0/",
                                       "http://0.0.0.0/",
                                       "http://10.0.0.1/",
                                       "http://172.31.255.255/",
                                       "http://192.168.1.1/",
                                       "http://169.254.169.254/latest/meta-data/",
                                       "http://100.100.100.200/",
                                       "http://[::1]/",
                                       "http://[::]/",
                                       "http://[::ffff:127.0.0.1]/",
                                       "http://[::ffff:a9fe:a9fe]/",
                                       "http://[64:ff9b::7f00:1]/",
                                       "http://[2002:7f00:1::]/",
                                       "http://[fe80::1]/",
                                       "http://[fc00::1]/",
                                       "http://[fd00:ec2::254]/",
                                       "http://[ff02::1]/",
                                       "http://[2001:db8::1]/",
                                       "http://224.0.0.1/",
                                       "http://255.255.255.255/",
                                       "http://198.18.0.1/",
                                       "http://192.0.2.1/",
                                       "https://8.8.8.8:22/",
                                       "https://8.8.8.8:6379/",
                                       "ftp://8.8.8.8/",
                                       "file:///etc/passwd",
                                       "gopher://8.8.8.8/",
                                       "http://user@8.8.8.8/",
                                       "http://user:pass@8.8.8.8/",
                                       "http://8.8.8.8/#x",

                                       "http://",
                                       "//8.8.8.8/",
                                       "8.8.8.8",
                                       "",
                                       "http://8.8.8.8 /",
                                       "http://8.8.8.8\\@10.0.0.1/",
                                       "http://8.8.8.8/\r\nX: y",
                                       "javascript:1",
                                       "http://[fe80::1%25eth0]/",
                                       "http://127.0.0.1%2f@8.8.8.8/"};
    struct egress_rules r = {0};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (egress_url_check(str_of(rows[i]), &r, NULL) == ERR_OK)
            fail_msg("%s", rows[i]);
}

static void public_ones_are_fine(void **state)
{
    static const char *const rows[] = {"https://8.8.8.8/hook", "http://1.1.1.1/", "https://[2606:4700::1111]/x?y=z",
                                       "https://hooks.example.com/in", "https://hooks.example.com:443/"};
    struct egress_rules r = {0}, strict = {.https_only = true};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(egress_url_check(str_of(rows[i]), &r, NULL), ERR_OK);
    assert_int_equal(egress_url_check(STR("http://1.1.1.1/"), &strict, NULL), ERR_INVALID);
    assert_int_equal(egress_url_check(STR("http://hooks.example.com/"), &strict, NULL), ERR_INVALID);
}

static void nothing_is_sent_to_loopback_unless_allowed(void **state)
{
    static const char *const listen[] = {"127.0.0.1:0", NULL};
    struct http_server_opts o = {.listen = listen, .handle = handle, .loops = 1, .workers = 1};
    struct arena *a = arena_new("test");
    struct net_range loopback;
    struct egress_rules r = {0};
    struct egress_answer got = {0};
    struct egress_call call = {.body = STR("{}")};
    struct http_server *s;
    struct err e = {0};
    const char *port;
    str by_ip;

    (void)state;
    if (http_server_new(&o, &s, &e) || http_server_start(s, &e))
        fail_msg("%s", e.msg);
    by_ip = str_of(http_server_url(s, 0));
    port = strrchr(http_server_url(s, 0), ':');
    call.url = by_ip;
    assert_int_equal(egress_post(&call, &r, &got, &e), ERR_DENIED);
    call.url = str_fmt(a, "http://localhost%s/", port); /* a name that leads inside */
    assert_int_equal(egress_post(&call, &r, &got, &e), ERR_DENIED);
    assert_int_equal(atomic_load(&asked), 0);
    assert_int_equal(net_range_parse(STR("127.0.0.0/8"), &loopback, &e), ERR_OK);
    r.allow = &loopback;
    r.allow_n = 1;
    call.url = by_ip;
    assert_int_equal(egress_post(&call, &r, &got, &e), ERR_OK);
    assert_int_equal(got.status, 200);
    call.url = str_fmt(a, "%.*s/away", STR_ARG(by_ip));
    assert_int_equal(egress_post(&call, &r, &got, &e), ERR_OK);
    assert_int_equal(got.status, 302);
    assert_int_equal(atomic_load(&asked), 2); /* and not sent on */
    call.url = str_fmt(a, "%.*s/later", STR_ARG(by_ip));
    assert_int_equal(egress_post(&call, &r, &got, &e), ERR_OK);
    assert_int_equal(got.status, 503);
    assert_int_equal(got.retry_after_s, 120);
    http_server_free(s);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_of_private_addresses_are_refused),
        cmocka_unit_test(public_ones_are_fine),
        cmocka_unit_test(nothing_is_sent_to_loopback_unless_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
