// SPDX-License-Identifier: Apache-2.0
// Value: what expressions, decisions, records, processes and JSON all speak. 24 bytes, passed by
// value.
//
// Lists, contexts, ranges and texts point into an arena and are not changed once they are shared.
// Zeroed memory is null.
#ifndef MILLRACE_BASE_VALUE_H
#define MILLRACE_BASE_VALUE_H

#include "base/calendar.h"
#include "base/decimal.h"
#include "base/text.h"

typedef enum ValueKind {
    VALUE_NULL,
    VALUE_BOOLEAN,
    VALUE_NUMBER,
    VALUE_TEXT,
    VALUE_DATE,
    VALUE_TIME,
    VALUE_DATE_TIME,
    VALUE_DAYS_DURATION,
    VALUE_MONTHS_DURATION,
    VALUE_LIST,
    VALUE_CONTEXT,
    VALUE_RANGE,
    VALUE_FUNCTION, // feel/ only; `function` points to its closure
} ValueKind;

typedef struct Value Value;
typedef struct ValueContext ValueContext;
typedef struct ValueRange ValueRange;

typedef struct ValueList {
    Value *items;
    size_t count;
} ValueList;

struct Value {
    ValueKind kind;
    union {
        bool boolean;
        Decimal number;
        Text text;
        Date date;
        TimeOfDay time;
        const DateTime *date_time;
        DaysDuration days_duration;
        int64_t months;
        ValueList list;
        ValueContext *context;
        const ValueRange *range;
        const void *function;
    };
};

typedef struct ValueEntry {
    const char *key;
    Value value;
} ValueEntry;

// Entries in order of insertion; keys are unique.
struct ValueContext {
    ValueEntry *entries;
    size_t count;
    size_t capacity;
};

// A missing end is null and open. `low`..`high` with closed ends included.
struct ValueRange {
    Value low;
    Value high;
    bool low_closed;
    bool high_closed;
    bool by_operator; // (< 10), which is not the same value as (null..10)
    bool excluded;    // (!= 10): all but `low`
};

Value value_null(void);
Value value_boolean(bool boolean);
Value value_number(Decimal number);
Value value_integer(int64_t integer);
Value value_text(const char *text);                    // not copied; NULL gives null
Value value_text_of(const char *bytes, size_t length); // not copied; bytes[length] must be NUL
Value value_date(Date date);
Value value_instant(Arena *arena, Instant instant); // a date and time in UTC
Value value_list(Value *items, size_t count);
Value value_context(Arena *arena); // a fresh, empty one

// Sets or replaces an entry of a context that is still being built. The key is not copied.
void value_set(Arena *arena, Value context, const char *key, Value value);
// The entry, or NULL; NULL for any value that is not a context.
const Value *value_get(Value context, const char *key);
// The entry's text, or NULL when absent or no text.
const char *value_get_text(Value context, const char *key);
// Follows "/a/0/b" (RFC 6901); NULL when there is none, and for "": the root is the caller's own.
const Value *value_at(Value root, const char *pointer);

// Equality of the same kind: numbers by value, instants by instant, lists and contexts deeply.
// Values can share parts so that a few steps make a tree without end: what takes more than a budget
// counts as different.
bool value_equal(Value a, Value b);

#define VALUE_COMPARE_STEPS 2000000

// The same within the caller's budget and by its own idea of when two times, or two dates with
// times, are equal (NULL: exactly). `steps` is below zero when the budget was passed.
typedef struct ValueComparison {
    long steps;
    int depth;
    bool (*temporal)(Value a, Value b);
} ValueComparison;
bool value_compare(ValueComparison *comparison, Value a, Value b);

// As FEEL calls the kinds: "number", "string", "date and time", ...
const char *value_kind_word(ValueKind kind);

// A deep copy into another arena (functions are not copied: they become null).
Value value_copy(Arena *arena, Value value);

#endif
