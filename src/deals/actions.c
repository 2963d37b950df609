/* deals/actions.c - candidates and their order. */
#include "deals/actions.h"

#include <math.h>

#include "base/sort.h"

const struct action_row action_rows[ACTION_KINDS] = {
    [ACTION_NOTHING] = {"nothing", "Leave it for now.", FORM_NONE, 0},
    [ACTION_FOLLOW_UP] = {"follow_up", "Write again, with something they asked for.", FORM_MAIL, 20},
    [ACTION_CALL] = {"call", "Call the person who went silent.", FORM_CALL, 30},
    [ACTION_BOOK_NEXT] = {"book_next", "Book the next meeting, with an agenda.", FORM_AGENDA, 30},
    [ACTION_MULTITHREAD] = {"multithread", "Bring one more of their people into the conversation.", FORM_MAIL, 40},
    [ACTION_REACH_POWER] = {"reach_power", "Ask for a meeting with whoever decides about the money.", FORM_MAIL, 60},
    [ACTION_TALK_PRICE] = {"talk_price", "Put the price on the agenda.", FORM_AGENDA, 20},
    [ACTION_ANSWER_FLAG] = {"answer_flag", "Speak openly about what they said.", FORM_CALL, 60},
    [ACTION_FIX_CLOSE_DATE] = {"fix_close_date", "Set a close date that fits what is known.", FORM_CRM, 5},
    [ACTION_FIX_STAGE] = {"fix_stage", "Check stage and amount in the CRM.", FORM_CRM, 5},
    [ACTION_SAVE_AMOUNT] = {"save_amount", "Find out why the amount fell, and what could be left out instead.",
                            FORM_CALL, 60},
    [ACTION_NEW_CHAMPION] = {"new_champion", "Win a new champion.", FORM_MAIL, 90},
    [ACTION_ASK_PROCESS] = {"ask_process", "Ask who decides, in which steps, by when.", FORM_AGENDA, 20},
    [ACTION_START_LEGAL] = {"start_legal", "Send the contract draft to legal and procurement now.", FORM_MAIL, 40},
    [ACTION_AGAINST_COMPETITOR] = {"against_competitor", "Prepare the comparison with the competitor they named.",
                                   FORM_AGENDA, 60},
    [ACTION_RESEND] = {"resend", "Send the document again, with its first page in the mail.", FORM_MAIL, 10},
    [ACTION_REASSIGN] = {"reassign", "Give the deal to somebody who is there.", FORM_CRM, 15},
    [ACTION_KEEP_PROMISE] = {"keep_promise", "Do what was promised.", FORM_MAIL, 20},
    [ACTION_REMIND] = {"remind", "Remind them of what they promised.", FORM_MAIL, 10},
    [ACTION_ASK_FIELD] = {"ask_field", "Ask what nobody knows yet.", FORM_AGENDA, 20},
    [ACTION_SEND_DOCUMENT] = {"send_document", "Send the offer, or what they need to decide.", FORM_MAIL, 40},
};

/* What to do about a warning. */
static const enum action_kind of_warning[WARNINGS_N + 1][2] = {
    [1] = {ACTION_FOLLOW_UP, ACTION_BOOK_NEXT},
    [2] = {ACTION_CALL, ACTION_MULTITHREAD},
    [3] = {ACTION_FIX_CLOSE_DATE},
    [4] = {ACTION_MULTITHREAD},
    [5] = {ACTION_REACH_POWER},
    [6] = {ACTION_TALK_PRICE},
    [7] = {ACTION_ANSWER_FLAG},
    [8] = {ACTION_BOOK_NEXT, ACTION_FIX_STAGE},
    [9] = {ACTION_BOOK_NEXT},
    [10] = {ACTION_FIX_CLOSE_DATE},
    [11] = {ACTION_FIX_CLOSE_DATE},
    [12] = {ACTION_FIX_STAGE},
    [13] = {ACTION_SAVE_AMOUNT},
    [14] = {ACTION_CALL, ACTION_NEW_CHAMPION},
    [15] = {ACTION_NEW_CHAMPION},
    [16] = {ACTION_ASK_PROCESS},
    [17] = {ACTION_AGAINST_COMPETITOR},
    [18] = {ACTION_CALL},
    [19] = {ACTION_RESEND},
    [20] = {ACTION_BOOK_NEXT, ACTION_CALL},
    [21] = {ACTION_CALL, ACTION_MULTITHREAD},
    [22] = {ACTION_FIX_CLOSE_DATE},
    [23] = {ACTION_START_LEGAL},
    [24] = {ACTION_REASSIGN},
};

