/* api/interactions.c - conversations: list, one, its turns, its cleaned text, its figures, deletion. */
#include "api/resource.h"
#include "gateway/users.h"
#include "insight/findings.h"
#include "text/clean.h"
#include "text/pii.h"

static const char *const kinds[] = {"call", "mail", "note", "document", NULL};
static const char *const sides[] = {"unknown", "internal", "external", NULL};
static const char *const part_kinds[] = {"quoted", "signature", "forwarded", NULL};

/* ---- shapes ---- */

static const struct res_field participant_fields[] = {
    {"name", RES_STR, RES_SEALED | RES_MAYBE, "Name as the source writes it.", "\"Ann Vermeulen\""},
    {"email", RES_STR, RES_SEALED | RES_MAYBE, "Mail address.", "\"ann@customer.example\""},
    {"side", RES_ENUM, RES_MAYBE, "Ours (internal), theirs (external), or not known (left out).", "\"external\"",
     .words = sides},
};
static const struct res_shape participant_shape = {"Participant", "Somebody who takes part in a conversation.",
                                                   RES_FIELDS(participant_fields)};

static const struct res_field turn_fields[] = {
    {"speaker", RES_STR, RES_SEALED | RES_MAYBE, "Label of the speaker as in the source.", "\"Ann\""},
    {"start_ms", RES_INT, RES_MAYBE, "Start in milliseconds from the start of the recording.", "1200"},
    {"end_ms", RES_INT, RES_MAYBE, "End in milliseconds from the start of the recording.", "4800"},
    {"text", RES_STR, RES_SEALED, "The words as they were said or written.", "\"The pilot starts in Ghent.\""},
};
static const struct res_shape turn_shape = {"Turn", "What one speaker said in one go.", RES_FIELDS(turn_fields)};

static const struct res_field text_fields[] = {
    {"speaker", RES_STR, RES_SEALED | RES_MAYBE, "Label of the speaker as in the source.", "\"Ann\""},
    {"start_ms", RES_INT, RES_MAYBE, "Start in milliseconds from the start of the recording.", "1200"},
    {"end_ms", RES_INT, RES_MAYBE, "End in milliseconds from the start of the recording.", "4800"},
    {"text", RES_STR, RES_SEALED, "The words, as asked for: original, cleaned or masked.",
     "\"The pilot starts in Ghent.\""},
    {"map", RES_JSON, RES_LIST | RES_MAYBE,
     "Of a cleaned or masked text, its pieces: start and bytes in it, start and bytes in the original.",
     "[0, 5, 0, 5]"},
};
static const struct res_shape text_shape = {"TurnText", "What one speaker said in one go, in the form asked for.",
                                            RES_FIELDS(text_fields)};

static const struct res_field part_fields[] = {
    {"kind", RES_ENUM, 0, "What it is.", "\"signature\"", .words = part_kinds},
    {"text", RES_STR, RES_SEALED, "Its words.", "\"Best regards, Ann\""},
};
static const struct res_shape part_shape = {"MailPart", "A part of a mail that is not the sender's own new words.",
                                            RES_FIELDS(part_fields)};

enum {
    F_ID_,
    F_KIND,
    F_TITLE,
    F_SOURCE,
    F_STARTED,
    F_CHUNKS,
    F_VECTORS,
    F_LANGUAGE,
    F_ACCOUNT,
    F_DEAL,
    F_FORMAT,
    F_DURATION,
    F_PERSONS,
    F_PARTICIPANTS,
    F_TURNS,
    F_PARTS,
    F_COUNT
};
#define IN_INDEX ((UINT64_C(1) << F_FORMAT) - 1) /* the fields before it are known without opening anything */

