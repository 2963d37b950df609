/* A reply that goes on: a bounded buffer between any thread and the connection's loop. Declared in net/http.h.
 *
 * The producer appends and leaves a note for the loop; the loop moves the bytes into the connection's output as fast as
 * the client reads. The loop's side is in http_conn.c. */
#include "base/clock.h"
#include "net/http_priv.h"

enum { MAX_DEFAULT = 256 * 1024 };

struct http_stream *http_reply_stream(struct http_reply *rep, str content_type, const struct http_stream_opts *opts)
{
    struct exchange *x = (struct exchange *)((char *)rep - offsetof(struct exchange, rep));
    struct http_stream *s = calloc(1, sizeof *s);
    pthread_mutexattr_t ma;

    if (!s)
        abort();
    pthread_mutex_init(&s->lock, NULL);
    pthread_mutexattr_init(&ma);
    pthread_mutexattr_settype(&ma, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&s->told, &ma);
    pthread_mutexattr_destroy(&ma);
    thread_cond_init(&s->room);
    if (opts)
        s->opts = *opts;
    s->max_bytes = s->opts.max_bytes ? s->opts.max_bytes : MAX_DEFAULT;
    buf_init_wiped(&s->data, s->max_bytes);
    s->note.kind = NOTE_STREAM;
    s->x = x;
    s->loop = x->loop;
    s->producers = 1;
    s->refs = 3; /* the producer, the exchange, the note */
    rep->type = content_type;
    rep->body = STR_NULL;
    rep->stream = s;
    s->noted = true;
    loop_post(s->loop, &s->note);
    return s;
}

static void stream_free(struct http_stream *s)
{
    buf_done(&s->data);
    pthread_mutex_destroy(&s->lock);
    pthread_mutex_destroy(&s->told);
    pthread_cond_destroy(&s->room);
    free(s);
}

struct http_stream *http_stream_ref(struct http_stream *s)
{
    pthread_mutex_lock(&s->lock);
    s->producers++;
    s->refs++;
    pthread_mutex_unlock(&s->lock);
    return s;
}

static void note(struct http_stream *s) /* with s->lock */
{
    if (s->x && !s->noted) {
        s->noted = true;
        s->refs++;
        loop_post(s->loop, &s->note);
    }
}

void stream_release(struct http_stream *s)
{
    bool last;

    pthread_mutex_lock(&s->lock);
    last = --s->refs == 0;
    pthread_mutex_unlock(&s->lock);
    if (last)
        stream_free(s);
}

void http_stream_unref(struct http_stream *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    if (--s->producers == 0)
        note(s); /* nobody can write any more: the loop ends or cuts the reply */
    pthread_mutex_unlock(&s->lock);
    stream_release(s);
}

enum err_code http_stream_write(struct http_stream *s, str data, struct err *e)
{
    enum err_code rc = ERR_OK;

    pthread_mutex_lock(&s->lock);
    if (!s->x || s->ended) {
        rc = err_set(e, ERR_IO, "the client has left");
    } else if (s->data.n + data.n > s->max_bytes) {
        s->refused = true;
        rc = err_set(e, ERR_LIMIT, "the client reads too slowly");
    } else if (data.n) {
        buf_str(&s->data, data);
        note(s);
    }
    pthread_mutex_unlock(&s->lock);
    return rc;
}

enum err_code http_stream_wait(struct http_stream *s, size_t data_n, int timeout_ms, struct err *e)
{
    enum err_code rc = ERR_OK;
    struct timespec until = clock_deadline(timeout_ms);
    int waited = 0;

    pthread_mutex_lock(&s->lock);
    while (s->x && !s->ended && s->data.n && s->data.n + data_n > s->max_bytes && !waited)
        waited = pthread_cond_timedwait(&s->room, &s->lock, &until);
    if (!s->x || s->ended)
        rc = err_set(e, ERR_IO, "the client has left");
    else if (s->data.n + data_n > s->max_bytes)
        rc = err_set(e, data_n > s->max_bytes ? ERR_LIMIT : ERR_TIMEOUT, "the client reads too slowly");
    pthread_mutex_unlock(&s->lock);
    return rc;
}

bool http_stream_gone(struct http_stream *s)
{
    bool gone;

    pthread_mutex_lock(&s->lock);
    gone = !s->x;
    pthread_mutex_unlock(&s->lock);
    return gone;
}

void http_stream_end(struct http_stream *s)
{
    pthread_mutex_lock(&s->told); /* waits for a running on_event, unless it is that one which calls us */
    pthread_mutex_lock(&s->lock);
    s->ended = true;
    note(s);
    pthread_mutex_unlock(&s->lock);
    pthread_mutex_unlock(&s->told);
}

void stream_tell(struct http_stream *s, enum http_stream_event ev)
{
    bool tell;

    if (!s->opts.on_event)
        return;
    pthread_mutex_lock(&s->told);
    pthread_mutex_lock(&s->lock);
    tell = !s->ended;
    pthread_mutex_unlock(&s->lock);
    if (tell)
        s->opts.on_event(s->opts.ctx, s, ev);
    pthread_mutex_unlock(&s->told);
}

void stream_detach(struct http_stream *s, bool tell)
{
    pthread_mutex_lock(&s->lock);
    s->x = NULL;
    s->loop = NULL;
    buf_reset(&s->data);
    pthread_cond_broadcast(&s->room);
    pthread_mutex_unlock(&s->lock);
    if (tell)
        stream_tell(s, HTTP_STREAM_GONE);
    stream_release(s);
}
