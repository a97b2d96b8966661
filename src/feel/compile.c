// SPDX-License-Identifier: Apache-2.0
#include "feel/compile_internal.h"

#include <string.h>

size_t code_emit(Compiler *compiler, Operation operation, int a, int32_t b, int effect)
{
    Unit *unit = compiler->unit;
    if (a > UINT16_MAX && !compiler->error)
        compiler->error = FAIL(compiler->cx, ERR_LIMIT, "the expression needs too many slots");
    array_push(compiler->arena, unit->instructions) =
        (Instruction){(uint16_t)operation, (uint16_t)a, b};
    array_push(compiler->arena, unit->spans) = compiler->span;
    unit->depth += effect;
    if (unit->depth > unit->stack)
        unit->stack = unit->depth;
    return unit->instructions.count - 1;
}

void code_patch(Compiler *compiler, size_t instruction)
{
    Unit *unit = compiler->unit;
    unit->instructions.items[instruction].b = (int32_t)unit->instructions.count;
}

int code_slot(Compiler *compiler)
{
    Unit *unit = compiler->unit;
    int slot = unit->next_slot++;
    if (unit->next_slot > *unit->slots)
        *unit->slots = unit->next_slot;
    return slot;
}

const Local *code_bind(Compiler *compiler, const char *name, int slot)
{
    const Local *before = compiler->unit->locals;
    Local *local = NEW(compiler->arena, Local);
    local->name = name;
    local->slot = slot;
    local->outer = (Local *)before;
    compiler->unit->locals = local;
    return before;
}

int32_t code_constant_index(Compiler *compiler, Value value)
{
    array_push(compiler->arena, compiler->constants) = value;
    return (int32_t)compiler->constants.count - 1;
}

int32_t code_object_index(Compiler *compiler, const void *object)
{
    array_push(compiler->arena, compiler->objects) = object;
    return (int32_t)compiler->objects.count - 1;
}

int32_t code_name_index(Compiler *compiler, const char *name)
{
    for (size_t i = 0; i < compiler->names.count; i++)
        if (strcmp(compiler->names.items[i], name) == 0)
            return (int32_t)i;
    array_push(compiler->arena, compiler->names) = name;
    return (int32_t)compiler->names.count - 1;
}

static void code_entries(Compiler *compiler, const Node *node)
{
    const Local *before = compiler->unit->locals;
    int first_free = compiler->unit->next_slot;
    KeyList *keys = NEW(compiler->arena, KeyList);
    for (size_t i = 0; i < node->items.count; i++)
        code_slot(compiler);
    for (size_t i = 0; i < node->items.count; i++) {
        const Node *entry = node->items.items[i];
        int slot = first_free + (int)i;
        const Node *value = entry->left;
        if (value->kind == NODE_FUNCTION && entry->name) {
            code_bind(compiler, entry->name, slot);
            code_function(compiler, value, slot);
        } else {
            code_node(compiler, value);
        }
        if (!entry->name) {
            keys->last_is_result = true; // the result stays on the stack
            break;
        }
        code_emit(compiler, OP_STORE, slot, 0, -1);
        code_bind(compiler, entry->name, slot);
        array_push(compiler->arena, *keys) = entry->name;
    }
    if (!keys->last_is_result)
        code_emit(compiler, OP_CONTEXT, first_free, code_object_index(compiler, keys), 1);
    compiler->impure++;
    compiler->unit->locals = before;
    compiler->unit->next_slot = first_free;
}

static void code_context(Compiler *compiler, const Node *node)
{
    if (node->items.count > 0) {
        code_entries(compiler, node);
        return;
    }
    code_emit(compiler, OP_CONTEXT, 0, code_object_index(compiler, NEW(compiler->arena, KeyList)),
              1);
}

static void code_range(Compiler *compiler, const Node *node)
{
    int flags =
        (node->low_closed ? RANGE_LOW_CLOSED : 0) | (node->high_closed ? RANGE_HIGH_CLOSED : 0);
    if (!node->implicit) {
        code_node(compiler, node->left);
        code_node(compiler, node->right);
        code_emit(compiler, OP_RANGE, 0, flags, -1);
        return;
    }
    static const int by_operator[] = {
        [OPERATOR_EQUAL] = RANGE_LOW_CLOSED | RANGE_HIGH_CLOSED,
        [OPERATOR_NOT_EQUAL] = RANGE_NOT,
        [OPERATOR_LESS] = RANGE_NO_LOW,
        [OPERATOR_LESS_EQUAL] = RANGE_NO_LOW | RANGE_HIGH_CLOSED,
        [OPERATOR_GREATER] = RANGE_NO_HIGH,
        [OPERATOR_GREATER_EQUAL] = RANGE_NO_HIGH | RANGE_LOW_CLOSED,
    };
    flags = by_operator[node->operator] | RANGE_BY_OPERATOR;
    int32_t null = code_constant_index(compiler, value_null());
    if (flags & RANGE_NO_LOW)
        code_emit(compiler, OP_CONSTANT, 0, null, 1);
    code_node(compiler, node->right);
    if (flags & RANGE_NO_HIGH)
        code_emit(compiler, OP_CONSTANT, 0, null, 1);
    if (!(flags & (RANGE_NO_LOW | RANGE_NO_HIGH)))
        code_node(compiler, node->right);
    code_emit(compiler, OP_RANGE, 0, flags, -1);
}

