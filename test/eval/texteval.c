/* test/eval/texteval.c - lets the scorers drive src/text: one JSON object a line in, one a line out.
 *
 *     {"op":"reply","text":"...","sender":"..."}   -> {"parts":[{"kind","text"}],"reply","reply_signed"}
 *     {"op":"clean","text":"...","lang":"en"}      -> {"text","deleted":[[start,end]...]}
 *     {"op":"pii","text":"...","people":[...],"chat":true} -> {"spans":[{"type","start","end","confidence"}],"masked"}
 *     {"op":"lang"|"words"|"sentences"|"tokens","text":"..."}
 *     {"op":"name","label":"...","people":[...]}   -> {"index"}
 * Offsets are bytes. Unknown operations answer {"error"}. */
#include <stdio.h>
#include <unistd.h>

#include "base/json.h"
#include "text/lang.h"
#include "text/reply.h"
#include "text/sentences.h"
#include "text/tokens.h"
#include "text/words.h"

#ifdef HAVE_CLEAN
#include "text/clean.h"
#endif
#ifdef HAVE_PII
#include "text/pii.h"
#endif
#ifdef HAVE_NAMES
#include "text/names.h"
#endif

static const char *const reply_kinds[REPLY_KINDS] = {
    [REPLY_OWN] = "own",
    [REPLY_QUOTED] = "quoted",
    [REPLY_QUOTE_INLINE] = "quote_inline",
    [REPLY_QUOTE_HEADER] = "quote_header",
    [REPLY_SIGNATURE] = "signature",
    [REPLY_SIGNOFF] = "signoff",
    [REPLY_FORWARD_HEADER] = "forward_header",
    [REPLY_FORWARDED] = "forwarded",
};

struct ask {
    const struct json *in;
    str text;
    struct arena *a;
    struct jw *w;
};

static void do_reply(struct ask *q)
{
    struct reply_part *parts;
    size_t n;

    reply_split(q->text, json_str(json_get(q->in, "sender"), STR("")), q->a, &parts, &n);
    jw_karr(q->w, "parts");
    for (size_t i = 0; i < n; i++) {
        jw_obj(q->w);
        jw_kstr(q->w, "kind", str_of(reply_kinds[parts[i].kind]));
        jw_kstr(q->w, "text", parts[i].text);
        jw_end(q->w);
    }
    jw_end(q->w);
    jw_kstr(q->w, "reply", reply_text(parts, n, false, q->a));
    jw_kstr(q->w, "reply_signed", reply_text(parts, n, true, q->a));
}

static void do_lang(struct ask *q)
{
    struct lang_guess g = lang_detect(q->text);

    jw_kstr(q->w, "lang", str_of(g.tag));
    jw_kbool(q->w, "reliable", g.reliable);
    jw_ki64(q->w, "share", g.share_pct);
}

static void do_words(struct ask *q)
{
    struct words ws = words_split(q->text, q->a);

    jw_karr(q->w, "words");
    for (size_t i = 0; i < ws.n; i++)
        jw_str(q->w, ws.token[i]);
    jw_end(q->w);
}

static void do_sentences(struct ask *q)
{
    struct text_span *s;
    size_t n;

    sentences_split(q->text, q->a, &s, &n);
    jw_karr(q->w, "sentences");
    for (size_t i = 0; i < n; i++)
        jw_str(q->w, str_sub(q->text, s[i].start, s[i].end));
    jw_end(q->w);
}

static void do_tokens(struct ask *q)
{
    struct tokens *t = tokens_new();
    size_t n;
    struct token *k = tokens_split(t, q->text, json_str(json_get(q->in, "lang"), STR("en")), q->a, &n);

    jw_karr(q->w, "tokens");
    for (size_t i = 0; i < n; i++)
        jw_str(q->w, k[i].text);
    jw_end(q->w);
    tokens_free(t);
}

#if defined HAVE_PII || defined HAVE_NAMES
static str *people_of(struct ask *q, size_t *n)
{
    const struct json *list = json_get(q->in, "people");
    str *p = ARENA_ARRAY(q->a, str, json_len(list) + 1);
    struct json_it it;

    *n = 0;
    json_it_init(&it, list);
    while (json_it_next(&it))
        p[(*n)++] = json_str(it.val, STR(""));
    return p;
}
#endif

