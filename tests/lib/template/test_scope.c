/* SPDX-License-Identifier: Apache-2.0 */
/* What a name means where: as in Jinja 3.1, of which the differential test renders thousands. */
#include "render_machine.h"
#include "support/cases.h"

static const struct rendering scopes[] = {
    /* a scope begins with the values outside, and leaves them as they were */
    { "{% set x = 0 %}{% for i in [1, 2] %}{% set x = x + i %}{{ x }} {% endfor %}{{ x }}",
      "1 2 0" },
    { "{% set x = 10 %}{% for i in [1, 2] %}{{ x }}{% set x = i %}{{ x }} {% endfor %}",
      "101 102" },
    { "{% set a = 1 %}{% with %}{% set a = a + 1 %}{{ a }}{% endwith %}{{ a }}", "21" },
    { "{% set a = 1 %}{% macro m() %}{% set a = 2 %}{{ a }}{% endmacro %}{{ m() }}{{ a }}", "21" },
    { "{% set a = 1 %}{% set b %}{% set a = 2 %}{{ a }}{% endset %}{{ b }}{{ a }}", "21" },
    { "{% set a = 1 %}{% filter upper %}{% set a = 'x' %}{{ a }}{% endfilter %}{{ a }}", "X1" },
    { "{% autoescape false %}{% set a = 1 %}{% endautoescape %}[{{ a }}]", "[]" },
    /* an if has no scope of its own */
    { "{% if true %}{% set y = 3 %}{% endif %}{{ y }}", "3" },
    { "{% if true %}{% set a = 1 %}{% else %}{% set b = 2 %}{% endif %}{{ a }}{{ b is defined }}",
      "1False" },
    { "{% set x = 5 %}{% for i in [1] %}{% if false %}{% set x = 6 %}{% endif %}{{ x }}"
      "{% endfor %}",
      "5" },
    /* before an assignment */
    { "[{{ later }}{% set later = 1 %}{{ later }}]", "[1]" },
    { "{% set a = a %}{{ a is defined }}", "False" },
    { "[{% for i in [1] %}{{ x }}{% endfor %}{% set x = 1 %}]", "[]" },
    /* variables of loops */
    { "{% for q in [1, 2] %}{% endfor %}[{{ q }}]", "[]" },
    { "{% set q = 'outer' %}{% for q in ['inner'] %}{{ q }}{% endfor %}{{ q }}", "innerouter" },
    { "{% set items = [1, 2] %}{% for items in items %}{{ items }}{% endfor %}", "12" },
    { "{% for i in range(3) %}{% set x = i %}{% endfor %}{{ x is defined }}", "False" },
    { "{% for i in [1, 2] %}{{ x is defined }}{% set x = i %}{% endfor %}", "FalseFalse" },
    { "{% for i in [1, 2, 3] if i > y %}{{ i }}{% set y = 9 %}{% endfor %}",
      "UndefinedError: 'y' is undefined" },
    { "{% set y = 1 %}{% for i in [1, 2, 3] if i > y %}{% set y = 9 %}{{ i }}{{ y }} {% endfor %}",
      "29 39" },
    /* with */
    { "{% with a = 1, b = 2 %}{% with a = b, b = a %}{{ a }}{{ b }}{% endwith %}{{ a }}"
      "{% endwith %}{{ a is defined }}",
      "211False" },
    { "{% with (a, b) = (1, 2) %}{{ a }}{{ b }}{% endwith %}", "12" },
    { "{% set a = 'out' %}{% with a = 'in', b = a %}{{ a }} {{ b }}{% endwith %}", "in out" },
    /* taking apart */
    { "{% set a, b = 1, 2 %}{% set a, b = b, a %}{{ a }}{{ b }}", "21" },
    { "{% set (a, (b, c)) = (1, (2, 3)) %}{{ a }}{{ b }}{{ c }}", "123" },
    { "{% set a, b = 'xy' %}{{ b }}{{ a }}", "yx" },
    { "{% set a, b = [1] %}", "ValueError: not enough values to unpack (expected 2, got 1)" },
    { "{% set a, b = [1, 2, 3] %}", "ValueError: too many values to unpack (expected 2)" },
    { "{% set a, b = 5 %}", "TypeError: cannot unpack non-iterable int object" },
    { "{% set a, b = nope %}", "ValueError: not enough values to unpack (expected 2, got 0)" },
    /* inner functions see variables as they are when they are called */
    { "{% macro f() %}{{ u }}{% endmacro %}{% set u = 'late' %}{{ f() }}", "late" },
    { "{% set x = 5 %}{% macro m() %}{{ x }}{% set x = 6 %}{{ x }}{% endmacro %}{{ m() }}{{ x }}",
      "565" },
    { "{% macro o(a) %}{% macro i(b) %}{{ a }}{{ b }}{% endmacro %}{{ i(2) }}{% endmacro %}"
      "{{ o(1) }}",
      "12" },
    { "{% macro a(n) %}{% macro b() %}{% macro c() %}{{ n }}{{ g }}{% endmacro %}{{ c() }}"
      "{% endmacro %}{{ b() }}{% endmacro %}{% set g = 7 %}{{ a(3) }}",
      "37" },
    { "{% set ns = namespace() %}{% for i in [1, 2] %}{% macro m() %}{{ i }}{% endmacro %}"
      "{% if i == 1 %}{% set ns.m = m %}{% endif %}{{ ns.m() }}{% endfor %}",
      "12" },
    { "{% macro o() %}{% macro i() %}{{ nope }}{% endmacro %}{{ i() }}{% endmacro %}[{{ o() }}]",
      "[]" },
    { "{% macro o() %}{% macro i() %}{{ x.y }}{% endmacro %}{{ i() }}{% set x = 1 %}{% endmacro %}"
      "{{ o() }}",
      "UndefinedError: 'x' is undefined" },
    { "{% macro o() %}{% macro i(q) %}{{ x.y }}{% endmacro %}{{ i(1) }}{% set x = 1 %}{% endmacro "
      "%}"
      "{{ o() }}",
      "UndefinedError: 'x' is undefined" },
    /* namespaces */
    { "{% set ns = namespace(n=0) %}{% for i in range(4) %}{% set ns.n = ns.n + i %}{% endfor %}"
      "{{ ns.n }}",
      "6" },
    { "{% set ns = namespace({'a': 1, 'b': 2}, b=3) %}{{ ns.a }}{{ ns.b }}", "13" },
    { "{% set ns = namespace([('q', 9)]) %}{{ ns.q }}{{ namespace(_a=1)._a }}", "91" },
    { "{% set ns = namespace() %}{% set ns.x %}text{% endset %}{{ ns.x }}", "text" },
    { "{{ namespace(a=1, b='c') }}", "<Namespace {'a': 1, 'b': 'c'}>" },
    { "{% set ns = namespace() %}{% set ns.me = ns %}{{ ns }}",
      "RecursionError: values are nested more than 200 levels deep" },
    { "{{ namespace(1, 2) }}", "TypeError: dict expected at most 1 argument, got 2" },
    { "{{ namespace([(1, 2, 3)]) }}", "ValueError: dictionary update sequence element #0 has "
                                      "length 3; 2 is required" },
    { "{% set d = {} %}{% set d.a = 2 %}",
      "TemplateRuntimeError: cannot assign attribute on non-namespace object" },
    { "{% set nope.a = 1 / 0 %}",
      "TemplateRuntimeError: cannot assign attribute on non-namespace object" },
};

