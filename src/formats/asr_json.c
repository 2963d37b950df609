/* formats/asr_json.c - what speech recognisers and meeting tools write as JSON, as one table of shapes.
 *
 * A shape says where the list of utterances (or of words) is and under which keys text, speaker and times stand. Paths
 * are keys joined by dots; "[0]" takes the first element of an array. After the table comes a last resort: any list of
 * objects that have words and someone who says them. Programs named here: Deepgram, AssemblyAI, Amazon Transcribe and
 * Contact Lens, Azure Speech, Whisper and whisper.cpp, Fireflies, and the podcast namespace of Podcasting 2.0. */
#include <math.h>

#include "formats/charset.h"
#include "formats/shapes.h"
#include "formats/talk.h"

extern const struct format_ops format_asr_json;

enum {
    SHAPE_WORDS = 1u << 0,    /* entries are words: grouped into sentences of one speaker */
    SHAPE_LENGTH = 1u << 1,   /* `end` is a duration, not a time */
    SHAPE_CHANNELS = 1u << 2, /* `list` is per element of results.channels */
};

struct shape {
    const char *name;
    const char *mark; /* a path that must be there; NULL: none */
    const char *list;
    const char *text, *text2;
    const char *speaker;
    const char *start, *end;
    double unit_ms;
    unsigned flags;
    const char *id, *duration, *language; /* paths from the root; duration in seconds */
};

static const struct shape shapes[] = {
    {.name = "deepgram utterances",
     .list = "results.utterances",
     .text = "transcript",
     .speaker = "speaker",
     .start = "start",
     .end = "end",
     .unit_ms = 1000,
     .id = "metadata.request_id",
     .duration = "metadata.duration"},
    {.name = "deepgram words",
     .mark = "results.channels",
     .list = "alternatives.[0].words",
     .text = "punctuated_word",
     .text2 = "word",
     .speaker = "speaker",
     .start = "start",
     .end = "end",
     .unit_ms = 1000,
     .flags = SHAPE_WORDS | SHAPE_CHANNELS,
     .id = "metadata.request_id",
     .duration = "metadata.duration"},
    {.name = "amazon transcribe segments",
     .list = "results.audio_segments",
     .text = "transcript",
     .speaker = "speaker_label",
     .start = "start_time",
     .end = "end_time",
     .unit_ms = 1000,
     .id = "jobName",
     .language = "results.language_code"},
    {.name = "amazon transcribe items",
     .list = "results.items",
     .text = "alternatives.[0].content",
     .speaker = "speaker_label",
     .start = "start_time",
     .end = "end_time",
     .unit_ms = 1000,
     .flags = SHAPE_WORDS,
     .id = "jobName",
     .language = "results.language_code"},
    {.name = "amazon contact lens",
     .list = "Transcript",
     .text = "Content",
     .speaker = "ParticipantId",
     .start = "BeginOffsetMillis",
     .end = "EndOffsetMillis",
     .unit_ms = 1,
     .id = "CustomerMetadata.ContactId",
     .language = "LanguageCode"},
    {.name = "assemblyai utterances",
     .mark = "audio_duration",
     .list = "utterances",
     .text = "text",
     .speaker = "speaker",
     .start = "start",
     .end = "end",
     .unit_ms = 1,
     .id = "id",
     .duration = "audio_duration",
     .language = "language_code"},
    {.name = "assemblyai words",
     .mark = "audio_duration",
     .list = "words",
     .text = "text",
     .speaker = "speaker",
     .start = "start",
     .end = "end",
     .unit_ms = 1,
     .flags = SHAPE_WORDS,
     .id = "id",
     .duration = "audio_duration",
     .language = "language_code"},
    {.name = "azure batch transcription",
     .list = "recognizedPhrases",
     .text = "nBest.[0].display",
     .speaker = "speaker",
     .start = "offsetInTicks",
     .end = "durationInTicks",
     .unit_ms = 1e-4,
     .flags = SHAPE_LENGTH},
    {.name = "podcast namespace",
     .list = "segments",
     .text = "body",
     .speaker = "speaker",
     .start = "startTime",
     .end = "endTime",
     .unit_ms = 1000},
    {.name = "whisper",
     .list = "segments",
     .text = "text",
     .speaker = "speaker",
     .start = "start",
     .end = "end",
     .unit_ms = 1000,
     .duration = "duration",
     .language = "language"},
    {.name = "whisper.cpp",
     .list = "transcription",
     .text = "text",
     .speaker = "speaker",
     .start = "offsets.from",
     .end = "offsets.to",
     .unit_ms = 1,
     .language = "result.language"},
    {.name = "fireflies",
     .list = "data.transcript.sentences",
     .text = "text",
     .text2 = "raw_text",
     .speaker = "speaker_name",
     .start = "start_time",
     .end = "end_time",
     .unit_ms = 1000,
     .id = "data.transcript.id"},
    {.name = "fireflies sentences",
     .list = "sentences",
     .text = "text",
     .text2 = "raw_text",
     .speaker = "speaker_name",
     .start = "start_time",
     .end = "end_time",
     .unit_ms = 1000,
     .id = "id"},
};

