// SPDX-License-Identifier: Apache-2.0
// Log: one line an event, as text or JSON, on standard error. Only the edge logs, never library
// code.
//
// Secrets are never passed here: callers log names and ids. Control characters are escaped.
#ifndef MILLRACE_BASE_LOG_H
#define MILLRACE_BASE_LOG_H

#include "base/error.h"

typedef enum LogLevel { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_FAULT } LogLevel;
typedef enum LogForm { LOG_TEXT, LOG_JSON } LogForm;

void log_configure(LogLevel least, LogForm form);

// Pairs of key and text value, ended by NULL: log_event(LOG_INFO, "listening", "address", a, NULL).
__attribute__((sentinel)) void log_event(LogLevel level, const char *message, ...);
void log_error(const char *where, const Error *error);

#endif
