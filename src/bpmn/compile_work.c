// SPDX-License-Identifier: Apache-2.0
// The work of people: who may do a user task, when it is due, what must hold before and after.
// docs/extensions.md describes the elements.
#include "bpmn/compile.h"
#include "bpmn/timer.h"

#include <string.h>

#define CANDIDATES " position department skill level users "

static GraphCandidates candidates_of(Compile *c, const XmlNode *element)
{
    GraphCandidates candidates = {.position = xml_attribute(element, "position"),
                                  .department = xml_attribute(element, "department"),
                                  .skill = xml_attribute(element, "skill"),
                                  .level = compile_integer(c, element, "level", 1, 1),
                                  .users = compile_attribute(c, element, "users", false)};
    if (xml_attribute(element, "level") && !candidates.skill)
        PROBLEM(c, element, "missing-attribute", "Name the skill.", "<%s> has a level of no skill",
                element->name);
    return candidates;
}

static void candidates_compile(Compile *c, GraphTask *task, const XmlNode *extensions)
{
    ARRAY(GraphCandidates) candidates = {0};
    const XmlNode *own = xml_child(extensions, MILLRACE_SPACE, "task");
    if (xml_attribute(own, "position") || xml_attribute(own, "department") ||
        xml_attribute(own, "skill") || xml_attribute(own, "level") || xml_attribute(own, "users"))
        array_push(c->cx->arena, candidates) = candidates_of(c, own);
    for (const XmlNode *more = xml_child(extensions, MILLRACE_SPACE, "candidates"); more;
         more = xml_next(more, MILLRACE_SPACE, "candidates")) {
        compile_attributes_only(c, more, CANDIDATES);
        array_push(c->cx->arena, candidates) = candidates_of(c, more);
    }
    task->candidates = candidates.items;
    task->candidate_count = candidates.count;
}

static void separate_compile(Compile *c, GraphTask *task, const XmlNode *extensions)
{
    IntArray nodes = {0};
    for (const XmlNode *element = xml_child(extensions, MILLRACE_SPACE, "separate"); element;
         element = xml_next(element, MILLRACE_SPACE, "separate")) {
        compile_attributes_only(c, element, " from ");
        const char *at = compile_need(c, element, "from");
        while (at && *at) {
            size_t length = strcspn(at, ",");
            char *id = text_trim(c->cx->arena, text_slice(c->cx->arena, at, length));
            int node = *id ? compile_node_of(c, element, id) : -1;
            if (node >= 0)
                array_push(c->cx->arena, nodes) = node;
            at += length + (at[length] == ',');
        }
    }
    task->separate = nodes.items;
    task->separate_count = nodes.count;
}

// message="..." is the text, message-zh-CN="..." a translation.
static GraphTexts message_texts(Compile *c, const XmlNode *element)
{
    ARRAY(GraphText) texts = {0};
    for (size_t i = 0; i < element->attribute_count; i++)
        if (text_starts(element->attributes[i].name, "message-"))
            array_push(c->cx->arena, texts) = (GraphText){
                element->attributes[i].name + strlen("message-"), element->attributes[i].value};
    return (GraphTexts){texts.items, texts.count};
}

static void demands_compile(Compile *c, const XmlNode *extensions, const char *name,
                            const GraphDemand **out, size_t *count)
{
    ARRAY(GraphDemand) demands = {0};
    for (const XmlNode *element = xml_child(extensions, MILLRACE_SPACE, name); element;
         element = xml_next(element, MILLRACE_SPACE, name)) {
        compile_attributes_only(c, element, " condition message message-en message-zh-CN ");
        GraphDemand demand = {.condition = compile_attribute(c, element, "condition", true),
                              .message = compile_need(c, element, "message"),
                              .messages = message_texts(c, element)};
        if (demand.condition && demand.message)
            array_push(c->cx->arena, demands) = demand;
    }
    *out = demands.items;
    *count = demands.count;
}

static void keep_compile(Compile *c, GraphTask *task, const XmlNode *extensions)
{
    task->keep = -1;
    const XmlNode *keep = xml_child(extensions, MILLRACE_SPACE, "keep");
    if (!keep)
        return;
    compile_attributes_only(c, keep, " as ");
    const char *step = compile_need(c, keep, "as");
    if (step)
        task->keep = compile_node_of(c, keep, step);
    for (size_t i = 0; i < task->separate_count; i++)
        if (task->separate[i] == task->keep)
            PROBLEM(c, keep, "contradiction", "Take one of the two away.",
                    "whoever did '%s' must do this step, and must not", step);
}

