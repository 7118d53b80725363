/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Templates over states, rendered again and again: one sensor's number, and one domain of a hundred. The floors are looking up, reading and
 * printing the same by hand.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hass/hass.h>

#include "bench/bench.h"
#include "core/core.h"
#include "helpers/template_hass.h"

enum { LIGHTS = 100, TRACKED = 1000 };

struct work {
    struct hass *hass;
    struct tmpl_template *template;
    struct template_info *info;
    struct hass_buf text;
};

static HASS_CALLBACK void render(void *context, size_t count)
{
    struct work *work = context;
    const struct template_how how = { .info = work->info };

    for (size_t i = 0; i < count; i++) {
        hass_buf_clear(&work->text);
        if (template_render(work->hass, work->template, &how, &work->text, NULL, NULL) < 0)
            abort();
        bench_use(work->text.data);
    }
}

static HASS_CALLBACK void calculate(void *context, size_t count)
{
    struct work *work = context;

    for (size_t i = 0; i < count; i++) {
        const struct hass_state *state = hass_states_async_get(work->hass, "sensor.power");
        hass_buf_clear(&work->text);
        hass_json_write_number(strtod(hass_state_state(state), NULL) * 2 + 1, &work->text);
        bench_use(work->text.data);
    }
}

static HASS_CALLBACK void select_lights(void *context, size_t count)
{
    struct work *work = context;

    for (size_t i = 0; i < count; i++) {
        int found = 0;
        list_foreach(&work->hass->states.all, struct entity_slot, slot, link)
            found += slot->id[0] == 'l' && strcmp(slot->state->text, "on") == 0;
        hass_buf_clear(&work->text);
        hass_buf_printf(&work->text, "%d", found);
        bench_use(work->text.data);
    }
}

static HASS_CALLBACK void read_attribute(void *context, size_t count)
{
    struct work *work = context;
    struct hass_value value;

    for (size_t i = 0; i < count; i++) {
        const struct hass_state *state = hass_states_async_get(work->hass, "light.l7");
        hass_buf_clear(&work->text);
        if (hass_state_attr(state, "brightness", &value))
            hass_value_write_text(value, &work->text);
        bench_use(work->text.data);
    }
}

static HASS_CALLBACK void measure(struct hass *hass, const char *name, const char *source,
                                  bool noted, bench_fn *floor)
{
    struct template_info info = { 0 };
    struct work work = { .hass = hass, .info = noted ? &info : NULL };

    if (template_compile(hass, source, strlen(source), &work.template, NULL, NULL) < 0)
        abort();
    bench_report(name, bench_cpu(render, &work), "ns", bench_cpu(floor, &work));
    tmpl_unref(work.template);
    template_info_fini(&info);
    hass_buf_fini(&work.text);
}

static HASS_CALLBACK void make_states(struct hass *hass)
{
    hass_states_async_set(hass, "sensor.power", "1234.5", NULL, NULL, NULL);
    for (int i = 0; i < LIGHTS; i++) {
        char id[32];
        snprintf(id, sizeof(id), "light.l%d", i);
        hass_states_async_set(hass, id, i % 3 ? "on" : "off",
                              json_pack("{s:s, s:[s,s], s:i}", "friendly_name", id,
                                        "supported_color_modes", "onoff", "brightness",
                                        "brightness", i),
                              NULL, NULL);
    }
}

/* One entity changes that one of a thousand tracked templates uses. The floor is the same without anybody tracking. */

static HASS_CALLBACK int on_update(const struct hass_template_updates *updates, void *userdata,
                                   struct hass_error *err)
{
    unsigned *told = userdata;

    (*told)++;
    return 0;
}

static HASS_CALLBACK void change(void *context, size_t count)
{
    struct work *work = context;
    char state[16];

    for (size_t i = 0; i < count; i++) {
        snprintf(state, sizeof(state), "%zu", i % 1000);
        hass_states_async_set(work->hass, "sensor.t7", state, NULL, NULL, NULL);
    }
}

static HASS_CALLBACK void track_many(struct hass *hass, unsigned *told)
{
    for (int i = 0; i < TRACKED; i++) {
        autounref(hass_template) *template = NULL;
        char text[96];
        snprintf(text, sizeof(text), "{{ states('sensor.t%d') | float(0) * 2 + 1 }}", i);
        if (hass_template_new(hass, text, &template, NULL) < 0)
            abort();
        const struct hass_track_template one = { .template = template };
        if (hass_async_track_template_result(hass,
                                             HASS_TRACK_TEMPLATES(.templates = &one, .count = 1),
                                             HASS_JOB_CALLBACK(on_update, told), NULL, NULL) < 0)
            abort();
    }
}

static HASS_CALLBACK void measure_tracked(struct hass *hass)
{
    struct work work = { .hass = hass };
    unsigned told = 0;
    double floor = bench_cpu(change, &work);

    track_many(hass, &told);
    bench_report("template.change_among_1000_tracked", bench_cpu(change, &work), "ns", floor);
    if (!told)
        abort();
}

int main(void)
{
    static const char number[] = "{{ states('sensor.power') | float(0) * 2 + 1 }}";
    static const char lights[] =
        "{{ states.light | selectattr('state', 'eq', 'on') | list | count }}";
    static const char attribute[] = "{{ state_attr('light.l7', 'brightness') }}";
    static const char of_object[] = "{{ states.light.l7.attributes.brightness }}";
    struct hass *hass = NULL;

    hass__assert_loop();
    if (core_create(&(struct core_options){ 0 }, &hass, NULL) < 0)
        return EXIT_FAILURE;
    make_states(hass);
    measure(hass, "template.number", number, false, calculate);
    measure(hass, "template.number_noted", number, true, calculate);
    measure(hass, "template.selectattr_100", lights, false, select_lights);
    measure(hass, "template.selectattr_100_noted", lights, true, select_lights);
    measure(hass, "template.state_attr", attribute, false, read_attribute);
    measure(hass, "template.attributes_of_object", of_object, false, read_attribute);
    measure_tracked(hass);
    core_destroy(hass);
    return EXIT_SUCCESS;
}
