// SPDX-License-Identifier: Apache-2.0
// Data associations: BPMN 2.0.2, 10.4.2. A data object or property is a variable of its scope; an
// association into an activity or throwing event is one more of its inputs, one out of it one more
// of its outputs.
//
//   dataObject -> dataInput    input "name of the dataInput" = the variable
//   dataOutput -> dataObject   variable = the whole result when the step has one dataOutput, else
//                              the entry of the result that has the dataOutput's name
#include "bpmn/compile.h"

#include <string.h>

static const char *data_name(const XmlNode *element)
{
    const char *name = xml_attribute(element, "name");
    return name && *name ? name : xml_attribute(element, "id");
}

static const char *reference_of(Compile *c, const XmlNode *association, const char *name)
{
    const XmlNode *child = xml_child(association, BPMN_SPACE, name);
    return child ? text_trim(c->cx->arena, xml_text(c->cx->arena, child)) : NULL;
}

// The variable behind a data object, a reference to one, or a property; NULL when it is none.
static const char *variable_of(Compile *c, const char *id)
{
    const XmlNode *element = id ? bpmn_element(c->model, id) : NULL;
    if (xml_is(element, BPMN_SPACE, "dataObjectReference")) {
        const char *target = xml_attribute(element, "dataObjectRef");
        element = target ? bpmn_element(c->model, target) : NULL;
    }
    bool variable =
        xml_is(element, BPMN_SPACE, "dataObject") || xml_is(element, BPMN_SPACE, "property");
    return variable ? data_name(element) : NULL;
}

static const XmlNode *specification_of(const XmlNode *element)
{
    const XmlNode *own = xml_child(element, BPMN_SPACE, "ioSpecification");
    return own ? own : element; // events hold their dataInput and dataOutput themselves
}

static const Feel *transformation_of(Compile *c, const XmlNode *association, const char *source)
{
    const XmlNode *transformation = xml_child(association, BPMN_SPACE, "transformation");
    if (transformation)
        return compile_expression(c, transformation);
    return compile_feel(c, association, source);
}

static void refuse(Compile *c, const XmlNode *association)
{
    PROBLEM(c, association, "unsupported-data",
            "Lead it between a data object or property and the step's dataInput or dataOutput.",
            "this data association is not supported");
}

// --- Assignments ---------------------------------------------------------------------------------

static bool names_safely(const char *name)
{
    return name && *name && !strchr(name, '"') && !strchr(name, '\\');
}

static const char *assigned(Compile *c, const XmlNode *assignment, const char *name)
{
    const XmlNode *child = xml_child(assignment, BPMN_SPACE, name);
    return child ? text_trim(c->cx->arena, xml_text(c->cx->arena, child)) : "";
}

// What is assigned to: the whole (NULL), or the part behind the last point.
static const char *part_of(const char *to, const char *whole, const char *id)
{
    if (!*to || text_equal(to, whole) || text_equal(to, id))
        return NULL;
    const char *point = strrchr(to, '.');
    return point ? point + 1 : to;
}

// All parts of an input are one context.
static const char *assignments_source(Compile *c, const XmlNode *association, const XmlNode *target)
{
    Buffer *out = buffer_new(c->cx->arena);
    const XmlNode *assignment = xml_child(association, BPMN_SPACE, "assignment");
    for (; assignment; assignment = xml_next(assignment, BPMN_SPACE, "assignment")) {
        const char *part =
            part_of(assigned(c, assignment, "to"), data_name(target), xml_attribute(target, "id"));
        const char *from = assigned(c, assignment, "from");
        if (!part)
            return from;
        if (!names_safely(part))
            return NULL;
        buffer_format(out, "%s\"%s\": %s", out->length ? ", " : "", part, from);
    }
    return text_format(c->cx->arena, "{%s}", out->bytes);
}

