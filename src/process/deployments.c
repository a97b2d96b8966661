// SPDX-License-Identifier: Apache-2.0
#include "process/deployments.h"

#include "base/ids.h"
#include "base/limits.h"
#include "db/db.h"
#include "process/governor.h"
#include "process/process.h"

#include <pthread.h>

QUERY(process_version_all, "SELECT id FROM process_version WHERE newest = 1 ORDER BY process_key");
QUERY(process_version_by_id,
      "SELECT id, process_key, version, xml, file FROM process_version WHERE id = $1");
QUERY(process_version_newest_of,
      "SELECT id FROM process_version WHERE process_key = $1 AND newest = 1"
      " ORDER BY version DESC LIMIT 1");
QUERY(process_version_drawn,
      "SELECT 1 FROM process_version WHERE process_key = $1 AND drawing = 1");
QUERY(process_version_governing,
      "SELECT id FROM process_version WHERE newest = 1 AND entity = $1 ORDER BY id");
QUERY(decision_version_by_id,
      "SELECT id, decision_key, version, xml FROM decision_version WHERE id = $1");
QUERY(decision_version_newest_of,
      "SELECT id FROM decision_version WHERE newest = 1 AND decision_key = $1"
      " ORDER BY version DESC LIMIT 1");

// What is compiled, by row id as text. Entries are added under the lock and never taken away.
struct Deployments {
    pthread_rwlock_t lock;
    Arena *arena;
    Map *processes; // ProcessModel
    Map *decisions; // DecisionModel
    Map *owners;    // "entity.field" -> key of the process, of the newest versions at the last load
    ARRAY(Arena *) arenas;
};

static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;

