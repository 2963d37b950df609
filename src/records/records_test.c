/* What is stored comes back field by field, is found again by content and path, and is nowhere readable at rest. */
#include "records/interaction.h"
#include "records/people.h"
#include "records/test_records.h"

static struct id raw_new(struct db_tx *t, const char *bytes, const char *path)
{
    struct raw_row row;
    bool is_new;

    OK(raw_put(t, &v, str_of(bytes), str_of(path), STR(""), STR(""), &row, &is_new, &e));
    assert_true(is_new);
    return row.id;
}

/* ---- a whole interaction ---- */

#define LIT(s) {"" s, sizeof(s) - 1} /* STR in the initialiser of something static */

static struct ia_participant people[] = {
    {LIT("Ana Márquez"), LIT("ana@ours.example"), IA_SIDE_UNKNOWN, false},
    {LIT("Bo Lind"), LIT("bo@theirs.example"), IA_SIDE_UNKNOWN, false},
    {LIT("Cy"), LIT(""), IA_SIDE_INTERNAL, true},
};
static struct ia_turn turns[] = {
    {LIT("Ana Márquez"), 0, 1500, LIT("The pilot price is twelve thousand.")},
    {LIT("Bo Lind"), 1500, IA_TIME_NONE, LIT("")},
    {LIT("Bo Lind"), IA_TIME_NONE, IA_TIME_NONE, LIT("Übermäßig \xf0\x9f\x98\x80 \"quoted\"\n\ttabbed")},
    {LIT("Speaker 3"), 9000, 9001, LIT("unknown voice")},
    {LIT(""), 9001, 9002, LIT("nobody")},
};
static struct ia_part parts[] = {
    {IA_PART_QUOTED, LIT("> what you wrote")},
    {IA_PART_SIGNATURE, LIT("-- \nAna")},
    {IA_PART_FORWARDED, LIT("forwarded words")},
};
static const str own_domains[] = {LIT("ours.example")};

static struct record_ia sample(struct id raw)
{
    struct record_ia rec = {
        .raw = raw,
        .raw_ordinal = 3,
        .ia = {.kind = IA_MAIL,
               .title = STR("Pilot, round 2"),
               .format = STR("eml"),
               .language = STR("en"),
               .started_at_ms = 1781128207428,
               .started_offset_min = -270,
               .duration_ms = 9002,
               .no_overlap = true,
               .external_id = STR("<m-1@ours.example>"),
               .thread_id = STR("<m-0@ours.example>"),
               .account = STR("Halden Logistics"),
               .deal = STR("Hamburg"),
               .turns = turns,
               .turns_n = sizeof turns / sizeof *turns,
               .parts = parts,
               .parts_n = sizeof parts / sizeof *parts},
    };
    /* save fills in sides: each test has its own */
    rec.ia.participants_n = sizeof people / sizeof *people;
    rec.ia.participants = ARENA_ARRAY(a, struct ia_participant, rec.ia.participants_n);
    memcpy(rec.ia.participants, people, sizeof people);
    return rec;
}

static struct record_ia *load_one(struct db_tx *t, struct id id)
{
    struct record_ia *got;
    size_t n;

    OK(record_ia_load(t, &v, &id, 1, a, &got, &n, &e));
    assert_int_equal(n, 1);
    return got;
}

