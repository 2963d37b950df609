/* usage: text_bench ROUNDS FILE...
 *
 * What the pipeline does to text before and beside embedding, stage by stage, in one thread of one process: no database, no
 * parser child. Reads the files once, takes them ROUNDS times through all stages, and prints one JSON object a stage: seconds
 * of this thread, megabytes of text (bytes of turns, not of files), and their quotient. `wire` is what the parser child adds:
 * the interaction written and read again; `seal` is one sealed value a turn, as it is stored. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"
#include "formats/format.h"
#include "formats/wire.h"
#include "insight/statistics.h"
#include "search/chunk.h"
#include "search/index.h"
#include "text/clean.h"
#include "text/lang.h"
#include "text/pii.h"
#include "text/words.h"
#include "vault/seal.h"

enum stage { PARSE, WIRE, LANGUAGE, PII, CHUNK, CLEAN, WORDS, STATISTICS, INDEX, SEAL, STAGES };
static const char *const stage_names[STAGES] = {"parse", "wire",  "language",   "pii",   "chunk",
                                                "clean", "words", "statistics", "index", "seal"};

struct bench {
    struct arena *a;
    struct index *ix;
    struct keyring *keys;
    struct id workspace;
    double seconds[STAGES];
    double began;
    size_t bytes, interactions, turns;
    size_t kept; /* so that nothing is computed for nobody */
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

static void wire_there_and_back(struct bench *b, struct interaction *ia)
{
    struct interaction back;
    struct err e;
    struct buf out;

    buf_init_wiped(&out, (size_t)512 << 20);
    wire_item_write(ia, &out);
    if (wire_item_read(buf_view(&out), b->a, &back, &e) == ERR_OK)
        *ia = back;
    buf_done(&out);
}

static void pii_run_all(struct bench *b, const struct interaction *ia)
{
    str *people = ARENA_ARRAY(b->a, str, ia->participants_n + 1);
    struct pii_ask ask = {.people = people, .lang = ia->language, .chat = ia->kind == IA_CALL};

    for (size_t i = 0; i < ia->participants_n; i++)
        people[ask.people_n++] = ia->participants[i].name;
    pii_ask_prepare(&ask, b->a);
    for (size_t t = 0; t < ia->turns_n; t++) {
        struct pii_span *s;
        size_t n;
        pii_find(ia->turns[t].text, &ask, b->a, &s, &n);
        b->kept += n;
    }
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

static void interaction_run(struct bench *b, struct interaction ia)
{
    struct record_stat *stats;
    struct chunk *chunks;
    size_t n, stats_n;
    struct statistics_context ctx = {0};
    str *parts;

    stage_begin(b);
    wire_there_and_back(b, &ia);
    stage_end(b, WIRE);
    for (size_t i = 0; i < ia.turns_n; i++)
        b->bytes += ia.turns[i].text.n;
    b->turns += ia.turns_n;
    b->interactions++;

    stage_begin(b);
    parts = ARENA_ARRAY(b->a, str, ia.turns_n + 1);
    for (size_t i = 0; i < ia.turns_n; i++)
        parts[i] = ia.turns[i].text;
    ia.language = str_dup(b->a, str_of(lang_detect_parts(parts, ia.turns_n).tag));
    stage_end(b, LANGUAGE);

    stage_begin(b);
    pii_run_all(b, &ia);
    stage_end(b, PII);

    stage_begin(b);
    chunk_split(&ia, b->a, &chunks, &n);
    stage_end(b, CHUNK);

    stage_begin(b);
    for (size_t i = 0; i < n; i++)
        b->kept += chunk_embed_text(&ia, chunks[i].spans, chunks[i].spans_n, b->a).n;
    stage_end(b, CLEAN);

    stage_begin(b);
    for (size_t i = 0; i < ia.turns_n; i++)
        b->kept += words_count(ia.turns[i].text);
    stage_end(b, WORDS);

    stage_begin(b);
    statistics_compute(&ia, &ctx, b->a, &stats, &stats_n);
    stage_end(b, STATISTICS);

    stage_begin(b);
    index_one(b, &ia, chunks, n);
    stage_end(b, INDEX);

    stage_begin(b);
    seal_all(b, &ia);
    stage_end(b, SEAL);
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
    for (size_t i = 0; !rc && i < r.items_n; i++)
        interaction_run(b, r.items[i]);
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

    if (argc < 3 || !str_to_i64(str_of(argv[1]), &rounds) || rounds < 1) {
        fprintf(stderr, "usage: text_bench ROUNDS FILE...\n");
        return 2;
    }
    if (keys_make(&b, dir, &e)) {
        fprintf(stderr, "text_bench: %s\n", e.msg);
        return 1;
    }
    file = ARENA_ARRAY(kept, str, (size_t)argc);
    for (int i = 2; i < argc; i++)
        if (fs_read(argv[i], FORMAT_BYTES_MAX, kept, &file[i], &e)) {
            fprintf(stderr, "text_bench: %s\n", e.msg);
            return 1;
        }
    for (int64_t r = 0; r < rounds; r++) {
        index_again(&b);
        for (int i = 2; i < argc; i++)
            file_run(&b, file[i], argv[i]);
    }
    report(&b);
    index_free(b.ix);
    keyring_close(b.keys);
    keys_remove(dir);
    arena_free(b.a);
    arena_free(kept);
    return b.kept ? 0 : 1;
}
