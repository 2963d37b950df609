/* formats/cues.c - see cues.h. */
#include "formats/cues.h"

#include "formats/talk.h"

str cues_unwrap(str s, struct arena *a)
{
    char *p;
    size_t n = 0;

    s = str_trim(s);
    if (str_find_char(s, '\n', 0) == SIZE_MAX)
        return s;
    p = arena_alloc(a, s.n);
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '\n') {
            p[n++] = s.p[i];
            continue;
        }
        while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
            n--;
        while (i + 1 < s.n && (s.p[i + 1] == ' ' || s.p[i + 1] == '\t' || s.p[i + 1] == '\n'))
            i++;
        p[n++] = ' ';
    }
    return str_n(p, n);
}

enum dialect { DIALECT_NONE, DIALECT_VOICE, DIALECT_JSON, DIALECT_LABELS, DIALECT_SOME_LABELS };

struct survey {
    enum dialect dialect;
    struct talk_votes *votes; /* labels before a colon */
};

static bool voiced(str s)
{
    return str_contains(s, STR("<v ")) || str_contains(s, STR("<v.")) || str_contains(s, STR("<v\t"));
}

static bool all_caps(str s)
{
    bool upper = false;

    for (size_t i = 0; i < s.n; i++) {
        if (islower((unsigned char)s.p[i]))
            return false;
        upper = upper || isupper((unsigned char)s.p[i]);
    }
    return upper && s.n > 1;
}

/* In a file with few labels, prose has colons too: a label must look like a name and come back, or be all capitals. */
static bool label_sure(const struct survey *sv, str label)
{
    return talk_label_is_name(label) && (talk_votes_of(sv->votes, label) > 1 || all_caps(label));
}

/* A label stands in the first bytes; the rest of a cue need not be decoded to see it. */
static bool label_seen(str text, struct arena *a, str *out_label)
{
    str rest;

    return talk_label_split(vtt_plain(str_sub(str_trim(text), 0, 256), a), out_label, &rest);
}

static struct survey survey_make(const struct vtt_cue *cues, size_t n, struct arena *a)
{
    struct survey sv = {.votes = talk_votes_new(a)};
    size_t worded = 0, json = 0, voices = 0, sure = 0;
    str label;

    for (size_t i = 0; i < n; i++) {
        str s = str_trim(cues[i].text);

        worded += s.n > 0;
        voices += voiced(s);
        json += s.n > 0 && s.p[0] == '{' && str_contains(s, STR("\"spokenText\""));
        if (label_seen(s, a, &label))
            talk_votes_add(sv.votes, label);
    }
    for (size_t i = 0; i < n; i++) {
        if (label_seen(cues[i].text, a, &label))
            sure += label_sure(&sv, label);
    }
    if (voices > 0)
        sv.dialect = DIALECT_VOICE;
    else if (json * 2 > worded)
        sv.dialect = DIALECT_JSON;
    else if (worded > 0 && talk_votes_total(sv.votes) * 5 >= worded * 4)
        sv.dialect = DIALECT_LABELS;
    else if (sure > 0)
        sv.dialect = DIALECT_SOME_LABELS;
    return sv;
}

static void voices_add(struct talk *t, const struct vtt_cue *c)
{
    struct vtt_span *spans;
    size_t n = vtt_voices(c->text, t->a, &spans);

    for (size_t i = 0; i < n; i++)
        talk_add(t, spans[i].voice, c->start_ms, c->end_ms, cues_unwrap(spans[i].text, t->a));
    if (n == 0)
        talk_add(t, STR_NULL, c->start_ms, c->end_ms, STR_NULL);
}

/* False when the cue is no such object: its text is kept as words. */
static bool json_add(struct talk *t, const struct vtt_cue *c, struct interaction *ia)
{
    struct json_doc *doc;
    const struct json *root;
    struct err ignored;
    int64_t at_ms;
    int offset;
    bool ok;

    if (json_parse(c->text, &doc, &ignored))
        return false;
    root = json_root(doc);
    ok = json_kind(json_get(root, "spokenText")) == JSON_STR;
    if (ok) {
        str name = str_dup(t->a, json_str(json_get(root, "speakerName"), STR_NULL));
        str words = str_dup(t->a, json_str(json_get(root, "spokenText"), STR_NULL));

        talk_add(t, str_utf8_repair(t->a, name), c->start_ms, c->end_ms,
                 str_utf8_repair(t->a, cues_unwrap(words, t->a)));
        if (ia->started_at_ms == CLOCK_NONE &&
            clock_parse(json_str(json_get(root, "startDateTime"), STR_NULL), &at_ms, &offset)) {
            ia->started_at_ms = at_ms - c->start_ms;
            ia->started_offset_min = offset;
        }
        if (ia->language.n == 0)
            ia->language = talk_language(json_str(json_get(root, "spokenLanguage"), STR_NULL), t->a);
    }
    json_free(doc);
    return ok;
}

/* *speaker is who spoke last, for captions whose label holds. */
static void labelled_add(struct talk *t, const struct vtt_cue *c, const struct survey *sv, str *speaker)
{
    str text = vtt_plain(c->text, t->a), label, rest;
    bool split = talk_label_split(str_trim(text), &label, &rest);

    if (sv->dialect == DIALECT_LABELS) {
        *speaker = split ? label : STR_NULL;
    } else if (split && label_sure(sv, label)) {
        *speaker = label;
    } else {
        split = false;
    }
    talk_add(t, *speaker, c->start_ms, c->end_ms, cues_unwrap(split ? rest : text, t->a));
}

enum err_code cues_to_turns(const struct vtt_cue *cues, size_t n, struct arena *a, struct interaction *ia,
                            struct err *e)
{
    struct survey sv = survey_make(cues, n, a);
    str speaker = STR_NULL;
    struct talk t;

    talk_init(&t, a);
    for (size_t i = 0; i < n; i++) {
        const struct vtt_cue *c = &cues[i];

        if (sv.dialect == DIALECT_VOICE)
            voices_add(&t, c);
        else if (sv.dialect == DIALECT_LABELS || sv.dialect == DIALECT_SOME_LABELS)
            labelled_add(&t, c, &sv, &speaker);
        else if (sv.dialect != DIALECT_JSON || !json_add(&t, c, ia))
            talk_add(&t, STR_NULL, c->start_ms, c->end_ms, cues_unwrap(vtt_plain(c->text, a), a));
    }
    ia->no_overlap = sv.dialect == DIALECT_LABELS;
    return talk_finish(&t, ia, e);
}
