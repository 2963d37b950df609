#include "roles/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/api.h"
#include "api/event_hub.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/thread.h"
#include "formats/sandbox.h"
#include "pipeline/rebuild.h"
#include "pipeline/worker.h"
#include "records/chosen.h"
#include "records/hooks.h"
#include "roles/front.h"
#include "roles/handover.h"
#include "roles/samples.h"
#include "store/cluster.h"
#include "store/migrate.h"
#include "store/workspace_store.h"

enum { SEQUENCE_MS = 1000, DIM_DEFAULT = 384, TLS_LOOK_MS = 12 * 3600 * 1000, TAKEOVER_MS = 60000, STORE_MS = 10000 };

/* Everything that is started; what is NULL was not. Stopped in reverse order by serve_stop. */
struct serve {
    const struct serve_opts *o;
    struct arena *a;
    int lock_fd;
    int listen_fd[HANDOVER_FDS_MAX + 1]; /* sockets that another process gave us, -1 behind the last */
    size_t listen_fd_n;
    int door_fd;      /* where the next process asks for our sockets; -1: nowhere yet */
    int successor_fd; /* its connection, when it did; closed when all is let go */
    struct keyring *keys;
    struct cluster *cluster;
    struct db *db;
    struct core core;
    struct api api;
    struct gateway *gateway;
    struct front_tls tls;
    struct http_server_opts http;
    const char *public_url;
    struct audit_signer signer;
    bool signing;
    struct id token;
    struct thread rebuild, sequence;
    atomic_bool stop;
    struct err rebuild_err;
};

static char *path_of(struct serve *s, const char *name)
{
    return (char *)(uintptr_t)fs_join(s->a, s->o->home, str_of(name)).p;
}

/* Gets the sockets of the server that runs, and then its lock. */
static enum err_code predecessor_end(struct serve *s, struct err *e)
{
    int conn, tries = 500;

    if (handover_take(path_of(s, "run/takeover"), s->listen_fd, &s->listen_fd_n, &conn, e))
        return e->code;
    LOG_INFO("takeover.begun", F_INT("sockets", s->listen_fd_n));
    if (handover_wait(conn, (int)settings_int(s->o->settings, "shutdown.timeout") + TAKEOVER_MS, e))
        return e->code;
    while (flock(s->lock_fd, LOCK_EX | LOCK_NB) < 0) {
        if (!tries--)
            return err_set(e, ERR_TIMEOUT, "the running server does not let go of the data folder");
        usleep(10000);
    }
    return ERR_OK;
}

/* The data folder, ours alone, used by one server at a time. */
static enum err_code home_open(struct serve *s, struct err *e)
{
    char *home = str_cz(s->a, s->o->home), *lock;

    if (fs_mkdirs(home, 0700, e) || fs_mkdirs(path_of(s, "run"), 0700, e))
        return err_wrap(e, "data folder %s", home);
    lock = path_of(s, "run/lock");
    s->lock_fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (s->lock_fd < 0)
        return err_errno(e, errno, "open %s", lock);
    if (flock(s->lock_fd, LOCK_EX | LOCK_NB) < 0 && (!s->o->take_over || predecessor_end(s, e))) {
        if (s->o->take_over && e->code != ERR_NOT_FOUND)
            return err_wrap(e, "take over");
        close(s->lock_fd);
        s->lock_fd = -1; /* the address in there is the other one's */
        return err_set(e, ERR_BUSY, "another harken serve runs on %s", home);
    }
    if (!s->listen_fd_n)
        unlink(path_of(s, "run/address"));
    return ERR_OK;
}

static enum err_code store_open(struct serve *s, struct err *e)
{
    struct cluster_config cc = {.dir = path_of(s, "pg")};
    struct db_config dc = {.connections = (int)settings_int(s->o->settings, "database.connections"),
                           .before_commit = keyring_before_commit};
    int applied;

    cc.bin_dir = str_cz(s->a, settings_str(s->o->settings, "database.bin"));
    if (keyring_open(path_of(s, "keys"), &s->keys, e))
        return err_wrap(e, "keys");
    if (keyring_damaged(s->keys))
        LOG_ERROR("keys.damaged", F_INT("records", keyring_damaged(s->keys)));
    if (cluster_start(&cc, &s->cluster, e))
        return err_wrap(e, "database");
    if (migrate_run(cluster_conninfo(s->cluster, CLUSTER_OWNER), &applied, e))
        return err_wrap(e, "migrations");
    dc.conninfo = cluster_conninfo(s->cluster, CLUSTER_APP);
    dc.before_commit_arg = s->keys;
    s->db = db_new(&dc);
    s->core.v = (struct vaulted){.db = s->db, .keys = s->keys};
    if (workspace_default(s->db, s->keys, &s->core.v.workspace, e))
        return err_wrap(e, "workspace");
    audit_signer_init(&s->signer, s->keys);
    s->signing = true;
    s->core.owner = (struct job_owner){.home = keyring_id(s->keys), .boot = id_new()};
    return job_reclaim(s->db, s->core.v.workspace, s->core.owner, NULL, e);
}

