// SPDX-License-Identifier: Apache-2.0
// stock.issue: the goods of an order leave the stock.
#include "crm/orders.h"
#include "crm/stock.h"
#include "process/function_point.h"

FUNCTION_POINT(stock_issue, "stock.issue", "Takes what an order holds out of the stock.", "order",
               "issued")
{
    Record *order;
    TRY(input_record(cx, input, "order", "sales_order", &order));
    int64_t issued;
    TRY(stock_take_out(cx, order, &issued));
    Value result = value_context(cx->arena);
    value_set(cx->arena, result, "issued", value_integer(issued));
    *output = result;
    return NULL;
}
