// SPDX-License-Identifier: Apache-2.0
#include "base/messages.h"
#include "feel/check_internal.h"

#include <string.h>

#define CHECK_STEPS 500000

Shape check_problem(FeelChecker *checker, int from, int to, const char *code, const char *hint,
                    const char *format, ...)
{
    FeelDiagnostics *problems = &checker->out->problems;
    if (problems->count >= LIMIT_CHECK_PROBLEMS)
        return shape_any();
    const char *language = checker->cx->language;
    va_list arguments;
    va_start(arguments, format);
    char *message = text_format_list(checker->arena, message_in(language, format), arguments);
    va_end(arguments);
    utf8_repair(message);
    array_push(checker->arena, *problems) =
        (FeelDiagnostic){.code = code,
                         .message = message,
                         .hint = hint ? message_in(language, hint) : NULL,
                         .from = from,
                         .to = to,
                         .source = checker->source};
    return shape_any();
}

const char *check_did_you_mean(FeelChecker *checker, const char *name)
{
    return text_format(checker->arena, message_in(checker->cx->language, "did you mean \"%s\"?"),
                       name);
}

const Bound *check_bind(FeelChecker *checker, const char *name, Shape shape)
{
    const Bound *before = checker->bound;
    Bound *bound = NEW(checker->arena, Bound);
    *bound = (Bound){name, shape, before};
    checker->bound = bound;
    return before;
}

void check_wanted(FeelChecker *checker, const Node *node, Shape shape, const FeelType *wanted)
{
    if (shape_may_be(checker, shape, wanted))
        return;
    check_problem(checker, node->from, node->to, "type-mismatch", NULL,
                  "%s does not conform to type %s", shape_word(checker->arena, shape),
                  feel_type_text(checker->arena, wanted));
}

// Null is no condition either, but nothing follows from it.
static bool may_be_boolean(Shape shape)
{
    Kinds telling = shape_telling(shape);
    return !telling || (telling & (KIND(VALUE_BOOLEAN) | KIND_NULL));
}

void check_condition(FeelChecker *checker, const Node *node, Shape shape)
{
    if (!may_be_boolean(shape))
        check_problem(checker, node->from, node->to, "type-mismatch", NULL,
                      "a condition is %s, not true or false", shape_word(checker->arena, shape));
}

// --- Nodes ---------------------------------------------------------------------------------------

static Shape check_list(FeelChecker *checker, const Node *node)
{
    Shape element = {0};
    for (size_t i = 0; i < node->items.count; i++)
        element = shape_join(checker, element, check_node(checker, node->items.items[i]));
    return shape_list(checker->arena, element);
}

static Shape check_context(FeelChecker *checker, const Node *node)
{
    const Bound *before = checker->bound;
    FeelType *type = NEW(checker->arena, FeelType);
    FeelField *fields = NEW_ARRAY(checker->arena, FeelField, node->items.count);
    type->kind = TYPE_CONTEXT;
    type->fields = fields;
    for (size_t i = 0; i < node->items.count; i++) {
        const Node *entry = node->items.items[i];
        bool recursive = entry->name && entry->left->kind == NODE_FUNCTION;
        if (recursive)
            check_bind(checker, entry->name, shape_any());
        Shape value = check_node(checker, entry->left);
        if (!entry->name) {
            checker->bound = before;
            return value;
        }
        check_bind(checker, entry->name, value);
        fields[type->field_count++] = (FeelField){entry->name, shape_type(checker->arena, value)};
    }
    checker->bound = before;
    return (Shape){KIND(VALUE_CONTEXT), type->field_count ? type : NULL};
}

static Shape check_range_node(FeelChecker *checker, const Node *node)
{
    Shape high = check_node(checker, node->right);
    if (!node->implicit)
        return check_range(checker, node, check_node(checker, node->left), high);
    if (node->operator== OPERATOR_EQUAL || node->operator== OPERATOR_NOT_EQUAL)
        return shape_of(KIND(VALUE_RANGE));
    return check_range(checker, node, high, high);
}

static void check_operand(FeelChecker *checker, const Node *node, Shape shape, const char *word)
{
    if (!may_be_boolean(shape))
        check_problem(checker, node->from, node->to, "type-mismatch", NULL, "`%s` of %s", word,
                      shape_word(checker->arena, shape));
}

// `false and ...`, `... or true`: whatever the other side is, the result is no null.
static bool decides(const Node *side, NodeKind kind)
{
    return side->kind == NODE_CONSTANT && side->value.kind == VALUE_BOOLEAN &&
           side->value.boolean == (kind == NODE_OR);
}

