#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/arena.h"
#include "text/lists.h"
#include "text/lists_data.h"
#include "text/word_set.h"

enum { NODES_MAX = UINT16_MAX };

/* The node behind `parent` by the word `atom`; open addressing. */
struct list_child {
    uint32_t atom;
    uint16_t parent, node; /* node 0: an empty place */
};

/* All words of all lists. Those of short lists have the small numbers, so that `first` of a short list is short. Most words are
 * short, too: theirs are tables of their own, where a look-up touches one cache line. The first of them has the words of
 * the short lists, which are most of what is said, and is small enough to stay in the cache. */
enum {
    STARTS_BYTES =
        80 << 10, /* longer lists share a bit; the acts of a language, which every word asks, must have their own */
    PAIR_BITS = 14,
    PAIR_SEEN_BITS = 16, /* there are some 6,000 pairs of first words */
    PAIR_LISTS_MAX = 4096 /* there are some 200 */
};
enum { SHORT_MAX = 12, NEAR_WORDS = 8192, NEAR_SLOTS = 2 * NEAR_WORDS };
struct short_slot {
    uint64_t head; /* the word's bytes, zero behind its end */
    uint32_t tail;
    uint32_t atom; /* 0: empty */
};
struct long_slot {
    str word;
    uint64_t hash;
    uint32_t atom; /* 0: empty */
};
struct lexicon {
    struct arena *arena; /* of the tables below */
    struct short_slot near[NEAR_SLOTS], *far;
    struct long_slot *many;
    uint32_t near_n, far_mask, many_mask, n;
    struct word_row *row; /* word_sets_known.row */
    uint64_t *pair_seen; /* a bit by pair_hash(): does any list have an entry of these first two words? */
    uint16_t *pair; /* by pair_hash(): which lists, among others; a number in pair_lists */
    uint64_t pair_lists[PAIR_LISTS_MAX]; /* 0: none; most pairs are of few lists, and small tables stay in the cache */
    uint32_t pair_lists_n;
};

static pthread_once_t lexicon_once = PTHREAD_ONCE_INIT;
static struct lexicon lexicon;
struct word_sets_known word_sets_known;

static pthread_mutex_t lists_lock = PTHREAD_MUTEX_INITIALIZER; /* guards the two below; lists are immutable once set */
static struct word_list *lists_ready[LISTS_MAX];
static struct arena *lists_arena;

static uint64_t load(const char *p, size_t n)
{
    uint64_t w = 0;

    memcpy(&w, p, n);
    return w;
}

/* The bytes of a word of at most SHORT_MAX; loads that overlap instead of a loop. */
static struct short_slot short_of(str w)
{
    struct short_slot s = {0};

    if (w.n >= 8) {
        s.head = load(w.p, 8);
        s.tail = (uint32_t)(load(w.p + w.n - 4, 4) >> 8 * (SHORT_MAX - w.n));
    } else if (w.n >= 4) {
        s.head = load(w.p, 4) | load(w.p + w.n - 4, 4) >> 8 * (8 - w.n) << 32;
    } else if (w.n) {
        s.head = load(w.p, 1) | load(w.p + w.n / 2, 1) << 8 * (w.n / 2) | load(w.p + w.n - 1, 1) << 8 * (w.n - 1);
    }
    return s;
}

/* The same of a word with LIST_WORD_ROOM, without a branch. */
static struct short_slot short_of_roomy(str w)
{
    static const struct {
        uint64_t head, tail;
    } kept[SHORT_MAX + 1] = {
        {0, 0},
        {0xff, 0},
        {0xffff, 0},
        {0xffffff, 0},
        {0xffffffff, 0},
        {0xffffffffff, 0},
        {0xffffffffffff, 0},
        {0xffffffffffffff, 0},
        {UINT64_MAX, 0},
        {UINT64_MAX, 0xff},
        {UINT64_MAX, 0xffff},
        {UINT64_MAX, 0xffffff},
        {UINT64_MAX, 0xffffffff},
    };

    return (struct short_slot){.head = load(w.p, 8) & kept[w.n].head,
                               .tail = (uint32_t)(load(w.p + 8, 8) & kept[w.n].tail)};
}