static struct Deployments *deployments_of(Company *company)
{
    struct Deployments *deployments = __atomic_load_n(&company->deployments, __ATOMIC_ACQUIRE);
    if (deployments)
        return deployments;
    pthread_mutex_lock(&making);
    deployments = company->deployments;
    if (!deployments) {
        Arena *arena = arena_new(LIMIT_UNIT_BYTES);
        deployments = NEW(arena, struct Deployments);
        pthread_rwlock_init(&deployments->lock, NULL);
        deployments->arena = arena;
        deployments->processes = map_new(arena);
        deployments->decisions = map_new(arena);
        deployments->owners = map_new(arena);
        __atomic_store_n(&company->deployments, deployments, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&making);
    return deployments;
}

void deployments_close(Company *company)
{
    struct Deployments *deployments = company->deployments;
    if (!deployments)
        return;
    company->deployments = NULL;
    for (size_t i = 0; i < deployments->arenas.count; i++)
        arena_free(deployments->arenas.items[i]);
    pthread_rwlock_destroy(&deployments->lock);
    arena_free(deployments->arena);
}

static const void *compiled_find(struct Deployments *deployments, const Map *map, const char *key)
{
    pthread_rwlock_rdlock(&deployments->lock);
    const void *found = map_get(map, key);
    pthread_rwlock_unlock(&deployments->lock);
    return found;
}

// Whoever comes second with the same version throws its own away.
static const void *compiled_keep(struct Deployments *deployments, Map *map, const char *key,
                                 void *compiled, Arena *arena)
{
    pthread_rwlock_wrlock(&deployments->lock);
    const void *kept = map_get(map, key);
    if (!kept) {
        map_put(map, text_copy(deployments->arena, key), compiled);
        array_push(deployments->arena, deployments->arenas) = arena;
        kept = compiled;
        arena = NULL;
    }
    pthread_rwlock_unlock(&deployments->lock);
    if (arena)
        arena_free(arena);
    return kept;
}

// The error of a compilation that lived in an arena of its own.
static Error *error_moved(Ctx *cx, const Error *error, const char *what, const char *key)
{
    return error_hint(FAIL(cx, ERR_INTERNAL, "the deployed %s %s does not compile: %s", what, key,
                           error->message),
                      "It was deployed by another version of Millrace; deploy it again.");
}

static FALLIBLE process_read(Ctx *cx, const Row *row, ProcessModel *model)
{
    ModelFiles files;
    TRY(bundle_load(cx, row, &files));
    TRY(model_compile(cx, &files, model));
    model->id = row_integer(row, "id");
    model->key = text_copy(cx->arena, row_text(row, "process_key"));
    model->version = (int)row_integer(row, "version");
    return NULL;
}

FALLIBLE model_files(Ctx *cx, Id id, ModelFiles *out)
{
    Row *row;
    TRY(db_row(cx, &row, process_version_by_id, id));
    return row ? bundle_load(cx, row, out)
               : FAIL(cx, ERR_NOT_FOUND, "there is no such process version");
}

FALLIBLE model_by_id(Ctx *cx, Id id, const ProcessModel **out)
{
    struct Deployments *deployments = deployments_of(cx->company);
    const char *key = id_text(cx->arena, id);
    const ProcessModel *found = compiled_find(deployments, deployments->processes, key);
    if (!found) {
        Row *row;
        TRY(db_row(cx, &row, process_version_by_id, id));
        if (!row)
            return FAIL(cx, ERR_NOT_FOUND, "there is no such process version");
        Ctx own = *cx;
        own.arena = arena_new(LIMIT_UNIT_BYTES);
        ProcessModel *model = NEW(own.arena, ProcessModel);
        Error *error = process_read(&own, row, model);
        if (error) {
            error = error_moved(cx, error, "process", row_text(row, "process_key"));
            arena_free(own.arena);
            return error;
        }
        found = compiled_keep(deployments, deployments->processes, key, model, own.arena);
    }
    *out = found;
    return NULL;
}

static FALLIBLE decision_by_id(Ctx *cx, Id id, const DecisionModel **out)
{
    struct Deployments *deployments = deployments_of(cx->company);
    const char *key = id_text(cx->arena, id);
    const DecisionModel *found = compiled_find(deployments, deployments->decisions, key);
    if (!found) {
        Row *row;
        TRY(db_row(cx, &row, decision_version_by_id, id));
        if (!row)
            return FAIL(cx, ERR_NOT_FOUND, "there is no such decision version");
        Ctx own = *cx;
        own.arena = arena_new(LIMIT_UNIT_BYTES);
        DecisionModel *model = NEW(own.arena, DecisionModel);
        model->id = id;
        model->key = text_copy(own.arena, row_text(row, "decision_key"));
        model->version = (int)row_integer(row, "version");
        Text xml = row_cell(row, "xml").text;
        const char *source = text_slice(own.arena, xml.bytes, xml.length);
        Error *error = dmn_read(&own, source, xml.length, &model->dmn);
        if (error) {
            error = error_moved(cx, error, "decision", row_text(row, "decision_key"));
            arena_free(own.arena);
            return error;
        }
        found = compiled_keep(deployments, deployments->decisions, key, model, own.arena);
    }
    *out = found;
    return NULL;
}

FALLIBLE model_newest(Ctx *cx, const char *key, const ProcessModel **out)
{
    Row *row;
    TRY(db_row(cx, &row, process_version_newest_of, key));
    if (!row) {
        TRY(db_row(cx, &row, process_version_drawn, key));
        if (row)
            return error_hint(FAIL(cx, ERR_CONFLICT, "%s is a drawing only and cannot run", key),
                              "Its page tells what keeps it from running.");
        return FAIL(cx, ERR_NOT_FOUND, "there is no process %s", key);
    }
    return model_by_id(cx, row_integer(row, "id"), out);
}

FALLIBLE models_governing(Ctx *cx, const char *entity, ProcessModels *out)
{
    Rows rows;
    TRY(db_rows(cx, &rows, process_version_governing, entity));
    ProcessModels models = {NEW_ARRAY(cx->arena, const ProcessModel *, rows.count + 1), 0};
    for (size_t i = 0; i < rows.count; i++)
        TRY(model_by_id(cx, row_integer(&rows.items[i], "id"), &models.items[models.count++]));
    *out = models;
    return NULL;
}

FALLIBLE decision_newest(Ctx *cx, const char *key, const DecisionModel **out)
{
    Row *row;
    TRY(db_row(cx, &row, decision_version_newest_of, key));
    if (!row)
        return FAIL(cx, ERR_NOT_FOUND, "there is no decision %s", key);
    return decision_by_id(cx, row_integer(row, "id"), out);
}

const char *deployments_owner(Ctx *cx, const char *entity, const char *field)
{
    struct Deployments *deployments = deployments_of(cx->company);
    const char *name = text_format(cx->arena, "%s.%s", entity, field);
    pthread_rwlock_rdlock(&deployments->lock);
    const char *key = map_get(deployments->owners, name);
    pthread_rwlock_unlock(&deployments->lock);
    return key;
}

static bool has_entries(const Graph *graph)
{
    for (size_t i = 0; i < graph->node_count; i++)
        if (graph->nodes[i].task && graph->nodes[i].task->entry_count)
            return true;
    return false;
}

bool deployments_watch(Ctx *cx, const char *entity)
{
    struct Deployments *deployments = deployments_of(cx->company);
    bool found = false;
    pthread_rwlock_rdlock(&deployments->lock);
    for (size_t i = 0; i < deployments->processes->count && !found; i++) {
        const ProcessModel *model = deployments->processes->entries[i].value;
        found = text_equal(model->graph->entity, entity) && has_entries(model->graph);
    }
    pthread_rwlock_unlock(&deployments->lock);
    return found;
}

static void owners_add(Arena *arena, Map *owners, const ProcessModel *model)
{
    const Graph *graph = model->graph;
    for (size_t i = 0; graph->entity && i < graph->owned_count; i++)
        if (graph->owned[i].free_until < 0)
            map_put(owners, text_format(arena, "%s.%s", graph->entity, graph->owned[i].field),
                    (void *)(uintptr_t)model->key);
}

static FALLIBLE process_fits(Ctx *cx, Id id)
{
    Row *row;
    BpmnProblems problems = {0};
    const BpmnModel *source = NULL;
    const Graph *graph = NULL;
    TRY(db_row(cx, &row, process_version_by_id, id));
    ModelFiles files;
    TRY(bundle_load(cx, row, &files));
    TRY(bundle_read(cx, &files, &source, &problems));
    TRY(model_judge_again(cx, source, &problems, &graph));
    Error *error = bpmn_problems_error(cx, &problems);
    if (!error)
        return NULL;
    return error_hint(FAIL(cx, ERR_CONFLICT, "the process '%s' could not go on: %s",
                           row_text(row, "process_key"), error->message),
                      "Deploy the process without it first.");
}

FALLIBLE deployments_fit(Ctx *cx)
{
    Rows rows;
    TRY(db_rows(cx, &rows, process_version_all));
    for (size_t i = 0; i < rows.count; i++)
        TRY(process_fits(cx, row_integer(&rows.items[i], "id")));
    return NULL;
}

FALLIBLE deployments_load(Ctx *cx)
{
    struct Deployments *deployments = deployments_of(cx->company);
    Rows rows;
    TRY(db_rows(cx, &rows, process_version_all));
    ARRAY(const ProcessModel *) models = {0};
    for (size_t i = 0; i < rows.count; i++)
        TRY(model_by_id(cx, row_integer(&rows.items[i], "id"), &array_push(cx->arena, models)));
    pthread_rwlock_wrlock(&deployments->lock);
    deployments->owners = map_new(deployments->arena);
    for (size_t i = 0; i < models.count; i++)
        owners_add(deployments->arena, deployments->owners, models.items[i]);
    pthread_rwlock_unlock(&deployments->lock);
    governor_set();
    return NULL;
}
