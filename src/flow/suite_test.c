// SPDX-License-Identifier: Apache-2.0
// Flows as text: tests/flow/*.flow-test. A case is a title, a drawing (flow/drawing.h), and events
// with the effects that each must have:
//
//   = a parallel join waits for both branches
//   startEvent s -> split
//   ...
//   > start {"x": 1}
//   < offer a; offer b
//   > complete a
//   <
//
// Events: start [ID] JSON, complete ID JSON, fail ID CODE, timer ID, message ID JSON,
// signal NAME JSON, retry ID, check, cancel, escalate ID CODE, modify ID ID (from, to; - for none),
// called JSON (started by a call), kept ID KEY JSON (a call is answered and can be undone), undo,
// forget, skip ID, instance ID JSON (one more), choose ID ID (ad-hoc sub-process, step), subject
// JSON (no step: the record as it is from now on), clock INSTANT (the clock as it is from now on),
// migrate ID->ID ... (to the drawing in the lines that begin with ~). ID is the node whose place
// waits. "> refused WORDS" before an event: it must fail so. Every state goes through its packed
// form, and at the end of a case its events, packed as a history keeps them, must do the same
// again.
#include "flow/drawing.h"
#include "flow/migrate.h"
#include "flow/step.h"

#include "base/business_calendar.h"
#include "base/json.h"
#include "base/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What a history would keep of an event.
typedef struct Recorded {
    Text event;
    Text apart;
    Instant at;
    const char *did;
} Recorded;

typedef struct Suite {
    Ctx *cx;
    const char *file;
    const char *title;
    const Graph *graph;
    FlowState state;
    Value subject;
    const char *refused;
    ARRAY(Recorded) history;
    FlowState first; // before the first of them
    uint64_t seen;
    ARRAY(const char *) drawing;
    ARRAY(const char *) next_drawing;
    int passed;
    int failed;
    bool broken; // this case is lost
} Suite;

static void lost(Suite *suite, int line, const char *what, const char *detail)
{
    if (!suite->broken)
        printf("%s:%d: %s: %s %s\n", suite->file, line, suite->title, what, detail);
    suite->broken = true;
}

// --- Effects as one line -------------------------------------------------------------------------

static const char *node_id(const Suite *suite, int node)
{
    return node < 0 ? "process" : suite->graph->nodes[node].id;
}

static void effect_print(Suite *suite, Buffer *out, const FlowEffect *effect)
{
    Arena *arena = suite->cx->arena;
    const char *id = node_id(suite, effect->node);
    const char *value = effect->value.kind ? json_text(arena, effect->value) : "";
    switch (effect->kind) {
    case EFFECT_HISTORY:
        if (effect->what == HISTORY_COMPENSATED || effect->what == HISTORY_TRIGGERED)
            buffer_format(out, "%s %s; ", history_word(effect->what), id);
        return;
    case EFFECT_WORK_OFFER:
        buffer_format(out, "offer %s; ", id);
        return;
    case EFFECT_FUNCTION_CALL:
    case EFFECT_DECISION_CALL:
    case EFFECT_PROCESS_CALL:
        buffer_format(out, "call %s %s %s; ", id, effect->name, value);
        return;
    case EFFECT_TIMER_SET:
        buffer_format(out, "timer %s %llds; ", id,
                      (long long)(effect->due - suite->cx->now) / 1000000);
        return;
    case EFFECT_MESSAGE_WAIT:
        buffer_format(out, "wait %s %s '%s'; ", id, effect->name, effect->key);
        return;
    case EFFECT_SIGNAL_WAIT:
        buffer_format(out, "listen %s %s; ", id, effect->name);
        return;
    case EFFECT_MESSAGE_SEND:
        buffer_format(out, "send %s '%s' %s; ", effect->name, effect->key, value);
        return;
    case EFFECT_SIGNAL_SEND:
        buffer_format(out, "signal %s %s; ", effect->name, value);
        return;
    case EFFECT_CALL_UNDO:
    case EFFECT_CALL_FORGET:
        buffer_format(out, "%s %s %s; ", effect->kind == EFFECT_CALL_UNDO ? "undo" : "forget", id,
                      effect->key);
        return;
    case EFFECT_RECORD_SET:
        buffer_format(out, "set %s %s; ", effect->name, *value ? value : "null");
        return;
    case EFFECT_INCIDENT:
        buffer_format(out, "incident %s %s; ", id, effect->name);
        return;
    case EFFECT_ESCALATED:
        buffer_format(out, "escalated %s; ", effect->name);
        return;
    case EFFECT_ENDED:
        buffer_format(out, "ended %s%s%s; ", flow_status_word(effect->status),
                      effect->name ? " " : "", effect->name ? effect->name : "");
        return;
    default:
        buffer_format(out, "no %s; ", id); // a wait is taken back
    }
}

