/* Does a comparison tell by its time how much of a guess is right? After "Dude, is my code constant time?" (Reparaz, Balasch,
 * Verbauwhede, DATE 2017): guesses of two kinds by chance, the time of each, and Welch's t between the kinds. From |t| of 4.5 on
 * the kinds differ.
 *
 * usage: harken_timingeval SAMPLES
 *
 * Prints a line "NAME T" for each of what the product compares secrets with, and for "naive", a loop that ends at the first wrong
 * byte and must be found out. */
#include <math.h>
#include <sodium.h>

#include "base/arena.h"
#include "base/clock.h"
#include "gateway/totp.h"
#include "vault/hooksig.h"
#include "vault/seal.h"

enum { WARM = 20000, SLOWEST_PERCENT = 10, GUESS_MAX = 64 };

/* The right answer, and a guess at it of each kind: FAR is wrong from the first byte on, NEAR only in its last. */
enum kind { FAR, NEAR };
struct target {
    const char *name;
    size_t n; /* bytes of the guess */
    void (*make)(struct target *t);
    bool (*compare)(const struct target *t, const char *guess);
    char right[GUESS_MAX];
    char lowest, highest; /* of a byte of a guess */
    uint8_t key[32];
};

/* ---- what is measured ---- */

static void bytes_make(struct target *t)
{
    randombytes_buf(t->right, t->n);
}

static bool same_compare(const struct target *t, const char *guess)
{
    return vault_same(t->right, guess, t->n);
}

static bool naive_compare(const struct target *t, const char *guess)
{
    const volatile char *right = t->right;

    for (size_t i = 0; i < t->n; i++) {
        if (right[i] != guess[i])
            return false;
    }
    return true;
}

static const int64_t code_at_ms = (int64_t)1700000000 * 1000;

static void code_make(struct target *t)
{
    char text[16];

    randombytes_buf(t->key, sizeof t->key);
    snprintf(text, sizeof text, "%06u",
             totp_code(t->key, TOTP_SECRET_BYTES, (uint64_t)code_at_ms / 1000 / TOTP_STEP_S));
    memcpy(t->right, text, t->n);
}

static bool code_compare(const struct target *t, const char *guess)
{
    int64_t step;

    return totp_verify(t->key, TOTP_SECRET_BYTES, str_n(guess, t->n), code_at_ms, -1, &step);
}

/* A signed message: the guess is the base 64 of its MAC without what the last, half-used digit says. */
static struct hooksig_check hook_key(const struct target *t)
{
    struct hooksig_check c = {.key_n = sizeof t->key};

    memcpy(c.key, t->key, sizeof t->key);
    return c;
}

static void hook_make(struct target *t)
{
    struct arena *a = arena_new_wiped("timing");
    struct hooksig_keys k;
    str all, v1;
    size_t at;

    hooksig_keys_new(&k);
    memcpy(t->key, k.secret, sizeof t->key);
    all = hooksig_sign(&k, 1, STR("msg_1"), 1700000000, STR("{}"), a);
    at = str_find(all, STR("v1,"), 0);
    v1 = str_sub(all, at + 3, at + 3 + 44);
    memcpy(t->right, v1.p, v1.n);
    arena_free(a);
}

static bool hook_compare(const struct target *t, const char *guess)
{
    struct hooksig_check key = hook_key(t);
    char header[3 + GUESS_MAX] = "v1,";

    memcpy(header + 3, guess, t->n);
    memcpy(header + 3 + t->n, t->right + t->n, 44 - t->n); /* the last digit and the '=' */
    return hooksig_good(&key, 1, STR("msg_1"), STR("1700000000"), str_n(header, 3 + 44), STR("{}"));
}

static struct target targets[] = {
    {.name = "same-32", .n = 32, .make = bytes_make, .compare = same_compare, .lowest = -128, .highest = 127},
    {.name = "same-64", .n = 64, .make = bytes_make, .compare = same_compare, .lowest = -128, .highest = 127},
    {.name = "totp", .n = TOTP_DIGITS, .make = code_make, .compare = code_compare, .lowest = '0', .highest = '9'},
    {.name = "webhook", .n = 42, .make = hook_make, .compare = hook_compare, .lowest = 'a', .highest = 'z'},
    {.name = "naive", .n = 32, .make = bytes_make, .compare = naive_compare, .lowest = -128, .highest = 127},
};

