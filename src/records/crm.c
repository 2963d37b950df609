#include "records/crm.h"

#include "base/clock.h"
#include "records/people.h"

enum {
    CRM_ACCOUNTS_FIND,
    CRM_DEALS_FIND,
    CRM_ACCOUNT_ADOPT,
    CRM_DEAL_ADOPT,
    CRM_ACCOUNT_PUT,
    CRM_DEAL_STUB,
    CRM_DEAL_PUT,
    CRM_DEAL_PIPELINE,
    CRM_ROLE_PUT,
    CRM_EVENT_ADD,
    CRM_CONTACT_PUT,
    CRM_SELLER_PUT,
    CRM_ACTIVITY_PUT,
    CRM_QUOTA_PUT,
    CRM_PIPELINE_PUT,
    CRM_STAGE_PUT,
    CRM_STAGES_KEEP,
    CRM_SETTINGS_DROP,
    CRM_SETTING_ADD,
    CRM_DEALS_OF_ACCOUNTS,
    CRM_DEALS_OF_SELLERS,
    CRM_DEALS_OF_PIPELINES,
};

const struct db_stmt crm_sql[] = {
    /* $2 keyed hashes of what the source calls them */
    [CRM_ACCOUNTS_FIND] = {"crm_accounts_find",
                           "SELECT external_index, id FROM account WHERE workspace_id=$1 AND external_index=ANY($2)"},
    [CRM_DEALS_FIND] = {"crm_deals_find",
                        "SELECT external_index, id FROM deal WHERE workspace_id=$1 AND external_index=ANY($2) "
                        "ORDER BY id FOR NO KEY UPDATE"},
    /* $2 name, $3 external: what a conversation brought in under that name becomes the CRM's */
    [CRM_ACCOUNT_ADOPT] = {"crm_account_adopt",
                           "UPDATE account SET external_index=$3 WHERE workspace_id=$1 AND name_index=$2 AND "
                           "external_index IS NULL RETURNING id"},
    [CRM_DEAL_ADOPT] = {"crm_deal_adopt",
                        "UPDATE deal SET external_index=$3 WHERE workspace_id=$1 AND name_index=$2 AND "
                        "external_index IS NULL RETURNING id"},
    [CRM_ACCOUNT_PUT] =
        {"crm_account_put",
         "INSERT INTO account (workspace_id, id, external_index, name_index, domain_index, sealed, created_at) "
         "VALUES ($1, $2, $3, (SELECT $4::bytea WHERE NOT EXISTS (SELECT 1 FROM account WHERE workspace_id=$1 AND "
         "name_index=$4 AND id<>$2)), $5, $6, $7) ON CONFLICT (workspace_id, id) DO UPDATE SET "
         "name_index=coalesce(excluded.name_index, account.name_index), "
         "domain_index=coalesce(excluded.domain_index, account.domain_index), sealed=excluded.sealed"},
    [CRM_DEAL_STUB] = {"crm_deal_stub", "INSERT INTO deal (workspace_id, id, external_index, sealed, created_at) "
                                        "VALUES ($1, $2, $3, $4, $5)"},
    /* a name that another deal has already finds that one, and this one only by its id */
    [CRM_DEAL_PUT] =
        {"crm_deal_put",
         "UPDATE deal SET name_index=CASE WHEN EXISTS (SELECT 1 FROM deal o WHERE o.workspace_id=$1 AND "
         "o.name_index=$3 "
         "AND o.id<>$2) THEN NULL ELSE $3 END, sealed=$4, account_id=coalesce($5, account_id), "
         "pipeline_id=coalesce($6, pipeline_id), opened_at=coalesce($7, opened_at) WHERE workspace_id=$1 AND id=$2"},
    [CRM_DEAL_PIPELINE] = {"crm_deal_pipeline", "SELECT pipeline_id FROM deal WHERE workspace_id=$1 AND id=$2"},
    [CRM_ROLE_PUT] =
        {"crm_role_put",
         "INSERT INTO deal_role (workspace_id, deal_id, person_id, flags, since) VALUES ($1, $2, $3, $4, $5) "
         "ON CONFLICT (workspace_id, deal_id, person_id) DO UPDATE SET flags=excluded.flags"},
    [CRM_EVENT_ADD] = {"crm_event_add", "INSERT INTO deal_event (workspace_id, deal_id, id, at, field, number, "
                                        "currency, ref_id, problem, by_id, source, "
                                        "sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
                                        "ON CONFLICT (workspace_id, deal_id, id) DO NOTHING"},
    [CRM_CONTACT_PUT] =
        {"crm_contact_put",
         "INSERT INTO contact (workspace_id, person_id, account_id, seniority, flags, lost_at, sealed, updated_at) "
         "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (workspace_id, person_id) DO UPDATE SET "
         "account_id=excluded.account_id, seniority=excluded.seniority, flags=excluded.flags, "
         "lost_at=excluded.lost_at, "
         "sealed=excluded.sealed, updated_at=excluded.updated_at"},
    [CRM_SELLER_PUT] =
        {"crm_seller_put",
         "INSERT INTO seller (workspace_id, person_id, team_index, active, inactive_at, sealed, updated_at) "
         "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (workspace_id, person_id) DO UPDATE SET "
         "team_index=excluded.team_index, active=excluded.active, inactive_at=excluded.inactive_at, "
         "sealed=excluded.sealed, updated_at=excluded.updated_at"},
    [CRM_ACTIVITY_PUT] =
        {"crm_activity_put",
         "INSERT INTO activity (workspace_id, id, at, type, status, direction, cancelled_by, deal_id, account_id, "
         "seller_id, contact_ids, sealed, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "
         "ON CONFLICT (workspace_id, id) DO UPDATE SET at=excluded.at, type=excluded.type, status=excluded.status, "
         "direction=excluded.direction, cancelled_by=excluded.cancelled_by, deal_id=excluded.deal_id, "
         "account_id=excluded.account_id, seller_id=excluded.seller_id, contact_ids=excluded.contact_ids, "
         "sealed=excluded.sealed, updated_at=excluded.updated_at"},
    [CRM_QUOTA_PUT] = {"crm_quota_put",
                       "INSERT INTO quota (workspace_id, id, seller_id, from_day, to_day, amount_micros, currency) "
                       "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (workspace_id, id) DO UPDATE SET "
                       "seller_id=excluded.seller_id, "
                       "from_day=excluded.from_day, to_day=excluded.to_day, amount_micros=excluded.amount_micros, "
                       "currency=excluded.currency"},
    [CRM_PIPELINE_PUT] =
        {"crm_pipeline_put",
         "INSERT INTO pipeline (workspace_id, id, currency, offset_min, sealed, updated_at) VALUES ($1, $2, $3, $4, "
         "$5, $6) "
         "ON CONFLICT (workspace_id, id) DO UPDATE SET currency=excluded.currency, offset_min=excluded.offset_min, "
         "sealed=excluded.sealed, updated_at=excluded.updated_at"},
    [CRM_STAGE_PUT] =
        {"crm_stage_put",
         "INSERT INTO stage (workspace_id, pipeline_id, id, ordinal, outcome, phase, probability, sealed) "
         "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (workspace_id, id) DO UPDATE SET "
         "ordinal=excluded.ordinal, "
         "outcome=excluded.outcome, phase=excluded.phase, probability=excluded.probability, sealed=excluded.sealed"},
    /* $3: the stages there are now */
    [CRM_STAGES_KEEP] = {"crm_stages_keep",
                         "DELETE FROM stage WHERE workspace_id=$1 AND pipeline_id=$2 AND NOT (id = ANY($3))"},
    [CRM_SETTINGS_DROP] = {"crm_settings_drop", "DELETE FROM warning_setting WHERE workspace_id=$1 AND pipeline_id=$2"},
    [CRM_SETTING_ADD] =
        {"crm_setting_add",
         "INSERT INTO warning_setting (workspace_id, pipeline_id, stage_id, warning, enabled, severity, values_at) "
         "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"},
    [CRM_DEALS_OF_ACCOUNTS] = {"crm_deals_of_accounts",
                               "SELECT id FROM deal WHERE workspace_id=$1 AND account_id=ANY($2) ORDER BY id"},
    /* deals that somebody among $2 owned at some time, open or not yet looked at */
    [CRM_DEALS_OF_SELLERS] =
        {"crm_deals_of_sellers",
         "SELECT DISTINCT e.deal_id FROM deal_event e LEFT JOIN deal_now n ON n.workspace_id=e.workspace_id AND "
         "n.deal_id=e.deal_id WHERE e.workspace_id=$1 AND e.field=3 AND e.ref_id=ANY($2) AND coalesce(n.outcome, 0)=0"},
    [CRM_DEALS_OF_PIPELINES] =
        {"crm_deals_of_pipelines",
         "SELECT d.id FROM deal d LEFT JOIN deal_now n ON n.workspace_id=d.workspace_id AND n.deal_id=d.id "
         "WHERE d.workspace_id=$1 AND d.pipeline_id=ANY($2) AND coalesce(n.outcome, 0)=0"},
};
const size_t crm_sql_n = sizeof crm_sql / sizeof *crm_sql;

