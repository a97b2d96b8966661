// SPDX-License-Identifier: Apache-2.0
#include "http/pipe.h"

#include "base/waiting.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES (32UL * 1024) // that libmicrohttpd asks for
#define LOOK_AGAIN_MS 1000        // whether the server stops

void pipe_open(Pipe *pipe)
{
    pthread_mutex_init(&pipe->lock, NULL);
    pthread_cond_init(&pipe->changed, NULL);
}

void pipe_close(Pipe *pipe)
{
    if (pipe->flowing)
        atomic_fetch_sub(&pipe->room->flowing, 1);
    pthread_cond_destroy(&pipe->changed);
    pthread_mutex_destroy(&pipe->lock);
    free(pipe->bytes);
}

// With the lock.
static void wait_for_change(Pipe *pipe)
{
    waiting_for_ms(&pipe->changed, &pipe->lock, LOOK_AGAIN_MS);
    if (atomic_load(&pipe->room->stopping))
        pipe->left = true;
}

static Error *nobody_takes(Ctx *cx)
{
    return FAIL(cx, ERR_UNAVAILABLE, "nobody takes the answer any more");
}

// With the lock. The worker waits until the answer's head is taken: it lies in the unit's memory.
static FALLIBLE begin(Ctx *cx, Pipe *pipe)
{
    if (atomic_fetch_add(&pipe->room->flowing, 1) >= PIPES_FLOWING) {
        atomic_fetch_sub(&pipe->room->flowing, 1);
        return error_hint(FAIL(cx, ERR_UNAVAILABLE, "too many long answers are under way"),
                          "Try again later.");
    }
    pipe->flowing = true;
    pthread_mutex_unlock(&pipe->lock);
    pipe->begin(pipe);
    pthread_mutex_lock(&pipe->lock);
    while (!pipe->taken && !pipe->left)
        wait_for_change(pipe);
    return NULL;
}

// With the lock.
static void wake_connection(Pipe *pipe)
{
    if (!pipe->suspended)
        return;
    pipe->suspended = false;
    watch_set(pipe->watch, pipe->answer_s);
    MHD_resume_connection(pipe->connection);
}

static FALLIBLE write_locked(Ctx *cx, Pipe *pipe, const char *bytes, size_t length)
{
    while (length) {
        if (pipe->length == PIPE_BYTES && !pipe->flowing)
            TRY(begin(cx, pipe));
        while (pipe->length == PIPE_BYTES && !pipe->left)
            wait_for_change(pipe);
        if (pipe->left)
            return nobody_takes(cx);
        size_t room = PIPE_BYTES - pipe->length, taken = length < room ? length : room;
        memcpy(pipe->bytes + pipe->length, bytes, taken);
        pipe->length += taken;
        bytes += taken;
        length -= taken;
        // Not for each small piece: half a pipe at once is worth waking somebody.
        if (pipe->length >= PIPE_BYTES / 2)
            wake_connection(pipe);
    }
    return NULL;
}

FALLIBLE pipe_write(Ctx *cx, Pipe *pipe, const char *bytes, size_t length)
{
    if (!pipe->bytes && !(pipe->bytes = malloc(PIPE_BYTES)))
        return FAIL(cx, ERR_UNAVAILABLE, "there is no memory for the answer");
    pthread_mutex_lock(&pipe->lock);
    Error *error = write_locked(cx, pipe, bytes, length);
    pthread_mutex_unlock(&pipe->lock);
    return error;
}

FALLIBLE pipe_restart(Ctx *cx, Pipe *pipe)
{
    if (pipe->flowing)
        return FAIL(cx, ERR_UNAVAILABLE, "the answer was cut: the database had to begin again");
    pipe->length = 0;
    return NULL;
}

bool pipe_flows(Pipe *pipe)
{
    return pipe->flowing;
}

void pipe_end(Pipe *pipe, bool failed)
{
    pthread_mutex_lock(&pipe->lock);
    pipe->ended = true;
    pipe->failed = failed;
    wake_connection(pipe);
    pthread_mutex_unlock(&pipe->lock);
}

// With the lock. A second more for each 10 KB taken, never more than answer_s ahead.
static void earn_time(Pipe *pipe, size_t taken)
{
    pipe->spare += taken;
    watch_grant(pipe->watch, (int)(pipe->spare / 10240), pipe->answer_s);
    pipe->spare %= 10240;
}

static ssize_t read_pipe(void *state, uint64_t position, char *out, size_t room)
{
    (void)position;
    Pipe *pipe = state;
    pthread_mutex_lock(&pipe->lock);
    ssize_t taken = (ssize_t)(pipe->length < room ? pipe->length : room);
    if (taken) {
        memcpy(out, pipe->bytes, (size_t)taken);
        pipe->length -= (size_t)taken;
        memmove(pipe->bytes, pipe->bytes + taken, pipe->length);
        earn_time(pipe, (size_t)taken);
        pthread_cond_signal(&pipe->changed);
    } else if (pipe->ended) {
        taken = pipe->failed ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        pipe->suspended = true;
        watch_set(pipe->watch, 0); // it is the worker who is slow
        MHD_suspend_connection(pipe->connection);
    }
    pthread_mutex_unlock(&pipe->lock);
    return taken;
}

struct MHD_Response *pipe_response(Pipe *pipe)
{
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, read_pipe, pipe, NULL);
}

void pipe_taken(Pipe *pipe)
{
    pthread_mutex_lock(&pipe->lock);
    pipe->taken = true;
    pipe->left |= pipe->is_head; // all that it asked for is told
    pthread_cond_signal(&pipe->changed);
    pthread_mutex_unlock(&pipe->lock);
}

void pipe_leave(Pipe *pipe)
{
    pthread_mutex_lock(&pipe->lock);
    pipe->left = true;
    pthread_cond_signal(&pipe->changed);
    pthread_mutex_unlock(&pipe->lock);
}
