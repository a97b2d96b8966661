// SPDX-License-Identifier: Apache-2.0
// The packed state: a few hundred bytes in the instance's row.
//
//   version (1 byte), status (1), next number, next order, count of places; then each place:
//   kind (1), what follows (1, bits below), number since the one before, node + 1, parent,
//   [edge + 1] [trigger + 1] [count] [link] [due] [data]
//
// Integers are LEB128, signed ones zigzag. A value is its kind (1 byte) and its content; texts are
// length and bytes. Reading trusts nothing: every length, index, kind and depth is checked.
#include "flow/step.h"

#include <string.h>

#define PACK_VERSION 1
#define PACK_DEPTH 64
#define STANDS_APART 0x7f // instead of a value's kind: it is the next of the others

enum { HAS_EDGE = 1, HAS_TRIGGER = 2, HAS_COUNT = 4, HAS_LINK = 8, HAS_DUE = 16, HAS_DATA = 32 };

// --- Writing -------------------------------------------------------------------------------------

static void put_unsigned(Buffer *out, uint64_t number)
{
    while (number >= 0x80) {
        buffer_byte(out, (char)(0x80 | (number & 0x7f)));
        number >>= 7;
    }
    buffer_byte(out, (char)number);
}

static void put_signed(Buffer *out, int64_t number)
{
    put_unsigned(out, ((uint64_t)number << 1) ^ (uint64_t)(number >> 63));
}

static void put_text(Buffer *out, const char *bytes, size_t length)
{
    put_unsigned(out, length);
    buffer_add(out, bytes, length);
}

static void put_printed(Buffer *out, const char *text, size_t length)
{
    buffer_byte(out, (char)length); // the longest is CALENDAR_TEXT_SIZE
    buffer_add(out, text, length);
}

// Where an event's values by certain names go instead; NULL: there are none.
typedef struct Apart {
    const FlowApart *names;
    Buffer *values;
} Apart;

static bool is_apart(const Apart *apart, const char *name)
{
    for (size_t i = 0; apart && i < apart->names->count; i++)
        if (strcmp(apart->names->names[i], name) == 0)
            return true;
    return false;
}

static void put_value(Buffer *out, Value value, const Apart *apart);

static void put_number(Buffer *out, Decimal number)
{
    char text[DECIMAL_TEXT_SIZE];
    put_printed(out, text, decimal_print(number, text));
}

static void put_context(Buffer *out, const ValueContext *context, const Apart *apart)
{
    put_unsigned(out, context->count);
    for (size_t i = 0; i < context->count; i++) {
        const ValueEntry *entry = &context->entries[i];
        put_text(out, entry->key, strlen(entry->key));
        bool goes = is_apart(apart, entry->key);
        if (goes)
            buffer_byte(out, STANDS_APART);
        put_value(goes ? apart->values : out, entry->value, goes ? NULL : apart);
    }
}

static void put_value(Buffer *out, Value value, const Apart *apart)
{
    char text[CALENDAR_TEXT_SIZE];
    // Functions do not outlive the expression that made them.
    buffer_byte(out, (char)(value.kind == VALUE_FUNCTION ? VALUE_NULL : value.kind));
    switch (value.kind) {
    case VALUE_NULL:
    case VALUE_FUNCTION:
        break;
    case VALUE_BOOLEAN:
        buffer_byte(out, value.boolean);
        break;
    case VALUE_NUMBER:
        put_number(out, value.number);
        break;
    case VALUE_TEXT:
        put_text(out, value.text.bytes, value.text.length);
        break;
    case VALUE_DATE:
        put_printed(out, text, date_print(value.date, text));
        break;
    case VALUE_TIME:
        put_printed(out, text, time_print(value.time, text));
        break;
    case VALUE_DATE_TIME:
        put_printed(out, text, date_time_print(*value.date_time, text));
        break;
    case VALUE_DAYS_DURATION:
        put_signed(out, value.days_duration.seconds);
        put_signed(out, value.days_duration.nanoseconds);
        break;
    case VALUE_MONTHS_DURATION:
        put_signed(out, value.months);
        break;
    case VALUE_LIST:
        put_unsigned(out, value.list.count);
        for (size_t i = 0; i < value.list.count; i++)
            put_value(out, value.list.items[i], apart);
        break;
    case VALUE_CONTEXT:
        put_context(out, value.context, apart);
        break;
    case VALUE_RANGE:
        buffer_byte(out, (char)(value.range->low_closed | value.range->high_closed << 1));
        put_value(out, value.range->low, apart);
        put_value(out, value.range->high, apart);
        break;
    }
}

