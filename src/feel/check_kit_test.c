// SPDX-License-Identifier: Apache-2.0
// No false alarms: whatever the check tells of an expression in the technology compatibility kit
// (MILLRACE_CONFORMANCE), its evaluation answers null or diagnoses too. Decisions that require
// nothing and hold one literal expression; what else they name is Any.
#include "feel/check.h"

#include "base/limits.h"
#include "base/test.h"
#include "base/xml.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
    Ctx *cx;
    int expressions;
    int told;
    int false_alarms;
} alarms;

static Text file_text(Ctx *cx, const char *path)
{
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    char *bytes = arena_alloc(cx->arena, LIMIT_MODEL_BYTES);
    size_t length = fread(bytes, 1, LIMIT_MODEL_BYTES - 1, file);
    fclose(file);
    return (Text){bytes, length};
}

static void hold_to_machine(const char *source, const FeelCheck *check)
{
    Ctx *cx = alarms.cx;
    const Feel *feel;
    Value value;
    FeelDiagnostics diagnostics = {0};
    alarms.told++;
    if (feel_compile(cx, source, NULL, &feel) ||
        feel_evaluate(cx, feel, value_null(), &diagnostics, &value) || value.kind == VALUE_NULL ||
        diagnostics.count > 0)
        return;
    alarms.false_alarms++;
    fprintf(stderr, "  %s\n    is %s, but: %s\n", source, feel_text(cx->arena, value),
            check->problems.items[0].message);
}

static void check_decision(const XmlNode *decision)
{
    Ctx *cx = alarms.cx;
    FeelCheck check;
    FeelCheckSetting setting = {0};
    const XmlNode *literal = xml_child(decision, decision->space, "literalExpression");
    const XmlNode *text = literal ? xml_child(literal, decision->space, "text") : NULL;
    if (!text || xml_child(decision, decision->space, "informationRequirement") ||
        xml_child(decision, decision->space, "knowledgeRequirement"))
        return;
    const char *source = xml_text(cx->arena, text);
    alarms.expressions++;
    if (!feel_check(cx, source, &setting, &check) && check.problems.count > 0)
        hold_to_machine(source, &check);
}

static int check_file(const char *path, [[maybe_unused]] const struct stat *about, int type,
                      [[maybe_unused]] struct FTW *place)
{
    const XmlNode *root;
    Ctx *cx = alarms.cx;
    if (type != FTW_F || !text_ends(path, ".dmn"))
        return 0;
    ArenaMark mark = arena_mark(cx->arena);
    Text text = file_text(cx, path);
    if (!xml_read(cx, text.bytes, text.length, &root))
        for (const XmlNode *at = xml_child(root, root->space, "decision"); at;
             at = xml_next(at, root->space, "decision"))
            check_decision(at);
    arena_rewind(cx->arena, mark);
    return 0;
}

TEST_WITH(the_check_gives_no_false_alarm_in_the_compatibility_kit, NULL, 120)
{
    const char *root = getenv("MILLRACE_CONFORMANCE");
    const char *folder = root ? text_format(cx->arena, "%s/dmn-tck", root)
                              : TEST_SOURCE_ROOT "/../shared/conformance/dmn-tck";
    if (access(folder, R_OK) != 0) {
        printf("check of dmn-tck: skipped, %s is not there\n", folder);
        return;
    }
    alarms.cx = cx;
    CHECK_INT(nftw(folder, check_file, 16, FTW_PHYS), 0);
    printf("check of dmn-tck: %d expressions, %d with problems, %d false alarms\n",
           alarms.expressions, alarms.told, alarms.false_alarms);
    CHECK(alarms.expressions > 500);
    CHECK(alarms.told > 100);
    CHECK_INT(alarms.false_alarms, 0);
}
