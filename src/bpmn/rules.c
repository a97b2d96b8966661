// SPDX-License-Identifier: Apache-2.0
#include "bpmn/rules.h"

#include <stdlib.h>
#include <string.h>

Registry bpmn_rules = {.what = "rule of BPMN"};

// --- What rules ask ------------------------------------------------------------------------------

const char *rule_statement(const RuleCheck *check)
{
    if (check->rule->statement)
        return check->rule->statement;
    size_t count;
    const BpmnRule *const *rules = (const BpmnRule *const *)registry_all(&bpmn_rules, &count);
    for (size_t i = 0; i < count; i++)
        if (rules[i]->check == check->rule->check && rules[i]->statement)
            return rules[i]->statement;
    return NULL;
}

const char *rule_id(const XmlNode *element)
{
    const char *id = xml_attribute(element, "id");
    return id ? id : "";
}

bool rule_true(const XmlNode *element, const char *name, bool fallback)
{
    const char *text = xml_attribute(element, name);
    return text ? strcmp(text, "true") == 0 || strcmp(text, "1") == 0 : fallback;
}

const char *rule_text(RuleCheck *check, const XmlNode *element)
{
    return element ? text_trim(check->cx->arena, xml_text(check->cx->arena, element)) : "";
}

const XmlNode *rule_target(RuleCheck *check, const XmlNode *element, const char *attribute)
{
    const char *id = xml_attribute(element, attribute);
    return id ? bpmn_refer(check->model, element, id) : NULL;
}

const XmlNode *rule_child_target(RuleCheck *check, const XmlNode *element, const char *child)
{
    const XmlNode *found = xml_child(element, BPMN_SPACE, child);
    return found ? bpmn_refer(check->model, found, rule_text(check, found)) : NULL;
}

static const XmlNodes *of(const Map *map, const XmlNode *element)
{
    static const XmlNodes none = {0};
    const XmlNodes *found = map_get(map, rule_id(element));
    return found ? found : &none;
}

const XmlNodes *rule_incoming(RuleCheck *check, const XmlNode *node)
{
    return of(check->incoming, node);
}

const XmlNodes *rule_outgoing(RuleCheck *check, const XmlNode *node)
{
    return of(check->outgoing, node);
}

static size_t flows_count(RuleCheck *check, const XmlNode *node, size_t drawn, const char *list,
                          Count which)
{
    size_t listed = 0;
    for (EACH(child, node, list))
        listed++;
    bool other = which == MOST ? listed > drawn : listed < drawn;
    return check->lists && other ? listed : drawn;
}

size_t rule_flows_in(RuleCheck *check, const XmlNode *node, Count which)
{
    return flows_count(check, node, rule_incoming(check, node)->count, "incoming", which);
}

size_t rule_flows_out(RuleCheck *check, const XmlNode *node, Count which)
{
    return flows_count(check, node, rule_outgoing(check, node)->count, "outgoing", which);
}

const XmlNodes *rule_message_flows(RuleCheck *check, const XmlNode *end)
{
    return of(check->message_flows, end);
}

XmlNodes rule_definitions(RuleCheck *check, const XmlNode *event)
{
    XmlNodes found = {0};
    for (EACH(child, event, NULL)) {
        const XmlNode *definition = child;
        if (strcmp(child->name, "eventDefinitionRef") == 0)
            definition = bpmn_element(check->model, rule_text(check, child));
        if (schema_is(definition, "eventDefinition"))
            array_push(check->cx->arena, found) = definition;
    }
    return found;
}

static bool among(const char *kinds, const char *definition)
{
    size_t length = strlen(definition) - strlen("EventDefinition");
    for (const char *at = kinds; *at; at += strcspn(at, " "), at += strspn(at, " "))
        if (strcspn(at, " ") == length && strncmp(at, definition, length) == 0)
            return true;
    return false;
}

size_t rule_count(RuleCheck *check, const XmlNode *event, const char *kinds)
{
    XmlNodes all = rule_definitions(check, event);
    size_t count = 0;
    for (size_t i = 0; i < all.count; i++)
        count += !kinds || among(kinds, all.items[i]->name);
    return count;
}

