#include "analytics/coaching_load.h"

#include <math.h>

#include "analytics/figures_load.h"
#include "base/sort.h"
#include "deals/methodology.h"
#include "records/coaching.h"
#include "records/crm.h"
#include "store/audit_store.h"
#include "store/reader.h"

enum {
    COACH_CALLS,
    COACH_CAST,
    COACH_STATS,
    COACH_OBJECTIONS,
    COACH_STEPS,
    COACH_TURNS,
    COACH_USERS,
    COACH_VIEWS,
    COACH_REMARKS,
    COACH_SHEETS,
    COACH_CLICKS,
    COACH_TRACKED
};

/* $2, $3: starts of calls, the first not in it */
#define OF_CALLS                                                                                                       \
    " JOIN interaction i ON i.workspace_id=$1 AND i.id=x.interaction_id AND i.kind=0 AND i.started_at>$2 AND "         \
    "i.started_at<=$3 WHERE x.workspace_id=$1 "

const struct db_stmt coaching_sql[] = {
    [COACH_CALLS] = {"coach_calls",
                     "SELECT i.id, i.deal_id, i.started_at, EXISTS (SELECT FROM participant p WHERE p.workspace_id=$1 "
                     "AND p.interaction_id=i.id AND p.side=2) FROM interaction i WHERE i.workspace_id=$1 AND i.kind=0 "
                     "AND i.started_at>$2 AND i.started_at<=$3 ORDER BY i.id"},
    [COACH_CAST] = {"coach_cast",
                    "SELECT x.interaction_id, x.ordinal, x.person_id, x.sealed FROM participant x" OF_CALLS
                    "AND x.side=1 AND x.person_id IS NOT NULL ORDER BY x.interaction_id, x.ordinal"},
    [COACH_STATS] =
        {"coach_stats",
         "SELECT x.interaction_id, u.k-1, u.stat, u.value, nullif(u.n, -9223372036854775808), u.label FROM statistic x "
         "CROSS JOIN LATERAL unnest(x.stat, x.value, x.n, x.label_sealed) WITH ORDINALITY AS u(stat, value, n, label, "
         "k)" OF_CALLS "AND u.value<>'NaN' AND u.stat=ANY($4::text[]) ORDER BY x.interaction_id, u.k"},
    [COACH_OBJECTIONS] = {"coach_objections",
                          "SELECT x.interaction_id, x.ordinal, x.class, x.sealed FROM finding x" OF_CALLS
                          "AND x.kind='objection' AND x.state<>2 AND x.side<>1 ORDER BY x.interaction_id, x.ordinal"},
    [COACH_STEPS] =
        {"coach_steps",
         "SELECT x.interaction_id, x.ordinal, x.owner_id, x.due_day, x.spans, x.sealed FROM finding x" OF_CALLS
         "AND x.kind='commitment' AND x.modality IN ('COMMITTED', 'ACCEPTED') AND x.state<>2 "
         "ORDER BY x.interaction_id, x.ordinal"},
    /* $2, $3: interactions and ordinals, side by side */
    [COACH_TURNS] = {"coach_turns",
                     "SELECT t.interaction_id, u.o, t.sealed[u.o-t.ordinal+1] FROM unnest($2::uuid[], $3::int[]) AS "
                     "u(i, o) JOIN turn t ON t.workspace_id=$1 AND t.interaction_id=u.i AND t.ordinal<=u.o AND "
                     "u.o<t.ordinal+cardinality(t.sealed)"},
    [COACH_USERS] =
        {"coach_users",
         "SELECT u.user_id, coalesce(p.merged_into, p.id) FROM user_address u JOIN person p ON p.workspace_id=$1 AND "
         "p.email_index=u.email_index WHERE u.workspace_id=$1 ORDER BY 1, 2"},
    /* $4 the act; who opened which call, and when first */
    [COACH_VIEWS] =
        {"coach_views",
         "SELECT l.actor_id, l.object_id, min(l.at) FROM (SELECT actor_id, object_id, at FROM audit_leaf WHERE "
         "workspace_id=$1 AND act=$4 AND at>$2 AND at<=$3 UNION ALL SELECT actor_id, object_id, at FROM audit_pending "
         "WHERE workspace_id=$1 AND act=$4 AND at>$2 AND at<=$3) l JOIN interaction i ON i.workspace_id=$1 AND "
         "i.id=l.object_id AND i.kind=0 WHERE l.actor_id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2"},
    [COACH_REMARKS] = {"coach_remarks",
                       "SELECT interaction_id, id, author_id, about_id, created_at, kind FROM remark WHERE "
                       "workspace_id=$1 AND created_at>$2 AND created_at<=$3 ORDER BY id"},
    [COACH_SHEETS] = {"coach_sheets",
                      "SELECT interaction_id, id, author_id, about_id, created_at, form_id, model, answers FROM "
                      "score_sheet WHERE workspace_id=$1 AND created_at>$2 AND created_at<=$3 ORDER BY id"},
    [COACH_CLICKS] =
        {"coach_clicks",
         "SELECT interaction_id, id, person_id, created_at FROM finding_feedback WHERE workspace_id=$1 AND "
         "person_id IS NOT NULL AND created_at>$2 AND created_at<=$3 ORDER BY id"},
    [COACH_TRACKED] = {"coach_tracked", "SELECT DISTINCT x.interaction_id, x.class FROM finding x" OF_CALLS
                                        "AND x.kind='tracker' AND x.state<>2"},
};
const size_t coaching_sql_n = sizeof coaching_sql / sizeof *coaching_sql;

