/* Users, teams, and the rule of who sees what: worked out by hand, by the program, and by the database alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "gateway/credentials.h"
#include "gateway/perm.h"
#include "gateway/users.h"
#include "store/test_home.h"
#include "store/token_store.h"

static struct test_home home;
static struct arena *a;
static struct err e;

static struct db_tx *begin(void)
{
    struct db_tx *t;

    if (db_begin(home.db, home.workspace, 10000, &t, &e))
        fail_msg("%s", e.msg);
    return t;
}

static void commit(struct db_tx *t)
{
    if (db_commit(t, &e))
        fail_msg("%s", e.msg);
}

static struct user person(const char *name)
{
    return (struct user){.email = str_fmt(a, "%s@example.com", name), .name = str_of(name), .active = true};
}

static struct id add(const char *name, uint32_t roles)
{
    struct user u = person(name);
    struct db_tx *t = begin();

    u.roles = roles;
    if (user_add(t, home.keyring, &u, a, &e))
        fail_msg("%s: %s", name, e.msg);
    commit(t);
    return u.id;
}

/* ---- users ---- */

static void a_user_is_what_was_put(void **state)
{
    str more[] = {STR("Ida.Other@Example.com")};
    struct user u = person("ida"), got, again;
    struct db_tx *t = begin();
    char out[64];

    (void)state;
    u.given = STR("Ida");
    u.external_id = STR("ext-7");
    u.addresses = more;
    u.addresses_n = 1;
    u.roles = 1u << ROLE_REP;
    assert_int_equal(user_add(t, home.keyring, &u, a, &e), ERR_OK);
    commit(t);
    t = begin();
    assert_int_equal(user_find(t, home.keyring, STR(" IDA@example.COM "), a, &got, &e), ERR_OK);
    assert_true(id_eq(got.id, u.id));
    assert_int_equal(user_find(t, home.keyring, STR("ida.other@example.com"), a, &got, &e), ERR_OK);
    assert_int_equal(user_find_external(t, home.keyring, STR("ext-7"), a, &got, &e), ERR_OK);
    assert_true(str_eq(got.given, STR("Ida")) && str_eq(got.addresses[0], more[0]) && got.roles == 1u << ROLE_REP);
    assert_int_equal(user_find(t, home.keyring, STR("nobody@example.com"), a, &again, &e), ERR_NOT_FOUND);
    got.name = STR("Ida Lee");
    got.addresses_n = 0;
    assert_int_equal(user_put(t, home.keyring, &got, a, &e), ERR_OK);
    assert_int_equal(got.version, 2);
    got.version = 1; /* somebody else was quicker */
    assert_int_equal(user_put(t, home.keyring, &got, a, &e), ERR_CONFLICT);
    assert_int_equal(user_find(t, home.keyring, STR("ida.other@example.com"), a, &got, &e), ERR_NOT_FOUND);
    commit(t);
    test_home_sql(&home, "SELECT count(*) FROM app_user WHERE position('Ida'::bytea in sealed) > 0", out, sizeof out);
    assert_string_equal(out, "0");
}

static void addresses_are_taken_once_and_must_be_some(void **state)
{
    static const char *const none[] = {
        "", "ann", "@example.com", "ann@", "a b@example.com", "ann@x@y", "<ann@example.com>"};
    struct db_tx *t;
    struct user u;

    (void)state;
    add("mia", 0);
    t = begin();
    u = person("MIA");
    assert_int_equal(user_add(t, home.keyring, &u, a, &e), ERR_EXISTS);
    db_rollback(t);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        t = begin();
        u = person("x");
        u.email = str_of(none[i]);
        if (user_add(t, home.keyring, &u, a, &e) != ERR_INVALID)
            fail_msg("\"%s\" was taken", none[i]);
        db_rollback(t);
    }
}

