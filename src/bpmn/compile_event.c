// SPDX-License-Identifier: Apache-2.0
// Event definitions become triggers. BPMN 2.0.2, 10.5.
#include "bpmn/compile.h"

#include "bpmn/timer.h"

#include <string.h>

typedef struct TriggerName {
    const char *element;
    TriggerKind kind;
    const char *reference; // the child or attribute that names the root element
    const char *root;
    const char *named_by; // the root element's attribute that is the name
} TriggerName;

static const TriggerName trigger_names[] = {
    {"messageEventDefinition", TRIGGER_MESSAGE, "messageRef", "message", "name"},
    {"timerEventDefinition", TRIGGER_TIMER, NULL, NULL, NULL},
    {"signalEventDefinition", TRIGGER_SIGNAL, "signalRef", "signal", "name"},
    {"errorEventDefinition", TRIGGER_ERROR, "errorRef", "error", "errorCode"},
    {"escalationEventDefinition", TRIGGER_ESCALATION, "escalationRef", "escalation",
     "escalationCode"},
    {"conditionalEventDefinition", TRIGGER_CONDITION, NULL, NULL, NULL},
    {"linkEventDefinition", TRIGGER_LINK, NULL, NULL, NULL},
    {"compensateEventDefinition", TRIGGER_COMPENSATION, NULL, NULL, NULL},
    {"cancelEventDefinition", TRIGGER_CANCEL, NULL, NULL, NULL},
    {"terminateEventDefinition", TRIGGER_TERMINATE, NULL, NULL, NULL},
};

static const TriggerName *trigger_name(const char *element)
{
    for (size_t i = 0; i < sizeof trigger_names / sizeof *trigger_names; i++)
        if (strcmp(trigger_names[i].element, element) == 0)
            return &trigger_names[i];
    return NULL;
}

static bool throws(const GraphNode *node)
{
    return node->kind == NODE_THROW || node->kind == NODE_END || node->kind == NODE_SEND_TASK;
}

// The name behind a reference to a root element: its name or code, else its id.
static const char *root_name(Compile *c, const XmlNode *where, const char *reference,
                             const char *root, const char *named_by)
{
    const XmlNode *element = bpmn_refer(c->model, where, reference);
    if (!element || !xml_is(element, BPMN_SPACE, root)) {
        GUARD(c, where, "unknown-reference", NULL, "'%s' is no <%s> of this model", reference,
              root);
        return NULL;
    }
    const char *name = xml_attribute(element, named_by);
    if (!name || !*name)
        name = xml_attribute(element, "name");
    return name && *name ? name : xml_attribute(element, "id");
}

static void trigger_refer(Compile *c, GraphNode *node, GraphTrigger *trigger,
                          const XmlNode *element, const TriggerName *known)
{
    const char *reference = xml_attribute(element, known->reference);
    bool any = trigger->kind == TRIGGER_ERROR || trigger->kind == TRIGGER_ESCALATION;
    if (reference) {
        trigger->name = root_name(c, element, reference, known->root, known->named_by);
        if (trigger->kind == TRIGGER_MESSAGE && trigger->name)
            compile_correlation(c, node, bpmn_refer(c->model, element, reference), throws(node),
                                trigger);
    } else if (trigger->kind == TRIGGER_MESSAGE &&
               compile_flow_message(c, node, throws(node), trigger)) {
        return;
    } else if (!any)
        GUARD(c, element, "missing-attribute", NULL, "'%s' does not say which %s", node->id,
              known->root);
    else if (throws(node))
        PROBLEM(c, element, "missing-attribute", NULL, "'%s' does not say which %s it throws",
                node->id, known->root);
}

static const char *const time_names[] = {"timeDate", "timeDuration", "timeCycle"};
static const char *const time_rules[] = {"EXT132", "EXT134", "EXT133"};

