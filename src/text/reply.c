#include "text/reply_priv.h"

enum { PART_UNSET = REPLY_KINDS, SIGNATURE_LINES_MAX = 20, RULE_SIGNATURE_LINES_MAX = 8, STAMP_LINES_MAX = 8 };

static struct line *lines_cut(str body, struct arena *a, size_t *out_n)
{
    struct line *l = NULL;
    size_t n = 0, cap = 0, i = 0;

    while (i < body.n) {
        size_t end = i;
        while (end < body.n && body.p[end] != '\n' && body.p[end] != '\r')
            end++;
        if (end < body.n)
            end += body.p[end] == '\r' && end + 1 < body.n && body.p[end + 1] == '\n' ? 2 : 1;
        if (n + 1 >= REPLY_LINES_MAX)
            end = body.n;
        struct line *one = &ARENA_PUSH(a, l, n, cap);
        one->raw = str_sub(body, i, end);
        one->text = str_trim(one->raw);
        while (one->text.n >= 2 && memcmp(one->text.p, "\xC2\xA0", 2) == 0) /* no-break spaces of web clients */
            one->text = str_trim(str_from(one->text, 2));
        one->part = (enum reply_kind)PART_UNSET;
        i = end;
    }
    *out_n = n;
    return l;
}

static void mark(struct line *l, size_t from, size_t to, enum reply_kind kind)
{
    for (size_t i = from; i < to; i++)
        if (l[i].text.n)
            l[i].part = kind;
}

static size_t next_solid(const struct line *l, size_t n, size_t i)
{
    while (i < n && l[i].kind == LINE_EMPTY)
        i++;
    return i;
}

static bool structural(enum line_kind k)
{
    return k == LINE_QUOTE || k == LINE_ATTRIBUTION || k == LINE_ORIGINAL || k == LINE_FORWARD || k == LINE_HEADER;
}

/* Lines of text from `at` to the next quotation or the end. */
static size_t text_ahead(const struct line *l, size_t n, size_t at, size_t *out_end, size_t *out_longest)
{
    size_t count = 0;

    *out_longest = 0;
    for (; at < n && count <= SIGNATURE_LINES_MAX && !structural(l[at].kind); at++) { /* more is no signature */
        count += l[at].kind != LINE_EMPTY;
        if (l[at].text.n > *out_longest)
            *out_longest = l[at].text.n;
    }
    *out_end = at;
    return count;
}

/* Do own words follow at `at`, below a quotation? A signature alone is no reply. */
static bool own_follows(const struct line *l, size_t n, size_t at)
{
    at = next_solid(l, n, at);
    return at < n && l[at].kind == LINE_TEXT;
}

static size_t quote_end(const struct line *l, size_t n, size_t at)
{
    size_t end = at;

    for (size_t i = at; i < n && (l[i].kind == LINE_QUOTE || l[i].kind == LINE_EMPTY); i++)
        if (l[i].kind == LINE_QUOTE)
            end = i + 1;
    return end;
}

/* "> On Monday, A wrote:" inside the quotation itself. */
static bool quote_tells_author(const struct line *l, size_t from, size_t to, struct arena *a)
{
    struct line *inner = ARENA_ARRAY(a, struct line, to - from);

    for (size_t i = from; i < to; i++) {
        str t = l[i].text;
        while (t.n && (t.p[0] == '>' || t.p[0] == ' '))
            t = str_from(t, 1);
        inner[i - from].raw = inner[i - from].text = t;
    }
    reply_lines_classify(inner, to - from, a);
    for (size_t i = 0; i < to - from; i++)
        if (inner[i].kind == LINE_ATTRIBUTION || inner[i].kind == LINE_HEADER)
            return true;
    return false;
}

struct split {
    struct line *l;
    size_t n;
    bool own, headed; /* own words seen; an attribution stands right above */
    struct arena *a;
};

static size_t take_quote(struct split *s, size_t i)
{
    size_t end = quote_end(s->l, s->n, i);
    enum reply_kind kind = REPLY_QUOTED;

    if (own_follows(s->l, s->n, end))
        kind = s->own ? REPLY_QUOTE_INLINE : REPLY_QUOTED;
    else if (!s->own && !s->headed && !quote_tells_author(s->l, i, end, s->a))
        kind = REPLY_OWN; /* nothing else in the mail: someone wrote with marks */
    mark(s->l, i, end, kind);
    s->headed = false;
    return end;
}

static size_t take_attribution(struct split *s, size_t i)
{
    size_t end = i + s->l[i].span, next = next_solid(s->l, s->n, end);

    mark(s->l, i, end, REPLY_QUOTE_HEADER);
    s->headed = true;
    /* Clients that quote "Name> like this" do not expect answers in between; those that use '>' do. */
    if (next < s->n && !(s->l[next].kind == LINE_QUOTE && s->l[next].text.p[0] == '>') && s->own) {
        mark(s->l, end, s->n, REPLY_QUOTED);
        return s->n;
    }
    return end;
}

/* A divider, its header block, and all that follows. */
static size_t take_embedded(struct split *s, size_t i)
{
    bool forward = false;
    size_t end = i, next;

    for (next = i; next < s->n; next = next_solid(s->l, s->n, end)) {
        enum line_kind k = s->l[next].kind;
        if (k == LINE_FORWARD)
            forward = true;
        else if (k != LINE_RULE && k != LINE_ORIGINAL && k != LINE_HEADER && k != LINE_DASHES)
            break;
        end = next + s->l[next].span;
        if (k == LINE_HEADER)
            break;
    }
    forward = forward || !s->own;
    mark(s->l, i, end, forward ? REPLY_FORWARD_HEADER : REPLY_QUOTE_HEADER);
    mark(s->l, end, s->n, forward ? REPLY_FORWARDED : REPLY_QUOTED);
    return s->n;
}

