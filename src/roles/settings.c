#include "roles/serve.h"

#ifndef HARKEN_MODEL
#define HARKEN_MODEL ""
#endif

const struct setting_row serve_settings[] = {
    {"company.domains", SET_STR, "", 0, 0, NULL, false,
     "mail domains of our own people, separated by commas; decides who is internal"},
    {"database.bin", SET_STR, "", 0, 0, NULL, false, "folder of PostgreSQL's programs; empty: found"},
    {"database.connections", SET_INT, "12", 2, 200, NULL, false, "connections kept to the database"},
    {"events.keep", SET_MS, "14d", 3600000, 366LL * 86400000, NULL, false,
     "how long a stream of events can be taken up again"},
    {"events.per_caller", SET_INT, "20", 1, 100000, NULL, false, "most event streams of one user or key side by side"},
    {"http.body_timeout", SET_MS, "20s", 100, 600000, NULL, false,
     "start-up allowance for a body, which must then keep 4 KiB/s; else 408"},
    {"http.connections", SET_INT, "0", 0, 1000000, NULL, false,
     "most open connections; 0: what the system allows, at most 16384"},
    {"http.fields_max", SET_INT, "100", 10, 100, NULL, false, "most header fields of a request; else 431"},
    {"http.head_max", SET_BYTES, "40KiB", 1024, 262144, NULL, false, "largest head of a request; else 431"},
    {"http.head_timeout", SET_MS, "15s", 100, 600000, NULL, false,
     "from the first byte of a request to the end of its head, and for the TLS handshake; else 408"},
    {"http.idle_timeout", SET_MS, "75s", 100, 3600000, NULL, false, "how long a connection without a request is kept"},
    {"http.target_max", SET_BYTES, "8KiB", 256, 65536, NULL, false, "longest address of a request; else 414"},
    {"http.workers", SET_INT, "0", 0, 512, NULL, false, "threads that answer requests; 0: by the number of cores"},
    {"http.write_timeout", SET_MS, "30s", 100, 600000, NULL, false, "how long a client may take nothing of its answer"},
    {"listen", SET_STR, "127.0.0.1:8470", 0, 0, NULL, false, "address and port; port 0 picks a free one"},
    {"log.format", SET_ENUM, "json", 0, 0, "json|console", true, "form of log lines on standard error"},
    {"log.level", SET_ENUM, "info", 0, 0, "debug|info|warn|error", true, "least level that is logged"},
    {"listen.proxies", SET_STR, "", 0, 0, NULL, false,
     "addresses of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, separated by commas: 10.0.0.0/8, "
     "unix"},
    {"model.embed", SET_STR, HARKEN_MODEL, 0, 0, NULL, false,
     "GGUF file of the embedding model; none: search by words only"},
    {"model.threads", SET_INT, "0", 0, 256, NULL, false, "threads of the embedding engine; 0: one per core"},
    {"shutdown.timeout", SET_MS, "15s", 100, 600000, NULL, true, "how long running work may take to end"},
    {"tls", SET_ENUM, "auto", 0, 0, "auto|on|off", false,
     "encrypt connections; auto: when listening beyond this machine"},
    {"tls.certificate", SET_STR, "", 0, 0, NULL, false,
     "PEM file with the certificate and its chain; empty: one of our own authority in the data folder"},
    {"tls.key", SET_STR, "", 0, 0, NULL, false, "PEM file with the key of tls.certificate"},
    {"tls.min", SET_ENUM, "1.3", 0, 0, "1.2|1.3", false, "oldest version of TLS that is spoken"},
    {"tls.names", SET_STR, "", 0, 0, NULL, false,
     "more names and addresses for the certificate of our own authority, separated by commas"},
    {.key = NULL},
};
