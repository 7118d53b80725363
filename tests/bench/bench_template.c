/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The template engine alone; over a real home bench_template_hass.c measures. The floors are what C takes for the work without a language:
 * the same numbers printed into the same buffer, the same texts read and compared, the source of a template looked at byte by byte and
 * copied.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "bench/bench.h"
#include "template/template.h"

enum { ITEMS = 100 };

static const char expression[] = "{{ states('sensor.x')|float(0) * 2 + 1 }}";
static const char counter[] = "{% for i in range(100) %}{{ i }}{% endfor %}";
static const char select_on[] = "{{ items | selectattr('state','eq','on') | list | count }}";
static const char macro[] = "{% macro f(a, b=1) %}{{ a }}{% endmacro %}{{ f(1) }}";
static const char ordinary[] =
    "{% set t = states('sensor.outside') | float(0) %}"
    "{% if t > 24 %}hot{% elif t > 18 and is_day %}warm{% else %}cold{% endif %}, "
    "{{ (t * 9 / 5 + 32) | round(1) }} °F at {{ name | default('home') | title }}";

/* --- what the templates look at --------------------------------------------------------------------- */

/* Stands for the household's function: a look-up by an id. */
static int get_state(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    bool known = tmpl_is_text(&call->args[0], "sensor.x");

    *ret_value = tmpl_string_static(known ? "21.5" : "unknown");
    return 0;
}

static const struct tmpl_function functions[] = {
    { "states", get_state, "entity_id ?rounded ?with_unit", TMPL_GLOBAL },
};

struct bench {
    struct tmpl_env *env;
    struct tmpl_vm *vm;
    struct tmpl_template *template;
    const char *source;
    struct tmpl_heap heap;
    struct tmpl_value items[ITEMS];
    struct hass_buf out;
};

static void make_items(struct bench *bench)
{
    for (size_t i = 0; i < ITEMS; i++) {
        struct tmpl_dict *dict = tmpl_dict_new(&bench->heap, 2);
        tmpl_dict_set_text(&bench->heap, dict, "entity_id", 9, tmpl_int((int64_t)i));
        tmpl_dict_set_text(&bench->heap, dict, "state", 5,
                           tmpl_string_static(i % 2 ? "on" : "off"));
        bench->items[i] = tmpl_dict_value(dict);
    }
}

/* --- the work ------------------------------------------------------------------------------------------ */

static void render(void *context, size_t count)
{
    struct bench *bench = context;
    const struct tmpl_variable variable = { "items", tmpl_list_view(bench->items, ITEMS) };
    const struct tmpl_render how = { .variables = &variable, .variable_count = 1 };

    while (count-- > 0) {
        hass_buf_clear(&bench->out);
        if (tmpl_render(bench->vm, bench->template, &how, &bench->out) < 0)
            abort();
    }
}

static void compile(void *context, size_t count)
{
    struct bench *bench = context;
    struct tmpl_error error;

    while (count-- > 0) {
        struct tmpl_template *template =
            tmpl_compile(bench->env, bench->source, strlen(bench->source), NULL, &error);
        if (!template)
            abort();
        tmpl_unref(template);
    }
}

/* --- the floors ------------------------------------------------------------------------------------------ */

static void calculate(void *context, size_t count)
{
    struct bench *bench = context;

    while (count-- > 0) {
        double number = 0;
        hass_buf_clear(&bench->out);
        if (!tmpl_parse_float("21.5", 4, &number))
            abort();
        tmpl_print_float(number * 2 + 1, &bench->out);
        bench_use(bench->out.data);
    }
}

static void print_counters(void *context, size_t count)
{
    struct bench *bench = context;

    while (count-- > 0) {
        char digits[2 * ITEMS], *at = digits;
        hass_buf_clear(&bench->out);
        for (int i = 0; i < ITEMS; i++) {
            if (i >= 10)
                *at++ = (char)('0' + i / 10);
            *at++ = (char)('0' + i % 10);
        }
        hass_buf_add(&bench->out, digits, (size_t)(at - digits));
        bench_use(bench->out.data);
    }
}

static void count_on(void *context, size_t count)
{
    struct bench *bench = context;

    while (count-- > 0) {
        size_t found = 0;
        for (size_t i = 0; i < ITEMS; i++) {
            const struct tmpl_value *state = tmpl_dict_get_text(bench->items[i].dict, "state", 5);
            found += tmpl_is_text(state, "on");
        }
        bench_use(&found);
    }
}

static void print_one(void *context, size_t count)
{
    struct bench *bench = context;

    while (count-- > 0) {
        hass_buf_clear(&bench->out);
        hass_buf_add_char(&bench->out, '1');
        bench_use(bench->out.data);
    }
}

static void look_at_source(void *context, size_t count)
{
    const struct bench *bench = context;
    size_t length = strlen(bench->source), tags = 0;

    while (count-- > 0) {
        char *copy = mem_memdup(bench->source, length + 1);
        for (size_t i = 0; i < length; i++)
            tags += copy[i] == '{' || copy[i] == '}';
        bench_use(&tags);
        free(copy);
    }
}

/* --- the lines ---------------------------------------------------------------------------------------------- */

static void measure(struct bench *bench, const char *name, const char *source, bench_fn *work,
                    bench_fn *floor, const char *unit)
{
    double scale = strcmp(unit, "us") == 0 ? 1000 : 1;
    struct tmpl_error error;

    bench->source = source;
    bench->template = tmpl_compile(bench->env, source, strlen(source), NULL, &error);
    if (!bench->template)
        abort();
    bench_report(name, bench_cpu(work, bench) / scale, unit, bench_cpu(floor, bench) / scale);
    bench->template = tmpl_unref(bench->template);
}

static void measure_size(struct bench *bench, const char *name, const char *source)
{
    struct tmpl_error error;
    struct tmpl_template *template = tmpl_compile(bench->env, source, strlen(source), NULL, &error);

    bench_report(name, (double)tmpl_size(template), "B", (double)strlen(source));
    tmpl_unref(template);
}

int main(void)
{
    static struct bench bench;

    bench.env = tmpl_env_create();
    bench.vm = tmpl_vm_create();
    tmpl_env_add(bench.env, &(const struct tmpl_functions){ functions, 1 });
    make_items(&bench);
    measure(&bench, "template.expression", expression, render, calculate, "ns");
    measure(&bench, "template.loop_of_100", counter, render, print_counters, "ns");
    measure(&bench, "template.selectattr_of_100", select_on, render, count_on, "ns");
    measure(&bench, "template.macro", macro, render, print_one, "ns");
    measure(&bench, "template.compile", ordinary, compile, look_at_source, "us");
    measure_size(&bench, "template.size", ordinary);
    tmpl_vm_destroy(bench.vm);
    tmpl_env_destroy(bench.env);
    arena_fini(&bench.heap.arena);
    hass_buf_fini(&bench.out);
    return 0;
}