bool rule_only(RuleCheck *check, const XmlNode *event, const char *kind)
{
    return rule_count(check, event, NULL) == 1 && rule_count(check, event, kind) == 1;
}

bool rule_event_sub_process(const XmlNode *element)
{
    return schema_is(element, "subProcess") && rule_true(element, "triggeredByEvent", false);
}

const XmlNode *rule_process(const XmlNode *element)
{
    while (element && !xml_is(element, BPMN_SPACE, "process"))
        element = element->parent;
    return element;
}

bool rule_executable(const XmlNode *element)
{
    const XmlNode *process = rule_process(element);
    return process && rule_true(process, "isExecutable", true);
}

// --- Asking them ---------------------------------------------------------------------------------

typedef struct Rules {
    const BpmnRule **items;
    size_t count;
    size_t capacity;
} Rules;

static bool concerns(Arena *arena, const BpmnRule *rule, const XmlNode *element)
{
    for (const char *at = rule->kinds; *at;) {
        size_t length = strcspn(at, " ");
        if (schema_is(element, text_slice(arena, at, length)))
            return true;
        at += length + strspn(at + length, " ");
    }
    return false;
}

// The rules for elements of that name, found once for each name.
static const Rules *rules_for(RuleCheck *check, Map *by_name, const XmlNode *element)
{
    Rules *own = map_get(by_name, element->name);
    if (own)
        return own;
    own = NEW(check->cx->arena, Rules);
    size_t count;
    const BpmnRule *const *all = (const BpmnRule *const *)registry_all(&bpmn_rules, &count);
    for (size_t i = 0; i < count; i++)
        if (concerns(check->cx->arena, all[i], element))
            array_push(check->cx->arena, *own) = all[i];
    map_put(by_name, element->name, own);
    return own;
}

static void note(RuleCheck *check, Map *map, const char *id, const XmlNode *element)
{
    if (!id)
        return;
    const XmlNode *target = bpmn_element(check->model, id);
    id = target ? rule_id(target) : id;
    XmlNodes *nodes = map_get(map, id);
    if (!nodes)
        map_put(map, id, nodes = NEW(check->cx->arena, XmlNodes));
    array_push(check->cx->arena, *nodes) = element;
}

static void elements_note(RuleCheck *check, const XmlNode *element)
{
    if (xml_is(element, BPMN_SPACE, "sequenceFlow")) {
        note(check, check->outgoing, xml_attribute(element, "sourceRef"), element);
        note(check, check->incoming, xml_attribute(element, "targetRef"), element);
    } else if (xml_is(element, BPMN_SPACE, "messageFlow")) {
        note(check, check->message_flows, xml_attribute(element, "sourceRef"), element);
        note(check, check->message_flows, xml_attribute(element, "targetRef"), element);
    } else if (schema_is(element, "eventDefinition") && schema_is(element->parent, "throwEvent")) {
        note(check, check->thrown, xml_attribute(element, "id"), element);
    }
    check->lists = check->lists || xml_is(element, BPMN_SPACE, "incoming") ||
                   xml_is(element, BPMN_SPACE, "outgoing");
    for (EACH(child, element, NULL))
        elements_note(check, child);
}

static void elements_check(RuleCheck *check, Map *by_name, const XmlNode *element)
{
    const Rules *rules = rules_for(check, by_name, element);
    for (size_t i = 0; i < rules->count; i++) {
        check->rule = rules->items[i];
        check->rule->check(check, element);
    }
    for (EACH(child, element, NULL))
        if (strcmp(child->name, "extensionElements") != 0)
            elements_check(check, by_name, child);
}

void bpmn_check(Ctx *cx, const BpmnModel *model, BpmnProblems *problems)
{
    RuleCheck check = {.cx = cx,
                       .model = model,
                       .problems = problems,
                       .incoming = map_new(cx->arena),
                       .outgoing = map_new(cx->arena),
                       .message_flows = map_new(cx->arena),
                       .thrown = map_new(cx->arena)};
    schema_check(cx, model, problems);
    elements_note(&check, model->root);
    elements_check(&check, map_new(cx->arena), model->root);
}
