/* cli/trackers.c - trackers: what conversations are looked through for. */
#include "base/fs.h"
#include "base/id.h"
#include "cli/cli.h"

enum { FILE_MAX = 8 << 20, BODY_MAX = 16 << 20 };

struct trackers {
    struct cli_args x;
    struct http_client *c;
    struct arena *a;
    struct err e;
};

static str text(const struct json *v, const char *key)
{
    return json_str(json_get(v, key), STR("-"));
}

static bool call(struct trackers *t, const char *method, str path, struct buf *body, str *out)
{
    str sent = body ? str_dup(t->a, buf_view(body)) : STR_NULL;

    if (body)
        buf_done(body);
    return !cli_call(t->c, method, path, sent, t->a, out, &t->e);
}

/* The answer as it is with --json; otherwise `print` gets it. */
static void show(struct trackers *t, str body, void (*print)(const struct json *))
{
    struct json_doc *d = NULL;

    if (cli_has(&t->x, "--json"))
        printf("%.*s\n", STR_ARG(str_trim(body)));
    else if (!json_parse(body, &d, &t->e))
        print(json_root(d));
    json_free(d);
}

static void line_print(const struct json *k)
{
    cli_print("%.*s  %-9.*s %-9.*s v%-4lld %s  %.*s\n", STR_ARG(text(k, "id")), STR_ARG(text(k, "kind")),
              STR_ARG(text(k, "side")), (long long)json_i64(json_get(k, "version"), 0),
              json_bool(json_get(k, "enabled"), true) ? "on " : "off", STR_ARG(text(k, "name")));
}

static void list_print(const struct json *v)
{
    struct json_it it;

    for (json_it_init(&it, json_get(v, "trackers")); json_it_next(&it);)
        line_print(it.val);
}

static void texts_print(const struct json *k, const char *key)
{
    struct json_it it;

    for (json_it_init(&it, json_get(k, key)); json_it_next(&it);)
        cli_print("  %s: %.*s\n", key, STR_ARG(json_str(it.val, STR(""))));
}

static void one_print(const struct json *k)
{
    line_print(k);
    texts_print(k, "phrases");
    texts_print(k, "examples");
    texts_print(k, "counterexamples");
}

static void hits_print(const struct json *v)
{
    struct json_it it;

    for (json_it_init(&it, json_get(v, "hits")); json_it_next(&it);)
        cli_print("%.*s:%lld:%lld:%lld  %.2f  %.*s: %.*s\n", STR_ARG(text(it.val, "interaction")),
                  (long long)json_i64(json_get(it.val, "turn"), 0), (long long)json_i64(json_get(it.val, "start"), 0),
                  (long long)json_i64(json_get(it.val, "end"), 0), json_real(json_get(it.val, "confidence"), 0),
                  STR_ARG(text(it.val, "speaker")), STR_ARG(text(it.val, "quote")));
    if (json_kind(json_get(v, "next")) == JSON_STR)
        cli_print("more: --after %.*s\n", STR_ARG(text(v, "next")));
}

static void tried_print(const struct json *v)
{
    struct json_it it;

    for (json_it_init(&it, json_get(v, "spans")); json_it_next(&it);)
        printf("%lld-%lld  %s  %.4f\n", (long long)json_i64(json_get(it.val, "start"), 0),
               (long long)json_i64(json_get(it.val, "end"), 0),
               json_bool(json_get(it.val, "matches"), false) ? "yes" : "no ",
               json_real(json_get(it.val, "confidence"), 0));
}

static void clicked_print(const struct json *v)
{
    printf("version %lld, %lld right, %lld wrong\n", (long long)json_i64(json_get(v, "version"), 0),
           (long long)json_i64(json_get(v, "right"), 0), (long long)json_i64(json_get(v, "wrong"), 0));
}

