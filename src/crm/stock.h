// SPDX-License-Identifier: Apache-2.0
// Reservations of stock: what is held of a product for an order.
//
// A reservation keeps its own quantity, so that releasing gives back what was taken, whatever
// became of the order's lines since. `product.reserved` is the sum over the open reservations.
#ifndef MILLRACE_CRM_STOCK_H
#define MILLRACE_CRM_STOCK_H

#include "record/record.h"

// Holds what the order's lines ask for; *lines and *short_lines count all lines and those of which
// not enough is in stock (they stand as back orders). An order that holds stock already is left.
FALLIBLE stock_hold(Ctx *cx, const Record *order, int64_t *lines, int64_t *short_lines);
// Gives back what the order still holds; *released counts the products.
FALLIBLE stock_give_back(Ctx *cx, const Record *order, int64_t *released);
// Takes what the order holds out of the stock: it is shipped. A stock below zero is a back order
// that was shipped before it was booked in.
FALLIBLE stock_take_out(Ctx *cx, const Record *order, int64_t *issued);

#endif
