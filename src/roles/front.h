/* roles/front.h - the front door's addresses: whether they are encrypted, with which certificate, and how they are called.
 *
 * All functions run on the thread that starts and ends the server. */
#pragma once
#include "base/arena.h"
#include "net/egress.h"
#include "net/http_server.h"
#include "net/tls.h"
#include "roles/serve.h"

struct front_tls {
    struct tls_server *server; /* NULL: plain */
    const char *ca; /* file of our own authority's certificate, for others to trust; NULL: not ours, or plain */
    const char *dir, *pin_path;
    const char **names;
    size_t names_n;
};

/* Decides by the settings tls and listen, makes what is missing below HOME/keys/tls, and leaves the key's hash in HOME/run/pin
 * for the command line. ERR_INVALID names the setting. Strings live in `a`. */
enum err_code front_tls_open(struct front_tls *t, const struct serve_opts *o, struct arena *a, struct err *e);
/* Reads the certificate again; a certificate of our own that ends soon is renewed first. Without `read_again` only the
 * latter. Failures are logged, and the old certificate stays. */
void front_tls_reload(struct front_tls *t, bool read_again);
void front_tls_close(struct front_tls *t);

/* Limits and proxies from the settings http.* and listen.proxies. ERR_INVALID names the setting. Memory in `a`. */
enum err_code front_http(struct http_server_opts *out, const struct settings *s, struct arena *a, struct err *e);

/* Where webhooks may be sent to, from the settings egress.*. ERR_INVALID names the setting. Memory in `a`. */
enum err_code front_egress(struct egress_rules *out, const struct settings *s, struct arena *a, struct err *e);

/* From the URL of the listener: how programs on this machine reach it (returned) and how people elsewhere do. They differ
 * when it listens everywhere. Memory in `a`. */
const char *front_urls(struct arena *a, const char *url, const char **out_public);
