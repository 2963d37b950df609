#include "net/net_addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static enum err_code unix_parse(str path, struct net_addr *out, struct err *e)
{
    if (!path.n || path.n >= sizeof(((struct sockaddr_un *)0)->sun_path))
        return err_set(e, ERR_INVALID, "a socket path has 1 to %zu bytes",
                       sizeof(((struct sockaddr_un *)0)->sun_path) - 1);
    *out = (struct net_addr){.family = AF_UNIX};
    memcpy(out->text, path.p, path.n);
    return ERR_OK;
}

enum err_code net_addr_parse(str s, struct net_addr *out, struct err *e)
{
    struct net_addr a = {0};
    unsigned char raw[16];
    size_t colon = str_rfind_char(s, ':');
    uint64_t port;
    str host;

    if (str_starts(s, STR("unix:")))
        return unix_parse(str_from(s, 5), out, e);
    if (colon == SIZE_MAX || !str_to_u64(str_from(s, colon + 1), &port) || port > 65535)
        return err_set(e, ERR_INVALID, "an address is HOST:PORT, [HOST]:PORT or unix:PATH");
    host = str_sub(s, 0, colon);
    if (str_eq(host, STR("localhost")))
        host = STR("127.0.0.1");
    else if (str_eq(host, STR("*")))
        host = STR("[::]");
    a.family = str_starts(host, STR("[")) ? AF_INET6 : AF_INET;
    if (a.family == AF_INET6) {
        if (!str_ends(host, STR("]")))
            return err_set(e, ERR_INVALID, "no ] in the address");
        host = str_sub(host, 1, host.n - 1);
    }
    if (host.n >= sizeof a.text)
        return err_set(e, ERR_INVALID, "the host is too long");
    memcpy(a.text, host.p, host.n);
    a.port = (int)port;
    if (inet_pton(a.family, a.text, raw) != 1)
        return err_set(e, ERR_INVALID, "'%s' is no IP address", a.text);
    *out = a;
    return ERR_OK;
}

bool net_addr_is_loopback(const struct net_addr *a)
{
    if (a->family == AF_INET)
        return str_starts(str_of(a->text), STR("127."));
    return a->family == AF_UNIX || str_eq(str_of(a->text), STR("::1"));
}

static socklen_t sockaddr_of(const struct net_addr *a, struct sockaddr_storage *ss)
{
    struct sockaddr_in *in = (struct sockaddr_in *)ss;
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;
    struct sockaddr_un *un = (struct sockaddr_un *)ss;

    memset(ss, 0, sizeof *ss);
    ss->ss_family = (sa_family_t)a->family;
    if (a->family == AF_INET) {
        in->sin_port = htons((uint16_t)a->port);
        inet_pton(AF_INET, a->text, &in->sin_addr);
        return sizeof *in;
    }
    if (a->family == AF_INET6) {
        in6->sin6_port = htons((uint16_t)a->port);
        inet_pton(AF_INET6, a->text, &in6->sin6_addr);
        return sizeof *in6;
    }
    memcpy(un->sun_path, a->text, strlen(a->text));
    return sizeof *un;
}

/* Removes a socket file that nobody listens at any more. */
static enum err_code unix_clear(const struct sockaddr_storage *ss, socklen_t n, const char *path, struct err *e)
{
    struct stat st;
    int fd, rc;

    if (lstat(path, &st))
        return ERR_OK;
    if (!S_ISSOCK(st.st_mode))
        return err_set(e, ERR_EXISTS, "the socket path is taken by something else");
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_errno(e, errno, "socket");
    rc = connect(fd, (const struct sockaddr *)ss, n);
    if (rc)
        rc = errno;
    close(fd);
    if (rc != ECONNREFUSED)
        return err_set(e, ERR_EXISTS, "another server listens at the socket");
    unlink(path);
    return ERR_OK;
}

enum err_code net_listen(const struct net_addr *a, int backlog, int *out_fd, struct err *e)
{
    struct sockaddr_storage ss;
    socklen_t n = sockaddr_of(a, &ss);
    int one = 1, off = 0, fd;
    mode_t mask;

