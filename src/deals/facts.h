/* deals/facts.h - everything known about one deal, loaded: its changes, activities, findings, people and pipeline.
 *
 * Facts are what the sources said, each with its time; nothing here is worked out. deals/state.h says how a deal stood at any
 * time, from the facts up to then. Plain data in one arena. */
#pragma once
#include "domain/crm.h"

#define DAY_MS ((int64_t)86400000)

enum { DEAL_STAGES_MAX = CRM_STAGES_MAX, WARNINGS_N = 24 };

struct deal_stage {
    struct id id;
    int ordinal; /* 1 is the first */
    enum crm_outcome outcome;
    enum crm_phase phase;
    double probability; /* what the CRM says */
};

struct deal_setting {
    int warning;
    struct id stage; /* nil: every stage */
    bool enabled;
    int severity; /* 0: default */
    double values[CRM_SETTING_VALUES];
};

struct deal_pipeline {
    struct id id;
    char currency[4];
    int offset_min; /* of the zone whose days count */
    struct deal_stage *stages; /* by ordinal */
    size_t stages_n;
    struct deal_setting *settings;
    size_t settings_n;
    struct deal_choice { /* what somebody chose here: wins over the settings */
        bool made, enabled;
        int severity; /* 0: as it would be */
    } choice[WARNINGS_N];
};

/* One change of one field. */
struct deal_change {
    int64_t at_ms;
    enum crm_field field;
    enum crm_problem problem;
    bool empty;      /* set to nothing */
    int64_t number;  /* micros, day, category, millionths, 1 */
    char currency[4]; /* of an amount; empty: the pipeline's */
    struct id id, ref, by;
};

/* Something that happened or is planned between us and them: an interaction, or what the CRM logged. What is both is here
 * once, as the interaction, with the CRM's word on type, status and direction. */
struct deal_act {
    int64_t at_ms;
    enum crm_activity_type type;
    enum crm_status status;
    enum crm_direction direction;
    enum ia_side cancelled_by;
    enum ia_kind kind; /* of an interaction */
    bool interaction, priced; /* priced: words about price stand in it */
    struct id id; /* interaction or activity */
    struct id *people; /* external people */
    size_t people_n;
};

/* What the analyses found in an interaction of the deal (records/findings.h). */
enum deal_find_kind {
    FIND_COMMITMENT,
    FIND_OBJECTION,
    FIND_COMPETITOR,
    FIND_PRICING,
    FIND_QUALIFICATION,
    FIND_RED_FLAG,
    FIND_ATTITUDE,
    FIND_CONFLICT, /* words that contradict a field of the CRM */
    FIND_KINDS
};
struct deal_find {
    enum deal_find_kind kind;
    int64_t at_ms; /* start of the interaction */
    struct id interaction, owner;
    char class_[40], modality[16];
    enum ia_side side;
    int64_t due_day; /* INT32_MIN: none */
    double value, confidence;
    bool confirmed;
    int32_t span[3]; /* turn, start, end */
};

struct deal_person {
    struct id id;
    enum crm_seniority seniority;
    unsigned flags; /* CRM_CHAMPION ... */
    int64_t lost_at_ms; /* CLOCK_NONE: not lost */
};

struct deal_seller {
    struct id id;
    bool active;
    int64_t inactive_at_ms; /* CLOCK_NONE: unknown */
};

struct deal_facts {
    struct id deal, account, pipeline_id;
    int64_t opened_ms; /* as the CRM says; CLOCK_NONE: the first change */
    int64_t changes; /* deal.changes when it was loaded */
    const struct deal_pipeline *pipe; /* NULL: not known */
    struct deal_change *change; /* oldest first */
    size_t change_n;
    struct deal_act *act; /* oldest first */
    size_t act_n;
    struct deal_find *find; /* oldest first */
    size_t find_n;
    struct deal_person *person;
    size_t person_n;
    struct deal_seller *seller; /* those who own or owned it and are not active, or all */
    size_t seller_n;
};

const struct deal_stage *deal_stage_find(const struct deal_pipeline *p, struct id id); /* NULL: none */
const struct deal_person *deal_person_find(const struct deal_facts *f, struct id id);

/* Does the activity count as one of theirs, of ours (definitions 7: automatic replies and internal mail never do)? Only what
 * was done. */
bool act_is_external(const struct deal_act *a); /* they came, answered, wrote or opened */
bool act_is_outbound(const struct deal_act *a); /* we wrote, called or sent */
bool act_is_meeting(const struct deal_act *a); /* a meeting or an answered call with somebody of theirs */

int64_t deal_day(const struct deal_pipeline *p, int64_t at_ms); /* the day of an instant in the pipeline's zone */
