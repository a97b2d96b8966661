// SPDX-License-Identifier: Apache-2.0
// Overlay: the company's text laid over what was shipped. Not for other rooms.
//
// Maps are laid over each other key by key; the lists `fields`, `lists`, `children`, `unique`,
// `choices` and that of the roles item by item, by name; everything else is the company's where it
// says something. So an upgrade brings what is new and leaves what the company said.
#ifndef MILLRACE_RECORD_OVERLAY_H
#define MILLRACE_RECORD_OVERLAY_H

#include "record/yaml.h"

// The merged tree; its nodes keep the file and line they come from. `list` is the key under which
// both stand, NULL at the root of a map, "roles" at that of the roles.
YamlNode *overlay_merge(Arena *arena, const YamlNode *base, YamlNode *over, const char *list);

// Adds to the list *out what the company says otherwise where the shipped text has changed from
// `before` to `now` (either may be NULL): {file, place, company, before, shipped}.
void overlay_conflicts(Ctx *cx, const char *file, const YamlNode *ours, const YamlNode *before,
                       const YamlNode *now, Value *out);

#endif
