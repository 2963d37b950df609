/* cli/people.c - users, teams, keys, break-glass: who may do what, from the machine's own command line. */
#include "cli/cli.h"

struct people {
    struct cli_args x;
    struct http_client *c;
    struct arena *a;
    const char *verb, *what, *who; /* what stands after the command */
    bool json;
    struct err e;
};

static bool verb_is(const struct cli_command *c, str verb)
{
    struct buf verbs;
    bool found = false;
    str rest;

    buf_init(&verbs, 4096);
    cli_verbs(c, &verbs);
    rest = buf_view(&verbs);
    for (str one; !found && str_line_next(&rest, &one);)
        found = str_eq(one, verb);
    buf_done(&verbs);
    return found;
}

static bool people_open(struct people *p, const char *name, struct arena *a, int argc, char **argv, int *out_exit)
{
    const struct cli_command *c = cli_find(name);

    p->a = a;
    if (!cli_parse(c, argc, argv, a, &p->x, out_exit))
        return false;
    p->verb = p->x.rest_n > 0 ? p->x.rest[0] : "";
    p->what = p->x.rest_n > 1 ? p->x.rest[1] : NULL;
    p->who = p->x.rest_n > 2 ? p->x.rest[2] : NULL;
    p->json = cli_has(&p->x, "--json");
    if (p->x.rest_n == 0 || !verb_is(c, str_of(p->verb))) {
        *out_exit = cli_usage_error(c, "say what to do: %s", c->args);
        return false;
    }
    if (cli_connect(a, cli_home(a, cli_value(&p->x, "--home")), &p->c, &p->e)) {
        *out_exit = cli_fail(&p->e);
        return false;
    }
    return true;
}

static int usage(struct people *p, const char *want)
{
    http_client_free(p->c);
    return cli_usage_error(p->x.command, "%s", want);
}

static int done(struct people *p)
{
    http_client_free(p->c);
    return p->e.code ? cli_fail(&p->e) : CLI_OK;
}

static enum err_code call(struct people *p, const char *method, str path, struct buf *body, str *out)
{
    str text = body ? str_dup(p->a, buf_view(body)) : STR_NULL;

    p->e = (struct err){0};
    if (body)
        buf_done(body);
    cli_call(p->c, method, path, text, p->a, out, &p->e);
    return p->e.code;
}

/* The answer as it is, with --json. */
static bool raw_print(const struct people *p, str body)
{
    if (p->json)
        printf("%.*s\n", STR_ARG(str_trim(body)));
    return p->json;
}

static str list_text(const struct json *list, struct arena *a)
{
    str out = STR("");
    struct json_it it;

    for (json_it_init(&it, list); json_it_next(&it);)
        out = str_fmt(a, "%.*s%s%.*s", STR_ARG(out), out.n ? "," : "", STR_ARG(json_str(it.val, STR(""))));
    return out.n ? out : STR("-");
}

static str text_of(const struct json *o, const char *key)
{
    return json_str(json_get(o, key), STR("-"));
}

static void list_put(struct jw *w, const char *key, const char *comma_separated)
{
    str all = str_of(comma_separated);

    jw_karr(w, key);
    while (all.n) {
        str one = str_trim(str_cut(all, ',', &all));
        if (one.n)
            jw_str(w, one);
    }
    jw_end(w);
}

/* ---- users ---- */

/* The user of an address, page by page. ERR_NOT_FOUND. */
static enum err_code user_id(struct people *p, const char *mail, str *out)
{
    str body, next = STR("");

    do {
        struct json_doc *d = NULL;
        struct json_it it;
        str path =
            next.n ? str_fmt(p->a, "/v1/users?limit=1000&cursor=%.*s", STR_ARG(next)) : STR("/v1/users?limit=1000");
        if (call(p, "GET", path, NULL, &body) || json_parse(body, &d, &p->e))
            return p->e.code;
        for (json_it_init(&it, json_get(json_root(d), "users")); json_it_next(&it);)
            if (str_eq_nocase(text_of(it.val, "email"), str_of(mail)) || str_eq(text_of(it.val, "id"), str_of(mail))) {
                *out = str_dup(p->a, text_of(it.val, "id"));
                json_free(d);
                return ERR_OK;
            }
        next = str_dup(p->a, json_str(json_get(json_root(d), "next"), STR("")));
        json_free(d);
    } while (next.n);
    return err_set(&p->e, ERR_NOT_FOUND, "there is no user with the address %s", mail);
}

