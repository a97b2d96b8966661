// SPDX-License-Identifier: Apache-2.0
// Imports: a stranger's CSV file becomes sales in a dry run, through the gate, row by row.
#include "record/import.h"
#include "desk.h"

static Error *report([[maybe_unused]] Ctx *cx, const ImportLine *line, void *state)
{
    int *lines = state;
    FUZZ_HOLDS(line->line > 0);
    FUZZ_HOLDS(!line->error || (!line->record && !line->number));
    fuzz_fine(line->error);
    ++*lines;
    return NULL;
}

static void run(Ctx *cx, const char *bytes, size_t length)
{
    CsvBytes source = {bytes, length, 0};
    ImportTotals totals = {0};
    int lines = 0;
    ImportRequest request = {.entity = "sale",
                             .file = {.source = csv_bytes_source, .source_state = &source},
                             .dry_run = true,
                             .report = report,
                             .report_state = &lines};
    desk_enter(cx, true);
    fuzz_fine(import_run(cx, cx->company->database, &request, &totals, NULL));
    FUZZ_HOLDS(totals.rows == totals.taken + totals.refused && totals.rows == lines);
}

static const char *const seeds[] = {
    "customer,amount,day,due,pieces,weight,express,status,discount\n"
    "DE1,12.50,2026-11-22,2026-11-22T10:00:00Z,3,1.234,true,draft,5\n",
    "Customer;Amount;Status\r\nDE1;1;Draft\r\n;2;Paid\r\nDE1;x;1\r\n",
    "number,customer,amount,note\nS-2026-000900,DE1,9223372036854775807,\"a\nb\"\n",
    "customer,amount,id,version,tax\nDE1,1,1,1,1\n",
    "{\"customer\":\"DE1\",\"amount\":12.5,\"note\":null}\n"
    "{\"customer\":\"DE1\",\"colour\":[1,{\"a\":2}]}\r\n\n[]\n{\"amount\":",
    NULL,
};

const FuzzTarget fuzz_target = {.setup = desk_open, .run = run, .seeds = seeds};
