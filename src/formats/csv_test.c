/* formats/csv_test.c - tables of notes and of turns, in the dialects spreadsheets write. */
#include "formats/row_test.h"

static void rows_become_notes(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia =
        row_read(t, "notes.csv",
                 "\xef\xbb\xbf"
                 "Created Date;Created By;E-Mail;Betreff;Notiz;Account Name;Stage\r\n"
                 "2026-03-14T09:00:00Z;Dana;dana@us.example;Call;\"They said \"\"yes\"\";\r\nreally\";"
                 "Acme;Won\r\n"
                 "14 March 2026;;;Second;short;;\r\n");

    assert_non_null(ia);
    assert_int_equal(t->r.items_n, 2);
    assert_int_equal(ia->kind, IA_NOTE);
    row_str(t, ia->title, "Call");
    row_str(t, ia->account, "Acme");
    assert_int_equal(ia->started_at_ms, clock_from_civil(2026, 3, 14, 9, 0, 0, 0));
    assert_int_equal(ia->participants_n, 1);
    row_str(t, ia->participants[0].email, "dana@us.example");
    assert_int_equal(ia->turns_n, 2);
    row_turn(t, ia, 0, "Dana", IA_TIME_NONE, IA_TIME_NONE, "They said \"yes\";\r\nreally");
    row_turn(t, ia, 1, "", IA_TIME_NONE, IA_TIME_NONE, "Stage: Won");
    ia = &t->r.items[1];
    assert_int_equal(ia->started_at_ms, clock_from_civil(2026, 3, 14, 0, 0, 0, 0));
    assert_int_equal(ia->turns_n, 1);
}

static void rows_become_turns(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia = row_read(t, "talk.tsv",
                                      "conversation_id\tspeaker\tstart\tend\ttext\n1\tDana\t0\t1.5\tHi\n"
                                      "2\tPat\t00:00:01\t00:00:02\tYo\n1\tPat\t2\t3\tBye\n");

    assert_non_null(ia);
    assert_int_equal(t->r.items_n, 2);
    assert_int_equal(ia->kind, IA_CALL);
    row_str(t, ia->external_id, "1");
    assert_int_equal(ia->turns_n, 2);
    row_turn(t, ia, 0, "Dana", 0, 1500, "Hi");
    row_turn(t, ia, 1, "Pat", 2000, 3000, "Bye");
    row_turn(t, &t->r.items[1], 0, "Pat", 1000, 2000, "Yo");
}

static void found_without_its_extension(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia = row_read(t, "export", "id,date,message\n1,2026-03-14,Hello\n2,2026-03-15,Bye\n");

    row_str(t, ia->format, "csv");
    ia = row_read(t, "letter.txt", "Dear Pat, thank you, as ever\nfor the note, and more, too\n");
    row_str(t, ia->format, "text");
}

static void rows_without_text_are_noticed(void **state)
{
    struct row_run *t = *state;

    assert_non_null(row_read(t, "a.csv", "date,note\n2026-03-14,a\n2026-03-15,\n\n2026-03-16,b\n"));
    assert_int_equal(t->r.items_n, 2);
    assert_int_equal(t->r.notices_n, 1);
    row_str(t, t->r.notices[0].place, "line 3");
}

static void a_table_without_text_is_one_note(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia =
        row_read(t, "2026-03-14 racks.csv", "place;finding;owner\ngate 1;new racks;Pim\n\ngate 2;;Joost\n");

    assert_non_null(ia);
    assert_int_equal(t->r.items_n, 1);
    row_str(t, ia->title, "racks");
    assert_int_equal(ia->turns_n, 2);
    row_turn(t, ia, 0, "", IA_TIME_NONE, IA_TIME_NONE, "place: gate 1\nfinding: new racks\nowner: Pim");
    row_turn(t, ia, 1, "", IA_TIME_NONE, IA_TIME_NONE, "place: gate 2\nowner: Joost");
}

static void an_export_of_records_is_refused(void **state)
{
    struct row_run *t = *state;
    struct buf b;

    buf_init(&b, 1 << 20);
    buf_str(&b, STR("OpportunityID;Status\n"));
    for (int i = 0; i < 2001; i++)
        buf_fmt(&b, "%d;Won\n", i);
    row_refused(
        t, "a.csv", buf_view(&b),
        "line 2002: a table of more than 2000 rows without a column of text (text, body, note, message ...): records "
        "come in through a connector");
    buf_done(&b);
}

static void refusals(void **state)
{
    static const char *const rows[][2] = {
        {"place,who\n", "line 2: a table without rows"},
        {"date,note\n2026-03-14,\"open\nend", "line 2: a quoted field is never closed"},
        {"date,note\n", "line 2: a table without a row that has text"},
    };
    struct row_run *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        row_refused(t, "a.csv", str_of(rows[i][0]), rows[i][1]);
}

int main(void)
{
    static const struct CMUnitTest rows[] = {
        ROW_TEST(rows_become_notes),
        ROW_TEST(rows_become_turns),
        ROW_TEST(found_without_its_extension),
        ROW_TEST(rows_without_text_are_noticed),
        ROW_TEST(a_table_without_text_is_one_note),
        ROW_TEST(an_export_of_records_is_refused),
        ROW_TEST(refusals),
    };

    return cmocka_run_group_tests(rows, NULL, NULL);
}
