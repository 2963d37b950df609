#include "net/egress.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum { TIMEOUT_MS = 15000, CONNECT_MS = 5000, REPLY_MAX = 64 << 10, RETRY_MAX_S = 7 * 86400, URL_MAX = 2048 };

bool egress_ip_private(const struct net_ip *ip)
{
    static const char *const closed[] = {"0.0.0.0/8",      "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8",
                                         "169.254.0.0/16", "172.16.0.0/12",  "192.0.0.0/24",  "192.0.2.0/24",
                                         "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
                                         "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",   "2001::/23",
                                         "2001:db8::/32",  "2002::/16",      "3fff::/20",     "2620:4f:8000::/48"};
    static const struct net_range v4 = {{{[10] = 0xff, [11] = 0xff}}, 96, false}, global = {{{0x20}}, 3, false};
    struct net_range r;

    if (!net_range_has(&v4, ip) && !net_range_has(&global, ip)) /* of IPv6 only 2000::/3 is given out */
        return true;
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        if (!net_range_parse(str_of(closed[i]), &r, NULL) && net_range_has(&r, ip))
            return true;
    return false;
}

static bool allowed(const struct egress_rules *r, const struct net_ip *ip)
{
    for (size_t i = 0; i < r->allow_n; i++)
        if (net_range_has(&r->allow[i], ip))
            return true;
    return false;
}

static bool port_listed(const struct egress_rules *r, int port)
{
    if (!r->ports)
        return port == 80 || port == 443;
    for (size_t i = 0; i < r->ports_n; i++)
        if (r->ports[i] == port)
            return true;
    return false;
}

static bool ip_of(const struct sockaddr *sa, struct net_ip *out)
{
    *out = (struct net_ip){{[10] = 0xff, [11] = 0xff}};
    if (sa->sa_family == AF_INET)
        memcpy(out->b + 12, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, 4);
    else if (sa->sa_family == AF_INET6)
        memcpy(out->b, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, 16);
    return sa->sa_family == AF_INET || sa->sa_family == AF_INET6;
}

/* The one rule of where to connect. */
static bool may_connect(const struct egress_rules *r, bool https, const struct net_ip *ip, int port)
{
    if (allowed(r, ip))
        return true;
    return !egress_ip_private(ip) && port_listed(r, port) && (https || !r->https_only);
}

struct target {
    CURLU *url;
    char *host, *scheme;
    int port;
    bool https;
};

static void target_done(struct target *t)
{
    curl_free(t->host);
    curl_free(t->scheme);
    curl_url_cleanup(t->url);
}

static enum err_code target_parse(str url, struct target *t, struct err *e)
{
    char text[URL_MAX + 1], *part = NULL;
    uint64_t port = 0;
    bool extra;

    *t = (struct target){0};
    if (!url.n || url.n > URL_MAX || memchr(url.p, 0, url.n))
        return err_set(e, ERR_INVALID, "an address has 1 to %d bytes", URL_MAX);
    for (size_t i = 0; i < url.n; i++)
        if (url.p[i] <= ' ' || url.p[i] > '~' || url.p[i] == '\\')
            return err_set(e, ERR_INVALID, "the address has a character that must be encoded");
    memcpy(text, url.p, url.n);
    text[url.n] = 0;
    t->url = curl_url();
    if (!t->url || curl_url_set(t->url, CURLUPART_URL, text, 0) ||
        curl_url_get(t->url, CURLUPART_SCHEME, &t->scheme, 0) || curl_url_get(t->url, CURLUPART_HOST, &t->host, 0) ||
        curl_url_get(t->url, CURLUPART_PORT, &part, CURLU_DEFAULT_PORT) || !str_to_u64(str_of(part), &port)) {
        curl_free(part);
        return err_set(e, ERR_INVALID, "not an http or https address");
    }
    curl_free(part);
    part = NULL;
    t->port = (int)port;
    t->https = strcmp(t->scheme, "https") == 0;
    if ((!t->https && strcmp(t->scheme, "http") != 0) || !t->host || !t->host[0] || strchr(t->host, '%'))
        return err_set(e, ERR_INVALID, "not an http or https address");
    extra = !curl_url_get(t->url, CURLUPART_USER, &part, 0) || !curl_url_get(t->url, CURLUPART_PASSWORD, &part, 0) ||
            !curl_url_get(t->url, CURLUPART_FRAGMENT, &part, 0);
    curl_free(part);
    return extra ? err_set(e, ERR_INVALID, "an address here has no name, password or fragment") : ERR_OK;
}

