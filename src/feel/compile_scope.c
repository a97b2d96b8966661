// SPDX-License-Identifier: Apache-2.0
// Names, functions, calls, iterations, filters, tests and hooks: everything with a scope.
#include "feel/check.h"
#include "feel/compile_internal.h"

#include <string.h>

static const Local *find_local(const Local *locals, const char *name)
{
    for (; locals; locals = locals->outer)
        if (locals->name && strcmp(locals->name, name) == 0)
            return locals;
    return NULL;
}

bool code_is_local(const Compiler *compiler, const char *name)
{
    for (const Unit *unit = compiler->unit; unit; unit = unit->outer)
        if (find_local(unit->locals, name))
            return true;
    return false;
}

bool code_is_declared(const Compiler *compiler, const char *name)
{
    for (size_t i = 0; i < compiler->setting->name_count; i++)
        if (strcmp(compiler->setting->names[i], name) == 0)
            return true;
    return false;
}

static bool in_item_scope(const Compiler *compiler)
{
    for (const Unit *unit = compiler->unit; unit; unit = unit->outer)
        for (const Local *local = unit->locals; local; local = local->outer)
            if (!local->name)
                return true;
    return false;
}

// The index of the capture through which `unit` sees a local of a function around it.
static int capture(Compiler *compiler, Unit *unit, const Unit *owner, const Local *local)
{
    for (size_t i = 0; i < unit->captured.count; i++)
        if (unit->captured.items[i] == local)
            return (int)i;
    Capture entry = {.index = local->slot};
    if (unit->outer == owner) {
        entry.self = local->slot == unit->self_slot;
    } else {
        entry.captured = true;
        entry.index = capture(compiler, unit->outer, owner, local);
    }
    array_push(compiler->arena, unit->captures) = entry;
    array_push(compiler->arena, unit->captured) = local;
    return (int)unit->captures.count - 1;
}

static void emit_local(Compiler *compiler, const Unit *owner, const Local *local)
{
    compiler->impure++;
    if (owner == compiler->unit)
        code_emit(compiler, OP_SLOT, local->slot, 0, 1);
    else
        code_emit(compiler, OP_CAPTURE, capture(compiler, compiler->unit, owner, local), 0, 1);
}

// The built-in function of the name; one beyond the standard is refused where only that is wanted.
static const Builtin *find_builtin(Compiler *compiler, const char *name)
{
    Ctx *cx = compiler->cx;
    const Builtin *builtin = builtin_find(name);
    if (builtin && compiler->setting->standard && builtin_is_extension(builtin) && !compiler->error)
        compiler->error = feel_place(
            cx, FAIL(cx, ERR_INVALID, "%s() is no function of the standard", builtin->name),
            compiler->unit->source, compiler->span.from);
    return builtin;
}

static void emit_global(Compiler *compiler, const char *name)
{
    compiler->impure++;
    bool declared = code_is_declared(compiler, name);
    const Builtin *builtin = declared ? NULL : find_builtin(compiler, name);
    bool missing = !declared && !builtin && !in_item_scope(compiler);
    if (compiler->setting->strict && missing) {
        Ctx *cx = compiler->cx;
        const char *near =
            feel_nearest_name(name, compiler->setting->names, compiler->setting->name_count);
        Error *error = FAIL(cx, ERR_INVALID, "unknown name \"%s\"", name);
        if (near)
            error_hint(error, "did you mean \"%s\"?", near);
        if (!compiler->error)
            compiler->error = feel_place(cx, error, compiler->unit->source, compiler->span.from);
        return;
    }
    size_t index = 0;
    while (index < compiler->globals.count &&
           strcmp(compiler->globals.items[index].name, name) != 0)
        index++;
    if (index == compiler->globals.count)
        array_push(compiler->arena, compiler->globals) = (Global){name, builtin, false};
    compiler->globals.items[index].demanded |= compiler->setting->strict_scope && missing;
    code_emit(compiler, OP_GLOBAL, 0, (int32_t)index, 1);
}

