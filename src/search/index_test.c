#include "search/index.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/thread.h"

enum { DIM = 8 };

static struct id id_no(uint32_t no)
{
    struct id id = {{0}};

    id.b[0] = 7;
    id.b[14] = (uint8_t)(no >> 8);
    id.b[15] = (uint8_t)no;
    return id;
}

static uint32_t no_of(struct id id)
{
    return (uint32_t)id.b[14] << 8 | id.b[15];
}

/* An interaction of one chunk a text; everyone may see it unless the test says otherwise. */
struct sample {
    struct index_doc doc;
    struct index_chunk chunks[4];
    struct ia_span spans[4];
    struct index_source source;
    uint8_t sides[4];
    struct id persons[2];
};

static struct index_doc *sample(struct sample *s, uint32_t no, const char *path, const char *const *texts, size_t n)
{
    *s = (struct sample){0};
    s->source = (struct index_source){str_of(path), str_of(path)};
    for (size_t i = 0; i < n; i++) {
        s->spans[i] = (struct ia_span){.turn = (uint32_t)i, .start = 0, .end = (uint32_t)strlen(texts[i])};
        s->chunks[i] = (struct index_chunk){.spans = &s->spans[i], .spans_n = 1, .text = str_of(texts[i])};
        s->sides[i] = 1u << IA_SIDE_UNKNOWN;
    }
    s->doc = (struct index_doc){.interaction = id_no(no),
                                .kind = IA_CALL,
                                .started_at_ms = 1000 * (int64_t)no,
                                .language = STR("en"),
                                .title = STR("a title"),
                                .sources = &s->source,
                                .sources_n = 1,
                                .chunks = s->chunks,
                                .chunks_n = n,
                                .chunk_sides = s->sides};
    return &s->doc;
}

static void put(struct index *ix, uint32_t no, const char *text)
{
    struct sample s;

    index_put(ix, sample(&s, no, "/calls/a.vtt", &text, 1));
}

static void axis(float *v, size_t n)
{
    for (size_t i = 0; i < DIM; i++)
        v[i] = i == n ? 1 : 0;
}

static struct index_query ask(const char *text)
{
    return (struct index_query){.text = str_of(text),
                                .mode = INDEX_LEXICAL,
                                .limit = 10,
                                .filter = {.reader = &reader_all, .from_ms = CLOCK_NONE, .to_ms = CLOCK_NONE}};
}

/* The interactions of the hits, in order, as "3 1 2"; in a buffer of the test. */
static const char *numbers(struct index *ix, const struct index_query *q)
{
    static char out[256];
    struct arena *a = arena_new("test");
    struct index_hit *hits = NULL;
    size_t n = 0, at = 0;
    struct err e;

    out[0] = 0;
    assert_int_equal(index_query(ix, q, a, &hits, &n, &e), ERR_OK);
    for (size_t i = 0; i < n; i++)
        at += (size_t)snprintf(out + at, sizeof out - at, "%s%u", i ? " " : "", no_of(hits[i].interaction));
    arena_free(a);
    return out;
}

static void a_change_is_seen_by_the_next_query(void **state)
{
    struct index *ix = index_new(DIM);
    struct index_query q = ask("budget"), r = ask("contract");

    (void)state;
    assert_string_equal(numbers(ix, &q), "");
    put(ix, 1, "the budget is large");
    assert_string_equal(numbers(ix, &q), "1");
    put(ix, 1, "the contract is short");
    assert_string_equal(numbers(ix, &q), "");
    assert_string_equal(numbers(ix, &r), "1");
    assert_true(index_drop(ix, id_no(1)));
    assert_false(index_drop(ix, id_no(1)));
    assert_string_equal(numbers(ix, &r), "");
    index_free(ix);
}

static void words_match_by_stem_and_more_matches_rank_first(void **state)
{
    struct index *ix = index_new(DIM);
    struct index_query q = ask("budgets discount");

    (void)state;
    put(ix, 1, "we talked about the weather today");
    put(ix, 2, "the budget and the discount were agreed");
    put(ix, 3, "one budget only was named here");
    assert_string_equal(numbers(ix, &q), "2 3");
    index_free(ix);
}