int action_kind_find(str name)
{
    for (int k = 0; k < ACTION_KINDS; k++)
        if (str_eq(name, str_of(action_rows[k].name)))
            return k;
    return -1;
}

static double score_of(enum action_kind k, int severity, double value, const struct action_history *h)
{
    static const double uplift[] = {0.005, 0.01, 0.03, 0.06};
    double accept = (2.0 + h->accepted[k]) / (4.0 + h->decided[k]);

    return k == ACTION_NOTHING ? 0 : accept * 0.7 * uplift[severity] * value - action_rows[k].cost;
}

/* The better reason for a kind stays. */
static void add(struct action_candidate *out, size_t *n, struct action_candidate c)
{
    for (size_t i = 0; i < *n; i++)
        if (out[i].kind == c.kind) {
            if (c.score > out[i].score)
                out[i] = c;
            return;
        }
    if (*n < ACTION_CANDIDATES_MAX)
        out[(*n)++] = c;
}

static int better(const void *x, const void *y)
{
    const struct action_candidate *a = x, *b = y;

    return a->score != b->score ? (a->score < b->score) - (a->score > b->score) : (int)a->kind - (int)b->kind;
}

bool action_barred(const struct action_context *x, struct id person)
{
    for (size_t i = 0; x && i < x->barred_n; i++)
        if (id_eq(x->barred[i], person))
            return true;
    return false;
}

/* Nobody of theirs is left to whom one could turn. */
static bool all_barred(const struct deal_facts *f, const struct action_context *x)
{
    size_t barred = 0;

    for (size_t i = 0; i < f->person_n; i++)
        barred += action_barred(x, f->person[i].id);
    return barred && barred == f->person_n;
}

static bool goes_to_them(enum action_kind k)
{
    return action_rows[k].form == FORM_MAIL || action_rows[k].form == FORM_CALL || action_rows[k].form == FORM_AGENDA;
}

static void promises(const struct deal_facts *f, const struct deal_state *s, double value,
                     const struct action_history *h, const struct action_context *x, struct action_candidate *out,
                     size_t *n)
{
    int64_t today = deal_day(f->pipe, s->as_of);

    for (size_t i = 0; i < f->find_n && f->find[i].at_ms <= s->as_of; i++) {
        const struct deal_find *d = &f->find[i];
        bool promised = strcmp(d->modality, "COMMITTED") == 0 || strcmp(d->modality, "ACCEPTED") == 0;
        bool ours = d->side == IA_SIDE_INTERNAL;
        struct action_candidate c = {.kind = ours ? ACTION_KEEP_PROMISE : ACTION_REMIND, .cause = CAUSE_PROMISE};
        if (d->kind != FIND_COMMITMENT || !promised || d->due_day == INT32_MIN || d->due_day < today - 14 ||
            d->due_day > today + (ours ? 2 : -1) || (!ours && action_barred(x, d->owner)))
            continue;
        c.score = score_of(c.kind, 2, value, h);
        c.evidence = (struct deal_evidence){
            EVIDENCE_INTERACTION, d->interaction, d->at_ms, {d->span[0], d->span[1], d->span[2]}};
        add(out, n, c);
    }
}

/* What nobody knows yet: as a playbook wants it, or else as a deal that is late for it should have it. */
static void gaps_known(const struct deal_facts *f, const struct deal_state *s, double value,
                       const struct action_history *h, const struct action_context *x, struct action_candidate *out,
                       size_t *n)
{
    int known = deal_qualification(f, s->as_of);
    bool playbook = x && !id_is_nil(x->need.playbook);
    struct action_candidate c = {.kind = ACTION_ASK_FIELD, .cause = playbook ? CAUSE_PLAYBOOK : CAUSE_QUALIFICATION};

    if (!s->stage || known < 0)
        return;
    if (playbook && x->missing.n) {
        c.sources[c.sources_n++] = x->need.playbook;
        c.score = score_of(c.kind, 2, value * (double)x->missing.n / (double)x->need.n, h);
        add(out, n, c);
    } else if (!playbook && s->stage->phase >= CRM_PROPOSAL && known < 8) {
        c.score = score_of(c.kind, 1, value, h);
        add(out, n, c);
    }
}

