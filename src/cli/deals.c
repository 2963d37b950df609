/* cli/deals.c - deals, deal, actions, brief, analytics, explain: what the server knows about deals, printed. */
#include "analytics/figures.h"
#include "base/id.h"
#include "cli/cli.h"
#include "text/uni.h"

enum { NAME_COLUMNS = 32, LINE_COLUMNS = 100 };

/* Asks for `path` and prints what comes back: as it is with --json, else by `print`. */
static int get_run(struct arena *a, const struct cli_args *x, str path, void (*print)(const struct json *))
{
    struct http_client *c = NULL;
    bool plain = cli_has(x, "--json") || !print;
    struct json_doc *d = NULL;
    struct err e;
    int rc = CLI_OK;
    str body;

    if (cli_connect(a, cli_home(a, cli_value(x, "--home")), &c, &e))
        return cli_fail(&e);
    if (cli_call(c, "GET", path, STR_NULL, a, &body, &e) || (!plain && json_parse(body, &d, &e)))
        rc = cli_fail(&e);
    else if (plain)
        printf("%.*s\n", STR_ARG(str_trim(body)));
    else
        print(json_root(d));
    json_free(d);
    http_client_free(c);
    return rc;
}

/* "?name=value&..." of the options that were given. */
static str query_of(struct arena *a, const struct cli_args *x, const char *const *opts)
{
    str out = STR("");

    for (size_t i = 0; opts[i]; i++) {
        const char *value = cli_value(x, opts[i]);
        str quoted, name = str_of(opts[i] + 2);
        if (!value)
            continue;
        quoted = cli_quote(a, str_of(value));
        if (str_eq(name, STR("as-of")))
            name = STR("as_of");
        out = str_fmt(a, "%.*s%c%.*s=%.*s", STR_ARG(out), out.n ? '&' : '?', STR_ARG(name), STR_ARG(quoted));
    }
    return out;
}

static str text(const struct json *v, const char *key)
{
    return json_str(json_get(v, key), STR("-"));
}

/* "single_threaded" as people read it. */
static void spoken_print(str name)
{
    for (size_t i = 0; i < name.n; i++)
        cli_print("%c", name.p[i] == '_' ? ' ' : name.p[i]);
}

/* A name is shown whole: one that is too long has a line of its own. */
static void name_print(str name)
{
    if (uni_columns(name) <= NAME_COLUMNS) {
        cli_column(name, NAME_COLUMNS + 1);
        return;
    }
    cli_print("%.*s\n%*s", STR_ARG(name), NAME_COLUMNS + 1, "");
}

static void deal_line(const struct json *d)
{
    const struct json *p = json_get(json_get(d, "score"), "p");
    str name = text(d, "name"), stage = text(d, "stage"), amount = text(d, "amount"), close = text(d, "close_date");

    name_print(name);
    cli_column(stage, 13);
    cli_column(amount, -14);
    cli_print(" ");
    cli_column(close, 11);
    if (json_kind(p) == JSON_NULL || json_kind(p) == JSON_ABSENT)
        cli_print("   -");
    else
        cli_print("%3.0f%%", 100 * json_real(p, 0));
    cli_print("\n");
}

/* What warns of a deal, in words, below it. */
static void warnings_line(const struct json *list)
{
    struct json_it it;
    int column = 0;

    for (json_it_init(&it, list); json_it_next(&it);) {
        str name = text(it.val, "name");
        if (column && column + (int)name.n + 2 > LINE_COLUMNS) {
            cli_print(",\n");
            column = 0;
        }
        cli_print(column ? ", " : "    ");
        spoken_print(name);
        column += (int)name.n + 4;
    }
    if (column)
        cli_print("\n");
}

static void deals_print(const struct json *v)
{
    struct json_it it;

    for (json_it_init(&it, json_get(v, "deals")); json_it_next(&it);) {
        deal_line(it.val);
        warnings_line(json_get(it.val, "warnings"));
    }
    cli_print("%lld deals\n", (long long)json_i64(json_get(v, "total"), 0));
}

