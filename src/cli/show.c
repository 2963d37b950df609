/* cli/show.c - show, insights, status: what the server knows, printed. */
#include "base/id.h"
#include "cli/cli.h"

/* Ids of the conversations a path or id names; memory in `a`. */
static enum err_code ids_of(struct http_client *c, const char *what, struct arena *a, str **out, size_t *out_n,
                            struct err *e)
{
    struct json_doc *d = NULL;
    struct json_it it;
    struct id id;
    size_t cap = 0;
    str body;

    *out = NULL;
    *out_n = 0;
    if (id_parse(str_of(what), &id)) {
        ARENA_PUSH(a, *out, *out_n, cap) = str_of(what);
        return ERR_OK;
    }
    if (cli_call(c, "GET",
                 str_fmt(a, "/v1/interactions?limit=1000&sort=started_at&in=%.*s",
                         STR_ARG(cli_quote(a, cli_absolute(a, what)))),
                 STR_NULL, a, &body, e) ||
        json_parse(body, &d, e))
        return e->code;
    for (json_it_init(&it, json_get(json_root(d), "interactions")); json_it_next(&it);)
        ARENA_PUSH(a, *out, *out_n, cap) = str_dup(a, json_str(json_get(it.val, "id"), STR("")));
    json_free(d);
    if (!*out_n)
        return err_set(e, ERR_NOT_FOUND, "nothing was ingested from %s", what);
    return ERR_OK;
}

static void transcript_print(const struct json *v, bool clean)
{
    struct json_it it;
    str title = json_str(json_get(v, "title"), STR("")), at = json_str(json_get(v, "started_at"), STR(""));

    if (!clean)
        cli_print("%.*s%s%.*s\n\n", STR_ARG(title), at.n ? "  " : "", STR_ARG(at));
    for (json_it_init(&it, json_get(v, "turns")); json_it_next(&it);) {
        int64_t ms = json_i64(json_get(it.val, "start_ms"), -1);
        str who = json_str(json_get(it.val, "speaker"), STR("")), text = json_str(json_get(it.val, "text"), STR(""));
        if (ms >= 0)
            cli_print("%02lld:%02lld:%02lld ", (long long)(ms / 3600000), (long long)(ms / 60000 % 60),
                      (long long)(ms / 1000 % 60));
        cli_print("%.*s%s%.*s\n", STR_ARG(who), who.n ? ": " : "", STR_ARG(text));
    }
}

static void insights_print(const struct json *v)
{
    struct json_it it;

    for (json_it_init(&it, json_get(v, "statistics")); json_it_next(&it);) {
        const struct json *s = it.val, *value = json_get(s, "value");
        str id = json_str(json_get(s, "id"), STR("")), who = json_str(json_get(s, "speaker"), STR("")),
            of = json_str(json_get(s, "of"), STR("")), unit = json_str(json_get(s, "unit"), STR("")),
            reason = json_str(json_get(s, "reason"), STR(""));
        cli_column(id, 29);
        cli_column(of.n ? of : who, 24);
        if (json_kind(value) == JSON_NULL)
            cli_print(" -            %.*s\n", STR_ARG(reason));
        else
            cli_print(" %-12.4f %.*s\n", json_real(value, 0), STR_ARG(unit));
    }
    if (!json_len(json_get(v, "statistics")))
        cli_print("%.*s has no figures: only calls have them\n",
                  STR_ARG(json_str(json_get(v, "interaction"), STR("it"))));
}

static int each_run(struct arena *a, const char *suffix, bool clean, struct cli_args *x,
                    void (*print)(const struct json *, bool))
{
    struct http_client *c = NULL;
    struct err e;
    size_t n;
    str *ids;
    int rc = CLI_OK;

    if (x->rest_n != 1)
        return cli_usage_error(x->command, "give one path or id");
    if (cli_connect(a, cli_home(a, cli_value(x, "--home")), &c, &e))
        return cli_fail(&e);
    if (ids_of(c, x->rest[0], a, &ids, &n, &e)) {
        http_client_free(c);
        return cli_fail(&e);
    }
    for (size_t i = 0; !rc && i < n; i++) {
        struct json_doc *d = NULL;
        str body;
        if (cli_call(c, "GET", str_fmt(a, "/v1/interactions/%.*s%s", STR_ARG(ids[i]), suffix), STR_NULL, a, &body,
                     &e) ||
            (!cli_has(x, "--json") && json_parse(body, &d, &e)))
            rc = cli_fail(&e);
        else if (cli_has(x, "--json"))
            printf("%.*s\n", STR_ARG(str_trim(body)));
        else
            print(json_root(d), clean);
        json_free(d);
    }
    http_client_free(c);
    return rc;
}

