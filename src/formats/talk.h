/* formats/talk.h - what all transcript formats share: collecting turns, speaker labels, times and names in text.
 *
 * Plain functions over memory of one arena; any thread, no I/O. */
#pragma once
#include "formats/format.h"

/* --- collecting turns --- */

struct talk {
    struct arena *a;
    struct ia_turn *turns;
    size_t n, cap;
    size_t text_bytes;
    bool full; /* a limit was passed: talk_finish reports it */
};

void talk_init(struct talk *t, struct arena *a);
/* Copies nothing: speaker and text must live in the arena or outlive it. Outer space of the speaker is removed. */
void talk_add(struct talk *t, str speaker, int64_t start_ms, int64_t end_ms, str text);
/* Hands the turns to *ia; participants the item does not have yet are made from the labels in order of appearance.
 * ERR_LIMIT past IA_TURNS_MAX, IA_TEXT_MAX or IA_PARTICIPANTS_MAX. */
enum err_code talk_finish(struct talk *t, struct interaction *ia, struct err *e);

/* Adds a participant unless one of that name (or mail address) is there; returns it. NULL when there are too many.
 * Linear: for lists that sources give, not for labels (talk_finish uses a table). */
struct ia_participant *talk_participant(struct interaction *ia, struct arena *a, str name, str email);

/* --- labels --- */

/* "Dana Reyes: words" -> label, rest. True when what stands before the first ": " (or a colon at the end of the line)
 * could be a name: at most 60 bytes and 8 words, begins with a letter or digit, holds no sentence end, URL or time.
 * Markdown bold around the label is removed. */
bool talk_label_split(str line, str *out_label, str *out_rest);
/* Stricter: one to four words, each beginning with a capital (or a script without case), and not one of the words
 * notes use as field names ("Agenda", "Date", "Action items" ...). */
bool talk_label_is_name(str label);

/* Counts labels of a whole file, to tell "Name: words" from prose with colons. */
struct talk_votes;
struct talk_votes *talk_votes_new(struct arena *a);
void talk_votes_add(struct talk_votes *v, str label);
size_t talk_votes_of(const struct talk_votes *v, str label);
size_t talk_votes_order(const struct talk_votes *v, str label); /* 0 for the first label that was added */
size_t talk_votes_labels(const struct talk_votes *v); /* distinct */
size_t talk_votes_total(const struct talk_votes *v);

/* --- lines --- */

struct talk_lines {
    str *line;
    size_t n, cap;
};
/* Ends of lines are LF, CRLF or CR; the lines point into text. */
struct talk_lines talk_lines_split(str text, struct arena *a);

/* --- times and dates --- */

/* "1:02:03.5", "00:01:02,345", "0:15", "12:05:33" -> ms. Whole string; hours may be missing; minutes and seconds
 * below 60 except that M:SS allows up to 999 minutes. */
bool talk_time_parse(str s, int64_t *out_ms);
/* Like it, for a time at the beginning of s; *out_n is its length. */
bool talk_time_prefix(str s, int64_t *out_ms, size_t *out_n);

/* Finds "2026-03-14", "2026-03-14 16:04", "... 16:04 GMT+1", "20260314-160400" or "March 14, 2026" / "14 March 2026" in a
 * short text. False when there is none. *out_at, *out_n: where it stood. */
bool talk_date_find(str s, int64_t *out_ms, int *out_offset_min, size_t *out_at, size_t *out_n);

/* Fills what the content did not say: title from the file name (without folder, extension and leading date; a name
 * like "transcript.vtt" takes its folder's name along) and started_at from a date in that name. */
void talk_name_fill(struct interaction *ia, str path, struct arena *a);

/* "en-US" -> "en"; "eng" -> "en"; empty when it is no language tag. Static memory or part of s lower-cased in `a`. */
str talk_language(str tag, struct arena *a);