enum { CRM_CHUNK = 500 };

/* Keyed hash -> id of a row; open addressing. */
struct map_slot {
    struct id key, value;
    bool used;
};
struct map {
    struct map_slot *slots;
    size_t cap, n;
};

struct save {
    struct db_tx *t;
    const struct vaulted *v;
    struct arena *a;
    struct err *e;
    enum crm_source source;
    int64_t now;
    struct map accounts, deals, people, touched;
    struct id *touched_list;
    size_t touched_n, touched_cap;
    struct id *changed_accounts, *changed_sellers, *changed_pipelines;
    size_t accounts_n, accounts_cap, sellers_n, sellers_cap, pipelines_n, pipelines_cap;
};

static struct map_slot *map_slot(struct map *m, struct id key)
{
    uint64_t h;
    size_t at;

    memcpy(&h, key.b, sizeof h); /* a keyed hash, or a random id: mixed already */
    memcpy(&at, key.b + 8, sizeof at);
    at = (size_t)(h ^ at) & (m->cap - 1);
    while (m->slots[at].used && !id_eq(m->slots[at].key, key))
        at = (at + 1) & (m->cap - 1);
    return &m->slots[at];
}

static void map_init(struct map *m, size_t n, struct arena *a)
{
    m->cap = 16;
    while (m->cap < 2 * n + 2)
        m->cap *= 2;
    m->slots = ARENA_ARRAY(a, struct map_slot, m->cap);
}

