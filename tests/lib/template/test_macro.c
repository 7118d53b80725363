/* SPDX-License-Identifier: Apache-2.0 */
/* Macros, call blocks, and how arguments reach macros and functions. */
#include "render_machine.h"
#include "support/cases.h"

static const struct rendering macros[] = {
    { "{% macro f(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}{{ f(1) }} {{ f(1, 5) }} {{ f(b=7, a=1) "
      "}}",
      "1-2 1-5 1-7" },
    { "{% macro f(a, b=a, c=b) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ f(1) }}{{ f(1, 2) }}"
      "{{ f(1, c=5) }}",
      "111122115" },
    { "{% macro f(a=b, b=2) %}[{{ a }}]{% endmacro %}{{ f() }}", "[]" },
    { "{% macro f(a) %}{{ a is defined }}{% endmacro %}{{ f() }}", "False" },
    { "{% macro f(a) %}{{ a.x }}{% endmacro %}{{ f() }}",
      "UndefinedError: parameter 'a' was not provided" },
    { "{% macro f(a=5) %}{{ a }}{% endmacro %}{{ f(none) }}", "None" },
    { "{% macro f(a) %}{% endmacro %}{{ f(1, 2) }}",
      "TypeError: macro 'f' takes not more than 1 argument(s)" },
    { "{% macro f(a) %}{% endmacro %}{{ f(1, z=2) }}",
      "TypeError: macro 'f' takes no keyword argument 'z'" },
    { "{% macro f(a) %}{% endmacro %}{{ f(1, a=2) }}",
      "TypeError: macro 'f' takes no keyword argument 'a'" },
    { "{% macro f(a) %}{{ a }}:{{ varargs }}{{ kwargs }}{% endmacro %}{{ f(1, 2, 3, x=4) }}"
      "{{ f() }}",
      "1:(2, 3){'x': 4}:(){}" },
    { "{% macro f(varargs, kwargs=1) %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ f(2) }}", "21" },
    { "{% macro f(a, b) %}{{ a }}{{ b }}{% endmacro %}{{ f(*[1, 2]) }} {{ f(**{'a': 3, 'b': 4}) }} "
      "{{ f(5, *(6,)) }} {{ f(1, **{'b': 2}) }}",
      "12 34 56 12" },
    { "{% macro f(a, b) %}{% endmacro %}{{ f(b=1, **{'b': 2}) }}",
      "TypeError: got multiple values for keyword argument 'b'" },
    { "{% macro f() %}{% endmacro %}{{ f(**{1: 2}) }}", "TypeError: keywords must be strings" },
    { "{% macro f() %}{% endmacro %}{{ f(**5) }}",
      "TypeError: argument after ** must be a mapping, not int" },
    { "{% macro f() %}{% endmacro %}{{ f(*5) }}", "TypeError: 'int' object is not iterable" },
    /* what they are */
    { "{% macro f() %}5{% endmacro %}{{ f() is string }}{{ f() | int + 1 }}{{ f() == 5 }}",
      "True6False" },
    { "{% macro f() %}{% endmacro %}{{ 'T' if f() else 'F' }}", "F" },
    { "{% macro f() %}<{% endmacro %}{{ f() is escaped }}{% autoescape true %}{{ f() is escaped }}"
      "{{ f() }}{% endautoescape %}",
      "FalseTrue<" },
    { "{% macro f(a, b=1) %}{{ varargs }}{% endmacro %}{{ f.name }} {{ f.arguments }} "
      "{{ f.catch_varargs }} {{ f.catch_kwargs }} {{ f.caller }} {{ f }}",
      "f ('a', 'b') True False False <Macro 'f'>" },
    { "{% macro f() %}{% endmacro %}{{ f is callable }}{{ f.nope is defined }}", "TrueFalse" },
    { "{% macro f() %}{% endmacro %}{{ f._func() }}",
      "SecurityError: access to attribute '_func' of 'Macro' object is unsafe." },
    { "{% macro f() %}1{% endmacro %}{% macro f() %}2{% endmacro %}{{ f() }}", "2" },
    { "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}B{% endmacro %}{{ a() }}", "B" },
    { "{% macro f(x) %}{{ x }}{% endmacro %}{% set g = [f] %}{{ g[0](4) }}", "4" },
    { "{% macro f(n) %}{% if n %}{{ n }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(9) }}",
      "987654321" },
    { "{% if true %}{% macro f() %}in{% endmacro %}{% endif %}{{ f() }}", "in" },
    { "{% macro f(a, a) %}{% endmacro %}",
      "compile: TemplateSyntaxError: duplicate argument 'a' in function definition" },
    /* call blocks */
    { "{% macro box(t) %}[{{ t }}: {{ caller() }}]{% endmacro %}{% call box('T') %}body{% endcall "
      "%}",
      "[T: body]" },
    { "{% macro each(l) %}{% for i in l %}{{ caller(i, loop.index) }}{% endfor %}{% endmacro %}"
      "{% call(x, n) each('ab') %}{{ n }}{{ x }} {% endcall %}",
      "1a 2b" },
    { "{% macro m() %}{{ caller() }}{{ caller(2) }}{% endmacro %}{% call(x=1) m() %}<{{ x }}>"
      "{% endcall %}",
      "<1><2>" },
    { "{% macro m() %}{{ caller }}{{ caller.name }}{% endmacro %}{% call m() %}{% endcall %}",
      "<Macro anonymous>None" },
    { "{% macro m() %}{{ caller(1) }}{% endmacro %}{% call m() %}{% endcall %}",
      "TypeError: macro None takes not more than 0 argument(s)" },
    { "{% macro m() %}x{% endmacro %}{% call m() %}y{% endcall %}",
      "TypeError: macro 'm' was invoked with two values for the special caller argument. This is "
      "most likely a bug." },
    { "{% macro m() %}{{ caller is defined }}{{ caller() }}{% endmacro %}{{ m() }}",
      "UndefinedError: No caller defined" },
    { "{% macro m(caller=3) %}{{ caller }}{{ m.caller }}{{ m.explicit_caller }}{% endmacro %}"
      "{{ m() }}{% call m() %}{% endcall %}",
      "3TrueTrue<Macro anonymous>TrueTrue" },
    { "{% macro m(caller) %}{{ caller }}{% endmacro %}",
      "compile: TemplateAssertionError: When defining macros or call blocks the special \"caller\" "
      "argument must be omitted or be given a default." },
    { "{% macro m() %}{{ caller() }}{% endmacro %}{% macro n() %}{% call m() %}<{{ caller() }}>"
      "{% endcall %}{% endmacro %}{% call n() %}x{% endcall %}",
      "UndefinedError: No caller defined" },
    { "{% macro m() %}{{ caller() }}{% endmacro %}{% for i in [1, 2] %}{% call m() %}{{ i }}"
      "{{ loop.index }}{% endcall %}{% endfor %}",
      "1122" },
    { "{% macro m(a) %}{{ a }}{{ caller() }}{% endmacro %}{% call m(*[1]) %}2{% endcall %}"
      "{% call m(a=3) %}4{% endcall %}",
      "1234" },
    { "{% call range(3) %}{% endcall %}",
      "TypeError: range() got an unexpected keyword argument 'caller'" },
};

