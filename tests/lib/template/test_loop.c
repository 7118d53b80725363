/* SPDX-License-Identifier: Apache-2.0 */
/* for, its conditions and else, break and continue, and the object `loop`. */
#include "render_machine.h"
#include "support/cases.h"

static const struct rendering loops[] = {
    { "{% for i in [3, 1] %}{{ i }},{% endfor %}{% for c in 'äb' %}{{ c }}.{% endfor %}",
      "3,1,ä.b." },
    { "{% for k in {'x': 1} %}{{ k }}{% endfor %}{% for k, v in {'x': 1}.items() %}{{ k }}{{ v }}"
      "{% endfor %}",
      "xx1" },
    { "{% for i in range(2, 9, 3) %}{{ i }}{% endfor %} {% for i in range(3, 0, -1) %}{{ i }}"
      "{% endfor %} {% for i in range(0) %}x{% endfor %}",
      "258 321" },
    { "{% for i in [] %}x{% else %}none{% endfor %}{% for i in [1] %}x{% else %}none{% endfor %}",
      "nonex" },
    { "{% for i in none %}{% endfor %}", "TypeError: 'NoneType' object is not iterable" },
    { "{% for i in nope %}x{% else %}empty{% endfor %}", "empty" },
    { "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "123" },
    { "{% for a, b in [(1, 2, 3)] %}{% endfor %}",
      "ValueError: too many values to unpack (expected 2)" },
    /* conditions */
    { "{% for i in range(10) if i % 3 == 0 %}{{ i }} {% endfor %}", "0 3 6 9" },
    { "{% for i in [1, 2] if i > 5 %}x{% else %}none{% endfor %}", "none" },
    { "{% for i in range(6) if i is odd %}{{ loop.index }}/{{ loop.length }}:{{ i }} {% endfor %}",
      "1/3:1 2/3:3 3/3:5" },
    { "{% for a, b in [(1, 2), (3, 4)] if a > 1 %}{{ a }}{{ b }}{{ loop.length }}{% endfor %}",
      "341" },
    { "{% for i in range(40) if i > 37 %}{{ i }}{{ loop.last }}{% endfor %}", "38False39True" },
    /* a round that was not completed counts for else, as in Jinja */
    { "{% for i in [1] %}{% break %}{% else %}else{% endfor %}", "else" },
    { "{% for i in [1] %}{% continue %}{% else %}else{% endfor %}", "else" },
    { "{% for i in [1, 2] %}{% if i == 2 %}{% break %}{% endif %}{% else %}else{% endfor %}.",
      "." },
    { "{% for i in [1, 2] %}{% if loop.last %}{% break %}{% endif %}{% else %}e{% endfor %}.",
      "." },
    /* break and continue */
    { "{% for i in range(10) %}{% if i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}", "012" },
    { "{% for i in range(5) %}{% if i is even %}{% continue %}{% endif %}{{ i }}{% endfor %}",
      "13" },
    { "{% for a in '12' %}{% for b in 'xyz' %}{% if b == 'y' %}{% break %}{% endif %}{{ a }}{{ b }}"
      "{% endfor %}{% endfor %}",
      "1x2x" },
    { "{% for x in [1, 2] %}{% set q %}a{% if x == 1 %}{% continue %}{% endif %}b{% endset %}"
      "{{ q }}{% endfor %}.",
      "ab." },
    { "{% for x in [1, 2] %}{% filter upper %}a{% if x == 2 %}{% break %}{% endif %}b{% endfilter "
      "%}"
      "{% endfor %}.",
      "AB." },
    { "{% for x in [1] %}{% autoescape true %}{% break %}{% endautoescape %}{% endfor %}{{ '<' }}",
      "<" },
    { "{% break %}", "compile: TemplateSyntaxError: 'break' outside loop" },
    { "{% for i in [1] %}{% macro m() %}{% continue %}{% endmacro %}{% endfor %}",
      "compile: TemplateSyntaxError: 'continue' not properly in loop" },
    { "{% for i in [1] %}{% else %}{% break %}{% endfor %}",
      "compile: TemplateSyntaxError: 'break' outside loop" },
    /* loop */
    { "{% for x in 'ab' %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }} "
      "{% endfor %}",
      "1021 2110" },
    { "{% for x in range(3) %}{{ loop.first }}{{ loop.last }}{{ loop.length }} {% endfor %}",
      "TrueFalse3 FalseFalse3 FalseTrue3" },
    { "{% for x in [1, 2] %}[{{ loop.previtem }}{{ x }}{{ loop.nextitem }}]{% endfor %}",
      "[12][12]" },
    { "{% for x in [1] %}{{ loop.previtem.x }}{% endfor %}",
      "UndefinedError: there is no previous item" },
    { "{% for x in [1] %}{{ loop.nextitem.x }}{% endfor %}",
      "UndefinedError: there is no next item" },
    { "{% for x in range(5) %}{{ loop.cycle('a', 'b') }}{% endfor %}", "ababa" },
    { "{% for x in [1] %}{{ loop.cycle() }}{% endfor %}", "TypeError: no items for cycling given" },
    { "{% for x in [1, 1, 2, 2, 1] %}{{ '*' if loop.changed(x) }}{{ x }}{% endfor %}", "*11*22*1" },
    { "{% for x in [1, 1, 2] %}{{ loop.changed(x, 'k') }} {% endfor %}", "True False True" },
    { "{% for x in [1, 1, 1] %}{{ loop.changed(*([1, 2] if loop.first else [1])) }}{% endfor %}",
      "TrueTrueFalse" },
    { "{% for x in [1] %}{{ loop }}{{ loop.depth }}{{ loop.depth0 }}{% endfor %}",
      "<LoopContext 1/1>10" },
    { "{% for a in 'xy' %}{% set outer = loop %}{% for b in '12' %}{{ outer.index }}{{ loop.index "
      "}} "
      "{% endfor %}{% endfor %}",
      "11 12 21 22" },
    { "{% for i in [1, 2] %}{% macro m() %}{{ loop.index }}{% endmacro %}{{ m() }}{% endfor %}",
      "12" },
    { "[{{ loop }}]{% for x in [] %}{% else %}{{ loop is defined }}{% endfor %}", "[]False" },
    { "{% for x in [1] %}{{ loop.nope }}{{ loop._x }}{{ loop['index'] }}{% endfor %}", "1" },
    { "{% for i in [1] %}{{ loop([2]) }}{% endfor %}",
      "TypeError: The loop must have the 'recursive' marker to be called recursively." },
    { "{% for loop in [1] %}{% endfor %}",
      "compile: TemplateAssertionError: Can't assign to special loop variable in for-loop target" },
    /* recursive ones */
    { "{% for n in [{'v': 1, 'c': [{'v': 2, 'c': []}, {'v': 3, 'c': []}]}] recursive %}"
      "({{ n.v }}@{{ loop.depth }}{{ loop(n.c) }}){% endfor %}",
      "(1@1(2@2)(3@2))" },
    { "{% for x in [1, [2, [3]]] recursive %}{% if x is iterable %}<{{ loop(x) }}>{% else %}{{ x }}"
      "{{ loop.depth0 }}{% endif %}{% else %}E{% endfor %}",
      "10<21<32>>" },
    { "{% for x in [[]] recursive %}{{ loop(x) }}{% else %}E{% endfor %}", "E" },
    { "{% for x in [1, 2, 3] recursive if x != 2 %}{{ x }}{{ loop.length }}{% endfor %}",
      "compile: TemplateSyntaxError: expected token 'end of statement block', got 'if'" },
    { "{% for x in [1, 2, 3] if x != 2 recursive %}{{ x }}{{ loop.length }}{% endfor %}", "1232" },
    { "{% macro m(x) %}{% for i in [1, 2] recursive %}{{ x }}{{ i }}{% endfor %}{% endmacro %}"
      "{{ m(8) }}",
      "8182" },
    { "{% for i in [1, 2] recursive %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}",
      "12" },
    { "{% for x in [1] recursive %}{{ loop() }}{% endfor %}",
      "TypeError: loop() takes 1 positional argument but 0 were given" },
};

START_TEST(loops_go_round_as_jinjas_do)
{
    CHECK_RENDERING(loops[_i]);
}
END_TEST

START_TEST(a_range_is_not_made_a_list_to_be_walked_over)
{
    struct machine machine;

    machine_init(&machine);
    machine.limits.memory = 65536;
    ck_assert_str_eq(machine_render(&machine, "{% for i in range(100000) %}{% endfor %}"
                                              "{% for i in range(50000) %}{% if loop.last %}{{ i }}"
                                              "{% endif %}{% endfor %}"),
                     "49999");
    machine_fini(&machine);
}
END_TEST

CASES_MAIN("loop", ROWS(loops_go_round_as_jinjas_do, loops),
           ONCE(a_range_is_not_made_a_list_to_be_walked_over))
