// SPDX-License-Identifier: Apache-2.0
// Activities: quantities, scripts, called elements, loops and multiple instances.
// BPMN 2.0.2, 10.3.
#include "bpmn/compile.h"

#include <string.h>

static bool is_feel_format(const char *format)
{
    return !format || !*format || strcasecmp(format, "feel") == 0 ||
           strcasecmp(format, "text/feel") == 0 || strcasecmp(format, "application/feel") == 0;
}

// A task may name a function point instead of a script; then it needs no script.
static bool calls_function(const XmlNode *element)
{
    return xml_child(compile_extensions_of(element), MILLRACE_SPACE, "call") != NULL;
}

static bool is_done_outside(const XmlNode *element)
{
    return xml_child(compile_extensions_of(element), MILLRACE_SPACE, "external") != NULL;
}

static void script_compile(Compile *c, GraphNode *node, const XmlNode *element)
{
    node->result = xml_attribute_in(element, MILLRACE_SPACE, "result");
    const XmlNode *script = xml_child(element, BPMN_SPACE, "script");
    const char *source = script ? text_trim(c->cx->arena, xml_text(c->cx->arena, script)) : NULL;
    if (calls_function(element))
        return;
    const char *format = xml_attribute(element, "scriptFormat");
    if (!is_feel_format(format))
        PROBLEM(c, element, "unsupported-language",
                "Write the script in FEEL (scriptFormat=\"feel\"), or call a function point.",
                "the script language '%s' is not supported", format);
    else if (!source || !*source)
        PROBLEM(c, element, "missing-element", "Give it a <script> in FEEL.",
                "the script task '%s' has no script", node->id);
    else
        node->script = compile_feel(c, script, source);
}

static NodeKind global_kind(const char *element)
{
    if (strcmp(element, "globalUserTask") == 0)
        return NODE_USER_TASK;
    if (strcmp(element, "globalManualTask") == 0)
        return NODE_MANUAL_TASK;
    if (strcmp(element, "globalScriptTask") == 0)
        return NODE_SCRIPT_TASK;
    if (strcmp(element, "globalBusinessRuleTask") == 0)
        return NODE_RULE_TASK;
    return NODE_TASK;
}

static void kind_compile(Compile *c, GraphNode *node, const XmlNode *element);

// A global task of the same model stands in for the call; anything else is another process.
static void called_compile(Compile *c, GraphNode *node, const XmlNode *element)
{
    const char *called = xml_attribute(element, "calledElement");
    if (!called || !*called) {
        PROBLEM(c, element, "missing-attribute", "Set calledElement.",
                "the call activity '%s' does not say what it calls", node->id);
        return;
    }
    const XmlNode *target = bpmn_refer(c->model, element, called);
    if (target && text_starts(target->name, "global") && text_ends(target->name, "Task")) {
        node->kind = global_kind(target->name);
        c->elements.items[node->index] = target; // its form, call and script are the task's
        kind_compile(c, node, target);
        return;
    }
    const char *colon = strrchr(called, ':');
    node->called = colon ? colon + 1 : called;
}

static void kind_compile(Compile *c, GraphNode *node, const XmlNode *element)
{
    switch (node->kind) {
    case NODE_SCRIPT_TASK:
        script_compile(c, node, element);
        break;
    case NODE_RECEIVE_TASK:
        node->instantiate = compile_flag(c, element, "instantiate", false);
        compile_task_message(c, node, element);
        break;
    case NODE_SEND_TASK:
        compile_task_message(c, node, element);
        if (!node->trigger_count && !calls_function(element) && !is_done_outside(element))
            PROBLEM(c, element, "missing-attribute",
                    "Set messageRef, or name a function point with <millrace:call>.",
                    "the send task '%s' does not say what it sends", node->id);
        break;
    case NODE_SERVICE_TASK:
        if (!calls_function(element) && !is_done_outside(element))
            PROBLEM(c, element, "missing-element",
                    "Name a function point with <millrace:call>, or a topic with "
                    "<millrace:external>.",
                    "the service task '%s' does not say what it calls", node->id);
        break;
    case NODE_RULE_TASK:
        if (!calls_function(element) &&
            !xml_child(compile_extensions_of(element), MILLRACE_SPACE, "decision"))
            PROBLEM(c, element, "missing-element", "Name a decision with <millrace:decision>.",
                    "the business rule task '%s' does not say what decides", node->id);
        break;
    case NODE_CALL_ACTIVITY:
        called_compile(c, node, element);
        break;
    case NODE_AD_HOC: {
        const char *ordering = xml_attribute(element, "ordering");
        node->ordered = text_equal(ordering, "Sequential");
        node->cancel_remaining = compile_flag(c, element, "cancelRemainingInstances", true);
        node->activation =
            compile_expression(c, xml_child(element, BPMN_SPACE, "completionCondition"));
        break;
    }
    default:
        break;
    }
}

static void standard_loop(Compile *c, GraphLoop *loop, const XmlNode *element)
{
    loop->kind = LOOP_STANDARD;
    loop->test_before = compile_flag(c, element, "testBefore", false);
    loop->maximum = compile_integer(c, element, "loopMaximum", -1, 1);
    loop->condition = compile_expression(c, xml_child(element, BPMN_SPACE, "loopCondition"));
    if (!loop->condition && loop->maximum < 0)
        PROBLEM(c, element, "endless-loop", "Give a loopCondition or a loopMaximum.",
                "the loop has neither a condition nor a maximum");
}

typedef ARRAY(GraphTold) ToldArray;

static void told_add(Compile *c, GraphNode *node, const XmlNode *where, const XmlNode *definition,
                     GraphTold told, ToldArray *out)
{
    if (compile_thrown(c, node, definition, &told.trigger))
        array_push(c->cx->arena, *out) = told;
    else
        PROBLEM(c, where, "unsupported-element", "Use a signal, message, escalation or error.",
                "the event that '%s' tells of its instances is not supported", node->id);
}

