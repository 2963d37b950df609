#include "vault/keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/log.h"

enum {
    REC_BYTES = 128,
    REC_SIGNED = 112, /* bytes under the checksum */
    REC_AAD = 40,
    REC_ROOT = 1,
    REC_WORKSPACE = 2,
    REC_SUBJECT = 3,
    REC_LIVE = 1,
    REC_DESTROYED = 2,
    LOAD_BYTES = 512 * REC_BYTES,
};
static const char rec_magic[4] = {'H', 'K', 'R', '1'};
static const char kek_prefix[] = "harken-kek-1 ";

/* One record as it stands in `ring`. 128 bytes at multiples of 128, so none straddles a disk sector. */
struct rec {
    char magic[4];
    uint8_t kind, state, version[2];
    uint8_t id[16], workspace[16];
    uint8_t nonce[24], wrapped[48];
    uint8_t check[16]; /* BLAKE2b-128 of all before */
};
_Static_assert(sizeof(struct rec) == REC_BYTES, "a record is 128 bytes");

struct slot {
    struct id id;
    uint32_t owner; /* slot of the workspace; itself for workspaces */
    uint32_t rec;   /* record number in the file */
    uint8_t kind;
    _Atomic uint8_t state;
    atomic_bool ready; /* key[] is filled */
    unsigned char key[KEY_BYTES];
};

struct keyring {
    int lock_fd, fd;
    struct id id;
    unsigned char root[KEY_BYTES];
    size_t damaged;

    pthread_rwlock_t lock; /* guards slots, table, recs_n; and slots' keys together with fill */
    struct slot *slots;
    size_t n, cap;
    uint32_t *table; /* open addressing over slots, slot + 1; 0: free */
    size_t table_n;
    uint32_t recs_n;

    pthread_mutex_t fill; /* inside lock: one thread writes a slot's key */
    pthread_mutex_t sync; /* outside lock: one thread syncs */
    _Atomic uint64_t appended, synced;
    atomic_bool broken; /* a sync failed: the kernel may have dropped pages, nothing later can be trusted */
};

/* ---- derivations ---- */

static void derive(const unsigned char key[KEY_BYTES], const char *what, unsigned char out[KEY_BYTES])
{
    crypto_generichash(out, KEY_BYTES, (const unsigned char *)what, strlen(what), key, KEY_BYTES);
}

static const char *const class_labels[KEY_CLASSES] = {
    [KEY_CONTENT] = "harken class content 1", [KEY_METADATA] = "harken class metadata 1",
    [KEY_TOKENS] = "harken class tokens 1",   [KEY_INDEX] = "harken class index 1",
    [KEY_AUDIT] = "harken class audit 1",
};

/* ---- records ---- */

static void rec_check(const struct rec *r, uint8_t out[16])
{
    crypto_generichash(out, 16, (const unsigned char *)r, REC_SIGNED, NULL, 0);
}

static void rec_wrap(struct rec *r, uint8_t kind, struct id id, struct id workspace, const unsigned char key[KEY_BYTES],
                     const unsigned char by[KEY_BYTES])
{
    unsigned char wrap[KEY_BYTES];

    memset(r, 0, sizeof *r);
    memcpy(r->magic, rec_magic, sizeof r->magic);
    r->kind = kind;
    r->state = REC_LIVE;
    r->version[1] = 1;
    memcpy(r->id, id.b, 16);
    memcpy(r->workspace, workspace.b, 16);
    randombytes_buf(r->nonce, sizeof r->nonce);
    derive(by, "harken wrap 1", wrap);
    crypto_aead_xchacha20poly1305_ietf_encrypt(r->wrapped, NULL, key, KEY_BYTES, (const unsigned char *)r, REC_AAD,
                                               NULL, r->nonce, wrap);
    sodium_memzero(wrap, sizeof wrap);
    rec_check(r, r->check);
}

static bool rec_unwrap(const struct rec *r, const unsigned char by[KEY_BYTES], unsigned char key[KEY_BYTES])
{
    unsigned char wrap[KEY_BYTES];
    int bad;

    derive(by, "harken wrap 1", wrap);
    bad = crypto_aead_xchacha20poly1305_ietf_decrypt(key, NULL, NULL, r->wrapped, sizeof r->wrapped,
                                                     (const unsigned char *)r, REC_AAD, r->nonce, wrap);
    sodium_memzero(wrap, sizeof wrap);
    return !bad;
}

