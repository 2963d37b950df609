/* insight/answer.h - questions answered from what the asker may see, by quoting it, or by counting it.
 *
 * Extractive: passages from search are cut into sentences (UAX 29), each is scored against the question, and the ones that
 * answer it come back, every one with the span it stands in. Nothing is written that was not said; when nothing answers the
 * question, `found` is false and that is the answer. Questions that count or list ("how many calls in October", "which
 * mails mention pricing") become a typed query over the catalogue, answered with the rows that were counted. */
#pragma once
#include "search/index.h"

struct embedder;
struct answer_question;

enum { ANSWER_SENTENCES_MAX = 8 };

struct answer_span {
    struct id interaction;
    struct ia_span span;
    str source, quote; /* quote: exactly the bytes of the span */
};

struct answer_sentence {
    str text; /* what is shown: the quote, or a counted figure in words */
    struct answer_span *spans;
    size_t spans_n;
    double score; /* 0..1, how sure that it answers */
};

/* What was counted or listed: a conversation, a deal, or something found in a conversation. */
struct answer_row {
    const char *kind;            /* "call", "mail" ...; "deal"; "objection", "commitment" ... */
    struct id interaction, deal; /* nil: none */
    int64_t started_at_ms;       /* of the conversation; CLOCK_NONE: unknown, or none */
    str title, source;           /* of the conversation; the deal's name */
    str detail;                  /* what it was counted for; may be empty */
    uint32_t turn, start;        /* of what was found: where its words begin */
};

struct answer {
    bool found;
    bool counted; /* answered by a query: rows are all that was counted or listed */
    struct answer_sentence *sentences;
    size_t sentences_n;
    struct answer_row *rows;
    size_t rows_n;
    int64_t count; /* when counted; may be more than the rows shown */
};

/* How answers reach the words: the caller (who checks access and writes the audit row) opens turns of interactions. */
struct answer_source {
    void *arg;
    /* Loads whole interactions, in order; missing ones are left out. */
    enum err_code (*load)(void *arg, const struct id *ids, size_t n, struct arena *a, struct interaction **out,
                          size_t *out_n, struct err *e);
    /* May be NULL. Asked first: a question that counts things this room does not know (deals, findings). *out_done: it was
     * one, and *out answers it. */
    enum err_code (*counts)(void *arg, const struct answer_question *q, struct arena *a, struct answer *out,
                            bool *out_done, struct err *e);
};

struct answer_question {
    str text;
    const str *history; /* earlier questions, oldest first */
    size_t history_n;
    struct index_filter filter;
    int64_t now_ms; /* for "last month" */
};

/* Vector of a question, leaned towards the questions before it (query_history_weight), of unit length; memory in `a`. NULL
 * when the engine cannot answer just now: then words alone must do. */
const float *answer_query_vector(struct embedder *em, str text, const str *history, size_t history_n, struct arena *a,
                                 struct err *e);

/* `em` may be NULL: then words alone decide. Errors: ERR_INVALID (empty or too long question), those of embed and load. */
enum err_code answer_make(struct index *ix, struct embedder *em, const struct answer_source *src,
                          const struct answer_question *q, struct arena *a, struct answer *out, struct err *e);
