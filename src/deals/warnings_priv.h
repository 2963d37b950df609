/* deals/warnings_priv.h - what the rows of warnings share, and the rows themselves. */
#pragma once
#include "deals/warnings.h"

int64_t warn_window_start(const struct warning_context *c); /* 7 days before the deal was made */
void warn_next(struct warning_context *c, int64_t at_ms);   /* time alone may change a row then */
void warn_evidence(struct warning_hit *h, enum deal_evidence_kind kind, struct id id, int64_t at_ms,
                   const int32_t *span);
void warn_evidence_act(struct warning_hit *h, const struct deal_act *a);
void warn_evidence_find(struct warning_hit *h, const struct deal_find *d);
double warn_days(int64_t from_ms, int64_t to_ms);
int64_t warn_day_end(const struct warning_context *c, int64_t day);
bool warn_phase_reached(const struct warning_context *c, double phase);

typedef bool warning_fn(struct warning_context *c, const double *p, struct warning_hit *h);

warning_fn w01_no_activity, w02_ghosted, w03_overdue, w08_stalled, w10_pushed, w11_unrealistic, w12_regressed,
    w13_amount_down, w21_reciprocity_low, w24_owner_gap; /* warnings.c */
warning_fn w04_contacts, w05_no_power, w14_champion_silent, w15_champion_lost, w09_no_next_step, w19_unopened,
    w20_cancelled;
warning_fn w06_no_pricing, w07_red_flag, w16_no_process, w17_competitor_late, w18_sentiment, w22_conflict, w23_no_legal;
