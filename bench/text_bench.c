/* usage: text_bench ROUNDS FILE...
 *        text_bench 0 FILE...
 *
 * What the pipeline does to text before and beside embedding, stage by stage, in one thread of one process: no database, no
 * parser child. Reads the files once, takes them ROUNDS times through all stages, and prints one JSON object a stage: seconds
 * of this thread, megabytes of text (bytes of turns, not of files), and their quotient. `wire` is what the parser child adds:
 * the interaction written and read again; `seal` is one sealed value a turn, as it is stored.
 *
 * With 0 rounds it prints a line for each interaction instead: a hash of what each stage gave. A change that is meant to make
 * a stage faster leaves these lines as they were. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"
#include "formats/format.h"
#include "formats/wire.h"
#include "insight/findings.h"
#include "insight/statistics.h"
#include "search/chunk.h"
#include "search/index.h"
#include "text/clean.h"
#include "text/lang.h"
#include "text/pii.h"
#include "text/tokens.h"
#include "text/words.h"
#include "vault/seal.h"

enum stage { PARSE, WIRE, LANGUAGE, PII, CHUNK, CLEAN, WORDS, STATISTICS, INDEX, SEAL, FINDINGS, STAGES };
static const char *const stage_names[STAGES] = {"parse", "wire",       "language", "pii",  "chunk",   "clean",
                                                "words", "statistics", "index",    "seal", "findings"};

struct bench {
    struct arena *a;
    struct index *ix;
    struct keyring *keys;
    struct id workspace;
    double seconds[STAGES];
    double began;
    size_t bytes, interactions, turns;
    size_t kept; /* so that nothing is computed for nobody */
    bool digest; /* print hashes of the results */
    struct tokens *tokens;
};

static double thread_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void stage_begin(struct bench *b)
{
    b->began = thread_s();
}

static void stage_end(struct bench *b, enum stage s)
{
    b->seconds[s] += thread_s() - b->began;
}

/* ---- hashes of results ---- */

static uint64_t hash_add(uint64_t h, str s)
{
    return (h ^ str_hash(s)) * 0x9E3779B97F4A7C15u + (h >> 31);
}

static uint64_t hash_number(uint64_t h, int64_t n)
{
    return hash_add(h, str_n((const char *)&n, sizeof n));
}

static uint64_t hash_spans(uint64_t h, const struct ia_span *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        h = hash_number(hash_number(hash_number(h, s[i].turn), s[i].start), s[i].end);
    return hash_number(h, (int64_t)n);
}

static uint64_t hash_stats(const struct record_stat *s, size_t n)
{
    uint64_t h = n;

    for (size_t i = 0; i < n; i++) {
        h = hash_add(hash_add(hash_add(h, s[i].id), s[i].speaker), s[i].of);
        h = hash_add(hash_add(h, s[i].unit), s[i].reason);
        h = hash_add(h, str_n((const char *)&s[i].value, s[i].has_value ? sizeof s[i].value : 0));
        h = hash_number(hash_number(h, s[i].has_n ? s[i].n : -1), s[i].definition_version);
        h = hash_add(h, str_n((const char *)s[i].inputs_hash, sizeof s[i].inputs_hash));
        h = hash_spans(h, s[i].spans, s[i].spans_n);
    }
    return h;
}

static uint64_t hash_findings(struct bench *b, const struct interaction *ia, const struct record_finding *f, size_t n)
{
    uint64_t h = n;

    for (size_t i = 0; i < n; i++) {
        struct buf out;
        struct jw w;
        buf_init_wiped(&out, 1 << 20);
        jw_init(&w, &out);
        finding_json(&f[i], ia, b->a, &w);
        h = hash_number(hash_number(hash_add(h, buf_view(&out)), f[i].side), f[i].at_ms);
        buf_done(&out);
    }
    return h;
}

static uint64_t hash_pii(uint64_t h, const struct pii_span *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        h = hash_number(hash_number(hash_number(h, s[i].type), s[i].start), s[i].end);
        h = hash_number(h, (int64_t)((double)s[i].confidence * 1e6));
    }
    return h;
}

static uint64_t hash_tokens(struct bench *b, const struct interaction *ia)
{
    struct token_it it;
    struct token t;
    uint64_t h = 0;

    for (size_t i = 0; i < ia->turns_n; i++)
        for (token_it_init(&it, b->tokens, ia->turns[i].text, ia->language); token_it_next(&it, &t);)
            h = hash_number(hash_number(hash_add(h, t.text), (int64_t)t.start << 32 | t.end), t.stop);
    return h;
}

static void digest_say(const struct bench *b, const char *what, uint64_t h)
{
    if (b->digest)
        printf(" %s %016llx", what, (unsigned long long)h);
}

/* ---- stages ---- */

