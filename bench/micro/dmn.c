// SPDX-License-Identifier: Apache-2.0
// Decision tables of 20 and of 4,000 rules: compiled once, asked often, a different rule each time.
#include "micro.h"

#include "base/limits.h"
#include "base/text.h"
#include "dmn/dmn.h"

#define ASKED 20

static void rule(Buffer *xml, int number)
{
    buffer_format(xml,
                  "<rule id=\"r%d\"><inputEntry id=\"r%da\"><text>[%d..%d)</text></inputEntry>"
                  "<inputEntry id=\"r%db\"><text>\"%s\"</text></inputEntry>"
                  "<outputEntry id=\"r%dc\"><text>%d</text></outputEntry></rule>",
                  number, number, number / 2 * 1000, number / 2 * 1000 + 1000, number,
                  number % 2 ? "gold" : "silver", number, number);
}

static Buffer *table(Ctx *cx, int rules)
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
    for (int i = 0; i < rules; i++)
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

typedef struct Asked {
    const Dmn *model;
    Value inputs[ASKED];
    int rules[ASKED]; // that match them
} Asked;

// Compiled once and kept: a large table takes longer to read than many questions to answer.
static FALLIBLE prepare(Ctx *outer, int rules, Asked *asked)
{
    Ctx kept = *outer, *cx = &kept;
    if (asked->model)
        return NULL;
    cx->arena = arena_new(LIMIT_UNIT_BYTES);
    Buffer *xml = table(cx, rules);
    for (int i = 0; i < ASKED; i++) {
        asked->rules[i] = (i * (rules / ASKED)) ^ (rules > ASKED ? i % 2 : 0);
        asked->inputs[i] = inputs_for(cx, asked->rules[i]);
    }
    return dmn_read(cx, xml->bytes, xml->length, &asked->model);
}

static FALLIBLE ask(Ctx *cx, const Asked *asked, int64_t rounds)
{
    Value out;
    int64_t found;
    ArenaMark mark = arena_mark(cx->arena);
    for (int64_t i = 0; i < rounds; i++) {
        int number = (int)(i * 7 % ASKED);
        TRY(dmn_evaluate(cx, asked->model, "Discount", asked->inputs[number], NULL, NULL, &out));
        if (out.kind != VALUE_NUMBER || !decimal_to_integer(out.number, &found) ||
            found != asked->rules[number])
            return FAIL(cx, ERR_INTERNAL, "rule %d was not found", asked->rules[number]);
        arena_rewind(cx->arena, mark);
    }
    return NULL;
}

MICRO(few_rules, "dmn-20-rules")
{
    static Asked asked;
    TRY(prepare(cx, 20, &asked));
    return ask(cx, &asked, rounds);
}

MICRO(many_rules, "dmn-4000-rules")
{
    static Asked asked;
    TRY(prepare(cx, 4000, &asked));
    return ask(cx, &asked, rounds);
}