static void outputs_assign(Compile *c, const XmlNode *association, const char *variable,
                           MappingArray *outputs)
{
    const char *id = reference_of(c, association, "targetRef");
    const XmlNode *assignment = xml_child(association, BPMN_SPACE, "assignment");
    for (; assignment; assignment = xml_next(assignment, BPMN_SPACE, "assignment")) {
        const char *part = part_of(assigned(c, assignment, "to"), variable, id);
        const char *source = assigned(c, assignment, "from");
        if (part && !names_safely(part)) {
            refuse(c, assignment);
            return;
        }
        if (part)
            source =
                text_format(c->cx->arena, "context put(if %s = null then {} else %s, \"%s\", %s)",
                            variable, variable, part, source);
        GraphMapping mapping = {variable, compile_feel(c, assignment, source)};
        if (mapping.value)
            array_push(c->cx->arena, *outputs) = mapping;
    }
}

// --- Associations --------------------------------------------------------------------------------

static void input_compile(Compile *c, const XmlNode *association, MappingArray *inputs)
{
    const char *variable = variable_of(c, reference_of(c, association, "sourceRef"));
    const char *target = reference_of(c, association, "targetRef");
    const XmlNode *input = target ? bpmn_element(c->model, target) : NULL;
    bool assigns = xml_child(association, BPMN_SPACE, "assignment") != NULL;
    if (xml_is(input, BPMN_SPACE, "dataInput") && assigns)
        variable = assignments_source(c, association, input);
    if (!variable || !xml_is(input, BPMN_SPACE, "dataInput")) {
        refuse(c, association);
        return;
    }
    GraphMapping mapping = {data_name(input), transformation_of(c, association, variable)};
    if (mapping.name && mapping.value)
        array_push(c->cx->arena, *inputs) = mapping;
}

static void output_compile(Compile *c, const XmlNode *element, const XmlNode *association,
                           MappingArray *outputs)
{
    const char *variable = variable_of(c, reference_of(c, association, "targetRef"));
    const char *source = reference_of(c, association, "sourceRef");
    const XmlNode *output = source ? bpmn_element(c->model, source) : NULL;
    if (variable && xml_child(association, BPMN_SPACE, "assignment")) {
        outputs_assign(c, association, variable, outputs);
        return;
    }
    if (!variable || !xml_is(output, BPMN_SPACE, "dataOutput") ||
        !names_safely(data_name(output))) {
        refuse(c, association);
        return;
    }
    const XmlNode *first = xml_child(specification_of(element), BPMN_SPACE, "dataOutput");
    bool only = first && !xml_next(first, BPMN_SPACE, "dataOutput");
    const char *feel =
        only ? "result" : text_format(c->cx->arena, "get value(result, \"%s\")", data_name(output));
    GraphMapping mapping = {variable, transformation_of(c, association, feel)};
    if (mapping.value)
        array_push(c->cx->arena, *outputs) = mapping;
}

const char *compile_data_variable(Compile *c, const XmlNode *element, const char *id)
{
    const char *variable = variable_of(c, id);
    for (const XmlNode *child = xml_child(element, BPMN_SPACE, NULL); child && !variable;
         child = xml_next(child, BPMN_SPACE, NULL)) {
        bool in = strcmp(child->name, "dataInputAssociation") == 0;
        if (!in && strcmp(child->name, "dataOutputAssociation") != 0)
            continue;
        if (text_equal(reference_of(c, child, in ? "targetRef" : "sourceRef"), id))
            variable = variable_of(c, reference_of(c, child, in ? "sourceRef" : "targetRef"));
    }
    return variable;
}

// --- Sets ----------------------------------------------------------------------------------------

// What the sets of one side are called.
typedef struct Side {
    const char *set;
    const char *members;
    const char *optional;
    const char *later; // need not be there when it begins; NULL: must be
} Side;

static const Side input_side = {"inputSet", "dataInputRefs", "optionalInputRefs",
                                "whileExecutingInputRefs"};
static const Side output_side = {"outputSet", "dataOutputRefs", "optionalOutputRefs", NULL};

// The data input or output of each mapping.
typedef ARRAY(const XmlNode *) DataArray;

static bool names_element(Compile *c, const XmlNode *set, const char *list, const XmlNode *element)
{
    const XmlNode *child = list ? xml_child(set, BPMN_SPACE, list) : NULL;
    for (; child; child = xml_next(child, BPMN_SPACE, list))
        if (bpmn_refer(c->model, child, text_trim(c->cx->arena, xml_text(c->cx->arena, child))) ==
            element)
            return true;
    return false;
}

