// SPDX-License-Identifier: Apache-2.0
#include "crm/orders.h"

#include "base/ids.h"

FALLIBLE input_record(Ctx *cx, Value input, const char *name, const char *entity, Record **out)
{
    const char *text = value_get_text(input, name);
    Id id = 0;
    if (!text || !id_parse(text, &id))
        return error_field(
            FAIL(cx, ERR_INVALID, "the input '%s' must be the id of a record of %s", name, entity),
            name);
    return record_get(cx, entity, id, out);
}

FALLIBLE input_number(Ctx *cx, Value input, const char *name, Decimal *out)
{
    const Value *value = value_get(input, name);
    if (!value || value->kind != VALUE_NUMBER)
        return error_field(FAIL(cx, ERR_INVALID, "the input '%s' must be a number", name), name);
    *out = value->number;
    return NULL;
}

FALLIBLE credit_profile_of(Ctx *cx, Id account, Record **out)
{
    return record_find(cx, "credit_profile", "account", value_text(id_text(cx->arena, account)),
                       out);
}
