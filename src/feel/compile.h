// SPDX-License-Identifier: Apache-2.0
// Compiler: tree to bytecode. Resolves names to slots, folds what is constant.
//
// feel_compile is the front door; dmn/ compiles trees that it has built.
#ifndef MILLRACE_FEEL_COMPILE_H
#define MILLRACE_FEEL_COMPILE_H

#include "feel/code.h"
#include "feel/parser.h"

typedef struct Machine Machine;
struct FeelChecker;

// A node that another room evaluates (a decision table). `parts` are compiled in the frame of the
// node, with the names around it and `?`, the input, in input_slot.
typedef struct Hook Hook;
struct Hook {
    Value (*evaluate)(Machine *machine, const Hook *hook, Value *slots);
    const void *data;
    const Code **parts; // filled by the compiler, from the items of the node, in their order
    size_t part_count;
    int input_slot; // filled by the compiler
    // The type of the result, for the check (feel/check.h); NULL: any, and so is `?` in the parts.
    const FeelType *(*check)(struct FeelChecker *checker, const Hook *hook, const NodeList *parts);
};

typedef struct CompileSetting {
    const char *const *names; // declared names of the scope
    size_t name_count;
    bool strict;
    bool strict_scope;
    bool standard;
    const char *source; // for positions and feel_source
} CompileSetting;

// Whether the test asks for `?` itself, so that its truth decides and not its equality.
bool feel_asks_input(const Node *test);

FALLIBLE feel_compile_tree(Ctx *cx, const Node *tree, const CompileSetting *setting,
                           const Feel **out);

#endif
