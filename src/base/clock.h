/* base/clock.h - instants are int64_t milliseconds since 1970 UTC; durations use the monotonic clock. */
#pragma once
#include <time.h>

#include "base/str.h"

#define CLOCK_NONE INT64_MIN /* "no instant known" */

int64_t clock_now_ms(void);  /* wall clock, UTC */
int64_t clock_mono_ms(void); /* never goes back; for durations and deadlines only */
int64_t clock_mono_us(void);
struct timespec clock_deadline(int64_t in_ms); /* monotonic, for pthread_cond_timedwait; in_ms >= 0 */

enum { CLOCK_TEXT_LEN = 32 };
/* "2026-06-10T21:50:07.428Z"; years 0000..9999, others give "" */
void clock_format(int64_t at_ms, char out[CLOCK_TEXT_LEN]);
str clock_str(struct arena *a, int64_t at_ms);
/* RFC 3339, also with a space for T, without seconds, without zone (then UTC), or a date alone. False when not one.
 * *out_offset_min (may be NULL): the zone's offset in minutes, 0 when none was given. */
bool clock_parse(str s, int64_t *out_ms, int *out_offset_min);
/* Proleptic Gregorian calendar, UTC. month 1..12, day 1..31. */
int64_t clock_from_civil(int year, int month, int day, int hour, int minute, int second, int ms);
void clock_to_civil(int64_t at_ms, int *year, int *month, int *day, int *hour, int *minute, int *second, int *ms);
int clock_weekday(int64_t at_ms); /* 0 = Monday .. 6 = Sunday */
