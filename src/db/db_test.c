// SPDX-License-Identifier: Apache-2.0
#include "db/test_db.h"

#include <string.h>
#include <unistd.h>

MIGRATION(test_0001_things, 90,
          "CREATE TABLE thing (id BIGINT PRIMARY KEY, code TEXT NOT NULL, amount BIGINT, "
          "photo BYTEA, CHECK (amount >= 0));\n"
          "CREATE UNIQUE INDEX thing_code ON thing (code);\n"
          "CREATE TABLE part (id BIGINT PRIMARY KEY, thing BIGINT NOT NULL REFERENCES thing (id) "
          "DEFERRABLE INITIALLY DEFERRED);\n"
          "CREATE INDEX part_thing ON part (thing)");

QUERY(thing_add, "INSERT INTO thing (id, code, amount) VALUES ($1, $2, $3)");
QUERY(thing_add_backwards, "INSERT INTO thing (amount, code, id) VALUES ($3, $2, $1)");
QUERY(thing_add_photo, "INSERT INTO thing (id, code, photo) VALUES ($1, $2, $3)");
QUERY(thing_get, "SELECT id, code, amount, photo FROM thing WHERE id = $1");
QUERY(thing_plus, "SELECT amount + $2 AS sum, $2 + 1 AS next FROM thing WHERE id = $1");
QUERY(thing_raise, "UPDATE thing SET amount = amount + $1 WHERE id >= $2");
QUERY(thing_is, "SELECT amount = $2 AS is_equal FROM thing WHERE id = $1");
QUERY_FULL(thing_sum, "SELECT COALESCE(SUM(amount), 0) AS total, COUNT(*) AS things FROM thing",
           NULL, "a test's own table");
QUERY(part_add, "INSERT INTO part (id, thing) VALUES ($1, $2)");

DB_UNIT_TEST(row_is_read_by_the_names_of_its_columns)
{
    Row *row;
    CHECK_OK(db_run(cx, NULL, thing_add, 7, "P-100", 250));
    CHECK_OK(db_row(cx, &row, thing_get, 7));
    CHECK_INT(row_integer(row, "id"), 7);
    CHECK_TEXT(row_text(row, "code"), "P-100");
    CHECK_INT(row_integer(row, "amount"), 250);
    CHECK_INT(row_cell(row, "photo").kind, CELL_NULL);
    CHECK_INT(row_width(row), 4);
    CHECK_TEXT(row_column(row, 1), "code");
}

DB_UNIT_TEST(row_that_is_not_there_is_null)
{
    Row *row = (Row *)cx;
    CHECK_OK(db_row(cx, &row, thing_get, 7));
    CHECK(row == NULL);
}

DB_UNIT_TEST(parameters_go_by_their_number_not_their_place)
{
    Row *row;
    CHECK_OK(db_run(cx, NULL, thing_add_backwards, 1, "back", 3));
    CHECK_OK(db_row(cx, &row, thing_get, 1));
    CHECK_TEXT(row_text(row, "code"), "back");
    CHECK_INT(row_integer(row, "amount"), 3);
}

DB_UNIT_TEST(integers_have_64_bits_also_beside_small_literals)
{
    int64_t large = INT64_MAX - 10;
    Row *row;
    CHECK_OK(db_run(cx, NULL, thing_add, large, "large", 5));
    CHECK_OK(db_row(cx, &row, thing_plus, large, INT64_MAX - 6));
    CHECK(row_integer(row, "sum") == INT64_MAX - 1);
    CHECK(row_integer(row, "next") == INT64_MAX - 5);
}

DB_UNIT_TEST(comparison_reads_as_zero_and_one)
{
    Row *row;
    CHECK_OK(db_run(cx, NULL, thing_add, 1, "one", 5));
    CHECK_OK(db_row(cx, &row, thing_is, 1, 5));
    CHECK_INT(row_integer(row, "is_equal"), 1);
    CHECK_OK(db_row(cx, &row, thing_is, 1, 6));
    CHECK_INT(row_integer(row, "is_equal"), 0);
}

DB_UNIT_TEST(sum_of_a_column_is_an_integer)
{
    Row *row;
    CHECK_OK(db_run(cx, NULL, thing_add, 1, "one", 5));
    CHECK_OK(db_run(cx, NULL, thing_add, 2, "two", 6));
    CHECK_OK(db_row(cx, &row, thing_sum));
    CHECK_INT(row_integer(row, "total"), 11);
    CHECK_INT(row_integer(row, "things"), 2);
}