struct voice { /* somebody of ours in a call */
    struct id person;
    str name;
    double *value; /* by figure; NaN: none */
    double open_n; /* questions behind open_share */
    bool reviewed;
};
struct coach_call {
    struct id id, deal;
    int64_t at_ms;
    bool external;
    struct voice *voice;
    size_t voice_n, voice_cap;
    double *value; /* of the call itself */
    double step; /* points of its best next step so far */
    struct id_set track; /* trackers that were to come up */
    size_t tracked; /* and did */
};
struct user_person {
    struct id user, person;
};
struct loading {
    struct db_tx *t;
    const struct vaulted *v;
    struct arena *a;
    struct err *e;
    struct coaching *out;
    struct coach_call *calls; /* by id */
    size_t calls_n;
    const struct deal_facts *facts; /* by id */
    size_t facts_n;
    struct user_person *users;
    size_t users_n, users_cap;
    struct coach_item *items;
    size_t items_n, items_cap;
    struct coach_rating *ratings;
    size_t ratings_n, ratings_cap;
    int64_t from_ms;
    struct methodology methods;
    int def_recovery, def_step, def_method, def_coverage, def_track;
};

static int call_cmp(const void *id, const void *call)
{
    return id_cmp(*(const struct id *)id, ((const struct coach_call *)call)->id);
}

static struct coach_call *call_find(const struct loading *l, struct id id)
{
    return l->calls_n ? bsearch(&id, l->calls, l->calls_n, sizeof *l->calls, call_cmp) : NULL;
}

static int facts_cmp(const void *id, const void *f)
{
    return id_cmp(*(const struct id *)id, ((const struct deal_facts *)f)->deal);
}

static const struct deal_facts *facts_find(const struct loading *l, struct id deal)
{
    return l->facts_n && !id_is_nil(deal) ? bsearch(&deal, l->facts, l->facts_n, sizeof *l->facts, facts_cmp) : NULL;
}

static void item_add(struct loading *l, int def, const char *part, struct id rep, struct id source, int64_t at_ms,
                     double value, double weight)
{
    ARENA_PUSH(l->a, l->items, l->items_n, l->items_cap) =
        (struct coach_item){def, part, rep, source, at_ms, value, weight};
}

static void count_add(struct loading *l, const char *id, struct id rep, struct id source, int64_t at_ms)
{
    if (!id_is_nil(rep))
        item_add(l, coach_def_find(str_of(id)), NULL, rep, source, at_ms, 1, 0);
}

#define SPAN_ARGS P_ID(l->v->workspace), P_I64(l->from_ms), P_I64(l->out->in.as_of)

/* ---- calls, who took part, what they measured ---- */

static double *nans(struct arena *a)
{
    double *v = ARENA_ARRAY(a, double, coach_defs_n + 1);

    for (size_t i = 0; i < coach_defs_n; i++)
        v[i] = NAN;
    return v;
}

