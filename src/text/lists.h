/* text/lists.h - the word lists of src/text/lists/, embedded at build.
 *
 * A list file has one entry a line, lower case, words separated by one space; an entry may carry a number after a tab
 * (1 when absent) whose meaning the file's comment states. Lines that start with '#' are comments; `# version: N` gives
 * the version that figures and the index record. A list is read at first use and then never changes. Any thread.
 *
 * Every word of any list has a number, its atom. Who asks several lists about the same words finds the atoms once
 * (words_split() does) and asks with them: a list is then a look into an array. */
#pragma once
#include <stdatomic.h>

#include "text/word_set.h"

/* A word, or the words of an entry up to one of them. */
struct list_node {
    int32_t value; /* 0: only the beginning of entries */
    int32_t reach; /* bits of the values of it and of all that begin with it */
    uint64_t next; /* a bit for each word that longer entries go on with; words share bits */
};

struct list_child;

/* Its layout stands here so that the commonest answer, none, takes no call; ask by the functions below. */
struct word_list {
    const uint16_t *first; /* node of each atom that begins an entry; 0: none */
    uint32_t first_n;
    struct list_node *node; /* from 1; node 0 is empty */
    struct list_child *child;
    uint32_t child_mask;
    uint32_t nodes_n;
    uint32_t close; /* from 1: the values of its single words stand in word_row.value[close - 1] as well; 0: not */
    uint64_t bit; /* of list_starts() */
    bool single; /* nobody shares the bit, and no entry has two words */
    size_t n;
    int version;
};

/* "fillers.en"; NULL when the build holds no such list. `name` and `base` are string literals: their address is remembered. */
const struct word_list *list_get(const char *name);
/* The same for who asks at every sentence: looked up once for each place in the code. `name` as above, and there is such a list. */
#define LIST(name)                                                                                                     \
    ({                                                                                                                 \
        static const struct word_list *_Atomic list_found;                                                             \
        const struct word_list *list_now = atomic_load_explicit(&list_found, memory_order_acquire);                    \
        if (!list_now) {                                                                                               \
            list_now = list_get(name);                                                                                 \
            atomic_store_explicit(&list_found, list_now, memory_order_release);                                        \
        }                                                                                                              \
        list_now;                                                                                                      \
    })
/* The list `base`.`lang`, or NULL. */
const struct word_list *list_for(const char *base, str lang);

int list_version(const struct word_list *l);
size_t list_count(const struct word_list *l);
/* 1..; 0 for what is no word of any list. `word`: lower case. */
uint32_t list_atom(str word);
/* The same of many words at once, which is faster; fastest where so many bytes from the beginning of each may be read, whatever
 * its length. */
enum { LIST_WORD_ROOM = 16 };
void list_atoms(const str *words, size_t n, uint32_t *out);
void list_atoms_roomy(const str *words, size_t n, uint32_t *out);

/* The value of a one-word or whole-phrase entry, 0 when there is none. */
int list_value(const struct word_list *l, str entry);
/* The longest entry that tokens[0..] begin with: how many tokens it has, 0 for none. *out_value may be NULL. */
size_t list_match(const struct word_list *l, const str *tokens, size_t n, int *out_value);
size_t list_match_from(const struct word_list *l, const uint32_t *atoms, size_t n, int *out_value); /* n > 0 */
/* Does an entry, of one word or of several, begin with it? */
static inline bool list_begins(const struct word_list *l, uint32_t atom)
{
    return l && atom < l->first_n && l->first[atom];
}
/* Has an entry that begins with it one of the bits? */
static inline bool list_reaches(const struct word_list *l, uint32_t atom, int bits)
{
    return l && atom < l->first_n && (l->node[l->first[atom]].reach & bits);
}
/* The value of a word that is an entry by itself, else 0. */
static inline int list_value_atom(const struct word_list *l, uint32_t atom)
{
    if (l && l->close)
        return word_row_of(atom)->value[l->close - 1];
    return l && atom < l->first_n ? l->node[l->first[atom]].value : 0;
}
/* 0 for no word of any list. */
static inline uint64_t list_next_bit(uint32_t atom)
{
    return (uint64_t)(atom != 0) << (atom * 0x9e3779b1u >> 26);
}
/* Can an entry be there, by its first two words? Without a branch: many words begin an entry, and few entries go on. */
static inline bool list_may(const struct word_list *l, const uint32_t *atoms, size_t n) /* n > 0 */
{
    const struct list_node *first = &l->node[atoms[0] < l->first_n ? l->first[atoms[0]] : 0];

    return ((uint64_t)(first->value != 0) | (first->next & list_next_bit(n > 1 ? atoms[1] : 0))) != 0;
}
static inline size_t list_match_atoms(const struct word_list *l, const uint32_t *atoms, size_t n, int *out_value)
{
    return n && l && list_may(l, atoms, n) ? list_match_from(l, atoms, n, out_value) : 0;
}

/* For who asks many lists about the same words: at each word the bits (word_list.bit) of the lists that may have an entry
 * there, by it and the next word. A list whose bit is not set has none. Long lists, of names and of words, share a bit that is
 * always set. With them the sets (text/word_set.h) that have any of the words. */
struct list_start {
    uint64_t any;
    uint64_t longer; /* of more than one word */
};
void list_starts(const uint32_t *atoms, size_t n, struct list_start *out, struct word_sets *out_sets);
/* list_match_atoms() of words whose starts are known. */
static inline size_t list_match_start(const struct word_list *l, const struct list_start *at, const uint32_t *atoms,
                                      size_t n, int *out_value)
{
    int v;

    if (!l || !(at->any & l->bit))
        return 0;
    if (at->longer & l->bit)
        return list_match_from(l, atoms, n, out_value);
    v = list_value_atom(l, atoms[0]);
    if (v && out_value)
        *out_value = v;
    return v != 0;
}

/* Is the word an entry by itself? `starts`: of the word. */
static inline bool list_has_start(const struct word_list *l, const struct list_start *starts, uint32_t atom)
{
    return l && (l->single ? (starts->any & l->bit) != 0 : list_value_atom(l, atom) != 0);
}

/* All entries that the words begin with, the shortest first; returns how many. */
enum { LIST_ENTRY_WORDS = 8 }; /* the longest entry of any list */
struct list_hit {
    int value;
    uint8_t words;
};
size_t list_hits_from(const struct word_list *l, const uint32_t *atoms, size_t n,
                      struct list_hit out[LIST_ENTRY_WORDS]); /* n > 0 */
static inline size_t list_hits(const struct word_list *l, const uint32_t *atoms, size_t n,
                               struct list_hit out[LIST_ENTRY_WORDS])
{
    return n && l && list_may(l, atoms, n) ? list_hits_from(l, atoms, n, out) : 0;
}

/* Might an entry that begins within these tokens go on behind their end? */
bool list_open_end(const struct word_list *l, const uint32_t *atoms, size_t n);
