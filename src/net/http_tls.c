/* A connection's bytes through TLS: the same four calls that a plain socket has. The handshake happens inside the first
 * reads; a peer that does not speak TLS is an error like any broken record, and its connection ends. */
#include <errno.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/http_priv.h"
#include "net/tls_priv.h"

enum { RECORD_MAX = 16 * 1024 };

/* -EAGAIN when it wants anything from the socket: both directions are tried again at the next event. */
static ssize_t outcome(SSL *ssl, int rc)
{
    switch (SSL_get_error(ssl, rc)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        return -EAGAIN;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    default:
        ERR_clear_error();
        return -ECONNRESET;
    }
}

static ssize_t tls_recv(struct conn *c, void *p, size_t n)
{
    SSL *ssl = c->io_data;
    int got;

    ERR_clear_error();
    got = SSL_read(ssl, p, (int)n);
    if (c->handshake && SSL_is_init_finished(ssl)) {
        c->handshake = false;
        c->since_ms = c->loop->now_ms;
    }
    return got > 0 ? got : outcome(ssl, got);
}

static ssize_t tls_sendv(struct conn *c, const struct iovec *v, int n)
{
    char record[RECORD_MAX];
    const char *p = v[0].iov_base;
    size_t len = v[0].iov_len, more;
    int sent;

    if (n > 1 && len < RECORD_MAX) { /* head and body in one record */
        more = v[1].iov_len < RECORD_MAX - len ? v[1].iov_len : RECORD_MAX - len;
        memcpy(record, p, len);
        memcpy(record + len, v[1].iov_base, more);
        p = record;
        len += more;
    }
    ERR_clear_error();
    sent = SSL_write(c->io_data, p, len > INT_MAX ? INT_MAX : (int)len);
    if (p == record)
        OPENSSL_cleanse(record, len);
    if (sent > 0)
        return sent;
    sent = (int)outcome(c->io_data, sent);
    return sent ? sent : -EPIPE;
}

static void tls_shut(struct conn *c)
{
    ERR_clear_error();
    if (SSL_is_init_finished(c->io_data))
        SSL_shutdown(c->io_data); /* close_notify; whether it gets out is not our concern any more */
    ERR_clear_error();
    shutdown(c->fd, SHUT_WR);
}

static void tls_close(struct conn *c)
{
    SSL_free(c->io_data);
    c->io_data = NULL;
    close(c->fd);
}

const struct conn_io tls_io = {
    .recv = tls_recv, .sendv = tls_sendv, .shut = tls_shut, .close = tls_close, .mixed = true};
