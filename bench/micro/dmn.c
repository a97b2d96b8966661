// SPDX-License-Identifier: Apache-2.0
// A decision table of 20 rules: compiled once, asked often, a different rule each time.
#include "micro.h"

#include "base/text.h"
#include "dmn/dmn.h"

#define RULES 20

static void rule(Buffer *xml, int number)
{
    buffer_format(xml,
                  "<rule id=\"r%d\"><inputEntry id=\"r%da\"><text>[%d..%d)</text></inputEntry>"
                  "<inputEntry id=\"r%db\"><text>\"%s\"</text></inputEntry>"
                  "<outputEntry id=\"r%dc\"><text>%d</text></outputEntry></rule>",
                  number, number, number / 2 * 1000, number / 2 * 1000 + 1000, number,
                  number % 2 ? "gold" : "silver", number, number);
}

static Buffer *table(Ctx *cx)
{
    Buffer *xml = buffer_new(cx->arena);
    buffer_text(xml, "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\""
                     " id=\"d\" name=\"discounts\" namespace=\"bench\">"
                     "<inputData id=\"ta\" name=\"total\"><variable id=\"tv\" name=\"total\""
                     " typeRef=\"number\"/></inputData>"
                     "<inputData id=\"ga\" name=\"grade\"><variable id=\"gv\" name=\"grade\""
                     " typeRef=\"string\"/></inputData>"
                     "<decision id=\"Discount\" name=\"Discount\"><variable id=\"dv\""
                     " name=\"Discount\" typeRef=\"number\"/>"
                     "<informationRequirement id=\"q1\"><requiredInput href=\"#ta\"/>"
                     "</informationRequirement><informationRequirement id=\"q2\">"
                     "<requiredInput href=\"#ga\"/></informationRequirement>"
                     "<decisionTable id=\"dt\" hitPolicy=\"UNIQUE\">"
                     "<input id=\"i1\"><inputExpression id=\"e1\" typeRef=\"number\">"
                     "<text>total</text></inputExpression></input>"
                     "<input id=\"i2\"><inputExpression id=\"e2\" typeRef=\"string\">"
                     "<text>grade</text></inputExpression></input>"
                     "<output id=\"o1\" typeRef=\"number\"/>");
    for (int i = 0; i < RULES; i++)
        rule(xml, i);
    buffer_text(xml, "</decisionTable></decision></definitions>");
    return xml;
}

static Value inputs_for(Ctx *cx, int number)
{
    Value inputs = value_context(cx->arena);
    value_set(cx->arena, inputs, "total", value_integer(number / 2 * 1000 + 421));
    value_set(cx->arena, inputs, "grade", value_text(number % 2 ? "gold" : "silver"));
    return inputs;
}

MICRO(decision, "dmn-20-rules")
{
    const Dmn *model;
    Buffer *xml = table(cx);
    Value inputs[RULES], out;
    int64_t found;
    TRY(dmn_read(cx, xml->bytes, xml->length, &model));
    for (int i = 0; i < RULES; i++)
        inputs[i] = inputs_for(cx, i);
    ArenaMark mark = arena_mark(cx->arena);
    for (int64_t i = 0; i < rounds; i++) {
        int number = (int)(i * 7 % RULES);
        TRY(dmn_evaluate(cx, model, "Discount", inputs[number], NULL, NULL, &out));
        if (out.kind != VALUE_NUMBER || !decimal_to_integer(out.number, &found) || found != number)
            return FAIL(cx, ERR_INTERNAL, "rule %d was not found", number);
        arena_rewind(cx->arena, mark);
    }
    return NULL;
}
