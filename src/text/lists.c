#include <pthread.h>

#include "base/arena.h"
#include "text/lists.h"
#include "text/lists_data.h"

enum { ENTRY_WORDS_MAX = 8, ENTRY_BYTES_MAX = 120 };

struct entry {
    str key;
    int value;     /* 0: only the beginning of a phrase */
    bool extended; /* some longer phrase begins with it */
};

struct word_list {
    struct entry *slot; /* open addressing, a power of two */
    uint32_t *tag;      /* of each slot: upper half of its hash, 0 when empty; most questions end here */
    size_t mask, n;
    int version;
};

static pthread_mutex_t lists_lock = PTHREAD_MUTEX_INITIALIZER; /* guards the two below; lists are immutable once set */
static struct word_list *lists_ready[LISTS_MAX];
static struct arena *lists_arena;

static uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32) | 1;
}

/* The entry's slot, or the empty one where it would be. */
static size_t slot_find(const struct word_list *l, str key)
{
    uint64_t hash = str_hash(key);
    uint32_t tag = tag_of(hash);
    size_t i = hash & l->mask;

    while (l->tag[i] && !(l->tag[i] == tag && str_eq(l->slot[i].key, key)))
        i = (i + 1) & l->mask;
    return i;
}

/* NULL when there is none. */
static const struct entry *entry_find(const struct word_list *l, str key)
{
    size_t i = slot_find(l, key);

    return l->tag[i] ? &l->slot[i] : NULL;
}

static struct entry *entry_make(struct word_list *l, str key)
{
    size_t i = slot_find(l, key);

    l->slot[i].key = key;
    l->tag[i] = tag_of(str_hash(key));
    return &l->slot[i];
}

static void entry_add(struct word_list *l, str key, int value)
{
    struct entry *e;

    for (size_t i = 1; i < key.n; i++) /* all beginnings, so that matching knows when to stop */
        if (key.p[i] == ' ')
            entry_make(l, str_sub(key, 0, i))->extended = true;
    e = entry_make(l, key);
    l->n += e->value == 0;
    e->value = value;
}

static void line_read(struct word_list *l, str line)
{
    str value;
    int64_t v = 1;

    line = str_trim_end(line);
    if (str_starts(line, STR("# version:"))) {
        if (str_to_i64(str_trim(str_from(line, 10)), &v))
            l->version = (int)v;
        return;
    }
    if (line.n == 0 || line.p[0] == '#')
        return;
    line = str_cut(line, '\t', &value);
    if (value.n && !str_to_i64(value, &v))
        return;
    entry_add(l, line, (int)v);
}

static struct word_list *list_read(str text)
{
    struct word_list *l;
    size_t words = 1, cap = 16;
    str rest = text, line;

    if (!lists_arena)
        lists_arena = arena_new("text.lists");
    l = ARENA_NEW(lists_arena, struct word_list);
    for (size_t i = 0; i < text.n; i++)
        words += text.p[i] == '\n' || text.p[i] == ' ';
    while (cap < words * 2)
        cap *= 2;
    l->slot = ARENA_ARRAY(lists_arena, struct entry, cap);
    l->tag = ARENA_ARRAY(lists_arena, uint32_t, cap);
    l->mask = cap - 1;
    while (str_line_next(&rest, &line))
        line_read(l, line);
    return l;
}

static const struct word_list *list_named(const char *name)
{
    struct word_list *l = NULL;

    for (size_t i = 0; i < lists_data_n; i++) {
        if (strcmp(lists_data[i].name, name) != 0)
            continue;
        pthread_mutex_lock(&lists_lock);
        if (!lists_ready[i])
            lists_ready[i] = list_read(str_n(lists_data[i].text, lists_data[i].n));
        l = lists_ready[i];
        pthread_mutex_unlock(&lists_lock);
        break;
    }
    return l;
}

/* Lists are asked for by the same literals, sentence after sentence: each thread remembers the answers. */
struct asked {
    const char *base; /* a literal: its address says which */
    uint64_t lang; /* its bytes */
    const struct word_list *list;
};
enum { ASKED_MAX = 64 };
static __thread struct asked asked[ASKED_MAX];

const struct word_list *list_for(const char *base, str lang)
{
    char name[64];
    struct asked *at;
    uint64_t key = 0;

    if (lang.n == 0 || lang.n > sizeof key)
        return NULL;
    memcpy(&key, lang.p, lang.n);
    at = &asked[(((uintptr_t)base ^ key) * 0x9e3779b97f4a7c15u) >> 58];
    if (at->base != base || at->lang != key) {
        snprintf(name, sizeof name, "%s.%.*s", base, STR_ARG(lang));
        *at = (struct asked){base, key, list_named(name)};
    }
    return at->list;
}

const struct word_list *list_get(const char *name)
{
    struct asked *at = &asked[((uintptr_t)name * 0x9e3779b97f4a7c15u) >> 58];

    if (at->base != name || at->lang != 0)
        *at = (struct asked){name, 0, list_named(name)};
    return at->list;
}

int list_version(const struct word_list *l)
{
    return l->version;
}

size_t list_count(const struct word_list *l)
{
    return l->n;
}

int list_value(const struct word_list *l, str entry)
{
    const struct entry *e = l ? entry_find(l, entry) : NULL;

    return e ? e->value : 0;
}

/* The longest entry that tokens begin with; *open: all tokens were read, and longer entries begin with them. */
static size_t match(const struct word_list *l, const str *tokens, size_t n, int *out_value, bool *open)
{
    char mem[ENTRY_BYTES_MAX];
    str key = n ? tokens[0] : STR_NULL; /* one word needs no copy */
    size_t found = 0;

    *open = false;
    for (size_t i = 0; l && i < n && i < ENTRY_WORDS_MAX; i++) {
        const struct entry *e;
        if (tokens[i].n == 0 || key.n + (i ? tokens[i].n : 0) + 1 > sizeof mem)
            return found;
        if (i) {
            if (i == 1)
                memcpy(mem, tokens[0].p, tokens[0].n);
            mem[key.n] = ' ';
            memcpy(mem + key.n + 1, tokens[i].p, tokens[i].n);
            key = str_n(mem, key.n + 1 + tokens[i].n);
        }
        e = entry_find(l, key);
        if (e && e->value) {
            found = i + 1;
            if (out_value)
                *out_value = e->value;
        }
        if (!e || !e->extended)
            return found;
    }
    *open = l && n > 0;
    return found;
}

size_t list_match(const struct word_list *l, const str *tokens, size_t n, int *out_value)
{
    bool open;

    return match(l, tokens, n, out_value, &open);
}

bool list_open_end(const struct word_list *l, const str *tokens, size_t n)
{
    size_t from = n > ENTRY_WORDS_MAX ? n - ENTRY_WORDS_MAX : 0;
    bool open = false;

    for (size_t i = from; i < n && !open; i++)
        (void)match(l, tokens + i, n - i, NULL, &open);
    return open;
}
