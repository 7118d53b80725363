/* SPDX-License-Identifier: Apache-2.0 */
/* Other templates: import, from, include, extends; and named blocks. */
#include "render_machine.h"
#include "support/cases.h"

static const struct machine_file files[] = {
    { "tools",
      "{% macro double(x) %}{{ x * 2 }}{% endmacro %}{% set answer = 42 %}"
      "{% macro _private() %}p{% endmacro %}text {% if false %}{% set no = 1 %}{% endif %}" },
    { "ctx", "{% macro show() %}[{{ v }}]{% endmacro %}{% set w = v %}" },
    { "plain", "included {{ who }}\n" },
    { "base", "<{% block body %}base{% endblock %}|{% block foot %}foot{% endblock %}>{{ t }}" },
    { "middle", "{% extends 'base' %}{% block body %}middle({{ super() }}){% endblock %}" },
    { "broken", "\n{% macro x( %}" },
    { "bad", "{% macro bad() %}\n{{ 1 / 0 }}{% endmacro %}" },
    { "chain", "{% from 'tools' import double %}{% macro quad(x) %}{{ double(double(x) | int) }}"
               "{% endmacro %}" },
    { "me", "{% include 'me' %}" },
    { "required", "{% block x required %}{% endblock %}" },
    { "self", "{% block a %}A{% endblock %}{{ self.a() }}" },
    { NULL, NULL },
};

static const struct rendering imports[] = {
    /* import */
    { "{% import 'tools' as t %}{{ t.double(3) }} {{ t.answer }} {{ t }} {{ [t] }}",
      "6 42 text  [<TemplateModule 'tools'>]" },
    { "{% import 'tools' as t %}[{{ t.nothing }}{{ t.no }}{{ t.double is callable }}]", "[True]" },
    { "{% import 'tools' as t %}{{ t._private() }}",
      "UndefinedError: 'jinja2.environment.TemplateModule object' has no attribute '_private'" },
    { "{% from 'tools' import double as d, answer %}{{ d(1) }} {{ answer + 1 }}", "2 43" },
    { "a\n{% from 'tools' import nope %}[{{ nope }}]", "a\n[]" },
    { "a\n{% from 'tools' import nope %}{{ nope() }}",
      "UndefinedError: the template 'tools' (imported on line 2) does not export the requested "
      "name 'nope'" },
    { "{% from 'chain' import quad %}{{ quad(3) }}{% import 'chain' as c %}{{ c.double is defined "
      "}}",
      "12False" },
    { "{% set n = 'too' %}{% import n ~ 'ls' as t %}{{ t.double(5) }}", "10" },
    { "{% if true %}{% import 'tools' as t %}{% endif %}{{ t.answer }}", "42" },
    { "{% for i in [1, 2] %}{% from 'tools' import double %}{{ double(i) }}{% endfor %}"
      "[{{ double is defined }}]",
      "24[False]" },
    { "{% import 'tools' as a %}{% import 'tools' as b %}{{ a == b }}", "True" },
    { "{% import 'missing' as m %}", "TemplateNotFound: missing" },
    { "{% import nope as m %}", "UndefinedError: 'nope' is undefined" },
    { "{% import 5 as m %}",
      "TypeError: the name of a template must be a text, not of class 'int'" },
    /* what they see */
    { "{% set v = 'L' %}{% from 'ctx' import show %}{{ show() }}", "[]" },
    { "{% set v = 'L' %}{% from 'ctx' import show with context %}{{ show() }}", "[L]" },
    { "{% set v = 'L' %}{% import 'ctx' as c with context %}{% set v = 'M' %}{{ c.show() }}{{ c.w "
      "}}",
      "[L]L" },
    { "{% for v in [1, 2] %}{% import 'ctx' as c with context %}{{ c.show() }}{% endfor %}",
      "[1][2]" },
    { "{% from 'ctx' import show with context %}{{ show() }}{{ outer }}", "[]7" },
    /* include */
    { "{% set who = 'me' %}<{% include 'plain' %}>", "<included me>" },
    { "{% for who in 'xy' %}{% include 'plain' %};{% endfor %}", "included x;included y;" },
    { "{% set who = 'me' %}{% include 'plain' without context %}", "included" },
    { "{% macro m(who) %}{% include 'plain' %}{% endmacro %}{{ m('z') }}", "included z" },
    { "{% with who = 'a' %}{% with %}{% set q = 1 %}{% include 'plain' %}{% endwith %}{% endwith "
      "%}",
      "included a" },
    { "{% include 'none' %}", "TemplateNotFound: none" },
    { "a{% include 'none' ignore missing %}b", "ab" },
    { "{% include ['none', 'plain'] %}", "included" },
    { "{% include ['none', 'nil'] %}",
      "TemplateNotFound: none of the templates given were found: none, nil" },
    { "{% include [] %}", "TemplateNotFound: Tried to select from an empty list of templates" },
    { "{% include ['none'] ignore missing %}.", "." },
    { "{% include nope %}", "UndefinedError: 'nope' is undefined" },
    { "{% include 'me' %}", "LimitError: macros and includes lie more than 200 deep within each "
                            "other: does one call itself without an end?" },
    { "{% set x %}{% include 'plain' %}{% endset %}[{{ x }}]", "[included ]" },
    /* blocks */
    { "{% block t %}T{{ 1 }}{% endblock %}{{ self.t() }}{{ self.t() | lower }}", "T1T1t1" },
    { "{% set who = 'me' %}{% block x %}{% include 'plain' %}{% endblock %}", "included me" },
    { "{% set a = 1 %}{% block x %}[{{ a }}]{% set a = 2 %}{% endblock %}{{ a }}", "[1]1" },
    { "{% for i in [1, 2] %}{% block a scoped %}{{ i }}{{ loop.index }}{% endblock %}{% endfor %}",
      "1122" },
    { "{% for i in [1] %}{% block a %}[{{ i }}]{% endblock %}{% endfor %}", "[]" },
    { "{% block a %}{% block b %}1{% endblock %}2{% endblock %}{{ self.b() }}", "121" },
    { "{% block x %}{{ super() }}{% endblock %}",
      "UndefinedError: there is no parent block called 'x'." },
    { "{{ self }}{{ self.nope is defined }}", "<TemplateReference None>False" },
    { "{% block x %}{% endblock %}{{ self.x(1) }}",
      "TypeError: a block takes no arguments but 1 were given" },
    { "{% include 'self' %}", "AA" },
    /* extends */
    { "{% extends 'base' %}", "<base|foot>" },
    { "{% extends 'base' %}{% block body %}child{% endblock %}ignored", "<child|foot>" },
    { "{% extends 'base' %}{% block body %}{{ super() }}+{% endblock %}{% set t = 3 %}",
      "<base+|foot>3" },
    { "{% extends 'middle' %}{% block body %}{{ super() }}/{{ super.super() }}{% endblock %}",
      "<middle(base)/base|foot>" },
    { "a{% if true %}{% extends 'base' %}{% endif %}b", "a<base|foot>" },
    { "a{% if false %}{% extends 'base' %}{% endif %}b", "ab" },
    { "{% if true %}{% extends 'base' %}{% endif %}{% for i in [1] %}x{% endfor %}"
      "{% block body %}{{ 1 }}{% endblock %}",
      "<1|foot>" },
    { "{% extends 'base' %}{% extends 'base' %}", "TemplateRuntimeError: extended multiple times" },
    { "{% for i in [1] %}{% extends 'base' %}{% endfor %}",
      "compile: TemplateAssertionError: cannot use extend from a non top-level scope" },
    { "{% extends 'required' %}", "TemplateRuntimeError: Required block 'x' not found" },
    { "{% extends 'required' %}{% block x %}given{% endblock %}", "given" },
    { "{% extends 'none' %}", "TemplateNotFound: none" },
};

