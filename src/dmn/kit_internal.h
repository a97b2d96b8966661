// SPDX-License-Identifier: Apache-2.0
// What the files of the kit share.
#ifndef MILLRACE_DMN_KIT_INTERNAL_H
#define MILLRACE_DMN_KIT_INTERNAL_H

#include "dmn/kit.h"
#include "dmn/model.h"

FALLIBLE kit_read_file(Ctx *cx, const char *path, char **bytes, size_t *length);
// The model a test file names, with those beside it as imports.
FALLIBLE kit_read_model(Ctx *cx, const char *folder, const char *name, const KitOptions *options,
                        const Dmn **out);
// A value as the kit writes it: <value xsi:type>, <list>, <component>.
Value kit_value(Arena *arena, const XmlNode *node);
// Sets *otherwise when a number agrees but is written in another way.
bool kit_same(Arena *arena, Value expected, Value actual, bool *otherwise);

#endif
