// SPDX-License-Identifier: Apache-2.0
// Departments as every answer shows them: {key, name, colour}, the name in the unit's language.
#ifndef MILLRACE_RECORD_DEPARTMENT_H
#define MILLRACE_RECORD_DEPARTMENT_H

#include "base/value.h"

// Read as the system: who may see a step may see whose it is. Null for NULL; a key without a record
// is its own name.
FALLIBLE department_value(Ctx *cx, const char *key, Value *out);

// The list of those that the actor may read.
FALLIBLE departments_value(Ctx *cx, Value *out);

#endif