/* What similar won deals had done by now. */
static void gaps_done(double value, const struct action_history *h, const struct action_context *x,
                      struct action_candidate *out, size_t *n)
{
    static const enum action_kind of_deed[SIMILAR_DEEDS] = {
        [DEED_MEETING] = ACTION_BOOK_NEXT,          [DEED_POWER] = ACTION_REACH_POWER,
        [DEED_SECOND_CONTACT] = ACTION_MULTITHREAD, [DEED_DOCUMENT] = ACTION_SEND_DOCUMENT,
        [DEED_PRICE] = ACTION_TALK_PRICE,
    };

    for (size_t i = 0; x && i < x->gaps_n; i++) {
        const struct similar_gap *g = &x->gaps[i];
        struct action_candidate c = {.kind = of_deed[g->deed], .cause = CAUSE_SIMILAR, .sources_n = g->deals_n};
        memcpy(c.sources, g->deals, g->deals_n * sizeof *g->deals);
        c.score = score_of(c.kind, 1, value * g->share, h);
        add(out, n, c);
    }
}

/* One in twenty the first place goes to another of those within a tenth of the best. */
static void explore(struct action_candidate *out, size_t n, uint64_t seed)
{
    const double epsilon = 0.05;
    size_t near = 1;

    while (near < n && out[near].score >= out[0].score - fabs(out[0].score) * 0.1)
        near++;
    for (size_t i = 0; i < near; i++)
        out[i].propensity = near == 1 ? 1 : i == 0 ? 1 - epsilon + epsilon / (double)near : epsilon / (double)near;
    seed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9u;
    seed = (seed ^ (seed >> 27)) * 0x94d049bb133111ebu;
    seed ^= seed >> 31;
    if (near > 1 && (double)(seed >> 11) / 9007199254740992.0 < epsilon) {
        size_t pick = (size_t)(seed % near);
        struct action_candidate c = out[pick];
        memmove(out + 1, out, pick * sizeof *out);
        out[0] = c;
    }
}

size_t actions_rank(const struct deal_facts *f, const struct deal_state *s, const struct warning_hit hits[WARNINGS_N],
                    const struct deal_cohort *c, const struct action_history *h, const struct action_context *x,
                    uint32_t blocked, uint64_t seed, struct action_candidate out[ACTION_CANDIDATES_MAX])
{
    double value = s->has_amount                     ? (double)s->amount_micros / 1e6
                   : c && isfinite(c->median_amount) ? c->median_amount
                                                     : 0;
    size_t n = 0;

    add(out, &n, (struct action_candidate){.kind = ACTION_NOTHING});
    for (int w = 1; w <= WARNINGS_N; w++)
        for (int k = 0; k < 2 && hits[w - 1].on; k++) {
            struct action_candidate o = {.kind = of_warning[w][k], .warning = w};
            if (o.kind == ACTION_NOTHING)
                continue;
            o.score = score_of(o.kind, hits[w - 1].severity, value, h) * (k ? 0.8 : 1);
            if (hits[w - 1].evidence_n)
                o.evidence = hits[w - 1].evidence[0];
            if (o.evidence.kind == EVIDENCE_PERSON && o.kind == ACTION_CALL && action_barred(x, o.evidence.id))
                continue; /* whom to call is who must not be */
            add(out, &n, o);
        }
    promises(f, s, value, h, x, out, &n);
    gaps_known(f, s, value, h, x, out, &n);
    gaps_done(value, h, x, out, &n);
    for (int k = 0; all_barred(f, x) && k < ACTION_KINDS; k++)
        blocked |= goes_to_them((enum action_kind)k) ? 1u << k : 0;
    for (size_t i = 0, kept = 0, all = n; i < all; i++, n = kept)
        if (out[i].kind == ACTION_NOTHING || !(blocked >> out[i].kind & 1u))
            out[kept++] = out[i];
    list_sort(out, n, sizeof *out, better);
    explore(out, n, seed);
    return n;
}
