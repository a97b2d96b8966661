// SPDX-License-Identifier: Apache-2.0
// Import: a file (CSV, XLSX, JSON Lines) becomes records of one entity, each row through the gate
// at DOOR_IMPORT.
//
// Columns are matched to fields by name or title in either language, or as `columns` says. With
// `match` a row that names a record by this field changes it. A refused row changes nothing and the
// others stay; rows share units of work. A dry run does everything and rolls it back; rows far
// apart that clash only with each other pass it. Memory does not grow with the file.
//
// What an import did is kept (import_batch, import_row, import_refusal), so that it can go on after
// an end of the program, be told, and be undone: import_undo.h. What it is asked to do as a job of
// the server: import_job.h.
#ifndef MILLRACE_RECORD_IMPORT_H
#define MILLRACE_RECORD_IMPORT_H

#include "record/duplicate.h"
#include "record/import_rows.h"
#include "record/record.h"

typedef enum ImportAction {
    IMPORT_REFUSED,
    IMPORT_CREATED,
    IMPORT_UPDATED,
    IMPORT_UNCHANGED,
} ImportAction;

typedef struct ImportLine {
    int line; // in the file, from 1
    ImportAction action;
    const char *number;        // the name of the record that was made or changed, NULL when refused
    Id record;                 // 0 when refused, and for what a dry run would make
    const Error *error;        // NULL when it was taken
    LikelyDuplicate duplicate; // of what was made: which record it may be the same as
} ImportLine;

typedef struct ImportTotals {
    int64_t rows;
    int64_t taken; // created, updated or unchanged
    int64_t refused;
    int64_t created;
    int64_t updated;
} ImportTotals;

// Called for each row, outside the row's unit of work; what it is given, and what it takes from
// cx->arena, lives until it returns. An error stops the import: the rows before it, and those of
// its batch, stay.
typedef Error *(*ImportReport)(Ctx *cx, const ImportLine *line, void *state);
// Asked before each batch of rows, outside any unit of work; an error stops the import.
typedef Error *(*ImportMayGoOn)(Ctx *cx, void *state);

typedef struct ImportRequest {
    const char *entity;
    ImportFile file;
    const char *name;           // of the file, for people; NULL: none
    const char *const *columns; // fields by column, NULL passes one over; NULL: by the header
    size_t column_count;
    const char *match; // a unique field, or "id"; NULL: every row is new
    bool only_update;  // a row that `match` does not find is refused
    bool dry_run;
    bool warns;     // of records that may be there already; it takes some look-ups a row
    Id batch;       // the import_batch that is gone on with; 0: one is made, unless it is a dry run
    int after_line; // rows up to this one are passed over, for they were done
    ImportTotals before; // what was done up to there
    ImportReport report; // NULL: totals only
    void *report_state;
    ImportMayGoOn may_go_on; // NULL: always
    void *may_go_on_state;
} ImportRequest;

// Outside any unit of work, for cx->actor at DOOR_IMPORT, who needs "<entity>.import" and
// "<entity>.create" (with only_update: "<entity>.edit"). A file whose header does not fit, or that
// is broken, is an error with line and column; rows before the break stay. *totals (may be NULL) is
// right also when an error is returned. *batch (may be NULL) is the import_batch, 0 for a dry run.
struct Database;
FALLIBLE import_run(Ctx *cx, struct Database *database, const ImportRequest *request,
                    ImportTotals *totals, Id *batch);

#endif
