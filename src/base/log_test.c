#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"

static int fd[2];

static int set_up(void **state)
{
    (void)state;
    return pipe(fd);
}

static int tear_down(void **state)
{
    (void)state;
    log_setup(LOG_INFO_, LOG_FORM_JSON, STDERR_FILENO);
    return close(fd[0]) | close(fd[1]);
}

static str written(char *mem, size_t cap)
{
    ssize_t n = read(fd[0], mem, cap);
    assert_true(n > 0);
    return str_n(mem, (size_t)n);
}

static void event_is_one_line_of_json(void **state)
{
    struct id id = {{1, 2, 3}};
    struct json_doc *d;
    const struct json *o, *own;
    char mem[8192];
    struct err e;
    int64_t at;
    str line;

    (void)state;
    log_setup(LOG_INFO_, LOG_FORM_JSON, fd[1]);
    log_role_set("core");
    LOG_WARN("conn.page.done", F_ID("workspace", id), F_INT("rows", 42), F_MS("took", 7), F_STR("kind", STR("a\nb")),
             F_REAL("share", 0.5), F_BOOL("last", true));
    line = written(mem, sizeof mem);
    assert_int_equal(str_find_char(line, '\n', 0), line.n - 1);
    assert_int_equal(json_parse(line, &d, &e), ERR_OK);
    o = json_root(d);
    assert_true(clock_parse(json_str(json_get(o, "@timestamp"), STR("")), &at, NULL));
    assert_true(str_eq(json_str(json_get(o, "log.level"), STR("")), STR("warn")));
    assert_true(str_eq(json_str(json_get(o, "event.action"), STR("")), STR("conn.page.done")));
    assert_true(str_eq(json_str(json_get(o, "service.name"), STR("")), STR("harken")));
    assert_int_equal(json_i64(json_get(o, "process.pid"), 0), getpid());
    own = json_get(o, "harken");
    assert_true(str_eq(json_str(json_get(own, "workspace"), STR("")), STR("01020300-0000-0000-0000-000000000000")));
    assert_int_equal(json_i64(json_get(own, "rows"), 0), 42);
    assert_int_equal(json_i64(json_get(own, "took_ms"), 0), 7);
    assert_true(str_eq(json_str(json_get(own, "kind"), STR("")), STR("a\nb")));
    assert_true(json_real(json_get(own, "share"), 0) == 0.5);
    assert_true(json_bool(json_get(own, "last"), false));
    json_free(d);
}

static void quieter_events_are_not_written(void **state)
{
    char mem[8192];

    (void)state;
    log_setup(LOG_WARN_, LOG_FORM_JSON, fd[1]);
    LOG_DEBUG("one");
    LOG_INFO("two");
    LOG_ERROR("three");
    assert_true(str_contains(written(mem, sizeof mem), STR("three")));
    assert_false(str_contains(str_n(mem, sizeof mem), STR("\"two\"")));
}

static void console_lines_are_for_people(void **state)
{
    char mem[8192];
    str line;

    (void)state;
    log_setup(LOG_INFO_, LOG_FORM_CONSOLE, fd[1]);
    LOG_INFO("server.ready", F_INT("port", 8080));
    line = written(mem, sizeof mem);
    assert_true(str_contains(line, STR("server.ready")));
    assert_true(str_contains(line, STR("port=8080")));
    assert_int_not_equal(*line.p, '{');
    assert_int_equal(str_find_char(line, '\n', 0), line.n - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(event_is_one_line_of_json),
        cmocka_unit_test(quieter_events_are_not_written),
        cmocka_unit_test(console_lines_are_for_people),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
