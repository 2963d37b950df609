/* domain/interaction.h - the noun everything is about: one call, mail, note or document, as its turns.
 *
 * Parsers (formats/) make it, the pipeline stores it sealed, search, insight and the programs' interfaces read it. Plain
 * data: all memory belongs to one arena. Text is valid UTF-8 without NUL; turns are numbered from 0 in file order,
 * empty ones included. */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/id.h"
#include "base/json.h"

enum ia_kind { IA_CALL, IA_MAIL, IA_NOTE, IA_DOCUMENT, IA_KINDS };
enum ia_side { IA_SIDE_UNKNOWN, IA_SIDE_INTERNAL, IA_SIDE_EXTERNAL, IA_SIDES };

#define IA_TIME_NONE (-1) /* a turn without that time; times are ms from the start of the recording */

struct ia_participant {
    str name;  /* as written, outer space removed; may be empty when email is not */
    str email; /* lower case domain; empty when unknown */
    enum ia_side side;
    bool side_explicit; /* said by the source, not inferred */
};

struct ia_turn {
    str speaker; /* label as in the source, outer space removed; empty: unknown */
    int64_t start_ms, end_ms;
    str text; /* the original words */
};

/* Parts of a mail that are not the sender's own new words, in the order they stood in. */
enum ia_part_kind { IA_PART_QUOTED, IA_PART_SIGNATURE, IA_PART_FORWARDED };
struct ia_part {
    enum ia_part_kind kind;
    str text;
};

struct interaction {
    struct id id;            /* nil until stored */
    enum ia_kind kind;
    str title;               /* may be empty */
    str source;              /* the path as given to ingest; "" when it came over the API without one */
    str format;              /* name of the row of formats/ that read it: "vtt" */
    str language;            /* BCP 47 primary tag: "en"; "und" when not known */
    int64_t started_at_ms;   /* CLOCK_NONE when unknown */
    int started_offset_min;  /* offset of the zone started_at was written in */
    int64_t duration_ms;     /* IA_TIME_NONE unless the source knows it to the second */
    bool no_overlap; /* the source writes cue by cue: overlap figures mean nothing (definitions 0, "change of floor") */
    struct ia_participant *participants;
    size_t participants_n;
    struct ia_turn *turns;
    size_t turns_n;
    struct ia_part *parts; /* mail only */
    size_t parts_n;
    str external_id; /* Message-ID, Gong call id ...; empty when none */
    str thread_id; /* mail: root of References; empty when none */
    str account, deal; /* names given by a side table or by the source; empty when none */
};

/* A span is the unit of evidence: bytes [start, end) of the original text of one turn. */
struct ia_span {
    uint32_t turn, start, end;
};

enum {
    IA_TURNS_MAX = 1000000,
    IA_TEXT_MAX = 64 << 20,
    IA_PARTICIPANTS_MAX = 10000,
    IA_NAME_MAX = 4096, /* bytes of a name, address or speaker */
    IA_LABEL_MAX = 32768 /* bytes of a title, id, account or deal */
};

const char *ia_kind_name(enum ia_kind k); /* "call", "mail", "note", "document" */
bool ia_kind_parse(str s, enum ia_kind *out);
const char *ia_side_name(enum ia_side s); /* "unknown", "internal", "external" */
bool ia_side_parse(str s, enum ia_side *out);

/* Writes our own JSON, harken.interaction/1, plus id, source, language, quoted and signature where present. */
void ia_json_write(const struct interaction *ia, struct jw *w);
/* Reads one object of our own JSON. Unknown keys are ignored; wrong types are errors that name the place
 * ("turns[3].text: not a string"). Memory in `a`; `text` values are copied. Limits: IA_TURNS_MAX, IA_TEXT_MAX in all. */
enum err_code ia_json_read(const struct json *v, struct arena *a, struct interaction *out, struct err *e);

/* May it be stored? ERR_LIMIT names what is too long. Parsers' results are looked at one by one, so that one bad message of
 * many is refused alone. */
enum err_code ia_limits_check(const struct interaction *ia, struct err *e);

/* SHA-256-free identity of content for tests: kind, title, times, participants and turns are equal. */
bool ia_same(const struct interaction *x, const struct interaction *y);
