#include "pipeline/track_stage.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "pipeline/stage.h"

static struct metric track_time =
    METRIC_HISTOGRAM_L("harken_stage_seconds", "stage=\"track\"", "time of a pipeline stage");

enum {
    TRACK_DB_MS = 60000,
    EMBED_CALL_MS = 600000,
    CALL_TEXTS = 64,
    SWEEP_MAX = 2000,
    BACKGROUND_OWN = 300, /* sentences of the workspace among the unjudged ones */
    BACKGROUND_FROM = 12, /* of so many conversations */
};

/* What one thread of the stage holds: the trackers of a generation. */
struct track_state {
    struct tracker_set *set;
    int generation;
};

static const char *model_of(const struct core *c)
{
    return c->em ? embedder_info(c->em)->model_hash : "";
}

/* Vectors of many texts, in calls of a size the engine likes. */
static enum err_code texts_embed(struct core *c, enum embed_lane lane, const str *texts, size_t n, struct arena *a,
                                 float **out, struct err *e)
{
    size_t dim = (size_t)embedder_info(c->em)->dim;

    *out = ARENA_ARRAY(a, float, n *dim + 1);
    for (size_t i = 0; i < n; i += CALL_TEXTS) {
        size_t m = n - i < CALL_TEXTS ? n - i : CALL_TEXTS;
        float *vec;
        if (atomic_load(&c->draining))
            return err_set(e, ERR_BUSY, "stopping");
        if (embed_texts(c->em, lane, texts + i, m, EMBED_CALL_MS, a, &vec, NULL, e))
            return e->code;
        memcpy(*out + i * dim, vec, m * dim * sizeof *vec);
    }
    return ERR_OK;
}

/* ---- training ---- */

/* One row to train from: known already, or to be embedded. */
struct wanted {
    struct tracker_row row;
    str text;
    bool right;
};

struct training {
    struct core *c;
    struct arena *a;
    struct record_tracker *k;
    struct tracker_memory old, now;
    struct wanted *list;
    size_t n, cap;
    size_t dim;
};

static const float *known_find(const struct tracker_memory *m, const uint8_t key[TRACKER_KEY_BYTES])
{
    for (size_t i = 0; i < m->yes_n + m->no_n; i++) {
        const struct tracker_row *r = i < m->yes_n ? &m->yes[i] : &m->no[i - m->yes_n];
        if (memcmp(r->key, key, TRACKER_KEY_BYTES) == 0)
            return r->vec;
    }
    return NULL;
}

static void texts_want(struct training *t, const str *texts, size_t n, bool right)
{
    for (size_t i = 0; i < n; i++) {
        struct wanted w = {.text = texts[i], .right = right};
        tracker_key_text(texts[i], w.row.key);
        w.row.vec = known_find(&t->old, w.row.key);
        ARENA_PUSH(t->a, t->list, t->n, t->cap) = w;
    }
}

/* Clicked sentences whose conversation is still there. */
static enum err_code clicks_want(struct training *t, struct db_tx *x, struct err *e)
{
    struct tracker_click *click;
    size_t n;

    if (record_tracker_clicks(x, &t->c->v, t->k->id, TRACKER_EXAMPLES_MAX / 2, t->a, &click, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        struct wanted w = {.right = click[i].right};
        struct record_ia *rec = NULL;
        size_t found = 0;
        tracker_key_span(click[i].interaction, click[i].span, w.row.key);
        w.row.vec = known_find(&t->old, w.row.key);
        if (!w.row.vec && record_ia_load(x, &t->c->v, &click[i].interaction, 1, t->a, &rec, &found, e))
            return e->code;
        if (found && click[i].span.turn < rec->ia.turns_n)
            w.text = str_sub(rec->ia.turns[click[i].span.turn].text, click[i].span.start, click[i].span.end);
        if (w.row.vec || w.text.n)
            ARENA_PUSH(t->a, t->list, t->n, t->cap) = w;
    }
    return ERR_OK;
}

/* Sentences of the workspace that nobody judged, once there are enough of them; they stay, so that clicks alone change what the
 * tracker says. */
static enum err_code background_want(struct training *t, struct db_tx *x, float **out, size_t *out_n, struct err *e)
{
    struct id *ids = NULL;
    size_t n = 0, cap = 0;

