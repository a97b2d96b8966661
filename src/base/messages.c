// SPDX-License-Identifier: Apache-2.0
#include "base/messages.h"

#include "base/map.h"
#include "base/text.h"

#include <pthread.h>
#include <stdint.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static Map *chinese;

// Lives as long as the process.
static void read_table(void)
{
    chinese = map_new(arena_new(SIZE_MAX / 2));
    for (const Message *message = messages_chinese; message->english; message++)
        map_put(chinese, message->english, (void *)message->text);
}

const char *message_in(const char *language, const char *english)
{
    if (!text_equal(language, "zh-CN"))
        return english;
    pthread_once(&once, read_table);
    const char *text = map_get(chinese, english);
    return text ? text : english;
}
