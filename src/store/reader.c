#include "store/reader.h"

#include <stdatomic.h>

#include "base/sort.h"

const struct reader reader_all = {.reach = REACH_WORKSPACE, .private_shown = true};

static atomic_uint_fast64_t version = 1;

uint64_t access_version(void)
{
    return atomic_load(&version);
}

void access_changed(void)
{
    atomic_fetch_add(&version, 1);
}

static int by_id(const void *x, const void *y)
{
    return id_cmp(*(const struct id *)x, *(const struct id *)y);
}

struct id_set id_set_of(struct id *v, size_t n)
{
    size_t kept = 0;

    list_sort(v, n, sizeof *v, by_id);
    for (size_t i = 0; i < n; i++)
        if (!kept || !id_eq(v[kept - 1], v[i]))
            v[kept++] = v[i];
    return (struct id_set){v, kept};
}

bool id_set_has(const struct id_set *s, struct id id)
{
    size_t low = 0, high = s->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int c = id_cmp(s->v[mid], id);
        if (c == 0)
            return true;
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return false;
}

enum { READER_SETS };
const struct db_stmt reader_sql[] = {
    /* $1 workspace, $2 user, $3 the teams below too -> what (0 self, 1 people, 2 deal, 3 private ones are shown), id */
    [READER_SETS] =
        {"reader_sets",
         "WITH RECURSIVE below AS ("
         "SELECT team_id FROM membership WHERE workspace_id=$1 AND user_id=$2 AND manager AND $3 UNION "
         "SELECT t.id FROM team t JOIN below b ON t.parent_id=b.team_id WHERE t.workspace_id=$1), "
         "seen AS (SELECT $2::uuid AS user_id UNION "
         "SELECT m.user_id FROM membership m JOIN below b ON m.team_id=b.team_id WHERE m.workspace_id=$1), "
         "people AS (SELECT a.user_id, coalesce(p.merged_into, p.id) AS id FROM user_address a JOIN seen s ON "
         "s.user_id=a.user_id "
         "JOIN person p ON p.workspace_id=$1 AND p.email_index=a.email_index WHERE a.workspace_id=$1) "
         "SELECT CASE WHEN user_id=$2 THEN 0 ELSE 1 END, id FROM people UNION ALL "
         "SELECT 2, d.deal_id FROM deal_access d JOIN seen s ON s.user_id=d.user_id WHERE d.workspace_id=$1 UNION ALL "
         "SELECT 2, d.id FROM deal d JOIN people p ON p.id=d.owner_id WHERE d.workspace_id=$1 UNION ALL "
         "SELECT 3, id FROM workspace WHERE id=$1 AND private_shown"},
};
const size_t reader_sql_n = sizeof reader_sql / sizeof *reader_sql;

struct id_list {
    struct id *v;
    size_t n, cap;
};

enum err_code reader_load(struct db_tx *t, struct id user, enum reach reach, struct arena *a, struct reader *out,
                          struct err *e)
{
    struct id_list self = {0}, people = {0}, deals = {0};
    bool shown = false;
    struct db_rows r;

    *out = (struct reader){.user = user, .reach = reach};
    if (reach != REACH_OWN && reach != REACH_TEAM)
        return ERR_OK;
    if (db_run(t, &reader_sql[READER_SETS], DB_ARGS(P_ID(db_tx_workspace(t)), P_ID(user), P_BOOL(reach == REACH_TEAM)),
               &r, e))
        return e->code;
    while (db_next(&r)) {
        int64_t what = db_i64(&r, 0);
        struct id id = db_id(&r, 1);
        if (what == 0)
            ARENA_PUSH(a, self.v, self.n, self.cap) = id;
        if (what <= 1)
            ARENA_PUSH(a, people.v, people.n, people.cap) = id;
        if (what == 2)
            ARENA_PUSH(a, deals.v, deals.n, deals.cap) = id;
        shown = shown || what == 3;
    }
    db_rows_done(&r);
    out->private_shown = shown;
    out->self = id_set_of(self.v, self.n);
    out->people = id_set_of(people.v, people.n);
    out->deals = id_set_of(deals.v, deals.n);
    return ERR_OK;
}