    *out = NULL;
    *out_n = 0;
    if (t->old.background_own >= BACKGROUND_OWN / 2)
        return ERR_OK;
    if (record_sentences_some(x, &t->c->v, model_of(t->c), BACKGROUND_FROM, t->a, &ids, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        float *some;
        size_t some_n;
        str bytes;
        if (record_sentences_load(x, &t->c->v, ids[i], model_of(t->c), t->a, &bytes, e))
            return e->code;
        some_n = sentence_vectors_some(bytes, t->dim, BACKGROUND_OWN / n, t->a, &some);
        for (size_t k = 0; k < some_n * t->dim; k++)
            ARENA_PUSH(t->a, *out, *out_n, cap) = some[k];
    }
    *out_n /= t->dim;
    return ERR_OK;
}

static enum err_code load(struct training *t, struct id tracker, float **own, size_t *own_n, struct err *e)
{
    struct vaulted *v = &t->c->v;
    struct db_tx *x;
    enum err_code rc;
    size_t n;

    if (db_begin_system(v->db, v->workspace, TRACK_DB_MS, &x, e))
        return e->code;
    rc = record_trackers_load(x, v, &tracker, 1, true, t->a, &t->k, &n, e);
    if (!rc && !n)
        rc = err_set(e, ERR_NOT_FOUND, "no such tracker");
    if (!rc && t->k->kind == TRACKER_EXAMPLES) {
        tracker_memory_read(t->k->head, model_of(t->c), t->a, &t->old);
        texts_want(t, t->k->examples, t->k->examples_n, true);
        texts_want(t, t->k->counterexamples, t->k->counterexamples_n, false);
        rc = clicks_want(t, x, e);
        if (!rc)
            rc = background_want(t, x, own, own_n, e);
    }
    db_rollback(x);
    return rc;
}

/* The rows that lack a vector get one; all go to their side. */
static enum err_code rows_make(struct training *t, struct err *e)
{
    str *text = ARENA_ARRAY(t->a, str, t->n + 1);
    size_t lack = 0;
    float *vec;

    for (size_t i = 0; i < t->n; i++)
        if (!t->list[i].row.vec)
            text[lack++] = t->list[i].text;
    if (texts_embed(t->c, EMBED_INTERACTIVE, text, lack, t->a, &vec, e))
        return e->code;
    t->now.yes = ARENA_ARRAY(t->a, struct tracker_row, t->n + 1);
    t->now.no = ARENA_ARRAY(t->a, struct tracker_row, t->n + 1);
    for (size_t i = 0, k = 0; i < t->n; i++) {
        struct wanted *w = &t->list[i];
        if (!w->row.vec)
            w->row.vec = vec + k++ * t->dim;
        if (w->right && t->now.yes_n < TRACKER_EXAMPLES_MAX)
            t->now.yes[t->now.yes_n++] = w->row;
        else if (!w->right && t->now.no_n < TRACKER_EXAMPLES_MAX)
            t->now.no[t->now.no_n++] = w->row;
    }
    return ERR_OK;
}

static enum err_code background_make(struct training *t, const float *own, size_t own_n, struct err *e)
{
    size_t general = t->old.background_n - t->old.background_own;
    float *vec = t->old.background;
    str *text;

    if (t->old.background_own >= BACKGROUND_OWN / 2) {
        t->now.background = t->old.background;
        t->now.background_n = t->old.background_n;
        t->now.background_own = t->old.background_own;
        return ERR_OK;
    }
    if (general != tracker_background_n) {
        general = tracker_background_n;
        text = ARENA_ARRAY(t->a, str, general);
        for (size_t i = 0; i < general; i++)
            text[i] = str_of(tracker_background[i]);
        if (texts_embed(t->c, EMBED_INTERACTIVE, text, general, t->a, &vec, e))
            return e->code;
    }
    t->now.background = ARENA_ARRAY(t->a, float, (general + own_n) * t->dim + 1);
    memcpy(t->now.background, vec, general * t->dim * sizeof *vec);
    if (own_n)
        memcpy(t->now.background + general * t->dim, own, own_n * t->dim * sizeof *own);
    t->now.background_n = general + own_n;
    t->now.background_own = own_n;
    return ERR_OK;
}

static float *rows_flat(const struct training *t, const struct tracker_row *r, size_t n)
{
    float *out = ARENA_ARRAY(t->a, float, n * t->dim + 1);

    for (size_t i = 0; i < n; i++)
        memcpy(out + i * t->dim, r[i].vec, t->dim * sizeof *out);
    return out;
}

static enum err_code head_store(struct training *t, struct err *e)
{
    struct vaulted *v = &t->c->v;
    struct db_tx *x;
    bool stored;