static GraphDataSet set_compile(Compile *c, const XmlNode *set, const Side *side,
                                const DataArray *data)
{
    GraphDataSet out = {.goes_with = UINT64_MAX};
    for (size_t i = 0; i < data->count && i < LIMIT_SET_MAPPINGS; i++) {
        const XmlNode *element = data->items[i];
        if (!element || !names_element(c, set, side->members, element))
            continue;
        out.held |= UINT64_C(1) << i;
        if (!names_element(c, set, side->optional, element) &&
            !names_element(c, set, side->later, element))
            out.needed |= UINT64_C(1) << i;
    }
    return out;
}

static GraphDataSets sets_compile(Compile *c, const XmlNode *specification, const Side *side,
                                  const DataArray *data)
{
    ARRAY(GraphDataSet) sets = {0};
    uint64_t needed = 0, held = 0;
    const XmlNode *set = xml_child(specification, BPMN_SPACE, side->set);
    for (; set; set = xml_next(set, BPMN_SPACE, side->set)) {
        GraphDataSet own = set_compile(c, set, side, data);
        array_push(c->cx->arena, sets) = own;
        needed |= own.needed;
        held |= own.held;
    }
    if (!needed && sets.count < 2)
        return (GraphDataSets){0};
    if (data->count > LIMIT_SET_MAPPINGS || sets.count > LIMIT_SET_MAPPINGS)
        PROBLEM(c, specification, "unsupported-data", NULL,
                "more than %d data associations or sets", LIMIT_SET_MAPPINGS);
    const char **names = NEW_ARRAY(c->cx->arena, const char *, data->count + 1);
    for (size_t i = 0; i < data->count; i++)
        names[i] = data->items[i] ? data_name(data->items[i]) : "";
    return (GraphDataSets){sets.items, sets.count, held, names};
}

// An input set that names output sets is followed by one of them.
static void rules_compile(Compile *c, const XmlNode *specification, GraphDataSets *outputs)
{
    GraphDataSet *items = NEW_ARRAY(c->cx->arena, GraphDataSet, outputs->count + 1);
    const XmlNode *to = xml_child(specification, BPMN_SPACE, "outputSet");
    for (size_t i = 0; i < outputs->count; i++, to = xml_next(to, BPMN_SPACE, "outputSet")) {
        items[i] = outputs->items[i];
        const XmlNode *from = xml_child(specification, BPMN_SPACE, "inputSet");
        for (size_t k = 0; from && k < LIMIT_SET_MAPPINGS;
             k++, from = xml_next(from, BPMN_SPACE, "inputSet"))
            if (xml_child(from, BPMN_SPACE, "outputSetRefs") &&
                !names_element(c, from, "outputSetRefs", to))
                items[i].goes_with &= ~(UINT64_C(1) << k);
    }
    outputs->items = items;
}

static void data_note(Compile *c, const XmlNode *association, const char *end, size_t count,
                      DataArray *data)
{
    const char *id = reference_of(c, association, end);
    while (data->count < count)
        array_push(c->cx->arena, *data) = id ? bpmn_element(c->model, id) : NULL;
}

void compile_data(Compile *c, GraphNode *node, const XmlNode *element, MappingArray *inputs,
                  MappingArray *outputs)
{
    DataArray in = {0}, out = {0};
    for (const XmlNode *child = xml_child(element, BPMN_SPACE, NULL); child;
         child = xml_next(child, BPMN_SPACE, NULL))
        if (strcmp(child->name, "dataInputAssociation") == 0) {
            input_compile(c, child, inputs);
            data_note(c, child, "targetRef", inputs->count, &in);
        } else if (strcmp(child->name, "dataOutputAssociation") == 0) {
            output_compile(c, element, child, outputs);
            data_note(c, child, "sourceRef", outputs->count, &out);
        }
    const XmlNode *specification = xml_child(element, BPMN_SPACE, "ioSpecification");
    if (!specification || !node_is_activity(node))
        return;
    node->input_sets = sets_compile(c, specification, &input_side, &in);
    node->output_sets = sets_compile(c, specification, &output_side, &out);
    if (node->output_sets.count)
        rules_compile(c, specification, &node->output_sets);
}
