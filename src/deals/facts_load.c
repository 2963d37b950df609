#include "deals/facts_load.h"

#include <math.h>

#include "base/sort.h"

enum {
    FACTS_PIPELINES,
    FACTS_STAGES,
    FACTS_SETTINGS,
    FACTS_CHOICES,
    FACTS_SELLERS,
    FACTS_DEALS,
    FACTS_CHANGES,
    FACTS_ACTIVITIES,
    FACTS_TALKS,
    FACTS_FINDINGS,
    FACTS_PEOPLE,
    FACTS_IDS,
};

const struct db_stmt facts_sql[] = {
    [FACTS_PIPELINES] = {"facts_pipelines",
                         "SELECT id, currency, offset_min FROM pipeline WHERE workspace_id=$1 ORDER BY id"},
    [FACTS_STAGES] = {"facts_stages", "SELECT pipeline_id, id, ordinal, outcome, phase, probability FROM stage "
                                      "WHERE workspace_id=$1 ORDER BY pipeline_id, ordinal, id"},
    [FACTS_SETTINGS] = {"facts_settings", "SELECT pipeline_id, stage_id, warning, enabled, severity, values_at FROM "
                                          "warning_setting WHERE workspace_id=$1 ORDER BY pipeline_id, warning"},
    [FACTS_CHOICES] = {"facts_choices",
                       "SELECT pipeline_id, warning, enabled, severity FROM warning_choice WHERE workspace_id=$1"},
    [FACTS_SELLERS] = {"facts_sellers", "SELECT person_id, active, inactive_at FROM seller WHERE workspace_id=$1"},
    [FACTS_DEALS] = {"facts_deals", "SELECT id, account_id, pipeline_id, opened_at, changes FROM deal "
                                    "WHERE workspace_id=$1 AND id=ANY($2) ORDER BY id"},
    [FACTS_CHANGES] = {"facts_changes",
                       "SELECT deal_id, id, at, field, number, currency, ref_id, problem, by_id FROM deal_event "
                       "WHERE workspace_id=$1 AND deal_id=ANY($2) ORDER BY deal_id, at, field, id"},
    [FACTS_ACTIVITIES] = {"facts_activities",
                          "SELECT deal_id, id, at, type, status, direction, cancelled_by, contact_ids FROM activity "
                          "WHERE workspace_id=$1 AND deal_id=ANY($2) ORDER BY deal_id, at, id"},
    /* who wrote a mail is who speaks its first turn */
    [FACTS_TALKS] =
        {"facts_talks", FACTS_TALKS_OF_DEALS
         "SELECT m.deal, m.id, m.started_at, m.kind, w.side, w.person_id, ARRAY(SELECT DISTINCT p.person_id "
         "FROM participant p WHERE p.workspace_id=$1 AND p.interaction_id=m.id AND p.side=2 AND p.person_id IS "
         "NOT NULL), EXISTS (SELECT 1 FROM statistic s WHERE s.workspace_id=$1 AND s.interaction_id=m.id AND "
         "s.pricing_at IS NOT NULL) FROM mine m LEFT JOIN turn u ON u.workspace_id=$1 AND "
         "u.interaction_id=m.id AND u.ordinal=0 LEFT JOIN participant w ON w.workspace_id=$1 AND "
         "w.interaction_id=m.id AND w.ordinal=u.speaker[1] WHERE m.started_at IS NOT NULL "
         "ORDER BY m.deal, m.started_at, m.id"},
    [FACTS_FINDINGS] =
        {"facts_findings", FACTS_TALKS_OF_DEALS
         "SELECT m.deal, f.interaction_id, m.started_at, f.kind, f.class, f.modality, f.owner_id, f.due_day, "
         "f.value, f.confidence, f.side, f.state, f.spans FROM mine m JOIN finding f ON f.workspace_id=$1 AND "
         "f.interaction_id=m.id WHERE m.started_at IS NOT NULL AND f.state<>2 AND f.kind = ANY($3) "
         "ORDER BY m.deal, m.started_at, f.interaction_id, f.ordinal"},
    [FACTS_PEOPLE] =
        {"facts_people",
         "SELECT d.id, c.person_id, c.seniority, c.flags | coalesce(r.flags, 0), c.lost_at FROM deal d JOIN contact c "
         "ON "
         "c.workspace_id=$1 AND c.account_id=d.account_id LEFT JOIN deal_role r ON r.workspace_id=$1 AND "
         "r.deal_id=d.id AND "
         "r.person_id=c.person_id WHERE d.workspace_id=$1 AND d.id=ANY($2) UNION ALL "
         "SELECT r.deal_id, r.person_id, coalesce(c.seniority, 0), r.flags | coalesce(c.flags, 0), c.lost_at FROM "
         "deal_role r "
         "JOIN deal d ON d.workspace_id=$1 AND d.id=r.deal_id LEFT JOIN contact c ON c.workspace_id=$1 AND "
         "c.person_id=r.person_id WHERE r.workspace_id=$1 AND r.deal_id=ANY($2) AND "
         "(c.person_id IS NULL OR c.account_id IS DISTINCT FROM d.account_id) ORDER BY 1, 2"},
    [FACTS_IDS] = {"facts_ids", "SELECT id FROM deal WHERE workspace_id=$1 AND id>$2 ORDER BY id LIMIT $3"},
};
const size_t facts_sql_n = sizeof facts_sql / sizeof *facts_sql;