static void reasons_print(const struct json *list, const char *sign)
{
    struct json_it it;

    for (json_it_init(&it, list); json_it_next(&it);)
        cli_print("  %s %.*s\n", sign, STR_ARG(text(it.val, "text")));
}

static void deal_print(const struct json *d)
{
    const struct json *score = json_get(d, "score");
    struct json_it it;

    deal_line(d);
    cli_print("%.*s, owned by %.*s, since %.*s\n", STR_ARG(text(d, "account")), STR_ARG(text(d, "owner")),
              STR_ARG(text(d, "stage_since")));
    if (json_kind(json_get(score, "low")) == JSON_REAL)
        cli_print("won with %.0f %% (%.0f to %.0f)\n", 100 * json_real(json_get(score, "p"), 0),
                  100 * json_real(json_get(score, "low"), 0), 100 * json_real(json_get(score, "high"), 0));
    reasons_print(json_get(score, "up"), "+");
    reasons_print(json_get(score, "down"), "-");
    for (json_it_init(&it, json_get(d, "warnings")); json_it_next(&it);)
        cli_print("  %.*s %.*s\n", STR_ARG(text(it.val, "id")), STR_ARG(text(it.val, "text")));
    for (json_it_init(&it, json_get(d, "unknown")); json_it_next(&it);)
        cli_print("  ? %.*s cannot be told: %.*s\n", STR_ARG(json_str(it.key, STR(""))),
                  STR_ARG(json_str(it.val, STR(""))));
}

static void actions_print(const struct json *v)
{
    struct json_it it;

    for (json_it_init(&it, json_get(v, "actions")); json_it_next(&it);) {
        name_print(text(it.val, "deal"));
        cli_print("%.*s  because: %.*s\n", STR_ARG(text(it.val, "text")), STR_ARG(text(it.val, "reason")));
    }
    if (!json_len(json_get(v, "actions")))
        cli_print("nothing to do\n");
}

static void lines_print(const struct json *v, const char *key, const char *title)
{
    struct json_it it, in;

    if (!json_len(json_get(v, key)))
        return;
    cli_print("\n%s\n", title);
    for (json_it_init(&it, json_get(v, key)); json_it_next(&it);) {
        json_it_init(&in, json_get(it.val, "sources"));
        cli_print("  %.*s", STR_ARG(json_str(json_get(it.val, "text"), text(it.val, "name"))));
        if (text(it.val, "quote").n > 1)
            cli_print(": %.*s: \"%.*s\"", STR_ARG(text(it.val, "speaker")), STR_ARG(text(it.val, "quote")));
        while (json_it_next(&in))
            cli_print("  [%.*s %.*s]", STR_ARG(text(in.val, "kind")), STR_ARG(text(in.val, "id")));
        cli_print("\n");
    }
}

static void brief_print(const struct json *v)
{
    deal_print(json_get(v, "deal"));
    lines_print(v, "changed", "Since last time");
    lines_print(v, "people", "People");
    lines_print(v, "commitments", "Promises");
    lines_print(v, "objections", "Objections");
    lines_print(v, "red_flags", "Red flags");
    lines_print(v, "competitors", "Competitors");
}

static void figures_print(const struct json *v)
{
    struct json_it it;

    cli_print("%.*s to %.*s\n", STR_ARG(text(v, "from")), STR_ARG(text(v, "to")));
    for (json_it_init(&it, json_get(v, "figures")); json_it_next(&it);) {
        const struct json *value = json_get(it.val, "value");
        cli_column(text(it.val, "id"), 23);
        cli_column(json_str(json_get(it.val, "part"), STR("")), 17);
        if (json_kind(value) == JSON_STR)
            cli_column(json_str(value, STR("")), -14);
        else if (json_kind(value) == JSON_NULL)
            cli_print("%14s", "-");
        else
            cli_print("%14.4f", json_real(value, 0));
        cli_print(" %-7.*s n=%lld", STR_ARG(text(it.val, "unit")), (long long)json_i64(json_get(it.val, "n"), 0));
        if (json_kind(value) == JSON_NULL)
            cli_print("  %.*s", STR_ARG(text(it.val, "reason")));
        cli_print("\n");
    }
}