static void put_place(Buffer *out, const FlowPlace *place, int previous)
{
    int has = (place->edge >= 0 ? HAS_EDGE : 0) | (place->trigger != 0 ? HAS_TRIGGER : 0) |
              (place->count != 0 ? HAS_COUNT : 0) | (place->link != 0 ? HAS_LINK : 0) |
              (place->due != 0 ? HAS_DUE : 0) | (place->data.kind != VALUE_NULL ? HAS_DATA : 0);
    buffer_byte(out, (char)place->kind);
    buffer_byte(out, (char)has);
    put_unsigned(out, (uint64_t)(place->number - previous));
    put_unsigned(out, (uint64_t)place->node + 1);
    put_unsigned(out, (uint64_t)place->parent);
    if (has & HAS_EDGE)
        put_unsigned(out, (uint64_t)place->edge + 1);
    if (has & HAS_TRIGGER)
        put_unsigned(out, (uint64_t)place->trigger + 1);
    if (has & HAS_COUNT)
        put_signed(out, place->count);
    if (has & HAS_LINK)
        put_unsigned(out, (uint64_t)place->link);
    if (has & HAS_DUE)
        put_signed(out, place->due);
    if (has & HAS_DATA)
        put_value(out, place->data, NULL);
}

Text flow_pack(Ctx *cx, const FlowState *state)
{
    Buffer *out = buffer_new(cx->arena);
    buffer_byte(out, PACK_VERSION);
    buffer_byte(out, (char)state->status);
    put_unsigned(out, (uint64_t)state->next_number);
    put_unsigned(out, (uint64_t)state->next_order);
    put_unsigned(out, state->place_count);
    int previous = 0;
    for (size_t i = 0; i < state->place_count; i++) {
        put_place(out, &state->places[i], previous);
        previous = state->places[i].number;
    }
    return (Text){out->bytes, out->length};
}

// FNV-1a, on from `hash`, never 0.
static uint64_t hash_on(uint64_t hash, const Buffer *bytes)
{
    for (size_t i = 0; i < bytes->length; i++)
        hash = (hash ^ (unsigned char)bytes->bytes[i]) * 0x100000001b3ULL;
    return hash ? hash : 1;
}

static void put_event(Ctx *cx, Buffer *out, const FlowEvent *event, const Apart *apart,
                      uint64_t *seen)
{
    Buffer *subject = buffer_new(cx->arena);
    Apart of_subject = {apart->names, buffer_new(cx->arena)};
    put_value(subject, event->subject, &of_subject);
    uint64_t hash = hash_on(hash_on(0xcbf29ce484222325ULL, subject), of_subject.values);
    buffer_byte(out, (char)event->kind);
    put_unsigned(out, (uint64_t)event->wait);
    put_unsigned(out, (uint64_t)(event->node + 1));
    buffer_byte(out, event->name != NULL);
    if (event->name)
        put_text(out, event->name, strlen(event->name));
    put_value(out, event->value, apart);
    buffer_byte(out, hash != *seen);
    if (hash != *seen) {
        buffer_add(out, subject->bytes, subject->length);
        buffer_add(apart->values, of_subject.values->bytes, of_subject.values->length);
    }
    *seen = hash;
}

Value flow_subject_kept(Ctx *cx, const Graph *graph, Value subject)
{
    if (graph->reads_whole || subject.kind != VALUE_CONTEXT)
        return subject;
    Value kept = value_context(cx->arena);
    for (size_t i = 0; i < graph->read_count; i++) {
        const Value *value = value_get(subject, graph->reads[i]);
        if (value)
            value_set(cx->arena, kept, graph->reads[i], *value);
    }
    return kept;
}

Text flow_pack_events(Ctx *cx, const FlowEvents *events, FlowApart *apart, uint64_t *seen)
{
    Buffer *out = buffer_new(cx->arena);
    Apart to = {apart, buffer_new(cx->arena)};
    buffer_byte(out, PACK_VERSION);
    put_unsigned(out, events->count);
    for (size_t i = 0; i < events->count; i++)
        put_event(cx, out, &events->items[i], &to, seen);
    apart->values = (Text){to.values->bytes, to.values->length};
    return (Text){out->bytes, out->length};
}

