#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/settings.h"

static const struct setting_row rows[] = {
    {"http.listen", SET_STR, "127.0.0.1:8080", 0, 0, NULL, false, "where to listen"},
    {"http.workers", SET_INT, "4", 1, 64, NULL, false, "threads"},
    {"http.body_max", SET_BYTES, "64MiB", 1024, (int64_t)1 << 40, NULL, true, "largest body"},
    {"job.lease", SET_MS, "30s", 1000, 3600000, NULL, true, "how long a lease lasts"},
    {"search.share", SET_REAL, "0.5", 0, 1, NULL, true, "a share"},
    {"log.format", SET_ENUM, "json", 0, 0, "json|console", true, "form of the log"},
    {"samples", SET_BOOL, "true", 0, 0, NULL, false, "load the sample company"},
    {"tls.key", SET_SECRET_FILE, "", 0, 0, NULL, false, "file of the key"},
    {NULL},
};

static struct settings *s;

static int set_up(void **state)
{
    (void)state;
    s = settings_new(rows);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    settings_free(s);
    return 0;
}

static enum err_code load(const char *text, struct err *e)
{
    return settings_text_load(s, str_of(text), "harken.conf", e);
}

static void defaults_hold_at_first(void **state)
{
    (void)state;
    assert_int_equal(settings_count(s), 8);
    assert_true(str_eq(settings_str(s, "http.listen"), STR("127.0.0.1:8080")));
    assert_int_equal(settings_int(s, "http.workers"), 4);
    assert_int_equal(settings_int(s, "http.body_max"), 67108864);
    assert_int_equal(settings_int(s, "job.lease"), 30000);
    assert_true(settings_real(s, "search.share") == 0.5);
    assert_true(settings_bool(s, "samples"));
    assert_string_equal(settings_origin(s, 1), "default");
}

static void file_lines_and_units(void **state)
{
    struct err e;

    (void)state;
    assert_int_equal(load("# comment\n\n  http.workers = 8  \r\njob.lease=2m\nhttp.body_max = 1GiB # large\n"
                          "http.listen = \"[::1]:80 # not a comment\"\nsamples = off\nsearch.share = 0.25\n",
                          &e),
                     ERR_OK);
    assert_int_equal(settings_int(s, "http.workers"), 8);
    assert_int_equal(settings_int(s, "job.lease"), 120000);
    assert_int_equal(settings_int(s, "http.body_max"), 1073741824);
    assert_true(str_eq(settings_str(s, "http.listen"), STR("[::1]:80 # not a comment")));
    assert_false(settings_bool(s, "samples"));
    assert_true(settings_real(s, "search.share") == 0.25);
    assert_string_equal(settings_origin(s, 1), "file");
}

static void reload_takes_only_what_may_change(void **state)
{
    struct settings *fresh = settings_new(rows);
    struct err e;

    (void)state;
    assert_int_equal(load("job.lease = 1m\nhttp.workers = 8\n", &e), ERR_OK);
    assert_int_equal(settings_text_load(fresh, STR("http.workers = 9\nlog.format = console\n"), "harken.conf", &e),
                     ERR_OK);
    for (size_t i = 0; i < settings_count(s); i++) {
        const char *key = settings_row(s, i)->key;
        enum setting_change want = SETTING_SAME;
        if (strcmp(key, "http.workers") == 0)
            want = SETTING_NEEDS_RESTART;
        if (strcmp(key, "job.lease") == 0 || strcmp(key, "log.format") == 0) /* back to its default; another value */
            want = SETTING_TAKEN;
        assert_int_equal(settings_row_reload(s, i, fresh), want);
    }
    assert_int_equal(settings_int(s, "job.lease"), 30000);
    assert_int_equal(settings_int(s, "http.workers"), 8);
    assert_true(str_eq(settings_str(s, "log.format"), STR("console")));
    settings_free(fresh);
}

static void what_was_chosen_yields_to_the_machine(void **state)
{
    str held;
    struct err e;

    (void)state;
    assert_int_equal(load("http.workers = 8\n", &e), ERR_OK);
    assert_int_equal(settings_chosen(s, STR("http.workers"), STR("9"), &e), ERR_OK);
    assert_int_equal(settings_int(s, "http.workers"), 8);
    held = settings_str(s, "log.format");
    assert_int_equal(settings_chosen(s, STR("log.format"), STR("console"), &e), ERR_OK);
    assert_true(str_eq(settings_str(s, "log.format"), STR("console")));
    assert_true(str_eq(held, STR("json"))); /* who read it before still may */
    assert_int_equal(settings_chosen(s, STR("log.format"), STR("loud"), &e), ERR_OK); /* chosen is not chosen twice */
    assert_true(str_eq(settings_str(s, "log.format"), STR("console")));
    assert_int_equal(settings_chosen(s, STR("job.lease"), STR("soon"), &e), ERR_INVALID);
    assert_int_equal(settings_int(s, "job.lease"), 30000);
    assert_int_equal(settings_chosen(s, STR("gone.key"), STR("1"), &e), ERR_INVALID);
}