static enum err_code calls_load(struct loading *l, bool (*sees)(void *, struct id), void *arg)
{
    struct db_rows r;
    size_t cap = 0;

    if (db_run(l->t, &coaching_sql[COACH_CALLS], DB_ARGS(SPAN_ARGS), &r, l->e))
        return l->e->code;
    while (db_next(&r)) {
        struct coach_call c = {
            .id = db_id(&r, 0), .deal = db_id(&r, 1), .at_ms = db_i64(&r, 2), .external = db_bool(&r, 3)};
        if (!sees(arg, c.id))
            continue;
        c.value = nans(l->a);
        ARENA_PUSH(l->a, l->calls, l->calls_n, cap) = c;
    }
    db_rows_done(&r);
    return ERR_OK;
}

/* Sealed words as a JSON object; *out NULL when they were erased. */
static enum err_code open_json(struct loading *l, const char *table, const char *column, struct id row, uint32_t sub,
                               str sealed, struct json_doc **out)
{
    struct seal_at where = {l->v->workspace, table, column, row, sub};
    enum err_code rc;
    str plain;

    *out = NULL;
    rc = seal_open(l->v->keys, &where, sealed, l->a, &plain, l->e);
    if (rc == ERR_NOT_FOUND)
        return l->e->code = ERR_OK;
    return rc ? rc : json_parse(plain, out, l->e);
}

static enum err_code cast_load(struct loading *l)
{
    enum err_code rc = ERR_OK;
    struct db_rows r;

    if (db_run(l->t, &coaching_sql[COACH_CAST], DB_ARGS(SPAN_ARGS), &r, l->e))
        return l->e->code;
    while (!rc && db_next(&r)) {
        struct coach_call *c = call_find(l, db_id(&r, 0));
        struct json_doc *d = NULL;
        struct voice v = {.person = db_id(&r, 2)};
        if (!c || (rc = open_json(l, "participant", "sealed", c->id, (uint32_t)db_i64(&r, 1), db_bytes(&r, 3), &d)) ||
            !d)
            continue;
        v.name = str_dup(l->a, json_str(json_get(json_root(d), "name"), STR("")));
        v.value = nans(l->a);
        json_free(d);
        ARENA_PUSH(l->a, c->voice, c->voice_n, c->voice_cap) = v;
    }
    db_rows_done(&r);
    return rc;
}

static void stat_put(struct coach_call *c, int def, str speaker, double value, double n)
{
    if (coach_defs[def].stand == COACH_OF_CALL && !speaker.n)
        c->value[def] = value;
    for (size_t i = 0; coach_defs[def].stand == COACH_OF_REP && speaker.n && i < c->voice_n; i++)
        if (str_eq(c->voice[i].name, speaker)) {
            c->voice[i].value[def] = value;
            if (strcmp(coach_defs[def].id, "open_share") == 0)
                c->voice[i].open_n = n;
        }
}

static enum err_code stats_load(struct loading *l)
{
    str *names = ARENA_ARRAY(l->a, str, coach_defs_n + 1);
    enum err_code rc = ERR_OK;
    struct db_rows r;
    size_t n = 0;

    for (size_t i = 0; i < coach_defs_n; i++)
        if (coach_defs[i].stand != COACH_OTHER)
            names[n++] = str_of(coach_defs[i].id);
    if (db_run(l->t, &coaching_sql[COACH_STATS], DB_ARGS(SPAN_ARGS, P_TEXTS(names, n)), &r, l->e))
        return l->e->code;
    while (!rc && db_next(&r)) {
        struct coach_call *c = call_find(l, db_id(&r, 0));
        int def = coach_def_find(db_bytes(&r, 2));
        struct json_doc *d = NULL;
        str speaker = STR(""), of = STR("");
        if (!c || !c->voice_n || def < 0)
            continue;
        if (!db_is_null(&r, 5)) {
            if (coach_defs[def].stand == COACH_OF_CALL)
                continue;
            rc = open_json(l, "statistic", "label_sealed", c->id, (uint32_t)db_i64(&r, 1), db_bytes(&r, 5), &d);
            speaker = json_str(json_get(json_root(d), "speaker"), STR(""));
            of = json_str(json_get(json_root(d), "of"), STR(""));
        }
        if (!rc && !of.n)
            stat_put(c, def, speaker, db_f64(&r, 3), (double)db_i64(&r, 4));
        json_free(d);
    }
    db_rows_done(&r);
    return rc;
}