    memcpy(t->now.model_hash, model_of(t->c), sizeof t->now.model_hash);
    if (db_begin_system(v->db, v->workspace, TRACK_DB_MS, &x, e))
        return e->code;
    if (record_tracker_head_set(x, v, t->k->id, t->k->version, tracker_memory_write(&t->now, t->a), &stored, e)) {
        db_rollback(x);
        return e->code;
    }
    return db_commit(x, e); /* not stored: a later change trains it again */
}

enum err_code trackers_train(struct core *c, struct id tracker, struct err *e)
{
    struct training t = {.c = c, .a = arena_new_wiped("tracker.train")};
    enum err_code rc = ERR_OK;
    float *own = NULL;
    size_t own_n = 0;

    if (c->em) {
        t.dim = (size_t)embedder_info(c->em)->dim;
        rc = load(&t, tracker, &own, &own_n, e);
    }
    if (!rc && t.k && t.k->kind == TRACKER_EXAMPLES) {
        rc = rows_make(&t, e);
        if (!rc)
            rc = background_make(&t, own, own_n, e);
        if (!rc)
            rc = tracker_train(rows_flat(&t, t.now.yes, t.now.yes_n), t.now.yes_n, rows_flat(&t, t.now.no, t.now.no_n),
                               t.now.no_n, t.now.background, t.now.background_n, t.dim, t.a, &t.now.head, e);
        if (!rc)
            rc = head_store(&t, e);
    }
    arena_free(t.a);
    return rc;
}

/* ---- looking through ---- */

static void set_forget(struct track_state *s)
{
    tracker_set_free(s->set);
    *s = (struct track_state){.generation = -1};
}

/* The trackers of the present generation; a head that is stored makes it grow, too. */
static enum err_code set_load(struct core *c, struct err *e)
{
    struct arena *a = arena_new_wiped("trackers.load");
    struct track_state *s = c->track;
    struct record_tracker *t;
    struct db_tx *x;
    enum err_code rc;
    int generation = 0;
    size_t n;

    rc = db_begin(c->v.db, c->v.workspace, TRACK_DB_MS, &x, e);
    if (!rc) {
        rc = record_tracker_generation(x, &c->v, &generation, e);
        if (!rc && generation != s->generation) {
            set_forget(s);
            rc = record_trackers_enabled(x, &c->v, a, &t, &n, e);
            if (!rc)
                rc = tracker_set_new(t, n, model_of(c), &s->set, e);
            if (!rc)
                s->generation = generation;
        }
        db_rollback(x);
    }
    arena_free(a);
    return rc;
}

/* The vectors of the sentences: kept ones, or new ones that are kept from now on (*out_fresh). */
static enum err_code vectors_get(struct core *c, struct db_tx *x, const struct record_ia *rec,
                                 const struct spoken *said, size_t n, struct arena *a, float **out, bool *out_fresh,
                                 struct err *e)
{
    size_t dim = (size_t)embedder_info(c->em)->dim;
    str bytes, *text;

    if (record_sentences_load(x, &c->v, rec->ia.id, model_of(c), a, &bytes, e))
        return e->code;
    *out_fresh = !sentence_vectors_open(bytes, said, n, dim, a, out);
    if (!*out_fresh)
        return ERR_OK;
    text = ARENA_ARRAY(a, str, n + 1);
    for (size_t i = 0; i < n; i++)
        text[i] = said[i].text;
    return texts_embed(c, EMBED_BULK, text, n, a, out, e);
}

struct looked {
    struct record_ia *rec; /* NULL: gone */
    struct record_finding *f;
    size_t n;
    str vectors; /* to be kept; empty: nothing new */
};

static enum err_code look(struct core *c, struct db_tx *x, struct id id, struct arena *a, struct looked *out,
                          struct err *e)
{
    const struct tracker_set *set = c->track->set;
    struct record_finding *words = NULL, *examples = NULL;
    size_t found = 0, words_n = 0, examples_n = 0, said_n;
    struct spoken *said;
    bool fresh = false;
    float *vec = NULL;