/* The id of a deal given by id or name. */
static enum err_code deal_id(const struct cli_args *x, const char *deal, struct arena *a, str *out, struct err *e)
{
    struct http_client *c = NULL;
    struct json_doc *d = NULL;
    struct json_it it;
    struct id id;
    str body, name = cli_quote(a, str_of(deal));

    *out = str_of(deal);
    if (id_parse(*out, &id))
        return ERR_OK;
    if (cli_connect(a, cli_home(a, cli_value(x, "--home")), &c, e))
        return e->code;
    if (!cli_call(c, "GET", str_fmt(a, "/v1/deals?outcome=all&limit=1&name=%.*s", STR_ARG(name)), STR_NULL, a, &body,
                  e) &&
        !json_parse(body, &d, e)) {
        json_it_init(&it, json_get(json_root(d), "deals"));
        if (json_it_next(&it))
            *out = str_dup(a, json_str(json_get(it.val, "id"), STR("")));
        else
            err_set(e, ERR_NOT_FOUND, "there is no deal called %s", deal);
    }
    json_free(d);
    http_client_free(c);
    return e->code;
}

int cli_deals(struct arena *a, int argc, char **argv)
{
    static const char *const opts[] = {"--as-of", "--outcome", "--warning", "--stage",
                                       "--owner", "--account", "--limit",   NULL};
    struct cli_args x;
    int rc;

    if (!cli_parse(cli_find("deals"), argc, argv, a, &x, &rc))
        return rc;
    if (x.rest_n)
        return cli_usage_error(x.command, "takes no argument");
    str q = query_of(a, &x, opts);
    return get_run(a, &x, str_fmt(a, "/v1/deals%.*s", STR_ARG(q)), deals_print);
}

static int one_run(struct arena *a, int argc, char **argv, const char *name, const char *suffix,
                   void (*print)(const struct json *))
{
    static const char *const opts[] = {"--as-of", "--since", NULL};
    struct cli_args x;
    struct err e = {0};
    str q, id;
    int rc;

    if (!cli_parse(cli_find(name), argc, argv, a, &x, &rc))
        return rc;
    if (x.rest_n != 1)
        return cli_usage_error(x.command, "give one deal, by name or id");
    q = query_of(a, &x, opts);
    if (deal_id(&x, x.rest[0], a, &id, &e))
        return cli_fail(&e);
    return get_run(a, &x, str_fmt(a, "/v1/deals/%.*s%s%.*s", STR_ARG(id), suffix, STR_ARG(q)), print);
}

int cli_deal(struct arena *a, int argc, char **argv)
{
    return one_run(a, argc, argv, "deal", "", deal_print);
}

int cli_brief(struct arena *a, int argc, char **argv)
{
    return one_run(a, argc, argv, "brief", "/brief", brief_print);
}

int cli_actions(struct arena *a, int argc, char **argv)
{
    static const char *const opts[] = {"--limit", NULL};
    struct cli_args x;
    struct err e = {0};
    str q, id;
    int rc;

    if (!cli_parse(cli_find("actions"), argc, argv, a, &x, &rc))
        return rc;
    if (x.rest_n)
        return cli_usage_error(x.command, "takes no argument");
    q = query_of(a, &x, opts);
    if (cli_value(&x, "--deal")) {
        if (deal_id(&x, cli_value(&x, "--deal"), a, &id, &e))
            return cli_fail(&e);
        q = str_fmt(a, "%.*s%cdeal=%.*s", STR_ARG(q), q.n ? '&' : '?', STR_ARG(id));
    }
    return get_run(a, &x, str_fmt(a, "/v1/actions%.*s", STR_ARG(q)), actions_print);
}