/* The host as a literal address, in any of the forms that resolvers take for one; "localhost" and what is below it are this
 * machine, too (RFC 6761 6.3), and a dot at the end changes nothing. */
static bool literal_of(const char *host, struct net_ip *out)
{
    struct addrinfo want = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM}, *got = NULL;
    char bare[256];
    size_t n = strlen(host), from = n > 2 && host[0] == '[';
    str name;
    bool ok;

    n -= from || (n && host[n - 1] == '.'); /* the bracket or the dot */
    if (n >= sizeof bare)
        return false;
    memcpy(bare, host + from, n - from);
    bare[n - from] = 0;
    name = str_of(bare);
    host = bare;
    if (str_eq_nocase(name, STR("localhost")) ||
        (name.n > 10 && str_eq_nocase(str_from(name, name.n - 10), STR(".localhost"))))
        host = "127.0.0.1";
    ok = !getaddrinfo(host, NULL, &want, &got) && ip_of(got->ai_addr, out);
    if (got)
        freeaddrinfo(got);
    return ok;
}

enum err_code egress_url_check(str url, const struct egress_rules *r, struct err *e)
{
    struct target t;
    struct net_ip ip;
    enum err_code rc = target_parse(url, &t, e);

    if (!rc && literal_of(t.host, &ip)) {
        if (!may_connect(r, t.https, &ip, t.port))
            rc = err_set(e, ERR_INVALID, "this address is not one to send to: egress.allow and egress.ports");
    } else if (!rc && !r->allow_n && (!port_listed(r, t.port) || (r->https_only && !t.https))) {
        rc = err_set(e, ERR_INVALID, "only %s, at the ports of egress.ports",
                     r->https_only ? "https" : "http and https");
    }
    target_done(&t);
    return rc;
}

/* One lookup; every address must be fine. out: "host:port:ip" for curl. */
static enum err_code resolve(const struct target *t, const struct egress_rules *r, char out[400], struct err *e)
{
    struct addrinfo want = {.ai_socktype = SOCK_STREAM}, *all = NULL;
    char text[INET6_ADDRSTRLEN] = "", bare[256];
    size_t n = strlen(t->host);
    enum err_code rc = ERR_OK;

    if (n >= sizeof bare)
        return err_set(e, ERR_INVALID, "the host's name is too long");
    memcpy(bare, t->host, n + 1);
    if (n > 2 && bare[0] == '[') {
        memmove(bare, bare + 1, n - 2);
        bare[n - 2] = 0;
    }
    if (getaddrinfo(bare, NULL, &want, &all) || !all)
        return err_set(e, ERR_IO, "the host's name is not known");
    for (struct addrinfo *i = all; i && !rc; i = i->ai_next) {
        struct net_ip ip;

        if (!ip_of(i->ai_addr, &ip) || !may_connect(r, t->https, &ip, t->port))
            rc = err_set(e, ERR_DENIED, "the host has an address that is not one to send to");
        else if (!text[0])
            getnameinfo(i->ai_addr, i->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST);
    }
    freeaddrinfo(all);
    snprintf(out, 400, "%s:%d:%s%s%s", bare, t->port, strchr(text, ':') ? "[" : "", text, strchr(text, ':') ? "]" : "");
    return rc;
}