// What the text says must fit where it stands.
static void time_check(Compile *c, const GraphNode *node, TimerKind kind, const XmlNode *time,
                       const char *text)
{
    TimeSpec spec;
    if (!time_spec_parse(text, &spec))
        return; // FEEL: known only when it runs
    static const TimerKind kinds[] = {[TIME_DATE] = TIMER_DATE,
                                      [TIME_DURATION] = TIMER_DURATION,
                                      [TIME_REPEAT] = TIMER_CYCLE,
                                      [TIME_CRON] = TIMER_CYCLE};
    if (kinds[spec.form] != kind)
        PROBLEM(c, time, time_rules[kind],
                "A date belongs into <timeDate>, a duration into <timeDuration>, a repetition "
                "into <timeCycle>.",
                "'%s' cannot be a <%s>", text, time_names[kind]);
    if (node->kind == NODE_CATCH && spec.form == TIME_REPEAT && spec.repetitions < 0 &&
        !spec.has_end)
        PROBLEM(c, time, "wrong-timer", "Say how often: R3/PT1H.",
                "the timer '%s' in the flow repeats without end", text);
}

// A single word that nothing in the model writes is no time and will be none.
static bool is_stray_word(Compile *c, const char *text)
{
    bool word = *text && strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
                                      "0123456789") == strlen(text);
    TimeSpec spec;
    return word && !map_get(c->names, text) && !time_spec_parse(text, &spec);
}

static void trigger_time(Compile *c, const GraphNode *node, GraphTrigger *trigger,
                         const XmlNode *element)
{
    int found = 0;
    for (int kind = 0; kind < 3; kind++) {
        const XmlNode *time = xml_child(element, BPMN_SPACE, time_names[kind]);
        if (!time)
            continue;
        found++;
        trigger->timer = (TimerKind)kind;
        const char *text = text_trim(c->cx->arena, xml_text(c->cx->arena, time));
        if (!*text)
            GUARD(c, time, "empty-expression", NULL, "<%s> is empty", time_names[kind]);
        else if (is_stray_word(c, text))
            PROBLEM(c, time, time_rules[kind], "Write it as ISO 8601 says, or in FEEL.",
                    "'%s' is no time, and nothing in the model writes it", text);
        else if (compile_time(c, time, text, &trigger->when))
            time_check(c, node, (TimerKind)kind, time, text);
        compile_time_place(c, element, xml_attribute_in(element, MILLRACE_SPACE, "zone"),
                           xml_attribute_in(element, MILLRACE_SPACE, "calendar"), &trigger->when);
    }
    if (found != 1)
        GUARD(c, element, "wrong-timer",
              "Give exactly one of timeDate, timeDuration and timeCycle.",
              "a timer needs one time, not %d", found);
}

static void trigger_compensation(Compile *c, GraphTrigger *trigger, const XmlNode *element)
{
    const char *activity = xml_attribute(element, "activityRef");
    trigger->activity = activity ? compile_node_of(c, element, activity) : -1;
    trigger->wait_for_completion = compile_flag(c, element, "waitForCompletion", true);
}

// Links are joined by name; a throwing one may refer to the catching one instead.
static const char *link_name(Compile *c, const GraphNode *node, const XmlNode *element)
{
    const XmlNode *reference = xml_child(element, BPMN_SPACE, "target");
    const XmlNode *target =
        node->kind == NODE_THROW && reference
            ? bpmn_element(c->model, text_trim(c->cx->arena, xml_text(c->cx->arena, reference)))
            : NULL;
    return xml_attribute(xml_is(target, BPMN_SPACE, "linkEventDefinition") ? target : element,
                         "name");
}