int cli_analytics(struct arena *a, int argc, char **argv)
{
    static const char *const opts[] = {"--from", "--to", "--as-of", "--owner", "--pipeline", "--format", NULL};
    struct cli_args x;
    int rc;

    if (!cli_parse(cli_find("analytics"), argc, argv, a, &x, &rc))
        return rc;
    if (x.rest_n)
        return cli_usage_error(x.command, "takes no argument");
    str q = query_of(a, &x, opts);
    return get_run(a, &x, str_fmt(a, "/v1/analytics%.*s", STR_ARG(q)),
                   cli_value(&x, "--format") ? NULL : figures_print);
}

static void coaching_print(const struct json *v)
{
    struct json_it it;

    cli_print("%.*s to %.*s\n", STR_ARG(text(v, "from")), STR_ARG(text(v, "to")));
    json_it_init(&it, json_get(v, "figures"));
    if (json_it_next(&it) && json_kind(json_get(it.val, "definition")) == JSON_STR)
        cli_print("%.*s\n", STR_ARG(text(it.val, "definition")));
    for (json_it_init(&it, json_get(v, "figures")); json_it_next(&it);) {
        const struct json *value = json_get(it.val, "value"), *percentile = json_get(it.val, "percentile");
        str who = json_str(json_get(it.val, "name"), STR("team"));
        cli_column(uni_fit(who, 20), 21);
        cli_column(text(it.val, "id"), 26);
        cli_column(json_str(json_get(it.val, "part"), STR("")), 12);
        if (json_kind(value) == JSON_NULL)
            cli_print("%12s", "-");
        else
            cli_print("%12.4f", json_real(value, 0));
        cli_print(" %-5.*s n=%lld", STR_ARG(text(it.val, "unit")), (long long)json_i64(json_get(it.val, "n"), 0));
        if (json_kind(percentile) != JSON_ABSENT)
            cli_print("  percentile %.0f", json_real(percentile, 0));
        if (json_kind(value) == JSON_NULL)
            cli_print("  %.*s", STR_ARG(text(it.val, "reason")));
        cli_print("\n");
    }
}

static void alerts_print(const struct json *v)
{
    struct json_it it;

    for (json_it_init(&it, json_get(v, "alerts")); json_it_next(&it);)
        cli_print("%.*s: %.*s %.4g in 30 days, %.4g %s (q %.2g, n=%lld against %lld)\n", STR_ARG(text(it.val, "name")),
                  STR_ARG(text(it.val, "id")), json_real(json_get(it.val, "mean"), 0),
                  json_real(json_get(it.val, "other_mean"), 0),
                  str_eq(text(it.val, "against"), STR("own")) ? "before" : "of the others",
                  json_real(json_get(it.val, "q"), 0), (long long)json_i64(json_get(it.val, "n"), 0),
                  (long long)json_i64(json_get(it.val, "other_n"), 0));
    if (!json_len(json_get(v, "alerts")))
        cli_print("nothing stands out\n");
}

int cli_coaching(struct arena *a, int argc, char **argv)
{
    static const char *const opts[] = {"--from", "--to", "--as-of", "--rep", "--figure", "--format", NULL};
    struct cli_args x;
    bool alerts;
    int rc;

    if (!cli_parse(cli_find("coaching"), argc, argv, a, &x, &rc))
        return rc;
    if (x.rest_n)
        return cli_usage_error(x.command, "takes no argument");
    alerts = cli_has(&x, "--alerts");
    if (alerts && cli_value(&x, "--format"))
        return cli_usage_error(x.command, "--format is for figures, not for --alerts");
    str q = query_of(a, &x, opts);
    return get_run(a, &x,
                   str_fmt(a, "/v1/analytics/coaching%s%.*s",
                           alerts                                                    ? "/alerts"
                           : cli_value(&x, "--figure") && !cli_value(&x, "--format") ? "/explain"
                                                                                     : "",
                           STR_ARG(q)),
                   alerts                      ? alerts_print
                   : cli_value(&x, "--format") ? NULL
                                               : coaching_print);
}

