/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled templates: what they keep, how large they are, and that they and machines are used again. */
#include <malloc.h>
#include <pthread.h>

#include "render_machine.h"
#include "support/cases.h"

START_TEST(a_template_keeps_its_source_without_the_blanks_around_it)
{
    struct machine machine;

    machine_init(&machine);
    struct tmpl_template *template = machine_compile(&machine, " \n {{ 1 }} a\t\n");
    ck_assert_str_eq(tmpl_source(template), "{{ 1 }} a");
    tmpl_unref(template);
    machine_fini(&machine);
}
END_TEST

START_TEST(an_importable_template_keeps_its_blanks)
{
    struct machine machine;
    struct tmpl_error error;

    machine_init(&machine);
    struct tmpl_template *template = tmpl_compile(machine.env, " {{ 1 }} ", 9, "name", &error);
    ck_assert_str_eq(tmpl_source(template), " {{ 1 }} ");
    tmpl_unref(template);
    machine_fini(&machine);
}
END_TEST

START_TEST(the_source_may_go_when_it_is_compiled)
{
    struct machine machine;
    struct tmpl_error error;
    char source[] = "{{ 'text' }}{% set name = {'key': 1} %}{{ name.key }}{{ '\\n|\\n' }}|";

    machine_init(&machine);
    struct tmpl_template *template =
        tmpl_compile(machine.env, source, strlen(source), NULL, &error);
    memset(source, 'x', sizeof(source));
    ck_assert_int_eq(machine_run_template(&machine, template, NULL, 0), 0);
    ck_assert_str_eq(machine.text.data, "text1\n|\n|");
    tmpl_unref(template);
    machine_fini(&machine);
}
END_TEST

START_TEST(a_template_lives_as_long_as_somebody_has_it)
{
    struct machine machine;

    machine_init(&machine);
    struct tmpl_template *template = machine_compile(&machine, "{{ 1 }}");
    struct tmpl_template *other = tmpl_ref(template);
    ck_assert_ptr_null(tmpl_unref(template));
    ck_assert_int_eq(machine_run_template(&machine, other, NULL, 0), 0);
    tmpl_unref(other);
    ck_assert_ptr_null(tmpl_unref(NULL));
    ck_assert_ptr_null(tmpl_vm_destroy(NULL));
    ck_assert_ptr_null(tmpl_env_destroy(NULL));
    machine_fini(&machine);
}
END_TEST

static const struct {
    const char *text;
    bool is;
} texts[] = {
    { "{{ 1 }}", true }, { "a {% b", true },  { "{#", true },    { "", false },  { "{", false },
    { "{ {", false },    { "}}%}#}", false }, { "a{a{%", true }, { "{{", true },
};

START_TEST(a_text_with_a_tag_needs_rendering)
{
    ck_assert_int_eq(tmpl_is_template_text(texts[_i].text, strlen(texts[_i].text)), texts[_i].is);
}
END_TEST

START_TEST(an_ordinary_template_takes_less_than_a_kilobyte)
{
    static const char *const ordinary[] = {
        "{{ state_attr('sensor.x', 'a') | float(0) * 2 + 1 }}",
        "{% set t = as_timestamp(value) %}{% if t > 18 and t < 24 %}warm{% elif t >= 24 %}hot"
        "{% else %}cold{% endif %} at {{ now() }}",
        "{% for item in items if item.state == 'on' %}{{ item.name }}{{ ', ' if not loop.last }}"
        "{% else %}none{% endfor %}",
    };
    struct machine machine;

    machine_init(&machine);
    for (size_t i = 0; i < 3; i++) {
        struct tmpl_template *template = machine_compile(&machine, ordinary[i]);
        ck_assert_uint_le(tmpl_size(template), 1024);
        tmpl_unref(template);
    }
    machine_fini(&machine);
}
END_TEST

