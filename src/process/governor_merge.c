// SPDX-License-Identifier: Apache-2.0
// Merges of records, as the processes on them see it: what runs goes on on the record that stays.
#include "base/ids.h"
#include "process/governor.h"
#include "process/instance.h"
#include "process/process.h"
#include "process/shapes.h"

QUERY(merge_instances, "SELECT id FROM instance WHERE entity = $1 AND subject = $2 ORDER BY id");
QUERY(merge_instance_move, "UPDATE instance SET subject = $3 WHERE id = $1 AND subject = $2");
QUERY(merge_items_move, "UPDATE work_item SET subject = $3 WHERE instance = $1 AND subject = $2");
QUERY(merge_waits_move, "UPDATE process_wait SET key = $3 WHERE owner = $1 AND key = $2"
                        " AND kind = 'condition' AND starts = 0");

// A process that holds fields of the record has got as far as the record says.
FALLIBLE governor_merging(Ctx *cx, const Record *loser)
{
    Instance **instances;
    size_t count;
    TRY(instances_of(cx, loser->entity->name, loser->id, true, &instances, &count));
    for (size_t i = 0; i < count; i++) {
        const ProcessModel *model;
        Value step;
        TRY(model_by_id(cx, instances[i]->model, &model));
        if (!model->graph->owned_count)
            continue;
        TRY(open_step_of_instance(cx, describer_new(cx), instances[i], NULL, &step));
        Error *error = error_hint(FAIL(cx, ERR_CONFLICT,
                                       "the process '%s' runs on '%s' and holds fields of it",
                                       model_name(cx, model), record_label(loser)),
                                  "Let it end first, or let the other record go.");
        error_about(cx, error, "process", process_value(cx, model));
        return error_about(cx, error, "open_step", step);
    }
    return NULL;
}

static FALLIBLE move_instance(Ctx *cx, Id instance, Id from, Id to)
{
    TRY(db_run(cx, NULL, merge_instance_move, instance, from, to));
    TRY(db_run(cx, NULL, merge_items_move, instance, from, to));
    return db_run(cx, NULL, merge_waits_move, instance, id_text(cx->arena, from),
                  id_text(cx->arena, to));
}

static FALLIBLE all_instances(Ctx *cx, const Entity *entity, Id record, Value *out)
{
    Rows rows;
    TRY(db_rows(cx, &rows, merge_instances, entity->name, record));
    Value *ids = NEW_ARRAY(cx->arena, Value, rows.count);
    for (size_t i = 0; i < rows.count; i++)
        ids[i] = value_text(id_text(cx->arena, rows.items[i].cells[0].integer));
    *out = value_list(ids, rows.count);
    return NULL;
}

FALLIBLE governor_moved(Ctx *cx, const Entity *entity, Id from, Id to, Value only, Value *out)
{
    *out = only;
    if (only.kind != VALUE_LIST)
        TRY(all_instances(cx, entity, from, out));
    for (size_t i = 0; i < out->list.count; i++) {
        Id id = 0;
        if (id_parse(out->list.items[i].text.bytes, &id))
            TRY(move_instance(cx, id, from, to));
    }
    return NULL;
}