static void a_value_is_checked_without_being_taken(void **state)
{
    struct err e;

    (void)state;
    for (size_t i = 0; i < settings_count(s); i++) {
        const char *key = settings_row(s, i)->key;
        if (strcmp(key, "http.workers") == 0) {
            assert_int_equal(settings_check(s, i, STR("7"), &e), ERR_OK);
            assert_int_equal(settings_check(s, i, STR("0"), &e), ERR_INVALID);
            assert_int_equal(settings_check(s, i, STR("many"), &e), ERR_INVALID);
            assert_string_equal(settings_origin(s, i), "default");
        }
    }
}

static void wrong_values_are_refused_and_change_nothing(void **state)
{
    static const char *const cases[] = {"http.workers = 0",
                                        "search.share = -0.25",
                                        "search.share = 1.01",
                                        "search.share = nan",
                                        "http.workers = 65",
                                        "http.workers = 4.5",
                                        "http.workers = many",
                                        "http.workers =",
                                        "job.lease = 30",
                                        "job.lease = 30x",
                                        "job.lease = 999ms",
                                        "http.body_max = 1",
                                        "log.format = xml",
                                        "log.format = json|console",
                                        "samples = maybe",
                                        "search.share = NaN",
                                        "http.body_max = 99999999999999999999KiB"};
    struct err e;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (load(cases[i], &e) != ERR_INVALID)
            fail_msg("taken: %s", cases[i]);
        assert_non_null(strstr(e.msg, "harken.conf:1"));
    }
    defaults_hold_at_first(state);
}

static void unknown_keys_name_the_nearest(void **state)
{
    struct err e;

    (void)state;
    assert_int_equal(load("\n\nhttp.worker = 3", &e), ERR_INVALID);
    assert_non_null(strstr(e.msg, "harken.conf:3"));
    assert_non_null(strstr(e.msg, "http.workers"));
    assert_int_equal(load("nonsense", &e), ERR_INVALID);
}

static void later_origins_win(void **state)
{
    char path[] = "PATH=/bin", workers[] = "HARKEN_HTTP_WORKERS=9", other[] = "HARKEN_HTTP_WORKERSX=1";
    char home[] = "HARKEN_HOME=/x", soon[] = "HARKEN_JOB_LEASE=soon";
    char *const env[] = {path, workers, other, home, NULL};
    char *const wrong[] = {soon, NULL};
    struct err e;

    (void)state;
    assert_int_equal(load("http.workers = 8", &e), ERR_OK);
    assert_int_equal(settings_env_load(s, env, &e), ERR_OK);
    assert_int_equal(settings_int(s, "http.workers"), 9);
    assert_string_equal(settings_origin(s, 1), "environment");
    assert_int_equal(settings_set(s, STR("http.workers"), STR("10"), "flag", &e), ERR_OK);
    assert_int_equal(settings_int(s, "http.workers"), 10);
    assert_string_equal(settings_origin(s, 1), "flag");
    assert_int_equal(settings_env_load(s, wrong, &e), ERR_INVALID);
    assert_non_null(strstr(e.msg, "HARKEN_JOB_LEASE"));
}

static void secrets_print_as_stars(void **state)
{
    struct err e;

    (void)state;
    assert_true(str_eq(settings_text(s, 7), STR("")));
    assert_int_equal(settings_set(s, STR("tls.key"), STR("/etc/harken/key"), "file", &e), ERR_OK);
    assert_true(str_eq(settings_text(s, 7), STR("***")));
    assert_true(str_eq(settings_str(s, "tls.key"), STR("/etc/harken/key")));
}

static void missing_file_is_said(void **state)
{
    struct err e;

    (void)state;
    assert_int_equal(settings_file_load(s, "/nonexistent/harken.conf", &e), ERR_NOT_FOUND);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(defaults_hold_at_first),
        CASE(file_lines_and_units),
        CASE(reload_takes_only_what_may_change),
        CASE(what_was_chosen_yields_to_the_machine),
        CASE(a_value_is_checked_without_being_taken),
        CASE(wrong_values_are_refused_and_change_nothing),
        CASE(unknown_keys_name_the_nearest),
        CASE(later_origins_win),
        CASE(secrets_print_as_stars),
        CASE(missing_file_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