static uint64_t short_hash(const struct short_slot *s)
{
    uint64_t h = (s->head ^ (uint64_t)s->tail << 17) * 0x9e3779b97f4a7c15u;

    return (h ^ h >> 29) * 0xd6e8feb86659fd93u >> 32;
}

/* The word's place in a table, or the empty one where it would be. */
static struct short_slot *short_find(struct short_slot *table, uint32_t mask, uint64_t hash, const struct short_slot *s)
{
    uint32_t i = (uint32_t)hash & mask;

    while (table[i].atom && !(table[i].head == s->head && table[i].tail == s->tail))
        i = (i + 1) & mask;
    return &table[i];
}

static struct long_slot *long_find(str word, uint64_t hash)
{
    uint32_t i = (uint32_t)hash & lexicon.many_mask;

    while (lexicon.many[i].atom && !(lexicon.many[i].hash == hash && str_eq(lexicon.many[i].word, word)))
        i = (i + 1) & lexicon.many_mask;
    return &lexicon.many[i];
}

static void word_add(str word)
{
    if (word.n > SHORT_MAX) {
        uint64_t hash = str_hash(word);
        struct long_slot *at = long_find(word, hash);
        if (!at->atom)
            *at = (struct long_slot){word, hash, ++lexicon.n};
    } else if (word.n) {
        struct short_slot s = short_of(word);
        uint64_t hash = short_hash(&s);
        struct short_slot *at = short_find(lexicon.near, NEAR_SLOTS - 1, hash, &s);
        if (!at->atom && lexicon.near_n == NEAR_WORDS)
            at = short_find(lexicon.far, lexicon.far_mask, hash, &s);
        else
            lexicon.near_n += !at->atom;
        s.atom = at->atom ? at->atom : ++lexicon.n;
        *at = s;
    }
}

static uint32_t atom_find(str word)
{
    struct short_slot s;
    uint64_t hash;
    uint32_t near;

    if (word.n > SHORT_MAX)
        return long_find(word, str_hash(word))->atom;
    if (!word.n)
        return 0;
    s = short_of(word);
    hash = short_hash(&s);
    near = short_find(lexicon.near, NEAR_SLOTS - 1, hash, &s)->atom;
    return near ? near : short_find(lexicon.far, lexicon.far_mask, hash, &s)->atom;
}

/* The next entry of a list's text; false at its end. *version is set when a line says it. */
static bool entry_next(str *rest, str *out_entry, int *out_value, int *version)
{
    str line, value;
    int64_t v;

    while (str_line_next(rest, &line)) {
        v = 1;
        line = str_trim_end(line);
        if (str_starts(line, STR("# version:")) && str_to_i64(str_trim(str_from(line, 10)), &v))
            *version = (int)v;
        if (line.n == 0 || line.p[0] == '#')
            continue;
        *out_entry = str_cut(line, '\t', &value);
        if (value.n && !str_to_i64(value, &v))
            continue;
        *out_value = (int)v;
        return true;
    }
    return false;
}

/* Before all others the words that are said most, so that they stand where their hash says. */
static size_t list_rank(size_t i)
{
    return strncmp(lists_data[i].name, "stop.", 5) == 0 ? 0 : lists_data[i].n;
}

static int shorter_first(const void *x, const void *y)
{
    size_t a = list_rank(*(const size_t *)x), b = list_rank(*(const size_t *)y);

    return (a > b) - (a < b);
}

static uint32_t power_above(size_t n)
{
    uint32_t cap = 16;

    while (cap < n)
        cap *= 2;
    return cap;
}

static uint64_t pair_hash(uint32_t first, uint32_t second)
{
    return ((uint64_t)first << 32 | second) * 0x9e3779b97f4a7c15u;
}

static uint64_t pair_lists(uint32_t first, uint32_t second)
{
    uint64_t hash = pair_hash(first, second), seen = hash >> (64 - PAIR_SEEN_BITS);

    if (!(lexicon.pair_seen[seen / 64] >> seen % 64 & 1))
        return 0;
    return lexicon.pair_lists[lexicon.pair[hash >> (64 - PAIR_BITS)]];
}