/* Did somebody take part: 30 s of talk or more? */
static bool took_part(const struct voice *v)
{
    return v->value[COACH_TALK_TIME] >= COACHING_TALK_MIN_S;
}

/* Did somebody say anything, also in calls without times? */
static bool spoke(const struct voice *v)
{
    return v->value[COACH_TALK_TIME] > 0 || !isnan(v->value[COACH_QUESTIONS]);
}

/* The denominator of a value; 0: not known. */
static double weight_of(const struct voice *v, const char *id)
{
    double talk = v->value[COACH_TALK_TIME], share = v->value[COACH_TALK_RATIO],
           of_call = v->value[COACH_TALK_RATIO_OF_CALL];

    if (strcmp(id, "talk_ratio") == 0)
        return share > 0 ? talk / share : 0;
    if (strcmp(id, "talk_ratio_of_call") == 0)
        return of_call > 0 ? talk / of_call : 0;
    if (strcmp(id, "question_rate") == 0)
        return of_call > 0 ? talk / of_call / 3600 : 0;
    if (strcmp(id, "wpm") == 0)
        return talk / 60;
    return strcmp(id, "open_share") == 0 ? v->open_n : 0;
}

/* A person may have several names in a call: once each. */
static bool again(const struct coach_call *c, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (id_eq(c->voice[k].person, c->voice[i].person) && spoke(&c->voice[k]) == spoke(&c->voice[i]))
            return true;
    return false;
}

static void call_items(struct loading *l, const struct coach_call *c)
{
    for (size_t i = 0; i < c->voice_n; i++) {
        const struct voice *v = &c->voice[i];
        bool seen = false;
        for (size_t k = 0; k < i; k++)
            seen |= id_eq(c->voice[k].person, v->person);
        if (!seen)
            count_add(l, "calls_attended", v->person, c->id, c->at_ms);
        if (!spoke(v) || again(c, i))
            continue;
        for (size_t d = 0; took_part(v) && d < coach_defs_n; d++) {
            double value = coach_defs[d].stand == COACH_OF_REP    ? v->value[d]
                           : coach_defs[d].stand == COACH_OF_CALL ? c->value[d]
                                                                  : NAN;
            if (!isnan(value))
                item_add(l, (int)d, NULL, v->person, c->id, c->at_ms, value,
                         coach_defs[d].stand == COACH_OF_REP ? weight_of(v, coach_defs[d].id) : 0);
        }
        item_add(l, l->def_coverage, NULL, v->person, c->id, c->at_ms, v->reviewed, 1);
        if (c->external)
            item_add(l, l->def_step, NULL, v->person, c->id, c->at_ms, c->step, 0);
        if (c->external && c->track.n)
            item_add(l, l->def_track, NULL, v->person, c->id, c->at_ms, (double)c->tracked / (double)c->track.n,
                     (double)c->track.n);
    }
}

/* ---- objections ---- */

static bool advanced(const struct deal_facts *f, int64_t from_ms, int64_t to_ms)
{
    struct deal_state s;

    if (!f || !f->pipe)
        return false;
    deal_state_at(f, from_ms, &s);
    for (size_t i = 0; i < f->change_n && f->change[i].at_ms <= to_ms; i++) {
        const struct deal_change *c = &f->change[i];
        const struct deal_stage *st = c->field == CRM_F_STAGE && !c->problem ? deal_stage_find(f->pipe, c->ref) : NULL;
        if (st && c->at_ms > from_ms && s.stage &&
            (st->outcome == CRM_WON || (st->outcome == CRM_OPEN && st->ordinal > s.stage->ordinal)))
            return true;
    }
    return false;
}

static enum err_code objections_load(struct loading *l)
{
    enum err_code rc = ERR_OK;
    struct db_rows r;

