#include "insight/finding_question.h"

enum { QUESTION_MAX = 500, PERSON_WORDS_MAX = 3 };

#define PROMISE "commitment", "commitment", "commitments", {NULL}, {"COMMITTED", "ACCEPTED"}
#define REQUEST "commitment", "request", "requests", {NULL}, {"REQUESTED"}
#define OBJECTION                                                                                                      \
    "objection", "objection", "objections", {NULL},                                                                    \
    {                                                                                                                  \
        NULL                                                                                                           \
    }
#define DECISION                                                                                                       \
    "decision", "decision", "decisions", {NULL},                                                                       \
    {                                                                                                                  \
        NULL                                                                                                           \
    }
#define COMPETITOR                                                                                                     \
    "competitor", "mention of a competitor", "mentions of competitors", {NULL},                                        \
    {                                                                                                                  \
        NULL                                                                                                           \
    }
#define RED_FLAG                                                                                                       \
    "red_flag", "red flag", "red flags", {NULL},                                                                       \
    {                                                                                                                  \
        NULL                                                                                                           \
    }
#define FIELD(...)                                                                                                     \
    "qualification", "statement", "statements", {__VA_ARGS__},                                                         \
    {                                                                                                                  \
        NULL                                                                                                           \
    }

/* What can be asked for; a phrase stands before those that stand in it. */
static const struct noun {
    const char *phrase, *kind, *one, *many;
    const char *classes[FINDING_CLASSES_MAX], *modalities[FINDING_MODALITIES_MAX];
} nouns[] = {
    {"commitments", PROMISE},
    {"commitment", PROMISE},
    {"commit to", PROMISE},
    {"committed to", PROMISE},
    {"promises", PROMISE},
    {"promised", PROMISE},
    {"promise", PROMISE},
    {"action items", PROMISE},
    {"owe", PROMISE},
    {"owes", PROMISE},
    {"ask us for", REQUEST},
    {"asked us for", REQUEST},
    {"ask for", REQUEST},
    {"asked for", REQUEST},
    {"requested", REQUEST},
    {"requests", REQUEST},
    {"objections", OBJECTION},
    {"objection", OBJECTION},
    {"object to", OBJECTION},
    {"concerns", OBJECTION},
    {"decisions", DECISION},
    {"competitors", COMPETITOR},
    {"competitor", COMPETITOR},
    {"red flags", RED_FLAG},
    {"economic buyer", FIELD("meddpicc.economic_buyer")},
    {"decision criteria", FIELD("meddpicc.decision_criteria")},
    {"decision process", FIELD("meddpicc.decision_process", "spiced.decision")},
    {"paper process", FIELD("meddpicc.paper_process")},
    {"champion", FIELD("meddpicc.champion")},
    {"budget", FIELD("bant.budget")},
    {"timeline", FIELD("bant.timeline")},
    {"critical event", FIELD("spiced.critical_event")},
    {"compelling event", FIELD("spiced.critical_event")},
    {"pain points", FIELD("meddpicc.identify_pain", "spiced.pain")},
    {"pain", FIELD("meddpicc.identify_pain", "spiced.pain")},
};

/* What an objection is about. */
static const struct {
    const char *phrase, *class;
} subjects[] = {
    {"price", "PRICE"},
    {"prices", "PRICE"},
    {"pricing", "PRICE"},
    {"cost", "PRICE"},
    {"costs", "PRICE"},
    {"budget", "BUDGET"},
    {"timing", "TIMING"},
    {"authority", "AUTHORITY"},
    {"need", "NEED"},
    {"fit", "FIT"},
    {"trust", "TRUST"},
    {"competitors", "COMPETITOR"},
    {"the competition", "COMPETITOR"},
    {"the status quo", "STATUS_QUO"},
    {"effort", "EFFORT"},
    {"security and privacy", "SECURITY_PRIVACY"},
    {"data protection", "SECURITY_PRIVACY"},
    {"security", "SECURITY_PRIVACY"},
    {"privacy", "SECURITY_PRIVACY"},
    {"legal terms", "LEGAL_PROCUREMENT"},
    {"legal", "LEGAL_PROCUREMENT"},
    {"procurement", "LEGAL_PROCUREMENT"},
};

static const struct noun *noun_take(struct asked *w)
{
    for (size_t i = 0; i < sizeof nouns / sizeof *nouns; i++)
        if (asked_take(w, str_of(nouns[i].phrase)))
            return &nouns[i];
    return NULL;
}

/* What a question begins with says whether it counts. */
static bool ask_take(struct asked *w, struct finding_query *q)
{
    static const char *const counts[] = {"how many", "number of", NULL};
    static const char *const lists[] = {"which", "what", "who", "list", "show me", "show", "give me", "find", NULL};

    q->count = asked_take_any(w, counts);
    return q->count || asked_take_any(w, lists);
}

static void subject_take(struct asked *w, struct finding_query *q)
{
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
        if (asked_take(w, str_fmt(w->a, "about %s", subjects[i].phrase)) ||
            asked_take(w, str_fmt(w->a, "to the %s", subjects[i].phrase))) {
            q->classes[q->classes_n++] = str_of(subjects[i].class);
            return;
        }
}

static void due_take(struct asked *w, int64_t now, struct finding_query *q)
{
    q->overdue = asked_take(w, STR("overdue")) || asked_take(w, STR("late"));
    if (asked_take(w, STR("due")))
        q->has_due = asked_period_take(w, now, &q->due);
    else
        q->has_said = asked_period_take(w, now, &q->said);
}

