#include "text/phrases.h"

#include <hs/hs.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/sort.h"
#include "text/sentences.h"
#include "text/tokens.h"

/* A text is laid out for Hyperscan as one line: for each word  WORD exact STEM stem , and behind the last one of a sentence
 * WORD STOP. Tokens have none of these bytes. Of each phrase Hyperscan looks for one word, the longest; what stands around it
 * is then compared word by word. */
enum { WORD = 1, STEM = 2, STOP = 4, LINE_MAX = 512 << 20 };

/* ---- reading a phrase ---- */

struct reading {
    str text;
    size_t at;
    struct phrase *p;
    struct tokens *t;
    struct arena *a;
    size_t *place;
    struct err *e;
};

static size_t characters(str s, size_t bytes)
{
    size_t n = 0;

    for (size_t i = 0; i < bytes && i < s.n; n++)
        uni_next(s, &i);
    return n;
}

static enum err_code wrong(struct reading *r, size_t at, const char *why)
{
    *r->place = characters(r->text, at) + 1;
    return err_set(r->e, ERR_INVALID, "%s", why);
}

static size_t words_of(const struct phrase *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n; i++)
        n += p->slot[i].kind != PHRASE_GAP;
    return n;
}

/* The words of a piece of the text, each one slot of that kind; with a star the last one is a beginning. */
static enum err_code words_add(struct reading *r, size_t from, size_t to, int kind, bool star)
{
    str piece = str_sub(r->text, from, to);
    size_t n;
    struct token *w = tokens_split(r->t, piece, STR("und"), r->a, &n);

    if (!n)
        return wrong(r, from, "there is no word here");
    for (size_t i = 0; i < n; i++) {
        struct phrase_slot s = {.kind = kind, .text = w[i].text, .raw = str_sub(piece, w[i].start, w[i].end)};
        if (words_of(r->p) >= PHRASE_WORDS_MAX)
            return wrong(r, from + w[i].start, "a phrase has at most 12 words");
        if (star && i + 1 == n) {
            s.kind = PHRASE_PREFIX;
            if (w[i].end != piece.n || characters(s.text, s.text.n) < PHRASE_PREFIX_MIN)
                return wrong(r, to, "at least two letters stand before a star");
        }
        r->p->slot[r->p->n++] = s;
    }
    return ERR_OK;
}

static enum err_code quoted_read(struct reading *r)
{
    size_t from = r->at + 1, to = str_find_char(r->text, '"', from);

    if (to == SIZE_MAX)
        return wrong(r, r->at, "this quotation mark is not closed");
    r->at = to + 1;
    return words_add(r, from, to, PHRASE_EXACT, false);
}

static enum err_code gap_read(struct reading *r)
{
    size_t at = r->at;

    r->at += 2;
    if (!r->p->n || r->p->slot[r->p->n - 1].kind == PHRASE_GAP || !str_trim(str_sub(r->text, r->at, r->text.n)).n)
        return wrong(r, at, "a word stands before and behind two dots");
    r->p->slot[r->p->n++] = (struct phrase_slot){.kind = PHRASE_GAP};
    return ERR_OK;
}

static enum err_code word_read(struct reading *r)
{
    size_t from = r->at, to = from;

    while (to < r->text.n && !strchr(" \t\"*", r->text.p[to]))
        to++;
    r->at = to;
    if (to == r->text.n || r->text.p[to] != '*')
        return words_add(r, from, to, PHRASE_WORD, false);
    r->at++;
    if (to == from || (r->at < r->text.n && !strchr(" \t", r->text.p[r->at])))
        return wrong(r, to, "a star stands only at the end of a word");
    return words_add(r, from, to, PHRASE_WORD, true);
}

static enum err_code all_read(struct reading *r)
{
    while (r->at < r->text.n) {
        char c = r->text.p[r->at];
        enum err_code rc = ERR_OK;
        if (c == ' ' || c == '\t')
            r->at++;
        else if (c == '"')
            rc = quoted_read(r);
        else if (str_starts(str_sub(r->text, r->at, r->text.n), STR("..")))
            rc = gap_read(r);
        else
            rc = word_read(r);
        if (rc)
            return rc;
    }
    if (!r->p->n)
        return wrong(r, 0, "a phrase has at least one word");
    if (r->p->slot[r->p->n - 1].kind == PHRASE_GAP)
        return wrong(r, r->text.n, "a word stands before and behind two dots");
    return ERR_OK;
}

