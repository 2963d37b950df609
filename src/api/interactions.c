/* api/interactions.c - conversations: list, one, its cleaned text, its figures, deletion. */
#include "api/api.h"
#include "insight/findings.h"
#include "text/clean.h"
#include "text/pii.h"

void api_interactions_list(struct call *k)
{
    struct api *api = k->app;
    struct index_filter f = {.reader = k->who.reader, .from_ms = CLOCK_NONE, .to_ms = CLOCK_NONE};
    struct index_entry *rows;
    size_t n, total;
    int64_t limit, offset;
    str in, kind;
    enum ia_kind ik;
    struct buf b;
    struct jw w;

    if (!api_query_str(k, STR("in"), &in) || !api_query_str(k, STR("kind"), &kind) ||
        !api_query_int(k, STR("limit"), 50, 1, 1000, &limit) ||
        !api_query_int(k, STR("offset"), 0, 0, 1 << 30, &offset))
        return;
    f.in = in;
    if (kind.n && !ia_kind_parse(kind, &ik)) {
        http_problem(k->rep, 400, STR_NULL, STR("bad query"), STR("\"kind\" must be call, mail, note or document"));
        return;
    }
    if (kind.n)
        f.kinds = 1u << ik;
    index_list(api->core->ix, &f, (size_t)offset, (size_t)limit, k->a, &rows, &n, &total);
    buf_init_wiped(&b, 64 << 20);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_ki64(&w, "total", (int64_t)total);
    jw_ki64(&w, "offset", offset);
    jw_karr(&w, "interactions");
    for (size_t i = 0; i < n; i++) {
        jw_obj(&w);
        jw_kstr(&w, "id", id_str(k->a, rows[i].interaction));
        jw_kstr(&w, "kind", str_of(ia_kind_name(rows[i].kind)));
        jw_kstr(&w, "title", rows[i].title);
        jw_kstr(&w, "source", rows[i].source);
        if (rows[i].started_at_ms == CLOCK_NONE)
            jw_knull(&w, "started_at");
        else
            jw_kstr(&w, "started_at", clock_str(k->a, rows[i].started_at_ms));
        jw_ki64(&w, "chunks", (int64_t)rows[i].chunks_n);
        jw_kbool(&w, "vectors", rows[i].vectors);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    api_reply(k, 200, &b);
}

/* The interaction of the path, opened and audited; fills the reply and answers NULL otherwise. */
static struct record_ia *one_load(struct call *k)
{
    struct record_ia *rec = NULL;
    size_t n = 0;
    struct id id;
    struct err e;

    if (id_parse(k->part[0], &id)) {
        if (api_load(k, AUDIT_READ, &id, 1, &rec, &n, &e)) {
            http_problem_err(k->rep, &e);
            return NULL;
        }
    }
    if (!n)
        http_problem(k->rep, 404, STR_NULL, STR("not found"),
                     STR("there is no such conversation, or you may not see it"));
    return n ? rec : NULL;
}

/* [start in the edited text, its bytes, start in the original, its bytes] of each piece. */
static void map_write(struct jw *w, const struct offmap *m)
{
    jw_karr(w, "map");
    for (size_t i = 0; i < m->n; i++) {
        const struct offmap_seg *seg = &m->seg[i];
        jw_arr(w);
        jw_i64(w, seg->edited);
        jw_i64(w, seg->edited_n);
        jw_i64(w, seg->original);
        jw_i64(w, seg->original_n);
        jw_end(w);
    }
    jw_end(w);
}

static void edited_open(struct jw *w, const struct interaction *ia, struct arena *a)
{
    jw_obj(w);
    jw_kstr(w, "id", id_str(a, ia->id));
    jw_kstr(w, "source", ia->source);
    jw_kstr(w, "language", ia->language);
    jw_karr(w, "turns");
}

static void clean_write(struct jw *w, const struct interaction *ia, struct arena *a)
{
    edited_open(w, ia, a);
    for (size_t i = 0; i < ia->turns_n; i++) {
        struct cleaned c;
        clean_text(ia->turns[i].text, ia->language, a, &c);
        jw_obj(w);
        jw_kstr(w, "speaker", ia->turns[i].speaker);
        jw_kstr(w, "text", c.text);
        map_write(w, &c.map);
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
}

/* Speakers are people, too: their labels are masked like any other name. */
static str speaker_mask(struct pii_mask *m, str label, struct arena *a)
{
    struct pii_span whole = {.type = PII_NAME, .start = 0, .end = (uint32_t)label.n, .confidence = 1};

    return label.n ? pii_mask_text(m, label, &whole, 1, a, NULL) : label;
}

/* Marks as stored, one turn after the other; whoever may read the original opens a mark by its place in it. */
static void masked_write(struct jw *w, const struct interaction *ia, const struct record_pii *marks, size_t n,
                         struct arena *a)
{
    struct pii_span *span = ARENA_ARRAY(a, struct pii_span, n + 1);
    struct pii_mask *m = pii_mask_new();
    size_t at = 0;

    edited_open(w, ia, a);
    for (size_t i = 0; i < ia->turns_n; i++) {
        struct offmap map;
        size_t here = 0;
        for (; at < n && marks[at].turn == i; at++)
            span[here++] =
                (struct pii_span){(enum pii_type)marks[at].type, marks[at].start, marks[at].end, marks[at].confidence};
        jw_obj(w);
        jw_kstr(w, "speaker", speaker_mask(m, ia->turns[i].speaker, a));
        jw_kstr(w, "text", pii_mask_text(m, ia->turns[i].text, span, here, a, &map));
        map_write(w, &map);
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
    pii_mask_free(m);
}

void api_interaction_get(struct call *k)
{
    struct api *api = k->app;
    struct record_pii *marks = NULL;
    size_t marks_n = 0;
    int64_t clean, masked;
    struct record_ia *rec;
    struct db_tx *t;
    struct buf b;
    struct jw w;
    struct err e = {0};

    if (!api_query_int(k, STR("clean"), 0, 0, 1, &clean) || !api_query_int(k, STR("masked"), 0, 0, 1, &masked) ||
        !(rec = one_load(k)))
        return;
    if (masked) {
        if (db_begin(api->core->v.db, api->core->v.workspace, 20000, &t, &e) == ERR_OK) {
            record_pii_load(t, &api->core->v, rec->ia.id, k->a, &marks, &marks_n, &e);
            db_rollback(t);
        }
        if (e.code) { /* without the marks nothing may be shown as masked */
            http_problem_err(k->rep, &e);
            return;
        }
    }
    buf_init_wiped(&b, 512 << 20);
    jw_init(&w, &b);
    if (masked)
        masked_write(&w, &rec->ia, marks, marks_n, k->a);
    else if (clean)
        clean_write(&w, &rec->ia, k->a);
    else
        ia_json_write(&rec->ia, &w);
    api_reply(k, 200, &b);
}

void api_interaction_delete(struct call *k)
{
    struct api *api = k->app;
    struct vaulted *v = &api->core->v;
    struct audit_entry entry = {.act = AUDIT_CHANGE, .actor = caller_actor(&k->who)};
    struct db_tx *t;
    bool found = false;
    struct err e;

    if (id_parse(k->part[0], &entry.object)) {
        if (db_begin(v->db, v->workspace, 20000, &t, &e))
            goto fail;
        if (record_ia_drop(t, v, entry.object, &found, &e) || audit_append(t, v->keys, &entry, &e)) {
            db_rollback(t);
            goto fail;
        }
        if (db_commit(t, &e))
            goto fail;
    }
    if (!found) {
        http_problem(k->rep, 404, STR_NULL, STR("not found"),
                     STR("there is no such conversation, or you may not see it"));
        return;
    }
    index_drop(api->core->ix, entry.object);
    http_status(k->rep, 204);
    return;
fail:
    http_problem_err(k->rep, &e);
}

static void label_write(struct jw *w, const char *key, str label)
{
    if (label.n)
        jw_kstr(w, key, label);
    else
        jw_knull(w, key);
}

static void stat_write(struct jw *w, const struct interaction *ia, const struct record_stat *s)
{
    char hash[2 * SHA256_BYTES + 1];

    hex_put(s->inputs_hash, SHA256_BYTES, hash);
    jw_obj(w);
    jw_kstr(w, "id", s->id);
    label_write(w, "speaker", s->speaker);
    label_write(w, "of", s->of);
    if (s->has_value)
        jw_kreal(w, "value", s->value);
    else
        jw_knull(w, "value");
    jw_kstr(w, "unit", s->unit);
    if (s->has_n)
        jw_ki64(w, "n", s->n);
    else
        jw_knull(w, "n");
    label_write(w, "reason", s->reason);
    jw_ki64(w, "definition_version", s->definition_version);
    jw_kstr(w, "inputs_hash", str_of(hash));
    jw_karr(w, "spans");
    for (size_t i = 0; i < s->spans_n; i++) {
        const struct ia_span *p = &s->spans[i];
        jw_obj(w);
        jw_ki64(w, "turn", p->turn);
        jw_ki64(w, "start", p->start);
        jw_ki64(w, "end", p->end);
        jw_kstr(w, "quote", p->turn < ia->turns_n ? str_sub(ia->turns[p->turn].text, p->start, p->end) : STR(""));
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
}

void api_insights_get(struct call *k)
{
    struct api *api = k->app;
    struct vaulted *v = &api->core->v;
    struct record_ia *rec = one_load(k);
    struct record_stat *rows = NULL;
    struct record_finding *found = NULL;
    size_t n = 0, found_n = 0;
    struct db_tx *t;
    struct buf b;
    struct jw w;
    struct err e;

    if (!rec)
        return;
    if (db_begin(v->db, v->workspace, 20000, &t, &e)) {
        http_problem_err(k->rep, &e);
        return;
    }
    if (record_stats_load(t, v, rec->ia.id, k->a, &rows, &n, &e) ||
        record_findings_load(t, v, rec, k->a, &found, &found_n, &e)) {
        db_rollback(t);
        http_problem_err(k->rep, &e);
        return;
    }
    db_rollback(t);
    buf_init_wiped(&b, 64 << 20);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "interaction", id_str(k->a, rec->ia.id));
    jw_karr(&w, "statistics");
    for (size_t i = 0; i < n; i++)
        stat_write(&w, &rec->ia, &rows[i]);
    jw_end(&w);
    jw_karr(&w, "findings");
    for (size_t i = 0; i < found_n; i++)
        if (found[i].state != FINDING_DISMISSED)
            finding_json(&found[i], &rec->ia, k->a, &w);
    jw_end(&w);
    jw_end(&w);
    api_reply(k, 200, &b);
}
