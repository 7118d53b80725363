/* SPDX-License-Identifier: Apache-2.0 */
/* The machine: expressions, conditions, output, and where errors are. */
#include "render_machine.h"
#include "support/cases.h"

static const struct rendering expressions[] = {
    { "{{ 1 + 2 * 3 }} {{ 7 // 2 }} {{ 2 ** 3 }} {{ -7 % 3 }} {{ 7 / 2 }}", "7 3 8 2 3.5" },
    { "{{ 9223372036854775807 + 1 }} {{ 4611686018427387904 * 4 }}",
      "9223372036854775808 18446744073709551616" },
    { "{{ -9223372036854775807 - 2 }} {{ -(-9223372036854775807 - 1) }}",
      "-9223372036854775809 9223372036854775808" },
    { "{{ 1.5 + 1 }} {{ 1 + 1.5 }} {{ 2 * 1.5 }} {{ 3.0 - 1 }} {{ 1 - 3.0 }}",
      "2.5 2.5 3.0 2.0 -2.0" },
    { "{{ 16777215 }} {{ -8388607 }} {{ 8388607 }} {{ 8388608 }} {{ -8388608 }}",
      "16777215 -8388607 8388607 8388608 -8388608" },
    { "{{ 0 }}{{ 9 }}{{ 10 }} {{ 99 }} {{ 100 }} {{ 999 }} {{ 1000 }} {{ -1 }}",
      "0910 99 100 999 1000 -1" },
    { "{{ 'a' ~ 1 ~ none ~ 'b' }}", "a1Noneb" },
    { "{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 3 < 1 < (1 / 0) }}", "True False False" },
    { "{{ 1 == 1.0 == true }} {{ 'a' == 'a' }} {{ 'a' != 'b' }} {{ 'a' == 'ab' }}",
      "True True True False" },
    { "{{ 1 in [1] }} {{ 1 not in [1] }} {{ not 1 == 2 }}", "True False True" },
    { "{{ 0 or 'x' }} {{ 1 or 1 / 0 }} {{ 0 and 1 / 0 }} {{ 2 and 3 }}", "x 1 0 3" },
    { "{{ 'a' if true else 'b' }}{{ 'a' if 0 else 'b' }}[{{ 'a' if 0 }}]", "ab[]" },
    { "{{ ('a' if false).x }}",
      "UndefinedError: the inline if-expression on line 1 evaluated to false and no else section "
      "was defined." },
    { "{{ [1, 'a', (2,), [none, -3]] }} {{ [] }} {{ () }}", "[1, 'a', (2,), [None, -3]] [] ()" },
    { "{{ {'a': 1, 'b': [1 + 1]} }} {{ {} }}", "{'a': 1, 'b': [2]} {}" },
    { "{{ {[1]: 2} }}", "TypeError: unhashable type: 'list'" },
    { "{{ 'abc'[1] }}{{ 'abc'[1:] }}{{ [1, 2, 3][::-1] }}{{ (1, 2)[5:] }}", "bbc[3, 2, 1]()" },
    { "{{ {'a': {'b': 5}}.a.b }} {{ [4].0 }}", "5 4" },
    { "{{ 'a,b'.split(',') }} {{ {'k': 1}.items() | list }}", "['a', 'b'] [('k', 1)]" },
    { "{% set f = 'a b'.split %}{{ f() }}", "['a', 'b']" },
    { "{{ 5() }}", "TypeError: 'int' object is not callable" },
    { "{{ nope() }}", "UndefinedError: 'nope' is undefined" },
    { "{{ 'a'.nope() }}", "UndefinedError: 'str object' has no attribute 'nope'" },
    { "{{ [1].append(2) }}",
      "SecurityError: access to attribute 'append' of 'list' object is unsafe." },
    { "{% if 0 %}a{% elif '' %}b{% elif 3 %}c{% else %}d{% endif %}", "c" },
    { "{% if 0 %}a{% elif '' %}b{% else %}d{% endif %}{% if false %}x{% endif %}", "d" },
    { "{% do [1] %}{% print 3 %}", "3" },
    { "{% set x %}<{{ 1 + 1 }}>{% endset %}{{ x }}{{ x is string }}", "<2>True" },
    { "{% set x | replace('a', 'o') | upper %}banana{% endset %}{{ x }}", "BONONO" },
    { "{% filter upper | replace('A', 'e') %}banana{% endfilter %}", "BeNeNe" },
    { "{% autoescape true %}{{ '<' }}{{ '<' | safe }}{{ '<' ~ '>' }}{{ ('<' | e) ~ '>' }}"
      "{% endautoescape %}{{ '<' }}",
      "&lt;<&lt;&gt;&lt;&gt;<" },
    { "{% set on = true %}{% autoescape on %}{{ '<' }}{% endautoescape %}", "&lt;" },
    { "{% autoescape true %}{% set x %}<b>{% endset %}{{ x }}{% endautoescape %}{{ x is defined }}",
      "<b>False" },
};