// --- Reading -------------------------------------------------------------------------------------

// Once `broken` is set everything read is zero; the reader looks at it where it could do harm.
typedef struct Reader {
    Ctx *cx;
    const Graph *graph;
    const unsigned char *at;
    const unsigned char *end;
    bool broken;
    int depth;
    struct Reader *apart; // the values that stand apart; NULL: erased
    size_t erased;        // values that were
} Reader;

static unsigned take_byte(Reader *in)
{
    if (in->at == in->end) {
        in->broken = true;
        return 0;
    }
    return *in->at++;
}

static uint64_t take_unsigned(Reader *in)
{
    uint64_t number = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        unsigned byte = take_byte(in);
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return in->broken ? 0 : number;
    }
    in->broken = true;
    return 0;
}

static int64_t take_signed(Reader *in)
{
    uint64_t number = take_unsigned(in);
    return (int64_t)(number >> 1) ^ -(int64_t)(number & 1);
}

// An integer from `low` to `high`.
static int take_index(Reader *in, int64_t low, int64_t high)
{
    uint64_t number = take_unsigned(in);
    if (number > INT32_MAX || (int64_t)number < low || (int64_t)number > high) {
        in->broken = true;
        return (int)low;
    }
    return (int)number;
}

static const char *take_bytes(Reader *in, uint64_t length)
{
    if (length > (uint64_t)(in->end - in->at)) {
        in->broken = true;
        return "";
    }
    const char *bytes = (const char *)in->at;
    in->at += length;
    if (memchr(bytes, '\0', length) || !utf8_valid(bytes, length)) {
        in->broken = true;
        return "";
    }
    return text_slice(in->cx->arena, bytes, length);
}

static Value take_value(Reader *in);

static Value take_printed(Reader *in, ValueKind kind)
{
    size_t length = take_byte(in);
    const char *text = take_bytes(in, length);
    Value value = {.kind = kind};
    DateTime moment;
    bool read = !in->broken;
    if (read && kind == VALUE_NUMBER)
        read = decimal_parse(text, length, &value.number);
    else if (read && kind == VALUE_DATE)
        read = date_parse(text, length, &value.date);
    else if (read && kind == VALUE_TIME)
        read = time_parse(text, length, &value.time);
    else if (read) {
        read = date_time_parse(text, length, &moment);
        DateTime *kept = NEW(in->cx->arena, DateTime);
        *kept = read ? moment : (DateTime){0};
        value.date_time = kept;
    }
    if (read)
        return value;
    in->broken = true;
    return value_null();
}

static Value take_list(Reader *in)
{
    uint64_t count = take_unsigned(in);
    if (count > (uint64_t)(in->end - in->at)) // each item takes a byte at least
        in->broken = true;
    if (in->broken)
        return value_null();
    Value *items = NEW_ARRAY(in->cx->arena, Value, count);
    for (uint64_t i = 0; i < count && !in->broken; i++)
        items[i] = take_value(in);
    return value_list(items, count);
}

static Value take_context(Reader *in)
{
    uint64_t count = take_unsigned(in);
    if (count > (uint64_t)(in->end - in->at))
        in->broken = true;
    Value context = value_context(in->cx->arena);
    for (uint64_t i = 0; i < count && !in->broken; i++) {
        const char *key = take_bytes(in, take_unsigned(in));
        value_set(in->cx->arena, context, key, take_value(in));
    }
    return context;
}

static Value take_range(Reader *in)
{
    ValueRange *range = NEW(in->cx->arena, ValueRange);
    unsigned closed = take_byte(in);
    range->low_closed = closed & 1;
    range->high_closed = closed & 2;
    range->low = take_value(in);
    range->high = take_value(in);
    return (Value){.kind = VALUE_RANGE, .range = range};
}

static Value take_days(Reader *in)
{
    int64_t seconds = take_signed(in), nanoseconds = take_signed(in);
    if (nanoseconds <= -1000000000 || nanoseconds >= 1000000000)
        in->broken = true;
    return (Value){.kind = VALUE_DAYS_DURATION,
                   .days_duration = {.seconds = seconds, .nanoseconds = (int32_t)nanoseconds}};
}

