/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trigger `numeric_state`: a number comes between two bounds. An entity that is outside is armed, and fires when it is found inside; so what
 * is inside from the beginning, or moves within, does not. What cannot be told (no number, a bound without entity) changes nothing.
 *
 * Model: homeassistant.triggers.numeric_state
 */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "helpers/check_types.h"
#include "helpers/numeric_state.h"
#include "helpers/trigger.h"

HASS_SCHEMA(schema,
            HASS_FIELD("entity_id", &check_type_entities, .required = true, .doc = "Whose number"),
            HASS_FIELD("above", &check_type_bound,
                       .doc = "The number must be greater than this, or than that entity's"),
            HASS_FIELD("below", &check_type_bound,
                       .doc = "The number must be less than this, or than that entity's"),
            HASS_FIELD("attribute", &hass_type_string, .doc = "Instead of the state"),
            HASS_FIELD("value_template", &hass_type_template, .doc = "Gives the number of `state`"),
            HASS_FIELD("for", &check_type_period, .doc = "How long it must last"));

struct numeric_trigger {
    struct numeric_state numeric;
    size_t count;
    struct armed {
        char *entity_id;
        bool armed;
    } entities[];
};

static void numeric_trigger_destroy(void *object)
{
    struct numeric_trigger *self = object;

    for (size_t i = 0; i < self->count; i++)
        free(self->entities[i].entity_id);
    numeric_state_fini(&self->numeric);
    free(self);
}

static struct armed *find_entity(struct numeric_trigger *self, const char *entity_id)
{
    for (size_t i = 0; i < self->count; i++) {
        if (strcmp(self->entities[i].entity_id, entity_id) == 0)
            return &self->entities[i];
    }
    return NULL;
}

/* What templates see as `trigger` before it fires. */
static struct hass_template_variables *partial_fields(const struct hass_trigger *trigger,
                                                      const char *entity_id)
{
    static const char *const keys[] = { "below", "above", "attribute" };
    struct hass_template_variables *fields = hass_template_variables_create();

    hass_template_variables_set(fields, "trigger.platform", json_string("numeric_state"));
    hass_template_variables_set(fields, "trigger.entity_id", json_string(entity_id));
    for (size_t i = 0; i < 3; i++) {
        char path[32];
        snprintf(path, sizeof(path), "trigger.%s", keys[i]);
        hass_template_variables_set(fields, path,
                                    hass_json_ref(hass_json_get(trigger->config, keys[i])));
    }
    return fields;
}

static HASS_CALLBACK int test(struct hass_trigger *trigger, const char *entity_id,
                              const struct hass_state *state, double *ret_number,
                              struct hass_error *err)
{
    const struct numeric_trigger *self = hass_trigger_data(trigger);
    autounref(hass_template_variables) *fields =
        self->numeric.value ? partial_fields(trigger, entity_id) : NULL;

    return numeric_state_test(hass_trigger_hass(trigger), &self->numeric, entity_id, state, fields,
                              hass_trigger_variables(trigger), ret_number, err);
}

/* firing */

static HASS_CALLBACK int inside(struct hass_trigger *trigger, struct hass_trigger_change *change,
                                struct hass_error *err)
{
    if (hass_trigger_period_is_template(trigger)) {
        autounref(hass_template_variables) *fields = partial_fields(trigger, change->entity_id);
        int r = hass_trigger_async_period(trigger, fields, &change->seconds, err);
        if (r < 0) {
            autofree char *name = trigger_name(trigger);
            return hass_error_prefix(err, "%s", name);
        }
    } else {
        change->seconds = trigger->period;
    }
    return hass_trigger_async_change(trigger, change, err);
}

static HASS_CALLBACK int on_change(const struct hass_event *event, void *userdata,
                                   struct hass_error *err)
{
    struct hass_trigger *trigger = userdata;
    struct hass_trigger_change change = {
        .size = sizeof(change),
        .entity_id = hass_event_entity_id(event),
    };
    struct hass_error own = HASS_ERROR_INIT;
    double number = NAN;

