/* insight/said.h - what a customer's sentence is, by its words: an objection, a field of the qualification, an attitude.
 *
 * Softmax regressions over words and over pairs of words near each other, fitted by tools/text/said_weights.py with written
 * sentences. English only: of a sentence in another language nothing is said. Chances are between 0 and 1 and fit the mixture
 * of sentences they were made with. Any thread; no state. */
#pragma once
#include "insight/discourse.h"

enum { SAID_OBJECTIONS = 12, SAID_FIELDS = 17, SAID_NEGATIVE = -1, SAID_POSITIVE = 1 };

struct said {
    uint8_t objection; /* 1..SAID_OBJECTIONS as in text/lists/objection.en.txt; 0: none */
    int8_t attitude; /* SAID_NEGATIVE, 0, SAID_POSITIVE */
    uint32_t fields; /* a bit for each field of the qualification, as in text/lists/qualify.en.txt */
    float objection_chance, fields_chance, attitude_chance; /* that it is anything of that kind */
};

struct said said_read(const struct sentence *s);
/* Of each sentence; only those of the other side are read. */
const struct said *said_all(const struct discourse *d, struct arena *a);
