#include "records/erasure.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/sort.h"
#include "records/cards.h"
#include "records/people.h"

const char *const erased_kind_names[ERASED_KINDS + 1] = {
    "conversations", "turns", "originals", "mentions", "findings", "relations", "answers", "users", NULL};

enum {
    NEEDLES_MAX = 64,
    PART_BYTES_MIN = 2,
    EXACT_BYTES = 4 /* shorter ones are told by their case, too */,
    PAGE_CONVERSATIONS = 200,
    RAWS_PAGE = 50
};

/* ---- statements ---- */

/* Tables with one sealed value a row. $2, $3: the row's place. */
#define SEALED_TABLES(X)                                                                                               \
    X(INTERACTION, interaction, "id", "0", true)                                                                       \
    X(PART, part, "interaction_id", "ordinal", true)                                                                   \
    X(FINDING, finding, "interaction_id", "ordinal", true)                                                             \
    X(SOURCE, raw_source, "id", "0", false)                                                                            \
    X(PROBLEM, ingest_problem, "id", "0", false)                                                                       \
    X(ACCOUNT, account, "id", "0", false)                                                                              \
    X(DEAL, deal, "id", "0", false)                                                                                    \
    X(EVENT, deal_event, "id", "0", false)                                                                             \
    X(ACTIVITY, activity, "id", "0", false)                                                                            \
    X(ACTION, action, "id", "0", false)                                                                                \
    X(REMARK, remark, "id", "0", false)                                                                                \
    X(SHEET, score_sheet, "id", "0", false)                                                                            \
    X(CARD, card, "id", "0", false)                                                                                    \
    X(TRACKER, tracker, "id", "0", false)                                                                              \
    X(GLASS, break_glass, "id", "0", false)

/* Tables whose rows go when they name the person: copies of what was said elsewhere. */
#define KEPT_TABLES(X)                                                                                                 \
    X(IDEMPOTENCY, idempotency, "row_id")                                                                              \
    X(QUERY, graphql_query, "row_id") X(UPLOAD, upload, "id") X(MESSAGE, hook_message, "id")

enum {
#define X(NAME, table, row, sub, ia) READ_##NAME, SET_##NAME,
    SEALED_TABLES(X)
#undef X
#define X(NAME, table, row) KEPT_##NAME, DROP_##NAME,
        KEPT_TABLES(X)
#undef X
            E_ADD,
    E_LOAD,
    E_SET,
    E_PLAN,
    E_CAST,
    E_NAMES,
    E_IAS,
    E_TURNS,
    E_TURNS_SET,
    E_LABELS,
    E_LABELS_SET,
    E_CAST_SET,
    E_RAWS,
    E_PARTS,
    E_PARTS_DROP,
    E_ANSWERS,
    E_ANSWER_DROP,
    E_FINDINGS,
    E_ANALYSES,
    E_VECTORS,
    E_SENTENCES,
    E_STALE,
    E_RELATIONS,
    E_USER,
    E_PERSON
};