static void every_field_comes_back(void **state)
{
    struct ia_span spans[] = {{0, 0, 9}, {2, 3, 14}};
    struct record_chunk chunks[] = {{spans, 1}, {spans, 2}};
    struct record_pii pii[] = {{0, 4, 9, 2, 0.5f}, {2, 0, 3, 7, 1.0f}};
    struct db_tx *t = begin();
    struct record_ia rec = sample(raw_new(t, "mail", "in/a.eml")), *got;
    struct record_chunk_row *rows;
    struct record_pii *marks;
    size_t n;

    (void)state;
    OK(record_ia_save(t, &v, &rec, own_domains, 1, pii, 2, chunks, 2, a, &e));
    OK(db_commit(t, &e));
    t = begin();
    got = load_one(t, rec.ia.id);
    assert_true(id_eq(got->ia.id, rec.ia.id) && id_eq(got->raw, rec.raw));
    assert_int_equal(got->raw_ordinal, 3);
    assert_int_equal(got->ia.kind, IA_MAIL);
    assert_true(str_eq(got->ia.title, rec.ia.title) && str_eq(got->ia.format, STR("eml")) &&
                str_eq(got->ia.language, STR("en")));
    assert_int_equal(got->ia.started_at_ms, 1781128207428);
    assert_int_equal(got->ia.started_offset_min, -270);
    assert_int_equal(got->ia.duration_ms, 9002);
    assert_true(got->ia.no_overlap);
    assert_true(str_eq(got->ia.external_id, rec.ia.external_id) && str_eq(got->ia.thread_id, rec.ia.thread_id));
    assert_true(str_eq(got->ia.account, rec.ia.account) && str_eq(got->ia.deal, rec.ia.deal));
    assert_false(id_is_nil(got->account) || id_is_nil(got->deal));
    assert_true(str_eq(got->ia.source, STR("in/a.eml")));
    assert_int_equal(got->sources_n, 1);

    assert_int_equal(got->ia.participants_n, 3); /* a label that nobody listed is not a participant */
    for (size_t i = 0; i < 3; i++) {
        assert_true(str_eq(got->ia.participants[i].name, people[i].name) &&
                    str_eq(got->ia.participants[i].email, people[i].email));
        assert_int_equal(got->ia.participants[i].side, i == 1 ? IA_SIDE_EXTERNAL : IA_SIDE_INTERNAL);
        assert_int_equal(got->ia.participants[i].side_explicit, people[i].side_explicit);
    }
    assert_int_equal(got->ia.turns_n, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_true(str_eq(got->ia.turns[i].speaker, turns[i].speaker) && str_eq(got->ia.turns[i].text, turns[i].text));
        assert_int_equal(got->ia.turns[i].start_ms, turns[i].start_ms);
        assert_int_equal(got->ia.turns[i].end_ms, turns[i].end_ms);
    }
    assert_int_equal(got->ia.parts_n, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(got->ia.parts[i].kind, parts[i].kind);
        assert_true(str_eq(got->ia.parts[i].text, parts[i].text));
    }
    assert_int_equal(got->persons_n, 4);
    assert_int_equal(rec.persons_n, 4);

    OK(record_pii_load(t, &v, rec.ia.id, a, &marks, &n, &e));
    assert_int_equal(n, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(marks[i].turn, pii[i].turn);
        assert_int_equal(marks[i].start * 100 + marks[i].end, pii[i].start * 100 + pii[i].end);
        assert_int_equal(marks[i].type, pii[i].type);
        assert_true(marks[i].confidence == pii[i].confidence);
    }
    OK(record_chunks_load(t, &v, &rec.ia.id, 1, "model", 2, a, &rows, &n, &e));
    assert_int_equal(n, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(rows[i].ordinal, i);
        assert_int_equal(rows[i].chunk.spans_n, chunks[i].spans_n);
        assert_memory_equal(rows[i].chunk.spans, spans, chunks[i].spans_n * sizeof *spans);
        assert_null(rows[i].vec);
    }
    db_rollback(t);
}

static void what_is_unknown_stays_unknown(void **state)
{
    struct ia_turn one[] = {{STR(""), IA_TIME_NONE, IA_TIME_NONE, STR("words")}};
    struct db_tx *t = begin();
    struct record_ia rec = {.raw = raw_new(t, "note", ""),
                            .ia = {.kind = IA_NOTE,
                                   .format = STR("text"),
                                   .started_at_ms = CLOCK_NONE,
                                   .duration_ms = IA_TIME_NONE,
                                   .turns = one,
                                   .turns_n = 1}},
                     *got;

    (void)state;
    OK(record_ia_save(t, &v, &rec, NULL, 0, NULL, 0, NULL, 0, a, &e));
    got = load_one(t, rec.ia.id);
    assert_true(got->ia.started_at_ms == CLOCK_NONE && got->ia.duration_ms == IA_TIME_NONE);
    assert_true(str_eq(got->ia.language, STR("und")));
    assert_true(!got->ia.title.n && !got->ia.source.n && !got->ia.account.n && !got->sources_n);
    assert_true(!got->ia.participants_n && !got->persons_n && !got->ia.turns[0].speaker.n);
    assert_true(id_is_nil(got->account) && id_is_nil(got->deal));
    db_rollback(t);
}

