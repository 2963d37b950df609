#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "store/audit_store.h"
#include "store/test_home.h"
#include "store/token_store.h"
#include "store/workspace_store.h"

static struct test_home home;
static struct arena *mem;

static void append(int n)
{
    struct audit_entry entry = {
        .act = AUDIT_READ, .actor = id_new(), .object = id_new(), .details = STR("looked at the price")};
    struct db_tx *t;
    struct err e;

    if (db_begin(home.db, home.workspace, 10000, &t, &e))
        fail_msg("%s", e.msg);
    for (int i = 0; i < n; i++)
        if (audit_append(t, home.keyring, &entry, &e))
            fail_msg("%s", e.msg);
    if (db_commit(t, &e))
        fail_msg("%s", e.msg);
}

static void log_verifies_and_notices_each_change(void **state)
{
    struct audit_signer s;
    struct buf out;
    struct err e;
    int64_t n = 0, next = 0;
    str note, lines;
    char *bytes;

    (void)state;
    audit_signer_init(&s, home.keyring);
    for (int round = 0; round < 3; round++) { /* the tree goes on over several checkpoints */
        append(5 + round);
        assert_int_equal(audit_sequence(home.db, home.workspace, &s, 100, &n, &e), ERR_OK);
        assert_int_equal(n, 5 + round);
    }
    assert_int_equal(audit_sequence(home.db, home.workspace, &s, 100, &n, &e), ERR_OK);
    assert_int_equal(n, 0);
    buf_init(&out, 1 << 20);
    assert_int_equal(audit_checkpoint(home.db, home.workspace, mem, &note, &e), ERR_OK);
    assert_int_equal(audit_export(home.db, home.workspace, 0, 10, &out, &next, &e), ERR_OK);
    assert_int_equal(next, 10);
    assert_int_equal(audit_export(home.db, home.workspace, next, 100, &out, &next, &e), ERR_OK);
    assert_int_equal(next, 18);
    lines = buf_view(&out);
    assert_int_equal(audit_verify_lines(lines, note, s.pub, &n, &e), ERR_OK);
    assert_int_equal(n, 18);
    bytes = str_cz(mem, lines);
    for (size_t i = 0; i < lines.n; i += 7) { /* a flipped digit, anywhere */
        bytes[i] = bytes[i] == '0' ? '1' : '0';
        assert_int_equal(audit_verify_lines(str_n(bytes, lines.n), note, s.pub, &n, &e), ERR_CORRUPT);
        bytes[i] = lines.p[i];
    }
    /* a line dropped at the front or at the end, two lines exchanged */
    assert_int_equal(audit_verify_lines(str_from(lines, str_find_char(lines, '\n', 0) + 1), note, s.pub, &n, &e),
                     ERR_CORRUPT);
    assert_int_equal(audit_verify_lines(str_sub(lines, 0, lines.n - 100), note, s.pub, &n, &e), ERR_CORRUPT);
    assert_int_equal(audit_verify_lines(str_sub(lines, 0, str_rfind_char(str_sub(lines, 0, lines.n - 1), '\n') + 1),
                                        note, s.pub, &n, &e),
                     ERR_CORRUPT);
    s.pub[0] ^= 1;
    assert_int_equal(audit_verify_lines(lines, note, s.pub, &n, &e), ERR_DENIED);
    buf_done(&out);
    audit_signer_done(&s);
}

static void record_shares_the_fate_of_its_cause(void **state)
{
    struct audit_entry entry = {.act = AUDIT_CHANGE};
    struct db_tx *t;
    struct err e;
    char before[32], after[32];

    (void)state;
    test_home_sql(&home, "SELECT count(*) FROM audit_pending", before, sizeof before);
    assert_int_equal(db_begin(home.db, home.workspace, 5000, &t, &e), ERR_OK);
    assert_int_equal(audit_append(t, home.keyring, &entry, &e), ERR_OK);
    db_rollback(t);
    test_home_sql(&home, "SELECT count(*) FROM audit_pending", after, sizeof after);
    assert_string_equal(before, after);
}