/* What people chose from afar, where the machine's owner set nothing. One that is no longer good is passed over. */
static enum err_code chosen_take(struct serve *s, struct settings *to, struct err *e)
{
    struct arena *a = arena_new_wiped("settings.chosen");
    struct chosen *list = NULL;
    struct db_tx *t;
    size_t n = 0;
    enum err_code rc = db_begin(s->db, s->core.v.workspace, STORE_MS, &t, e);

    if (!rc) {
        rc = chosen_load(t, &s->core.v, a, &list, &n, e);
        db_rollback(t);
    }
    for (size_t i = 0; i < n; i++) {
        struct err why;
        if (settings_chosen(to, list[i].key, list[i].value, &why))
            LOG_WARN("config.chosen.refused", F_ERR(&why));
    }
    arena_free(a);
    return rc;
}

static void domains_read(struct serve *s)
{
    str all = str_lower_ascii(s->a, settings_str(s->o->settings, "company.domains")), *list = NULL;
    size_t n = 0, cap = 0;

    while (all.n) {
        str one = str_trim(str_cut(all, ',', &all));
        if (one.n)
            ARENA_PUSH(s->a, list, n, cap) = one;
    }
    if (!n && s->o->samples)
        samples_domains(s->a, &list, &n);
    s->core.own_domains = list;
    s->core.own_domains_n = n;
}

static void competitors_read(struct serve *s)
{
    str all = settings_str(s->o->settings, "company.competitors"), *list = NULL;
    size_t n = 0, cap = 0;

    while (all.n) {
        str one = str_trim(str_cut(all, ',', &all));
        if (one.n)
            ARENA_PUSH(s->a, list, n, cap) = one;
    }
    if (!n && s->o->samples)
        samples_competitors(s->a, &list, &n);
    s->core.competitors = list;
    s->core.competitors_n = n;
}

static enum err_code engine_open(struct serve *s, struct err *e)
{
    char *model = str_cz(s->a, settings_str(s->o->settings, "model.embed"));
    struct err why;

    if (!*model) {
        s->api.model_note = "none configured: set model.embed to a GGUF encoder";
    } else if (!fs_exists(model)) {
        s->api.model_note = "the file of model.embed does not exist";
        LOG_WARN("engine.no_model");
    } else if (embedder_start(&(struct embed_config){.exe = "/proc/self/exe",
                                                     .model = model,
                                                     .threads = (int)settings_int(s->o->settings, "model.threads"),
                                                     .sandbox = s->o->sandbox},
                              &s->core.em, &why)) {
        return *e = why, err_wrap(e, "embedding model");
    }
    s->core.ix = index_new(s->core.em ? embedder_info(s->core.em)->dim : DIM_DEFAULT);
    return ERR_OK;
}

/* A language model that cannot be used takes nothing else down: chat says why it is off. */
static void llm_start(struct serve *s)
{
    const struct settings *set = s->o->settings;
    struct llm_config c = {.exe = "/proc/self/exe",
                           .model = str_cz(s->a, settings_str(set, "llm.model")),
                           .threads = (int)settings_int(set, "llm.threads"),
                           .context = (int)settings_int(set, "llm.context"),
                           .slots = (int)settings_int(set, "llm.slots"),
                           .sandbox = s->o->sandbox};
    struct err e;

    if (!*c.model)
        return;
    if (!fs_exists(c.model))
        s->api.llm_note = "the file of llm.model does not exist";
    else if (llm_open("embedded", &c, &s->core.llm, &e))
        s->api.llm_note = str_fmt(s->a, "the file of llm.model cannot be used: %s", e.msg).p;
    if (s->api.llm_note)
        LOG_ERROR("llm.off", F_CZ("why", s->api.llm_note));
}

/* Rebuilds the index, then lets the workers loose: they must not be overtaken by what the rebuild read before. */
static void rebuild_thread(void *arg)
{
    struct serve *s = arg;
    struct err e;
    int64_t missing = 0;

    while (rebuild_run(&s->core, &s->stop, &e)) {
        LOG_ERROR("index.rebuild.failed", F_ERR(&e));
        for (int i = 0; i < 20 && !atomic_load(&s->stop); i++)
            usleep(100000);
        if (atomic_load(&s->stop))
            return;
    }
    if (s->core.em && !rebuild_missing_vectors(&s->core, &missing, &e) && missing)
        LOG_INFO("vectors.queued", F_INT("interactions", missing));
    if (!rebuild_stale_analyses(&s->core, &missing, &e) && missing)
        LOG_INFO("analyses.queued", F_INT("interactions", missing));
    malloc_trim(0);
}