static GraphTrigger trigger_compile(Compile *c, GraphNode *node, const XmlNode *element,
                                    const TriggerName *known)
{
    GraphTrigger trigger = {.kind = known->kind, .activity = -1};
    if (known->reference)
        trigger_refer(c, node, &trigger, element, known);
    else if (known->kind == TRIGGER_TIMER)
        trigger_time(c, node, &trigger, element);
    else if (known->kind == TRIGGER_COMPENSATION)
        trigger_compensation(c, &trigger, element);
    else if (known->kind == TRIGGER_LINK) {
        trigger.name = link_name(c, node, element);
        if (!trigger.name || !*trigger.name)
            GUARD(c, element, "missing-attribute", NULL, "a link event needs the link's name");
    } else if (known->kind == TRIGGER_CONDITION) {
        const XmlNode *condition = xml_child(element, BPMN_SPACE, "condition");
        if (!condition)
            GUARD(c, element, "missing-element", NULL, "a conditional event needs a <condition>");
        trigger.condition = compile_expression(c, condition);
    }
    return trigger;
}

void compile_triggers(Compile *c, GraphNode *node, const XmlNode *element)
{
    if (node->kind > NODE_BOUNDARY)
        return;
    ARRAY(GraphTrigger) triggers = {0};
    for (const XmlNode *child = xml_child(element, BPMN_SPACE, NULL); child;
         child = xml_next(child, BPMN_SPACE, NULL)) {
        const XmlNode *definition = child;
        if (strcmp(child->name, "eventDefinitionRef") == 0) {
            const char *id = text_trim(c->cx->arena, xml_text(c->cx->arena, child));
            definition = bpmn_refer(c->model, child, id);
            if (!definition)
                GUARD(c, child, "unknown-reference", NULL, "there is no event definition '%s'", id);
        }
        const TriggerName *known = definition ? trigger_name(definition->name) : NULL;
        if (known)
            array_push(c->cx->arena, triggers) = trigger_compile(c, node, definition, known);
        else if (definition && text_ends(definition->name, "EventDefinition"))
            PROBLEM(c, definition, "unsupported-element", NULL, "<%s> is not supported",
                    definition->name);
    }
    node->triggers = triggers.items;
    node->trigger_count = triggers.count;
    node->all_triggers = compile_flag(c, element, "parallelMultiple", false);
}

bool compile_thrown(Compile *c, GraphNode *node, const XmlNode *definition, GraphTrigger *out)
{
    const TriggerName *known = definition ? trigger_name(definition->name) : NULL;
    if (!known || (known->kind != TRIGGER_MESSAGE && known->kind != TRIGGER_SIGNAL &&
                   known->kind != TRIGGER_ESCALATION && known->kind != TRIGGER_ERROR))
        return false;
    *out = trigger_compile(c, node, definition, known);
    if (!out->name)
        PROBLEM(c, definition, "missing-attribute", NULL, "'%s' does not say what it throws",
                node->id);
    return out->name != NULL;
}

void compile_task_message(Compile *c, GraphNode *node, const XmlNode *element)
{
    const char *reference = xml_attribute(element, "messageRef");
    const XmlNode *at = element;
    if (!reference) {
        const char *operation = xml_attribute(element, "operationRef");
        const XmlNode *known = operation ? bpmn_refer(c->model, element, operation) : NULL;
        const XmlNode *in = xml_child(known, BPMN_SPACE, "inMessageRef");
        at = in ? in : at;
        reference = in ? text_trim(c->cx->arena, xml_text(c->cx->arena, in)) : NULL;
    }
    bool sends = node->kind == NODE_SEND_TASK;
    GraphTrigger *trigger = NEW(c->cx->arena, GraphTrigger);
    trigger->kind = TRIGGER_MESSAGE;
    trigger->activity = -1;
    if (!reference && !compile_flow_message(c, node, sends, trigger)) {
        if (!sends)
            PROBLEM(c, element, "missing-attribute", "Set messageRef, or draw a message flow.",
                    "the receive task '%s' does not say which message", node->id);
        return; // a send task may call a function point instead
    }
    if (reference)
        trigger->name = root_name(c, at, reference, "message", "name");
    if (reference && trigger->name)
        compile_correlation(c, node, bpmn_refer(c->model, at, reference), sends, trigger);
    node->triggers = trigger;
    node->trigger_count = 1;
}
