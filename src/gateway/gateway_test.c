/* Who may pass the front door, and who gets which refusal: the gateway behind its real server, over loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <curl/curl.h>

#include "base/clock.h"
#include "gateway/gateway.h"
#include "store/test_home.h"

static struct test_home home;
static struct gateway *door;
static struct arena *a;
static struct err e;
static str all, reader; /* tokens with every permission, and with INTERACTIONS_READ alone */

#define READ ((int64_t)1 << PERM_INTERACTIONS_READ)
#define WRITE ((int64_t)1 << PERM_INTERACTIONS_WRITE)
#define JOBS ((int64_t)1 << PERM_JOBS_OPERATE)

/* ---- routes ---- */

static void say(struct call *k)
{
    http_body(k->rep, STR("text/plain"),
              str_fmt(k->a, "%.*s|%.*s|%lld", STR_ARG(http_method_name(k->rq->method)), STR_ARG(k->part[0]),
                      (long long)perms_bits(&k->who.perms)));
}

static const struct route routes[] = {
    ROUTE(GET, "/healthz", PUBLIC, 0, true, say),
    ROUTE(GET, "/sign-in", PUBLIC, 0, false, gateway_sign_in),
    ROUTE(POST, "/v1/sign-out", SELF, 0, false, gateway_sign_out),
    ROUTE(GET, "/v1/things/{}", INTERACTIONS_READ, 0, false, say),
    ROUTE(DELETE, "/v1/things/{}", INTERACTIONS_WRITE, 0, false, say),
    ROUTE(POST, "/v1/things", INTERACTIONS_WRITE, 2000, false, say),
    ROUTE(GET, "/v1/jobs", JOBS_OPERATE, 0, true, say), /* once the caller is remembered, on the loop */
    {.pattern = NULL},
};

/* ---- a client that can send anything ---- */

struct got {
    long status;
    char body[4096], head[4096];
};

static size_t append(char *data, size_t size, size_t n, void *to)
{
    char *mem = to;
    size_t have = strlen(mem), room = 4095 - have, take = size * n < room ? size * n : room;

    memcpy(mem + have, data, take);
    mem[have + take] = 0;
    return size * n;
}

/* `fields`: up to four "Name: value", NULL where unused. */
static struct got ask_with(const char *method, const char *path, const char *body, const char *const fields[4])
{
    CURL *c = curl_easy_init();
    struct curl_slist *list = NULL;
    struct got g = {0};

    curl_easy_setopt(c, CURLOPT_URL, str_fmt(a, "%s%s", gateway_url(door), path).p);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, 20000L);
    if (strcmp(method, "HEAD") == 0)
        curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
    else
        curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
    if (body)
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, body);
    for (int i = 0; i < 4; i++)
        if (fields[i])
            list = curl_slist_append(list, fields[i]);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, g.body);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, append);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, g.head);
    if (curl_easy_perform(c) != CURLE_OK)
        fail_msg("%s %s: no answer", method, path);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &g.status);
    curl_slist_free_all(list);
    curl_easy_cleanup(c);
    return g;
}
#define ASK(method, path, body, ...) ask_with((method), (path), (body), (const char *const[4]){__VA_ARGS__})

static const char *bearer(str token)
{
    return str_fmt(a, "Authorization: Bearer %.*s", STR_ARG(token)).p;
}

static bool head_has(const struct got *g, const char *line)
{
    return str_find_nocase(str_of(g->head), str_of(line), 0) != SIZE_MAX;
}

static str token_of(int64_t scopes, int64_t expires_at_ms, bool once)
{
    struct token_new n = {.scopes = scopes,
                          .name = STR("test"),
                          .expires_at_ms = expires_at_ms,
                          .kind = once ? TOKEN_LINK : TOKEN_OPERATOR};
    struct id id;
    str text;

    if (token_add(home.db, home.keyring, home.workspace, &n, a, &id, &text, &e))
        fail_msg("%s", e.msg);
    return text;
}