int cli_show(struct arena *a, int argc, char **argv)
{
    struct cli_args x;
    const char *suffix;
    int rc;

    if (!cli_parse(cli_find("show"), argc, argv, a, &x, &rc))
        return rc;
    if (cli_has(&x, "--clean") && cli_has(&x, "--masked"))
        return cli_usage_error(x.command, "--clean and --masked are two views: choose one");
    suffix = cli_has(&x, "--clean") ? "?clean=1" : cli_has(&x, "--masked") ? "?masked=1" : "";
    return each_run(a, suffix, *suffix != 0, &x, transcript_print);
}

static void insights_print_one(const struct json *v, bool clean)
{
    (void)clean;
    insights_print(v);
}

int cli_insights(struct arena *a, int argc, char **argv)
{
    struct cli_args x;
    int rc;

    if (!cli_parse(cli_find("insights"), argc, argv, a, &x, &rc))
        return rc;
    return each_run(a, "/insights", false, &x, insights_print_one);
}

static void status_print(const struct json *v)
{
    const struct json *n = json_get(v, "interactions");
    str url = json_str(json_get(v, "url"), STR("")),
        model = json_str(json_get(json_get(v, "embedding"), "model"), STR("none"));

    printf("harken %.*s at %.*s: %s\n", STR_ARG(json_str(json_get(v, "version"), STR(""))), STR_ARG(url),
           json_bool(json_get(v, "ready"), false) ? "ready" : "not ready");
    printf("  conversations  %lld calls, %lld mails, %lld notes, %lld documents\n",
           (long long)json_i64(json_get(n, "call"), 0), (long long)json_i64(json_get(n, "mail"), 0),
           (long long)json_i64(json_get(n, "note"), 0), (long long)json_i64(json_get(n, "document"), 0));
    printf("  jobs           %lld pending, %lld failed for good\n", (long long)json_i64(json_get(v, "pending"), 0),
           (long long)json_i64(json_get(v, "dead"), 0));
    printf("  embedding      %.*s\n", STR_ARG(model));
}

int cli_status(struct arena *a, int argc, char **argv)
{
    struct http_client *c = NULL;
    struct json_doc *d = NULL;
    struct cli_args x;
    str body, link;
    struct err e;
    int rc = CLI_OK;

    if (!cli_parse(cli_find("status"), argc, argv, a, &x, &rc))
        return rc;
    if (x.rest_n)
        return cli_usage_error(x.command, "takes no argument");
    if (cli_connect(a, cli_home(a, cli_value(&x, "--home")), &c, &e))
        rc = -1;
    if (!rc && cli_call(c, "GET", STR("/v1/status"), STR_NULL, a, &body, &e))
        rc = -1;
    if (rc) {
        if (cli_has(&x, "--json"))
            printf("{\"ready\":false,\"pending\":0,\"running\":false}\n");
        rc = cli_fail(&e);
    } else if (cli_has(&x, "--json")) {
        printf("%.*s\n", STR_ARG(str_trim(body)));
    } else if (!json_parse(body, &d, &e)) {
        status_print(json_root(d));
    }
    json_free(d);
    d = NULL;
    if (!rc && cli_has(&x, "--link")) {
        if (cli_call(c, "POST", STR("/v1/sign-in-links"), STR("{}"), a, &link, &e) || json_parse(link, &d, &e))
            rc = cli_fail(&e);
        else
            fprintf(cli_has(&x, "--json") ? stderr : stdout, "%.*s\n",
                    STR_ARG(json_str(json_get(json_root(d), "url"), STR(""))));
        json_free(d);
    }
    http_client_free(c);
    return rc;
}
