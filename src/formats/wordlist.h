/* formats/wordlist.h - the labels Word puts before paragraphs of lists and numbered headings ("2.", "1.1.", "-").
 *
 * Word stores no labels, only which list and which level a paragraph belongs to; the rest is in numbering.xml and in
 * styles.xml (ECMA-376 part 1, 17.9 and 17.7). Lists count on where they stopped, also past other paragraphs; lists that
 * share a definition share its counters unless one starts anew. */
#pragma once
#include "base/arena.h"
#include "base/str.h"

enum { WORD_LEVELS = 9, WORD_LISTS_MAX = 20000, WORD_STYLES_MAX = 8000 };

struct word_lists;

struct word_place { /* in a list */
    int list;  /* numId; 0 no list, -1 not said */
    int level; /* 0..8; -1 not said */
};

/* Either part may be empty; what is broken in them is left out: labels are a courtesy. */
struct word_lists *word_lists_new(struct arena *a, str styles_xml, str numbering_xml);
/* What a paragraph style says, what it is based on included. */
struct word_place word_style_place(const struct word_lists *w, str style);
bool word_style_is_heading(const struct word_lists *w, str style);
/* Counts the paragraph and gives its label: "2.", "b)", "-" for a bullet, empty for a list without labels. */
str word_label(struct word_lists *w, struct word_place at, struct arena *a);
/* 4 -> "iv"; 1..3999, others as digits. */
str word_roman(struct arena *a, int64_t n);