static Shape check_logic(FeelChecker *checker, const Node *node)
{
    const char *word = node->kind == NODE_AND ? "and" : "or";
    Shape left = check_node(checker, node->left);
    Shape right = check_node(checker, node->right);
    if (!decides(node->right, node->kind))
        check_operand(checker, node->left, left, word);
    if (!decides(node->left, node->kind))
        check_operand(checker, node->right, right, word);
    return shape_of(KIND(VALUE_BOOLEAN) | KIND_NULL);
}

static Shape check_if(FeelChecker *checker, const Node *node)
{
    const Node *condition = node->items.items[0];
    check_condition(checker, condition, check_node(checker, condition));
    Shape then = check_node(checker, node->items.items[1]);
    Shape result = shape_join(checker, then, check_node(checker, node->items.items[2]));
    if (node->negated)
        result.kinds |= KIND_NULL;
    return result;
}

static Shape check_between(FeelChecker *checker, const Node *node)
{
    Shape value = check_node(checker, node->left);
    for (size_t i = 0; i < node->items.count; i++)
        check_order(checker, node, value, check_node(checker, node->items.items[i]));
    return shape_of(KIND(VALUE_BOOLEAN) | KIND_NULL);
}

static Shape check_hook(FeelChecker *checker, const Node *node)
{
    const Hook *hook = node->hook;
    if (hook && hook->check)
        return shape_from(hook->check(checker, hook, &node->items));
    for (size_t i = 0; i < node->items.count; i++)
        if (node->items.items[i])
            feel_check_part(checker, node->items.items[i], NULL);
    return shape_any();
}

static Shape check_kind(FeelChecker *checker, const Node *node)
{
    switch (node->kind) {
    case NODE_CONSTANT:
        return shape_of(KIND(node->value.kind));
    case NODE_ANY:
        return shape_of(KIND(VALUE_BOOLEAN));
    case NODE_NAME:
        return check_name(checker, node);
    case NODE_PATH:
        return check_path(checker, node, check_node(checker, node->left));
    case NODE_LIST:
        return check_list(checker, node);
    case NODE_CONTEXT:
        return check_context(checker, node);
    case NODE_RANGE:
        return check_range_node(checker, node);
    case NODE_NEGATE:
        return check_negate(checker, node, check_node(checker, node->left));
    case NODE_BINARY: {
        Shape left = check_node(checker, node->left);
        return check_binary(checker, node, node->operator, left, check_node(checker, node->right));
    }
    case NODE_AND:
    case NODE_OR:
        return check_logic(checker, node);
    case NODE_BETWEEN:
        return check_between(checker, node);
    case NODE_IF:
        return check_if(checker, node);
    case NODE_INSTANCE:
        check_node(checker, node->left);
        return shape_of(KIND(VALUE_BOOLEAN));
    case NODE_TYPED: {
        check_wanted(checker, node->left, check_node(checker, node->left), node->type);
        return shape_from(node->type);
    }
    case NODE_HOOK:
        return check_hook(checker, node);
    default:
        return check_scoped(checker, node);
    }
}

static void note_probe(FeelChecker *checker, const Node *node)
{
    Probe *probe = checker->probe;
    if ((node->kind != NODE_NAME && node->kind != NODE_PATH) || probe->found ||
        strcmp(node->name, probe->name) != 0)
        return;
    probe->found = true;
    probe->bound = checker->bound;
    probe->path = node->kind == NODE_PATH;
    if (probe->path)
        probe->left = check_node(checker, node->left);
}

Shape check_node(FeelChecker *checker, const Node *node)
{
    const char *source = checker->source;
    if (node->source)
        checker->source = node->source;
    if (checker->probe)
        note_probe(checker, node);
    Shape shape = check_kind(checker, node);
    checker->source = source;
    return shape;
}

// --- The front doors -----------------------------------------------------------------------------

const FeelType *feel_check_part(FeelChecker *checker, const Node *part, const FeelType *input)
{
    const char *source = checker->source;
    if (part->source)
        checker->source = part->source;
    const Bound *before = check_bind(checker, "?", shape_from(input));
    Shape shape = part->kind == NODE_TESTS ? check_tests(checker, part, shape_from(input))
                                           : check_node(checker, part);
    checker->bound = before;
    checker->source = source;
    return shape_type(checker->arena, shape);
}

void feel_check_wanted(FeelChecker *checker, const Node *part, const FeelType *is,
                       const FeelType *wanted)
{
    const char *source = checker->source;
    if (part->source)
        checker->source = part->source;
    check_wanted(checker, part, shape_from(is), wanted);
    checker->source = source;
}

void check_open(FeelChecker *checker, Ctx *cx, const char *source, const FeelCheckSetting *setting,
                FeelCheck *out)
{
    *checker = (FeelChecker){.cx = cx,
                             .arena = cx->arena,
                             .setting = setting,
                             .out = out,
                             .source = source,
                             .steps = CHECK_STEPS};
    *out = (FeelCheck){0};
    for (size_t i = 0; i < setting->name_count; i++)
        check_bind(checker, setting->names[i].name, shape_from(setting->names[i].type));
}

