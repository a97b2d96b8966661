// SPDX-License-Identifier: Apache-2.0
#include "feel/lexer.h"
#include "base/text.h"

#include <string.h>

static const struct {
    const char *word;
    Keyword keyword;
} keywords[] = {
    {"and", WORD_AND},
    {"between", WORD_BETWEEN},
    {"else", WORD_ELSE},
    {"every", WORD_EVERY},
    {"external", WORD_EXTERNAL},
    {"false", WORD_FALSE},
    {"for", WORD_FOR},
    {"function", WORD_FUNCTION},
    {"if", WORD_IF},
    {"in", WORD_IN},
    {"instance", WORD_INSTANCE_OF},
    {"null", WORD_NULL},
    {"or", WORD_OR},
    {"return", WORD_RETURN},
    {"satisfies", WORD_SATISFIES},
    {"some", WORD_SOME},
    {"then", WORD_THEN},
    {"true", WORD_TRUE},
};

bool feel_name_start(int32_t c)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    return (c >= 0xC0 && c <= 0xD6) || (c >= 0xD8 && c <= 0xF6) || (c >= 0xF8 && c <= 0x2FF) ||
           (c >= 0x370 && c <= 0x37D) || (c >= 0x37F && c <= 0x1FFF) ||
           (c >= 0x200C && c <= 0x200D) || (c >= 0x2070 && c <= 0x218F) ||
           (c >= 0x2C00 && c <= 0x2FEF) || (c >= 0x3001 && c <= 0xD7FF) ||
           (c >= 0xF900 && c <= 0xFDCF) || (c >= 0xFDF0 && c <= 0xFFFD) ||
           (c >= 0x10000 && c <= 0xEFFFF);
}

bool feel_name_part(int32_t c)
{
    return feel_name_start(c) || (c >= '0' && c <= '9') || c == 0xB7 ||
           (c >= 0x300 && c <= 0x36F) || (c >= 0x203F && c <= 0x2040);
}