static char *outcome_print(Suite *suite, const FlowOutcome *outcome)
{
    Buffer *out = buffer_new(suite->cx->arena);
    for (size_t i = 0; i < outcome->effect_count; i++)
        effect_print(suite, out, &outcome->effects[i]);
    if (out->length)
        out->bytes[out->length - 2] = '\0';
    return out->length ? out->bytes : "";
}

// --- Events --------------------------------------------------------------------------------------

static Value json_of(Suite *suite, int line, const char *text)
{
    Value value = value_context(suite->cx->arena);
    if (*text && json_parse(suite->cx, text, strlen(text), &value))
        lost(suite, line, "is no JSON:", text);
    return value;
}

// The first place at the node that is no mere record of the past.
static int wait_of(Suite *suite, int line, const char *id)
{
    for (size_t i = 0; i < suite->state.place_count; i++) {
        const FlowPlace *place = &suite->state.places[i];
        bool waits = place->kind != PLACE_DONE && place->kind != PLACE_LOOP &&
                     place->kind != PLACE_GATE && place->kind != PLACE_COMPENSATING &&
                     place->kind != PLACE_COMPENSATE;
        if (waits && strcmp(node_id(suite, place->node), id) == 0)
            return place->number;
    }
    lost(suite, line, "nothing waits at", id);
    return 0;
}

static FlowEventKind event_kind(const char *word)
{
    static const char *const words[] = {"start",  "complete", "fail",   "timer",    "message",
                                        "signal", "retry",    "check",  "cancel",   "modify",
                                        "skip",   "instance", "choose", "escalate", "data",
                                        "undo",   "forget"};
    for (int i = 0; i < 17; i++)
        if (strcmp(words[i], word) == 0)
            return (FlowEventKind)i;
    if (strcmp(word, "called") == 0)
        return FLOW_START;
    return strcmp(word, "kept") == 0 ? FLOW_COMPLETE : FLOW_CHECK;
}

static FlowEvent event_read(Suite *suite, int line, const char *text)
{
    Arena *arena = suite->cx->arena;
    size_t length = strcspn(text, " ");
    FlowEvent event = {.kind = event_kind(text_slice(arena, text, length)), .node = -1};
    const char *rest = text_trim(arena, text + length);
    size_t name_length = *rest == '{' ? 0 : strcspn(rest, " ");
    char *name = text_slice(arena, rest, name_length);
    rest = text_trim(arena, rest + name_length);
    if (event.kind == FLOW_START && *name)
        event.node = graph_node(suite->graph, name) ? graph_node(suite->graph, name)->index : -1;
    else if (event.kind == FLOW_SIGNAL)
        event.name = name;
    else if (*name && *name != '-')
        event.wait = wait_of(suite, line, name);
    if (text_starts(text, "called"))
        event.name = FLOW_CALLED;
    if (text_starts(text, "kept ")) {
        size_t key_length = strcspn(rest, " ");
        event.name = text_slice(arena, rest, key_length);
        rest = text_trim(arena, rest + key_length);
    }
    if (event.kind == FLOW_FAIL || event.kind == FLOW_ESCALATE)
        event.name = rest;
    else if (event.kind == FLOW_MODIFY || event.kind == FLOW_CHOOSE)
        event.node = graph_node(suite->graph, rest) ? graph_node(suite->graph, rest)->index : -1;
    else
        event.value = json_of(suite, line, rest);
    event.subject = suite->subject;
    return event;
}

static void subject_update(Suite *suite, const FlowOutcome *outcome)
{
    for (size_t i = 0; i < outcome->effect_count; i++)
        if (outcome->effects[i].kind == EFFECT_RECORD_SET && suite->subject.kind == VALUE_CONTEXT)
            value_set(suite->cx->arena, suite->subject, outcome->effects[i].name,
                      outcome->effects[i].value);
}

static const Graph *drawing_compile(Suite *suite, int line, const char *const *lines, size_t count);

// --- The history, replayed -----------------------------------------------------------------------

static void record(Suite *suite, const FlowEvent *event, const FlowOutcome *outcome)
{
    static const char *const personal[] = {"x", "n", "amount", "item"};
    FlowEvent kept = *event;
    kept.subject = flow_subject_kept(suite->cx, suite->graph, event->subject);
    FlowEvents one = {.items = &kept, .count = 1};
    FlowApart apart = {.names = personal, .count = sizeof personal / sizeof *personal};
    Recorded recorded = {.at = suite->cx->now, .did = outcome_print(suite, outcome)};
    recorded.event = flow_pack_events(suite->cx, &one, &apart, &suite->seen);
    recorded.apart = apart.values;
    array_push(suite->cx->arena, suite->history) = recorded;
}

