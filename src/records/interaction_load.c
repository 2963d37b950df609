#include "base/clock.h"
#include "records/interaction.h"
#include "store/event_store.h"

enum { IA_LOAD, PARTICIPANTS_LOAD, TURNS_LOAD, PARTS_LOAD, IA_IDS, IA_SEEN, IA_PRIVATE, IA_DROP, IA_COUNT, PII_LOAD };

const struct db_stmt ia_load_sql[] = {
    [IA_LOAD] =
        {"ia_load",
         "SELECT i.id, i.raw_id, i.raw_ordinal, i.kind, i.format, i.language, i.started_at, i.started_offset_min, "
         "i.duration_ms, i.turns_n, i.flags, i.account_id, i.deal_id, i.sealed, i.private FROM interaction i "
         "WHERE i.workspace_id=$1 AND i.id = ANY($2)"},
    [PARTICIPANTS_LOAD] = {"participants_load",
                           "SELECT interaction_id, ordinal, person_id, side, flags, sealed FROM participant "
                           "WHERE workspace_id=$1 AND interaction_id = ANY($2) ORDER BY interaction_id, ordinal"},
    [TURNS_LOAD] = {"turns_load",
                    "SELECT interaction_id, ordinal, speaker, start_ms, end_ms, sealed FROM turn "
                    "WHERE workspace_id=$1 AND interaction_id = ANY($2) ORDER BY interaction_id, ordinal"},
    [PARTS_LOAD] = {"parts_load",
                    "SELECT interaction_id, ordinal, kind, sealed FROM part "
                    "WHERE workspace_id=$1 AND interaction_id = ANY($2) ORDER BY interaction_id, ordinal"},
    [IA_IDS] = {"ia_ids", "SELECT id FROM interaction WHERE workspace_id=$1 AND id>$2 ORDER BY id LIMIT $3"},
    [IA_SEEN] = {"ia_seen", "SELECT id FROM interaction WHERE workspace_id=$1 AND id = ANY($2)"},
    [IA_PRIVATE] = {"ia_private",
                    "UPDATE interaction SET private=$3 WHERE workspace_id=$1 AND id=$2 AND ($4 OR persons && $5)"},
    [IA_DROP] = {"ia_drop", "DELETE FROM interaction WHERE workspace_id=$1 AND id=$2"},
    [IA_COUNT] = {"ia_count", "SELECT kind, count(*) FROM interaction WHERE workspace_id=$1 GROUP BY kind"},
    [PII_LOAD] = {"pii_load", "SELECT spans, type, confidence FROM pii WHERE workspace_id=$1 AND interaction_id=$2"},
};
const size_t ia_load_sql_n = sizeof ia_load_sql / sizeof *ia_load_sql;

enum { PERSON_LISTED = 1, PERSON_LABEL = 2, PERSON_SIDE_SAID = 4 };
#define ERASED STR("[erased]")

struct loader {
    struct db_tx *t;
    const struct vaulted *v;
    struct arena *a;
    struct record_ia *list;
    size_t n;
    str **labels; /* per interaction: name of each participant row */
    size_t *labels_n;
    struct err *e;
};

static size_t list_find(const struct loader *l, struct id id)
{
    for (size_t i = 0; i < l->n; i++)
        if (id_eq(l->list[i].ia.id, id))
            return i;
    return SIZE_MAX;
}

/* Opens words that may have been erased. */
static enum err_code words_open(struct loader *l, const char *table, struct id row, uint32_t sub, str sealed, str *out)
{
    struct seal_at where = {l->v->workspace, table, "sealed", row, sub};
    enum err_code rc = seal_open(l->v->keys, &where, sealed, l->a, out, l->e);

    if (rc != ERR_NOT_FOUND)
        return rc;
    *out = ERASED;
    return l->e->code = ERR_OK; /* nothing failed: callers ask the code */
}

static enum err_code meta_open(struct loader *l, struct interaction *ia, str sealed)
{
    struct seal_at where = {l->v->workspace, "interaction", "sealed", ia->id, 0};
    struct json_doc *d = NULL;
    const struct json *o;
    str plain;

    if (seal_open(l->v->keys, &where, sealed, l->a, &plain, l->e) || json_parse(plain, &d, l->e))
        return l->e->code;
    o = json_root(d);
    ia->title = str_dup(l->a, json_str(json_get(o, "title"), STR("")));
    ia->external_id = str_dup(l->a, json_str(json_get(o, "external_id"), STR("")));
    ia->thread_id = str_dup(l->a, json_str(json_get(o, "thread_id"), STR("")));
    ia->account = str_dup(l->a, json_str(json_get(o, "account"), STR("")));
    ia->deal = str_dup(l->a, json_str(json_get(o, "deal"), STR("")));
    json_free(d);
    return ERR_OK;
}