    *out = (struct looked){0};
    if (record_ia_load(x, &c->v, &id, 1, a, &out->rec, &found, e))
        return e->code;
    if (!found) {
        out->rec = NULL;
        return ERR_OK;
    }
    if (tracker_set_words(c->track->set, &out->rec->ia, a, &words, &words_n, e))
        return e->code;
    if (c->em && tracker_set_has(set, TRACKER_EXAMPLES)) {
        said = spoken_of(&out->rec->ia, a, &said_n);
        if (vectors_get(c, x, out->rec, said, said_n, a, &vec, &fresh, e))
            return e->code;
        if (fresh)
            out->vectors = sentence_vectors_pack(said, said_n, vec, (size_t)embedder_info(c->em)->dim, a);
        tracker_set_examples(set, said, said_n, vec, a, &examples, &examples_n);
    }
    out->n = words_n + examples_n;
    out->f = ARENA_ARRAY(a, struct record_finding, out->n + 1);
    if (words_n)
        memcpy(out->f, words, words_n * sizeof *words);
    if (examples_n)
        memcpy(out->f + words_n, examples, examples_n * sizeof *examples);
    return ERR_OK;
}

static size_t makers_of(const struct core *c, int generation, struct finding_maker out[2])
{
    out[0] = (struct finding_maker){TRACKERS_WORDS, trackers_version(generation)};
    out[1] = (struct finding_maker){TRACKERS_EXAMPLES, trackers_version(generation)};
    return c->em ? 2 : 1;
}

static enum err_code store(struct core *c, const struct job *job, const struct looked *l, struct err *e)
{
    struct finding_maker makers[2];
    size_t makers_n = makers_of(c, c->track->generation, makers);
    struct db_tx *x;
    enum err_code rc;
    int now;

    if (db_begin(c->v.db, c->v.workspace, TRACK_DB_MS, &x, e))
        return e->code;
    rc = record_tracker_generation(x, &c->v, &now, e);
    if (!rc && now != c->track->generation) /* again, with the new ones */
        rc = err_set(e, ERR_BUSY, "trackers were changed meanwhile");
    if (rc || (l->rec && record_findings_save(x, &c->v, l->rec, l->f, l->n, makers, makers_n, e)) ||
        (l->rec && l->vectors.n && record_sentences_save(x, &c->v, l->rec->ia.id, model_of(c), l->vectors, e)) ||
        job_done(x, job, 1, e)) {
        db_rollback(x);
        return e->code;
    }
    return db_commit(x, e);
}

static enum err_code one_run(struct core *c, const struct job *job, struct arena *a, struct err *e)
{
    struct looked l = {0};
    struct db_tx *x;
    enum err_code rc;

    if (db_begin(c->v.db, c->v.workspace, EMBED_CALL_MS, &x, e))
        return e->code;
    rc = look(c, x, job->object, a, &l, e);
    db_rollback(x);
    return rc ? rc : store(c, job, &l, e);
}

enum err_code track_stage_run(struct core *c, const struct job *jobs, size_t n, struct err *e)
{
    struct arena *a = arena_new_wiped("track");
    enum err_code rc;

    if (!c->track && !(c->track = calloc(1, sizeof *c->track))) {
        arena_free(a);
        return err_set(e, ERR_MEMORY, "out of memory");
    }
    rc = set_load(c, e);
    for (size_t i = 0; !rc && i < n; i++) {
        int64_t start = clock_mono_us();
        arena_reset(a);
        rc = one_run(c, &jobs[i], a, e);
        metric_time_us(&track_time, clock_mono_us() - start);
    }
    arena_free(a);
    return rc;
}

void trackers_forget(struct core *c)
{
    if (c->track)
        set_forget(c->track);
    free(c->track);
    c->track = NULL;
}

/* ---- what has to be looked through again ---- */

static enum err_code queue_stale(struct core *c, struct db_tx *x, int generation, struct arena *a, struct err *e)
{
    struct finding_maker makers[2];
    size_t makers_n = makers_of(c, generation, makers), n;
    struct job_new *jobs;
    struct id *ids;

