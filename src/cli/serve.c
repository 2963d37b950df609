/* cli/serve.c - serve and config: settings from file, environment and flags. */
#include <unistd.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/settings.h"
#include "cli/cli.h"
#include "roles/serve.h"

/* File, then environment. A missing default file is fine, a missing named one is not. */
static enum err_code settings_load(struct arena *a, str home, const char *file, struct settings **out, struct err *e)
{
    struct settings *s = settings_new(serve_settings);
    str path = file ? str_of(file) : fs_join(a, home, STR("harken.conf"));
    enum err_code rc = settings_file_load(s, str_cz(a, path), e);

    if (rc == ERR_NOT_FOUND && !file)
        rc = ERR_OK;
    if (!rc)
        rc = settings_env_load(s, environ, e);
    if (rc) {
        settings_free(s);
        return rc;
    }
    *out = s;
    return ERR_OK;
}

static enum err_code flags_apply(struct settings *s, const struct cli_args *x, struct err *e)
{
    str sets = cli_has(x, "--set") ? str_of(cli_value(x, "--set")) : STR("");

    if (cli_has(x, "--listen") && settings_set(s, STR("listen"), str_of(cli_value(x, "--listen")), "flag", e))
        return e->code;
    if (cli_has(x, "--tls") && settings_set(s, STR("tls"), str_of(cli_value(x, "--tls")), "flag", e))
        return e->code;
    for (str set; str_line_next(&sets, &set);) {
        str value, key = str_cut(set, '=', &value);
        if (!str_contains(set, STR("=")))
            return err_set(e, ERR_INVALID, "--set needs KEY=VALUE, not \"%.*s\"", STR_ARG(str_sub(set, 0, 80)));
        if (settings_set(s, str_trim(key), str_trim(value), "flag", e))
            return e->code;
    }
    return ERR_OK;
}

static void log_open(const struct settings *s)
{
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    int level = LOG_INFO_;

    for (int i = 0; i < 4; i++)
        if (str_eq(settings_str(s, "log.level"), str_of(levels[i])))
            level = i;
    log_setup((enum log_level)level,
              str_eq(settings_str(s, "log.format"), STR("json")) ? LOG_FORM_JSON : LOG_FORM_CONSOLE, STDERR_FILENO);
}

/* What the settings are made of, for the first time and for each SIGHUP. */
struct settings_from {
    str home;
    const struct cli_args *args;
};

static enum err_code settings_read(void *arg, struct settings **out, struct err *e)
{
    const struct settings_from *from = arg;
    struct arena *a = arena_new("settings");
    struct settings *s = NULL;
    enum err_code rc = settings_load(a, from->home, cli_value(from->args, "--config"), &s, e);

    arena_free(a);
    if (!rc && flags_apply(s, from->args, e)) {
        rc = e->code;
        settings_free(s);
    }
    if (!rc)
        *out = s;
    return rc;
}

int cli_serve(struct arena *a, int argc, char **argv)
{
    struct settings_from from;
    struct settings *s = NULL;
    struct serve_opts o;
    struct cli_args x;
    struct err e = {0};
    int rc;

    if (!cli_parse(cli_find("serve"), argc, argv, a, &x, &rc))
        return rc;
    if (x.rest_n)
        return cli_usage_error(x.command, "takes no argument");
    o = (struct serve_opts){.home = cli_home(a, cli_value(&x, "--home")),
                            .samples = !cli_has(&x, "--no-samples"),
                            .sandbox = !cli_has(&x, "--no-sandbox"),
                            .take_over = cli_has(&x, "--take-over"),
                            .settings_again = settings_read,
                            .settings_apply = log_open,
                            .settings_arg = &from};
    from = (struct settings_from){o.home, &x};
    if (settings_read(&from, &s, &e)) {
        cli_fail(&e);
        return CLI_CONFIG; /* never starts half configured */
    }
    o.settings = s;
    log_open(s);
    rc = serve_run(&o, &e) ? cli_fail(&e) : CLI_OK;
    settings_free(s);
    return rc;
}

