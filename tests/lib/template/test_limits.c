/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of a render: what is at them passes, what is one beyond does not, and the error names the limit. */
#include "render_machine.h"
#include "support/cases.h"

static const char *render_limited(struct machine *machine, struct tmpl_limits limits,
                                  const char *source)
{
    machine->limits = limits;
    return machine_render(machine, source);
}

START_TEST(output_is_counted_in_characters)
{
    const struct tmpl_limits ten = { .output = 10 };
    struct machine machine;

    machine_init(&machine);
    ck_assert_str_eq(render_limited(&machine, ten, "0123456789"), "0123456789");
    ck_assert_str_eq(render_limited(&machine, ten, "0123456789a"),
                     "LimitError: the template prints more than 10 characters");
    ck_assert_str_eq(render_limited(&machine, ten, "äöüäöü{{ 'äöüß' }}"), "äöüäöüäöüß");
    ck_assert_str_eq(render_limited(&machine, ten, "äöüäöü{{ 'äöüß' }}{{ 1 }}"),
                     "LimitError: the template prints more than 10 characters");
    ck_assert_str_eq(render_limited(&machine, ten, "{% for i in range(10) %}ä{% endfor %}"),
                     "ääääääääää");
    ck_assert_str_eq(render_limited(&machine, ten, "{% for i in range(11) %}ä{% endfor %}"),
                     "LimitError: the template prints more than 10 characters");
    ck_assert_str_eq(render_limited(&machine, ten, "{{ 1.5 }}{{ [1, 2, 3] }}"),
                     "LimitError: the template prints more than 10 characters");
    machine_fini(&machine);
}
END_TEST

START_TEST(a_text_that_is_not_printed_does_not_count_as_output)
{
    const struct tmpl_limits ten = { .output = 10 };
    struct machine machine;

    machine_init(&machine);
    ck_assert_str_eq(render_limited(&machine, ten,
                                    "{% set x %}{% for i in range(50) %}ab{% endfor %}{% endset %}"
                                    "{{ x | length }}"),
                     "100");
    ck_assert_str_eq(render_limited(&machine, ten,
                                    "{% macro m() %}{{ 'ab' * 50 }}{% endmacro %}{{ m() | length }}"
                                    "{% set y %}0123456{% endset %}{{ y }}"),
                     "1000123456");
    machine_fini(&machine);
}
END_TEST

START_TEST(the_usual_output_is_that_of_the_model)
{
    struct machine machine;

    machine_init(&machine);
    ck_assert_uint_eq(strlen(machine_render(&machine, "{{ 'x' * 262144 }}")), 262144);
    ck_assert_str_eq(machine_render(&machine, "{{ 'x' * 262145 }}"),
                     "LimitError: the template prints more than 262144 characters");
    machine_fini(&machine);
}
END_TEST

START_TEST(steps_are_counted_in_loops_macros_and_filters)
{
    struct machine machine;
    static const char *const long_ones[] = {
        "{% for i in range(1000) %}{% for j in range(1000) %}{% endfor %}{% endfor %}",
        ("{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}"
         "{{ m(14) }}"),
        "{% for i in range(30) %}{{ range(10000) | list | length }}{% endfor %}",
        "{% for i in range(30) %}{% set x = range(10000) | sum %}{% endfor %}",
    };

    machine_init(&machine);
    for (size_t i = 0; i < sizeof(long_ones) / sizeof(*long_ones); i++) {
        render_limited(&machine, (struct tmpl_limits){ 0 }, long_ones[i]);
        ck_assert(!machine.vm->raised);
        ck_assert_ptr_nonnull(
            strstr(render_limited(&machine, (struct tmpl_limits){ .steps = 50000 }, long_ones[i]),
                   "LimitError: the template takes more than 50000 steps"));
    }
    machine_fini(&machine);
}
END_TEST

START_TEST(steps_below_the_limit_pass)
{
    struct machine machine;
    size_t steps = 1;
    const char *source = "{% for i in range(10) %}{{ i }}{% endfor %}";

    machine_init(&machine);
    while (strcmp(render_limited(&machine, (struct tmpl_limits){ .steps = steps }, source),
                  "0123456789") != 0)
        steps++;
    /* The least number that does is some instructions a round. */
    ck_assert_uint_ge(steps, 20);
    ck_assert_uint_le(steps, 100);
    ck_assert_str_eq(render_limited(&machine, (struct tmpl_limits){ .steps = steps + 1 }, source),
                     "0123456789");
    machine_fini(&machine);
}
END_TEST

