// SPDX-License-Identifier: Apache-2.0
// XML: a stranger's document as a small tree in the arena; libxml2 stands behind this one file.
//
// Safe on hostile bytes: nothing is fetched, a document type declaration is refused by name (so
// there are no entities, external or growing), and size, depth, attributes and nodes are limited.
// Namespaces are resolved: `space` is the URI, "" when there is none. Children keep their order,
// with texts and comments between them, so that a document can be written again without a loss.
// The tree is read-only and lives as long as the arena; all text is UTF-8 whatever the document's
// encoding was.
#ifndef MILLRACE_BASE_XML_H
#define MILLRACE_BASE_XML_H

#include "base/ctx.h"
#include "base/text.h"

#define LIMIT_XML_BYTES (8UL * 1024 * 1024)
#define LIMIT_XML_DEPTH 200
#define LIMIT_XML_ATTRIBUTES 200 // of one element
#define LIMIT_XML_NODES 400000

typedef enum XmlKind {
    XML_ELEMENT,
    XML_TEXT, // adjoining texts and CDATA sections are one node
    XML_COMMENT,
    XML_INSTRUCTION, // `name` is the target, `text` the rest
} XmlKind;

typedef struct XmlAttribute {
    const char *space; // "" when the attribute has no prefix
    const char *prefix;
    const char *name;
    const char *value;
} XmlAttribute;

// A namespace declared on an element; the prefix is "" for the default namespace.
typedef struct XmlDeclaration {
    const char *prefix;
    const char *space;
} XmlDeclaration;

typedef struct XmlNode XmlNode;
struct XmlNode {
    XmlKind kind;
    int line; // from 1; where the start tag ends
    const char *space;
    const char *prefix;
    const char *name; // local name
    const char *text; // of texts, comments and instructions; NULL for an element
    XmlAttribute *attributes;
    size_t attribute_count;
    XmlDeclaration *declarations;
    size_t declaration_count;
    XmlNode *parent;
    XmlNode *first;
    XmlNode *last;
    XmlNode *next;
};

// The root element. ERR_INVALID with line and column when it is not well-formed or holds a document
// type declaration; ERR_LIMIT when it is too big.
FALLIBLE xml_read(Ctx *cx, const char *bytes, size_t length, const XmlNode **root);

bool xml_is(const XmlNode *node, const char *space, const char *name);

// The first child element, and the next sibling element, of that name. A NULL space or name
// matches any. NULL when there is none; NULL in, NULL out.
const XmlNode *xml_child(const XmlNode *node, const char *space, const char *name);
const XmlNode *xml_next(const XmlNode *node, const char *space, const char *name);

// The value of the attribute without a namespace, or of one in a namespace; NULL when absent.
const char *xml_attribute(const XmlNode *node, const char *name);
const char *xml_attribute_in(const XmlNode *node, const char *space, const char *name);

// All text inside the element, in order, comments left out. "" when there is none.
const char *xml_text(Arena *arena, const XmlNode *node);

// Resolves a qualified name written inside a value ("bpmn:tFormalExpression") with the namespaces
// that are declared at the node. Without a prefix the default namespace holds, "" when none. False
// when the prefix is not declared; then *space is "".
bool xml_qname(Arena *arena, const XmlNode *node, const char *value, const char **space,
               const char **local);

// Appends the element with its own declarations, as it was read but for the quoting.
void xml_write(Buffer *out, const XmlNode *node);

#endif
