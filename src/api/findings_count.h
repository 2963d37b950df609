/* api/findings_count.h - questions about findings, for POST /v1/ask. */
#pragma once
#include "api/api.h"
#include "insight/answer.h"

/* *out_done: it was one, understood to the last word, and *out answers it: by the words the findings rest on, or by their number.
 * Opens conversations through api_load, which checks access and writes the audit record. ERR_LIMIT: too many. */
enum err_code api_findings_count(struct call *k, const struct answer_question *q, struct arena *a, struct answer *out,
                                 bool *out_done, struct err *e);