/* The place of a key, new or old; NULL-free: maps are made large enough for all that may come. */
static struct map_slot *map_put(struct map *m, struct id key)
{
    struct map_slot *s = map_slot(m, key);

    if (!s->used) {
        s->used = true;
        s->key = key;
        m->n++;
    }
    return s;
}

static enum err_code hash_id(const struct save *s, const char *purpose, str value, struct id *out)
{
    return blind_index(s->v->keys, s->v->workspace, purpose, value, out->b, s->e);
}

static struct db_val p_hash(const struct id *id)
{
    return P_BYTES_N(id->b, BLIND_BYTES);
}

static struct db_val p_time(int64_t at_ms)
{
    return P_I64_OR_NULL(at_ms, CLOCK_NONE);
}

static void touch(struct save *s, struct id deal)
{
    struct map_slot *slot = map_slot(&s->touched, deal);

    if (slot->used)
        return;
    map_put(&s->touched, deal);
    ARENA_PUSH(s->a, s->touched_list, s->touched_n, s->touched_cap) = deal;
}

static enum err_code words_seal(const struct save *s, const char *table, struct id row, str words, str *out)
{
    struct seal_at where = {s->v->workspace, table, "sealed", row, 0};

    return seal(s->v->keys, key_class(KEY_METADATA), &where, words, s->a, out, s->e);
}

