/* net/egress.h - requests to addresses that somebody else chose: the gate against being sent into our own network.
 *
 * http and https only, no name or password in the address, no redirects, no proxy, certificates verified, TLS 1.2 and up. The
 * name is resolved once; every address it has must be public (or allowed), and exactly one of these is connected to: the
 * check is made again on the address that the socket is opened for. Any thread; calls block until their deadline. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "net/net_addr.h"

struct egress_rules {
    const struct net_range *allow; /* addresses that are fine though they are private, at any port */
    size_t allow_n;
    const int *ports; /* of public addresses; NULL: 80 and 443 */
    size_t ports_n;
    bool https_only; /* except to allowed addresses */
};

/* Not for unicast on the public internet (IANA special-purpose registries, RFC 6890 and later): private, loopback, link-local
 * with the metadata services, shared, documentation, multicast, and the forms of IPv6 that carry IPv4. */
bool egress_ip_private(const struct net_ip *ip);
/* Is the address well-formed and within the rules, names apart? ERR_INVALID says why. No I/O. */
enum err_code egress_url_check(str url, const struct egress_rules *r, struct err *e);

struct egress_call {
    str url;
    const char *const *headers; /* "Name: value", ends with NULL */
    str body; /* POST */
    int timeout_ms; /* of all; 0: 15 s */
    size_t reply_max; /* of the answer only so much is read; 0: 64 KiB */
};
struct egress_answer {
    int status;
    int retry_after_s; /* 0: not said */
};
/* Any answer is ERR_OK. ERR_DENIED: the gate; ERR_INVALID: the address; ERR_TIMEOUT, ERR_IO. */
enum err_code egress_post(const struct egress_call *call, const struct egress_rules *r, struct egress_answer *out,
                          struct err *e);