    if (db_run(l->t, &coaching_sql[COACH_OBJECTIONS], DB_ARGS(SPAN_ARGS), &r, l->e))
        return l->e->code;
    while (!rc && db_next(&r)) {
        const struct coach_call *c = call_find(l, db_id(&r, 0));
        const char *code = str_cz(l->a, db_bytes(&r, 2));
        int64_t until = c ? c->at_ms + 14 * DAY_MS : 0;
        struct json_doc *d = NULL;
        bool ok;
        if (!c || until > l->out->in.as_of) /* still open: it may yet be recovered */
            continue;
        if ((rc = open_json(l, "finding", "sealed", c->id, (uint32_t)db_i64(&r, 1), db_bytes(&r, 3), &d)))
            continue;
        ok = str_eq(json_str(json_get(json_get(json_root(d), "attributes"), "resolved"), STR("")), STR("yes")) ||
             advanced(facts_find(l, c->deal), c->at_ms, until);
        json_free(d);
        for (size_t i = 0; i < c->voice_n; i++) {
            if (!spoke(&c->voice[i]) || again(c, i))
                continue;
            item_add(l, l->def_recovery, NULL, c->voice[i].person, c->id, c->at_ms, ok, 1);
            item_add(l, l->def_recovery, code, c->voice[i].person, c->id, c->at_ms, ok, 1);
        }
    }
    db_rows_done(&r);
    return rc;
}

/* ---- next steps ---- */

/* Words that say what a next step is for. */
static const char *const purposes[] = {"agenda",      "to discuss",  "to review",  "to go through", "to walk",
                                       "to decide",   "to agree",    "to show",    "to compare",    "to look at",
                                       "so that",     "in order to", "to plan",    "to sign",       "to finalise",
                                       "to finalize", "damit",       "besprechen", "durchgehen",    "entscheiden"};

static bool purpose_said(str words)
{
    for (size_t i = 0; i < sizeof purposes / sizeof *purposes; i++)
        if (str_find_nocase(words, str_of(purposes[i]), 0) != SIZE_MAX)
            return true;
    return false;
}

/* A meeting with somebody external that comes later and is known. */
static bool meets_again(const struct deal_facts *f, const struct coach_call *c, int64_t as_of)
{
    for (size_t i = 0; f && i < f->act_n; i++) {
        const struct deal_act *a = &f->act[i];
        if (a->type == CRM_A_MEETING && a->people_n && a->at_ms > c->at_ms &&
            (a->status == CRM_PLANNED || (a->status == CRM_DONE && a->at_ms <= as_of)))
            return true;
    }
    return false;
}

struct step {
    struct coach_call *call;
    int points;
    int32_t *spans;
    size_t spans_n; /* numbers */
};

static enum err_code step_words(struct loading *l, struct step *steps, size_t n)
{
    size_t places = 0, k = 0;
    struct id *ids;
    int32_t *turns;
    struct db_rows r;

    for (size_t i = 0; i < n; i++)
        places += steps[i].spans_n / 3;
    ids = ARENA_ARRAY(l->a, struct id, places + 1);
    turns = ARENA_ARRAY(l->a, int32_t, places + 1);
    for (size_t i = 0; i < n; i++)
        for (size_t s = 0; s + 2 < steps[i].spans_n; s += 3, k++) {
            ids[k] = steps[i].call->id;
            turns[k] = steps[i].spans[s];
        }
    if (db_run(l->t, &coaching_sql[COACH_TURNS], DB_ARGS(P_ID(l->v->workspace), P_IDS(ids, k), P_I32S(turns, k)), &r,
               l->e))
        return l->e->code;
    while (db_next(&r)) {
        struct id ia = db_id(&r, 0);
        int64_t ordinal = db_i64(&r, 1);
        struct seal_at where = {l->v->workspace, "turn", "sealed", ia, (uint32_t)ordinal};
        str words;
        if (seal_open(l->v->keys, &where, db_bytes(&r, 2), l->a, &words, l->e))
            continue; /* erased */
        for (size_t i = 0; i < n; i++)
            for (size_t s = 0; id_eq(steps[i].call->id, ia) && s + 2 < steps[i].spans_n; s += 3)
                if (steps[i].spans[s] == ordinal && (size_t)steps[i].spans[s + 2] <= words.n &&
                    purpose_said(str_sub(words, (size_t)steps[i].spans[s + 1], (size_t)steps[i].spans[s + 2])))
                    steps[i].points |= 1 << 8;
    }
    db_rows_done(&r);
    return ERR_OK;
}

static enum err_code steps_load(struct loading *l)
{
    struct step *steps = NULL;
    enum err_code rc = ERR_OK;
    size_t n = 0, cap = 0;
    struct db_rows r;