/* One sealed JSON object of the texts that are there. */
static enum err_code texts_seal(const struct save *s, const char *table, struct id row, const char *const *keys,
                                const str *texts, size_t n, str *out)
{
    struct buf b;
    struct jw w;
    enum err_code rc;

    buf_init_wiped(&b, 256 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    for (size_t i = 0; i < n; i++)
        if (texts[i].n)
            jw_kstr(&w, keys[i], texts[i]);
    jw_end(&w);
    rc = buf_ok(&b) ? words_seal(s, table, row, buf_view(&b), out) : err_set(s->e, ERR_LIMIT, "a record is too long");
    buf_done(&b);
    return rc;
}

/* ---- people, accounts and deals that the records name ---- */

static enum err_code person_key(const struct save *s, str email, str name, struct id *out)
{
    return email.n ? hash_id(s, "crm.person", str_lower_ascii(s->a, email), out)
                   : hash_id(s, "crm.person.name", name, out);
}

struct people_list {
    struct people_want *want;
    struct id *keys;
    size_t n, cap, keys_cap, keys_n;
};

static enum err_code person_note(struct save *s, struct people_list *l, str email, str name, enum ia_side side)
{
    struct map_slot *slot;
    struct id key;

    if (!email.n && !name.n)
        return ERR_OK;
    if (person_key(s, email, name, &key))
        return s->e->code;
    slot = map_slot(&s->people, key);
    if (slot->used)
        return ERR_OK;
    map_put(&s->people, key);
    ARENA_PUSH(s->a, l->keys, l->keys_n, l->keys_cap) = key;
    ARENA_PUSH(s->a, l->want, l->n, l->cap) = (struct people_want){.name = name, .email = email, .side = side};
    return ERR_OK;
}

static enum err_code record_people(struct save *s, struct people_list *l, const struct crm_record *r)
{
    bool named = r->type == CRM_CONTACT || r->type == CRM_SELLER;
    enum ia_side side = r->type == CRM_SELLER ? IA_SIDE_INTERNAL : IA_SIDE_EXTERNAL;

    if ((named && person_note(s, l, r->email, r->name, side)) || person_note(s, l, r->owner, STR(""), IA_SIDE_INTERNAL))
        return s->e->code;
    for (size_t i = 0; i < r->people_n; i++)
        if (person_note(s, l, r->people[i].email, STR(""), IA_SIDE_EXTERNAL))
            return s->e->code;
    for (size_t i = 0; i < r->changes_n; i++) {
        const struct crm_change *c = &r->changes[i];
        if (person_note(s, l, c->by, STR(""), IA_SIDE_INTERNAL) ||
            (c->field == CRM_F_OWNER && person_note(s, l, c->text, STR(""), IA_SIDE_INTERNAL)))
            return s->e->code;
    }
    return ERR_OK;
}

/* Contacts and sellers first: they know the names. */
static enum err_code people_find_all(struct save *s, const struct crm_record *recs, size_t n)
{
    struct people_list l = {0};

    for (int named = 1; named >= 0; named--)
        for (size_t i = 0; i < n; i++)
            if ((recs[i].type == CRM_CONTACT || recs[i].type == CRM_SELLER) == named && record_people(s, &l, &recs[i]))
                return s->e->code;
    for (size_t from = 0; from < l.n; from += CRM_CHUNK)
        if (people_resolve(s->t, s->v, l.want + from, l.n - from < CRM_CHUNK ? l.n - from : CRM_CHUNK, s->a, s->e))
            return s->e->code;
    for (size_t i = 0; i < l.n; i++)
        map_slot(&s->people, l.keys[i])->value = l.want[i].person;
    return ERR_OK;
}

static enum err_code person_of(struct save *s, str email, str name, struct id *out)
{
    struct id key;

    *out = ID_NIL;
    if (!email.n && !name.n)
        return ERR_OK;
    if (person_key(s, email, name, &key))
        return s->e->code;
    *out = map_slot(&s->people, key)->value;
    return ERR_OK;
}

static enum err_code ext_note(struct save *s, struct map *m, const char *purpose, str ext)
{
    struct id key;

    if (!ext.n)
        return ERR_OK;
    if (hash_id(s, purpose, ext, &key))
        return s->e->code;
    map_put(m, key);
    return ERR_OK;
}

/* All at once: rows that get locked are locked in the order of their ids. */
static enum err_code ext_fetch(struct save *s, struct map *m, const struct db_stmt *stmt)
{
    str *keys = ARENA_ARRAY(s->a, str, m->n + 1);
    struct db_rows r;
    size_t n = 0;

    for (size_t i = 0; i < m->cap; i++)
        if (m->slots[i].used)
            keys[n++] = str_n((const char *)m->slots[i].key.b, BLIND_BYTES);
    if (!n)
        return ERR_OK;
    if (db_run(s->t, stmt, DB_ARGS(P_ID(s->v->workspace), P_BYTESS(keys, n)), &r, s->e))
        return s->e->code;
    while (db_next(&r)) {
        struct id key;
        memcpy(key.b, db_bytes(&r, 0).p, BLIND_BYTES);
        map_slot(m, key)->value = db_id(&r, 1);
    }
    db_rows_done(&r);
    return ERR_OK;
}

static enum err_code refs_find_all(struct save *s, const struct crm_record *recs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct crm_record *r = &recs[i];
        if (ext_note(s, &s->accounts, "account.external", r->type == CRM_ACCOUNT ? r->id : r->account) ||
            ext_note(s, &s->deals, "deal.external", r->type == CRM_DEAL ? r->id : r->deal))
            return s->e->code;
    }
    if (ext_fetch(s, &s->accounts, &crm_sql[CRM_ACCOUNTS_FIND]))
        return s->e->code;
    return ext_fetch(s, &s->deals, &crm_sql[CRM_DEALS_FIND]);
}

/* What a conversation brought in under this name; nil when there is none. */
static enum err_code adopt(struct save *s, const struct db_stmt *stmt, const char *purpose, str name,
                           const struct id *ext, struct id *out)
{
    struct db_rows r;
    struct id index;

    *out = ID_NIL;
    if (!name.n)
        return ERR_OK;
    if (hash_id(s, purpose, str_lower_ascii(s->a, name), &index) ||
        db_run(s->t, stmt, DB_ARGS(P_ID(s->v->workspace), p_hash(&index), p_hash(ext)), &r, s->e))
        return s->e->code;
    if (db_next(&r))
        *out = db_id(&r, 0);
    db_rows_done(&r);
    return ERR_OK;
}

