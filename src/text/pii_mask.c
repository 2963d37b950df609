#include "text/pii.h"

enum { MASK_TEXT_MAX = 256 << 20 };

struct item {
    enum pii_type type;
    str key;         /* folded, for comparing */
    str value;       /* as first written */
    str placeholder; /* "[NAME_2]" */
};

struct pii_mask {
    struct arena *a;
    struct item *item;
    size_t n, cap;
    unsigned count[PII_TYPES];
};

struct pii_mask *pii_mask_new(void)
{
    struct arena *a = arena_new_wiped("text.pii.mask");
    struct pii_mask *m = ARENA_NEW(a, struct pii_mask);

    m->a = a;
    return m;
}

void pii_mask_free(struct pii_mask *m)
{
    if (m)
        arena_free(m->a);
}

/* Numbers compare by their digits, all else by folded letters and digits. */
static str key_of(struct arena *a, enum pii_type type, str value)
{
    bool digits = type == PII_PHONE || type == PII_CARD;
    str f = uni_fold(a, value);
    char *k = arena_alloc(a, f.n + 1);
    size_t n = 0;
    bool gap = false;

    for (size_t i = 0; i < f.n; i++) {
        unsigned char c = (unsigned char)f.p[i];
        bool keep = digits ? c >= '0' && c <= '9' : (c & 0x80) || uni_is_alnum(c) || c == '@';
        if (!keep) {
            gap = n > 0 && !digits;
            continue;
        }
        if (gap)
            k[n++] = ' ';
        gap = false;
        k[n++] = (char)c;
    }
    return str_n(k, n);
}

/* Is every word of `part` a word of `whole`? */
static bool words_within(str part, str whole)
{
    str rest = part;

    while (rest.n) {
        str w = str_cut(rest, ' ', &rest), in = whole;
        bool found = false;
        while (in.n && !found)
            found = str_eq(str_cut(in, ' ', &in), w);
        if (!found)
            return false;
    }
    return part.n > 0;
}

static struct item *item_find(struct pii_mask *m, enum pii_type type, str key)
{
    struct item *one = NULL;
    size_t fits = 0;

    for (size_t i = 0; i < m->n; i++)
        if (m->item[i].type == type && str_eq(m->item[i].key, key))
            return &m->item[i];
    if (type != PII_NAME)
        return NULL;
    for (size_t i = 0; i < m->n; i++)
        if (m->item[i].type == PII_NAME && (words_within(key, m->item[i].key) || words_within(m->item[i].key, key))) {
            one = &m->item[i];
            fits++;
        }
    return fits == 1 ? one : NULL;
}

static struct item *item_for(struct pii_mask *m, enum pii_type type, str value)
{
    str key = key_of(m->a, type, value);
    struct item *it = item_find(m, type, key);
    char upper[24];
    size_t n = 0;

    if (it) {
        if (key.n > it->key.n && type == PII_NAME) /* the longer form knows more people apart */
            it->key = key;
        return it;
    }
    for (const char *p = pii_type_name(type); *p && n < sizeof upper - 1; p++)
        upper[n++] = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
    upper[n] = 0;
    it = &ARENA_PUSH(m->a, m->item, m->n, m->cap);
    *it = (struct item){.type = type, .key = key, .value = str_dup(m->a, value)};
    it->placeholder = str_fmt(m->a, "[%s_%u]", upper, ++m->count[type]);
    return it;
}

str pii_mask_types(struct pii_mask *m, unsigned types, str text, const struct pii_span *s, size_t n, struct arena *a,
                   struct offmap *map)
{
    struct offmap own;
    struct buf b;
    size_t at = 0;
    str out;

    if (!map)
        map = &own;
    offmap_init(map, a);
    buf_init_wiped(&b, MASK_TEXT_MAX);
    for (size_t i = 0; i < n; i++) {
        str value = str_sub(text, s[i].start, s[i].end);
        const struct item *it;
        if (!(types & PII_BIT(s[i].type)) || s[i].start < at)
            continue;
        it = item_for(m, s[i].type, value);
        offmap_keep(map, (uint32_t)at, (uint32_t)(s[i].start - at));
        buf_str(&b, str_sub(text, at, s[i].start));
        offmap_replace(map, s[i].start, (uint32_t)value.n, (uint32_t)it->placeholder.n);
        buf_str(&b, it->placeholder);
        at = s[i].end;
    }
    offmap_keep(map, (uint32_t)at, (uint32_t)(text.n - at));
    buf_str(&b, str_from(text, at));
    offmap_end(map, (uint32_t)text.n);
    out = str_dup(a, buf_view(&b));
    buf_done(&b);
    return out;
}

str pii_mask_text(struct pii_mask *m, str text, const struct pii_span *s, size_t n, struct arena *a, struct offmap *map)
{
    return pii_mask_types(m, PII_MASKED_BY_DEFAULT, text, s, n, a, map);
}

size_t pii_mask_count(const struct pii_mask *m)
{
    return m->n;
}

void pii_mask_item(const struct pii_mask *m, size_t i, str *out_placeholder, str *out_value)
{
    *out_placeholder = m->item[i].placeholder;
    *out_value = m->item[i].value;
}

str pii_unmask(const struct pii_mask *m, str masked, struct arena *a)
{
    struct buf b;
    str out;

    buf_init_wiped(&b, MASK_TEXT_MAX);
    for (size_t i = 0; i < masked.n;) {
        size_t end = masked.p[i] == '[' ? str_find_char(masked, ']', i) : SIZE_MAX, k = m->n;
        if (end != SIZE_MAX && end - i < 40)
            for (k = 0; k < m->n; k++)
                if (str_eq(m->item[k].placeholder, str_sub(masked, i, end + 1)))
                    break;
        if (k < m->n) {
            buf_str(&b, m->item[k].value);
            i = end + 1;
        } else {
            buf_char(&b, masked.p[i++]);
        }
    }
    out = str_dup(a, buf_view(&b));
    buf_done(&b);
    return out;
}