DB_UNIT_TEST(bytes_come_back_with_their_nuls)
{
    Row *row;
    CHECK_OK(db_run(cx, NULL, thing_add_photo, 1, "p", cell_bytes("a\0b\xff\\", 5)));
    CHECK_OK(db_row(cx, &row, thing_get, 1));
    Cell photo = row_cell(row, "photo");
    CHECK_INT(photo.kind, CELL_BYTES);
    CHECK_INT(photo.text.length, 5);
    CHECK(memcmp(photo.text.bytes, "a\0b\xff\\", 5) == 0);
}

DB_UNIT_TEST(null_is_bound_and_read_as_null)
{
    Row *row;
    CHECK_OK(db_run(cx, NULL, thing_add, 1, "none", cell_null()));
    CHECK_OK(db_run(cx, NULL, thing_add, 2, "some", 4));
    CHECK_OK(db_row(cx, &row, thing_get, 1));
    CHECK_INT(row_cell(row, "amount").kind, CELL_NULL);
    CHECK_INT(row_integer(row, "amount"), 0);
    CHECK(row_text(row, "photo") == NULL);
}

DB_UNIT_TEST(change_tells_how_many_rows)
{
    int64_t changed = -1;
    CHECK_OK(db_run(cx, &changed, thing_add, 1, "one", 1));
    CHECK_INT(changed, 1);
    CHECK_OK(db_run(cx, &changed, thing_add, 2, "two", 2));
    CHECK_OK(db_run(cx, &changed, thing_raise, 10, 1));
    CHECK_INT(changed, 2);
    CHECK_OK(db_run(cx, &changed, thing_raise, 10, 100));
    CHECK_INT(changed, 0);
}

DB_UNIT_TEST(broken_unique_rule_is_a_conflict_that_names_the_column)
{
    CHECK_OK(db_run(cx, NULL, thing_add, 1, "same", 1));
    Error *error = db_run(cx, NULL, thing_add, 2, "same", 1);
    CHECK_FAILS(error, ERR_CONFLICT, "another row has this value");
    CHECK_TEXT(error->field, "code");
}

DB_UNIT_TEST(missing_value_is_invalid_and_names_the_column)
{
    Error *error = db_run(cx, NULL, thing_add, 1, cell_null(), 1);
    CHECK_FAILS(error, ERR_INVALID, "a value is missing");
    CHECK_TEXT(error->field, "code");
}

DB_UNIT_TEST(broken_check_is_invalid)
{
    CHECK_FAILS(db_run(cx, NULL, thing_add, 1, "minus", -1), ERR_INVALID, "breaks a rule");
}

DB_UNIT_TEST(wrong_number_of_parameters_is_our_own_mistake)
{
    Row *row;
    CHECK_FAILS(db_row(cx, &row, thing_get, 1, 2), ERR_INTERNAL, "takes 1 parameters");
}

DB_UNIT_TEST(more_rows_than_one_is_our_own_mistake)
{
    Rows rows;
    CHECK_OK(db_built_rows(cx, &rows, "SELECT 1 AS n UNION ALL SELECT 2", NULL, 0));
    CHECK_INT(rows.count, 2);
    static const Query two = {"two", "SELECT 1 AS n UNION ALL SELECT 2", NULL, NULL};
    Row *row;
    CHECK_FAILS(db_row(cx, &row, two), ERR_INTERNAL, "2 rows where one was meant");
}

static FALLIBLE add_twice(Ctx *cx, void *state)
{
    (void)state;
    TRY(db_run(cx, NULL, thing_add, 5, "fresh", 1));
    return db_run(cx, NULL, thing_add, 6, "taken", 1);
}

DB_UNIT_TEST(attempt_fails_alone_and_the_unit_goes_on)
{
    Row *row;
    CHECK_OK(db_run(cx, NULL, thing_add, 1, "taken", 1));
    CHECK_FAILS(db_attempt(cx, add_twice, NULL), ERR_CONFLICT, NULL);
    CHECK_OK(db_row(cx, &row, thing_get, 5));
    CHECK(row == NULL);
    CHECK_OK(db_row(cx, &row, thing_get, 1));
    CHECK(row != NULL);
}

