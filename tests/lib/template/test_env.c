/* SPDX-License-Identifier: Apache-2.0 */
/* The environment: what names of functions, filters, tests and globals are, in full and in limited renders. */
#include "render_machine.h"
#include "support/cases.h"

static int say_one(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    *ret_value = tmpl_string_static("one");
    return 0;
}

static int say_two(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    *ret_value = tmpl_string_static("two");
    return 0;
}

static const struct tmpl_function first[] = {
    { "word", say_one, "", TMPL_GLOBAL },
    { "word", say_one, "value", TMPL_FILTER },
    { "word", say_one, "value", TMPL_TEST },
    { "both", say_one, "? value", TMPL_GLOBAL | TMPL_FILTER },
    { "both.part", say_two, "? value", TMPL_GLOBAL },
};
static const struct tmpl_function second[] = {
    { "word", say_two, "", TMPL_GLOBAL },
};

START_TEST(functions_filters_and_tests_have_names_of_their_own)
{
    struct tmpl_env *env = tmpl_env_create();

    tmpl_env_add(env, &(const struct tmpl_functions){ first, 5 });
    ck_assert_ptr_eq(tmpl_env_find(env, TMPL_GLOBAL, "word", 4), &first[0]);
    ck_assert_ptr_eq(tmpl_env_find(env, TMPL_FILTER, "word", 4), &first[1]);
    ck_assert_ptr_eq(tmpl_env_find(env, TMPL_TEST, "word", 4), &first[2]);
    ck_assert_ptr_eq(tmpl_env_find(env, TMPL_FILTER, "both", 4), &first[3]);
    ck_assert_ptr_null(tmpl_env_find(env, TMPL_TEST, "both", 4));
    ck_assert_ptr_null(tmpl_env_find(env, TMPL_GLOBAL, "wor", 3));
    tmpl_env_destroy(env);
}
END_TEST

START_TEST(a_later_table_replaces_what_has_the_same_name)
{
    struct machine machine;

    machine_init(&machine);
    tmpl_env_add(machine.env, &(const struct tmpl_functions){ first, 5 });
    tmpl_env_add(machine.env, &(const struct tmpl_functions){ second, 1 });
    ck_assert_str_eq(machine_render(&machine, "{{ word() }} {{ 1 | word }}"), "two one");
    machine_fini(&machine);
}
END_TEST

START_TEST(a_global_may_be_a_value)
{
    struct machine machine;
    struct tmpl_value value;

    machine_init(&machine);
    tmpl_env_set_global(machine.env, "answer", tmpl_int(42));
    ck_assert_str_eq(machine_render(&machine, "{{ answer }}{% set answer = 1 %}{{ answer }}"),
                     "421");
    ck_assert_int_eq(tmpl_env_global(machine.env, "answer", 6, &value), 1);
    ck_assert_int_eq(value.integer, 42);
    ck_assert_int_eq(tmpl_env_global(machine.env, "range", 5, &value), 1);
    ck_assert(tmpl_is_callable(&value));
    ck_assert_int_eq(tmpl_env_global(machine.env, "nothing", 7, &value), 0);
    machine_fini(&machine);
}
END_TEST

START_TEST(functions_are_values)
{
    struct machine machine;

    machine_init(&machine);
    tmpl_env_add(machine.env, &(const struct tmpl_functions){ first, 5 });
    ck_assert_str_eq(machine_render(&machine, "{{ both }} {% set f = both %}{{ f() }} "
                                              "{{ both.part() }}{{ both.nope is defined }}"),
                     "<function both> one twoFalse");
    ck_assert_str_eq(machine_render(&machine, "{{ both.nope.x }}"),
                     "UndefinedError: 'function object' has no attribute 'nope'");
    machine_fini(&machine);
}
END_TEST

START_TEST(the_nearest_name_is_one_of_the_same_kind)
{
    struct tmpl_env *env = tmpl_env_create();

    tmpl_env_add(env, &(const struct tmpl_functions){ first, 5 });
    ck_assert_str_eq(tmpl_env_nearest(env, TMPL_GLOBAL, "rnge", 4), "range");
    ck_assert_str_eq(tmpl_env_nearest(env, TMPL_FILTER, "uper", 4), "upper");
    ck_assert_str_eq(tmpl_env_nearest(env, TMPL_TEST, "definde", 7), "defined");
    ck_assert_ptr_null(tmpl_env_nearest(env, TMPL_TEST, "quxquxqux", 9));
    char word[200];
    memset(word, 'x', sizeof(word));
    ck_assert_ptr_null(tmpl_env_nearest(env, TMPL_TEST, word, sizeof(word)));
    tmpl_env_destroy(env);
}
END_TEST

static const struct tmpl_function restricted[] = {
    { "live", say_one, "", TMPL_GLOBAL | TMPL_NOT_LIMITED },
    { "gone", say_one, "value", TMPL_FILTER | TMPL_TEST | TMPL_ABSENT_LIMITED },
    { "gone", say_one, "", TMPL_GLOBAL | TMPL_ABSENT_LIMITED },
    { "free", say_one, "? value", TMPL_GLOBAL | TMPL_FILTER },
};

static const struct {
    const char *source, *full, *limited;
} restrictions[] = {
    { "{{ live() }}", "TypeError: 'int' object is not callable",
      "TemplateError: Use of 'live' is not supported in limited "
      "templates" },
    { "{{ live.x.y }}", "UndefinedError: 'int object' has no attribute 'x'",
      "UndefinedError: 'function object' has no attribute 'x'" },
    { "{{ 1 | gone }}", "one", "TemplateRuntimeError: No filter named 'gone' found." },
    { "{{ 1 is gone }}", "True", "TemplateRuntimeError: No test named 'gone' found." },
    { "{{ [1] | map('gone') | list }}", "['one']",
      "TemplateRuntimeError: No filter named 'gone'." },
    { "{{ gone() }}", "one", "UndefinedError: 'gone' is undefined" },
    { "{{ free() }}{{ 1 | free }}", "oneone", "oneone" },
    { "{{ live() if false else 'fine' }}", "fine", "fine" },
};

START_TEST(limited_renders_refuse_or_miss_what_is_marked)
{
    struct machine machine;

    machine_init(&machine);
    tmpl_env_add(machine.env, &(const struct tmpl_functions){ restricted, 4 });
    tmpl_env_set_global(machine.env, "live", tmpl_int(5));
    ck_assert_str_eq(machine_render(&machine, restrictions[_i].source), restrictions[_i].full);
    machine.limited = true;
    ck_assert_str_eq(machine_render(&machine, restrictions[_i].source), restrictions[_i].limited);
    machine_fini(&machine);
}
END_TEST

CASES_MAIN("env", ONCE(functions_filters_and_tests_have_names_of_their_own),
           ONCE(a_later_table_replaces_what_has_the_same_name), ONCE(a_global_may_be_a_value),
           ONCE(functions_are_values), ONCE(the_nearest_name_is_one_of_the_same_kind),
           ROWS(limited_renders_refuse_or_miss_what_is_marked, restrictions))
