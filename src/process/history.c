// SPDX-License-Identifier: Apache-2.0
#include "process/history.h"

#include "base/ids.h"
#include "base/json.h"
#include "process/describe.h"
#include "process/migration_detail.h"
#include "process/process.h"
#include "process/shapes.h"
#include "record/record.h"

#include <stdlib.h>
#include <string.h>

QUERY(instance_event_of,
      "SELECT sequence, at, kind, node, actor, entries, detail FROM instance_event"
      " WHERE instance = $1 ORDER BY sequence");

static const char letters[] = {
    [HISTORY_STARTED] = 'S',     [HISTORY_ENTERED] = 'E', [HISTORY_COMPLETED] = 'C',
    [HISTORY_CANCELLED] = 'X',   [HISTORY_FAILED] = 'F',  [HISTORY_TRIGGERED] = 'T',
    [HISTORY_COMPENSATED] = 'U', [HISTORY_FLOW] = '>',    [HISTORY_ENDED] = 'Z',
    [HISTORY_SKIPPED] = 'K',
};

void entries_add(Buffer *entries, const FlowEffect *effect)
{
    int number = effect->what == HISTORY_FLOW ? effect->edge : effect->node;
    buffer_format(entries, "%s%c%d", entries->length ? " " : "", letters[effect->what], number);
}

static bool letter_find(char letter, FlowHistory *out)
{
    for (size_t i = 0; i < sizeof letters; i++)
        if (letters[i] == letter) {
            *out = (FlowHistory)i;
            return true;
        }
    return false;
}

bool history_word_next(const char **at, HistoryWord *out)
{
    while (*at && **at) {
        bool known = letter_find(**at, &out->what);
        char *end;
        out->index = (int)strtol(*at + 1, &end, 10);
        *at = *end == ' ' ? end + 1 : end;
        if (known)
            return true;
    }
    return false;
}

// Of the detail of an event {"for": the id of a user}.
static FALLIBLE acting_for_of(Ctx *cx, const Row *row, Id *out)
{
    const char *text = row_text(row, "detail");
    Value detail;
    *out = 0;
    if (!text)
        return NULL;
    TRY(json_parse(cx, text, strlen(text), &detail));
    const char *id = value_get_text(detail, "for");
    if (id)
        (void)id_parse(id, out);
    return NULL;
}

static FALLIBLE row_expand(Ctx *cx, const ProcessModel *model, Id instance, const Row *row,
                           HistoryEntries *out)
{
    Id acting_for;
    TRY(acting_for_of(cx, row, &acting_for));
    const Graph *graph = model->graph;
    const char *came_to = row_text(row, "node");
    const char *at = row_text(row, "entries");
    HistoryWord word;
    while (history_word_next(&at, &word)) {
        FlowHistory what = word.what;
        if (what == HISTORY_FLOW || word.index >= (int)graph->node_count)
            continue;
        const GraphNode *node = word.index >= 0 ? &graph->nodes[word.index] : NULL;
        // A person did the step that the event came to; the rest followed from it.
        bool own = what == HISTORY_STARTED || (node && text_equal(node->id, came_to));
        array_push(cx->arena, *out) = (HistoryEntry){.what = what,
                                                     .node = node,
                                                     .at = row_integer(row, "at"),
                                                     .actor = own ? row_integer(row, "actor") : 0,
                                                     .acting_for = own ? acting_for : 0,
                                                     .instance = instance,
                                                     .sequence = row_integer(row, "sequence")};
    }
    return NULL;
}

// The version each row speaks of: a row after a migration of that to which it led, before it of
// that from which it came.
static FALLIBLE models_of(Ctx *cx, const Rows *rows, const ProcessModel *model,
                          const ProcessModel **out)
{
    for (size_t i = rows->count; i-- > 0;) {
        const Row *row = &rows->items[i];
        out[i] = model;
        if (!text_equal(row_text(row, "kind"), MIGRATED))
            continue;
        Id from, to;
        FlowMigrationPlan plan;
        TRY(migration_detail_read(cx, row_text(row, "detail"), &from, &to, &plan));
        TRY(model_by_id(cx, from, &model));
    }
    return NULL;
}

FALLIBLE history_read(Ctx *cx, const ProcessModel *model, Id instance, HistoryEntries *out)
{
    Rows rows;
    TRY(db_rows(cx, &rows, instance_event_of, instance));
    const ProcessModel **models = NEW_ARRAY(cx->arena, const ProcessModel *, rows.count + 1);
    TRY(models_of(cx, &rows, model, models));
    *out = (HistoryEntries){0};
    for (size_t i = 0; i < rows.count; i++)
        TRY(row_expand(cx, models[i], instance, &rows.items[i], out));
    return NULL;
}

FALLIBLE instance_history(Ctx *cx, Id id, Value *out)
{
    Instance *instance;
    TRY(instance_readable(cx, id, &instance));
    const ProcessModel *model;
    TRY(model_by_id(cx, instance->model, &model));
    HistoryEntries entries;
    TRY(history_read(cx, model, id, &entries));

    Describer *describer = describer_new(cx);
    Value *items = NEW_ARRAY(cx->arena, Value, entries.count + 1);
    for (size_t i = 0; i < entries.count; i++) {
        const HistoryEntry *entry = &entries.items[i];
        Value actor;
        Value acting_for;
        TRY(describe_user(cx, describer, entry->actor, &actor));
        TRY(describe_user(cx, describer, entry->acting_for, &acting_for));
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "sequence", value_integer(entry->sequence));
        value_set(cx->arena, items[i], "at", value_text(instant_text(cx->arena, entry->at)));
        value_set(cx->arena, items[i], "key",
                  value_text(entry->node ? entry->node->id : model->key));
        value_set(cx->arena, items[i], "name", value_text(entry_name(cx, model, entry->node)));
        value_set(cx->arena, items[i], "kind", value_text(history_word(entry->what)));
        value_set(cx->arena, items[i], "actor", actor);
        value_set(cx->arena, items[i], "acting_for", acting_for);
    }
    Value history = value_context(cx->arena);
    value_set(cx->arena, history, "items", value_list(items, entries.count));
    *out = history;
    return NULL;
}

