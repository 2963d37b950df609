/* text/word_set.h - a few words that a rule looks for, written where the rule is.
 *
 *     WORD_SET(links, "and", "but", "so");
 *     if (word_set_has(&links, s->atom[i])) ...
 *     if (word_sets_meet(&s->sets, &links)) ... is one of them anywhere in the sentence?
 *
 * Words are lower case, as text/words.h gives them, and not empty; they are asked for by their atoms (text/lists.h). The words of
 * all sets of the program have atoms, and each atom a row of bits: the sets it is in. So a question is a look at one bit, and a
 * sentence that has none of the words is known by the rows of its words together. The sets stand side by side in a section of
 * their own, which is how they are found and what numbers them. For more than some fifty words, or words of one language among
 * several, use a list. Any thread. */
#pragma once
#include "base/str.h"

struct word_set {
    const char *const *words;
    uint32_t n;
    uint32_t firsts; /* of word_set_begins(): a bit for each first letter, by its low bits */
};

/* Sixteen bytes each, so that they stand in the section without gaps. */
#define WORD_SET(name, ...)                                                                                            \
    static const char *const name##_words[] = {__VA_ARGS__};                                                           \
    static struct word_set name                                                                                        \
        __attribute__((section("word_sets"), used)) = {name##_words, sizeof name##_words / sizeof(char *), 0}

enum { WORD_SETS_MAX = 192 };
/* Of a word the sets it is in, of several words those that have any of them. */
struct word_sets {
    uint64_t bit[WORD_SETS_MAX / 64];
};

/* The sets of this program; none may be. */
extern struct word_set word_sets_first[] __asm__("__start_word_sets") __attribute__((weak, visibility("hidden")));
extern struct word_set word_sets_end[] __asm__("__stop_word_sets") __attribute__((weak, visibility("hidden")));

/* What is known of each word stands together in one cache line: a text has many different words, and each is asked about many
 * times. By atom, made with the atoms (text/lists.c); atoms from `n` on are in no set and in no short list. */
enum { WORD_VALUES = 8 };
struct word_row {
    struct word_sets sets;
    uint64_t lists; /* bits (word_list.bit) of those that have it as an entry */
    int32_t value[WORD_VALUES]; /* its value in the lists that every word asks (word_list.close); 0: none */
};
struct word_sets_known {
    const struct word_row *row;
    uint32_t n;
};
extern struct word_sets_known word_sets_known;

static inline bool word_sets_meet(const struct word_sets *sets, const struct word_set *set)
{
    size_t number = (size_t)(set - word_sets_first);

    return sets->bit[number / 64] >> number % 64 & 1;
}
/* `atom`: 0 for a word that is none of any list or set. */
static inline const struct word_row *word_row_of(uint32_t atom)
{
    return &word_sets_known.row[atom < word_sets_known.n ? atom : 0];
}
static inline const struct word_sets *word_sets_of(uint32_t atom)
{
    return &word_row_of(atom)->sets;
}
static inline bool word_set_has(const struct word_set *set, uint32_t atom)
{
    return word_sets_meet(word_sets_of(atom), set);
}
static inline void word_sets_add(struct word_sets *to, const struct word_sets *more)
{
    for (size_t i = 0; i < WORD_SETS_MAX / 64; i++)
        to->bit[i] |= more->bit[i];
}
/* Does w begin with one of them? */
bool word_set_begins(const struct word_set *set, str w);