enum err_code phrase_parse(str text, struct arena *a, struct phrase *out, size_t *out_place, struct err *e)
{
    struct phrase p = {.n = 0};
    struct reading r = {.text = text, .p = &p, .a = a, .place = out_place, .e = e};
    enum err_code rc;

    if (text.n > PHRASE_BYTES_MAX) {
        *out_place = characters(text, PHRASE_BYTES_MAX) + 1;
        return err_set(e, ERR_INVALID, "a phrase has at most %d bytes", PHRASE_BYTES_MAX);
    }
    r.t = tokens_new();
    rc = all_read(&r);
    tokens_free(r.t);
    if (!rc)
        *out = p;
    return rc;
}

/* ---- making a set ---- */

/* A phrase and its longest word. */
struct anchored {
    struct phrase p; /* words that may have any form hold their stem in `raw` */
    size_t place; /* in the list the set was made of */
    size_t anchor; /* slot */
    str literal; /* as it stands on the line */
};

struct phrase_set {
    struct arena *keep;
    hs_database_t *db;
    struct anchored *list; /* by literal */
    size_t n;
    size_t *first; /* per literal, and one more: its first phrase in `list` */
    size_t literals_n;
    str lang;
};

static str stem_of(struct tokens *t, str raw, str lang, struct arena *a)
{
    size_t n;
    struct token *w = tokens_split(t, raw, lang, a, &n);

    return n ? w[0].text : raw;
}

static str literal_of(const struct phrase_slot *s, struct arena *a)
{
    switch (s->kind) {
    case PHRASE_WORD:
        return str_fmt(a, "%c%.*s%c", STEM, STR_ARG(s->raw), WORD);
    case PHRASE_EXACT:
        return str_fmt(a, "%c%.*s%c", WORD, STR_ARG(s->text), STEM);
    case PHRASE_PREFIX:
        return str_fmt(a, "%c%.*s", WORD, STR_ARG(s->text));
    case PHRASE_GAP:
        break;
    }
    return STR("");
}

static struct anchored anchored_make(const struct phrase *p, size_t place, struct tokens *t, str lang, struct arena *a)
{
    struct anchored x = {.p = *p, .place = place};

    for (size_t i = 0; i < p->n; i++) {
        struct phrase_slot *s = &x.p.slot[i];
        str literal;
        s->text = str_dup(a, s->text);
        s->raw = s->kind == PHRASE_WORD ? stem_of(t, s->raw, lang, a) : STR("");
        literal = literal_of(s, a);
        if (literal.n > x.literal.n) {
            x.anchor = i;
            x.literal = literal;
        }
    }
    return x;
}

static int by_literal(const void *x, const void *y)
{
    const struct anchored *a = x, *b = y;
    int order = str_cmp(a->literal, b->literal);

    return order ? order : (a->place > b->place) - (a->place < b->place);
}

static enum err_code database_make(struct phrase_set *s, struct err *e)
{
    struct arena *a = arena_new("phrases.compile");
    const char **text = ARENA_ARRAY(a, const char *, s->n + 1);
    unsigned *flags = ARENA_ARRAY(a, unsigned, s->n + 1), *ids = ARENA_ARRAY(a, unsigned, s->n + 1);
    size_t *bytes = ARENA_ARRAY(a, size_t, s->n + 1);
    hs_compile_error_t *why = NULL;
    hs_error_t rc;

    s->first = ARENA_ARRAY(s->keep, size_t, s->n + 1);
    for (size_t i = 0; i < s->n; i++) {
        size_t k = s->literals_n;
        if (i && str_eq(s->list[i].literal, s->list[i - 1].literal))
            continue;
        text[k] = s->list[i].literal.p;
        bytes[k] = s->list[i].literal.n;
        ids[k] = (unsigned)k;
        s->first[s->literals_n++] = i;
    }
    s->first[s->literals_n] = s->n;
    rc = hs_compile_lit_multi(text, flags, ids, bytes, (unsigned)s->literals_n, HS_MODE_BLOCK, NULL, &s->db, &why);
    if (rc)
        err_set(e, ERR_LIMIT, "phrases: %s", why ? why->message : "cannot be compiled");
    if (why)
        hs_free_compile_error(why);
    arena_free(a);
    return rc ? e->code : ERR_OK;
}