static const struct res_field fields[] = {
    [F_ID_] = {"id", RES_ID, RES_READ_ONLY, "Its id.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    [F_KIND] = {"kind", RES_ENUM, RES_READ_ONLY | RES_FILTER, "Call, mail, note or document.", "\"call\"",
                .words = kinds},
    [F_TITLE] = {"title", RES_STR, RES_READ_ONLY | RES_SEALED, "Title or subject; empty when there is none.",
                 "\"Northwind pilot\""},
    [F_SOURCE] = {"source", RES_STR, RES_READ_ONLY | RES_SEALED, "Path as given when it was brought in.",
                  "\"calls/pilot.vtt\""},
    [F_STARTED] = {"started_at", RES_TIME, RES_READ_ONLY | RES_NULLABLE | RES_SORT | RES_RANGE,
                   "Start of the call, date of the mail.", "\"2026-06-10T09:30:00.000Z\""},
    [F_CHUNKS] = {"chunks", RES_INT, RES_READ_ONLY, "Pieces it is searched by.", "12"},
    [F_VECTORS] = {"vectors", RES_BOOL, RES_READ_ONLY, "Whether all pieces can be found by meaning.", "true"},
    [F_LANGUAGE] = {"language", RES_STR, RES_READ_ONLY, "BCP 47 primary tag; und when not known.", "\"en\""},
    [F_ACCOUNT] = {"account", RES_ID, RES_READ_ONLY | RES_NULLABLE | RES_FILTER, "The customer it is with.",
                   "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ac\"", .to = "accounts"},
    [F_DEAL] = {"deal", RES_ID, RES_READ_ONLY | RES_NULLABLE | RES_FILTER, "The deal it belongs to.",
                "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ad\"", .to = "deals"},
    [F_FORMAT] = {"source_format", RES_STR, RES_READ_ONLY | RES_DETAIL, "The format it was read from.", "\"vtt\""},
    [F_DURATION] = {"duration_ms", RES_INT, RES_READ_ONLY | RES_NULLABLE | RES_DETAIL,
                    "Length in milliseconds when the source says it.", "1800000"},
    [F_PERSONS] = {"people", RES_ID, RES_READ_ONLY | RES_LIST | RES_DETAIL, "Who takes part or speaks.",
                   "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ae\"", .to = "people"},
    [F_PARTICIPANTS] = {"participants", RES_OBJ, RES_READ_ONLY | RES_LIST | RES_DETAIL,
                        "Who takes part, as the source says.", .of = &participant_shape},
    [F_TURNS] = {"turns", RES_OBJ, RES_READ_ONLY | RES_LIST | RES_DETAIL, "What was said, turn by turn.",
                 .of = &turn_shape},
    [F_PARTS] = {"parts", RES_OBJ, RES_READ_ONLY | RES_LIST | RES_DETAIL, "Quoted text and signatures of a mail.",
                 .of = &part_shape},
};
_Static_assert(sizeof fields / sizeof *fields == F_COUNT, "every field has a place");

static const struct res_shape shape = {"Interaction", "One conversation: a call, a mail, a note or a document.",
                                       RES_FIELDS(fields)};

/* The body of GET /v1/interactions/{id} is our own JSON, which can be brought in again: it names things and leaves out what
 * there is not. */
