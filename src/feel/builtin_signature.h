// SPDX-License-Identifier: Apache-2.0
// Signatures of built-in functions, read from the text they are registered with.
//
// "string: string, start position: number, length: number -> string". Forms are separated by "|"; a
// form without a result has that of the last one. A type is one of FEEL or several with "or"
// between, "duration", "point" (whatever has an order) or "function". "list: number..." takes one
// list or any number of arguments. The results "same" and "item" are the type of the first
// argument, and that of its items.
#ifndef MILLRACE_FEEL_BUILTIN_SIGNATURE_H
#define MILLRACE_FEEL_BUILTIN_SIGNATURE_H

#include "feel/check_internal.h"

typedef enum SignatureResult { RESULT_TYPE, RESULT_SAME, RESULT_ITEM } SignatureResult;

typedef struct SignatureForm {
    const char *text; // as it was written, without the result
    const char **names;
    Shape *shapes;
    size_t count;
    bool any_number; // the last parameter repeats
    SignatureResult rule;
    Shape result;
    const char *result_text;
} SignatureForm;

typedef struct Signature {
    SignatureForm *forms;
    size_t count;
} Signature;

const Signature *builtin_signature(Ctx *cx, const Builtin *builtin);

#endif