static enum err_code account_put(struct save *s, str ext, str name, str domain, struct id *out)
{
    struct id key, name_index, domain_index;
    struct map_slot *slot;
    str sealed;

    *out = ID_NIL;
    if (!ext.n)
        return ERR_OK;
    if (hash_id(s, "account.external", ext, &key))
        return s->e->code;
    slot = map_put(&s->accounts, key);
    *out = slot->value;
    if (!id_is_nil(*out) && !name.n)
        return ERR_OK;
    if (id_is_nil(*out) && adopt(s, &crm_sql[CRM_ACCOUNT_ADOPT], "account.name", name, &key, out))
        return s->e->code;
    if (id_is_nil(*out))
        *out = id_new();
    slot->value = *out;
    if (hash_id(s, "account.name", str_lower_ascii(s->a, name), &name_index) ||
        hash_id(s, "account.domain", domain, &domain_index) ||
        words_seal(s, "account", *out, name.n ? name : ext, &sealed))
        return s->e->code;
    return db_send(s->t, &crm_sql[CRM_ACCOUNT_PUT],
                   DB_ARGS(P_ID(s->v->workspace), P_ID(*out), p_hash(&key),
                           name.n ? p_hash(&name_index) : P_NULL(DB_BYTES),
                           domain.n ? p_hash(&domain_index) : P_NULL(DB_BYTES), P_BYTES(sealed), P_I64(s->now)),
                   s->e);
}

/* The deal of this external id; made when there is none, adopted when `name` is known. */
static enum err_code deal_of(struct save *s, str ext, str name, struct id *out)
{
    struct map_slot *slot;
    struct id key;
    str sealed;

    *out = ID_NIL;
    if (!ext.n)
        return ERR_OK;
    if (hash_id(s, "deal.external", ext, &key))
        return s->e->code;
    slot = map_put(&s->deals, key);
    *out = slot->value;
    if (!id_is_nil(*out))
        return ERR_OK;
    if (adopt(s, &crm_sql[CRM_DEAL_ADOPT], "deal.name", name, &key, out))
        return s->e->code;
    if (id_is_nil(*out) &&
        adopt(s, &crm_sql[CRM_DEAL_ADOPT], "deal.name", ext, &key, out)) /* named so in a side table */
        return s->e->code;
    if (id_is_nil(*out)) {
        *out = id_new();
        if (words_seal(s, "deal", *out, name.n ? name : ext, &sealed) ||
            db_send(s->t, &crm_sql[CRM_DEAL_STUB],
                    DB_ARGS(P_ID(s->v->workspace), P_ID(*out), p_hash(&key), P_BYTES(sealed), P_I64(s->now)), s->e))
            return s->e->code;
    }
    slot->value = *out;
    return ERR_OK;
}

/* ---- records ---- */

static enum err_code pipeline_hash(const struct save *s, str external, struct id *out)
{
    return hash_id(s, "pipeline.external", external, out);
}

static enum err_code stage_hash(const struct save *s, struct id pipeline, str stage, struct id *out)
{
    str id = id_str(s->a, pipeline);

    return hash_id(s, "stage.external", str_fmt(s->a, "%.*s\n%.*s", STR_ARG(id), STR_ARG(stage)), out);
}

static enum err_code stages_put(struct save *s, const struct crm_record *r, struct id pipeline)
{
    static const char *const keys[] = {"id", "name"};
    struct id *ids = ARENA_ARRAY(s->a, struct id, r->stages_n);
    str sealed;

    for (size_t i = 0; i < r->stages_n; i++) {
        const struct crm_stage *st = &r->stages[i];
        str texts[] = {st->id, st->name.n ? st->name : st->id};
        if (stage_hash(s, pipeline, st->id, &ids[i]) || texts_seal(s, "stage", ids[i], keys, texts, 2, &sealed) ||
            db_send(s->t, &crm_sql[CRM_STAGE_PUT],
                    DB_ARGS(P_ID(s->v->workspace), P_ID(pipeline), P_ID(ids[i]), P_I64(st->order), P_I64(st->outcome),
                            P_I64(st->phase), P_F64(st->probability), P_BYTES(sealed)),
                    s->e))
            return s->e->code;
    }
    return db_send(s->t, &crm_sql[CRM_STAGES_KEEP],
                   DB_ARGS(P_ID(s->v->workspace), P_ID(pipeline), P_IDS(ids, r->stages_n)), s->e);
}

