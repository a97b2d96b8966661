// SPDX-License-Identifier: Apache-2.0
#include "base/xml.h"

#include "base/test.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static Error *parse(Ctx *cx, const char *xml, const XmlNode **root)
{
    return xml_read(cx, xml, strlen(xml), root);
}

TEST(xml_resolves_namespaces_of_names_and_values)
{
    const XmlNode *root = NULL;
    CHECK_OK(
        parse(cx, "<a xmlns='urn:one' xmlns:t='urn:two'>\n <t:b t:x='1' x='2' of='t:thing'/>\n</a>",
              &root));
    CHECK(xml_is(root, "urn:one", "a"));
    const XmlNode *b = xml_child(root, "urn:two", "b");
    CHECK(b != NULL);
    CHECK_INT(b->line, 2);
    CHECK_TEXT(xml_attribute(b, "x"), "2");
    CHECK_TEXT(xml_attribute_in(b, "urn:two", "x"), "1");
    CHECK(xml_attribute(b, "y") == NULL);
    const char *space, *local;
    CHECK(xml_qname(cx->arena, b, xml_attribute(b, "of"), &space, &local));
    CHECK_TEXT(space, "urn:two");
    CHECK_TEXT(local, "thing");
    CHECK(!xml_qname(cx->arena, b, "missing:thing", &space, &local));
}

TEST(xml_gathers_text_over_sections_and_comments)
{
    const XmlNode *root = NULL;
    CHECK_OK(parse(cx, "<a>x &lt; <!-- no --><![CDATA[y & z]]></a>", &root));
    CHECK_TEXT(xml_text(cx->arena, root), "x < y & z");
}

TEST(xml_is_written_as_it_was_read)
{
    const char *xml = "<p:a xmlns:p=\"urn:p\" p:k=\"1 &lt; &quot;2&quot;\"><!--c--><b/>t&amp;u"
                      "<c>&#13;</c></p:a>";
    const XmlNode *root = NULL;
    CHECK_OK(parse(cx, xml, &root));
    Buffer *out = buffer_new(cx->arena);
    xml_write(out, root);
    CHECK_TEXT(out->bytes, xml);
}

TEST(xml_refuses_a_document_type_by_name)
{
    const XmlNode *root = NULL;
    CHECK_FAILS(
        parse(cx, "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", &root),
        ERR_INVALID, "document type declaration");
    CHECK_FAILS(parse(cx,
                      "<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]>\n<l>&b;&b;</l>",
                      &root),
                ERR_INVALID, "document type declaration");
    CHECK(root == NULL);
}

TEST(xml_that_is_broken_names_its_line)
{
    const XmlNode *root = NULL;
    Error *error = parse(cx, "<a>\n<b>\n</a>", &root);
    CHECK_FAILS(error, ERR_INVALID, "not well-formed");
    CHECK_INT(error->line, 3);
    CHECK_FAILS(parse(cx, "<a>&undefined;</a>", &root), ERR_INVALID, "not well-formed");
    CHECK_FAILS(parse(cx, "<a/><b/>", &root), ERR_INVALID, "not well-formed");
    CHECK_FAILS(parse(cx, "<p:a/>", &root), ERR_INVALID, "not well-formed");
    CHECK_FAILS(parse(cx, "", &root), ERR_INVALID, "empty");
    CHECK_FAILS(parse(cx, "<a>\xff\xfe</a>", &root), ERR_INVALID, "not well-formed");
}

TEST(xml_nested_too_deeply_is_refused)
{
    Buffer *deep = buffer_new(cx->arena);
    for (int i = 0; i < LIMIT_XML_DEPTH + 1; i++)
        buffer_text(deep, "<a>");
    const XmlNode *root = NULL;
    CHECK_FAILS(xml_read(cx, deep->bytes, deep->length, &root), ERR_LIMIT, "nested deeper");
}

TEST(xml_with_too_many_attributes_is_refused)
{
    Buffer *wide = buffer_new(cx->arena);
    buffer_text(wide, "<a");
    for (int i = 0; i < LIMIT_XML_ATTRIBUTES + 1; i++)
        buffer_format(wide, " x%d=''", i);
    buffer_text(wide, "/>");
    const XmlNode *root = NULL;
    CHECK_FAILS(xml_read(cx, wide->bytes, wide->length, &root), ERR_LIMIT, "attributes");
}

TEST(bytes_that_are_not_in_the_encoding_are_told_to_the_caller_alone)
{
    static const char *const documents[] = {
        "<?xml version='1.0' encoding='GB18030'?><a>\xff\xff\xff\xff</a>",
        "<?xml version='1.0' encoding='UTF-32'?><a/>",
    };
    FILE *caught = tmpfile();
    int standard_error = dup(2);
    CHECK(caught && standard_error >= 0 && dup2(fileno(caught), 2) == 2);
    const XmlNode *root;
    Error *errors[2];
    for (int i = 0; i < 2; i++)
        errors[i] = xml_read(cx, documents[i], strlen(documents[i]), &root);
    dup2(standard_error, 2);
    CHECK_INT(lseek(fileno(caught), 0, SEEK_END), 0);
    for (int i = 0; i < 2; i++)
        CHECK_FAILS(errors[i], ERR_INVALID, "the XML is not well-formed");
}

TEST(a_hundred_thousand_attributes_are_refused_at_once)
{
    const XmlNode *root;
    Buffer *document = buffer_new(cx->arena);
    buffer_text(document, "<a ");
    for (int i = 0; i < 100000; i++)
        buffer_format(document, "b%d='' ", i);
    buffer_text(document, "/>");
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    CHECK_FAILS(parse(cx, document->bytes, &root), ERR_LIMIT, "more than 200 attributes");
    clock_gettime(CLOCK_MONOTONIC, &to);
    CHECK(to.tv_sec - from.tv_sec < 2);
}

TEST(quotes_outside_of_tags_are_no_attributes)
{
    const XmlNode *root;
    Buffer *document = buffer_new(cx->arena);
    buffer_text(document, "<a b='!--'>");
    for (int i = 0; i < 300; i++)
        buffer_text(document, "\"x\"<!-- it's --><?p 'q'?><![CDATA[<'\"]]>");
    buffer_text(document, "</a>");
    CHECK_OK(parse(cx, document->bytes, &root));
}
