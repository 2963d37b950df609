#include "pipeline/context.h"

#include "formats/csv_read.h"
#include "text/names.h"

static const char *const keys[] = {"path", "title", "started_at", "participants", "account", "deal", "kind"};
enum { KEYS = sizeof keys / sizeof *keys, KEY_PATH = 0, ROWS_MAX = 100000 };

struct context_row {
    str value[KEYS];
};

struct context_table {
    struct context_row *rows;
    size_t n, cap;
};

static int key_find(str name)
{
    for (int i = 0; i < KEYS; i++)
        if (str_eq_nocase(str_trim(name), str_of(keys[i])))
            return i;
    return -1;
}

enum err_code context_table_read(str csv, struct arena *a, struct context_table **out, struct err *e)
{
    struct csv_reader r = {.text = csv, .line = 1, .sep = ',', .a = a};
    struct context_table *t = ARENA_NEW(a, struct context_table);
    struct csv_record rec = {0};
    int column[CSV_COLUMNS_MAX];
    size_t columns = 0;
    enum err_code rc;
    bool path = false;

    if (str_starts(csv, STR("\xef\xbb\xbf")))
        r.at = 3;
    while (csv_record_read(&r, &rec, &rc, e)) {
        struct context_row row = {0};
        if (rc)
            return rc;
        for (size_t i = 0; !columns && i < rec.n; i++) {
            column[i] = key_find(rec.field[i]);
            path = path || column[i] == KEY_PATH;
        }
        if (!columns) {
            columns = rec.n;
            if (!path)
                return err_set(e, ERR_INVALID, "line 1: the side table has no column \"path\"");
            continue;
        }
        for (size_t i = 0; i < rec.n && i < columns; i++)
            if (column[i] >= 0)
                row.value[column[i]] = str_trim(rec.field[i]);
        if (t->n == ROWS_MAX)
            return err_set(e, ERR_LIMIT, "line %zu: more than %d rows", rec.line, ROWS_MAX);
        if (row.value[KEY_PATH].n)
            ARENA_PUSH(a, t->rows, t->n, t->cap) = row;
    }
    *out = t;
    return ERR_OK;
}

str context_find(const struct context_table *t, str path, struct arena *a)
{
    struct buf b;
    struct jw w;
    str out = STR("");

    for (size_t i = 0; t && i < t->n; i++) {
        if (!str_eq(t->rows[i].value[KEY_PATH], path))
            continue;
        buf_init_wiped(&b, CONTEXT_BYTES_MAX);
        jw_init(&w, &b);
        jw_obj(&w);
        for (int k = KEY_PATH + 1; k < KEYS; k++)
            if (t->rows[i].value[k].n)
                jw_kstr(&w, keys[k], t->rows[i].value[k]);
        jw_end(&w);
        if (buf_ok(&b))
            out = str_dup(a, buf_view(&b));
        buf_done(&b);
        break;
    }
    return out;
}

enum err_code context_check(str context, struct err *e)
{
    struct json_doc *d = NULL;
    struct json_it it;
    enum err_code rc = ERR_OK;

    if (!context.n)
        return ERR_OK;
    if (context.n > CONTEXT_BYTES_MAX)
        return err_set(e, ERR_LIMIT, "context: larger than %d bytes", CONTEXT_BYTES_MAX);
    if (json_parse(context, &d, e))
        return err_wrap(e, "context");
    if (json_kind(json_root(d)) != JSON_OBJ)
        rc = err_set(e, ERR_INVALID, "context: not a JSON object");
    for (json_it_init(&it, json_root(d)); !rc && json_it_next(&it);)
        if (key_find(json_str(it.key, STR(""))) <= KEY_PATH || json_kind(it.val) != JSON_STR)
            rc = err_set(e, ERR_INVALID, "context: unknown key, or a value that is no text");
    json_free(d);
    return rc;
}

/* "Name <mail>", "mail" or "Name". */
static struct ia_participant person_read(str s)
{
    str rest, name = str_trim(str_cut(s, '<', &rest)), mail = str_trim(str_cut(rest, '>', &rest));

    if (!mail.n && str_find_char(name, '@', 0) != SIZE_MAX)
        return (struct ia_participant){.email = name};
    return (struct ia_participant){.name = name, .email = mail};
}

static void person_merge(struct interaction *ia, struct ia_participant p, struct arena *a)
{
    struct ia_participant *list;

    for (size_t i = 0; i < ia->participants_n; i++) {
        struct ia_participant *have = &ia->participants[i];
        bool same = (p.email.n && str_eq_nocase(have->email, p.email)) ||
                    (p.name.n && names_match(p.name, &have->name, 1, a) == 0 && (!have->email.n || !p.email.n));
        if (!same)
            continue;
        if (!have->email.n)
            have->email = p.email;
        if (!have->name.n)
            have->name = p.name;
        return;
    }
    list = ARENA_ARRAY(a, struct ia_participant, ia->participants_n + 1);
    if (ia->participants_n)
        memcpy(list, ia->participants, ia->participants_n * sizeof *list);
    list[ia->participants_n++] = p;
    ia->participants = list;
}

static void whole_apply(const struct json *v, struct interaction *ia, struct arena *a)
{
    str title = json_str(json_get(v, "title"), STR("")), at = json_str(json_get(v, "started_at"), STR(""));
    str people = str_dup(a, json_str(json_get(v, "participants"), STR("")));
    enum ia_kind kind;
    int64_t ms;
    int offset;

    if (title.n)
        ia->title = str_dup(a, title);
    if (clock_parse(at, &ms, &offset)) {
        ia->started_at_ms = ms;
        ia->started_offset_min = offset;
    }
    if (ia_kind_parse(json_str(json_get(v, "kind"), STR("")), &kind))
        ia->kind = kind;
    while (people.n) {
        struct ia_participant p = person_read(str_trim(str_cut(people, ';', &people)));
        if (p.name.n || p.email.n)
            person_merge(ia, p, a);
    }
}

void context_apply(str context, bool whole, struct interaction *ia, struct arena *a)
{
    struct json_doc *d = NULL;
    const struct json *v;
    struct err e;

    if (!context.n || json_parse(context, &d, &e))
        return;
    v = json_root(d);
    if (json_str(json_get(v, "account"), STR("")).n)
        ia->account = str_dup(a, json_str(json_get(v, "account"), STR("")));
    if (json_str(json_get(v, "deal"), STR("")).n)
        ia->deal = str_dup(a, json_str(json_get(v, "deal"), STR("")));
    if (whole)
        whole_apply(v, ia, a);
    json_free(d);
}