static const struct res_field whole_fields[] = {
    {"format", RES_STR, RES_MAYBE, "harken.interaction/1.", "\"harken.interaction/1\""},
    {"id", RES_ID, 0, "Its id.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    {"source", RES_STR, RES_SEALED | RES_MAYBE, "Path as given when it was brought in.", "\"calls/pilot.vtt\""},
    {"source_format", RES_STR, RES_MAYBE, "The format it was read from.", "\"vtt\""},
    {"kind", RES_ENUM, RES_MAYBE, "Call, mail, note or document.", "\"call\"", .words = kinds},
    {"title", RES_STR, RES_SEALED | RES_MAYBE, "Title or subject.", "\"Northwind pilot\""},
    {"started_at", RES_TIME, RES_MAYBE, "Start, in the zone of the source.", "\"2026-06-10T11:30:00.000+02:00\""},
    {"duration_ms", RES_INT, RES_MAYBE, "Length in milliseconds when the source says it.", "1800000"},
    {"language", RES_STR, RES_MAYBE, "BCP 47 primary tag; und when not known.", "\"en\""},
    {"no_overlap", RES_BOOL, RES_MAYBE, "The source writes cue by cue: speech never overlaps.", "true"},
    {"external_id", RES_STR, RES_SEALED | RES_MAYBE, "Its id at the source.", "\"<1@mail.example>\""},
    {"thread_id", RES_STR, RES_SEALED | RES_MAYBE, "Root of the mail's thread.", "\"<0@mail.example>\""},
    {"account", RES_STR, RES_SEALED | RES_MAYBE, "Name of the customer as the source says.", "\"Northwind\""},
    {"deal", RES_STR, RES_SEALED | RES_MAYBE, "Name of the deal as the source says.", "\"Pilot\""},
    {"participants", RES_OBJ, RES_LIST | RES_MAYBE, "Who takes part.", .of = &participant_shape},
    {"turns", RES_OBJ, RES_LIST, "What was said; cleaned or masked turns carry a map.", .of = &text_shape},
    {"quoted", RES_STR, RES_SEALED | RES_MAYBE, "Quoted and forwarded text of a mail, in one.", "\"> Hello\""},
    {"signature", RES_STR, RES_SEALED | RES_MAYBE, "Signatures of a mail, in one.", "\"Best regards, Ann\""},
    {"parts", RES_OBJ, RES_LIST | RES_MAYBE, "Parts of a mail that are not the sender's new words.", .of = &part_shape},
};
static const struct res_shape whole_shape = {
    "InteractionText", "A conversation in Harken's own JSON, which can be brought in again.", RES_FIELDS(whole_fields)};

/* ---- list and many, from the index ---- */

static const struct res_field list_query_fields[] = {
    {"in", RES_STR, 0, "Only what came under this path or folder.", "\"calls/\"", .max = 4096},
    {"offset", RES_INT, 0, "Rows to leave out; prefer cursor, which stays right when rows are added.", "0", .min = 0,
     .max = 1 << 30},
};
enum { Q_IN, Q_OFFSET };
static const struct res_shape list_query = {"InteractionListQuery", "", RES_FIELDS(list_query_fields)};

static void entry_fill(const struct index_entry *r, struct res_val *item)
{
    item[F_ID_] = res_id(r->interaction);
    item[F_KIND] = res_str(str_of(ia_kind_name(r->kind)));
    item[F_TITLE] = res_str(r->title);
    item[F_SOURCE] = res_str(r->source);
    item[F_STARTED] = res_time(r->started_at_ms);
    item[F_CHUNKS] = res_i64((int64_t)r->chunks_n);
    item[F_VECTORS] = res_bool(r->vectors);
    item[F_LANGUAGE] = res_str(r->language);
    item[F_ACCOUNT] = res_id(r->account);
    item[F_DEAL] = res_id(r->deal);
}

static struct res_val participants_of(const struct interaction *ia, struct arena *a)
{
    struct res_val *list = ARENA_ARRAY(a, struct res_val, ia->participants_n + 1);

    for (size_t i = 0; i < ia->participants_n; i++) {
        const struct ia_participant *p = &ia->participants[i];
        struct res_val *v = ARENA_ARRAY(a, struct res_val, 3);
        v[0] = res_str_or(p->name, RES_ABSENT);
        v[1] = res_str_or(p->email, RES_ABSENT);
        v[2] = p->side == IA_SIDE_UNKNOWN ? res_absent() : res_str(str_of(ia_side_name(p->side)));
        list[i] = res_obj(v);
    }
    return res_vals(list, ia->participants_n);
}

static struct res_val ms_of(int64_t ms)
{
    return ms == IA_TIME_NONE ? res_absent() : res_i64(ms);
}

static struct res_val turns_of(const struct interaction *ia, struct arena *a)
{
    struct res_val *list = ARENA_ARRAY(a, struct res_val, ia->turns_n + 1);

    for (size_t i = 0; i < ia->turns_n; i++) {
        const struct ia_turn *t = &ia->turns[i];
        struct res_val *v = ARENA_ARRAY(a, struct res_val, 4);
        v[0] = res_str_or(t->speaker, RES_ABSENT);
        v[1] = ms_of(t->start_ms);
        v[2] = ms_of(t->end_ms);
        v[3] = res_str(t->text);
        list[i] = res_obj(v);
    }
    return res_vals(list, ia->turns_n);
}

