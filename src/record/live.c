// SPDX-License-Identifier: Apache-2.0
#include "record/live.h"

#include "record/field.h"

FALLIBLE computed_value(Ctx *cx, const Field *field, Value scope, Value *out)
{
    Value value;
    TRY(feel_evaluate(cx, field->computed, scope, NULL, &value));
    if (value.kind == VALUE_NUMBER &&
        !decimal_round(value.number, field->scale, ROUND_HALF_EVEN, &value.number))
        return error_field(FAIL(cx, ERR_INVALID, "'%s' is too large", field->name), field->name);
    return field_coerce(cx, field, value, out);
}

FALLIBLE live_compute(Ctx *cx, Record *record)
{
    ValueContext *values = record->fields.context;
    size_t next = 0;
    for (size_t i = 0; i < values->count; i++) {
        const Field *field = entity_field_next(record->entity, values->entries[i].key, &next);
        if (!field || !field->live)
            continue;
        Value value = value_null();
        Error *error = computed_value(cx, field, record->fields, &value);
        if (error && error->code == ERR_LIMIT)
            return error;
        values->entries[i].value = error ? value_null() : value;
    }
    return NULL;
}

FALLIBLE live_refuse(Ctx *cx, const Field *field)
{
    if (!field->live)
        return NULL;
    return error_hint(
        error_field(FAIL(cx, ERR_INVALID,
                         "'%s' is computed when it is read: lists are not filtered, sorted or "
                         "grouped by it",
                         field->name),
                    field->name),
        "'where' may ask for it; a computed field without live is stored.");
}