/* Who says it: "we", or a customer by name; "to Halden" and "promise Halden" is what we say. */
static void sides_take(struct asked *w, const str *accounts, size_t n, struct finding_query *q)
{
    static const char *const ours[] = {"did we", "have we", "do we", "we have", "we", "our", "of ours", NULL};
    static const char *const theirs[] = {"did the customer", "customers", "customer", NULL};
    static const char *const of[] = {"did", "has", "does", "by", "of", "from", NULL};
    bool we = asked_take_any(w, ours), customer = !we && asked_take_any(w, theirs);
    struct asked before = {0};
    str first;

    asked_make(&before, str_n(w->p, w->n), w->a);
    if (n)
        asked_name_take(w, accounts, sizeof *accounts, n, false, &q->account);
    if (we)
        q->side = IA_SIDE_INTERNAL;
    else if (customer)
        q->side = IA_SIDE_EXTERNAL;
    if (we || customer || !q->account.n)
        return;
    first = asked_first_part(q->account);
    for (size_t i = 0; of[i]; i++)
        if (asked_take(&before, str_fmt(w->a, "%s %.*s", of[i], STR_ARG(first))))
            q->side = IA_SIDE_EXTERNAL;
    if (asked_take(&before, str_fmt(w->a, "to %.*s", STR_ARG(first))))
        q->side = IA_SIDE_INTERNAL;
}

static void fillers_take(struct asked *w)
{
    static const char *const fillers[] = {
        "are",   "is",   "was",       "were",  "do",      "does",  "did",  "have",    "has",  "had",
        "there", "the",  "that",      "a",     "an",      "any",   "all",  "in",      "with", "at",
        "for",   "by",   "of",        "and",   "to",      "us",    "from", "on",      "me",   "who",
        "what",  "made", "make",      "raise", "raised",  "given", "give", "still",   "open", "been",
        "so",    "far",  "mentioned", "named", "mention", "other", "s",    "account", NULL};

    while (asked_take_any(w, fillers)) {
    }
}

static size_t words_of(str s)
{
    size_t n = 0;

    for (str rest = str_trim(s); rest.n; n++)
        str_cut(rest, ' ', &rest);
    return n;
}

bool finding_question_likely(str question, struct arena *a)
{
    struct asked w = {0};

    if (question.n > QUESTION_MAX)
        return false;
    asked_make(&w, question, a);
    return noun_take(&w) != NULL;
}

bool finding_question_parse(str question, int64_t now_ms, const str *accounts, size_t accounts_n, struct arena *a,
                            struct finding_query *out)
{
    struct finding_query q = {.side = IA_SIDE_UNKNOWN};
    struct asked w = {0};
    const struct noun *noun;
    str left;

    if (question.n > QUESTION_MAX)
        return false;
    asked_make(&w, question, a);
    if (!ask_take(&w, &q))
        return false;
    sides_take(&w, accounts, accounts_n, &q);
    noun = noun_take(&w);
    if (!noun)
        return false;
    q.kind = noun->kind;
    q.one = noun->one;
    q.many = noun->many;
    for (size_t i = 0; i < FINDING_CLASSES_MAX && noun->classes[i]; i++)
        q.classes[q.classes_n++] = str_of(noun->classes[i]);
    for (size_t i = 0; i < FINDING_MODALITIES_MAX && noun->modalities[i]; i++)
        q.modalities[q.modalities_n++] = str_of(noun->modalities[i]);
    if (str_eq(str_of(q.kind), STR("objection")))
        subject_take(&w, &q);
    due_take(&w, now_ms, &q);
    fillers_take(&w);
    left = str_trim(str_n(w.p, w.n));
    if (left.n) {
        bool people = str_eq(str_of(q.kind), STR("commitment")) && !q.account.n && q.side == IA_SIDE_UNKNOWN;
        if (!people || words_of(left) > PERSON_WORDS_MAX)
            return false;
        q.person = left;
    }
    *out = q;
    return true;
}

bool finding_question_owner(const struct finding_query *q, str owner, struct arena *a)
{
    struct asked name = {0};

    asked_make(&name, owner, a);
    for (str rest = q->person; rest.n;)
        if (!asked_take(&name, str_cut(rest, ' ', &rest)))
            return false;
    return true;
}

str finding_question_say(const struct finding_query *q, int64_t n, struct arena *a)
{
    str text = n ? str_fmt(a, "%lld %s", (long long)n, n == 1 ? q->one : q->many) : str_fmt(a, "No %s", q->many);

    if (str_eq(str_of(q->kind), STR("objection")) && q->classes_n)
        for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
            if (str_eq(str_of(subjects[i].class), q->classes[0])) {
                text = str_fmt(a, "%.*s about %s", STR_ARG(text), subjects[i].phrase);
                break;
            }
    if (q->side != IA_SIDE_UNKNOWN && str_eq(str_of(q->kind), STR("commitment")))
        text = str_fmt(a, "%.*s of %s", STR_ARG(text), q->side == IA_SIDE_INTERNAL ? "ours" : "theirs");
    if (q->account.n)
        text = str_fmt(a, "%.*s, in conversations with %.*s", STR_ARG(text), STR_ARG(q->account));
    if (q->overdue)
        text = str_fmt(a, "%.*s, overdue", STR_ARG(text));
    return text;
}