static void users_print(struct people *p, str body)
{
    struct json_doc *d = NULL;
    struct json_it it;

    if (raw_print(p, body) || json_parse(body, &d, &p->e))
        return;
    for (json_it_init(&it, json_get(json_root(d), "users")); json_it_next(&it);) {
        const struct json *u = it.val;
        cli_column(text_of(u, "email"), 33);
        cli_column(text_of(u, "name"), 25);
        cli_column(list_text(json_get(u, "roles"), p->a), 21);
        cli_print("%s%s\n", json_bool(json_get(u, "active"), true) ? "active" : "disabled",
                  json_bool(json_get(u, "service"), false) ? ", program" : "");
    }
    json_free(d);
}

static void user_fields(struct people *p, struct jw *w)
{
    if (cli_has(&p->x, "--name"))
        jw_kstr(w, "name", str_of(cli_value(&p->x, "--name")));
    if (cli_has(&p->x, "--roles"))
        list_put(w, "roles", cli_value(&p->x, "--roles"));
}

static void user_add(struct people *p)
{
    bool service = cli_has(&p->x, "--service");
    struct json_doc *d = NULL;
    struct buf b;
    struct jw w;
    str body, id, link;

    buf_init(&b, 64 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "email", str_of(p->what));
    user_fields(p, &w);
    if (service)
        jw_kbool(&w, "service", true);
    jw_end(&w);
    if (call(p, "POST", STR("/v1/users"), &b, &body) || json_parse(body, &d, &p->e))
        return;
    id = str_dup(p->a, text_of(json_root(d), "id"));
    json_free(d);
    if (service) {
        if (!raw_print(p, body))
            printf("%s is a program; give it a key: harken keys create NAME --user %s --scopes LIST\n", p->what,
                   p->what);
        return;
    }
    buf_init(&b, 16);
    buf_str(&b, STR("{}"));
    if (call(p, "POST", str_fmt(p->a, "/v1/users/%.*s/link", STR_ARG(id)), &b, &link) || json_parse(link, &d, &p->e))
        return;
    if (p->json)
        printf("{\"user\":%.*s,\"link\":%.*s}\n", STR_ARG(str_trim(body)), STR_ARG(str_trim(link)));
    else
        printf("%s may sign in; this link is good once, for 15 minutes:\n%.*s\n", p->what,
               STR_ARG(text_of(json_root(d), "url")));
    json_free(d);
}

