#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "text/reply.h"

static const char letters[REPLY_KINDS] = {
    [REPLY_OWN] = 'o',       [REPLY_QUOTED] = 'q',  [REPLY_QUOTE_INLINE] = 'i',   [REPLY_QUOTE_HEADER] = 'h',
    [REPLY_SIGNATURE] = 's', [REPLY_SIGNOFF] = 'n', [REPLY_FORWARD_HEADER] = 'F', [REPLY_FORWARDED] = 'f',
};

struct row {
    const char *body, *kinds, *text;
};

static void check(const struct row *rows, size_t n, const char *sender)
{
    struct arena *a = arena_new("test");

    for (size_t i = 0; i < n; i++) {
        struct reply_part *p;
        size_t k;
        char kinds[32] = {0};
        str at = str_of(rows[i].body), got;
        reply_split(at, str_of(sender), a, &p, &k);
        for (size_t j = 0; j < k && j < 31; j++) {
            kinds[j] = letters[p[j].kind];
            assert_ptr_equal(p[j].text.p, at.p); /* no gap, nothing lost */
            at = str_from(at, p[j].text.n);
        }
        assert_int_equal(at.n, 0);
        got = reply_text(p, k, false, a);
        if (strcmp(kinds, rows[i].kinds) != 0 || !str_eq(got, str_of(rows[i].text)))
            fail_msg("row %zu: %s '%.*s'", i, kinds, STR_ARG(got));
    }
    arena_free(a);
}

static void quotes_are_split_off(void **state)
{
    static const struct row rows[] = {
        {"", "", ""},
        {"\n\n", "o", ""},
        {"Just words.\n\nMore words.", "o", "Just words.\n\nMore words."},
        {"Yes.\n\nOn Tue, 3 Mar 2026 at 10:12, Bo Lee <bo@x.com> wrote:\n> Are you in?\n", "ohq", "Yes."},
        {"Yes.\n\nOn Tue, 3 Mar 2026 at 10:12, Bo Lee\n<bo@x.com>\nwrote:\n\n> In?\n", "ohq", "Yes."},
        {"Oui.\nLe 3 mars 2026 à 10:12, Bo Lee <bo@x.com> a écrit :\n> Ça va ?\n", "ohq", "Oui."},
        {"Ja.\n\nAm 03.03.2026 um 10:12 schrieb Bo Lee <bo@x.com>:\n> Gut?\n", "ohq", "Ja."},
        {"Sí.\nEl mar, 3 mar 2026 a las 10:12, Bo Lee (<bo@x.com>) escribió:\n> ¿Vale?", "ohq", "Sí."},
        {"好。\n\n在 2026年3月3日，上午10:12，Bo <bo@x.com> 写道：\n> 行吗？", "ohq", "好。"},
        {"Top answer.\n\nFrom: Bo Lee\nSent: Tuesday\nTo: Ann\nSubject: Hi\n\nOld words.", "ohq", "Top answer."},
        {"Top.\n\n-----Ursprüngliche Nachricht-----\nVon: Bo\nAn: Ann\nBetreff: x\n\nAlt.", "ohq", "Top."},
        {"On Monday 3 March 2026 Bo Lee wrote:\n> old\n\nBelow.", "hqo", "Below."},
        {"Hi,\n> first?\nyes\n> second?\nno\n", "oioio", "Hi,\n> first?\nyes\n> second?\nno"},
        {"> only marks, no mail above\n", "o", "> only marks, no mail above"},
        {"On this day\n\nI wrote something: a book.", "o", "On this day\n\nI wrote something: a book."},
    };

    (void)state;
    check(rows, sizeof rows / sizeof rows[0], "");
}

static void signatures_are_split_off(void **state)
{
    static const struct row rows[] = {
        {"Words.\n\n-- \nAnn Bell\nSales, Acme\n", "os", "Words."},
        {"Words.\n\nSent from my iPhone\n", "os", "Words."},
        {"Words.\nVon meinem iPhone gesendet\n\nAm 3.3.2026 um 10:12 schrieb Bo <b@x.de>:\n> alt", "oshq", "Words."},
        {"Please sign the order today.\n\nBest regards,\nAnn Bell\nAcme Inc.\n+1 206 555 0100\n", "on",
         "Please sign the order today."},
        {"Please sign.\n\nAnn\n", "on", "Please sign."},
        {"Please sign.\n\nThanks, AB", "on", "Please sign."},
        {"Please sign. Thanks!", "o", "Please sign. Thanks!"},
        {"I met Ann Bell\n", "o", "I met Ann Bell"},
    };

    (void)state;
    check(rows, sizeof rows / sizeof rows[0], "Bell, Ann <ann.bell@acme.com>");
}

static void forwarded_mail_speaks_for_itself(void **state)
{
    static const struct row rows[] = {
        {"FYI\n\n---------- Forwarded message ---------\nFrom: Bo <b@x.com>\nDate: today\nSubject: S\nTo: Ann\n\nDeal "
         "is on.",
         "oFf", "FYI"},
        {"---------- Forwarded message ---------\nFrom: Bo <b@x.com>\nSubject: S\n\nDeal is on.\n", "Ff",
         "Deal is on."},
    };

    (void)state;
    check(rows, sizeof rows / sizeof rows[0], "");
}

int main(void)
{
    const struct CMUnitTest t[] = {
        cmocka_unit_test(quotes_are_split_off),
        cmocka_unit_test(signatures_are_split_off),
        cmocka_unit_test(forwarded_mail_speaks_for_itself),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
