/* A small certificate authority for one installation, so that the first address beyond loopback is not a plain one.
 * RFC 5280 for the fields; P-256 because every client knows it; 397 days because browsers refuse more. */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "net/tls_priv.h"

enum { CA_DAYS = 3653, LEAF_DAYS = 397, RENEW_DAYS = 30, NAMES_MAX = 64, DAY_S = 86400 };

struct pair {
    EVP_PKEY *key;
    X509 *cert;
};

static void pair_done(struct pair *p)
{
    EVP_PKEY_free(p->key);
    X509_free(p->cert);
    *p = (struct pair){0};
}

static void *pem_read(const char *path, bool key)
{
    FILE *f = fopen(path, "re");
    void *got;

    if (!f)
        return NULL;
    got = key ? (void *)PEM_read_PrivateKey(f, NULL, NULL, NULL) : (void *)PEM_read_X509(f, NULL, NULL, NULL);
    fclose(f);
    return got;
}

static enum err_code pem_write(const char *path, BIO *b, mode_t mode, struct err *e)
{
    char *p = NULL;
    long n = BIO_get_mem_data(b, &p);
    enum err_code rc = fs_write_atomic(path, str_n(p, n > 0 ? (size_t)n : 0), mode, e);

    OPENSSL_cleanse(p, n > 0 ? (size_t)n : 0);
    return rc;
}

static enum err_code pair_write(const struct pair *p, const char *key_path, const char *cert_path, X509 *issuer,
                                struct err *e)
{
    BIO *k = BIO_new(BIO_s_mem()), *c = BIO_new(BIO_s_mem());
    enum err_code rc;

    if (!k || !c || PEM_write_bio_PrivateKey(k, p->key, NULL, NULL, 0, NULL, NULL) != 1 ||
        PEM_write_bio_X509(c, p->cert) != 1 || (issuer && PEM_write_bio_X509(c, issuer) != 1))
        rc = tls_err(e, ERR_MEMORY, "write a certificate");
    else if ((rc = pem_write(key_path, k, 0600, e)) == ERR_OK)
        rc = pem_write(cert_path, c, 0644, e);
    BIO_free(k);
    BIO_free(c);
    return rc;
}

static bool extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *x;
    int rc;

    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    x = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    rc = x ? X509_add_ext(cert, x, -1) : 0;
    X509_EXTENSION_free(x);
    return rc == 1;
}

/* Fields common to both kinds. `issuer` NULL: signs itself. */
static bool cert_begin(struct pair *p, const char *name, int days, X509 *issuer)
{
    unsigned char serial[16];
    BIGNUM *bn;
    X509_NAME *subject;
    bool ok;

    p->key = EVP_EC_gen("P-256");
    p->cert = X509_new();
    if (!p->key || !p->cert || getentropy(serial, sizeof serial))
        return false;
    serial[0] = (serial[0] & 0x7f) | 0x40; /* positive, and always as long */
    bn = BN_bin2bn(serial, sizeof serial, NULL);
    subject = X509_get_subject_name(p->cert);
    ok = bn && BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(p->cert)) && X509_set_version(p->cert, X509_VERSION_3) &&
         X509_gmtime_adj(X509_getm_notBefore(p->cert), -DAY_S) && /* clocks differ */
         X509_gmtime_adj(X509_getm_notAfter(p->cert), (long)(days - 1) * DAY_S) &&
         X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8, (const unsigned char *)"Harken", -1, -1, 0) &&
         X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0) &&
         X509_set_issuer_name(p->cert, issuer ? X509_get_subject_name(issuer) : subject) &&
         X509_set_pubkey(p->cert, p->key);
    BN_free(bn);
    return ok;
}

static enum err_code authority_make(struct pair *p, struct err *e)
{
    char name[128], host[65] = "";

    gethostname(host, sizeof host - 1);
    snprintf(name, sizeof name, "Harken authority of %.40s", host[0] ? host : "this machine");
    if (!cert_begin(p, name, CA_DAYS, NULL) ||
        !extend(p->cert, p->cert, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
        !extend(p->cert, p->cert, NID_key_usage, "critical,keyCertSign,cRLSign") ||
        !extend(p->cert, p->cert, NID_subject_key_identifier, "hash") || !X509_sign(p->cert, p->key, EVP_sha256()))
        return tls_err(e, ERR_INTERNAL, "make the certificate authority");
    return ERR_OK;
}

static bool is_ip(const char *name)
{
    unsigned char raw[16];

    return inet_pton(AF_INET, name, raw) == 1 || inet_pton(AF_INET6, name, raw) == 1;
}

static enum err_code leaf_make(struct pair *p, const struct pair *ca, const char *const *names, size_t n, struct err *e)
{
    struct buf san;
    bool ok;