START_TEST(macros_take_arguments_as_jinjas_do)
{
    CHECK_RENDERING(macros[_i]);
}
END_TEST

/* A function that shows what it was called with. */
static int show(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    autobuf text = HASS_BUF_INIT;

    for (unsigned i = 0; i < call->count; i++) {
        if (call->args[i].kind == TMPL_ABSENT)
            hass_buf_add_char(&text, '-');
        else if (tmpl_repr(vm, &call->args[i], &text) < 0)
            return -1;
        hass_buf_add_char(&text, ';');
    }
    for (unsigned i = 0; i < call->named; i++) {
        hass_buf_add(&text, call->names[i].text, call->names[i].length);
        hass_buf_add_char(&text, '=');
        if (tmpl_repr(vm, &call->values[i], &text) < 0)
            return -1;
    }
    *ret_value = tmpl_string_of(&vm->heap, &text);
    return 0;
}

static const struct tmpl_function shown[] = {
    { "nothing", show, "", TMPL_GLOBAL | TMPL_UNDEFINED_OK },
    { "two", show, "a b", TMPL_GLOBAL | TMPL_FILTER | TMPL_UNDEFINED_OK },
    { "optional", show, "a ? b c", TMPL_GLOBAL | TMPL_FILTER | TMPL_UNDEFINED_OK },
    { "marked", show, "a ?b ?c", TMPL_GLOBAL },
    { "rest", show, "a *", TMPL_GLOBAL | TMPL_FILTER | TMPL_UNDEFINED_OK },
    { "all", show, "* **", TMPL_GLOBAL | TMPL_UNDEFINED_OK },
    { "last", show, "* ?sep", TMPL_GLOBAL | TMPL_UNDEFINED_OK },
};
static const struct tmpl_functions shown_functions = { shown, sizeof(shown) / sizeof(*shown) };

