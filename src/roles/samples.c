#include "roles/samples.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/thread.h"
#include "formats/format.h"
#include "pipeline/context.h"
#include "pipeline/ingest.h"

#ifndef HARKEN_SAMPLES
#define HARKEN_SAMPLES ""
#endif

enum { ANY_RAW };
const struct db_stmt samples_sql[] = {
    [ANY_RAW] = {"samples_any_raw", "SELECT 1 FROM raw WHERE workspace_id=$1 LIMIT 1"},
};
const size_t samples_sql_n = sizeof samples_sql / sizeof *samples_sql;

static struct thread loader;
static atomic_bool loader_stop;

/* Nothing was ever ingested, and no loading was begun: raws that were deleted leave the samples gone. */
static bool store_empty(struct core *c)
{
    struct db_rows r;
    struct db_tx *t;
    struct err e;
    bool empty = false;

    if (db_begin(c->v.db, c->v.workspace, 5000, &t, &e))
        return false;
    if (!db_run(t, &samples_sql[ANY_RAW], DB_ARGS(P_ID(c->v.workspace)), &r, &e)) {
        empty = !db_next(&r);
        db_rows_done(&r);
    }
    db_rollback(t);
    return empty;
}

static void file_load(struct core *c, str path, str given, str context)
{
    struct arena *a = arena_new_wiped("sample");
    struct ingest_result res;
    struct err e;
    str bytes;

    if (fs_read(path.p, FORMAT_BYTES_MAX, a, &bytes, &e) || ingest_submit(c, bytes, given, path, context, a, &res, &e))
        LOG_WARN("sample.failed", F_ERR(&e));
    arena_free(a);
}

static int by_name(const struct dirent **x, const struct dirent **y)
{
    return strcmp((*x)->d_name, (*y)->d_name);
}

struct walk {
    struct core *c;
    struct arena *a;
    struct context_table *table;
    size_t root_n; /* bytes of the top folder's path and its slash */
};

static void folder_load(const struct walk *w, str folder, str given)
{
    struct dirent **list;
    int n = scandir(folder.p, &list, NULL, by_name);

    for (int i = 0; i < n; i++) {
        str name = str_of(list[i]->d_name), path = fs_join(w->a, folder, name), as = fs_join(w->a, given, name);
        struct stat st;
        if (*name.p != '.' && !str_eq(name, STR(CONTEXT_FILE)) && !atomic_load(&loader_stop) &&
            stat(path.p, &st) == 0) {
            if (S_ISDIR(st.st_mode))
                folder_load(w, path, as);
            else if (S_ISREG(st.st_mode))
                file_load(w->c, path, as, context_find(w->table, str_from(path, w->root_n), w->a));
        }
        free(list[i]);
    }
    if (n >= 0)
        free(list);
}

static void loader_run(void *arg)
{
    struct arena *a = arena_new("samples");
    str top = str_dup(a, STR(HARKEN_SAMPLES "/interactions")), csv;
    struct walk w = {.c = arg, .a = a, .root_n = top.n + 1};
    struct err e;

    if (!fs_read(fs_join(a, top, STR(CONTEXT_FILE)).p, 16 << 20, a, &csv, &e) &&
        context_table_read(csv, a, &w.table, &e))
        LOG_WARN("samples.table", F_ERR(&e));
    folder_load(&w, top, STR("samples"));
    if (fs_exists(HARKEN_SAMPLES "/crm/crm.jsonl"))
        file_load(w.c, STR(HARKEN_SAMPLES "/crm/crm.jsonl"), STR("samples/crm/crm.jsonl"), STR(""));
    arena_free(a);
    LOG_INFO("samples.queued");
}

void samples_start(struct core *c, bool *out_loading)
{
    struct err e;

    *out_loading = false;
    if (!fs_exists(HARKEN_SAMPLES "/interactions") || !store_empty(c))
        return;
    atomic_store(&loader_stop, false);
    *out_loading = !thread_start(&loader, "samples", loader_run, c, &e);
}

void samples_stop(void)
{
    atomic_store(&loader_stop, true);
    thread_join(&loader);
}

void samples_competitors(struct arena *a, str **out, size_t *out_n)
{
    struct json_doc *d = NULL;
    struct json_it it, alias;
    struct err e;
    size_t cap = 0;
    str text;

    if (fs_read(HARKEN_SAMPLES "/company.json", 4 << 20, a, &text, &e) || json_parse(text, &d, &e))
        return;
    for (json_it_init(&it, json_get(json_root(d), "competitors")); json_it_next(&it);) {
        ARENA_PUSH(a, *out, *out_n, cap) = str_dup(a, json_str(json_get(it.val, "name"), STR("")));
        for (json_it_init(&alias, json_get(it.val, "aliases")); json_it_next(&alias);)
            ARENA_PUSH(a, *out, *out_n, cap) = str_dup(a, json_str(alias.val, STR("")));
    }
    json_free(d);
}

void samples_domains(struct arena *a, str **out, size_t *out_n)
{
    struct json_doc *d = NULL;
    struct json_it it;
    struct err e;
    size_t cap = 0;
    str text;

    if (fs_read(HARKEN_SAMPLES "/company.json", 4 << 20, a, &text, &e) || json_parse(text, &d, &e))
        return;
    for (json_it_init(&it, json_get(json_root(d), "domains")); json_it_next(&it);)
        ARENA_PUSH(a, *out, *out_n, cap) = str_lower_ascii(a, json_str(it.val, STR("")));
    json_free(d);
}