static bool rec_ok(const struct rec *r)
{
    uint8_t check[16];

    rec_check(r, check);
    return memcmp(r->magic, rec_magic, sizeof r->magic) == 0 && memcmp(check, r->check, 16) == 0 &&
           r->kind >= REC_ROOT && r->kind <= REC_SUBJECT && (r->state == REC_LIVE || r->state == REC_DESTROYED);
}

static enum err_code rec_write(struct keyring *k, uint32_t number, const struct rec *r, struct err *e)
{
    ssize_t n;

    do
        n = pwrite(k->fd, r, sizeof *r, (off_t)number * REC_BYTES);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return err_errno(e, errno, "write key ring");
    if (n != (ssize_t)sizeof *r)
        return err_set(e, ERR_IO, "write key ring: disk full");
    return ERR_OK;
}

/* ---- slots and their table ---- */

static size_t id_hash(struct id id)
{
    uint64_t h;

    memcpy(&h, id.b + 8, 8); /* the random half of a UUIDv7 */
    return (size_t)(h * 0x9e3779b97f4a7c15u >> 20);
}

static struct slot *slot_find(const struct keyring *k, struct id id)
{
    size_t mask = k->table_n - 1;

    if (k->table_n == 0)
        return NULL;
    for (size_t i = id_hash(id) & mask; k->table[i]; i = (i + 1) & mask)
        if (id_eq(k->slots[k->table[i] - 1].id, id))
            return &k->slots[k->table[i] - 1];
    return NULL;
}

static void table_put(struct keyring *k, uint32_t slot)
{
    size_t mask = k->table_n - 1, i = id_hash(k->slots[slot].id) & mask;

    while (k->table[i])
        i = (i + 1) & mask;
    k->table[i] = slot + 1;
}

/* The old array is cleared before it goes: it held keys. */
static bool slots_grow(struct keyring *k)
{
    size_t cap = k->cap ? k->cap * 2 : 1024;
    struct slot *s = malloc(cap * sizeof *s);
    uint32_t *t = calloc(cap * 2, sizeof *t);

    if (!s || !t) {
        free(s);
        free(t);
        return false;
    }
    if (k->n)
        memcpy((void *)s, (const void *)k->slots, k->n * sizeof *s);
    if (k->slots)
        sodium_memzero((void *)k->slots, k->cap * sizeof *s);
    free((void *)k->slots);
    free(k->table);
    k->slots = s;
    k->cap = cap;
    k->table = t;
    k->table_n = cap * 2;
    for (uint32_t i = 0; i < k->n; i++)
        table_put(k, i);
    return true;
}

/* key: NULL when not unwrapped yet. Caller holds the write lock, or nobody else knows k. */
static struct slot *slot_add(struct keyring *k, const struct rec *r, uint32_t number, uint32_t owner,
                             const unsigned char *key)
{
    struct slot *s;

    if (k->n == k->cap && !slots_grow(k))
        return NULL;
    s = &k->slots[k->n];
    memset((void *)s, 0, sizeof *s);
    memcpy(s->id.b, r->id, 16);
    s->owner = r->kind == REC_WORKSPACE ? (uint32_t)k->n : owner;
    s->rec = number;
    s->kind = r->kind;
    s->state = r->state;
    if (key) {
        memcpy(s->key, key, KEY_BYTES);
        s->ready = true;
    }
    table_put(k, (uint32_t)k->n);
    k->n++;
    return s;
}

/* ---- opening ---- */

static enum err_code kek_parse(str text, unsigned char out[KEY_BYTES], struct err *e)
{
    size_t n = 0;

    text = str_trim(text);
    if (!str_starts(text, str_of(kek_prefix)))
        return err_set(e, ERR_CORRUPT, "kek is not a key file of harken");
    text = str_from(text, strlen(kek_prefix));
    if (sodium_hex2bin(out, KEY_BYTES, text.p, text.n, NULL, &n, NULL) || n != KEY_BYTES || text.n != 2 * KEY_BYTES)
        return err_set(e, ERR_CORRUPT, "kek does not hold 64 hexadecimal digits");
    return ERR_OK;
}

static enum err_code kek_load(const char *path, struct arena *a, unsigned char out[KEY_BYTES], struct err *e)
{
    struct stat st;
    str text;