    buf_init(&san, 16 * 1024);
    for (size_t i = 0; i < n; i++)
        buf_fmt(&san, "%s%s:%s", i ? "," : "", is_ip(names[i]) ? "IP" : "DNS", names[i]);
    buf_char(&san, 0);
    ok = buf_ok(&san) && cert_begin(p, "Harken", LEAF_DAYS, ca->cert) &&
         extend(p->cert, ca->cert, NID_basic_constraints, "critical,CA:FALSE") &&
         extend(p->cert, ca->cert, NID_key_usage, "critical,digitalSignature") &&
         extend(p->cert, ca->cert, NID_ext_key_usage, "serverAuth") &&
         extend(p->cert, ca->cert, NID_subject_key_identifier, "hash") &&
         extend(p->cert, ca->cert, NID_authority_key_identifier, "keyid:always") &&
         extend(p->cert, ca->cert, NID_subject_alt_name, san.p) && X509_sign(p->cert, ca->key, EVP_sha256());
    buf_done(&san);
    return ok ? ERR_OK : tls_err(e, ERR_INVALID, "make the server's certificate");
}

/* Good for all names, not about to end, and of this authority. */
static bool leaf_good(const struct pair *p, const struct pair *ca, const char *const *names, size_t n)
{
    time_t soon = time(NULL) + (time_t)RENEW_DAYS * DAY_S;

    if (!p->key || !p->cert || X509_check_private_key(p->cert, p->key) != 1 || X509_verify(p->cert, ca->key) != 1 ||
        X509_cmp_time(X509_get0_notAfter(p->cert), &soon) <= 0)
        return false;
    for (size_t i = 0; i < n; i++) {
        int rc = is_ip(names[i]) ? X509_check_ip_asc(p->cert, names[i], 0)
                                 : X509_check_host(p->cert, names[i], strlen(names[i]), 0, NULL);

        if (rc != 1)
            return false;
    }
    return true;
}

enum err_code tls_authority_ensure(const char *dir, const char *const *names, size_t n, bool *out_made, struct err *e)
{
    struct arena *a = arena_new_wiped("tls.authority");
    const char *file[4];
    struct pair ca = {0}, leaf = {0};
    bool made = false;
    enum err_code rc;

    for (int i = 0; i < 4; i++)
        file[i] =
            fs_join(a, str_of(dir), str_of((const char *[]){"ca.key", "ca.pem", "server.key", "server.pem"}[i])).p;
    if ((rc = fs_mkdirs(dir, 0700, e)))
        goto out;
    ca = (struct pair){pem_read(file[0], true), pem_read(file[1], false)};
    if (fs_exists(file[0]) && (!ca.key || !ca.cert || X509_check_private_key(ca.cert, ca.key) != 1)) {
        rc = err_set(e, ERR_CORRUPT, "%s and ca.pem do not belong together or cannot be read", file[0]);
        goto out;
    }
    if (!ca.key && ((rc = authority_make(&ca, e)) || (rc = pair_write(&ca, file[0], file[1], NULL, e))))
        goto out;
    leaf = (struct pair){pem_read(file[2], true), pem_read(file[3], false)};
    if (!leaf_good(&leaf, &ca, names, n)) {
        pair_done(&leaf);
        made = true;
        if ((rc = leaf_make(&leaf, &ca, names, n, e)) || (rc = pair_write(&leaf, file[2], file[3], ca.cert, e)))
            goto out;
    }
    if (out_made)
        *out_made = made;
out:
    pair_done(&ca);
    pair_done(&leaf);
    arena_free(a);
    return rc;
}

static void name_put(struct arena *a, const char **list, size_t *n, const char *name)
{
    for (size_t i = 0; i < *n; i++) {
        if (strcmp(list[i], name) == 0)
            return;
    }
    if (*n < NAMES_MAX && name[0])
        list[(*n)++] = str_cz(a, str_of(name));
}

/* An address others may reach us at; addresses of one link are not. */
static bool address_text(const struct sockaddr *at, char *out, socklen_t n)
{
    const struct sockaddr_in6 *six = (const void *)at;
    const struct sockaddr_in *four = (const void *)at;

    if (at->sa_family == AF_INET)
        return inet_ntop(AF_INET, &four->sin_addr, out, n);
    return at->sa_family == AF_INET6 && !IN6_IS_ADDR_LINKLOCAL(&six->sin6_addr) &&
           inet_ntop(AF_INET6, &six->sin6_addr, out, n);
}

const char **tls_names_here(struct arena *a, bool everywhere, size_t *out_n)
{
    const char **list = ARENA_ARRAY(a, const char *, NAMES_MAX);
    struct ifaddrs *all = NULL;
    char text[INET6_ADDRSTRLEN], host[256] = "";
    size_t n = 0;

    name_put(a, list, &n, "localhost");
    name_put(a, list, &n, "127.0.0.1");
    name_put(a, list, &n, "::1");
    if (!gethostname(host, sizeof host - 1))
        name_put(a, list, &n, host);
    if (everywhere && !getifaddrs(&all)) {
        for (struct ifaddrs *i = all; i; i = i->ifa_next) {
            if (!i->ifa_addr)
                continue;
            if (address_text(i->ifa_addr, text, sizeof text))
                name_put(a, list, &n, text);
        }
        freeifaddrs(all);
    }
    *out_n = n;
    return list;
}
