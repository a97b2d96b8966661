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

#endif
