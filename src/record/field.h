// SPDX-License-Identifier: Apache-2.0
// Field: a value between its forms: what came in, the typed Value, the column's cell. Not for other
// rooms.
#ifndef MILLRACE_RECORD_FIELD_H
#define MILLRACE_RECORD_FIELD_H

#include "db/db.h"
#include "record/schema.h"

#define FIELD_JSON_BYTES (1024 * 1024)
#define FIELD_TARGETS 500 // that one field leads to

// Whether the column is TEXT, and whether its words may be searched in.
bool field_in_text_column(const Field *field);
bool field_is_text(const Field *field);
// Whether people give its value (or imports, a number): it is not computed, and of the system's
// only owner and department are.
bool field_is_given(const Field *field);
// Whether the search box may look into it, and what it reads there; NULL: nothing.
bool field_is_searchable(const Field *field);
const char *field_words_in(Ctx *cx, const Field *field, Value value);

// The typed form of what came in, as schema.h describes it; an empty text is null. ERR_INVALID with
// the field when it does not fit.
FALLIBLE field_coerce(Ctx *cx, const Field *field, Value given, Value *out);

// The same of a telephone number that is dialled within `region` ("DE"; NULL: nobody knows where)
// when it has no "+"; field_coerce takes the field's own country, or the company's.
FALLIBLE field_coerce_phone(Ctx *cx, const Field *field, Value given, const char *region,
                            Value *out);
// A text of the field as people read it, and as it is searched: telephone numbers are written out.
const char *field_text_shown(Ctx *cx, const Field *field, const char *text);
const char *field_text_searched(Ctx *cx, const Field *field, const char *text);

// Several words in one text, "a; b", as imports and exports have them; of a list with anything but
// texts NULL.
void field_words(Ctx *cx, const char *text, Value *out);
const char *field_words_text(Ctx *cx, Value words);

// A typed value as a cell and back. A cell of another kind than the column's is our own mistake.
Cell field_cell(Ctx *cx, const Field *field, Value value);
FALLIBLE field_value(Ctx *cx, const Field *field, Cell cell, Value *out);

// "entity/id" of a text that names a record; false when it is none, or the packs do not know the
// entity.
bool record_name_read(const Schema *schema, const char *text, const Entity **entity, Id *id);

#endif
