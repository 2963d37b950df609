/* formats/nlp.c - Rev's token tables: "token|speaker|ts|endTs|punctuation|...", one word a line, times in seconds.
 *
 * Words become turns: a new one begins where the speaker changes or a sentence has ended. Punctuation stands in the row
 * of the word before it. A sentence that begins without a time goes on in the turn before it when that has times and the same
 * speaker, so that one unaligned sentence does not cost a call all its times. */
#include <math.h>

#include "formats/charset.h"
#include "formats/talk.h"

extern const struct format_ops format_nlp;

enum { FIELDS_MAX = 32 };

struct columns {
    int token, speaker, start, end, after, before;
};

static size_t cells_cut(str line, str *cell)
{
    size_t n = 0;

    while (n < FIELDS_MAX) {
        size_t bar = str_find_char(line, '|', 0);

        cell[n++] = str_sub(line, 0, bar);
        if (bar == SIZE_MAX)
            break;
        line = str_from(line, bar + 1);
    }
    return n;
}

static struct columns columns_read(str head)
{
    struct columns c = {-1, -1, -1, -1, -1, -1};
    struct {
        const char *name;
        int *to;
    } rows[] = {{"token", &c.token}, {"speaker", &c.speaker},   {"ts", &c.start},
                {"endTs", &c.end},   {"punctuation", &c.after}, {"prepunctuation", &c.before}};
    str cell[FIELDS_MAX];
    size_t n = cells_cut(str_trim(head), cell);

    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
            if (str_eq(str_trim(cell[i]), str_of(rows[k].name)))
                *rows[k].to = (int)i;
        }
    }
    return c;
}

static str cell_of(const str *cell, size_t n, int col)
{
    return col >= 0 && (size_t)col < n ? str_trim(cell[col]) : STR_NULL;
}

static int64_t seconds(str s)
{
    double d;

    return str_to_double(s, &d) && d >= 0 && d < 1e8 ? (int64_t)llround(d * 1000) : IA_TIME_NONE;
}

struct builder {
    struct talk t;
    struct buf words;
    str speaker;
    int64_t start_ms, end_ms;
    bool ended; /* the last word closed a sentence */
};

static void flush(struct builder *b)
{
    if (b->words.n > 0)
        talk_add(&b->t, b->speaker, b->start_ms, b->end_ms, str_dup(b->t.a, buf_view(&b->words)));
    buf_reset(&b->words);
    b->start_ms = b->end_ms = IA_TIME_NONE;
}

static void word_add(struct builder *b, const struct columns *c, const str *cell, size_t n)
{
    str who = cell_of(cell, n, c->speaker), after = cell_of(cell, n, c->after);
    int64_t start = seconds(cell_of(cell, n, c->start)), end = seconds(cell_of(cell, n, c->end));

    who = who.n > 0 && isdigit((unsigned char)who.p[0]) ? str_fmt(b->t.a, "Speaker %.*s", STR_ARG(who)) : who;
    if (!str_eq(who, b->speaker) || (b->ended && (start != IA_TIME_NONE || b->start_ms == IA_TIME_NONE)))
        flush(b);
    if (b->words.n > 0)
        buf_char(&b->words, ' ');
    buf_str(&b->words, cell_of(cell, n, c->before));
    buf_str(&b->words, cell_of(cell, n, c->token));
    buf_str(&b->words, after);
    b->speaker = who;
    b->ended = str_eq(after, STR(".")) || str_eq(after, STR("?")) || str_eq(after, STR("!"));
    if (b->start_ms == IA_TIME_NONE)
        b->start_ms = start;
    if (end != IA_TIME_NONE)
        b->end_ms = end;
}

/* A turn no word of which was aligned is still known to stand after the one before it: it gets that place and no length,
 * which statistics leave out. A table without any times stays without. */
static void untimed_place(struct talk *t)
{
    int64_t last_ms = 0;
    bool any = false;

    for (size_t i = 0; i < t->n; i++)
        any = any || t->turns[i].start_ms != IA_TIME_NONE;
    for (size_t i = 0; any && i < t->n; i++) {
        struct ia_turn *u = &t->turns[i];

        if (u->start_ms == IA_TIME_NONE || u->end_ms == IA_TIME_NONE)
            u->start_ms = u->end_ms = last_ms;
        last_ms = u->end_ms;
    }
}

static enum err_code nlp_parse(const struct format_input *in, struct arena *a, struct format_result *out, struct err *e)
{
    struct builder b = {.start_ms = IA_TIME_NONE, .end_ms = IA_TIME_NONE};
    str text, line, cell[FIELDS_MAX];
    struct interaction *ia;
    struct columns c;
    enum err_code rc;
    size_t n, row = 1;

    rc = charset_open(in->bytes, a, &text, e);
    if (rc)
        return rc;
    (void)str_line_next(&text, &line);
    c = columns_read(line);
    if (c.token < 0)
        return err_set(e, ERR_INVALID, "line 1: no column token");
    ia = format_item_add(out, a, &format_nlp, IA_CALL);
    talk_init(&b.t, a);
    buf_init_wiped(&b.words, IA_TEXT_MAX);
    while (str_line_next(&text, &line)) {
        row++;
        if (str_trim(line).n == 0)
            continue;
        n = cells_cut(line, cell);
        if (cell_of(cell, n, c.token).n > 0)
            word_add(&b, &c, cell, n);
        else
            format_problem_add(out, a, str_fmt(a, "line %zu", row), STR("no word in this row"));
    }
    flush(&b);
    untimed_place(&b.t);
    b.t.full = b.t.full || !buf_ok(&b.words);
    buf_done(&b.words);
    rc = talk_finish(&b.t, ia, e);
    if (!rc && ia->turns_n == 0)
        return err_set(e, ERR_INVALID, "line 2: a token table without words");
    talk_name_fill(ia, in->name, a);
    return rc;
}

static int nlp_sniff(const struct format_input *in)
{
    char scratch[CHARSET_SCRATCH];

    return str_starts(charset_head(in->bytes, scratch), STR("token|speaker|ts|endTs|")) ? 95 : 0;
}

const struct format_ops format_nlp = {
    .name = "nlp",
    .sniff = nlp_sniff,
    .parse = nlp_parse,
};
