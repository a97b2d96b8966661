// SPDX-License-Identifier: Apache-2.0
// For tests only: a process drawn in a few lines becomes a BPMN model.
//
//   startEvent s -> a                       element, id, then its sequence flows
//   userTask a name="Ask" -> g              attributes as in BPMN
//     | <timerEventDefinition>...           lines with a bar are put inside the element as they are
//   exclusiveGateway g -> b when x > 1; *c  conditions in FEEL; * marks the default flow
//   subProcess p -> e                       what is indented deeper stands inside
//     startEvent s2 -> t
//   link boundary handler                   an association, for compensation
//   root | <message id="M" name="m"/>       a root element
//   process | <m:governs .../>              Millrace's extensions of the process
//   process other                           what follows is another process of the model
//
// Attributes and flows stand on one line. m: is Millrace's namespace; in a bar line that begins
// with <m: the element goes into <extensionElements>.
#ifndef MILLRACE_FLOW_DRAWING_H
#define MILLRACE_FLOW_DRAWING_H

#include "base/ctx.h"
#include "base/text.h"

// Lines up to the empty text; returns the XML.
char *drawing_xml(Ctx *cx, const char *const *lines, size_t count);

#endif
