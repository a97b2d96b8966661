// SPDX-License-Identifier: Apache-2.0
#include "http/events.h"

#include "base/ids.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/waiting.h"
#include "db/database.h"
#include "record/feed.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HEARTBEAT_S 20
#define NOT_LOOKED (-1)

typedef struct Stream {
    EventHub *hub;
    struct Stream *before;
    struct Stream *after;
    struct MHD_Connection *connection;
    const Actor *actor;
    char *bytes;
    size_t length;
    size_t capacity;
    bool suspended;
    bool ended;
    time_t ends_at;
    time_t beat_at;
} Stream;

struct EventHub {
    Company *company;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    Stream *first;
    int count;
    bool stopping;
    int64_t told; // the number of the last change, or NOT_LOOKED
};

static time_t seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

// With the hub locked.
static void wake(Stream *stream)
{
    if (!stream->suspended)
        return;
    stream->suspended = false;
    MHD_resume_connection(stream->connection);
}

static void append(Stream *stream, const char *bytes, size_t length)
{
    if (stream->ended)
        return;
    if (stream->length + length > EVENTS_BACKLOG_BYTES) {
        stream->ended = true;
        wake(stream);
        return;
    }
    if (stream->length + length > stream->capacity) {
        size_t capacity = (stream->length + length) * 2;
        char *grown = realloc(stream->bytes, capacity);
        if (!grown)
            return;
        stream->bytes = grown;
        stream->capacity = capacity;
    }
    memcpy(stream->bytes + stream->length, bytes, length);
    stream->length += length;
    wake(stream);
}

static ssize_t read_stream(void *state, uint64_t position, char *out, size_t room)
{
    (void)position;
    Stream *stream = state;
    pthread_mutex_lock(&stream->hub->lock);
    ssize_t taken = (ssize_t)(stream->length < room ? stream->length : room);
    if (taken) {
        memcpy(out, stream->bytes, (size_t)taken);
        stream->length -= (size_t)taken;
        memmove(stream->bytes, stream->bytes + taken, stream->length);
    } else if (stream->ended || stream->hub->stopping) {
        taken = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        stream->suspended = true;
        MHD_suspend_connection(stream->connection);
    }
    pthread_mutex_unlock(&stream->hub->lock);
    return taken;
}

static void close_stream(void *state)
{
    Stream *stream = state;
    EventHub *hub = stream->hub;
    pthread_mutex_lock(&hub->lock);
    if (stream->before)
        stream->before->after = stream->after;
    else
        hub->first = stream->after;
    if (stream->after)
        stream->after->before = stream->before;
    hub->count--;
    pthread_mutex_unlock(&hub->lock);
    free(stream->bytes);
    free(stream);
}

struct MHD_Response *events_open(EventHub *hub, struct MHD_Connection *connection,
                                 const Actor *actor)
{
    Stream *stream = calloc(1, sizeof *stream);
    if (!stream)
        return NULL;
    *stream = (Stream){.hub = hub,
                       .connection = connection,
                       .actor = actor,
                       .ends_at = seconds_now() + EVENTS_LIFE_S,
                       .beat_at = seconds_now() + HEARTBEAT_S};
    pthread_mutex_lock(&hub->lock);
    bool full = hub->count == EVENTS_STREAMS || hub->stopping;
    if (!full) {
        stream->after = hub->first;
        if (stream->after)
            stream->after->before = stream;
        hub->first = stream;
        hub->count++;
        static const char hello[] = "retry: 2000\n\n";
        append(stream, hello, sizeof hello - 1);
        pthread_cond_signal(&hub->changed);
    }
    pthread_mutex_unlock(&hub->lock);
    struct MHD_Response *response =
        full ? NULL
             : MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, read_stream, stream,
                                                 close_stream);
    if (full)
        free(stream);
    return response;
}

