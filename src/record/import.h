// SPDX-License-Identifier: Apache-2.0
// Import: a CSV file becomes records of one entity, each row through the gate at DOOR_IMPORT.
//
// Columns are matched to fields by name or title in either language; references are given by the
// key of the record they lead to (or its id), choices by word or title. A row is its own unit of
// work: a refused row changes nothing and the others stay. A dry run does everything and rolls each
// row back; two rows that clash only with each other pass it. Memory does not grow with the file.
#ifndef MILLRACE_RECORD_IMPORT_H
#define MILLRACE_RECORD_IMPORT_H

#include "base/csv.h"
#include "record/record.h"

typedef struct ImportLine {
    int line;           // in the file, from 1
    const char *number; // the name of the record that was made, NULL when refused
    Id record;          // 0 when refused, and in a dry run
    const Error *error; // NULL when it was taken
} ImportLine;

typedef struct ImportTotals {
    int64_t rows;
    int64_t taken;
    int64_t refused;
} ImportTotals;

// Called for each row, outside the row's unit of work; what it is given, and what it takes from
// cx->arena, lives until it returns. An error stops the import: the rows before it stay.
typedef Error *(*ImportReport)(Ctx *cx, const ImportLine *line, void *state);

typedef struct ImportRequest {
    const char *entity;
    CsvSource source;
    void *source_state;
    const char *encoding; // NULL: recognised
    char delimiter;       // 0: recognised
    bool dry_run;
    ImportReport report; // NULL: totals only
    void *report_state;
} ImportRequest;

// Outside any unit of work, for cx->actor at DOOR_IMPORT, who needs "<entity>.import" and
// "<entity>.create". A file whose header does not fit, or that is broken, is an error with line and
// column; rows before the break stay. *totals (may be NULL) is right also when an error is
// returned.
struct Database;
FALLIBLE import_run(Ctx *cx, struct Database *database, const ImportRequest *request,
                    ImportTotals *totals);

#endif