static struct res_val parts_of(const struct interaction *ia, struct arena *a)
{
    struct res_val *list = ARENA_ARRAY(a, struct res_val, ia->parts_n + 1);

    for (size_t i = 0; i < ia->parts_n; i++) {
        struct res_val *v = ARENA_ARRAY(a, struct res_val, 2);
        v[0] = res_str(str_of(part_kinds[ia->parts[i].kind]));
        v[1] = res_str(ia->parts[i].text);
        list[i] = res_obj(v);
    }
    return res_vals(list, ia->parts_n);
}

static void record_fill(const struct record_ia *rec, struct res_val *item, struct arena *a)
{
    struct res_val *people = ARENA_ARRAY(a, struct res_val, rec->persons_n + 1);

    for (size_t i = 0; i < rec->persons_n; i++)
        people[i] = res_id(rec->persons[i]);
    item[F_FORMAT] = res_str(rec->ia.format);
    item[F_DURATION] = rec->ia.duration_ms == IA_TIME_NONE ? res_null() : res_i64(rec->ia.duration_ms);
    item[F_PERSONS] = res_vals(people, rec->persons_n);
    item[F_PARTICIPANTS] = participants_of(&rec->ia, a);
    item[F_TURNS] = turns_of(&rec->ia, a);
    item[F_PARTS] = parts_of(&rec->ia, a);
}

/* Fields that only the store knows, for those of the page that are still there. */
static enum err_code details_fill(struct res_ctx *c, struct res_val **items, size_t n, struct err *e)
{
    struct id *ids = ARENA_ARRAY(c->a, struct id, n + 1);
    struct record_ia *recs;
    size_t recs_n, m = 0;

    for (size_t i = 0; i < n; i++)
        if (items[i])
            ids[m++] = items[i][F_ID_].v.id;
    if (record_ia_load(c->t, c->v, ids, m, c->a, &recs, &recs_n, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; items[i] && j < recs_n; j++)
            if (id_eq(recs[j].ia.id, items[i][F_ID_].v.id))
                record_fill(&recs[j], items[i], c->a);
    for (size_t i = 0; i < n; i++)
        if (items[i] && items[i][F_FORMAT].is == RES_ABSENT)
            items[i] = NULL; /* deleted a moment ago */
    return ERR_OK;
}

/* The index is the first lock, the database the second: what it does not let through is not shown. */
static enum err_code seen_only(struct res_ctx *c, struct res_val **items, size_t n, struct err *e)
{
    struct id *ids = ARENA_ARRAY(c->a, struct id, n + 1);
    struct id_set seen;
    size_t m = 0;

