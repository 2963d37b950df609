/* api/answers.h - keeping what was asked. */
#pragma once
#include "api/resource.h"
#include "insight/answer.h"

/* Keeps a question and where its answer stands, sealed, for who asked: in a transaction of its own. Words of others are not
 * kept; they are read anew, from where they stand, when the answer is read. */
enum err_code answer_keep(struct res_ctx *c, str question, const struct answer *an, struct err *e);
