/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entities for tests: a thing is the userdata, the description and the record of what was called; its values are a number.
 * Components and platforms for it, and a loader that knows one platform.
 */
#pragma once

#include <string.h>

#include <hass/entry.h>
#include <hass/loop.h>
#include <hass/platform.h>

#include "entity/entity.h"
#include "entity/platform.h"
#include "entity/platform_loader.h"
#include "run/clock.h"
#include "run/scope.h"
#include "support/test.h"

#define UNUSED __attribute__((unused))

struct values {
    int64_t number;
    const char *text; /* instead of the number */
    bool none;
};

struct thing {
    struct hass_entity_description description;
    struct hass_entity *entity;
    unsigned updates, added, good_byes, destroyed, states;
    double takes; /* seconds an update takes */
    int result;   /* of updates and hooks */
    int64_t jump; /* the clock goes on by so much while the state is computed */
    bool unavailable;
};

static UNUSED struct thing *thing_of(struct hass_entity *entity)
{
    return hass_entity_userdata(entity);
}

static UNUSED HASS_CALLBACK struct hass_value thing_state(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);
    struct thing *thing = thing_of(entity);

    thing->states++;
    if (thing->jump) {
        struct clock *clock = runtime_of(hass_entity_hass(entity))->clock;
        clock_advance_to(clock, clock_monotonic(clock) + thing->jump);
    }
    if (values->none)
        return HASS_NONE;
    return values->text ? hass_value_string(values->text) : HASS_INT(values->number);
}

static UNUSED bool thing_available(struct hass_entity *entity)
{
    return !thing_of(entity)->unavailable;
}

static UNUSED HASS_COROUTINE int thing_async_update(struct hass_entity *entity,
                                                    struct hass_error *err)
{
    struct thing *thing = thing_of(entity);
    struct values *values = hass_entity_async_values(entity);

    thing->updates++;
    values->number++;
    if (thing->takes > 0)
        (void)hass_async_sleep(hass_entity_hass(entity), thing->takes, NULL);
    return thing->result < 0 ? hass_fail(err, thing->result, "update failed") : 0;
}

static UNUSED int thing_update(struct hass_worker *worker, struct hass_entity *entity, void *values,
                               struct hass_error *err)
{
    struct thing *thing = thing_of(entity);

    thing->updates++;
    ((struct values *)values)->number++;
    return thing->result < 0 ? hass_fail(err, thing->result, "update failed") : 0;
}

static UNUSED HASS_COROUTINE int thing_added(struct hass_entity *entity, struct hass_error *err)
{
    struct thing *thing = thing_of(entity);

    thing->added++;
    return thing->result < 0 ? hass_fail(err, thing->result, "hook failed") : 0;
}

static UNUSED HASS_COROUTINE int thing_good_bye(struct hass_entity *entity, struct hass_error *err)
{
    thing_of(entity)->good_byes++;
    return 0;
}

static UNUSED void thing_destroy(struct hass_entity *entity)
{
    thing_of(entity)->destroyed++;
}

static UNUSED const struct hass_entity_ops plain_ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .state = thing_state,
                    .available = thing_available, .async_added_to_hass = thing_added,
                    .async_will_remove_from_hass = thing_good_bye, .destroy = thing_destroy);

static UNUSED const struct hass_entity_ops async_ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .state = thing_state,
                    .async_update = thing_async_update, .destroy = thing_destroy);

static UNUSED const struct hass_entity_ops pool_ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .state = thing_state,
                    .update = thing_update, .destroy = thing_destroy);

/* The reference is the caller's, for a platform; the thing keeps looking at it. */
static UNUSED struct hass_entity *thing_entity(struct hass *hass, struct thing *thing,
                                               const struct hass_entity_ops *ops, const char *name)
{
    thing->description.size = sizeof(thing->description);
    thing->description.name = name;
    thing->entity = hass_entity_new(hass, ops, &thing->description, NULL, NULL, thing);
    return thing->entity;
}

/* components */

struct make {
    const char *domain;
    const char *config; /* JSON */
    double scan_interval;
    const struct hass_domain_ops *ops;
    struct scope *scope; /* of the domain; NULL: the root */
    struct hass_component *component;
};

static UNUSED HASS_COROUTINE int make_component(struct hass *hass, void *userdata,
                                                struct hass_error *err)
{
    struct make *make = userdata;
    struct hass_component_options options = {
        .size = sizeof(options),
        .domain = make->domain,
        .scan_interval = make->scan_interval,
        .ops = make->ops,
    };
    autojson *config = make->config ? test_json(make->config) : NULL;
    struct scope *former = scope_enter(make->scope ? make->scope : runtime_of(hass)->root);
    int r = hass_component_async_create(hass, &options, config, &make->component, err);

    scope_leave(former);
    return r;
}

static UNUSED HASS_CALLBACK struct hass_component *
component_with(struct hass *hass, const char *domain, const struct hass_domain_ops *ops)
{
    struct make make = { .domain = domain, .ops = ops };

    ck_assert_int_eq(test_run_coroutine(hass, make_component, &make), 0);
    return make.component;
}

struct add {
    struct hass_component *component;
    struct hass_entity *entities[8];
    size_t count;
};

static UNUSED HASS_COROUTINE int add_entities(struct hass *hass, void *userdata,
                                              struct hass_error *err)
{
    struct add *add = userdata;