/* Kinds of findings as the analyses call them. */
static const struct {
    const char *name;
    enum deal_find_kind kind;
} find_kinds[] = {
    {"commitment", FIND_COMMITMENT}, {"objection", FIND_OBJECTION},         {"competitor", FIND_COMPETITOR},
    {"pricing", FIND_PRICING},       {"qualification", FIND_QUALIFICATION}, {"red_flag", FIND_RED_FLAG},
    {"attitude", FIND_ATTITUDE},     {"crm_conflict", FIND_CONFLICT},
};

struct load {
    struct db_tx *t;
    const struct vaulted *v;
    struct arena *a;
    struct deal_facts *list; /* by id */
    size_t n;
    struct err *e;
};

static int64_t time_of(const struct db_rows *r, int col)
{
    return db_is_null(r, col) ? CLOCK_NONE : db_i64(r, col);
}

static struct deal_facts *of(const struct load *l, struct id id)
{
    size_t low = 0, high = l->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int c = id_cmp(l->list[mid].deal, id);
        if (c == 0)
            return &l->list[mid];
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

/* ---- what all share ---- */

static struct deal_pipeline *pipe_of(struct deals_shared *s, struct id id)
{
    for (size_t i = 0; i < s->pipes_n; i++)
        if (id_eq(s->pipes[i].id, id))
            return &s->pipes[i];
    return NULL;
}

static void text_copy(char *out, size_t size, str s)
{
    size_t n = s.n < size ? s.n : size - 1;

    if (n)
        memcpy(out, s.p, n);
    out[n] = 0;
}

static void pipelines_read(struct db_rows *r, struct arena *a, struct deals_shared *out)
{
    size_t cap = 0;

    while (db_next(r)) {
        struct deal_pipeline p = {.id = db_id(r, 0), .offset_min = (int)db_i64(r, 2)};
        text_copy(p.currency, sizeof p.currency, db_bytes(r, 1));
        p.stages = ARENA_ARRAY(a, struct deal_stage, DEAL_STAGES_MAX);
        ARENA_PUSH(a, out->pipes, out->pipes_n, cap) = p;
    }
}

static void stages_read(struct db_rows *r, struct deals_shared *out)
{
    while (db_next(r)) {
        struct deal_pipeline *p = pipe_of(out, db_id(r, 0));
        if (p && p->stages_n < DEAL_STAGES_MAX)
            p->stages[p->stages_n++] =
                (struct deal_stage){db_id(r, 1), (int)db_i64(r, 2), (enum crm_outcome)db_i64(r, 3),
                                    (enum crm_phase)db_i64(r, 4), db_f64(r, 5)};
    }
}

static void settings_read(struct db_rows *r, struct arena *a, struct deals_shared *out)
{
    size_t cap = 0;
    struct deal_pipeline *last = NULL;

    while (db_next(r)) {
        struct deal_pipeline *p = pipe_of(out, db_id(r, 0));
        struct deal_setting s = {.stage = db_id(r, 1),
                                 .warning = (int)db_i64(r, 2),
                                 .enabled = db_bool(r, 3),
                                 .severity = (int)db_i64(r, 4)};
        size_t n;
        double *values = db_f64s(r, 5, a, &n);
        for (size_t k = 0; k < CRM_SETTING_VALUES; k++)
            s.values[k] = k < n ? values[k] : NAN;
        if (!p || s.warning > WARNINGS_N)
            continue;
        cap = p == last ? cap : 0;
        last = p;
        ARENA_PUSH(a, p->settings, p->settings_n, cap) = s;
    }
}

enum err_code deals_shared_load(struct db_tx *t, const struct vaulted *v, struct arena *a, struct deals_shared *out,
                                struct err *e)
{
    struct db_rows r;
    size_t cap = 0;

