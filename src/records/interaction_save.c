#include <assert.h>

#include "base/clock.h"
#include "records/accounts.h"
#include "records/interaction.h"
#include "records/people.h"
#include "records/packed.h"

enum { IA_ADD, PARTICIPANTS_ADD, TURNS_ADD, PART_ADD, PII_ADD, CHUNKS_ADD };

const struct db_stmt ia_save_sql[] = {
    [IA_ADD] =
        {"ia_add",
         "INSERT INTO interaction (workspace_id, id, raw_id, raw_ordinal, kind, format, language, started_at, "
         "started_offset_min, duration_ms, turns_n, flags, account_id, deal_id, external_index, thread_index, sealed, "
         "created_at, updated_at, persons) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
         "$16, "
         "$17, $18, $18, $19) ON CONFLICT (workspace_id, raw_id, raw_ordinal) WHERE raw_id IS NOT NULL DO NOTHING "
         "RETURNING id"},
    /* $3.. arrays of equal length: people, sides, flags, sealed */
    [PARTICIPANTS_ADD] =
        {"participants_add",
         "INSERT INTO participant (workspace_id, interaction_id, ordinal, person_id, side, flags, sealed) SELECT $1, "
         "$2, o - 1, p, s, f, x FROM unnest($3::uuid[], $4::int[], $5::int[], $6::bytea[]) WITH ORDINALITY AS u(p, s, "
         "f, x, o)"},
    /* $3 ordinal of the first; then arrays of equal length: speakers, starts, ends, sealed */
    [TURNS_ADD] = {"turns_add", "INSERT INTO turn (workspace_id, interaction_id, ordinal, speaker, start_ms, end_ms, "
                                "sealed) VALUES ($1, $2, $3, $4, $5, $6, $7)"},
    [PART_ADD] = {"part_add", "INSERT INTO part (workspace_id, interaction_id, ordinal, kind, person_id, sealed) "
                              "VALUES ($1, $2, $3, $4, $5, $6)"},
    [PII_ADD] = {"pii_add",
                 "INSERT INTO pii (workspace_id, interaction_id, spans, type, confidence) VALUES ($1, $2, $3, "
                 "$4, $5)"},
    /* $3 ordinal of the first, $4 where each chunk's spans end, $5 all spans one after the other */
    [CHUNKS_ADD] = {"chunks_add", "INSERT INTO chunk (workspace_id, interaction_id, ordinal, ends, spans) VALUES ($1, "
                                  "$2, $3, $4, $5)"},
};
const size_t ia_save_sql_n = sizeof ia_save_sql / sizeof *ia_save_sql;

enum { PERSON_LISTED = 1, PERSON_LABEL = 2, PERSON_SIDE_SAID = 4 }; /* participant.flags; see interaction_load.c */
enum { NAME_BYTES_MAX = 64 << 10 };

/* A row of `participant`: someone listed, a speaker label, or both. */
struct who {
    str name, email;
    enum ia_side side;
    int flags;
    struct id person, subject;
};

struct cast {
    struct who *who;
    size_t n, cap;
    int *of_turn; /* index into who, -1: unknown */
};

static str mail_domain(str email)
{
    size_t at = str_rfind_char(email, '@');
    return at == SIZE_MAX ? STR("") : str_from(email, at + 1);
}

static enum ia_side side_of(const struct ia_participant *p, const str *own, size_t own_n)
{
    str domain = mail_domain(p->email);

    if (p->side != IA_SIDE_UNKNOWN || !domain.n || !own_n)
        return p->side;
    for (size_t i = 0; i < own_n; i++)
        if (str_eq_nocase(domain, own[i]))
            return IA_SIDE_INTERNAL;
    return IA_SIDE_EXTERNAL;
}

void record_sides_infer(struct interaction *ia, const str *own, size_t own_n)
{
    for (size_t i = 0; i < ia->participants_n; i++)
        ia->participants[i].side = side_of(&ia->participants[i], own, own_n);
}

static int label_find(const struct cast *c, str label)
{
    for (size_t i = 0; i < c->n; i++)
        if (str_eq(c->who[i].name, label))
            return (int)i;
    return -1;
}