START_TEST(expressions_and_conditions_have_pythons_results)
{
    CHECK_RENDERING(expressions[_i]);
}
END_TEST

static const struct rendering unknown[] = {
    { "{{ 1 | nosuch }}", "compile: TemplateAssertionError: No filter named 'nosuch'." },
    { "{{ 1 is nosuch }}", "compile: TemplateAssertionError: No test named 'nosuch'." },
    { "{% if false %}{{ 1 | nosuch }}{% endif %}ok", "ok" },
    { "{% if true %}{{ 1 | nosuch(2, a=3) }}{% endif %}",
      "TemplateRuntimeError: No filter named 'nosuch' found." },
    { "{{ 'a' if true else 1 is nosuch }}", "a" },
    { "{{ 'a' if 1 is nosuch else 1 }}", "TemplateRuntimeError: No test named 'nosuch' found." },
    { "{% if false %}{% for i in [] %}{{ 1 | nosuch }}{% endfor %}{% endif %}",
      "compile: TemplateAssertionError: No filter named 'nosuch'." },
    { "{{ [1] | map('nosuch') | list }}", "TemplateRuntimeError: No filter named 'nosuch'." },
};

START_TEST(unknown_filters_are_errors_of_compiling_but_in_conditions)
{
    CHECK_RENDERING(unknown[_i]);
}
END_TEST

START_TEST(an_unknown_filter_is_answered_with_the_nearest_one)
{
    struct machine machine;
    struct tmpl_error error;

    machine_init(&machine);
    ck_assert_ptr_null(tmpl_compile(machine.env, "{{ 1 | rond }}", 14, NULL, &error));
    ck_assert_str_eq(error.hint, "did you mean 'round'?");
    machine_render(&machine, "{% if 1 %}{{ 1 is strng }}{% endif %}");
    ck_assert_str_eq(machine.vm->error.hint, "did you mean 'string'?");
    machine_fini(&machine);
}
END_TEST

static const struct {
    const char *source;
    uint32_t line, column;
} places[] = {
    { "{{ 1 / 0 }}", 1, 6 },
    { "ä{{ 1 / 0 }}", 1, 7 },
    { "a\nb {{ nope.x }}", 2, 11 },
    { "{% for i in [1, 2] %}\n{{ i }}\n {{ 1 // (i - 2) }}{% endfor %}", 3, 7 },
    { "{% macro m() %}\n\n{{ 'a' < 1 }}{% endmacro %}\n{{ m() }}", 3, 8 },
    { "{{ 1 if 2 else\n 3 }}{{ [1,\n2] | nosuch }}", 3, 0 },
};

START_TEST(an_error_has_its_line_and_column)
{
    struct machine machine;
    struct tmpl_error error;

    machine_init(&machine);
    const char *source = places[_i].source;
    struct tmpl_template *template =
        tmpl_compile(machine.env, source, strlen(source), NULL, &error);
    if (template) {
        ck_assert_int_lt(machine_run_template(&machine, template, NULL, 0), 0);
        error = machine.vm->error;
    }
    ck_assert_uint_eq(error.line, places[_i].line);
    if (places[_i].column)
        ck_assert_uint_eq(error.column, places[_i].column);
    tmpl_unref(template);
    machine_fini(&machine);
}
END_TEST

START_TEST(a_render_is_without_the_blanks_around_it)
{
    struct machine machine;

    machine_init(&machine);
    ck_assert_str_eq(machine_render(&machine, " \n{{ '\u00a0\t' }} a {{ ' b ' }}{{ '\u2003' }}\n"),
                     "a  b");
    ck_assert_str_eq(machine_render(&machine, "  {{ '' }} "), "");
    machine_fini(&machine);
}
END_TEST