START_TEST(a_machine_used_again_allocates_nothing)
{
    static const char *const sources[] = {
        "{{ 1 + 1 }} {% for i in range(100) %}{{ i }}{% endfor %}",
        "{% macro m(a, b=2) %}{{ a ~ b }}{% endmacro %}{{ m(1) }}{{ {'a': [1]}.a[0] }}",
        ("{% set ns = namespace(n=0) %}{% for i in 'abc' %}{% set ns.n = loop.index %}{% endfor %}"
         "{{ 'a,b'.split(',') | join('-') }}{{ ns.n }}"),
    };
    struct machine machine;

    machine_init(&machine);
    for (size_t i = 0; i < 3; i++) {
        struct tmpl_template *template = machine_compile(&machine, sources[i]);
        for (unsigned round = 0; round < 3; round++)
            ck_assert_int_eq(machine_run_template(&machine, template, NULL, 0), 0);
        size_t before = mallinfo2().uordblks;
        for (unsigned round = 0; round < 10; round++)
            ck_assert_int_eq(machine_run_template(&machine, template, NULL, 0), 0);
        ck_assert_uint_eq(mallinfo2().uordblks, before);
        tmpl_unref(template);
    }
    machine_fini(&machine);
}
END_TEST

START_TEST(the_code_can_be_shown)
{
    struct machine machine;

    machine_init(&machine);
    struct tmpl_template *template = machine_compile(
        &machine, "{% for i in [1] %}{{ x.y | upper }}{% endfor %}{% macro m() %}{{ i }}"
                  "{% endmacro %}{{ m() }}{% include 'a' %}");
    tmpl_disassemble(template, &machine.text);
    static const char *const parts[] = { "CONTEXT x", "ATTR y", "FILTER upper 1", "NEXT",
                                         "MACRO",     "LOCALS", "RETURN" };
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        ck_assert_msg(strstr(machine.text.data, parts[i]) != NULL, "%s in\n%s", parts[i],
                      machine.text.data);
    tmpl_unref(template);
    machine_fini(&machine);
}
END_TEST

static void *render_elsewhere(void *userdata)
{
    const struct tmpl_template *template = userdata;
    struct tmpl_vm *vm = tmpl_vm_create();
    autobuf out = HASS_BUF_INIT;
    const struct tmpl_render how = { 0 };

    for (unsigned i = 0; i < 200; i++) {
        hass_buf_clear(&out);
        if (tmpl_render(vm, template, &how, &out) < 0 || strcmp(out.data, "012 [1, 'a']") != 0)
            return userdata;
    }
    tmpl_vm_destroy(vm);
    return NULL;
}

START_TEST(one_template_is_rendered_on_several_threads)
{
    struct machine machine;
    pthread_t threads[4];

    machine_init(&machine);
    struct tmpl_template *template =
        machine_compile(&machine, "{% for i in range(3) %}{{ i }}{% endfor %} {{ [1, 'a'] }}");
    for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, render_elsewhere, template), 0);
    for (size_t i = 0; i < 4; i++) {
        void *result = NULL;
        pthread_join(threads[i], &result);
        ck_assert_ptr_null(result);
    }
    tmpl_unref(template);
    machine_fini(&machine);
}
END_TEST

START_TEST(a_long_template_has_its_places)
{
    struct machine machine;
    autobuf source = HASS_BUF_INIT;

    machine_init(&machine);
    for (unsigned i = 0; i < 3000; i++)
        hass_buf_printf(&source, "{%% set variable_%u = %u %%}\n", i, i);
    hass_buf_add_string(&source, "{{ variable_2999 }} {{ 1 // 0 }}");
    machine_render(&machine, source.data);
    ck_assert_int_eq(machine.vm->error.class, TMPL_ZERO_DIVISION_ERROR);
    ck_assert_uint_eq(machine.vm->error.line, 3001);
    machine_fini(&machine);
}
END_TEST

CASES_MAIN("template", ONCE(a_template_keeps_its_source_without_the_blanks_around_it),
           ONCE(an_importable_template_keeps_its_blanks),
           ONCE(the_source_may_go_when_it_is_compiled),
           ONCE(a_template_lives_as_long_as_somebody_has_it),
           ROWS(a_text_with_a_tag_needs_rendering, texts),
           ONCE(an_ordinary_template_takes_less_than_a_kilobyte),
           ONCE(a_machine_used_again_allocates_nothing), ONCE(the_code_can_be_shown),
           ONCE(one_template_is_rendered_on_several_threads), ONCE(a_long_template_has_its_places))