const struct db_stmt erasure_sql[] = {
#define X(NAME, table, row, sub, ia)                                                                                   \
    [READ_##NAME] = {"erase_read_" #table,                                                                             \
                     "SELECT " row ", " sub ", sealed FROM " #table " WHERE workspace_id=$1 AND sealed IS NOT NULL"},  \
    [SET_##NAME] = {"erase_set_" #table,                                                                               \
                    "UPDATE " #table " SET sealed=$4 WHERE workspace_id=$1 AND " row "=$2 AND " sub "=$3::bigint"},
    SEALED_TABLES(X)
#undef X
#define X(NAME, table, row)                                                                                            \
    [KEPT_##NAME] = {"erase_kept_" #table, "SELECT " row ", sealed FROM " #table " WHERE workspace_id=$1"},            \
    [DROP_##NAME] = {"erase_drop_" #table, "DELETE FROM " #table " WHERE workspace_id=$1 AND " row "=$2"},
        KEPT_TABLES(X)
#undef X
            [E_ADD] =
                {"erasure_add",
                 "INSERT INTO erasure (workspace_id, id, person_id, subject_id, asked_by, approved_by, counts, "
                 "approved_at) SELECT $1, $2, p.id, p.subject_id, $4, $5, $6, $7 FROM person p WHERE "
                 "p.workspace_id=$1 AND p.id=$3 AND p.merged_into IS NULL ON CONFLICT DO NOTHING RETURNING subject_id"},
    [E_LOAD] = {"erasure_load", "SELECT person_id, subject_id, asked_by, approved_by, state, counts, approved_at, "
                                "done_at FROM erasure WHERE workspace_id=$1 AND id=$2"},
    [E_SET] = {"erasure_set", "UPDATE erasure SET state=$3, counts=$4, done_at=$5 WHERE workspace_id=$1 AND id=$2"},
    /* $2 person */
    [E_PLAN] = {"erasure_plan",
                "WITH own AS (SELECT interaction_id, ordinal FROM participant WHERE workspace_id=$1 AND person_id=$2) "
                "SELECT (SELECT count(DISTINCT interaction_id) FROM own), (SELECT count(*) FROM turn t CROSS JOIN "
                "LATERAL unnest(t.speaker) AS u(s) JOIN own o ON o.interaction_id=t.interaction_id AND o.ordinal=u.s "
                "WHERE t.workspace_id=$1), (SELECT count(DISTINCT raw_id) FROM interaction i WHERE i.workspace_id=$1 "
                "AND i.id IN (SELECT interaction_id FROM own)), (SELECT count(*) FROM finding f WHERE "
                "f.workspace_id=$1 AND f.interaction_id IN (SELECT interaction_id FROM own)), (SELECT count(*) FROM "
                "app_user u JOIN person p ON p.workspace_id=$1 AND p.id=$2 JOIN user_address d ON d.workspace_id=$1 "
                "AND d.email_index=p.email_index AND d.user_id=u.id WHERE u.workspace_id=$1), EXISTS (SELECT FROM "
                "person WHERE workspace_id=$1 AND id=$2 AND merged_into IS NULL)"},
    /* $2 person -> where they take part */
    [E_CAST] = {"erase_cast", "SELECT interaction_id, ordinal, sealed FROM participant WHERE workspace_id=$1 AND "
                              "person_id=$2 ORDER BY interaction_id, ordinal"},
    [E_NAMES] = {"erase_person", "SELECT id, subject_id, sealed FROM person WHERE workspace_id=$1 AND (id=$2 OR "
                                 "merged_into=$2)"},
    [E_IAS] = {"erase_ias", "SELECT id FROM interaction WHERE workspace_id=$1 AND id>$2 ORDER BY id LIMIT $3"},
    /* $2 interactions */
    [E_TURNS] = {"erase_turns", "SELECT interaction_id, ordinal, speaker, sealed FROM turn WHERE workspace_id=$1 AND "
                                "interaction_id=ANY($2)"},
    [E_TURNS_SET] = {"erase_turns_set", "UPDATE turn SET sealed=$4 WHERE workspace_id=$1 AND interaction_id=$2 AND "
                                        "ordinal=$3"},
    [E_LABELS] = {"erase_labels", "SELECT interaction_id, label_sealed FROM statistic WHERE workspace_id=$1 AND "
                                  "interaction_id=ANY($2)"},
    [E_LABELS_SET] = {"erase_labels_set",
                      "UPDATE statistic SET label_sealed=$3 WHERE workspace_id=$1 AND interaction_id=$2"},
    [E_CAST_SET] = {"erase_cast_set", "UPDATE participant SET sealed=$4 WHERE workspace_id=$1 AND interaction_id=$2 "
                                      "AND ordinal=$3"},
    /* $2 after, $3 limit */
    [E_RAWS] = {"erase_raws", "SELECT id FROM raw WHERE workspace_id=$1 AND id>$2 ORDER BY id LIMIT $3"},
    [E_PARTS] = {"erase_parts", "SELECT ordinal, sealed FROM raw_part WHERE workspace_id=$1 AND raw_id=$2 ORDER BY "
                                "ordinal"},
    /* $2 raws, $3 conversations whose raws go as well */
    [E_PARTS_DROP] = {"erase_parts_drop",
                      "WITH gone AS (DELETE FROM raw_part WHERE workspace_id=$1 AND (raw_id=ANY($2) OR raw_id IN "
                      "(SELECT raw_id FROM interaction WHERE workspace_id=$1 AND id=ANY($3))) RETURNING raw_id) "
                      "SELECT count(DISTINCT raw_id) FROM gone"},
    [E_ANSWERS] = {"erase_answers", "SELECT id, sealed FROM card WHERE workspace_id=$1 AND kind=$2"},
    [E_ANSWER_DROP] = {"erase_answer_drop", "DELETE FROM card WHERE workspace_id=$1 AND id=$2"},
    /* $2 conversations */
    [E_FINDINGS] = {"erase_findings", "DELETE FROM finding WHERE workspace_id=$1 AND interaction_id=ANY($2)"},
    [E_ANALYSES] = {"erase_analyses", "DELETE FROM analysis WHERE workspace_id=$1 AND interaction_id=ANY($2)"},
    [E_VECTORS] = {"erase_vectors", "UPDATE chunk SET model_hash=NULL, vectors_sealed=NULL WHERE workspace_id=$1 AND "
                                    "interaction_id=ANY($2)"},
    [E_SENTENCES] = {"erase_sentences",
                     "DELETE FROM sentence_vectors WHERE workspace_id=$1 AND interaction_id=ANY($2)"},
    [E_STALE] = {"erase_stale", "UPDATE statistic SET definition_version=array_fill(0, "
                                "ARRAY[cardinality(definition_version)]) WHERE workspace_id=$1 AND "
                                "interaction_id=ANY($2) AND cardinality(definition_version)>0"},
    /* $2 person */
    [E_RELATIONS] =
        {"erase_relations",
         "WITH u AS (SELECT d.user_id FROM person p JOIN user_address d ON d.workspace_id=$1 AND "
         "d.email_index=p.email_index WHERE p.workspace_id=$1 AND p.id=$2), "
         "a AS (DELETE FROM contact WHERE workspace_id=$1 AND person_id=$2 RETURNING 1), "
         "b AS (DELETE FROM seller WHERE workspace_id=$1 AND person_id=$2 RETURNING 1), "
         "c AS (DELETE FROM deal_role WHERE workspace_id=$1 AND person_id=$2 RETURNING 1), "
         "d AS (DELETE FROM suppression WHERE workspace_id=$1 AND person_id=$2 RETURNING 1), "
         "f AS (DELETE FROM remark WHERE workspace_id=$1 AND (about_id=$2 OR author_id IN (SELECT user_id FROM u)) "
         "RETURNING 1), "
         "g AS (DELETE FROM score_sheet WHERE workspace_id=$1 AND (about_id=$2 OR author_id IN (SELECT user_id FROM "
         "u)) RETURNING 1), "
         "h AS (UPDATE activity SET contact_ids=array_remove(contact_ids, $2), seller_id=CASE WHEN seller_id<>$2 "
         "THEN seller_id END WHERE workspace_id=$1 AND (seller_id=$2 OR $2=ANY(contact_ids)) RETURNING 1) "
         "SELECT (SELECT count(*) FROM a)+(SELECT count(*) FROM b)+(SELECT count(*) FROM c)+(SELECT count(*) FROM d)+"
         "(SELECT count(*) FROM f)+(SELECT count(*) FROM g)+(SELECT count(*) FROM h)"},
    [E_USER] = {"erase_user", "DELETE FROM app_user u USING person p, user_address d WHERE u.workspace_id=$1 AND "
                              "p.workspace_id=$1 AND p.id=$2 AND d.workspace_id=$1 AND d.email_index=p.email_index "
                              "AND d.user_id=u.id"},
    /* $2 person, $3 sealed, $4 now */
    [E_PERSON] = {"erase_person_set", "UPDATE person SET email_index=NULL, name_index=NULL, account_id=NULL, "
                                      "sealed=$3, erased_at=coalesce(erased_at, $4) WHERE workspace_id=$1 AND id=$2"},
};
const size_t erasure_sql_n = sizeof erasure_sql / sizeof *erasure_sql;

static const struct sealed_table {
    const char *table;
    int read, set;
    bool in_conversation; /* the row is a conversation's */
} sealed_tables[] = {
#define X(NAME, table, row, sub, ia) {#table, READ_##NAME, SET_##NAME, ia},
    SEALED_TABLES(X)
#undef X
};
static const struct {
    const char *table;
    int read, drop;
} kept_tables[] = {
#define X(NAME, table, row) {#table, KEPT_##NAME, DROP_##NAME},
    KEPT_TABLES(X)
#undef X
};

/* ---- what to look for ---- */

struct erasing {
    struct db_tx *t;
    const struct vaulted *v;
    struct arena *a;       /* what lasts */
    struct arena *scratch; /* opened words: cleared after each page or row */
    struct err *e;
    struct erasure *x;
    str needle[NEEDLES_MAX]; /* full names and addresses, then parts of names */
    size_t whole_n, needle_n;
    struct id *own; /* conversations they took part in, ascending */
    int64_t *seat;  /* as which participant, side by side */
    size_t own_n, own_cap;
    struct id *touched; /* those and all in which they were named */
    size_t touched_n, touched_cap;
    struct self {
        struct id person, subject;
    } *self; /* the person, and who was merged into them */
    size_t self_n, self_cap;
};

static bool is_own(const struct erasing *s, struct id ia)
{
    for (size_t lo = 0, hi = s->own_n; lo < hi;) {
        size_t mid = (lo + hi) / 2;
        int c = id_cmp(s->own[mid], ia);
        if (!c)
            return true;
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return false;
}

static bool is_seat(const struct erasing *s, struct id ia, int64_t ordinal)
{
    for (size_t i = 0; i < s->own_n; i++)
        if (id_eq(s->own[i], ia) && s->seat[i] == ordinal)
            return true;
    return false;
}

static void touch(struct erasing *s, struct id ia)
{
    if (!s->touched_n || !id_eq(s->touched[s->touched_n - 1], ia))
        ARENA_PUSH(s->a, s->touched, s->touched_n, s->touched_cap) = ia;
}

static void needle_add(struct erasing *s, str text)
{
    text = str_trim(text);
    for (size_t i = 0; i < s->needle_n; i++)
        if (str_eq_nocase(s->needle[i], text))
            return;
    if (text.n >= PART_BYTES_MIN && s->needle_n < NEEDLES_MAX)
        s->needle[s->needle_n++] = str_dup(s->a, text);
}

static bool is_whole(str name)
{
    return str_find(name, STR("@"), 0) < name.n || str_find(name, STR(" "), 0) < name.n;
}

/* A sealed object with "name" and "email": of the person, or of a participant. Opens nothing that is erased already. */
static enum err_code names_read(struct erasing *s, const char *table, struct id row, uint32_t sub, str sealed,
                                str *list, size_t *n)
{
    struct seal_at at = {s->v->workspace, table, "sealed", row, sub};
    struct json_doc *d = NULL;
    enum err_code rc;
    str plain;

    rc = seal_open(s->v->keys, &at, sealed, s->a, &plain, s->e);
    if (rc == ERR_NOT_FOUND)
        return s->e->code = ERR_OK;
    if (rc || json_parse(plain, &d, s->e))
        return s->e->code;
    for (int k = 0; k < 2 && *n < NEEDLES_MAX; k++)
        list[(*n)++] = str_dup(s->a, json_str(json_get(json_root(d), k ? "email" : "name"), STR("")));
    json_free(d);
    return ERR_OK;
}

static enum err_code cast_read(struct erasing *s, str *list, size_t *n)
{
    enum err_code rc = ERR_OK;
    struct db_rows r;
    size_t cap = 0;

    if (db_run(s->t, &erasure_sql[E_CAST], DB_ARGS(P_ID(s->v->workspace), P_ID(s->x->person)), &r, s->e))
        return s->e->code;
    s->seat = ARENA_ARRAY(s->a, int64_t, (size_t)r.rows_n + 1);
    while (!rc && db_next(&r)) {
        s->seat[s->own_n] = db_i64(&r, 1);
        ARENA_PUSH(s->a, s->own, s->own_n, cap) = db_id(&r, 0);
        touch(s, db_id(&r, 0));
        rc = names_read(s, "participant", db_id(&r, 0), (uint32_t)db_i64(&r, 1), db_bytes(&r, 2), list, n);
    }
    db_rows_done(&r);
    return rc;
}

static int longer_first(const void *x, const void *y)
{
    const str *a = x, *b = y;

    return (a->n < b->n) - (a->n > b->n);
}

static enum err_code needles_find(struct erasing *s)
{
    str list[NEEDLES_MAX] = {{0}};
    enum err_code rc = ERR_OK;
    struct db_rows r;
    size_t n = 0;

    if (db_run(s->t, &erasure_sql[E_NAMES], DB_ARGS(P_ID(s->v->workspace), P_ID(s->x->person)), &r, s->e))
        return s->e->code;
    while (!rc && db_next(&r)) {
        ARENA_PUSH(s->a, s->self, s->self_n, s->self_cap) = (struct self){db_id(&r, 0), db_id(&r, 1)};
        rc = names_read(s, "person", db_id(&r, 0), 0, db_bytes(&r, 2), list, &n);
    }
    db_rows_done(&r);
    if (rc || cast_read(s, list, &n))
        return s->e->code;
    for (size_t i = 0; i < n; i++)
        if (is_whole(list[i]))
            needle_add(s, list[i]);
    s->whole_n = s->needle_n;
    list_sort(s->needle, s->whole_n, sizeof *s->needle, longer_first); /* an address before the name in it */
    for (size_t i = 0; i < n; i++) {
        str rest = list[i];
        while (rest.n && str_find(list[i], STR("@"), 0) >= list[i].n)
            needle_add(s, str_cut(rest, ' ', &rest));
    }
    return ERR_OK;
}

/* ---- masking ---- */

static bool is_letter(str s, size_t at)
{
    unsigned char c = at < s.n ? (unsigned char)s.p[at] : 0;

    return c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Does the needle begin at `at`? A blank of it may also be what stands between names in paths and addresses. */
static bool begins(str text, size_t at, str w)
{
    if (at + w.n > text.n || (at && is_letter(text, at - 1)) || is_letter(text, at + w.n))
        return false;
    for (size_t i = 0; i < w.n; i++) {
        char c = text.p[at + i];
        bool same = w.n < EXACT_BYTES ? c == w.p[i]
                    : w.p[i] == ' '   ? c == ' ' || c == '-' || c == '_' || c == '.' || c == '+'
                                      : str_eq_nocase(str_n(&c, 1), str_n(w.p + i, 1));
        if (!same)
            return false;
    }
    return true;
}

/* Where the needle stands from `at` on; text.n: nowhere. */
static size_t needle_find(str text, str w, size_t at)
{
    unsigned char low = (unsigned char)w.p[0] | 0x20;

    while (at < text.n && !((((unsigned char)text.p[at]) | 0x20) == low && begins(text, at, w)))
        at++;
    return at;
}

/* Overwrites each needle by stars, byte for byte; `parts`: parts of names as well. How many. */
static size_t mask(const struct erasing *s, char *p, size_t n, bool parts)
{
    str text = str_n(p, n);
    size_t hits = 0;

    for (size_t i = 0; i < (parts ? s->needle_n : s->whole_n); i++) {
        str w = s->needle[i];
        for (size_t at = 0; (at = needle_find(text, w, at)) < n; at += w.n) {
            if (at + w.n + 1 < n && p[at + w.n] == '"' && p[at + w.n + 1] == ':') /* a key of an object */
                continue;
            memset(p + at, '*', w.n);
            hits++;
        }
    }
    return hits;
}

/* *out empty: nothing to change. */
static enum err_code value_mask(struct erasing *s, const struct seal_at *at, str sealed, bool parts, str *out)
{
    struct key_ref key;
    enum err_code rc;
    str plain;
    char *copy;

    *out = STR("");
    rc = seal_open(s->v->keys, at, sealed, s->scratch, &plain, s->e);
    if (rc == ERR_NOT_FOUND)
        return s->e->code = ERR_OK;
    if (rc)
        return rc;
    copy = arena_alloc(s->scratch, plain.n + 1);
    if (plain.n)
        memcpy(copy, plain.p, plain.n);
    if (!mask(s, copy, plain.n, parts))
        return ERR_OK;
    s->x->counts[ERASED_MENTIONS]++;
    return seal_key(sealed, at->workspace, &key, s->e) ||
                   seal(s->v->keys, key, at, str_n(copy, plain.n), s->scratch, out, s->e)
               ? s->e->code
               : ERR_OK;
}

static enum err_code table_mask(struct erasing *s, const struct sealed_table *table)
{
    enum err_code rc = ERR_OK;
    struct db_rows r;

    if (db_run(s->t, &erasure_sql[table->read], DB_ARGS(P_ID(s->v->workspace)), &r, s->e))
        return s->e->code;
    for (; !rc && db_next(&r); arena_reset(s->scratch)) {
        struct seal_at at = {s->v->workspace, table->table, "sealed", db_id(&r, 0), (uint32_t)db_i64(&r, 1)};
        str now;
        rc = value_mask(s, &at, db_bytes(&r, 2), table->in_conversation && is_own(s, at.row), &now);
        if (rc || !now.n)
            continue;
        if (table->in_conversation)
            touch(s, at.row);
        rc = db_run(s->t, &erasure_sql[table->set],
                    DB_ARGS(P_ID(s->v->workspace), P_ID(at.row), P_I64(at.sub), P_BYTES(now)), NULL, s->e);
    }
    db_rows_done(&r);
    return rc;
}

/* The values of an array; their own words are overwritten, others' masked. *out_changed. */
static enum err_code array_mask(struct erasing *s, struct seal_at at, str *v, size_t n, const int64_t *speaker,
                                bool *out_changed)
{
    *out_changed = false;
    for (size_t i = 0; i < n; i++) {
        uint32_t first = at.sub;
        str now = STR("");
        enum err_code rc = ERR_OK;
        at.sub = first + (uint32_t)i;
        if (speaker && is_seat(s, at.row, speaker[i])) {
            rc = seal(s->v->keys, key_subject(s->x->subject), &at, STR(""), s->scratch, &now, s->e);
            s->x->counts[ERASED_TURNS] += !rc;
            if (rc == ERR_NOT_FOUND) /* the key is gone already */
                rc = s->e->code = ERR_OK;
        } else if (v[i].n) {
            rc = value_mask(s, &at, v[i], is_own(s, at.row), &now);
        }
        at.sub = first;
        if (rc)
            return rc;
        if (now.n) {
            v[i] = now;
            *out_changed = true;
        }
    }
    return ERR_OK;
}

static enum err_code turns_mask(struct erasing *s, const struct id *ids, size_t n)
{
    enum err_code rc = ERR_OK;
    struct db_rows r;

    if (db_run(s->t, &erasure_sql[E_TURNS], DB_ARGS(P_ID(s->v->workspace), P_IDS(ids, n)), &r, s->e))
        return s->e->code;
    while (!rc && db_next(&r)) {
        struct seal_at at = {s->v->workspace, "turn", "sealed", db_id(&r, 0), (uint32_t)db_i64(&r, 1)};
        size_t words_n, speakers_n;
        int32_t *who = db_i32s(&r, 2, s->scratch, &speakers_n);
        str *words = db_bytess(&r, 3, s->scratch, &words_n);
        int64_t *speaker = ARENA_ARRAY(s->scratch, int64_t, words_n + 1);
        bool changed;
        for (size_t i = 0; i < words_n; i++)
            speaker[i] = i < speakers_n ? who[i] : -1;
        rc = array_mask(s, at, words, words_n, speaker, &changed);
        if (rc || !changed)
            continue;
        touch(s, at.row);
        rc = db_run(s->t, &erasure_sql[E_TURNS_SET],
                    DB_ARGS(P_ID(s->v->workspace), P_ID(at.row), P_I64(at.sub), P_BYTESS(words, words_n)), NULL, s->e);
    }
    db_rows_done(&r);
    return rc;
}

static enum err_code labels_mask(struct erasing *s, const struct id *ids, size_t n)
{
    enum err_code rc = ERR_OK;
    struct db_rows r;

    if (db_run(s->t, &erasure_sql[E_LABELS], DB_ARGS(P_ID(s->v->workspace), P_IDS(ids, n)), &r, s->e))
        return s->e->code;
    while (!rc && db_next(&r)) {
        struct seal_at at = {s->v->workspace, "statistic", "label_sealed", db_id(&r, 0), 0};
        size_t labels_n;
        str *labels = db_bytess(&r, 1, s->scratch, &labels_n);
        bool changed;
        rc = array_mask(s, at, labels, labels_n, NULL, &changed);
        if (!rc && changed)
            rc = db_run(s->t, &erasure_sql[E_LABELS_SET],
                        DB_ARGS(P_ID(s->v->workspace), P_ID(at.row), P_BYTESS(labels, labels_n)), NULL, s->e);
    }
    db_rows_done(&r);
    return rc;
}

/* All conversations, some at a time: whoever took part is named, and whoever did not may be. */
static enum err_code conversations_mask(struct erasing *s)
{
    struct id after = {{0}};

    for (;;) {
        struct id ids[PAGE_CONVERSATIONS];
        struct db_rows r;
        size_t n = 0;
        if (db_run(s->t, &erasure_sql[E_IAS], DB_ARGS(P_ID(s->v->workspace), P_ID(after), P_I64(PAGE_CONVERSATIONS)),
                   &r, s->e))
            return s->e->code;
        while (n < PAGE_CONVERSATIONS && db_next(&r))
            ids[n++] = db_id(&r, 0);
        db_rows_done(&r);
        if (!n)
            break;
        if (turns_mask(s, ids, n) || labels_mask(s, ids, n))
            return s->e->code;
        after = ids[n - 1];
        arena_reset(s->scratch);
    }
    return ERR_OK;
}

/* ---- what goes altogether ---- */

static bool named_in(const struct erasing *s, str plain)
{
    for (size_t i = 0; i < s->whole_n; i++)
        if (needle_find(plain, s->needle[i], 0) < plain.n)
            return true;
    return false;
}

static bool cites_own(const struct erasing *s, str plain)
{
    for (size_t i = 0; i < s->own_n; i++)
        if (str_find(plain, id_str(s->scratch, s->own[i]), 0) < plain.n)
            return true;
    return false;
}

/* Rows (id, sealed) of a statement that name them, or quote a conversation of theirs. */
static enum err_code kept_drop(struct erasing *s, struct db_rows *r, const char *table, int drop)
{
    enum err_code rc = ERR_OK;

    while (!rc && db_next(r)) {
        struct seal_at at = {s->v->workspace, table, "sealed", db_id(r, 0), 0};
        str plain;
        rc = seal_open(s->v->keys, &at, db_bytes(r, 1), s->scratch, &plain, s->e);
        if (rc || (!named_in(s, plain) && !cites_own(s, plain)))
            continue;
        s->x->counts[ERASED_ANSWERS]++;
        rc = db_run(s->t, &erasure_sql[drop], DB_ARGS(P_ID(s->v->workspace), P_ID(at.row)), NULL, s->e);
    }
    db_rows_done(r);
    return rc;
}

static enum err_code copies_drop(struct erasing *s)
{
    struct db_rows r;

    if (db_run(s->t, &erasure_sql[E_ANSWERS], DB_ARGS(P_ID(s->v->workspace), P_I64(CARD_ANSWER)), &r, s->e) ||
        kept_drop(s, &r, "card", E_ANSWER_DROP))
        return s->e->code;
    for (size_t i = 0; i < sizeof kept_tables / sizeof *kept_tables; i++)
        if (db_run(s->t, &erasure_sql[kept_tables[i].read], DB_ARGS(P_ID(s->v->workspace)), &r, s->e) ||
            kept_drop(s, &r, kept_tables[i].table, kept_tables[i].drop))
            return s->e->code;
    return ERR_OK;
}

static enum err_code raw_names(struct erasing *s, struct id raw, bool *out)
{
    enum err_code rc = ERR_OK;
    struct db_rows r;

    *out = false;
    if (db_run(s->t, &erasure_sql[E_PARTS], DB_ARGS(P_ID(s->v->workspace), P_ID(raw)), &r, s->e))
        return s->e->code;
    while (!rc && !*out && db_next(&r)) {
        struct seal_at at = {s->v->workspace, "raw_part", "sealed", raw, (uint32_t)db_i64(&r, 0)};
        str plain;
        rc = seal_open(s->v->keys, &at, db_bytes(&r, 1), s->scratch, &plain, s->e);
        *out = !rc && named_in(s, plain);
    }
    db_rows_done(&r);
    return rc;
}

/* Originals of what was touched, and those that name them. */
static enum err_code originals_drop(struct erasing *s)
{
    struct id after = {{0}}, *named = NULL, ids[RAWS_PAGE];
    size_t named_n = 0, cap = 0, n;
    struct db_rows r;

    do {
        if (db_run(s->t, &erasure_sql[E_RAWS], DB_ARGS(P_ID(s->v->workspace), P_ID(after), P_I64(RAWS_PAGE)), &r, s->e))
            return s->e->code;
        for (n = 0; n < RAWS_PAGE && db_next(&r);)
            ids[n++] = db_id(&r, 0);
        db_rows_done(&r);
        for (size_t i = 0; i < n; i++) {
            bool there;
            if (raw_names(s, ids[i], &there))
                return s->e->code;
            arena_reset(s->scratch);
            if (there)
                ARENA_PUSH(s->a, named, named_n, cap) = ids[i];
        }
        after = n ? ids[n - 1] : after;
    } while (n);
    if (db_run(s->t, &erasure_sql[E_PARTS_DROP],
               DB_ARGS(P_ID(s->v->workspace), P_IDS(named, named_n), P_IDS(s->touched, s->touched_n)), &r, s->e))
        return s->e->code;
    if (db_next(&r))
        s->x->counts[ERASED_ORIGINALS] += db_i64(&r, 0);
    db_rows_done(&r);
    return ERR_OK;
}

/* What was derived from words that are no longer what they were. */
static enum err_code derived_drop(struct erasing *s)
{
    static const int after[] = {E_ANALYSES, E_VECTORS, E_SENTENCES, E_STALE};
    const struct db_val ids = P_IDS(s->touched, s->touched_n);
    struct db_rows r;

    if (db_run(s->t, &erasure_sql[E_FINDINGS], DB_ARGS(P_ID(s->v->workspace), ids), &r, s->e))
        return s->e->code;
    s->x->counts[ERASED_FINDINGS] += r.affected;
    db_rows_done(&r);
    for (size_t i = 0; i < sizeof after / sizeof *after; i++)
        if (db_run(s->t, &erasure_sql[after[i]], DB_ARGS(P_ID(s->v->workspace), ids), NULL, s->e))
            return s->e->code;
    return ERR_OK;
}

static enum err_code cast_blank(struct erasing *s)
{
    for (size_t i = 0; i < s->own_n; i++) {
        struct seal_at at = {s->v->workspace, "participant", "sealed", s->own[i], (uint32_t)s->seat[i]};
        str now;
        if (seal(s->v->keys, key_subject(s->x->subject), &at, STR("{}"), s->a, &now, s->e) ||
            db_run(s->t, &erasure_sql[E_CAST_SET],
                   DB_ARGS(P_ID(s->v->workspace), P_ID(at.row), P_I64(at.sub), P_BYTES(now)), NULL, s->e))
            return s->e->code;
    }
    return ERR_OK;
}

static enum err_code person_blank(struct erasing *s, const struct self *self)
{
    const struct db_val who = P_ID(self->person), workspace = P_ID(s->v->workspace);
    struct seal_at at = {s->v->workspace, "person", "sealed", self->person, 0};
    struct db_rows r;
    str now;

    if (db_run(s->t, &erasure_sql[E_RELATIONS], DB_ARGS(workspace, who), &r, s->e))
        return s->e->code;
    if (db_next(&r))
        s->x->counts[ERASED_RELATIONS] += db_i64(&r, 0);
    db_rows_done(&r);
    if (db_run(s->t, &erasure_sql[E_USER], DB_ARGS(workspace, who), &r, s->e))
        return s->e->code;
    s->x->counts[ERASED_USERS] += r.affected;
    db_rows_done(&r);
    if (!keyring_subject_has(s->v->keys, s->v->workspace, self->subject))
        return ERR_OK;
    if (seal(s->v->keys, key_subject(self->subject), &at, STR("{}"), s->a, &now, s->e))
        return s->e->code;
    return db_run(s->t, &erasure_sql[E_PERSON], DB_ARGS(workspace, who, P_BYTES(now), P_I64(clock_now_ms())), NULL,
                  s->e);
}

static enum err_code all_take(struct erasing *s)
{
    if (needles_find(s))
        return s->e->code;
    for (size_t i = 0; i < s->own_n; i++)
        s->x->counts[ERASED_CONVERSATIONS] += !i || !id_eq(s->own[i], s->own[i - 1]);
    if (conversations_mask(s))
        return s->e->code;
    for (size_t i = 0; i < sizeof sealed_tables / sizeof *sealed_tables; i++)
        if (table_mask(s, &sealed_tables[i]))
            return s->e->code;
    if (copies_drop(s) || originals_drop(s) || derived_drop(s) || cast_blank(s))
        return s->e->code;
    for (size_t i = 0; i < s->self_n; i++)
        if (person_blank(s, &s->self[i]))
            return s->e->code;
    return ERR_OK;
}

enum err_code erasure_rows(struct db_tx *t, const struct vaulted *v, struct erasure *x, struct arena *a,
                           struct id **out_touched, size_t *out_n, struct err *e)
{
    struct erasing s = {.t = t, .v = v, .a = a, .e = e, .x = x};

    *out_touched = NULL;
    *out_n = 0;
    e->code = ERR_OK;
    if (keyring_subject_has(v->keys, v->workspace, x->subject)) {
        s.scratch = arena_new_wiped("erasure");
        all_take(&s);
        arena_free(s.scratch);
        if (e->code)
            return e->code;
    }
    x->state = ERASURE_ROWS_GONE;
    *out_touched = s.touched;
    *out_n = id_set_of(s.touched, s.touched_n).n;
    return db_run(
        t, &erasure_sql[E_SET],
        DB_ARGS(P_ID(v->workspace), P_ID(x->id), P_I64(x->state), P_I64S(x->counts, ERASED_KINDS), P_NULL(DB_I64)),
        NULL, e);
}

enum err_code erasure_subjects(struct db_tx *t, const struct vaulted *v, struct id person, struct arena *a,
                               struct id **out, size_t *out_n, struct err *e)
{
    struct db_rows r;

    *out_n = 0;
    if (db_run(t, &erasure_sql[E_NAMES], DB_ARGS(P_ID(v->workspace), P_ID(person)), &r, e))
        return e->code;
    *out = ARENA_ARRAY(a, struct id, (size_t)r.rows_n + 1);
    while (db_next(&r))
        (*out)[(*out_n)++] = db_id(&r, 1);
    db_rows_done(&r);
    return ERR_OK;
}

/* ---- the ledger ---- */

enum err_code erasure_plan(struct db_tx *t, const struct vaulted *v, struct id person, int64_t counts[ERASED_KINDS],
                           struct err *e)
{
    struct db_rows r;
    bool there;

    memset(counts, 0, ERASED_KINDS * sizeof *counts);
    if (db_run(t, &erasure_sql[E_PLAN], DB_ARGS(P_ID(v->workspace), P_ID(person)), &r, e))
        return e->code;
    there = db_next(&r) && db_bool(&r, 5);
    if (there) {
        counts[ERASED_CONVERSATIONS] = db_i64(&r, 0);
        counts[ERASED_TURNS] = db_i64(&r, 1);
        counts[ERASED_ORIGINALS] = db_i64(&r, 2);
        counts[ERASED_FINDINGS] = db_i64(&r, 3);
        counts[ERASED_USERS] = db_i64(&r, 4);
    }
    db_rows_done(&r);
    return there ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such person");
}

enum err_code erasure_load(struct db_tx *t, const struct vaulted *v, struct id id, struct erasure *out, bool *out_found,
                           struct err *e)
{
    struct arena *a = arena_new("erasure");
    struct db_rows r;

    *out = (struct erasure){.id = id};
    if (db_run(t, &erasure_sql[E_LOAD], DB_ARGS(P_ID(v->workspace), P_ID(id)), &r, e)) {
        arena_free(a);
        return e->code;
    }
    *out_found = db_next(&r);
    if (*out_found) {
        size_t n;
        int64_t *counts = db_i64s(&r, 5, a, &n);
        out->person = db_id(&r, 0);
        out->subject = db_id(&r, 1);
        out->asked_by = db_id(&r, 2);
        out->approved_by = db_id(&r, 3);
        out->state = (enum erasure_state)db_i64(&r, 4);
        for (size_t i = 0; i < n && i < ERASED_KINDS; i++)
            out->counts[i] = counts[i];
        out->approved_ms = db_i64(&r, 6);
        out->done_ms = db_is_null(&r, 7) ? CLOCK_NONE : db_i64(&r, 7);
    }
    db_rows_done(&r);
    arena_free(a);
    return ERR_OK;
}

enum err_code erasure_add(struct db_tx *t, const struct vaulted *v, struct erasure *x, struct err *e)
{
    int64_t none[ERASED_KINDS], now = clock_now_ms();
    struct db_rows r;
    bool made;

    if (erasure_plan(t, v, x->person, none, e))
        return e->code;
    memset(none, 0, sizeof none);
    if (db_run(t, &erasure_sql[E_ADD],
               DB_ARGS(P_ID(v->workspace), P_ID(x->id), P_ID(x->person), P_ID_OR_NULL(x->asked_by),
                       P_ID(x->approved_by), P_I64S(none, ERASED_KINDS), P_I64(now)),
               &r, e))
        return e->code;
    made = db_next(&r);
    if (made) {
        x->subject = db_id(&r, 0);
        x->state = ERASURE_AGREED;
        x->approved_ms = now;
        x->done_ms = CLOCK_NONE;
    }
    db_rows_done(&r);
    return made ? ERR_OK : err_set(e, ERR_EXISTS, "it was agreed to already");
}

enum err_code erasure_finish(struct db_tx *t, const struct vaulted *v, struct erasure *x, struct err *e)
{
    x->state = ERASURE_DONE;
    x->done_ms = clock_now_ms();
    return db_run(
        t, &erasure_sql[E_SET],
        DB_ARGS(P_ID(v->workspace), P_ID(x->id), P_I64(x->state), P_I64S(x->counts, ERASED_KINDS), P_I64(x->done_ms)),
        NULL, e);
}