static void sessions_end_with_the_right_to_them(void **state)
{
    struct id id = add("sam", 1u << ROLE_REP), token;
    struct token_new n = {.kind = TOKEN_SESSION, .user = id, .expires_at_ms = CLOCK_NONE, .idle_ms = 1000};
    struct token tok;
    struct user u;
    struct db_tx *t;
    str text;

    (void)state;
    assert_int_equal(token_add(home.db, home.keyring, home.workspace, &n, a, &token, &text, &e), ERR_OK);
    assert_int_equal(token_find(home.db, home.workspace, text, &tok, &e), ERR_OK);
    assert_int_equal(tok.roles, 1u << ROLE_REP);
    t = begin();
    assert_int_equal(user_get(t, home.keyring, id, a, &u, &e), ERR_OK);
    u.roles = 1u << ROLE_ADMIN;
    assert_int_equal(user_put(t, home.keyring, &u, a, &e), ERR_OK);
    commit(t);
    assert_int_equal(token_find(home.db, home.workspace, text, &tok, &e), ERR_DENIED);
    n.kind = TOKEN_KEY;
    n.idle_ms = 0;
    assert_int_equal(token_add(home.db, home.keyring, home.workspace, &n, a, &token, &text, &e), ERR_OK);
    t = begin();
    u.active = false;
    assert_int_equal(user_put(t, home.keyring, &u, a, &e), ERR_OK);
    commit(t);
    assert_int_equal(token_find(home.db, home.workspace, text, &tok, &e), ERR_DENIED); /* a key sleeps with its user */
    t = begin();
    u.active = true;
    assert_int_equal(user_put(t, home.keyring, &u, a, &e), ERR_OK);
    commit(t);
    assert_int_equal(token_find(home.db, home.workspace, text, &tok, &e), ERR_OK);
    n.kind = TOKEN_SESSION;
    n.idle_ms = 1;
    assert_int_equal(token_add(home.db, home.keyring, home.workspace, &n, a, &token, &text, &e), ERR_OK);
    usleep(5000);
    assert_int_equal(token_find(home.db, home.workspace, text, &tok, &e), ERR_DENIED); /* idle for too long */
}

static void teams_are_a_tree(void **state)
{
    struct team top = {.name = STR("Tree top")}, mid = {.name = STR("Tree mid")}, low = {.name = STR("Tree low")};
    struct db_tx *t = begin();
    struct team got;

    (void)state;
    assert_int_equal(team_add(t, home.keyring, &top, a, &e), ERR_OK);
    mid.parent = top.id;
    assert_int_equal(team_add(t, home.keyring, &mid, a, &e), ERR_OK);
    low.parent = mid.id;
    assert_int_equal(team_add(t, home.keyring, &low, a, &e), ERR_OK);
    commit(t);
    t = begin();
    top.parent = low.id;
    assert_int_equal(team_put(t, home.keyring, &top, a, &e), ERR_INVALID); /* a circle */
    db_rollback(t);
    t = begin();
    got = (struct team){.name = STR("tree TOP")};
    assert_int_equal(team_add(t, home.keyring, &got, a, &e), ERR_EXISTS);
    db_rollback(t);
    t = begin();
    assert_int_equal(team_drop(t, mid.id, &e), ERR_OK);
    assert_int_equal(team_get(t, home.keyring, low.id, a, &got, &e), ERR_OK);
    assert_true(id_eq(got.parent, top.id)); /* moved up */
    assert_int_equal(member_put(t, &(struct member){.team = low.id, .user = id_new()}, &e), ERR_NOT_FOUND);
    db_rollback(t);
}

/* ---- who sees what ---- */

enum { CEO, BOSS, ANN, BOB, EVE, DAN, PEOPLE };
static const char *const names[PEOPLE] = {"ceo", "boss", "ann", "bob", "eve", "dan"};
static struct id users[PEOPLE], persons[PEOPLE];
enum { DEAL_ANN, DEAL_SHARED, DEALS };
static struct id deals[DEALS];

/* Conversations: who took part (bits), whose deal, private or not; and who sees it by what reach. */
static const struct {
    unsigned took_part;
    int deal; /* -1: none */
    bool private_;
    unsigned own, team; /* bits of those who see it */
} talks[] = {
    {1u << ANN, -1, false, 1u << ANN, 1u << ANN | 1u << BOSS | 1u << CEO},
    {1u << ANN | 1u << BOB, -1, false, 1u << ANN | 1u << BOB, 1u << ANN | 1u << BOB | 1u << BOSS | 1u << CEO},
    {1u << EVE, -1, false, 1u << EVE, 1u << EVE | 1u << CEO}, /* eve's team is not the boss's */
    {1u << DAN, -1, false, 1u << DAN, 1u << DAN}, /* dan is in no team */
    {1u << BOSS, -1, false, 1u << BOSS, 1u << BOSS | 1u << CEO},
    {0, -1, false, 0, 0}, /* strangers among themselves */
    {0, DEAL_ANN, false, 1u << ANN, 1u << ANN | 1u << BOSS | 1u << CEO},
    {0, DEAL_SHARED, false, 1u << DAN, 1u << DAN},
    {1u << EVE, DEAL_ANN, false, 1u << EVE | 1u << ANN, 1u << EVE | 1u << ANN | 1u << BOSS | 1u << CEO},
    {1u << ANN, -1, true, 1u << ANN, 1u << ANN},
    {1u << BOB, DEAL_ANN, true, 1u << BOB, 1u << BOB}, /* private: not by the deal either */
    {0, DEAL_SHARED, true, 0, 0},
};
enum { TALKS = sizeof talks / sizeof *talks };
static struct id talk_ids[TALKS];

