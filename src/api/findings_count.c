/* api/findings_count.c - "which objections did Halden raise", "what did we promise Vireo": findings the asker may see, each
 * with the words it rests on. */
#include "api/findings_count.h"
#include "api/resource.h"
#include "insight/finding_question.h"
#include "insight/findings.h"
#include "records/accounts.h"

enum { ACCOUNTS_MAX = 20000, PAGE = 500, FOUND_MAX = 5000, ROWS_MAX = 200, DB_MS = 20000, DAY_MS = 86400000 };

struct asking {
    struct call *k;
    struct core *core;
    struct finding_query fq;
    struct index_filter filter;
    int64_t today;
    struct arena *a;
    struct answer *out;
};

/* Names of the customers the asker may see. */
static enum err_code accounts_names(struct asking *x, struct account_row **out, str **out_names, size_t *out_n,
                                    struct err *e)
{
    struct page_want w = {.limit = PAGE, .from_ms = CLOCK_NONE, .to_ms = CLOCK_NONE};
    struct vaulted *v = &x->core->v;
    struct account_row *all = NULL, *page;
    size_t n = 0, cap = 0, got = 0;
    struct db_tx *t;

    *out_n = 0;
    if (!res_may(&x->k->who, PERM_ACCOUNTS_READ))
        return ERR_OK;
    if (db_begin(v->db, v->workspace, DB_MS, &t, e))
        return e->code;
    do {
        if (accounts_page(t, v, STR(""), STR(""), &w, x->a, &page, &got, e)) {
            db_rollback(t);
            return e->code;
        }
        for (size_t i = 0; i < got; i++)
            ARENA_PUSH(x->a, all, n, cap) = page[i];
        if (got) {
            w.behind = true;
            w.at = page[got - 1].created_at_ms;
            w.id = page[got - 1].id;
        }
    } while (got == PAGE && n < ACCOUNTS_MAX);
    db_rollback(t);
    *out_names = ARENA_ARRAY(x->a, str, n + 1);
    for (size_t i = 0; i < n; i++)
        (*out_names)[i] = all[i].name;
    *out = all;
    *out_n = n;
    return ERR_OK;
}

static bool narrowed(const struct index_filter *f)
{
    return f->in.n || f->interactions_n || !id_is_nil(f->account) || !id_is_nil(f->deal) || !id_is_nil(f->person) ||
           f->kinds || f->from_ms != CLOCK_NONE || f->to_ms != CLOCK_NONE;
}

static void day_range(struct index_filter *f, const struct asked_period *p)
{
    int64_t from = p->from_day * DAY_MS, to = p->to_day * DAY_MS;

    f->from_ms = f->from_ms == CLOCK_NONE || f->from_ms < from ? from : f->from_ms;
    f->to_ms = f->to_ms == CLOCK_NONE || f->to_ms > to ? to : f->to_ms;
}

/* Places of findings of the kinds asked for, newest first, in conversations the asker may see. */
static enum err_code places_find(struct asking *x, struct finding_place **out, size_t *out_n, struct err *e)
{
    const struct finding_query *q = &x->fq;
    str kind = str_of(q->kind);
    struct findings_filter f = {
        .kinds = P_TEXTS(&kind, 1),
        .classes = q->classes_n ? P_TEXTS(q->classes, q->classes_n) : P_NULL(DB_TEXTS),
        .modalities = q->modalities_n ? P_TEXTS(q->modalities, q->modalities_n) : P_NULL(DB_TEXTS),
        .persons = P_NULL(DB_IDS),
        .deals = P_NULL(DB_IDS),
        .interactions = P_NULL(DB_IDS),
        .due_from = q->has_due ? q->due.from_day : INT64_MIN,
        .due_to = q->overdue   ? x->today
                  : q->has_due ? q->due.to_day
                               : INT64_MIN,
    };
    struct page_want w = {.desc = true, .limit = FOUND_MAX, .from_ms = CLOCK_NONE, .to_ms = CLOCK_NONE};
    struct vaulted *v = &x->core->v;
    struct index_entry *entries;
    size_t n, total, kept = 0;
    struct finding_place *p;
    struct db_tx *t;
    struct id *ids;