static void history_begin(Suite *suite)
{
    suite->history.count = 0;
    suite->first = suite->state;
    suite->seen = 0;
}

// Each event does what it did, and the last state is the same.
static void history_replay(Suite *suite, int line)
{
    Ctx *cx = suite->cx;
    Instant now = cx->now;
    FlowState state = suite->first;
    Value subject = value_null();
    for (size_t i = 0; i < suite->history.count && !suite->broken; i++) {
        const Recorded *recorded = &suite->history.items[i];
        FlowEvents events = {0};
        FlowOutcome outcome = {0};
        cx->now = recorded->at;
        Error *error = flow_unpack_events(cx, recorded->event, recorded->apart, &subject, &events);
        if (!error)
            error = flow_step(cx, suite->graph, &state, &events.items[0], &outcome);
        if (error)
            lost(suite, line, "cannot be replayed:", error->message);
        else if (strcmp(outcome_print(suite, &outcome), recorded->did) != 0)
            lost(suite, line, "replayed does", outcome_print(suite, &outcome));
        state = outcome.state;
    }
    cx->now = now;
    if (suite->broken)
        return;
    Text replayed = flow_pack(cx, &state), kept = flow_pack(cx, &suite->state);
    if (replayed.length != kept.length || memcmp(replayed.bytes, kept.bytes, kept.length) != 0)
        lost(suite, line, "replayed", "ends in another state");
}

// --- What happens --------------------------------------------------------------------------------

// What came of it, held against what was expected; the state goes through its packed form.
static void outcome_judge(Suite *suite, int line, const char *got, const char *expected,
                          const FlowState *state)
{
    if (strcmp(got, expected) != 0)
        lost(suite, line, "does", text_format(suite->cx->arena, "%s\n      not %s", got, expected));
    Text packed = flow_pack(suite->cx, state);
    Error *error = flow_unpack(suite->cx, suite->graph, packed.bytes, packed.length, &suite->state);
    if (error)
        lost(suite, line, "cannot be unpacked:", error->message);
}

static void migrate_run(Suite *suite, int line, const char *text, const char *expected)
{
    Arena *arena = suite->cx->arena;
    ARRAY(FlowMapping) mappings = {0};
    for (const char *at = text + strspn(text, " "); *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        char *from = text_slice(arena, at, length), *arrow = strstr(from, "->");
        *arrow = '\0';
        array_push(arena, mappings) = (FlowMapping){from, arrow + 2};
        at += length;
    }
    const Graph *next =
        drawing_compile(suite, line, suite->next_drawing.items, suite->next_drawing.count);
    suite->next_drawing.count = 0;
    if (suite->broken)
        return;
    FlowMigrationPlan plan = {mappings.items, mappings.count, suite->subject};
    FlowMigration migration;
    Error *error = flow_migrate(suite->cx, suite->graph, &suite->state, next, &plan, &migration);
    if (error) {
        lost(suite, line, "cannot be migrated:", error->message);
        return;
    }
    Buffer *problems = buffer_new(arena);
    for (size_t i = 0; i < migration.problem_count; i++)
        buffer_format(problems, "%s%s", i ? "; " : "", migration.problems[i].message);
    if (migration.problem_count) {
        outcome_judge(suite, line, problems->bytes, expected, &suite->state);
        return;
    }
    history_replay(suite, line);
    suite->graph = next;
    outcome_judge(suite, line, outcome_print(suite, &migration.outcome), expected,
                  &migration.outcome.state);
    history_begin(suite);
}

static void event_run(Suite *suite, int line, const char *text, const char *expected)
{
    FlowOutcome outcome;
    FlowEvent event = event_read(suite, line, text);
    if (suite->broken)
        return;
    Error *error = flow_step(suite->cx, suite->graph, &suite->state, &event, &outcome);
    const char *refused = suite->refused;
    suite->refused = NULL;
    if (refused) {
        if (!error || !strstr(error->message, refused))
            lost(suite, line, "is not refused, but", error ? error->message : "goes on");
        return;
    }
    if (error) {
        lost(suite, line, "is refused:", error->message);
        return;
    }
    record(suite, &event, &outcome);
    subject_update(suite, &outcome);
    outcome_judge(suite, line, outcome_print(suite, &outcome), expected, &outcome.state);
}

// --- Cases ---------------------------------------------------------------------------------------

