/* cli/doctor.c - looks at the machine and says what is missing, with a remedy. */
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/settings.h"
#include "base/thread.h"
#include "cli/cli.h"
#include "roles/serve.h"

enum verdict { FINE, NOTE, BAD };

struct report {
    struct jw *w; /* NULL: for people */
    int bad;
};

static void say(struct report *r, const char *what, enum verdict v, str detail)
{
    static const char *const names[] = {"ok", "note", "problem"};

    r->bad += v == BAD;
    if (!r->w) {
        cli_print("%-8s %-10s %.*s\n", names[v], what, STR_ARG(detail));
        return;
    }
    jw_obj(r->w);
    jw_kstr(r->w, "check", str_of(what));
    jw_kstr(r->w, "verdict", str_of(names[v]));
    jw_kstr(r->w, "detail", detail);
    jw_end(r->w);
}

static void home_check(struct report *r, str home, struct arena *a)
{
    char *path = str_cz(a, home);
    struct statvfs fs;
    struct stat st;

    if (stat(path, &st) < 0) {
        say(r, "folder", NOTE, str_fmt(a, "%s does not exist yet; harken serve makes it", path));
        return;
    }
    if (st.st_uid != geteuid())
        say(r, "folder", BAD, str_fmt(a, "%s belongs to another user; use --home or run as that user", path));
    else if (st.st_mode & 0066)
        say(r, "folder", BAD, str_fmt(a, "others may read %s; run: chmod go-rwx %s", path, path));
    else
        say(r, "folder", FINE, str_dup(a, home));
    if (statvfs(path, &fs) == 0) {
        double gb = (double)fs.f_bavail * (double)fs.f_frsize / 1e9;
        say(r, "disk", gb < 1 ? BAD : FINE,
            str_fmt(a, "%.1f GB free%s", gb, gb < 1 ? "; make room: below 1 GB ingesting stops" : ""));
    }
}

static void database_check(struct report *r, const struct settings *s, struct arena *a)
{
    static const char *const places[] = {"/usr/lib/postgresql/17/bin",
                                         "/usr/lib/postgresql/16/bin",
                                         "/usr/lib/postgresql/15/bin",
                                         "/usr/local/pgsql/bin",
                                         "/usr/local/bin",
                                         "/usr/bin"};
    str set = settings_str(s, "database.bin");

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        str dir = set.n ? set : str_of(places[i]);
        if (fs_exists(fs_join(a, dir, STR("initdb")).p) && fs_exists(fs_join(a, dir, STR("postgres")).p)) {
            say(r, "database", FINE, str_fmt(a, "PostgreSQL in %.*s", STR_ARG(dir)));
            return;
        }
    }
    say(r, "database", BAD, STR("no PostgreSQL found; install the package postgresql-15 or set database.bin"));
}

static void model_check(struct report *r, const struct settings *s, struct arena *a)
{
    str model = settings_str(s, "model.embed");

    if (!model.n)
        say(r, "model", NOTE, STR("no embedding model: search by words only; set model.embed to a GGUF encoder"));
    else if (!fs_exists(str_cz(a, model)))
        say(r, "model", BAD, str_fmt(a, "%.*s does not exist; run the set-up or change model.embed", STR_ARG(model)));
    else
        say(r, "model", FINE, str_dup(a, model));
}

static void kernel_check(struct report *r, struct arena *a)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    str text;
    struct err e;

    if (abi > 0)
        say(r, "sandbox", FINE, str_fmt(a, "Landlock ABI %ld, seccomp", abi));
    else
        say(r, "sandbox", NOTE, STR("this kernel has no Landlock: readers and engine are confined by seccomp alone"));
    if (!fs_read("/proc/swaps", 65536, a, &text, &e) &&
        str_contains(str_from(text, str_find_char(text, '\n', 0)), STR("/")))
        say(r, "swap", NOTE, STR("swap is on: opened words could reach the disk; encrypt it or turn it off"));
    say(r, "cores", FINE, str_fmt(a, "%d", thread_cores()));
}

static void server_check(struct report *r, str home, struct arena *a)
{
    struct http_client *c = NULL;
    struct err e;
    str body;

    if (cli_connect(a, home, &c, &e))
        say(r, "server", NOTE, str_of(e.msg));
    else if (cli_call_once(c, "GET", STR("/readyz"), STR_NULL, a, &body, &e))
        say(r, "server", BAD, str_dup(a, str_of(e.msg)));
    else
        say(r, "server", FINE, STR("ready"));
    http_client_free(c);
}

int cli_doctor(struct arena *a, int argc, char **argv)
{
    struct report r = {0};
    struct settings *s;
    struct cli_args x;
    struct buf b;
    struct jw w;
    str home;
    struct err e;
    int rc;

    if (!cli_parse(cli_find("doctor"), argc, argv, a, &x, &rc))
        return rc;
    home = cli_home(a, cli_value(&x, "--home"));
    buf_init(&b, 1 << 20);
    jw_init(&w, &b);
    if (cli_has(&x, "--json"))
        r.w = &w;
    s = settings_new(serve_settings);
    jw_obj(&w);
    jw_karr(&w, "checks");
    if (settings_file_load(s, fs_join(a, home, STR("harken.conf")).p, &e) == ERR_INVALID ||
        settings_env_load(s, environ, &e))
        say(&r, "settings", BAD, str_dup(a, str_of(e.msg)));
    home_check(&r, home, a);
    database_check(&r, s, a);
    model_check(&r, s, a);
    kernel_check(&r, a);
    server_check(&r, home, a);
    jw_end(&w);
    jw_kbool(&w, "ok", !r.bad);
    jw_end(&w);
    if (r.w)
        printf("%.*s\n", STR_ARG(buf_view(&b)));
    buf_done(&b);
    settings_free(s);
    return r.bad ? CLI_FAILED : CLI_OK;
}