static void told_by_reference(Compile *c, GraphNode *node, const XmlNode *element,
                              const char *attribute, bool first_only, ToldArray *out)
{
    const char *id = xml_attribute(element, attribute);
    if (id)
        told_add(c, node, element, bpmn_element(c->model, id),
                 (GraphTold){.first_only = first_only}, out);
}

static void told_when(Compile *c, GraphNode *node, const XmlNode *element, ToldArray *out)
{
    const XmlNode *complex = xml_child(element, BPMN_SPACE, "complexBehaviorDefinition");
    for (; complex; complex = xml_next(complex, BPMN_SPACE, "complexBehaviorDefinition")) {
        const XmlNode *event = xml_child(complex, BPMN_SPACE, "event");
        const XmlNode *definition = xml_child(event, BPMN_SPACE, NULL);
        while (definition && !text_ends(definition->name, "EventDefinition"))
            definition = xml_next(definition, BPMN_SPACE, NULL);
        GraphTold told = {.condition =
                              compile_expression(c, xml_child(complex, BPMN_SPACE, "condition"))};
        if (!told.condition)
            PROBLEM(c, complex, "missing-element", "Give it a <condition>.",
                    "'%s' does not say when it tells", node->id);
        if (event)
            told_add(c, node, complex, definition, told, out);
    }
}

static void loop_behavior(Compile *c, GraphNode *node, GraphLoop *loop, const XmlNode *element)
{
    const char *behavior = xml_attribute(element, "behavior");
    ToldArray told = {0};
    if (text_equal(behavior, "None"))
        told_by_reference(c, node, element, "noneBehaviorEventRef", false, &told);
    else if (text_equal(behavior, "One"))
        told_by_reference(c, node, element, "oneBehaviorEventRef", true, &told);
    else if (text_equal(behavior, "Complex"))
        told_when(c, node, element, &told);
    else if (behavior && strcmp(behavior, "All") != 0)
        PROBLEM(c, element, "wrong-attribute", NULL,
                "behavior is '%s', not All, None, One or Complex", behavior);
    loop->told = told.items;
    loop->told_count = told.count;
}

static const char *item_name(const XmlNode *item)
{
    const char *name = xml_attribute(item, "name");
    return name && *name ? name : xml_attribute(item, "id");
}

// The variable that holds the list which the standard's references name; NULL: none.
static const char *looped_variable(Compile *c, const GraphNode *node, const XmlNode *element,
                                   const char *name)
{
    const XmlNode *reference = xml_child(element, BPMN_SPACE, name);
    if (!reference)
        return NULL;
    const char *id = text_trim(c->cx->arena, xml_text(c->cx->arena, reference));
    const char *variable = compile_data_variable(c, c->elements.items[node->index], id);
    if (!variable)
        PROBLEM(c, reference, "unsupported-data",
                "Name a data object, or a data input or output that an association connects with "
                "one; or write <millrace:each in=\"FEEL\" as=\"name\"/>.",
                "the list '%s' of the multi-instance activity '%s' is no variable", id, node->id);
    return variable;
}

static void multi_instance(Compile *c, GraphNode *node, GraphLoop *loop, const XmlNode *element)
{
    loop->kind = compile_flag(c, element, "isSequential", false) ? LOOP_SEQUENTIAL : LOOP_PARALLEL;
    loop->maximum = -1;
    loop->cardinality = compile_expression(c, xml_child(element, BPMN_SPACE, "loopCardinality"));
    loop->completion = compile_expression(c, xml_child(element, BPMN_SPACE, "completionCondition"));
    const XmlNode *input = xml_child(element, BPMN_SPACE, "inputDataItem");
    const XmlNode *output = xml_child(element, BPMN_SPACE, "outputDataItem");
    const XmlNode *each = xml_child(compile_extensions_of(element), MILLRACE_SPACE, "each");
    if (each) {
        loop->collection = compile_attribute(c, each, "in", true);
        loop->item = xml_attribute(each, "as");
        loop->output = xml_attribute(each, "output");
        loop->outputs = xml_attribute(each, "into");
    }
    const char *collection = looped_variable(c, node, element, "loopDataInputRef");
    if (collection && !loop->collection)
        loop->collection = compile_feel(c, element, collection);
    if (!loop->outputs)
        loop->outputs = looped_variable(c, node, element, "loopDataOutputRef");
    if (!loop->item)
        loop->item = item_name(input);
    if (!loop->output)
        loop->output = item_name(output);
    loop_behavior(c, node, loop, element);
    if (!loop->cardinality && !loop->collection)
        PROBLEM(c, element, "missing-element",
                "Give a <loopCardinality>, or <millrace:each in=\"FEEL\" as=\"name\"/>.",
                "multiple instances of what? there is neither a number nor a collection");
}

void compile_activity(Compile *c, GraphNode *node, const XmlNode *element)
{
    node->start_quantity = compile_integer(c, element, "startQuantity", 1, 1);
    node->completion_quantity = compile_integer(c, element, "completionQuantity", 1, 1);
    kind_compile(c, node, element);
    const XmlNode *standard = xml_child(element, BPMN_SPACE, "standardLoopCharacteristics");
    const XmlNode *multiple = xml_child(element, BPMN_SPACE, "multiInstanceLoopCharacteristics");
    if (!standard && !multiple)
        return;
    GraphLoop *loop = NEW(c->cx->arena, GraphLoop);
    if (standard)
        standard_loop(c, loop, standard);
    else
        multi_instance(c, node, loop, multiple);
    node->loop = loop;
}