static void wire_there_and_back(struct bench *b, struct interaction *ia)
{
    struct interaction back;
    struct err e;
    struct buf out;

    buf_init_wiped(&out, (size_t)512 << 20);
    wire_item_write(ia, &out);
    digest_say(b, "wire", b->digest ? str_hash(buf_view(&out)) : 0);
    if (wire_item_read(buf_view(&out), b->a, &back, &e) == ERR_OK)
        *ia = back;
    buf_done(&out);
}

static void pii_run_all(struct bench *b, const struct interaction *ia)
{
    str *people = ARENA_ARRAY(b->a, str, ia->participants_n + 1);
    uint64_t h = 0;
    struct pii_ask ask = {.people = people, .lang = ia->language, .chat = ia->kind == IA_CALL};

    for (size_t i = 0; i < ia->participants_n; i++)
        people[ask.people_n++] = ia->participants[i].name;
    pii_ask_prepare(&ask, b->a);
    for (size_t t = 0; t < ia->turns_n; t++) {
        struct pii_span *s;
        size_t n;
        pii_find(ia->turns[t].text, &ask, b->a, &s, &n);
        b->kept += n;
        if (b->digest)
            h = hash_number(hash_pii(h, s, n), (int64_t)n);
    }
    digest_say(b, "pii", h);
}

static void index_one(struct bench *b, const struct interaction *ia, const struct chunk *c, size_t n)
{
    struct index_chunk *words = ARENA_ARRAY(b->a, struct index_chunk, n + 1);
    struct index_doc doc = {.interaction = id_new(),
                            .kind = ia->kind,
                            .started_at_ms = ia->started_at_ms,
                            .language = ia->language,
                            .chunks = words,
                            .chunks_n = n};

    for (size_t i = 0; i < n; i++) {
        str *parts = ARENA_ARRAY(b->a, str, c[i].spans_n + 1);
        for (size_t k = 0; k < c[i].spans_n; k++)
            parts[k] = str_sub(ia->turns[c[i].spans[k].turn].text, c[i].spans[k].start, c[i].spans[k].end);
        words[i] = (struct index_chunk){.spans = c[i].spans, .spans_n = c[i].spans_n};
        words[i].text = str_join(b->a, parts, c[i].spans_n, STR("\n"));
        words[i].voices = chunk_voices(ia, c[i].spans, c[i].spans_n, b->a, &words[i].voices_n);
    }
    index_put(b->ix, &doc);
}

static void seal_all(struct bench *b, const struct interaction *ia)
{
    struct id row = id_new();
    struct err e;

    for (size_t i = 0; i < ia->turns_n; i++) {
        struct seal_at at = {b->workspace, "turn", "sealed", row, (uint32_t)i};
        str sealed;
        if (seal(b->keys, key_class(KEY_CONTENT), &at, ia->turns[i].text, b->a, &sealed, &e) == ERR_OK)
            b->kept += sealed.n;
    }
}

static void language_find(struct bench *b, struct interaction *ia)
{
    str *parts = ARENA_ARRAY(b->a, str, ia->turns_n + 1);

    for (size_t i = 0; i < ia->turns_n; i++)
        parts[i] = ia->turns[i].text;
    ia->language = str_dup(b->a, str_of(lang_detect_parts(parts, ia->turns_n).tag));
    digest_say(b, "language", str_hash(ia->language));
}

static struct chunk *chunks_make(struct bench *b, const struct interaction *ia, size_t *out_n)
{
    struct chunk *chunks;
    uint64_t h = 0;

    stage_begin(b);
    chunk_split(ia, b->a, &chunks, out_n);
    stage_end(b, CHUNK);
    for (size_t i = 0; b->digest && i < *out_n; i++)
        h = hash_number(hash_spans(h, chunks[i].spans, chunks[i].spans_n), chunks[i].words);
    digest_say(b, "chunk", h);

    h = 0;
    stage_begin(b);
    for (size_t i = 0; i < *out_n; i++) {
        str text = chunk_embed_text(ia, chunks[i].spans, chunks[i].spans_n, b->a);
        b->kept += text.n;
        h = b->digest ? hash_add(h, text) : 0;
    }
    stage_end(b, CLEAN);
    digest_say(b, "clean", h);
    return chunks;
}

static void figures_make(struct bench *b, const struct interaction *ia)
{
    struct statistics_context ctx = {0};
    struct record_stat *stats;
    size_t n, words = 0;

    stage_begin(b);
    for (size_t i = 0; i < ia->turns_n; i++)
        words += words_count(ia->turns[i].text);
    stage_end(b, WORDS);
    b->kept += words;
    digest_say(b, "words", words);

    stage_begin(b);
    statistics_compute(ia, &ctx, b->a, &stats, &n);
    stage_end(b, STATISTICS);
    digest_say(b, "statistics", b->digest ? hash_stats(stats, n) : 0);
}

static void analyses_make(struct bench *b, const struct interaction *ia)
{
    static const str competitors[] = {{"Gong", 4}, {"Chorus", 6}, {"Salesforce", 10}, {"Clari", 5}};
    static const str domains[] = {{"example.com", 11}};
    const struct findings_context ctx = {domains, 1, competitors, 4};
    struct record_finding *f;
    size_t n;

    stage_begin(b);
    findings_make(ia, &ctx, b->a, &f, &n);
    stage_end(b, FINDINGS);
    b->kept += n;
    digest_say(b, "findings", b->digest ? hash_findings(b, ia, f, n) : 0);
}

