// SPDX-License-Identifier: Apache-2.0
// FEEL to SQL: a filter becomes a WHERE clause of the subset that both databases share.
//
// FEEL has three truths and SQL its own three, and they differ where nulls are (`null = 5` is false
// in one and unknown in the other), so each part is translated for what is wanted of it: that it is
// true, or that it is false; `not` changes the wish and is pushed to the leaves. What cannot be
// said in SQL stays as a residual filter for the machine. Values are always parameters, and the
// only names in the text are those that the columns' own metadata gives.
#ifndef MILLRACE_FEEL_SQL_H
#define MILLRACE_FEEL_SQL_H

#include "feel/feel.h"

#define LIMIT_SQL_PARAMETERS 500 // of one filter

// Columns hold whole numbers or texts: numbers scaled, booleans 0 and 1, dates as days since 1970,
// date and times as microseconds UTC.
typedef struct FeelColumn {
    const char *sql; // the column as SQL writes it, from validated metadata
    ValueKind kind;  // number, boolean, text, date, date and time
    int scale;       // of numbers: digits after the point
    // Of texts that the column keeps as whole numbers, in the same order (ids): the number of one,
    // false when no value of the column is this text. NULL: the column holds the text.
    bool (*number_of)(const char *text, int64_t *out);
} FeelColumn;

typedef struct FeelSqlSetting {
    // The column behind a name or a path ("customer.name"), NULL when it is none.
    const FeelColumn *(*column)(void *data, const char *path);
    void *data;
    const char *const *names; // as in FeelOptions
    size_t name_count;
    Value scope;         // what names that are no columns mean
    int first_parameter; // the number of the first $n, from 1
} FeelSqlSetting;

typedef struct FeelSqlParameter {
    bool is_text;
    int64_t integer;
    const char *text;
} FeelSqlParameter;

typedef struct FeelSql {
    const char *where; // true for every row that the filter keeps; NULL: nothing could be pushed
    FeelSqlParameter *parameters;
    size_t parameter_count;
    const Feel *residual; // what rows must meet besides; NULL: `where` says it all
    const char *pushed; // the source text of the conjuncts that were pushed, for the caller to show
} FeelSql;

FALLIBLE feel_to_sql(Ctx *cx, const char *source, const FeelSqlSetting *setting, FeelSql *out);

#endif