// White space of FEEL (grammar rule 61 and following): the vertical ones and Unicode's spaces too.
static bool is_space(int32_t c)
{
    return (c >= 0x09 && c <= 0x0D) || c == ' ' || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           c == 0x180E || (c >= 0x2000 && c <= 0x200B) || c == 0x2028 || c == 0x2029 ||
           c == 0x202F || c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

static int32_t peek_point(const char *at, const char *end)
{
    return at < end ? utf8_next(&at, end) : -1;
}

static void skip_spaces(Lexer *lexer)
{
    while (lexer->at < lexer->end) {
        if ((unsigned char)*lexer->at < 0x80) {
            if (!is_space((unsigned char)*lexer->at))
                return;
            lexer->at++;
            continue;
        }
        const char *next = lexer->at;
        if (!is_space(utf8_next(&next, lexer->end)))
            return;
        lexer->at = next;
    }
}

void lexer_space(Lexer *lexer)
{
    for (;;) {
        skip_spaces(lexer);
        if (lexer->end - lexer->at < 2 || lexer->at[0] != '/')
            return;
        if (lexer->at[1] == '/') {
            while (lexer->at < lexer->end && *lexer->at != '\n' && *lexer->at != '\r')
                lexer->at++;
        } else if (lexer->at[1] == '*') {
            const char *close =
                memmem(lexer->at + 2, (size_t)(lexer->end - lexer->at) - 2, "*/", 2);
            if (!close)
                return; // the stray `/` is refused by the parser
            lexer->at = close + 2;
        } else {
            return;
        }
    }
}

char *feel_normal_name(Arena *arena, const char *text, size_t length)
{
    char *name = arena_alloc(arena, length + 1);
    size_t used = 0;
    const char *end = text + length;
    bool space = false;
    while (text < end) {
        const char *start = text;
        if (is_space(utf8_next(&text, end))) {
            space = used > 0;
            continue;
        }
        if (space)
            name[used++] = ' ';
        space = false;
        memcpy(name + used, start, (size_t)(text - start));
        used += (size_t)(text - start);
    }
    name[used] = 0;
    return name;
}

// How far the name reaches in the source, a space of the name standing for any run of white space
// and, beside a symbol, for none; NULL when it does not stand here.
static const char *match_name(const Lexer *lexer, const char *name)
{
    const char *at = lexer->at;
    int32_t last = 0;
    while (*name) {
        if (*name == ' ') {
            name++;
            while (at < lexer->end && is_space(peek_point(at, lexer->end)))
                utf8_next(&at, lexer->end);
            continue;
        }
        if (at < lexer->end && *at != *name) {
            // "a + b" is the name "a+b"
            bool symbol = strchr("+-*/.'", *name) || strchr("+-*/.'", last);
            if (!symbol || !is_space(peek_point(at, lexer->end)))
                return NULL;
            while (at < lexer->end && is_space(peek_point(at, lexer->end)))
                utf8_next(&at, lexer->end);
        }
        if (at >= lexer->end || *at != *name)
            return NULL;
        last = (unsigned char)*name;
        at++;
        name++;
    }
    if (feel_name_part(last) || last >= 0x80) {
        int32_t next = peek_point(at, lexer->end);
        if (next >= 0 && feel_name_part(next))
            return NULL;
    }
    return at;
}

static void longest_in(const Lexer *lexer, const NameScope *scope, const char **name,
                       const char **reach)
{
    for (; scope; scope = scope->outer) {
        for (size_t i = 0; i < scope->count; i++) {
            if (scope->names[i][0] != *lexer->at)
                continue;
            const char *end = match_name(lexer, scope->names[i]);
            if (end && (!*reach || end > *reach)) {
                *reach = end;
                *name = scope->names[i];
            }
        }
    }
}

static Keyword keyword_at(const char *at, size_t length)
{
    if (length < 2 || length > 9)
        return WORD_NONE;
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (keywords[i].word[0] == *at && strlen(keywords[i].word) == length &&
            memcmp(keywords[i].word, at, length) == 0)
            return keywords[i].keyword;
    return WORD_NONE;
}

bool lexer_is_keyword(const char *text, size_t length)
{
    return keyword_at(text, length) != WORD_NONE;
}

const char *lexer_keyword(size_t index)
{
    return index < sizeof keywords / sizeof *keywords ? keywords[index].word : NULL;
}

bool lexer_is_name_byte(char byte)
{
    return (unsigned char)byte >= 0x80 || (byte && feel_name_part(byte));
}

static const char *word_end(const char *at, const char *end)
{
    while (at < end) {
        const char *next = at;
        if (!feel_name_part(utf8_next(&next, end)))
            break;
        at = next;
    }
    return at;
}

// `instance` is a keyword only before `of`.
static bool of_follows(const Lexer *lexer, const char *at, const char **after)
{
    Lexer probe = *lexer;
    probe.at = at;
    skip_spaces(&probe);
    if (probe.at == at || lexer->end - probe.at < 2 || memcmp(probe.at, "of", 2) != 0)
        return false;
    if (word_end(probe.at, lexer->end) != probe.at + 2)
        return false;
    *after = probe.at + 2;
    return true;
}

// The run of plain words that begins here, as one name: "first name".
static Token read_words(Lexer *lexer, Token token)
{
    const char *start = lexer->at;
    const char *reach = word_end(start, lexer->end);
    for (;;) {
        Lexer probe = *lexer;
        probe.at = reach;
        skip_spaces(&probe);
        const char *end = word_end(probe.at, lexer->end);
        const char *unused;
        if (probe.at == reach || end == probe.at)
            break;
        Keyword keyword = keyword_at(probe.at, (size_t)(end - probe.at));
        if (keyword == WORD_INSTANCE_OF && !of_follows(lexer, end, &unused))
            keyword = WORD_NONE;
        if (keyword != WORD_NONE)
            break;
        reach = end;
    }
    token.kind = TOKEN_NAME;
    token.text = feel_normal_name(lexer->arena, start, (size_t)(reach - start));
    token.length = strlen(token.text);
    lexer->at = reach;
    token.to = (int)(reach - lexer->source);
    return token;
}

static Token read_name(Lexer *lexer, Token token)
{
    const char *name = NULL;
    const char *reach = NULL;
    const char *end = word_end(lexer->at, lexer->end);
    if (lexer->after_dot) {
        longest_in(lexer, lexer->members, &name, &reach);
    } else {
        longest_in(lexer, lexer->scope, &name, &reach);
        longest_in(lexer, lexer->library, &name, &reach);
        longest_in(lexer, lexer->members, &name, &reach);
    }
    Keyword keyword =
        lexer->after_dot ? WORD_NONE : keyword_at(lexer->at, (size_t)(end - lexer->at));
    if (keyword == WORD_INSTANCE_OF && !of_follows(lexer, end, &end))
        keyword = WORD_NONE;
    if (keyword != WORD_NONE && !(reach && reach > end)) {
        token.kind = TOKEN_KEYWORD;
        token.keyword = keyword;
        lexer->at = end;
        token.to = (int)(end - lexer->source);
        return token;
    }
    if (!reach || reach < end)
        return read_words(lexer, token);
    token.kind = TOKEN_NAME;
    token.text = name;
    token.length = strlen(name);
    lexer->at = reach;
    token.to = (int)(reach - lexer->source);
    return token;
}

static int hex_digits(const char *at, const char *end, int count, uint32_t *out)
{
    uint32_t value = 0;
    if (end - at < count)
        return 0;
    for (int i = 0; i < count; i++) {
        char c = at[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return 0;
        value = value * 16 + (uint32_t)digit;
    }
    *out = value;
    return count;
}

// One escape behind the backslash; 0 when there is none: then the backslash stands for itself.
static int read_escape(const char *at, const char *end, uint32_t *point)
{
    static const char plain[] = "n\nr\rt\tb\bf\f\"\"\'\'\\\\//";
    if (at >= end)
        return 0;
    for (const char *p = plain; *p; p += 2)
        if (*at == *p) {
            *point = (unsigned char)p[1];
            return 1;
        }
    if (*at == 'U') {
        int count = hex_digits(at + 1, end, 6, point);
        return count ? count + 1 : 0;
    }
    if (*at != 'u')
        return 0;
    int count = hex_digits(at + 1, end, 4, point);
    if (!count)
        return 0;
    uint32_t low;
    if (*point >= 0xD800 && *point < 0xDC00 && end - at > 7 && at[5] == '\\' && at[6] == 'u' &&
        hex_digits(at + 7, end, 4, &low) && low >= 0xDC00 && low < 0xE000) {
        *point = 0x10000 + ((*point - 0xD800) << 10) + (low - 0xDC00);
        return 11;
    }
    return 5;
}

static Token broken(Lexer *lexer, Token token, const char *why)
{
    token.kind = TOKEN_BROKEN;
    token.text = why;
    token.to = (int)(lexer->at - lexer->source);
    return token;
}

static Token read_text(Lexer *lexer, Token token)
{
    const char *at = lexer->at + 1;
    const char *close = at;
    while (close < lexer->end && *close != '"')
        close += *close == '\\' && close + 1 < lexer->end ? 2 : 1;
    if (close >= lexer->end) {
        lexer->at = lexer->end;
        return broken(lexer, token, "a text without its closing quote");
    }
    char *text = arena_alloc(lexer->arena, (size_t)(close - at) + 1);
    size_t used = 0;
    while (at < close) {
        uint32_t point;
        int count = *at == '\\' ? read_escape(at + 1, close, &point) : 0;
        if (!count) {
            text[used++] = *at++;
            continue;
        }
        at += 1 + count;
        size_t bytes = point ? utf8_encode((int32_t)point, text + used) : 0;
        if (!bytes) {
            lexer->at = at;
            return broken(lexer, token, "an escape that is no Unicode character");
        }
        used += bytes;
    }
    text[used] = 0;
    lexer->at = close + 1;
    token.kind = TOKEN_TEXT;
    token.text = text;
    token.length = used;
    token.to = (int)(lexer->at - lexer->source);
    return token;
}

static Token read_number(Lexer *lexer, Token token)
{
    const char *at = lexer->at;
    while (at < lexer->end && *at >= '0' && *at <= '9')
        at++;
    if (lexer->end - at > 1 && *at == '.' && at[1] >= '0' && at[1] <= '9') {
        at++;
        while (at < lexer->end && *at >= '0' && *at <= '9')
            at++;
    }
    if (at < lexer->end && (*at == 'e' || *at == 'E')) {
        const char *exponent = at + 1;
        if (exponent < lexer->end && (*exponent == '+' || *exponent == '-'))
            exponent++;
        if (exponent < lexer->end && *exponent >= '0' && *exponent <= '9') {
            while (exponent < lexer->end && *exponent >= '0' && *exponent <= '9')
                exponent++;
            at = exponent;
        }
    }
    token.kind = TOKEN_NUMBER;
    token.text = lexer->at;
    token.length = (size_t)(at - lexer->at);
    lexer->at = at;
    token.to = (int)(at - lexer->source);
    return token;
}

static Symbol symbol_at(const Lexer *lexer, size_t *length)
{
    static const struct {
        const char *text;
        Symbol symbol;
    } symbols[] = {
        {"**", SYMBOL_POWER},
        {"!=", SYMBOL_NOT_EQUAL},
        {"<=", SYMBOL_LESS_EQUAL},
        {">=", SYMBOL_GREATER_EQUAL},
        {"->", SYMBOL_ARROW},
        {"..", SYMBOL_DOTS},
        {"+", SYMBOL_PLUS},
        {"-", SYMBOL_MINUS},
        {"*", SYMBOL_STAR},
        {"/", SYMBOL_SLASH},
        {"=", SYMBOL_EQUAL},
        {"<", SYMBOL_LESS},
        {">", SYMBOL_GREATER},
        {"(", SYMBOL_OPEN},
        {")", SYMBOL_CLOSE},
        {"[", SYMBOL_OPEN_BRACKET},
        {"]", SYMBOL_CLOSE_BRACKET},
        {"{", SYMBOL_OPEN_BRACE},
        {"}", SYMBOL_CLOSE_BRACE},
        {",", SYMBOL_COMMA},
        {":", SYMBOL_COLON},
        {".", SYMBOL_DOT},
        {"?", SYMBOL_QUESTION},
        {"\xE2\x88\x92", SYMBOL_MINUS},
        {"\xE2\x80\x93", SYMBOL_MINUS},
    };
    size_t left = (size_t)(lexer->end - lexer->at);
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        if (symbols[i].text[0] != *lexer->at)
            continue;
        *length = strlen(symbols[i].text);
        if (*length <= left && memcmp(symbols[i].text, lexer->at, *length) == 0)
            return symbols[i].symbol;
    }
    return SYMBOL_NONE;
}

Token lexer_next(Lexer *lexer)
{
    lexer_space(lexer);
    Token token = {.from = (int)(lexer->at - lexer->source)};
    token.to = token.from;
    if (lexer->at >= lexer->end)
        return token;
    char c = *lexer->at;
    if (c == '"')
        return read_text(lexer, token);
    if (c == '@' && lexer->at + 1 < lexer->end) {
        lexer->at++;
        lexer_space(lexer);
        if (lexer->at >= lexer->end || *lexer->at != '"')
            return broken(lexer, token, "`@` without a text");
        token = read_text(lexer, token);
        if (token.kind == TOKEN_TEXT)
            token.kind = TOKEN_AT;
        return token;
    }
    if ((c >= '0' && c <= '9') || (c == '.' && lexer->at + 1 < lexer->end && lexer->at[1] >= '0' &&
                                   lexer->at[1] <= '9' && !lexer->after_dot))
        return read_number(lexer, token);
    if (feel_name_start(peek_point(lexer->at, lexer->end)))
        return read_name(lexer, token);
    size_t length;
    token.symbol = symbol_at(lexer, &length);
    if (token.symbol == SYMBOL_NONE) {
        utf8_next(&lexer->at, lexer->end);
        return broken(lexer, token, "a character that FEEL does not know");
    }
    token.kind = TOKEN_SYMBOL;
    lexer->at += length;
    token.to = token.from + (int)length;
    return token;
}

const char *lexer_name_before(Lexer *lexer, const char *closing)
{
    Lexer probe = *lexer;
    lexer_space(&probe);
    const char *start = probe.at;
    if (!feel_name_start(peek_point(start, probe.end)))
        return NULL;
    const char *at = start;
    while (at < probe.end) {
        const char *next = at;
        int32_t c = utf8_next(&next, probe.end);
        if (!feel_name_part(c) && !is_space(c) && !(c < 0x80 && c > 0 && strchr("+-*/.'", (int)c)))
            break;
        at = next;
    }
    if (at >= probe.end || !strchr(closing, *at))
        return NULL;
    lexer->at = at;
    return feel_normal_name(lexer->arena, start, (size_t)(at - start));
}

const char *lexer_name_before_in(Lexer *lexer)
{
    Lexer probe = *lexer;
    lexer_space(&probe);
    const char *start = probe.at;
    if (!feel_name_start(peek_point(start, probe.end)))
        return NULL;
    const char *at = start;
    const char *reach = start;
    while (at < probe.end) {
        int32_t c = peek_point(at, probe.end);
        if (feel_name_part(c)) {
            const char *end = word_end(at, probe.end);
            if (reach > start && end - at == 2 && memcmp(at, "in", 2) == 0) {
                lexer->at = reach;
                return feel_normal_name(lexer->arena, start, (size_t)(reach - start));
            }
            at = reach = end;
            continue;
        }
        bool symbol = c < 0x80 && c > 0 && strchr("+-*/.'", (int)c);
        if (!symbol && !is_space(c))
            return NULL;
        utf8_next(&at, probe.end);
        if (symbol)
            reach = at;
    }
    return NULL;
}