static Value take_apart(Reader *in)
{
    in->erased += !in->apart;
    Value value = in->apart ? take_value(in->apart) : value_null();
    in->broken |= in->apart && in->apart->broken;
    return value;
}

static Value take_kind(Reader *in, unsigned kind)
{
    uint64_t length;
    switch (kind) {
    case VALUE_NULL:
        return value_null();
    case VALUE_BOOLEAN:
        return value_boolean(take_byte(in) != 0);
    case VALUE_NUMBER:
    case VALUE_DATE:
    case VALUE_TIME:
    case VALUE_DATE_TIME:
        return take_printed(in, (ValueKind)kind);
    case VALUE_TEXT:
        length = take_unsigned(in);
        return value_text_of(take_bytes(in, length), in->broken ? 0 : length);
    case VALUE_DAYS_DURATION:
        return take_days(in);
    case VALUE_MONTHS_DURATION:
        return (Value){.kind = VALUE_MONTHS_DURATION, .months = take_signed(in)};
    case VALUE_LIST:
        return take_list(in);
    case VALUE_CONTEXT:
        return take_context(in);
    case VALUE_RANGE:
        return take_range(in);
    case STANDS_APART:
        return take_apart(in);
    default:
        in->broken = true;
        return value_null();
    }
}

static Value take_value(Reader *in)
{
    if (in->depth >= PACK_DEPTH)
        in->broken = true;
    if (in->broken)
        return value_null();
    in->depth++;
    Value value = take_kind(in, take_byte(in));
    in->depth--;
    return in->broken ? value_null() : value;
}

// What a place of this kind must be for the step to trust it.
static bool place_fits(const Graph *graph, const FlowPlace *place, const FlowPlace *parent)
{
    if (place->kind < PLACE_SCOPE || place->kind > PLACE_INPUT)
        return false;
    if (place->node < 0)
        return place->kind == PLACE_SCOPE && !parent;
    if (!parent || parent->number != place->parent)
        return false;
    const GraphNode *node = &graph->nodes[place->node];
    switch (place->kind) {
    case PLACE_SCOPE:
        return node->inner >= 0;
    case PLACE_LOOP:
        return node->loop != NULL;
    case PLACE_INPUT:
        return node_is_activity(node);
    case PLACE_EVENT:
        return (size_t)place->trigger < node->trigger_count && place->trigger >= 0;
    case PLACE_JOIN:
        if (place->edge >= 0 && graph->edges[place->edge].target != place->node)
            return false;
        return node_is_gateway(node) ? place->edge >= 0 || node->kind == NODE_COMPLEX
                                     : place->edge >= 0 && node->start_quantity > 1;
    case PLACE_WATCH:
        if (node->kind == NODE_EVENT_SUB_PROCESS) // its start event has the triggers
            return place->trigger >= 0 && parent->kind == PLACE_SCOPE;
        return node->kind == NODE_BOUNDARY && parent->node == node->attached_to &&
               (size_t)place->trigger < node->trigger_count && place->trigger >= 0;
    default:
        return true;
    }
}

static bool watch_fits(const Graph *graph, const FlowPlace *place)
{
    const GraphNode *node = place->node < 0 ? NULL : &graph->nodes[place->node];
    if (place->kind != PLACE_WATCH || !node || node->kind != NODE_EVENT_SUB_PROCESS)
        return true;
    const GraphScope *scope = &graph->scopes[node->inner];
    for (size_t i = 0; i < scope->node_count; i++) {
        const GraphNode *start = &graph->nodes[scope->nodes[i]];
        if (start->kind == NODE_START)
            return (size_t)place->trigger < start->trigger_count;
    }
    return false;
}