static void the_same_place_holds_one_interaction(void **state)
{
    struct db_tx *t = begin();
    struct record_ia rec = sample(raw_new(t, "twice", "twice.eml"));

    (void)state;
    OK(record_ia_save(t, &v, &rec, NULL, 0, NULL, 0, NULL, 0, a, &e));
    assert_int_equal(record_ia_save(t, &v, &rec, NULL, 0, NULL, 0, NULL, 0, a, &e), ERR_EXISTS);
    db_rollback(t);
}

static void long_names_come_back_whole_or_are_refused(void **state)
{
    static char name[300000];
    struct ia_turn one[] = {{{name, sizeof name}, IA_TIME_NONE, IA_TIME_NONE, STR("words")}};
    static const size_t lengths[] = {1000, 30000, 60000, 260000, sizeof name};
    struct record_ia rec;

    (void)state;
    memset(name, '"', sizeof name); /* grows when it is written down */
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct db_tx *t = begin();
        enum err_code rc;
        one[0].speaker.n = lengths[i];
        rec = (struct record_ia){.raw = raw_new(t, "long", "long.json"),
                                 .ia = {.kind = IA_CALL, .format = STR("json"), .turns = one, .turns_n = 1}};
        rc = record_ia_save(t, &v, &rec, NULL, 0, NULL, 0, NULL, 0, a, &e);
        if (!rc)
            assert_int_equal(load_one(t, rec.ia.id)->ia.turns[0].speaker.n, lengths[i]);
        else
            assert_int_equal(rc, ERR_LIMIT);
        assert_int_equal(rc != ERR_OK, i >= 2); /* each quotation mark takes two bytes when written down */
        db_rollback(t);
    }
}

static void many_are_loaded_in_the_order_asked_for(void **state)
{
    struct db_tx *t = begin();
    struct id raw = raw_new(t, "box", "box.mbox"), ids[6], *listed;
    struct record_ia *got;
    int64_t kinds[IA_KINDS], before[IA_KINDS];
    struct raw_result result;
    bool found;
    size_t n;

    (void)state;
    OK(record_ia_count(t, &v, before, &e));
    for (int i = 0; i < 5; i++) {
        struct record_ia rec = sample(raw);
        rec.raw_ordinal = 4 - i;
        OK(record_ia_save(t, &v, &rec, NULL, 0, NULL, 0, NULL, 0, a, &e));
        ids[4 - i] = rec.ia.id;
    }
    ids[5] = id_new(); /* not there */
    OK(record_ia_load(t, &v, ids, 6, a, &got, &n, &e));
    assert_int_equal(n, 5);
    for (size_t i = 0; i < 5; i++)
        assert_true(id_eq(got[i].ia.id, ids[i]) && got[i].raw_ordinal == (int)i);
    OK(raw_result(t, &v, raw, a, &result, &e));
    assert_true(result.state == RAW_PENDING && !result.interactions_n); /* not yet all, perhaps */
    OK(raw_state_set(t, &v, raw, RAW_DONE, &e));
    OK(raw_result(t, &v, raw, a, &result, &e));
    assert_int_equal(result.interactions_n, 5);
    assert_memory_equal(result.interactions, ids, 5 * sizeof *ids);
    OK(record_ia_ids(t, &v, ids[3], 1, a, &listed, &n, &e)); /* made after ids[4]: ascending */
    assert_true(n == 1 && id_eq(listed[0], ids[2]));
    OK(record_ia_count(t, &v, kinds, &e));
    assert_int_equal(kinds[IA_MAIL] - before[IA_MAIL], 5);
    OK(record_ia_drop(t, &v, ids[0], &found, &e));
    assert_true(found);
    OK(record_ia_drop(t, &v, ids[0], &found, &e));
    assert_false(found);
    OK(record_ia_load(t, &v, ids, 6, a, &got, &n, &e));
    assert_int_equal(n, 4);
    db_rollback(t);
}

/* ---- original bytes and paths ---- */

static void bytes_come_back_whatever_their_size(void **state)
{
    static const size_t sizes[] = {0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20};
    static char bytes[3 << 20];
    struct db_tx *t = begin();

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 31 + i / 1000);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct raw_row row, again;
        struct raw_input in[2];
        bool is_new;
        OK(raw_put(t, &v, str_n(bytes, sizes[i]), STR(""), STR(""), STR(""), &row, &is_new, &e));
        assert_true(is_new && row.state == RAW_PENDING);
        OK(raw_get(t, &v, row.id, &again, &e));
        assert_int_equal(again.size_bytes, sizes[i]);
        OK(raw_inputs(t, &v, (struct id[]){id_new(), row.id}, 2, a, in, &e));
        assert_true(!in[0].there && in[1].there && str_eq(in[1].bytes, str_n(bytes, sizes[i])));
    }
    db_rollback(t);
}