    if (c->who.reach == REACH_WORKSPACE)
        return ERR_OK;
    for (size_t i = 0; i < n; i++)
        if (items[i])
            ids[m++] = items[i][F_ID_].v.id;
    if (record_ia_seen(c->t, c->v, ids, m, c->a, &seen, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (items[i] && !id_set_has(&seen, items[i][F_ID_].v.id))
            items[i] = NULL;
    return ERR_OK;
}

static void filter_of(struct res_ctx *c, const struct res_query *q, struct index_filter *f)
{
    const struct res_filter *kind = res_filter_get(q, "kind", RES_EQ), *account = res_filter_get(q, "account", RES_EQ);
    const struct res_filter *deal = res_filter_get(q, "deal", RES_EQ),
                            *from = res_filter_get(q, "started_at", RES_FROM);
    const struct res_filter *to = res_filter_get(q, "started_at", RES_TO);

    *f = (struct index_filter){.reader = c->who.reader,
                               .from_ms = from ? from->v[0].v.i : CLOCK_NONE,
                               .to_ms = to ? to->v[0].v.i : CLOCK_NONE};
    for (size_t i = 0; kind && i < kind->n; i++)
        f->kinds |= 1u << res_word(kind->field, kind->v[i].v.s);
    if (account)
        f->account = account->v[0].v.id;
    if (deal)
        f->deal = deal->v[0].v.id;
    if (q->extra && q->extra[Q_IN].is == RES_SET)
        f->in = q->extra[Q_IN].v.s;
}

static enum err_code list(struct res_ctx *c, const struct res_query *q, struct res_page *page, struct err *e)
{
    struct index_after after = {!q->desc, q->has_after, q->after.at, q->after.id};
    int64_t offset = q->extra && q->extra[Q_OFFSET].is == RES_SET ? q->extra[Q_OFFSET].v.i : 0;
    struct index_entry *rows;
    struct index_filter f;
    size_t total;

    filter_of(c, q, &f);
    index_page(c->api->core->ix, &f, &after, q->has_after ? 0 : (size_t)offset, q->limit, c->a, &rows, &page->n, &total,
               &page->more);
    page->total = (int64_t)total;
    page->items = ARENA_ARRAY(c->a, struct res_val *, page->n + 1);
    page->keys = ARENA_ARRAY(c->a, struct res_key, page->n + 1);
    for (size_t i = 0; i < page->n; i++) {
        page->items[i] = ARENA_ARRAY(c->a, struct res_val, F_COUNT);
        entry_fill(&rows[i], page->items[i]);
        page->keys[i] = (struct res_key){rows[i].started_at_ms, rows[i].interaction};
    }
    if (seen_only(c, page->items, page->n, e))
        return e->code;
    if ((q->want & ~IN_INDEX & ((UINT64_C(1) << F_COUNT) - 1)) && details_fill(c, page->items, page->n, e))
        return e->code;
    size_t n = 0;
    for (size_t i = 0; i < page->n; i++) {
        page->keys[n] = page->keys[i];
        if (page->items[i])
            page->items[n++] = page->items[i];
    }
    page->n = n;
    return ERR_OK;
}

static enum err_code many(struct res_ctx *c, const struct id *ids, size_t n, uint64_t want, struct res_val **items,
                          struct err *e)
{
    struct index_filter f = {
        .reader = c->who.reader, .from_ms = CLOCK_NONE, .to_ms = CLOCK_NONE, .interactions = ids, .interactions_n = n};
    struct index_entry *rows;
    size_t rows_n, total;

    index_list(c->api->core->ix, &f, 0, n, c->a, &rows, &rows_n, &total);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < rows_n && !items[i]; j++)
            if (id_eq(rows[j].interaction, ids[i])) {
                items[i] = ARENA_ARRAY(c->a, struct res_val, F_COUNT);
                entry_fill(&rows[j], items[i]);
            }
    if (seen_only(c, items, n, e))
        return e->code;
    return want & ~IN_INDEX ? details_fill(c, items, n, e) : ERR_OK;
}

static void gone(struct api *api, struct id id)
{
    index_drop(api->core->ix, id);
}

static enum err_code drop(struct res_ctx *c, struct id id, struct err *e)
{
    bool found;

    if (c->who.reach != REACH_WORKSPACE && !index_seen(c->api->core->ix, c->who.reader, id))
        return err_set(e, ERR_NOT_FOUND, "no such conversation");
    if (record_ia_drop(c->t, c->v, id, &found, e))
        return e->code;
    if (!found)
        return err_set(e, ERR_NOT_FOUND, "no such conversation");
    res_after(c, gone, id);
    return ERR_OK;
}

/* ---- private ---- */

static const struct res_field private_fields[] = {
    {"private", RES_BOOL, RES_NEEDED, "Hidden from all who did not take part, managers and the deal's people included.",
     "true"},
};
static const struct res_shape private_shape = {"InteractionPrivacy", "Who may see a conversation.",
                                               RES_FIELDS(private_fields)};

static void hidden(struct api *api, struct id id)
{
    index_private_set(api->core->ix, id, true);
}

static void unhidden(struct api *api, struct id id)
{
    index_private_set(api->core->ix, id, false);
}

/* However far the permission reaches: who took part decides, and the operator. */
static enum err_code private_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                                 struct res_val **out, struct err *e)
{
    const struct caller *who = &c->who;
    struct reader part = {.reach = REACH_OWN, .self = who->self, .people = who->self};
    bool operator_ = id_is_nil(who->user);