/* Opens a session by a fresh link and returns "Cookie: ..." of it. */
static const char *session(void)
{
    str link, path, cookie, rest;
    struct got g;
    size_t at;

    if (gateway_sign_in_link(door, ID_NIL, a, &link, &e))
        fail_msg("%s", e.msg);
    path = str_from(link, strlen(gateway_url(door)));
    g = ASK("GET", path.p, NULL, NULL);
    assert_int_equal(g.status, 303);
    at = str_find_nocase(str_of(g.head), STR("set-cookie: "), 0);
    assert_true(at != SIZE_MAX);
    cookie = str_dup(a, str_from(str_of(g.head), at + 12));
    cookie = str_cut(cookie, ';', &rest);
    return str_fmt(a, "Cookie: other=1; %.*s", STR_ARG(cookie)).p;
}

/* ---- permissions ---- */

static void public_routes_need_nobody(void **state)
{
    struct got g = ASK("GET", "/healthz", NULL, NULL);

    (void)state;
    assert_int_equal(g.status, 200);
    assert_string_equal(g.body, "GET||0");
    assert_int_equal(ASK("HEAD", "/healthz", NULL, NULL).status, 200);
}

static void nobody_gets_401_and_the_way_in(void **state)
{
    struct got g = ASK("GET", "/v1/things/7", NULL, NULL);

    (void)state;
    assert_int_equal(g.status, 401);
    assert_true(head_has(&g, "www-authenticate: Bearer"));
    assert_true(head_has(&g, "application/problem+json"));
    assert_int_equal(ASK("GET", "/v1/things/7", NULL, "Authorization: Bearer hk_wrong").status, 401);
    assert_int_equal(ASK("GET", "/v1/things/7", NULL, "Authorization: Bearer ").status, 401);
    assert_int_equal(ASK("GET", "/v1/things/7", NULL, "Authorization: Basic aGs6eA==").status, 401);
    assert_int_equal(ASK("GET", "/v1/things/7", NULL, "Cookie: harken_session=hk_wrong").status, 401);
    assert_int_equal(
        ASK("GET", "/v1/things/7", NULL, bearer(token_of(PERM_BITS_ALL, clock_now_ms() - 1, false))).status, 401);
}

static void each_route_asks_for_its_permission(void **state)
{
    static const struct {
        const char *method, *path, *body;
        int64_t scopes;
        long status;
    } cases[] = {
        {"GET", "/v1/things/7", NULL, READ, 200},
        {"GET", "/v1/things/7", NULL, WRITE | JOBS, 403},
        {"DELETE", "/v1/things/7", NULL, READ | JOBS, 403},
        {"DELETE", "/v1/things/7", NULL, WRITE, 200},
        {"POST", "/v1/things", "{}", READ, 403},
        {"POST", "/v1/things", "{}", WRITE, 200},
        {"GET", "/v1/jobs", NULL, READ | WRITE, 403},
        {"GET", "/v1/jobs", NULL, JOBS, 200},
        {"GET", "/v1/jobs", NULL, 0, 403},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str token = token_of(cases[i].scopes, CLOCK_NONE, false);
        for (int again = 0; again < 2; again++) { /* the second time it is remembered */
            struct got g =
                ASK(cases[i].method, cases[i].path, cases[i].body, bearer(token), "Content-Type: application/json");
            if (g.status != cases[i].status)
                fail_msg("case %zu: %ld", i, g.status);
        }
    }
}

static void unknown_places_and_methods(void **state)
{
    struct got g = ASK("PUT", "/v1/things/7", "{}", bearer(all));

    (void)state;
    assert_int_equal(g.status, 405);
    assert_true(head_has(&g, "allow: GET, HEAD, DELETE\r\n"));
    g = ASK("OPTIONS", "/v1/things", NULL, NULL);
    assert_int_equal(g.status, 204);
    assert_true(head_has(&g, "allow: POST\r\n"));
    assert_int_equal(ASK("GET", "/v1/nothing", NULL, bearer(all)).status, 404);
    assert_int_equal(ASK("GET", "/v1/things/", NULL, bearer(all)).status, 404);
    assert_int_equal(ASK("TRACE", "/v1/things/7", NULL, bearer(all)).status, 405);
    assert_int_equal(ASK("GET", "/v1/things/7/8", NULL, bearer(all)).status, 404);
    g = ASK("GET", "/v1/things/a%20b", NULL, bearer(all));
    assert_int_equal(g.status, 200);
    assert_true(str_starts(str_of(g.body), STR("GET|a b|")));
}