struct gate {
    const struct egress_rules *rules;
    const struct target *target;
    bool shut;
    size_t left; /* bytes of the answer still read */
};

/* Asked for every socket: the last word on where it goes. */
static curl_socket_t socket_open(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct gate *g = arg;
    struct net_ip ip;

    (void)purpose;
    if (!ip_of(&to->addr, &ip) || !may_connect(g->rules, g->target->https, &ip, g->target->port)) {
        g->shut = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static size_t on_bytes(char *p, size_t size, size_t n, void *arg)
{
    struct gate *g = arg;

    (void)p;
    if (size * n > g->left)
        return 0; /* enough: the status is known */
    g->left -= size * n;
    return size * n;
}

static void options_set(CURL *h, const struct egress_call *call, struct gate *g, struct curl_slist *headers,
                        struct curl_slist *known)
{
    curl_easy_setopt(h, CURLOPT_CURLU, g->target->url);
    curl_easy_setopt(h, CURLOPT_RESOLVE, known);
    curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(h, CURLOPT_PROXY, "");
    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(h, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(h, CURLOPT_OPENSOCKETFUNCTION, socket_open);
    curl_easy_setopt(h, CURLOPT_OPENSOCKETDATA, g);
    curl_easy_setopt(h, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.n);
    curl_easy_setopt(h, CURLOPT_POSTFIELDS, call->body.p ? call->body.p : "");
    curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)(call->timeout_ms ? call->timeout_ms : TIMEOUT_MS));
    curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(h, CURLOPT_WRITEDATA, g);
}

/* Seconds, or a date (RFC 9110 10.2.3). */
static int retry_after(CURL *h)
{
    struct curl_header *field;
    uint64_t s = 0;
    time_t at;

    if (curl_easy_header(h, "Retry-After", 0, CURLH_HEADER, -1, &field))
        return 0;
    if (!str_to_u64(str_of(field->value), &s)) {
        at = curl_getdate(field->value, NULL);
        s = at > clock_now_ms() / 1000 ? (uint64_t)(at - clock_now_ms() / 1000) : 0;
    }
    return (int)(s < RETRY_MAX_S ? s : RETRY_MAX_S);
}

static enum err_code perform(CURL *h, const struct gate *g, struct egress_answer *out, struct err *e)
{
    CURLcode rc = curl_easy_perform(h);
    long status = 0;

    curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
    if (g->shut)
        return err_set(e, ERR_DENIED, "the host has an address that is not one to send to");
    if (rc == CURLE_OPERATION_TIMEDOUT)
        return err_set(e, ERR_TIMEOUT, "no answer in time");
    if (rc && !(rc == CURLE_WRITE_ERROR && status))
        return err_set(e, ERR_IO, "%s", curl_easy_strerror(rc));
    *out = (struct egress_answer){.status = (int)status, .retry_after_s = retry_after(h)};
    return ERR_OK;
}

enum err_code egress_post(const struct egress_call *call, const struct egress_rules *r, struct egress_answer *out,
                          struct err *e)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:"), *known = NULL;
    struct gate g = {.rules = r, .left = call->reply_max ? call->reply_max : REPLY_MAX};
    struct target t;
    char line[400];
    CURL *h = NULL;
    enum err_code rc = target_parse(call->url, &t, e);

    if (!rc)
        rc = resolve(&t, r, line, e);
    if (!rc) {
        for (size_t i = 0; call->headers && call->headers[i]; i++)
            headers = curl_slist_append(headers, call->headers[i]);
        known = curl_slist_append(NULL, line);
        g.target = &t;
        h = curl_easy_init();
        if (!h)
            abort();
        options_set(h, call, &g, headers, known);
        rc = perform(h, &g, out, e);
        curl_easy_cleanup(h);
    }
    curl_slist_free_all(headers);
    curl_slist_free_all(known);
    target_done(&t);
    return rc;
}
