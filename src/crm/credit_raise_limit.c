// SPDX-License-Identifier: Apache-2.0
// credit.raise_limit: applies a granted limit to the account's credit profile.
#include "base/ids.h"
#include "crm/orders.h"
#include "process/function_point.h"

FUNCTION_POINT(credit_raise_limit, "credit.raise_limit",
               "Sets the limit of the account's credit profile, and makes the profile if need be.",
               "customer, limit", "limit")
{
    Record *account;
    Decimal limit;
    TRY(input_record(cx, input, "customer", "account", &account));
    TRY(input_number(cx, input, "limit", &limit));

    Record *profile;
    TRY(credit_profile_of(cx, account->id, &profile));
    Value fields = value_context(cx->arena);
    value_set(cx->arena, fields, "limit", value_number(limit));
    if (profile) {
        TRY(record_change(cx, "credit_profile", profile->id, 0, fields, &profile));
    } else {
        value_set(cx->arena, fields, "account", value_text(id_text(cx->arena, account->id)));
        TRY(record_create(cx, "credit_profile", fields, &profile));
    }
    Value result = value_context(cx->arena);
    value_set(cx->arena, result, "limit", value_number(record_decimal(profile, "limit")));
    *output = result;
    return NULL;
}
