#include "engine/gguf.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sort.h"

enum {
    KEYS_MAX = 4096,
    TENSORS_MAX = 65536,
    KEY_BYTES_MAX = 256,
    TENSOR_NAME_MAX = 63, /* the library's own bound, without the NUL */
    ARRAY_MAX = 4 << 20,  /* elements: vocabularies have a few hundred thousand */
    STRING_MAX = 16 << 20,
    DIMS_MAX = 4,
    ALIGN_MAX = 1 << 16,
};

enum kind { U8, I8, U16, I16, U32, I32, F32, BOOL, STRING, ARRAY, U64, I64, F64, KINDS };

/* Elements and bytes of a block of each tensor type; 0: not taken. */
static const struct {
    uint16_t elements, bytes;
} blocks[] = {
    [0] = {1, 4},      [1] = {1, 2},      [2] = {32, 18},   [3] = {32, 20},    [6] = {32, 22},    [7] = {32, 24},
    [8] = {32, 34},    [9] = {32, 36},    [10] = {256, 84}, [11] = {256, 110}, [12] = {256, 144}, [13] = {256, 176},
    [14] = {256, 210}, [15] = {256, 292}, [16] = {256, 66}, [17] = {256, 74},  [18] = {256, 98},  [19] = {256, 50},
    [20] = {32, 18},   [21] = {256, 110}, [22] = {256, 82}, [23] = {256, 136}, [24] = {1, 1},     [25] = {1, 2},
    [26] = {1, 4},     [27] = {1, 8},     [28] = {1, 8},    [29] = {256, 56},  [30] = {1, 2},     [34] = {256, 54},
    [35] = {256, 66},  [39] = {32, 17},
};

struct key {
    str name;
    uint32_t kind;
    uint64_t u;       /* unsigned value of any whole number that is not negative; UINT64_MAX: negative */
    double d;
    str s;
    uint32_t of;      /* ARRAY: kind of its elements */
    uint64_t n;
};

struct tensor {
    str name;
    uint64_t offset, bytes;
};

struct reader {
    str file;
    size_t at;
    struct err *e;
    enum err_code rc;
    struct arena *a;
    struct key *keys;
    uint64_t keys_n, tensors_n;
    struct tensor *tensors;
};

static bool fail(struct reader *r, enum err_code code, const char *what)
{
    if (!r->rc)
        r->rc = err_set(r->e, code, "the model file at byte %zu: %s", r->at, what);
    return false;
}

static bool take(struct reader *r, void *out, size_t n)
{
    if (r->file.n - r->at < n)
        return fail(r, ERR_INVALID, "it ends too early");
    memcpy(out, r->file.p + r->at, n);
    r->at += n;
    return true;
}