// Emits the entry of an item, when the item has one of that name, and a jump to the end.
static size_t emit_item_entry(Compiler *compiler, const Unit *owner, const Local *local,
                              const char *name)
{
    int32_t entry = code_name_index(compiler, name);
    compiler->impure++;
    if (owner == compiler->unit)
        code_emit(compiler, OP_ITEM_SLOT, local->slot, entry, 1);
    else
        code_emit(compiler, OP_ITEM_CAPTURE, capture(compiler, compiler->unit, owner, local), entry,
                  1);
    return code_emit(compiler, OP_JUMP, 0, 0, -1);
}

void code_name(Compiler *compiler, const Node *node)
{
    ARRAY(size_t) ends = {0};
    bool found = false;
    for (const Unit *unit = compiler->unit; unit && !found; unit = unit->outer) {
        for (const Local *local = unit->locals; local; local = local->outer) {
            if (local->name && strcmp(local->name, node->name) == 0) {
                emit_local(compiler, unit, local);
                found = true;
                break;
            }
            if (!local->name)
                array_push(compiler->arena, ends) =
                    emit_item_entry(compiler, unit, local, node->name);
        }
    }
    if (!found)
        emit_global(compiler, node->name);
    for (size_t i = 0; i < ends.count; i++)
        code_patch(compiler, ends.items[i]);
}

bool feel_asks_input(const Node *node)
{
    if (!node)
        return false;
    if (node->kind == NODE_NAME)
        return strcmp(node->name, "?") == 0;
    if (node->kind == NODE_TESTS || (node->kind == NODE_IN && feel_asks_input(node->left)))
        return true;
    if (feel_asks_input(node->left) || feel_asks_input(node->right))
        return true;
    for (size_t i = 0; i < node->items.count; i++)
        if (feel_asks_input(node->items.items[i]))
            return true;
    return false;
}

static void code_one_test(Compiler *compiler, const Node *test, int input_slot)
{
    compiler->impure++;
    if (test->kind == NODE_BINARY && test->implicit) {
        code_emit(compiler, OP_SLOT, input_slot, 0, 1);
        code_node(compiler, test->right);
        code_emit_at(compiler, test, (Operation)(OP_ADD + (int)test->operator), 0, -1);
        return;
    }
    code_node(compiler, test);
    code_emit(compiler, feel_asks_input(test) ? OP_TEST_RESULT : OP_TEST, input_slot, 0, 0);
}

void code_tests(Compiler *compiler, const Node *node, int input_slot)
{
    ARRAY(size_t) ends = {0};
    for (size_t i = 0; i < node->items.count; i++) {
        if (i > 0)
            array_push(compiler->arena, ends) = code_emit(compiler, OP_JUMP_TRUE, 0, 0, 0);
        code_one_test(compiler, node->items.items[i], input_slot);
        if (i > 0)
            code_emit(compiler, OP_OR, 0, 0, -1);
    }
    for (size_t i = 0; i < ends.count; i++)
        code_patch(compiler, ends.items[i]);
    if (node->negated)
        code_emit(compiler, OP_NOT, 0, 0, 0);
}

void code_function(Compiler *compiler, const Node *node, int self_slot)
{
    int slots = 0;
    Unit unit = {.slots = &slots,
                 .self_slot = self_slot,
                 .source = compiler->unit->source,
                 .outer = compiler->unit};
    compiler->unit = &unit;
    for (size_t i = 0; i < node->parameters.count; i++)
        code_bind(compiler, node->parameters.items[i].name, code_slot(compiler));
    code_node(compiler, node->left);
    code_emit_at(compiler, node->left, OP_RETURN, 0, -1);
    Code *code = code_unit_code(compiler, &unit);
    code->parameters = node->parameters.items;
    code->parameter_count = node->parameters.count;
    code->result = node->type;
    code->external = node->negated;
    compiler->unit = unit.outer;
    compiler->impure++;
    code_emit(compiler, OP_FUNCTION, 0, code_object_index(compiler, code), 1);
}

