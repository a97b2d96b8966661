// SPDX-License-Identifier: Apache-2.0
// Built-in functions (DMN 1.5, 10.3.4), registered where they are written, one file a family.
#ifndef MILLRACE_FEEL_BUILTIN_H
#define MILLRACE_FEEL_BUILTIN_H

#include "base/registry.h"
#include "feel/lexer.h"
#include "feel/machine.h"

typedef Value (*BuiltinCall)(Machine *machine, const Value *arguments, size_t count);

typedef struct Builtin {
    const char *name;
    const char *parameters; // "string: string, length: number -> string", see builtin_signature.h
    int least;
    int most;    // -1: any number
    bool varies; // not the same at each evaluation: never folded
    BuiltinCall call;
} Builtin;

extern Registry builtins;

#define BUILTIN_FULL(identifier, name_text, parameter_text, fewest, greatest, changes)             \
    static Value builtin_##identifier(Machine *machine, const Value *arguments, size_t count);     \
    static const Builtin entry_##identifier = {name_text, parameter_text, fewest,                  \
                                               greatest,  changes,        builtin_##identifier};   \
    REGISTER(builtins, builtin_##identifier, name_text, &entry_##identifier);                      \
    static Value builtin_##identifier([[maybe_unused]] Machine *machine,                           \
                                      [[maybe_unused]] const Value *arguments,                     \
                                      [[maybe_unused]] size_t count)

#define BUILTIN(identifier, name_text, parameter_text, fewest, greatest)                           \
    BUILTIN_FULL(identifier, name_text, parameter_text, fewest, greatest, false)

const Builtin *builtin_find(const char *name); // NULL when there is none
// Functions beyond the standard stand behind a name of their own: "millrace.format number".
bool builtin_is_extension(const Builtin *builtin);
const NameScope *builtin_spaced_names(void); // the names that hold spaces or dots
// The position of a parameter among those of one form, -1 when no form has all the names.
bool builtin_positions(const Builtin *builtin, const Parameter *names, size_t count, int *positions,
                       int *length);
Value builtin_call(Machine *machine, const Builtin *builtin, const Value *arguments, size_t count);

// Arguments, brought to the wanted kind (a list of one stands for its item). False, with a
// diagnostic, when it is another.
bool argument_number(Machine *machine, const Value *arguments, size_t index, Decimal *out);
bool argument_integer(Machine *machine, const Value *arguments, size_t index, int64_t *out);
bool argument_text(Machine *machine, const Value *arguments, size_t index, Text *out);
bool argument_boolean(Machine *machine, const Value *arguments, size_t index, bool *out);
bool argument_context(Machine *machine, const Value *arguments, size_t index, Value *out);
bool argument_function(Machine *machine, const Value *arguments, size_t index, Value *out);
// A value that is no list stands for the list of it; null is refused.
bool argument_list(Machine *machine, const Value *arguments, size_t index, ValueList *out);
// The items of a function that takes either one list or any number of arguments.
bool argument_items(Machine *machine, const Value *arguments, size_t count, ValueList *out);
// The unwrapped singleton, whatever its kind.
Value argument_single(const Value *arguments, size_t index);
Value argument_mismatch(Machine *machine, size_t index, const char *wanted, Value got);

#endif