static void bodies_have_the_size_of_their_route(void **state)
{
    char body[2002];

    (void)state;
    memset(body, 'x', 2001);
    body[2001] = 0;
    assert_int_equal(ASK("POST", "/v1/things", body, bearer(all)).status, 413);
    body[2000] = 0;
    assert_int_equal(ASK("POST", "/v1/things", body, bearer(all)).status, 200);
}

static void a_route_without_permission_opens_no_door(void **state)
{
    static const char *const listen[] = {"127.0.0.1:0", NULL};
    static const struct route bare[] = {{.method = HTTP_M_GET, .pattern = "/v1/open", .run = say}, {.pattern = NULL}};
    struct gateway_opts o = {
        .routes = bare, .listen = listen, .db = home.db, .keys = home.keyring, .workspace = home.workspace};
    struct gateway *other;

    (void)state;
    assert_int_equal(gateway_new(&o, &other, &e), ERR_INVALID);
}

/* ---- people ---- */

static void sign_in_link_works_once(void **state)
{
    struct got g;
    str link, path;

    (void)state;
    assert_int_equal(gateway_sign_in_link(door, ID_NIL, a, &link, &e), ERR_OK);
    path = str_from(link, strlen(gateway_url(door)));
    g = ASK("GET", path.p, NULL, NULL);
    assert_int_equal(g.status, 303);
    assert_true(head_has(&g, "\r\nlocation: /\r\n"));
    assert_true(head_has(&g, "; HttpOnly") && head_has(&g, "; SameSite=Lax") && head_has(&g, "; Path=/;"));
    assert_false(head_has(&g, "; Secure")); /* plain http on loopback */
    g = ASK("GET", path.p, NULL, NULL);
    assert_int_equal(g.status, 403);
    assert_false(head_has(&g, "set-cookie"));
}

static void other_links_open_nothing(void **state)
{
    (void)state;
    assert_int_equal(ASK("GET", "/sign-in", NULL, NULL).status, 403);
    assert_int_equal(ASK("GET", "/sign-in?token=", NULL, NULL).status, 403);
    assert_int_equal(ASK("GET", "/sign-in?token=hk_wrong", NULL, NULL).status, 403);
    assert_int_equal(ASK("GET", "/sign-in?token=%ff", NULL, NULL).status, 403);
    assert_int_equal(ASK("GET", str_fmt(a, "/sign-in?token=%.*s", STR_ARG(all)).p, NULL, NULL).status,
                     403); /* no link */
    assert_int_equal(
        ASK("GET", str_fmt(a, "/sign-in?token=%.*s", STR_ARG(token_of(PERM_BITS_ALL, clock_now_ms() - 1, true))).p,
            NULL, NULL)
            .status,
        403); /* too late */
}

static void link_is_no_bearer_token(void **state)
{
    str link;

    (void)state;
    assert_int_equal(gateway_sign_in_link(door, ID_NIL, a, &link, &e), ERR_OK);
    str_cut(link, '=', &link);
    assert_int_equal(ASK("GET", "/v1/things/7", NULL, bearer(link)).status, 401);
}

static void session_reads_and_ends(void **state)
{
    const char *cookie = session();
    struct got g = ASK("GET", "/v1/things/7", NULL, cookie);

    (void)state;
    assert_int_equal(g.status, 200);
    g = ASK("POST", "/v1/sign-out", "{}", cookie, "Sec-Fetch-Site: same-origin", "Content-Type: application/json");
    assert_int_equal(g.status, 204);
    assert_true(head_has(&g, "Max-Age=0"));
    assert_int_equal(ASK("GET", "/v1/things/7", NULL, cookie).status, 401);
}

