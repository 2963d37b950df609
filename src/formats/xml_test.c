#include "formats/xml.h"

#include "formats/test_build.h"

struct seen {
    char text[256];
    size_t n;
    int opens, closes, stop_after;
};

static void note(struct seen *s, str t)
{
    if (t.n > 0 && s->n + t.n < sizeof(s->text)) {
        memcpy(s->text + s->n, t.p, t.n);
        s->n += t.n;
    }
}

static bool on_open(void *me, str name, const struct xml_attrs *attrs)
{
    struct seen *s = me;

    note(s, STR("<"));
    note(s, name);
    note(s, xml_attr(attrs, "id"));
    return ++s->opens != s->stop_after;
}

static bool on_close(void *me, str name)
{
    (void)name;
    ((struct seen *)me)->closes++;
    return true;
}

static bool on_text(void *me, str text)
{
    note(me, text);
    return true;
}

static enum err_code walk(str xml, struct seen *s, struct err *e)
{
    static const struct xml_events events = {on_open, on_close, on_text};

    *e = (struct err){0};
    return xml_walk(xml, "part.xml", &events, s, e);
}

static void events_come_in_order_with_local_names(void **state)
{
    struct seen s = {.stop_after = -1};
    struct err e;

    (void)state;
    assert_int_equal(walk(STR("<w:a xmlns:w=\"u\" w:id=\"7\">x &amp; <w:b/><![CDATA[<y>]]></w:a>"), &s, &e), ERR_OK);
    assert_str(str_n(s.text, s.n), "<a7x & <b<y>");
    assert_int_equal(s.opens, s.closes);
}

static void a_walk_can_be_ended_early(void **state)
{
    struct seen s = {.stop_after = 2};
    struct err e;

    (void)state;
    assert_int_equal(walk(STR("<a><b><c/></b></a>"), &s, &e), ERR_OK);
    assert_int_equal(s.opens, 2);
}

static void what_is_not_plain_xml_is_refused_with_its_line(void **state)
{
    static const char *const bad[] = {
        "",
        "<a>",
        "<a></b>",
        "<a>\n\n&nothing;</a>",
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
        "\xff\xfe\xff",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct seen s = {.stop_after = -1};
        struct err e;
        if (walk(str_of(bad[i]), &s, &e) == ERR_OK)
            fail_msg("case %zu was taken", i);
        assert_non_null(strstr(e.msg, "part.xml"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_come_in_order_with_local_names),
        cmocka_unit_test(a_walk_can_be_ended_early),
        cmocka_unit_test(what_is_not_plain_xml_is_refused_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
