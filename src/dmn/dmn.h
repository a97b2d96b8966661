// SPDX-License-Identifier: Apache-2.0
// DMN (OMG DMN 1.5; models of 1.1 to 1.5): read a model, compile it, evaluate its decisions.
//
// A compiled model lives in the arena it was read in and is read-only. Everything refused is
// refused by name, with the element and its line.
#ifndef MILLRACE_DMN_DMN_H
#define MILLRACE_DMN_DMN_H

#include "base/xlsx.h"
#include "feel/feel.h"

typedef struct Dmn Dmn;

FALLIBLE dmn_read(Ctx *cx, const char *xml, size_t length, const Dmn **out);

// Where imported models come from: gives the bytes of the model with the namespace, or false.
typedef struct DmnLibrary {
    bool (*find)(Ctx *cx, void *data, const char *name_space, const char **xml, size_t *length);
    void *data;
} DmnLibrary;
FALLIBLE dmn_read_with(Ctx *cx, const char *xml, size_t length, const DmnLibrary *library,
                       const Dmn **out);

// The model as DMN 1.5, whatever version it was read in: nothing is lost, not its order, diagram,
// comments or foreign extensions, and evaluation gives the same. Models that it imports are written
// by themselves.
char *dmn_write(Ctx *cx, const Dmn *model);

// What is wrong in a model that could be read: an expression that does not parse answers null with
// a diagnostic when it is evaluated. A deployment refuses models with problems.
typedef struct DmnProblem {
    const char *element; // name of the decision or the business knowledge model
    int line;            // in the model
    int from;            // bytes of the expression's text; both 0 when it is not about one
    int to;
    const char *message;
} DmnProblem;
size_t dmn_problem_count(const Dmn *model);
const DmnProblem *dmn_problem(const Dmn *model, size_t index);
// ERR_INVALID with the element and the line of the first problem, and with all in `about`; NULL
// when there is none.
FALLIBLE dmn_require_sound(Ctx *cx, const Dmn *model);

const char *dmn_name(const Dmn *model);
// The expressions and tests of the model, as they are written, in the order of reading.
size_t dmn_text_count(const Dmn *model);
const char *dmn_text(const Dmn *model, size_t index);
size_t dmn_decision_count(const Dmn *model);
const char *dmn_decision_id(const Dmn *model, size_t index); // NULL: the model gives none
const char *dmn_decision_name(const Dmn *model, size_t index);

// Inputs as they come over JSON, which has no dates, times and durations: text becomes one where
// the type of the input, or of the decision that is given, asks for it, inside lists and contexts
// too.
Value dmn_inputs(Ctx *cx, const Dmn *model, Value json);

// `decision` is an id or a name. `inputs` is a context. `diagnostics` may be NULL; `trace`, when
// not NULL, gets a context value, a frame: {decision, requires: [names], inputs, result, required:
// [frames of all decisions that were made for it, in their order], calls: [frames of knowledge,
// services, and of tables inside another expression]}. A frame whose logic is a decision table also
// has {hitPolicy, rules: [{rule, matched, entries: [{test, met}]}], fired: [rules], why}; a large
// table shows the rules that match and `rulesLeftOut`. `leftOut` says that frames are missing.
FALLIBLE dmn_evaluate(Ctx *cx, const Dmn *model, const char *decision, Value inputs,
                      FeelDiagnostics *diagnostics, Value *trace, Value *out);

// Invokes a business knowledge model or a decision service by id or name; `inputs` is a context of
// its parameters, those left out are null.
FALLIBLE dmn_invoke(Ctx *cx, const Dmn *model, const char *invocable, Value inputs,
                    FeelDiagnostics *diagnostics, Value *out);

// --- Decision tables as sheets; the layout is in docs/dmn.md -------------------------------------

// The table of the decision or the knowledge model of that id or name, as a list of rows, each a
// list of texts, numbers, booleans and dates. ERR_NOT_FOUND without such an element, ERR_INVALID
// when its logic is no decision table.
FALLIBLE dmn_table_rows(Ctx *cx, const Dmn *model, const char *element, Value *out);

// Gives the rows of a sheet, one a call; *row = NULL behind the last one. `kind` says what a cell
// of the row at hand is.
typedef struct DmnSheet {
    Error *(*next)(Ctx *cx, void *state, const CsvRow **row);
    XlsxKind (*kind)(void *state, size_t column); // NULL: all are text
    void *state;
    const char *name; // of the sheet, for messages; NULL when there is none
} DmnSheet;

// The model with its table (or as the logic of a decision that has none) taken from the sheet, as
// DMN 1.5. Rules that keep their number keep their id and description. What is wrong is ERR_INVALID
// with line, column and the cell.
FALLIBLE dmn_table_replace(Ctx *cx, const Dmn *model, const char *element, const DmnSheet *sheet,
                           char **out);

// What the check of a model found. Of a decision table: combinations of inputs that no rule speaks
// of, that several speak of with different results under a policy that forbids it, rules that can
// never fire, and what its hit policy lacks. Of every expression: what can only be null, by the
// types of what it requires. None of it keeps a model from being deployed.
typedef enum DmnFindingKind {
    DMN_GAP,
    DMN_OVERLAP,
    DMN_UNREACHABLE,
    DMN_NOT_ANALYSED, // a column holds more than literals, or the table is too big; `where` says
                      // which
    DMN_POLICY,       // `message` says what
    DMN_TYPE,         // `message` and `hint` say what
} DmnFindingKind;

typedef struct DmnFinding {
    DmnFindingKind kind;
    const char *element;
    int line;            // in the model: of the table, or of the text
    size_t rule;         // from 1; 0 when there is none
    size_t other_rule;   // of an overlap
    const char *where;   // "total: [0..10), region: \"eu\"", NULL when there is none
    const char *message; // in the reader's language
    const char *hint;    // NULL when there is none
    int from;            // bytes of the expression's text; both 0 when it is not about one
    int to;
} DmnFinding;

// At most LIMIT_DMN_FINDINGS a table; finds all that there is within a budget of steps.
#define LIMIT_DMN_FINDINGS 100
FALLIBLE dmn_check(Ctx *cx, const Dmn *model, DmnFinding **findings, size_t *count);
// Problems and findings for programs: a list of {kind, element, line, message, and where they say
// something from, to, hint, rule, otherRule, where}; the kind is "problem", "gap", "overlap",
// "unreachable", "not analysed", "policy" or "type".
FALLIBLE dmn_check_value(Ctx *cx, const Dmn *model, Value *out);

#endif
