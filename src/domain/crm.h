/* domain/crm.h - what a CRM says: pipelines, accounts, people, deals with every change of every field, activities, quotas.
 *
 * One record is one JSON object; its key "format" says which (doc/formats.md, "What a CRM knows"). Parsers (formats/) make
 * records, records/ stores them, deals/ and analytics/ work on what was stored. A value that cannot be (30 February, the
 * currency "EURO") is no error: the change is kept with the problem, and what depends on it has no value and says why.
 * Plain data; all memory belongs to one arena. */
#pragma once
#include "domain/interaction.h"

enum crm_type {
    CRM_PIPELINE, /* "harken.pipeline/1" */
    CRM_ACCOUNT, /* "harken.account/1" */
    CRM_CONTACT, /* "harken.contact/1": somebody at an account */
    CRM_SELLER, /* "harken.seller/1": one of ours */
    CRM_DEAL, /* "harken.deal/1" */
    CRM_CHANGE, /* "harken.change/1": one change of one field of a deal */
    CRM_ACTIVITY, /* "harken.activity/1" */
    CRM_QUOTA, /* "harken.quota/1" */
    CRM_TYPES
};

/* Fields of a deal. Stored as numbers: append only. */
enum crm_field {
    CRM_F_STAGE, /* id of a stage */
    CRM_F_AMOUNT, /* micros of a currency */
    CRM_F_CLOSE_DATE, /* day */
    CRM_F_OWNER, /* mail address */
    CRM_F_CATEGORY, /* enum crm_category */
    CRM_F_PIPELINE, /* id of a pipeline */
    CRM_F_PROBABILITY, /* millionths, as the CRM says */
    CRM_F_NAME, /* words */
    CRM_F_NEXT_STEP, /* words */
    CRM_F_REASON, /* words: why it was lost or won */
    CRM_F_DELETED, /* 1: gone from the CRM */
    CRM_FIELDS
};

/* Why a change has no value. Stored as numbers: append only. */
enum crm_problem {
    CRM_P_NONE,
    CRM_P_DATE,
    CRM_P_AMOUNT,
    CRM_P_CURRENCY,
    CRM_P_STAGE,
    CRM_P_VALUE,
    CRM_P_CONFLICT,
    CRM_PROBLEMS
};

/* Forecast categories, the human layer (definitions 9). */
enum crm_category {
    CRM_C_NONE,
    CRM_C_OMITTED,
    CRM_C_PIPELINE,
    CRM_C_BEST_CASE,
    CRM_C_COMMIT,
    CRM_C_CLOSED,
    CRM_CATEGORIES
};

enum crm_outcome { CRM_OPEN, CRM_WON, CRM_LOST };
enum crm_phase { CRM_EARLY, CRM_MIDDLE, CRM_PROPOSAL, CRM_NEGOTIATION };
enum crm_seniority {
    CRM_S_UNKNOWN,
    CRM_S_STAFF,
    CRM_S_MANAGER,
    CRM_S_DIRECTOR,
    CRM_S_VP,
    CRM_S_C_LEVEL,
    CRM_SENIORITIES
};
enum { CRM_CHAMPION = 1, CRM_ECONOMIC_BUYER = 2, CRM_BOUNCED = 4, CRM_LEFT = 8 }; /* flags of people */

/* Stored as numbers: append only. */
enum crm_activity_type {
    CRM_A_MEETING,
    CRM_A_CALL, /* answered */
    CRM_A_CALL_ATTEMPT, /* not answered */
    CRM_A_MAIL,
    CRM_A_DOCUMENT_SENT,
    CRM_A_DOCUMENT_OPENED,
    CRM_A_BOUNCE,
    CRM_A_AUTO_REPLY,
    CRM_A_INTERNAL, /* a meeting or mail among ourselves */
    CRM_A_TASK,
    CRM_ACTIVITY_TYPES
};
enum crm_status { CRM_DONE, CRM_PLANNED, CRM_CANCELLED, CRM_MISSED, CRM_STATUSES };
enum crm_direction { CRM_D_NONE, CRM_D_IN, CRM_D_OUT, CRM_D_BOTH, CRM_DIRECTIONS };