static void pair_add(uint32_t first, uint32_t second, uint64_t lists)
{
    uint64_t hash = pair_hash(first, second), seen = hash >> (64 - PAIR_SEEN_BITS);
    uint16_t *at = &lexicon.pair[hash >> (64 - PAIR_BITS)];
    uint32_t i = 1;

    lexicon.pair_seen[seen / 64] |= (uint64_t)1 << seen % 64;
    lists |= lexicon.pair_lists[*at];
    while (i <= lexicon.pair_lists_n && lexicon.pair_lists[i] != lists)
        i++;
    assert(i < PAIR_LISTS_MAX);
    if (i > lexicon.pair_lists_n)
        lexicon.pair_lists[++lexicon.pair_lists_n] = lists;
    *at = (uint16_t)i;
}

/* The lists that every word asks, in the order of word_row.value. */
static uint32_t list_close(size_t i)
{
    static const char *const names[WORD_VALUES] = {"commit.en",       "stop.en",           "when.en",
                                                   "weigh_action.en", "weigh_decision.en", "weigh_discovery.en",
                                                   "weigh_summary.en"};

    for (uint32_t k = 0; k < WORD_VALUES && names[k]; k++)
        if (strcmp(lists_data[i].name, names[k]) == 0)
            return k + 1;
    return 0;
}

/* One of its own for a close list; the others share what is left. */
static uint64_t list_bit(size_t i)
{
    uint32_t close = list_close(i);

    if (close)
        return (uint64_t)1 << (close - 1);
    return (uint64_t)1 << (lists_data[i].n <= STARTS_BYTES ? WORD_VALUES + i % (63 - WORD_VALUES) : 63);
}

/* Of the lists with a bit, once their words have atoms. */
static void starts_make(struct arena *a)
{
    lexicon.pair = ARENA_ARRAY(a, uint16_t, (size_t)1 << PAIR_BITS);
    lexicon.pair_seen = ARENA_ARRAY(a, uint64_t, (size_t)1 << (PAIR_SEEN_BITS - 6));
    for (size_t i = 0; i < lists_data_n; i++) {
        str rest = str_n(lists_data[i].text, lists_data[i].n), entry;
        uint32_t close = list_close(i);
        int value, version;
        while (lists_data[i].n <= STARTS_BYTES && entry_next(&rest, &entry, &value, &version)) {
            uint32_t first = atom_find(str_cut(entry, ' ', &entry));
            if (entry.n) {
                pair_add(first, atom_find(str_cut(entry, ' ', &entry)), list_bit(i));
                continue;
            }
            lexicon.row[first].lists |= list_bit(i);
            if (close)
                lexicon.row[first].value[close - 1] = value;
        }
    }
}

static void list_words_add(size_t i)
{
    str rest = str_n(lists_data[i].text, lists_data[i].n), entry;
    int value, version;

    while (entry_next(&rest, &entry, &value, &version))
        while (entry.n)
            word_add(str_cut(entry, ' ', &entry));
}

static size_t sets_count(void)
{
    // cppcheck-suppress comparePointers ; the two ends of one section
    return (size_t)(word_sets_end - word_sets_first);
}

static void sets_words_add(void)
{
    assert(sets_count() <= WORD_SETS_MAX);
    for (size_t i = 0; i < sets_count(); i++)
        for (size_t k = 0; k < word_sets_first[i].n; k++)
            word_add(str_of(word_sets_first[i].words[k]));
}

/* A row for each of the first `n` atoms. */
static void rows_make(uint32_t n, struct arena *a)
{
    uintptr_t room = (uintptr_t)ARENA_ARRAY(a, struct word_row, n + 1);

    lexicon.row = (struct word_row *)((room + sizeof(struct word_row) - 1) / sizeof(struct word_row) *
                                      sizeof(struct word_row)); /* none in two cache lines */
    for (size_t i = 0; i < sets_count(); i++)
        for (size_t k = 0; k < word_sets_first[i].n; k++) {
            str w = str_of(word_sets_first[i].words[k]);
            lexicon.row[atom_find(w)].sets.bit[i / 64] |= (uint64_t)1 << i % 64;
            word_sets_first[i].firsts |= 1u << (w.p[0] & 31);
        }
    word_sets_known = (struct word_sets_known){lexicon.row, n};
}