static enum err_code rows_load(struct loader *l, const struct id *ids, size_t n)
{
    struct record_ia *found = ARENA_ARRAY(l->a, struct record_ia, n + 1);
    size_t found_n = 0;
    struct db_rows r;
    enum err_code rc = ERR_OK;

    if (db_run(l->t, &ia_load_sql[IA_LOAD], DB_ARGS(P_ID(l->v->workspace), P_IDS(ids, n)), &r, l->e))
        return l->e->code;
    while (!rc && found_n < n && db_next(&r)) {
        struct record_ia *rec = &found[found_n++];
        struct interaction *ia = &rec->ia;
        ia->id = db_id(&r, 0);
        rec->raw = db_id(&r, 1);
        rec->raw_ordinal = (int)db_i64(&r, 2);
        ia->kind = (enum ia_kind)db_i64(&r, 3);
        ia->format = str_dup(l->a, db_bytes(&r, 4));
        ia->language = str_dup(l->a, db_bytes(&r, 5));
        ia->started_at_ms = db_is_null(&r, 6) ? CLOCK_NONE : db_i64(&r, 6);
        ia->started_offset_min = (int)db_i64(&r, 7);
        ia->duration_ms = db_is_null(&r, 8) ? IA_TIME_NONE : db_i64(&r, 8);
        ia->turns_n = (size_t)db_i64(&r, 9);
        ia->no_overlap = db_i64(&r, 10) & 1;
        rec->account = db_id(&r, 11);
        rec->deal = db_id(&r, 12);
        rc = meta_open(l, ia, db_bytes(&r, 13));
        rec->private_ = db_bool(&r, 14);
        ia->turns = ARENA_ARRAY(l->a, struct ia_turn, ia->turns_n + 1);
        for (size_t i = 0; i < ia->turns_n; i++)
            ia->turns[i].start_ms = ia->turns[i].end_ms = IA_TIME_NONE;
    }
    db_rows_done(&r);
    l->list = ARENA_ARRAY(l->a, struct record_ia, n + 1);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < found_n; k++)
            if (id_eq(found[k].ia.id, ids[i])) {
                l->list[l->n++] = found[k];
                break;
            }
    return rc;
}

// NOLINTNEXTLINE(readability-non-const-parameter): ARENA_PUSH writes *cap
static void person_note(struct loader *l, struct record_ia *rec, struct id person, size_t *cap)
{
    for (size_t k = 0; k < rec->persons_n; k++)
        if (id_eq(rec->persons[k], person))
            return;
    if (!id_is_nil(person))
        ARENA_PUSH(l->a, rec->persons, rec->persons_n, *cap) = person;
}

static enum err_code participants_load(struct loader *l, const struct id *ids, size_t n)
{
    size_t *label_cap = ARENA_ARRAY(l->a, size_t, l->n + 1), *part_cap = ARENA_ARRAY(l->a, size_t, l->n + 1);
    size_t *person_cap = ARENA_ARRAY(l->a, size_t, l->n + 1), *cast_cap = ARENA_ARRAY(l->a, size_t, l->n + 1);
    struct db_rows r;
    enum err_code rc = ERR_OK;

    l->labels = ARENA_ARRAY(l->a, str *, l->n + 1);
    l->labels_n = ARENA_ARRAY(l->a, size_t, l->n + 1);
    if (db_run(l->t, &ia_load_sql[PARTICIPANTS_LOAD], DB_ARGS(P_ID(l->v->workspace), P_IDS(ids, n)), &r, l->e))
        return l->e->code;
    while (!rc && db_next(&r)) {
        size_t at = list_find(l, db_id(&r, 0));
        struct json_doc *d = NULL;
        struct ia_participant p;
        int flags = (int)db_i64(&r, 4);
        str plain;
        if (at == SIZE_MAX)
            continue;
        rc = words_open(l, "participant", db_id(&r, 0), (uint32_t)db_i64(&r, 1), db_bytes(&r, 5), &plain);
        if (rc)
            break;
        p = (struct ia_participant){
            .name = ERASED, .side = (enum ia_side)db_i64(&r, 3), .side_explicit = (flags & PERSON_SIDE_SAID) != 0};
        if (!str_eq(plain, ERASED)) {
            if ((rc = json_parse(plain, &d, l->e)))
                break;
            p.name = str_dup(l->a, json_str(json_get(json_root(d), "name"), STR("")));
            p.email = str_dup(l->a, json_str(json_get(json_root(d), "email"), STR("")));
            json_free(d);
        }
        ARENA_PUSH(l->a, l->labels[at], l->labels_n[at], label_cap[at]) = p.name;
        person_note(l, &l->list[at], db_id(&r, 2), &person_cap[at]);
        ARENA_PUSH(l->a, l->list[at].cast, l->list[at].cast_n, cast_cap[at]) =
            (struct record_cast){p.name, db_id(&r, 2), p.side};
        if (flags & PERSON_LISTED)
            ARENA_PUSH(l->a, l->list[at].ia.participants, l->list[at].ia.participants_n, part_cap[at]) = p;
    }
    db_rows_done(&r);
    return rc;
}

