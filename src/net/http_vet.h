/* net/http_vet.h - what llhttp leaves open about a request head, decided once and strictly.
 *
 * llhttp reads the grammar; these checks settle what it passes on: one valid Host (RFC 9112 3.2), the forms of a target
 * (3.2.1 to 3.2.4), one meaning of the length (6.1, 6.3), bytes that a field may hold (RFC 9110 5.5). Pure functions:
 * any thread, no memory but the arena. */
#pragma once
#include "net/http.h"

/* Everything a request head says about its own framing and target. */
struct http_vetted {
    enum http_method method;
    str raw_path, query, host; /* parts of the target or of the Host field */
    bool asterisk;             /* OPTIONS * */
    bool keep_alive;           /* the client would like to go on */
    bool expect_continue;      /* Expect: 100-continue from an HTTP/1.1 client */
    bool chunked;
    bool has_length;
    uint64_t length;
};

/* Judges a head. Returns 0, or the status of the refusal (400, 414, 417, 501, 505) with one fixed line in *why.
 * `method`, `target`: as sent; fields with lower-case names. */
int http_vet_head(str method, str target, int major, int minor, const struct http_field *fields, size_t n,
                  struct http_vetted *out, const char **why);

bool http_vet_host(str host);   /* name, IPv4 or [IPv6], with an optional port up to 65535; never empty */
bool http_vet_token(str s);     /* RFC 9110 5.6.2, at least one byte */
bool http_vet_value(str s);     /* HTAB, SP, visible ASCII, bytes >= 0x80 */
bool http_method_find(str s, enum http_method *out); /* the known ones, with case */