static void sql(const char *fmt, ...)
{
    char text[2048], out[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    test_home_sql(&home, text, out, sizeof out);
    if (str_starts(str_of(out), STR("error:")))
        fail_msg("%s", out);
}

static const char *txt(struct id id)
{
    return str_fmt(a, "%s", str_cz(a, id_str(a, id))).p;
}

static void company_make(void)
{
    const char *ws = txt(home.workspace);
    struct team all = {.name = STR("All")}, west = {.name = STR("West")}, east = {.name = STR("East")};
    struct db_tx *t;

    for (int i = 0; i < PEOPLE; i++) {
        char hex[2 * BLIND_BYTES + 1];
        uint8_t index[BLIND_BYTES];
        users[i] = add(names[i], 1u << ROLE_REP);
        persons[i] = id_new();
        assert_int_equal(blind_index(home.keyring, home.workspace, "person.email",
                                     str_fmt(a, "%s@example.com", names[i]), index, &e),
                         ERR_OK);
        hex_put(index, sizeof index, hex);
        sql("INSERT INTO person (workspace_id, id, subject_id, email_index, sealed, created_at) VALUES ('%s', '%s', "
            "'%s', "
            "'\\x%s', '\\x00', 0)",
            ws, txt(persons[i]), txt(id_new()), hex);
    }
    t = begin();
    assert_int_equal(team_add(t, home.keyring, &all, a, &e), ERR_OK);
    west.parent = east.parent = all.id;
    assert_int_equal(team_add(t, home.keyring, &west, a, &e), ERR_OK);
    assert_int_equal(team_add(t, home.keyring, &east, a, &e), ERR_OK);
    const struct member in[] = {{all.id, users[CEO], true},
                                {west.id, users[BOSS], true},
                                {west.id, users[ANN], false},
                                {west.id, users[BOB], false},
                                {east.id, users[EVE], false}};
    for (size_t i = 0; i < sizeof in / sizeof *in; i++)
        assert_int_equal(member_put(t, &in[i], &e), ERR_OK);
    commit(t);
    for (int i = 0; i < DEALS; i++) {
        deals[i] = id_new();
        sql("INSERT INTO deal (workspace_id, id, owner_id, sealed, created_at) VALUES ('%s', '%s', %s%s%s, '\\x00', 0)",
            ws, txt(deals[i]), i == DEAL_ANN ? "'" : "", i == DEAL_ANN ? txt(persons[ANN]) : "NULL",
            i == DEAL_ANN ? "'" : "");
    }
    t = begin();
    assert_int_equal(deal_share(t, deals[DEAL_SHARED], users[DAN], &e), ERR_OK);
    commit(t);
    for (size_t i = 0; i < TALKS; i++) {
        str list = STR("");
        talk_ids[i] = id_new();
        for (int p = 0; p < PEOPLE; p++)
            if (talks[i].took_part >> p & 1)
                list = str_fmt(a, "%.*s%s%s", STR_ARG(list), list.n ? "," : "", txt(persons[p]));
        sql("INSERT INTO interaction (workspace_id, id, kind, format, turns_n, deal_id, private, persons, sealed, "
            "created_at, "
            "updated_at) VALUES ('%s', '%s', 0, 'txt', 1, %s%s%s, %s, '{%s}', '\\x00', 0, 0)",
            ws, txt(talk_ids[i]), talks[i].deal < 0 ? "" : "'", talks[i].deal < 0 ? "NULL" : txt(deals[talks[i].deal]),
            talks[i].deal < 0 ? "" : "'", talks[i].private_ ? "true" : "false", list.n ? str_cz(a, list) : "");
        sql("INSERT INTO turn (workspace_id, interaction_id, ordinal, speaker, start_ms, end_ms, sealed) VALUES ('%s', "
            "'%s', 0, "
            "'{-1}', '{0}', '{0}', ARRAY['\\x00'::bytea])",
            ws, txt(talk_ids[i]));
    }
}

static const struct db_stmt see_ia = {"t_see_ia", "SELECT id FROM interaction WHERE workspace_id=$1"};
static const struct db_stmt see_turn = {"t_see_turn", "SELECT interaction_id FROM turn WHERE workspace_id=$1"};
static const struct db_stmt see_deal = {"t_see_deal", "SELECT id FROM deal WHERE workspace_id=$1"};

/* What the database lets through by itself. */
static struct id_set seen_by(const struct db_reader *r, const struct db_stmt *s)
{
    struct db_tx *t;
    struct id *v;
    size_t n;

    db_reader_set(r);
    t = begin();
    db_reader_set(NULL);
    if (db_run_ids(t, s, DB_ARGS(P_ID(home.workspace)), a, &v, &n, &e))
        fail_msg("%s", e.msg);
    db_rollback(t);
    return id_set_of(v, n);
}

static bool expected(size_t talk, int who, enum reach reach)
{
    if (reach == REACH_NONE)
        return false;
    return reach == REACH_WORKSPACE || ((reach == REACH_OWN ? talks[talk].own : talks[talk].team) >> who & 1);
}

static void check(int who, enum reach reach)
{
    struct db_reader as = {.user = users[who], .reach = reach};
    struct id_set ia = seen_by(&as, &see_ia), turns = seen_by(&as, &see_turn);
    struct reader r;
    struct db_tx *t = begin();

    assert_int_equal(reader_load(t, users[who], reach, a, &r, &e), ERR_OK);
    db_rollback(t);
    for (size_t i = 0; i < TALKS; i++) {
        struct id took_part[PEOPLE];
        size_t n = 0;
        bool want = expected(i, who, reach), first;
        for (int p = 0; p < PEOPLE; p++)
            if (talks[i].took_part >> p & 1)
                took_part[n++] = persons[p];
        first = reader_sees(&r, &(struct reader_object){took_part, n, talks[i].deal < 0 ? ID_NIL : deals[talks[i].deal],
                                                        talks[i].private_});
        if (first != want)
            fail_msg("first lock: talk %zu, %s, reach %d: %d", i, names[who], reach, first);
        if (id_set_has(&ia, talk_ids[i]) != want)
            fail_msg("second lock: talk %zu, %s, reach %d", i, names[who], reach);
        if (id_set_has(&turns, talk_ids[i]) != want)
            fail_msg("second lock, turns: talk %zu, %s, reach %d", i, names[who], reach);
    }
}

static void both_locks_hold_alone(void **state)
{
    static const enum reach reaches[] = {REACH_NONE, REACH_OWN, REACH_TEAM, REACH_WORKSPACE};

    (void)state;
    for (int who = 0; who < PEOPLE; who++)
        for (size_t i = 0; i < 4; i++)
            check(who, reaches[i]);
}

static void deals_are_seen_by_their_people(void **state)
{
    static const struct {
        int who;
        enum reach reach;
        unsigned sees;
    } cases[] = {
        {ANN, REACH_OWN, 1u << DEAL_ANN},  {BOSS, REACH_OWN, 0}, {BOSS, REACH_TEAM, 1u << DEAL_ANN},
        {CEO, REACH_TEAM, 1u << DEAL_ANN}, {EVE, REACH_TEAM, 0}, {DAN, REACH_OWN, 1u << DEAL_SHARED},
        {EVE, REACH_WORKSPACE, 3},         {ANN, REACH_NONE, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct db_reader as = {.user = users[cases[i].who], .reach = cases[i].reach};
        struct id_set set = seen_by(&as, &see_deal);
        struct reader r;
        struct db_tx *t = begin();
        assert_int_equal(reader_load(t, users[cases[i].who], cases[i].reach, a, &r, &e), ERR_OK);
        db_rollback(t);
        for (int d = 0; d < DEALS; d++) {
            assert_int_equal(id_set_has(&set, deals[d]), cases[i].sees >> d & 1);
            assert_int_equal(reader_sees_deal(&r, deals[d]), cases[i].sees >> d & 1);
        }
    }
}

static void a_workspace_may_show_private_talks_to_managers(void **state)
{
    struct db_reader as = {.user = users[BOSS], .reach = REACH_TEAM};
    struct id_set set;
    struct reader r;
    struct db_tx *t;

    (void)state;
    sql("UPDATE workspace SET private_shown=true");
    set = seen_by(&as, &see_ia);
    t = begin();
    assert_int_equal(reader_load(t, users[BOSS], REACH_TEAM, a, &r, &e), ERR_OK);
    db_rollback(t);
    assert_true(r.private_shown);
    assert_true(id_set_has(&set, talk_ids[9]));
    assert_true(reader_sees(&r, &(struct reader_object){&persons[ANN], 1, {{0}}, true}));
    sql("UPDATE workspace SET private_shown=false");
}

/* A transaction that does not say for whom it is sees nothing of these tables. */
static void nobody_sees_nothing(void **state)
{
    struct db_reader nobody = {.reach = REACH_OWN}, other = {.user = id_new(), .reach = REACH_TEAM};
    char out[64];

    (void)state;
    assert_int_equal(seen_by(&nobody, &see_ia).n, 0);
    assert_int_equal(seen_by(&other, &see_ia).n, 0);
    assert_int_equal(seen_by(NULL, &see_ia).n, TALKS); /* the system */
    test_home_sql(&home,
                  str_fmt(a,
                          "BEGIN; SET LOCAL ROLE harken_app; SELECT set_config('harken.workspace_id', '%s', true); "
                          "SELECT count(*) FROM interaction",
                          txt(home.workspace))
                      .p,
                  out, sizeof out);
    assert_string_equal(out, "0");
}

/* ---- credentials ---- */

static void credentials_open_to_their_owner(void **state)
{
    struct factor f = {
        .user = users[ANN], .kind = FACTOR_TOTP, .secret = str_n("\0\1\2secret", 9), .name = STR("phone")};
    struct factor *list;
    struct id who;
    struct db_tx *t = begin();
    bool any = true;
    size_t n;
    str kept;

    (void)state;
    assert_int_equal(credentials_any(t, users[ANN], &any, &e), ERR_OK);
    assert_false(any);
    assert_int_equal(credential_password_get(t, home.keyring, users[ANN], a, &kept, &e), ERR_OK);
    assert_int_equal(kept.n, 0);
    assert_int_equal(credential_password_put(t, home.keyring, users[ANN], STR("$argon2id$x"), a, &e), ERR_OK);
    assert_int_equal(credential_password_get(t, home.keyring, users[ANN], a, &kept, &e), ERR_OK);
    assert_true(str_eq(kept, STR("$argon2id$x")));
    assert_int_equal(credentials_any(t, users[ANN], &any, &e), ERR_OK);
    assert_true(any);
    assert_int_equal(factor_add(t, home.keyring, &f, a, &e), ERR_OK);
    assert_int_equal(factor_list(t, home.keyring, users[ANN], a, &list, &n, &e), ERR_OK);
    assert_int_equal(n, 1);
    assert_true(str_eq(list[0].secret, f.secret) && !list[0].confirmed);
    assert_int_equal(factor_used(t, f.id, 100, &e), ERR_OK);
    assert_int_equal(factor_used(t, f.id, 100, &e), ERR_CONFLICT); /* once */
    assert_int_equal(factor_used(t, f.id, 101, &e), ERR_OK);
    assert_int_equal(identity_add(t, home.keyring, STR("https://a.example"), STR("7"), users[ANN], a, &e), ERR_OK);
    assert_int_equal(identity_find(t, home.keyring, STR("https://a.example"), STR("7"), &who, &e), ERR_OK);
    assert_true(id_eq(who, users[ANN]));
    assert_int_equal(identity_find(t, home.keyring, STR("https://b.example"), STR("7"), &who, &e), ERR_NOT_FOUND);
    assert_int_equal(factor_drop(t, users[BOB], f.id, FACTOR_TOTP, &e), ERR_NOT_FOUND); /* another's */
    assert_int_equal(factor_drop(t, users[ANN], f.id, FACTOR_TOTP, &e), ERR_OK);
    db_rollback(t);
}

static int up(void **state)
{
    (void)state;
    test_home_new(&home);
    a = arena_new_wiped("test");
    company_make();
    return 0;
}

static int down(void **state)
{
    (void)state;
    arena_free(a);
    test_home_free(&home);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_is_what_was_put),
        cmocka_unit_test(addresses_are_taken_once_and_must_be_some),
        cmocka_unit_test(sessions_end_with_the_right_to_them),
        cmocka_unit_test(teams_are_a_tree),
        cmocka_unit_test(both_locks_hold_alone),
        cmocka_unit_test(deals_are_seen_by_their_people),
        cmocka_unit_test(a_workspace_may_show_private_talks_to_managers),
        cmocka_unit_test(nobody_sees_nothing),
        cmocka_unit_test(credentials_open_to_their_owner),
    };
    return cmocka_run_group_tests(tests, up, down);
}