enum err_code phrase_set_new(const struct phrase *p, size_t n, str lang, struct phrase_set **out, struct err *e)
{
    struct arena *keep = arena_new_wiped("phrases");
    struct phrase_set *s = ARENA_NEW(keep, struct phrase_set);
    struct tokens *t = tokens_new();

    *s = (struct phrase_set){.keep = keep, .n = n, .lang = str_dup(keep, lang)};
    s->list = ARENA_ARRAY(keep, struct anchored, n + 1);
    for (size_t i = 0; i < n; i++)
        s->list[i] = anchored_make(&p[i], i, t, lang, keep);
    tokens_free(t);
    list_sort(s->list, n, sizeof *s->list, by_literal);
    if (n && database_make(s, e)) {
        phrase_set_free(s);
        return e->code;
    }
    *out = s;
    return ERR_OK;
}

void phrase_set_free(struct phrase_set *s)
{
    if (!s)
        return;
    if (s->db)
        hs_free_database(s->db);
    arena_free(s->keep);
}

/* ---- looking through a text ---- */

struct placed {
    struct text_span span; /* of the text */
    uint32_t exact, stem, end; /* of the line: where they begin, and the WORD behind */
    bool last; /* of its sentence */
};

struct phrase_scan {
    const struct phrase_set *set;
    hs_scratch_t *scratch;
    struct tokens *t;
    struct buf line;
};

enum err_code phrase_scan_new(const struct phrase_set *s, struct phrase_scan **out, struct err *e)
{
    struct phrase_scan *x = calloc(1, sizeof *x);

    if (!x || (s->db && hs_alloc_scratch(s->db, &x->scratch))) {
        free(x);
        return err_set(e, ERR_MEMORY, "out of memory");
    }
    x->set = s;
    x->t = tokens_new();
    buf_init_wiped(&x->line, LINE_MAX);
    *out = x;
    return ERR_OK;
}

void phrase_scan_free(struct phrase_scan *s)
{
    if (!s)
        return;
    hs_free_scratch(s->scratch);
    tokens_free(s->t);
    buf_done(&s->line);
    free(s);
}

/* One sentence onto the line. */
static void sentence_put(struct phrase_scan *s, str text, uint32_t base, struct placed **list, size_t *n, size_t *cap,
                         struct arena *a)
{
    struct token_it own, plain;
    struct token x, y;

    token_it_init(&own, s->t, text, s->set->lang);
    token_it_init(&plain, s->t, text, STR("und"));
    while (token_it_next(&plain, &x)) {
        struct placed p = {.span = {base + x.start, base + x.end}};
        buf_char(&s->line, WORD);
        p.exact = (uint32_t)buf_view(&s->line).n;
        buf_str(&s->line, x.text);
        buf_char(&s->line, STEM);
        p.stem = (uint32_t)buf_view(&s->line).n;
        if (token_it_next(&own, &y))
            buf_str(&s->line, y.text);
        p.end = (uint32_t)buf_view(&s->line).n;
        ARENA_PUSH(a, *list, *n, *cap) = p;
    }
}

/* Lines that only wrap go on: a sentence has ended when a mark or an empty line says so. */
static bool ended(str text, uint32_t end, uint32_t next)
{
    str between = str_sub(text, end, next);
    size_t line = str_find_char(between, '\n', 0);

    return end && (line == SIZE_MAX || strchr(".?!:;\"", text.p[end - 1]) || (text.p[end - 1] & 0x80) ||
                   str_find_char(between, '\n', line + 1) != SIZE_MAX);
}

static bool word_fits(const struct phrase_slot *s, const struct placed *w, str line)
{
    str exact = str_sub(line, w->exact, w->stem - 1);

    if (s->kind == PHRASE_WORD)
        return str_eq(s->raw, str_sub(line, w->stem, w->end));
    return s->kind == PHRASE_EXACT ? str_eq(s->text, exact) : str_starts(exact, s->text);
}

struct found {
    struct phrase_scan *s;
    str line;
    const struct placed *w;
    size_t w_n;
    struct phrase_hit *list;
    size_t n, cap;
    struct arena *a;
};

