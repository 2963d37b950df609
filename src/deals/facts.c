#include "deals/facts.h"

const struct deal_stage *deal_stage_find(const struct deal_pipeline *p, struct id id)
{
    for (size_t i = 0; p && i < p->stages_n; i++)
        if (id_eq(p->stages[i].id, id))
            return &p->stages[i];
    return NULL;
}

const struct deal_person *deal_person_find(const struct deal_facts *f, struct id id)
{
    for (size_t i = 0; i < f->person_n; i++)
        if (id_eq(f->person[i].id, id))
            return &f->person[i];
    return NULL;
}

bool act_is_external(const struct deal_act *a)
{
    if (a->status != CRM_DONE)
        return false;
    switch (a->type) {
    case CRM_A_MEETING:
    case CRM_A_CALL:
        return true;
    case CRM_A_MAIL:
        return a->direction == CRM_D_IN || a->direction == CRM_D_BOTH;
    case CRM_A_DOCUMENT_OPENED:
        return true;
    default:
        return false;
    }
}

bool act_is_outbound(const struct deal_act *a)
{
    if (a->status != CRM_DONE)
        return false;
    switch (a->type) {
    case CRM_A_CALL_ATTEMPT:
    case CRM_A_DOCUMENT_SENT:
        return true;
    case CRM_A_MAIL:
        return a->direction == CRM_D_OUT || a->direction == CRM_D_BOTH;
    default:
        return false;
    }
}

bool act_is_meeting(const struct deal_act *a)
{
    return a->status == CRM_DONE && (a->type == CRM_A_MEETING || a->type == CRM_A_CALL);
}

int64_t deal_day(const struct deal_pipeline *p, int64_t at_ms)
{
    int64_t local = at_ms + (p ? (int64_t)p->offset_min * 60000 : 0);

    return local >= 0 ? local / DAY_MS : (local - DAY_MS + 1) / DAY_MS;
}
