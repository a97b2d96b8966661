// SPDX-License-Identifier: Apache-2.0
// The compiled form of a model, shared by the files of this room.
#ifndef MILLRACE_DMN_MODEL_H
#define MILLRACE_DMN_MODEL_H

#include "base/map.h"
#include "base/xml.h"
#include "dmn/dmn.h"
#include "feel/compile.h"
#include "feel/machine.h"
#include "feel/parser.h"

#define LIMIT_DMN_IMPORTS 50 // models read for one
#define LIMIT_DMN_DEPTH 100  // nesting of boxed expressions, decisions and types

typedef enum ElementKind {
    ELEMENT_INPUT,
    ELEMENT_DECISION,
    ELEMENT_KNOWLEDGE, // business knowledge model
    ELEMENT_SERVICE,
} ElementKind;

typedef struct Element Element;

struct Element {
    ElementKind kind;
    const char *id;
    const char *name;
    size_t index; // over all models read together
    const XmlNode *node;
    const Dmn *model;
    const FeelType *type;          // of its variable, NULL when it has none
    ARRAY(Element *) requirements; // inputs, decisions, knowledge
    const Feel *feel;              // NULL: no logic
    const Node *tree;              // what it was compiled from
    // Of a decision service.
    ARRAY(Element *) outputs;
    ARRAY(Element *) parameters; // input data, then input decisions
    Parameter *signature;
    ARRAY(const char *) parameter_names; // of knowledge
};

typedef struct Import {
    const char *name;
    const Dmn *model;
} Import;

typedef struct NamedTable {
    const char *element; // in whose logic it stands
    const struct Table *table;
} NamedTable;

// A text of the model that was parsed, for the lines of what is found in it.
typedef struct SourceText {
    const char *text;
    const XmlNode *node; // its <text>
} SourceText;

// All models that are read together, for one root.
typedef struct Universe {
    ARRAY(Dmn *) models;
    ARRAY(const char *) members; // names with spaces or symbols that stand behind a dot
    Map *member_set;             // the same, each once
    size_t element_count;
    const DmnLibrary *library;
} Universe;

struct Dmn {
    const char *name;
    const char *space;
    const XmlNode *root;
    const char *prologue; // comments before the root
    Universe *universe;
    ARRAY(Element *) elements;
    ARRAY(const Element *) decisions;
    Map *ids;             // to elements
    Map *decision_names;  // to elements; the first of a name
    Map *invocable_names; // of knowledge and services
    ARRAY(Import) imports;
    ARRAY(const char *) type_names;
    ARRAY(const FeelType *) types;
    Map *types_by_name;
    ARRAY(DmnProblem) problems;
    ARRAY(NamedTable) tables;
    ARRAY(SourceText) sources;
};

typedef ARRAY(DmnFinding) DmnFindings;

typedef struct Reader {
    Ctx *cx;
    Arena *arena;
    Dmn *model;
    const Element *element; // whose logic is read
    int depth;
} Reader;

// Children of the model's own namespace (that of the root), whatever version of DMN it is.
const XmlNode *dmn_child(const XmlNode *node, const char *name);
const XmlNode *dmn_next(const XmlNode *node, const char *name);
const char *dmn_child_text(Arena *arena, const XmlNode *node, const char *name);
// The name behind which an element sees one of another model; "" for one of its own.
const char *dmn_import_name(const Element *from, const Element *to);
// The names that the logic of an element sees.
NameScope *dmn_scope(Reader *reader, const Element *element);
void dmn_note(Reader *reader, const XmlNode *node, const char *message);
// The line of the model on which the byte of a parsed text stands; 0 when the text is not known.
int dmn_line(const Dmn *model, const char *text, int from);

// types.c: reads all item definitions; resolves a type reference (NULL: any).
FALLIBLE types_read(Reader *reader);
// NULL when there is none of that name.
const FeelType *types_find(const Dmn *model, const char *name);
const FeelType *types_resolve(Reader *reader, const XmlNode *at, const char *reference);
// The type of a typeRef attribute or child; NULL when there is none.
const FeelType *types_of(Reader *reader, const XmlNode *node);

// boxed.c: an expression to its tree. `scope` are the names around it.
FALLIBLE boxed_read(Reader *reader, const XmlNode *node, const NameScope *scope, Node **out);
const XmlNode *boxed_expression(const XmlNode *parent); // the first expression among the children
// With the names and types of the model around it.
FALLIBLE boxed_parse(Reader *reader, const char *text, bool tests, const NameScope *scope,
                     Node **out);
FALLIBLE boxed_text(Reader *reader, const XmlNode *node, const char *text, bool tests,
                    const NameScope *scope, Node **out);
NameScope *boxed_scope(Reader *reader, const char *name, const NameScope *outer);
Node *boxed_typed(Reader *reader, Node *node, const FeelType *type);
FALLIBLE boxed_function(Reader *reader, const XmlNode *node, const NameScope *scope, Node **out);

// table.c
FALLIBLE table_read(Reader *reader, const XmlNode *node, const NameScope *scope, Node **out);

// type_check.c
void type_check(Ctx *cx, const Dmn *model, DmnFindings *findings);
const FeelType *knowledge_checked(struct FeelChecker *checker, const Hook *hook,
                                  const NodeList *parts);

// evaluate.c
Value knowledge_traced(Machine *machine, const Hook *hook, Value *slots);
typedef struct Evaluation {
    Machine machine;
    Value inputs;
    Value *results; // by index of element
    uint8_t *states;
    const Element *root;
    struct TraceFrame *frame; // the innermost one, NULL when nobody asks
    size_t *frames_left;
} Evaluation;

#endif
