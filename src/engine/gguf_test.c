/* The validator of model files: what it takes, and what it refuses, each with its reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "engine/gguf.h"

/* Writes a small file; a test changes one thing of it. */
struct file {
    uint32_t magic, version, dims, type, bad_kind, align;
    uint64_t tensors, keys, name_n, dim0, dim1, offset, tokens, scores, eos, heads;
    bool twice, no_arch, adapter, overlap, has_template;
    const char *arch;
    size_t cut; /* bytes left out at the end */
};

static void put32(struct buf *b, uint32_t v)
{
    buf_put(b, &v, sizeof v);
}

static void put64(struct buf *b, uint64_t v)
{
    buf_put(b, &v, sizeof v);
}

static void put_str(struct buf *b, const char *s)
{
    put64(b, strlen(s));
    buf_str(b, str_of(s));
}

static void key(struct buf *b, const char *name, uint32_t kind)
{
    put_str(b, name);
    put32(b, kind);
}

static void tensor(struct buf *b, const struct file *f, const char *name, uint64_t offset)
{
    put64(b, f->name_n ? f->name_n : strlen(name));
    buf_str(b, str_of(name));
    put32(b, f->dims);
    for (uint32_t i = 0; i < f->dims && i < 4; i++)
        put64(b, i ? f->dim1 : f->dim0);
    put32(b, f->type);
    put64(b, offset);
}

static void write_file(struct buf *b, const struct file *f)
{
    static const char zeros[4096];
    size_t n;

    put32(b, f->magic);
    put32(b, f->version);
    put64(b, f->tensors);
    put64(b, f->keys);
    key(b, f->no_arch ? "general.other" : "general.architecture", 8);
    put_str(b, f->arch);
    key(b, "general.type", 8);
    put_str(b, f->adapter ? "adapter" : "model");
    key(b, "general.alignment", 4);
    put32(b, f->align);
    key(b, f->twice ? "general.alignment" : "llama.attention.head_count", 4);
    put32(b, (uint32_t)f->heads);
    key(b, "tokenizer.ggml.tokens", 9);
    put32(b, 8);
    put64(b, f->tokens);
    put_str(b, "a");
    put_str(b, "b");
    key(b, "tokenizer.ggml.scores", 9);
    put32(b, 6);
    put64(b, f->scores);
    for (uint64_t i = 0; i < f->scores; i++)
        put32(b, 0);
    key(b, "tokenizer.ggml.eos_token_id", f->bad_kind ? f->bad_kind : 4);
    put32(b, (uint32_t)f->eos);
    key(b, f->has_template ? "tokenizer.chat_template" : "general.name", 8);
    put_str(b, "x");
    tensor(b, f, "one", 0);
    tensor(b, f, f->twice ? "one" : "two", f->overlap ? 32 : f->offset);
    n = b->n % 32;
    buf_put(b, zeros, n ? 32 - n : 0);
    buf_put(b, zeros, 256);
    b->n -= f->cut < b->n ? f->cut : b->n;
}

static const struct file good = {.magic = 0x46554747,
                                 .version = 3,
                                 .dims = 2,
                                 .type = 0,
                                 .align = 32,
                                 .tensors = 2,
                                 .keys = 8,
                                 .dim0 = 8,
                                 .dim1 = 4,
                                 .offset = 128,
                                 .tokens = 2,
                                 .scores = 2,
                                 .eos = 1,
                                 .heads = 4,
                                 .arch = "llama"};

static enum err_code check(const struct file *f, struct gguf_info *info, struct err *e)
{
    enum err_code rc;
    struct buf b;

    buf_init(&b, 1 << 20);
    write_file(&b, f);
    rc = gguf_check(buf_view(&b), info, e);
    buf_done(&b);
    return rc;
}

static void a_good_file_is_taken(void **state)
{
    struct file f = good;
    struct gguf_info info;
    struct err e;

    (void)state;
    if (check(&f, &info, &e))
        fail_msg("%s", e.msg);
    assert_string_equal(info.architecture, "llama");
    assert_int_equal(info.tensors, 2);
    assert_int_equal(info.vocabulary, 2);
    assert_false(info.has_template);
    f.has_template = true;
    assert_int_equal(check(&f, &info, &e), ERR_OK);
    assert_true(info.has_template);
}