/* --- finding --- */

static const struct json *path_get(const struct json *v, const char *path)
{
    str rest = str_of(path), part;
    struct json_it it;
    char key[32];

    while (rest.n > 0 && v) {
        part = str_cut(rest, '.', &rest);
        if (str_eq(part, STR("[0]"))) {
            json_it_init(&it, v);
            v = json_kind(v) == JSON_ARR && json_it_next(&it) ? it.val : NULL;
            continue;
        }
        snprintf(key, sizeof key, "%.*s", STR_ARG(part));
        v = json_get(v, key);
    }
    return v;
}

static const struct json *first_of(const struct json *arr)
{
    struct json_it it;

    json_it_init(&it, arr);
    return json_kind(arr) == JSON_ARR && json_it_next(&it) ? it.val : NULL;
}

static const struct json *entry_text(const struct shape *s, const struct json *v)
{
    const struct json *t = path_get(v, s->text);

    if (json_kind(t) != JSON_STR && s->text2)
        t = path_get(v, s->text2);
    return json_kind(t) == JSON_STR ? t : NULL;
}

/* The list, or for channels the list of channels. */
static const struct json *shape_list(const struct shape *s, const struct json *root)
{
    if (s->mark && !path_get(root, s->mark))
        return NULL;
    return path_get(root, s->flags & SHAPE_CHANNELS ? s->mark : s->list);
}

static bool shape_fits(const struct shape *s, const struct json *root)
{
    const struct json *first = first_of(shape_list(s, root));

    if (s->flags & SHAPE_CHANNELS)
        first = first_of(path_get(first, s->list));
    if (!first || !entry_text(s, first))
        return false;
    return path_get(first, s->start) || path_get(first, s->speaker);
}

static const struct shape *shape_find(const struct json *root)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        if (shape_fits(&shapes[i], root))
            return &shapes[i];
    }
    return NULL;
}

static const char *const any_text[] = {"text",     "content",    "message", "utterance", "transcript",
                                       "sentence", "spokenText", "body",    "words",     NULL};
static const char *const any_speaker[] = {
    "speaker", "speaker_name", "speakerName", "speaker_label", "speakerLabel", "role", "author",
    "sender",  "from",         "participant", "name",          "user",         "id",   NULL};
static const char *const any_start_ms[] = {"start_ms", "startMs", "begin_ms", "offset_ms", NULL};
static const char *const any_end_ms[] = {"end_ms", "endMs", "stop_ms", NULL};
static const char *const any_start[] = {"start", "start_time", "startTime", "begin", "timestamp", "time", NULL};
static const char *const any_end[] = {"end", "end_time", "endTime", "stop", NULL};

static bool plain_value(const struct json *v)
{
    return json_kind(v) == JSON_STR || json_kind(v) == JSON_INT;
}

/* Someone says something. A bare "id" names a speaker only when it comes back further down. */
static bool utterances_are(const struct json *list)
{
    const struct json *first = first_of(list), *who, *id;
    struct json_it it;

    if (json_kind(shapes_get(first, any_text)) != JSON_STR)
        return false;
    who = shapes_get(first, any_speaker);
    if (!plain_value(who))
        return false;
    id = json_get(first, "id");
    if (who != id)
        return true;
    json_it_init(&it, list);
    (void)json_it_next(&it);
    while (json_it_next(&it)) {
        if (json_kind(id) == JSON_STR && str_eq(json_str(json_get(it.val, "id"), STR_NULL), json_str(id, STR_NULL)))
            return true;
    }
    return false;
}