    if (db_run(l->t, &coaching_sql[COACH_STEPS], DB_ARGS(SPAN_ARGS), &r, l->e))
        return l->e->code;
    while (!rc && db_next(&r)) {
        struct step s = {.call = call_find(l, db_id(&r, 0)), .points = 1};
        struct json_doc *d = NULL;
        if (!s.call ||
            (rc = open_json(l, "finding", "sealed", s.call->id, (uint32_t)db_i64(&r, 1), db_bytes(&r, 5), &d)))
            continue;
        s.points += !db_is_null(&r, 2) || json_str(json_get(json_root(d), "owner"), STR("")).n;
        s.points += !db_is_null(&r, 3);
        s.spans = db_i32s(&r, 4, l->a, &s.spans_n);
        json_free(d);
        ARENA_PUSH(l->a, steps, n, cap) = s;
    }
    db_rows_done(&r);
    if (rc || step_words(l, steps, n))
        return l->e->code;
    for (size_t i = 0; i < n; i++) {
        struct coach_call *c = steps[i].call;
        double points = (steps[i].points & 0xff) + (steps[i].points >> 8) +
                        meets_again(facts_find(l, c->deal), c, l->out->in.as_of);
        c->step = points > c->step ? points : c->step;
    }
    return ERR_OK;
}

/* ---- deals ---- */

static enum err_code methods_load(struct loading *l)
{
    const struct coach_input *in = &l->out->in;
    int64_t at = (in->to_ms <= in->as_of ? in->to_ms : in->as_of + 1) - 1;
    struct deal_state *s = ARENA_ARRAY(l->a, struct deal_state, l->facts_n + 1);
    struct id *stages = ARENA_ARRAY(l->a, struct id, l->facts_n + 1);
    str *names = ARENA_ARRAY(l->a, str, l->facts_n + 1);

    for (size_t i = 0; i < l->facts_n; i++) {
        deal_state_at(&l->facts[i], at, &s[i]);
        stages[i] = s[i].stage ? s[i].stage->id : ID_NIL;
    }
    if (record_names_load(l->t, l->v, NAME_STAGE, stages, l->facts_n, l->a, names, l->e))
        return l->e->code;
    for (size_t i = 0; i < l->facts_n; i++) {
        struct methodology_need need, missing;
        if (s[i].outcome != DEAL_OPEN || !s[i].stage || id_is_nil(s[i].owner))
            continue;
        methodology_required(&l->methods, names[i], s[i].stage, &need);
        methodology_missing(&need, &l->facts[i], at, &missing);
        if (need.n)
            item_add(l, l->def_method, NULL, s[i].owner, l->facts[i].deal, at,
                     (double)(need.n - missing.n) / (double)need.n, (double)need.n);
    }
    return ERR_OK;
}

/* ---- talk tracks ---- */

/* The track of the stage a call's deal was in then. */
static enum err_code tracks_find(struct loading *l)
{
    struct id *stages = ARENA_ARRAY(l->a, struct id, l->calls_n + 1);
    str *names = ARENA_ARRAY(l->a, str, l->calls_n + 1);

    for (size_t i = 0; i < l->calls_n; i++) {
        const struct deal_facts *f = facts_find(l, l->calls[i].deal);
        struct deal_state s = {0};
        if (f && f->pipe)
            deal_state_at(f, l->calls[i].at_ms, &s);
        stages[i] = s.stage ? s.stage->id : ID_NIL;
    }
    if (record_names_load(l->t, l->v, NAME_STAGE, stages, l->calls_n, l->a, names, l->e))
        return l->e->code;
    for (size_t i = 0; i < l->calls_n; i++)
        l->calls[i].track = methodology_track(&l->methods, names[i]);
    return ERR_OK;
}

static enum err_code tracks_load(struct loading *l)
{
    struct db_rows r;

    if (methodology_load(l->t, l->v, l->a, &l->methods, l->e) || tracks_find(l) ||
        db_run(l->t, &coaching_sql[COACH_TRACKED], DB_ARGS(SPAN_ARGS), &r, l->e))
        return l->e->code;
    while (db_next(&r)) {
        struct coach_call *c = call_find(l, db_id(&r, 0));
        struct id tracker;
        if (c && id_parse(db_bytes(&r, 1), &tracker))
            c->tracked += id_set_has(&c->track, tracker);
    }
    db_rows_done(&r);
    return ERR_OK;
}

