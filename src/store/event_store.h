/* store/event_store.h - what has happened, for event streams and webhooks.
 *
 * A room says event_put() in the transaction of its change, and nothing else. Events are thin: a type, an id, a time; never
 * words. Any thread; calls block on the database. */
#pragma once
#include "store/db.h"

/* Types are constants, "interaction.created"; the word before the dot says what the object is and who may know of it:
 *     interaction.created .analysed .deleted .break_glass   object: the conversation
 *     finding.*                                object: the finding, subject: its conversation
 *     deal.created .changed                    object: the deal; what people say of it, in Harken
 *     action.*                                 object: the action, subject: its deal
 *     job.dead                                 object: the job; for those who operate jobs
 *     hook.received                            object: the message, subject: its source; for those who may see webhooks
 *     webhook.disabled                         object: the endpoint; for those who may see webhooks */
struct event_new {
    const char *type;
    struct id object, subject; /* subject nil: the object decides itself */
};
/* Queues the insert on the transaction and announces it at commit. */
enum err_code event_put(struct db_tx *t, const struct event_new *events, size_t n, struct err *e);

struct event {
    int64_t n; /* 1 and up, in the order in which they became visible */
    struct id id, object, subject;
    int64_t at_ms;
    char type[52];
};

/* "interaction.created,deal.": is one of them its type or the beginning of it up to the dot? No types: all are wanted. */
bool event_wanted(str types, const struct event *ev);
/* Numbers what was committed meanwhile, at most `limit`. *out_last: the last number given out; 0 before the first. */
enum err_code event_number(struct db *d, struct id workspace, int limit, int64_t *out_last, struct err *e);
/* Events behind number `after`, in order. *out_first (may be NULL): the oldest number that is kept; 0 when there is none. */
enum err_code event_after(struct db *d, struct id workspace, int64_t after, int limit, struct arena *a,
                          struct event **out, size_t *out_n, int64_t *out_first, struct err *e);
/* Drops events older than that; their numbers are never used again. */
enum err_code event_forget(struct db *d, struct id workspace, int64_t before_ms, struct err *e);

#define EVENT_CHANNEL "harken_event" /* for db_listener_new */

extern const struct db_stmt event_sql[];
extern const size_t event_sql_n;
