/* insight/answer_say.c - a counted figure as a person would say it. */
#include "insight/answer_count.h"

#include "base/buf.h"

enum { SENTENCE_MAX = 4096 };

static const char *verb_of(const struct count_query *q, bool one)
{
    switch (q->noun->kinds) {
    case 1u << IA_MAIL:
        return one ? "was sent" : "were sent";
    case 1u << IA_NOTE:
        return one ? "was written" : "were written";
    default:
        return "took place";
    }
}

/* What somebody does with such things: "sent" mails, "spoke in" calls. */
static const char *deed_of(const struct count_query *q, enum count_role role)
{
    if (role == COUNT_PERSON)
        return "took part in";
    switch (q->noun->kinds) {
    case 1u << IA_MAIL:
        return "sent";
    case 1u << IA_CALL:
        return "spoke in";
    case 0:
        return "spoke in or wrote";
    default:
        return "wrote";
    }
}

static void amount_put(struct buf *b, const struct count_query *q, int64_t n, bool first)
{
    if (n == 0)
        buf_fmt(b, "%s %s", first ? "No" : "no", q->noun->many);
    else
        buf_fmt(b, "%lld %s", (long long)n, n == 1 ? q->noun->one : q->noun->many);
}

/* " with Acme and Beta": the names of a role, or nothing. */
static bool names_put(struct buf *b, const struct count_query *q, enum count_role role, const char *before)
{
    bool any = false;

    for (size_t i = 0; i < q->names_n; i++)
        if (q->names[i].role == role) {
            buf_fmt(b, " %s %.*s", any ? "and" : before, STR_ARG(q->names[i].said));
            any = true;
        }
    return any;
}

static bool has(const struct count_query *q, enum count_role role)
{
    for (size_t i = 0; i < q->names_n; i++)
        if (q->names[i].role == role)
            return true;
    return false;
}

/* "Lucy Fairweather sent 5 mails to Tidewater Books" */
static void deed_put(struct buf *b, const struct count_query *q, int64_t n, enum count_role role)
{
    bool any = false;

    for (size_t i = 0; i < q->names_n; i++)
        if (q->names[i].role == role) {
            buf_fmt(b, "%s%.*s", any ? " and " : "", STR_ARG(q->names[i].said));
            any = true;
        }
    buf_fmt(b, " %s ", deed_of(q, role));
    amount_put(b, q, n, false);
    names_put(b, q, role == COUNT_BY ? COUNT_PERSON : COUNT_BY, role == COUNT_BY ? "with" : "by");
    names_put(b, q, COUNT_WITH, "with");
    names_put(b, q, COUNT_TO, "to");
    names_put(b, q, COUNT_WORDS, n == 1 ? "that mentions" : "that mention");
}

/* "2 calls with Acme mention price", "7 mails were exchanged with Acme", "19 calls took place" */
static void fact_put(struct buf *b, const struct count_query *q, int64_t n)
{
    bool mail = q->noun->kinds == 1u << IA_MAIL;

    if (q->noun->kinds == 1u << IA_DOCUMENT && !has(q, COUNT_WORDS)) {
        buf_fmt(b, "There %s ", n == 1 ? "is" : "are");
        amount_put(b, q, n, false);
        names_put(b, q, COUNT_WITH, "with");
        names_put(b, q, COUNT_TO, "to");
        return;
    }
    amount_put(b, q, n, true);
    if (has(q, COUNT_WORDS)) {
        names_put(b, q, COUNT_WITH, "with");
        names_put(b, q, COUNT_TO, "to");
        names_put(b, q, COUNT_WORDS, n == 1 ? "mentions" : "mention");
    } else if (mail && has(q, COUNT_WITH) && !has(q, COUNT_TO)) {
        buf_str(b, n == 1 ? STR(" was exchanged") : STR(" were exchanged"));
        names_put(b, q, COUNT_WITH, "with");
    } else {
        names_put(b, q, COUNT_WITH, "with");
        buf_fmt(b, " %s", verb_of(q, n == 1));
        names_put(b, q, COUNT_TO, "to");
    }
}

static void german_put(struct buf *b, const struct count_query *q, int64_t n)
{
    if (n == 0)
        buf_fmt(b, "Es gab keine %s", q->noun->many);
    else
        buf_fmt(b, "Es gab %lld %s", (long long)n, n == 1 ? q->noun->one : q->noun->many);
    names_put(b, q, COUNT_WITH, "mit");
    names_put(b, q, COUNT_PERSON, "mit");
    names_put(b, q, COUNT_BY, "von");
    names_put(b, q, COUNT_TO, "an");
    names_put(b, q, COUNT_WORDS, "zu");
}

str count_say(const struct count_query *q, int64_t n, struct arena *a)
{
    struct buf b;
    str out;

    buf_init_wiped(&b, SENTENCE_MAX);
    if (q->noun->german)
        german_put(&b, q, n);
    else if (has(q, COUNT_BY))
        deed_put(&b, q, n, COUNT_BY);
    else if (has(q, COUNT_PERSON))
        deed_put(&b, q, n, COUNT_PERSON);
    else
        fact_put(&b, q, n);
    if (q->when.n)
        buf_fmt(&b, " %.*s", STR_ARG(q->when));
    buf_char(&b, '.');
    out = str_dup(a, buf_view(&b));
    buf_done(&b);
    return out;
}
