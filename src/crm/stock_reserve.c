// SPDX-License-Identifier: Apache-2.0
// stock.reserve: holds the goods of an order.
#include "crm/orders.h"
#include "crm/stock.h"
#include "process/function_point.h"

FUNCTION_POINT(stock_reserve, "stock.reserve",
               "Reserves the products of an order's lines; what is short stands as a back order.",
               "order", "lines, short")
{
    Record *order;
    TRY(input_record(cx, input, "order", "sales_order", &order));
    int64_t lines;
    int64_t short_lines;
    TRY(stock_hold(cx, order, &lines, &short_lines));
    Value result = value_context(cx->arena);
    value_set(cx->arena, result, "lines", value_integer(lines));
    value_set(cx->arena, result, "short", value_integer(short_lines));
    *output = result;
    return NULL;
}
