// SPDX-License-Identifier: Apache-2.0
// From the regular expressions of XML Schema and XPath to those of Perl. What the two write alike
// is passed on; class subtraction becomes a look-ahead, \i and \c and the blocks become classes;
// what only Perl knows is refused.
#include "base/text.h"
#include "feel/regex.h"

#include <string.h>

typedef struct Translator {
    Arena *arena;
    const char *at;
    const char *end;
    Buffer *out;
    bool dot_all;
    int depth;
    const char *why;
} Translator;

#define NAME_START                                                                                 \
    ":A-Z_a-z\\x{C0}-\\x{D6}\\x{D8}-\\x{F6}\\x{F8}-\\x{2FF}\\x{370}-\\x{37D}\\x{37F}-\\x{1FFF}"    \
    "\\x{200C}-\\x{200D}\\x{2070}-\\x{218F}\\x{2C00}-\\x{2FEF}\\x{3001}-\\x{D7FF}"                 \
    "\\x{F900}-\\x{FDCF}\\x{FDF0}-\\x{FFFD}\\x{10000}-\\x{EFFFF}"
#define NAME_PART NAME_START "\\-.0-9\\x{B7}\\x{300}-\\x{36F}\\x{203F}-\\x{2040}"

static const struct {
    const char *name;
    uint32_t first;
    uint32_t last;
} blocks[] = {
    {"BasicLatin", 0x0, 0x7F},
    {"Latin-1Supplement", 0x80, 0xFF},
    {"LatinExtended-A", 0x100, 0x17F},
    {"LatinExtended-B", 0x180, 0x24F},
    {"IPAExtensions", 0x250, 0x2AF},
    {"SpacingModifierLetters", 0x2B0, 0x2FF},
    {"CombiningDiacriticalMarks", 0x300, 0x36F},
    {"Greek", 0x370, 0x3FF},
    {"GreekandCoptic", 0x370, 0x3FF},
    {"Cyrillic", 0x400, 0x4FF},
    {"CyrillicSupplement", 0x500, 0x52F},
    {"Armenian", 0x530, 0x58F},
    {"Hebrew", 0x590, 0x5FF},
    {"Arabic", 0x600, 0x6FF},
    {"Syriac", 0x700, 0x74F},
    {"Thaana", 0x780, 0x7BF},
    {"Devanagari", 0x900, 0x97F},
    {"Bengali", 0x980, 0x9FF},
    {"Gurmukhi", 0xA00, 0xA7F},
    {"Gujarati", 0xA80, 0xAFF},
    {"Oriya", 0xB00, 0xB7F},
    {"Tamil", 0xB80, 0xBFF},
    {"Telugu", 0xC00, 0xC7F},
    {"Kannada", 0xC80, 0xCFF},
    {"Malayalam", 0xD00, 0xD7F},
    {"Sinhala", 0xD80, 0xDFF},
    {"Thai", 0xE00, 0xE7F},
    {"Lao", 0xE80, 0xEFF},
    {"Tibetan", 0xF00, 0xFFF},
    {"Myanmar", 0x1000, 0x109F},
    {"Georgian", 0x10A0, 0x10FF},
    {"HangulJamo", 0x1100, 0x11FF},
    {"Ethiopic", 0x1200, 0x137F},
    {"Cherokee", 0x13A0, 0x13FF},
    {"UnifiedCanadianAboriginalSyllabics", 0x1400, 0x167F},
    {"Ogham", 0x1680, 0x169F},
    {"Runic", 0x16A0, 0x16FF},
    {"Khmer", 0x1780, 0x17FF},
    {"Mongolian", 0x1800, 0x18AF},
    {"LatinExtendedAdditional", 0x1E00, 0x1EFF},
    {"GreekExtended", 0x1F00, 0x1FFF},
    {"GeneralPunctuation", 0x2000, 0x206F},
    {"SuperscriptsandSubscripts", 0x2070, 0x209F},
    {"CurrencySymbols", 0x20A0, 0x20CF},
    {"CombiningMarksforSymbols", 0x20D0, 0x20FF},
    {"CombiningDiacriticalMarksforSymbols", 0x20D0, 0x20FF},
    {"LetterlikeSymbols", 0x2100, 0x214F},
    {"NumberForms", 0x2150, 0x218F},
    {"Arrows", 0x2190, 0x21FF},
    {"MathematicalOperators", 0x2200, 0x22FF},
    {"MiscellaneousTechnical", 0x2300, 0x23FF},
    {"ControlPictures", 0x2400, 0x243F},
    {"OpticalCharacterRecognition", 0x2440, 0x245F},
    {"EnclosedAlphanumerics", 0x2460, 0x24FF},
    {"BoxDrawing", 0x2500, 0x257F},
    {"BlockElements", 0x2580, 0x259F},
    {"GeometricShapes", 0x25A0, 0x25FF},
    {"MiscellaneousSymbols", 0x2600, 0x26FF},
    {"Dingbats", 0x2700, 0x27BF},
    {"BraillePatterns", 0x2800, 0x28FF},
    {"CJKRadicalsSupplement", 0x2E80, 0x2EFF},
    {"KangxiRadicals", 0x2F00, 0x2FDF},
    {"IdeographicDescriptionCharacters", 0x2FF0, 0x2FFF},
    {"CJKSymbolsandPunctuation", 0x3000, 0x303F},
    {"Hiragana", 0x3040, 0x309F},
    {"Katakana", 0x30A0, 0x30FF},
    {"Bopomofo", 0x3100, 0x312F},
    {"HangulCompatibilityJamo", 0x3130, 0x318F},
    {"Kanbun", 0x3190, 0x319F},
    {"BopomofoExtended", 0x31A0, 0x31BF},
    {"EnclosedCJKLettersandMonths", 0x3200, 0x32FF},
    {"CJKCompatibility", 0x3300, 0x33FF},
    {"CJKUnifiedIdeographsExtensionA", 0x3400, 0x4DBF},
    {"CJKUnifiedIdeographs", 0x4E00, 0x9FFF},
    {"YiSyllables", 0xA000, 0xA48F},
    {"YiRadicals", 0xA490, 0xA4CF},
    {"HangulSyllables", 0xAC00, 0xD7AF},
    {"PrivateUse", 0xE000, 0xF8FF},
    {"PrivateUseArea", 0xE000, 0xF8FF},
    {"CJKCompatibilityIdeographs", 0xF900, 0xFAFF},
    {"AlphabeticPresentationForms", 0xFB00, 0xFB4F},
    {"ArabicPresentationForms-A", 0xFB50, 0xFDFF},
    {"CombiningHalfMarks", 0xFE20, 0xFE2F},
    {"CJKCompatibilityForms", 0xFE30, 0xFE4F},
    {"SmallFormVariants", 0xFE50, 0xFE6F},
    {"ArabicPresentationForms-B", 0xFE70, 0xFEFF},
    {"HalfwidthandFullwidthForms", 0xFF00, 0xFFEF},
    {"Specials", 0xFFF0, 0xFFFF},
    {"OldItalic", 0x10300, 0x1032F},
    {"Gothic", 0x10330, 0x1034F},
    {"Deseret", 0x10400, 0x1044F},
    {"ByzantineMusicalSymbols", 0x1D000, 0x1D0FF},
    {"MusicalSymbols", 0x1D100, 0x1D1FF},
    {"MathematicalAlphanumericSymbols", 0x1D400, 0x1D7FF},
    {"Emoticons", 0x1F600, 0x1F64F},
    {"CJKUnifiedIdeographsExtensionB", 0x20000, 0x2A6DF},
    {"CJKCompatibilityIdeographsSupplement", 0x2F800, 0x2FA1F},
    {"Tags", 0xE0000, 0xE007F},
};

