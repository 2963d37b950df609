/* domain/interaction_test.c - our own JSON in and out. */
#include "domain/interaction.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena *a;

static int setup(void **state)
{
    (void)state;
    a = arena_new("test");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static enum err_code read_text(const char *json, struct interaction *ia, struct err *e)
{
    struct json_doc *doc;
    enum err_code rc = json_parse(str_of(json), &doc, e);

    if (rc)
        return rc;
    rc = ia_json_read(json_root(doc), a, ia, e);
    json_free(doc);
    return rc;
}

static str write_text(const struct interaction *ia)
{
    struct buf b;
    struct jw w;
    str out;

    buf_init(&b, 1 << 20);
    jw_init(&w, &b);
    ia_json_write(ia, &w);
    out = str_dup(a, buf_view(&b));
    buf_done(&b);
    return out;
}

/* Turn i, which must be there. */
static struct ia_turn turn_at(const struct interaction *ia, size_t i)
{
    if (!ia->turns || i >= ia->turns_n) {
        fail_msg("no turn %zu", i);
        return (struct ia_turn){0};
    }
    return ia->turns[i];
}

static void assert_str(str have, const char *want)
{
    assert_string_equal(str_cz(a, have), want);
}

static void reads_every_field(void **state)
{
    struct interaction ia = {0};
    struct err e;

    (void)state;
    assert_int_equal(
        read_text("{\"format\":\"harken.interaction/1\",\"kind\":\"call\",\"title\":\"Acme\","
                  "\"started_at\":\"2026-03-14T09:00:00+01:00\",\"duration_ms\":1800000,\"extra\":[1,{}],"
                  "\"participants\":[{\"name\":\" Dana Reyes \",\"email\":\"dana@a.example\","
                  "\"side\":\"internal\"},{\"email\":\"pat@b.example\"}],"
                  "\"turns\":[{\"speaker\":\"Dana Reyes\",\"start_ms\":0,\"end_ms\":1500,\"text\":\"Hi.\"},"
                  "{\"text\":\"\"}]}",
                  &ia, &e),
        ERR_OK);
    assert_int_equal(ia.kind, IA_CALL);
    assert_str(ia.title, "Acme");
    assert_true(ia.started_at_ms == 1773475200000); /* 2026-03-14T08:00:00Z */
    assert_int_equal(ia.started_offset_min, 60);
    assert_true(ia.duration_ms == 1800000);
    assert_int_equal(ia.participants_n, 2);
    assert_non_null(ia.participants);
    if (!ia.participants)
        return;
    assert_str(ia.participants[0].name, "Dana Reyes");
    assert_int_equal(ia.participants[0].side, IA_SIDE_INTERNAL);
    assert_true(ia.participants[0].side_explicit);
    assert_false(ia.participants[1].side_explicit);
    assert_int_equal(ia.turns_n, 2);
    assert_true(turn_at(&ia, 0).end_ms == 1500);
    assert_true(turn_at(&ia, 1).start_ms == IA_TIME_NONE);
    assert_int_equal(turn_at(&ia, 1).text.n, 0);
}

static void only_format_kind_and_text_are_needed(void **state)
{
    struct interaction ia = {0};
    struct err e;

    (void)state;
    assert_int_equal(
        read_text("{\"format\":\"harken.interaction/1\",\"kind\":\"note\",\"turns\":[{\"text\":\"x\"}]}", &ia, &e),
        ERR_OK);
    assert_true(ia.started_at_ms == CLOCK_NONE);
    assert_true(ia.duration_ms == IA_TIME_NONE);
    assert_int_equal(ia.participants_n, 0);
    assert_int_equal(read_text("{\"format\":\"harken.interaction/1\",\"kind\":\"note\"}", &ia, &e), ERR_OK);
    assert_int_equal(ia.turns_n, 0);
}

static void wrong_input_names_the_place(void **state)
{
    static const struct {
        const char *json, *want;
    } rows[] = {
        {"[]", "not an object"},
        {"{}", "format: missing, should be harken.interaction/1"},
        {"{\"format\":\"harken.interaction/2\"}", "format: not harken.interaction/1"},
        {"{\"format\":3}", "format: not a string"},
        {"{\"format\":\"harken.interaction/1\"}", "kind: missing"},
        {"{\"format\":\"harken.interaction/1\",\"kind\":\"fax\"}", "kind: not call, mail, note or document"},
        {"{\"format\":\"harken.interaction/1\",\"kind\":\"call\",\"started_at\":\"soon\"}",
         "started_at: not a date and time like 2026-03-14T09:00:00Z"},
        {"{\"format\":\"harken.interaction/1\",\"kind\":\"call\",\"duration_ms\":\"9\"}", "duration_ms: not a number"},
        {"{\"format\":\"harken.interaction/1\",\"kind\":\"call\",\"turns\":{}}", "turns: not an array"},
        {"{\"format\":\"harken.interaction/1\",\"kind\":\"call\",\"turns\":[{\"text\":\"\"},{}]}",
         "turns[1].text: missing"},
        {"{\"format\":\"harken.interaction/1\",\"kind\":\"call\",\"turns\":[{\"text\":7}]}",
         "turns[0].text: not a string"},
        {"{\"format\":\"harken.interaction/1\",\"kind\":\"call\",\"turns\":[{\"text\":\"\",\"start_ms\":1e300}]}",
         "turns[0].start_ms: out of range"},
        {"{\"format\":\"harken.interaction/1\",\"kind\":\"call\",\"participants\":[{\"side\":\"left\"}]}",
         "participants[0].side: not internal, external or unknown"},
        {"{\"format\":\"harken.interaction/1\",\"kind\":\"call\",\"participants\":[3]}",
         "participants[0]: not an object"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct interaction ia = {0};
        struct err e;

        assert_int_equal(read_text(rows[i].json, &ia, &e), ERR_INVALID);
        assert_string_equal(e.msg, rows[i].want);
    }
}

static void times_before_the_start_are_the_start(void **state)
{
    struct interaction ia = {0};
    struct err e;

    (void)state;
    assert_int_equal(read_text("{\"format\":\"harken.interaction/1\",\"kind\":\"call\",\"turns\":[{\"text\":\"a\","
                               "\"start_ms\":-120,\"end_ms\":900.4}]}",
                               &ia, &e),
                     ERR_OK);
    assert_true(turn_at(&ia, 0).start_ms == 0);
    assert_true(turn_at(&ia, 0).end_ms == 900);
}

static void nul_in_text_becomes_the_replacement_character(void **state)
{
    struct interaction ia = {0};
    struct err e;

    (void)state;
    assert_int_equal(
        read_text("{\"format\":\"harken.interaction/1\",\"kind\":\"call\",\"turns\":[{\"text\":\"a\\u0000b\"}]}", &ia,
                  &e),
        ERR_OK);
    assert_str(turn_at(&ia, 0).text, "a\xef\xbf\xbd"
                                     "b");
}

static void what_is_written_reads_back_the_same(void **state)
{
    struct ia_participant people[] = {
        {.name = STR("Dana \"D\" Reyes"),
         .email = STR("dana@a.example"),
         .side = IA_SIDE_EXTERNAL,
         .side_explicit = true},
        {.name = STR("Pat")},
    };
    struct ia_turn turns[] = {
        {.speaker = STR("Pat"), .start_ms = 0, .end_ms = 10, .text = STR("one\ntwo")},
        {.start_ms = IA_TIME_NONE, .end_ms = IA_TIME_NONE, .text = STR("")},
    };
    struct ia_part parts[] = {
        {.kind = IA_PART_SIGNATURE, .text = STR("-- \nPat")},
        {.kind = IA_PART_QUOTED, .text = STR("> one")},
        {.kind = IA_PART_FORWARDED, .text = STR("> two")},
    };
    struct interaction ia = {
        .kind = IA_MAIL,
        .title = STR("Re: offer"),
        .source = STR("in/a.eml"),
        .language = STR("en"),
        .started_at_ms = 1773475200000,
        .started_offset_min = -210,
        .duration_ms = IA_TIME_NONE,
        .participants = people,
        .participants_n = 2,
        .turns = turns,
        .turns_n = 2,
        .parts = parts,
        .parts_n = 3,
        .external_id = STR("<1@a.example>"),
    };
    struct interaction back = {0};
    struct err e;
    str text = write_text(&ia);

    (void)state;
    assert_true(str_contains(text, STR("\"started_at\":\"2026-03-14T04:30:00.000-03:30\"")));
    assert_true(str_contains(text, STR("\"quoted\":\"> one\\n> two\"")));
    assert_true(str_contains(text, STR("\"signature\":\"-- \\nPat\"")));
    assert_int_equal(read_text(str_cz(a, text), &back, &e), ERR_OK);
    assert_true(ia_same(&ia, &back));
    assert_int_equal(back.started_offset_min, -210);
    assert_int_equal(back.parts_n, 3);
    assert_true(back.parts && back.parts[2].kind == IA_PART_FORWARDED);
    assert_str(back.source, "in/a.eml");
    assert_non_null(back.turns);
    if (back.turns)
        back.turns[0].end_ms = 11;
    assert_false(ia_same(&ia, &back));
}

static void names_of_kinds_and_sides(void **state)
{
    enum ia_kind k;
    enum ia_side s;

    (void)state;
    for (int i = 0; i < IA_KINDS; i++) {
        assert_true(ia_kind_parse(str_of(ia_kind_name((enum ia_kind)i)), &k));
        assert_int_equal(k, i);
    }
    for (int i = 0; i < IA_SIDES; i++) {
        assert_true(ia_side_parse(str_of(ia_side_name((enum ia_side)i)), &s));
        assert_int_equal(s, i);
    }
    assert_false(ia_kind_parse(STR("Call"), &k));
    assert_false(ia_side_parse(STR(""), &s));
}

static void what_is_too_long_to_store_is_named(void **state)
{
    static char text[IA_LABEL_MAX + 1];
    struct ia_turn turn = {.text = str_n(text, sizeof text)};
    struct ia_participant who = {.name = STR("Ann")};
    struct interaction ia = {.turns = &turn, .turns_n = 1, .participants = &who, .participants_n = 1};
    struct err e;

    (void)state;
    memset(text, 'n', sizeof text);
    assert_int_equal(ia_limits_check(&ia, &e), ERR_OK); /* words may be as long as they like */
    turn.speaker = str_n(text, IA_NAME_MAX);
    who.email = str_n(text, IA_NAME_MAX);
    ia.title = str_n(text, IA_LABEL_MAX);
    assert_int_equal(ia_limits_check(&ia, &e), ERR_OK);
    ia.title.n++;
    assert_int_equal(ia_limits_check(&ia, &e), ERR_LIMIT);
    assert_non_null(strstr(e.msg, "title"));
    ia.title.n = 0;
    turn.speaker.n++;
    assert_int_equal(ia_limits_check(&ia, &e), ERR_LIMIT);
    assert_non_null(strstr(e.msg, "speaker"));
    turn.speaker.n = 0;
    who.email.n++;
    assert_int_equal(ia_limits_check(&ia, &e), ERR_LIMIT);
}

int main(void)
{
    static const struct CMUnitTest rows[] = {
        cmocka_unit_test_setup_teardown(reads_every_field, setup, teardown),
        cmocka_unit_test_setup_teardown(only_format_kind_and_text_are_needed, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_input_names_the_place, setup, teardown),
        cmocka_unit_test_setup_teardown(times_before_the_start_are_the_start, setup, teardown),
        cmocka_unit_test_setup_teardown(nul_in_text_becomes_the_replacement_character, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_written_reads_back_the_same, setup, teardown),
        cmocka_unit_test_setup_teardown(names_of_kinds_and_sides, setup, teardown),
        cmocka_unit_test(what_is_too_long_to_store_is_named),
    };

    return cmocka_run_group_tests(rows, NULL, NULL);
}