/* The id of a tracker given by id or name. */
static bool id_find(struct trackers *t, const char *given, str *out)
{
    str body, next = STR("");
    struct id id;

    *out = str_of(given);
    if (id_parse(*out, &id))
        return true;
    do {
        struct json_doc *d = NULL;
        struct json_it it;
        str path =
            next.n ? str_fmt(t->a, "/v1/trackers?limit=200&cursor=%.*s", STR_ARG(next)) : STR("/v1/trackers?limit=200");
        if (!call(t, "GET", path, NULL, &body) || json_parse(body, &d, &t->e))
            return false;
        for (json_it_init(&it, json_get(json_root(d), "trackers")); json_it_next(&it);)
            if (str_eq_nocase(text(it.val, "name"), str_of(given))) {
                *out = str_dup(t->a, text(it.val, "id"));
                json_free(d);
                return true;
            }
        next = cli_quote(t->a, json_str(json_get(json_root(d), "next"), STR("")));
        json_free(d);
    } while (next.n);
    err_set(&t->e, ERR_NOT_FOUND, "there is no tracker called %s", given);
    return false;
}

/* Lines of a file as a list; empty ones and those that begin with # are left out. */
static bool lines_put(struct trackers *t, struct jw *w, const char *opt)
{
    const char *path = cli_value(&t->x, opt);
    str all;

    if (!path)
        return true;
    if (fs_read(path, FILE_MAX, t->a, &all, &t->e))
        return false;
    jw_karr(w, opt + 2);
    while (all.n) {
        str line = str_trim(str_cut(all, '\n', &all));
        if (line.n && line.p[0] != '#')
            jw_str(w, line);
    }
    jw_end(w);
    return true;
}

static bool body_make(struct trackers *t, const char *name, struct buf *b)
{
    bool ok;
    struct jw w;

    buf_init(b, BODY_MAX);
    jw_init(&w, b);
    jw_obj(&w);
    if (name) {
        jw_kstr(&w, "name", str_of(name));
        jw_kstr(&w, "kind", cli_has(&t->x, "--examples") ? STR("examples") : STR("words"));
    }
    if (cli_has(&t->x, "--side"))
        jw_kstr(&w, "side", str_of(cli_value(&t->x, "--side")));
    if (cli_has(&t->x, "--off") || cli_has(&t->x, "--on"))
        jw_kbool(&w, "enabled", cli_has(&t->x, "--on"));
    ok = lines_put(t, &w, "--phrases") && lines_put(t, &w, "--examples") && lines_put(t, &w, "--counterexamples");
    jw_end(&w);
    if (!ok)
        buf_done(b);
    return ok;
}

/* A place as `hits` prints it: CONVERSATION:TURN:START:END. */
static bool place_put(struct trackers *t, const char *place, bool right, struct buf *b)
{
    static const char *const keys[] = {"turn", "start", "end"};
    str rest, ia = str_cut(str_of(place), ':', &rest);
    struct jw w;

    buf_init(b, 4096);
    jw_init(&w, b);
    jw_obj(&w);
    jw_kstr(&w, "interaction", ia);
    for (size_t i = 0; i < 3; i++) {
        int64_t n;
        if (!str_to_i64(str_cut(rest, ':', &rest), &n)) {
            buf_done(b);
            err_set(&t->e, ERR_INVALID, "a place is CONVERSATION:TURN:START:END, as `harken trackers hits` prints it");
            return false;
        }
        jw_ki64(&w, keys[i], n);
    }
    jw_kbool(&w, "right", right);
    jw_end(&w);
    return true;
}

static void feedback(struct trackers *t, str id, const char *place, bool right)
{
    struct buf b;
    str body;

    if (place_put(t, place, right, &b) &&
        call(t, "POST", str_fmt(t->a, "/v1/trackers/%.*s/feedback", STR_ARG(id)), &b, &body))
        show(t, body, clicked_print);
}

