// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include "base/test.h"

#include <string.h>

TEST(texts_are_compared_by_their_bytes_and_null_equals_null)
{
    CHECK(text_equal("a", "a"));
    CHECK(!text_equal("a", "b"));
    CHECK(!text_equal("a", NULL));
    CHECK(!text_equal(NULL, ""));
    CHECK(text_equal(NULL, NULL));
    CHECK(text_starts("order.edit", "order."));
    CHECK(!text_starts("or", "order"));
    CHECK(text_ends("a.json", ".json"));
    CHECK(!text_ends("json", ".json"));
    CHECK(text_starts("", "") && text_ends("", ""));
}

TEST(text_is_made_of_parts)
{
    CHECK_TEXT(text_format(cx->arena, "%s-%d", "a", 7), "a-7");
    CHECK_TEXT(text_slice(cx->arena, "abcdef", 3), "abc");
    CHECK_TEXT(text_slice(cx->arena, NULL, 0), "");
    CHECK_TEXT(text_trim(cx->arena, " \t\n a b \r\n"), "a b");
    CHECK_TEXT(text_trim(cx->arena, "   "), "");
    char *long_text = arena_alloc(cx->arena, 10001);
    memset(long_text, 'x', 10000);
    CHECK_INT((long long)strlen(text_format(cx->arena, "%s!", long_text)), 10001);
}

TEST(utf8_reads_what_it_encodes)
{
    for (int32_t code_point = 1; code_point <= 0x10FFFF; code_point++) {
        char bytes[4];
        size_t length = utf8_encode(code_point, bytes);
        if (code_point >= 0xD800 && code_point <= 0xDFFF) {
            CHECK_INT((long long)length, 0);
            continue;
        }
        const char *at = bytes;
        CHECK_INT(utf8_next(&at, bytes + length), code_point);
        CHECK_INT(at - bytes, (long long)length);
        CHECK(utf8_valid(bytes, length));
        CHECK_INT((long long)utf8_length(bytes, length), 1);
    }
    char bytes[4];
    CHECK_INT((long long)utf8_encode(-1, bytes), 0);
    CHECK_INT((long long)utf8_encode(0x110000, bytes), 0);
}

TEST(broken_utf8_is_seen_at_every_place_of_a_text)
{
    static const char *const broken[] = {
        "\x80",             // continuation without a lead
        "\xc3",             // cut
        "\xe4\xb8",         // cut
        "\xf0\x9f\x98",     // cut
        "\xc0\x80",         // overlong NUL
        "\xc1\xbf",         // overlong
        "\xe0\x9f\xbf",     // overlong
        "\xf0\x8f\xbf\xbf", // overlong
        "\xed\xa0\x80",     // surrogate
        "\xed\xbf\xbf",     // surrogate
        "\xf4\x90\x80\x80", // beyond Unicode
        "\xf5\x80\x80\x80",
        "\xff",
        "\xc3(",
        "\xe4\xb8(",
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        for (int before = 0; before < 20; before++) {
            char *text = text_format(cx->arena, "%.*s%s%s", before, "abcdefghijklmnopqrstuvwxyz",
                                     broken[i], i % 2 ? "" : "abcdefghijkl");
            CHECK(!utf8_valid(text, strlen(text)));
        }
    const char *sound = "z\xc3\xbcrich und \xe4\xb8\xad\xe6\x96\x87 and more";
    CHECK(utf8_valid(sound, strlen(sound)));
    CHECK(utf8_valid("", 0));
}

TEST(a_broken_sequence_moves_one_byte)
{
    const char *text = "\xe4\xb8z", *at = text;
    CHECK_INT(utf8_next(&at, text + 3), -1);
    CHECK_INT(at - text, 1);
}

TEST(a_character_that_was_cut_is_taken_out)
{
    char *text = text_format(cx->arena, "'%.4s' and '%.1s'", "na\u00efve", "\u738b");
    CHECK(!utf8_valid(text, strlen(text)));
    utf8_repair(text);
    CHECK_TEXT(text, "'na\u00ef' and ''");
    utf8_repair(text);
    CHECK_TEXT(text, "'na\u00ef' and ''");
}

TEST(a_buffer_grows_and_stays_a_text)
{
    Buffer *buffer = buffer_new(cx->arena);
    CHECK_TEXT(buffer->bytes, "");
    for (int i = 0; i < 1000; i++) {
        buffer_byte(buffer, 'a');
        buffer_text(buffer, "bc");
        buffer_format(buffer, "%d", i % 10);
        buffer_add(buffer, "", 0);
        CHECK_INT((long long)strlen(buffer->bytes), (i + 1) * 4);
    }
    CHECK_INT((long long)buffer->length, 4000);
    CHECK(text_starts(buffer->bytes, "abc0abc1abc2"));
    CHECK(text_ends(buffer->bytes, "abc8abc9"));
}