static void cast_make(struct cast *c, const struct interaction *ia, struct arena *a)
{
    c->of_turn = ARENA_ARRAY(a, int, ia->turns_n + 1);
    for (size_t i = 0; i < ia->participants_n; i++) {
        const struct ia_participant *p = &ia->participants[i];
        struct who w = {.name = p->name,
                        .email = p->email,
                        .side = p->side,
                        .flags = PERSON_LISTED | (p->side_explicit ? PERSON_SIDE_SAID : 0)};
        ARENA_PUSH(a, c->who, c->n, c->cap) = w;
    }
    for (size_t i = 0; i < ia->turns_n; i++) {
        str label = ia->turns[i].speaker;
        int at = -1;
        if (label.n) {
            at = i && str_eq(ia->turns[i - 1].speaker, label) ? c->of_turn[i - 1] : label_find(c, label);
            if (at < 0) {
                struct who w = {.name = label};
                at = (int)c->n;
                ARENA_PUSH(a, c->who, c->n, c->cap) = w;
            }
            assert(c->who && (size_t)at < c->n);
            c->who[at].flags |= PERSON_LABEL;
        }
        c->of_turn[i] = at;
    }
}

static enum err_code cast_people(struct db_tx *t, const struct vaulted *v, struct cast *c, struct record_ia *rec,
                                 struct arena *a, struct err *e)
{
    struct people_want *w = ARENA_ARRAY(a, struct people_want, c->n + 1);

    for (size_t i = 0; i < c->n; i++)
        w[i] = (struct people_want){.name = c->who[i].name, .email = c->who[i].email, .side = c->who[i].side};
    if (people_resolve(t, v, w, c->n, a, e))
        return e->code;
    rec->persons = ARENA_ARRAY(a, struct id, c->n + 1);
    rec->persons_n = 0;
    rec->cast = ARENA_ARRAY(a, struct record_cast, c->n + 1);
    rec->cast_n = c->n;
    for (size_t i = 0; i < c->n; i++) {
        bool seen = false;
        c->who[i].person = w[i].person;
        c->who[i].subject = w[i].subject;
        rec->cast[i] = (struct record_cast){c->who[i].name, w[i].person, c->who[i].side};
        for (size_t k = 0; k < rec->persons_n; k++)
            seen = seen || id_eq(rec->persons[k], w[i].person);
        if (!seen)
            rec->persons[rec->persons_n++] = w[i].person;
    }
    return ERR_OK;
}

static enum err_code name_seal(const struct vaulted *v, const struct who *w, struct id ia, size_t ordinal,
                               struct arena *a, str *out, struct err *e)
{
    struct seal_at where = {v->workspace, "participant", "sealed", ia, (uint32_t)ordinal};
    enum err_code rc;
    struct buf b;
    struct jw j;

    buf_init_wiped(&b, NAME_BYTES_MAX);
    jw_init(&j, &b);
    jw_obj(&j);
    jw_kstr(&j, "name", w->name);
    jw_kstr(&j, "email", w->email);
    jw_end(&j);
    rc = buf_ok(&b) ? seal(v->keys, key_subject(w->subject), &where, buf_view(&b), a, out, e)
                    : err_set(e, ERR_LIMIT, "the name of a participant or speaker is too long");
    buf_done(&b);
    return rc;
}

static enum err_code cast_write(struct db_tx *t, const struct vaulted *v, const struct cast *c, struct id ia,
                                struct arena *a, struct err *e)
{
    struct id *person = ARENA_ARRAY(a, struct id, c->n + 1);
    int32_t *side = ARENA_ARRAY(a, int32_t, c->n + 1), *flags = ARENA_ARRAY(a, int32_t, c->n + 1);
    str *sealed = ARENA_ARRAY(a, str, c->n + 1);

    if (!c->n)
        return ERR_OK;
    for (size_t i = 0; i < c->n; i++) {
        person[i] = c->who[i].person;
        side[i] = (int32_t)c->who[i].side;
        flags[i] = c->who[i].flags;
        if (name_seal(v, &c->who[i], ia, i, a, &sealed[i], e))
            return e->code;
    }
    return db_send(t, &ia_save_sql[PARTICIPANTS_ADD],
                   DB_ARGS(P_ID(v->workspace), P_ID(ia), P_IDS(person, c->n), P_I32S(side, c->n), P_I32S(flags, c->n),
                           P_BYTESS(sealed, c->n)),
                   e);
}

