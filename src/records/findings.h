/* records/findings.h - what the analyses found in an interaction, sealed in PostgreSQL, and what people say about it.
 *
 * Enumerations, numbers, days and byte ranges stand in clear so that SQL can count them; names, attributes and the hashes of
 * the words a finding rests on are sealed. A finding whose words no longer are those it was made from (another text, an
 * erased speaker) is not given out. Any thread; calls block on the database. */
#pragma once
#include "records/interaction.h"
#include "store/page.h"

#define FINDING_NO_DAY INT32_MIN

enum finding_state { FINDING_FOUND, FINDING_CONFIRMED, FINDING_DISMISSED }; /* stored as numbers: append only */

struct record_finding {
    str kind;     /* "commitment", "objection", "qualification", "competitor", "tracker" ...; [a-z0-9_]{1,32} */
    str class;    /* "PRICE", "meddpicc.metrics", a tracker's id; empty: none; [A-Za-z0-9_.-]{1,63} */
    str modality; /* of commitments: COMMITTED ACCEPTED REQUESTED HEDGED NEGATED CANCELLED; empty: none */
    str owner;    /* name of a participant or a speaker's label; empty: none */
    struct id owner_id; /* the person behind it; nil: nobody known. Out of load; save finds it in the cast */
    int32_t due_day;    /* days since 1970-01-01 in the zone of the conversation; FINDING_NO_DAY: none */
    bool has_value;
    double value;
    str attributes; /* a JSON object with what else the kind has to say; empty: nothing */
    double confidence; /* 0..1 */
    enum ia_side side; /* of who says it */
    int64_t at_ms;     /* from the start of the recording; IA_TIME_NONE: unknown */
    str maker;         /* "rules.commitments", "model.commitments"; [a-z0-9_.-]{1,63} */
    int version;
    enum finding_state state;
    struct ia_span *spans; /* the evidence; at least one, each of at least one byte */
    size_t spans_n;
    uint32_t ordinal; /* its number in the interaction; out of load */
};

/* What people said of a maker's findings of one kind. */
struct finding_clicks {
    str maker, kind;
    int64_t right, wrong;
};
enum err_code record_clicks_load(struct db_tx *t, const struct vaulted *v, struct arena *a, struct finding_clicks **out,
                                 size_t *out_n, struct err *e);

/* A maker and the version that went over an interaction. */
struct finding_maker {
    const char *name;
    int version;
};

/* Replaces the findings of these makers (a maker that found nothing is noted as well). Findings of other makers stay.
 * Verdicts of people on the same words of the same kind and class are put on again. ERR_INVALID: a span outside the text. */
enum err_code record_findings_save(struct db_tx *t, const struct vaulted *v, const struct record_ia *rec,
                                   const struct record_finding *f, size_t n, const struct finding_maker *makers,
                                   size_t makers_n, struct err *e);
/* The same for an interaction that record_ia_save has stored in this transaction: nothing is found in it yet. */
enum err_code record_findings_first(struct db_tx *t, const struct vaulted *v, const struct record_ia *rec,
                                    const struct record_finding *f, size_t n, const struct finding_maker *makers,
                                    size_t makers_n, struct err *e);
/* Those whose words still are what they were, dismissed ones included, in the order of their first span. Memory in `a`,
 * which should be wiped. */
enum err_code record_findings_load(struct db_tx *t, const struct vaulted *v, const struct record_ia *rec,
                                   struct arena *a, struct record_finding **out, size_t *out_n, struct err *e);
/* Which findings, across interactions; each null: all. Days are half open, INT64_MIN: open. */
struct findings_filter {
    struct db_val kinds, classes, modalities; /* text[] */
    struct db_val persons, deals, interactions; /* uuid[] */
    int64_t due_from, due_to;
};
/* Where a finding stands, for a page: by the start of its interaction (unknown: 0) and an id made of interaction and number. */
struct finding_place {
    struct id id, interaction, deal; /* deal nil: none */
    uint32_t ordinal;
    int64_t started_ms; /* CLOCK_NONE: unknown */
};
/* `w`: from_ms and to_ms limit the start. Memory in `a`. */
enum err_code findings_page(struct db_tx *t, const struct vaulted *v, const struct findings_filter *f,
                            const struct page_want *w, struct arena *a, struct finding_place **out, size_t *out_n,
                            struct err *e);
/* Where the findings of these ids stand, in no particular order; those that are not there are left out. */
enum err_code findings_places(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n, struct arena *a,
                              struct finding_place **out, size_t *out_n, struct err *e);
/* Findings at places, out[i] of p[i]; NULL where its words no longer are what they were, or its conversation is not in `recs`. */
enum err_code record_findings_at(struct db_tx *t, const struct vaulted *v, const struct record_ia *recs, size_t recs_n,
                                 const struct finding_place *p, size_t n, struct arena *a,
                                 const struct record_finding **out, struct err *e);
/* Interactions over which a maker has not been in its version. */
enum err_code record_findings_stale(struct db_tx *t, const struct vaulted *v, const struct finding_maker *makers,
                                    size_t makers_n, struct arena *a, struct id **out, size_t *out_n, struct err *e);

/* A person says of the words of a finding that it is right or wrong; a second word replaces the first. `tracker` and
 * `person` may be nil. */
enum err_code record_feedback_add(struct db_tx *t, const struct vaulted *v, struct id ia, str kind, str class,
                                  struct ia_span span, struct id tracker, struct id person, bool right, struct err *e);

/* Takes back what people said of these words. */
enum err_code record_feedback_drop(struct db_tx *t, const struct vaulted *v, struct id ia, str kind, str class,
                                   struct ia_span span, struct err *e);

/* due_day <-> "2026-03-12" */
str finding_day_str(struct arena *a, int32_t day);
