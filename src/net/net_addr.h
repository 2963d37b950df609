/* net/net_addr.h - addresses to listen at: "127.0.0.1:0", "[::1]:8080", "localhost:80", "*:443", "unix:/path". */
#pragma once
#include "base/err.h"
#include "base/str.h"

struct net_addr {
    int family; /* AF_INET, AF_INET6, AF_UNIX */
    char text[128]; /* host without brackets, or the path */
    int port;
};

/* Only literal addresses, "localhost" (127.0.0.1) and "*" ([::], both families): no name service. ERR_INVALID. */
enum err_code net_addr_parse(str s, struct net_addr *out, struct err *e);
bool net_addr_is_loopback(const struct net_addr *a); /* unix sockets too */
/* A non-blocking listening socket. A stale unix socket is replaced, a live one is ERR_EXISTS, like a port in use. */
enum err_code net_listen(const struct net_addr *a, int backlog, int *out_fd, struct err *e);

/* An IP address as IPv6 has it; IPv4 as ::ffff:a.b.c.d. */
struct net_ip {
    unsigned char b[16];
};
struct net_range {
    struct net_ip ip;
    int bits; /* 0..128: how many of them count */
    bool is_unix; /* "unix": whoever comes through a unix socket */
};
/* "192.0.2.1", "2001:db8::1", without brackets, port or zone. False when it is none. */
bool net_ip_parse(str s, struct net_ip *out);
/* "10.0.0.0/8", "2001:db8::/32", one address, or "unix". ERR_INVALID, also when bits behind the prefix are set. */
enum err_code net_range_parse(str s, struct net_range *out, struct err *e);
bool net_range_has(const struct net_range *r, const struct net_ip *ip);
/* Is a peer's address as text (http_request.peer) in one of them? */
bool net_ranges_have(const struct net_range *r, size_t n, str peer);

/* What a socket is bound to, as a URL: "http://127.0.0.1:34567" or "unix:/path". */
enum err_code net_url_of(int fd, char out[160], struct err *e);
/* The peer's address without port: "127.0.0.1", "::1", "unix". */
void net_peer_of(const void *sockaddr, char out[48]);