static void settings_print(const struct settings *s, bool json)
{
    struct buf b;
    struct jw w;

    buf_init(&b, 1 << 20);
    jw_init(&w, &b);
    jw_arr(&w);
    for (size_t i = 0; i < settings_count(s); i++) {
        const struct setting_row *r = settings_row(s, i);
        if (!json) {
            printf("%s = %.*s\n    # %s%s%s; from %s\n", r->key, STR_ARG(settings_text(s, i)), r->help,
                   r->choices ? ": " : "", r->choices ? r->choices : "", settings_origin(s, i));
            continue;
        }
        jw_obj(&w);
        jw_kstr(&w, "key", str_of(r->key));
        jw_kstr(&w, "value", settings_text(s, i));
        jw_kstr(&w, "default", str_of(r->fallback));
        jw_kstr(&w, "from", str_of(settings_origin(s, i)));
        jw_kstr(&w, "help", str_of(r->help));
        jw_kbool(&w, "reload", r->reload);
        jw_end(&w);
    }
    jw_end(&w);
    if (json)
        printf("%.*s\n", STR_ARG(buf_view(&b)));
    buf_done(&b);
}

/* Chooses a value at the running server, or takes the choice back (value NULL); `change` false: reads it. */
static enum err_code setting_ask(struct arena *a, const struct cli_args *x, bool change, const char *value, str *out,
                                 struct err *e)
{
    static const char *const headers[] = {"If-Match: *", NULL};
    struct http_call call = {.method = change ? "PATCH" : "GET", .headers = change ? headers : NULL};
    struct http_answer answer;
    struct http_client *c;
    struct buf b;
    struct jw w;

    if (cli_connect(a, cli_home(a, cli_value(x, "--home")), &c, e))
        return e->code;
    buf_init(&b, 64 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    if (value)
        jw_kstr(&w, "value", str_of(value));
    else
        jw_knull(&w, "value");
    jw_end(&w);
    call.path = str_fmt(a, "/v1/settings/%.*s", STR_ARG(cli_quote(a, str_of(x->rest[1]))));
    call.body = change ? str_dup(a, buf_view(&b)) : STR_NULL;
    buf_done(&b);
    if (cli_send(c, &call, a, &answer, e) || http_answer_err(&answer, e)) {
        http_client_free(c);
        return e->code;
    }
    *out = answer.body;
    http_client_free(c);
    return ERR_OK;
}

static int setting_run(struct arena *a, const struct cli_args *x, bool change, const char *value)
{
    struct json_doc *d = NULL;
    const struct json *v;
    struct err e = {0};
    str body;

    if (setting_ask(a, x, change, value, &body, &e) || json_parse(body, &d, &e))
        return cli_fail(&e);
    v = json_root(d);
    if (cli_has(x, "--json")) {
        printf("%.*s\n", STR_ARG(body));
    } else if (change) {
        fprintf(stderr, json_bool(json_get(v, "reload"), false) ? "done\n" : "done; it holds from the next start on\n");
    } else {
        cli_print("%s = %.*s\n", x->rest[1], STR_ARG(json_str(json_get(v, "value"), STR(""))));
    }
    json_free(d);
    return CLI_OK;
}

static bool verb_is(const struct cli_args *x, const char *verb, int rest)
{
    return x->rest_n == rest && strcmp(x->rest[0], verb) == 0;
}

int cli_config(struct arena *a, int argc, char **argv)
{
    struct settings *s = NULL;
    struct cli_args x;
    struct err e = {0};
    bool check;
    int rc;

    if (!cli_parse(cli_find("config"), argc, argv, a, &x, &rc))
        return rc;
    if (verb_is(&x, "get", 2) || verb_is(&x, "set", 3) || verb_is(&x, "unset", 2))
        return setting_run(a, &x, !verb_is(&x, "get", 2), x.rest_n == 3 ? x.rest[2] : NULL);
    if (!verb_is(&x, "check", 1) && !verb_is(&x, "print", 1))
        return cli_usage_error(x.command, "say check, print, get KEY, set KEY VALUE or unset KEY");
    check = verb_is(&x, "check", 1);
    if (settings_load(a, cli_home(a, cli_value(&x, "--home")), cli_value(&x, "--config"), &s, &e)) {
        if (check && cli_has(&x, "--json"))
            printf("{\"ok\":false}\n");
        return cli_fail(&e);
    }
    if (!check)
        settings_print(s, cli_has(&x, "--json"));
    else
        printf(cli_has(&x, "--json") ? "{\"ok\":true}\n" : "the settings are fine\n");
    settings_free(s);
    return CLI_OK;
}
