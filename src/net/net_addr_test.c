#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/socket.h>
#include <unistd.h>

#include "net/net_addr.h"

static void addresses(void **state)
{
    static const struct {
        const char *in;
        int family, port; /* family 0: refused */
        const char *text;
        bool loopback;
    } rows[] = {
        {"127.0.0.1:0", AF_INET, 0, "127.0.0.1", true},
        {"0.0.0.0:80", AF_INET, 80, "0.0.0.0", false},
        {"localhost:8080", AF_INET, 8080, "127.0.0.1", true},
        {"[::1]:65535", AF_INET6, 65535, "::1", true},
        {"*:443", AF_INET6, 443, "::", false},
        {"unix:/tmp/x.sock", AF_UNIX, 0, "/tmp/x.sock", true},
        {"127.0.0.1", 0, 0, NULL, false},
        {"127.0.0.1:65536", 0, 0, NULL, false},
        {"127.0.0.1:-1", 0, 0, NULL, false},
        {"127.0.0.1:", 0, 0, NULL, false},
        {"127.0.0:1", 0, 0, NULL, false},
        {"[::1:80", 0, 0, NULL, false},
        {"example.com:80", 0, 0, NULL, false},
        {"unix:", 0, 0, NULL, false},
        {"", 0, 0, NULL, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct net_addr a = {0};
        enum err_code rc = net_addr_parse(str_of(rows[i].in), &a, NULL);

        if ((rc == ERR_OK) != (rows[i].family != 0))
            fail_msg("row %zu: %d", i, rc);
        if (rc)
            continue;
        if (a.family != rows[i].family || a.port != rows[i].port || strcmp(a.text, rows[i].text) != 0 ||
            net_addr_is_loopback(&a) != rows[i].loopback)
            fail_msg("row %zu: %d %d %s", i, a.family, a.port, a.text);
    }
}

static void ranges(void **state)
{
    static const struct {
        const char *range, *ip;
        bool proper, in;
    } rows[] = {
        {"10.0.0.0/8", "10.255.0.1", true, true},
        {"10.0.0.0/8", "11.0.0.1", true, false},
        {"10.0.0.0/8", "::ffff:10.1.2.3", true, true}, /* the same address, as IPv6 has it */
        {"192.0.2.1", "192.0.2.1", true, true},
        {"192.0.2.1", "192.0.2.2", true, false},
        {"0.0.0.0/0", "203.0.113.1", true, true},
        {"0.0.0.0/0", "2001:db8::1", true, false},
        {"2001:db8::/33", "2001:db8:7fff::1", true, true},
        {"2001:db8::/33", "2001:db8:8000::1", true, false},
        {"unix", "unix", true, true},
        {"unix", "127.0.0.1", true, false},
        {"10.0.0.1/8", "", false, false},
        {"10.0.0.0/33", "", false, false},
        {"10.0.0.0/", "", false, false},
        {"10.0.0/8", "", false, false},
        {"example.com", "", false, false},
        {"", "", false, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct net_range r;
        enum err_code rc = net_range_parse(str_of(rows[i].range), &r, NULL);

        if ((rc == ERR_OK) != rows[i].proper || (!rc && net_ranges_have(&r, 1, str_of(rows[i].ip)) != rows[i].in))
            fail_msg("row %zu", i);
    }
}

static void a_port_is_taken_once(void **state)
{
    struct net_addr a;
    char url[160];
    int fd, other;

    (void)state;
    assert_int_equal(net_addr_parse(STR("127.0.0.1:0"), &a, NULL), ERR_OK);
    assert_int_equal(net_listen(&a, 5, &fd, NULL), ERR_OK);
    assert_int_equal(net_url_of(fd, url, NULL), ERR_OK);
    assert_true(str_starts(str_of(url), STR("http://127.0.0.1:")));
    assert_int_equal(net_addr_parse(str_from(str_of(url), 7), &a, NULL), ERR_OK);
    assert_int_equal(net_listen(&a, 5, &other, NULL), ERR_EXISTS);
    close(fd);
}

static void a_stale_socket_is_replaced_a_live_one_kept(void **state)
{
    struct net_addr a;
    char path[64];
    int fd, other;

    (void)state;
    snprintf(path, sizeof path, "unix:/tmp/harken-net-test-%d", (int)getpid());
    assert_int_equal(net_addr_parse(str_of(path), &a, NULL), ERR_OK);
    assert_int_equal(net_listen(&a, 5, &fd, NULL), ERR_OK);
    assert_int_equal(net_listen(&a, 5, &other, NULL), ERR_EXISTS);
    close(fd);
    assert_int_equal(net_listen(&a, 5, &fd, NULL), ERR_OK);
    close(fd);
    unlink(path + 5);
}

int main(void)
{
    const struct CMUnitTest t[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(ranges),
        cmocka_unit_test(a_port_is_taken_once),
        cmocka_unit_test(a_stale_socket_is_replaced_a_live_one_kept),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