    if (a->family == AF_UNIX && unix_clear(&ss, n, a->text, e))
        return e ? e->code : ERR_EXISTS;
    fd = socket(a->family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_errno(e, errno, "socket");
    if (a->family != AF_UNIX)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (a->family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    mask = a->family == AF_UNIX ? umask(0117) : 0; /* a socket file for owner and group */
    if (bind(fd, (struct sockaddr *)&ss, n) || listen(fd, backlog)) {
        int code = errno;

        if (a->family == AF_UNIX)
            umask(mask);
        close(fd);
        if (code == EADDRINUSE)
            return err_set(e, ERR_EXISTS, "address %s:%d is in use", a->text, a->port);
        return err_errno(e, code, "listen at %s:%d", a->text, a->port);
    }
    if (a->family == AF_UNIX)
        umask(mask);
    *out_fd = fd;
    return ERR_OK;
}

enum err_code net_url_of(int fd, char out[160], struct err *e)
{
    struct sockaddr_storage ss;
    socklen_t n = sizeof ss;
    const struct sockaddr_in *in = (const struct sockaddr_in *)&ss;
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&ss;
    char host[INET6_ADDRSTRLEN];

    memset(&ss, 0, sizeof ss);
    if (getsockname(fd, (struct sockaddr *)&ss, &n))
        return err_errno(e, errno, "getsockname");
    switch (ss.ss_family) {
    case AF_INET:
        inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
        snprintf(out, 160, "http://%s:%d", host, ntohs(in->sin_port));
        return ERR_OK;
    case AF_INET6:
        inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof host);
        snprintf(out, 160, "http://[%s]:%d", host, ntohs(in6->sin6_port));
        return ERR_OK;
    case AF_UNIX:
        snprintf(out, 160, "unix:%s", ((const struct sockaddr_un *)&ss)->sun_path);
        return ERR_OK;
    default:
        return err_set(e, ERR_UNSUPPORTED, "not an internet or unix socket");
    }
}

void net_peer_of(const void *sockaddr, char out[48])
{
    const struct sockaddr_storage *ss = sockaddr;
    const struct sockaddr_in6 *in6 = sockaddr;

    snprintf(out, 48, "unix");
    if (ss->ss_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)sockaddr)->sin_addr, out, 48);
    else if (ss->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
        inet_ntop(AF_INET, in6->sin6_addr.s6_addr + 12, out, 48);
    else if (ss->ss_family == AF_INET6)
        inet_ntop(AF_INET6, &in6->sin6_addr, out, 48);
}

bool net_ip_parse(str s, struct net_ip *out)
{
    char text[INET6_ADDRSTRLEN] = "";
    struct net_ip ip = {{[10] = 0xff, [11] = 0xff}};

    if (!s.n || s.n >= sizeof text)
        return false;
    memcpy(text, s.p, s.n);
    if (inet_pton(AF_INET, text, ip.b + 12) != 1 && inet_pton(AF_INET6, text, ip.b) != 1)
        return false;
    *out = ip;
    return true;
}

/* The first `bits` of an address, the rest zero. */
static struct net_ip masked(const struct net_ip *ip, int bits)
{
    struct net_ip m = {{0}};

    memcpy(m.b, ip->b, (size_t)bits / 8);
    if (bits % 8)
        m.b[bits / 8] = (unsigned char)(ip->b[bits / 8] & (0xff << (8 - bits % 8)));
    return m;
}

enum err_code net_range_parse(str s, struct net_range *out, struct err *e)
{
    str bits, ip = str_cut(s, '/', &bits);
    bool v4 = !str_contains(ip, STR(":"));
    uint64_t n = v4 ? 32 : 128;
    struct net_range r = {0};
    struct net_ip m;

    if (str_eq(s, STR("unix"))) {
        *out = (struct net_range){.is_unix = true};
        return ERR_OK;
    }
    if (!net_ip_parse(ip, &r.ip) || (str_contains(s, STR("/")) && (!str_to_u64(bits, &n) || n > (v4 ? 32 : 128))))
        return err_set(e, ERR_INVALID, "'%.*s' is no address and no range like 10.0.0.0/8", STR_ARG(s));
    r.bits = (int)n + (v4 ? 96 : 0);
    m = masked(&r.ip, r.bits);
    if (memcmp(&m, &r.ip, sizeof m) != 0)
        return err_set(e, ERR_INVALID, "'%.*s' has bits behind its prefix", STR_ARG(s));
    *out = r;
    return ERR_OK;
}

bool net_range_has(const struct net_range *r, const struct net_ip *ip)
{
    struct net_ip m = masked(ip, r->bits);

    return !r->is_unix && memcmp(&m, &r->ip, sizeof m) == 0;
}

bool net_ranges_have(const struct net_range *r, size_t n, str peer)
{
    struct net_ip ip;
    bool is_ip = net_ip_parse(peer, &ip), is_unix = str_eq(peer, STR("unix"));

    for (size_t i = 0; i < n; i++) {
        if (r[i].is_unix ? is_unix : is_ip && net_range_has(&r[i], &ip))
            return true;
    }
    return false;
}