static void the_same_bytes_are_known(void **state)
{
    struct db_tx *t = begin();
    struct raw_row one, two;
    struct raw_source *src;
    bool is_new;
    size_t n;

    (void)state;
    OK(raw_put(t, &v, STR("same bytes"), STR("a.txt"), STR("/in/a.txt"), STR("{\"deal\":\"x\"}"), &one, &is_new, &e));
    assert_true(is_new);
    OK(raw_put(t, &v, STR("same bytes"), STR("b.txt"), STR("/in/b.txt"), STR(""), &two, &is_new, &e));
    assert_true(!is_new && id_eq(one.id, two.id));
    OK(raw_put(t, &v, STR("same bytes"), STR("a.txt"), STR("/in/a.txt"), STR(""), &two, &is_new, &e));
    OK(raw_sources(t, &v, &one.id, 1, a, &src, &n, &e));
    assert_int_equal(n, 2);
    assert_true(str_eq(src[0].given, STR("a.txt")) && str_eq(src[0].path, STR("/in/a.txt")));
    assert_true(str_eq(src[0].context, STR("{\"deal\":\"x\"}")));
    assert_true(str_eq(src[1].given, STR("b.txt")));
    OK(raw_state_set(t, &v, one.id, RAW_DONE, &e));
    OK(raw_get(t, &v, one.id, &two, &e));
    assert_int_equal(two.state, RAW_DONE);
    OK(raw_drop(t, &v, one.id, &e));
    assert_int_equal(raw_get(t, &v, one.id, &two, &e), ERR_NOT_FOUND);
    db_rollback(t);
}

static void newer_bytes_replace_older_ones_of_their_path(void **state)
{
    struct db_tx *t = begin();
    struct id old = raw_new(t, "version 1", "x.txt"), kept = raw_new(t, "shared", "y.txt"), newer;
    struct raw_change change;
    struct record_ia rec = sample(old), moved = sample(old);
    struct raw_source *src;
    struct raw_row row;
    bool is_new;
    size_t n;

    (void)state;
    OK(record_ia_save(t, &v, &rec, NULL, 0, NULL, 0, NULL, 0, a, &e));
    OK(raw_put(t, &v, STR("shared"), STR("x.txt"), STR(""), STR(""), &row, &is_new, &e)); /* y.txt and x.txt alike */
    OK(raw_supersede(t, &v, kept, a, &change, &e));
    assert_true(change.gone_n == 1 && id_eq(change.gone[0], rec.ia.id) && !change.moved_n);
    assert_int_equal(raw_get(t, &v, old, &row, &e), ERR_NOT_FOUND);
    newer = raw_new(t, "version 2", "x.txt");
    moved.raw = kept;
    OK(record_ia_save(t, &v, &moved, NULL, 0, NULL, 0, NULL, 0, a, &e));
    OK(raw_supersede(t, &v, newer, a, &change, &e));
    assert_true(!change.gone_n && change.moved_n == 1 && id_eq(change.moved[0].interaction, moved.ia.id));
    assert_true(change.moved[0].sources_n == 1 && str_eq(change.moved[0].sources[0].given, STR("y.txt")));
    OK(raw_get(t, &v, kept, &row, &e)); /* it has y.txt still */
    OK(raw_sources(t, &v, &kept, 1, a, &src, &n, &e));
    assert_true(n == 1 && str_eq(src[0].given, STR("y.txt")));
    OK(raw_supersede(t, &v, newer, a, &change, &e));
    assert_true(!change.gone_n && !change.moved_n);
    db_rollback(t);
}

