// SPDX-License-Identifier: Apache-2.0
// What the files of the compiler share.
#ifndef MILLRACE_FEEL_COMPILE_INTERNAL_H
#define MILLRACE_FEEL_COMPILE_INTERNAL_H

#include "feel/builtin.h"
#include "feel/compile.h"
#include "feel/machine.h"

typedef struct Local {
    const char *name; // NULL: the item of a filter, whose entries are names
    int slot;
    struct Local *outer;
} Local;

// The function that is being compiled; the parts of a hook share its slots.
typedef struct Unit {
    ARRAY(Instruction) instructions;
    ARRAY(Span) spans;
    ARRAY(Capture) captures;
    ARRAY(const Local *) captured; // what each capture stands for
    const Local *locals;
    int *slots; // shared with the parts of hooks
    int next_slot;
    int depth;
    int stack;
    int self_slot; // of the entry whose function this is, -1 when there is none
    const char *source;
    struct Unit *outer;
} Unit;

typedef struct Compiler {
    Ctx *cx;
    Arena *arena;
    const CompileSetting *setting;
    Feel *feel;
    ARRAY(Value) constants;
    ARRAY(Global) globals;
    ARRAY(const char *) names;
    ARRAY(const void *) objects;
    Unit *unit;
    int impure; // counts what cannot be folded
    Span span;  // of the node that is being compiled
    Error *error;
} Compiler;

// Emits one instruction that changes the depth of the stack by `effect`; returns its index.
size_t code_emit(Compiler *compiler, Operation operation, int a, int32_t b, int effect);
// The same at the place of the node, for what tells of a part.
size_t code_emit_at(Compiler *compiler, const Node *node, Operation operation, int a, int effect);
// Lets the code that follows stand at the place of the node; a box has that of its first text.
// Gives the place before.
Span code_place(Compiler *compiler, const Node *node);
void code_patch(Compiler *compiler, size_t instruction); // lets it jump to the next instruction
int code_slot(Compiler *compiler);
const Local *code_bind(Compiler *compiler, const char *name, int slot); // gives what was before
int32_t code_constant_index(Compiler *compiler, Value value);
int32_t code_object_index(Compiler *compiler, const void *object);
int32_t code_name_index(Compiler *compiler, const char *name);

void code_node(Compiler *compiler, const Node *node);
void code_name(Compiler *compiler, const Node *node);
bool code_is_local(const Compiler *compiler, const char *name);
bool code_is_declared(const Compiler *compiler, const char *name);
void code_iteration(Compiler *compiler, const Node *node);
void code_filter(Compiler *compiler, const Node *node);
void code_call(Compiler *compiler, const Node *node);
void code_function(Compiler *compiler, const Node *node, int self_slot);
void code_tests(Compiler *compiler, const Node *node, int input_slot);
void code_hook(Compiler *compiler, const Node *node);
Code *code_unit_code(Compiler *compiler, const Unit *unit);

#endif