static bool is_tree(const struct json *v)
{
    return json_kind(v) == JSON_OBJ || json_kind(v) == JSON_ARR;
}

static void scalar_print(const struct json *v)
{
    switch (json_kind(v)) {
    case JSON_STR:
        cli_print("%.*s", STR_ARG(json_str(v, STR(""))));
        break;
    case JSON_INT:
        cli_print("%lld", (long long)json_i64(v, 0));
        break;
    case JSON_REAL:
        cli_print("%.4g", json_real(v, 0));
        break;
    case JSON_BOOL:
        cli_print(json_bool(v, false) ? "yes" : "no");
        break;
    default:
        cli_print("-");
    }
}

/* An object as "name: value" lines, what it holds further in; an item of a list begins with a dash. */
static void tree_print(const struct json *v, int depth)
{
    bool list = json_kind(v) == JSON_ARR, behind_dash = !list && depth > 0;
    struct json_it it;

    for (json_it_init(&it, v); json_it_next(&it);) {
        if (!list && json_kind(it.val) == JSON_STR && !json_str(it.val, STR("")).n)
            continue; /* says nothing */
        cli_print("%*s", behind_dash ? 0 : 2 * depth, "");
        behind_dash = false;
        if (list)
            cli_print("- ");
        else
            cli_print("%.*s:%s", STR_ARG(json_str(it.key, STR(""))), is_tree(it.val) ? "\n" : " ");
        if (json_kind(it.val) == JSON_OBJ && !list)
            cli_print("%*s", 2 * depth + 2, "");
        if (is_tree(it.val)) {
            tree_print(it.val, depth + 1);
        } else {
            scalar_print(it.val);
            cli_print("\n");
        }
    }
    if (behind_dash)
        cli_print("\n"); /* nothing was said */
}

static void explain_print(const struct json *v)
{
    const struct json *figures = json_get(v, "figures");

    tree_print(json_kind(figures) == JSON_ARR ? figures : v, 0);
}

int cli_explain(struct arena *a, int argc, char **argv)
{
    static const char *const of_deal[] = {"--as-of", NULL};
    static const char *const of_all[] = {"--from", "--to", "--as-of", "--owner", "--pipeline", NULL};
    struct cli_args x;
    const char *deal;
    struct err e = {0};
    str q, figure, id;
    int rc;

    if (!cli_parse(cli_find("explain"), argc, argv, a, &x, &rc))
        return rc;
    if (x.rest_n != 1)
        return cli_usage_error(x.command, "give one figure, such as win_rate, or p with --deal");
    deal = cli_value(&x, "--deal");
    figure = cli_quote(a, str_of(x.rest[0]));
    q = query_of(a, &x, deal ? of_deal : of_all);
    q = str_fmt(a, "%.*s%cfigure=%.*s", STR_ARG(q), q.n ? '&' : '?', STR_ARG(figure));
    if (!deal && !figure_definition(x.rest[0])) {
        err_set(&e, ERR_NOT_FOUND,
                "there is no figure \"%.80s\": harken analytics lists them; those of a deal need --deal", x.rest[0]);
        return cli_fail(&e);
    }
    if (!deal)
        return get_run(a, &x, str_fmt(a, "/v1/analytics/explain%.*s", STR_ARG(q)), explain_print);
    if (deal_id(&x, deal, a, &id, &e))
        return cli_fail(&e);
    return get_run(a, &x, str_fmt(a, "/v1/deals/%.*s/explain%.*s", STR_ARG(id), STR_ARG(q)), explain_print);
}