    (void)query;
    (void)out;
    if (!index_seen(c->api->core->ix, operator_ ? who->reader : &part, id))
        return err_set(e, ERR_NOT_FOUND, "no such conversation");
    if (record_ia_private_set(c->t, c->v, id, in[0].v.b, operator_ ? NULL : &who->self, e))
        return e->code;
    res_after(c, in[0].v.b ? hidden : unhidden, id);
    return ERR_OK;
}

/* ---- one, as our own JSON ---- */

static const struct res_field one_query_fields[] = {
    {"clean", RES_BOOL, 0, "The cleaned text, with the map back to the original.", "true"},
    {"masked", RES_BOOL, 0, "The text with personal data masked.", "true"},
};
static const struct res_shape one_query = {"InteractionQuery", "", RES_FIELDS(one_query_fields)};

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

static void whole_get(struct call *k)
{
    struct api *api = k->app;
    struct record_pii *marks = NULL;
    size_t marks_n = 0;
    bool clean, masked;
    struct record_ia *rec;
    struct db_tx *t;
    struct buf b;
    struct jw w;
    struct err e = {0};

    if (!api_query_flag(k, STR("clean"), &clean) || !api_query_flag(k, STR("masked"), &masked) || !(rec = one_load(k)))
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

static void insights_get(struct call *k)
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

/* ---- turns, a page at a time ---- */

enum { TURNS_DEFAULT = 100, TURNS_MAX = 1000 };
static const struct res_field turns_query_fields[] = {
    {"from", RES_INT, 0, "Number of the first turn wanted, from 0.", "0", .min = 0, .max = IA_TURNS_MAX},
    {"limit", RES_INT, 0, "Most turns in the answer; 100 when left out.", "100", .min = 1, .max = TURNS_MAX},
};
static const struct res_shape turns_query = {"TurnsQuery", "", RES_FIELDS(turns_query_fields)};
static const struct res_field turns_fields[] = {
    {"total", RES_INT, 0, "Turns of the conversation.", "120"},
    {"from", RES_INT, 0, "Number of the first turn here.", "0"},
    {"turns", RES_OBJ, RES_LIST, "The turns.", .of = &turn_shape},
    {"next", RES_INT, RES_NULLABLE, "What to send as from for the next page; null at the end.", "100"},
};
static const struct res_shape turns_shape = {"TurnPage", "Some turns of a conversation.", RES_FIELDS(turns_fields)};

static enum err_code turns_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                               struct res_val **out, struct err *e)
{
    int64_t from = query && query[0].is == RES_SET ? query[0].v.i : 0;
    int64_t limit = query && query[1].is == RES_SET ? query[1].v.i : TURNS_DEFAULT;
    struct res_val *item = NULL, all;
    int64_t end;

    (void)in;
    if (many(c, &id, 1, UINT64_MAX, &item, e))
        return e->code;
    if (!item)
        return err_set(e, ERR_NOT_FOUND, "no such conversation");
    all = item[F_TURNS];
    from = from < (int64_t)all.n ? from : (int64_t)all.n;
    end = from + limit < (int64_t)all.n ? from + limit : (int64_t)all.n;
    *out = ARENA_ARRAY(c->a, struct res_val, 4);
    (*out)[0] = res_i64((int64_t)all.n);
    (*out)[1] = res_i64(from);
    (*out)[2] = res_vals(all.v.list + from, (size_t)(end - from));
    (*out)[3] = end < (int64_t)all.n ? res_i64(end) : res_null();
    return ERR_OK;
}

/* ---- who opened it: whoever takes part may know (trust.md Z8) ---- */

static const struct res_field view_fields[] = {
    {"at", RES_TIME, 0, "When.", "\"2026-06-10T09:30:00.000Z\""},
    {"user", RES_ID, RES_NULLABLE, "Who; null: the operator of the machine.",
     "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    {"name", RES_STR, RES_SEALED | RES_NULLABLE, "Name of the user; null when there is none any more.", "\"Ann Lee\""},
};
static const struct res_shape view_shape = {"View", "Somebody opened a conversation.", RES_FIELDS(view_fields)};
static const struct res_field views_fields[] = {
    {"views", RES_OBJ, RES_LIST,
     "Latest first; lists and searches that showed parts of many at once are not among them.", .of = &view_shape},
    {"more", RES_BOOL, 0, "Whether there are earlier ones.", "false"},
};
static const struct res_shape views_shape = {"Views", "Who opened a conversation.", RES_FIELDS(views_fields)};
static const struct res_field views_query_fields[] = {
    {"limit", RES_INT, 0, "Most in the answer; 50 when left out.", "50", .min = 1, .max = 200},
};
static const struct res_shape views_query = {"ViewsQuery", "", RES_FIELDS(views_query_fields)};

static struct res_val view_of(struct res_ctx *c, const struct audit_row *row)
{
    struct res_val *v = ARENA_ARRAY(c->a, struct res_val, 3);
    struct user u;
    bool known = user_get(c->t, c->v->keys, row->entry.actor, c->a, &u, NULL) == ERR_OK;

