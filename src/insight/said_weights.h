/* insight/said_weights.h - the tables of insight/said.c, made from said_weights.txt at build (tools/text/said_embed.py). */
#pragma once
#include <stdint.h>

enum { SAID_WIDTH = 32, SAID_SCALE = 10 /* for a weight of 1 */, SAID_SLOTS = 1 << 14 };
enum {
    SAID_DROPPED,
    SAID_BEGIN,
    SAID_ALONE,
    SAID_SYMBOLS
}; /* symbols: not looked at; before the first word; in no pair */

extern const int said_offsets[SAID_WIDTH];
enum { SAID_GATES = 3, SAID_GATES_WIDTH = 4 }; /* objection, field, attitude */
extern const int said_gates[SAID_GATES]; /* least sums */
extern const int16_t said_gate_words[][SAID_GATES_WIDTH];
extern const int8_t said_asks[SAID_WIDTH];

/* By the number of text/lists/said.en.txt; the last two are figures and names; number 0 is no word. */
extern const uint32_t said_words_n;
extern const uint16_t said_symbols[];
extern const int8_t said_words[][SAID_WIDTH];

/* From 1; a slot that is 0 is empty. */
struct said_pair {
    uint16_t first, second;
};
extern const struct said_pair said_pairs[];
extern const int8_t said_pair_rows[][SAID_WIDTH];
extern const uint16_t said_slots[SAID_SLOTS];
