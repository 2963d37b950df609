#include "deals/methodology.h"

#include "records/cards.h"

static const struct {
    const char *field;
    enum crm_phase from;
} by_phase[] = {
    {"meddpicc.identify_pain", CRM_EARLY},      {"meddpicc.metrics", CRM_MIDDLE},
    {"meddpicc.decision_criteria", CRM_MIDDLE}, {"meddpicc.champion", CRM_MIDDLE},
    {"meddpicc.economic_buyer", CRM_PROPOSAL},  {"meddpicc.decision_process", CRM_PROPOSAL},
    {"meddpicc.competition", CRM_PROPOSAL},     {"meddpicc.paper_process", CRM_NEGOTIATION},
};

static struct id_set track_read(const struct json *list, struct arena *a)
{
    struct id *ids = ARENA_ARRAY(a, struct id, json_len(list) + 1);
    struct json_it it;
    size_t n = 0;

    for (json_it_init(&it, list); json_it_next(&it);)
        n += id_parse(json_str(it.val, STR("")), &ids[n]);
    return id_set_of(ids, n);
}

static void stages_read(const struct card *card, const struct json *stages, struct arena *a, struct methodology *out)
{
    str *fields = ARENA_ARRAY(a, str, METHODOLOGY_FIELDS_MAX);
    size_t n = 0;
    struct json_it it, in;

    for (json_it_init(&it, stages); json_it_next(&it);) {
        struct methodology_stage s = {.playbook = card->id};
        size_t before = n;
        for (json_it_init(&in, json_get(it.val, "fields")); json_it_next(&in) && n < METHODOLOGY_FIELDS_MAX;)
            fields[n++] = str_dup(a, json_str(in.val, STR("")));
        s.name = str_dup(a, json_str(json_get(it.val, "name"), STR("")));
        s.fields = fields; /* those before come first */
        s.fields_n = n > before ? n : 0;
        s.track = track_read(json_get(it.val, "talk_track"), a);
        if (s.fields_n || s.track.n)
            ARENA_PUSH(a, out->stages, out->stages_n, out->stages_cap) = s;
    }
}

enum err_code methodology_load(struct db_tx *t, const struct vaulted *v, struct arena *a, struct methodology *out,
                               struct err *e)
{
    struct card_filter all = {P_NULL(DB_I64S), P_NULL(DB_IDS), STR("")};
    struct page_want w = {.limit = METHODOLOGY_PLAYBOOKS_MAX, .from_ms = CLOCK_NONE, .to_ms = CLOCK_NONE};
    struct card *cards;
    size_t n;

    *out = (struct methodology){0};
    if (cards_page(t, v, CARD_PLAYBOOK, &all, &w, a, &cards, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        struct json_doc *d = NULL;
        if (json_parse(cards[i].body, &d, e))
            return e->code;
        stages_read(&cards[i], json_get(json_root(d), "stages"), a, out);
        json_free(d);
    }
    return ERR_OK;
}

static void need_add(struct methodology_need *need, str field)
{
    if (need->n == METHODOLOGY_FIELDS_MAX || !field.n || field.n >= METHODOLOGY_FIELD_BYTES)
        return;
    for (size_t i = 0; i < need->n; i++)
        if (str_eq(field, str_of(need->field[i])))
            return;
    memcpy(need->field[need->n], field.p, field.n);
    need->field[need->n++][field.n] = 0;
}

void methodology_required(const struct methodology *m, str name, const struct deal_stage *s,
                          struct methodology_need *out)
{
    *out = (struct methodology_need){0};
    for (size_t i = 0; m && i < m->stages_n; i++)
        if (str_eq_nocase(m->stages[i].name, name) && m->stages[i].fields_n) {
            out->playbook = m->stages[i].playbook;
            for (size_t k = 0; k < m->stages[i].fields_n; k++)
                need_add(out, m->stages[i].fields[k]);
            return;
        }
    for (size_t i = 0; s && i < sizeof by_phase / sizeof *by_phase; i++)
        if (by_phase[i].from <= s->phase)
            need_add(out, str_of(by_phase[i].field));
}

struct id_set methodology_track(const struct methodology *m, str name)
{
    for (size_t i = 0; i < m->stages_n; i++)
        if (m->stages[i].track.n && str_eq_nocase(m->stages[i].name, name))
            return m->stages[i].track;
    return (struct id_set){0};
}

void methodology_missing(const struct methodology_need *need, const struct deal_facts *f, int64_t as_of,
                         struct methodology_need *out)
{
    struct methodology_need missing = {.playbook = need->playbook};

    for (size_t i = 0; i < need->n; i++)
        if (deal_field_score(f, as_of, need->field[i], NULL) < 1)
            need_add(&missing, str_of(need->field[i]));
    *out = missing;
}