// A false `and` or a true `or` is decided by its left side.
static void code_logic(Compiler *compiler, const Node *node)
{
    bool conjunction = node->kind == NODE_AND;
    code_node(compiler, node->left);
    size_t decided = code_emit(compiler, conjunction ? OP_JUMP_FALSE : OP_JUMP_TRUE, 0, 0, 0);
    code_node(compiler, node->right);
    code_emit(compiler, conjunction ? OP_AND : OP_OR, 0, 0, -1);
    code_patch(compiler, decided);
}

static void code_if(Compiler *compiler, const Node *node)
{
    const Node *condition = node->items.items[0];
    code_node(compiler, condition);
    size_t strict = node->negated ? code_emit_at(compiler, condition, OP_STRICT, 0, 0) : 0;
    size_t otherwise = code_emit_at(compiler, condition, OP_UNLESS, 0, -1);
    code_node(compiler, node->items.items[1]);
    size_t end = code_emit(compiler, OP_JUMP, 0, 0, -1);
    code_patch(compiler, otherwise);
    code_node(compiler, node->items.items[2]);
    code_patch(compiler, end);
    if (node->negated)
        code_patch(compiler, strict);
}

static void code_in(Compiler *compiler, const Node *node)
{
    const Local *before = compiler->unit->locals;
    int first_free = compiler->unit->next_slot;
    int slot = code_slot(compiler);
    code_node(compiler, node->left);
    code_emit(compiler, OP_STORE, slot, 0, -1);
    code_bind(compiler, "?", slot);
    code_tests(compiler, node, slot);
    compiler->impure++;
    compiler->unit->locals = before;
    compiler->unit->next_slot = first_free;
}

static void code_operands(Compiler *compiler, const Node *node, Operation operation)
{
    code_node(compiler, node->left);
    if (node->right)
        code_node(compiler, node->right);
    code_emit(compiler, operation, 0, 0, node->right ? -1 : 0);
}

static void code_items(Compiler *compiler, const Node *node)
{
    for (size_t i = 0; i < node->items.count; i++)
        code_node(compiler, node->items.items[i]);
}

static void code_simple(Compiler *compiler, const Node *node)
{
    switch (node->kind) {
    case NODE_CONSTANT:
        code_emit(compiler, OP_CONSTANT, 0, code_constant_index(compiler, node->value), 1);
        break;
    case NODE_ANY:
        code_emit(compiler, OP_CONSTANT, 0, code_constant_index(compiler, value_boolean(true)), 1);
        break;
    case NODE_PATH:
        code_node(compiler, node->left);
        code_emit(compiler, OP_PATH, 0, code_name_index(compiler, node->name), 0);
        break;
    case NODE_LIST:
        code_items(compiler, node);
        code_emit(compiler, OP_LIST, 0, (int32_t)node->items.count, 1 - (int)node->items.count);
        break;
    case NODE_NEGATE:
        code_operands(compiler, node, OP_NEGATE);
        break;
    case NODE_BINARY:
        code_operands(compiler, node, (Operation)(OP_ADD + (int)node->operator));
        break;
    case NODE_BETWEEN:
        code_node(compiler, node->left);
        code_items(compiler, node);
        code_emit(compiler, OP_BETWEEN, 0, 0, -2);
        break;
    case NODE_INSTANCE:
        code_node(compiler, node->left);
        code_emit(compiler, OP_INSTANCE, 0, code_object_index(compiler, node->type), 0);
        break;
    case NODE_TYPED:
        code_node(compiler, node->left);
        code_emit(compiler, OP_COERCE, 0, code_object_index(compiler, node->type), 0);
        compiler->impure++;
        break;
    default:
        code_hook(compiler, node);
        break;
    }
}

static void code_kind(Compiler *compiler, const Node *node)
{
    switch (node->kind) {
    case NODE_NAME:
        code_name(compiler, node);
        break;
    case NODE_CONTEXT:
        code_context(compiler, node);
        break;
    case NODE_RANGE:
        code_range(compiler, node);
        break;
    case NODE_AND:
    case NODE_OR:
        code_logic(compiler, node);
        break;
    case NODE_IN:
        code_in(compiler, node);
        break;
    case NODE_IF:
        code_if(compiler, node);
        break;
    case NODE_FOR:
    case NODE_SOME:
    case NODE_EVERY:
        code_iteration(compiler, node);
        break;
    case NODE_FUNCTION:
        code_function(compiler, node, -1);
        break;
    case NODE_CALL:
        code_call(compiler, node);
        break;
    case NODE_FILTER:
        code_filter(compiler, node);
        break;
    default:
        code_simple(compiler, node);
        break;
    }
}