/* ---- what people did ---- */

static bool in_call(const struct coach_call *c, struct id person)
{
    for (size_t i = 0; c && i < c->voice_n; i++)
        if (id_eq(c->voice[i].person, person))
            return true;
    return false;
}

/* The person a user is in calls; nil: nobody known. */
static struct id person_of(const struct loading *l, struct id user)
{
    struct id first = {{0}};

    for (size_t i = 0; i < l->users_n; i++) {
        if (!id_eq(l->users[i].user, user))
            continue;
        if (id_is_nil(first))
            first = l->users[i].person;
        for (size_t c = 0; c < l->calls_n; c++)
            if (in_call(&l->calls[c], l->users[i].person))
                return l->users[i].person;
    }
    return first;
}

static enum err_code users_load(struct loading *l)
{
    struct db_rows r;

    if (db_run(l->t, &coaching_sql[COACH_USERS], DB_ARGS(P_ID(l->v->workspace)), &r, l->e))
        return l->e->code;
    while (db_next(&r))
        ARENA_PUSH(l->a, l->users, l->users_n, l->users_cap) = (struct user_person){db_id(&r, 0), db_id(&r, 1)};
    db_rows_done(&r);
    return ERR_OK;
}

/* Was it counted since the item `from`? */
static bool counted(const struct loading *l, size_t from, const char *id, struct id rep, struct id source)
{
    int def = coach_def_find(str_of(id));

    for (size_t i = from; i < l->items_n; i++)
        if (l->items[i].def == def && id_eq(l->items[i].rep, rep) && id_eq(l->items[i].source, source))
            return true;
    return false;
}

static void reviewed_set(struct coach_call *c, struct id about, struct id author)
{
    for (size_t i = 0; c && i < c->voice_n; i++)
        if ((id_is_nil(about) || id_eq(about, c->voice[i].person)) && !id_eq(author, c->voice[i].person))
            c->voice[i].reviewed = true;
}

static enum err_code remarks_read(struct loading *l)
{
    size_t from = l->items_n;
    struct db_rows r;

    if (db_run(l->t, &coaching_sql[COACH_REMARKS], DB_ARGS(SPAN_ARGS), &r, l->e))
        return l->e->code;
    while (db_next(&r)) {
        struct coach_call *c = call_find(l, db_id(&r, 0));
        struct id author = person_of(l, db_id(&r, 2)), about = db_id(&r, 3);
        enum remark_kind kind = (enum remark_kind)db_i64(&r, 5);
        if (!c)
            continue;
        if (kind == REMARK_REQUEST)
            count_add(l, "feedback_requested", author, db_id(&r, 1), db_i64(&r, 4));
        if (kind == REMARK_SHARE && !counted(l, from, "calls_shared", author, c->id))
            count_add(l, "calls_shared", author, c->id, db_i64(&r, 4));
        if (kind != REMARK_COMMENT)
            continue;
        reviewed_set(c, about, author);
        count_add(l, "comments_given", author, db_id(&r, 1), db_i64(&r, 4));
        if (!id_eq(about, author))
            count_add(l, "comments_received", about, db_id(&r, 1), db_i64(&r, 4));
    }
    db_rows_done(&r);
    return ERR_OK;
}

static enum err_code sheets_read(struct loading *l)
{
    struct db_rows r;

    if (db_run(l->t, &coaching_sql[COACH_SHEETS], DB_ARGS(SPAN_ARGS), &r, l->e))
        return l->e->code;
    while (db_next(&r)) {
        struct coach_call *c = call_find(l, db_id(&r, 0));
        struct id author = person_of(l, db_id(&r, 2)), about = db_id(&r, 3);
        struct coach_rating g = {.form = db_id(&r, 5),
                                 .call = db_id(&r, 0),
                                 .rep = about,
                                 .rater = db_id(&r, 2),
                                 .model = db_bool(&r, 6),
                                 .at_ms = db_i64(&r, 4)};
        size_t n;
        int32_t *answers = db_i32s(&r, 7, l->a, &n);
        if (!c)
            continue;
        for (size_t q = 0; q < n; q++) {
            g.question = (int)q;
            g.value = answers[q];
            if (g.value)
                ARENA_PUSH(l->a, l->ratings, l->ratings_n, l->ratings_cap) = g;
        }
        if (g.model)
            continue;
        reviewed_set(c, about, author);
        count_add(l, "scorecards_given", id_eq(author, about) ? ID_NIL : author, db_id(&r, 1), g.at_ms);
        count_add(l, "scorecards_received", id_eq(author, about) ? ID_NIL : about, db_id(&r, 1), g.at_ms);
    }
    db_rows_done(&r);
    return ERR_OK;
}

