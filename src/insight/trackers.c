#include "insight/trackers.h"

#include "base/sort.h"

enum { LANGUAGES_MAX = 8, MEMORY_MAX = 64 << 20 };

struct words_owner {
    size_t tracker; /* place in the set */
    size_t phrase;  /* place in the tracker */
};

struct language {
    str tag;
    struct phrase_set *set;
    struct phrase_scan *scan;
};

struct tracker_set {
    struct arena *keep;
    struct record_tracker *t;
    size_t n;
    struct tracker_head *head; /* of each; dim 0: none */
    size_t heads_n;
    struct phrase *phrase; /* of all, one after the other */
    struct words_owner *owner;
    size_t phrases_n;
    struct language language[LANGUAGES_MAX];
    size_t languages_n;
};

static str *texts_copy(struct arena *a, const str *list, size_t n)
{
    str *out = ARENA_ARRAY(a, str, n + 1);

    for (size_t i = 0; i < n; i++)
        out[i] = str_dup(a, list[i]);
    return out;
}

static enum err_code phrases_add(struct tracker_set *s, size_t tracker, size_t *cap, size_t *owner_cap, struct err *e)
{
    const struct record_tracker *k = &s->t[tracker];

    for (size_t i = 0; i < k->phrases_n; i++) {
        size_t place, n = s->phrases_n;
        struct phrase p;
        if (phrase_parse(k->phrases[i], s->keep, &p, &place, e))
            return e->code;
        if (n == TRACKERS_PHRASES_MAX)
            return err_set(e, ERR_LIMIT, "trackers have more than %d phrases", TRACKERS_PHRASES_MAX);
        ARENA_PUSH(s->keep, s->phrase, s->phrases_n, *cap) = p;
        ARENA_PUSH(s->keep, s->owner, n, *owner_cap) = (struct words_owner){tracker, i};
    }
    return ERR_OK;
}

enum err_code tracker_set_new(const struct record_tracker *t, size_t n, const char *model_hash,
                              struct tracker_set **out, struct err *e)
{
    struct arena *keep = arena_new_wiped("trackers");
    struct tracker_set *s = ARENA_NEW(keep, struct tracker_set);
    size_t cap = 0, owner_cap = 0;

    *s = (struct tracker_set){.keep = keep, .n = n};
    s->t = ARENA_ARRAY(keep, struct record_tracker, n + 1);
    s->head = ARENA_ARRAY(keep, struct tracker_head, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct tracker_memory m;
        s->t[i] = t[i];
        s->t[i].name = str_dup(keep, t[i].name);
        s->t[i].phrases = texts_copy(keep, t[i].phrases, t[i].phrases_n);
        s->t[i].head = STR("");
        if (t[i].kind == TRACKER_WORDS && phrases_add(s, i, &cap, &owner_cap, e)) {
            tracker_set_free(s);
            return e->code;
        }
        if (t[i].kind == TRACKER_EXAMPLES && tracker_memory_read(t[i].head, model_hash, keep, &m) && m.head.dim) {
            s->head[i] = m.head;
            s->heads_n++;
        }
    }
    *out = s;
    return ERR_OK;
}

void tracker_set_free(struct tracker_set *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->languages_n; i++) {
        phrase_scan_free(s->language[i].scan);
        phrase_set_free(s->language[i].set);
    }
    arena_free(s->keep);
}

bool tracker_set_has(const struct tracker_set *s, enum tracker_kind kind)
{
    return kind == TRACKER_WORDS ? s->phrases_n > 0 : s->heads_n > 0;
}

/* The phrases made ready for a language; those of the last one make room for a ninth. */
static enum err_code language_get(struct tracker_set *s, str tag, struct phrase_scan **out, struct err *e)
{
    struct language l = {.tag = str_dup(s->keep, tag)};

    for (size_t i = 0; i < s->languages_n; i++)
        if (str_eq(s->language[i].tag, tag)) {
            *out = s->language[i].scan;
            return ERR_OK;
        }
    if (phrase_set_new(s->phrase, s->phrases_n, tag, &l.set, e))
        return e->code;
    if (phrase_scan_new(l.set, &l.scan, e)) {
        phrase_set_free(l.set);
        return e->code;
    }
    if (s->languages_n == LANGUAGES_MAX) {
        s->languages_n--;
        phrase_scan_free(s->language[s->languages_n].scan);
        phrase_set_free(s->language[s->languages_n].set);
    }
    s->language[s->languages_n++] = l;
    *out = l.scan;
    return ERR_OK;
}

static enum ia_side side_of(const struct interaction *ia, str speaker)
{
    for (size_t i = 0; speaker.n && i < ia->participants_n; i++)
        if (str_eq(ia->participants[i].name, speaker))
            return ia->participants[i].side;
    return IA_SIDE_UNKNOWN;
}

static str attributes_of(struct arena *a, str name, str phrase)
{
    struct buf b;
    struct jw w;
    str out;

    buf_init_wiped(&b, 16 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "name", name);
    if (phrase.n)
        jw_kstr(&w, "phrase", phrase);
    jw_end(&w);
    out = str_dup(a, buf_view(&b));
    buf_done(&b);
    return out;
}