static const Graph *drawing_compile(Suite *suite, int line, const char *const *lines, size_t count)
{
    Ctx *cx = suite->cx;
    BpmnProblems problems = {0};
    const BpmnModel *model;
    const Graph *graph = NULL;
    char *xml = drawing_xml(cx, lines, count);
    Error *error = bpmn_read(cx, xml, strlen(xml), &model, &problems);
    if (!error)
        error = bpmn_compile(cx, model, NULL, &graph, &problems);
    if (!error)
        error = bpmn_problems_error(cx, &problems);
    if (error)
        lost(suite, line, "cannot be deployed:", error->message);
    return graph;
}

static void case_end(Suite *suite, int line)
{
    if (suite->title && suite->graph && !suite->broken)
        history_replay(suite, line);
    if (suite->title && suite->broken)
        suite->failed++;
    else if (suite->title)
        suite->passed++;
}

static void case_begin(Suite *suite, int line, const char *title)
{
    case_end(suite, line);
    suite->title = title;
    suite->graph = NULL;
    suite->state = (FlowState){0};
    suite->subject = value_null();
    history_begin(suite);
    suite->cx->now = TEST_NOW;
    suite->refused = NULL;
    suite->drawing.count = suite->next_drawing.count = 0;
    suite->broken = false;
}

static void event_line(Suite *suite, int number, const char *text, const char *next)
{
    if (!suite->graph && !suite->broken) {
        suite->graph = drawing_compile(suite, number, suite->drawing.items, suite->drawing.count);
        suite->drawing.count = 0;
    }
    if (suite->broken)
        return;
    const char *expected = next && *next == '<' ? text_trim(suite->cx->arena, next + 1) : "";
    if (text_starts(text, "refused "))
        suite->refused = text + strlen("refused ");
    else if (text_starts(text, "subject "))
        suite->subject = json_of(suite, number, text + strlen("subject "));
    else if (text_starts(text, "clock ")) {
        if (!instant_parse(text + strlen("clock "), &suite->cx->now))
            lost(suite, number, "is no instant:", text);
    } else if (text_starts(text, "migrate"))
        migrate_run(suite, number, text + strlen("migrate"), expected);
    else
        event_run(suite, number, text, expected);
}

static void file_run(Suite *suite, char *text)
{
    ARRAY(char *) lines = {0};
    for (char *line = text; line;) {
        char *end = strchr(line, '\n');
        if (end)
            *end = '\0';
        array_push(suite->cx->arena, lines) = line;
        line = end ? end + 1 : NULL;
    }
    for (size_t i = 0; i < lines.count; i++) {
        char *line = lines.items[i];
        const char *next = i + 1 < lines.count ? lines.items[i + 1] : NULL;
        if (*line == '=')
            case_begin(suite, (int)i + 1, text_trim(suite->cx->arena, line + 1));
        else if (*line == '>')
            event_line(suite, (int)i + 1, text_trim(suite->cx->arena, line + 1), next);
        else if (*line == '~')
            array_push(suite->cx->arena, suite->next_drawing) = line + 1 + (line[1] == ' ');
        else if (*line && *line != '#' && *line != '<')
            array_push(suite->cx->arena, suite->drawing) = line;
    }
    case_end(suite, (int)lines.count);
    suite->title = NULL;
}

static char *file_read(Ctx *cx, const char *path)
{
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    Buffer *out = buffer_new(cx->arena);
    char piece[65536];
    size_t length;
    while ((length = fread(piece, 1, sizeof piece, file)) > 0)
        buffer_add(out, piece, length);
    fclose(file);
    return out->bytes;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

TEST(flows_written_as_text_do_what_they_say)
{
    const char *folder = TEST_SOURCE_ROOT "/tests/flow";
    DIR *directory = opendir(folder);
    CHECK(directory != NULL);
    ARRAY(char *) files = {0};
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory))
        if (text_ends(entry->d_name, ".flow-test"))
            array_push(cx->arena, files) = text_format(cx->arena, "%s/%s", folder, entry->d_name);
    closedir(directory);
    CHECK(files.count > 0);
    qsort(files.items, files.count, sizeof *files.items, by_text);
    // Monday to Friday from nine to five, in Berlin; the fourth of November 2026 is free.
    WorkException exception = {{2026, 11, 4}, {0}};
    BusinessCalendar office = {.name = "office",
                               .zone = zone_named("Europe/Berlin"),
                               .exceptions = &exception,
                               .exception_count = 1};
    for (int i = 0; i < 5; i++)
        CHECK(work_shifts_parse(cx->arena, "09:00-17:00", &office.week[i]));
    BusinessCalendars calendars = {&office, 1};
    cx->calendars = &calendars;
    Suite suite = {.cx = cx};
    for (size_t i = 0; i < files.count; i++) {
        suite.file = files.items[i];
        file_run(&suite, file_read(cx, files.items[i]));
    }
    printf("flows as text: %d passed, %d failed\n", suite.passed, suite.failed);
    CHECK_INT(suite.failed, 0);
}
