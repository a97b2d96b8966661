// SPDX-License-Identifier: Apache-2.0
// What the function points of the order flow share: reading the record that a step names.
#ifndef MILLRACE_CRM_ORDERS_H
#define MILLRACE_CRM_ORDERS_H

#include "record/record.h"

// The record whose id the input `name` holds; ERR_INVALID when the input holds none.
FALLIBLE input_record(Ctx *cx, Value input, const char *name, const char *entity, Record **out);
// The number that the input `name` holds; ERR_INVALID when it holds none.
FALLIBLE input_number(Ctx *cx, Value input, const char *name, Decimal *out);
// The credit profile of an account, NULL when it has none.
FALLIBLE credit_profile_of(Ctx *cx, Id account, Record **out);

#endif