static void hits(struct trackers *t, str id)
{
    const char *limit = cli_value(&t->x, "--limit"), *after = cli_value(&t->x, "--after");
    str body, path = str_fmt(t->a, "/v1/trackers/%.*s/hits?limit=%s", STR_ARG(id), limit ? limit : "20");

    if (after)
        path = str_fmt(t->a, "%.*s&after=%s", STR_ARG(path), after);
    if (call(t, "GET", path, NULL, &body))
        show(t, body, hits_print);
}

static void try_out(struct trackers *t, str id, const char *said)
{
    struct buf b;
    struct jw w;
    str body;

    buf_init(&b, BODY_MAX);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "text", str_of(said));
    jw_end(&w);
    if (call(t, "POST", str_fmt(t->a, "/v1/trackers/%.*s/try", STR_ARG(id)), &b, &body))
        show(t, body, tried_print);
}

/* Whatever state it is in: who types this has just looked at it. */
static void set(struct trackers *t, str id)
{
    static const char *const headers[] = {"If-Match: *", NULL};
    struct http_call change = {.method = "PATCH", .headers = headers};
    struct http_answer answer;
    struct buf b;

    if (!body_make(t, NULL, &b))
        return;
    change.path = str_fmt(t->a, "/v1/trackers/%.*s", STR_ARG(id));
    change.body = str_dup(t->a, buf_view(&b));
    buf_done(&b);
    if (!http_client_call(t->c, &change, t->a, &answer, &t->e) && !http_answer_err(&answer, &t->e))
        show(t, answer.body, one_print);
}

static bool verb_is(const struct trackers *t, const char *verb, int rest)
{
    return strcmp(t->x.rest[0], verb) == 0 && t->x.rest_n == rest;
}

static bool run(struct trackers *t)
{
    struct buf b;
    str id, body;

    if (verb_is(t, "list", 1)) {
        if (call(t, "GET", STR("/v1/trackers?limit=200"), NULL, &body))
            show(t, body, list_print);
    } else if (verb_is(t, "add", 2)) {
        if (body_make(t, t->x.rest[1], &b) && call(t, "POST", STR("/v1/trackers"), &b, &body))
            show(t, body, one_print);
    } else if (t->x.rest_n < 2 ||
               !(verb_is(t, "show", 2) || verb_is(t, "set", 2) || verb_is(t, "drop", 2) || verb_is(t, "hits", 2) ||
                 verb_is(t, "try", 3) || verb_is(t, "right", 3) || verb_is(t, "wrong", 3))) {
        return false;
    } else if (id_find(t, t->x.rest[1], &id)) {
        str path = str_fmt(t->a, "/v1/trackers/%.*s", STR_ARG(id));
        if (verb_is(t, "show", 2) && call(t, "GET", path, NULL, &body))
            show(t, body, one_print);
        else if (verb_is(t, "drop", 2))
            call(t, "DELETE", path, NULL, &body);
        else if (verb_is(t, "set", 2))
            set(t, id);
        else if (verb_is(t, "hits", 2))
            hits(t, id);
        else if (verb_is(t, "try", 3))
            try_out(t, id, t->x.rest[2]);
        else if (t->x.rest_n == 3)
            feedback(t, id, t->x.rest[2], verb_is(t, "right", 3));
    }
    return true;
}

int cli_trackers(struct arena *a, int argc, char **argv)
{
    struct trackers t = {.a = a};
    int rc;

    if (!cli_parse(cli_find("trackers"), argc, argv, a, &t.x, &rc))
        return rc;
    if (t.x.rest_n == 0)
        return cli_usage_error(t.x.command, "say what to do: %s", t.x.command->args);
    if (cli_connect(a, cli_home(a, cli_value(&t.x, "--home")), &t.c, &t.e))
        return cli_fail(&t.e);
    if (!run(&t))
        rc = cli_usage_error(t.x.command, "say what to do: %s", t.x.command->args);
    else
        rc = t.e.code ? cli_fail(&t.e) : CLI_OK;
    http_client_free(t.c);
    return rc;
}