struct crm_change {
    int64_t at_ms;
    enum crm_field field;
    enum crm_problem problem;
    bool cleared; /* set to nothing */
    int64_t number; /* micros, day since 1970-01-01, category, millionths, 1 */
    str currency; /* amounts; empty: the pipeline's */
    str text; /* id of a stage or pipeline, mail address, words; with a problem: what was written */
    str by; /* mail address of who changed it; empty: unknown */
};

struct crm_stage {
    str id, name;
    int order;
    enum crm_outcome outcome;
    enum crm_phase phase;
    double probability;
};

enum { CRM_SETTING_VALUES = 4 };
struct crm_setting {
    int warning; /* 1..24 */
    str stage; /* empty: every stage */
    bool enabled;
    int severity; /* 1..3; 0: the default */
    double values[CRM_SETTING_VALUES]; /* NaN: the default */
};

struct crm_person_ref {
    str email;
    unsigned flags; /* CRM_CHAMPION ... */
};

struct crm_record {
    enum crm_type type;
    str id; /* at the source; never empty, except of a change */
    str name; /* of a pipeline, account, contact, seller, deal; subject of an activity */
    str account, deal, pipeline, owner, email, domain, title, phone, team;
    str currency;
    int offset_min; /* of a pipeline's zone */
    int64_t at_ms; /* of an activity; created_at of a deal; inactive or lost since of a person; CLOCK_NONE: none */
    int64_t from_day, to_day, amount_micros; /* of a quota */
    enum crm_seniority seniority;
    unsigned flags; /* of a contact */
    bool active; /* of a seller */
    enum crm_activity_type activity;
    enum crm_status status;
    enum crm_direction direction;
    enum ia_side cancelled_by;
    struct crm_change *changes;
    size_t changes_n;
    struct crm_stage *stages;
    size_t stages_n;
    struct crm_setting *settings;
    size_t settings_n;
    struct crm_person_ref *people; /* of a deal or an activity */
    size_t people_n;
};

enum {
    CRM_CHANGES_MAX = 10000,
    CRM_STAGES_MAX = 100,
    CRM_PEOPLE_MAX = 500,
    CRM_SETTINGS_MAX = 1000,
    CRM_TEXT_MAX = 16 << 10
};

bool crm_format_parse(str format, enum crm_type *out); /* "harken.deal/1" */
const char *crm_field_name(enum crm_field f); /* "close_date" */
bool crm_field_parse(str s, enum crm_field *out);
const char *crm_problem_name(enum crm_problem p); /* "impossible_date" */
const char *crm_category_name(enum crm_category c);
const char *crm_activity_name(enum crm_activity_type t);
const char *crm_seniority_name(enum crm_seniority s);

/* "486000.00" or "-3.5" to micros; at most six decimals; false when it is no number or too large. */
bool crm_micros_parse(str s, int64_t *out);
/* "486000.00"; two decimals at least, six at most. */
str crm_micros_str(struct arena *a, int64_t micros);
/* "2026-12-11" (or a time on that day) to days since 1970-01-01; years 1970 to 2200. */
bool crm_day_parse(str s, int64_t *out);
str crm_day_str(struct arena *a, int64_t day);
bool crm_currency_valid(str s); /* a code of ISO 4217 in use */

/* Writes one record as its JSON object. */
void crm_json_write(const struct crm_record *r, struct jw *w);
/* Reads one object. Unknown keys are ignored, wrong types are errors that name the place ("history[3].at: missing").
 * Memory in `a`. */
enum err_code crm_json_read(const struct json *v, struct arena *a, struct crm_record *out, struct err *e);