static enum err_code settings_put(struct save *s, const struct crm_record *r, struct id pipeline)
{
    if (db_send(s->t, &crm_sql[CRM_SETTINGS_DROP], DB_ARGS(P_ID(s->v->workspace), P_ID(pipeline)), s->e))
        return s->e->code;
    for (size_t i = 0; i < r->settings_n; i++) {
        const struct crm_setting *w = &r->settings[i];
        struct id stage = {{0}};
        if ((w->stage.n && stage_hash(s, pipeline, w->stage, &stage)) ||
            db_send(s->t, &crm_sql[CRM_SETTING_ADD],
                    DB_ARGS(P_ID(s->v->workspace), P_ID(pipeline), P_ID_OR_NULL(stage), P_I64(w->warning),
                            P_BOOL(w->enabled), P_I64_OR_NULL(w->severity, 0), P_F64S(w->values, CRM_SETTING_VALUES)),
                    s->e))
            return s->e->code;
    }
    return ERR_OK;
}

static enum err_code pipeline_put(struct save *s, const struct crm_record *r)
{
    static const char *const keys[] = {"id", "name"};
    str sealed, texts[] = {r->id, r->name.n ? r->name : r->id};
    struct id id;

    if (pipeline_hash(s, r->id, &id) || texts_seal(s, "pipeline", id, keys, texts, 2, &sealed) ||
        db_send(s->t, &crm_sql[CRM_PIPELINE_PUT],
                DB_ARGS(P_ID(s->v->workspace), P_ID(id), P_TEXT(r->currency), P_I64(r->offset_min), P_BYTES(sealed),
                        P_I64(s->now)),
                s->e))
        return s->e->code;
    ARENA_PUSH(s->a, s->changed_pipelines, s->pipelines_n, s->pipelines_cap) = id;
    if (stages_put(s, r, id))
        return s->e->code;
    return settings_put(s, r, id);
}

static enum err_code contact_put(struct save *s, const struct crm_record *r)
{
    static const char *const keys[] = {"id", "title", "phone"};
    str sealed, texts[] = {r->id, r->title, r->phone};
    struct id person, account;
    enum err_code rc;

    if (person_of(s, r->email, r->name, &person) || account_put(s, r->account, STR(""), STR(""), &account) ||
        texts_seal(s, "contact", person, keys, texts, 3, &sealed))
        return s->e->code;
    rc = db_send(s->t, &crm_sql[CRM_CONTACT_PUT],
                 DB_ARGS(P_ID(s->v->workspace), P_ID(person), P_ID_OR_NULL(account), P_I64(r->seniority),
                         P_I64(r->flags), p_time(r->at_ms), P_BYTES(sealed), P_I64(s->now)),
                 s->e);
    if (!id_is_nil(account))
        ARENA_PUSH(s->a, s->changed_accounts, s->accounts_n, s->accounts_cap) = account;
    return rc;
}

static enum err_code seller_put(struct save *s, const struct crm_record *r)
{
    static const char *const keys[] = {"id", "title", "team"};
    str sealed, texts[] = {r->id, r->title, r->team};
    struct id person, team;

    if (person_of(s, r->email, r->name, &person) || texts_seal(s, "seller", person, keys, texts, 3, &sealed) ||
        hash_id(s, "seller.team", str_lower_ascii(s->a, r->team), &team))
        return s->e->code;
    ARENA_PUSH(s->a, s->changed_sellers, s->sellers_n, s->sellers_cap) = person;
    return db_send(s->t, &crm_sql[CRM_SELLER_PUT],
                   DB_ARGS(P_ID(s->v->workspace), P_ID(person), r->team.n ? p_hash(&team) : P_NULL(DB_BYTES),
                           P_BOOL(r->active), p_time(r->at_ms), P_BYTES(sealed), P_I64(s->now)),
                   s->e);
}

/* Fields whose words are sealed rather than read. */
static bool field_is_words(enum crm_field f)
{
    return f == CRM_F_NAME || f == CRM_F_NEXT_STEP || f == CRM_F_REASON;
}

static enum err_code change_ref(struct save *s, const struct crm_change *c, struct id pipeline, struct id *out)
{
    *out = ID_NIL;
    if (c->cleared || c->problem)
        return ERR_OK;
    if (c->field == CRM_F_STAGE)
        return stage_hash(s, pipeline, c->text, out);
    if (c->field == CRM_F_PIPELINE)
        return pipeline_hash(s, c->text, out);
    if (c->field == CRM_F_OWNER)
        return person_of(s, c->text, STR(""), out);
    return ERR_OK;
}

