// SPDX-License-Identifier: Apache-2.0
// Address: the value of fields of the type address.
//
// A context of the five parts, each a text or null: street (up to ADDRESS_LINES lines),
// postal_code, city, region, country (ISO 3166-1 alpha-2). As one text, in sheets, the parts stand
// in this order with "|" between them and "/" between the street's lines: "Hafenstr. 1 / Hof |
// 28195 | Bremen | | DE". In the column they stand with U+001F between them, so that words are
// found in it as they are.
#ifndef MILLRACE_RECORD_ADDRESS_H
#define MILLRACE_RECORD_ADDRESS_H

#include "record/schema.h"

#define ADDRESS_LINES 4

// From a context, from the text above or from a context as JSON; null where all parts are empty.
// ERR_INVALID with the field and what is wrong with which part.
FALLIBLE address_read(Ctx *cx, const Field *field, Value given, Value *out);

const char *address_column(Ctx *cx, Value address);
Value address_of_column(Ctx *cx, Text column);
// The text of sheets, and the parts that are there with spaces between them, as search sees them.
const char *address_text(Ctx *cx, Value address);
const char *address_words(Ctx *cx, Value address);

// The codes of all countries, in order.
Value address_countries(Ctx *cx);

#endif