static const struct rendering bindings[] = {
    { "{{ nothing() }}.", "." },
    { "{{ nothing(1) }}", "TypeError: nothing() takes 0 positional arguments but 1 was given" },
    { "{{ two(1, 2) }} {{ two(1, b=2) }} {{ two(b=2, a=1) }} {{ two(*[1], **{'b': 2}) }}",
      "1;2; 1;2; 1;2; 1;2;" },
    { "{{ two(1) }}", "TypeError: two() missing 1 required positional argument: 'b'" },
    { "{{ two(1, 2, 3) }}", "TypeError: two() takes 2 positional arguments but 3 were given" },
    { "{{ two(1, a=2) }}", "TypeError: two() got multiple values for argument 'a'" },
    { "{{ two(1, 2, c=3) }}", "TypeError: two() got an unexpected keyword argument 'c'" },
    { "{{ optional(1) }} {{ optional(1, 2) }} {{ optional(1, c=3) }}", "1;-;-; 1;2;-; 1;-;3;" },
    { "{{ optional() }}", "TypeError: optional() missing 1 required positional argument: 'a'" },
    { "{{ optional(1, 2, 3, 4) }}",
      "TypeError: optional() takes from 1 to 3 positional arguments but 4 were given" },
    { "{{ marked(1) }}", "1;-;-;" },
    { "{{ marked(nope) }}", "UndefinedError: 'nope' is undefined" },
    { "{{ marked(1, c=nope) }}", "UndefinedError: 'nope' is undefined" },
    { "{{ optional(nope) }}", "Undefined;-;-;" },
    { "{{ 1 | two(2) }} {{ 1 | two(b=2) }} {{ 1 | optional }} {{ 1 | rest(2, 3) }}",
      "1;2; 1;2; 1;-;-; 1;2;3;" },
    { "{{ 1 | two }}", "TypeError: two() missing 1 required positional argument: 'b'" },
    { "{{ rest(1) }} {{ rest(1, 2, 3) }} {{ rest(a=1) }}", "1; 1;2;3; 1;" },
    { "{{ all() }}.{{ all(1, 2) }}.{{ all(1, x=2, y=3) }}", ".1;2;.1;x=2y=3" },
    { "{{ last(1, 2) }} {{ last(1, 2, sep='x') }}", "-;1;2; 'x';1;2;" },
    { "{{ two(1, **{'b': 2}) }} {{ [1] | map('two', 2) | join }} {{ [1] | map('two', b=2) | join "
      "}}",
      "1;2; 1;2; 1;2;" },
    { "{{ two(a=1, a=2) }}", "compile: TemplateSyntaxError: keyword argument repeated: a" },
};

START_TEST(arguments_are_bound_to_the_parameters_of_functions)
{
    struct machine machine;

    machine_init(&machine);
    tmpl_env_add(machine.env, &shown_functions);
    ck_assert_str_eq(machine_render(&machine, bindings[_i].source), bindings[_i].expected);
    machine_fini(&machine);
}
END_TEST

/* Calls what it is given, from C. */
static int call_it(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    const struct tmpl_call rest = { .args = call->args + 1, .count = call->count - 1 };
    struct tmpl_value ignored;

    /* The second call must not be disturbed by what the first one left. */
    if (tmpl_call(vm, &call->args[0], &rest, &ignored) < 0)
        return -1;
    return tmpl_call(vm, &call->args[0], &rest, ret_value);
}