START_TEST(memory_is_limited)
{
    const struct tmpl_limits some = { .memory = 1 << 20, .output = 1 << 24 };
    struct machine machine;
    static const char *const large[] = {
        "{{ 'x' * 2000000 }}",
        "{{ range(100000) | list }}",
        "{% set ns = namespace(t='x' * 1000) %}{% for i in range(20) %}{% set ns.t = ns.t ~ ns.t %}"
        "{% endfor %}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(30) %}{% set ns.l = ns.l + ns.l %}"
        "{% endfor %}",
        "{% set x %}{% for i in range(100000) %}0123456789abcdefghij{% endfor %}{% endset %}",
        "{% macro m() %}{{ 'x' * 100000 }}{% endmacro %}{% for i in range(20) %}{% set y = m() %}"
        "{% endfor %}",
        "{% for i in range(1000) %}{% set x = [i, i, i, i] %}{% for j in range(100) %}"
        "{% set y = [i, j, i, j, i, j] %}{% endfor %}{% endfor %}",
    };

    machine_init(&machine);
    for (size_t i = 0; i < sizeof(large) / sizeof(*large); i++)
        ck_assert_msg(strstr(render_limited(&machine, some, large[i]), "LimitError") != NULL &&
                          strstr(machine.text.data, "memory") != NULL,
                      "%s: %.100s", large[i], machine.text.data);
    /* An eighth of it at once. */
    ck_assert_str_eq(render_limited(&machine, some, "{{ ('x' * 131072) | length }}"), "131072");
    ck_assert_ptr_nonnull(
        strstr(render_limited(&machine, some, "{{ ('x' * 131073) | length }}"), "131072 at once"));
    /* What is put together is not output yet, however little of that is allowed. */
    render_limited(&machine, (struct tmpl_limits){ .memory = 1 << 20, .output = 10 }, large[4]);
    ck_assert_ptr_nonnull(strstr(machine.text.data, "memory"));
    machine_fini(&machine);
}
END_TEST

START_TEST(a_machine_does_not_keep_what_a_large_render_has_taken)
{
    struct machine machine;

    machine_init(&machine);
    ck_assert_str_eq(machine_render(&machine, "{{ ('x' * 8000000) | length }}"), "8000000");
    ck_assert_uint_lt(arena_size(&machine.vm->heap.arena), 1 << 20);
    ck_assert_str_eq(machine_render(&machine, "{{ [1] + [2] }}"), "[1, 2]");
    machine_fini(&machine);
}
END_TEST

START_TEST(depth_counts_macros_includes_and_loops)
{
    const struct tmpl_limits five = { .depth = 5 };
    const char *source = "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{% else %}end{% endif %}"
                         "{% endmacro %}{{ f(3) }}";
    struct machine machine;

    machine_init(&machine);
    ck_assert_str_eq(render_limited(&machine, five, source), "end");
    const char *too_deep =
        "LimitError: macros and includes lie more than 5 deep within each other: "
        "does one call itself without an end?";
    ck_assert_str_eq(render_limited(&machine, five,
                                    "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{% else %}end"
                                    "{% endif %}{% endmacro %}{{ f(4) }}"),
                     too_deep);
    ck_assert_str_eq(render_limited(&machine, five,
                                    "{% for x in [[[[]]]] recursive %}.{{ loop(x) }}{% endfor %}"),
                     "...");
    ck_assert_str_eq(
        render_limited(&machine, five,
                       "{% for x in [[[[[]]]]] recursive %}.{{ loop(x) }}{% endfor %}"),
        too_deep);
    machine_fini(&machine);
}
END_TEST

START_TEST(a_macro_that_calls_itself_ends)
{
    struct machine machine;

    machine_init(&machine);
    ck_assert_str_eq(machine_render(&machine, "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"),
                     "LimitError: macros and includes lie more than 200 deep within each other: "
                     "does one call itself without an end?");
    ck_assert_str_eq(machine_render(&machine, "{{ 1 }}"), "1");
    machine_fini(&machine);
}
END_TEST

/* Calls a macro from C, which takes C's stack. */
static int call_back(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    const struct tmpl_call none = { 0 };

    return tmpl_call(vm, &call->args[0], &none, ret_value);
}

