// SPDX-License-Identifier: Apache-2.0
// Which message an event or task means, and the key by which it finds its instance.
//
// Without a messageRef a message flow says it (9.3): the flow's own message, that of the end it
// leads to, that of the end it comes from, else the flow stands for a message of its own, called as
// its target. The key is <millrace:correlation>, or the standard's correlation (8.4.2): over the
// payload where the message is sent, over the variables by a correlationSubscription where it is
// awaited.
#include "bpmn/compile.h"

#include <string.h>

static const char *local_id(const char *reference)
{
    const char *colon = reference ? strrchr(reference, ':') : NULL;
    return colon ? colon + 1 : reference;
}

static const XmlNode *message_named(Compile *c, const XmlNode *at)
{
    const char *reference = xml_attribute(at, "messageRef");
    const XmlNode *message = reference ? bpmn_refer(c->model, at, reference) : NULL;
    return xml_is(message, BPMN_SPACE, "message") ? message : NULL;
}

static const XmlNode *message_of_end(Compile *c, const XmlNode *flow, const char *attribute)
{
    const char *reference = xml_attribute(flow, attribute);
    const XmlNode *end = reference ? bpmn_refer(c->model, flow, reference) : NULL;
    const XmlNode *definition = xml_child(end, BPMN_SPACE, "messageEventDefinition");
    return message_named(c, definition ? definition : end);
}

static const XmlNode *flow_of(Compile *c, const char *id, bool sends)
{
    const XmlNode *collaboration = xml_child(c->model->root, BPMN_SPACE, "collaboration");
    for (; collaboration; collaboration = xml_next(collaboration, BPMN_SPACE, "collaboration"))
        for (const XmlNode *flow = xml_child(collaboration, BPMN_SPACE, "messageFlow"); flow;
             flow = xml_next(flow, BPMN_SPACE, "messageFlow"))
            if (text_equal(local_id(xml_attribute(flow, sends ? "sourceRef" : "targetRef")), id))
                return flow;
    return NULL;
}

bool compile_flow_message(Compile *c, const GraphNode *node, bool sends, GraphTrigger *out)
{
    const XmlNode *flow = flow_of(c, node->id, sends);
    if (!flow)
        return false;
    const XmlNode *message = message_named(c, flow);
    if (!message)
        message = message_of_end(c, flow, "targetRef");
    if (!message)
        message = message_of_end(c, flow, "sourceRef");
    const char *name = xml_attribute(message, "name");
    if (!name || !*name)
        name = xml_attribute(message, "id");
    out->name = name ? name : local_id(xml_attribute(flow, "targetRef"));
    if (message)
        compile_correlation(c, node, message, sends, out);
    return out->name != NULL;
}

// --- Correlation ---------------------------------------------------------------------------------

static const char *text_of(Compile *c, const XmlNode *element)
{
    return element ? text_trim(c->cx->arena, xml_text(c->cx->arena, element)) : NULL;
}

static const char *message_path(Compile *c, const XmlNode *property, const char *message)
{
    static const char name[] = "correlationPropertyRetrievalExpression";
    for (const XmlNode *way = xml_child(property, BPMN_SPACE, name); way;
         way = xml_next(way, BPMN_SPACE, name))
        if (text_equal(local_id(xml_attribute(way, "messageRef")), message))
            return text_of(c, xml_child(way, BPMN_SPACE, "messagePath"));
    return NULL;
}

static const char *data_path(Compile *c, const XmlNode *process, const char *property)
{
    const XmlNode *own = xml_child(process, BPMN_SPACE, "correlationSubscription");
    for (; own; own = xml_next(own, BPMN_SPACE, "correlationSubscription"))
        for (const XmlNode *binding = xml_child(own, BPMN_SPACE, "correlationPropertyBinding");
             binding; binding = xml_next(binding, BPMN_SPACE, "correlationPropertyBinding"))
            if (text_equal(local_id(xml_attribute(binding, "correlationPropertyRef")), property))
                return text_of(c, xml_child(binding, BPMN_SPACE, "dataPath"));
    return NULL;
}