/* `pipeline`: the one the deal is in at that time. */
static enum err_code change_put(struct save *s, struct id deal, str deal_ext, struct id pipeline,
                                const struct crm_change *c)
{
    bool number = !c->cleared && !c->problem &&
                  (c->field == CRM_F_AMOUNT || c->field == CRM_F_CLOSE_DATE || c->field == CRM_F_CATEGORY ||
                   c->field == CRM_F_PROBABILITY || c->field == CRM_F_DELETED);
    bool words = c->text.n && (field_is_words(c->field) || c->problem);
    struct id id, ref, by;
    str sealed = STR_NULL;

    if (hash_id(s, "deal.event",
                str_fmt(s->a, "%.*s\n%lld\n%d\n%d%d\n%lld\n%.*s\n%.*s", STR_ARG(deal_ext), (long long)c->at_ms,
                        (int)c->field, c->cleared, (int)c->problem, number ? (long long)c->number : 0,
                        STR_ARG(c->currency), STR_ARG(c->text)),
                &id) ||
        change_ref(s, c, pipeline, &ref) || person_of(s, c->by, STR(""), &by) ||
        (words && words_seal(s, "deal_event", id, c->text, &sealed)))
        return s->e->code;
    return db_send(s->t, &crm_sql[CRM_EVENT_ADD],
                   DB_ARGS(P_ID(s->v->workspace), P_ID(deal), P_ID(id), P_I64(c->at_ms), P_I64(c->field),
                           number ? P_I64(c->number) : P_NULL(DB_I64),
                           number && c->currency.n ? P_TEXT(c->currency) : P_NULL(DB_TEXT), P_ID_OR_NULL(ref),
                           P_I64(c->problem), P_ID_OR_NULL(by), P_I64(s->source), P_BYTES_OR_NULL(sealed)),
                   s->e);
}

static enum err_code deal_put(struct save *s, const struct crm_record *r)
{
    struct id deal, account, pipeline = {{0}}, name_index;
    str sealed;

    if (account_put(s, r->account, STR(""), STR(""), &account) || deal_of(s, r->id, r->name, &deal) ||
        (r->pipeline.n && pipeline_hash(s, r->pipeline, &pipeline)) ||
        hash_id(s, "deal.name", str_lower_ascii(s->a, r->name), &name_index) ||
        words_seal(s, "deal", deal, r->name, &sealed) ||
        db_send(s->t, &crm_sql[CRM_DEAL_PUT],
                DB_ARGS(P_ID(s->v->workspace), P_ID(deal), p_hash(&name_index), P_BYTES(sealed), P_ID_OR_NULL(account),
                        P_ID_OR_NULL(pipeline), p_time(r->at_ms)),
                s->e))
        return s->e->code;
    for (size_t i = 0; i < r->people_n; i++) {
        struct id person;
        if (person_of(s, r->people[i].email, STR(""), &person))
            return s->e->code;
        if (!id_is_nil(person) && db_send(s->t, &crm_sql[CRM_ROLE_PUT],
                                          DB_ARGS(P_ID(s->v->workspace), P_ID(deal), P_ID(person),
                                                  P_I64(r->people[i].flags), p_time(r->at_ms)),
                                          s->e))
            return s->e->code;
    }
    for (size_t i = 0; i < r->changes_n; i++) {
        const struct crm_change *c = &r->changes[i];
        if ((c->field == CRM_F_PIPELINE && !c->problem && !c->cleared && pipeline_hash(s, c->text, &pipeline)) ||
            change_put(s, deal, r->id, pipeline, c))
            return s->e->code;
    }
    touch(s, deal);
    return ERR_OK;
}

static enum err_code single_put(struct save *s, const struct crm_record *r)
{
    struct id deal, pipeline = {{0}};
    struct db_rows rows;

    if (deal_of(s, r->deal, STR(""), &deal))
        return s->e->code;
    if (r->pipeline.n) {
        if (pipeline_hash(s, r->pipeline, &pipeline))
            return s->e->code;
    } else if (r->changes[0].field == CRM_F_STAGE) {
        if (db_run(s->t, &crm_sql[CRM_DEAL_PIPELINE], DB_ARGS(P_ID(s->v->workspace), P_ID(deal)), &rows, s->e))
            return s->e->code;
        if (db_next(&rows))
            pipeline = db_id(&rows, 0);
        db_rows_done(&rows);
    }
    if (change_put(s, deal, r->deal, pipeline, &r->changes[0]))
        return s->e->code;
    touch(s, deal);
    return ERR_OK;
}

static enum err_code activity_put(struct save *s, const struct crm_record *r)
{
    struct id id, deal, account, seller, *contacts = ARENA_ARRAY(s->a, struct id, r->people_n + 1);
    size_t n = 0;
    str sealed;