static void vectors_follow_the_words(void **state)
{
    struct index *ix = index_new(DIM);
    struct index_query q = ask("zebra");
    float v[DIM], two[2 * DIM] = {0};
    struct index_stats st;

    (void)state;
    put(ix, 1, "alpha");
    put(ix, 2, "beta");
    axis(v, 3);
    q.mode = INDEX_VECTOR;
    q.vec = v;
    assert_string_equal(numbers(ix, &q), "");
    assert_false(index_vectors_put(ix, id_no(1), two, 2)); /* it has one chunk */
    assert_false(index_vectors_put(ix, id_no(9), v, 1));
    assert_true(index_vectors_put(ix, id_no(2), v, 1));
    assert_string_equal(numbers(ix, &q), "2");
    index_stats_get(ix, &st);
    assert_int_equal(st.chunks, 2);
    assert_int_equal(st.chunks_with_vector, 1);
    put(ix, 2, "beta again"); /* replaced: its vector belonged to the old words */
    assert_string_equal(numbers(ix, &q), "");
    index_free(ix);
}

static void the_nearest_come_by_cosine(void **state)
{
    struct index *ix = index_new(DIM);
    struct index_query q = ask("x");
    struct arena *a = arena_new("test");
    struct index_near *near;
    float v[DIM];
    size_t n;

    (void)state;
    for (uint32_t i = 0; i < 20; i++) {
        double angle = 0.05 * (double)((i * 7) % 20);
        axis(v, 0);
        v[0] = (float)cos(angle);
        v[1] = (float)sin(angle);
        put(ix, i, "word");
        assert_true(index_vectors_put(ix, id_no(i), v, 1));
    }
    axis(v, 0);
    index_nearest(ix, v, &q.filter, 20, a, &near, &n);
    assert_int_equal(n, 20);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(no_of(near[i].interaction) * 7 % 20, i);
        assert_true(fabs((double)near[i].cosine - cos(0.05 * (double)i)) < 1e-3);
    }
    q.filter.reader = NULL;
    index_nearest(ix, v, &q.filter, 20, a, &near, &n);
    assert_int_equal(n, 0);
    arena_free(a);
    index_free(ix);
}

/* Interactions that all hold the word, each with something of its own that a filter can ask for. */
static struct index *filter_index(void)
{
    static const char *const texts[] = {"renewal price", "renewal terms"};
    struct index *ix = index_new(DIM);

    for (uint32_t no = 1; no <= 6; no++) {
        struct sample s;
        struct index_doc *d =
            sample(&s, no, no <= 2 ? "/data/calls/one.vtt" : "/data/callsign/two.vtt", texts, no == 6 ? 2 : 1);
        s.persons[0] = id_no(500 + no);
        d->persons = s.persons;
        d->persons_n = 1;
        if (no == 2)
            d->private_ = true;
        if (no == 3)
            d->kind = IA_MAIL;
        if (no == 4)
            d->account = id_no(400);
        if (no == 5)
            d->deal = id_no(300);
        if (no == 6) {
            d->started_at_ms = CLOCK_NONE;
            s.sides[1] = 1u << IA_SIDE_EXTERNAL;
        }
        index_put(ix, d);
    }
    return ix;
}

static void expect(struct index *ix, const struct index_query *q, unsigned want)
{
    struct arena *a = arena_new("test");
    struct index_hit *hits;
    unsigned got = 0;
    size_t n;
    struct err e;

    assert_int_equal(index_query(ix, q, a, &hits, &n, &e), ERR_OK);
    for (size_t i = 0; i < n; i++)
        got |= 1u << no_of(hits[i].interaction);
    assert_int_equal(got, want);
    arena_free(a);
}