/* A rule begins a signature when little text follows it, set off from what is above. */
static size_t take_rule(struct split *s, size_t i)
{
    size_t next = i, end, longest, count;

    while (next < s->n &&
           (s->l[next].kind == LINE_RULE || s->l[next].kind == LINE_DASHES || s->l[next].kind == LINE_EMPTY))
        next++;
    if (next < s->n &&
        (s->l[next].kind == LINE_HEADER || s->l[next].kind == LINE_ORIGINAL || s->l[next].kind == LINE_FORWARD))
        return take_embedded(s, i);
    count = text_ahead(s->l, s->n, next, &end, &longest);
    if (count == 0 || s->l[i].kind == LINE_DASHES ? count <= SIGNATURE_LINES_MAX
                                                  : count <= RULE_SIGNATURE_LINES_MAX && longest <= 100 &&
                                                        (i == 0 || s->l[i - 1].kind != LINE_TEXT) && end == s->n) {
        mark(s->l, i, end, REPLY_SIGNATURE);
        return end;
    }
    mark(s->l, i, next, REPLY_OWN);
    return next;
}

static size_t take_stamp(struct split *s, size_t i)
{
    size_t end, longest, count = text_ahead(s->l, s->n, i, &end, &longest);

    if (count > STAMP_LINES_MAX)
        end = i + 1;
    mark(s->l, i, end, REPLY_SIGNATURE);
    return end;
}

static void parts_mark(struct split *s)
{
    size_t i = 0;

    while (i < s->n) {
        switch (s->l[i].kind) {
        case LINE_EMPTY:
            i++;
            break;
        case LINE_TEXT:
            s->l[i++].part = REPLY_OWN;
            s->own = true;
            s->headed = false;
            break;
        case LINE_QUOTE:
            i = take_quote(s, i);
            break;
        case LINE_ATTRIBUTION:
            i = take_attribution(s, i);
            break;
        case LINE_RULE:
        case LINE_DASHES:
            i = take_rule(s, i);
            break;
        case LINE_STAMP:
            i = take_stamp(s, i);
            break;
        case LINE_ORIGINAL:
        case LINE_FORWARD:
        case LINE_HEADER:
            i = take_embedded(s, i);
            break;
        }
    }
}

static void signoff_mark(struct split *s, str sender)
{
    size_t end = s->n, from, at;

    while (end > 0 && s->l[end - 1].part != REPLY_OWN)
        end--;
    for (from = end; from > 0; from--)
        if (s->l[from - 1].part != REPLY_OWN && s->l[from - 1].kind != LINE_EMPTY)
            break;
    at = reply_signoff_find(s->l, from, end, sender, s->a);
    mark(s->l, at, end, REPLY_SIGNOFF);
}

void reply_split(str body, str sender, struct arena *a, struct reply_part **out, size_t *out_n)
{
    struct split s = {.a = a};
    struct reply_part *parts = NULL;
    size_t n = 0, cap = 0;
    enum reply_kind last = (enum reply_kind)PART_UNSET;

    s.l = lines_cut(body, a, &s.n);
    reply_lines_classify(s.l, s.n, a);
    parts_mark(&s);
    signoff_mark(&s, sender);
    for (size_t i = 0; i < s.n; i++) { /* blank lines go with what is above; leading ones with what is below */
        enum reply_kind k = s.l[i].part == (enum reply_kind)PART_UNSET ? last : s.l[i].part;
        if (n && (k == last || last == (enum reply_kind)PART_UNSET)) {
            parts[n - 1].text.n += s.l[i].raw.n;
            parts[n - 1].kind = k;
        } else {
            ARENA_PUSH(a, parts, n, cap) = (struct reply_part){k, s.l[i].raw};
        }
        last = k;
    }
    if (n && parts[n - 1].kind == (enum reply_kind)PART_UNSET)
        parts[n - 1].kind = REPLY_OWN; /* blank lines only */
    *out = parts;
    *out_n = n;
}

static str parts_join(const struct reply_part *parts, size_t n, unsigned kinds, struct arena *a)
{
    str *list = ARENA_ARRAY(a, str, n);
    size_t k = 0;

    for (size_t i = 0; i < n; i++)
        if (kinds & (1u << parts[i].kind))
            list[k++] = parts[i].text;
    str all = str_join(a, list, k, STR(""));
    all = str_trim_end(all);
    while (all.n && (all.p[0] == '\n' || all.p[0] == '\r'))
        all = str_from(all, 1);
    return all;
}

str reply_text(const struct reply_part *parts, size_t n, bool signature, struct arena *a)
{
    unsigned kinds = 1u << REPLY_OWN | 1u << REPLY_QUOTE_INLINE;
    str all;

    if (signature)
        kinds |= 1u << REPLY_SIGNOFF | 1u << REPLY_SIGNATURE;
    all = parts_join(parts, n, kinds, a);
    if (str_trim(all).n == 0)
        all = parts_join(parts, n, 1u << REPLY_FORWARDED, a);
    return all;
}
