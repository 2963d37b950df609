/* net/tls.h - certificate, key and rules of a TLS server, shared by all its connections.
 *
 * TLS 1.3; 1.2 on request, then only with forward secrecy and authenticated encryption. No renegotiation, compression,
 * early data or client certificates. Protocol by ALPN: http/1.1 only. Tickets resume sessions; their keys live in memory
 * and change every TLS_TICKET_HOURS (RFC 9325). Any thread. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { TLS_TICKET_HOURS = 12, TLS_PIN_LEN = 8 + 44 };

struct tls_server;
struct tls_opts {
    const char *certificate; /* PEM file: the server's own certificate first, then the ones that lead to the root */
    const char *key;         /* PEM file, not encrypted */
    bool allow_12;
};

/* Reads both files. ERR_INVALID: not PEM, key and certificate do not belong together; ERR_NOT_FOUND, ERR_IO. */
enum err_code tls_server_new(const struct tls_opts *o, struct tls_server **out, struct err *e);
/* Reads the files again: connections from now on get the new ones. After an error the old ones stay. */
enum err_code tls_server_reload(struct tls_server *t, struct err *e);
void tls_server_free(struct tls_server *t); /* connections must be over; NULL is ignored */
/* "sha256//..." of the certificate's public key, as libcurl pins it (RFC 7469's hash). */
void tls_server_pin(struct tls_server *t, char out[TLS_PIN_LEN + 1]);

/* ---- a small authority of our own ---- */

/* In `dir` (made 0700): ca.key, ca.pem, server.key, server.pem. Makes the authority when it is missing (P-256, ten years)
 * and the server's certificate when it is missing, ends within 30 days, or does not name all of `names` (host names or
 * IP addresses; at least one). Keys are files of mode 0600. *out_made (may be NULL): a new server certificate was made. */
enum err_code tls_authority_ensure(const char *dir, const char *const *names, size_t n, bool *out_made, struct err *e);
/* Names of this machine as others may call it: its host name, and its addresses when `everywhere`, "localhost" and the
 * loopback addresses always. Memory in `a`. */
const char **tls_names_here(struct arena *a, bool everywhere, size_t *out_n);