    *out = (struct deals_shared){0};
    if (db_run(t, &facts_sql[FACTS_PIPELINES], DB_ARGS(P_ID(v->workspace)), &r, e))
        return e->code;
    pipelines_read(&r, a, out);
    db_rows_done(&r);
    if (db_run(t, &facts_sql[FACTS_STAGES], DB_ARGS(P_ID(v->workspace)), &r, e))
        return e->code;
    stages_read(&r, out);
    db_rows_done(&r);
    if (db_run(t, &facts_sql[FACTS_SETTINGS], DB_ARGS(P_ID(v->workspace)), &r, e))
        return e->code;
    settings_read(&r, a, out);
    db_rows_done(&r);
    if (db_run(t, &facts_sql[FACTS_CHOICES], DB_ARGS(P_ID(v->workspace)), &r, e))
        return e->code;
    while (db_next(&r)) {
        struct deal_pipeline *p = pipe_of(out, db_id(&r, 0));
        int64_t w = db_i64(&r, 1);
        if (p && w >= 1 && w <= WARNINGS_N)
            p->choice[w - 1] = (struct deal_choice){true, db_bool(&r, 2), (int)db_i64(&r, 3)};
    }
    db_rows_done(&r);
    if (db_run(t, &facts_sql[FACTS_SELLERS], DB_ARGS(P_ID(v->workspace)), &r, e))
        return e->code;
    while (db_next(&r))
        ARENA_PUSH(a, out->sellers, out->sellers_n, cap) =
            (struct deal_seller){db_id(&r, 0), db_bool(&r, 1), time_of(&r, 2)};
    db_rows_done(&r);
    return ERR_OK;
}

/* ---- one deal's own ---- */

static void changes_read(struct load *l, struct db_rows *r)
{
    struct deal_facts *f = NULL;
    size_t cap = 0;

    while (db_next(r)) {
        struct deal_change c = {.id = db_id(r, 1),
                                .at_ms = db_i64(r, 2),
                                .field = (enum crm_field)db_i64(r, 3),
                                .number = db_i64(r, 4),
                                .ref = db_id(r, 6),
                                .problem = (enum crm_problem)db_i64(r, 7),
                                .by = db_id(r, 8)};
        struct deal_facts *o = of(l, db_id(r, 0));
        if (!o)
            continue;
        if (o != f)
            cap = 0;
        f = o;
        c.empty = !c.problem && db_is_null(r, 4) && id_is_nil(c.ref);
        text_copy(c.currency, sizeof c.currency, db_bytes(r, 5));
        ARENA_PUSH(l->a, f->change, f->change_n, cap) = c;
    }
}

static void act_push(struct load *l, struct deal_facts *f, const struct deal_act *a)
{
    if (f->act_n % 16 == 0) { /* a multiple of 16 is full */
        struct deal_act *more = ARENA_ARRAY(l->a, struct deal_act, f->act_n + 16 + f->act_n / 16 * 16);
        if (f->act_n)
            memcpy(more, f->act, f->act_n * sizeof *more);
        f->act = more;
    }
    f->act[f->act_n++] = *a;
}

static void activities_read(struct load *l, struct db_rows *r)
{
    while (db_next(r)) {
        struct deal_facts *f = of(l, db_id(r, 0));
        struct deal_act a = {.id = db_id(r, 1),
                             .at_ms = db_i64(r, 2),
                             .type = (enum crm_activity_type)db_i64(r, 3),
                             .status = (enum crm_status)db_i64(r, 4),
                             .direction = (enum crm_direction)db_i64(r, 5),
                             .cancelled_by = (enum ia_side)db_i64(r, 6)};
        a.people = db_ids(r, 7, l->a, &a.people_n);
        if (f)
            act_push(l, f, &a);
    }
}

enum { SAME_MS = 60000 };

/* Is the activity what the CRM logged of this interaction? */
static bool same_event(const struct deal_act *act, const struct deal_act *talk)
{
    bool mail = act->type == CRM_A_MAIL || act->type == CRM_A_BOUNCE || act->type == CRM_A_AUTO_REPLY;
    bool call = act->type == CRM_A_MEETING || act->type == CRM_A_CALL;
    int64_t apart = act->at_ms - talk->at_ms;

    if (act->interaction || act->status != CRM_DONE || apart > SAME_MS || apart < -SAME_MS)
        return false;
    if (act->type == CRM_A_INTERNAL)
        return true;
    if (mail)
        return talk->kind == IA_MAIL && (act->type != CRM_A_MAIL || act->direction == talk->direction);
    return call && (talk->kind == IA_CALL || talk->kind == IA_NOTE);
}

/* An interaction takes the place of its activity, and keeps the CRM's word on what it was. */
static void talk_merge(struct load *l, struct deal_facts *f, struct deal_act *talk, size_t activities_n)
{
    for (size_t i = 0; i < activities_n; i++) {
        struct deal_act *act = &f->act[i];
        if (!same_event(act, talk))
            continue;
        talk->type = act->type;
        talk->direction = act->direction;
        if (act->type == CRM_A_BOUNCE || !talk->people_n) {
            talk->people = act->people;
            talk->people_n = act->people_n;
        }
        *act = *talk;
        return;
    }
    act_push(l, f, talk);
}

static struct deal_act talk_of(struct load *l, struct db_rows *r)
{
    struct deal_act t = {.id = db_id(r, 1),
                         .at_ms = db_i64(r, 2),
                         .kind = (enum ia_kind)db_i64(r, 3),
                         .interaction = true,
                         .status = CRM_DONE};
    enum ia_side writer = (enum ia_side)db_i64(r, 4);

