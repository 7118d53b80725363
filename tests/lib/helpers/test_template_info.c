/* SPDX-License-Identifier: Apache-2.0 */
/* What a render looked at, and what wakes it. */
#include <stdio.h>
#include <string.h>

#include "base/strmap_hash.h"
#include "helpers/template_hass.h"
#include "support/cases.h"
#include "support/test.h"

static struct template_info info;

static void add(struct template_info *to, struct template_names *names, const char *text)
{
    template_names_add(names, &to->arena, text, strlen(text), strmap_hash(text, strlen(text)));
}

static bool has(const struct template_names *names, const char *text)
{
    return template_names_has(names, text, strlen(text), strmap_hash(text, strlen(text)));
}

START_TEST(a_name_is_kept_once)
{
    add(&info, &info.entities, "light.a");
    add(&info, &info.entities, "light.b");
    add(&info, &info.entities, "light.a");
    ck_assert_uint_eq(info.entities.items.length, 2);
    ck_assert_str_eq(info.entities.items.data[0].text, "light.a");
    ck_assert_str_eq(info.entities.items.data[1].text, "light.b");
    ck_assert(!has(&info.entities, "light.c"));
    template_info_fini(&info);
}
END_TEST

static void add_many(unsigned count)
{
    char id[32];

    for (unsigned i = 0; i < 2 * count; i++) {
        snprintf(id, sizeof(id), "sensor.n%u", i % count);
        add(&info, &info.entities, id);
    }
}

/* Around the sizes where the way of looking up changes and where its table grows. */
static const unsigned sizes[] = { 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 500 };

START_TEST(many_names_are_found)
{
    char id[32];

    add_many(sizes[_i]);
    ck_assert_uint_eq(info.entities.items.length, sizes[_i]);
    for (unsigned i = 0; i <= sizes[_i]; i++) {
        snprintf(id, sizeof(id), "sensor.n%u", i);
        ck_assert_int_eq(has(&info.entities, id), i < sizes[_i]);
    }
    template_info_fini(&info);
}
END_TEST

START_TEST(what_is_cleared_is_gone)
{
    add_many(sizes[_i]);
    add(&info, &info.domains, "light");
    add(&info, &info.lifecycles, "light");
    info.all_states = info.all_lifecycles = info.has_time = info.failed = true;
    template_info_clear(&info);
    ck_assert(!has(&info.entities, "sensor.n0"));
    autojson *seen = template_info_as_json(&info);
    ck_assert_json(seen,
                   "{'entities': [], 'domains': [], 'domains_lifecycle': [], 'all_states': false,"
                   " 'all_states_lifecycle': false, 'has_time': false, 'is_static': false,"
                   " 'rate_limit': null}");
    add_many(sizes[_i]);
    ck_assert_uint_eq(info.entities.items.length, sizes[_i]);
    template_info_fini(&info);
}
END_TEST

/* What was looked at: an entity, a domain that was walked over and one that was counted, or the whole machine. */
static const struct {
    const char *entity, *domain, *lifecycle;
    bool all, all_lifecycles;
    const char *changed;
    bool appears, wakes;
} wakings[] = {
    { "light.a", NULL, NULL, false, false, "light.a", false, true },
    { "light.a", NULL, NULL, false, false, "light.b", true, false },
    { NULL, "light", NULL, false, false, "light.b", false, true },
    { NULL, "light", NULL, false, false, "lights.b", false, false },
    { NULL, "light", NULL, false, false, "switch.b", true, false },
    { NULL, "light", "switch", false, false, "switch.b", false, false },
    { NULL, "light", "switch", false, false, "switch.b", true, true },
    { NULL, NULL, "light", false, false, "light.b", true, true },
    { NULL, NULL, "light", false, false, "light.b", false, false },
    { NULL, NULL, NULL, true, false, "light.b", false, true },
    { NULL, NULL, NULL, false, true, "light.b", true, true },
    { NULL, NULL, NULL, false, true, "light.b", false, false },
    { NULL, NULL, NULL, false, false, "light.b", true, false },
};

START_TEST(a_change_wakes_who_looked_at_it)
{
    if (wakings[_i].entity)
        add(&info, &info.entities, wakings[_i].entity);
    if (wakings[_i].domain)
        add(&info, &info.domains, wakings[_i].domain);
    if (wakings[_i].lifecycle)
        add(&info, &info.lifecycles, wakings[_i].lifecycle);
    info.all_states = wakings[_i].all;
    info.all_lifecycles = wakings[_i].all_lifecycles;
    ck_assert_int_eq(template_info_concerns(&info, wakings[_i].changed, wakings[_i].appears),
                     wakings[_i].wakes);
    template_info_fini(&info);
}
END_TEST

START_TEST(the_wider_the_look_the_rarer_the_render)
{
    ck_assert_double_eq(template_info_rate_limit(&info), 0);
    add(&info, &info.entities, "light.a");
    info.all_lifecycles = true;
    ck_assert_double_eq(template_info_rate_limit(&info), 0);
    add(&info, &info.lifecycles, "light");
    ck_assert_double_eq(template_info_rate_limit(&info), 1);
    info.all_states = true;
    ck_assert_double_eq(template_info_rate_limit(&info), 60);
    template_info_clear(&info);
    info.failed = true;
    ck_assert_double_eq(template_info_rate_limit(&info), 60);
    template_info_fini(&info);
}
END_TEST

START_TEST(the_order_of_looks_makes_no_difference)
{
    struct template_info other = { 0 };

    add(&info, &info.entities, "light.a");
    add(&info, &info.entities, "light.b");
    add(&other, &other.entities, "light.b");
    ck_assert(!template_info_same(&info, &other));
    add(&other, &other.entities, "light.a");
    ck_assert(template_info_same(&info, &other));
    other.has_time = true;
    ck_assert(!template_info_same(&info, &other));
    other.has_time = false;
    add(&other, &other.domains, "light");
    ck_assert(!template_info_same(&info, &other));
    template_info_fini(&info);
    template_info_fini(&other);
}
END_TEST

CASES_MAIN("template_info", ONCE(a_name_is_kept_once), ROWS(many_names_are_found, sizes),
           ROWS(what_is_cleared_is_gone, sizes), ROWS(a_change_wakes_who_looked_at_it, wakings),
           ONCE(the_wider_the_look_the_rarer_the_render),
           ONCE(the_order_of_looks_makes_no_difference))