/* The next word in that direction within the sentence; SIZE_MAX: none. */
static size_t neighbour(const struct found *f, size_t at, int way)
{
    if (way < 0)
        return at && !f->w[at - 1].last ? at - 1 : SIZE_MAX;
    return at + 1 < f->w_n && !f->w[at].last ? at + 1 : SIZE_MAX;
}

/* Word `at` is slot `slot`, and the rest of the slots follow in that direction: where is the last of them? SIZE_MAX: nowhere.
 * The shortest way first. */
static size_t rest_find(const struct found *f, const struct phrase *p, size_t slot, size_t at, int way)
{
    size_t left = way < 0 ? slot : p->n - 1 - slot, next;

    if (at == SIZE_MAX || !word_fits(&p->slot[slot], &f->w[at], f->line))
        return SIZE_MAX;
    if (!left)
        return at;
    next = way < 0 ? slot - 1 : slot + 1;
    at = neighbour(f, at, way);
    if (p->slot[next].kind != PHRASE_GAP)
        return rest_find(f, p, next, at, way);
    next = way < 0 ? next - 1 : next + 1;
    for (size_t skip = 0; skip <= PHRASE_GAP_MAX && at != SIZE_MAX; skip++, at = neighbour(f, at, way)) {
        size_t end = rest_find(f, p, next, at, way);
        if (end != SIZE_MAX)
            return end;
    }
    return SIZE_MAX;
}

/* The word in which this place of the line lies. */
static size_t word_at(const struct found *f, uint64_t place)
{
    size_t low = 0, high = f->w_n;

    while (low + 1 < high) {
        size_t mid = (low + high) / 2;
        if (f->w[mid].exact <= place)
            low = mid;
        else
            high = mid;
    }
    return low;
}

static int literal_note(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *arg)
{
    struct found *f = arg;
    const struct phrase_set *s = f->s->set;
    size_t at = word_at(f, to - 2); /* its last letter or, behind a prefix, one of its letters */

    (void)from;
    (void)flags;
    for (size_t i = s->first[id]; i < s->first[id + 1]; i++) {
        const struct anchored *x = &s->list[i];
        size_t first = rest_find(f, &x->p, x->anchor, at, -1), last = rest_find(f, &x->p, x->anchor, at, 1);
        if (first != SIZE_MAX && last != SIZE_MAX)
            ARENA_PUSH(f->a, f->list, f->n, f->cap) =
                (struct phrase_hit){x->place, {f->w[first].span.start, f->w[last].span.end}};
    }
    return 0;
}

static int by_place(const void *x, const void *y)
{
    const struct phrase_hit *a = x, *b = y;

    if (a->span.start != b->span.start)
        return a->span.start < b->span.start ? -1 : 1;
    if (a->span.end != b->span.end)
        return a->span.end < b->span.end ? -1 : 1;
    return (a->phrase > b->phrase) - (a->phrase < b->phrase);
}

enum err_code phrase_scan_run(struct phrase_scan *s, str text, struct arena *a, struct phrase_hit **out, size_t *out_n,
                              struct err *e)
{
    struct found f = {.s = s, .a = a};
    struct placed *w = NULL;
    struct text_span *u;
    size_t n = 0, cap = 0, u_n;

    buf_reset(&s->line);
    sentences_split(text, a, &u, &u_n);
    for (size_t i = 0; s->set->db && i < u_n; i++) {
        if (n && ended(text, u[i - 1].end, u[i].start)) {
            buf_char(&s->line, WORD);
            buf_char(&s->line, STOP);
            w[n - 1].last = true;
        }
        sentence_put(s, str_sub(text, u[i].start, u[i].end), u[i].start, &w, &n, &cap, a);
    }
    buf_char(&s->line, WORD);
    if (!buf_ok(&s->line))
        return err_set(e, ERR_LIMIT, "a text is too long for its phrases");
    f.line = buf_view(&s->line);
    f.w = w;
    f.w_n = n;
    if (n && hs_scan(s->set->db, f.line.p, (unsigned)f.line.n, 0, s->scratch, literal_note, &f))
        return err_set(e, ERR_INTERNAL, "phrases cannot be looked for");
    list_sort(f.list, f.n, sizeof *f.list, by_place);
    *out = f.list;
    *out_n = f.n;
    return ERR_OK;
}