/* One row: consecutive turns. */
static enum err_code turn_row_read(struct loader *l, const struct db_rows *r, size_t at)
{
    struct interaction *ia = &l->list[at].ia;
    size_t first = (size_t)db_i64(r, 1), n, starts_n, ends_n, speakers_n;
    int32_t *speaker = db_i32s(r, 2, l->a, &speakers_n);
    int64_t *start = db_i64s(r, 3, l->a, &starts_n), *end = db_i64s(r, 4, l->a, &ends_n);
    str *sealed = db_bytess(r, 5, l->a, &n);
    enum err_code rc = ERR_OK;

    if (speakers_n != n || starts_n != n || ends_n != n)
        return err_set(l->e, ERR_CORRUPT, "the turns of a conversation do not read");
    for (size_t i = 0; !rc && i < n && first + i < ia->turns_n; i++) {
        struct ia_turn *turn = &ia->turns[first + i];
        if (speaker[i] >= 0 && (size_t)speaker[i] < l->labels_n[at])
            turn->speaker = l->labels[at][speaker[i]];
        turn->start_ms = start[i] == INT64_MIN ? IA_TIME_NONE : start[i];
        turn->end_ms = end[i] == INT64_MIN ? IA_TIME_NONE : end[i];
        rc = words_open(l, "turn", ia->id, (uint32_t)(first + i), sealed[i], &turn->text);
    }
    return rc;
}

static enum err_code turns_load(struct loader *l, const struct id *ids, size_t n)
{
    struct db_rows r;
    enum err_code rc = ERR_OK;

    if (db_run(l->t, &ia_load_sql[TURNS_LOAD], DB_ARGS(P_ID(l->v->workspace), P_IDS(ids, n)), &r, l->e))
        return l->e->code;
    while (!rc && db_next(&r)) {
        size_t at = list_find(l, db_id(&r, 0));
        if (at != SIZE_MAX)
            rc = turn_row_read(l, &r, at);
    }
    db_rows_done(&r);
    return rc;
}

static enum err_code parts_load(struct loader *l, const struct id *ids, size_t n)
{
    size_t *cap = ARENA_ARRAY(l->a, size_t, l->n + 1);
    struct db_rows r;
    enum err_code rc = ERR_OK;

    if (db_run(l->t, &ia_load_sql[PARTS_LOAD], DB_ARGS(P_ID(l->v->workspace), P_IDS(ids, n)), &r, l->e))
        return l->e->code;
    while (!rc && db_next(&r)) {
        size_t at = list_find(l, db_id(&r, 0));
        struct ia_part p = {.kind = (enum ia_part_kind)db_i64(&r, 2)};
        if (at == SIZE_MAX)
            continue;
        rc = words_open(l, "part", db_id(&r, 0), (uint32_t)db_i64(&r, 1), db_bytes(&r, 3), &p.text);
        if (!rc)
            ARENA_PUSH(l->a, l->list[at].ia.parts, l->list[at].ia.parts_n, cap[at]) = p;
    }
    db_rows_done(&r);
    return rc;
}

static enum err_code sources_load(struct loader *l)
{
    struct id *raws = ARENA_ARRAY(l->a, struct id, l->n + 1);
    struct raw_source *src;
    size_t src_n;

    for (size_t i = 0; i < l->n; i++)
        raws[i] = l->list[i].raw;
    if (raw_sources(l->t, l->v, raws, l->n, l->a, &src, &src_n, l->e))
        return l->e->code;
    for (size_t i = 0; i < l->n; i++) {
        struct record_ia *rec = &l->list[i];
        size_t from = 0, count = 0;

        while (from < src_n && !id_eq(src[from].raw, rec->raw))
            from++;
        while (from + count < src_n && id_eq(src[from + count].raw, rec->raw))
            count++;
        if (count)
            rec->sources = &src[from];
        rec->sources_n = count;
        rec->ia.source = count ? src[from].given : STR("");
    }
    return ERR_OK;
}

