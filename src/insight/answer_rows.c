/* insight/answer_rows.c - a counting question's query run over the catalogue: which interactions it means. */
#include "insight/answer_count.h"
#include "insight/answer_priv.h"
#include "text/words.h"

enum { LOAD_BATCH = 64, ROWS_MAX = 100000, ZONE_MS_MAX = 15 * 3600000 };

/* The words of `name` stand in `text`, one after the other. */
static bool holds(str text, str name, struct arena *a)
{
    struct words have = words_split(text, a), want = words_split(name, a);

    for (size_t i = 0; want.n && i + want.n <= have.n; i++) {
        size_t k = 0;
        while (k < want.n && (str_eq(have.token[i + k], want.token[k]) ||
                              str_eq(have.token[i + k], str_fmt(a, "%.*s's", STR_ARG(want.token[k])))))
            k++;
        if (k == want.n)
            return true;
    }
    return false;
}

static bool people_hold(const struct interaction *ia, str name, struct arena *a)
{
    for (size_t i = 0; i < ia->participants_n; i++)
        if (holds(ia->participants[i].name, name, a) || str_eq_nocase(ia->participants[i].email, name))
            return true;
    for (size_t i = 0; i < ia->turns_n; i++)
        if (holds(ia->turns[i].speaker, name, a))
            return true;
    return false;
}

static bool speaks(const struct interaction *ia, str name, struct arena *a)
{
    for (size_t i = 0; i < ia->turns_n; i++)
        if (ia->turns[i].speaker.n && holds(ia->turns[i].speaker, name, a))
            return true;
    return false;
}

static bool words_hold(const struct interaction *ia, str words, struct arena *a)
{
    struct arena *scratch = arena_new_wiped("insight.count");
    bool found = false;

    (void)a;
    for (size_t i = 0; i < ia->turns_n && !found; i++) {
        found = str_find_nocase(ia->turns[i].text, words, 0) != SIZE_MAX || holds(ia->turns[i].text, words, scratch);
        arena_reset(scratch);
    }
    arena_free(scratch);
    return found;
}

static bool passes(const struct interaction *ia, const struct count_query *q, struct arena *a)
{
    for (size_t i = 0; i < q->names_n; i++) {
        str name = q->names[i].name;
        bool account = holds(ia->account, name, a), ok = false;
        switch (q->names[i].role) {
        case COUNT_WITH:
            ok = account || people_hold(ia, name, a) || holds(ia->title, name, a);
            break;
        case COUNT_PERSON:
            ok = people_hold(ia, name, a);
            break;
        case COUNT_BY:
            ok = speaks(ia, name, a) || (!ia->account.n ? false : account && ia->kind != IA_MAIL);
            break;
        case COUNT_TO:
            ok = account || (people_hold(ia, name, a) && !speaks(ia, name, a));
            break;
        case COUNT_WORDS:
            ok = words_hold(ia, name, a);
            break;
        }
        if (!ok)
            return false;
    }
    return true;
}

/* The day is that of the place where the interaction was recorded. */
static bool in_range(const struct interaction *ia, const struct count_query *q)
{
    int64_t local;

    if (q->from_ms == CLOCK_NONE && q->to_ms == CLOCK_NONE)
        return true;
    if (ia->started_at_ms == CLOCK_NONE)
        return false;
    local = ia->started_at_ms + (int64_t)ia->started_offset_min * 60000;
    return (q->from_ms == CLOCK_NONE || local >= q->from_ms) && (q->to_ms == CLOCK_NONE || local < q->to_ms);
}

static struct index_filter filter_of(const struct answer_question *q, const struct count_query *c)
{
    struct index_filter f = q->filter;
    unsigned all = (1u << IA_KINDS) - 1;

    if (c->kinds)
        f.kinds = (f.kinds ? f.kinds : all) & c->kinds;
    if (c->from_ms != CLOCK_NONE && (f.from_ms == CLOCK_NONE || c->from_ms - ZONE_MS_MAX > f.from_ms))
        f.from_ms = c->from_ms - ZONE_MS_MAX;
    if (c->to_ms != CLOCK_NONE && (f.to_ms == CLOCK_NONE || c->to_ms + ZONE_MS_MAX < f.to_ms))
        f.to_ms = c->to_ms + ZONE_MS_MAX;
    return f;
}

static enum err_code batch_count(const struct answer_source *src, const struct index_entry *list, size_t n,
                                 const struct count_query *c, struct arena *a, struct answer *out, struct err *e)
{
    struct arena *page = arena_new_wiped("insight.count");
    struct id ids[LOAD_BATCH];
    struct interaction *ia;
    size_t got = 0;
    enum err_code rc;

    for (size_t i = 0; i < n; i++)
        ids[i] = list[i].interaction;
    rc = src->load(src->arg, ids, n, page, &ia, &got, e);
    for (size_t i = 0, k = 0; !rc && i < got; i++) {
        while (k < n && !id_eq(list[k].interaction, ia[i].id))
            k++;
        if (k < n && in_range(&ia[i], c) && passes(&ia[i], c, page))
            out->rows[out->rows_n++] = (struct answer_row){.kind = ia_kind_name(ia[i].kind),
                                                           .interaction = ia[i].id,
                                                           .started_at_ms = ia[i].started_at_ms,
                                                           .title = list[k].title,
                                                           .source = list[k].source};
    }
    (void)a;
    arena_free(page);
    return rc;
}

static void sentence_make(const struct count_query *c, struct arena *a, struct answer *out)
{
    out->sentences = ARENA_NEW(a, struct answer_sentence);
    out->sentences_n = 1;
    out->sentences[0].score = 1;
    out->sentences[0].text = count_say(c, out->count, a);
    out->found = out->counted = true;
}

bool answer_counted(struct index *ix, const struct answer_source *src, const struct answer_question *q, struct arena *a,
                    struct answer *out, enum err_code *rc, struct err *e)
{
    struct index_entry *list;
    struct index_filter f;
    struct count_query c;
    size_t n, total;

    *rc = ERR_OK;
    if (!count_parse(q->text, q->now_ms, a, &c))
        return false;
    f = filter_of(q, &c);
    if (f.kinds == 0 && c.kinds) { /* asked for mails where only calls may be looked at */
        sentence_make(&c, a, out);
        return true;
    }
    index_list(ix, &f, 0, ROWS_MAX, a, &list, &n, &total);
    if (total > n) {
        *rc = err_set(e, ERR_LIMIT, "more than %d interactions to count: narrow the question", ROWS_MAX);
        return true;
    }
    out->rows = ARENA_ARRAY(a, struct answer_row, n + 1);
    for (size_t i = 0; i < n && !*rc; i += LOAD_BATCH)
        *rc = batch_count(src, list + i, n - i < LOAD_BATCH ? n - i : LOAD_BATCH, &c, a, out, e);
    out->count = (int64_t)out->rows_n;
    if (!*rc)
        sentence_make(&c, a, out);
    return true;
}
