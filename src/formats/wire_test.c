#include "formats/wire.h"

#include "formats/test_fixture.h"

static void an_item_comes_back_as_it_went(void **state)
{
    struct ia_participant people[] = {
        {.name = STR("Ann"), .email = STR("a@x.test"), .side = IA_SIDE_INTERNAL, .side_explicit = true}};
    struct ia_turn turns[] = {
        {.speaker = STR("Ann"), .start_ms = 5, .end_ms = IA_TIME_NONE, .text = STR("line\n\"two\" \xf0\x9f\x98\x80")},
        {.speaker = STR(""), .start_ms = IA_TIME_NONE, .end_ms = IA_TIME_NONE, .text = STR("")}};
    struct ia_part parts[] = {{IA_PART_FORWARDED, STR("fwd")}};
    struct interaction ia = {.kind = IA_MAIL,
                             .title = STR("t"),
                             .format = STR("eml"),
                             .language = STR("und"),
                             .started_at_ms = -5,
                             .started_offset_min = -90,
                             .duration_ms = IA_TIME_NONE,
                             .no_overlap = true,
                             .participants = people,
                             .participants_n = 1,
                             .turns = turns,
                             .turns_n = 2,
                             .parts = parts,
                             .parts_n = 1,
                             .external_id = STR("e"),
                             .thread_id = STR("th"),
                             .account = STR("ac"),
                             .deal = STR("de")},
                       back;
    struct err e = {0};
    struct buf b;

    (void)state;
    buf_init(&b, 1 << 20);
    wire_item_write(&ia, &b);
    if (wire_item_read(buf_view(&b), a, &back, &e))
        fail_msg("%s", e.msg);
    assert_true(ia_same(&ia, &back));
    assert_true(back.no_overlap && back.participants[0].side_explicit);
    assert_int_equal(back.started_offset_min, -90);
    assert_int_equal(back.parts[0].kind, IA_PART_FORWARDED);
    assert_str(back.parts[0].text, "fwd");
    assert_str(back.external_id, "e");
    assert_str(back.thread_id, "th");
    assert_str(back.deal, "de");
    ia.started_at_ms = CLOCK_NONE;
    buf_reset(&b);
    wire_item_write(&ia, &b);
    assert_int_equal(wire_item_read(buf_view(&b), a, &back, &e), ERR_OK);
    assert_int_equal(back.started_at_ms, CLOCK_NONE);
    buf_done(&b);
}

static void lies_of_a_child_are_refused(void **state)
{
    static const char *const lies[] = {
        "",
        "[]",
        "{}",
        "{\"kind\":9,\"format\":\"eml\",\"participants\":[],\"turns\":[],\"parts\":[]}",
        "{\"kind\":0,\"format\":\"nonesuch\",\"participants\":[],\"turns\":[],\"parts\":[]}",
        "{\"kind\":0,\"format\":\"eml\",\"participants\":[],\"turns\":[[1]],\"parts\":[]}",
        "{\"kind\":0,\"format\":\"eml\",\"participants\":[],\"turns\":[[\"a\",\"x\",0,\"t\"]],\"parts\":[]}",
        "{\"kind\":0,\"format\":\"eml\",\"participants\":[],\"turns\":[[\"a\",0,0,\"t\\u0000\"]],\"parts\":[]}",
        "{\"kind\":0,\"format\":\"eml\",\"participants\":[],\"turns\":[[\"a\",0,0,\"\xff\"]],\"parts\":[]}",
        "{\"kind\":0,\"format\":\"eml\",\"participants\":[],\"turns\":[],\"parts\":[[7,\"x\"]]}",
        ("{\"kind\":0,\"format\":\"eml\",\"started_at_ms\":9223372036854775807,\"participants\":[],\"turns\":[],"
         "\"parts\":[]}"),
        "{\"kind\":0,\"format\":\"eml\",\"participants\":{},\"turns\":[],\"parts\":[]}",
    };
    struct interaction ia;
    struct err e;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(lies) / sizeof(lies[0]); i++)
        if (wire_item_read(str_of(lies[i]), a, &ia, &e) == ERR_OK)
            fail_msg("believed: %s", lies[i]);
}

static void errors_and_notes_come_back(void **state)
{
    struct err sent = {ERR_DENIED, "no way"}, said, e;
    struct format_problem p = {STR("cue 3"), STR("is odd")};
    struct buf b;

    (void)state;
    buf_init(&b, 1 << 16);
    wire_err_write(&sent, &b);
    assert_int_equal(wire_err_read(buf_view(&b), &said, &e), ERR_OK);
    assert_int_equal(said.code, ERR_DENIED);
    assert_string_equal(said.msg, "no way");
    assert_int_not_equal(wire_err_read(STR("{\"code\":-1}"), &said, &e), ERR_OK);
    assert_int_not_equal(wire_err_read(STR("{\"code\":1000}"), &said, &e), ERR_OK);
    buf_reset(&b);
    wire_note_write(&p, false, &b);
    assert_int_equal(wire_note_read(buf_view(&b), a, &r, &e), ERR_OK);
    assert_int_equal(r.problems_n, 1);
    assert_str(r.problems[0].place, "cue 3");
    assert_int_not_equal(wire_note_read(STR("{\"place\":\"\",\"reason\":\"x\"}"), a, &r, &e), ERR_OK);
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(an_item_comes_back_as_it_went),
        FIXTURE_TEST(lies_of_a_child_are_refused),
        FIXTURE_TEST(errors_and_notes_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