    v[0] = res_time(row->at_ms);
    v[1] = known ? res_id(row->entry.actor) : res_null();
    v[2] = known ? res_str_or(u.name.n ? u.name : u.email, RES_NULL) : res_null();
    return res_obj(v);
}

static enum err_code views_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                               struct res_val **out, struct err *e)
{
    static const int64_t read = AUDIT_READ;
    size_t limit = query && query[0].is == RES_SET ? (size_t)query[0].v.i : RES_LIMIT_DEFAULT, n;
    struct audit_filter f = {P_I64S(&read, 1), P_NULL(DB_IDS), P_IDS(&id, 1)};
    struct page_want w = {.desc = true, .limit = limit + 1, .from_ms = CLOCK_NONE, .to_ms = CLOCK_NONE};
    struct res_val *item = NULL, *list;
    struct audit_row *rows;

    (void)in;
    if (many(c, &id, 1, 1, &item, e))
        return e->code;
    if (!item)
        return err_set(e, ERR_NOT_FOUND, "no such conversation");
    if (audit_page(c->t, c->v->keys, &f, &w, c->a, &rows, &n, e))
        return e->code;
    list = ARENA_ARRAY(c->a, struct res_val, n + 1);
    for (size_t i = 0; i < n && i < limit; i++)
        list[i] = view_of(c, &rows[i]);
    *out = ARENA_ARRAY(c->a, struct res_val, 2);
    (*out)[0] = res_vals(list, n < limit ? n : limit);
    (*out)[1] = res_bool(n > limit);
    return ERR_OK;
}

/* ---- insights: shapes ---- */

static const struct res_field span_fields[] = {
    {"turn", RES_INT, 0, "Number of the turn, from 0.", "3"},
    {"start", RES_INT, 0, "First byte in the turn's original text.", "0"},
    {"end", RES_INT, 0, "Byte behind the last.", "24"},
    {"quote", RES_STR, RES_SEALED, "Exactly the bytes of the span.", "\"The pilot starts\""},
};
static const struct res_shape span_shape = {"Span", "Evidence: a stretch of the original text of one turn.",
                                            RES_FIELDS(span_fields)};
static const struct res_field stat_fields[] = {
    {"id", RES_STR, 0, "Name of the figure in doc/definitions.md.", "\"talk_ratio\""},
    {"speaker", RES_STR, RES_SEALED | RES_NULLABLE, "Whose figure it is; null: the call's.", "\"Ann\""},
    {"of", RES_STR, RES_SEALED | RES_NULLABLE, "The second speaker or side, where a figure has one.", "\"external\""},
    {"value", RES_REAL, RES_NULLABLE, "The figure; null when it cannot be computed.", "0.43"},
    {"unit", RES_STR, 0, "Unit of the value.", "\"ratio\""},
    {"n", RES_INT, RES_NULLABLE, "How many observations it rests on.", "17"},
    {"reason", RES_STR, RES_NULLABLE, "Why there is no value.", "\"no_times\""},
    {"definition_version", RES_INT, 0, "Version of the definition.", "1"},
    {"inputs_hash", RES_STR, 0, "SHA-256 of what it was computed from.", "\"9f86d081\""},
    {"spans", RES_OBJ, RES_LIST, "Where it rests on words.", .of = &span_shape},
};
static const struct res_shape stat_shape = {"Statistic", "One figure of a call, as doc/definitions.md defines it.",
                                            RES_FIELDS(stat_fields)};