static void code_builtin(Compiler *compiler, const Node *node, const Builtin *builtin)
{
    int count = (int)node->items.count;
    if (node->parameters.count > 0) {
        int *positions = NEW_ARRAY(compiler->arena, int, node->parameters.count);
        if (!builtin_positions(builtin, node->parameters.items, node->parameters.count, positions,
                               &count))
            positions = NULL;
        for (int at = 0; positions && at < count; at++) {
            size_t i = 0;
            while (i < node->items.count && positions[i] != at)
                i++;
            if (i < node->items.count)
                code_node(compiler, node->items.items[i]);
            else
                code_emit(compiler, OP_CONSTANT, 0, code_constant_index(compiler, value_null()), 1);
        }
        if (!positions) { // no such parameter: the call gives null and says so
            count = UINT16_MAX;
            code_emit(compiler, OP_BUILTIN, count, code_object_index(compiler, builtin), 1);
            compiler->impure++;
            return;
        }
    } else {
        for (int i = 0; i < count; i++)
            code_node(compiler, node->items.items[i]);
    }
    if (builtin->varies)
        compiler->impure++;
    code_emit(compiler, OP_BUILTIN, count, code_object_index(compiler, builtin), 1 - count);
}

void code_call(Compiler *compiler, const Node *node)
{
    const Node *function = node->left;
    if (function->kind == NODE_NAME && !code_is_local(compiler, function->name) &&
        !code_is_declared(compiler, function->name)) {
        const Builtin *builtin = find_builtin(compiler, function->name);
        if (builtin) {
            code_builtin(compiler, node, builtin);
            return;
        }
    }
    compiler->impure++;
    code_node(compiler, function);
    for (size_t i = 0; i < node->items.count; i++)
        code_node(compiler, node->items.items[i]);
    int32_t names = -1;
    if (node->parameters.count > 0)
        names = code_object_index(compiler, node->parameters.items);
    code_emit(compiler, OP_CALL, (int)node->items.count, names, -(int)node->items.count);
}

static bool is_number(const Node *node)
{
    if (node->kind == NODE_NEGATE)
        return is_number(node->left);
    return node->kind == NODE_CONSTANT && node->value.kind == VALUE_NUMBER;
}

void code_filter(Compiler *compiler, const Node *node)
{
    code_node(compiler, node->left);
    if (is_number(node->right)) {
        code_node(compiler, node->right);
        code_emit(compiler, OP_INDEX, 0, 0, -1);
        return;
    }
    const Local *before = compiler->unit->locals;
    int first_free = compiler->unit->next_slot;
    int slot = code_slot(compiler);
    int item = code_slot(compiler);
    compiler->impure++;
    code_emit(compiler, OP_FILTER, slot, 0, -1);
    size_t next = code_emit(compiler, OP_FILTER_NEXT, slot, 0, 0);
    code_bind(compiler, "item", item);
    code_bind(compiler, NULL, item);
    code_node(compiler, node->right);
    size_t strict = node->negated ? code_emit_at(compiler, node->right, OP_STRICT, 0, 0) : 0;
    size_t test = code_emit_at(compiler, node->right, OP_FILTER_TEST, slot, -1);
    code_emit(compiler, OP_JUMP, 0, (int32_t)next, 0);
    code_patch(compiler, next);
    code_patch(compiler, test);
    code_emit(compiler, OP_FILTERED, slot, 0, 1);
    if (node->negated)
        code_patch(compiler, strict);
    compiler->unit->locals = before;
    compiler->unit->next_slot = first_free;
}

static size_t code_iterator(Compiler *compiler, const Node *iterator, int flags)
{
    int slot = code_slot(compiler);
    int item = code_slot(compiler);
    code_node(compiler, iterator->left);
    if (iterator->right)
        code_node(compiler, iterator->right);
    code_emit(compiler, OP_LOOP, slot, flags | (iterator->right ? LOOP_ENDS : 0),
              iterator->right ? -2 : -1);
    size_t next = code_emit(compiler, OP_NEXT, slot, 0, 0);
    code_bind(compiler, iterator->name, item);
    return next;
}

