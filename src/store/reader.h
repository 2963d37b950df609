/* store/reader.h - who reads, and the one place that decides which conversations and deals a reader may see.
 *
 * The rule: you see a conversation you took part in (as a person with one of your addresses), and those of deals that are
 * yours or were shared with you; as a manager also what anybody below you in the tree of teams sees this way; nothing else,
 * unless your permission reaches the whole workspace. A private conversation is for those who took part; managers see it
 * only when the workspace says so (workspace.private_shown).
 *
 * The rule stands twice, on purpose: here (first lock: index, lists, counts, single objects) and as row-level security in
 * the database (second lock, sql/0010_access.sql), which works it out again from the tables, knowing only who reads and how
 * far the permission reaches. test/system/matrix.py checks each lock with the other one taken away. */
#pragma once
#include "store/db.h"

/* A set of people or deals: ascending by bytes. */
struct id_set {
    const struct id *v;
    size_t n;
};

struct reader {
    struct id user;   /* nil: the operator or the system */
    enum reach reach; /* of the permission the request needs */
    bool private_shown;
    struct id_set self;   /* the people the reader is */
    struct id_set people; /* whose conversations the reader sees; self is in it */
    struct id_set deals;
};

/* Sees everything: the operator, and work that nobody asked for. */
extern const struct reader reader_all;

/* What decides about one conversation. */
struct reader_object {
    const struct id *people; /* who takes part, in any order */
    size_t people_n;
    struct id deal; /* nil: none */
    bool private_;
};

/* `r` NULL sees nothing. Any thread, no I/O. */
bool reader_sees(const struct reader *r, const struct reader_object *o);
bool reader_sees_deal(const struct reader *r, struct id deal);

bool id_set_has(const struct id_set *s, struct id id);
/* Sorts in place and drops what is there twice. */
struct id_set id_set_of(struct id *v, size_t n);

/* What user may see, from the tables: memory in `a`. With REACH_NONE and REACH_WORKSPACE the sets stay empty. */
enum err_code reader_load(struct db_tx *t, struct id user, enum reach reach, struct arena *a, struct reader *out,
                          struct err *e);

/* Everything about people's rights that this process changed or was told of: a number that grows. What was worked out
 * under an older number is worked out again. */
uint64_t access_version(void);
void access_changed(void);
#define ACCESS_CHANNEL "harken_access" /* for db_listener_new: what other processes changed (sql/0201) */

extern const struct db_stmt reader_sql[];
extern const size_t reader_sql_n;
