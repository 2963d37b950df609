/* formats/vtt.h - WebVTT: the W3C file parser, and its dialects in the format row `vtt`.
 *
 * Plain functions, any thread, no I/O; results live in the arena and may point into the text given. */
#pragma once
#include "formats/format.h"

struct vtt_cue {
    str id;
    int64_t start_ms, end_ms;
    str text;    /* raw cue text: tags and character references as they stand */
    size_t line; /* of the time line, from 1 */
};

struct vtt_block { /* NOTE, STYLE, the header, or a block dropped by the standard's rules */
    str text;
    size_t line;
    bool bad_time; /* it had a time line that is none */
};

struct vtt_file {
    str header; /* what follows WEBVTT on the first lines, without it */
    struct vtt_cue *cues;
    size_t cues_n, cues_cap;
    struct vtt_block *blocks; /* everything that is no cue, in order */
    size_t blocks_n, blocks_cap;
};

enum {
    VTT_LOOSE_TIMES = 1u << 0, /* also Teams times: "0:0:5.32", "-0:0:0.120" (read as 0), see vtt_is_loose() */
};

/* W3C "WebVTT parser algorithm" (https://www.w3.org/TR/webvtt1/#file-parsing). `text` is UTF-8 without byte order mark;
 * NULs, CR and CRLF may still be in it. Errors: ERR_INVALID (no WEBVTT signature). */
enum err_code vtt_read(str text, unsigned flags, struct arena *a, struct vtt_file *out, struct err *e);

/* True when a time line of the file is written the way Microsoft Graph writes them, without zero padding, which the
 * standard's parser drops. */
bool vtt_is_loose(str text);

/* Cue text to plain text as the standard's cue parser sees it: tags and timestamps away, references decoded. */
str vtt_plain(str cue_text, struct arena *a);

struct vtt_span {
    str voice; /* annotation of <v>, references decoded, spaces collapsed; empty outside of one */
    str text; /* plain */
};
/* The cue text cut where the voice changes; stretches of white space only are left out. */
size_t vtt_voices(str cue_text, struct arena *a, struct vtt_span **out);