    *out_n = 0;
    if (narrowed(&x->filter)) {
        index_list(x->core->ix, &x->filter, 0, SIZE_MAX, x->a, &entries, &n, &total);
        ids = ARENA_ARRAY(x->a, struct id, n + 1);
        for (size_t i = 0; i < n; i++)
            ids[i] = entries[i].interaction;
        f.interactions = P_IDS(ids, n);
        if (!n)
            return ERR_OK;
    }
    if (db_begin(v->db, v->workspace, DB_MS, &t, e))
        return e->code;
    if (findings_page(t, v, &f, &w, x->a, &p, &n, e)) {
        db_rollback(t);
        return e->code;
    }
    db_rollback(t);
    if (n >= FOUND_MAX)
        return err_set(e, ERR_LIMIT, "more than %d %s: narrow the question", FOUND_MAX, q->many);
    for (size_t i = 0; i < n; i++)
        if (index_seen(x->core->ix, x->k->who.reader, p[i].interaction))
            p[kept++] = p[i];
    *out = p;
    *out_n = kept;
    return ERR_OK;
}

static struct answer_span *spans_of(struct arena *a, const struct record_ia *rec, const struct record_finding *f,
                                    str source)
{
    struct answer_span *s = ARENA_ARRAY(a, struct answer_span, f->spans_n + 1);

    for (size_t i = 0; i < f->spans_n; i++) {
        const struct ia_span *p = &f->spans[i];
        s[i] = (struct answer_span){rec->ia.id, *p, source, str_sub(rec->ia.turns[p->turn].text, p->start, p->end)};
    }
    return s;
}

/* Competitors have a hash for a class, and their name in the words. */
static str detail_of(const struct record_finding *f, struct arena *a)
{
    str code = f->modality.n ? f->modality : str_eq(f->kind, STR("competitor")) ? STR("") : f->class;

    return code.n ? finding_say(finding_code_say(code, a), f->owner, f->due_day, a) : STR("");
}

/* Whose it is: a promise that was asked for is its owner's, whoever spoke first. */
static enum ia_side side_of(const struct record_ia *rec, const struct record_finding *f)
{
    if (f->owner.n && !str_eq(f->modality, STR("REQUESTED")))
        for (size_t i = 0; i < rec->ia.participants_n; i++)
            if (str_eq(rec->ia.participants[i].name, f->owner))
                return rec->ia.participants[i].side;
    return f->side;
}

/* Two findings of one kind on the same words (names of one competitor) are one to whoever asks. */
static bool there_already(const struct answer *out, const struct record_ia *rec, const struct ia_span *at)
{
    for (size_t i = out->rows_n; i-- && id_eq(out->rows[i].interaction, rec->ia.id);)
        if (out->rows[i].turn == at->turn && out->rows[i].start == at->start)
            return true;
    return false;
}

static void found_add(struct asking *x, const struct record_ia *rec, str source, const struct record_finding *f)
{
    struct answer *out = x->out;
    struct answer_span *spans;

    if (f->state == FINDING_DISMISSED || (x->fq.side != IA_SIDE_UNKNOWN && side_of(rec, f) != x->fq.side) ||
        (x->fq.person.n && !finding_question_owner(&x->fq, f->owner, x->a)) || there_already(out, rec, &f->spans[0]))
        return;
    out->count++;
    if (out->rows_n == ROWS_MAX)
        return;
    spans = spans_of(x->a, rec, f, source);
    out->rows[out->rows_n++] = (struct answer_row){.kind = x->fq.kind,
                                                   .interaction = rec->ia.id,
                                                   .turn = f->spans[0].turn,
                                                   .start = f->spans[0].start,
                                                   .started_at_ms = rec->ia.started_at_ms,
                                                   .title = rec->ia.title,
                                                   .source = source,
                                                   .detail = detail_of(f, x->a)};
    if (!x->fq.count && out->sentences_n < ANSWER_SENTENCES_MAX)
        out->sentences[out->sentences_n++] = (struct answer_sentence){spans[0].quote, spans, f->spans_n, f->confidence};
}

