#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "net/tls_priv.h"

struct tls_server {
    struct tls_opts o; /* strings of our own */
    pthread_mutex_t lock; /* guards all below */
    SSL_CTX *ctx;
    int64_t made_ms; /* when ctx and with it the ticket keys were made; monotonic */
};

enum err_code tls_err(struct err *e, enum err_code code, const char *what)
{
    unsigned long why = ERR_get_error();
    const char *reason = why ? ERR_reason_error_string(why) : NULL;

    ERR_clear_error();
    return err_set(e, code, "%s%s%s", what, reason ? ": " : "", reason ? reason : "");
}

static int alpn_pick(SSL *ssl, const unsigned char **out, unsigned char *out_n, const unsigned char *in, unsigned n,
                     void *ctx)
{
    static const unsigned char ours[] = "\x08http/1.1";

    (void)ssl;
    (void)ctx;
    for (unsigned i = 0; i + 1 <= n && i + 1 + in[i] <= n; i += 1u + in[i]) {
        if (in[i] == ours[0] && memcmp(in + i + 1, ours + 1, ours[0]) == 0) {
            *out = in + i + 1;
            *out_n = ours[0];
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL; /* RFC 7301 3.2: no_application_protocol */
}

static enum err_code rules_set(SSL_CTX *c, bool allow_12, struct err *e)
{
    static const unsigned char session_context[] = "harken";

    SSL_CTX_set_options(c, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                               SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(c, 1);
    SSL_CTX_set_max_early_data(c, 0);
    SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF); /* tickets only */
    SSL_CTX_set_num_tickets(c, 1);
    SSL_CTX_set_timeout(c, TLS_TICKET_HOURS * 3600);
    SSL_CTX_set_alpn_select_cb(c, alpn_pick, NULL);
    if (SSL_CTX_set_min_proto_version(c, allow_12 ? TLS1_2_VERSION : TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_session_id_context(c, session_context, sizeof session_context - 1) != 1 ||
        SSL_CTX_set1_groups_list(c, "X25519:P-256:P-384") != 1 ||
        SSL_CTX_set_ciphersuites(c, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256") !=
            1 ||
        SSL_CTX_set_cipher_list(c, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1)
        return tls_err(e, ERR_INTERNAL, "set up tls");
    return ERR_OK;
}

static enum err_code ctx_make(const struct tls_opts *o, SSL_CTX **out, struct err *e)
{
    SSL_CTX *c;

    if (access(o->certificate, R_OK) || access(o->key, R_OK))
        return err_set(e, ERR_NOT_FOUND, "cannot read %s", access(o->certificate, R_OK) ? o->certificate : o->key);
    ERR_clear_error();
    c = SSL_CTX_new(TLS_server_method());
    if (!c)
        return tls_err(e, ERR_MEMORY, "set up tls");
    if (rules_set(c, o->allow_12, e))
        goto fail;
    if (SSL_CTX_use_certificate_chain_file(c, o->certificate) != 1) {
        tls_err(e, ERR_INVALID, o->certificate);
        goto fail;
    }
    if (SSL_CTX_use_PrivateKey_file(c, o->key, SSL_FILETYPE_PEM) != 1 || SSL_CTX_check_private_key(c) != 1) {
        tls_err(e, ERR_INVALID, o->key);
        goto fail;
    }
    *out = c;
    return ERR_OK;
fail:
    SSL_CTX_free(c);
    return e ? e->code : ERR_INVALID;
}

enum err_code tls_server_new(const struct tls_opts *o, struct tls_server **out, struct err *e)
{
    struct tls_server *t = calloc(1, sizeof *t);

    if (!t)
        abort();
    pthread_mutex_init(&t->lock, NULL);
    t->o = (struct tls_opts){strdup(o->certificate), strdup(o->key), o->allow_12};
    if (tls_server_reload(t, e)) {
        tls_server_free(t);
        return e ? e->code : ERR_INVALID;
    }
    *out = t;
    return ERR_OK;
}

enum err_code tls_server_reload(struct tls_server *t, struct err *e)
{
    SSL_CTX *fresh = NULL, *old;

    if (ctx_make(&t->o, &fresh, e))
        return e ? e->code : ERR_INVALID;
    pthread_mutex_lock(&t->lock);
    old = t->ctx;
    t->ctx = fresh;
    t->made_ms = clock_mono_ms();
    pthread_mutex_unlock(&t->lock);
    SSL_CTX_free(old); /* connections hold references */
    return ERR_OK;
}

void tls_server_free(struct tls_server *t)
{
    if (!t)
        return;
    SSL_CTX_free(t->ctx);
    pthread_mutex_destroy(&t->lock);
    free((void *)(uintptr_t)t->o.certificate);
    free((void *)(uintptr_t)t->o.key);
    free(t);
}

void tls_server_pin(struct tls_server *t, char out[TLS_PIN_LEN + 1])
{
    unsigned char *der = NULL, hash[SHA256_DIGEST_LENGTH];
    int n;

    pthread_mutex_lock(&t->lock);
    n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(SSL_CTX_get0_certificate(t->ctx)), &der);
    pthread_mutex_unlock(&t->lock);
    SHA256(der, n > 0 ? (size_t)n : 0, hash);
    OPENSSL_free(der);
    memcpy(out, "sha256//", 8);
    EVP_EncodeBlock((unsigned char *)out + 8, hash, sizeof hash);
}

SSL *tls_accept(struct tls_server *t, int fd)
{
    bool old;
    SSL *ssl;
    struct err e;

    pthread_mutex_lock(&t->lock);
    old = clock_mono_ms() - t->made_ms > (int64_t)TLS_TICKET_HOURS * 3600 * 1000;
    if (old)
        t->made_ms = clock_mono_ms(); /* this thread renews; a failure is tried again a period later */
    pthread_mutex_unlock(&t->lock);
    if (old && tls_server_reload(t, &e))
        LOG_WARN("tls.renew.failed", F_ERR(&e));
    pthread_mutex_lock(&t->lock);
    ssl = SSL_new(t->ctx);
    pthread_mutex_unlock(&t->lock);
    if (ssl && SSL_set_fd(ssl, fd) != 1) {
        SSL_free(ssl);
        ssl = NULL;
    }
    if (ssl)
        SSL_set_accept_state(ssl);
    return ssl;
}