    if (hash_id(s, "activity.external", r->id, &id) || deal_of(s, r->deal, STR(""), &deal) ||
        account_put(s, r->account, STR(""), STR(""), &account) || person_of(s, r->owner, STR(""), &seller) ||
        words_seal(s, "activity", id, r->name, &sealed))
        return s->e->code;
    for (size_t i = 0; i < r->people_n; i++) {
        if (person_of(s, r->people[i].email, STR(""), &contacts[n]))
            return s->e->code;
        n += !id_is_nil(contacts[n]);
    }
    if (!id_is_nil(deal))
        touch(s, deal);
    return db_send(s->t, &crm_sql[CRM_ACTIVITY_PUT],
                   DB_ARGS(P_ID(s->v->workspace), P_ID(id), P_I64(r->at_ms), P_I64(r->activity), P_I64(r->status),
                           P_I64(r->direction), P_I64(r->cancelled_by), P_ID_OR_NULL(deal), P_ID_OR_NULL(account),
                           P_ID_OR_NULL(seller), P_IDS(contacts, n), P_BYTES(sealed), P_I64(s->now)),
                   s->e);
}

static enum err_code quota_put(struct save *s, const struct crm_record *r)
{
    struct id id, seller;

    if (hash_id(s, "quota.external", r->id, &id) || person_of(s, r->owner, STR(""), &seller))
        return s->e->code;
    return db_send(s->t, &crm_sql[CRM_QUOTA_PUT],
                   DB_ARGS(P_ID(s->v->workspace), P_ID(id), P_ID_OR_NULL(seller), P_I64(r->from_day), P_I64(r->to_day),
                           P_I64(r->amount_micros), P_TEXT(r->currency)),
                   s->e);
}

static enum err_code record_put(struct save *s, const struct crm_record *r)
{
    struct id account;

    switch (r->type) {
    case CRM_PIPELINE:
        return pipeline_put(s, r);
    case CRM_ACCOUNT:
        return account_put(s, r->id, r->name, r->domain, &account);
    case CRM_CONTACT:
        return contact_put(s, r);
    case CRM_SELLER:
        return seller_put(s, r);
    case CRM_DEAL:
        return deal_put(s, r);
    case CRM_CHANGE:
        return single_put(s, r);
    case CRM_ACTIVITY:
        return activity_put(s, r);
    default:
        return quota_put(s, r);
    }
}

static enum err_code touch_all(struct save *s, int stmt, const struct id *of, size_t of_n)
{
    struct id *ids;
    size_t n;

    if (!of_n)
        return ERR_OK;
    if (db_run_ids(s->t, &crm_sql[stmt], DB_ARGS(P_ID(s->v->workspace), P_IDS(of, of_n)), s->a, &ids, &n, s->e))
        return s->e->code;
    if (2 * (s->touched.n + n) + 2 > s->touched.cap) { /* more than the records named: a larger map */
        struct map larger = {0};
        map_init(&larger, s->touched.n + n, s->a);
        for (size_t i = 0; i < s->touched_n; i++)
            map_put(&larger, s->touched_list[i]);
        s->touched = larger;
    }
    for (size_t i = 0; i < n; i++)
        touch(s, ids[i]);
    return ERR_OK;
}

enum err_code record_crm_save(struct db_tx *t, const struct vaulted *v, const struct crm_record *recs, size_t n,
                              enum crm_source source, struct arena *a, struct id **out_deals, size_t *out_n,
                              struct err *e)
{
    struct save s = {.t = t, .v = v, .a = a, .e = e, .source = source, .now = clock_now_ms()};
    size_t people = 0;

    for (size_t i = 0; i < n; i++)
        people += 2 + recs[i].people_n + 2 * recs[i].changes_n;
    map_init(&s.people, people, a);
    map_init(&s.accounts, n, a);
    map_init(&s.deals, n, a);
    map_init(&s.touched, n, a);
    if (people_find_all(&s, recs, n) || refs_find_all(&s, recs, n))
        return e->code;
    for (int type = 0; type < CRM_TYPES; type++)
        for (size_t i = 0; i < n; i++)
            if ((int)recs[i].type == type && record_put(&s, &recs[i]))
                return e->code;
    if (touch_all(&s, CRM_DEALS_OF_ACCOUNTS, s.changed_accounts, s.accounts_n) ||
        touch_all(&s, CRM_DEALS_OF_SELLERS, s.changed_sellers, s.sellers_n) ||
        touch_all(&s, CRM_DEALS_OF_PIPELINES, s.changed_pipelines, s.pipelines_n))
        return e->code;
    *out_deals = s.touched_list;
    *out_n = s.touched_n;
    return db_flush(t, NULL, e);
}
