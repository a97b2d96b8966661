// SPDX-License-Identifier: Apache-2.0
// Writing models: a copy of the document, in which one element may be replaced by a built one.
#ifndef MILLRACE_DMN_WRITE_H
#define MILLRACE_DMN_WRITE_H

#include "dmn/model.h"

typedef struct TreeEdit {
    const XmlNode *replaced; // of the model's document
    XmlNode *replacement;    // in the words of DMN 1.5
} TreeEdit;

char *dmn_write_edited(Ctx *cx, const Dmn *model, const TreeEdit *edit); // `edit` may be NULL

void tree_append(XmlNode *parent, XmlNode *child);
XmlNode *tree_element(Arena *arena, const XmlNode *like, XmlNode *parent, const char *name);
void tree_attribute(Arena *arena, XmlNode *node, const char *name, const char *value);
void tree_text(Arena *arena, XmlNode *parent, const char *text);

#endif
