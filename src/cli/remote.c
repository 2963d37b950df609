/* cli/remote.c - finding the data folder, the server that runs on it, and talking to it. */
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "base/fs.h"
#include "cli/cli.h"

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

enum err_code cli_call(struct http_client *c, const char *method, str path, str body, struct arena *a, str *out,
                       struct err *e)
{
    struct http_call call = {
        .method = method, .path = path, .body = body, .timeout_ms = 300000, .reply_max = (size_t)1 << 30};
    struct http_answer answer;

    if (http_client_call(c, &call, a, &answer, e))
        return err_wrap(e, "the server does not answer (was it stopped?)");
    if (http_answer_err(&answer, e))
        return e->code;
    *out = answer.body;
    return ERR_OK;
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