DB_UNIT_TEST(failed_statement_spoils_its_unit_of_work)
{
    Row *row;
    CHECK_FAILS(db_run(cx, NULL, thing_add, 1, "minus", -1), ERR_INVALID, NULL);
    CHECK_FAILS(db_row(cx, &row, thing_get, 1), ERR_INTERNAL, "earlier statement");
}

DB_UNIT_TEST(posted_change_is_there_for_the_next_query)
{
    Row *row;
    for (int i = 1; i <= 200; i++) // more than go out at once
        CHECK_OK(db_post(cx, thing_add, i, text_format(cx->arena, "thing %d", i), i));
    CHECK_OK(db_post(cx, thing_raise, 10, 1));
    CHECK_OK(db_row(cx, &row, thing_get, 200));
    CHECK_TEXT(row_text(row, "code"), "thing 200");
    CHECK_INT(row_integer(row, "amount"), 210);
}

static FALLIBLE post_taken(Ctx *cx, void *state)
{
    (void)state;
    TRY(db_post(cx, thing_add, 5, "fresh", 1));
    return db_post(cx, thing_add, 6, "taken", 1);
}

static FALLIBLE post_taken_and_give_up(Ctx *cx, void *state)
{
    TRY(post_taken(cx, state));
    return FAIL(cx, ERR_DENIED, "no");
}

DB_UNIT_TEST(attempt_with_a_posted_change_that_fails_fails_alone)
{
    Row *row;
    CHECK_OK(db_run(cx, NULL, thing_add, 1, "taken", 1));
    CHECK_FAILS(db_attempt(cx, post_taken, NULL), ERR_CONFLICT, "has this value");
    CHECK(db_attempt(cx, post_taken_and_give_up, NULL) != NULL);
    CHECK_OK(db_row(cx, &row, thing_get, 5));
    CHECK(row == NULL);
    CHECK_OK(db_row(cx, &row, thing_get, 1));
    CHECK(row != NULL);
}

DB_UNIT_TEST(posted_change_that_fails_spoils_its_unit_of_work)
{
    Row *row;
    CHECK_OK(db_run(cx, NULL, thing_add, 1, "taken", 1));
    Error *posted = post_taken(cx, NULL);
    Error *asked = db_row(cx, &row, thing_get, 1);
    CHECK((posted ? posted : asked) && (posted ? posted : asked)->code == ERR_CONFLICT);
    CHECK_FAILS(db_row(cx, &row, thing_get, 1), ERR_INTERNAL, "earlier statement");
}

static FALLIBLE count_each(Ctx *cx, const Row *row, void *state)
{
    int64_t *sum = state;
    *sum += row_integer(row, "n");
    Rows inner;
    if (row_integer(row, "n") == 3)
        TRY(db_built_rows(cx, &inner, "SELECT code FROM thing", NULL, 0));
    return NULL;
}

DB_UNIT_TEST(each_row_of_a_long_result_is_seen_with_the_memory_of_one)
{
    const char *numbers = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM "
                          "numbers WHERE n < 5000) SELECT n, 'some text that takes room' AS t "
                          "FROM numbers";
    int64_t sum = 0;
    size_t before = arena_used(cx->arena);
    CHECK_OK(db_built_each(cx, numbers, NULL, 0, count_each, &sum));
    CHECK_INT(sum, 5000LL * 5001 / 2);
    CHECK(arena_used(cx->arena) - before < 8192);
}

static FALLIBLE stop_at_three(Ctx *cx, const Row *row, void *state)
{
    (void)state;
    return row_integer(row, "n") == 3 ? FAIL(cx, ERR_LIMIT, "three is enough") : NULL;
}

DB_UNIT_TEST(each_stops_at_an_error)
{
    CHECK_FAILS(db_built_each(cx, "SELECT 1 AS n UNION ALL SELECT 3 UNION ALL SELECT 4", NULL, 0,
                              stop_at_three, NULL),
                ERR_LIMIT, "three is enough");
}

// ---- Units of work

static FALLIBLE add_one(Ctx *cx, void *state)
{
    const int64_t *id = state;
    return db_run(cx, NULL, thing_add, *id, text_format(cx->arena, "code %d", (int)*id), 1);
}

static FALLIBLE add_one_and_fail(Ctx *cx, void *state)
{
    TRY(add_one(cx, state));
    return FAIL(cx, ERR_DENIED, "not today");
}

static FALLIBLE count_things(Ctx *cx, void *state)
{
    Row *row;
    TRY(db_row(cx, &row, thing_sum));
    *(int64_t *)state = row_integer(row, "things");
    return NULL;
}

