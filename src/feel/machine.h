// SPDX-License-Identifier: Apache-2.0
// The machine that runs bytecode, as built-ins and hooks see it.
//
// Budgets (steps, depth of calls, memory) end an evaluation with ERR_LIMIT: machine->error is set
// and whoever sees it returns null at once.
#ifndef MILLRACE_FEEL_MACHINE_H
#define MILLRACE_FEEL_MACHINE_H

#include "feel/code.h"
#include "feel/compile.h"

#ifndef MACHINE_STEPS // the fuzzers have less, to try more
#define MACHINE_STEPS 20000000
#endif
#define MACHINE_DEPTH 400
#define MACHINE_BYTES (64UL * 1024 * 1024) // of the arena, for one evaluation
#define MACHINE_ROOM 48 // values: enough for simple expressions without an allocation

typedef struct FeelFunction FeelFunction;

// What a VALUE_FUNCTION points to: a closure, a built-in, or a function of another room.
struct FeelFunction {
    const Code *code;
    const Value *captures;
    Value scope; // the globals the closure sees
    const struct Builtin *builtin;
    Value (*call)(Machine *machine, const void *data, const Value *arguments);
    const void *data;
    const Parameter *parameters; // of `call`
    size_t parameter_count;
};

struct Machine {
    Ctx *cx;
    Arena *arena;
    Value scope;
    FeelDiagnostics *diagnostics; // NULL: nobody asks
    const Code *code;             // what runs now, and where, for diagnostics
    size_t at;
    const Value *captures;         // of the function that runs
    const struct Builtin *builtin; // the one that runs now
    Error *error;
    int64_t steps;
    size_t bytes; // of the arena that were used when it began
    int depth;
    Value *stack;
    Value *stack_end;
    void *host;               // whatever the room above hangs on an evaluation
    Value room[MACHINE_ROOM]; // the first frames; not cleared
};

void machine_open(Machine *machine, Ctx *cx, Value scope, FeelDiagnostics *diagnostics);
Value machine_run(Machine *machine, const Code *code, Value *slots, const Value *captures);
Value machine_evaluate(Machine *machine, const Feel *feel); // in a fresh frame
Value machine_call(Machine *machine, Value function, const Value *arguments, size_t count);
Value machine_part(Machine *machine, const Code *part, Value *slots);

// Adds a diagnostic at the instruction that runs, and gives null.
__attribute__((format(printf, 4, 5))) Value
machine_diagnose(Machine *machine, const char *code, const char *hint, const char *format, ...);
// A hint at the entry of the context that a misspelt name is near to, or NULL.
const char *machine_nearest(Machine *machine, Value context, const char *name);
// Counts work; false, with machine->error set, once the budget is spent.
bool machine_spend(Machine *machine, int64_t steps);

// Operators (DMN 1.5, 10.3.2.13 to 15); each diagnoses what it makes null.
Value operator_apply(Machine *machine, Operation operation, Value x, Value y);
// The kind of x OPERATOR y; VALUE_NULL when the two do not go together.
ValueKind operator_kind(Operator operator, ValueKind x, ValueKind y);
// The function that makes of a string what the other side is; NULL when that is not what is wrong.
const char *operator_conversion(ValueKind x, ValueKind y);
Value operator_equal(Machine *machine, Value x, Value y); // true, false or null
Value operator_order(Machine *machine, Operation operation, Value x, Value y);
Value operator_and(Machine *machine, Value x, Value y);
Value operator_or(Machine *machine, Value x, Value y);
Value operator_not(Machine *machine, Value x);
Value operator_negate(Machine *machine, Value x);
Value operator_between(Machine *machine, Value x, Value low, Value high);
Value operator_path(Machine *machine, Value value, const char *name);
Value operator_range(Machine *machine, Value low, Value high, int flags);
Value operator_test(Machine *machine, Value input, Value test); // input in test
Value operator_index(Machine *machine, Value list, Value index);
// Order of two values of one kind: false when they have none. *order is <0, 0, >0.
bool value_order(Value x, Value y, int *order);
// value_same that spends the machine's steps, for loops over strangers' lists.
bool machine_same(Machine *machine, Value x, Value y);
bool value_same(Value x, Value y); // equality without diagnostics; null equals null alone
// Whether the point lies in the range; null when they cannot be compared.
Value range_includes(Machine *machine, const ValueRange *range, Value point);
// Loops.
typedef struct Loop {
    const Value *items;
    size_t count;
    size_t index;
    int64_t low; // integers and days: low, low + step, ...
    int64_t step;
    enum { LOOP_ITEMS, LOOP_INTEGERS, LOOP_DAYS } kind;
    Value *kept;
    size_t kept_count;
    size_t kept_capacity;
    Value decided; // of a filter by number
    bool by_number;
} Loop;
Loop *loop_new(Machine *machine, Value domain);
Loop *loop_between(Machine *machine, Value low, Value high);
bool loop_next(Loop *loop, Value *item);
void loop_keep(Machine *machine, Loop *loop, Value value);

bool value_is_null(Value value);

#endif