static void distribute_compile(Compile *c, GraphTask *task, const XmlNode *extensions)
{
    static const char *const words[] = {[DISTRIBUTE_ROUND_ROBIN] = "round-robin",
                                        [DISTRIBUTE_LEAST_BUSY] = "least-busy",
                                        [DISTRIBUTE_SKILL] = "skill"};
    const XmlNode *element = xml_child(extensions, MILLRACE_SPACE, "distribute");
    if (!element)
        return;
    compile_attributes_only(c, element, " by ");
    const char *by = compile_need(c, element, "by");
    for (int i = DISTRIBUTE_ROUND_ROBIN; by && i <= DISTRIBUTE_SKILL; i++)
        if (strcmp(words[i], by) == 0)
            task->distribution = (GraphDistribution)i;
    bool by_skill = false;
    for (size_t i = 0; i < task->candidate_count; i++)
        by_skill = by_skill || task->candidates[i].skill;
    if (by && !task->distribution)
        PROBLEM(c, element, "wrong-attribute", "Write round-robin, least-busy or skill.",
                "a step cannot be distributed by '%s'", by);
    else if (task->distribution == DISTRIBUTE_SKILL && !by_skill)
        PROBLEM(c, element, "missing-attribute", "Name a skill in <millrace:task>.",
                "the step is distributed by skill, but asks for none");
}

// calendar="department": that of the department that does the step.
static const char *calendar_of(Compile *c, const GraphNode *node, const XmlNode *own)
{
    const char *name = xml_attribute(own, "calendar");
    if (!text_equal(name, "department"))
        return name;
    const char *department = xml_attribute(own, "department");
    if (!department && node->lane >= 0)
        department = c->lanes.items[node->lane].department;
    if (department)
        return text_format(c->cx->arena, CALENDAR_OF_DEPARTMENT "%s", department);
    PROBLEM(c, own, "missing-attribute", "Name a department, here or on the lane.",
            "the step counts by the calendar of its department, but has none");
    return NULL;
}

static void escalations_compile(Compile *c, GraphTask *task, const XmlNode *extensions,
                                const char *zone, const char *calendar)
{
    ARRAY(GraphEscalation) escalations = {0};
    for (const XmlNode *element = xml_child(extensions, MILLRACE_SPACE, "escalate"); element;
         element = xml_next(element, MILLRACE_SPACE, "escalate")) {
        compile_attributes_only(c, element, " after to tell ");
        const char *after = compile_need(c, element, "after");
        GraphEscalation one = {.after = {.text = after},
                               .position = compile_need(c, element, "to"),
                               .tell_only = compile_flag(c, element, "tell", false)};
        TimeSpec spec;
        if (after && (!time_spec_parse(after, &spec) || spec.form != TIME_DURATION))
            PROBLEM(c, element, "wrong-attribute", "Write an ISO 8601 duration, such as PT4H.",
                    "'%s' is no duration", after);
        if (!after || !one.position)
            continue;
        compile_time_place(c, element, zone, calendar, &one.after);
        array_push(c->cx->arena, escalations) = one;
    }
    task->escalations = escalations.items;
    task->escalation_count = escalations.count;
}

static void due_compile(Compile *c, GraphTask *task, const XmlNode *own, const char *zone,
                        const char *calendar)
{
    const char *due = xml_attribute(own, "due");
    if (!due)
        return;
    GraphTime *time = NEW(c->cx->arena, GraphTime);
    if (compile_time(c, own, due, time))
        task->due = time;
    compile_time_place(c, own, zone, calendar, time);
}

void compile_work(Compile *c, GraphNode *node, const XmlNode *extensions)
{
    GraphTask *task = NEW(c->cx->arena, GraphTask);
    const XmlNode *own = xml_child(extensions, MILLRACE_SPACE, "task");
    if (own)
        compile_attributes_only(c, own, CANDIDATES " due priority zone calendar mandatory ");
    const char *zone = xml_attribute(own, "zone");
    const char *calendar = calendar_of(c, node, own);
    due_compile(c, task, own, zone, calendar);
    task->priority = compile_attribute(c, own, "priority", false);
    task->optional = own && !compile_flag(c, own, "mandatory", true);
    task->instructions = compile_texts(c, extensions, "instruction");
    candidates_compile(c, task, extensions);
    compile_form(c, task, extensions);
    separate_compile(c, task, extensions);
    demands_compile(c, extensions, "entry", &task->entries, &task->entry_count);
    demands_compile(c, extensions, "exit", &task->exits, &task->exit_count);
    keep_compile(c, task, extensions);
    distribute_compile(c, task, extensions);
    escalations_compile(c, task, extensions, zone, calendar);
    node->task = task;
}
