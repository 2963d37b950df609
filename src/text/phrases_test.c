/* Phrases: what each way of writing finds, where hits begin and end, and where a wrong one is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text/phrases.h"

static struct arena *a;
static struct err e;

/* The hits of one phrase, as words joined by '|'. */
static str hits(const char *phrase, const char *text, const char *lang)
{
    struct phrase p;
    struct phrase_set *s;
    struct phrase_scan *x;
    struct phrase_hit *h;
    size_t place, n;
    str out = STR("");

    assert_int_equal(phrase_parse(str_of(phrase), a, &p, &place, &e), ERR_OK);
    assert_int_equal(phrase_set_new(&p, 1, str_of(lang), &s, &e), ERR_OK);
    assert_int_equal(phrase_scan_new(s, &x, &e), ERR_OK);
    assert_int_equal(phrase_scan_run(x, str_of(text), a, &h, &n, &e), ERR_OK);
    for (size_t i = 0; i < n; i++)
        out = str_fmt(a, "%.*s%s%.*s", STR_ARG(out), i ? "|" : "",
                      STR_ARG(str_sub(str_of(text), h[i].span.start, h[i].span.end)));
    phrase_scan_free(x);
    phrase_set_free(s);
    return out;
}

static void each_way_of_writing_finds_its_words(void **state)
{
    static const struct {
        const char *phrase, *text, *lang, *want;
    } rows[] = {
        {"discount", "Two Discounts, one DISCOUNT, discounted.", "en", "Discounts|DISCOUNT|discounted"},
        {"discount", "A discotheque counts.", "en", ""},
        {"\"discount\"", "Discounts and a discount", "en", "discount"},
        {"\"per seat\"", "priced per seat, per seats, seat", "en", "per seat"},
        {"price list", "your price lists and the price, list", "en", "price lists|price, list"},
        {"integrat*", "integrates, integration, reintegrate", "en", "integrates|integration"},
        {"budget .. cut", "budget cuts. The budget will be cut. Budget one two three four cut", "en",
         "budget cuts|budget will be cut"},
        {"budget cut", "The budget. Cut it.", "en", ""},
        {"budget cut", "This budget\ncut", "en", "budget\ncut"},
        {"budget cut", "This budget\n\ncut", "en", ""},
        {"muller", "Frau M\xC3\xBCller kommt", "de", "M\xC3\xBCller"},
        {"Vertr\xC3\xA4ge", "der Vertrag, die Vertr\xC3\xA4gen", "de", "Vertrag|Vertr\xC3\xA4gen"},
        {"e-mail", "an E-Mail came", "en", "E-Mail"},
        {"don't", "I don\xE2\x80\x99t know", "en", "don\xE2\x80\x99t"},
        {"\"a b\" c", "a b c, a bc", "en", "a b c"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        str got = hits(rows[i].phrase, rows[i].text, rows[i].lang);
        if (!str_eq(got, str_of(rows[i].want)))
            fail_msg("%s in %s: %.*s", rows[i].phrase, rows[i].text, STR_ARG(got));
    }
}

static void a_wrong_phrase_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *phrase;
        size_t place;
    } rows[] = {
        {"", 1},
        {"   ", 1},
        {"price \"list", 7},
        {"inte*gration", 5},
        {"*", 1},
        {"a*", 2},
        {"...", 1},
        {"price .. ", 7},
        {".. price", 1},
        {"a .. .. b", 6},
        {"f\xC3\xBCr \"", 5},
        {"price !", 7},
        {"\"\"", 2},
        {"a b c d e f g h i j k l m", 25},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct phrase p;
        size_t place = 0;
        if (phrase_parse(str_of(rows[i].phrase), a, &p, &place, &e) != ERR_INVALID || place != rows[i].place)
            fail_msg("%s: place %zu", rows[i].phrase, place);
    }
}

/* Five thousand phrases, each of two invented words; the text has every seventh. */
static void thousands_are_found_at_once(void **state)
{
    enum { N = 5000 };
    struct phrase *p = ARENA_ARRAY(a, struct phrase, N);
    struct phrase_set *s;
    struct phrase_scan *x;
    struct phrase_hit *h;
    size_t place, n, want = 0;
    str text = STR("");

    (void)state;
    for (size_t i = 0; i < N; i++)
        assert_int_equal(phrase_parse(str_fmt(a, "wort%zu paar%zu", i, i), a, &p[i], &place, &e), ERR_OK);
    assert_int_equal(phrase_set_new(p, N, STR("en"), &s, &e), ERR_OK);
    assert_int_equal(phrase_scan_new(s, &x, &e), ERR_OK);
    for (size_t i = 0; i < 700; i += 7, want++)
        text = str_fmt(a, "%.*sWe say wort%zu paar%zu. But wort%zu, paar%zu is none. ", STR_ARG(text), i, i, i, i + 1);
    assert_int_equal(phrase_scan_run(x, text, a, &h, &n, &e), ERR_OK);
    assert_int_equal(n, want);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(h[i].phrase, i * 7);
    phrase_scan_free(x);
    phrase_set_free(s);
}

int main(void)
{
    const struct CMUnitTest t[] = {
        cmocka_unit_test(each_way_of_writing_finds_its_words),
        cmocka_unit_test(a_wrong_phrase_is_refused_with_its_place),
        cmocka_unit_test(thousands_are_found_at_once),
    };
    int rc;

    a = arena_new("test");
    rc = cmocka_run_group_tests(t, NULL, NULL);
    arena_free(a);
    return rc;
}
