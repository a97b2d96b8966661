// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"
#include "record/import.h"
#include "record/test_packs.h"

#include <string.h>

typedef struct Seen {
    Buffer *text;
    int stop_after;
    int lines;
} Seen;

static Error *note(Ctx *cx, const ImportLine *line, void *state)
{
    Seen *seen = state;
    if (line->error)
        buffer_format(seen->text, "%d: %s\n", line->line, line->error->message);
    else
        buffer_format(seen->text, "%d ok %s\n", line->line, line->number);
    return ++seen->lines == seen->stop_after ? FAIL(cx, ERR_LIMIT, "enough") : NULL;
}

static Error *import(Ctx *cx, const char *entity, const char *file, bool dry_run, Seen *seen,
                     ImportTotals *totals)
{
    CsvBytes bytes = {file, strlen(file), 0};
    ImportRequest request = {.entity = entity,
                             .file = {.source = csv_bytes_source, .source_state = &bytes},
                             .dry_run = dry_run,
                             .report = note,
                             .report_state = seen};
    // Not in cx->arena: an import gives back what its rows took.
    Arena *arena = arena_new(1 << 20);
    arena_defer_free(cx->arena, arena);
    seen->text = buffer_new(arena);
    return import_run(cx, cx->company->database, &request, totals, NULL);
}

static Actor importer;

static void act_as_importer(Ctx *cx)
{
    importer = *actor_system();
    importer.door = DOOR_IMPORT;
    cx->actor = &importer;
}

static Error *count(Ctx *cx, void *state)
{
    ListRequest request = {.entity = "sale", .count = true};
    ListPage page;
    TRY(list_read(cx, &request, &page));
    *(int *)state = (int)page.total;
    return NULL;
}

static int sales(Ctx *cx)
{
    int total = -1;
    CHECK_OK(database_read(cx, cx->company->database, count, &total));
    return total;
}

#define SALES                                                                                      \
    "客户,Amount,day,Express,status\n"                                                           \
    "C-0007,10.50,2026/1/5,是,草稿\n"                                                           \
    "C-0007,-1,,,\n"                                                                               \
    "C-9999,1,,,\n"                                                                                \
    "C-0008,\"1,5\",,,\n"                                                                          \
    "C-0008,7\n"                                                                                   \
    "C-0008,7,2026-02-30,,\n"                                                                      \
    "C-0008,7,,,draft\n"

DB_TEST(an_import_takes_the_good_rows_and_reports_each)
{
    Seen seen = {0};
    ImportTotals totals;
    test_packs_open(cx);
    act_as_importer(cx);
    CHECK_OK(import(cx, "sale", SALES, true, &seen, &totals));
    CHECK_INT(totals.rows, 7);
    CHECK_INT(totals.taken, 2);
    CHECK_INT(sales(cx), 0);
    CHECK_OK(import(cx, "sale", SALES, false, &seen, &totals));
    CHECK_TEXT(seen.text->bytes, "2 ok S-2026-000001\n"
                                 "3: The amount must be more than nothing.\n"
                                 "4: there is no customer 'C-9999'\n"
                                 "5: 'amount' must be a number\n"
                                 "6: the row has 2 columns, the header 5\n"
                                 "7: 'day' must be a date\n"
                                 "8 ok S-2026-000002\n");
    CHECK_INT(totals.taken, 2);
    CHECK_INT(totals.refused, 5);
    CHECK_INT(sales(cx), 2);
}

DB_TEST(an_import_of_many_rows_keeps_their_order_and_can_be_stopped)
{
    Seen seen = {0};
    ImportTotals totals;
    test_packs_open(cx);
    act_as_importer(cx);
    Buffer *file = buffer_new(cx->arena);
    buffer_text(file, "customer,amount\n");
    for (int i = 1; i <= 230; i++)
        buffer_format(file, "C-0007,%d\n", i == 120 ? 0 : i);
    CHECK_OK(import(cx, "sale", file->bytes, false, &seen, &totals));
    CHECK_INT(totals.taken, 229);
    CHECK_INT(sales(cx), 229);
    CHECK(strstr(seen.text->bytes, "\n120 ok S-2026-000119\n121: The amount") != NULL);
    CHECK(strstr(seen.text->bytes, "\n122 ok S-2026-000120\n") != NULL);
    seen = (Seen){.stop_after = 60};
    CHECK_FAILS(import(cx, "sale", file->bytes, true, &seen, &totals), ERR_LIMIT, "enough");
    CHECK_INT(totals.rows, 60);
}

