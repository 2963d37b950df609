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
    size_t mask, n;
    int version;
};

static pthread_mutex_t lists_lock = PTHREAD_MUTEX_INITIALIZER; /* guards the two below; lists are immutable once set */
static struct word_list *lists_ready[LISTS_MAX];
static struct arena *lists_arena;

static struct entry *slot_find(const struct word_list *l, str key)
{
    size_t i = str_hash(key) & l->mask;

    while (l->slot[i].key.p && !str_eq(l->slot[i].key, key))
        i = (i + 1) & l->mask;
    return &l->slot[i];
}

static void entry_add(struct word_list *l, str key, int value)
{
    struct entry *e;

    for (size_t i = 1; i < key.n; i++) /* all beginnings, so that matching knows when to stop */
        if (key.p[i] == ' ') {
            struct entry *head = slot_find(l, str_sub(key, 0, i));
            head->key = str_sub(key, 0, i);
            head->extended = true;
        }
    e = slot_find(l, key);
    e->key = key;
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
    l->mask = cap - 1;
    while (str_line_next(&rest, &line))
        line_read(l, line);
    return l;
}

const struct word_list *list_get(const char *name)
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

const struct word_list *list_for(const char *base, str lang)
{
    char name[64];

    if (lang.n == 0 || lang.n > 8)
        return NULL;
    snprintf(name, sizeof name, "%s.%.*s", base, STR_ARG(lang));
    return list_get(name);
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
    return l ? slot_find(l, entry)->value : 0;
}

size_t list_match(const struct word_list *l, const str *tokens, size_t n, int *out_value)
{
    char key[ENTRY_BYTES_MAX];
    size_t k = 0, found = 0;

    for (size_t i = 0; l && i < n && i < ENTRY_WORDS_MAX; i++) {
        const struct entry *e;
        if (tokens[i].n == 0 || k + tokens[i].n + 1 > sizeof key)
            break;
        if (i)
            key[k++] = ' ';
        memcpy(key + k, tokens[i].p, tokens[i].n);
        k += tokens[i].n;
        e = slot_find(l, str_n(key, k));
        if (e->value) {
            found = i + 1;
            if (out_value)
                *out_value = e->value;
        }
        if (!e->extended)
            break;
    }
    return found;
}
