// SPDX-License-Identifier: Apache-2.0
// DMN: a stranger's model is read and each of its decisions evaluated with the same few inputs.
// What is written of it as DMN 1.5 can be read, and is written once more as the same.
#include "dmn/dmn.h"
#include "base/json.h"
#include "fuzz.h"

#include <string.h>

static Value inputs;

static void setup(Ctx *cx)
{
    static const char json[] = "{\"exposure\":100,\"limit\":50.5,\"overdue_days\":31,\"total\":7,"
                               "\"x\":\"a\",\"list\":[1,2]}";
    fuzz_needs(json_parse(cx, json, strlen(json), &inputs));
}

static void write_twice(Ctx *cx, const Dmn *model)
{
    const Dmn *again;
    const char *written = dmn_write(cx, model);
    Error *error = dmn_read(cx, written, strlen(written), &again);
    if (fuzz_fine(error))
        FUZZ_HOLDS(strcmp(written, dmn_write(cx, again)) == 0);
    else
        FUZZ_HOLDS(error->code == ERR_LIMIT); // escapes make it longer
}

static void run(Ctx *cx, const char *bytes, size_t length)
{
    const Dmn *model;
    Value found;
    if (!fuzz_fine(dmn_read(cx, bytes, length, &model)))
        return;
    write_twice(cx, model);
    fuzz_needs(dmn_check_value(cx, model, &found));
    json_text(cx->arena, found);
    for (size_t i = 0; i < dmn_decision_count(model); i++) {
        Value result, trace;
        FeelDiagnostics diagnostics = {0};
        const char *id = dmn_decision_id(model, i);
        const char *name = dmn_decision_name(model, i);
        FUZZ_HOLDS(name != NULL);
        if (!fuzz_fine(dmn_evaluate(cx, model, id ? id : name, dmn_inputs(cx, model, inputs),
                                    &diagnostics, &trace, &result)))
            continue;
        json_text(cx->arena, result);
        json_text(cx->arena, trace);
    }
}

#define OPEN                                                                                       \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' namespace='n'>"
#define NEEDS(name)                                                                                \
    "<informationRequirement><requiredInput href='#" name "'/></informationRequirement>"

static const char *const seeds[] = {
    OPEN "<inputData id='total' name='total'/><decision id='d' name='D'>" NEEDS(
        "total") "<decisionTable hitPolicy='COLLECT' aggregation='SUM'><input><inputExpression>"
                 "<text>total</text></inputExpression></input><output><outputValues><text>1, "
                 "2</text>"
                 "</outputValues></output><rule><inputEntry><text>[0..9], "
                 "not(3)</text></inputEntry>"
                 "<outputEntry><text>1</text></outputEntry></rule></decisionTable></decision></"
                 "definitions>",
    OPEN "<businessKnowledgeModel id='b' name='f'><encapsulatedLogic><formalParameter name='n'/>"
         "<literalExpression><text>if n = 0 then 0 else f(n - 1)</text></literalExpression>"
         "</encapsulatedLogic><knowledgeRequirement><requiredKnowledge href='#b'/>"
         "</knowledgeRequirement></businessKnowledgeModel><decision id='d' name='D'>"
         "<knowledgeRequirement><requiredKnowledge href='#b'/></knowledgeRequirement><invocation>"
         "<literalExpression><text>f</text></literalExpression><binding><parameter name='n'/>"
         "<literalExpression><text>5</text></literalExpression></binding></invocation></decision>"
         "</definitions>",
    OPEN "<itemDefinition name='t' isCollection='true'><typeRef>t</typeRef><allowedValues>"
         "<text>&gt; 1</text></allowedValues></itemDefinition><decision id='d' name='D'>"
         "<variable name='D' typeRef='t'/><context><contextEntry><variable name='a'/><relation>"
         "<column name='c'/><row><literalExpression><text>1</text></literalExpression></row>"
         "</relation></contextEntry><contextEntry><list><literalExpression><text>a.c</text>"
         "</literalExpression></list></contextEntry></context></decision>"
         "<decision id='e' name='E'><informationRequirement><requiredDecision href='#d'/>"
         "</informationRequirement><for iteratorVariable='i'><in><literalExpression><text>1..3"
         "</text></literalExpression></in><return><conditional><if><literalExpression>"
         "<text>i = 1</text></literalExpression></if><then><literalExpression><text>D</text>"
         "</literalExpression></then><else><literalExpression><text>i</text></literalExpression>"
         "</else></conditional></return></for></decision></definitions>",
    "<!-- x --><d:definitions xmlns:d='http://www.omg.org/spec/DMN/20151101/dmn.xsd' "
    "xmlns:feel='http://www.omg.org/spec/FEEL/20140401' name='m' namespace='n'><d:itemDefinition "
    "name='t'><d:typeRef>feel:date</d:typeRef></d:itemDefinition><d:inputData id='x' name='x'>"
    "<d:variable name='x' typeRef='feel:number'/></d:inputData><d:businessKnowledgeModel id='b' "
    "name='b'><d:encapsulatedLogic/><d:variable "
    "name='b'/></d:businessKnowledgeModel></d:definitions>",
    NULL,
};
static const char *const files[] = {"packs/*/*.dmn", "src/process/test_packs/*/*.dmn", NULL};

const FuzzTarget fuzz_target = {.setup = setup, .run = run, .seeds = seeds, .files = files};
