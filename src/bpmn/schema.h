// SPDX-License-Identifier: Apache-2.0
// What the schema of BPMN 2.0.2 says: types, their attributes and children, what references lead
// to.
//
// The table (schema_types.c) is the standard's Semantic.xsd in short, with the kinds of elements
// that its metamodel names for each reference. schema.c walks a model by it. The order of children
// is not asked: tools differ in it, and no meaning depends on it.
#ifndef MILLRACE_BPMN_SCHEMA_H
#define MILLRACE_BPMN_SCHEMA_H

#include "bpmn/model.h"

// Attributes and children are words: a name, then what it is, then (children) how often.
//
//   name:boolean  a value: boolean, integer, id, uri, qname, text, or words with | between
//   name=a,b      a reference to an element of the kind a or b; * any; @data, @talks as below
//   name~a        if an element of the model has that id it is an a; else it is somewhere else
//   name!:text    the attribute is required
//   child child:type, child=a   the child's type when it is not its name's; a reference as content
//   ? * + ! ++ !2   0..1, any, at least 1, exactly 1, at least 2, 1 or 2
typedef struct SchemaType {
    const char *name; // of the element, and of the type behind it
    const char *base; // "" when it has none
    bool abstract;    // no element of a document has it
    const char *attributes;
    const char *children; // "any*": anything
} SchemaType;

// NULL when BPMN has no such type.
const SchemaType *schema_type(const char *name);

// Is the type `kind`, or derived from it?
bool schema_derives(const char *type, const char *kind);

// Is the element of that kind ("activity", "event", "baseElement", ...)? NULL is of no kind.
bool schema_is(const XmlNode *element, const char *kind);

// Adds a problem (rules "XSD" and "REF") for each thing that the schema does not allow.
void schema_check(Ctx *cx, const BpmnModel *model, BpmnProblems *problems);

#endif
