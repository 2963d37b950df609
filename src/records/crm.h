/* records/crm.h - what a CRM says, stored: deals with every change, people, activities, quotas, pipelines.
 *
 * What the source names gets the keyed hash of that name as its id, so the same record twice is one row and records may come
 * in any order: a deal of an unknown account makes that account, a stage may be named before its pipeline is. Accounts and
 * deals that conversations brought in before are recognised by their name, people by their mail address. Changes are only
 * added. Writes belong to the caller's transaction; calls block on the database. */
#pragma once
#include "domain/crm.h"
#include "records/vaulted.h"

enum crm_source { CRM_FROM_FILE, CRM_FROM_CONNECTOR, CRM_FROM_HERE }; /* stored as numbers: append only */

/* Stores records and says which deals they concern (each once, memory in `a`). Takes the workspace's people lock until the
 * transaction ends. */
enum err_code record_crm_save(struct db_tx *t, const struct vaulted *v, const struct crm_record *recs, size_t n,
                              enum crm_source source, struct arena *a, struct id **out_deals, size_t *out_n,
                              struct err *e);

/* Deals that an interaction concerns: its own, else those of its account when there are at most five. Memory in `a`. */
enum err_code record_deals_of(struct db_tx *t, const struct vaulted *v, struct id deal, struct id account,
                              struct arena *a, struct id **out, size_t *out_n, struct err *e);

/* All deals of an account, by id. */
enum err_code record_account_deals(struct db_tx *t, const struct vaulted *v, struct id account, struct arena *a,
                                   struct id **out, size_t *out_n, struct err *e);

/* Says that something happened to these deals: what was worked out from an earlier count of changes is out of date. Call it
 * before queueing the job that works it out again, in one transaction. */
enum err_code record_deals_touch(struct db_tx *t, const struct vaulted *v, const struct id *deals, size_t n,
                                 struct err *e);

/* Names of deals, accounts and people, opened. Ids that are gone, and erased people, have an empty name. */
enum name_kind { NAME_DEAL, NAME_ACCOUNT, NAME_PERSON, NAME_STAGE, NAME_PIPELINE };
enum err_code record_names_load(struct db_tx *t, const struct vaulted *v, enum name_kind kind, const struct id *ids,
                                size_t n, struct arena *a, str *out, struct err *e);
/* The last words of a field (CRM_F_NEXT_STEP, CRM_F_REASON) of each deal, opened; empty where there are none. */
enum err_code record_deal_words(struct db_tx *t, const struct vaulted *v, int field, const struct id *deals, size_t n,
                                struct arena *a, str *out, struct err *e);
