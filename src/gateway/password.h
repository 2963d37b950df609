/* gateway/password.h - passwords of local accounts: which may be chosen, how they are kept, how long checking takes.
 *
 * Argon2id (RFC 9106) by libsodium over 64 MiB; the passes are found once, at the first use, so that one check takes 100 to 300 ms on
 * this machine. The text that is kept names its parameters, so that a stronger setting replaces it at the next sign-in.
 * Checking needs 64 MiB and a core: at most one check a core runs at a time, others wait a moment, then get ERR_BUSY. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { PASSWORD_CHARS_MIN = 8, PASSWORD_BYTES_MAX = 1024 };

/* ERR_INVALID with the reason for a person: too short, too long, too common, or made of what everybody knows about its
 * owner (`context`: names, addresses, the company's domains). Any characters will do; none must be there. */
enum err_code password_check(str password, const str *context, size_t n, struct arena *a, struct err *e);

int password_passes(void); /* that this machine takes; measured at the first call, for about half a second */

/* *out: "$argon2id$v=19$m=65536,t=3,p=1$..." in `a`. Blocks for as long as a check. ERR_BUSY. */
enum err_code password_hash(str password, struct arena *a, str *out, struct err *e);
/* ERR_DENIED: another password. *out_weak: kept under weaker parameters than today's; hash it again. `kept` empty (an unknown
 * user, or one without password) takes the same time and is always denied. */
enum err_code password_verify(str kept, str password, bool *out_weak, struct err *e);