static void sequence_thread(void *arg)
{
    struct serve *s = arg;
    int64_t n = 0;
    struct err e;

    while (!atomic_load(&s->stop)) {
        if (audit_sequence(s->db, s->core.v.workspace, &s->signer, 1000, &n, &e))
            LOG_WARN("audit.sequence.failed", F_ERR(&e));
        for (int i = 0; n < 1000 && i < SEQUENCE_MS / 50 && !atomic_load(&s->stop); i++)
            usleep(50000);
    }
}

/* A token of the command line: kept in the data folder, readable by its owner only. */
static enum err_code token_publish(struct serve *s, struct err *e)
{
    struct token_new n = {.scopes = PERM_BITS_ALL, .name = STR("command line"), .expires_at_ms = CLOCK_NONE};
    char *file = path_of(s, "run/token");
    struct token t;
    str text;

    if (!fs_read(file, 4096, s->a, &text, e) && !token_find(s->db, s->core.v.workspace, str_trim(text), &t, e)) {
        s->token = t.id; /* left by a run that was killed, and still good */
        return ERR_OK;
    }
    if (token_add(s->db, s->keys, s->core.v.workspace, &n, s->a, &s->token, &text, e))
        return e->code;
    return fs_write_atomic(file, str_fmt(s->a, "%.*s\n", STR_ARG(text)), 0600, e);
}

/* A minute's number as a rate, with ten seconds' worth at once. */
static struct limit_rule limit_of(const struct settings *c, const char *key)
{
    double n = (double)settings_int(c, key);

    return (struct limit_rule){.rate = n / 60, .burst = n / 6 < 1 ? 1 : n / 6};
}

static struct gateway_limits limits_of(const struct settings *c)
{
    return (struct gateway_limits){.user = limit_of(c, "limits.user"),
                                   .key = limit_of(c, "limits.key"),
                                   .workspace = limit_of(c, "limits.workspace"),
                                   .address = limit_of(c, "limits.address"),
                                   .cost = limit_of(c, "limits.cost"),
                                   .concurrent = (int)settings_int(c, "limits.concurrent"),
                                   .loopback = settings_bool(c, "limits.loopback")};
}

static enum err_code front_open(struct serve *s, struct err *e)
{
    const char **listen = ARENA_ARRAY(s->a, const char *, 2);
    const char *local;
    struct gateway_opts go = {.routes = api_routes(),
                              .app = &s->api,
                              .db = s->db,
                              .keys = s->keys,
                              .workspace = s->core.v.workspace,
                              .listen = listen,
                              .http = &s->http,
                              .limits = limits_of(s->o->settings),
                              .workers = (int)settings_int(s->o->settings, "http.workers")};

    listen[0] = str_cz(s->a, settings_str(s->o->settings, "listen"));
    s->api.core = &s->core;
    s->api.settings = s->o->settings;
    if (s->tls.ca && fs_read(s->tls.ca, 1 << 16, s->a, &s->api.ca_pem, e))
        return err_wrap(e, "certificate");
    s->api.started_ms = clock_mono_ms();
    atomic_store(&s->api.sandbox, s->o->sandbox);
    if (front_http(&s->http, s->o->settings, s->a, e))
        return e->code;
    s->http.tls = s->tls.server;
    s->listen_fd[s->listen_fd_n] = -1;
    s->http.listen_fd = s->listen_fd_n ? s->listen_fd : NULL;
    if (token_publish(s, e) || gateway_new(&go, &s->gateway, e))
        return e->code;
    local = front_urls(s->a, gateway_url(s->gateway), &s->public_url);
    gateway_public_url(s->gateway, s->public_url);
    if (gateway_start(s->gateway, e) || handover_open(path_of(s, "run/takeover"), &s->door_fd, e))
        return e->code;
    return fs_write_atomic(path_of(s, "run/address"), str_fmt(s->a, "%s\n", local), 0600, e);
}

/* Runs on the thread of the events: what is new goes to those who asked for it. */
static void webhooks_tell(void *ctx, int64_t last)
{
    struct serve *s = ctx;
    struct err e;
    size_t n;

    if (hook_fan_out(&s->core.v, last, &n, &e))
        LOG_WARN("webhooks.queue.failed", F_ERR(&e)); /* the next event takes them along */
    else if (n)
        workers_wake(&s->core, "webhook");
}