/* The findings at places of one page, opened: conversations through the access check, with their audit row. */
static enum err_code places_open(struct asking *x, const struct finding_place *p, size_t n, struct err *e)
{
    struct id *ids = ARENA_ARRAY(x->a, struct id, n + 1);
    const struct record_finding **found = ARENA_ARRAY(x->a, const struct record_finding *, n + 1);
    struct vaulted *v = &x->core->v;
    size_t ids_n = 0, recs_n, list_n, total, at = 0;
    struct index_entry *entries;
    struct record_ia *recs;
    enum err_code rc;
    struct db_tx *t;

    for (size_t i = 0; i < n; i++)
        if (!i || !id_eq(p[i].interaction, p[i - 1].interaction)) /* one conversation's stand together */
            ids[ids_n++] = p[i].interaction;
    if (api_load(x->k, AUDIT_ASK, ids, ids_n, &recs, &recs_n, e) || db_begin(v->db, v->workspace, DB_MS, &t, e))
        return e->code;
    index_list(x->core->ix,
               &(struct index_filter){.reader = x->k->who.reader,
                                      .interactions = ids,
                                      .interactions_n = ids_n,
                                      .from_ms = CLOCK_NONE,
                                      .to_ms = CLOCK_NONE},
               0, ids_n, x->a, &entries, &list_n, &total);
    rc = record_findings_at(t, v, recs, recs_n, p, n, x->a, found, e);
    db_rollback(t);
    for (size_t i = 0; i < n && !rc; i++) {
        if (!found[i])
            continue;
        if (at == list_n || !id_eq(entries[at].interaction, p[i].interaction))
            for (at = 0; at < list_n && !id_eq(entries[at].interaction, p[i].interaction);)
                at++;
        found_add(x, record_ia_of(recs, recs_n, p[i].interaction), at < list_n ? entries[at].source : STR(""),
                  found[i]);
    }
    return rc;
}

static void answer_end(struct asking *x)
{
    struct answer *out = x->out;

    out->found = out->counted = true;
    if (x->fq.count) {
        out->sentences[0] =
            (struct answer_sentence){.text = finding_question_say(&x->fq, out->count, x->a), .score = 1};
        out->sentences_n = 1;
    }
}

enum err_code api_findings_count(struct call *k, const struct answer_question *q, struct arena *a, struct answer *out,
                                 bool *out_done, struct err *e)
{
    struct asking x = {.k = k, .core = ((struct api *)k->app)->core, .filter = q->filter, .a = a, .out = out};
    struct account_row *accounts = NULL;
    struct finding_place *p = NULL;
    size_t accounts_n = 0, n = 0;
    str *names = NULL;

    *out_done = false;
    if (!res_may(&k->who, PERM_FINDINGS_READ) || !finding_question_likely(q->text, a))
        return ERR_OK;
    x.today = q->now_ms / DAY_MS;
    if (accounts_names(&x, &accounts, &names, &accounts_n, e))
        return e->code;
    if (!finding_question_parse(q->text, q->now_ms, names, accounts_n, a, &x.fq))
        return ERR_OK;
    for (size_t i = 0; i < accounts_n && x.fq.account.n; i++)
        if (names[i].p == x.fq.account.p && id_is_nil(x.filter.account))
            x.filter.account = accounts[i].id;
    if (x.fq.has_said)
        day_range(&x.filter, &x.fq.said);
    if (places_find(&x, &p, &n, e))
        return e->code;
    out->rows = ARENA_ARRAY(a, struct answer_row, ROWS_MAX);
    out->sentences = ARENA_ARRAY(a, struct answer_sentence, ANSWER_SENTENCES_MAX);
    for (size_t i = 0; i < n;) {
        size_t end = i + PAGE < n ? i + PAGE : n;
        while (end < n && id_eq(p[end].interaction, p[end - 1].interaction))
            end++;
        if (places_open(&x, p + i, end - i, e))
            return e->code;
        i = end;
    }
    *out_done = out->count > 0 || (x.fq.count && !x.fq.person.n); /* a name nobody has is a question for the words */
    if (*out_done)
        answer_end(&x);
    return ERR_OK;
}
