/* What goes wrong for the client; what goes right is in http_server_test.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include "net/http_client.h"
#include "net/net_addr.h"

static enum err_code ask(const char *url, struct err *e)
{
    struct arena *a = arena_new("test");
    struct http_client *c;
    struct http_answer got;
    enum err_code rc = http_client_new(str_of(url), &c, e);

    if (!rc) {
        rc = http_client_call(c, &(struct http_call){.path = STR("/"), .timeout_ms = 50}, a, &got, e);
        http_client_free(c);
    }
    arena_free(a);
    return rc;
}

static void only_web_addresses(void **state)
{
    struct err e;

    (void)state;
    assert_int_equal(ask("ftp://127.0.0.1:1", &e), ERR_INVALID);
    assert_int_equal(ask("file:///etc/passwd", &e), ERR_INVALID);
    assert_int_equal(ask("", &e), ERR_INVALID);
}

static void nobody_there_and_nobody_answers(void **state)
{
    struct net_addr a;
    struct err e;
    char url[160];
    int fd;

    (void)state;
    assert_int_equal(net_addr_parse(STR("127.0.0.1:0"), &a, &e), ERR_OK);
    assert_int_equal(net_listen(&a, 5, &fd, &e), ERR_OK);
    assert_int_equal(net_url_of(fd, url, &e), ERR_OK);
    assert_int_equal(ask(url, &e), ERR_TIMEOUT); /* accepted by the kernel, never answered */
    close(fd);
    assert_int_equal(ask(url, &e), ERR_IO);
    assert_int_equal(ask("unix:/tmp/no/such/socket", &e), ERR_IO);
}

static void problems_become_errors(void **state)
{
    struct http_answer busy = {.status = 503, .body = STR("{\"title\":\"Too busy right now\",\"status\":503}")};
    struct http_answer page = {.status = 502, .body = STR("<html>")};
    struct http_answer fine = {.status = 204};
    struct err e;

    (void)state;
    assert_int_equal(http_answer_err(&busy, &e), ERR_BUSY);
    assert_string_equal(e.msg, "Too busy right now");
    assert_int_equal(http_answer_err(&page, &e), ERR_INTERNAL);
    assert_string_equal(e.msg, "the server answered 502");
    assert_int_equal(http_answer_err(&fine, &e), ERR_OK);
}

int main(void)
{
    const struct CMUnitTest t[] = {
        cmocka_unit_test(only_web_addresses),
        cmocka_unit_test(nobody_there_and_nobody_answers),
        cmocka_unit_test(problems_become_errors),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