static enum err_code deeds_read(struct loading *l)
{
    struct db_rows r;

    if (db_run(l->t, &coaching_sql[COACH_VIEWS], DB_ARGS(SPAN_ARGS, P_I64(AUDIT_READ)), &r, l->e))
        return l->e->code;
    while (db_next(&r)) {
        const struct coach_call *c = call_find(l, db_id(&r, 1));
        struct id person = person_of(l, db_id(&r, 0));
        if (c)
            count_add(l, in_call(c, person) ? "own_calls_viewed" : "others_calls_viewed", person, c->id, db_i64(&r, 2));
    }
    db_rows_done(&r);
    if (db_run(l->t, &coaching_sql[COACH_CLICKS], DB_ARGS(SPAN_ARGS), &r, l->e))
        return l->e->code;
    while (db_next(&r))
        count_add(l, "feedback_given", person_of(l, db_id(&r, 2)), db_id(&r, 1), db_i64(&r, 3));
    db_rows_done(&r);
    return ERR_OK;
}

/* ---- all ---- */

static enum err_code reps_find(struct loading *l)
{
    struct id *all = ARENA_ARRAY(l->a, struct id, l->items_n + l->ratings_n + 1);
    struct coaching *out = l->out;
    struct id_set set;
    size_t n = 0;

    for (size_t i = 0; i < l->items_n; i++)
        if (!n || !id_eq(all[n - 1], l->items[i].rep))
            all[n++] = l->items[i].rep;
    for (size_t i = 0; i < l->ratings_n; i++)
        all[n++] = l->ratings[i].rep;
    set = id_set_of(all, n);
    out->reps = all;
    out->in.reps = all;
    out->in.reps_n = set.n;
    out->names = ARENA_ARRAY(l->a, str, set.n + 1);
    return record_names_load(l->t, l->v, NAME_PERSON, all, set.n, l->a, out->names, l->e);
}

enum err_code coaching_load(struct db_tx *t, const struct vaulted *v, bool (*sees)(void *arg, struct id interaction),
                            void *arg, struct arena *a, struct coaching *out, struct err *e)
{
    struct loading l = {.t = t, .v = v, .a = a, .e = e, .out = out};
    struct deals_context c;
    struct deal_facts *facts;

    l.from_ms = out->in.as_of - COACHING_HISTORY_DAYS * DAY_MS;
    l.from_ms = l.from_ms < out->in.from_ms - 1 ? l.from_ms : out->in.from_ms - 1;
    l.def_recovery = coach_def_find(STR("objection_recovery"));
    l.def_step = coach_def_find(STR("next_step_specificity"));
    l.def_method = coach_def_find(STR("methodology_completeness"));
    l.def_coverage = coach_def_find(STR("coaching_coverage"));
    l.def_track = coach_def_find(STR("talk_track_adherence"));
    e->code = ERR_OK;
    if (deals_context_load(t, v, a, &c, e) || figures_facts_load(t, v, &c, a, &facts, &l.facts_n, e))
        return e->code;
    l.facts = facts;
    if (calls_load(&l, sees, arg) || cast_load(&l) || stats_load(&l) || objections_load(&l) || steps_load(&l) ||
        tracks_load(&l) || methods_load(&l) || users_load(&l) || remarks_read(&l) || sheets_read(&l) || deeds_read(&l))
        return e->code;
    for (size_t i = 0; i < l.calls_n; i++)
        call_items(&l, &l.calls[i]);
    if (reps_find(&l))
        return e->code;
    out->in.items = l.items;
    out->in.items_n = l.items_n;
    out->in.ratings = l.ratings;
    out->in.ratings_n = l.ratings_n;
    return ERR_OK;
}