    t.people = db_ids(r, 6, l->a, &t.people_n);
    t.priced = db_bool(r, 7);
    t.type = t.kind == IA_MAIL ? CRM_A_MAIL : t.kind == IA_CALL ? CRM_A_MEETING : CRM_A_TASK;
    t.direction = t.kind == IA_CALL ? CRM_D_BOTH : CRM_D_NONE;
    if (t.kind == IA_MAIL)
        t.direction = writer == IA_SIDE_EXTERNAL ? CRM_D_IN : writer == IA_SIDE_INTERNAL ? CRM_D_OUT : CRM_D_NONE;
    if (t.direction == CRM_D_IN && !db_is_null(r, 5)) { /* who wrote it, not everybody it went to */
        t.people = ARENA_NEW(l->a, struct id);
        *t.people = db_id(r, 5);
        t.people_n = 1;
    }
    if (!t.people_n && t.type != CRM_A_TASK)
        t.type = CRM_A_INTERNAL;
    return t;
}

static void talks_read(struct load *l, struct db_rows *r)
{
    struct deal_facts *f = NULL;
    size_t activities_n = 0;

    while (db_next(r)) {
        struct deal_facts *o = of(l, db_id(r, 0));
        struct deal_act talk;
        if (!o)
            continue;
        if (o != f)
            activities_n = o->act_n;
        f = o;
        talk = talk_of(l, r);
        talk_merge(l, f, &talk, activities_n);
    }
}

static bool kind_of(str name, enum deal_find_kind *out)
{
    for (size_t i = 0; i < sizeof find_kinds / sizeof *find_kinds; i++)
        if (str_eq(name, str_of(find_kinds[i].name))) {
            *out = find_kinds[i].kind;
            return true;
        }
    return false;
}

static void findings_read(struct load *l, struct db_rows *r)
{
    struct deal_facts *f = NULL;
    size_t cap = 0;

    while (db_next(r)) {
        struct deal_facts *o = of(l, db_id(r, 0));
        struct deal_find d = {.interaction = db_id(r, 1),
                              .at_ms = db_i64(r, 2),
                              .owner = db_id(r, 6),
                              .due_day = db_is_null(r, 7) ? INT32_MIN : db_i64(r, 7),
                              .value = db_f64(r, 8),
                              .confidence = db_f64(r, 9),
                              .side = (enum ia_side)db_i64(r, 10),
                              .confirmed = db_i64(r, 11) == 1};
        size_t spans_n;
        int32_t *spans = db_i32s(r, 12, l->a, &spans_n);
        if (!o || !kind_of(db_bytes(r, 3), &d.kind))
            continue;
        if (o != f)
            cap = 0;
        f = o;
        for (size_t k = 0; k < 3; k++)
            d.span[k] = k < spans_n ? spans[k] : -1;
        text_copy(d.class_, sizeof d.class_, db_bytes(r, 4));
        text_copy(d.modality, sizeof d.modality, db_bytes(r, 5));
        ARENA_PUSH(l->a, f->find, f->find_n, cap) = d;
    }
}

static void people_read(struct load *l, struct db_rows *r)
{
    struct deal_facts *f = NULL;
    size_t cap = 0;

    while (db_next(r)) {
        struct deal_facts *o = of(l, db_id(r, 0));
        if (!o)
            continue;
        if (o != f)
            cap = 0;
        f = o;
        ARENA_PUSH(l->a, f->person, f->person_n, cap) =
            (struct deal_person){db_id(r, 1), (enum crm_seniority)db_i64(r, 2), (unsigned)db_i64(r, 3), time_of(r, 4)};
    }
}

static int act_cmp(const void *x, const void *y)
{
    const struct deal_act *a = x, *b = y;

    return a->at_ms != b->at_ms ? (a->at_ms > b->at_ms) - (a->at_ms < b->at_ms) : id_cmp(a->id, b->id);
}

static enum err_code part_load(struct load *l, int stmt, const struct id *ids, size_t n,
                               void (*read)(struct load *, struct db_rows *))
{
    str kinds[sizeof find_kinds / sizeof *find_kinds];
    struct db_rows r;
    enum err_code rc;

    for (size_t i = 0; i < sizeof find_kinds / sizeof *find_kinds; i++)
        kinds[i] = str_of(find_kinds[i].name);
    if (stmt == FACTS_FINDINGS)
        rc = db_run(l->t, &facts_sql[stmt],
                    DB_ARGS(P_ID(l->v->workspace), P_IDS(ids, n), P_TEXTS(kinds, sizeof kinds / sizeof *kinds)), &r,
                    l->e);
    else
        rc = db_run(l->t, &facts_sql[stmt], DB_ARGS(P_ID(l->v->workspace), P_IDS(ids, n)), &r, l->e);
    if (rc)
        return rc;
    read(l, &r);
    db_rows_done(&r);
    return ERR_OK;
}

static enum err_code deals_read(struct load *l, const struct deals_shared *shared, const struct id *ids, size_t n)
{
    struct db_rows r;

