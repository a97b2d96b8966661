// SPDX-License-Identifier: Apache-2.0
// FEEL types (DMN 1.5, 10.3.2.9): conformance, coercion, and the constraints of item definitions.
#ifndef MILLRACE_FEEL_TYPE_H
#define MILLRACE_FEEL_TYPE_H

#include "base/ctx.h"
#include "base/value.h"

typedef struct FeelType FeelType;
typedef struct Machine Machine;

typedef enum FeelTypeKind {
    TYPE_ANY,
    TYPE_NULL,
    TYPE_BOOLEAN,
    TYPE_NUMBER,
    TYPE_TEXT,
    TYPE_DATE,
    TYPE_TIME,
    TYPE_DATE_TIME,
    TYPE_DAYS_DURATION,
    TYPE_MONTHS_DURATION,
    TYPE_LIST,     // of element
    TYPE_CONTEXT,  // of fields
    TYPE_RANGE,    // of element
    TYPE_FUNCTION, // fields are the parameters, element the result
} FeelTypeKind;

// The kind that a value of the type has; of TYPE_ANY it says nothing.
extern const ValueKind feel_type_kinds[TYPE_FUNCTION + 1];

typedef struct FeelField {
    const char *name;
    const FeelType *type;
} FeelField;

struct FeelType {
    FeelTypeKind kind;
    const char *name; // of the item definition, or NULL
    const FeelType *element;
    const FeelField *fields;
    size_t field_count;
    const FeelType *base; // a value must be of this type too, or NULL
    // Unary tests that a value must pass: allowed values, and the constraint of a whole list.
    const struct Feel *allowed;
    const struct Feel *constraint;
};

// "number", "date and time", "days and time duration", ... NULL when it is no built-in type.
const FeelType *feel_type_named(const char *name);
const FeelType *feel_type_list(Arena *arena, const FeelType *element);
const char *feel_type_text(Arena *arena, const FeelType *type);

// Whether the value is an instance of the type (null is an instance of Null alone), whatever its
// allowed values are.
bool feel_instance_of(Machine *machine, Value value, const FeelType *type);
// Whether it is one, and meets the allowed values and the constraints of the type as well.
bool feel_conforms(Machine *machine, Value value, const FeelType *type);
// Brings a value to a type (DMN 1.5, 10.3.2.9.4: to and from singleton lists, date to date and
// time); null with a diagnostic when it does not conform.
Value feel_coerce(Machine *machine, Value value, const FeelType *type);

#endif