static void what_is_wrong_is_refused(void **state)
{
    static const char *const words[] = {"no GGUF file",
                                        "version of GGUF",
                                        "no tensors",
                                        "too many tensors or keys",
                                        "dimensions",
                                        "dimensions",
                                        "size is not proper",
                                        "size is not proper",
                                        "unknown type",
                                        "unknown type",
                                        "whole blocks",
                                        "past the end",
                                        "boundary",
                                        "over each other",
                                        "past the end",
                                        "ends too early|past the end|unknown|too long",
                                        "another length",
                                        "special token",
                                        "stands twice",
                                        "architecture",
                                        "architecture",
                                        "adapter",
                                        "alignment",
                                        "head_count",
                                        "unknown kind|special",
                                        "too long|past the end",
                                        "no room|past the end"};
    struct file f[27];
    struct gguf_info info;
    struct err e;

    (void)state;
    for (size_t i = 0; i < 27; i++)
        f[i] = good;
    f[0].magic = 0x46554746;
    f[1].version = 1;
    f[2].tensors = 0;
    f[3].keys = 1u << 20;
    f[4].dims = 0;
    f[5].dims = 5;
    f[6].dim0 = UINT64_MAX;
    f[7].dim0 = f[7].dim1 = 1ULL << 40;
    f[8].type = 4;
    f[9].type = 1000;
    f[10].type = 2; /* blocks of 32 */
    f[11].dim1 = 100;
    f[11].offset = 3200;
    f[12].offset = 129;
    f[13].overlap = true;
    f[14].offset = 1ULL << 62;
    f[15].tokens = 3;
    f[16].scores = 1;
    f[17].eos = 2;
    f[18].twice = true;
    f[19].no_arch = true;
    f[20].arch = "../llama";
    f[21].adapter = true;
    f[22].align = 24;
    f[23].heads = 0;
    f[24].bad_kind = 13;
    f[25].name_n = 1ULL << 60;
    f[26].cut = 260;
    for (size_t i = 0; i < 27; i++) {
        bool told = false;
        str rest = str_of(words[i]);
        if (check(&f[i], &info, &e) == ERR_OK)
            fail_msg("case %zu (%s) was taken", i, words[i]);
        while (rest.n)
            told = str_contains(str_of(e.msg), str_cut(rest, '|', &rest)) || told;
        if (!told)
            fail_msg("case %zu (%s): %s", i, words[i], e.msg);
    }
}

/* Every prefix of a good file, and every byte of its head changed: refused or taken, never read outside. */
static void no_byte_leads_outside(void **state)
{
    struct gguf_info info;
    struct err e;
    struct buf b;
    size_t taken = 0;

    (void)state;
    buf_init(&b, 1 << 20);
    write_file(&b, &good);
    for (size_t n = 0; n < b.n; n++) {
        char *copy = malloc(n ? n : 1);
        memcpy(copy, b.p, n);
        if (gguf_check(str_n(copy, n), &info, &e) == ERR_OK)
            taken++;
        free(copy);
    }
    assert_int_equal(taken, 0);
    for (size_t i = 0; i < b.n - 256; i++)
        for (int bit = 0; bit < 8; bit++) {
            b.p[i] ^= (char)(1 << bit);
            gguf_check(buf_view(&b), &info, &e);
            b.p[i] ^= (char)(1 << bit);
        }
    buf_done(&b);
}

static void the_models_of_the_set_up_are_taken(void **state)
{
    const char *deps = getenv("HARKEN_DEPS");
    struct gguf_info info;
    struct err e;
    char path[4096];

    (void)state;
    if (!deps)
        skip();
    snprintf(path, sizeof path, "%s/models/all-MiniLM-L6-v2.gguf", deps);
    if (access(path, R_OK))
        skip();
    if (gguf_file_check(path, &info, &e))
        fail_msg("%s", e.msg);
    assert_string_equal(info.architecture, "bert");
    assert_int_equal(info.vocabulary, 30522);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_file_is_taken),
        cmocka_unit_test(what_is_wrong_is_refused),
        cmocka_unit_test(no_byte_leads_outside),
        cmocka_unit_test(the_models_of_the_set_up_are_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