static const struct res_field finding_fields[] = {
    {"kind", RES_STR, 0, "What was found: commitment, objection, qualification, competitor, tracker ...",
     "\"commitment\""},
    {"class", RES_STR, RES_NULLABLE, "Which of the kind: PRICE, meddpicc.metrics, a tracker's id.", "\"PRICE\""},
    {"modality", RES_STR, RES_NULLABLE, "Of commitments: COMMITTED, ACCEPTED, REQUESTED ...", "\"COMMITTED\""},
    {"owner", RES_STR, RES_SEALED | RES_NULLABLE, "Whose it is.", "\"Ann\""},
    {"due", RES_STR, RES_NULLABLE, "The day it is due.", "\"2026-03-12\""},
    {"value", RES_JSON, RES_SEALED | RES_NULLABLE, "A number, or an object of what else the kind has to say.", "12"},
    {"confidence", RES_REAL, 0, "How sure, 0 to 1.", "0.9"},
    {"maker", RES_STR, 0, "Which analysis found it.", "\"rules.commitments\""},
    {"version", RES_INT, 0, "Version of the analysis.", "1"},
    {"spans", RES_OBJ, RES_LIST, "The words it rests on.", .of = &span_shape},
};
static const struct res_shape finding_shape = {"FoundHere", "Something an analysis found in a conversation.",
                                               RES_FIELDS(finding_fields)};
static const struct res_field insights_fields[] = {
    {"interaction", RES_ID, 0, "The conversation.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\"", .to = "interactions"},
    {"statistics", RES_OBJ, RES_LIST, "Its figures.", .of = &stat_shape},
    {"findings", RES_OBJ, RES_LIST, "What was found in it.", .of = &finding_shape},
};
static const struct res_shape insights_shape = {"Insights", "Figures and findings of one conversation.",
                                                RES_FIELDS(insights_fields)};

static const struct res_op ops[] = {
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/interactions", PERM_INTERACTIONS_READ, "List conversations",
     .query = &list_query},
    {RES_OP_RAW, "get", HTTP_M_GET, "/v1/interactions/{id}", PERM_INTERACTIONS_READ, "Read one conversation",
     .query = &one_query, .answer = &whole_shape, .raw = whole_get},
    {RES_OP_ACT, "turns", HTTP_M_GET, "/v1/interactions/{id}/turns", PERM_INTERACTIONS_READ,
     "Read some turns of a conversation", .query = &turns_query, .answer = &turns_shape, .flags = RES_OP_SAFE,
     .audit = AUDIT_READ, .act = turns_act},
    {RES_OP_RAW, "insights", HTTP_M_GET, "/v1/interactions/{id}/insights", PERM_FINDINGS_READ,
     "Read the figures and findings of a conversation", .answer = &insights_shape, .raw = insights_get},
    {RES_OP_ACT, "views", HTTP_M_GET, "/v1/interactions/{id}/views", PERM_INTERACTIONS_READ,
     "Who opened a conversation, and when", .query = &views_query, .answer = &views_shape, .flags = RES_OP_SAFE,
     .act = views_act},
    {RES_OP_ACT, "private", HTTP_M_PUT, "/v1/interactions/{id}/private", PERM_INTERACTIONS_WRITE,
     "Hide a conversation from all who did not take part, or show it again", .body = &private_shape, .status = 204,
     .act = private_act},
    {RES_OP_DELETE, "delete", HTTP_M_DELETE, "/v1/interactions/{id}", PERM_INTERACTIONS_DELETE,
     "Delete a conversation and all that was made from it"},
};

const struct resource res_interactions = {
    .name = "interactions",
    .key = "interactions",
    .one = "conversation",
    .about = "Calls, mails, notes and documents, as their turns.",
    .flags = RES_CONTENT,
    .shape = &shape,
    .sort = "-started_at",
    .limit_max = 1000,
    RES_OPS(ops),
    .list = list,
    .many = many,
    .drop = drop,
};