void code_iteration(Compiler *compiler, const Node *node)
{
    const Local *before = compiler->unit->locals;
    int first_free = compiler->unit->next_slot;
    int result = code_slot(compiler);
    int partial = code_slot(compiler);
    int flags = (result << LOOP_RESULT_SHIFT) | (node->kind == NODE_FOR ? LOOP_FOR : 0);
    ARRAY(size_t) loops = {0};
    compiler->impure++;
    code_emit(compiler, OP_COLLECT, result,
              node->kind == NODE_FOR    ? 0
              : node->kind == NODE_SOME ? 1
                                        : 2,
              0);
    for (size_t i = 0; i < node->items.count; i++)
        array_push(compiler->arena, loops) = code_iterator(compiler, node->items.items[i], flags);
    if (node->kind == NODE_FOR)
        code_bind(compiler, "partial", partial);
    code_node(compiler, node->left);
    size_t strict = node->negated ? code_emit_at(compiler, node->left, OP_STRICT, 0, 0) : 0;
    size_t decided = code_emit_at(compiler, node->left,
                                  node->kind == NODE_FOR    ? OP_APPEND
                                  : node->kind == NODE_SOME ? OP_SOME
                                                            : OP_EVERY,
                                  result, -1);
    for (size_t i = loops.count; i > 0; i--) {
        code_emit(compiler, OP_JUMP, 0, (int32_t)loops.items[i - 1], 0);
        code_patch(compiler, loops.items[i - 1]);
    }
    if (node->kind == NODE_FOR) {
        code_emit(compiler, OP_COLLECTED, result, 0, 1);
    } else {
        code_patch(compiler, decided);
        code_emit(compiler, OP_SLOT, result, 0, 1);
    }
    if (node->negated)
        code_patch(compiler, strict);
    compiler->unit->locals = before;
    compiler->unit->next_slot = first_free;
}

static const Code *code_part(Compiler *compiler, const Node *part, int input_slot)
{
    Unit *around = compiler->unit;
    Unit unit = *around;
    memset(&unit.instructions, 0, sizeof unit.instructions);
    memset(&unit.spans, 0, sizeof unit.spans);
    unit.depth = unit.stack = 0;
    compiler->unit = &unit;
    unit.source = part->source ? part->source : unit.source;
    if (part->kind == NODE_TESTS) {
        const Local *before = code_bind(compiler, "?", input_slot);
        code_tests(compiler, part, input_slot);
        unit.locals = before;
    } else {
        code_node(compiler, part);
    }
    code_emit_at(compiler, part, OP_RETURN, 0, -1);
    // What the part captured, the function around it captures.
    around->captures.items = unit.captures.items;
    around->captures.count = unit.captures.count;
    around->captures.capacity = unit.captures.capacity;
    around->captured.items = unit.captured.items;
    around->captured.count = unit.captured.count;
    around->captured.capacity = unit.captured.capacity;
    compiler->unit = around;
    return code_unit_code(compiler, &unit);
}

void code_hook(Compiler *compiler, const Node *node)
{
    Hook *hook = NEW(compiler->arena, Hook);
    *hook = *node->hook;
    int first_free = compiler->unit->next_slot;
    hook->input_slot = code_slot(compiler);
    hook->part_count = node->items.count;
    hook->parts = NEW_ARRAY(compiler->arena, const Code *, node->items.count + 1);
    for (size_t i = 0; i < node->items.count; i++)
        hook->parts[i] = node->items.items[i]
                             ? code_part(compiler, node->items.items[i], hook->input_slot)
                             : NULL;
    compiler->impure++;
    compiler->unit->next_slot = first_free;
    code_emit(compiler, OP_HOOK, 0, code_object_index(compiler, hook), 1);
}
