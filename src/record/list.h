// SPDX-License-Identifier: Apache-2.0
// Lists: filter, sort, keyset paging and exact counts, with the actor's rights in the one query.
//
// A page is at most LIMIT_PAGE_ROWS. Filters are joined by "and". An unknown field, operator or a
// value of the wrong type is ERR_INVALID with the field; a field the actor may not read is unknown.
#ifndef MILLRACE_RECORD_LIST_H
#define MILLRACE_RECORD_LIST_H

#include "record/record.h"

#define LIST_FILTERS 20
#define LIST_SORTS 4
#define LIST_IN_VALUES 200

// operator: "=" "!=" "<" "<=" ">" ">=" "in" (a list) "contains" "starts" (texts) "is null" "is not
// null" (no value). The value "$me" on a reference to user is the actor.
typedef DeclaredFilter ListFilter;
typedef DeclaredSort ListSort;

typedef struct ListRequest {
    const char *entity;
    const ListFilter *filters;
    size_t filter_count;
    const ListSort *sorts; // none: newest first
    size_t sort_count;
    const char *const *columns; // none: all the actor may read; the label always comes along
    size_t column_count;
    const char *where;  // a condition in FEEL, as the rules of roles are; NULL: none
    const char *search; // words in the entity's search fields; NULL: none
    int limit;          // 0: 20
    const char *after;  // the cursor of the page before; NULL: from the start
    bool count;
} ListRequest;

typedef struct ListPage {
    Record **records;
    size_t count;
    const char *next; // cursor of the next page, NULL on the last
    int64_t total;    // -1 when it was not asked for
    Value labels;     // id text -> name, of all references on the page
    // Of `where`: the part that the database filtered by, NULL when none; and whether each record
    // was asked besides.
    const char *pushed;
    bool asked;
} ListPage;

FALLIBLE list_read(Ctx *cx, const ListRequest *request, ListPage *out);
// The request of a list declared in the pack; filters and sorts may then be replaced.
FALLIBLE list_declared(Ctx *cx, const char *entity, const char *list, ListRequest *out);
// Id text -> name of the references of records, in one query for each entity led to.
FALLIBLE list_labels(Ctx *cx, Record *const *records, size_t count, Value *labels);
// Reads a request from JSON; a column may lead through a reference ("account.city"):
// {"filter":[{"field","operator","value"}],"sort":[{"field","descending"}],
// "columns":[...],"where","search","limit","after","count"}.
FALLIBLE list_request_read(Ctx *cx, const char *entity, Value json, ListRequest *out);

typedef enum ExportFormat { EXPORT_CSV, EXPORT_XLSX, EXPORT_JSON_LINES } ExportFormat;

// By its word: "csv", "xlsx", "jsonl"; NULL: CSV.
FALLIBLE export_format_read(Ctx *cx, const char *word, ExportFormat *out);
const char *export_format_word(ExportFormat format);
const char *export_format_media(ExportFormat format);

// The whole list into `sink`, in constant memory, with the reader's rights. In CSV texts that a
// spreadsheet would take for a formula are led by an apostrophe; in a workbook texts are no
// formulas. A workbook stands in a file of $TMPDIR until it is whole. Needs "<entity>.export".
typedef Error *(*ListSink)(Ctx *cx, const char *bytes, size_t length, void *state);
FALLIBLE list_export(Ctx *cx, const ListRequest *request, ExportFormat format, ListSink sink,
                     void *state);

#endif
