#include "formats/test_fixture.h"

#define HEAD "From: Ann Lee <ann@Example.ORG>\r\nTo: \"Bob, Jr.\" <bob@x.test>, carl@x.test\r\nSubject: "

static struct interaction *parse(const char *text)
{
    r = (struct format_result){0};
    return test_parse(a, str_of(text), &r);
}

static void headers_become_title_time_people_and_ids(void **state)
{
    struct interaction *ia =
        parse("Message-ID: <m3@x.test>\r\nReferences: <m1@x.test> <m2@x.test>\r\nIn-Reply-To: <m2@x.test>\r\n"
              "Date: Tue, 1 Jul 2003 10:52:37 +0200\r\nCc: dora@x.test\r\n" HEAD
              "=?utf-8?Q?Gr=C3=BC=C3=9Fe?= =?utf-8?B?ISE=?=\r\n\r\nHello there, all of you.\r\n");

    (void)state;
    assert_int_equal(ia->kind, IA_MAIL);
    assert_str(ia->title, "Gr\xc3\xbc\xc3\x9f"
                          "e!!");
    assert_int_equal(ia->started_at_ms, INT64_C(1057049557000)); /* 2003-07-01T08:52:37Z */
    assert_int_equal(ia->started_offset_min, 120);
    assert_str(ia->external_id, "m3@x.test");
    assert_str(ia->thread_id, "m1@x.test");
    assert_int_equal(ia->participants_n, 4);
    assert_str(ia->participants[0].name, "Ann Lee");
    assert_str(ia->participants[0].email, "ann@example.org");
    assert_str(ia->participants[1].name, "Bob, Jr.");
    assert_str(ia->participants[2].email, "carl@x.test");
    assert_str(ia->participants[3].email, "dora@x.test");
    assert_int_equal(ia->turns_n, 1);
    assert_str(ia->turns[0].speaker, "Ann Lee");
    assert_str(ia->turns[0].text, "Hello there, all of you.");
}

static void quoted_words_and_signature_are_parts(void **state)
{
    struct interaction *ia = parse(
        "Message-ID: <1@x>\r\n" HEAD "Re: price\r\n\r\nWe can do it for 5000.\r\n\r\n-- \r\nAnn Lee\r\nSales\r\n\r\n"
        "On Tue, Jul 1, 2003 at 9:00 AM Bob <bob@x.test> wrote:\r\n> What does it cost?\r\n> Bob\r\n");
    bool quoted = false, signature = false;
    size_t i;

    (void)state;
    assert_str(ia->turns[0].text, "We can do it for 5000.");
    for (i = 0; i < ia->parts_n; i++) {
        quoted = quoted ||
                 (ia->parts[i].kind == IA_PART_QUOTED && str_contains(ia->parts[i].text, STR("What does it cost?")));
        signature =
            signature || (ia->parts[i].kind == IA_PART_SIGNATURE && str_contains(ia->parts[i].text, STR("Sales")));
    }
    assert_true(quoted && signature);
}

