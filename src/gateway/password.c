#include "gateway/password.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/thread.h"

extern const char *const common_passwords[]; /* made of common_passwords.txt: lower case, sorted */
extern const size_t common_passwords_n;

enum {
    MEMORY_BYTES = 64 << 20,
    PASSES_MIN = 2,
    PASSES_MAX = 12,
    TARGET_MS = 150,
    WAIT_MS = 5000,
    CONTEXT_MIN = 4, /* shorter words turn up by chance */
    REST_MIN = 5     /* characters that must be left when what everybody knows is taken away */
};

static int passes = PASSES_MIN;
static char decoy[crypto_pwhash_STRBYTES]; /* what an unknown user's password is compared with */

static struct {
    pthread_mutex_t lock; /* guards running */
    pthread_cond_t freed;
    pthread_once_t once;
    int running;
} busy = {.lock = PTHREAD_MUTEX_INITIALIZER, .once = PTHREAD_ONCE_INIT};

/* ---- which ---- */

static int by_word(const void *x, const void *y)
{
    return strcmp(x, *(const char *const *)y);
}

static size_t chars_count(str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

static bool one_character(str s)
{
    for (size_t i = 1; i < s.n; i++)
        if (s.p[i] != s.p[0])
            return false;
    return true;
}

/* Takes every place of `word` out of `s`, in place. */
static str word_drop(str s, str word)
{
    char *p = (char *)(uintptr_t)s.p;
    size_t at;

    while ((at = str_find(s, word, 0)) != SIZE_MAX) {
        memmove(p + at, p + at + word.n, s.n - at - word.n);
        s.n -= word.n;
    }
    return s;
}

static str words_drop(str rest, str known, const char *apart, struct arena *a)
{
    str all = str_lower_ascii(a, known);
    size_t from = 0;

    for (size_t i = 0; i <= all.n; i++) {
        if (i < all.n && !strchr(apart, all.p[i]))
            continue;
        if (i - from >= CONTEXT_MIN)
            rest = word_drop(rest, str_sub(all, from, i));
        from = i + 1;
    }
    return rest;
}

/* What "Ann Lee <ann.lee@example.com>" is made of: example.com as a whole, then its words. */
static str context_drop(str rest, str known, struct arena *a)
{
    return words_drop(words_drop(rest, known, " @<>", a), known, " .,@<>-_+'\"/", a);
}

enum err_code password_check(str password, const str *context, size_t n, struct arena *a, struct err *e)
{
    char *lower;
    str rest;

    if (!str_utf8_valid(password) || str_find_char(password, '\0', 0) != SIZE_MAX)
        return err_set(e, ERR_INVALID, "a password is text");
    if (chars_count(password) < PASSWORD_CHARS_MIN)
        return err_set(e, ERR_INVALID, "a password has at least %d characters", PASSWORD_CHARS_MIN);
    if (password.n > PASSWORD_BYTES_MAX)
        return err_set(e, ERR_INVALID, "a password has at most %d bytes", PASSWORD_BYTES_MAX);
    rest = str_dup(a, str_lower_ascii(a, password));
    lower = str_cz(a, rest);
    if (one_character(rest) || bsearch(lower, common_passwords, common_passwords_n, sizeof *common_passwords, by_word))
        return err_set(e, ERR_INVALID, "this password is one of those that are tried first; choose another");
    rest = context_drop(rest, STR("harken"), a);
    for (size_t i = 0; i < n; i++)
        rest = context_drop(rest, context[i], a);
    if (chars_count(rest) < REST_MIN)
        return err_set(e, ERR_INVALID, "a password is not made of names, addresses or the company's name");
    return ERR_OK;
}

/* ---- how ---- */

static void cond_make(void)
{
    thread_cond_init(&busy.freed);
}

/* The right to use one core and its memory. */
static enum err_code turn_take(struct err *e)
{
    struct timespec until = clock_deadline(WAIT_MS);
    int most = thread_cores(), rc = 0;

    pthread_once(&busy.once, cond_make);
    pthread_mutex_lock(&busy.lock);
    while (busy.running >= most && rc == 0)
        rc = pthread_cond_timedwait(&busy.freed, &busy.lock, &until);
    if (busy.running < most) {
        busy.running++;
        rc = 0;
    }
    pthread_mutex_unlock(&busy.lock);
    return rc ? err_set(e, ERR_BUSY, "too many passwords are being checked") : ERR_OK;
}

static void turn_give(void)
{
    pthread_mutex_lock(&busy.lock);
    busy.running--;
    pthread_cond_signal(&busy.freed);
    pthread_mutex_unlock(&busy.lock);
}

static bool hash_make(char out[crypto_pwhash_STRBYTES], str password, int t)
{
    return crypto_pwhash_str_alg(out, password.n ? password.p : "", password.n, (unsigned long long)t, MEMORY_BYTES,
                                 crypto_pwhash_ALG_ARGON2ID13) == 0;
}

/* Milliseconds of one hash with so many passes: the better of two, because other programs run too. */
static int64_t passes_time(int t)
{
    int64_t best = INT64_MAX;
    char out[crypto_pwhash_STRBYTES];

    for (int i = 0; i < 2; i++) {
        int64_t start = clock_mono_ms(), took;
        if (!hash_make(out, STR("how long does it take"), t))
            return INT64_MAX;
        took = clock_mono_ms() - start;
        best = took < best ? took : best;
    }
    return best;
}

static void tune(void)
{
    int64_t least = passes_time(PASSES_MIN), per_pass = least / PASSES_MIN;

    passes = PASSES_MIN;
    if (per_pass > 0 && least < TARGET_MS)
        passes = (int)((TARGET_MS + per_pass - 1) / per_pass);
    passes = passes > PASSES_MAX ? PASSES_MAX : passes < PASSES_MIN ? PASSES_MIN : passes;
    if (!hash_make(decoy, STR("nobody has this one"), passes))
        decoy[0] = '\0';
}

static void ready(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, tune);
}

int password_passes(void)
{
    ready();
    return passes;
}

enum err_code password_hash(str password, struct arena *a, str *out, struct err *e)
{
    char *text = arena_alloc(a, crypto_pwhash_STRBYTES);
    bool ok;

    ready();
    if (turn_take(e))
        return e->code;
    ok = hash_make(text, password, passes);
    turn_give();
    if (!ok)
        return err_set(e, ERR_BUSY, "not enough memory to keep a password");
    *out = str_of(text);
    return ERR_OK;
}

enum err_code password_verify(str kept, str password, bool *out_weak, struct err *e)
{
    char text[crypto_pwhash_STRBYTES] = "";
    bool known = kept.n > 0 && kept.n < sizeof text, same;

    ready();
    if (known)
        memcpy(text, kept.p, kept.n);
    else if (decoy[0])
        memcpy(text, decoy, sizeof text);
    if (turn_take(e))
        return e->code;
    same = crypto_pwhash_str_verify(text, password.n ? password.p : "", password.n) == 0;
    turn_give();
    *out_weak = known && crypto_pwhash_str_needs_rehash(text, (unsigned long long)passes, MEMORY_BYTES) != 0;
    sodium_memzero(text, sizeof text);
    return known && same ? ERR_OK : err_set(e, ERR_DENIED, "another password");
}