static struct record_finding hit_of(const struct record_tracker *k, struct ia_span span, enum ia_side side,
                                    int64_t at_ms, double confidence, str phrase, struct arena *a)
{
    struct record_finding f = {.kind = STR("tracker"),
                               .class = id_str(a, k->id),
                               .due_day = FINDING_NO_DAY,
                               .confidence = confidence,
                               .side = side,
                               .at_ms = at_ms,
                               .maker = k->kind == TRACKER_WORDS ? STR(TRACKERS_WORDS) : STR(TRACKERS_EXAMPLES),
                               .version = k->version,
                               .attributes = attributes_of(a, k->name, phrase),
                               .spans_n = 1};

    f.spans = ARENA_NEW(a, struct ia_span);
    f.spans[0] = span;
    return f;
}

static bool side_wanted(const struct record_tracker *k, enum ia_side side)
{
    return k->side == IA_SIDE_UNKNOWN || k->side == side;
}

struct hit_order {
    size_t tracker;
    struct phrase_hit hit;
};

/* By tracker; the longest first, then the first. */
static int by_length(const void *x, const void *y)
{
    const struct hit_order *a = x, *b = y;
    uint32_t na = a->hit.span.end - a->hit.span.start, nb = b->hit.span.end - b->hit.span.start;

    if (a->tracker != b->tracker)
        return a->tracker < b->tracker ? -1 : 1;
    if (na != nb)
        return na > nb ? -1 : 1;
    return (a->hit.span.start > b->hit.span.start) - (a->hit.span.start < b->hit.span.start);
}

static bool overlaps(struct text_span x, struct text_span y)
{
    return x.start < y.end && y.start < x.end;
}

static void turn_hits_add(struct tracker_set *s, const struct interaction *ia, size_t turn,
                          const struct phrase_hit *hit, size_t hits_n, struct arena *a, struct record_finding **list,
                          size_t *n, size_t *cap)
{
    struct hit_order *order = ARENA_ARRAY(a, struct hit_order, hits_n + 1);
    enum ia_side side = side_of(ia, ia->turns[turn].speaker);
    size_t first = 0;

    for (size_t i = 0; i < hits_n; i++)
        order[i] = (struct hit_order){s->owner[hit[i].phrase].tracker, hit[i]};
    list_sort(order, hits_n, sizeof *order, by_length);
    for (size_t i = 0; i < hits_n; i++) {
        const struct record_tracker *k = &s->t[order[i].tracker];
        struct text_span span = order[i].hit.span;
        bool covered = false;
        if (i == 0 || order[i].tracker != order[i - 1].tracker)
            first = *n;
        for (size_t m = first; m < *n && !covered; m++)
            covered = overlaps(span, (struct text_span){(*list)[m].spans[0].start, (*list)[m].spans[0].end});
        if (covered || !side_wanted(k, side))
            continue;
        ARENA_PUSH(a, *list, *n, *cap) =
            hit_of(k, (struct ia_span){(uint32_t)turn, span.start, span.end}, side, ia->turns[turn].start_ms, 1,
                   k->phrases[s->owner[order[i].hit.phrase].phrase], a);
    }
}

enum err_code tracker_set_words(struct tracker_set *s, const struct interaction *ia, struct arena *a,
                                struct record_finding **out, size_t *out_n, struct err *e)
{
    bool known = ia->language.n && !str_eq(ia->language, STR("und"));
    struct record_finding *list = NULL;
    struct phrase_scan *scan = NULL;
    size_t n = 0, cap = 0;

    if (s->phrases_n && language_get(s, known ? ia->language : STR("en"), &scan, e))
        return e->code;
    for (size_t i = 0; s->phrases_n && i < ia->turns_n; i++) {
        struct phrase_hit *hit;
        size_t hits_n;
        if (phrase_scan_run(scan, ia->turns[i].text, a, &hit, &hits_n, e))
            return e->code;
        turn_hits_add(s, ia, i, hit, hits_n, a, &list, &n, &cap);
    }
    *out = list;
    *out_n = n;
    return ERR_OK;
}

void tracker_set_examples(const struct tracker_set *s, const struct spoken *said, size_t said_n, const float *vec,
                          struct arena *a, struct record_finding **out, size_t *out_n)
{
    struct record_finding *list = NULL;
    size_t n = 0, cap = 0;

    for (size_t k = 0; k < s->n; k++) {
        const struct tracker_head *h = &s->head[k];
        for (size_t i = 0; h->dim && i < said_n; i++) {
            const float *v = vec + i * h->dim;
            if (side_wanted(&s->t[k], said[i].side) && tracker_matches(h, v))
                ARENA_PUSH(a, list, n, cap) =
                    hit_of(&s->t[k], said[i].span, said[i].side, said[i].at_ms, tracker_confidence(h, v), STR(""), a);
        }
    }
    *out = list;
    *out_n = n;
}

/* ---- what a tracker by examples keeps ---- */

static const char magic[4] = {'H', 'K', 'T', TRACKER_VERSION};