/* People 501..506 take part in 1..6, deal 300 is that of 5, and 2 is private. */
static void readers_see_what_is_theirs(void **state)
{
    static const struct id_set none;
    struct id self[] = {id_no(502)}, team[] = {id_no(503), id_no(502), id_no(501)}, deals[] = {id_no(300)};
    struct id_set own = id_set_of(self, 1), below = id_set_of(team, 3), shared = id_set_of(deals, 1);
    struct index *ix = filter_index();
    struct {
        struct reader r;
        unsigned want;
    } cases[] = {
        {reader_all, 0x7e},
        {{.reach = REACH_NONE, .self = own, .people = own, .deals = shared}, 0},
        {{.reach = REACH_OWN, .self = own, .people = own}, 1u << 2}, /* one's own private one */
        {{.reach = REACH_OWN, .self = own, .people = own, .deals = shared}, 1u << 2 | 1u << 5},
        {{.reach = REACH_OWN, .deals = shared}, 1u << 5},
        {{.reach = REACH_TEAM, .self = none, .people = below}, 1u << 1 | 1u << 3}, /* not the private one */
        {{.reach = REACH_TEAM, .self = none, .people = below, .private_shown = true}, 1u << 1 | 1u << 2 | 1u << 3},
        {{.reach = REACH_TEAM}, 0},
    };
    struct index_query q = ask("renewal");

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        q.filter.reader = &cases[i].r;
        expect(ix, &q, cases[i].want);
        for (uint32_t no = 1; no <= 6; no++)
            assert_int_equal(index_seen(ix, &cases[i].r, id_no(no)), cases[i].want >> no & 1);
    }
    q.filter.reader = NULL;
    expect(ix, &q, 0);
    assert_false(index_seen(ix, &reader_all, id_no(77)));
    index_free(ix);
}

static void a_folder_is_not_the_beginning_of_a_name(void **state)
{
    struct index *ix = filter_index();
    struct index_query q = ask("renewal");

    (void)state;
    q.filter.in = STR("/data/calls");
    expect(ix, &q, 1u << 1 | 1u << 2);
    q.filter.in = STR("/data/calls/");
    expect(ix, &q, 1u << 1 | 1u << 2);
    q.filter.in = STR("/data/callsign/two.vtt");
    expect(ix, &q, 0x78);
    q.filter.in = STR("/");
    expect(ix, &q, 0x7e);
    q.filter.in = STR("/data/call");
    expect(ix, &q, 0);
    index_free(ix);
}

static void kinds_people_and_deals_are_filters(void **state)
{
    struct index *ix = filter_index();
    struct index_query q = ask("renewal"), none = q;
    struct id two[2] = {id_no(3), id_no(5)};

    (void)state;
    q.filter.kinds = 1u << IA_MAIL;
    expect(ix, &q, 1u << 3);
    q = none;
    q.filter.account = id_no(400);
    expect(ix, &q, 1u << 4);
    q = none;
    q.filter.deal = id_no(300);
    expect(ix, &q, 1u << 5);
    q = none;
    q.filter.person = id_no(501);
    expect(ix, &q, 1u << 1);
    q = none;
    q.filter.interactions = two;
    q.filter.interactions_n = 2;
    expect(ix, &q, 1u << 3 | 1u << 5);
    index_free(ix);
}

static void times_are_half_open_and_the_undated_stay_out(void **state)
{
    struct index *ix = filter_index();
    struct index_query q = ask("renewal");

    (void)state;
    q.filter.from_ms = 3000;
    expect(ix, &q, 0x38);
    q.filter.to_ms = 5000;
    expect(ix, &q, 0x18);
    q.filter.from_ms = CLOCK_NONE;
    expect(ix, &q, 0x1e);
    index_free(ix);
}