    return hass_component_async_add_entities(add->component, add->entities, add->count, err);
}

/* Makes the component of domain sensor when there is none, and adds the thing to it. */
static UNUSED HASS_CALLBACK int add_thing(struct hass *hass, struct thing *thing,
                                          const struct hass_entity_ops *ops, const char *name)
{
    struct hass_component *component = hass_component_async_get(hass, "sensor");
    struct add add = {
        .component = component ? component : component_with(hass, "sensor", NULL),
        .entities = { thing_entity(hass, thing, ops, name) },
        .count = 1,
    };

    return test_run_coroutine(hass, add_entities, &add);
}

/* Adds one to the platform of the fake loader. */
struct platform_add {
    struct hass_platform *platform;
    struct hass_entity *entity;
};

static UNUSED HASS_COROUTINE int add_to_platform(struct hass *hass, void *userdata,
                                                 struct hass_error *err)
{
    struct platform_add *add = userdata;

    return hass_platform_async_add_entities(add->platform, &add->entity, 1, false, err);
}

static UNUSED HASS_COROUTINE int remove_entity_task(struct hass *hass, void *userdata,
                                                    struct hass_error *err)
{
    return hass_entity_async_remove(userdata, err);
}

static UNUSED HASS_CALLBACK const char *state_of(struct hass *hass, const char *entity_id)
{
    const struct hass_state *state = hass_states_async_get(hass, entity_id);

    return state ? hass_state_state(state) : "(none)";
}

/* a loader that knows the platform "blink" */

struct fake_loader {
    struct scope *scope; /* of blink; counted */
    int prepare_result;
    int setup_result;
    double setup_takes; /* seconds */
    double scan_interval;
    int parallel_updates;
    struct hass_entry *entry; /* of the platform, a reference; NULL: none */
    unsigned prepared, set_up, released, domains;
    struct hass_platform *platform; /* of the last setup */
    struct thing *things;           /* added by setup */
    size_t count;
    const struct hass_entity_ops *ops;
    bool update_before_add;
};

static struct fake_loader fake UNUSED;

static UNUSED HASS_COROUTINE int fake_setup_domain(struct hass *hass, const char *domain,
                                                   struct hass_error *err)
{
    struct make make = { .domain = domain };

    fake.domains++;
    return make_component(hass, &make, err);
}

static UNUSED HASS_COROUTINE int fake_prepare(struct hass *hass, const char *domain,
                                              const char *name, const json_t *config,
                                              struct platform_source *ret_source,
                                              struct hass_error *err)
{
    fake.prepared++;
    if (fake.prepare_result < 0)
        return hass_fail(err, fake.prepare_result, "no platform %s.%s", name, domain);
    *ret_source = (struct platform_source){
        .scope = scope_ref(fake.scope),
        .config = hass_json_ref(config),
        .scan_interval = fake.scan_interval,
        .parallel_updates = fake.parallel_updates,
        .entry = fake.entry ? hass_entry_ref(fake.entry) : NULL,
    };
    return 0;
}

static UNUSED HASS_COROUTINE int fake_setup(struct hass_platform *platform,
                                            const struct platform_source *source,
                                            struct hass_error *err)
{
    struct hass *hass = hass_platform_hass(platform);
    static const char *const names[] = { "One", "Two", "Three", "Four" };
    struct hass_entity *entities[4];

    fake.set_up++;
    fake.platform = platform;
    ck_assert_ptr_eq(scope_current(), fake.scope);
    if (fake.setup_takes > 0)
        (void)hass_async_sleep(hass, fake.setup_takes, NULL);
    if (fake.setup_result < 0)
        return hass_fail(err, fake.setup_result, "setup failed");
    for (size_t i = 0; i < fake.count; i++) {
        fake.things[i].description.should_poll = true;
        entities[i] = thing_entity(hass, &fake.things[i], fake.ops, names[i]);
    }
    return hass_platform_async_add_entities(platform, entities, fake.count, fake.update_before_add,
                                            err);
}

static UNUSED void fake_release(struct platform_source *source)
{
    fake.released++;
    source->scope = scope_unref(source->scope);
    hass_entry_unref(source->entry);
    json_decref(source->config);
}

static UNUSED HASS_CALLBACK void use_fake_loader(struct hass *hass)
{
    static const struct platform_loader loader = {
        .setup_domain = fake_setup_domain,
        .prepare = fake_prepare,
        .setup = fake_setup,
        .release = fake_release,
    };

    ck_assert_int_eq(platform_loader_set(hass, &loader, NULL), 0);
    fake.scope = scope_new(hass, "blink");
}

/* Component sensor with one entry of platform blink. */
static UNUSED HASS_CALLBACK struct hass_component *component_with_blink(struct hass *hass,
                                                                        const char *entry)
{
    struct make make = { .domain = "sensor", .config = entry, .scan_interval = 30 };

    use_fake_loader(hass);
    ck_assert_int_eq(test_run_coroutine(hass, make_component, &make), 0);
    test_settle(hass);
    return make.component;
}

static UNUSED HASS_COROUTINE int close_scope(struct hass *hass, void *userdata,
                                             struct hass_error *err)
{
    return scope_async_close(userdata, 10, err);
}
