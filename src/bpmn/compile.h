// SPDX-License-Identifier: Apache-2.0
// What the files of the compiler share; nobody outside src/bpmn includes it.
//
// Order of the work: collect (nodes, scopes, flows by name), connect (edges, boundaries, lanes),
// detail (triggers, tasks, extensions), check. Problems are gathered all along.
#ifndef MILLRACE_BPMN_COMPILE_H
#define MILLRACE_BPMN_COMPILE_H

#include "bpmn/graph.h"
#include "feel/reads.h"

typedef ARRAY(int) IntArray;
typedef ARRAY(GraphMapping) MappingArray;

typedef struct Compile {
    Ctx *cx;
    const BpmnModel *model;
    BpmnProblems *problems;
    bool broken; // what was said already leaves no graph
    Graph *graph;
    ARRAY(GraphNode) nodes;
    ARRAY(const XmlNode *) elements; // of each node
    ARRAY(GraphEdge) edges;
    ARRAY(const XmlNode *) flows; // of each edge
    ARRAY(GraphScope) scopes;
    ARRAY(const XmlNode *) scope_elements;
    ARRAY(GraphLane) lanes;
    ARRAY(const XmlNode *) associations;
    ARRAY(const XmlNode *) lane_sets;
    Map *node_numbers; // id -> index + 1
    Map *edge_numbers;
    Map *names; // variables that expressions may see, in order
    ARRAY(const char *) name_list;
    const Zone *zone;     // in which times count that say no other
    const char *calendar; // by which they count
    ARRAY(const char *) calendars;
    FeelReads reads; // of the governed record
} Compile;

#define PROBLEM(c, element, rule, hint, ...)                                                       \
    bpmn_problem((c)->cx, (c)->problems, (element), (rule), (hint), __VA_ARGS__)

// What the standard says too is left to it (bpmn_check); this is for models that were not checked.
#define GUARD(c, element, rule, hint, ...)                                                         \
    do {                                                                                           \
        if (!compile_said((c), (element)))                                                         \
            PROBLEM(c, element, rule, hint, __VA_ARGS__);                                          \
    } while (0)
bool compile_said(Compile *c, const XmlNode *element);

// An attribute that is xsd:boolean, with its default.
bool compile_flag(Compile *c, const XmlNode *element, const char *name, bool fallback);
// An attribute that is an integer of at least `least`.
int compile_integer(Compile *c, const XmlNode *element, const char *name, int fallback, int least);
// Compiled FEEL, or NULL after a problem. `where` is the element that the problem names.
const Feel *compile_feel(Compile *c, const XmlNode *where, const char *source);
// FEEL of an expression element, with its language checked; NULL when the element is NULL.
const Feel *compile_expression(Compile *c, const XmlNode *expression);
// The FEEL of an attribute; a missing required one is a problem.
const Feel *compile_attribute(Compile *c, const XmlNode *element, const char *name, bool required);
// An ISO or cron text, or FEEL. `zone` and `calendar` are what the element says (NULL: nothing; ""
// for no calendar).
bool compile_time(Compile *c, const XmlNode *where, const char *text, GraphTime *out);
void compile_time_place(Compile *c, const XmlNode *where, const char *zone, const char *calendar,
                        GraphTime *out);
// The index of the node with that id, -1 after a problem.
int compile_node_of(Compile *c, const XmlNode *where, const char *id);
void compile_scope_name(Compile *c, const char *name); // a variable becomes known

// compile_event.c: event definitions of events, messages of send and receive tasks.
void compile_triggers(Compile *c, GraphNode *node, const XmlNode *element);
// One event definition that is thrown; false after a problem.
bool compile_thrown(Compile *c, GraphNode *node, const XmlNode *definition, GraphTrigger *out);
void compile_task_message(Compile *c, GraphNode *node, const XmlNode *element);

// compile_extension.c: Millrace's own attributes.
void compile_process_extensions(Compile *c, const XmlNode *process);
void compile_owned(Compile *c, const XmlNode *process); // when the steps are known
// The key that <millrace:correlation> on a <message> gives; NULL: none.
const Feel *compile_own_correlation(Compile *c, const XmlNode *message);
void compile_node_extensions(Compile *c, GraphNode *node, const XmlNode *element);
void compile_lane_extensions(Compile *c, GraphLane *lane, const XmlNode *element);
void compile_variables(Compile *c, const XmlNode *element); // before any expression is compiled
GraphTexts compile_texts(Compile *c, const XmlNode *parent, const char *name);
// The first <extensionElements>.
const XmlNode *compile_extensions_of(const XmlNode *element);
// The attribute, or NULL after a problem.
const char *compile_need(Compile *c, const XmlNode *element, const char *name);
// A problem for each element of our namespace below `parent`, and for each attribute, that is not
// among the words (" a b ").
void compile_known_only(Compile *c, const XmlNode *parent, const char *known, const char *place);
void compile_attributes_only(Compile *c, const XmlNode *element, const char *known);
void compile_form(Compile *c, GraphTask *task, const XmlNode *extensions);

// compile_work.c: who does a user task, when and under which conditions.
void compile_work(Compile *c, GraphNode *node, const XmlNode *extensions);

// compile_message.c: message flows and correlation. False: no message flow says which message.
bool compile_flow_message(Compile *c, const GraphNode *node, bool sends, GraphTrigger *out);
void compile_correlation(Compile *c, const GraphNode *node, const XmlNode *message, bool sends,
                         GraphTrigger *out);

// compile_data.c: data associations become inputs and outputs.
// The variable behind a data object, a property, or a data input or output of the element that an
// association fills or empties; NULL: none.
const char *compile_data_variable(Compile *c, const XmlNode *element, const char *id);
// With the sets to which they belong.
void compile_data(Compile *c, GraphNode *node, const XmlNode *element, MappingArray *inputs,
                  MappingArray *outputs);

// compile_task.c: loops, quantities, call activities, scripts.
void compile_activity(Compile *c, GraphNode *node, const XmlNode *element);

// compile_check.c: rules over the finished graph; reach.c: inclusive joins.
void compile_check(Compile *c);
void compile_content_check(Compile *c); // compile_content.c
void compile_audit(Compile *c);         // compile_audit.c
void compile_reach(Compile *c);

#endif
