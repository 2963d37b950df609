/* deals/stakeholders.h - who of them talks to whom of us about a deal, and how often: a graph of people.
 *
 * Nodes are people of the account or of the deal as the CRM says, and everybody who took part in a conversation of the deal or
 * in an activity the CRM logged. Two people have an edge when they met in a call or logged meeting, or when one wrote a mail
 * the other received. What is both a conversation and a logged activity counts once. A thread is a person of theirs with
 * contact in both directions within 60 days (as warning W04 counts); a deal hangs by one thread when W04 holds, and by one of
 * ours when only one of our people has any contact with theirs. Of customers the strong sentences (positive, negative) of
 * their words are counted; of our own people never. Calls block on the database; memory in `a`, wiped. */
#pragma once
#include "deals/view.h"

enum { STAKEHOLDERS_VERSION = 1, STAKEHOLDER_SOURCES_MAX = 20, STAKEHOLDERS_MAX = 500 };

struct stakeholder {
    struct id person;
    enum ia_side side;
    str name, title; /* empty: unknown */
    enum crm_seniority seniority;
    unsigned flags; /* CRM_CHAMPION ... */
    int conversations, written, received; /* of the deal: calls and meetings, mails */
    int64_t talk_ms, last_ms; /* CLOCK_NONE: never */
    int positive, negative; /* strong sentences; of customers only */
    bool thread; /* contact both ways within 60 days */
};

struct stakeholder_edge {
    size_t a, b; /* places in `nodes`; a < b */
    int met, a_to_b, b_to_a; /* calls and meetings together; mails */
    int64_t a_talk_ms, b_talk_ms; /* what each said in calls with the other */
    int64_t last_ms;
    struct deal_evidence source[STAKEHOLDER_SOURCES_MAX]; /* the newest, oldest of them first */
    size_t source_n, source_all;
};

struct stakeholder_graph {
    struct stakeholder *nodes;
    size_t nodes_n;
    struct stakeholder_edge *edges;
    size_t edges_n;
    int threads, ours;   /* theirs with a thread; ours with any contact to theirs */
    double
        busiest_share; /* share of what happened with theirs that the busiest of them took part in; NaN: nothing did */
    bool left_out; /* more than STAKEHOLDERS_MAX people */
};

/* Of one deal as of vs->now, from conversations that `sees` lets through. */
enum err_code stakeholders_load(struct deal_views *vs, const struct deal_view *d,
                                bool (*sees)(void *arg, struct id interaction), void *arg,
                                struct stakeholder_graph *out, struct err *e);
