// SPDX-License-Identifier: Apache-2.0
// A decision table (DMN 1.5, chapter 8): what its hook carries. Parts are indices into hook->parts.
#ifndef MILLRACE_DMN_TABLE_H
#define MILLRACE_DMN_TABLE_H

#include "dmn/model.h"

typedef enum HitPolicy {
    HIT_UNIQUE,
    HIT_ANY,
    HIT_PRIORITY,
    HIT_FIRST,
    HIT_COLLECT,
    HIT_RULE_ORDER,
    HIT_OUTPUT_ORDER,
} HitPolicy;

typedef enum Aggregation {
    AGGREGATE_NONE,
    AGGREGATE_SUM,
    AGGREGATE_COUNT,
    AGGREGATE_MIN,
    AGGREGATE_MAX,
} Aggregation;

#define NO_PART ((size_t)-1)

typedef struct TableInput {
    const char *text;     // of the input expression
    size_t expression;    // part
    size_t allowed;       // part with the tests of its values, or NO_PART
    size_t domain;        // what the analysis takes for them: `allowed`, or those of its type
    const FeelType *type; // NULL: any
} TableInput;

typedef struct TableOutput {
    const char *name; // NULL for a single output
    const FeelType *type;
    size_t fallback; // part of the default, or NO_PART
    size_t values;   // first part of the ordered output values
    size_t value_count;
} TableOutput;

typedef struct Grid Grid;

typedef struct Table {
    HitPolicy policy;
    Aggregation aggregation;
    TableInput *inputs;
    size_t input_count;
    TableOutput *outputs;
    size_t output_count;
    size_t rule_count;
    size_t *tests;    // parts, by rule and input; NO_PART: any value
    size_t *entries;  // parts, by rule and output
    const Grid *grid; // NULL: none
    int line;
    const NodeList *parts; // the trees
    const XmlNode *node;
    const char *name; // of the decision, or of the entry that it stands in
} Table;

const FeelType *table_check(struct FeelChecker *checker, const Hook *hook, const NodeList *parts);
Value table_evaluate(Machine *machine, const Hook *hook, Value *slots);
// Whether the input meets the tests of that part; NO_PART is met by every input.
bool table_passes(Machine *machine, const Hook *hook, Value *slots, size_t part, Value input);
const char *table_policy_word(const Table *table); // "UNIQUE", "COLLECT SUM"

#endif
