// SPDX-License-Identifier: Apache-2.0
// The reference business Riverbend Pumps (溪湾泵业): seeded data, made by working through its
// processes.
//
// No state is written directly: every order is created, and its steps completed, by the people of
// the pack `demo` through the same functions as any other door, on a clock that runs through the
// last weeks.
#ifndef MILLRACE_APP_DEMO_H
#define MILLRACE_APP_DEMO_H

#include "app/command.h"

#define DEMO_PASSWORD "riverbend"

// Customers with credit profiles, products, opportunities and orders. Opens its own units of work.
FALLIBLE demo_fill(Ctx *cx, const CommandLine *line);
// Says who can sign in, when the company holds the demo.
void demo_say_sign_ins(Ctx *cx);

#endif
