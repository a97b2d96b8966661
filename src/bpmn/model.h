// SPDX-License-Identifier: Apache-2.0
// A BPMN 2.0 model as read: the document, its exact bytes, its elements by id.
//
// The document tree is the model: nothing is thrown away, so foreign extensions, the diagram and
// the order of things survive; bpmn/graph.h compiles a process of it for running. Everything that
// is wrong or not supported is gathered as problems, all at once, each with element and line.
#ifndef MILLRACE_BPMN_MODEL_H
#define MILLRACE_BPMN_MODEL_H

#include "base/map.h"
#include "base/value.h"
#include "base/xml.h"

#define BPMN_SPACE "http://www.omg.org/spec/BPMN/20100524/MODEL"
#define MILLRACE_SPACE "https://millrace.example/ns/1.0"

#define LIMIT_BPMN_PROBLEMS 200

typedef struct BpmnProblem {
    const char *rule;    // for programs: the standard's ("EXT096", see docs/bpmn-rules.md), or a
                         // word of our own ("unsupported-element", ...)
    const char *element; // id of the element, or its name where it has no id
    int line;
    const char *message; // short, lower case: what and why
    const char *hint;    // what to do; NULL when there is nothing to say
    bool warning;        // does not block a deployment
    const XmlNode *node; // NULL: of the whole model
} BpmnProblem;

// Zeroed memory is an empty list.
typedef struct BpmnProblems {
    BpmnProblem *items;
    size_t count;
    size_t capacity;
} BpmnProblems;

typedef struct BpmnFile {
    const char *name; // as whoever gave it calls it; NULL: it has none
    const char *bytes;
    size_t length;
} BpmnFile;

typedef struct BpmnModel BpmnModel;

// An <import> of another BPMN model.
typedef struct BpmnImport {
    const XmlNode *element;
    const BpmnModel *model; // NULL: it was not given
} BpmnImport;

// A model and what it imports, each once, whatever imports whatever.
typedef struct BpmnBundle {
    const BpmnModel **models; // first the one that was read
    size_t count;
} BpmnBundle;

struct BpmnModel {
    const char *file;   // the last part of its name; NULL: it has none
    const char *source; // the exact bytes, copied
    size_t source_length;
    const XmlNode *root; // <definitions>
    const char *target_namespace;
    Map *elements;                   // id -> const XmlNode *
    const XmlNode *const *processes; // all <process> elements, in order
    size_t process_count;
    const char *process_id; // of the first executable process, else of the first; NULL: none
    BpmnImport *imports;
    size_t import_count;
    const BpmnBundle *bundle;
};

// Reads a model. XML that is not well-formed and a root that is not <definitions> are an Error;
// duplicate ids become problems.
FALLIBLE bpmn_read(Ctx *cx, const char *xml, size_t length, const BpmnModel **out,
                   BpmnProblems *problems);

// The same with other files, among which those that it imports are found by the last part of their
// `location`, and those that these import. What is wrong with those, other than that they are no
// BPMN models, is not told.
FALLIBLE bpmn_read_with(Ctx *cx, const BpmnFile *file, const BpmnFile *others, size_t count,
                        const BpmnModel **out, BpmnProblems *problems);

const char *bpmn_file_name(const char *path); // its last part

// Adds a problem for everything that the standard forbids in the whole document: its schema (rule
// "XSD"), its references ("REF"), and the rules that a schema cannot say ("EXT001" ...). Whether
// the engine can run it is said by bpmn_compile.
void bpmn_check(Ctx *cx, const BpmnModel *model, BpmnProblems *problems);

// The element of the model itself with that id, or NULL. A qualified name ("tns:order") is taken by
// its local part.
const XmlNode *bpmn_element(const BpmnModel *model, const char *id);

// What a reference means that stands in the element `at`, of the model or of one that it imports: a
// name in the namespace of an imported model is an element of that. NULL when there is none.
const XmlNode *bpmn_refer(const BpmnModel *model, const XmlNode *at, const char *name);

// The imported model whose namespace the prefix of that name stands for; NULL: it is none.
const BpmnModel *bpmn_imported(const BpmnModel *model, const XmlNode *at, const char *name);

// Adds a problem of the element; `format` is the message, hint may be NULL.
__attribute__((format(printf, 6, 7))) void bpmn_problem(Ctx *cx, BpmnProblems *problems,
                                                        const XmlNode *element, const char *rule,
                                                        const char *hint, const char *format, ...);

// The same as a warning.
__attribute__((format(printf, 6, 7))) void bpmn_warning(Ctx *cx, BpmnProblems *problems,
                                                        const XmlNode *element, const char *rule,
                                                        const char *hint, const char *format, ...);

bool bpmn_problems_block(const BpmnProblems *problems); // is one of them more than a warning?

// NULL when no problem blocks; else ERR_INVALID that names the first and holds all of them in
// `about`: {problems: [{rule, element, line, message, hint, warning}]}. Both sort them by line.
FALLIBLE bpmn_problems_error(Ctx *cx, BpmnProblems *problems);
Value bpmn_problems_value(Ctx *cx, BpmnProblems *problems);

#endif
