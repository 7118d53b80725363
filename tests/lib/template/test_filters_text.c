/* SPDX-License-Identifier: Apache-2.0 */
/* Filters on text, held against Jinja 3.1. */
#include "engine.h"
#include "support/cases.h"

#define NOW "2024-01-15T12:30:45Z"

static const struct {
    const char *template, *text;
} rows[] = {
    { "{{ 'hELLO wORLD' | capitalize }}|{{ 'éA' | capitalize }}|{{ '' | capitalize }}|{{ none | "
      "capitalize }}",
      "Hello world|Éa||None" },
    { "{{ \"it's a dog-house (small) ümlaut 3rd\" | title }}|{{ 'a\\tb_c d' | title }}|{{ 'ßa éX' "
      "| title }}",
      "It's A Dog-House (Small) Ümlaut 3rd|A\tB_c D|SSa Éx" },
    { "{{ 'straße' | upper }}|{{ 'ÀÉ' | lower }}|{{ 1.5 | upper }}|{{ true | upper }}",
      "STRASSE|àé|1.5|TRUE" },
    { "[{{ '  a b  ' | trim }}][{{ 'xxaxx' | trim('x') }}][{{ 5 | trim }}][{{ 'abca' | trim('ca') "
      "}}]",
      "[a b][a][5][b]" },
    { "[{{ 'ab' | center(6) }}][{{ 'ab' | center(5) }}][{{ 'abc' | center(2) }}][{{ 'é' | "
      "center(4) }}]",
      "[  ab  ][  ab ][abc][ é  ]" },
    { "{{ 'ab' | center | length }}|{{ 12 | center(4) }}", "80| 12" },
    { "{{ 'a-b-c' | replace('-', '+') }}|{{ 'a-b-c' | replace('-', '+', 1) }}|{{ 'abc' | "
      "replace('', '.') }}|{{ 'aaa' | replace('a', 'b', 0) }}",
      "a+b+c|a+b-c|.a.b.c.|aaa" },
    { "{{ 1234 | replace(2, 'x') }}|{{ 'a1b' | replace(1, 2) }}|{{ 'aaa' | replace('a', 'b', "
      "count=2) }}",
      "1x34|a2b|bba" },
    { "{{ 'one two, three-four 5' | wordcount }}|{{ '' | wordcount }}|{{ 'ä ö_ü é1' | wordcount "
      "}}|{{ '… – !' | wordcount }}",
      "5|0|3|0" },
    { "{{ '%s: %05.1f%%' | format('T', 3.14159) }}|{{ '%(a)s/%(b)d' | format(a='x', b=7) }}|{{ 5 | "
      "format }}",
      "T: 003.1%|x/7|5" },
    { "{{ '%s' | format(1, a=2) }}",
      "FilterArgumentError: can't handle positional and keyword arguments at the same time" },
    { "{{ 'short' | truncate(10) }}|{{ 'abcdefghijklm' | truncate(10) }}|{{ 'abcdefghijklmnop' | "
      "truncate(10) }}",
      "short|abcdefghijklm|abcdefg..." },
    { "{{ 'the quick brown fox jumps' | truncate(12) }}|{{ 'the quick brown fox jumps' | "
      "truncate(12, true) }}|{{ 'the quick brown fox jumps' | truncate(14, false, '…', 0) }}",
      "the...|the quick...|the quick…" },
    { "{{ 'ééééé ééééé ééééé' | truncate(8, true, '', 0) }}|{{ 'nospaceshereatall' | truncate(8, "
      "false, '..', 0) }}",
      "ééééé éé|nospac.." },
    { "{{ 'a\\nb\\n\\nc' | indent }}|{{ 'a\\n\\nc' | indent(2, true, true) }}|{{ 'a\\nb' | "
      "indent('> ', first=true) }}|{{ 'a\\nb\\n' | indent(1) }}|{{ '' | indent }}",
      "a\n    b\n\n    c|  a\n  \n  c|> a\n> b|a\n b\n|" },
    { "{{ 'a\\r\\nb' | indent(2) }}|{{ 'a\\nb' | indent(0) }}|{{ 'a\\nb' | indent(-3) }}",
      "a\n  b|a\nb|a\nb" },
    { "{{ 'the quick brown fox' | wordwrap(10) }}", "the quick\nbrown fox" },
    { "{{ 'abcdefghijkl mn' | wordwrap(5) }}|{{ 'abcdefghijkl mn' | wordwrap(5, false) }}",
      "abcde\nfghij\nkl mn|abcdefghijkl\nmn" },
    { "{{ 'a b c d' | wordwrap(3, wrapstring='|') }}|{{ 'a b\\nc d e f' | wordwrap(3) }}",
      "a b|c d|a b\nc d\ne f" },
    { "{{ 'well-known state-of-the-art things' | wordwrap(12) }}",
      "well-known\nstate-of-\nthe-art\nthings" },
    { "{{ 'well-known state-of-the-art things' | wordwrap(12, break_on_hyphens=false) }}",
      "well-known s\ntate-of-the-\nart things" },
    { "{{ 'abcd efghijkl' | wordwrap(5) | replace(' ', '_') }}|{{ 'ab  cdefghijk' | wordwrap(4) | "
      "replace(' ', '_') }}",
      "abcd_\nefghi\njkl|ab__\ncdef\nghij\nk" },
    { "{{ '  leading and   many    blanks' | wordwrap(9) | replace(' ', '_') }}",
      "__leading\nand\nmany\nblanks" },
    { "{{ 'wait--what is -- this --- a-b --x' | wordwrap(7) | replace(' ', '_') }}",
      "wait--\nwhat_is\n--_this\n---_a-b\n--x" },
    { "{{ 'aaa-bbb-ccc-ddd' | wordwrap(6) }}|{{ 'a1-b2-c3 1-2-3' | wordwrap(4) }}",
      "aaa-\nbbb-\nccc-\nddd|a1-\nb2-\nc3 1\n-2-3" },
    { "{{ 'x' | wordwrap(0) }}", "ValueError: invalid width 0 (must be > 0)" },
    { "{{ '' | wordwrap(0) }}", "" },
    { "{{ '<a href=\"x\">&\\'' | escape }}|{{ '<' | e | e }}|{{ '<' | e | forceescape }}|{{ '<b>' "
      "| safe }}",
      "&lt;a href=&#34;x&#34;&gt;&amp;&#39;|&lt;|&amp;lt;|<b>" },
    { "{{ ('<' | e) ~ '<' }}|{{ ('<' | e) + '>' }}|{{ '<' | safe is escaped }}|{{ '<' is escaped "
      "}}",
      "&lt;<|&lt;&gt;|True|False" },
    { "{{ '<b>Hi</b>  <!-- c -->there &amp; you' | striptags }}|{{ 'a < b > c' | striptags }}|{{ "
      "'&#65;&#x42;&euml;&hellip;&nope;' | striptags }}|{{ 'x<br>\\n y ' | striptags }}|{{ '<!-- "
      "open' | striptags }}",
      "Hi there & you|a c|ABë…&nope;|x y|<!-- open" },
    { "<x{{ {'a': 1, 'b': none, 'c': '<\"'} | xmlattr }}>|<x{{ {} | xmlattr }}>|{{ {'a': 1} | "
      "xmlattr(false) }}",
      "<x a=\"1\" c=\"&lt;&#34;\">|<x>|a=\"1\"" },
    { "{{ {'a b': 1} | xmlattr }}", "ValueError: Invalid character in attribute name: 'a b'" },
    { "{{ 5 | xmlattr }}", "AttributeError: 'int' object has no attribute 'items'" },
    { "{{ 'a b/c?d=é&f' | urlencode }}|{{ {'q': 'a b', 'n': 1} | urlencode }}|{{ [('a', '1'), "
      "('b', 'x y')] | urlencode }}|{{ 5.5 | urlencode }}|{{ '~-_.' | urlencode }}",
      "a%20b/c%3Fd%3D%C3%A9%26f|q=a+b&n=1|a=1&b=x+y|5.5|~-_." },
    { "{{ [1] | urlencode }}", "TypeError: 'int' object is not iterable" },
    { "{{ 'see https://example.com now' | urlize }}",
      "see <a href=\"https://example.com\" rel=\"noopener\">https://example.com</a> now" },
    { "{{ 'www.a.de, (http://x.y/z?a=b#c). mail a@b.cd! ftp://no' | urlize }}",
      "<a href=\"https://www.a.de\" rel=\"noopener\">www.a.de</a>, (http://x.y/z?a=b#c). mail "
      "a@b.cd! ftp://no" },
    { "{{ 'a.com/x <b> mailto:me@x.org' | urlize }}",
      "a.com/x &lt;b&gt; <a href=\"mailto:me@x.org\">me@x.org</a>" },
    { "{{ 'http://localhost:8123/path' | urlize(10) }}",
      "<a href=\"http://localhost:8123/path\" rel=\"noopener\">http://loc...</a>" },
    { "{{ 'http://a.b' | urlize(none, true, '_blank', 'ugc') }}", "http://a.b" },
    { "{{ 'foo:bar x' | urlize(extra_schemes=['foo:']) }}",
      "<a href=\"foo:bar\" rel=\"noopener\">foo:bar</a> x" },
    { "{{ 'http://en.wikipedia.org/wiki/A_(b) (http://x.com/a)' | urlize }}",
      "<a href=\"http://en.wikipedia.org/wiki/A_(b)\" "
      "rel=\"noopener\">http://en.wikipedia.org/wiki/A_(b)</a> (<a href=\"http://x.com/a\" "
      "rel=\"noopener\">http://x.com/a</a>)" },
    { "{{ 'a@b, x@y.z. not@ @no' | urlize }}",
      "a@b, <a href=\"mailto:x@y.z\">x@y.z</a>. not@ @no" },
    { "{{ {'b': 1, 'a': [1, 2]} | pprint }}|{{ 'x' | pprint }}|{{ (1,) | pprint }}",
      "{'a': [1, 2], 'b': 1}|'x'|(1,)" },
    { "{{ {'long_key_number_%d' | format(1): 'some value here', 'long_key_number_2': 'another "
      "value', 'z': [1, 2, 3]} | pprint }}",
      "{'long_key_number_1': 'some value here',\n 'long_key_number_2': 'another value',\n 'z': [1, "
      "2, 3]}" },
    { "{{ range(40) | list | pprint }}",
      "[0,\n 1,\n 2,\n 3,\n 4,\n 5,\n 6,\n 7,\n 8,\n 9,\n 10,\n 11,\n 12,\n 13,\n 14,\n 15,\n "
      "16,\n 17,\n 18,\n 19,\n 20,\n 21,\n 22,\n 23,\n 24,\n 25,\n 26,\n 27,\n 28,\n 29,\n 30,\n "
      "31,\n 32,\n 33,\n 34,\n 35,\n 36,\n 37,\n 38,\n 39]" },
    { "{{ (('word ' * 30) | trim) | pprint }}",
      "('word word word word word word word word word word word word word word word '\n 'word word "
      "word word word word word word word word word word word word word')" },
    { "{{ [('word ' * 20), {'k': 'v ' * 40}] | pprint }}",
      "['word word word word word word word word word word word word word word word '\n 'word word "
      "word word word ',\n {'k': 'v v v v v v v v v v v v v v v v v v v v v v v v v v v v v v v v "
      "v v v '\n       'v v v v v '}]" },
    { "{{ [] | pprint }}|{{ {} | pprint }}|{{ none | pprint }}|{{ {1: 2, 'a': 3} | pprint }}",
      "[]|{}|None|{1: 2, 'a': 3}" },
    { "{{ 5 | string is string }}|{{ none | string }}|{{ [1, 'a'] | string }}",
      "True|None|[1, 'a']" },
    { "{{ 'http://192.168.1.1:8123/x http://[::1]/y http://host/z http://h/z www.de xx.info/?q=1' "
      "| urlize }}",
      "<a href=\"http://192.168.1.1:8123/x\" rel=\"noopener\">http://192.168.1.1:8123/x</a> <a "
      "href=\"http://[::1]/y\" rel=\"noopener\">http://[::1]/y</a> <a href=\"http://host/z\" "
      "rel=\"noopener\">http://host/z</a> http://h/z <a href=\"https://www.de\" "
      "rel=\"noopener\">www.de</a> <a href=\"https://xx.info/?q=1\" "
      "rel=\"noopener\">xx.info/?q=1</a>" },
};

START_TEST(filters_on_text_give_what_jinjas_give)
{
    struct engine engine;

    engine_init(&engine, NOW);
    ck_assert(engine_same(engine_render(&engine, rows[_i].template, NULL, 0), rows[_i].text,
                          rows[_i].template));
    engine_fini(&engine);
}
END_TEST

CASES_MAIN("filters on text", ROWS(filters_on_text_give_what_jinjas_give, rows))
