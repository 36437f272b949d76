#include "providers/xml_leaves.hpp"

#include <gtest/gtest.h>

#include <string>

namespace antiphon {
namespace {

/// `A/B=text;` for each element that holds text, and `!` behind a mistake.
std::string leaves(std::string_view document) {
  std::string found;
  const bool good = codec::read_xml_leaves(document, [&](std::string_view path, std::string_view text) {
    found.append(path).append("=").append(text).append(";");
  });
  return good ? found : found + "!";
}

TEST(XmlLeaves, TextsByTheNamesOfTheirElements) {
  EXPECT_EQ(leaves("<a>x</a>"), "a=x;");
  EXPECT_EQ(leaves("<?xml version=\"1.0\"?>\n<a>\n <b> x </b>\n <c><d/><e></e></c>\n</a>\n"), "a/b= x ;a/c/d=;a/c/e=;");
  EXPECT_EQ(leaves("\xEF\xBB\xBF<n:a xmlns:n='u'><n:b k=\"1>2\" l='/'>x</n:b ></n:a>"), "a/b=x;");
  EXPECT_EQ(leaves("<a>one<b>two</b>three</a>"), "a/b=two;") << "what stands beside elements is no text of interest";
}

TEST(XmlLeaves, Entities) {
  EXPECT_EQ(leaves("<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x20AC;</a>"), "a=<&>\"'A\xE2\x82\xAC;");
  for (const char* wrong : {"&nbsp;", "&lt", "&;", "&#;", "&#x;", "&#0;", "&#xD800;", "&#x110000;", "&#1a;"}) {
    EXPECT_EQ(leaves("<a>" + std::string(wrong) + "</a>"), "!") << wrong;
  }
}

TEST(XmlLeaves, CommentsInstructionsAndSectionsOfCharacters) {
  EXPECT_EQ(leaves("<!-- <x> --><a>x<!-- > --><?y z?><![CDATA[<&amp;>]]>z</a><!-- -->"), "a=x<&amp;>z;");
}

TEST(XmlLeaves, WhatIsNoDocument) {
  for (const char* wrong : {"",
                            " ",
                            "x",
                            "<a>",
                            "<a",
                            "</a>",
                            "<a></b>",
                            "<a><b></a></b>",
                            "<a/><a/>",
                            "<a/>x",
                            "x<a/>",
                            "< a/>",
                            "<>x</>",
                            "<a b=\"></a>",
                            "<a <b/></a>",
                            "<a><!-- </a>",
                            "<a><![CDATA[x</a>",
                            "<![CDATA[x]]>",
                            "<a></a",
                            "<a><?x</a>",
                            "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
                            "{\"a\":1}"}) {
    EXPECT_TRUE(leaves(wrong).ends_with("!")) << wrong;
  }
}

TEST(XmlLeaves, AsDeepAsItMayBe) {
  std::string open;
  std::string close;
  for (int i = 0; i < 32; ++i) open += "<a>", close += "</a>";
  EXPECT_FALSE(leaves(open + "x" + close).ends_with("!"));
  EXPECT_TRUE(leaves("<a>" + open + "x" + close + "</a>").ends_with("!"));
}

// A document that is cut is none, wherever that is.
TEST(XmlLeaves, CutAtEachByte) {
  const std::string whole = "<?xml?><a><b c='d'>x&amp;y</b><!-- z --><![CDATA[w]]></a>";
  ASSERT_EQ(leaves(whole), "a/b=x&y;");
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_TRUE(leaves(whole.substr(0, size)).ends_with("!"));
}

}  // namespace
}  // namespace antiphon