    if (stat(path, &st))
        return err_errno(e, errno, "read kek");
    if (st.st_mode & 077)
        return err_set(e, ERR_DENIED, "kek can be read by others: chmod 600 it, and consider it known");
    if (fs_read(path, 4096, a, &text, e))
        return err_wrap(e, "read kek");
    return kek_parse(text, out, e);
}

static enum err_code kek_make(const char *path, unsigned char out[KEY_BYTES], struct err *e)
{
    char text[sizeof kek_prefix + 2 * KEY_BYTES + 1], hex[2 * KEY_BYTES + 1];
    enum err_code code;
    int n;

    randombytes_buf(out, KEY_BYTES);
    sodium_bin2hex(hex, sizeof hex, out, KEY_BYTES);
    n = snprintf(text, sizeof text, "%s%s\n", kek_prefix, hex);
    code = fs_write_atomic(path, str_n(text, (size_t)n), 0600, e);
    sodium_memzero(text, sizeof text);
    sodium_memzero(hex, sizeof hex);
    return code;
}

static enum err_code ring_make(const char *path, const unsigned char kek[KEY_BYTES], struct err *e)
{
    unsigned char root[KEY_BYTES];
    struct rec r;

    randombytes_buf(root, sizeof root);
    rec_wrap(&r, REC_ROOT, id_new(), ID_NIL, root, kek);
    sodium_memzero(root, sizeof root);
    return fs_write_atomic(path, str_n((const char *)&r, sizeof r), 0600, e);
}

/* A record that was never synced, or was damaged: skipped. Everything that a committed row needs was synced. */
static enum err_code rec_load(struct keyring *k, const struct rec *r, uint32_t number,
                              const unsigned char kek[KEY_BYTES], struct err *e)
{
    unsigned char key[KEY_BYTES];
    struct id workspace;
    struct slot *owner = NULL;

    if (!rec_ok(r)) {
        if (number == 0)
            return err_set(e, ERR_CORRUPT,
                           "the first record of the key ring is damaged: restore the ring from its backup");
        k->damaged++;
        return ERR_OK;
    }
    if (number == 0) {
        if (r->kind != REC_ROOT || !rec_unwrap(r, kek, k->root))
            return err_set(e, ERR_CORRUPT, "kek does not open the key ring: it belongs to another one");
        memcpy(k->id.b, r->id, 16);
        return ERR_OK;
    }
    if (r->kind == REC_WORKSPACE) {
        bool live = r->state == REC_LIVE;

        if (live && !rec_unwrap(r, k->root, key)) {
            k->damaged++;
            return ERR_OK;
        }
        owner = slot_add(k, r, number, 0, live ? key : NULL);
        sodium_memzero(key, sizeof key);
        return owner ? ERR_OK : err_set(e, ERR_MEMORY, "key ring: out of memory");
    }
    memcpy(workspace.b, r->workspace, 16);
    owner = slot_find(k, workspace);
    if (!owner || r->kind != REC_SUBJECT) {
        k->damaged++;
        return ERR_OK;
    }
    return slot_add(k, r, number, owner->owner, NULL) ? ERR_OK : err_set(e, ERR_MEMORY, "key ring: out of memory");
}

static enum err_code ring_load(struct keyring *k, const unsigned char kek[KEY_BYTES], struct err *e)
{
    static const size_t chunk = LOAD_BYTES;
    char *b = malloc(chunk);
    off_t at = 0;
    ssize_t n = 0;

    if (!b)
        return err_set(e, ERR_MEMORY, "key ring: out of memory");
    while ((n = pread(k->fd, b, chunk, at)) > 0) {
        for (size_t i = 0; i + REC_BYTES <= (size_t)n; i += REC_BYTES) {
            struct rec r;

            memcpy(&r, b + i, sizeof r);
            if (rec_load(k, &r, k->recs_n++, kek, e)) {
                free(b);
                return e->code;
            }
        }
        if (n % REC_BYTES) {
            if (ftruncate(k->fd, (off_t)k->recs_n * REC_BYTES)) /* the tail of a write that was cut short */
                n = -1;
            break;
        }
        at += n;
    }
    free(b);
    if (n < 0)
        return err_errno(e, errno, "read key ring");
    return k->recs_n ? ERR_OK : err_set(e, ERR_CORRUPT, "key ring is empty");
}