// ---- the timeline of a record ---------------------------------------------------------------

static bool in_timeline(const HistoryEntry *entry)
{
    if (!entry->node)
        return entry->what == HISTORY_STARTED || entry->what == HISTORY_ENDED;
    return node_is_activity(entry->node) || entry->what == HISTORY_TRIGGERED;
}

static FALLIBLE timeline_item(Ctx *cx, Describer *describer, const ProcessModel *model,
                              const HistoryEntry *entry, Value *out)
{
    Value actor;
    Value acting_for;
    Value receiver;
    Value department;
    const WorkEvent *deed = entry->deed;
    TRY(describe_user(cx, describer, entry->actor, &actor));
    TRY(describe_user(cx, describer, entry->acting_for, &acting_for));
    TRY(describe_user(cx, describer, deed ? deed->receiver : 0, &receiver));
    TRY(describe_department(cx, describer,
                            entry->node ? node_department(model->graph, entry->node) : NULL,
                            &department));
    Value step = value_context(cx->arena);
    value_set(cx->arena, step, "key", value_text(entry->node ? entry->node->id : model->key));
    value_set(cx->arena, step, "name", value_text(entry_name(cx, model, entry->node)));
    value_set(cx->arena, step, "department", department);
    Value item = value_context(cx->arena);
    value_set(cx->arena, item, "at", value_text(instant_text(cx->arena, entry->at)));
    value_set(cx->arena, item, "actor", actor);
    value_set(cx->arena, item, "acting_for", acting_for);
    value_set(cx->arena, item, "receiver", receiver);
    value_set(cx->arena, item, "comment", value_text(deed ? deed->comment : NULL));
    value_set(cx->arena, item, "step", step);
    value_set(cx->arena, item, "kind", value_text(deed ? deed->kind : history_word(entry->what)));
    value_set(cx->arena, item, "instance", value_text(id_text(cx->arena, entry->instance)));
    *out = item;
    return NULL;
}

// What people did with the steps, beside completing them, which the engine has told.
static FALLIBLE deeds_add(Ctx *cx, const Instance *instance, const ProcessModel *model,
                          Instant before, HistoryEntries *out)
{
    WorkEvent *events;
    size_t count;
    TRY(work_events_of_instance(cx, instance->id, &events, &count));
    for (size_t i = count; i-- > 0;)
        if (!text_equal(events[i].kind, "completed") && (!before || events[i].at < before))
            array_push(cx->arena, *out) =
                (HistoryEntry){.node = graph_node(model->graph, events[i].node),
                               .at = events[i].at,
                               .actor = events[i].actor,
                               .acting_for = events[i].acting_for,
                               .instance = instance->id,
                               .deed = &events[i]};
    return NULL;
}

// An entry of any of the record's instances, with what tells it.
typedef struct Told {
    const ProcessModel *model;
    HistoryEntry entry;
    size_t order; // as they were read: the same instant keeps it
} Told;

typedef struct ToldEntries {
    Told *items;
    size_t count;
    size_t capacity;
} ToldEntries;

static int newest_first(const void *a, const void *b)
{
    const Told *left = a, *right = b;
    if (left->entry.at != right->entry.at)
        return left->entry.at < right->entry.at ? 1 : -1;
    return left->order < right->order ? -1 : left->order > right->order;
}

static FALLIBLE timeline_of(Ctx *cx, const Instance *instance, Instant before, ToldEntries *out)
{
    HistoryEntries all, entries = {0};
    const ProcessModel *model;
    TRY(model_by_id(cx, instance->model, &model));
    TRY(history_read(cx, model, instance->id, &all));
    for (size_t i = all.count; i-- > 0;)
        if (in_timeline(&all.items[i]) && (!before || all.items[i].at < before))
            array_push(cx->arena, entries) = all.items[i];
    TRY(deeds_add(cx, instance, model, before, &entries));
    for (size_t i = 0; i < entries.count; i++)
        array_push(cx->arena, *out) = (Told){model, entries.items[i], out->count};
    return NULL;
}

FALLIBLE process_timeline(Ctx *cx, const char *entity, Id record, Instant before, int limit,
                          Value *out)
{
    Record *subject;
    Instance **instances;
    size_t count;
    ToldEntries told = {0};
    TRY(record_get(cx, entity, record, &subject));
    TRY(instances_of(cx, entity, record, false, &instances, &count));
    for (size_t i = 0; i < count; i++)
        TRY(timeline_of(cx, instances[i], before, &told));
    if (told.count)
        qsort(told.items, told.count, sizeof *told.items, newest_first);
    size_t shown = told.count < (size_t)limit ? told.count : (size_t)limit;
    Describer *describer = describer_new(cx);
    Value *items = NEW_ARRAY(cx->arena, Value, shown + 1);
    for (size_t i = 0; i < shown; i++)
        TRY(timeline_item(cx, describer, told.items[i].model, &told.items[i].entry, &items[i]));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "items", value_list(items, shown));
    return NULL;
}