static enum err_code turns_write(struct db_tx *t, const struct vaulted *v, const struct cast *c,
                                 const struct interaction *ia, struct err *e)
{
    struct arena *a = arena_new("ia.turns");
    enum err_code rc = ERR_OK;

    for (size_t from = 0; !rc && from < ia->turns_n; from += TURNS_PER_ROW) {
        size_t n = ia->turns_n - from < TURNS_PER_ROW ? ia->turns_n - from : TURNS_PER_ROW;
        int64_t *start, *end;
        int32_t *speaker;
        str *sealed;

        arena_reset(a);
        speaker = ARENA_ARRAY(a, int32_t, n);
        start = ARENA_ARRAY(a, int64_t, n);
        end = ARENA_ARRAY(a, int64_t, n);
        sealed = ARENA_ARRAY(a, str, n);
        for (size_t i = 0; !rc && i < n; i++) {
            const struct ia_turn *turn = &ia->turns[from + i];
            struct seal_at where = {v->workspace, "turn", "sealed", ia->id, (uint32_t)(from + i)};
            int who = c->of_turn[from + i];
            speaker[i] = who;
            start[i] = turn->start_ms == IA_TIME_NONE ? INT64_MIN : turn->start_ms;
            end[i] = turn->end_ms == IA_TIME_NONE ? INT64_MIN : turn->end_ms;
            rc = seal(v->keys, who >= 0 ? key_subject(c->who[who].subject) : key_class(KEY_CONTENT), &where, turn->text,
                      a, &sealed[i], e);
        }
        if (!rc)
            rc = db_send(t, &ia_save_sql[TURNS_ADD],
                         DB_ARGS(P_ID(v->workspace), P_ID(ia->id), P_I64(from), P_I32S(speaker, n), P_I64S(start, n),
                                 P_I64S(end, n), P_BYTESS(sealed, n)),
                         e);
    }
    arena_free(a);
    return rc;
}

static enum err_code parts_write(struct db_tx *t, const struct vaulted *v, const struct cast *c,
                                 const struct interaction *ia, struct arena *a, struct err *e)
{
    /* what a mail quotes was written by others: only the signature is the sender's own */
    bool sender = ia->turns_n && c->of_turn[0] >= 0;

    for (size_t i = 0; i < ia->parts_n; i++) {
        const struct ia_part *p = &ia->parts[i];
        bool own = sender && p->kind == IA_PART_SIGNATURE;
        const struct who *w = own ? &c->who[c->of_turn[0]] : NULL;
        struct seal_at where = {v->workspace, "part", "sealed", ia->id, (uint32_t)i};
        str sealed;
        if (seal(v->keys, own ? key_subject(w->subject) : key_class(KEY_CONTENT), &where, p->text, a, &sealed, e))
            return e->code;
        if (db_send(t, &ia_save_sql[PART_ADD],
                    DB_ARGS(P_ID(v->workspace), P_ID(ia->id), P_I64(i), P_I64(p->kind),
                            own ? P_ID(w->person) : P_NULL(DB_ID), P_BYTES(sealed)),
                    e))
            return e->code;
    }
    return ERR_OK;
}

static enum err_code pii_write(struct db_tx *t, const struct vaulted *v, struct id ia, const struct record_pii *p,
                               size_t n, struct arena *a, struct err *e)
{
    int32_t *spans = ARENA_ARRAY(a, int32_t, 3 * n + 1), *type = ARENA_ARRAY(a, int32_t, n + 1);
    double *conf = ARENA_ARRAY(a, double, n + 1);

    if (!n)
        return ERR_OK;
    for (size_t i = 0; i < n; i++) {
        spans[3 * i] = (int32_t)p[i].turn;
        spans[3 * i + 1] = (int32_t)p[i].start;
        spans[3 * i + 2] = (int32_t)p[i].end;
        type[i] = p[i].type;
        conf[i] = (double)p[i].confidence;
    }
    return db_send(t, &ia_save_sql[PII_ADD],
                   DB_ARGS(P_ID(v->workspace), P_ID(ia), P_I32S(spans, 3 * n), P_I32S(type, n), P_F64S(conf, n)), e);
}

static enum err_code chunks_write(struct db_tx *t, const struct vaulted *v, struct id ia, const struct record_chunk *c,
                                  size_t n, struct arena *a, struct err *e)
{
    for (size_t from = 0; from < n; from += CHUNKS_PER_ROW) {
        size_t m = n - from < CHUNKS_PER_ROW ? n - from : CHUNKS_PER_ROW;
        struct span_lists s = span_lists_new(m, a);

        for (size_t i = 0; i < m; i++)
            span_lists_put(&s, c[from + i].spans, c[from + i].spans_n, a);
        if (db_send(t, &ia_save_sql[CHUNKS_ADD],
                    DB_ARGS(P_ID(v->workspace), P_ID(ia), P_I64(from), P_I32S(s.ends, s.n), P_I32S(s.flat, s.flat_n)),
                    e))
            return e->code;
    }
    return ERR_OK;
}

