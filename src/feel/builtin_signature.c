// SPDX-License-Identifier: Apache-2.0
#include "feel/builtin_signature.h"

#include <string.h>

static Shape join_plain(Shape a, Shape b)
{
    Shape joined = {a.kinds | b.kinds, a.type ? a.type : b.type};
    if (a.type && b.type)
        joined.type = NULL;
    return joined;
}

static Shape read_word(Ctx *cx, const char *word)
{
    const FeelType *type;
    if (strcmp(word, "Any") == 0)
        return shape_any();
    if (strcmp(word, "duration") == 0)
        return shape_of(KIND(VALUE_DAYS_DURATION) | KIND(VALUE_MONTHS_DURATION));
    if (strcmp(word, "point") == 0)
        return shape_of(KIND_POINT);
    if (strcmp(word, "function") == 0)
        return shape_of(KIND(VALUE_FUNCTION));
    if (feel_parse_type(cx, word, NULL, &type))
        return shape_any(); // builtin_signature_test holds that there is none
    Shape shape = shape_from(type);
    shape.kinds &= ~KIND_NULL;
    return shape;
}

static Shape read_type(Ctx *cx, const char *text)
{
    Shape shape = {0};
    for (const char *at = text; at;) {
        const char * or = strstr(at, " or ");
        size_t length = or ? (size_t)(or -at) : strlen(at);
        shape = join_plain(shape, read_word(cx, text_slice(cx->arena, at, length)));
        at = or ? or +4 : NULL;
    }
    return shape;
}

static void read_parameters(Ctx *cx, SignatureForm *form)
{
    ARRAY(const char *) names = {0};
    ARRAY(Shape) shapes = {0};
    for (const char *at = form->text; *at;) {
        size_t length = strcspn(at, ",");
        const char *colon = memchr(at, ':', length);
        size_t name = colon ? (size_t)(colon - at) : length;
        char *type = colon ? text_slice(cx->arena, colon + 2, length - name - 2) : "Any";
        if (text_ends(type, "...")) {
            type[strlen(type) - 3] = 0;
            form->any_number = true;
        }
        array_push(cx->arena, names) = text_slice(cx->arena, at, name);
        array_push(cx->arena, shapes) = read_type(cx, type);
        at += length;
        at += strspn(at, ", ");
    }
    form->names = names.items;
    form->shapes = shapes.items;
    form->count = names.count;
}

static void read_result(Ctx *cx, SignatureForm *form, const char *text)
{
    form->result_text = text;
    form->rule = strcmp(text, "same") == 0   ? RESULT_SAME
                 : strcmp(text, "item") == 0 ? RESULT_ITEM
                                             : RESULT_TYPE;
    form->result = form->rule == RESULT_TYPE ? read_type(cx, text) : shape_any();
}

const Signature *builtin_signature(Ctx *cx, const Builtin *builtin)
{
    Signature *signature = NEW(cx->arena, Signature);
    ARRAY(SignatureForm) forms = {0};
    for (const char *at = builtin->parameters;;) {
        SignatureForm form = {0};
        size_t length = strcspn(at, "|");
        char *whole = text_slice(cx->arena, at, length);
        char *arrow = strstr(whole, "-> ");
        if (arrow) {
            read_result(cx, &form, arrow + 3);
            arrow[arrow > whole ? -1 : 0] = 0;
        }
        form.text = whole;
        read_parameters(cx, &form);
        array_push(cx->arena, forms) = form;
        if (!at[length])
            break;
        at += length + 1;
    }
    for (size_t i = forms.count; i > 0; i--)
        if (!forms.items[i - 1].result_text)
            read_result(cx, &forms.items[i - 1],
                        i < forms.count ? forms.items[i].result_text : "Any");
    *signature = (Signature){forms.items, forms.count};
    return signature;
}