enum err_code record_ia_load(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n, struct arena *a,
                             struct record_ia **out, size_t *out_n, struct err *e)
{
    struct loader l = {.t = t, .v = v, .a = a, .e = e};

    *out = NULL;
    *out_n = 0;
    if (!n)
        return ERR_OK;
    if (rows_load(&l, ids, n) || participants_load(&l, ids, n) || turns_load(&l, ids, n) || parts_load(&l, ids, n) ||
        sources_load(&l))
        return e->code;
    *out = l.list;
    *out_n = l.n;
    return ERR_OK;
}

enum err_code record_ia_ids(struct db_tx *t, const struct vaulted *v, struct id after, size_t limit, struct arena *a,
                            struct id **out, size_t *out_n, struct err *e)
{
    return db_run_ids(t, &ia_load_sql[IA_IDS], DB_ARGS(P_ID(v->workspace), P_ID(after), P_I64(limit)), a, out, out_n,
                      e);
}

enum err_code record_ia_seen(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n, struct arena *a,
                             struct id_set *out, struct err *e)
{
    struct id *seen;
    size_t seen_n;

    if (db_run_ids(t, &ia_load_sql[IA_SEEN], DB_ARGS(P_ID(v->workspace), P_IDS(ids, n)), a, &seen, &seen_n, e))
        return e->code;
    *out = id_set_of(seen, seen_n);
    return ERR_OK;
}

enum err_code record_ia_private_set(struct db_tx *t, const struct vaulted *v, struct id id, bool private_,
                                    const struct id_set *people, struct err *e)
{
    struct db_rows r;
    int64_t n;

    if (db_run(t, &ia_load_sql[IA_PRIVATE],
               DB_ARGS(P_ID(v->workspace), P_ID(id), P_BOOL(private_), P_BOOL(!people),
                       P_IDS(people ? people->v : NULL, people ? people->n : 0)),
               &r, e))
        return e->code;
    n = r.affected;
    db_rows_done(&r);
    return n ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such interaction");
}

enum err_code record_ia_drop(struct db_tx *t, const struct vaulted *v, struct id id, bool *out_found, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &ia_load_sql[IA_DROP], DB_ARGS(P_ID(v->workspace), P_ID(id)), &r, e))
        return e->code;
    *out_found = r.affected > 0;
    db_rows_done(&r);
    return *out_found ? event_put(t, &(struct event_new){.type = "interaction.deleted", .object = id}, 1, e) : ERR_OK;
}

enum err_code record_ia_count(struct db_tx *t, const struct vaulted *v, int64_t by_kind[IA_KINDS], struct err *e)
{
    struct db_rows r;

    memset(by_kind, 0, IA_KINDS * sizeof *by_kind);
    if (db_run(t, &ia_load_sql[IA_COUNT], DB_ARGS(P_ID(v->workspace)), &r, e))
        return e->code;
    while (db_next(&r))
        if (db_i64(&r, 0) >= 0 && db_i64(&r, 0) < IA_KINDS)
            by_kind[db_i64(&r, 0)] = db_i64(&r, 1);
    db_rows_done(&r);
    return ERR_OK;
}

enum err_code record_pii_load(struct db_tx *t, const struct vaulted *v, struct id ia, struct arena *a,
                              struct record_pii **out, size_t *out_n, struct err *e)
{
    struct db_rows r;

    *out = NULL;
    *out_n = 0;
    if (db_run(t, &ia_load_sql[PII_LOAD], DB_ARGS(P_ID(v->workspace), P_ID(ia)), &r, e))
        return e->code;
    if (db_next(&r)) {
        size_t spans_n, n, confidences_n;
        int32_t *spans = db_i32s(&r, 0, a, &spans_n), *type = db_i32s(&r, 1, a, &n);
        double *confidence = db_f64s(&r, 2, a, &confidences_n);

        *out = ARENA_ARRAY(a, struct record_pii, n + 1);
        for (size_t i = 0; i < n && 3 * i + 2 < spans_n && i < confidences_n; i++)
            (*out)[(*out_n)++] = (struct record_pii){(uint32_t)spans[3 * i], (uint32_t)spans[3 * i + 1],
                                                     (uint32_t)spans[3 * i + 2], type[i], (float)confidence[i]};
    }
    db_rows_done(&r);
    return ERR_OK;
}

const struct record_ia *record_ia_of(const struct record_ia *recs, size_t n, struct id id)
{
    for (size_t i = 0; i < n; i++)
        if (id_eq(recs[i].ia.id, id))
            return &recs[i];
    return NULL;
}
