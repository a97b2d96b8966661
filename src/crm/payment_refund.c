// SPDX-License-Identifier: Apache-2.0
// payment.refund: asks the payment system to return a prepayment, once this unit of work stands.
#include "base/ids.h"
#include "crm/orders.h"
#include "process/function_point.h"
#include "process/process.h"

FUNCTION_POINT(payment_refund, "payment.refund",
               "Puts the refund of a prepayment into the outbox; nothing paid, nothing refunded.",
               "order, amount", "refunded")
{
    Record *order;
    TRY(input_record(cx, input, "order", "sales_order", &order));
    const Value *given = value_get(input, "amount");
    Decimal amount = decimal_from_integer(0);
    if (given && given->kind != VALUE_NULL)
        TRY(input_number(cx, input, "amount", &amount));

    Value result = value_context(cx->arena);
    value_set(cx->arena, result, "refunded", value_number(amount));
    if (!decimal_is_zero(amount)) {
        Value payload = value_context(cx->arena);
        value_set(cx->arena, payload, "order", value_text(id_text(cx->arena, order->id)));
        value_set(cx->arena, payload, "amount", value_number(amount));
        TRY(outbox_message_send(cx, "payment.refund", record_label(order), payload));
    }
    *output = result;
    return NULL;
}
