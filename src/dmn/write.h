// SPDX-License-Identifier: Apache-2.0
// Writing models: a copy of the document, in which one element may be replaced by a built one.
#ifndef MILLRACE_DMN_WRITE_H
#define MILLRACE_DMN_WRITE_H

#include "dmn/model.h"

typedef struct TreeEdit {
    const XmlNode *replaced; // of the model's document; NULL: nothing
    const XmlNode *parent;   // gets the replacement behind its last child; NULL: none
    XmlNode *replacement;    // in the words of DMN 1.5
} TreeEdit;

char *dmn_write_edited(Ctx *cx, const Dmn *model, const TreeEdit *edit); // `edit` may be NULL

// A copy of a part of the model's document in the words of DMN 1.5; of its start tag alone.
XmlNode *tree_copy(Ctx *cx, const Dmn *model, const XmlNode *node);
XmlNode *tree_copy_head(Ctx *cx, const Dmn *model, const XmlNode *node);

void tree_append(XmlNode *parent, XmlNode *child);
// An element of the model's own language, with the prefix that the model has for it.
XmlNode *tree_element(Arena *arena, const Dmn *model, const char *name);
// Sets an attribute, or takes it away when the value is NULL.
void tree_set(Arena *arena, XmlNode *node, const char *name, const char *value);
void tree_text(Arena *arena, XmlNode *parent, const char *text);

#endif