// Runs what has been compiled since `start`, and keeps only its value when nothing was wrong.
static void fold(Compiler *compiler, size_t start, int impure_before)
{
    Unit *unit = compiler->unit;
    if (compiler->impure != impure_before || unit->instructions.count < start + 2 ||
        compiler->error)
        return;
    Unit piece = *unit;
    size_t count = unit->instructions.count - start;
    Instruction *instructions = NEW_ARRAY(compiler->arena, Instruction, count + 1);
    memcpy(instructions, unit->instructions.items + start, count * sizeof *instructions);
    for (size_t i = 0; i < count; i++)
        if (instructions[i].operation >= OP_JUMP && instructions[i].operation <= OP_UNLESS &&
            instructions[i].operation != OP_AND && instructions[i].operation != OP_OR &&
            instructions[i].operation != OP_NOT)
            instructions[i].b -= (int32_t)start;
    instructions[count].operation = OP_RETURN;
    Feel feel = {.constants = compiler->constants.items,
                 .names = compiler->names.items,
                 .objects = compiler->objects.items};
    Code code = {.feel = &feel,
                 .instructions = instructions,
                 .spans = unit->spans.items + start,
                 .count = count + 1,
                 .stack = piece.stack + 1};
    FeelDiagnostics diagnostics = {0};
    Machine machine;
    machine_open(&machine, compiler->cx, value_null(), &diagnostics);
    Value result = machine_run(&machine, &code, NULL, NULL);
    if (machine.error || diagnostics.count > 0) {
        compiler->impure++;
        return;
    }
    unit->instructions.count = start;
    unit->spans.count = start;
    unit->depth--;
    code_emit(compiler, OP_CONSTANT, 0, code_constant_index(compiler, result), 1);
}

Span code_place(Compiler *compiler, const Node *node)
{
    Span before = compiler->span;
    compiler->span = (Span){.source = compiler->unit->source};
    while (node && compiler->span.to == 0) {
        if (node->source)
            compiler->span.source = node->source;
        if (node->to > node->from) {
            compiler->span.from = node->from;
            compiler->span.to = node->to;
        }
        node = node->left ? node->left : node->items.count > 0 ? node->items.items[0] : NULL;
    }
    return before;
}

size_t code_emit_at(Compiler *compiler, const Node *node, Operation operation, int a, int effect)
{
    Span before = code_place(compiler, node);
    size_t index = code_emit(compiler, operation, a, 0, effect);
    compiler->span = before;
    return index;
}

void code_node(Compiler *compiler, const Node *node)
{
    if (compiler->error)
        return;
    Span before = code_place(compiler, node);
    const char *source = compiler->unit->source;
    compiler->unit->source = compiler->span.source;
    size_t start = compiler->unit->instructions.count;
    int impure = compiler->impure;
    code_kind(compiler, node);
    if (node->kind != NODE_CONSTANT)
        fold(compiler, start, impure);
    compiler->unit->source = source;
    compiler->span = before;
}

Code *code_unit_code(Compiler *compiler, const Unit *unit)
{
    Code *code = NEW(compiler->arena, Code);
    code->feel = compiler->feel;
    code->instructions = unit->instructions.items;
    code->spans = unit->spans.items;
    code->count = unit->instructions.count;
    code->slots = *unit->slots;
    code->stack = unit->stack + 1;
    code->captures = unit->captures.items;
    code->capture_count = unit->captures.count;
    code->source = unit->source;
    return code;
}

FALLIBLE feel_compile_tree(Ctx *cx, const Node *tree, const CompileSetting *setting,
                           const Feel **out)
{
    int slots = 0;
    Compiler compiler = {.cx = cx, .arena = cx->arena, .setting = setting};
    Unit unit = {.slots = &slots, .self_slot = -1, .source = setting->source};
    compiler.unit = &unit;
    Feel *feel = compiler.feel = NEW(cx->arena, Feel);
    feel->source = setting->source;
    feel->input_slot = -1;
    if (tree->kind == NODE_TESTS || tree->kind == NODE_ANY) {
        feel->input_slot = code_slot(&compiler);
        code_bind(&compiler, "?", feel->input_slot);
    }
    if (tree->kind == NODE_TESTS)
        code_tests(&compiler, tree, feel->input_slot);
    else
        code_node(&compiler, tree);
    code_emit_at(&compiler, tree, OP_RETURN, 0, -1);
    TRY(compiler.error);
    feel->code = code_unit_code(&compiler, &unit);
    feel->constants = compiler.constants.items;
    feel->globals = compiler.globals.items;
    feel->global_count = compiler.globals.count;
    feel->names = compiler.names.items;
    feel->objects = compiler.objects.items;
    *out = feel;
    return NULL;
}