Shape check_root(FeelChecker *checker, const Node *tree)
{
    Shape shape = shape_of(KIND(VALUE_BOOLEAN));
    if (tree->kind == NODE_TESTS) {
        const Bound *before = check_bind(checker, "?", shape_from(checker->setting->input));
        shape = check_tests(checker, tree, shape_from(checker->setting->input));
        checker->bound = before;
    } else if (tree->kind != NODE_ANY) {
        shape = check_node(checker, tree);
    }
    if (checker->setting->wanted)
        check_wanted(checker, tree, shape, checker->setting->wanted);
    return shape;
}

void feel_check_tree(Ctx *cx, const Node *tree, const char *source, const FeelCheckSetting *setting,
                     FeelCheck *out)
{
    FeelChecker checker;
    check_open(&checker, cx, source, setting, out);
    out->type = shape_type(cx->arena, check_root(&checker, tree));
}

// Names of components that the lexer cannot tell by itself, and the names in scope.
typedef struct Names {
    Arena *arena;
    ARRAY(const char *) items;
    int steps;
} Names;

static void collect_members(Names *names, const FeelType *type, int depth)
{
    if (!type || depth > 12 || --names->steps < 0)
        return;
    if (type->kind == TYPE_CONTEXT) {
        for (size_t i = 0; i < type->field_count; i++) {
            if (strpbrk(type->fields[i].name, " +-*/.'"))
                array_push(names->arena, names->items) = type->fields[i].name;
            collect_members(names, type->fields[i].type, depth + 1);
        }
    }
    collect_members(names, type->element, depth + 1);
}

void check_parser_setting(Ctx *cx, const FeelCheckSetting *setting, ParserSetting *out)
{
    Names names = {.arena = cx->arena, .steps = 10000};
    NameScope *scope = NEW(cx->arena, NameScope);
    NameScope *members = NEW(cx->arena, NameScope);
    const char **in_scope = NEW_ARRAY(cx->arena, const char *, setting->name_count + 1);
    for (size_t i = 0; i < setting->name_count; i++) {
        in_scope[i] = setting->names[i].name;
        collect_members(&names, setting->names[i].type, 0);
    }
    *scope = (NameScope){.names = in_scope, .count = setting->name_count};
    *members = (NameScope){
        .names = names.items.items, .count = names.items.count, .outer = setting->members};
    *out = (ParserSetting){.scope = scope, .members = members, .types = setting->types};
}

FALLIBLE feel_check(Ctx *cx, const char *source, const FeelCheckSetting *setting, FeelCheck *out)
{
    ParserSetting parser;
    Node *tree;
    const char *text = text_copy(cx->arena, source);
    check_parser_setting(cx, setting, &parser);
    if (setting->unary_tests)
        TRY(feel_parse_tests(cx, text, &parser, &tree));
    else
        TRY(feel_parse(cx, text, &parser, &tree));
    feel_check_tree(cx, tree, text, setting, out);
    return NULL;
}

// --- Misspelt names ------------------------------------------------------------------------------

#define NEAREST_LENGTH 60 // bytes; longer names are not compared

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

// Insertions, deletions, replacements and swaps of neighbours (Damerau) that turn one into the
// other.
static size_t distance(const char *a, const char *b)
{
    size_t rows[3][NEAREST_LENGTH + 1];
    size_t length = strlen(b);
    for (size_t j = 0; j <= length; j++)
        rows[0][j] = j;
    size_t *before = rows[2];
    size_t *last = rows[0];
    size_t *next = rows[1];
    for (size_t i = 1; a[i - 1]; i++) {
        next[0] = i;
        for (size_t j = 1; j <= length; j++) {
            next[j] = least(last[j - 1] + (a[i - 1] != b[j - 1]), least(last[j], next[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                next[j] = least(next[j], before[j - 2] + 1);
        }
        size_t *free_row = before;
        before = last;
        last = next;
        next = free_row;
    }
    return last[length];
}

const char *feel_nearest_name(const char *name, const char *const *names, size_t count)
{
    const char *nearest = NULL;
    size_t length = strlen(name);
    size_t best = length / 3 + 1;
    if (length < 2 || length > NEAREST_LENGTH)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t other = strlen(names[i]);
        if (other > NEAREST_LENGTH || other + best < length || length + best < other)
            continue;
        size_t steps = distance(name, names[i]);
        if (steps > 0 && steps < best + (nearest == NULL)) {
            best = steps;
            nearest = names[i];
        }
    }
    return nearest;
}
