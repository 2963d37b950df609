/* domain/crm_priv.h - the words of the enumerations, for writing and reading. */
#pragma once
#include "domain/crm.h"

extern const char *const crm_field_names[CRM_FIELDS], *const crm_problem_names[CRM_PROBLEMS];
extern const char *const crm_category_names[CRM_CATEGORIES], *const crm_activity_names[CRM_ACTIVITY_TYPES];
extern const char *const crm_status_names[CRM_STATUSES], *const crm_direction_names[CRM_DIRECTIONS];
extern const char *const crm_outcome_names[3], *const crm_phase_names[4], *const crm_seniority_names[CRM_SENIORITIES];
