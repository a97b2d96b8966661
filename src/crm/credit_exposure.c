// SPDX-License-Identifier: Apache-2.0
// credit.exposure: what an account would owe if this order stood.
#include "crm/orders.h"
#include "db/db.h"
#include "process/function_point.h"

// The table belongs to a pack, so the text is not among the queries that every database must know.
// What was paid before delivery is no exposure.
static const char *const open_orders =
    "SELECT CAST(COALESCE(SUM(total - COALESCE(prepaid_amount, 0)), 0) AS BIGINT) AS owed"
    " FROM sales_order WHERE customer = $1 AND id <> $2 AND status IN ('credit_check',"
    " 'over_limit', 'awaiting_prepayment', 'limit_review', 'accepted', 'allocated', 'shipped',"
    " 'invoiced')";

FUNCTION_POINT(credit_exposure, "credit.exposure",
               "Adds this order to the account's open orders and reads its limit and overdue days.",
               "order", "exposure, limit, overdue_days")
{
    Record *order;
    TRY(input_record(cx, input, "order", "sales_order", &order));
    Id account = record_reference(order, "customer");

    Rows rows;
    Cell cells[] = {cell_integer(account), cell_integer(order->id)};
    TRY(db_built_rows(cx, &rows, open_orders, cells, 2));
    int scale = entity_field(order->entity, "total")->scale;
    Decimal owed = decimal_scaled(row_integer(&rows.items[0], "owed"), -scale);
    Decimal exposure;
    if (!decimal_add(owed, record_decimal(order, "total"), &exposure))
        return FAIL(cx, ERR_LIMIT, "the exposure of this account is too large to add up");

    // An account without a credit profile has no credit.
    Record *profile;
    TRY(credit_profile_of(cx, account, &profile));
    Value result = value_context(cx->arena);
    value_set(cx->arena, result, "exposure", value_number(exposure));
    value_set(cx->arena, result, "limit",
              value_number(profile ? record_decimal(profile, "limit") : decimal_from_integer(0)));
    value_set(cx->arena, result, "overdue_days",
              value_integer(profile ? record_integer(profile, "overdue_days") : 0));
    *output = result;
    return NULL;
}