static void lexicon_make(void)
{
    struct arena *a = lexicon.arena = arena_new("text.lexicon");
    size_t order[LISTS_MAX] = {0}, few = 0, many = 0, run = 0, at = 0;
    uint32_t short_n;

    for (size_t i = 0; i < lists_data_n; i++) {
        order[i] = i;
        for (size_t k = 0; k < lists_data[i].n; k++, run++)
            if (strchr(" \t\n", lists_data[i].text[k])) {
                few += run <= SHORT_MAX;
                many += run > SHORT_MAX;
                run = SIZE_MAX;
            }
    }
    for (size_t i = 0; i < sets_count(); i++) {
        few += word_sets_first[i].n;
        many += word_sets_first[i].n;
    }
    qsort(order, lists_data_n, sizeof *order, shorter_first);
    lexicon.far_mask = power_above(few + few / 2) - 1;
    lexicon.many_mask = power_above(many + many / 2 + 1) - 1;
    lexicon.far = ARENA_ARRAY(a, struct short_slot, lexicon.far_mask + 1);
    lexicon.many = ARENA_ARRAY(a, struct long_slot, lexicon.many_mask + 1);
    for (; at < lists_data_n && list_rank(order[at]) == 0; at++)
        list_words_add(order[at]);
    sets_words_add();
    for (; at < lists_data_n && lists_data[order[at]].n <= STARTS_BYTES; at++)
        list_words_add(order[at]);
    short_n = lexicon.n + 1;
    for (; at < lists_data_n; at++)
        list_words_add(order[at]);
    rows_make(short_n, a);
    starts_make(a);
}

uint32_t list_atom(str word)
{
    pthread_once(&lexicon_once, lexicon_make);
    return atom_find(word);
}

static inline __attribute__((always_inline)) void atoms_find(const str *words, size_t n, bool roomy, uint32_t *out)
{
    enum { TOGETHER = 16 };
    struct short_slot s[TOGETHER] __attribute__((uninitialized));
    uint64_t hash[TOGETHER] __attribute__((uninitialized));

    pthread_once(&lexicon_once, lexicon_make);
    for (size_t from = 0; from < n; from += TOGETHER) {
        size_t m = n - from < TOGETHER ? n - from : TOGETHER;
        const str *w = words + from;
        uint32_t missed = 0;
        for (size_t i = 0; i < m; i++)
            if (w[i].n && w[i].n <= SHORT_MAX) {
                s[i] = roomy ? short_of_roomy(w[i]) : short_of(w[i]);
                hash[i] = short_hash(&s[i]);
                __builtin_prefetch(&lexicon.near[hash[i] & (NEAR_SLOTS - 1)]);
            }
        for (size_t i = 0; i < m; i++) {
            uint32_t atom = 0;
            if (w[i].n > SHORT_MAX)
                atom = long_find(w[i], str_hash(w[i]))->atom;
            else if (w[i].n)
                atom = short_find(lexicon.near, NEAR_SLOTS - 1, hash[i], &s[i])->atom;
            out[from + i] = atom;
            __builtin_prefetch(word_row_of(atom)); /* what is asked next */
            if (!atom && w[i].n && w[i].n <= SHORT_MAX) {
                __builtin_prefetch(&lexicon.far[hash[i] & lexicon.far_mask]);
                missed |= 1u << i;
            }
        }
        for (; missed; missed &= missed - 1) {
            size_t i = (size_t)__builtin_ctz(missed);
            out[from + i] = short_find(lexicon.far, lexicon.far_mask, hash[i], &s[i])->atom;
        }
    }
}

void list_atoms(const str *words, size_t n, uint32_t *out)
{
    atoms_find(words, n, false, out);
}

void list_atoms_roomy(const str *words, size_t n, uint32_t *out)
{
    atoms_find(words, n, true, out);
}