/* As call_it, but an error is answered with "forgiven". */
static int forgive(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    if (call_it(vm, call, ret_value) < 0) {
        tmpl_forgive(vm);
        *ret_value = tmpl_string_static("forgiven");
    }
    return 0;
}

static const struct tmpl_function callers[] = {
    { "call_it", call_it, "callee *", TMPL_GLOBAL | TMPL_UNDEFINED_OK },
    { "forgive", forgive, "callee *", TMPL_GLOBAL | TMPL_UNDEFINED_OK },
};
static const struct tmpl_functions caller_functions = { callers, 2 };

static const struct rendering calls_from_c[] = {
    { "{% macro f(a) %}<{{ a }}>{% endmacro %}a{{ call_it(f, 1) }}b", "a<1>b" },
    { "{% macro f(a) %}{{ a }}{% endmacro %}{% macro g(a) %}[{{ call_it(f, a) }}]{% endmacro %}"
      "{{ call_it(g, 3) ~ call_it(g, 4) }}",
      "[3][4]" },
    { "{{ call_it('a-b'.split, '-') }} {{ call_it(range, 2) | list }}", "['a', 'b'] [0, 1]" },
    { "{% macro f() %}text{{ 1 / 0 }}{% endmacro %}a{{ call_it(f) }}",
      "ZeroDivisionError: division by zero" },
    { "{% macro f() %}text{{ 1 / 0 }}{% endmacro %}a{{ forgive(f) }}b{{ 1 + 1 }}", "aforgivenb2" },
    { "{% macro f() %}{% autoescape true %}{% set x %}q{{ 1 / 0 }}{% endset %}{% endautoescape %}"
      "{% endmacro %}{{ forgive(f) }}{{ '<' }}",
      "forgiven<" },
    { "{% macro f() %}{% autoescape true %}{{ 1 / 0 }}{% endautoescape %}{% endmacro %}"
      "{{ forgive(f) }}{% set x %}<{% endset %}{{ x is escaped }}",
      "forgivenFalse" },
    { "{% for i in [1] recursive %}{% if i %}{{ call_it(loop, [0]) }}{% else %}x{% endif %}"
      "{% endfor %}",
      "x" },
    { "{{ call_it(5) }}", "TypeError: 'int' object is not callable" },
    { "{{ call_it(nope) }}", "UndefinedError: 'nope' is undefined" },
};

START_TEST(functions_call_back_what_they_are_given)
{
    struct machine machine;

    machine_init(&machine);
    tmpl_env_add(machine.env, &caller_functions);
    ck_assert_str_eq(machine_render(&machine, calls_from_c[_i].source), calls_from_c[_i].expected);
    machine_fini(&machine);
}
END_TEST

static const char *const forgiven[] = {
    "{% macro f() %}{% set x %}{{ 1 / 0 }}{% endset %}{% endmacro %}{{ forgive(f) }}",
    "{% macro f(a) %}{% endmacro %}{{ forgive(f, 1, 2) }}",
    "{% macro g(a) %}{% endmacro %}{% macro f() %}{{ g(1, 2) }}{% endmacro %}{{ forgive(f) }}",
};

START_TEST(output_is_limited_after_a_forgiven_error)
{
    struct machine machine;

    machine_init(&machine);
    tmpl_env_add(machine.env, &caller_functions);
    machine.limits.output = 20;
    autofree char *source = mem_printf("%s0123456789ab", forgiven[_i]);
    ck_assert_str_eq(machine_render(&machine, source), "forgiven0123456789ab");
    autofree char *more = mem_printf("%sc", source);
    ck_assert_str_eq(machine_render(&machine, more),
                     "LimitError: the template prints more than 20 characters");
    machine_fini(&machine);
}
END_TEST

CASES_MAIN("macro", ROWS(macros_take_arguments_as_jinjas_do, macros),
           ROWS(arguments_are_bound_to_the_parameters_of_functions, bindings),
           ROWS(functions_call_back_what_they_are_given, calls_from_c),
           ROWS(output_is_limited_after_a_forgiven_error, forgiven))