static void tell(Ctx *cx, EventHub *hub, const Change *change)
{
    Buffer *line = buffer_new(cx->arena);
    Value data = value_context(cx->arena);
    value_set(cx->arena, data, "entity", value_text(change->entity));
    value_set(cx->arena, data, "id", value_text(id_text(cx->arena, change->record)));
    value_set(cx->arena, data, "version", value_integer(change->version));
    buffer_text(line, "event: change\ndata: ");
    json_write(line, data);
    buffer_text(line, "\n\n");
    for (Stream *stream = hub->first; stream; stream = stream->after) {
        bool may; // whom the database fails is told nothing
        if (!feed_may_know(cx, stream->actor, change, &may) && may)
            append(stream, line->bytes, line->length);
    }
}

// The first look tells nothing: what was there before somebody listened is no news.
static FALLIBLE read_news(Ctx *cx, void *state)
{
    EventHub *hub = state;
    Change *changes;
    size_t count;
    if (hub->told == NOT_LOOKED)
        return feed_newest(cx, &hub->told);
    TRY(feed_after(cx, hub->told, FEED_AT_ONCE, &changes, &count));
    pthread_mutex_lock(&hub->lock);
    for (size_t i = 0; i < count; i++) {
        tell(cx, hub, &changes[i]);
        hub->told = changes[i].number;
    }
    pthread_mutex_unlock(&hub->lock);
    return NULL;
}

static void look(EventHub *hub, Arena *arena)
{
    ArenaMark mark = arena_mark(arena);
    Ctx cx = {.arena = arena, .company = hub->company, .actor = actor_system(), .language = "en"};
    schema_hold(&cx);
    Error *error = database_read(&cx, hub->company->database, read_news, hub);
    if (error)
        log_error("events", error);
    arena_rewind(arena, mark);
}

// With the hub locked.
static void beat(EventHub *hub)
{
    static const char heartbeat[] = ": here\n\n";
    time_t now = seconds_now();
    for (Stream *stream = hub->first; stream; stream = stream->after) {
        if (now >= stream->ends_at) {
            stream->ended = true;
            wake(stream);
        } else if (now >= stream->beat_at) {
            stream->beat_at = now + HEARTBEAT_S;
            append(stream, heartbeat, sizeof heartbeat - 1);
        }
    }
}

static void *run(void *state)
{
    EventHub *hub = state;
    Arena *arena = arena_new(LIMIT_UNIT_BYTES);
    pthread_mutex_lock(&hub->lock);
    while (!hub->stopping) {
        if (hub->first)
            waiting_for_ms(&hub->changed, &hub->lock, EVENTS_EVERY_MS);
        else
            pthread_cond_wait(&hub->changed, &hub->lock);
        if (!hub->first)
            hub->told = NOT_LOOKED;
        if (hub->stopping || !hub->first)
            continue;
        beat(hub);
        pthread_mutex_unlock(&hub->lock);
        look(hub, arena);
        pthread_mutex_lock(&hub->lock);
    }
    pthread_mutex_unlock(&hub->lock);
    arena_free(arena);
    return NULL;
}

EventHub *events_start(Company *company)
{
    EventHub *hub = calloc(1, sizeof *hub);
    if (!hub)
        return NULL;
    hub->company = company;
    hub->told = NOT_LOOKED;
    pthread_mutex_init(&hub->lock, NULL);
    pthread_cond_init(&hub->changed, NULL);
    if (pthread_create(&hub->thread, NULL, run, hub) == 0)
        return hub;
    free(hub);
    return NULL;
}

void events_stop(EventHub *hub)
{
    pthread_mutex_lock(&hub->lock);
    hub->stopping = true;
    for (Stream *stream = hub->first; stream; stream = stream->after)
        wake(stream);
    pthread_cond_signal(&hub->changed);
    pthread_mutex_unlock(&hub->lock);
    pthread_join(hub->thread, NULL);
}

void events_free(EventHub *hub)
{
    free(hub);
}