static enum err_code meta_seal(const struct vaulted *v, const struct interaction *ia, struct arena *a, str *out,
                               struct err *e)
{
    struct seal_at where = {v->workspace, "interaction", "sealed", ia->id, 0};
    enum err_code rc;
    struct buf b;
    struct jw w;

    buf_init_wiped(&b, 1 << 20);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "title", ia->title);
    jw_kstr(&w, "external_id", ia->external_id);
    jw_kstr(&w, "thread_id", ia->thread_id);
    jw_kstr(&w, "account", ia->account);
    jw_kstr(&w, "deal", ia->deal);
    jw_end(&w);
    rc = buf_ok(&b) ? seal(v->keys, key_class(KEY_METADATA), &where, buf_view(&b), a, out, e)
                    : err_set(e, ERR_LIMIT, "title and ids are too long");
    buf_done(&b);
    return rc;
}

/* Blind index of an outside id, or NULL when there is none. */
static enum err_code outside_index(const struct vaulted *v, const char *purpose, str value, uint8_t mem[BLIND_BYTES],
                                   struct db_val *out, struct err *e)
{
    *out = P_NULL(DB_BYTES);
    if (!value.n)
        return ERR_OK;
    if (blind_index(v->keys, v->workspace, purpose, value, mem, e))
        return e->code;
    *out = P_BYTES_N(mem, BLIND_BYTES);
    return ERR_OK;
}

static enum err_code row_add(struct db_tx *t, const struct vaulted *v, struct record_ia *rec, struct arena *a,
                             struct err *e)
{
    const struct interaction *ia = &rec->ia;
    uint8_t ext[BLIND_BYTES], thr[BLIND_BYTES];
    struct db_val ext_v, thr_v;
    struct db_rows r;
    bool added;
    str sealed;

    if (outside_index(v, "interaction.external", ia->external_id, ext, &ext_v, e) ||
        outside_index(v, "interaction.thread", ia->thread_id, thr, &thr_v, e) || meta_seal(v, ia, a, &sealed, e))
        return e->code;
    if (db_run(t, &ia_save_sql[IA_ADD],
               DB_ARGS(P_ID(v->workspace), P_ID(ia->id), P_ID_OR_NULL(rec->raw), P_I64(rec->raw_ordinal),
                       P_I64(ia->kind), P_TEXT(ia->format), P_TEXT(ia->language),
                       P_I64_OR_NULL(ia->started_at_ms, CLOCK_NONE), P_I64(ia->started_offset_min),
                       P_I64_OR_NULL(ia->duration_ms, IA_TIME_NONE), P_I64(ia->turns_n), P_I64(ia->no_overlap),
                       P_ID_OR_NULL(rec->account), P_ID_OR_NULL(rec->deal), ext_v, thr_v, P_BYTES(sealed),
                       P_I64(clock_now_ms()), P_IDS(rec->persons, rec->persons_n)),
               &r, e))
        return e->code;
    added = db_next(&r);
    db_rows_done(&r);
    return added ? ERR_OK : err_set(e, ERR_EXISTS, "this interaction is stored already");
}

enum err_code record_ia_save(struct db_tx *t, const struct vaulted *v, struct record_ia *rec, const str *own,
                             size_t own_n, const struct record_pii *pii, size_t pii_n,
                             const struct record_chunk *chunks, size_t chunks_n, struct arena *a, struct err *e)
{
    struct cast c = {0};

    rec->ia.id = id_new();
    if (!rec->ia.language.n)
        rec->ia.language = STR("und");
    record_sides_infer(&rec->ia, own, own_n);
    cast_make(&c, &rec->ia, a);
    if (cast_people(t, v, &c, rec, a, e))
        return e->code;
    if (accounts_resolve(t, v, &rec->ia, a, &rec->account, &rec->deal, e) || row_add(t, v, rec, a, e))
        return e->code;
    if (cast_write(t, v, &c, rec->ia.id, a, e) || turns_write(t, v, &c, &rec->ia, e) ||
        parts_write(t, v, &c, &rec->ia, a, e) || pii_write(t, v, rec->ia.id, pii, pii_n, a, e) ||
        chunks_write(t, v, rec->ia.id, chunks, chunks_n, a, e))
        return e->code;
    return ERR_OK;
}