START_TEST(a_render_appends_to_what_is_there)
{
    struct machine machine;
    autobuf out = HASS_BUF_INIT;

    machine_init(&machine);
    struct tmpl_template *good = machine_compile(&machine, " {{ 1 + 1 }} ");
    struct tmpl_template *bad = machine_compile(&machine, "text {{ 1 / 0 }}");
    const struct tmpl_render how = { 0 };
    hass_buf_add_string(&out, "before ");
    ck_assert_int_eq(tmpl_render(machine.vm, good, &how, &out), 0);
    ck_assert_str_eq(out.data, "before 2");
    ck_assert_int_eq(tmpl_render(machine.vm, bad, &how, &out), -1);
    ck_assert_str_eq(out.data, "before 2");
    tmpl_unref(good);
    tmpl_unref(bad);
    machine_fini(&machine);
}
END_TEST

START_TEST(variables_come_before_globals_and_the_first_list_before_the_second)
{
    const struct tmpl_variable variables[] = { { "range", tmpl_int(7) }, { "x", tmpl_int(1) } };
    struct machine machine;
    struct tmpl_heap heap = { 0 };
    struct tmpl_dict *more = tmpl_dict_new(&heap, 2);

    machine_init(&machine);
    tmpl_dict_set_text(&heap, more, "x", 1, tmpl_int(2));
    tmpl_dict_set_text(&heap, more, "y", 1, tmpl_int(3));
    struct tmpl_template *template =
        machine_compile(&machine, "{{ range }} {{ x }} {{ y }} {{ namespace is callable }}");
    const struct tmpl_render how = { .variables = variables, .variable_count = 2, .more = more };
    ck_assert_int_eq(tmpl_render(machine.vm, template, &how, &machine.text), 0);
    ck_assert_str_eq(machine.text.data, "7 1 3 True");
    tmpl_unref(template);
    arena_fini(&heap.arena);
    machine_fini(&machine);
}
END_TEST

START_TEST(an_undefined_value_warns_when_it_is_used)
{
    struct machine machine;

    machine_init(&machine);
    ck_assert_str_eq(machine_render(&machine, "[{{ a }}{{ b.c if false }}{% if d %}{% endif %}]"),
                     "[]");
    ck_assert_str_eq(machine.warned.data, "'a' is undefined\n'd' is undefined\n");
    machine_fini(&machine);
}
END_TEST

static const struct rendering strict[] = {
    { "{{ nope }}", "UndefinedError: 'nope' is undefined" },
    { "{% if nope %}{% endif %}", "UndefinedError: 'nope' is undefined" },
    { "{{ ''.__class__ }}",
      "SecurityError: access to attribute '__class__' of 'str' object is unsafe." },
    { "{{ nope is defined }}{{ nope | default(1) }}", "False1" },
    { "[{{ 'a' if false }}]", "[]" },
};

START_TEST(a_strict_render_refuses_to_use_undefined_values)
{
    struct machine machine;

    machine_init(&machine);
    machine.strict = true;
    ck_assert_str_eq(machine_render(&machine, strict[_i].source), strict[_i].expected);
    machine_fini(&machine);
}
END_TEST

START_TEST(an_error_over_an_undefined_value_is_marked)
{
    struct machine machine;

    machine_init(&machine);
    machine_render(&machine, "{{ nope.x }}");
    ck_assert(machine.vm->error.undefined);
    machine_render(&machine, "{{ 1 / 0 }}");
    ck_assert(!machine.vm->error.undefined);
    machine_fini(&machine);
}
END_TEST

CASES_MAIN("render", ROWS(expressions_and_conditions_have_pythons_results, expressions),
           ROWS(unknown_filters_are_errors_of_compiling_but_in_conditions, unknown),
           ONCE(an_unknown_filter_is_answered_with_the_nearest_one),
           ROWS(an_error_has_its_line_and_column, places),
           ONCE(a_render_is_without_the_blanks_around_it), ONCE(a_render_appends_to_what_is_there),
           ONCE(variables_come_before_globals_and_the_first_list_before_the_second),
           ONCE(an_undefined_value_warns_when_it_is_used),
           ROWS(a_strict_render_refuses_to_use_undefined_values, strict),
           ONCE(an_error_over_an_undefined_value_is_marked))