static void bodies_are_decoded(void **state)
{
    static const struct {
        const char *mime, *body, *want;
    } cases[] = {
        {"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable",
         "caf=E9 =\r\nau lait now", "caf\xc3\xa9 au lait now"},
        {"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64",
         "Z3LDvG4gaXN0IGRpZSBGYXJiZQ==", "gr\xc3\xbcn ist die Farbe"},
        {"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64",
         "Z3LDvG4g*aXN0IGRp\r\nZSBGYXJiZQ", "gr\xc3\xbcn ist die Farbe"},
        /* a wrong label: the bytes are UTF-8 */
        {"Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 8bit", "na\xc3\xafve words here",
         "na\xc3\xafve words here"},
        /* an impossible label: detection */
        {"Content-Type: text/plain; charset=x-nonsense\r\nContent-Transfer-Encoding: 8bit",
         "caf\xe9 cr\xe8me, d\xe9j\xe0 vu, bient\xf4t l'\xe9t\xe9 prochain",
         "caf\xc3\xa9 cr\xc3\xa8me, d\xc3\xa9j\xc3\xa0 vu, bient\xc3\xb4t l'\xc3\xa9t\xc3\xa9 prochain"},
        {"Content-Type: text/plain; charset=ISO-2022-JP", "\x1b$B$3$s$K$A$O\x1b(B",
         "\xe3\x81\x93\xe3\x82\x93\xe3\x81\xab\xe3\x81\xa1\xe3\x81\xaf"},
        {"Content-Type: text/plain; format=flowed", "one long line \r\nthat goes on\r\nand another",
         "one long line that goes on\nand another"},
        {"Content-Type: text/html; charset=utf-8",
         "<p>Dear&nbsp;Bob,</p><p>see <b>you</b><br>soon &amp; well</p><style>x{}</style>",
         "Dear Bob,\n\nsee you\nsoon & well"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        str text = str_fmt(a, "%s\r\nMIME-Version: 1.0\r\n" HEAD "x\r\n\r\n%s\r\n", cases[i].mime, cases[i].body);
        struct interaction *ia = test_parse(a, text, &r);
        if (!str_eq(ia->turns[0].text, str_of(cases[i].want)))
            fail_msg("case %zu: got \"%.*s\"", i, STR_ARG(ia->turns[0].text));
    }
}

#define MIXED                                                                                                          \
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\nMessage-ID: <m1@x.test>\r\n" HEAD "x\r\n\r\n"

static void plain_form_of_an_alternative_is_taken(void **state)
{
    struct interaction *ia =
        parse("MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=B\r\n" HEAD "x\r\n\r\n"
              "--B\r\nContent-Type: text/plain\r\n\r\nthe plain words\r\n"
              "--B\r\nContent-Type: text/html\r\n\r\n<p>the html words</p>\r\n--B--\r\n");

    (void)state;
    assert_int_equal(r.items_n, 1);
    assert_str(ia->turns[0].text, "the plain words");
}

static void attached_mail_and_files_become_items_of_the_thread(void **state)
{
    struct interaction *ia = parse(
        MIXED
        "--B\r\nContent-Type: text/plain\r\n\r\nsee attached files please\r\n"
        "--B\r\nContent-Type: message/rfc822\r\n\r\nFrom: Eve <eve@x.test>\r\nSubject: inner\r\n\r\ninner words of "
        "Eve\r\n"
        "--B\r\nContent-Type: text/vtt; name=call.vtt\r\nContent-Disposition: attachment; filename=call.vtt\r\n\r\n"
        "WEBVTT\r\n\r\n00:00.000 --> 00:01.000\r\n<v Ann>hi\r\n"
        "--B\r\nContent-Type: image/png; name=a.png\r\nContent-Disposition: attachment\r\n\r\nxxxx\r\n--B--\r\n");
    size_t i;
    int mails = 0, calls = 0;

    (void)state;
    assert_str(ia->turns[0].text, "see attached files please");
    assert_int_equal(r.items_n, 3);
    for (i = 1; i < r.items_n; i++) {
        assert_str(r.items[i].thread_id, "m1@x.test");
        mails += r.items[i].kind == IA_MAIL && str_eq(r.items[i].title, STR("inner"));
        calls += r.items[i].kind == IA_CALL && str_starts(r.items[i].title, STR("call"));
    }
    assert_int_equal(mails, 1);
    assert_int_equal(calls, 1);
    assert_int_equal(r.problems_n, 0); /* a picture is no failure */
    assert_int_equal(r.notices_n, 1);
}

static void invitation_adds_its_people_and_its_words(void **state)
{
    struct interaction *ia = parse(
        MIXED
        "--B\r\nContent-Type: text/plain\r\n\r\nlet us meet next week\r\n"
        "--B\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n"
        "BEGIN:VEVENT\r\nUID:u1\r\nSUMMARY:Pricing\r\nDTSTART:20260610T130000Z\r\nDTEND:20260610T134500Z\r\n"
        "ORGANIZER;CN=Ann "
        "Lee:mailto:ann@example.org\r\nATTENDEE;CN=Zed:mailto:zed@x.test\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n--B--\r\n");

    (void)state;
    assert_int_equal(ia->participants_n, 4);
    assert_str(ia->participants[3].name, "Zed");
    assert_str(ia->turns[0].text,
               "let us meet next week\n\nMeeting: Pricing\nWhen: 2026-06-10 13:00 to 13:45 (UTC+00:00)\n"
               "Organiser: Ann Lee <ann@example.org>\nAttendees: Zed <zed@x.test>");
}

static void damaged_multipart_keeps_its_words(void **state)
{
    struct interaction *ia = parse("Content-Type: multipart/mixed; boundary=\"ab\"\n\nbody without any part\n");

    (void)state;
    assert_str(ia->turns[0].text, "body without any part");
}

static void parts_in_parts_without_end_stop_at_the_limit(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 1 << 24);
    buf_str(&b, STR("MIME-Version: 1.0\r\n" HEAD "deep\r\n"));
    for (int i = 0; i < 1000; i++)
        buf_fmt(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\nx\r\n--b%d\r\n", i, i);
    buf_str(&b, STR("Content-Type: text/plain\r\n\r\nend\r\n"));
    test_parse(a, buf_view(&b), &r);
    assert_int_equal(r.problems_n, 1);
    assert_true(str_contains(r.problems[0].reason, STR("nested deeper than 50")));
    buf_reset(&b);
    buf_str(&b, STR("MIME-Version: 1.0\r\n" HEAD "deep\r\n"));
    for (int i = 0; i < 1000; i++)
        buf_str(&b, STR("Content-Type: message/rfc822\r\n\r\n"));
    buf_str(&b, STR("Content-Type: text/plain\r\n\r\nend\r\n"));
    test_parse(a, buf_view(&b), &r);
    assert_int_equal(r.problems_n, 1);
    buf_done(&b);
}

static void cut_anywhere_it_is_read_or_refused(void **state)
{
    static const char whole[] =
        MIXED "--B\r\nContent-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\nxOO6ww==\r\n"
              "--B\r\nContent-Type: multipart/alternative; boundary=C\r\n\r\n--C\r\nContent-Type: "
              "text/html\r\n\r\n<div><p>x\r\n--C--\r\n--B--\r\n";
    size_t i;

    (void)state;
    for (i = 1; i < sizeof(whole); i++) {
        struct format_input in = {.bytes = str_n(whole, i), .name = STR("x.eml")};
        struct err e;
        format_parse(&in, a, &r, &e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(headers_become_title_time_people_and_ids),
        FIXTURE_TEST(quoted_words_and_signature_are_parts),
        FIXTURE_TEST(bodies_are_decoded),
        FIXTURE_TEST(plain_form_of_an_alternative_is_taken),
        FIXTURE_TEST(attached_mail_and_files_become_items_of_the_thread),
        FIXTURE_TEST(invitation_adds_its_people_and_its_words),
        FIXTURE_TEST(damaged_multipart_keeps_its_words),
        FIXTURE_TEST(parts_in_parts_without_end_stop_at_the_limit),
        FIXTURE_TEST(cut_anywhere_it_is_read_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