static const FlowPlace *parent_find(const FlowPlace *places, size_t count, int number)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (places[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && places[low].number == number ? &places[low] : NULL;
}

static void take_place(Reader *in, FlowPlace *places, size_t index, int next_number)
{
    FlowPlace *place = &places[index];
    int previous = index ? places[index - 1].number : 0;
    place->kind = (PlaceKind)take_byte(in);
    unsigned has = take_byte(in);
    place->number = previous + take_index(in, 1, next_number);
    place->node = take_index(in, 0, (int64_t)in->graph->node_count) - 1;
    place->parent = take_index(in, 0, next_number);
    place->edge = has & HAS_EDGE ? take_index(in, 1, (int64_t)in->graph->edge_count) - 1 : -1;
    place->trigger = has & HAS_TRIGGER ? take_index(in, 0, LIMIT_GRAPH_NODES) - 1 : 0;
    if (has & HAS_COUNT) {
        int64_t count = take_signed(in);
        in->broken = in->broken || count < INT32_MIN || count > INT32_MAX;
        place->count = (int)count;
    }
    place->link = has & HAS_LINK ? take_index(in, 0, next_number) : 0;
    place->due = has & HAS_DUE ? take_signed(in) : 0;
    place->data = has & HAS_DATA ? take_value(in) : value_null();
    if (place->data.kind != VALUE_NULL && place->data.kind != VALUE_CONTEXT)
        in->broken = true;
    const FlowPlace *parent = place->parent ? parent_find(places, index, place->parent) : NULL;
    if (in->broken || place->number >= next_number || (index == 0) != (place->parent == 0) ||
        !place_fits(in->graph, place, parent) || !watch_fits(in->graph, place))
        in->broken = true;
}

FALLIBLE flow_unpack(Ctx *cx, const Graph *graph, const char *bytes, size_t length, FlowState *out)
{
    Reader in = {.cx = cx,
                 .graph = graph,
                 .at = (const unsigned char *)bytes,
                 .end = (const unsigned char *)bytes + length};
    if (length > LIMIT_FLOW_BYTES)
        return FAIL(cx, ERR_LIMIT, "the state of the instance is too big");
    unsigned version = take_byte(&in);
    if (version != PACK_VERSION)
        return FAIL(cx, ERR_INVALID, "the state of the instance has the unknown version %u",
                    version);
    FlowState state = {.status = (FlowStatus)take_byte(&in)};
    state.next_number = take_index(&in, 0, INT32_MAX - 1);
    state.next_order = take_index(&in, 0, INT32_MAX - 1);
    state.place_count = (size_t)take_index(&in, 0, LIMIT_FLOW_PLACES);
    in.broken = in.broken || state.status > FLOW_FAILED ||
                (state.status != FLOW_COMPLETED && // which may keep some, see FLOW_UNDO
                 (state.status == FLOW_RUNNING) != (state.place_count > 0));
    if (!in.broken)
        state.places = NEW_ARRAY(cx->arena, FlowPlace, state.place_count);
    for (size_t i = 0; i < state.place_count && !in.broken; i++)
        take_place(&in, state.places, i, state.next_number);
    if (in.broken || in.at != in.end)
        return FAIL(cx, ERR_INVALID, "the state of the instance is damaged");
    *out = state;
    return NULL;
}

static FlowEvent take_event(Reader *in, Value *subject)
{
    FlowEvent event = {.kind = (FlowEventKind)take_byte(in)};
    event.wait = take_index(in, 0, INT32_MAX - 1);
    event.node = take_index(in, 0, LIMIT_GRAPH_NODES) - 1;
    if (take_byte(in)) {
        uint64_t length = take_unsigned(in);
        const char *name = take_bytes(in, length);
        if (name)
            event.name = text_slice(in->cx->arena, name, length);
    }
    event.value = take_value(in);
    if (take_byte(in))
        *subject = take_value(in);
    event.subject = *subject;
    return event;
}

FALLIBLE flow_unpack_events(Ctx *cx, Text packed, Text apart, Value *subject, FlowEvents *out)
{
    const unsigned char *bytes = (const unsigned char *)packed.bytes;
    const unsigned char *others = (const unsigned char *)apart.bytes;
    Reader beside = {.cx = cx, .at = others, .end = others + apart.length};
    Reader in = {.cx = cx,
                 .at = bytes,
                 .end = bytes + packed.length,
                 .apart = apart.length ? &beside : NULL};
    unsigned version = take_byte(&in);
    size_t count = (size_t)take_index(&in, 0, LIMIT_FLOW_PLACES);
    FlowEvent *events = NEW_ARRAY(cx->arena, FlowEvent, count + 1);
    for (size_t i = 0; i < count && !in.broken; i++)
        events[i] = take_event(&in, subject);
    if (version != PACK_VERSION || in.broken || in.at != in.end || beside.at != beside.end)
        return FAIL(cx, ERR_INVALID, "the history of the instance is damaged");
    *out = (FlowEvents){.items = events, .count = count, .erased = in.erased};
    return NULL;
}