/* A POSIX lock on purpose: it dies with the process and no forked child keeps it. */
static enum err_code folder_lock(struct keyring *k, const char *path, struct err *e)
{
    struct flock fl = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    k->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (k->lock_fd < 0)
        return err_errno(e, errno, "open lock of key folder");
    if (fcntl(k->lock_fd, F_SETLK, &fl)) {
        int errnum = errno;

        if (errnum == EAGAIN || errnum == EACCES)
            return err_set(e, ERR_BUSY, "the key folder is in use by another harken process");
        return err_errno(e, errnum, "lock key folder");
    }
    return ERR_OK;
}

static enum err_code folder_open(struct keyring *k, const char *dir, unsigned char kek[KEY_BYTES], struct arena *a,
                                 struct err *e)
{
    const char *kek_path = fs_join(a, str_of(dir), STR("kek")).p, *ring_path = fs_join(a, str_of(dir), STR("ring")).p;
    bool has_ring = fs_exists(ring_path), has_kek = fs_exists(kek_path);

    if (has_ring && !has_kek)
        return err_set(e, ERR_NOT_FOUND,
                       "kek is missing: restore it from its backup, without it nothing can be opened");
    if (has_kek ? kek_load(kek_path, a, kek, e) : kek_make(kek_path, kek, e))
        return e->code;
    if (!has_ring && ring_make(ring_path, kek, e))
        return err_wrap(e, "make key ring");
    k->fd = open(ring_path, O_RDWR | O_CLOEXEC);
    if (k->fd < 0)
        return err_errno(e, errno, "open key ring");
    return ring_load(k, kek, e);
}

enum err_code keyring_open(const char *dir, struct keyring **out, struct err *e)
{
    struct arena *a = arena_new_wiped("keyring.open");
    struct keyring *k = calloc(1, sizeof *k);
    unsigned char kek[KEY_BYTES];
    struct err own = {0};

    e = e ? e : &own;
    if (!k || sodium_init() < 0) {
        free(k);
        arena_free(a);
        return err_set(e, ERR_INTERNAL, "start libsodium");
    }
    k->fd = k->lock_fd = -1;
    pthread_rwlock_init(&k->lock, NULL);
    pthread_mutex_init(&k->fill, NULL);
    pthread_mutex_init(&k->sync, NULL);
    if (fs_mkdirs(dir, 0700, e) || folder_lock(k, fs_join(a, str_of(dir), STR("lock")).p, e) ||
        folder_open(k, dir, kek, a, e)) {
        err_wrap(e, "open key ring");
        keyring_close(k);
        k = NULL;
    } else {
        if (k->damaged)
            LOG_WARN("keyring.damaged", F_INT("records", k->damaged));
        *out = k;
    }
    sodium_memzero(kek, sizeof kek);
    arena_free(a);
    return k ? ERR_OK : e->code;
}

void keyring_close(struct keyring *k)
{
    if (!k)
        return;
    if (k->fd >= 0)
        close(k->fd);
    if (k->lock_fd >= 0)
        close(k->lock_fd);
    if (k->slots)
        sodium_memzero((void *)k->slots, k->cap * sizeof *k->slots);
    free((void *)k->slots);
    free(k->table);
    pthread_rwlock_destroy(&k->lock);
    pthread_mutex_destroy(&k->fill);
    pthread_mutex_destroy(&k->sync);
    sodium_memzero((void *)k, sizeof *k);
    free(k);
}

struct id keyring_id(const struct keyring *k)
{
    return k->id;
}

size_t keyring_damaged(const struct keyring *k)
{
    return k->damaged;
}

/* ---- adding ---- */

/* Write lock held. */
static enum err_code rec_append(struct keyring *k, const struct rec *r, uint32_t owner, const unsigned char *key,
                                struct err *e)
{
    if (k->broken)
        return err_set(e, ERR_IO, "key ring: an earlier write failed; restart after repairing the disk");
    if (k->recs_n == UINT32_MAX)
        return err_set(e, ERR_LIMIT, "key ring is full");
    if (k->n == k->cap && !slots_grow(k))
        return err_set(e, ERR_MEMORY, "key ring: out of memory");
    if (rec_write(k, k->recs_n, r, e))
        return e ? e->code : ERR_IO;
    slot_add(k, r, k->recs_n, owner, key);
    k->recs_n++;
    k->appended++;
    return ERR_OK;
}