static int64_t things(Ctx *cx)
{
    int64_t count = -1;
    CHECK_OK(database_read(cx, cx->company->database, count_things, &count));
    return count;
}

DB_TEST(unit_of_work_commits_when_it_succeeds_and_leaves_nothing_when_it_fails)
{
    Database *database = cx->company->database;
    int64_t one = 1, two = 2;
    CHECK_OK(database_write(cx, database, add_one, &one));
    CHECK(cx->db == NULL);
    CHECK_FAILS(database_write(cx, database, add_one_and_fail, &two), ERR_DENIED, "not today");
    CHECK_INT(things(cx), 1);
}

static FALLIBLE add_one_and_waste(Ctx *cx, void *state)
{
    TRY(add_one(cx, state));
    for (;;)
        arena_alloc(cx->arena, 1 << 20);
}

DB_TEST(unit_of_work_that_passes_its_memory_is_a_limit_and_leaves_nothing)
{
    int64_t one = 1;
    size_t before = arena_used(cx->arena);
    CHECK_FAILS(database_write(cx, cx->company->database, add_one_and_waste, &one), ERR_LIMIT,
                "more memory");
    CHECK(arena_used(cx->arena) - before < 65536);
    CHECK_INT(things(cx), 0);
    CHECK_OK(database_write(cx, cx->company->database, add_one, &one));
    CHECK_INT(things(cx), 1);
}

DB_TEST(unit_that_only_reads_cannot_write)
{
    int64_t one = 1;
    Error *error = database_read(cx, cx->company->database, add_one, &one);
    CHECK_FAILS(error, ERR_INTERNAL, NULL);
    CHECK_INT(things(cx), 0);
}

static FALLIBLE part_without_thing(Ctx *cx, void *state)
{
    (void)state;
    return db_run(cx, NULL, part_add, 1, 99);
}

DB_TEST(deferred_reference_to_nothing_fails_its_own_unit)
{
    CHECK_FAILS(database_write(cx, cx->company->database, part_without_thing, NULL), ERR_CONFLICT,
                "referred to");
    int64_t one = 1;
    CHECK_OK(database_write(cx, cx->company->database, add_one, &one));
}

DB_TEST(database_that_is_open_for_reading_refuses_writes_and_sees_new_rows)
{
    int64_t one = 1, count = 0;
    Database *reader;
    CHECK_OK(database_open(cx, &(DatabaseOptions){.url = test_database_url(cx), .read_only = true},
                           &reader));
    CHECK_OK(database_write(cx, cx->company->database, add_one, &one));
    CHECK_OK(database_read(cx, reader, count_things, &count));
    CHECK_INT(count, 1);
    CHECK_FAILS(database_write(cx, reader, add_one, &one), ERR_UNAVAILABLE, "for reading only");
    database_close(reader);
}

DB_TEST(node_numbers_of_one_database_differ)
{
    int node;
    CHECK_OK(database_lease_node(cx, cx->company->database, &node));
    CHECK_INT(node, 0);
    database_close(cx->company->database);
    CHECK_OK(database_open(cx, &(DatabaseOptions){.url = test_database_url(cx)},
                           &cx->company->database));
    CHECK_OK(database_lease_node(cx, cx->company->database, &node));
    CHECK_INT(node, 1);
}

DB_TEST(sound_database_passes_its_check)
{
    CHECK_OK(database_check(cx, cx->company->database));
}

DB_TEST(every_query_is_prepared_and_reads_no_whole_table)
{
    CHECK_OK(database_check_queries(cx, cx->company->database));
}

static const char *scans_of(Ctx *cx, const char *sql)
{
    const char *scans = "not told";
    CHECK_OK(db_built_scans(cx, sql, &scans));
    return scans;
}

static void whole_index(Ctx *cx)
{
    CHECK(scans_of(cx, "SELECT code FROM thing ORDER BY code") != NULL);
    CHECK_TEXT(scans_of(cx, "SELECT code FROM thing ORDER BY code LIMIT $1"), NULL);
}

DB_UNIT_TEST(plan_that_reads_a_whole_table_is_seen)
{
    CHECK(scans_of(cx, "SELECT id FROM thing WHERE amount = $1") != NULL);
    CHECK(scans_of(cx, "SELECT t.id, t.amount FROM part AS p JOIN thing AS t ON t.amount = p.id "
                       "WHERE p.thing = $1") != NULL);
    CHECK(scans_of(cx, "UPDATE thing SET amount = 0 WHERE amount > $1") != NULL);
}

