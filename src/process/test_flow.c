// SPDX-License-Identifier: Apache-2.0
#include "process/test_flow.h"

#include "base/ids.h"
#include "base/json.h"
#include "flow/drawing.h"

#include <stdlib.h>
#include <string.h>

QUERY(test_instances_of, "SELECT id FROM instance WHERE process_key = $1 ORDER BY id LIMIT $2");
QUERY(test_item_of, "SELECT id FROM work_item WHERE instance = $1 AND node = $2"
                    " AND state IN ('offered', 'claimed') ORDER BY id LIMIT 1");

typedef struct Deed {
    const char *key;
    const char *text;
    const char *more;
    Id id;
    Id *ids;
    int count;
    bool flag;
    const IncomingMessage *message;
    Value value;
} Deed;

static Value json(Ctx *cx, const char *text)
{
    Value value;
    CHECK_OK(json_parse(cx, text, strlen(text), &value));
    return value;
}

static char *replaced(Ctx *cx, const char *text, const char *old, const char *new)
{
    Buffer *out = buffer_new(cx->arena);
    for (const char *at; (at = strstr(text, old)) != NULL; text = at + strlen(old)) {
        buffer_add(out, text, (size_t)(at - text));
        buffer_text(out, new);
    }
    buffer_text(out, text);
    return out->bytes;
}

// What the drawings leave out, because it is the same in all: the language of expressions, and that
// a message without a key has the empty one.
static char *completed(Ctx *cx, const char *xml)
{
    xml = replaced(cx, xml, "<definitions ", "<definitions expressionLanguage=\"FEEL\" ");
    xml = replaced(cx, xml, "<scriptTask ", "<scriptTask scriptFormat=\"feel\" ");
    Buffer *out = buffer_new(cx->arena);
    for (const char *at; (at = strstr(xml, "<message ")) != NULL;) {
        const char *end = strchr(at, '>');
        buffer_add(out, xml, (size_t)(end - xml));
        if (end[-1] == '/') {
            out->bytes[--out->length] = '\0';
            buffer_text(out, "><extensionElements><m:correlation key=\"&quot;&quot;\"/>"
                             "</extensionElements></message");
        }
        xml = end;
    }
    buffer_text(out, xml);
    return out->bytes;
}

static char *drawing_of(Ctx *cx, const char *key, const char *drawing)
{
    ARRAY(const char *) lines = {0};
    while (*drawing) {
        size_t length = strcspn(drawing, "\n");
        array_push(cx->arena, lines) = text_slice(cx->arena, drawing, length);
        drawing += length + (drawing[length] == '\n');
    }
    char *xml = drawing_xml(cx, lines.items, lines.count);
    const char *named = text_format(cx->arena, "<process id=\"%s\"", key);
    char *at = strstr(xml, "<process id=\"test\"");
    return completed(cx, text_format(cx->arena, "%.*s%s%s", (int)(at - xml), xml, named,
                                     at + strlen("<process id=\"test\"")));
}

static FALLIBLE deploy_work(Ctx *cx, void *state)
{
    const Deed *deed = state;
    const char *key;
    int version;
    TRY(process_deploy(cx, deed->text, strlen(deed->text), &key, &version));
    return deployments_load(cx);
}

Error *flow_try_deploy(Ctx *cx, const char *key, const char *drawing)
{
    Deed deed = {.text = drawing_of(cx, key, drawing)};
    return desk_do(cx, "root", DOOR_API, deploy_work, &deed);
}

void flow_deploy(Ctx *cx, const char *key, const char *drawing)
{
    CHECK_OK(flow_try_deploy(cx, key, drawing));
}

static FALLIBLE start_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    bool on_record = deed->ids != NULL;
    return instance_start(cx, deed->key, on_record ? "loan" : NULL, on_record ? *deed->ids : 0,
                          deed->text ? json(cx, deed->text) : value_null(), &deed->id);
}

Id flow_start(Ctx *cx, const char *key, const char *variables)
{
    Deed deed = {.key = key, .text = variables};
    CHECK_OK(desk_do(cx, "root", DOOR_API, start_work, &deed));
    return deed.id;
}

Id flow_start_on(Ctx *cx, const char *key, Id loan)
{
    Deed deed = {.key = key, .ids = &loan};
    CHECK_OK(desk_do(cx, "root", DOOR_API, start_work, &deed));
    return deed.id;
}

Value flow_show(Ctx *cx, Id instance)
{
    return desk_show_instance(cx, "root", instance);
}