START_TEST(names_mean_what_they_mean_in_jinja)
{
    CHECK_RENDERING(scopes[_i]);
}
END_TEST

static const struct rendering with_variable[] = {
    { "{{ v }}{% set v = 1 %}{{ v }}", "51" },
    { "{% if false %}{% set v = 1 %}{% endif %}{{ v }}", "5" },
    { "{% for i in [1] %}{% if false %}{% set v = 1 %}{% endif %}{{ v }}{% endfor %}", "5" },
    { "[{% for i in [1] %}{{ v }}{% endfor %}{% set v = 1 %}]", "[]" },
    { "{% for i in [1, 2] %}{{ v }}{% set v = i %}{% endfor %}", "55" },
    { "{% macro m() %}{{ v }}{% set v = 6 %}{{ v }}{% endmacro %}{{ m() }}", "56" },
    { "{% macro m(v=v) %}[{{ v }}]{% endmacro %}{{ m() }}{{ m(1) }}", "[][1]" },
};

START_TEST(what_may_be_unassigned_is_the_variable_of_the_render)
{
    const struct tmpl_variable variable = { "v", tmpl_int(5) };
    struct machine machine;

    machine_init(&machine);
    ck_assert_str_eq(machine_render_with(&machine, with_variable[_i].source, &variable, 1),
                     with_variable[_i].expected);
    machine_fini(&machine);
}
END_TEST

CASES_MAIN("scope", ROWS(names_mean_what_they_mean_in_jinja, scopes),
           ROWS(what_may_be_unassigned_is_the_variable_of_the_render, with_variable))