bool regex_block(const char *name, size_t length, uint32_t *first, uint32_t *last)
{
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        if (strlen(blocks[i].name) == length && memcmp(blocks[i].name, name, length) == 0) {
            *first = blocks[i].first;
            *last = blocks[i].last;
            return true;
        }
    }
    return false;
}

static bool refuse(Translator *t, const char *why)
{
    if (!t->why)
        t->why = why;
    return false;
}

static bool block(Translator *t, const char *name, size_t length, bool negated, bool in_class)
{
    uint32_t first;
    uint32_t last;
    if (!regex_block(name, length, &first, &last))
        return refuse(t, "a Unicode block that is not known");
    if (!in_class) {
        buffer_format(t->out, "[%s\\x{%X}-\\x{%X}]", negated ? "^" : "", first, last);
        return true;
    }
    if (!negated) {
        buffer_format(t->out, "\\x{%X}-\\x{%X}", first, last);
        return true;
    }
    if (first > 0)
        buffer_format(t->out, "\\x{0}-\\x{%X}", first - 1);
    buffer_format(t->out, "\\x{%X}-\\x{10FFFF}", last + 1);
    return true;
}

static bool property(Translator *t, bool negated, bool in_class)
{
    const char *close = t->at < t->end ? memchr(t->at, '}', (size_t)(t->end - t->at)) : NULL;
    if (t->at >= t->end || *t->at != '{' || !close)
        return refuse(t, "\\p without a category in braces");
    const char *name = t->at + 1;
    size_t length = (size_t)(close - name);
    t->at = close + 1;
    if (length > 2 && memcmp(name, "Is", 2) == 0)
        return block(t, name + 2, length - 2, negated, in_class);
    if (length < 1 || length > 2 || !strchr("LMNPZSC", *name))
        return refuse(t, "a category that is not known");
    buffer_format(t->out, "\\%c{%.*s}", negated ? 'P' : 'p', (int)length, name);
    return true;
}

