// SPDX-License-Identifier: Apache-2.0
// Messages in the language of the unit of work. English is written in the source; Chinese is in
// texts/zh-CN.po, keyed by the English format, and carried in the binary. A test holds that each
// has one.
#ifndef MILLRACE_BASE_MESSAGES_H
#define MILLRACE_BASE_MESSAGES_H

typedef struct Message {
    const char *english; // a format
    const char *text;    // the same places in the same order, or numbered (%2$s)
} Message;

// Ended by an entry without a message.
extern const Message messages_chinese[];

// The format in the language, or `english` where there is no translation. Thread-safe.
__attribute__((format_arg(2))) const char *message_in(const char *language, const char *english);

#endif