typedef struct Break {
    const char *file;
    const char *words;
} Break;

DB_TEST(a_file_that_does_not_fit_is_refused_before_its_rows)
{
    static const Break breaks[] = {
        {"", "the file is empty"},
        {"customer,amount,colour\n", "no field for the column 'colour'"},
        {"customer,amount,Amount\n", "stands twice"},
        {"customer,note\n", "the column 'amount' is missing"},
        {"customer,amount,Version\n", "written by the system alone"},
    };
    Seen seen = {0};
    ImportTotals totals;
    test_packs_open(cx);
    act_as_importer(cx);
    for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++)
        CHECK_FAILS(import(cx, "sale", breaks[i].file, false, &seen, &totals), ERR_INVALID,
                    breaks[i].words);
    // A quote that breaks the file leaves the rows before it.
    Error *error =
        import(cx, "sale", "customer,amount\nC-0007,1\nC-0007,\"2\n", false, &seen, &totals);
    CHECK_FAILS(error, ERR_INVALID, "never closed");
    CHECK_INT(error->line, 3);
    CHECK_INT(totals.taken, 1);
    CHECK_INT(sales(cx), 1);
    importer.permission_count = 0;
    CHECK_FAILS(import(cx, "sale", SALES, true, &seen, &totals), ERR_DENIED, "may not import");
}

static Error *own_status(Ctx *cx, const GateChange *change)
{
    return value_get(change->changed, "status")
               ? FAIL(cx, ERR_CONFLICT, "'status' belongs to the flow")
               : NULL;
}

DB_TEST(an_import_cannot_set_what_the_process_owns)
{
    static const Governor governor = {.check = own_status};
    Seen seen = {0};
    ImportTotals totals;
    test_packs_open(cx);
    act_as_importer(cx);
    gate_govern(&governor);
    CHECK_OK(import(cx, "sale", "customer,amount,status\nC-0007,1,paid\nC-0007,2,draft\n", false,
                    &seen, &totals));
    CHECK_TEXT(seen.text->bytes, "2: 'status' belongs to the flow\n3 ok S-2026-000001\n");
    gate_govern(NULL);
}

static Error *gather(Ctx *cx, const char *bytes, size_t length, void *state)
{
    (void)cx;
    buffer_add(state, bytes, length);
    return NULL;
}

static Error *export_all(Ctx *cx, void *state)
{
    ListRequest request = {.entity = "sale"};
    test_sale(cx, "1234.5");
    return list_export(cx, &request, EXPORT_CSV, gather, state);
}

DB_TEST(a_whole_export_can_be_imported_again_but_for_its_numbers)
{
    Seen seen = {0};
    ImportTotals totals;
    Buffer *out = buffer_new(cx->arena);
    test_packs_open(cx);
    test_as(cx, "system", DOOR_SYSTEM, export_all, out);
    act_as_importer(cx);
    CHECK_OK(import(cx, "sale", out->bytes, false, &seen, &totals));
    CHECK_TEXT(seen.text->bytes, "2: another sale has this 'number' already\n");
    char *number = strstr(out->bytes, "000001");
    number[5] = '9';
    CHECK_OK(import(cx, "sale", out->bytes, false, &seen, &totals));
    CHECK_TEXT(seen.text->bytes, "2 ok S-2026-000009\n");
    CHECK_INT(sales(cx), 2);
}

PACK_TEST(a_list_is_exported_so_that_it_can_be_imported_again)
{
    static const char *const columns[] = {"number", "customer", "amount", "note", "express"};
    ListSort sort = {"number", false};
    Record *sale = test_sale(cx, "1234.5"), *changed;
    Buffer *out = buffer_new(cx->arena);
    test_sale(cx, "1");
    CHECK_OK(
        record_change(cx, "sale", sale->id, 1, test_json(cx, "{\"note\":\"=1+1\"}"), &changed));
    ListRequest request = {
        .entity = "sale", .columns = columns, .column_count = 5, .sorts = &sort, .sort_count = 1};
    CHECK_OK(list_export(cx, &request, EXPORT_CSV, gather, out));
    CHECK_TEXT(out->bytes, "\xef\xbb\xbfNumber,Customer,Amount,Note,Express\r\n"
                           "S-2026-000001,C-0007,1234.50,\"'=1+1\",false\r\n"
                           "S-2026-000002,C-0007,1.00,,false\r\n");
    return NULL;
}