static bool name_class(Translator *t, char letter, bool in_class)
{
    const char *set = letter == 'i' || letter == 'I' ? NAME_START : NAME_PART;
    bool negated = letter == 'I' || letter == 'C';
    if (in_class && negated)
        return refuse(t, "\\I or \\C inside of a class");
    if (in_class)
        buffer_text(t->out, set);
    else
        buffer_format(t->out, "[%s%s]", negated ? "^" : "", set);
    return true;
}

static bool escape(Translator *t, bool in_class)
{
    if (t->at >= t->end)
        return refuse(t, "a backslash at the end");
    char letter = *t->at++;
    if (letter == 'p' || letter == 'P')
        return property(t, letter == 'P', in_class);
    if (letter == 'i' || letter == 'I' || letter == 'c' || letter == 'C')
        return name_class(t, letter, in_class);
    if (letter >= '1' && letter <= '9' && !in_class) {
        buffer_format(t->out, "\\%c", letter);
        return true;
    }
    if (letter == 's' || letter == 'S') { // white space of XML, not of Unicode
        if (in_class && letter == 'S')
            return buffer_text(t->out,
                               "\\x{0}-\\x{8}\\x{B}\\x{C}\\x{E}-\\x{1F}\\x{21}-\\x{10FFFF}"),
                   true;
        buffer_text(t->out, in_class        ? " \\t\\n\\r"
                            : letter == 's' ? "[ \\t\\n\\r]"
                                            : "[^ \\t\\n\\r]");
        return true;
    }
    if (letter == 'w' || letter == 'W') { // not Perl's: symbols and marks are in, `_` is out
        buffer_format(t->out, "%s%s%s", in_class ? "" : "[",
                      letter == 'w' ? "\\p{L}\\p{M}\\p{N}\\p{S}" : "\\p{P}\\p{Z}\\p{C}",
                      in_class ? "" : "]");
        return true;
    }
    if (!strchr("nrt\\|.?*+(){}-[]^$dD", letter))
        return refuse(t, "an escape that is not known");
    buffer_format(t->out, "\\%c", letter);
    return true;
}

static bool class_items(Translator *t, Buffer **subtracted);

// [a-z-[aeiou]]: what is subtracted is looked at first.
static bool class(Translator *t)
{
    Buffer *outer = t->out;
    Buffer *subtracted = NULL;
    if (++t->depth > 50)
        return refuse(t, "classes nest too deep");
    t->out = buffer_new(t->arena);
    bool good = class_items(t, &subtracted);
    Buffer *own = t->out;
    t->out = outer;
    t->depth--;
    if (!good)
        return false;
    if (subtracted)
        buffer_format(t->out, "(?:(?!%s)%s)", subtracted->bytes, own->bytes);
    else
        buffer_text(t->out, own->bytes);
    return true;
}

static bool class_character(Translator *t)
{
    char letter = *t->at;
    if (letter == '[')
        return refuse(t, "`[` inside of a class");
    const char *start = t->at;
    utf8_next(&t->at, t->end);
    if (letter == '^' || (letter == '-' && t->at < t->end && *t->at == ']'))
        buffer_byte(t->out, '\\');
    buffer_add(t->out, start, (size_t)(t->at - start));
    return true;
}