START_TEST(templates_use_others_as_in_jinja)
{
    const struct tmpl_variable outer = { "outer", tmpl_int(7) };
    struct machine machine;

    machine_init(&machine);
    machine.files = files;
    const char *got = machine_render_with(&machine, imports[_i].source, &outer, 1);
    ck_assert_msg(strcmp(got, imports[_i].expected) == 0, "%s: expected %s, got %s",
                  imports[_i].source, imports[_i].expected, got);
    machine_fini(&machine);
}
END_TEST

START_TEST(an_error_names_the_template_that_it_happened_in)
{
    struct machine machine;

    machine_init(&machine);
    machine.files = files;
    ck_assert_str_eq(machine_render(&machine, "{% from 'bad' import bad %}{{ bad() }}"),
                     "ZeroDivisionError: division by zero");
    ck_assert_str_eq(machine.vm->error.name, "bad");
    ck_assert_uint_eq(machine.vm->error.line, 2);
    machine_render(&machine, "{% import 'broken' as b %}");
    ck_assert_int_eq(machine.vm->error.class, TMPL_SYNTAX_ERROR);
    ck_assert_str_eq(machine.vm->error.name, "broken");
    ck_assert_uint_eq(machine.vm->error.line, 2);
    machine_render(&machine, "{{ 1 / 0 }}");
    ck_assert_str_eq(machine.vm->error.name, "");
    machine_fini(&machine);
}
END_TEST

START_TEST(without_a_loader_there_are_no_other_templates)
{
    struct machine machine;

    machine_init(&machine);
    ck_assert_str_eq(machine_render(&machine, "{% include 'plain' ignore missing %}a"), "a");
    ck_assert_str_eq(machine_render(&machine, "{% include 'plain' %}a"), "TemplateNotFound: plain");
    machine_fini(&machine);
}
END_TEST

CASES_MAIN("import", ROWS(templates_use_others_as_in_jinja, imports),
           ONCE(an_error_names_the_template_that_it_happened_in),
           ONCE(without_a_loader_there_are_no_other_templates))
