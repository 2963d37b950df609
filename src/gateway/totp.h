/* gateway/totp.h - one-time codes of RFC 6238: HMAC-SHA-1, six digits, thirty seconds, as every authenticator app makes them. */
#pragma once
#include "base/arena.h"
#include "base/str.h"

enum { TOTP_SECRET_BYTES = 20, TOTP_STEP_S = 30, TOTP_DIGITS = 6 };

/* The code of a step (seconds since 1970 / 30), as a number below 1,000,000. */
uint32_t totp_code(const uint8_t *secret, size_t n, uint64_t step);
/* Is `code` that of now, or of the step before or after? Only steps later than `last` count, so that no code is good twice.
 * *out_step: which. */
bool totp_verify(const uint8_t *secret, size_t n, str code, int64_t now_ms, int64_t last, int64_t *out_step);
/* Base 32 of RFC 4648 without padding, as apps want the secret. */
str totp_base32(const uint8_t *p, size_t n, struct arena *a);
/* otpauth://totp/Harken:ann%40example.com?secret=...&issuer=Harken */
str totp_uri(const uint8_t *secret, size_t n, str account, struct arena *a);