static void problems_are_replaced(void **state)
{
    struct db_tx *t = begin();
    struct id raw = raw_new(t, "broken", "broken.vtt");
    struct raw_problem two[] = {{STR("broken.vtt"), STR("line 3"), STR("no arrow")},
                                {STR("broken.vtt"), STR("line 9"), STR("too late")}};
    struct raw_result got;

    (void)state;
    OK(raw_end_all(t, &v, &(struct raw_end){raw, RAW_FAILED, two, 2}, 1, &e));
    OK(raw_result(t, &v, raw, a, &got, &e));
    assert_true(got.state == RAW_FAILED && got.problems_n == 2 && !got.interactions_n);
    assert_true(str_eq(got.problems[0].place, STR("line 3")) && str_eq(got.problems[1].reason, STR("too late")) &&
                str_eq(got.problems[1].path, STR("broken.vtt")));
    OK(raw_end_all(t, &v, &(struct raw_end){raw, RAW_DONE, two + 1, 1}, 1, &e));
    OK(raw_result(t, &v, raw, a, &got, &e));
    assert_true(got.state == RAW_DONE && got.problems_n == 1 && str_eq(got.problems[0].place, STR("line 9")));
    db_rollback(t);
}

/* ---- people ---- */

static void people_are_resolved_once(void **state)
{
    struct people_want w[] = {
        {.name = STR("Ada Lovelace"), .email = STR("Ada@Math.example")}, /* 0 */
        {.name = STR("A. L."), .email = STR("ada@math.example")},        /* the same address */
        {.name = STR("Ada Lovelace")},                                   /* a name alone is another person */
        {.name = STR("lovelace, ADA")},                                  /* the same name */
        {.name = STR("Speaker 2")},                                      /* a label: of this interaction only */
        {.name = STR("Ada")},                                            /* one word: likewise */
    };
    struct people_want again[6];
    struct db_tx *t = begin();
    int64_t before, after;

    (void)state;
    memcpy(again, w, sizeof w);
    OK(people_count(t, &v, &before, &e));
    OK(people_resolve(t, &v, w, 6, a, &e));
    assert_true(id_eq(w[0].person, w[1].person) && id_eq(w[0].subject, w[1].subject));
    assert_true(id_eq(w[2].person, w[3].person) && !id_eq(w[0].person, w[2].person));
    assert_false(id_eq(w[4].person, w[5].person));
    OK(people_resolve(t, &v, again, 6, a, &e));
    for (int i = 0; i < 4; i++)
        assert_true(id_eq(again[i].person, w[i].person) && id_eq(again[i].subject, w[i].subject));
    assert_false(id_eq(again[4].person, w[4].person) || id_eq(again[5].person, w[5].person));
    OK(people_count(t, &v, &after, &e));
    assert_int_equal(after - before, 2 + 2 + 2);
    db_rollback(t);
}

static void erased_person_leaves_no_words(void **state)
{
    struct db_tx *t = begin();
    struct record_ia rec = sample(raw_new(t, "to be erased", "erase.eml")), *got;
    struct people_want w = {.name = STR("Bo Lind"), .email = STR("bo@theirs.example")}, again;

    (void)state;
    OK(record_ia_save(t, &v, &rec, NULL, 0, NULL, 0, NULL, 0, a, &e));
    OK(people_resolve(t, &v, &w, 1, a, &e));
    OK(db_commit(t, &e));
    OK(keyring_subject_destroy(v.keys, v.workspace, w.subject, &e));
    t = begin();
    got = load_one(t, rec.ia.id);
    assert_true(str_eq(got->ia.turns[0].text, turns[0].text));
    assert_true(str_eq(got->ia.turns[1].text, STR("[erased]")) && str_eq(got->ia.turns[2].text, STR("[erased]")));
    assert_true(str_eq(got->ia.turns[3].text, turns[3].text));
    assert_true(str_eq(got->ia.participants[1].name, STR("[erased]")) && !got->ia.participants[1].email.n);
    assert_true(str_eq(got->ia.participants[0].name, people[0].name));

    /* whoever comes back is somebody new */
    again = w;
    OK(people_resolve(t, &v, &again, 1, a, &e));
    assert_false(id_eq(again.person, w.person) || id_eq(again.subject, w.subject));
    rec = sample(raw_new(t, "comes back", "back.eml"));
    OK(record_ia_save(t, &v, &rec, NULL, 0, NULL, 0, NULL, 0, a, &e));
    assert_true(str_eq(load_one(t, rec.ia.id)->ia.turns[2].text, turns[2].text));
    db_rollback(t);
}

/* ---- what is made from an interaction ---- */

