/* SPDX-License-Identifier: Apache-2.0 */
/* What comparing generated templates with Jinja's results (tests/differential) has found, one template each. */
#include "engine.h"
#include "support/cases.h"

static const struct {
    const char *template, *text;
} found[] = {
    // What is false has no members for map and its kin, and nothing is looked up for them.
    { "{{ 0|map('nofilter')|list }} {{ none|select('notest')|list }} {{ false|rejectattr('x')|list "
      "}}",
      "[] [] []" },
    { "{{ 1|map('upper')|list }}", "TypeError: 'int' object is not iterable" },
    { "{{ true|select|list }}", "TypeError: 'bool' object is not iterable" },
    // A source may end where a comment or a raw block begins.
    { "a{#", "a" },
    { "a {#-", "a" },
    { "a{% raw %}", "a" },
    // Slices ask the value itself.
    { "{{ {'a': 1}[1:] }}", "TypeError: unhashable type: 'slice'" },
    { "{{ 5[1:] }}", "TypeError: 'int' object is not subscriptable" },
    { "{{ 'abc'['a':] }}",
      "TypeError: slice indices must be integers or None or have an __index__ method" },
    // Only text has lines; what has a length may be too short to be truncated.
    { "{{ [1]|indent }}", "AttributeError: 'list' object has no attribute 'splitlines'" },
    { "{{ 5|wordwrap }}", "AttributeError: 'int' object has no attribute 'splitlines'" },
    { "{{ nope|indent }}", "UndefinedError: 'nope' is undefined" },
    { "{{ {'a': 1}|truncate(5) }} {{ [1, 2]|truncate(1, true, '', 1) }}", "{'a': 1} [1, 2]" },
    { "{{ [1, 2, 3]|truncate(1, true, '', 1) }}", "TypeError: 'list' object cannot be truncated" },
    { "{{ 5|truncate }}", "TypeError: object of type 'int' has no len()" },
    // Safe HTML shows in a list what it is.
    { "{{ ['<'|e, '<'|e ~ '', 'a'] }}", "[Markup('&lt;'), '&lt;', 'a']" },
    { "{{ dict(nope) }}", "UndefinedError: 'nope' is undefined" },
    { "{{ {'one': 1, 2: 2, none: 3, 1.5: 4}|pprint }}", "{None: 3, 1.5: 4, 2: 2, 'one': 1}" },
    { "{{ ['<'|e|indent] }}", "[Markup('&lt;')]" },
    { "{{ '\"'|tojson|urlize }}", "\"\\\"\"" },
    { "{{ '       One,T!       '|wordwrap(5)|replace('\n', '/') }}", "One/,T!" },
    { "{{ (-0.5)|filesizeformat }}", "0 Bytes" },
    { "{% autoescape true %}{{ {'a': '<'}|xmlattr }}{% endautoescape %}", "a=\"&lt;\"" },
    { "{% autoescape true %}{{ 'www.x.de <'|urlize }}{% endautoescape %}",
      "<a href=\"https://www.x.de\" rel=\"noopener\">www.x.de</a> &lt;" },
    { "{{ nope|truncate(3) is defined }}", "False" },
};

START_TEST(templates_render_as_jinja_renders_them)
{
    struct engine engine;

    engine_init(&engine, "2024-01-15T12:30:45Z");
    ck_assert_str_eq(engine_render(&engine, found[_i].template, NULL, 0), found[_i].text);
    engine_fini(&engine);
}
END_TEST

CASES_MAIN("agreement", ROWS(templates_render_as_jinja_renders_them, found))