const char *flow_state(Ctx *cx, Id instance)
{
    return value_get_text(flow_show(cx, instance), "state");
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *flow_waits(Ctx *cx, Id instance)
{
    Value shown = flow_show(cx, instance);
    const Value *tokens = value_get(shown, "tokens");
    const char **words = NEW_ARRAY(cx->arena, const char *, tokens->list.count + 1);
    for (size_t i = 0; i < tokens->list.count; i++)
        words[i] = text_format(cx->arena, "%s %s", value_get_text(tokens->list.items[i], "kind"),
                               value_get_text(tokens->list.items[i], "key"));
    qsort(words, tokens->list.count, sizeof *words, by_text);
    Buffer *out = buffer_new(cx->arena);
    for (size_t i = 0; i < tokens->list.count; i++)
        buffer_format(out, "%s%s", i ? "; " : "", words[i]);
    return out->length ? out->bytes : "";
}

const char *flow_variable(Ctx *cx, Id instance, const char *name)
{
    Value shown = flow_show(cx, instance);
    const Value *variables = value_get(shown, "variables");
    const Value *value = variables ? value_get(*variables, name) : NULL;
    return value ? json_text(cx->arena, *value) : NULL;
}

static FALLIBLE item_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    Row *row;
    TRY(db_row(cx, &row, test_item_of, deed->id, deed->key));
    deed->count = row != NULL;
    if (row)
        deed->id = row_integer(row, "id");
    return NULL;
}

Id flow_item(Ctx *cx, Id instance, const char *node)
{
    Deed deed = {.id = instance, .key = node};
    CHECK_OK(desk_do(cx, "root", DOOR_API, item_work, &deed));
    return deed.count ? deed.id : 0;
}

void flow_complete(Ctx *cx, Id instance, const char *node, const char *fields)
{
    CHECK_OK(desk_complete(cx, "root", flow_item(cx, instance, node), fields));
}

static FALLIBLE instances_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    Rows rows;
    TRY(db_rows(cx, &rows, test_instances_of, deed->key, deed->id));
    for (size_t i = 0; deed->ids && i < rows.count; i++)
        deed->ids[i] = row_integer(&rows.items[i], "id");
    deed->count = (int)rows.count;
    return NULL;
}

int flow_instances(Ctx *cx, const char *key, Id *out, int limit)
{
    Deed deed = {.key = key, .ids = out, .id = limit};
    CHECK_OK(desk_do(cx, "root", DOOR_API, instances_work, &deed));
    return deed.count;
}

int flow_count(Ctx *cx, const char *key)
{
    return flow_instances(cx, key, NULL, 1000000);
}

Id flow_only(Ctx *cx, const char *key)
{
    Id ids[2];
    CHECK_INT(flow_instances(cx, key, ids, 2), 1);
    return ids[0];
}

static FALLIBLE signal_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    return signal_publish(cx, deed->key, deed->text ? json(cx, deed->text) : value_null(),
                          &deed->count, &deed->flag);
}

int flow_signal(Ctx *cx, const char *name, const char *payload, bool *queued)
{
    Deed deed = {.key = name, .text = payload};
    CHECK_OK(desk_do(cx, "root", DOOR_API, signal_work, &deed));
    if (queued)
        *queued = deed.flag;
    return deed.count;
}

static FALLIBLE publish_work(Ctx *cx, void *state)
{
    Deed *deed = state;
    return message_publish(cx, deed->message, &deed->count, &deed->flag);
}

Error *flow_publish(Ctx *cx, const IncomingMessage *message, int *reached)
{
    Deed deed = {.message = message};
    Error *error = desk_do(cx, "root", DOOR_API, publish_work, &deed);
    *reached = deed.count;
    return error;
}

int flow_message(Ctx *cx, const char *name, const char *key, const char *payload)
{
    int reached;
    IncomingMessage message = {.name = name, .key = key};
    if (payload)
        message.payload = json(cx, payload);
    CHECK_OK(flow_publish(cx, &message, &reached));
    return reached;
}

static FALLIBLE retry_work(Ctx *cx, void *state)
{
    return instance_retry(cx, ((Deed *)state)->id);
}

Error *flow_retry(Ctx *cx, Id instance)
{
    Deed deed = {.id = instance};
    return desk_do(cx, "root", DOOR_API, retry_work, &deed);
}

int flow_jobs(Ctx *cx)
{
    int all = 0;
    for (int some; (some = desk_jobs(cx)) > 0;)
        all += some;
    return all;
}

static FALLIBLE house_work(Ctx *cx, void *state)
{
    cx->actor = actor_system();
    return housekeeping_run(cx, "the test", state);
}

void flow_chore(Ctx *cx, Housekept *out)
{
    Ctx own = *cx;
    CHECK_OK(database_write(&own, cx->company->database, house_work, out));
}

int flow_keep_house(Ctx *cx)
{
    int chunks = 0;
    Housekept kept = {.chore = ""};
    for (; kept.chore; chunks += kept.chore != NULL)
        flow_chore(cx, &kept);
    return chunks;
}

typedef struct Count {
    const char *sql;
    int number;
} Count;

static FALLIBLE count_work(Ctx *cx, void *state)
{
    Count *count = state;
    Rows rows;
    TRY(db_built_rows(cx, &rows, count->sql, NULL, 0));
    count->number = (int)row_integer(&rows.items[0], "n");
    return NULL;
}

int flow_rows(Ctx *cx, const char *of)
{
    Count counting = {.sql = text_format(cx->arena, "SELECT COUNT(*) AS n FROM %s", of)};
    CHECK_OK(database_read(cx, cx->company->database, count_work, &counting));
    return counting.number;
}