static void user_set(struct people *p, const char *active)
{
    struct buf b;
    struct jw w;
    str body, id;

    if (user_id(p, p->what, &id))
        return;
    buf_init(&b, 64 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    user_fields(p, &w);
    if (active)
        jw_kbool(&w, "active", strcmp(active, "yes") == 0);
    jw_end(&w);
    if (call(p, "PATCH", str_fmt(p->a, "/v1/users/%.*s", STR_ARG(id)), &b, &body) == ERR_OK && !raw_print(p, body))
        printf("%s is changed\n", p->what);
}

static void user_link(struct people *p)
{
    struct json_doc *d = NULL;
    struct buf b;
    str body, id;

    if (user_id(p, p->what, &id))
        return;
    buf_init(&b, 16);
    buf_str(&b, STR("{}"));
    if (call(p, "POST", str_fmt(p->a, "/v1/users/%.*s/link", STR_ARG(id)), &b, &body) || raw_print(p, body) ||
        json_parse(body, &d, &p->e))
        return;
    printf("%.*s\n", STR_ARG(text_of(json_root(d), "url")));
    json_free(d);
}

int cli_users(struct arena *a, int argc, char **argv)
{
    struct people p = {0};
    int rc;
    str body;

    if (!people_open(&p, "users", a, argc, argv, &rc))
        return rc;
    if (strcmp(p.verb, "list") == 0) {
        if (call(&p, "GET", STR("/v1/users?limit=1000"), NULL, &body) == ERR_OK)
            users_print(&p, body);
        return done(&p);
    }
    if (!p.what)
        return usage(&p, "say whom: an address");
    if (strcmp(p.verb, "add") == 0)
        user_add(&p);
    else if (strcmp(p.verb, "set") == 0)
        user_set(&p, NULL);
    else if (strcmp(p.verb, "link") == 0)
        user_link(&p);
    else if (strcmp(p.verb, "disable") == 0 || strcmp(p.verb, "enable") == 0)
        user_set(&p, strcmp(p.verb, "enable") == 0 ? "yes" : "no");
    else
        return usage(&p, "it is list, add, set, link, disable or enable");
    return done(&p);
}

/* ---- teams ---- */

static enum err_code team_id(struct people *p, const char *name, str *out)
{
    struct json_doc *d = NULL;
    struct json_it it;
    str body;

    if (call(p, "GET", STR("/v1/teams?limit=1000"), NULL, &body) || json_parse(body, &d, &p->e))
        return p->e.code;
    *out = STR("");
    for (json_it_init(&it, json_get(json_root(d), "teams")); json_it_next(&it);)
        if (str_eq_nocase(text_of(it.val, "name"), str_of(name)) || str_eq(text_of(it.val, "id"), str_of(name)))
            *out = str_dup(p->a, text_of(it.val, "id"));
    json_free(d);
    return out->n ? ERR_OK : err_set(&p->e, ERR_NOT_FOUND, "there is no team %s", name);
}

static void team_add(struct people *p)
{
    const char *parent = cli_value(&p->x, "--parent");
    struct buf b;
    struct jw w;
    str body, above = STR("");

    if (parent && team_id(p, parent, &above))
        return;
    buf_init(&b, 16 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "name", str_of(p->what));
    if (above.n)
        jw_kstr(&w, "parent", above);
    jw_end(&w);
    if (call(p, "POST", STR("/v1/teams"), &b, &body) == ERR_OK && !raw_print(p, body))
        printf("team %s is made\n", p->what);
}

static void team_member(struct people *p)
{
    bool remove = cli_has(&p->x, "--remove");
    struct buf b;
    str team, user, body;

    if (team_id(p, p->what, &team) || user_id(p, p->who, &user))
        return;
    buf_init(&b, 64);
    buf_str(&b, cli_has(&p->x, "--manager") ? STR("{\"manager\":true}") : STR("{}"));
    if (call(p, remove ? "DELETE" : "PUT", str_fmt(p->a, "/v1/teams/%.*s/members/%.*s", STR_ARG(team), STR_ARG(user)),
             &b, &body) == ERR_OK)
        printf(p->json ? "{\"changed\":true}\n" : "%s %s %s\n", p->who, remove ? "is no longer in" : "is in", p->what);
}

static void teams_print(struct people *p, str body)
{
    struct json_doc *d = NULL;
    struct json_it it;

    if (raw_print(p, body) || json_parse(body, &d, &p->e))
        return;
    for (json_it_init(&it, json_get(json_root(d), "teams")); json_it_next(&it);) {
        cli_column(text_of(it.val, "name"), 33);
        cli_print("%zu members\n", json_len(json_get(it.val, "members")));
    }
    json_free(d);
}

int cli_teams(struct arena *a, int argc, char **argv)
{
    struct people p = {0};
    int rc;
    str body;

    if (!people_open(&p, "teams", a, argc, argv, &rc))
        return rc;
    if (strcmp(p.verb, "list") == 0) {
        if (call(&p, "GET", STR("/v1/teams?limit=1000"), NULL, &body) == ERR_OK)
            teams_print(&p, body);
    } else if (strcmp(p.verb, "add") == 0 && p.what) {
        team_add(&p);
    } else if (strcmp(p.verb, "member") == 0 && p.who) {
        team_member(&p);
    } else {
        return usage(&p, "it is list, add NAME or member TEAM MAIL");
    }
    return done(&p);
}

/* ---- keys ---- */

static void keys_print(struct people *p, str body)
{
    struct json_doc *d = NULL;
    struct json_it it;

    if (raw_print(p, body) || json_parse(body, &d, &p->e))
        return;
    for (json_it_init(&it, json_get(json_root(d), "keys")); json_it_next(&it);) {
        cli_print("%.*s  ", STR_ARG(text_of(it.val, "id")));
        cli_column(text_of(it.val, "name"), 21);
        cli_print("%.*s  used %.*s  until %.*s\n", STR_ARG(list_text(json_get(it.val, "scopes"), p->a)),
                  STR_ARG(text_of(it.val, "used_at")), STR_ARG(text_of(it.val, "expires_at")));
    }
    json_free(d);
}

static void key_create(struct people *p)
{
    const char *user = cli_value(&p->x, "--user"), *scopes = cli_value(&p->x, "--scopes"),
               *days = cli_value(&p->x, "--days");
    struct json_doc *d = NULL;
    int64_t n = 0;
    struct buf b;
    struct jw w;
    str body, owner;

    if (user_id(p, user, &owner))
        return;
    buf_init(&b, 64 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "name", str_of(p->what));
    jw_kstr(&w, "user", owner);
    list_put(&w, "scopes", scopes);
    if (days && str_to_i64(str_of(days), &n))
        jw_ki64(&w, "days", n);
    jw_end(&w);
    if (call(p, "POST", STR("/v1/keys"), &b, &body) || raw_print(p, body) || json_parse(body, &d, &p->e))
        return;
    printf("%.*s\n", STR_ARG(text_of(json_root(d), "key")));
    fprintf(stderr, "this key is shown once; it is good until %.*s\n", STR_ARG(text_of(json_root(d), "expires_at")));
    json_free(d);
}

int cli_keys(struct arena *a, int argc, char **argv)
{
    struct people p = {0};
    int rc;
    str body;

    if (!people_open(&p, "keys", a, argc, argv, &rc))
        return rc;
    if (strcmp(p.verb, "list") == 0) {
        if (call(&p, "GET", STR("/v1/keys?everybody=1&limit=1000"), NULL, &body) == ERR_OK)
            keys_print(&p, body);
    } else if (strcmp(p.verb, "revoke") == 0 && p.what) {
        if (call(&p, "DELETE", str_fmt(a, "/v1/keys/%.*s", STR_ARG(cli_quote(a, str_of(p.what)))), NULL, &body) ==
            ERR_OK)
            printf(p.json ? "{\"revoked\":true}\n" : "key %s opens nothing any more\n", p.what);
    } else if (strcmp(p.verb, "create") == 0 && p.what) {
        if (!cli_value(&p.x, "--user") || !cli_value(&p.x, "--scopes"))
            return usage(&p, "a key needs --user and --scopes");
        key_create(&p);
    } else {
        return usage(&p, "it is list, create NAME or revoke ID");
    }
    return done(&p);
}

/* ---- break-glass: what the machine's operator may do about it: look, refuse, shut; asking and agreeing is for users ---- */

static void glass_line(struct people *p, const struct json *g)
{
    cli_print("%.*s  ", STR_ARG(text_of(g, "id")));
    cli_column(text_of(g, "state"), 9);
    cli_print("%.*s  until %.*s  %.*s\n", STR_ARG(list_text(json_get(g, "interactions"), p->a)),
              STR_ARG(text_of(g, "until_at")), STR_ARG(text_of(g, "reason")));
}

static void glass_print(struct people *p, str body)
{
    struct json_doc *d = NULL;
    const struct json *list;
    struct json_it it;

    if (raw_print(p, body) || json_parse(body, &d, &p->e))
        return;
    list = json_get(json_root(d), "break_glass");
    if (json_kind(list) != JSON_ARR)
        glass_line(p, json_root(d));
    for (json_it_init(&it, list); json_it_next(&it);)
        glass_line(p, it.val);
    json_free(d);
}

int cli_break_glass(struct arena *a, int argc, char **argv)
{
    struct people p = {0};
    enum err_code rc;
    int exit_code;
    str body;

    if (!people_open(&p, "breakglass", a, argc, argv, &exit_code))
        return exit_code;
    if (strcmp(p.verb, "list") == 0)
        rc = call(&p, "GET", STR("/v1/break-glass?limit=200"), NULL, &body);
    else if (!p.what)
        return usage(&p, "it is list, show ID, refuse ID or end ID");
    else if (strcmp(p.verb, "show") == 0)
        rc = call(&p, "GET", str_fmt(a, "/v1/break-glass/%.*s", STR_ARG(cli_quote(a, str_of(p.what)))), NULL, &body);
    else
        rc = call(&p, "POST", str_fmt(a, "/v1/break-glass/%.*s/%s", STR_ARG(cli_quote(a, str_of(p.what))), p.verb),
                  NULL, &body);
    if (rc == ERR_OK)
        glass_print(&p, body);
    return done(&p);
}
