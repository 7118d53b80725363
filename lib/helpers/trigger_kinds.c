/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kinds of triggers: the built-in ones, and what integrations register. When an integration goes, so do its kinds: their triggers rest
 * until a kind of that name comes back, with its next file, say.
 */
#include <string.h>

#include <hass/schema.h>

#include "base/mem.h"
#include "helpers/helpers.h"
#include "helpers/trigger.h"

static const struct hass_trigger_kind *const built_in[] = {
    &trigger_kind_event, &trigger_kind_homeassistant, &trigger_kind_numeric_state,
    &trigger_kind_state, &trigger_kind_sun,           &trigger_kind_template,
    &trigger_kind_time,  &trigger_kind_time_pattern,
};
#define BUILT_IN (sizeof(built_in) / sizeof(built_in[0]))

static const struct hass_trigger_kind *find_built_in(const char *name)
{
    for (size_t i = 0; i < BUILT_IN; i++) {
        if (strcmp(built_in[i]->name, name) == 0)
            return built_in[i];
    }
    return NULL;
}

bool trigger_kind_find(struct hass *hass, const char *name, struct hass_trigger_kind *ret_kind,
                       struct scope **ret_scope)
{
    const struct hass_trigger_kind *kind = find_built_in(name);

    if (!kind)
        kind = kinds_find(kinds_of_triggers(hass), name, ret_scope);
    if (kind)
        HASS_READ(ret_kind, kind);
    return kind != NULL;
}

char *trigger_kind_nearest(const struct kind_search *search, const char *name)
{
    struct kind_names added = { 0 };
    HASS_VEC(const char *) names = { 0 };

    kind_search_names(search, KIND_TRIGGER, &added);
    for (size_t i = 0; i < BUILT_IN; i++)
        vec_push(&names, built_in[i]->name);
    vec_foreach(&added, other)
        vec_push(&names, *other);
    vec_push(&names, NULL);
    const char *nearest = hass_nearest_word(name, names.data);
    char *copy = nearest ? mem_strdup(nearest) : NULL;
    vec_fini(&names);
    kind_names_fini(&added);
    return copy;
}

/* coming and going */

static HASS_CALLBACK void rest(struct hass_trigger *trigger)
{
    if (trigger->attached) {
        autofree char *name = trigger_name(trigger);
        hass_info("%s rests: its integration is being unloaded", name);
    }
    trigger_detach(trigger);
}

static bool is_of_kind(const json_t *config, const char *name)
{
    return strcmp(hass_json_get_string(config, "trigger", ""), name) == 0;
}

/* Owners that go meanwhile are only freed at the next turn. */
static void kinds_changed(struct hass *hass, const char *name, bool gone)
{
    hass__assert_loop();
    list_foreach(&trigger_owners(hass)->list, struct hass_triggers, owner, link) {
        for (size_t i = 0; i < owner->count && !owner->detached; i++) {
            struct hass_trigger *trigger = &owner->items[i];
            if (!is_of_kind(trigger->written, name) && !is_of_kind(trigger->config, name))
                continue;
            if (gone)
                rest(trigger);
            else if (!trigger->attached)
                (void)trigger_attach(trigger);
        }
    }
}

void trigger_owners_destroy(struct trigger_owners *owners)
{
    free(owners);
}

struct trigger_owners *trigger_owners(struct hass *hass)
{
    struct helpers *helpers = helpers_of(hass);

    if (!helpers->triggers) {
        helpers->triggers = mem_zalloc(sizeof(*helpers->triggers));
        list_init(&helpers->triggers->list);
        kinds_watch(helpers->trigger_kinds, hass, kinds_changed);
    }
    return helpers->triggers;
}

int hass_trigger_async_register(struct hass *hass, const struct hass_trigger_kind *kind,
                                struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.trigger.async_register", err);
    if (find_built_in(kind->name))
        return hass_fail(err, HASS_E_EXISTS, "the trigger '%s' exists already", kind->name);
    return kinds_add(hass, helpers_of(hass)->trigger_kinds, "trigger", kind->name, kind, err);
}
