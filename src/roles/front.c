#include "roles/front.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/log.h"
#include "net/net_addr.h"

static bool wanted(const struct settings *s, const struct net_addr *at)
{
    str when = settings_str(s, "tls");

    return str_eq(when, STR("on")) || (str_eq(when, STR("auto")) && !net_addr_is_loopback(at));
}

/* The names for a certificate of our own: this machine's, the address listened at, and what tls.names adds. */
static void names_find(struct front_tls *t, const struct settings *s, const struct net_addr *at, struct arena *a)
{
    bool everywhere = str_eq(str_of(at->text), STR("0.0.0.0")) || str_eq(str_of(at->text), STR("::"));
    str more = settings_str(s, "tls.names");
    const char **here = tls_names_here(a, everywhere, &t->names_n);
    size_t max = t->names_n + 2;

    for (size_t i = 0; i < more.n; i++)
        max += more.p[i] == ',';
    t->names = ARENA_ARRAY(a, const char *, max);
    memcpy(t->names, here, t->names_n * sizeof *here);
    if (!everywhere && at->family != AF_UNIX)
        t->names[t->names_n++] = str_cz(a, str_of(at->text));
    while (more.n) {
        str one = str_trim(str_cut(more, ',', &more));

        if (one.n)
            t->names[t->names_n++] = str_cz(a, one);
    }
}

static enum err_code pin_write(struct front_tls *t, struct err *e)
{
    char pin[TLS_PIN_LEN + 2] = "";

    tls_server_pin(t->server, pin);
    pin[TLS_PIN_LEN] = '\n';
    return fs_write_atomic(t->pin_path, str_n(pin, TLS_PIN_LEN + 1), 0600, e);
}

enum err_code front_tls_open(struct front_tls *t, const struct serve_opts *o, struct arena *a, struct err *e)
{
    str cert = settings_str(o->settings, "tls.certificate"), key = settings_str(o->settings, "tls.key");
    struct tls_opts to = {str_cz(a, cert), str_cz(a, key), str_eq(settings_str(o->settings, "tls.min"), STR("1.2"))};
    struct net_addr at;

    *t = (struct front_tls){0};
    if (net_addr_parse(settings_str(o->settings, "listen"), &at, e))
        return err_wrap(e, "listen");
    if (!cert.n != !key.n)
        return err_set(e, ERR_INVALID, "tls.certificate and tls.key are set together");
    if (!wanted(o->settings, &at))
        return ERR_OK;
    t->pin_path = fs_join(a, o->home, STR("run/pin")).p;
    if (!cert.n) {
        t->dir = fs_join(a, o->home, STR("keys/tls")).p;
        names_find(t, o->settings, &at, a);
        if (tls_authority_ensure(t->dir, t->names, t->names_n, NULL, e))
            return err_wrap(e, "certificate");
        t->ca = fs_join(a, str_of(t->dir), STR("ca.pem")).p;
        to.certificate = fs_join(a, str_of(t->dir), STR("server.pem")).p;
        to.key = fs_join(a, str_of(t->dir), STR("server.key")).p;
    }
    if (tls_server_new(&to, &t->server, e) || pin_write(t, e))
        return err_wrap(e, cert.n ? "tls.certificate" : "certificate");
    return ERR_OK;
}

void front_tls_reload(struct front_tls *t, bool read_again)
{
    struct err e;
    bool made = false;

    if (!t->server)
        return;
    if (t->dir && tls_authority_ensure(t->dir, t->names, t->names_n, &made, &e)) {
        LOG_ERROR("tls.renew.failed", F_ERR(&e));
        return;
    }
    if (!read_again && !made)
        return;
    if (tls_server_reload(t->server, &e) || pin_write(t, &e))
        LOG_ERROR("tls.reload.failed", F_ERR(&e));
    else
        LOG_INFO("tls.reloaded", F_BOOL("renewed", made));
}

void front_tls_close(struct front_tls *t)
{
    tls_server_free(t->server);
    t->server = NULL;
}

static enum err_code ranges_read(str list, const char *setting, struct arena *a, struct net_range **out, size_t *out_n,
                                 struct err *e)
{
    struct net_range *ranges = NULL;
    size_t n = 0, cap = 0;

    while (list.n) {
        str one = str_trim(str_cut(list, ',', &list));
        struct net_range r;

        if (!one.n)
            continue;
        if (net_range_parse(one, &r, e))
            return err_wrap(e, "%s", setting);
        ARENA_PUSH(a, ranges, n, cap) = r;
    }
    *out = ranges;
    *out_n = n;
    return ERR_OK;
}

enum err_code front_egress(struct egress_rules *out, const struct settings *s, struct arena *a, struct err *e)
{
    str list = settings_str(s, "egress.ports");
    struct net_range *allow;
    int *ports = NULL;
    size_t n = 0, cap = 0;

    *out = (struct egress_rules){.https_only = true};
    while (list.n) {
        uint64_t port;

        if (!str_to_u64(str_trim(str_cut(list, ',', &list)), &port) || !port || port > 65535)
            return err_set(e, ERR_INVALID, "egress.ports: a port is a number from 1 to 65535");
        ARENA_PUSH(a, ports, n, cap) = (int)port;
    }
    out->ports = ports;
    out->ports_n = n;
    if (ranges_read(settings_str(s, "egress.allow"), "egress.allow", a, &allow, &out->allow_n, e))
        return e->code;
    out->allow = allow;
    return ERR_OK;
}

enum err_code front_http(struct http_server_opts *out, const struct settings *s, struct arena *a, struct err *e)
{
    struct net_range *ranges;
    size_t n;

    if (ranges_read(settings_str(s, "listen.proxies"), "listen.proxies", a, &ranges, &n, e))
        return e->code;
    *out = (struct http_server_opts){
        .conns_max = (size_t)settings_int(s, "http.connections"),
        .target_max = (size_t)settings_int(s, "http.target_max"),
        .head_max = (size_t)settings_int(s, "http.head_max"),
        .fields_max = (size_t)settings_int(s, "http.fields_max"),
        .head_timeout_ms = (int)settings_int(s, "http.head_timeout"),
        .body_timeout_ms = (int)settings_int(s, "http.body_timeout"),
        .idle_timeout_ms = (int)settings_int(s, "http.idle_timeout"),
        .write_timeout_ms = (int)settings_int(s, "http.write_timeout"),
        .proxies = ranges,
        .n_proxies = n,
    };
    return ERR_OK;
}

const char *front_urls(struct arena *a, const char *url, const char **out_public)
{
    str u = str_of(url), host;
    size_t from = str_find(u, STR("://"), 0), colon = str_rfind_char(u, ':');
    char name[256] = "localhost";

    *out_public = url;
    if (from == SIZE_MAX || colon <= from + 3)
        return url;
    host = str_sub(u, from + 3, colon);
    if (!str_eq(host, STR("0.0.0.0")) && !str_eq(host, STR("[::]")))
        return url;
    if (gethostname(name, sizeof name - 1) || !name[0])
        snprintf(name, sizeof name, "localhost");
    *out_public =
        str_cz(a, str_fmt(a, "%.*s%s%.*s", STR_ARG(str_sub(u, 0, from + 3)), name, STR_ARG(str_from(u, colon))));
    return str_cz(a, str_fmt(a, "%.*s127.0.0.1%.*s", STR_ARG(str_sub(u, 0, from + 3)), STR_ARG(str_from(u, colon))));
}
