// SPDX-License-Identifier: Apache-2.0
// What the files of the check share.
#ifndef MILLRACE_FEEL_CHECK_INTERNAL_H
#define MILLRACE_FEEL_CHECK_INTERNAL_H

#include "feel/builtin.h"
#include "feel/check.h"
#include "feel/code.h"
#include "feel/parser.h"

// The kinds a value can have, one bit each; KIND_NULL is among them for all but literals.
typedef uint32_t Kinds;
#define KIND(kind) ((Kinds)1 << (kind))
#define KIND_NULL KIND(VALUE_NULL)
#define KIND_ANY ((KIND(VALUE_FUNCTION) << 1) - 1)
#define KIND_POINT                                                                                 \
    (KIND(VALUE_NUMBER) | KIND(VALUE_TEXT) | KIND(VALUE_DATE) | KIND(VALUE_TIME) |                 \
     KIND(VALUE_DATE_TIME) | KIND(VALUE_DAYS_DURATION) | KIND(VALUE_MONTHS_DURATION))

// What is known of a value. `type` says more about the lists, contexts, ranges or functions among
// the kinds (of its own kind alone); NULL: nothing more is known.
typedef struct Shape {
    Kinds kinds;
    const FeelType *type;
} Shape;

typedef struct Bound {
    const char *name; // NULL: the item of a filter, whose entries are names
    Shape shape;
    const struct Bound *outer;
} Bound;

// What complete.c asks: the names in scope at a place, and the value before a dot.
typedef struct Probe {
    const char *name; // of the node that stands at the place
    bool found;
    bool path; // it follows a dot; then `left` is what stands before
    Shape left;
    const Bound *bound;
} Probe;

struct FeelChecker {
    Ctx *cx;
    Arena *arena;
    const FeelCheckSetting *setting;
    FeelCheck *out;
    const Bound *bound;
    const char *source;
    Probe *probe; // NULL: nobody asks
    long steps;   // left for comparing types, which may share parts without end
};

// shape.c
Shape shape_any(void);
Shape shape_of(Kinds kinds);
Shape shape_from(const FeelType *type); // a value declared so; NULL: any
Shape shape_list(Arena *arena, Shape element);
const FeelType *shape_type(Arena *arena, Shape shape);
Shape shape_join(FeelChecker *checker, Shape a, Shape b); // one or the other
Shape shape_element(Shape list);                          // of its lists; any when nothing is known
// The kinds without null, of which nothing is known, unless it is null for certain.
Kinds shape_telling(Shape shape);
bool shape_has(Shape shape, ValueKind kind);
const FeelType *shape_detail(Shape shape, FeelTypeKind kind);
// Whether some value of the shape is one of the type, or can be brought to it.
bool shape_may_be(FeelChecker *checker, Shape shape, const FeelType *type);
const char *shape_word(Arena *arena, Shape shape); // "number", "number or string"

// check.c
Shape check_node(FeelChecker *checker, const Node *node);
Shape check_function_call(FeelChecker *checker, const Node *node, Shape function,
                          const Shape *arguments);
__attribute__((format(printf, 6, 7))) Shape check_problem(FeelChecker *checker, int from, int to,
                                                          const char *code, const char *hint,
                                                          const char *format, ...);
const char *check_did_you_mean(FeelChecker *checker, const char *name); // a hint
// Tells when the shape can never be of the type.
void check_wanted(FeelChecker *checker, const Node *node, Shape shape, const FeelType *wanted);
void check_condition(FeelChecker *checker, const Node *node, Shape shape);
const Bound *check_bind(FeelChecker *checker, const char *name,
                        Shape shape); // gives what was before

void check_open(FeelChecker *checker, Ctx *cx, const char *source, const FeelCheckSetting *setting,
                FeelCheck *out);
Shape check_root(FeelChecker *checker, const Node *tree);
void check_parser_setting(Ctx *cx, const FeelCheckSetting *setting, ParserSetting *out);

// check_scope.c: names, iterations, filters, functions, tests, calls.
Shape check_name(FeelChecker *checker, const Node *node);
Shape check_scoped(FeelChecker *checker, const Node *node);
Shape check_tests(FeelChecker *checker, const Node *node, Shape input);

// check_operator.c
Shape check_binary(FeelChecker *checker, const Node *node, Operator operator, Shape x, Shape y);
Shape check_order(FeelChecker *checker, const Node *node, Shape x, Shape y);
Shape check_path(FeelChecker *checker, const Node *node, Shape left);
Shape check_negate(FeelChecker *checker, const Node *node, Shape x);
#define CHECK_PROPERTIES 12 // that values of one kind have at most
size_t check_properties(ValueKind kind, const char *names[static CHECK_PROPERTIES]);
Shape check_range(FeelChecker *checker, const Node *node, Shape low, Shape high);

// check_builtin.c
Shape check_builtin(FeelChecker *checker, const Node *node, const Builtin *builtin,
                    const Shape *arguments);

#endif
