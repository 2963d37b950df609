/* cli/remote.c - finding the data folder, the server that runs on it, and talking to it. */
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "cli/cli.h"

enum { WAIT_MAX_MS = 120000 };

str cli_home(struct arena *a, const char *flag)
{
    const char *env = getenv("HARKEN_HOME"), *xdg = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    str path;

    if (flag && *flag)
        path = str_of(flag);
    else if (env && *env)
        path = str_of(env);
    else if (geteuid() == 0)
        path = STR("/var/lib/harken");
    else if (xdg && *xdg == '/')
        path = fs_join(a, str_of(xdg), STR("harken"));
    else
        path = fs_join(a, str_of(home && *home ? home : "/tmp"), STR(".local/share/harken"));
    if (path.n && *path.p != '/') {
        char cwd[PATH_MAX];
        if (getcwd(cwd, sizeof cwd))
            path = fs_join(a, str_of(cwd), path);
    }
    return str_dup(a, path);
}

enum err_code cli_connect(struct arena *a, str home, struct http_client **out, struct err *e)
{
    str address, token, pin;

    if (fs_read(fs_join(a, home, STR("run/address")).p, 4096, a, &address, e) == ERR_NOT_FOUND)
        return err_set(e, ERR_NOT_FOUND, "no server runs on %.*s; start one with: harken serve", STR_ARG(home));
    if (e->code == ERR_DENIED)
        return err_set(e, ERR_DENIED, "%.*s belongs to another user", STR_ARG(home));
    if (fs_read(fs_join(a, home, STR("run/token")).p, 4096, a, &token, e))
        return err_wrap(e, "read the access token in %.*s/run", STR_ARG(home));
    if (http_client_new(str_trim(address), out, e))
        return e->code;
    if (str_starts(address, STR("https://"))) {
        if (fs_read(fs_join(a, home, STR("run/pin")).p, 4096, a, &pin, e)) {
            http_client_free(*out);
            return err_wrap(e, "read the server's key in %.*s/run", STR_ARG(home));
        }
        http_client_pin(*out, str_trim(pin));
    }
    http_client_auth(*out, str_fmt(a, "Bearer %.*s", STR_ARG(str_trim(token))));
    return ERR_OK;
}

/* Is it worth waiting for what the server promises? */
static bool comes_back(const struct http_answer *answer, int64_t until)
{
    return (answer->status == 503 || answer->status == 429) && answer->retry_after_s > 0 &&
           clock_mono_ms() + (int64_t)answer->retry_after_s * 1000 <= until;
}

enum err_code cli_send(struct http_client *c, const struct http_call *call, struct arena *a, struct http_answer *out,
                       struct err *e)
{
    int64_t until = clock_mono_ms() + WAIT_MAX_MS;
    struct err why;

    for (bool told = false;; told = true) {
        if (http_client_call(c, call, a, out, e))
            return e->code;
        if (!comes_back(out, until))
            return ERR_OK;
        http_answer_err(out, &why);
        if (!told)
            fprintf(stderr, "harken: %s; asking again in %d s\n", why.msg, out->retry_after_s);
        sleep((unsigned)out->retry_after_s);
    }
}

static struct http_call call_of(const char *method, str path, str body)
{
    return (struct http_call){
        .method = method, .path = path, .body = body, .timeout_ms = 300000, .reply_max = (size_t)1 << 30};
}

static enum err_code body_take(enum err_code rc, const struct http_answer *answer, str *out, struct err *e)
{
    if (rc)
        return err_wrap(e, "the server does not answer (was it stopped?)");
    if (http_answer_err(answer, e)) {
        struct err said = *e;
        return answer->retry_after_s > 0
                   ? err_set(e, said.code, "%s; it asks to come back in %d s", said.msg, answer->retry_after_s)
                   : said.code;
    }
    *out = answer->body;
    return ERR_OK;
}

enum err_code cli_call(struct http_client *c, const char *method, str path, str body, struct arena *a, str *out,
                       struct err *e)
{
    struct http_call call = call_of(method, path, body);
    struct http_answer answer;

    return body_take(cli_send(c, &call, a, &answer, e), &answer, out, e);
}

enum err_code cli_call_once(struct http_client *c, const char *method, str path, str body, struct arena *a, str *out,
                            struct err *e)
{
    struct http_call call = call_of(method, path, body);
    struct http_answer answer;

    return body_take(http_client_call(c, &call, a, &answer, e), &answer, out, e);
}

str cli_quote(struct arena *a, str s)
{
    static const char hex[] = "0123456789ABCDEF";
    char *p = arena_alloc(a, s.n * 3 + 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~' || c == '/') {
            p[n++] = (char)c;
        } else {
            p[n++] = '%';
            p[n++] = hex[c >> 4];
            p[n++] = hex[c & 15];
        }
    }
    return str_n(p, n);
}

str cli_absolute(struct arena *a, const char *path)
{
    char real[PATH_MAX];

    return str_dup(a, str_of(realpath(path, real) ? real : path));
}