static bool take_u32(struct reader *r, uint32_t *out)
{
    uint8_t b[4];

    if (!take(r, b, sizeof b))
        return false;
    *out = (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    return true;
}

static bool take_u64(struct reader *r, uint64_t *out)
{
    uint32_t low, high;

    if (!take_u32(r, &low) || !take_u32(r, &high))
        return false;
    *out = low | (uint64_t)high << 32;
    return true;
}

static bool take_str(struct reader *r, uint64_t max, str *out)
{
    uint64_t n;

    if (!take_u64(r, &n))
        return false;
    if (n > max)
        return fail(r, ERR_LIMIT, "a text is too long");
    if (n > r->file.n - r->at)
        return fail(r, ERR_INVALID, "a text runs past the end");
    *out = str_n(r->file.p + r->at, n);
    r->at += n;
    return true;
}

static size_t kind_bytes(uint32_t kind)
{
    static const uint8_t bytes[KINDS] = {[U8] = 1,  [I8] = 1,   [U16] = 2, [I16] = 2, [U32] = 4, [I32] = 4,
                                         [F32] = 4, [BOOL] = 1, [U64] = 8, [I64] = 8, [F64] = 8};

    return kind < KINDS ? bytes[kind] : 0;
}

static bool number_read(struct reader *r, struct key *k)
{
    uint8_t b[8] = {0};
    size_t n = kind_bytes(k->kind);
    bool negative;
    float f;

    if (!take(r, b, n))
        return false;
    for (size_t i = 0; i < n; i++)
        k->u |= (uint64_t)b[i] << 8 * i;
    negative = (k->kind == I8 || k->kind == I16 || k->kind == I32 || k->kind == I64) && b[n - 1] & 0x80;
    if (negative)
        k->u = UINT64_MAX;
    if (k->kind == F32) {
        memcpy(&f, b, sizeof f);
        k->d = (double)f;
    } else if (k->kind == F64) {
        memcpy(&k->d, b, sizeof k->d);
    }
    if (k->kind == BOOL && k->u > 1)
        return fail(r, ERR_INVALID, "a truth value is neither 0 nor 1");
    return true;
}

static bool array_read(struct reader *r, struct key *k)
{
    str s;

    if (!take_u32(r, &k->of) || !take_u64(r, &k->n))
        return false;
    if (k->of >= KINDS || k->of == ARRAY)
        return fail(r, ERR_INVALID, "a list of an unknown kind");
    if (k->n > ARRAY_MAX)
        return fail(r, ERR_LIMIT, "a list is too long");
    if (k->of != STRING) {
        if (k->n * kind_bytes(k->of) > r->file.n - r->at)
            return fail(r, ERR_INVALID, "a list runs past the end");
        k->s = str_n(r->file.p + r->at, k->n * kind_bytes(k->of));
        r->at += k->s.n;
        return true;
    }
    for (uint64_t i = 0; i < k->n; i++)
        if (!take_str(r, STRING_MAX, &s))
            return false;
    return true;
}

static bool key_read(struct reader *r, struct key *k)
{
    if (!take_str(r, KEY_BYTES_MAX, &k->name) || !take_u32(r, &k->kind))
        return false;
    if (!k->name.n)
        return fail(r, ERR_INVALID, "a key without a name");
    for (size_t i = 0; i < k->name.n; i++)
        if (k->name.p[i] <= ' ' || k->name.p[i] > '~')
            return fail(r, ERR_INVALID, "a key's name is not plain");
    if (k->kind == STRING)
        return take_str(r, STRING_MAX, &k->s);
    if (k->kind == ARRAY)
        return array_read(r, k);
    return k->kind < KINDS ? number_read(r, k) : fail(r, ERR_INVALID, "a value of an unknown kind");
}

static int by_key(const void *x, const void *y)
{
    return str_cmp(((const struct key *)x)->name, ((const struct key *)y)->name);
}

static bool keys_read(struct reader *r)
{
    r->keys = ARENA_ARRAY(r->a, struct key, r->keys_n + 1);
    for (uint64_t i = 0; i < r->keys_n; i++)
        if (!key_read(r, &r->keys[i]))
            return false;
    list_sort(r->keys, r->keys_n, sizeof *r->keys, by_key);
    for (uint64_t i = 1; i < r->keys_n; i++)
        if (str_eq(r->keys[i - 1].name, r->keys[i].name))
            return fail(r, ERR_INVALID, "a key stands twice");
    return true;
}

static const struct key *key_get(const struct reader *r, str name)
{
    struct key want = {.name = name};

    return r->keys_n ? bsearch(&want, r->keys, r->keys_n, sizeof *r->keys, by_key) : NULL;
}

/* ---- tensors ---- */

static bool tensor_read(struct reader *r, struct tensor *t)
{
    uint64_t dim[DIMS_MAX], elements = 1;
    uint32_t dims, type;

    if (!take_str(r, TENSOR_NAME_MAX, &t->name) || !take_u32(r, &dims))
        return false;
    if (!t->name.n || !str_utf8_valid(t->name))
        return fail(r, ERR_INVALID, "a tensor's name is not proper");
    if (!dims || dims > DIMS_MAX)
        return fail(r, ERR_INVALID, "a tensor with no or too many dimensions");
    for (uint32_t i = 0; i < dims; i++) {
        if (!take_u64(r, &dim[i]))
            return false;
        if (!dim[i] || dim[i] > INT64_MAX || __builtin_mul_overflow(elements, dim[i], &elements) ||
            elements > INT64_MAX)
            return fail(r, ERR_INVALID, "a tensor's size is not proper");
    }
    if (!take_u32(r, &type) || !take_u64(r, &t->offset))
        return false;
    if (type >= sizeof blocks / sizeof *blocks || !blocks[type].elements)
        return fail(r, ERR_INVALID, "a tensor of an unknown type");
    if (dim[0] % blocks[type].elements)
        return fail(r, ERR_INVALID, "a tensor's rows are not whole blocks");
    if (__builtin_mul_overflow(elements / blocks[type].elements, blocks[type].bytes, &t->bytes))
        return fail(r, ERR_INVALID, "a tensor's size is not proper");
    return true;
}

static int by_name(const void *x, const void *y)
{
    return str_cmp(((const struct tensor *)x)->name, ((const struct tensor *)y)->name);
}

static int by_offset(const void *x, const void *y)
{
    const struct tensor *a = x, *b = y;

    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

/* Every tensor lies on a boundary, in the data and apart from the others. */
static bool tensors_place(struct reader *r, uint64_t align)
{
    uint64_t start = (r->at + align - 1) / align * align, size, end = 0;

    if (start > r->file.n)
        return fail(r, ERR_INVALID, "there is no room for its data");
    size = r->file.n - start;
    list_sort(r->tensors, r->tensors_n, sizeof *r->tensors, by_name);
    for (uint64_t i = 1; i < r->tensors_n; i++)
        if (str_eq(r->tensors[i - 1].name, r->tensors[i].name))
            return fail(r, ERR_INVALID, "a tensor stands twice");
    list_sort(r->tensors, r->tensors_n, sizeof *r->tensors, by_offset);
    for (uint64_t i = 0; i < r->tensors_n; i++) {
        const struct tensor *t = &r->tensors[i];
        if (t->offset % align)
            return fail(r, ERR_INVALID, "a tensor does not lie on a boundary");
        if (t->offset < end)
            return fail(r, ERR_INVALID, "tensors lie over each other");
        if (t->offset > size || t->bytes > size - t->offset)
            return fail(r, ERR_INVALID, "a tensor runs past the end");
        end = t->offset + t->bytes;
    }
    return true;
}

static bool tensors_read(struct reader *r)
{
    const struct key *align = key_get(r, STR("general.alignment"));
    uint64_t by = 32;

    if (align) {
        by = align->u;
        if (align->kind != U32 || by < 8 || by > ALIGN_MAX || by & (by - 1))
            return fail(r, ERR_INVALID, "general.alignment is not proper");
    }
    r->tensors = ARENA_ARRAY(r->a, struct tensor, r->tensors_n + 1);
    for (uint64_t i = 0; i < r->tensors_n; i++)
        if (!tensor_read(r, &r->tensors[i]))
            return false;
    return tensors_place(r, by);
}

/* ---- what it says about itself ---- */

static bool architecture_read(struct reader *r, struct gguf_info *out)
{
    const struct key *k = key_get(r, STR("general.architecture")), *name = key_get(r, STR("general.name"));
    const struct key *type = key_get(r, STR("general.type"));

    if (!k || k->kind != STRING || !k->s.n || k->s.n >= sizeof out->architecture)
        return fail(r, ERR_INVALID, "general.architecture is missing or not proper");
    for (size_t i = 0; i < k->s.n; i++)
        if (!((k->s.p[i] >= 'a' && k->s.p[i] <= 'z') || (k->s.p[i] >= '0' && k->s.p[i] <= '9') || k->s.p[i] == '-' ||
              k->s.p[i] == '_'))
            return fail(r, ERR_INVALID, "general.architecture is missing or not proper");
    if (type && (type->kind != STRING || !str_eq(type->s, STR("model"))))
        return fail(r, ERR_INVALID, "it is no model by itself: an adapter, or a part of one");
    memcpy(out->architecture, k->s.p, k->s.n);
    if (name && name->kind == STRING && str_utf8_valid(name->s))
        snprintf(out->name, sizeof out->name, "%.*s", STR_ARG(str_sub(name->s, 0, sizeof out->name - 1)));
    return true;
}

/* Numbers that the library works sizes out from. */
static bool numbers_check(struct reader *r, struct gguf_info *out)
{
    static const struct {
        const char *name;
        uint64_t min, max;
    } rows[] = {
        {"block_count", 1, 1024},           {"embedding_length", 1, 65536},       {"feed_forward_length", 1, 1 << 20},
        {"context_length", 1, 1 << 26},     {"attention.head_count", 1, 4096},    {"attention.head_count_kv", 1, 4096},
        {"attention.key_length", 1, 65536}, {"attention.value_length", 1, 65536}, {"expert_count", 0, 4096},
        {"expert_used_count", 0, 4096},     {"rope.dimension_count", 1, 65536},   {"vocab_size", 1, ARRAY_MAX},
    };
    char name[128];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct key *k;
        snprintf(name, sizeof name, "%s.%s", out->architecture, rows[i].name);
        k = key_get(r, str_of(name));
        if (!k || k->kind == ARRAY) /* some models say it for each layer */
            continue;
        if (k->kind == STRING || k->kind == F32 || k->kind == F64 || k->kind == BOOL || k->u < rows[i].min ||
            k->u > rows[i].max) {
            if (!r->rc)
                r->rc = err_set(r->e, ERR_INVALID, "the model file: %s is not proper", name);
            return false;
        }
        if (strcmp(rows[i].name, "context_length") == 0)
            out->context = k->u;
    }
    return true;
}

/* The lists of the vocabulary are as long as each other, and special tokens are in it. */
static bool vocabulary_check(struct reader *r, struct gguf_info *out)
{
    static const char *const lists[] = {"tokenizer.ggml.scores", "tokenizer.ggml.token_type"};
    const struct key *tokens = key_get(r, STR("tokenizer.ggml.tokens"));

    if (!tokens)
        return true; /* the library says what it needs */
    if (tokens->kind != ARRAY || tokens->of != STRING || !tokens->n)
        return fail(r, ERR_INVALID, "tokenizer.ggml.tokens is not proper");
    out->vocabulary = tokens->n;
    for (size_t i = 0; i < 2; i++) {
        const struct key *k = key_get(r, str_of(lists[i]));
        if (k && (k->kind != ARRAY || k->n != tokens->n || kind_bytes(k->of) != 4))
            return fail(r, ERR_INVALID, "a list of the tokenizer has another length than its tokens");
    }
    for (uint64_t i = 0; i < r->keys_n; i++) {
        const struct key *k = &r->keys[i];
        if (str_starts(k->name, STR("tokenizer.ggml.")) && str_ends(k->name, STR("_token_id")) &&
            (kind_bytes(k->kind) == 0 || k->kind == F32 || k->kind == F64 || (k->u >= tokens->n && k->u != UINT32_MAX)))
            return fail(r, ERR_INVALID, "a special token is not in the vocabulary");
    }
    return true;
}

static bool head_read(struct reader *r)
{
    uint32_t magic, version;

    if (!take_u32(r, &magic) || magic != 0x46554747)
        return fail(r, ERR_INVALID, "it is no GGUF file");
    if (!take_u32(r, &version) || (version != 2 && version != 3))
        return fail(r, ERR_INVALID, "a version of GGUF that is not taken");
    if (!take_u64(r, &r->tensors_n) || !take_u64(r, &r->keys_n))
        return false;
    if (!r->tensors_n || r->tensors_n > TENSORS_MAX || r->keys_n > KEYS_MAX)
        return fail(r, ERR_LIMIT, "no tensors, or too many tensors or keys");
    return true;
}

enum err_code gguf_check(str bytes, struct gguf_info *out, struct err *e)
{
    struct reader r = {.file = bytes, .e = e, .a = arena_new("gguf")};
    struct gguf_info info = {0};

    if (head_read(&r) && keys_read(&r) && architecture_read(&r, &info) && numbers_check(&r, &info) &&
        vocabulary_check(&r, &info) && tensors_read(&r)) {
        info.tensors = r.tensors_n;
        for (uint64_t i = 0; i < r.keys_n; i++)
            info.has_template = info.has_template || str_starts(r.keys[i].name, STR("tokenizer.chat_template"));
        *out = info;
    }
    arena_free(r.a);
    return r.rc;
}

enum err_code gguf_file_check(const char *path, struct gguf_info *out, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    enum err_code rc;
    void *map;

    if (fd < 0)
        return err_errno(e, errno, "open the model file");
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size < 24) {
        close(fd);
        return err_set(e, ERR_INVALID, "the model file is no file, or empty");
    }
    map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (map == MAP_FAILED)
        return err_errno(e, errno, "map the model file");
    rc = gguf_check(str_n(map, (size_t)st.st_size), out, e);
    munmap(map, (size_t)st.st_size);
    return rc;
}
