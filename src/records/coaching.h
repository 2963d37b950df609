/* records/coaching.h - comments on conversations and filled-in scorecards, sealed in PostgreSQL.
 *
 * Whoever may read the conversation may read them; the database's own lock sees to that as well. Calls block on the
 * database; memory in `a`, which should be wiped. */
#pragma once
#include "records/interaction.h"

enum { SHEET_ANSWERS_MAX = 50, SHEET_ANSWER_MAX = 5 };

enum remark_kind { REMARK_COMMENT, REMARK_REQUEST, REMARK_SHARE, REMARK_KINDS };

struct remark {
    struct id id, interaction, author, about; /* about nil: the conversation; of a share: with whom */
    enum remark_kind kind;
    bool placed;
    struct ia_span span;
    str text;
    int64_t created_ms;
};
/* Sets id and time. ERR_NOT_FOUND: no such conversation. */
enum err_code remark_add(struct db_tx *t, const struct vaulted *v, struct remark *r, struct arena *a, struct err *e);
/* Oldest first. */
enum err_code remarks_load(struct db_tx *t, const struct vaulted *v, struct id interaction, struct arena *a,
                           struct remark **out, size_t *out_n, struct err *e);

struct score_sheet {
    struct id id, interaction, form, about, author;
    bool model;
    int32_t answers[SHEET_ANSWERS_MAX]; /* 1..SHEET_ANSWER_MAX; 0: not answered */
    size_t answers_n;
    str note;
    int64_t created_ms, updated_ms;
};
/* Sets id and times; a second sheet of the same author about the same person replaces the first. */
enum err_code score_sheet_put(struct db_tx *t, const struct vaulted *v, struct score_sheet *s, struct arena *a,
                              struct err *e);
enum err_code score_sheets_load(struct db_tx *t, const struct vaulted *v, struct id interaction, struct arena *a,
                                struct score_sheet **out, size_t *out_n, struct err *e);