static void details_stand_sealed_in_the_table(void **state)
{
    char out[32];

    (void)state;
    append(1);
    test_home_sql(&home, "SELECT count(*) FROM audit_pending WHERE position('price'::bytea in sealed) > 0", out,
                  sizeof out);
    assert_string_equal(out, "0");
}

static void token_opens_until_dropped_or_expired(void **state)
{
    struct token_new n = {.scopes = 5, .name = STR("laptop"), .expires_at_ms = CLOCK_NONE};
    struct id id;
    struct token tok;
    struct err e;
    str text;

    (void)state;
    assert_int_equal(token_add(home.db, home.keyring, home.workspace, &n, mem, &id, &text, &e), ERR_OK);
    assert_int_equal(text.n, 46);
    assert_true(str_starts(text, STR("hk_")));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(token_find(home.db, home.workspace, text, &tok, &e), ERR_OK);
        assert_true(id_eq(tok.id, id));
        assert_int_equal(tok.scopes, 5);
        assert_true(tok.expires_at_ms == CLOCK_NONE);
    }
    assert_int_equal(token_find(home.db, id_new(), text, &tok, &e), ERR_DENIED);
    assert_int_equal(token_find(home.db, home.workspace, STR("hk_guess"), &tok, &e), ERR_DENIED);
    assert_int_equal(token_drop(home.db, home.workspace, id, &e), ERR_OK);
    assert_int_equal(token_drop(home.db, home.workspace, id, &e), ERR_NOT_FOUND);
    assert_int_equal(token_find(home.db, home.workspace, text, &tok, &e), ERR_DENIED);
    n.expires_at_ms = clock_now_ms() - 1;
    assert_int_equal(token_add(home.db, home.keyring, home.workspace, &n, mem, &id, &text, &e), ERR_OK);
    assert_int_equal(token_find(home.db, home.workspace, text, &tok, &e), ERR_DENIED);
}

static void sign_in_link_works_once(void **state)
{
    struct token_new n = {.scopes = 1, .expires_at_ms = clock_now_ms() + 600000, .kind = TOKEN_LINK};
    struct id id;
    struct token tok;
    struct err e;
    str text;

    (void)state;
    assert_int_equal(token_add(home.db, home.keyring, home.workspace, &n, mem, &id, &text, &e), ERR_OK);
    assert_int_equal(token_find(home.db, home.workspace, text, &tok, &e), ERR_OK);
    assert_int_equal(token_find(home.db, home.workspace, text, &tok, &e), ERR_DENIED);
}

static void default_workspace_stays_the_same(void **state)
{
    struct id again, *ids;
    struct err e;
    size_t n;

    (void)state;
    assert_int_equal(workspace_default(home.db, home.keyring, &again, &e), ERR_OK);
    assert_true(id_eq(again, home.workspace));
    assert_int_equal(workspace_list(home.db, mem, &ids, &n, &e), ERR_OK);
    assert_int_equal(n, 1);
}

static void foreign_keys_are_told_apart(void **state)
{
    struct keyring *k;
    struct id ws;
    struct err e;
    char other[320];

    (void)state;
    snprintf(other, sizeof other, "%s/other-keys", home.dir);
    assert_int_equal(keyring_open(other, &k, &e), ERR_OK);
    assert_int_equal(workspace_default(home.db, k, &ws, &e), ERR_CORRUPT);
    assert_non_null(strstr(e.msg, "backup"));
    keyring_close(k);
}

static int setup(void **state)
{
    (void)state;
    mem = arena_new_wiped("test");
    test_home_new(&home);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(mem);
    test_home_free(&home);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_verifies_and_notices_each_change),
        cmocka_unit_test(record_shares_the_fate_of_its_cause),
        cmocka_unit_test(details_stand_sealed_in_the_table),
        cmocka_unit_test(token_opens_until_dropped_or_expired),
        cmocka_unit_test(sign_in_link_works_once),
        cmocka_unit_test(default_workspace_stays_the_same),
        cmocka_unit_test(foreign_keys_are_told_apart),
    };
    return cmocka_run_group_tests_name("audit, tokens, workspaces", tests, setup, teardown);
}
