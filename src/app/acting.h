// SPDX-License-Identifier: Apache-2.0
// Who acts on the command line: the option --as LOGIN, or the system itself.
#ifndef MILLRACE_APP_ACTING_H
#define MILLRACE_APP_ACTING_H

#include "app/command.h"

// Sets cx->actor at this door; ERR_NOT_FOUND when there is no such active user.
FALLIBLE act_as(Ctx *cx, const CommandLine *line, Door door);

#endif
