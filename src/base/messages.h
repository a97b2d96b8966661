// SPDX-License-Identifier: Apache-2.0
// Messages in the language of the unit of work. English is written in the source; Chinese is in
// texts/zh-CN.po, keyed by the English format, and carried in the binary. A test holds that each
// has one.
//
// What is kept for others to read is made in LANGUAGE_SOURCE, as if that were one more language:
// its "translation" of a format is the format itself and its arguments, told apart by control
// characters. message_said tells it in the language of whoever reads it.
#ifndef MILLRACE_BASE_MESSAGES_H
#define MILLRACE_BASE_MESSAGES_H

#include "base/arena.h"

#define LANGUAGE_SOURCE "source"

typedef struct Message {
    const char *english; // a format
    const char *text;    // the same places in the same order, or numbered (%2$s)
} Message;

// Ended by an entry without a message.
extern const Message messages_chinese[];

// The format in the language, or `english` where there is no translation. Thread-safe.
__attribute__((format_arg(2))) const char *message_in(const char *language, const char *english);

// What was made in LANGUAGE_SOURCE, in this language; any other text is told as it is. What is cut
// short or damaged gives a text all the same.
const char *message_said(Arena *arena, const char *language, const char *kept);

#endif
