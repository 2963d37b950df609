/* net/tls_priv.h - what the TLS files share with the server's loop. */
#pragma once
#include <openssl/ssl.h>

#include "net/tls.h"

/* A connection at the beginning of its handshake, over a non-blocking socket that stays the caller's; NULL: no memory. */
SSL *tls_accept(struct tls_server *t, int fd);
/* An error with the first reason OpenSSL has queued; empties its queue. */
enum err_code tls_err(struct err *e, enum err_code code, const char *what);
