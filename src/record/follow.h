// SPDX-License-Identifier: Apache-2.0
// Followers: who is told when a record is commented on, or one of the fields changes that its
// entity declares (`follow:` in a pack). Whoever may read a record may follow it; whoever comments
// on it follows it from then on, and its owner is told of comments without asking.
#ifndef MILLRACE_RECORD_FOLLOW_H
#define MILLRACE_RECORD_FOLLOW_H

#include "record/notice.h"

#define FOLLOWERS_SHOWN 200

// Of the actor.
FALLIBLE record_follow(Ctx *cx, const char *entity, Id record);
FALLIBLE record_unfollow(Ctx *cx, const char *entity, Id record);
// {"items": [{id, name}], "following"}
FALLIBLE record_followers(Ctx *cx, const char *entity, Id record, Value *out);

// Tells the followers, but for those among `told`.
FALLIBLE followers_tell(Ctx *cx, const Notice *notice, const Id *told, size_t told_count);
// For the gate: a change of a followed field is told.
FALLIBLE follow_changed(Ctx *cx, const Record *after, Value changed);
FALLIBLE followers_forget(Ctx *cx, const char *entity, Id record);

#endif