static void vectors_belong_to_their_model(void **state)
{
    struct ia_span span = {0, 0, 3};
    struct record_chunk chunks[] = {{&span, 1}, {&span, 1}};
    float vecs[] = {1.0f, 0.0f, -0.25f, 0.5f};
    struct db_tx *t = begin();
    struct record_ia rec = sample(raw_new(t, "vectors", "v.eml"));
    struct record_chunk_row *rows;
    size_t n;

    (void)state;
    OK(record_ia_save(t, &v, &rec, NULL, 0, NULL, 0, chunks, 2, a, &e));
    OK(record_vectors_save(t, &v, rec.ia.id, "model-1", 2, vecs, 2, &e));
    OK(record_chunks_load(t, &v, &rec.ia.id, 1, "model-1", 2, a, &rows, &n, &e));
    assert_int_equal(n, 2);
    assert_memory_equal(rows[0].vec, vecs, 8);
    assert_memory_equal(rows[1].vec, vecs + 2, 8);
    OK(record_chunks_load(t, &v, &rec.ia.id, 1, "model-2", 2, a, &rows, &n, &e));
    assert_true(n == 2 && !rows[0].vec && !rows[1].vec);
    db_rollback(t);
}

static void figures_come_back_and_are_replaced(void **state)
{
    struct ia_span spans[] = {{0, 0, 3}, {2, 1, 5}};
    struct record_stat rows[] = {
        {.id = STR("talk_share"),
         .speaker = STR("Ana Márquez"),
         .unit = STR("share"),
         .has_value = true,
         .value = 0.375,
         .n = 12,
         .has_n = true,
         .definition_version = 2,
         .inputs_hash = {1, 2, 3},
         .spans = spans,
         .spans_n = 2},
        {.id = STR("patience"),
         .speaker = STR("Bo Lind"),
         .of = STR("Ana Márquez"),
         .unit = STR("s"),
         .reason = STR("no_times"),
         .definition_version = 1},
    };
    struct db_tx *t = begin();
    struct record_ia rec = sample(raw_new(t, "figures", "f.eml"));
    struct record_stat *got;
    size_t n;

    (void)state;
    OK(record_ia_save(t, &v, &rec, NULL, 0, NULL, 0, NULL, 0, a, &e));
    OK(record_stats_save(t, &v, rec.ia.id, rows, 2, &e));
    OK(record_stats_load(t, &v, rec.ia.id, a, &got, &n, &e));
    assert_int_equal(n, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(str_eq(got[i].id, rows[i].id) && str_eq(got[i].speaker, rows[i].speaker) &&
                    str_eq(got[i].of, rows[i].of));
        assert_true(str_eq(got[i].unit, rows[i].unit) && str_eq(got[i].reason, rows[i].reason));
        assert_true(got[i].has_value == rows[i].has_value && got[i].value == rows[i].value);
        assert_true(got[i].has_n == rows[i].has_n && got[i].n == rows[i].n);
        assert_int_equal(got[i].definition_version, rows[i].definition_version);
        assert_memory_equal(got[i].inputs_hash, rows[i].inputs_hash, SHA256_BYTES);
        assert_int_equal(got[i].spans_n, rows[i].spans_n);
    }
    assert_memory_equal(got[0].spans, spans, sizeof spans);
    OK(record_stats_save(t, &v, rec.ia.id, rows + 1, 1, &e));
    OK(record_stats_load(t, &v, rec.ia.id, a, &got, &n, &e));
    assert_true(n == 1 && str_eq(got[0].id, STR("patience")));
    db_rollback(t);
}

/* ---- at rest ---- */