static void changes_with_a_cookie_come_from_our_page(void **state)
{
    const char *cookie = session(), *json = "Content-Type: application/json";
    const char *host = gateway_url(door) + strlen("http://");
    struct {
        const char *from, *type;
        long status;
    } cases[] = {
        {"Sec-Fetch-Site: same-origin", json, 200},
        {"Sec-Fetch-Site: cross-site", json, 403},
        {"Sec-Fetch-Site: same-site", json, 403},
        {"Sec-Fetch-Site: none", json, 403},
        {str_fmt(a, "Origin: http://%s", host).p, json, 200},
        {"Origin: http://evil.example", json, 403},
        {"Origin: null", json, 403},
        {str_fmt(a, "Origin: http://evil%s", host).p, json, 403}, /* ends like ours */
        {str_fmt(a, "Origin: http://x@%s", host).p, json, 403},
        {"X-Nothing: 1", json, 403},
        {"Sec-Fetch-Site: same-origin", "Content-Type: application/x-www-form-urlencoded", 403},
        {"Sec-Fetch-Site: same-origin", "Content-Type: multipart/form-data; boundary=x", 403},
        {"Sec-Fetch-Site: same-origin", "Content-Type: text/plain", 403},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct got g = ASK("POST", "/v1/things", "{}", cookie, cases[i].from, cases[i].type);
        if (g.status != cases[i].status)
            fail_msg("case %zu: %ld", i, g.status);
    }
    assert_int_equal(ASK("POST", "/v1/things", "{}", bearer(all), "Origin: http://evil.example").status,
                     200); /* a program */
}

static void a_token_says_more_than_a_cookie(void **state)
{
    (void)state;
    assert_int_equal(ASK("DELETE", "/v1/things/7", NULL, session(), bearer(reader)).status, 403);
}

/* As another process would: in the table, without a word to this one. */
static void what_others_take_away_is_gone_here(void **state)
{
    struct token_new n = {.scopes = JOBS, .name = STR("test"), .expires_at_ms = CLOCK_NONE, .kind = TOKEN_OPERATOR};
    int64_t until;
    struct id id;
    str text;

    (void)state;
    assert_int_equal(token_add(home.db, home.keyring, home.workspace, &n, a, &id, &text, &e), ERR_OK);
    assert_int_equal(ASK("GET", "/v1/jobs", NULL, bearer(text)).status, 200);
    assert_int_equal(token_drop(home.db, home.workspace, id, &e), ERR_OK);
    until = clock_mono_ms() + 4000; /* less than a caller is remembered */
    while (ASK("GET", "/v1/jobs", NULL, bearer(text)).status != 401)
        if (clock_mono_ms() > until)
            fail_msg("it is still let in");
}

static int up(void **state)
{
    static const char *const listen[] = {"127.0.0.1:0", NULL};
    struct gateway_opts o = {.routes = routes, .listen = listen, .workers = 2};

    (void)state;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    test_home_new(&home);
    a = arena_new_wiped("test");
    o.db = home.db;
    o.keys = home.keyring;
    o.workspace = home.workspace;
    if (gateway_new(&o, &door, &e) || gateway_start(door, &e))
        return -1;
    all = token_of(PERM_BITS_ALL, CLOCK_NONE, false);
    reader = token_of(READ, CLOCK_NONE, false);
    return 0;
}

static int down(void **state)
{
    (void)state;
    gateway_drain(door, 2000, false);
    gateway_free(door);
    gateway_free(NULL);
    arena_free(a);
    test_home_free(&home);
    curl_global_cleanup();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(public_routes_need_nobody),
        cmocka_unit_test(nobody_gets_401_and_the_way_in),
        cmocka_unit_test(each_route_asks_for_its_permission),
        cmocka_unit_test(unknown_places_and_methods),
        cmocka_unit_test(bodies_have_the_size_of_their_route),
        cmocka_unit_test(a_route_without_permission_opens_no_door),
        cmocka_unit_test(sign_in_link_works_once),
        cmocka_unit_test(other_links_open_nothing),
        cmocka_unit_test(link_is_no_bearer_token),
        cmocka_unit_test(session_reads_and_ends),
        cmocka_unit_test(changes_with_a_cookie_come_from_our_page),
        cmocka_unit_test(a_token_says_more_than_a_cookie),
        cmocka_unit_test(what_others_take_away_is_gone_here),
    };
    return cmocka_run_group_tests(tests, up, down);
}