    if (record_tracker_stale(x, &c->v, makers, makers_n, SWEEP_MAX, a, &ids, &n, e))
        return e->code;
    jobs = ARENA_ARRAY(a, struct job_new, n + 1);
    for (size_t i = 0; i < n; i++)
        jobs[i] = (struct job_new){.queue = "track", .object = ids[i], .priority = -1};
    for (size_t from = 0; from < n; from += 500)
        if (job_enqueue(x, jobs + from, n - from < 500 ? n - from : 500, e))
            return e->code;
    if (!n) /* a job that was under way may have taken the older trackers: until none is stale, it is looked again */
        atomic_store(&c->trackers_swept, generation);
    return ERR_OK;
}

/* Heads of another model, or none. */
static enum err_code heads_train(struct core *c, const struct record_tracker *t, size_t n, struct arena *a,
                                 struct err *e)
{
    for (size_t i = 0; c->em && i < n; i++) {
        struct tracker_memory m;
        if (t[i].kind == TRACKER_EXAMPLES && !tracker_memory_read(t[i].head, model_of(c), a, &m) &&
            trackers_train(c, t[i].id, e) && e->code != ERR_NOT_FOUND)
            return e->code;
    }
    return ERR_OK;
}

enum err_code trackers_sweep(struct core *c, struct err *e)
{
    struct arena *a = arena_new_wiped("trackers.sweep");
    struct record_tracker *t = NULL;
    struct db_tx *x;
    enum err_code rc;
    int generation = 0;
    size_t n = 0;

    rc = db_begin_system(c->v.db, c->v.workspace, TRACK_DB_MS, &x, e);
    if (!rc) {
        rc = record_tracker_generation(x, &c->v, &generation, e);
        if (!rc && generation && generation != atomic_load(&c->trackers_swept))
            rc = record_trackers_enabled(x, &c->v, a, &t, &n, e);
        db_rollback(x);
    }
    if (!rc && generation && generation != atomic_load(&c->trackers_swept)) {
        atomic_store(&c->trackers_n, (int)n);
        if (!n)
            atomic_store(&c->trackers_swept, generation);
        rc = heads_train(c, t, n, a, e);
        if (!rc && n && !(rc = db_begin_system(c->v.db, c->v.workspace, TRACK_DB_MS, &x, e))) {
            rc = queue_stale(c, x, generation, a, e);
            if (rc)
                db_rollback(x);
            else
                rc = db_commit(x, e);
        }
    }
    arena_free(a);
    return rc;
}

/* ---- trying out ---- */

static void said_put(struct tracker_said **list, size_t *n, size_t *cap, struct arena *a, struct tracker_said one)
{
    ARENA_PUSH(a, *list, *n, *cap) = one;
}

enum err_code trackers_try(struct core *c, const struct record_tracker *k, str text, struct arena *a,
                           struct tracker_said **out, size_t *out_n, struct err *e)
{
    struct ia_turn turn = {.text = text, .start_ms = IA_TIME_NONE, .end_ms = IA_TIME_NONE};
    struct interaction ia = {.turns = &turn, .turns_n = 1, .language = STR("en"), .started_at_ms = CLOCK_NONE};
    struct record_tracker any = *k;
    struct tracker_memory m;
    struct tracker_set *set;
    struct record_finding *f;
    struct spoken *said;
    size_t n = 0, cap = 0, f_n;
    enum err_code rc;
    float *vec;
    str *texts;

    *out = NULL;
    *out_n = 0;
    any.side = IA_SIDE_UNKNOWN;
    if (k->kind == TRACKER_WORDS) {
        if (tracker_set_new(&any, 1, "", &set, e))
            return e->code;
        rc = tracker_set_words(set, &ia, a, &f, &f_n, e);
        for (size_t i = 0; !rc && i < f_n; i++)
            said_put(out, &n, &cap, a,
                     (struct tracker_said){{f[i].spans[0].start, f[i].spans[0].end}, true, 1, STR("")});
        tracker_set_free(set);
        *out_n = n;
        return rc;
    }
    if (!c->em || !tracker_memory_read(k->head, model_of(c), a, &m) || !m.head.dim)
        return err_set(e, ERR_BUSY, c->em ? "the tracker is not trained yet" : "there is no embedding model");
    said = spoken_of(&ia, a, &f_n);
    texts = ARENA_ARRAY(a, str, f_n + 1);
    for (size_t i = 0; i < f_n; i++)
        texts[i] = said[i].text;
    if (texts_embed(c, EMBED_INTERACTIVE, texts, f_n, a, &vec, e))
        return e->code;
    for (size_t i = 0; i < f_n; i++)
        said_put(out, &n, &cap, a,
                 (struct tracker_said){{said[i].span.start, said[i].span.end},
                                       tracker_matches(&m.head, vec + i * m.head.dim),
                                       tracker_confidence(&m.head, vec + i * m.head.dim),
                                       STR("")});
    *out_n = n;
    return ERR_OK;
}