void list_starts(const uint32_t *atoms, size_t n, struct list_start *out, struct word_sets *out_sets)
{
    struct word_sets sets = {0};

    for (size_t i = 0; i < n; i++) {
        const struct word_row *row = word_row_of(atoms[i]);
        out[i].longer = (uint64_t)1 << 63 | (i + 1 < n ? pair_lists(atoms[i], atoms[i + 1]) : 0);
        out[i].any = row->lists | out[i].longer;
        word_sets_add(&sets, &row->sets);
    }
    *out_sets = sets;
}

static inline uint32_t child_slot(const struct word_list *l, uint32_t parent, uint32_t atom)
{
    uint32_t i = (uint32_t)((((uint64_t)parent << 32 | atom) * 0x9e3779b97f4a7c15u) >> 32) & l->child_mask;

    while (l->child[i].node && !(l->child[i].parent == parent && l->child[i].atom == atom))
        i = (i + 1) & l->child_mask;
    return i;
}

/* The node behind `at` (0: the beginning) by a word; 0: none. */
static inline uint32_t step(const struct word_list *l, uint32_t at, uint32_t atom)
{
    if (!at)
        return atom < l->first_n ? l->first[atom] : 0;
    return l->node[at].next & list_next_bit(atom) ? l->child[child_slot(l, at, atom)].node : 0;
}

static uint16_t node_make(struct word_list *l)
{
    assert(l->nodes_n < NODES_MAX);
    return (uint16_t)++l->nodes_n;
}

static void entry_add(struct word_list *l, str entry, int value)
{
    uint32_t at = 0;

    while (entry.n) {
        uint32_t atom = list_atom(str_cut(entry, ' ', &entry)), next = step(l, at, atom);
        if (!next) {
            uint32_t i = child_slot(l, at, atom);
            next = node_make(l);
            l->node[at].next |= list_next_bit(atom);
            l->child[i] = (struct list_child){atom, (uint16_t)at, (uint16_t)next};
        }
        at = next;
        l->node[at].reach |= value;
    }
    l->n += l->node[at].value == 0;
    l->node[at].value = value;
}

/* Makes the nodes of the words that begin entries in the order of their atoms: those of what is said most stand together. */
static void first_nodes_make(struct word_list *l, str rest)
{
    uint16_t *first = ARENA_ARRAY(lists_arena, uint16_t, l->first_n);
    str entry;
    int value;

    l->first = first;
    while (entry_next(&rest, &entry, &value, &l->version))
        first[list_atom(str_cut(entry, ' ', &entry))] = 1;
    for (uint32_t atom = 0; atom < l->first_n; atom++)
        first[atom] = first[atom] ? node_make(l) : 0;
}

/* Sizes the tables of a list by its text. */
static void list_measure(struct word_list *l, str text)
{
    size_t words = 0, inner = 0;
    uint32_t most = 0;
    str rest = text, entry;
    int value;

    while (entry_next(&rest, &entry, &value, &l->version))
        for (bool first = true; entry.n; first = false) {
            uint32_t atom = list_atom(str_cut(entry, ' ', &entry));
            words++;
            inner += !first;
            if (first && atom > most)
                most = atom;
        }
    l->node = ARENA_ARRAY(lists_arena, struct list_node, words + 1);
    l->first_n = most + 1;
    first_nodes_make(l, text);
    l->child_mask = power_above(inner * 2) - 1;
    l->single = l->close && !inner;
    l->child = ARENA_ARRAY(lists_arena, struct list_child, l->child_mask + 1);
}

static struct word_list *list_read(size_t i)
{
    str text = str_n(lists_data[i].text, lists_data[i].n), entry;
    struct word_list *l;
    int value;

    if (!lists_arena)
        lists_arena = arena_new("text.lists");
    l = ARENA_NEW(lists_arena, struct word_list);
    l->bit = list_bit(i);
    l->close = list_close(i);
    list_measure(l, text);
    while (entry_next(&text, &entry, &value, &l->version))
        entry_add(l, entry, value);
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
            lists_ready[i] = list_read(i);
        l = lists_ready[i];
        pthread_mutex_unlock(&lists_lock);
        break;
    }
    return l;
}

/* Lists are asked for by the same literals, sentence after sentence: each thread remembers the answers. */
struct asked {
    const char *base; /* a literal: its address says which; NULL: empty */
    uint64_t lang; /* its bytes */
    const struct word_list *list;
};
enum { ASKED_MAX = 256, ASKED_PROBES = 8 };
static __thread struct asked asked[ASKED_MAX];

