/* Competitors as a recogniser hears them: names garbled by sound and by letter at rising rates are still found, and nobody is found
 * where none is named. Noise is drawn from a fixed seed; what is found is printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "insight/findings.h"

enum { DRAWS = 40, NAME_MAX = 64 };

static struct arena *a;
static uint64_t seed;

static const str names[] = {STR("Kelvar Robotics"), STR("Brightpath"), STR("Velocitas"), STR("Cargomatic"),
                            STR("Swiftlane")};
enum { NAMES = sizeof names / sizeof *names };

static const str *named = names; /* what is looked for */
static size_t named_n = NAMES;

static uint32_t draw(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

/* *out_surest: of what is found, how sure it is at most. */
static size_t competitors_in_kind(const char *text, enum ia_kind kind, double *out_surest)
{
    struct ia_turn turn = {
        .speaker = STR("Ben"), .text = str_of(text), .start_ms = IA_TIME_NONE, .end_ms = IA_TIME_NONE};
    struct ia_participant ben = {.name = STR("Ben"), .side = IA_SIDE_EXTERNAL};
    struct interaction ia = {.kind = kind,
                             .turns = &turn,
                             .turns_n = 1,
                             .participants = &ben,
                             .participants_n = 1,
                             .language = STR("en"),
                             .started_at_ms = CLOCK_NONE};
    struct findings_context c = {.competitors = named, .competitors_n = named_n};
    struct record_finding *f;
    size_t n, found = 0;

    findings_make(&ia, &c, a, &f, &n);
    *out_surest = 0;
    for (size_t i = 0; i < n; i++)
        if (str_eq(f[i].kind, STR("competitor"))) {
            found++;
            *out_surest = f[i].confidence > *out_surest ? f[i].confidence : *out_surest;
        }
    return found;
}

static size_t competitors_in(const char *text, double *out_surest)
{
    return competitors_in_kind(text, IA_CALL, out_surest);
}

/* Letters that sound alike change places, doubled ones are written once and single ones twice; one in `percent` letters of a
 * hundred. */
static void by_sound(str name, unsigned percent, char out[2 * NAME_MAX])
{
    static const char from[] = "ckvfszaeioubpdt", to[] = "kcfvzseaeooupbtd";
    size_t n = 0;

    for (size_t i = 0; i < name.n; i++) {
        const char *same = i && draw(100) < percent ? strchr(from, name.p[i]) : NULL;
        out[n++] = same ? to[same - from] : name.p[i];
        if (i && name.p[i] != ' ' && draw(300) < percent)
            out[n++] = name.p[i];
    }
    out[n] = 0;
}

/* `edits` letters behind the first are replaced by others. */
static void by_letter(str name, unsigned edits, char out[2 * NAME_MAX])
{
    memcpy(out, name.p, name.n);
    out[name.n] = 0;
    for (unsigned k = 0; k < edits; k++) {
        size_t i = 1 + draw((uint32_t)name.n - 1);
        if (out[i] != ' ')
            out[i] = (char)('a' + draw(26));
    }
}

/* Share of garbled names that are found. */
static double recall(void (*garble)(str, unsigned, char *), unsigned much)
{
    size_t found = 0;

    seed = 20260301 + much;
    for (size_t k = 0; k < NAMES * DRAWS; k++) {
        char name[2 * NAME_MAX], text[300];
        double surest;
        garble(names[k % NAMES], much, name);
        if (k % 2)
            snprintf(text, sizeof text, "We are also looking at %s as an alternative.", name);
        else
            snprintf(text, sizeof text, "The quote from %s was cheaper than yours.", name);
        found += competitors_in(text, &surest) > 0;
    }
    return (double)found / (NAMES * DRAWS);
}

static void garbled_names_are_found(void **state)
{
    double sound[3] = {recall(by_sound, 0), recall(by_sound, 10), recall(by_sound, 25)};
    double letter[2] = {recall(by_letter, 1), recall(by_letter, 2)};

    (void)state;
    print_message("by sound 0, 10, 25 %%: %.3f %.3f %.3f; 1, 2 letters: %.3f %.3f\n", sound[0], sound[1], sound[2],
                  letter[0], letter[1]);
    assert_true(sound[0] == 1);
    assert_true(sound[1] >= 0.8);
    assert_true(sound[2] >= 0.5);
    assert_true(letter[0] >= 0.8);
}

static void nobody_is_found_where_none_is_named(void **state)
{
    static const char *const said[] = {
        "The path is bright and the cargo is in the automatic lane.",
        "We talked about velocity and the swift lane change.",
        "The robotics team looks at carvers and covers.",
        "Bright patches are a matter of light.",
        "Our cargo goes by rail, and the price of it is too high.",
        "We compared the quote with last year's.",
        "A calver is a cow, he said, and laughed.",
    };

    double surest;

    (void)state;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (competitors_in(said[i], &surest))
            fail_msg("%s", said[i]);
}

/* The limit: an ordinary word that sounds like a name, beside talk of vendors. It is shown, and as unsure. */
static void what_sounds_alike_is_said_to_be_unsure(void **state)
{
    double surest;

    (void)state;
    assert_int_equal(competitors_in("Velocity is what the vendor sells as an alternative.", &surest), 1);
    assert_true(surest <= 0.6);
    assert_int_equal(competitors_in("Velocitas is what the vendor sells as an alternative.", &surest), 1);
    assert_true(surest >= 0.9);
}

/* Who writes may slip with a letter, but hears nothing. */
static void in_writing_a_name_is_spelled(void **state)
{
    double surest;

    (void)state;
    assert_int_equal(competitors_in("Swyphtlain is what the vendor sells as an alternative.", &surest), 1);
    assert_int_equal(competitors_in_kind("Swyphtlain is what the vendor sells as an alternative.", IA_MAIL, &surest),
                     0);
    assert_int_equal(competitors_in_kind("Swiftlaine is what the vendor sells as an alternative.", IA_MAIL, &surest),
                     1);
}

static void usual_words_are_no_misheard_short_names(void **state)
{
    static const str stelo = STR("Stelo");
    double surest;

    (void)state;
    named = &stelo;
    named_n = 1;
    assert_int_equal(competitors_in("I would still like to show you the product this month.", &surest), 0);
    assert_int_equal(competitors_in("We have a quote from stello as well.", &surest), 1);
    named = names;
    named_n = NAMES;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(garbled_names_are_found),
        cmocka_unit_test(nobody_is_found_where_none_is_named),
        cmocka_unit_test(what_sounds_alike_is_said_to_be_unsure),
        cmocka_unit_test(in_writing_a_name_is_spelled),
        cmocka_unit_test(usual_words_are_no_misheard_short_names),
    };
    int failed;

    a = arena_new("test");
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(a);
    return failed;
}
