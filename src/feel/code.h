// SPDX-License-Identifier: Apache-2.0
// The compiled form: bytecode with resolved slots. Owned by the arena of the compilation,
// read-only.
#ifndef MILLRACE_FEEL_CODE_H
#define MILLRACE_FEEL_CODE_H

#include "feel/ast.h"
#include "feel/feel.h"

// Behind each operation: what it takes from the stack -> what it leaves; a and b of the
// instruction.
typedef enum Operation {
    OP_CONSTANT,     // -> constants[b]
    OP_GLOBAL,       // -> the entry globals[b] of the scope
    OP_SLOT,         // -> slots[a]
    OP_CAPTURE,      // -> captures[a]
    OP_STORE,        // value ->; slots[a]
    OP_ITEM_SLOT,    // -> entry b of the context in slots[a], then the next instruction; without
                     // such an entry nothing, and the next instruction is skipped
    OP_ITEM_CAPTURE, // the same for captures[a]
    OP_PATH,         // value -> its entry or property names[b]
    OP_LIST,         // b values -> list
    OP_CONTEXT,      // -> context of keys objects[b] with the values of slots[a]...
    OP_RANGE,        // low high -> range; b holds RangeFlags
    OP_NEGATE,       // number -> number
    OP_ADD,          // x y -> x + y, and so on in the order of Operator
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_POWER,
    OP_EQUAL,
    OP_NOT_EQUAL,
    OP_LESS,
    OP_LESS_EQUAL,
    OP_GREATER,
    OP_GREATER_EQUAL,
    OP_JUMP,        // to b
    OP_JUMP_FALSE,  // x -> x; to b when x is false
    OP_JUMP_TRUE,   // x -> x; to b when x is true
    OP_AND,         // x y -> x and y
    OP_OR,          // x y -> x or y
    OP_NOT,         // x -> not(x)
    OP_STRICT,      // x -> x; to b, with null, when x is neither true nor false nor null
    OP_UNLESS,      // x ->; to b unless x is true
    OP_BETWEEN,     // x low high -> boolean
    OP_TEST,        // test -> whether slots[a] meets it
    OP_TEST_RESULT, // test -> as OP_TEST, but true alone is a hit by itself (`?` was asked)
    OP_LOOP,        // domain ->; a loop in slots[a]; b: LoopFlags and the slot of the result
    OP_NEXT,        // slots[a + 1] = the next item, or to b
    OP_COLLECT,     // -> ; an empty list under way in slots[a]
    OP_APPEND,      // value ->; to the list in slots[a]; slots[a + 1] is the list so far
    OP_COLLECTED,   // -> the list of slots[a]
    OP_SOME,        // x ->; slots[a] gathers; to b once it is true
    OP_EVERY,       // x ->; slots[a] gathers; to b once it is false
    OP_FILTER,      // list ->; a filter under way in slots[a]
    OP_FILTER_NEXT, // slots[a + 1] = the next item, or to b
    OP_FILTER_TEST, // x ->; keeps the item when x is true; a number decides at once, to b
    OP_FILTERED,    // -> the result of the filter in slots[a]
    OP_INDEX,       // list number -> item
    OP_FUNCTION,    // -> closure of objects[b]
    OP_CALL,        // function, a arguments -> result; b: names of the arguments, or -1
    OP_BUILTIN,     // a arguments -> result of objects[b]
    OP_INSTANCE,    // x -> x instance of objects[b]
    OP_COERCE,      // x -> x as objects[b]
    OP_HOOK,        // -> result of objects[b]
    OP_RETURN,      // x: the result
} Operation;

enum {
    RANGE_LOW_CLOSED = 1,
    RANGE_HIGH_CLOSED = 2,
    RANGE_NO_LOW = 4,
    RANGE_NO_HIGH = 8,
    RANGE_NOT = 16,
    RANGE_BY_OPERATOR = 32
};

enum { LOOP_ENDS = 1, LOOP_FOR = 2, LOOP_RESULT_SHIFT = 2 };

typedef struct Instruction {
    uint16_t operation;
    uint16_t a;
    int32_t b;
} Instruction;

typedef struct Span {
    int from;
    int to;
    const char *source; // that they count in: a tree may come from many texts
} Span;

typedef struct Capture {
    int index;     // of the slot or the capture of the function around
    bool captured; // it is a capture there
    bool self;     // the closure itself
} Capture;

// One run of instructions: an expression, the body of a function, or a part of a hook.
typedef struct Code {
    const struct Feel *feel;
    const Instruction *instructions;
    const Span *spans;
    const char *source;
    size_t count;
    int slots;
    int stack;
    const Parameter *parameters;
    size_t parameter_count;
    const FeelType *result; // NULL: any
    const Capture *captures;
    size_t capture_count;
    bool external; // names code outside: calling it gives null
} Code;

typedef struct Global {
    const char *name;
    const struct Builtin *builtin; // what the name means when the scope has no such entry
    bool demanded;                 // without either the evaluation fails
} Global;

struct Feel {
    const char *source;
    const Code *code;
    const Value *constants;
    const Global *globals;
    size_t global_count;
    const char *const *names;
    const void *const *objects;
    int input_slot; // of unary tests, -1 otherwise
};

typedef struct KeyList {
    const char **items;
    size_t count;
    size_t capacity;
    bool last_is_result; // a boxed context whose last entry has no name
} KeyList;

#endif
