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

static void input_compile(Compile *c, const XmlNode *association, MappingArray *inputs)
{
    const char *variable = variable_of(c, reference_of(c, association, "sourceRef"));
    const char *target = reference_of(c, association, "targetRef");
    const XmlNode *input = target ? bpmn_element(c->model, target) : NULL;
    bool assigns = xml_child(association, BPMN_SPACE, "assignment") != NULL;
    if (!variable || !xml_is(input, BPMN_SPACE, "dataInput") || assigns) {
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
    bool assigns = xml_child(association, BPMN_SPACE, "assignment") != NULL;
    if (!variable || !xml_is(output, BPMN_SPACE, "dataOutput") || assigns) {
        refuse(c, association);
        return;
    }
    const XmlNode *first = xml_child(specification_of(element), BPMN_SPACE, "dataOutput");
    bool only = first && !xml_next(first, BPMN_SPACE, "dataOutput");
    const char *name = data_name(output);
    if (strchr(name, '"') || strchr(name, '\\')) {
        refuse(c, association);
        return;
    }
    const char *feel =
        only ? "result" : text_format(c->cx->arena, "get value(result, \"%s\")", name);
    GraphMapping mapping = {variable, transformation_of(c, association, feel)};
    if (mapping.value)
        array_push(c->cx->arena, *outputs) = mapping;
}

void compile_data(Compile *c, const XmlNode *element, MappingArray *inputs, MappingArray *outputs)
{
    for (const XmlNode *child = xml_child(element, BPMN_SPACE, NULL); child;
         child = xml_next(child, BPMN_SPACE, NULL))
        if (strcmp(child->name, "dataInputAssociation") == 0)
            input_compile(c, child, inputs);
        else if (strcmp(child->name, "dataOutputAssociation") == 0)
            output_compile(c, element, child, outputs);
}