/* ---- measuring ---- */

static uint64_t chance = 88172645463325252u;

/* Marsaglia's xorshift, Journal of Statistical Software 8 (14), 2003: guesses need be various, not secret. */
static char wrong_byte(const struct target *t, char right)
{
    char c;

    do {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        c = (char)(t->lowest + (int)((chance >> 32) % (uint64_t)(t->highest - t->lowest + 1)));
    } while (c == right);
    return c;
}

/* Both kinds are made by the same steps and lie in the same place. */
static void guess_make(const struct target *t, enum kind kind, char *guess)
{
    char last = wrong_byte(t, t->right[t->n - 1]);

    for (size_t i = 0; i < t->n; i++) {
        char wrong = wrong_byte(t, t->right[i]);
        guess[i] = kind == FAR ? wrong : t->right[i];
    }
    guess[t->n - 1] = last;
}

static int by_time(const void *x, const void *y)
{
    const int32_t *a = x, *b = y;

    return (*a > *b) - (*a < *b);
}

/* Welch's t of the times up to `most`, so that what the machine did meanwhile does not hide the difference. */
static double welch(const int32_t *ns, const uint8_t *kind, size_t n, int32_t most)
{
    double sum[2] = {0}, mean[2], off[2] = {0};
    size_t count[2] = {0};

    for (size_t i = 0; i < n; i++) {
        if (ns[i] <= most) {
            sum[kind[i]] += ns[i];
            count[kind[i]]++;
        }
    }
    for (int k = 0; k < 2; k++)
        mean[k] = sum[k] / (double)count[k];
    for (size_t i = 0; i < n; i++) {
        if (ns[i] <= most)
            off[kind[i]] += (ns[i] - mean[kind[i]]) * (ns[i] - mean[kind[i]]);
    }
    for (int k = 0; k < 2; k++)
        off[k] = off[k] / (double)(count[k] - 1) / (double)count[k];
    return (mean[NEAR] - mean[FAR]) / sqrt(off[0] + off[1]);
}

static int32_t now_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int32_t)(ts.tv_sec % 2 * 1000000000 + ts.tv_nsec);
}

static double measure(struct target *t, uint32_t n)
{
    int32_t *ns = calloc(n, sizeof *ns), *sorted = calloc(n, sizeof *sorted);
    uint8_t *kind = calloc(n, sizeof *kind);
    char guess[GUESS_MAX];
    volatile bool right;
    double found;

    if (!ns || !sorted || !kind)
        abort();
    t->make(t);
    randombytes_buf(kind, n);
    for (size_t i = 0; i < n + WARM; i++) {
        size_t at = i < WARM ? i % n : i - WARM;
        int32_t begin;

        kind[at] &= 1;
        guess_make(t, kind[at], guess);
        begin = now_ns();
        right = t->compare(t, guess);
        ns[at] = now_ns() - begin;
        if (ns[at] < 0)
            ns[at] = INT32_MAX; /* the clock's two seconds were over */
        (void)right; /* once in a while a guess is the one-time code of the step before or after */
    }
    memcpy(sorted, ns, n * sizeof *ns);
    qsort(sorted, n, sizeof *sorted, by_time);
    found = welch(ns, kind, n, sorted[n - 1 - n * SLOWEST_PERCENT / 100]);
    free(ns);
    free(sorted);
    free(kind);
    return found;
}

int main(int argc, char **argv)
{
    uint64_t n;

    if (argc != 2 || !str_to_u64(str_of(argv[1]), &n) || n < 1000 || n > 100000000)
        return 2;
    if (sodium_init() < 0)
        return 1;
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++)
        printf("%s %.2f\n", targets[i].name, measure(&targets[i], (uint32_t)n));
    return 0;
}
