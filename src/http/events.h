// SPDX-License-Identifier: Apache-2.0
// Server-sent events: tells the streams that are open what has been committed, by reading the
// feed of changes.
//
// One thread for all streams looks every EVENTS_EVERY_MS while somebody listens. A stream hears
// only of entities that its actor may read, and only ids and versions: the browser asks for the
// rest with its own rights. Each event comes at least once. A stream ends after EVENTS_LIFE_S; the
// browser opens the next and is checked again.
#ifndef MILLRACE_HTTP_EVENTS_H
#define MILLRACE_HTTP_EVENTS_H

#include "base/ctx.h"

#define EVENTS_EVERY_MS 300
#define EVENTS_LIFE_S 300
#define EVENTS_STREAMS 2000
#define EVENTS_BACKLOG_BYTES (256UL * 1024) // of one stream; who reads slower is ended

struct MHD_Connection;
struct MHD_Response;
typedef struct EventHub EventHub;

EventHub *events_start(Company *company); // NULL when the system gives no thread
// Ends all streams, then the thread; events_free once no connection is left.
void events_stop(EventHub *hub);
void events_free(EventHub *hub);

// The response that streams to this connection; NULL when there are too many. `actor` must live as
// long as the connection's request.
struct MHD_Response *events_open(EventHub *hub, struct MHD_Connection *connection,
                                 const Actor *actor);

#endif
