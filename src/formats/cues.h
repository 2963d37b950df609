/* formats/cues.h - from caption cues to turns: who speaks in them, for the rows vtt and srt. */
#pragma once
#include "formats/vtt.h"

/* Adds turns (and participants from labels) to *ia in cue order, times as they stand.
 *
 * Who speaks, by what the file shows as a whole:
 *   - voice spans <v Name>: each span a turn, several in one cue share its times;
 *   - cue text that is a JSON object with spokenText (Microsoft Graph metadataContent): its speakerName, and the
 *     conversation's start and language from the first of them;
 *   - "Name: words" in at least four of five cues (Zoom): the label where there is one, nobody where there is none;
 *     ia->no_overlap is set, Zoom writes one cue after the other;
 *   - labels now and then (captions): a label holds until the next one;
 *   - else nobody.
 * Line breaks inside a cue are layout and become spaces. A cue without words stays as an empty turn. */
enum err_code cues_to_turns(const struct vtt_cue *cues, size_t n, struct arena *a, struct interaction *ia,
                            struct err *e);

/* Line breaks and the spaces around them become one space; outer space goes. */
str cues_unwrap(str s, struct arena *a);
