/* cli/query.c - search and ask: one question, or a file of them. */
#include <math.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/id.h"
#include "cli/cli.h"

enum { BATCH_BYTES_MAX = 256 << 20 };

/* A path becomes absolute, so that it means the same to the server; an id stays. */
static str in_value(struct arena *a, str in)
{
    struct id id;

    return id_parse(in, &id) ? in : cli_absolute(a, str_cz(a, in));
}

static void option_put(struct jw *w, const struct cli_args *x, const char *opt, const char *key)
{
    const char *v = cli_value(x, opt);

    if (v)
        jw_kstr(w, key, str_of(v));
}

static str request_of_args(struct arena *a, const struct cli_args *x, const char *key, struct buf *b)
{
    const char *limit = cli_has(x, "--limit") ? cli_value(x, "--limit") : NULL;
    str *words = ARENA_ARRAY(a, str, (size_t)x->rest_n + 1);
    struct jw w;
    int64_t n;

    for (int i = 0; i < x->rest_n; i++)
        words[i] = str_of(x->rest[i]);
    buf_reset(b);
    jw_init(&w, b);
    jw_obj(&w);
    jw_kstr(&w, key, str_join(a, words, (size_t)x->rest_n, STR(" ")));
    if (cli_has(x, "--in"))
        jw_kstr(&w, "in", in_value(a, str_of(cli_value(x, "--in"))));
    if (limit && str_to_i64(str_of(limit), &n))
        jw_ki64(&w, "limit", n);
    option_put(&w, x, "--mode", "mode");
    option_put(&w, x, "--kind", "kind");
    option_put(&w, x, "--from", "from");
    option_put(&w, x, "--to", "to");
    option_put(&w, x, "--side", "side");
    option_put(&w, x, "--account", "account");
    option_put(&w, x, "--deal", "deal");
    option_put(&w, x, "--person", "person");
    jw_end(&w);
    return buf_view(b);
}

/* One line of a batch, with its path made absolute. */
static enum err_code request_of_line(struct arena *a, str line, struct buf *b, struct err *e)
{
    struct json_doc *d = NULL;
    struct json_it it;
    struct jw w;

    if (json_parse(line, &d, e))
        return e->code;
    if (json_kind(json_root(d)) != JSON_OBJ) {
        json_free(d);
        return err_set(e, ERR_INVALID, "not a JSON object");
    }
    buf_reset(b);
    jw_init(&w, b);
    jw_obj(&w);
    for (json_it_init(&it, json_root(d)); json_it_next(&it);) {
        str key = json_str(it.key, STR(""));
        if (json_kind(it.val) == JSON_NULL)
            continue;
        jw_key_str(&w, key);
        if (str_eq(key, STR("in")) && json_kind(it.val) == JSON_STR)
            jw_str(&w, in_value(a, json_str(it.val, STR(""))));
        else
            jw_value(&w, it.val);
    }
    jw_end(&w);
    json_free(d);
    return ERR_OK;
}

static int batch_run(struct arena *a, struct http_client *c, const char *file, str path)
{
    struct arena *line_arena = arena_new_wiped("batch.line");
    int failed = 0, no = 0;
    str text, line;
    struct buf b, in;
    struct err e = {0};

    buf_init_wiped(&b, 1 << 20);
    buf_init_wiped(&in, BATCH_BYTES_MAX + 1);
    if (str_eq(str_of(file), STR("-"))) {
        fs_read_fd(STDIN_FILENO, BATCH_BYTES_MAX, &in, &e);
        text = buf_view(&in);
    } else {
        fs_read(file, BATCH_BYTES_MAX, a, &text, &e);
    }
    while (!e.code && str_line_next(&text, &line)) {
        struct err le;
        str out;
        no++;
        if (!str_trim(line).n)
            continue;
        arena_reset(line_arena);
        if (request_of_line(line_arena, line, &b, &le) ||
            cli_call(c, "POST", path, buf_view(&b), line_arena, &out, &le)) {
            struct jw w;
            fprintf(stderr, "harken: line %d: %s\n", no, le.msg);
            failed = 1;
            buf_reset(&b);
            jw_init(&w, &b);
            jw_obj(&w);
            jw_kstr(&w, "error", str_of(le.msg));
            jw_end(&w);
            out = buf_view(&b);
        }
        out = str_trim(out);
        fwrite(out.p, 1, out.n, stdout);
        putchar('\n');
        fflush(stdout);
    }
    buf_done(&b);
    buf_done(&in);
    arena_free(line_arena);
    if (e.code) {
        err_wrap(&e, "%s", file);
        return cli_fail(&e);
    }
    return failed;
}

static void span_print(const struct json *hit)
{
    struct json_it it;
    const struct json *first = NULL, *last = NULL;

    for (json_it_init(&it, json_get(hit, "spans")); json_it_next(&it); last = it.val)
        if (!first)
            first = it.val;
    if (first)
        printf(" turns %lld-%lld", (long long)json_i64(json_get(first, "turn"), 0),
               (long long)json_i64(json_get(last, "turn"), 0));
}

static void hits_print(const struct json *v)
{
    struct json_it it;

    for (json_it_init(&it, json_get(v, "hits")); json_it_next(&it);) {
        str text = json_str(json_get(it.val, "text"), STR("")), source = json_str(json_get(it.val, "source"), STR(""));
        cli_print("%2lld. %.*s", (long long)json_i64(json_get(it.val, "rank"), 0), STR_ARG(source));
        span_print(it.val);
        cli_print("  (%.3f)\n", json_real(json_get(it.val, "score"), 0));
        for (str line; str_line_next(&text, &line);)
            cli_print("    %.*s\n", STR_ARG(line));
    }
    if (!json_len(json_get(v, "hits")))
        cli_print("nothing found in what you may see\n");
}