/* What may change while it runs, as it is now; rules before stay for who is reading them. */
static enum err_code settings_take(struct serve *s, struct err *e)
{
    struct egress_rules *rules = ARENA_ARRAY(s->a, struct egress_rules, 1);

    atomic_store(&s->core.answers_keep_ms, settings_int(s->o->settings, "answers.keep"));
    if (front_egress(rules, s->o->settings, s->a, e))
        return e->code;
    atomic_store(&s->core.egress, rules);
    return ERR_OK;
}

static enum err_code events_open(struct serve *s, struct err *e)
{
    struct event_hub_opts o = {.db = s->db,
                               .workspace = s->core.v.workspace,
                               .ix = s->core.ix,
                               .per_caller = (int)settings_int(s->o->settings, "events.per_caller"),
                               .keep_ms = settings_int(s->o->settings, "events.keep"),
                               .numbered = webhooks_tell,
                               .ctx = s};

    return settings_take(s, e) ? e->code : event_hub_start(&o, &s->api.hub, e);
}

static enum err_code serve_start(struct serve *s, struct err *e)
{
    if (!s->o->take_over && home_open(s, e))
        return e->code;
    sandbox_enabled_set(s->o->sandbox);
    if (sandbox_start(e))
        return err_wrap(e, "sandbox");
    if (engine_open(s, e)) /* before taking over: clients wait from then on */
        return e->code;
    llm_start(s);
    if (s->o->take_over && home_open(s, e))
        return e->code;
    if (store_open(s, e) || chosen_take(s, s->o->settings, e))
        return e->code;
    s->o->settings_apply(s->o->settings);
    domains_read(s);
    competitors_read(s);
    if (thread_start(&s->rebuild, "rebuild-all", rebuild_thread, s, e) ||
        thread_start(&s->sequence, "audit", sequence_thread, s, e))
        return e->code;
    thread_join(&s->rebuild); /* exact and honest: ready means searchable */
    if (events_open(s, e) || workers_start(&s->core, e) || front_tls_open(&s->tls, s->o, s->a, e) || front_open(s, e))
        return e->code;
    atomic_store(&s->api.ready, true);
    return ERR_OK;
}

static void serve_stop(struct serve *s)
{
    struct err e;

    bool handed_over = s->successor_fd >= 0;

    atomic_store(&s->api.draining, true);
    if (s->lock_fd >= 0 && !handed_over)
        unlink(path_of(s, "run/address"));
    if (s->door_fd >= 0) {
        unlink(path_of(s, "run/takeover"));
        close(s->door_fd);
    }
    if (s->gateway)
        gateway_drain(s->gateway, (int)settings_int(s->o->settings, "shutdown.timeout"), handed_over);
    event_hub_stop(s->api.hub);
    atomic_store(&s->stop, true);
    samples_stop();
    embedder_drain(s->core.em);
    workers_drain(&s->core);
    thread_join(&s->rebuild);
    thread_join(&s->sequence);
    if (s->signing) {
        audit_sequence(s->db, s->core.v.workspace, &s->signer, 1000000, NULL, &e);
        audit_signer_done(&s->signer);
    }
    if (!id_is_nil(s->token) && !handed_over && token_drop(s->db, s->core.v.workspace, s->token, &e) == ERR_OK)
        unlink(path_of(s, "run/token"));
    gateway_free(s->gateway);
    front_tls_close(&s->tls);
    llm_close(s->core.llm);
    embedder_stop(s->core.em);
    sandbox_stop();
    index_free(s->core.ix);
    db_free(s->db);
    cluster_stop(s->cluster);
    keyring_close(s->keys);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    if (handed_over)
        close(s->successor_fd);
}

static void banner_print(struct serve *s, bool loading)
{
    const struct embed_info *m = s->core.em ? embedder_info(s->core.em) : NULL;
    struct index_stats st;
    struct err e;
    str link;

    index_stats_get(s->core.ix, &st);
    if (gateway_sign_in_link(s->gateway, ID_NIL, s->a, &link, &e))
        link = str_of(s->public_url);
    printf("Harken is ready at %s\n  sign in    %.*s  (once, within 15 minutes)\n  data       %.*s\n  embedding  %s\n"
           "  holds      %zu conversations%s\n%s%s%s  stop       Ctrl-C\n",
           s->public_url, STR_ARG(link), STR_ARG(s->o->home), m ? m->model_name : s->api.model_note, st.interactions,
           loading ? "; the sample company is being loaded" : "", s->tls.ca ? "  trust      " : "",
           s->tls.ca ? s->tls.ca : "", s->tls.ca ? "  (also at /ca.pem)\n" : "");
    fflush(stdout);
}