enum { ANY_DEPTH = 3 };

/* The first such list in v, in the order of the file. */
static const struct json *any_list(const struct json *v, int depth)
{
    const struct json *found;
    struct json_it it;

    if (json_kind(v) == JSON_ARR)
        return utterances_are(v) ? v : NULL;
    if (json_kind(v) != JSON_OBJ || depth == 0)
        return NULL;
    for (json_it_init(&it, v); json_it_next(&it);) {
        found = any_list(it.val, depth - 1);
        if (found)
            return found;
    }
    return NULL;
}

/* --- turning entries into turns --- */

static str label_of(const struct json *v, struct arena *a)
{
    if (json_kind(v) == JSON_INT)
        return str_fmt(a, "Speaker %lld", (long long)json_i64(v, 0));
    return json_kind(v) == JSON_STR ? str_trim(shapes_text(v, a)) : STR_NULL;
}

static void utterances_add(const struct shape *s, const struct json *list, struct talk *t, struct format_result *out)
{
    struct json_it it;
    size_t i = 0;

    for (json_it_init(&it, list); json_it_next(&it); i++) {
        const struct json *text = entry_text(s, it.val);
        int64_t start, end;

        if (!text) {
            format_problem_add(out, t->a, str_fmt(t->a, "%s[%zu]", s->list, i), STR("no text in this entry"));
            continue;
        }
        start = shapes_time(path_get(it.val, s->start), s->unit_ms);
        end = shapes_time(path_get(it.val, s->end), s->unit_ms);
        if (s->flags & SHAPE_LENGTH && start != IA_TIME_NONE && end != IA_TIME_NONE)
            end += start;
        talk_add(t, label_of(path_get(it.val, s->speaker), t->a), start, end, str_trim(shapes_text(text, t->a)));
    }
}

/* Words of one sentence on their way to a turn. */
struct sentence {
    struct talk *t;
    struct buf words;
    str speaker;
    int64_t start_ms, end_ms;
};

static void sentence_flush(struct sentence *s)
{
    if (s->words.n > 0)
        talk_add(s->t, s->speaker, s->start_ms, s->end_ms, str_dup(s->t->a, buf_view(&s->words)));
    buf_reset(&s->words);
    s->start_ms = s->end_ms = IA_TIME_NONE;
}

static bool sentence_ends(str word)
{
    return word.n > 0 && (word.p[word.n - 1] == '.' || word.p[word.n - 1] == '?' || word.p[word.n - 1] == '!' ||
                          str_ends(word, STR("\xe3\x80\x82")));
}

static void word_add(struct sentence *s, str word, str speaker, int64_t start, int64_t end)
{
    bool mark = word.n == 1 && ispunct((unsigned char)word.p[0]);

    if (!mark && s->words.n > 0) {
        bool pause = s->end_ms != IA_TIME_NONE && start != IA_TIME_NONE && start - s->end_ms > 2000;

        if (pause || !str_eq(speaker, s->speaker) || sentence_ends(buf_view(&s->words)))
            sentence_flush(s);
    }
    if (s->words.n == 0)
        s->speaker = speaker;
    else if (!mark)
        buf_char(&s->words, ' ');
    buf_str(&s->words, word);
    if (s->start_ms == IA_TIME_NONE)
        s->start_ms = start;
    if (end != IA_TIME_NONE)
        s->end_ms = end;
}

static void words_add(const struct shape *s, const struct json *list, str speaker, struct talk *t)
{
    struct sentence sen = {.t = t, .start_ms = IA_TIME_NONE, .end_ms = IA_TIME_NONE};
    struct json_it it;

    buf_init_wiped(&sen.words, IA_TEXT_MAX);
    for (json_it_init(&it, list); json_it_next(&it);) {
        const struct json *text = entry_text(s, it.val);
        str who = label_of(path_get(it.val, s->speaker), t->a);

        if (text)
            word_add(&sen, str_trim(shapes_text(text, t->a)), who.n ? who : speaker,
                     shapes_time(path_get(it.val, s->start), s->unit_ms),
                     shapes_time(path_get(it.val, s->end), s->unit_ms));
    }
    sentence_flush(&sen);
    buf_done(&sen.words);
}