// The properties whose values make the key of a message.
typedef struct MessageKey {
    const XmlNode *key; // NULL: all properties that the message has
    ARRAY(const XmlNode *) properties;
} MessageKey;

static bool is_bound_by(Compile *c, const MessageKey *key, const XmlNode *process)
{
    for (size_t i = 0; i < key->properties.count; i++)
        if (!data_path(c, process, xml_attribute(key->properties.items[i], "id")))
            return false;
    return true;
}

static bool is_bound(Compile *c, const MessageKey *key)
{
    for (size_t i = 0; i < c->model->process_count; i++)
        if (is_bound_by(c, key, c->model->processes[i]))
            return true;
    return false;
}

// False when the message lacks one of the key's properties: then it is no key of this message.
static bool key_of_message(Compile *c, const XmlNode *key, const char *message, MessageKey *out)
{
    *out = (MessageKey){.key = key};
    const XmlNode *reference = xml_child(key, BPMN_SPACE, "correlationPropertyRef");
    for (; reference; reference = xml_next(reference, BPMN_SPACE, "correlationPropertyRef")) {
        const XmlNode *property = bpmn_refer(c->model, reference, text_of(c, reference));
        if (!property || !message_path(c, property, message))
            return false;
        array_push(c->cx->arena, out->properties) = property;
    }
    return out->properties.count > 0;
}

// Of several keys the first that the message has whole and that somebody awaits it by: both ends
// find the same one, for they are in one model.
static MessageKey key_choose(Compile *c, const char *message)
{
    MessageKey first = {0}, key;
    const XmlNode *level = xml_child(c->model->root, BPMN_SPACE, NULL);
    for (; level; level = xml_next(level, BPMN_SPACE, NULL)) {
        const XmlNode *own = xml_child(level, BPMN_SPACE, "correlationKey");
        for (; own; own = xml_next(own, BPMN_SPACE, "correlationKey")) {
            if (!key_of_message(c, own, message, &key))
                continue;
            if (is_bound(c, &key))
                return key;
            if (!first.key)
                first = key;
        }
    }
    const XmlNode *property = xml_child(c->model->root, BPMN_SPACE, "correlationProperty");
    for (; property && !first.key; property = xml_next(property, BPMN_SPACE, "correlationProperty"))
        if (message_path(c, property, message))
            array_push(c->cx->arena, first.properties) = property;
    return first;
}

// Several properties make one key: their texts with a bar between.
static const Feel *standard_key(Compile *c, const GraphNode *node, const char *message, bool sends)
{
    ARRAY(const char *) parts = {0};
    const XmlNode *where = c->elements.items[node->index];
    MessageKey key = key_choose(c, message);
    for (size_t i = 0; i < key.properties.count; i++) {
        const XmlNode *property = key.properties.items[i];
        const char *id = xml_attribute(property, "id");
        const char *source = sends ? message_path(c, property, message)
                                   : data_path(c, c->scope_elements.items[0], id);
        if (source && *source)
            array_push(c->cx->arena, parts) = source;
        else
            PROBLEM(c, where, "missing-element",
                    "Bind it by a <correlationSubscription> of the process.",
                    "'%s' awaits a message without a value for the correlation property '%s'",
                    node->id, id ? id : "");
    }
    if (parts.count < 2)
        return parts.count ? compile_feel(c, where, parts.items[0]) : NULL;
    Buffer *joined = buffer_new(c->cx->arena);
    for (size_t i = 0; i < parts.count; i++)
        buffer_format(joined, "%sstring(%s)", i ? " + \"|\" + " : "", parts.items[i]);
    return compile_feel(c, where, joined->bytes);
}

void compile_correlation(Compile *c, const GraphNode *node, const XmlNode *message, bool sends,
                         GraphTrigger *out)
{
    out->key = compile_own_correlation(c, message);
    bool starts = node->instantiate || (node->kind == NODE_START && node->scope == 0);
    if (out->key || starts)
        return;
    out->key = standard_key(c, node, xml_attribute(message, "id"), sends);
    out->key_in_payload = sends && out->key;
}
