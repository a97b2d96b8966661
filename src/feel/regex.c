// SPDX-License-Identifier: Apache-2.0
#include "feel/regex.h"

#include "base/messages.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#define MATCH_LIMIT 200000
#define DEPTH_LIMIT 10000
#define HEAP_LIMIT_KIB 20000

struct Regex {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *context;
    bool literal;
};

static void free_regex(void *handle)
{
    Regex *regex = handle;
    pcre2_code_free(regex->code);
    pcre2_match_data_free(regex->match);
    pcre2_match_context_free(regex->context);
}

static bool read_flags(Text flags, uint32_t *options, bool *spaced, bool *literal)
{
    *options = PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;
    for (size_t i = 0; i < flags.length; i++) {
        switch (flags.bytes[i]) {
        case 's':
            *options |= PCRE2_DOTALL;
            break;
        case 'm':
            *options |= PCRE2_MULTILINE;
            break;
        case 'i':
            *options |= PCRE2_CASELESS;
            break;
        case 'x':
            *spaced = true;
            break;
        case 'q':
            *literal = true;
            break;
        default:
            return false;
        }
    }
    return true;
}

Regex *regex_compile(Machine *machine, Text pattern, Text flags)
{
    uint32_t options;
    bool spaced = false;
    bool literal = false;
    if (!read_flags(flags, &options, &spaced, &literal)) {
        machine_diagnose(machine, "regular-expression", NULL,
                         "\"%s\" holds a flag other than s, m, i, x and q", flags.bytes);
        return NULL;
    }
    const char *translated = pattern.bytes;
    if (literal) {
        options = (options & ~(uint32_t)(PCRE2_DOTALL | PCRE2_MULTILINE | PCRE2_DOLLAR_ENDONLY |
                                         PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C)) |
                  PCRE2_LITERAL;
    } else {
        const char *why = NULL;
        translated =
            regex_translate(machine->arena, pattern, spaced, (options & PCRE2_DOTALL) != 0, &why);
        if (!translated) {
            machine_diagnose(machine, "regular-expression", NULL, "the pattern is not valid: %s",
                             message_in(machine->cx->language, why));
            return NULL;
        }
    }
    int error;
    PCRE2_SIZE offset;
    Regex *regex = NEW(machine->arena, Regex);
    regex->literal = literal;
    regex->code = pcre2_compile((PCRE2_SPTR)translated, PCRE2_ZERO_TERMINATED, options, &error,
                                &offset, NULL);
    if (!regex->code) {
        PCRE2_UCHAR message[120] = "";
        pcre2_get_error_message(error, message, sizeof message);
        machine_diagnose(machine, "regular-expression", NULL, "the pattern is not valid: %s",
                         (const char *)message);
        return NULL;
    }
    regex->match = pcre2_match_data_create_from_pattern(regex->code, NULL);
    regex->context = pcre2_match_context_create(NULL);
    arena_defer(machine->arena, free_regex, regex);
    if (regex->context) {
        pcre2_set_match_limit(regex->context, MATCH_LIMIT);
        pcre2_set_depth_limit(regex->context, DEPTH_LIMIT);
        pcre2_set_heap_limit(regex->context, HEAP_LIMIT_KIB);
    }
    return regex->match && regex->context ? regex : NULL;
}

int regex_match(Machine *machine, const Regex *regex, Text input, size_t from,
                const size_t **offsets)
{
    int count = pcre2_match(regex->code, (PCRE2_SPTR)input.bytes, input.length, from,
                            PCRE2_NO_UTF_CHECK, regex->match, regex->context);
    if (count == PCRE2_ERROR_NOMATCH)
        return 0;
    if (count < 0) {
        machine_diagnose(machine, "regular-expression", "make the pattern simpler",
                         "the pattern takes too long on this input");
        return -1;
    }
    *offsets = pcre2_get_ovector_pointer(regex->match);
    return (int)pcre2_get_ovector_count(regex->match);
}

bool regex_literal(const Regex *regex)
{
    return regex->literal;
}

size_t regex_groups(const Regex *regex)
{
    return pcre2_get_ovector_count(regex->match) - 1;
}
