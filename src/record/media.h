// SPDX-License-Identifier: Apache-2.0
// Media: what a file is by its content (libmagic), held against what its name says.
//
// The ending of a name that is known must fit the content: a picture that is a page of HTML is
// refused. A name without a known ending promises nothing; the content tells the type. Programs are
// refused under every name. Not for other rooms.
#ifndef MILLRACE_RECORD_MEDIA_H
#define MILLRACE_RECORD_MEDIA_H

#include "base/ctx.h"

#define MEDIA_LOOK_BYTES (64UL * 1024) // so much of a file's beginning tells what it is

// `bytes` is the beginning of the file called `name`; *type is a media type of this program's own,
// or of libmagic's database. ERR_INVALID when it must not be kept.
FALLIBLE media_check(Ctx *cx, const char *bytes, size_t length, const char *name,
                     const char **type);

#endif
