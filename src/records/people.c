#include "records/people.h"

#include "base/clock.h"
#include "base/json.h"
#include "text/uni.h"

enum { PEOPLE_LOCK, PERSON_BY_EMAIL, PERSON_BY_NAME, PEOPLE_ADD, PERSON_FORGET, PEOPLE_COUNT };

/* Who was merged into another is that other. */
#define PERSON_KNOWN(index)                                                                                            \
    "SELECT " index ", k.id, k.subject_id FROM person p JOIN person k ON k.workspace_id=$1 AND "                       \
    "k.id=coalesce(p.merged_into, p.id) WHERE p.workspace_id=$1 AND "
const struct db_stmt people_sql[] = {
    /* $1 workspace: one lock per workspace until the end of the transaction */
    [PEOPLE_LOCK] = {"people_lock", "SELECT pg_advisory_xact_lock(hashtextextended('people' || $1::uuid::text, 0))"},
    [PERSON_BY_EMAIL] = {"person_by_email", PERSON_KNOWN("p.email_index") "p.email_index = ANY($2)"},
    [PERSON_BY_NAME] =
        {"person_by_name",
         PERSON_KNOWN("DISTINCT ON (p.name_index) p.name_index") "p.name_index = ANY($2) AND p.email_index IS NULL AND "
                                                                 "p.erased_at IS NULL ORDER BY p.name_index, p.id"},
    /* $2 now; then arrays of equal length: ids, subjects, indexes of addresses and of names (NULL: none), sides, sealed */
    [PEOPLE_ADD] =
        {"people_add",
         "INSERT INTO person (workspace_id, id, subject_id, email_index, name_index, side, sealed, created_at) SELECT "
         "$1, i, s, m, n, d, x, $2 FROM unnest($3::uuid[], $4::uuid[], $5::bytea[], $6::bytea[], $7::int[], "
         "$8::bytea[]) AS u(i, s, m, n, d, x)"},
    /* $2 person: found by address and name no more */
    [PERSON_FORGET] = {"person_forget",
                       "UPDATE person SET email_index=NULL, name_index=NULL WHERE workspace_id=$1 AND id=$2"},
    [PEOPLE_COUNT] = {"people_count", "SELECT count(*) FROM person WHERE workspace_id=$1"},
};
const size_t people_sql_n = sizeof people_sql / sizeof *people_sql;

enum key_kind { KEY_NONE, KEY_EMAIL, KEY_NAME };

struct key {
    enum key_kind kind;
    uint8_t index[BLIND_BYTES];
};

/* Lower case, no accents, one space between words, "Family, Given" turned round. */
static str name_key(struct arena *a, str name)
{
    str folded = uni_fold(a, name), given, family;
    char *p = arena_alloc(a, folded.n * 2 + 2);
    size_t n = 0, words = 0;

    family = str_cut(folded, ',', &given);
    for (int half = 0; half < 2; half++) {
        str s = half == 0 ? given : family, word;
        while (s.n) {
            word = str_trim(str_cut(s, ' ', &s));
            if (!word.n)
                continue;
            if (n)
                p[n++] = ' ';
            memcpy(p + n, word.p, word.n);
            n += word.n;
            words++;
        }
    }
    return words >= 2 ? str_n(p, n) : STR("");
}

/* "Speaker 2", "Guest 1", "Unknown Speaker": labels of a recorder, not names. */
static bool label_only(str key)
{
    static const char *const first[] = {"speaker", "unknown", "guest",    "participant",
                                        "user",    "caller",  "sprecher", "agent"};
    str rest, word = str_cut(key, ' ', &rest);

    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        if (str_eq(word, str_of(first[i])))
            return true;
    return false;
}

static enum err_code key_make(const struct vaulted *v, const struct people_want *w, struct arena *a, struct key *out,
                              struct err *e)
{
    str name;

    *out = (struct key){0};
    if (w->email.n) {
        out->kind = KEY_EMAIL;
        return blind_index(v->keys, v->workspace, "person.email", uni_lower(a, w->email), out->index, e);
    }
    name = name_key(a, w->name);
    if (!name.n || label_only(name))
        return ERR_OK;
    out->kind = KEY_NAME;
    return blind_index(v->keys, v->workspace, "person.name", name, out->index, e);
}

