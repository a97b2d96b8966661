// SPDX-License-Identifier: Apache-2.0
// The tree of an expression, as the parser reads it and as dmn/ builds it from boxed expressions.
//
// Nodes live in the arena of the compilation. Positions are byte offsets in the node's own source:
// a literal expression inside a model has its own text.
#ifndef MILLRACE_FEEL_AST_H
#define MILLRACE_FEEL_AST_H

#include "base/ctx.h"
#include "base/value.h"
#include "feel/type.h"

typedef enum NodeKind {
    NODE_CONSTANT, // value
    NODE_NAME,     // name
    NODE_PATH,     // left . name
    NODE_LIST,     // items
    NODE_CONTEXT,  // items are NODE_ENTRY
    NODE_ENTRY,    // name, left; name NULL: the result of a boxed context
    NODE_RANGE,    // left .. right, low_closed, high_closed; NULL ends are open
    NODE_NEGATE,   // left
    NODE_BINARY,   // operator, left, right
    NODE_AND,      // left, right
    NODE_OR,       // left, right
    NODE_BETWEEN,  // left between items[0] and items[1]
    NODE_IN,       // left in items (tests)
    NODE_IF,       // items[0] then items[1] else items[2]
    NODE_FOR,      // items are NODE_ITERATOR, left is the body
    NODE_SOME,     // the same
    NODE_EVERY,    // the same
    NODE_ITERATOR, // name, left in; right when it is `left..right`
    NODE_FUNCTION, // parameters, left is the body
    NODE_CALL,     // left is the function, items the arguments; names when they are named
    NODE_FILTER,   // left [ right ]
    NODE_INSTANCE, // left instance of type
    NODE_TESTS,    // unary tests on `?`: items; negated
    NODE_ANY,      // `-`: every input
    NODE_TYPED,    // left, brought to type
    NODE_HOOK,     // hook: evaluated by dmn/, with items as its parts
} NodeKind;

typedef enum Operator {
    OPERATOR_ADD,
    OPERATOR_SUBTRACT,
    OPERATOR_MULTIPLY,
    OPERATOR_DIVIDE,
    OPERATOR_POWER,
    OPERATOR_EQUAL,
    OPERATOR_NOT_EQUAL,
    OPERATOR_LESS,
    OPERATOR_LESS_EQUAL,
    OPERATOR_GREATER,
    OPERATOR_GREATER_EQUAL,
} Operator;

typedef struct Node Node;

typedef ARRAY(Node *) NodeList;

typedef struct Parameter {
    const char *name;
    const FeelType *type; // NULL: any
} Parameter;

typedef ARRAY(Parameter) ParameterList;

struct Node {
    NodeKind kind;
    Operator operator;
    int from;
    int to;
    bool low_closed;
    bool high_closed;
    bool negated;  // NODE_TESTS: not(...); NODE_FUNCTION: external; of boxed conditions: what is
                   // neither true nor false makes the whole null
    bool implicit; // NODE_BINARY of a unary test: left is the input; NODE_RANGE made by an operator
    const char *name;
    Node *left;
    Node *right;
    NodeList items;
    ParameterList parameters; // of NODE_FUNCTION; the names of NODE_CALL's named arguments
    const FeelType *type;
    Value value;
    const struct Hook *hook;
    const char *source; // not NULL where the text of the positions changes
};

#endif
