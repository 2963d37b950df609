/* search/chunk.h - an interaction cut into the pieces that are searched, and the text of a piece that is embedded.
 *
 * A chunk is a run of whole turns of at most CHUNK_WORDS words together. A longer turn is cut into pieces of its own: a call's
 * every CHUNK_WORDS words, since spoken sentences are long and their ends guessed; written text into equal parts that end
 * with a sentence where one ends near. Chunks follow one another without gap or overlap, so that the neighbours of a chunk
 * are chunk - 1 and chunk + 1 (the ranker reads them) and no word is embedded twice. Turns without words are in no chunk.
 * tools/ranker/README.md has the figures behind the sizes.
 *
 * Pure functions over an interaction: any thread, no I/O, memory in `a`. CHUNK_VERSION is stored with the chunks. */
#pragma once
#include "domain/interaction.h"

struct arena;

enum { CHUNK_VERSION = 1, CHUNK_WORDS = 128, CHUNK_CUT_REACH = 24, CHUNK_SPANS_MAX = CHUNK_WORDS };

/* A word here is a run of bytes other than ASCII white space and U+00A0, with or without letters. A run of more than
 * CHUNK_WORD_BYTES_MAX bytes counts as several, so that a chunk stays bounded in scripts without spaces, too. */
enum { CHUNK_WORD_BYTES_MAX = 48 };

struct chunk {
    struct ia_span *spans; /* ascending by turn, one for each turn; from first to last word of the part */
    size_t spans_n;
    uint32_t words;
};

void chunk_split(const struct interaction *ia, struct arena *a, struct chunk **out, size_t *out_n);

/* What is embedded: a header line (title, when it has two words at least; account; deal), then "Speaker: cleaned words" line by
 * line. Never empty. */
str chunk_embed_text(const struct interaction *ia, const struct ia_span *spans, size_t spans_n, struct arena *a);

/* Who speaks in a chunk, and how much: the ranker prefers chunks of speakers that the query names. */
struct chunk_voice {
    str name; /* label as in the interaction; "" when unknown */
    uint32_t words;
};
struct chunk_voice *chunk_voices(const struct interaction *ia, const struct ia_span *spans, size_t spans_n,
                                 struct arena *a, size_t *out_n);