/* Every column of every table, as text and as the bytes bytea prints, holds none of these words. */
static void nothing_is_readable_at_rest(void **state)
{
    static const char *const secrets[] = {"Zebrafinch",        "5a6562726166696e6368",   /* spoken */
                                          "Quagmire",          "517561676d697265",       /* a name */
                                          "hidden@zz.example", "68696464656e407a7a",     /* an address */
                                          "Tungstenplan",      "54756e677374656e706c616e", /* title, path, account */
                                          "Molybdenum",        "4d6f6c796264656e756d"};  /* quoted, problem */
    struct ia_participant who[] = {{STR("Peter Quagmire"), STR("hidden@zz.example"), IA_SIDE_UNKNOWN, false}};
    struct ia_turn said[] = {{STR("Peter Quagmire"), 0, 1, STR("Zebrafinch costs 12")},
                             {STR(""), 1, 2, STR("Zebrafinch")}};
    struct ia_part quoted[] = {{IA_PART_QUOTED, STR("Molybdenum")}, {IA_PART_SIGNATURE, STR("Molybdenum")}};
    struct raw_problem problem = {STR("Tungstenplan.eml"), STR("line 1"), STR("Molybdenum is no word")};
    struct db_tx *t = begin();
    struct raw_row row;
    struct record_ia rec;
    bool is_new;
    char tables[8192], out[256], *rest = tables, *name;

    (void)state;
    OK(raw_put(t, &v, STR("From: hidden@zz.example\n\nZebrafinch Molybdenum"), STR("Tungstenplan.eml"),
               STR("/x/Tungstenplan.eml"), STR("{\"account\":\"Tungstenplan\"}"), &row, &is_new, &e));
    rec = (struct record_ia){.raw = row.id,
                             .ia = {.kind = IA_MAIL,
                                    .format = STR("eml"),
                                    .title = STR("Tungstenplan"),
                                    .external_id = STR("<Tungstenplan>"),
                                    .thread_id = STR("<Tungstenplan>"),
                                    .account = STR("Tungstenplan"),
                                    .deal = STR("Tungstenplan"),
                                    .participants = who,
                                    .participants_n = 1,
                                    .turns = said,
                                    .turns_n = 2,
                                    .parts = quoted,
                                    .parts_n = 2}};
    OK(record_ia_save(t, &v, &rec, NULL, 0, NULL, 0, NULL, 0, a, &e));
    OK(raw_end_all(t, &v, &(struct raw_end){row.id, row.state, &problem, 1}, 1, &e));
    OK(record_stats_save(t, &v, rec.ia.id,
                         &(struct record_stat){.id = STR("turns"), .speaker = STR("Peter Quagmire"), .unit = STR("1")},
                         1, &e));
    OK(db_commit(t, &e));
    test_home_sql(&home, "SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname='public'", tables,
                  sizeof tables);
    assert_non_null(strstr(tables, "turn"));
    for (name = strsep(&rest, ","); name; name = strsep(&rest, ","))
        for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
            char sql[512];
            snprintf(sql, sizeof sql, "SELECT count(*) FROM \"%s\" x WHERE x::text ILIKE '%%%s%%'", name, secrets[i]);
            test_home_sql(&home, sql, out, sizeof out);
            if (strcmp(out, "0") != 0)
                fail_msg("%s holds %s: %s", name, secrets[i], out);
        }
}

static void another_workspace_sees_nothing(void **state)
{
    struct vaulted other = v;
    struct db_tx *t = begin();
    struct record_ia rec = sample(raw_new(t, "mine", "mine.eml")), *got;
    struct raw_row row;
    struct id *ids;
    size_t n;

    (void)state;
    OK(record_ia_save(t, &v, &rec, NULL, 0, NULL, 0, NULL, 0, a, &e));
    OK(db_commit(t, &e));
    other.workspace = id_new();
    OK(db_begin(v.db, other.workspace, 10000, &t, &e));
    OK(record_ia_load(t, &v, &rec.ia.id, 1, a, &got, &n, &e)); /* asks for the right one in the wrong transaction */
    assert_int_equal(n, 0);
    OK(record_ia_ids(t, &other, ID_NIL, 100, a, &ids, &n, &e));
    assert_int_equal(n, 0);
    assert_int_equal(raw_get(t, &v, rec.raw, &row, &e), ERR_NOT_FOUND);
    db_rollback(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_comes_back),
        cmocka_unit_test(what_is_unknown_stays_unknown),
        cmocka_unit_test(the_same_place_holds_one_interaction),
        cmocka_unit_test(long_names_come_back_whole_or_are_refused),
        cmocka_unit_test(many_are_loaded_in_the_order_asked_for),
        cmocka_unit_test(bytes_come_back_whatever_their_size),
        cmocka_unit_test(the_same_bytes_are_known),
        cmocka_unit_test(newer_bytes_replace_older_ones_of_their_path),
        cmocka_unit_test(problems_are_replaced),
        cmocka_unit_test(people_are_resolved_once),
        cmocka_unit_test(erased_person_leaves_no_words),
        cmocka_unit_test(vectors_belong_to_their_model),
        cmocka_unit_test(figures_come_back_and_are_replaced),
        cmocka_unit_test(nothing_is_readable_at_rest),
        cmocka_unit_test(another_workspace_sees_nothing),
    };
    return cmocka_run_group_tests(tests, up, down);
}