SQLITE_TEST(plan_that_reads_a_whole_index_needs_a_limit)
{
    test_in_unit(cx, whole_index);
}

DB_UNIT_TEST(plan_that_uses_an_index_is_fine)
{
    CHECK_TEXT(scans_of(cx, "SELECT id FROM thing WHERE code = $1"), NULL);
    CHECK_TEXT(scans_of(cx, "SELECT code FROM thing WHERE code > $1 ORDER BY code LIMIT 20"), NULL);
    CHECK_TEXT(scans_of(cx, "WITH one AS (SELECT id FROM thing WHERE code = $1) "
                            "SELECT p.id FROM one JOIN part AS p ON p.thing = one.id"),
               NULL);
    CHECK_TEXT(scans_of(cx, "INSERT INTO thing (id, code) VALUES ($1, $2)"), NULL);
}

DB_UNIT_TEST(many_different_statements_push_each_other_out)
{
    Rows rows;
    for (int i = 0; i < 1200; i++) {
        const char *sql = text_format(cx->arena, "SELECT %d AS n", i);
        CHECK_OK(db_built_rows(cx, &rows, sql, NULL, 0));
        CHECK_INT(row_integer(&rows.items[0], "n"), i);
    }
    CHECK_OK(db_built_rows(cx, &rows, "SELECT 0 AS n", NULL, 0));
    CHECK_INT(row_integer(&rows.items[0], "n"), 0);
}

#define SAME "SELECT 1 AS n UNION ALL SELECT 2"

static FALLIBLE same_again(Ctx *cx, const Row *row, void *state)
{
    Rows rows;
    TRY(db_built_rows(cx, &rows, SAME, NULL, 0));
    *(int64_t *)state += row_integer(row, "n") * (int64_t)rows.count;
    return NULL;
}

DB_UNIT_TEST(statement_can_run_within_itself)
{
    int64_t sum = 0;
    CHECK_OK(db_built_each(cx, SAME, NULL, 0, same_again, &sum));
    CHECK_INT(sum, 6);
}

static FALLIBLE run_away(Ctx *cx, void *state)
{
    (void)state;
    Rows rows;
    return db_built_rows(cx, &rows,
                         "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                         "WHERE i < 2000000000) SELECT MAX(i) AS most FROM n",
                         NULL, 0);
}

DB_TEST(statement_that_runs_away_is_stopped)
{
    Database *hurried;
    CHECK_OK(database_open(
        cx,
        &(DatabaseOptions){.url = test_database_url(cx), .read_only = true, .statement_ms = 400},
        &hurried));
    CHECK_FAILS(database_read(cx, hurried, run_away, NULL), ERR_LIMIT, "longer than it may");
    int64_t count;
    CHECK_OK(database_read(cx, hurried, count_things, &count));
    database_close(hurried);
}

static FALLIBLE dawdle(Ctx *cx, const Row *row, void *state)
{
    (void)cx, (void)row;
    usleep(30000);
    ++*(int *)state;
    return NULL;
}

static FALLIBLE read_slowly(Ctx *cx, void *state)
{
    return db_built_each(cx,
                         "SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4",
                         NULL, 0, dawdle, state);
}

DB_TEST(reader_of_a_long_result_may_take_its_time)
{
    Database *hurried;
    CHECK_OK(database_open(
        cx,
        &(DatabaseOptions){.url = test_database_url(cx), .read_only = true, .statement_ms = 400},
        &hurried));
    int rows = 0;
    CHECK_OK(database_read(cx, hurried, read_slowly, &rows));
    CHECK_INT(rows, 4);
    database_close(hurried);
}

DB_UNIT_TEST(query_takes_24_parameters)
{
    static const Query many = {
        "many",
        "SELECT $1 + $2 + $3 + $4 + $5 + $6 + $7 + $8 + $9 + $10 + $11 + $12 + $13 + $14 + $15 + "
        "$16 + $17 + $18 + $19 + $20 + $21 + $22 + $23 + $24 AS sum",
        NULL, NULL};
    Row *row;
    CHECK_OK(db_row(cx, &row, many, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,
                    19, 20, 21, 22, 23, 24));
    CHECK_INT(row_integer(row, "sum"), 300);
}