START_TEST(functions_and_macros_that_call_each_other_end)
{
    static const struct tmpl_function table[] = {
        { "call_back", call_back, "callee", TMPL_GLOBAL },
    };
    struct machine machine;

    machine_init(&machine);
    tmpl_env_add(machine.env, &(const struct tmpl_functions){ table, 1 });
    ck_assert_ptr_nonnull(
        strstr(machine_render(&machine,
                              "{% macro f() %}{{ call_back(f) }}{% endmacro %}{{ call_back(f) }}"),
               "LimitError: functions and macros lie more than"));
    machine_fini(&machine);
}
END_TEST

START_TEST(many_slots_do_not_overrun_the_stack)
{
    struct machine machine;
    autobuf source = HASS_BUF_INIT;

    machine_init(&machine);
    hass_buf_add_string(&source, "{% macro f() %}");
    for (unsigned i = 0; i < 500; i++)
        hass_buf_printf(&source, "{%% set v%u = %u %%}", i, i);
    hass_buf_add_string(&source, "{{ f() }}{% endmacro %}{{ f() }}");
    ck_assert_ptr_nonnull(strstr(machine_render(&machine, source.data), "LimitError"));
    machine_fini(&machine);
}
END_TEST

START_TEST(time_is_asked_for_every_few_thousand_steps)
{
    struct machine machine;

    machine_init(&machine);
    machine.limits.usec = 100000;
    machine.tick = 60000;
    /* Once when it begins, once after a slice: not yet over. */
    ck_assert_str_eq(machine_render(&machine, "{% for i in range(2500) %}{% endfor %}a"), "a");
    ck_assert_str_eq(machine_render(&machine, "{% for i in range(20000) %}{% endfor %}a"),
                     "LimitError: the template takes longer than 100 ms: look at fewer values or "
                     "loop less often");
    machine.tick = 0;
    ck_assert_str_eq(machine_render(&machine, "{% for i in range(90000) %}{% endfor %}a"), "a");
    machine_fini(&machine);
}
END_TEST

START_TEST(a_source_that_is_too_large_is_refused)
{
    struct tmpl_env *env = tmpl_env_create();
    struct tmpl_error error;
    char *source = mem_alloc(TMPL_MAX_SOURCE + 1);

    memset(source, 'x', TMPL_MAX_SOURCE + 1);
    struct tmpl_template *template = tmpl_compile(env, source, TMPL_MAX_SOURCE, NULL, &error);
    ck_assert_ptr_nonnull(template);
    tmpl_unref(template);
    ck_assert_ptr_null(tmpl_compile(env, source, TMPL_MAX_SOURCE + 1, NULL, &error));
    ck_assert_int_eq(error.class, TMPL_LIMIT_ERROR);
    free(source);
    tmpl_env_destroy(env);
}
END_TEST

START_TEST(arguments_and_members_are_limited)
{
    struct machine machine;
    autobuf source = HASS_BUF_INIT;

    machine_init(&machine);
    hass_buf_add_string(&source, "{{ 'a'.format(0");
    for (unsigned i = 1; i < 254; i++)
        hass_buf_add_string(&source, ",1");
    ck_assert_uint_eq(source.length, strlen("{{ 'a'.format(0") + 253 * 2);
    hass_buf_add_string(&source, ") }}");
    ck_assert_str_eq(machine_render(&machine, source.data), "a");
    source.length -= 4;
    hass_buf_add_string(&source, ",1) }}");
    ck_assert_str_eq(machine_render(&machine, source.data),
                     "compile: TemplateSyntaxError: more than 254 arguments");
    machine_fini(&machine);
}
END_TEST

CASES_MAIN("limits", ONCE(output_is_counted_in_characters),
           ONCE(a_text_that_is_not_printed_does_not_count_as_output),
           ONCE(the_usual_output_is_that_of_the_model),
           ONCE(steps_are_counted_in_loops_macros_and_filters), ONCE(steps_below_the_limit_pass),
           ONCE(memory_is_limited), ONCE(a_machine_does_not_keep_what_a_large_render_has_taken),
           ONCE(depth_counts_macros_includes_and_loops), ONCE(a_macro_that_calls_itself_ends),
           ONCE(functions_and_macros_that_call_each_other_end),
           ONCE(many_slots_do_not_overrun_the_stack),
           ONCE(time_is_asked_for_every_few_thousand_steps),
           ONCE(a_source_that_is_too_large_is_refused), ONCE(arguments_and_members_are_limited))