#ifdef HAVE_CLEAN
static void do_clean(struct ask *q)
{
    struct cleaned c;

    clean_text(q->text, json_str(json_get(q->in, "lang"), STR("en")), q->a, &c);
    jw_kstr(q->w, "text", c.text);
    jw_karr(q->w, "deleted");
    for (size_t i = 0; i < c.deleted_n; i++) {
        jw_arr(q->w);
        jw_i64(q->w, c.deleted[i].start);
        jw_i64(q->w, c.deleted[i].end);
        jw_end(q->w);
    }
    jw_end(q->w);
}
#endif

#ifdef HAVE_PII
static void do_pii(struct ask *q)
{
    struct pii_ask ask = {.chat = json_bool(json_get(q->in, "chat"), false),
                          .lang = json_str(json_get(q->in, "lang"), STR("en"))};
    struct pii_span *s;
    size_t n;
    struct pii_mask *m;

    ask.people = people_of(q, &ask.people_n);
    pii_find(q->text, &ask, q->a, &s, &n);
    jw_karr(q->w, "spans");
    for (size_t i = 0; i < n; i++) {
        jw_obj(q->w);
        jw_kstr(q->w, "type", str_of(pii_type_name(s[i].type)));
        jw_ki64(q->w, "start", s[i].start);
        jw_ki64(q->w, "end", s[i].end);
        jw_kreal(q->w, "confidence", (double)s[i].confidence);
        jw_end(q->w);
    }
    jw_end(q->w);
    jw_ki64(q->w, "code", pii_phone_code(json_str(json_get(q->in, "phone"), STR(""))));
    m = pii_mask_new();
    jw_kstr(q->w, "masked", pii_mask_text(m, q->text, s, n, q->a, NULL));
    pii_mask_free(m);
}
#endif

#ifdef HAVE_PII
static void do_iban(struct ask *q)
{
    jw_kbool(q->w, "valid", pii_iban_valid(q->text));
}
#endif

#ifdef HAVE_NAMES
static void do_name(struct ask *q)
{
    size_t n;
    str *people = people_of(q, &n);

    jw_ki64(q->w, "index", names_match(json_str(json_get(q->in, "label"), STR("")), people, n, q->a));
}
#endif

static const struct {
    const char *op;
    void (*run)(struct ask *q);
} ops[] = {
    {"reply", do_reply}, {"lang", do_lang}, {"words", do_words}, {"sentences", do_sentences}, {"tokens", do_tokens},
#ifdef HAVE_CLEAN
    {"clean", do_clean},
#endif
#ifdef HAVE_PII
    {"pii", do_pii},     {"iban", do_iban},
#endif
#ifdef HAVE_NAMES
    {"name", do_name},
#endif
};

static void answer(str line, struct arena *a, struct buf *out)
{
    struct json_doc *d = NULL;
    struct err e = {0};
    struct jw w;
    bool known = false;

    jw_init(&w, out);
    jw_obj(&w);
    if (json_parse(line, &d, &e)) {
        jw_kstr(&w, "error", str_of(e.msg));
    } else {
        struct ask q = {json_root(d), json_str(json_get(json_root(d), "text"), STR("")), a, &w};
        str op = json_str(json_get(q.in, "op"), STR(""));
        for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
            if (str_eq(op, str_of(ops[i].op))) {
                ops[i].run(&q);
                known = true;
            }
        if (!known)
            jw_kstr(&w, "error", STR("unknown op"));
    }
    jw_end(&w);
    buf_char(out, '\n');
    json_free(d);
}

int main(void)
{
    struct arena *a = arena_new("texteval");
    struct buf out;
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;

    buf_init(&out, (size_t)1 << 30);
    while ((n = getline(&line, &cap, stdin)) > 0) {
        answer(str_trim_end(str_n(line, (size_t)n)), a, &out);
        fwrite(out.p, 1, out.n, stdout);
        buf_reset(&out);
        arena_reset(a);
    }
    free(line);
    buf_done(&out);
    arena_free(a);
    return 0;
}
