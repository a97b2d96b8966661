// SPDX-License-Identifier: Apache-2.0
// Telephone numbers of records that were there before fields kept E.164.
#include "base/phone.h"

#include "record/catch_up.h"
#include "record/row.h"

static const char *declared(Ctx *cx, const Schema *schema, const Entity *entity)
{
    Buffer *text = buffer_new(cx->arena);
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        if (field->type == FIELD_PHONE)
            buffer_format(text, "%s:%s ", field->name, field->country ? field->country : "");
    }
    if (!text->length)
        return NULL;
    buffer_text(text, schema->country ? schema->country : "");
    return text->bytes;
}

// A number that is refused stays, and with it those behind it in the same record.
static Error *normalise(Ctx *cx, Record *record)
{
    for (size_t i = 0; i < record->entity->field_count; i++) {
        const Field *field = &record->entity->fields[i];
        Value value = *row_at(record, field);
        if (field->type != FIELD_PHONE || value.kind != VALUE_TEXT ||
            phone_is_e164(value.text.bytes))
            continue;
        GateRequest request = {.action = GATE_CHANGE,
                               .entity = record->entity->name,
                               .id = record->id,
                               .changes = value_context(cx->arena),
                               .reason = "kept in the international form"};
        Record *after;
        value_set(cx->arena, request.changes, field->name, value);
        TRY(gate_pass(cx, &request, &after));
    }
    return NULL;
}

const CatchUpTask phone_task = {"phone", declared, normalise};
