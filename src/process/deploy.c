// SPDX-License-Identifier: Apache-2.0
// Deployment of processes, drawings and decisions.
#include "base/ids.h"
#include "base/json.h"
#include "base/limits.h"
#include "db/db.h"
#include "process/deployments.h"
#include "process/governor.h"
#include "process/mining.h"
#include "process/process.h"
#include "process/starts.h"

#include <string.h>

QUERY(process_version_by_hash,
      "SELECT id, version, newest FROM process_version WHERE process_key = $1 AND hash = $2");
QUERY(process_version_last,
      "SELECT MAX(version) AS version FROM process_version WHERE process_key = $1");
QUERY(process_version_runs, "SELECT 1 FROM process_version WHERE process_key = $1 AND newest = 1");
QUERY(process_version_retire,
      "UPDATE process_version SET newest = 0 WHERE process_key = $1 AND newest = 1");
QUERY(process_version_put_away,
      "UPDATE process_version SET drawing = 2 WHERE process_key = $1 AND drawing = 1");
QUERY(process_version_renew,
      "UPDATE process_version SET newest = $2, drawing = $3, entity = $4, about = $5"
      " WHERE id = $1");
QUERY(process_version_add,
      "INSERT INTO process_version (id, process_key, version, entity, newest, drawing, about,"
      " hash, xml, deployed_at, deployed_by, tag)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
QUERY(decision_version_by_hash,
      "SELECT id, version FROM decision_version WHERE decision_key = $1 AND hash = $2");
QUERY(decision_version_last,
      "SELECT MAX(version) AS version FROM decision_version WHERE decision_key = $1");
QUERY(decision_version_retire,
      "UPDATE decision_version SET newest = 0 WHERE decision_key = $1 AND newest = 1");
QUERY(decision_version_renew, "UPDATE decision_version SET newest = 1 WHERE id = $1");
QUERY(decision_version_add,
      "INSERT INTO decision_version (id, decision_key, version, newest, hash, xml, deployed_at,"
      " deployed_by) VALUES ($1, $2, $3, 1, $4, $5, $6, $7)");

static FALLIBLE may_deploy(Ctx *cx, size_t length)
{
    if (!actor_may(cx->actor, "process.deploy"))
        return FAIL(cx, ERR_DENIED, "you may not deploy processes and decisions");
    if (length > LIMIT_MODEL_BYTES)
        return FAIL(cx, ERR_LIMIT, "a model may have at most %lu bytes", LIMIT_MODEL_BYTES);
    return NULL;
}

// One decision chooses between them, so that no record ever has both.
static bool are_variants(const Graph *one, const Graph *other)
{
    if (!one->record_start_count || !other->record_start_count)
        return false;
    for (size_t i = 0; i < one->record_start_count; i++) {
        const GraphStart *start = &one->record_starts[i];
        if (!start->decision || !starts_by_decision(other, start) ||
            other->record_start_count != one->record_start_count)
            return false;
    }
    return true;
}

// Several processes may govern the same record, but no field has two owners.
static FALLIBLE check_owners(Ctx *cx, const ProcessModel *model)
{
    if (!model->graph->entity)
        return NULL;
    ProcessModels others;
    TRY(models_governing(cx, model->graph->entity, &others));
    for (size_t i = 0; i < others.count; i++) {
        if (text_equal(others.items[i]->key, model->key) ||
            are_variants(model->graph, others.items[i]->graph))
            continue;
        for (size_t f = 0; f < model->graph->owned_count; f++) {
            const char *field = model->graph->owned[f].field;
            if (graph_owned(others.items[i]->graph, field))
                return error_hint(
                    error_field(FAIL(cx, ERR_INVALID, "%s.%s is owned by the process %s already",
                                     model->graph->entity, field, others.items[i]->key),
                                field),
                    "A field has one owner, unless one decision chooses between its owners.");
        }
    }
    return NULL;
}

// --- A version -----------------------------------------------------------------------------------

typedef struct Version {
    const BpmnModel *source;
    const char *key;
    const char *entity; // NULL: governs none
    const char *about;  // JSON
    const Graph *graph; // NULL: a drawing
    bool drawing;
} Version;

// The row of the version, new or as it was; *id is its key.
static FALLIBLE version_write(Ctx *cx, const Version *version, Row *row, const char *hash, Id *id,
                              int *number)
{
    int64_t newest = !version->drawing, drawing = version->drawing;
    if (row) {
        *id = row_integer(row, "id");
        *number = (int)row_integer(row, "version");
        return db_run(cx, NULL, process_version_renew, *id, newest, drawing, version->entity,
                      version->about);
    }
    Row *last;
    TRY(db_row(cx, &last, process_version_last, version->key));
    int64_t next = row_integer(last, "version") + 1;
    *id = id_new(cx);
    *number = (int)next;
    const BpmnModel *source = version->source;
    TRY(db_run(cx, NULL, process_version_add, *id, version->key, next, version->entity, newest,
               drawing, version->about, hash, cell_bytes(source->source, source->source_length),
               cx->now, cx->actor->user, version->graph ? version->graph->tag : NULL));
    return bundle_keep(cx, *id, source);
}

static FALLIBLE version_put(Ctx *cx, const Version *version, Deployed *out)
{
    int *number = &out->version;
    const char *hash = bundle_hash(cx, version->source);
    Row *row;
    Id id;
    TRY(db_row(cx, &row, process_version_by_hash, version->key, hash));
    out->known = row != NULL;
    if (row && row_integer(row, "newest")) // as it was, with its timers
        return version_write(cx, version, row, hash, &id, number);
    TRY(starts_close(cx, version->key));
    TRY(db_run(cx, NULL, process_version_retire, version->key));
    TRY(db_run(cx, NULL, process_version_put_away, version->key));
    TRY(version_write(cx, version, row, hash, &id, number));
    if (version->drawing)
        return NULL;
    ProcessModel model = {
        .id = id, .key = version->key, .version = *number, .graph = version->graph};
    TRY(mining_elements_write(cx, id, version->graph));
    return starts_open(cx, &model);
}

// --- What is said of it, in each language
// ---------------------------------------------------------

static const char *const languages[] = {"en", "zh-CN"};

typedef struct Judgement {
    const BpmnModel *source;
    const Graph *graph; // NULL: it cannot be executed
    Error *error;       // why, in the language of whoever deploys
    Value said;         // {en: [problem], zh-CN: [problem]}
} Judgement;

static FALLIBLE judge_in(Ctx *cx, const char *language, const ModelFiles *files, bool own,
                         Judgement *out)
{
    const char *before = cx->language;
    BpmnProblems problems = {0};
    const BpmnModel *source = NULL;
    const Graph *graph = NULL;
    cx->language = language;
    Error *error = bundle_read(cx, files, &source, &problems);
    if (!error)
        error = model_judge(cx, source, &problems, &graph);
    Error *refusal = error ? NULL : bpmn_problems_error(cx, &problems);
    cx->language = before;
    TRY(error);
    value_set(cx->arena, out->said, language, bpmn_problems_value(cx, &problems));
    if (own) {
        out->source = source;
        out->graph = graph;
        out->error = refusal;
    }
    return NULL;
}

static FALLIBLE judge(Ctx *cx, const ModelFiles *files, Judgement *out)
{
    bool chinese = text_starts(cx->language, "zh");
    out->said = value_context(cx->arena);
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        TRY(judge_in(cx, languages[i], files, chinese == (i == 1), out));
    return NULL;
}

// What runs already goes on running although a rule came later: a company must be able to start
// after an update. What is said of it stays to be seen on its page.
static FALLIBLE judge_running(Ctx *cx, Judgement *judgement)
{
    const char *key = judgement->source ? judgement->source->process_id : NULL;
    Row *row = NULL;
    if (key)
        TRY(db_row(cx, &row, process_version_by_hash, key, bundle_hash(cx, judgement->source)));
    if (!row || !row_integer(row, "newest"))
        return NULL;
    BpmnProblems problems = {0};
    const Graph *graph = NULL;
    TRY(model_judge_again(cx, judgement->source, &problems, &graph));
    judgement->graph = graph;
    judgement->error = bpmn_problems_error(cx, &problems);
    return NULL;
}

static const char *about_text(Ctx *cx, const char *name, Value said)
{
    Value about = value_context(cx->arena);
    value_set(cx->arena, about, "name", value_text(name));
    value_set(cx->arena, about, "problems", said);
    return json_text(cx->arena, about);
}

static void deployed_fill(Ctx *cx, const Version *version, Value said, Deployed *out)
{
    const char *language = languages[text_starts(cx->language, "zh")];
    out->key = version->key;
    out->drawing = version->drawing;
    out->problems = *value_get(said, language);
}

static Error *drawing_offer(Ctx *cx, Error *error)
{
    const char *said = error->detail ? error->detail : "";
    return error_detail(error, "%s%sit can be kept as a drawing: --drawing, or ?drawing=true", said,
                        *said ? "; " : "");
}

static FALLIBLE process_put(Ctx *cx, const ModelFiles *files, Deployed *out)
{
    TRY(may_deploy(cx, files->file.length));
    Judgement judgement = {0};
    TRY(judge(cx, files, &judgement));
    if (judgement.error)
        TRY(judge_running(cx, &judgement));
    if (judgement.error)
        return drawing_offer(cx, judgement.error);
    ProcessModel model = {.key = judgement.graph->id, .graph = judgement.graph};
    TRY(check_owners(cx, &model));
    Version version = {.source = judgement.source,
                       .key = model.key,
                       .entity = model.graph->entity,
                       .graph = model.graph,
                       .about = about_text(cx, model.graph->name, judgement.said)};
    TRY(version_put(cx, &version, out));
    deployed_fill(cx, &version, judgement.said, out);
    return NULL;
}

FALLIBLE process_deploy(Ctx *cx, const char *xml, size_t length, const char **key, int *version)
{
    Deployed deployed;
    TRY(process_put(cx, &(ModelFiles){.file = {NULL, xml, length}}, &deployed));
    *key = deployed.key;
    *version = deployed.version;
    return NULL;
}

FALLIBLE process_files_deploy(Ctx *cx, const ModelFiles *files)
{
    Deployed deployed;
    return process_put(cx, files, &deployed);
}

// A drawing may hold no process at all: a choreography, a collaboration of pools.
static FALLIBLE drawing_name(Ctx *cx, const BpmnModel *source, const char **key, const char **name)
{
    const XmlNode *named = source->process_id ? bpmn_element(source, source->process_id) : NULL;
    named = named ? named : source->root;
    *key = xml_attribute(named, "id");
    *name = xml_attribute(named, "name");
    if (!*key || !**key)
        return error_hint(FAIL(cx, ERR_INVALID, "the drawing has no id to be kept by"),
                          "Give its process, or <definitions>, an id.");
    if (!*name || !**name)
        *name = *key;
    return NULL;
}

static FALLIBLE drawing_put(Ctx *cx, const ModelFiles *files, Deployed *out)
{
    TRY(may_deploy(cx, files->file.length));
    Judgement judgement = {0};
    const char *name;
    TRY(judge(cx, files, &judgement));
    Version version = {.source = judgement.source, .drawing = true};
    TRY(drawing_name(cx, judgement.source, &version.key, &name));
    Row *row;
    TRY(db_row(cx, &row, process_version_runs, version.key));
    if (row)
        return error_hint(
            FAIL(cx, ERR_CONFLICT, "the process %s runs; no drawing takes its place", version.key),
            "Give the drawing's process another id.");
    version.about = about_text(cx, name, judgement.said);
    TRY(version_put(cx, &version, out));
    deployed_fill(cx, &version, judgement.said, out);
    return NULL;
}

static FALLIBLE decision_put(Ctx *cx, const char *xml, size_t length, Deployed *out)
{
    int *version = &out->version;
    TRY(may_deploy(cx, length));
    const Dmn *dmn;
    TRY(dmn_read(cx, xml, length, &dmn));
    TRY(dmn_require_sound(cx, dmn));
    const char *name = dmn_name(dmn);
    const char *hash = hash_text(cx, xml, length);

    Row *row;
    TRY(db_row(cx, &row, decision_version_by_hash, name, hash));
    TRY(db_run(cx, NULL, decision_version_retire, name));
    if (row) {
        TRY(db_run(cx, NULL, decision_version_renew, row_integer(row, "id")));
        *version = (int)row_integer(row, "version");
    } else {
        Row *last;
        TRY(db_row(cx, &last, decision_version_last, name));
        int64_t next = row_integer(last, "version") + 1;
        TRY(db_run(cx, NULL, decision_version_add, id_new(cx), name, next, hash,
                   cell_bytes(xml, length), cx->now, cx->actor->user));
        *version = (int)next;
    }
    out->key = name;
    out->known = row != NULL;
    return NULL;
}

FALLIBLE decision_deploy(Ctx *cx, const char *xml, size_t length, const char **key, int *version)
{
    Deployed deployed = {0};
    TRY(decision_put(cx, xml, length, &deployed));
    *key = deployed.key;
    *version = deployed.version;
    return NULL;
}

bool model_is_decision(const char *xml)
{
    return strstr(xml, "omg.org/spec/DMN/") && !strstr(xml, "/spec/BPMN/");
}

static FALLIBLE file_put(Ctx *cx, const ModelFiles *files, bool as_drawing, Deployed *out)
{
    Deployed deployed = {.file = files->file.name, .problems = value_list(NULL, 0)};
    deployed.decision = model_is_decision(files->file.bytes);
    if (deployed.decision && as_drawing)
        return FAIL(cx, ERR_INVALID, "a decision cannot be kept as a drawing");
    if (deployed.decision)
        TRY(decision_put(cx, files->file.bytes, files->file.length, &deployed));
    else if (as_drawing)
        TRY(drawing_put(cx, files, &deployed));
    else
        TRY(process_put(cx, files, &deployed));
    *out = deployed;
    return NULL;
}

FALLIBLE model_deploy(Ctx *cx, const char *xml, size_t length, bool as_drawing, Deployed *out)
{
    return file_put(cx, &(ModelFiles){.file = {NULL, xml, length}}, as_drawing, out);
}

// --- Several files -------------------------------------------------------------------------------

// A file without a process is a part of those that import it.
static FALLIBLE part_check(Ctx *cx, const ModelFiles *files, bool *is_part)
{
    BpmnProblems problems = {0};
    const BpmnModel *source;
    TRY(bundle_read(cx, files, &source, &problems));
    *is_part = source->process_count == 0;
    if (!*is_part)
        return NULL;
    bpmn_check(cx, source, &problems);
    return bpmn_problems_error(cx, &problems);
}

static FALLIBLE part_or_put(Ctx *cx, const ModelFiles *files, bool as_drawing, Deployed *out,
                            size_t *count)
{
    bool is_part = false;
    if (!as_drawing && !model_is_decision(files->file.bytes))
        TRY(part_check(cx, files, &is_part));
    if (is_part)
        return NULL;
    TRY(file_put(cx, files, as_drawing, &out[*count]));
    ++*count;
    return NULL;
}

static FALLIBLE names_check(Ctx *cx, const BpmnFile *files, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(bpmn_file_name(files[i].name), bpmn_file_name(files[k].name)) == 0)
                return FAIL(cx, ERR_INVALID, "two files are called %s", files[i].name);
    return NULL;
}

FALLIBLE models_deploy(Ctx *cx, const BpmnFile *files, size_t count, bool as_drawing, Deployed *out,
                       size_t *deployed)
{
    size_t done = 0;
    TRY(names_check(cx, files, count));
    for (int decisions = 1; decisions >= 0; decisions--) // a process may ask them
        for (size_t i = 0; i < count; i++) {
            if (model_is_decision(files[i].bytes) != decisions)
                continue;
            ModelFiles own = {files[i], files, count};
            Error *error = part_or_put(cx, &own, as_drawing, out, &done);
            if (error)
                return error_detail(error, "%s%sin %s", error->detail ? error->detail : "",
                                    error->detail ? "; " : "", files[i].name);
        }
    if (!done)
        return error_hint(FAIL(cx, ERR_INVALID, "none of the files holds a process or a decision"),
                          "Deploy them with a process that imports them.");
    *deployed = done;
    return NULL;
}
