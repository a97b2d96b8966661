// SPDX-License-Identifier: Apache-2.0
// The browser application: files of the embedded bundle (or of a folder, in development).
#ifndef MILLRACE_HTTP_ASSETS_H
#define MILLRACE_HTTP_ASSETS_H

#include "http/http.h"

// Fills the response for a GET that no route answers: a file of the bundle (ETag, brotli or gzip,
// immutable caching for hashed names), or index.html with a fresh nonce for addresses of the
// application (a last segment without a dot, and a client that takes HTML). False when it is
// neither.
bool assets_answer(Ctx *cx, const Request *request, const char *web_root, Response *response);

#endif