static void interaction_run(struct bench *b, struct interaction ia)
{
    struct chunk *chunks;
    size_t n;

    stage_begin(b);
    wire_there_and_back(b, &ia);
    stage_end(b, WIRE);
    for (size_t i = 0; i < ia.turns_n; i++)
        b->bytes += ia.turns[i].text.n;
    b->turns += ia.turns_n;
    b->interactions++;

    stage_begin(b);
    language_find(b, &ia);
    stage_end(b, LANGUAGE);

    stage_begin(b);
    pii_run_all(b, &ia);
    stage_end(b, PII);

    chunks = chunks_make(b, &ia, &n);
    figures_make(b, &ia);

    stage_begin(b);
    index_one(b, &ia, chunks, n);
    stage_end(b, INDEX);
    digest_say(b, "tokens", b->digest ? hash_tokens(b, &ia) : 0);

    stage_begin(b);
    seal_all(b, &ia);
    stage_end(b, SEAL);

    analyses_make(b, &ia);
}

static void file_run(struct bench *b, str bytes, const char *name)
{
    struct format_input in = {.bytes = bytes, .name = str_of(name)};
    struct format_result r = {0};
    struct err e;
    enum err_code rc;

    arena_reset(b->a);
    stage_begin(b);
    rc = format_parse(&in, b->a, &r, &e);
    stage_end(b, PARSE);
    for (size_t i = 0; !rc && i < r.items_n; i++) {
        if (b->digest)
            printf("%s %zu", name, i);
        interaction_run(b, r.items[i]);
        if (b->digest)
            printf("\n");
    }
}

static void report(const struct bench *b)
{
    double all = 0;

    for (int s = 0; s < STAGES; s++)
        all += b->seconds[s];
    for (int s = 0; s <= STAGES; s++) {
        double seconds = s < STAGES ? b->seconds[s] : all;
        printf("{\"stage\":\"%s\",\"seconds\":%.4f,\"mb\":%.3f,\"mb_per_s\":%.2f,\"interactions\":%zu,\"turns\":%zu}\n",
               s < STAGES ? stage_names[s] : "all", seconds, (double)b->bytes / 1e6, (double)b->bytes / 1e6 / seconds,
               b->interactions, b->turns);
    }
}

static void index_again(struct bench *b)
{
    index_free(b->ix);
    b->ix = index_new(384);
}

static enum err_code files_read(char **paths, size_t n, struct arena *a, str *out, struct err *e)
{
    for (size_t i = 0; i < n; i++)
        if (fs_read(paths[i], FORMAT_BYTES_MAX, a, &out[i], e))
            return e->code;
    return ERR_OK;
}

static enum err_code keys_make(struct bench *b, char *dir, struct err *e)
{
    if (!mkdtemp(dir))
        return err_set(e, ERR_IO, "no folder for keys");
    b->workspace = id_new();
    return keyring_open(dir, &b->keys, e) ? e->code : keyring_workspace_add(b->keys, b->workspace, e);
}

static void keys_remove(const char *dir)
{
    static const char *const names[] = {"kek", "ring", "lock"};
    char path[256];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        unlink(path);
    }
    rmdir(dir);
}

int main(int argc, char **argv)
{
    char dir[] = "/tmp/harken-text-bench-XXXXXX";
    struct bench b = {.a = arena_new_wiped("bench")};
    struct arena *kept = arena_new("files");
    str *file;
    int64_t rounds;
    struct err e;

    if (argc < 3 || !str_to_i64(str_of(argv[1]), &rounds) || rounds < 0) {
        fprintf(stderr, "usage: text_bench ROUNDS FILE...\n");
        return 2;
    }
    file = ARENA_ARRAY(kept, str, (size_t)argc);
    if (files_read(argv + 2, (size_t)argc - 2, kept, file + 2, &e) || keys_make(&b, dir, &e)) {
        fprintf(stderr, "text_bench: %s\n", e.msg);
        return 1;
    }
    b.digest = rounds == 0;
    b.tokens = tokens_new();
    if (!b.digest) { /* lists and models are read at first use, once in the life of a process */
        struct bench first = b;
        index_again(&b);
        file_run(&b, file[2], argv[2]);
        first.ix = b.ix;
        b = first;
    }
    for (int64_t r = 0; r < rounds + b.digest; r++) {
        index_again(&b);
        for (int i = 2; i < argc; i++)
            file_run(&b, file[i], argv[i]);
    }
    if (!b.digest)
        report(&b);
    tokens_free(b.tokens);
    index_free(b.ix);
    keyring_close(b.keys);
    keys_remove(dir);
    arena_free(b.a);
    arena_free(kept);
    return b.kept ? 0 : 1;
}