enum err_code people_name_index(const struct vaulted *v, str name, struct arena *a, uint8_t out[BLIND_BYTES],
                                bool *out_named, struct err *e)
{
    struct people_want w = {.name = name};
    struct key k;

    if (key_make(v, &w, a, &k, e))
        return e->code;
    *out_named = k.kind == KEY_NAME;
    memcpy(out, k.index, BLIND_BYTES);
    return ERR_OK;
}

static enum err_code known_find(struct db_tx *t, const struct vaulted *v, struct people_want *w, const struct key *k,
                                size_t n, enum key_kind kind, const struct db_stmt *s, struct arena *a, struct err *e)
{
    str *want = ARENA_ARRAY(a, str, n);
    size_t want_n = 0;
    struct db_rows r;

    for (size_t i = 0; i < n; i++)
        if (k[i].kind == kind)
            want[want_n++] = str_n((const char *)k[i].index, BLIND_BYTES);
    if (!want_n)
        return ERR_OK;
    if (db_run(t, s, DB_ARGS(P_ID(v->workspace), P_BYTESS(want, want_n)), &r, e))
        return e->code;
    while (db_next(&r)) {
        str index = db_bytes(&r, 0);
        for (size_t i = 0; i < n; i++) {
            if (k[i].kind != kind || !str_eq(index, str_n((const char *)k[i].index, BLIND_BYTES)))
                continue;
            w[i].person = db_id(&r, 1);
            w[i].subject = db_id(&r, 2);
        }
    }
    db_rows_done(&r);
    return ERR_OK;
}

/* The rows of one statement, column by column. */
struct people_columns {
    struct id *person, *subject;
    str *email, *name, *sealed;
    int32_t *side;
    size_t n;
};

static enum err_code person_new(const struct vaulted *v, struct people_want *w, const struct key *k,
                                struct people_columns *c, struct arena *a, struct err *e)
{
    struct seal_at where = {v->workspace, "person", "sealed", id_new(), 0};
    str index = str_n((const char *)k->index, BLIND_BYTES);
    enum err_code rc;
    struct buf b;
    struct jw j;

    if (keyring_subject_new(v->keys, v->workspace, &w->subject, e))
        return e->code;
    w->person = where.row;
    buf_init_wiped(&b, 64 << 10);
    jw_init(&j, &b);
    jw_obj(&j);
    jw_kstr(&j, "name", w->name);
    jw_kstr(&j, "email", w->email);
    jw_end(&j);
    rc = buf_ok(&b) ? seal(v->keys, key_subject(w->subject), &where, buf_view(&b), a, &c->sealed[c->n], e)
                    : err_set(e, ERR_LIMIT, "the name of a participant or speaker is too long");
    buf_done(&b);
    c->person[c->n] = w->person;
    c->subject[c->n] = w->subject;
    c->email[c->n] = k->kind == KEY_EMAIL ? index : STR_NULL;
    c->name[c->n] = k->kind == KEY_NAME ? index : STR_NULL;
    c->side[c->n++] = (int32_t)w->side;
    return rc;
}

/* Those of `w` that are nobody yet; of two that are the same one, the second is the first. */
static enum err_code people_add(struct db_tx *t, const struct vaulted *v, struct people_want *w, const struct key *k,
                                size_t n, struct arena *a, struct err *e)
{
    struct people_columns c = {.person = ARENA_ARRAY(a, struct id, n),
                               .subject = ARENA_ARRAY(a, struct id, n),
                               .email = ARENA_ARRAY(a, str, n),
                               .name = ARENA_ARRAY(a, str, n),
                               .sealed = ARENA_ARRAY(a, str, n),
                               .side = ARENA_ARRAY(a, int32_t, n)};

    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i && id_is_nil(w[i].person) && k[i].kind; j++) {
            if (k[j].kind != k[i].kind || memcmp(k[j].index, k[i].index, BLIND_BYTES) != 0)
                continue;
            w[i].person = w[j].person;
            w[i].subject = w[j].subject;
        }
        if (id_is_nil(w[i].person) && person_new(v, &w[i], &k[i], &c, a, e))
            return e->code;
    }
    if (!c.n)
        return ERR_OK;
    return db_send(t, &people_sql[PEOPLE_ADD],
                   DB_ARGS(P_ID(v->workspace), P_I64(clock_now_ms()), P_IDS(c.person, c.n), P_IDS(c.subject, c.n),
                           P_BYTESS(c.email, c.n), P_BYTESS(c.name, c.n), P_I32S(c.side, c.n), P_BYTESS(c.sealed, c.n)),
                   e);
}