    (void)hass_event_states(event, &change.from, &change.to);
    struct armed *entity = find_entity(hass_trigger_data(trigger), change.entity_id);
    if (!entity)
        return 0;
    if (!list_empty(&trigger->pending))
        (void)hass_trigger_async_recheck(trigger, change.entity_id, change.to);
    int matches = test(trigger, change.entity_id, change.to, &number, &own);
    if (matches < 0) {
        autofree char *name = trigger_name(trigger);
        hass_warning("%s: %s", name, own.message);
        hass_trigger_async_nearly(trigger, "%s", own.message);
        return 0;
    }
    if (!matches) {
        entity->armed = true;
        return 0;
    }
    if (!entity->armed) {
        hass_trigger_async_nearly(trigger, "%s is %.15g, within the bounds, but was so before",
                                  change.entity_id, number);
        return 0;
    }
    entity->armed = false;
    change.context = hass_state_context(change.to);
    return inside(trigger, &change, err);
}

static void describe(struct hass_trigger *trigger, const struct hass_trigger_change *change,
                     struct hass_template_variables *fields, struct hass_buf *description)
{
    hass_buf_printf(description, "numeric state of %s", change->entity_id);
}

static void add_fields(const json_t *config, struct hass_template_variables *fields)
{
    hass_template_variables_set(fields, "trigger.below",
                                hass_json_ref(hass_json_get(config, "below")));
    hass_template_variables_set(fields, "trigger.above",
                                hass_json_ref(hass_json_get(config, "above")));
}

static bool holds(struct hass_trigger *trigger, const struct hass_trigger_change *pending,
                  const struct hass_state *now)
{
    hass__assert_loop();
    return test(trigger, pending->entity_id, now, NULL, NULL) == 1;
}

/* attaching */

/* Who is outside from the beginning is armed. */
static HASS_CALLBACK void arm_first(struct hass_trigger *trigger, struct armed *entity)
{
    struct hass_error err = HASS_ERROR_INIT;
    const struct hass_state *state =
        hass_states_async_get(hass_trigger_hass(trigger), entity->entity_id);
    int matches = test(trigger, entity->entity_id, state, NULL, &err);

    entity->armed = matches == 0;
    if (matches < 0) {
        autofree char *name = trigger_name(trigger);
        hass_warning("%s: %s", name, err.message);
    }
}

static int attach(struct hass_trigger *trigger, struct hass_error *err)
{
    const json_t *ids = hass_json_get(hass_trigger_config(trigger), "entity_id");
    size_t count = json_array_size(ids);
    struct numeric_trigger *self = mem_zalloc(sizeof(*self) + count * sizeof(self->entities[0]));
    struct hass_sub *sub = NULL;

    hass__assert_loop();
    hass_trigger_set_data(trigger, self, numeric_trigger_destroy);
    int r = numeric_state_init(&self->numeric, hass_trigger_hass(trigger),
                               hass_trigger_config(trigger), err);
    if (r >= 0)
        r = trigger_track_entities(trigger, ids, HASS_JOB_CALLBACK(on_change, trigger), &sub, err);
    hass_trigger_async_own(trigger, sub);
    for (size_t i = 0; r >= 0 && i < count; i++) {
        struct armed *entity = &self->entities[self->count++];
        entity->entity_id = mem_strdup(
            check_entity_id(hass_trigger_hass(trigger), json_string_value(json_array_get(ids, i))));
        arm_first(trigger, entity);
    }
    return r;
}

const struct hass_trigger_kind trigger_kind_numeric_state =
    HASS_TRIGGER_KIND(.name = "numeric_state", .schema = &schema, .check = numeric_state_check,
                      .async_attach = attach, .async_describe = describe, .async_holds = holds,
                      .add_fields = add_fields);
