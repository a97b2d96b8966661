// SPDX-License-Identifier: Apache-2.0
// The words of a model: the numbers and texts that its expressions and its decisions compare with,
// and the names that they ask for and nothing writes. Values that are made up are taken from them,
// so that they fall on both sides of each condition.
#include "feel/lexer.h"
#include "process/prove_room.h"

#include <string.h>

#define LIMIT_WORDS 400

typedef struct Reading {
    Ctx *cx;
    const Graph *graph;
    Words *words;
} Reading;

static void number_add(Reading *reading, const char *text, size_t length)
{
    static const int around[] = {0, 1, -1};
    Decimal number, other;
    if (!decimal_parse(text, length, &number))
        return;
    for (size_t i = 0; i < 3 && reading->words->numbers.count < LIMIT_WORDS; i++)
        if (decimal_add(number, decimal_from_integer(around[i]), &other) &&
            !decimal_is_negative(other))
            array_push(reading->cx->arena, reading->words->numbers) = value_number(other);
}

static bool among(const Names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (text_equal(names->items[i], name))
            return true;
    return false;
}

static void name_add(Reading *reading, Names *names, const char *name)
{
    if (names->count < LIMIT_WORDS && !among(names, name))
        array_push(reading->cx->arena, *names) = name;
}

static bool is_written(const Graph *graph, const char *name)
{
    for (size_t i = 0; i < graph->variable_count; i++)
        if (text_equal(graph->variables[i], name))
            return true;
    for (size_t i = 0; i < graph->node_count; i++) {
        const GraphTask *task = graph->nodes[i].task;
        const GraphLoop *loop = graph->nodes[i].loop;
        for (size_t k = 0; task && k < task->field_count; k++)
            if (task->fields[k].type && text_equal(task->fields[k].name, name))
                return true;
        if (loop && (text_equal(loop->item, name) || text_equal(loop->output, name)))
            return true;
    }
    return text_equal(graph->variable, name) || text_equal(name, "result") ||
           text_equal(name, "loopCounter");
}

static void text_read(Reading *reading, const char *source)
{
    Lexer lexer = {.arena = reading->cx->arena,
                   .source = source,
                   .at = source,
                   .end = source + strlen(source)};
    Token before = {0};
    for (;;) {
        Token token = lexer_next(&lexer);
        if (token.kind == TOKEN_END || token.kind == TOKEN_BROKEN)
            return;
        if (token.kind == TOKEN_NUMBER)
            number_add(reading, source + token.from, (size_t)(token.to - token.from));
        else if (token.kind == TOKEN_TEXT)
            name_add(reading, &reading->words->texts, token.text);
        lexer_space(&lexer);
        bool called = lexer.at < lexer.end && (*lexer.at == '(' || *lexer.at == ':');
        bool part = before.kind == TOKEN_SYMBOL && before.symbol == SYMBOL_DOT;
        if (token.kind == TOKEN_NAME && part)
            name_add(reading, &reading->words->parts, token.text);
        else if (token.kind == TOKEN_NAME && !called && !is_written(reading->graph, token.text))
            name_add(reading, &reading->words->free, token.text);
        lexer.after_dot = token.kind == TOKEN_SYMBOL && token.symbol == SYMBOL_DOT;
        before = token;
    }
}

static void feel_read(Reading *reading, const Feel *expression)
{
    if (expression)
        text_read(reading, feel_source(expression));
}

static void mappings_read(Reading *reading, const GraphMappings *mappings)
{
    for (size_t i = 0; i < mappings->count; i++)
        feel_read(reading, mappings->items[i].value);
}

static void task_read(Reading *reading, const GraphTask *task)
{
    for (size_t i = 0; i < task->entry_count; i++)
        feel_read(reading, task->entries[i].condition);
    for (size_t i = 0; i < task->exit_count; i++)
        feel_read(reading, task->exits[i].condition);
}

static FALLIBLE decision_read(Reading *reading, const GraphNode *node)
{
    const DecisionModel *decision;
    Error *error = decision_newest(reading->cx, node->decision_model, &decision);
    if (error)
        return error->code == ERR_NOT_FOUND ? NULL : error;
    // The names of a decision are its own.
    Words own = {0}, *words = reading->words;
    reading->words = &own;
    for (size_t i = 0; i < dmn_text_count(decision->dmn); i++)
        text_read(reading, dmn_text(decision->dmn, i));
    reading->words = words;
    for (size_t i = 0; i < own.numbers.count; i++)
        array_push(reading->cx->arena, words->numbers) = own.numbers.items[i];
    for (size_t i = 0; i < own.texts.count; i++)
        name_add(reading, &words->texts, own.texts.items[i]);
    return NULL;
}

static FALLIBLE node_read(Reading *reading, const GraphNode *node)
{
    for (size_t i = 0; i < node->trigger_count; i++) {
        feel_read(reading, node->triggers[i].condition);
        feel_read(reading, node->triggers[i].key);
        feel_read(reading, node->triggers[i].when.expression);
        mappings_read(reading, &node->triggers[i].outputs);
    }
    if (node->task)
        task_read(reading, node->task);
    feel_read(reading, node->script);
    feel_read(reading, node->activation);
    mappings_read(reading, &node->inputs);
    mappings_read(reading, &node->outputs);
    for (size_t i = 0; i < node->set_count; i++)
        feel_read(reading, node->sets[i].value);
    if (node->loop) {
        feel_read(reading, node->loop->condition);
        feel_read(reading, node->loop->cardinality);
        feel_read(reading, node->loop->collection);
        feel_read(reading, node->loop->completion);
        if (node->loop->collection)
            name_add(reading, &reading->words->lists, feel_source(node->loop->collection));
    }
    return node->decision_model ? decision_read(reading, node) : NULL;
}

FALLIBLE proof_words(Ctx *cx, void *state)
{
    Proof *proof = state;
    const Graph *graph = proof->model->graph;
    Reading reading = {cx, graph, &proof->words};
    proof->words = (Words){0};
    for (size_t i = 0; i < graph->edge_count; i++)
        feel_read(&reading, graph->edges[i].condition);
    for (size_t i = 0; i < graph->node_count; i++)
        TRY(node_read(&reading, &graph->nodes[i]));
    for (size_t i = 0; i < graph->record_start_count; i++)
        feel_read(&reading, graph->record_starts[i].when);
    return NULL;
}

bool proof_word_list(const Proof *proof, const char *name)
{
    return among(&proof->words.lists, name);
}
