/* api/passkey.h - what signing in asks of security keys. */
#pragma once
#include "api/api.h"
#include "gateway/credentials.h"

/* Writes the member "webauthn": what the browser must answer, for those of the factors that are security keys. */
enum err_code passkey_ask(struct call *k, struct jw *w, struct id user, const struct factor *list, size_t n,
                          struct err *e);
/* The factor that an answer fits and its new counter (0: it counts nothing); NULL when there is none. */
const struct factor *passkey_find(struct call *k, struct id user, const struct json *answer, const struct factor *list,
                                  size_t n, int64_t *out_counter);