/* What was counted: conversations with their day and path, deals with what they were counted for. */
static void rows_print(const struct json *rows)
{
    struct json_it it;

    for (json_it_init(&it, rows); json_it_next(&it);) {
        str kind = json_str(json_get(it.val, "kind"), STR("")), title = json_str(json_get(it.val, "title"), STR(""));
        str source = json_str(json_get(it.val, "source"), STR("")),
            detail = json_str(json_get(it.val, "detail"), STR(""));
        if (json_get(it.val, "interaction"))
            cli_print("  %.10s  ", json_str(json_get(it.val, "started_at"), STR("undated   ")).p);
        else
            cli_print("  ");
        cli_print("%-11.*s %.*s%s%.*s", STR_ARG(kind), STR_ARG(title), detail.n ? "  " : "", STR_ARG(detail));
        if (source.n)
            cli_print("  [%.*s]", STR_ARG(source));
        cli_print("\n");
    }
}

/* An answer of findings has a row for each sentence, in the same order: what it is said to be stands behind the words. */
static void answer_print(const struct json *v)
{
    const struct json *sentences = json_get(v, "sentences"), *rows = json_get(v, "rows");
    struct json_it it, sp, ro;
    bool cited = false;

    if (!json_bool(json_get(v, "found"), false)) {
        cli_print("not found in what you may see\n");
        return;
    }
    for (json_it_init(&it, sentences), json_it_init(&ro, rows); json_it_next(&it);) {
        str text = json_str(json_get(it.val, "text"), STR("")), detail = STR("");
        if (json_len(json_get(it.val, "spans")) && json_it_next(&ro))
            detail = json_str(json_get(ro.val, "detail"), STR(""));
        cli_print("%.*s%s%.*s%s\n", STR_ARG(text), detail.n ? "  (" : "", STR_ARG(detail), detail.n ? ")" : "");
        for (json_it_init(&sp, json_get(it.val, "spans")); json_it_next(&sp); cited = true) {
            str source = json_str(json_get(sp.val, "source"), STR(""));
            cli_print("    [%.*s, turn %lld]\n", STR_ARG(source), (long long)json_i64(json_get(sp.val, "turn"), 0));
        }
    }
    if (!cited)
        rows_print(rows);
    else if ((size_t)json_i64(json_get(v, "count"), 0) > json_len(sentences))
        cli_print("and %lld more; --json has them\n",
                  (long long)json_i64(json_get(v, "count"), 0) - (long long)json_len(sentences));
}

/* A path that nothing came from is a slip of the pen more often than a question: says so, and changes nothing else. */
static void in_doubt(struct arena *a, struct http_client *c, const char *in)
{
    str value = cli_quote(a, in_value(a, str_of(in)));
    struct json_doc *d = NULL;
    struct id id;
    struct err e;
    str out;

    if (id_parse(str_of(in), &id) ||
        cli_call_once(c, "GET", str_fmt(a, "/v1/interactions?limit=1&in=%.*s", STR_ARG(value)), STR_NULL, a, &out,
                      &e) ||
        json_parse(out, &d, &e))
        return;
    if (json_i64(json_get(json_root(d), "total"), 1) == 0)
        fprintf(stderr, "harken: no interaction came from %s\n", in);
    json_free(d);
}

static bool found_any(const struct json *v)
{
    return json_len(json_get(v, "hits")) || json_bool(json_get(v, "found"), false);
}

static int query_run(struct arena *a, const char *name, const char *key, str path, void (*print)(const struct json *),
                     int argc, char **argv)
{
    struct http_client *c = NULL;
    struct json_doc *d = NULL;
    struct cli_args x;
    struct buf b;
    struct err e;
    int rc = CLI_OK;
    str out;

    if (!cli_parse(cli_find(name), argc, argv, a, &x, &rc))
        return rc;
    if (!x.rest_n && !cli_has(&x, "--batch"))
        return cli_usage_error(x.command, "what is the %s?", key);
    if (cli_connect(a, cli_home(a, cli_value(&x, "--home")), &c, &e))
        return cli_fail(&e);
    if (cli_has(&x, "--batch")) {
        rc = batch_run(a, c, cli_value(&x, "--batch"), path);
        http_client_free(c);
        return rc;
    }
    buf_init_wiped(&b, 1 << 20);
    if (cli_call(c, "POST", path, request_of_args(a, &x, key, &b), a, &out, &e) || json_parse(out, &d, &e))
        rc = cli_fail(&e);
    else if (cli_has(&x, "--json"))
        printf("%.*s\n", STR_ARG(str_trim(out)));
    else
        print(json_root(d));
    if (d && cli_has(&x, "--in") && !found_any(json_root(d)))
        in_doubt(a, c, cli_value(&x, "--in"));
    json_free(d);
    buf_done(&b);
    http_client_free(c);
    return rc;
}

int cli_search(struct arena *a, int argc, char **argv)
{
    return query_run(a, "search", "query", STR("/v1/search"), hits_print, argc, argv);
}

int cli_ask(struct arena *a, int argc, char **argv)
{
    return query_run(a, "ask", "question", STR("/v1/ask"), answer_print, argc, argv);
}
