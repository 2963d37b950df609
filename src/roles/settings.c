#include "net/net_addr.h"
#include "roles/serve.h"

#ifndef HARKEN_MODEL
#define HARKEN_MODEL ""
#endif

static enum err_code ranges_check(str list, struct err *e)
{
    struct net_range r;

    while (list.n) {
        str one = str_trim(str_cut(list, ',', &list));
        if (one.n && net_range_parse(one, &r, e))
            return e->code;
    }
    return ERR_OK;
}

static enum err_code ports_check(str list, struct err *e)
{
    uint64_t port;

    while (list.n)
        if (!str_to_u64(str_trim(str_cut(list, ',', &list)), &port) || !port || port > 65535)
            return err_set(e, ERR_INVALID, "a port is a number from 1 to 65535");
    return ERR_OK;
}

const struct setting_row serve_settings[] = {
    {"answers.keep", SET_MS, "0s", 0, 3650LL * 86400000, NULL, true,
     "how long questions and their answers are kept; 0s: until they are deleted", true},
    {"company.domains", SET_STR, "", 0, 0, NULL, false,
     "mail domains of our own people, separated by commas; decides who is internal", true},
    {"company.competitors", SET_STR, "", 0, 0, NULL, false,
     "names of competitors to look for in what is said, separated by commas", true},
    {"database.bin", SET_STR, "", 0, 0, NULL, false, "folder of PostgreSQL's programs; empty: found"},
    {"database.connections", SET_INT, "12", 2, 200, NULL, false, "connections kept to the database"},
    {"egress.allow", SET_STR, "", 0, 0, NULL, true,
     "private addresses that webhooks may be sent to, at any port, separated by commas: 10.1.0.0/16", true,
     ranges_check},
    {"egress.ports", SET_STR, "443", 0, 0, NULL, true, "ports of public addresses that webhooks may be sent to", true,
     ports_check},
    {"events.keep", SET_MS, "14d", 3600000, 366LL * 86400000, NULL, false,
     "how long a stream of events can be taken up again", true},
    {"events.per_caller", SET_INT, "20", 1, 100000, NULL, false, "most event streams of one user or key side by side",
     true},
    {"exports.allow", SET_BOOL, "true", 0, 0, NULL, true, "may lists be taken out as CSV and JSON lines", true},
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
    {"limits.address", SET_INT, "12000", 0, 100000000, NULL, false, "requests a minute of one address; 0: any number",
     true},
    {"limits.concurrent", SET_INT, "64", 0, 100000, NULL, false,
     "requests of one user or key side by side; 0: any number", true},
    {"limits.cost", SET_INT, "600000", 0, 1000000000, NULL, false,
     "rows and hundreds of tokens a minute that one user or key may have; 0: any number", true},
    {"limits.key", SET_INT, "12000", 0, 100000000, NULL, false, "requests a minute of one API key; 0: any number",
     true},
    {"limits.loopback", SET_BOOL, "false", 0, 0, NULL, false,
     "limits.address holds for this machine's own addresses, too", true},
    {"limits.user", SET_INT, "6000", 0, 100000000, NULL, false, "requests a minute of one user; 0: any number", true},
    {"limits.workspace", SET_INT, "120000", 0, 100000000, NULL, false,
     "requests a minute of all users and keys; 0: any number", true},
    {"listen", SET_STR, "127.0.0.1:8470", 0, 0, NULL, false, "address and port; port 0 picks a free one"},
    {"llm.context", SET_INT, "0", 0, 1 << 20, NULL, false,
     "tokens of a prompt and its answer together; 0: as the model was trained, at most 8192"},
    {"llm.model", SET_STR, "", 0, 0, NULL, false, "GGUF file of the language model; none: answers quote, chat is off"},
    {"llm.slots", SET_INT, "2", 1, 64, NULL, false, "texts the language model writes side by side"},
    {"llm.threads", SET_INT, "0", 0, 256, NULL, false, "threads of the language model; 0: one per core"},
    {"log.format", SET_ENUM, "json", 0, 0, "json|console", true, "form of log lines on standard error", true},
    {"log.level", SET_ENUM, "info", 0, 0, "debug|info|warn|error", true, "least level that is logged", true},
    {"listen.proxies", SET_STR, "", 0, 0, NULL, false,
     "addresses of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, separated by commas: 10.0.0.0/8, "
     "unix",
     false, ranges_check},
    {"model.embed", SET_STR, HARKEN_MODEL, 0, 0, NULL, false,
     "GGUF file of the embedding model; none: search by words only"},
    {"model.threads", SET_INT, "0", 0, 256, NULL, false, "threads of the embedding engine; 0: one per core"},
    {"shutdown.timeout", SET_MS, "15s", 100, 600000, NULL, true, "how long running work may take to end", true},
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