/* An erased person who turns up again is somebody new: nothing leads from the new words to the old. */
static enum err_code erased_forget(struct db_tx *t, const struct vaulted *v, struct people_want *w, size_t n,
                                   struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        if (id_is_nil(w[i].person) || keyring_subject_has(v->keys, v->workspace, w[i].subject))
            continue;
        if (db_send(t, &people_sql[PERSON_FORGET], DB_ARGS(P_ID(v->workspace), P_ID(w[i].person)), e))
            return e->code;
        w[i].person = w[i].subject = ID_NIL;
    }
    return ERR_OK;
}

static enum err_code all_find(struct db_tx *t, const struct vaulted *v, struct people_want *w, const struct key *k,
                              size_t n, struct arena *a, struct err *e)
{
    if (known_find(t, v, w, k, n, KEY_EMAIL, &people_sql[PERSON_BY_EMAIL], a, e))
        return e->code;
    return known_find(t, v, w, k, n, KEY_NAME, &people_sql[PERSON_BY_NAME], a, e);
}

/* Is there one to be added under a name or an address that others may add at the same time? Who is erased is one, too. */
static bool some_new(const struct vaulted *v, const struct people_want *w, const struct key *k, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (k[i].kind && (id_is_nil(w[i].person) || !keyring_subject_has(v->keys, v->workspace, w[i].subject)))
            return true;
    return false;
}

enum err_code people_resolve(struct db_tx *t, const struct vaulted *v, struct people_want *w, size_t n, struct arena *a,
                             struct err *e)
{
    struct key *k = ARENA_ARRAY(a, struct key, n + 1);

    if (!n)
        return ERR_OK;
    for (size_t i = 0; i < n; i++)
        if (key_make(v, &w[i], a, &k[i], e))
            return e->code;
    if (all_find(t, v, w, k, n, a, e))
        return e->code;
    /* whoever waits for the lock sees what its holder added */
    if (some_new(v, w, k, n) && (db_run(t, &people_sql[PEOPLE_LOCK], DB_ARGS(P_ID(v->workspace)), NULL, e) ||
                                 all_find(t, v, w, k, n, a, e) || erased_forget(t, v, w, n, e)))
        return e->code;
    return people_add(t, v, w, k, n, a, e);
}

enum err_code people_find(struct db_tx *t, const struct vaulted *v, str who, struct arena *a, struct id *out,
                          struct err *e)
{
    bool mail = str_find_char(who, '@', 0) != SIZE_MAX;
    struct people_want w = {.name = mail ? STR("") : str_trim(who), .email = mail ? str_trim(who) : STR("")};
    struct key k;

    *out = ID_NIL;
    if (key_make(v, &w, a, &k, e) || known_find(t, v, &w, &k, 1, KEY_EMAIL, &people_sql[PERSON_BY_EMAIL], a, e) ||
        known_find(t, v, &w, &k, 1, KEY_NAME, &people_sql[PERSON_BY_NAME], a, e))
        return e->code;
    *out = w.person;
    return ERR_OK;
}

enum err_code people_count(struct db_tx *t, const struct vaulted *v, int64_t *out, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &people_sql[PEOPLE_COUNT], DB_ARGS(P_ID(v->workspace)), &r, e))
        return e->code;
    *out = db_next(&r) ? db_i64(&r, 0) : 0;
    db_rows_done(&r);
    return ERR_OK;
}