static bool class_items(Translator *t, Buffer **subtracted)
{
    buffer_byte(t->out, '[');
    if (t->at < t->end && *t->at == '^') {
        buffer_byte(t->out, '^');
        t->at++;
    }
    bool first = true;
    for (;; first = false) {
        if (t->at >= t->end)
            return refuse(t, "a class without its closing bracket");
        if (*t->at == ']') {
            if (first)
                return refuse(t, "an empty class");
            t->at++;
            buffer_byte(t->out, ']');
            return true;
        }
        if (*t->at == '-' && t->end - t->at > 1 && t->at[1] == '[') {
            Buffer *own = t->out;
            t->at += 2;
            t->out = *subtracted = buffer_new(t->arena);
            if (!class(t))
                return false;
            t->out = own;
            if (t->at >= t->end || *t->at != ']')
                return refuse(t, "something behind a subtracted class");
            continue;
        }
        if (*t->at == '\\') {
            t->at++;
            if (!escape(t, true))
                return false;
        } else if (*t->at == '-' && first) {
            t->at++;
            buffer_text(t->out, "\\-");
        } else if (!class_character(t)) {
            return false;
        }
    }
}

static bool group(Translator *t)
{
    buffer_byte(t->out, '(');
    if (t->at < t->end && *t->at == '?') {
        if (t->end - t->at < 2 || t->at[1] != ':')
            return refuse(t, "a group that begins with `(?`");
        buffer_text(t->out, "?:");
        t->at += 2;
    }
    return true;
}

static bool quantifier(Translator *t, char letter)
{
    if (letter == '{') {
        const char *close = memchr(t->at, '}', (size_t)(t->end - t->at));
        size_t length = close ? (size_t)(close - t->at) : 0;
        if (!close || length == 0 || strspn(t->at, "0123456789,") < length || *t->at == ',')
            return refuse(t, "`{` without a count");
        buffer_byte(t->out, '{');
        buffer_add(t->out, t->at, length + 1);
        t->at = close + 1;
    } else {
        buffer_byte(t->out, letter);
    }
    if (t->at < t->end && *t->at == '?') {
        buffer_byte(t->out, '?');
        t->at++;
    }
    if (t->at < t->end && strchr("*+?{", *t->at))
        return refuse(t, "a quantifier behind a quantifier");
    return true;
}

static bool piece(Translator *t)
{
    char letter = *t->at;
    const char *start = t->at;
    utf8_next(&t->at, t->end);
    switch (letter) {
    case '\\':
        return escape(t, false);
    case '[':
        return class(t);
    case '(':
        return group(t);
    case '.':
        buffer_text(t->out, t->dot_all ? "." : "[^\\n\\r]");
        return true;
    case ']':
    case '}':
        return refuse(t, "a closing bracket without its opening one");
    case '*':
    case '+':
    case '?':
    case '{':
        return quantifier(t, letter);
    default:
        buffer_add(t->out, start, (size_t)(t->at - start));
        return true;
    }
}

// Flag x: white space counts inside of classes alone; it is gone before anything else is read, so
// that "\ s" is "\s".
static Text without_space(Arena *arena, Text pattern)
{
    Buffer *out = buffer_new(arena);
    int depth = 0;
    bool escaped = false;
    for (size_t i = 0; i < pattern.length; i++) {
        char c = pattern.bytes[i];
        if (depth == 0 && strchr(" \t\r\n", c))
            continue;
        buffer_byte(out, c);
        if (escaped || c == '\\')
            escaped = !escaped;
        else if (c == '[')
            depth++;
        else if (c == ']' && depth > 0)
            depth--;
    }
    return (Text){out->bytes, out->length};
}

char *regex_translate(Arena *arena, Text pattern, bool spaced, bool dot_all, const char **why)
{
    if (spaced)
        pattern = without_space(arena, pattern);
    Translator t = {.arena = arena,
                    .at = pattern.bytes,
                    .end = pattern.bytes + pattern.length,
                    .out = buffer_new(arena),
                    .dot_all = dot_all};
    // The start options of PCRE2 ("(*UTF)") cannot arise: a quantifier behind `(` is refused by it.
    while (t.at < t.end) {
        if (!piece(&t)) {
            *why = t.why;
            return NULL;
        }
    }
    return t.out->bytes;
}