enum err_code keyring_workspace_add(struct keyring *k, struct id workspace, struct err *e)
{
    unsigned char key[KEY_BYTES];
    enum err_code code = ERR_OK;
    struct slot *s;
    struct rec r;

    pthread_rwlock_wrlock(&k->lock);
    s = slot_find(k, workspace);
    if (s && s->state != REC_LIVE) {
        code = err_set(e, ERR_DENIED, "the key of this workspace was destroyed");
    } else if (!s) {
        randombytes_buf(key, sizeof key);
        rec_wrap(&r, REC_WORKSPACE, workspace, workspace, key, k->root);
        code = rec_append(k, &r, 0, key, e);
        sodium_memzero(key, sizeof key);
    }
    pthread_rwlock_unlock(&k->lock);
    return code ? code : keyring_sync(k, e);
}

/* Lock held, either kind. The live slot of a workspace, or NULL. */
static struct slot *workspace_slot(struct keyring *k, struct id workspace)
{
    struct slot *s = slot_find(k, workspace);

    return s && s->kind == REC_WORKSPACE && s->state == REC_LIVE ? s : NULL;
}

static struct slot *subject_slot(struct keyring *k, struct id workspace, struct id subject)
{
    struct slot *w = workspace_slot(k, workspace), *s = w ? slot_find(k, subject) : NULL;

    return s && s->kind == REC_SUBJECT && &k->slots[s->owner] == w ? s : NULL;
}

bool keyring_workspace_has(struct keyring *k, struct id workspace)
{
    bool has;

    pthread_rwlock_rdlock(&k->lock);
    has = workspace_slot(k, workspace) != NULL;
    pthread_rwlock_unlock(&k->lock);
    return has;
}

bool keyring_subject_has(struct keyring *k, struct id workspace, struct id subject)
{
    struct slot *s;
    bool has;

    pthread_rwlock_rdlock(&k->lock);
    s = subject_slot(k, workspace, subject);
    has = s && s->state == REC_LIVE;
    pthread_rwlock_unlock(&k->lock);
    return has;
}

enum err_code keyring_subject_new(struct keyring *k, struct id workspace, struct id *out_subject, struct err *e)
{
    unsigned char key[KEY_BYTES];
    enum err_code code;
    struct slot *w;
    struct rec r;
    struct id id = id_new();

    randombytes_buf(key, sizeof key);
    pthread_rwlock_wrlock(&k->lock);
    w = workspace_slot(k, workspace);
    if (w) {
        uint32_t owner = w->owner; /* rec_append may move the slots */

        rec_wrap(&r, REC_SUBJECT, id, workspace, key, w->key);
        code = rec_append(k, &r, owner, key, e);
    } else {
        code = err_set(e, ERR_NOT_FOUND, "no key for this workspace");
    }
    pthread_rwlock_unlock(&k->lock);
    sodium_memzero(key, sizeof key);
    if (code == ERR_OK)
        *out_subject = id;
    return code;
}

enum err_code keyring_sync(struct keyring *k, struct err *e)
{
    uint64_t want = k->appended;
    enum err_code code = ERR_OK;

    if (k->synced >= want)
        return ERR_OK;
    pthread_mutex_lock(&k->sync);
    if (k->synced < want) { /* else another thread's sync covered ours */
        uint64_t upto = k->appended;

        if (k->broken) {
            code = err_set(e, ERR_IO, "key ring: an earlier sync failed; restart after repairing the disk");
        } else if (fdatasync(k->fd)) {
            code = err_errno(e, errno, "sync key ring");
            k->broken = true;
        } else {
            k->synced = upto;
        }
    }
    pthread_mutex_unlock(&k->sync);
    return code;
}

enum err_code keyring_before_commit(void *keyring, struct err *e)
{
    return keyring_sync(keyring, e);
}

/* ---- destroying ---- */

/* Write lock held. Overwrites the wrapped key in place; id and kind stay as a tombstone. */
static enum err_code slot_destroy(struct keyring *k, struct slot *s, struct id workspace, struct err *e)
{
    struct rec r;

    memset(&r, 0, sizeof r);
    memcpy(r.magic, rec_magic, sizeof r.magic);
    r.kind = s->kind;
    r.state = REC_DESTROYED;
    r.version[1] = 1;
    memcpy(r.id, s->id.b, 16);
    memcpy(r.workspace, workspace.b, 16);
    randombytes_buf(r.nonce, sizeof r.nonce);
    randombytes_buf(r.wrapped, sizeof r.wrapped);
    rec_check(&r, r.check);
    if (rec_write(k, s->rec, &r, e))
        return e ? e->code : ERR_IO;
    s->state = REC_DESTROYED;
    s->ready = false;
    sodium_memzero(s->key, sizeof s->key);
    k->appended++; /* makes the next sync a real one */
    return ERR_OK;
}