static void limits_raise(void)
{
    struct rlimit r;

    if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < r.rlim_max) {
        r.rlim_cur = r.rlim_max < 65536 ? r.rlim_max : 65536;
        setrlimit(RLIMIT_NOFILE, &r);
    }
    r.rlim_cur = r.rlim_max = 0;
    setrlimit(RLIMIT_CORE, &r); /* a core file would hold opened words */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    mallopt(M_ARENA_MAX, 4); /* threads would keep one heap each */
}

static int signals_open(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

/* Gives the listening sockets to the process that asks for them. True: it has them, and we end. */
static bool hand_over(struct serve *s)
{
    int fds[HANDOVER_FDS_MAX];
    size_t n = 0;

    while (n < HANDOVER_FDS_MAX && (fds[n] = gateway_listen_fd(s->gateway, n)) >= 0)
        n++;
    s->successor_fd = handover_give(s->door_fd, fds, n);
    if (s->successor_fd < 0)
        return false;
    LOG_INFO("takeover.given", F_INT("sockets", n));
    return true;
}

/* Names what was changed and what needs a restart, never values. Wrong settings change nothing. */
static void config_reload(struct serve *s)
{
    struct settings *fresh = NULL;
    struct err e;

    if (s->o->settings_again(s->o->settings_arg, &fresh, &e) || chosen_take(s, fresh, &e)) {
        LOG_ERROR("config.reload.failed", F_ERR(&e));
        settings_free(fresh);
        return;
    }
    for (size_t i = 0; i < settings_count(fresh); i++) {
        const char *key = settings_row(fresh, i)->key;
        switch (settings_row_reload(s->o->settings, i, fresh)) {
        case SETTING_TAKEN:
            LOG_INFO("config.changed", F_CZ("key", key));
            break;
        case SETTING_NEEDS_RESTART:
            LOG_WARN("config.needs_restart", F_CZ("key", key));
            break;
        default:
            break;
        }
    }
    LOG_INFO("config.reload");
    s->o->settings_apply(s->o->settings);
    if (settings_take(s, &e))
        LOG_ERROR("config.reload.failed", F_ERR(&e));
    settings_free(fresh);
}

/* Waits for the signal to end, or for a successor. SIGHUP reads settings and certificate again; our own one is looked after twice a
 * day. */
static void signal_wait(struct serve *s, int fd)
{
    struct pollfd p[2] = {{.fd = fd, .events = POLLIN}, {.fd = s->door_fd, .events = POLLIN}};
    struct signalfd_siginfo si;
    int n;

    for (;;) {
        n = poll(p, 2, TLS_LOOK_MS);
        if (n > 0 && p[1].revents && hand_over(s))
            return;
        if (n > 0 && !p[0].revents)
            continue;
        if (n > 0 && (read(fd, &si, sizeof si) != (ssize_t)sizeof si || si.ssi_signo != SIGHUP))
            return;
        if (n > 0)
            config_reload(s);
        if (n >= 0)
            front_tls_reload(&s->tls, n > 0);
    }
}

/* The second signal while draining ends the process at once. */
static void impatient_thread(void *arg)
{
    struct signalfd_siginfo si;

    while (read(*(int *)arg, &si, sizeof si) == (ssize_t)sizeof si && si.ssi_signo == SIGHUP)
        ;
    _exit(1);
}

enum err_code serve_run(const struct serve_opts *o, struct err *e)
{
    static struct serve s;
    static int signals;
    struct thread impatient = {0};
    enum err_code rc;
    bool loading = false;

    s = (struct serve){.o = o, .a = arena_new_wiped("serve"), .lock_fd = -1, .door_fd = -1, .successor_fd = -1};
    handover_inherited(s.listen_fd, &s.listen_fd_n);
    umask(077);
    limits_raise();
    signals = signals_open();
    rc = serve_start(&s, e);
    if (!rc) {
        if (o->samples)
            samples_start(&s.core, &loading);
        LOG_INFO("serve.ready", F_CZ("url", gateway_url(s.gateway)), F_BOOL("sandbox", o->sandbox));
        if (!o->sandbox)
            LOG_WARN("sandbox.off");
        banner_print(&s, loading);
        signal_wait(&s, signals);
        LOG_INFO("serve.draining");
        thread_start(&impatient, "impatient", impatient_thread, &signals, NULL);
    }
    serve_stop(&s);
    if (!rc)
        LOG_INFO("serve.stopped");
    arena_free(s.a);
    return rc;
}
