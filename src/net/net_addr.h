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
/* What a socket is bound to, as a URL: "http://127.0.0.1:34567" or "unix:/path". */
enum err_code net_url_of(int fd, char out[160], struct err *e);
/* The peer's address without port: "127.0.0.1", "::1", "unix". */
void net_peer_of(const void *sockaddr, char out[48]);