/* Where the answer stands, or where it can be put. */
static struct asked *asked_at(const char *base, uint64_t lang)
{
    size_t first = (((uintptr_t)base ^ lang) * 0x9e3779b97f4a7c15u) >> 56;

    for (size_t i = 0; i < ASKED_PROBES; i++) {
        struct asked *at = &asked[(first + i) % ASKED_MAX];
        if (!at->base || (at->base == base && at->lang == lang))
            return at;
    }
    return &asked[first];
}

const struct word_list *list_for(const char *base, str lang)
{
    char name[64];
    struct asked *at;
    uint64_t key = 0;

    if (lang.n == 0 || lang.n > sizeof key)
        return NULL;
    key = lang.n == 2 ? load(lang.p, 2) : load(lang.p, lang.n); /* nearly all have two letters */
    at = asked_at(base, key);
    if (!at->base || at->base != base || at->lang != key) {
        snprintf(name, sizeof name, "%s.%.*s", base, STR_ARG(lang));
        *at = (struct asked){base, key, list_named(name)};
    }
    return at->list;
}

const struct word_list *list_get(const char *name)
{
    struct asked *at = asked_at(name, 0);

    if (!at->base || at->base != name || at->lang != 0)
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
    uint32_t at = 0;

    if (!l || !entry.n)
        return 0;
    while (entry.n) {
        at = step(l, at, list_atom(str_cut(entry, ' ', &entry)));
        if (!at)
            return 0;
    }
    return l->node[at].value;
}

size_t list_match(const struct word_list *l, const str *tokens, size_t n, int *out_value)
{
    uint32_t atoms[LIST_ENTRY_WORDS];
    size_t k = 0;

    if (!l || !n)
        return 0;
    atoms[k++] = list_atom(tokens[0]);
    if (list_begins(l, atoms[0]))
        for (; k < n && k < LIST_ENTRY_WORDS; k++)
            atoms[k] = list_atom(tokens[k]);
    return list_match_atoms(l, atoms, k, out_value);
}

size_t list_match_from(const struct word_list *l, const uint32_t *atoms, size_t n, int *out_value)
{
    size_t found = 0;
    uint32_t at = 0;

    for (size_t i = 0; i < n && i < LIST_ENTRY_WORDS; i++) {
        at = step(l, at, atoms[i]);
        if (!at)
            break;
        if (l->node[at].value) {
            found = i + 1;
            if (out_value)
                *out_value = l->node[at].value;
        }
        if (!l->node[at].next)
            break;
    }
    return found;
}

size_t list_hits_from(const struct word_list *l, const uint32_t *atoms, size_t n, struct list_hit out[LIST_ENTRY_WORDS])
{
    uint32_t at = step(l, 0, atoms[0]);
    int first = at ? l->close ? list_value_atom(l, atoms[0]) : l->node[at].value : 0;
    size_t found = 0;

    if (first)
        out[found++] = (struct list_hit){first, 1};
    for (size_t i = 1; at && i < n && i < LIST_ENTRY_WORDS; i++) {
        /* who asks a close list knows by the starts that an entry goes on: the first node would be looked at in vain */
        at = i == 1 && l->close ? l->child[child_slot(l, at, atoms[1])].node : step(l, at, atoms[i]);
        if (at && l->node[at].value)
            out[found++] = (struct list_hit){l->node[at].value, (uint8_t)(i + 1)};
    }
    return found;
}

/* Are all these words the beginning of a longer entry? */
static bool goes_on(const struct word_list *l, const uint32_t *atoms, size_t n)
{
    uint32_t at = 0;

    for (size_t i = 0; i < n; i++) {
        at = step(l, at, atoms[i]);
        if (!at || !l->node[at].next)
            return false;
    }
    return true;
}

bool list_open_end(const struct word_list *l, const uint32_t *atoms, size_t n)
{
    for (size_t i = n > LIST_ENTRY_WORDS ? n - LIST_ENTRY_WORDS : 0; l && i < n; i++)
        if (goes_on(l, atoms + i, n - i))
            return true;
    return false;
}