static int turn_by_start(const void *x, const void *y)
{
    const struct ia_turn *a = x, *b = y;

    if (a->start_ms != b->start_ms)
        return a->start_ms < b->start_ms ? -1 : 1;
    return str_cmp(a->speaker, b->speaker); /* two turns of one channel do not begin together */
}

static void channels_add(const struct shape *s, const struct json *channels, struct talk *t)
{
    size_t n = json_len(channels), i = 0;
    struct json_it it;

    for (json_it_init(&it, channels); json_it_next(&it); i++)
        words_add(s, path_get(it.val, s->list), n > 1 ? str_fmt(t->a, "Channel %zu", i) : STR_NULL, t);
    if (n > 1 && t->n > 1)
        qsort(t->turns, t->n, sizeof *t->turns, turn_by_start);
}

/* Whole numbers this large are milliseconds: no conversation takes more than a day of seconds. */
static double any_unit(const struct json *list)
{
    struct json_it it;

    for (json_it_init(&it, list); json_it_next(&it);) {
        const struct json *v = shapes_get(it.val, any_start);

        if (json_kind(v) != JSON_INT && json_kind(v) != JSON_REAL)
            continue;
        if (fabs(json_real(v, 0)) > 86400)
            return 1;
    }
    return 1000;
}

static int64_t any_time(const struct json *v, const char *const *ms_keys, const char *const *keys, double unit)
{
    const struct json *t = shapes_get(v, ms_keys);

    return t ? shapes_time(t, 1) : shapes_time(shapes_get(v, keys), unit);
}

static void any_add(const struct json *list, struct talk *t, struct format_result *out)
{
    double unit = any_unit(list);
    struct json_it it;
    size_t i = 0;

    for (json_it_init(&it, list); json_it_next(&it); i++) {
        const struct json *text = shapes_get(it.val, any_text);

        if (json_kind(text) != JSON_STR) {
            format_problem_add(out, t->a, str_fmt(t->a, "entry %zu", i),
                               STR("no words in this entry of the conversation"));
            continue;
        }
        talk_add(t, label_of(shapes_get(it.val, any_speaker), t->a), any_time(it.val, any_start_ms, any_start, unit),
                 any_time(it.val, any_end_ms, any_end, unit), str_trim(shapes_text(text, t->a)));
    }
}

/* --- what stands around the list --- */

static const char *const title_keys[] = {"title", "meeting_title", "topic", "subject", NULL};
static const char *const date_keys[] = {"started_at", "start_time", "startTime", "date", "recorded_at", NULL};

static void head_fill(const struct json *root, struct arena *a, struct interaction *ia)
{
    const struct json *date = shapes_get(root, date_keys);
    int64_t ms;
    int offset;

    ia->title = str_trim(shapes_text(shapes_get(root, title_keys), a));
    if (json_kind(date) == JSON_STR && clock_parse(json_str(date, STR_NULL), &ms, &offset)) {
        ia->started_at_ms = ms;
        ia->started_offset_min = offset;
    }
}

/* Contact Lens says which of its participants is ours. */
static void contact_lens_sides(const struct json *root, struct arena *a, struct interaction *ia)
{
    const struct json *list = json_get(root, "Participants");
    struct json_it it;

    if (json_kind(list) != JSON_ARR)
        return;
    for (json_it_init(&it, list); json_it_next(&it);) {
        str role = json_str(json_get(it.val, "ParticipantRole"), STR_NULL);
        str name = str_trim(shapes_text(json_get(it.val, "ParticipantId"), a));
        struct ia_participant *p = name.n ? talk_participant(ia, a, name, STR_NULL) : NULL;

        if (!p)
            continue;
        p->side = str_eq_nocase(role, STR("AGENT"))      ? IA_SIDE_INTERNAL
                  : str_eq_nocase(role, STR("CUSTOMER")) ? IA_SIDE_EXTERNAL
                                                         : IA_SIDE_UNKNOWN;
        p->side_explicit = p->side != IA_SIDE_UNKNOWN;
    }
}