enum err_code keyring_subject_destroy(struct keyring *k, struct id workspace, struct id subject, struct err *e)
{
    enum err_code code;
    struct slot *s;

    pthread_rwlock_wrlock(&k->lock);
    s = subject_slot(k, workspace, subject);
    if (!s)
        code = err_set(e, ERR_NOT_FOUND, "no such subject key");
    else
        code = s->state == REC_LIVE ? slot_destroy(k, s, workspace, e) : ERR_OK;
    pthread_rwlock_unlock(&k->lock);
    return code ? code : keyring_sync(k, e);
}

enum err_code keyring_workspace_destroy(struct keyring *k, struct id workspace, struct err *e)
{
    enum err_code code;
    struct slot *w;

    pthread_rwlock_wrlock(&k->lock);
    w = workspace_slot(k, workspace);
    code = w ? slot_destroy(k, w, workspace, e) : err_set(e, ERR_NOT_FOUND, "no such workspace key");
    for (size_t i = 0; code == ERR_OK && i < k->n; i++) {
        struct slot *s = &k->slots[i];

        if (&k->slots[s->owner] == w && s != w) { /* their records cannot be unwrapped any more */
            s->state = REC_DESTROYED;
            s->ready = false;
            sodium_memzero(s->key, sizeof s->key);
        }
    }
    pthread_rwlock_unlock(&k->lock);
    return code ? code : keyring_sync(k, e);
}

/* ---- use ---- */

/* Read lock held. Subject keys are unwrapped when first used, so that opening a large ring is quick. */
static bool slot_fill(struct keyring *k, struct slot *s)
{
    unsigned char key[KEY_BYTES];
    struct rec r;
    bool ok;

    if (atomic_load_explicit(&s->ready, memory_order_acquire))
        return true;
    ok = pread(k->fd, &r, sizeof r, (off_t)s->rec * REC_BYTES) == (ssize_t)sizeof r && rec_ok(&r) &&
         r.state == REC_LIVE && memcmp(r.id, s->id.b, 16) == 0 && rec_unwrap(&r, k->slots[s->owner].key, key);
    if (ok) {
        pthread_mutex_lock(&k->fill);
        if (!s->ready) {
            memcpy(s->key, key, KEY_BYTES);
            atomic_store_explicit(&s->ready, true, memory_order_release);
        }
        pthread_mutex_unlock(&k->fill);
    }
    sodium_memzero(key, sizeof key);
    return ok;
}

static enum err_code subject_key_get(struct keyring *k, struct id workspace, struct id subject,
                                     unsigned char out[KEY_BYTES], struct err *e)
{
    struct slot *s = subject_slot(k, workspace, subject);

    if (!s)
        return err_set(e, ERR_NOT_FOUND, "no such subject key");
    if (s->state != REC_LIVE)
        return err_set(e, ERR_NOT_FOUND, "the subject key was destroyed: this person is erased");
    if (!slot_fill(k, s))
        return err_set(e, ERR_CORRUPT, "a subject key's record does not verify");
    memcpy(out, s->key, KEY_BYTES);
    return ERR_OK;
}

enum err_code keyring_key_get(struct keyring *k, struct id workspace, struct key_ref ref, unsigned char out[KEY_BYTES],
                              struct err *e)
{
    enum err_code code = ERR_OK;
    struct slot *w;

    pthread_rwlock_rdlock(&k->lock);
    if (ref.is_subject)
        code = subject_key_get(k, workspace, ref.subject, out, e);
    else if ((w = workspace_slot(k, workspace)) != NULL)
        derive(w->key, class_labels[ref.class_], out);
    else
        code = err_set(e, ERR_NOT_FOUND, "no key for this workspace");
    pthread_rwlock_unlock(&k->lock);
    return code;
}

void keyring_purpose_key(struct keyring *k, const char *purpose, unsigned char out[KEY_BYTES])
{
    char label[96];

    snprintf(label, sizeof label, "harken purpose %s", purpose);
    derive(k->root, label, out);
}