static void sides_choose_chunks_not_interactions(void **state)
{
    struct index *ix = filter_index();
    struct index_query q = ask("renewal");
    struct arena *a = arena_new("test");
    struct index_hit *hits;
    size_t n;
    struct err e;

    (void)state;
    q.filter.sides = 1u << IA_SIDE_EXTERNAL;
    assert_int_equal(index_query(ix, &q, a, &hits, &n, &e), ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(no_of(hits[0].interaction), 6);
    assert_int_equal(hits[0].chunk, 1);
    assert_int_equal(hits[0].spans[0].turn, 1);
    arena_free(a);
    index_free(ix);
}

/* What a reader may not see must not change what he sees: scores of the rest are as if it were not there. */
static void forbidden_words_do_not_count(void **state)
{
    struct index *with = index_new(DIM), *without = index_new(DIM);
    struct index_query q = ask("renewal price");
    struct arena *a = arena_new("test");
    struct id mine[] = {id_no(501)}, other[] = {id_no(502)};
    struct id_set own = id_set_of(mine, 1);
    struct reader reader = {.reach = REACH_OWN, .self = own, .people = own};
    struct index_hit *x, *y;
    size_t xn, yn;
    struct err e;

    (void)state;
    for (uint32_t no = 1; no <= 40; no++) {
        struct sample s;
        const char *text = no % 3 ? "renewal of the plan" : "the price of it all, renewal or not";
        struct index_doc *d = sample(&s, no, "/a", &text, 1);
        d->persons = no % 4 ? mine : other;
        d->persons_n = 1;
        index_put(with, d);
        if (no % 4)
            index_put(without, d);
    }
    q.filter.reader = &reader;
    assert_int_equal(index_query(with, &q, a, &x, &xn, &e), ERR_OK);
    assert_true(xn);
    assert_int_equal(index_query(without, &q, a, &y, &yn, &e), ERR_OK);
    assert_int_equal(xn, yn);
    for (size_t i = 0; i < xn; i++) {
        assert_true(id_eq(x[i].interaction, y[i].interaction));
        assert_true(fabs(x[i].score - y[i].score) < 1e-9);
        assert_true(fabs(x[i].lexical - y[i].lexical) < 1e-6);
    }
    arena_free(a);
    index_free(with);
    index_free(without);
}

static void lists_go_from_new_to_undated_page_by_page(void **state)
{
    struct index *ix = filter_index();
    struct index_query q = ask("x");
    struct arena *a = arena_new("test");
    struct index_entry *list;
    size_t n, total;

    (void)state;
    index_list(ix, &q.filter, 0, 4, a, &list, &n, &total);
    assert_int_equal(n, 4);
    assert_int_equal(total, 6);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(no_of(list[i].interaction), 5 - i);
    index_list(ix, &q.filter, 4, 4, a, &list, &n, &total);
    assert_int_equal(n, 2);
    assert_int_equal(no_of(list[0].interaction), 1);
    assert_int_equal(no_of(list[1].interaction), 6); /* undated */
    assert_int_equal(list[1].chunks_n, 2);
    index_list(ix, &q.filter, 6, 4, a, &list, &n, &total);
    assert_int_equal(n, 0);
    arena_free(a);
    index_free(ix);
}

static void sweeping_keeps_the_answers(void **state)
{
    enum { DOCS = 2600, KEPT = 50 };
    struct index *ix = index_new(DIM);
    struct index_query w = ask("walrus");
    struct index_stats st;
    float v[DIM];

    (void)state;
    for (uint32_t no = 1; no <= DOCS; no++) {
        put(ix, no, no % (DOCS / KEPT) ? "some passing words" : no == DOCS ? "keeper walrus" : "a keeper stays");
        axis(v, no % DIM);
        assert_true(index_vectors_put(ix, id_no(no), v, 1));
    }
    for (uint32_t no = 1; no <= DOCS; no++)
        if (no % (DOCS / KEPT))
            assert_true(index_drop(ix, id_no(no)));
    index_stats_get(ix, &st);
    assert_int_equal(st.interactions, KEPT);
    assert_int_equal(st.chunks, KEPT);
    assert_int_equal(st.chunks_with_vector, KEPT);
    assert_string_equal(numbers(ix, &w), "2600");
    w.mode = INDEX_VECTOR;
    axis(v, 2 * (DOCS / KEPT) % DIM);
    w.vec = v;
    w.filter.interactions = (struct id[]){id_no(2 * (DOCS / KEPT))};
    w.filter.interactions_n = 1;
    assert_string_equal(numbers(ix, &w), "104");
    put(ix, 3, "a new keeper");
    index_stats_get(ix, &st);
    assert_int_equal(st.interactions, KEPT + 1);
    index_free(ix);
}

/* More equals than the ranker looks at: which of them it takes must not depend on who came first. */
static void the_order_of_arrival_changes_no_answer(void **state)
{
    enum { DOCS = 1500 };
    struct index *up = index_new(DIM), *down = index_new(DIM);
    struct index_query q = ask("who signs the contract");
    struct arena *a = arena_new("test");
    struct index_hit *x, *y;
    size_t x_n, y_n;
    struct err e;

    (void)state;
    for (uint32_t i = 0; i < DOCS; i++) {
        static const char *const say[] = {"he signs the contract in week %u", "the contract was signed, order %u",
                                          "sign in %u, then the contract comes", "contract %u"};
        put(up, i + 1, str_fmt(a, say[i % 4], i).p);
        put(down, DOCS - i, str_fmt(a, say[(DOCS - 1 - i) % 4], DOCS - 1 - i).p);
    }
    q.limit = 100;
    assert_int_equal(index_query(up, &q, a, &x, &x_n, &e), ERR_OK);
    assert_int_equal(index_query(down, &q, a, &y, &y_n, &e), ERR_OK);
    assert_int_equal(x_n, 100);
    assert_int_equal(y_n, 100);
    for (size_t i = 0; i < x_n; i++) {
        assert_int_equal(no_of(x[i].interaction), no_of(y[i].interaction));
        assert_memory_equal(&x[i].score, &y[i].score, sizeof x[i].score);
    }
    arena_free(a);
    index_free(up);
    index_free(down);
}

static void bad_queries_are_refused(void **state)
{
    struct index *ix = index_new(DIM);
    struct index_query q = ask("  ");
    struct arena *a = arena_new("test");
    struct index_hit *hits;
    size_t n;
    struct err e;

    (void)state;
    assert_int_equal(index_query(ix, &q, a, &hits, &n, &e), ERR_INVALID);
    q = ask("word");
    q.limit = 0;
    assert_int_equal(index_query(ix, &q, a, &hits, &n, &e), ERR_INVALID);
    q.limit = INDEX_HITS_MAX + 1;
    assert_int_equal(index_query(ix, &q, a, &hits, &n, &e), ERR_INVALID);
    arena_free(a);
    index_free(ix);
}

struct looper {
    struct index *ix;
    struct thread t;
    atomic_bool *stop;
    atomic_int wrong, asked;
};

/* Interaction 1 is always there, whatever the writer does to the others. */
static void reader_run(void *arg)
{
    struct looper *r = arg;
    struct arena *a = arena_new("test");
    float v[DIM];

    axis(v, 0);
    while (!atomic_load(r->stop) || !atomic_load(&r->asked)) {
        struct index_query q = ask("anchor");
        struct index_hit *hits;
        size_t n;
        struct err e;
        q.mode = INDEX_FUSED;
        q.vec = v;
        if (index_query(r->ix, &q, a, &hits, &n, &e) || !n || no_of(hits[0].interaction) != 1)
            atomic_fetch_add(&r->wrong, 1);
        atomic_fetch_add(&r->asked, 1);
        arena_reset(a);
    }
    arena_free(a);
}

static void readers_run_beside_a_writer(void **state)
{
    struct index *ix = index_new(DIM);
    atomic_bool stop = false;
    struct looper r[3];
    struct err e;
    float v[DIM];

    (void)state;
    put(ix, 1, "the anchor holds");
    axis(v, 0);
    index_vectors_put(ix, id_no(1), v, 1);
    for (size_t i = 0; i < 3; i++) {
        r[i] = (struct looper){.ix = ix, .stop = &stop};
        assert_int_equal(thread_start(&r[i].t, "reader", reader_run, &r[i], &e), ERR_OK);
    }
    axis(v, 1);
    for (uint32_t i = 0; i < 500; i++) {
        uint32_t no = 2 + i * 7919 % 100;
        put(ix, no, "other words come and go");
        index_vectors_put(ix, id_no(no), v, 1);
        if (i % 3 == 0)
            index_drop(ix, id_no(no));
    }
    atomic_store(&stop, true);
    for (size_t i = 0; i < 3; i++) {
        thread_join(&r[i].t);
        assert_int_equal(atomic_load(&r[i].wrong), 0);
    }
    index_free(ix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_seen_by_the_next_query),
        cmocka_unit_test(words_match_by_stem_and_more_matches_rank_first),
        cmocka_unit_test(vectors_follow_the_words),
        cmocka_unit_test(the_nearest_come_by_cosine),
        cmocka_unit_test(readers_see_what_is_theirs),
        cmocka_unit_test(a_folder_is_not_the_beginning_of_a_name),
        cmocka_unit_test(kinds_people_and_deals_are_filters),
        cmocka_unit_test(times_are_half_open_and_the_undated_stay_out),
        cmocka_unit_test(sides_choose_chunks_not_interactions),
        cmocka_unit_test(forbidden_words_do_not_count),
        cmocka_unit_test(lists_go_from_new_to_undated_page_by_page),
        cmocka_unit_test(sweeping_keeps_the_answers),
        cmocka_unit_test(the_order_of_arrival_changes_no_answer),
        cmocka_unit_test(bad_queries_are_refused),
        cmocka_unit_test(readers_run_beside_a_writer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
