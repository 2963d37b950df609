/* deals/warnings.h - the 24 warnings of definitions.md section 7, as one table of rows.
 *
 * A row has an id, a severity, its settings with their defaults, and a function that looks at the facts as of a time. Rows can
 * be switched off and tuned by pipeline and by stage (struct deal_setting). Pure; any thread. */
#pragma once
#include "deals/cohort.h"

enum { WARNING_EVIDENCE_MAX = 8, WARNING_NUMBERS_MAX = 4, WARNINGS_VERSION = 1 };

enum deal_evidence_kind {
    EVIDENCE_INTERACTION,
    EVIDENCE_CHANGE,
    EVIDENCE_ACTIVITY,
    EVIDENCE_PERSON,
    EVIDENCE_FIELD
}; /* stored */

struct deal_evidence {
    enum deal_evidence_kind kind;
    struct id id;     /* interaction, change, activity or person; nil for EVIDENCE_FIELD: the deal itself */
    int64_t at_ms;    /* CLOCK_NONE: no time */
    int32_t span[3];  /* turn, start, end of an interaction; -1: the whole */
};

struct warning_hit {
    bool on;
    int warning;      /* 1..24 */
    int severity;     /* 1 low, 2 middle, 3 high */
    int64_t since_ms; /* when it began to hold, at most as_of */
    double numbers[WARNING_NUMBERS_MAX]; /* what the sentence is made of; see the row's words */
    struct deal_evidence evidence[WARNING_EVIDENCE_MAX];
    size_t evidence_n;
};

struct warning_context {
    const struct deal_facts *facts;
    const struct deal_state *state; /* as of now */
    const struct deal_cohort *cohort; /* NULL: no history yet */
    int64_t now;
    int64_t next_at; /* out: the earliest later time at which time alone changes a row; INT64_MAX: none */
};

struct warning_setting_row {
    const char *name; /* NULL: no more */
    double fallback;
    const char *unit; /* "d", "1", "EUR" */
};

struct warning_row {
    const char *id;    /* "W01" */
    const char *name;  /* "no_activity" */
    const char *words; /* for a person; %0..%3 are the numbers */
    const char *definition;
    int severity;
    bool conversation; /* rests on what was said, so it needs findings */
    struct warning_setting_row settings[CRM_SETTING_VALUES];
    /* Fills `h` and answers true when it holds. `p`: the settings in force. */
    bool (*holds)(struct warning_context *c, const double *p, struct warning_hit *h);
};

extern const struct warning_row warning_rows[WARNINGS_N]; /* warning n is warning_rows[n - 1] */

/* All rows on an open deal; a deal that is not open has none. out[WARNINGS_N]; *out_next as warning_context.next_at. */
void warnings_evaluate(const struct deal_facts *f, const struct deal_state *s, const struct deal_cohort *c, int64_t now,
                       struct warning_hit out[WARNINGS_N], int64_t *out_next);
/* "no next step" of W09. */
str warning_name(int warning, struct arena *a);
/* The sentence of a hit; memory in `a`. */
str warning_text(int warning, const double *numbers, struct arena *a);
/* The settings in force for a stage: defaults, then the pipeline's, then the stage's, then what somebody chose. Answers whether the row is on. */
bool warning_settings(const struct deal_pipeline *p, struct id stage, int warning, double out[CRM_SETTING_VALUES],
                      int *out_severity);