struct memory_head {
    char magic[4];
    char model_hash[64];
    uint32_t dim, trained, yes_n, no_n, background_n, background_own;
    float bias, threshold, slope, offset;
};

static void rows_write(const struct tracker_row *r, size_t n, size_t dim, struct buf *b)
{
    for (size_t i = 0; i < n; i++) {
        buf_put(b, r[i].key, sizeof r[i].key);
        vector_pack(r[i].vec, dim, b);
    }
}

str tracker_memory_write(const struct tracker_memory *m, struct arena *a)
{
    size_t dim = m->head.dim;
    struct memory_head h = {.dim = (uint32_t)dim,
                            .trained = m->head.weight != NULL,
                            .yes_n = (uint32_t)m->yes_n,
                            .no_n = (uint32_t)m->no_n,
                            .background_n = (uint32_t)m->background_n,
                            .background_own = (uint32_t)m->background_own,
                            .bias = m->head.bias,
                            .threshold = m->head.threshold,
                            .slope = m->head.slope,
                            .offset = m->head.offset};
    struct buf b;
    str out;

    memcpy(h.magic, magic, sizeof magic);
    memcpy(h.model_hash, m->model_hash, sizeof h.model_hash);
    buf_init_wiped(&b, MEMORY_MAX);
    buf_put(&b, &h, sizeof h);
    if (h.trained)
        buf_put(&b, m->head.weight, dim * sizeof(float));
    rows_write(m->yes, m->yes_n, dim, &b);
    rows_write(m->no, m->no_n, dim, &b);
    for (size_t i = 0; i < m->background_n; i++)
        vector_pack(m->background + i * dim, dim, &b);
    out = str_dup(a, buf_view(&b));
    buf_done(&b);
    return out;
}

static const char *rows_read(const char *p, size_t n, size_t dim, struct arena *a, struct tracker_row **out)
{
    float *vec = ARENA_ARRAY(a, float, n *dim + 1);

    *out = ARENA_ARRAY(a, struct tracker_row, n + 1);
    for (size_t i = 0; i < n; i++, p += TRACKER_KEY_BYTES + vector_packed_bytes(dim)) {
        memcpy((*out)[i].key, p, TRACKER_KEY_BYTES);
        vector_open(p + TRACKER_KEY_BYTES, dim, vec + i * dim);
        (*out)[i].vec = vec + i * dim;
    }
    return p;
}

bool tracker_memory_read(str bytes, const char *model_hash, struct arena *a, struct tracker_memory *out)
{
    struct tracker_memory m = {.head = {.dim = 0}};
    struct memory_head h;
    size_t row, want;
    const char *p;

    if (bytes.n < sizeof h)
        return false;
    memcpy(&h, bytes.p, sizeof h);
    p = bytes.p + sizeof h;
    row = vector_packed_bytes(h.dim);
    want = sizeof h + (h.trained ? h.dim * sizeof(float) : 0) + ((size_t)h.yes_n + h.no_n) * (row + TRACKER_KEY_BYTES) +
           h.background_n * row;
    if (memcmp(h.magic, magic, sizeof magic) != 0 || memcmp(h.model_hash, model_hash, sizeof h.model_hash) != 0 ||
        bytes.n != want)
        return false;
    memcpy(m.model_hash, h.model_hash, sizeof h.model_hash);
    m.head = (struct tracker_head){
        .dim = h.dim, .bias = h.bias, .threshold = h.threshold, .slope = h.slope, .offset = h.offset};
    if (h.trained) {
        m.head.weight = ARENA_ARRAY(a, float, h.dim + 1);
        memcpy(m.head.weight, p, h.dim * sizeof(float));
        p += h.dim * sizeof(float);
    }
    p = rows_read(p, m.yes_n = h.yes_n, h.dim, a, &m.yes);
    p = rows_read(p, m.no_n = h.no_n, h.dim, a, &m.no);
    m.background_n = h.background_n;
    m.background_own = h.background_own;
    m.background = ARENA_ARRAY(a, float, m.background_n *h.dim + 1);
    for (size_t i = 0; i < m.background_n; i++)
        vector_open(p + i * row, h.dim, m.background + i * h.dim);
    *out = m;
    return true;
}

static void key_of(const void *p, size_t n, char what, uint8_t out[TRACKER_KEY_BYTES])
{
    uint8_t h[SHA256_BYTES];
    struct sha256_state s;

    sha256_init(&s);
    sha256_add(&s, &what, 1);
    sha256_add(&s, p, n);
    sha256_done(&s, h);
    memcpy(out, h, TRACKER_KEY_BYTES);
}

void tracker_key_text(str text, uint8_t out[TRACKER_KEY_BYTES])
{
    key_of(text.p, text.n, 't', out);
}

void tracker_key_span(struct id ia, struct ia_span span, uint8_t out[TRACKER_KEY_BYTES])
{
    struct {
        struct id ia;
        uint32_t turn, start, end;
    } x = {ia, span.turn, span.start, span.end};

    key_of(&x, sizeof x, 's', out);
}