static void meta_fill(const struct shape *s, const struct json *root, struct arena *a, struct interaction *ia)
{
    head_fill(root, a, ia);
    if (s->id)
        ia->external_id = shapes_text(path_get(root, s->id), a);
    if (s->duration)
        ia->duration_ms = shapes_time(path_get(root, s->duration), 1000);
    if (s->language)
        ia->language = talk_language(json_str(path_get(root, s->language), STR_NULL), a);
    contact_lens_sides(root, a, ia);
}

static enum err_code one_add(const struct json *v, const struct format_input *in, struct arena *a,
                             struct format_result *out, struct err *e)
{
    const struct shape *s = shape_find(v);
    const struct json *list = s ? shape_list(s, v) : any_list(v, ANY_DEPTH);
    struct interaction *ia;
    enum err_code rc;
    struct talk t;

    if (!list)
        return err_set(e, ERR_UNSUPPORTED, "no list of utterances");
    ia = format_item_add(out, a, &format_asr_json, IA_CALL);
    talk_init(&t, a);
    if (s)
        meta_fill(s, v, a, ia);
    else if (json_kind(v) == JSON_OBJ)
        head_fill(v, a, ia);
    if (!s)
        any_add(list, &t, out);
    else if (s->flags & SHAPE_CHANNELS)
        channels_add(s, list, &t);
    else if (s->flags & SHAPE_WORDS)
        words_add(s, list, STR_NULL, &t);
    else
        utterances_add(s, list, &t, out);
    rc = talk_finish(&t, ia, e);
    if (!rc)
        talk_name_fill(ia, in->name, a);
    return rc;
}

static bool one_is(const struct json *v)
{
    return shape_find(v) || any_list(v, ANY_DEPTH);
}

bool asr_is(const struct json *v)
{
    return one_is(v) || (json_kind(v) == JSON_ARR && one_is(first_of(v)));
}

enum err_code asr_add(const struct json *v, const struct format_input *in, struct arena *a, struct format_result *out,
                      struct err *e)
{
    struct json_it it;
    struct err item;
    size_t i = 0;

    if (one_is(v))
        return one_add(v, in, a, out, e);
    for (json_it_init(&it, v); json_it_next(&it); i++) { /* an array of conversations */
        if (out->items_n >= FORMAT_ITEMS_MAX)
            return err_set(e, ERR_LIMIT, "entry %zu: more than %d conversations in one file", i, FORMAT_ITEMS_MAX);
        if (one_add(it.val, in, a, out, &item))
            format_problem_add(out, a, str_fmt(a, "entry %zu", i), str_dup(a, str_of(item.msg)));
    }
    return ERR_OK;
}

/* Keys only recognisers write; everything else is found by the row json, which tries all shapes. */
static int asr_sniff(const struct format_input *in)
{
    static const char *const pairs[][2] = {
        {"\"results\"", "\"channels\""},      {"\"results\"", "\"audio_segments\""},
        {"\"jobName\"", "\"results\""},       {"\"acoustic_model\"", "\"words\""},
        {"\"segments\"", "\"startTime\""},    {"\"recognizedPhrases\"", "\"nBest\""},
        {"\"ParticipantId\"", "\"Content\""}, {"\"segments\"", "\"avg_logprob\""},
        {"\"transcription\"", "\"offsets\""},
    };
    char scratch[CHARSET_SCRATCH];
    str head = charset_head(in->bytes, scratch);

    if (!shapes_head_is_json(head) || str_contains(head, STR("harken.interaction/")))
        return 0;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (str_contains(head, str_of(pairs[i][0])) && str_contains(head, str_of(pairs[i][1])))
            return 80;
    }
    return 0;
}

static enum err_code asr_parse(const struct format_input *in, struct arena *a, struct format_result *out, struct err *e)
{
    return shapes_parse(in, a, out, e, shapes_add); /* the sniff only saw words; the shape decides */
}

const struct format_ops format_asr_json = {
    .name = "asr_json",
    .sniff = asr_sniff,
    .parse = asr_parse,
};
