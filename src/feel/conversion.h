// SPDX-License-Identifier: Apache-2.0
// Texts to values and back.
#ifndef MILLRACE_FEEL_CONVERSION_H
#define MILLRACE_FEEL_CONVERSION_H

#include "base/value.h"

// The value of an at-literal: a date, time, date and time or duration. False when it is none.
bool feel_temporal_parse(Arena *arena, const char *text, size_t length, Value *out);
bool feel_duration_parse(const char *text, size_t length, Value *out);
bool feel_date_time_parse(Arena *arena, const char *text, size_t length, Value *out);

// The text string() gives: unquoted at the top.
Text feel_string(Arena *arena, Value value);

#endif