    l->list = ARENA_ARRAY(l->a, struct deal_facts, n + 1);
    if (db_run(l->t, &facts_sql[FACTS_DEALS], DB_ARGS(P_ID(l->v->workspace), P_IDS(ids, n)), &r, l->e))
        return l->e->code;
    while (db_next(&r) && l->n < n) {
        struct deal_facts *f = &l->list[l->n++];
        f->deal = db_id(&r, 0);
        f->account = db_id(&r, 1);
        f->pipeline_id = db_id(&r, 2);
        f->opened_ms = time_of(&r, 3);
        f->changes = db_i64(&r, 4);
        f->seller = shared->sellers;
        f->seller_n = shared->sellers_n;
        for (size_t i = 0; i < shared->pipes_n; i++)
            if (id_eq(shared->pipes[i].id, f->pipeline_id))
                f->pipe = &shared->pipes[i];
    }
    db_rows_done(&r);
    return ERR_OK;
}

enum err_code deal_facts_load(struct db_tx *t, const struct vaulted *v, const struct deals_shared *shared,
                              const struct id *ids, size_t n, int what, struct arena *a, struct deal_facts **out,
                              size_t *out_n, struct err *e)
{
    struct load l = {.t = t, .v = v, .a = a, .e = e};

    if (deals_read(&l, shared, ids, n) || part_load(&l, FACTS_CHANGES, ids, n, changes_read))
        return e->code;
    if (what == FACTS_ALL &&
        (part_load(&l, FACTS_ACTIVITIES, ids, n, activities_read) || part_load(&l, FACTS_TALKS, ids, n, talks_read) ||
         part_load(&l, FACTS_FINDINGS, ids, n, findings_read) || part_load(&l, FACTS_PEOPLE, ids, n, people_read)))
        return e->code;
    for (size_t i = 0; i < l.n; i++)
        list_sort(l.list[i].act, l.list[i].act_n, sizeof(struct deal_act), act_cmp);
    *out = l.list;
    *out_n = l.n;
    return ERR_OK;
}

enum err_code deal_ids(struct db_tx *t, const struct vaulted *v, struct id after, size_t limit, struct arena *a,
                       struct id **out, size_t *out_n, struct err *e)
{
    return db_run_ids(t, &facts_sql[FACTS_IDS], DB_ARGS(P_ID(v->workspace), P_ID(after), P_I64(limit)), a, out, out_n,
                      e);
}
