// SPDX-License-Identifier: Apache-2.0
// stock.release: gives the goods of an order back; the compensation of stock.reserve.
#include "crm/orders.h"
#include "crm/stock.h"
#include "process/function_point.h"

FUNCTION_POINT(stock_release, "stock.release", "Releases what an order still holds in stock.",
               "order", "released")
{
    Record *order;
    TRY(input_record(cx, input, "order", "sales_order", &order));
    int64_t released;
    TRY(stock_give_back(cx, order, &released));
    Value result = value_context(cx->arena);
    value_set(cx->arena, result, "released", value_integer(released));
    *output = result;
    return NULL;
}
