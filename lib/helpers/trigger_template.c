/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trigger `template`: a template becomes true. It is armed by a result that is false, so that what is true from the beginning does not fire.
 * Any new result ends what is pending, also one that is true, too.
 *
 * Model: components.template.trigger
 */
#include <string.h>

#include "base/mem.h"
#include "helpers/check_types.h"
#include "helpers/trigger.h"

HASS_SCHEMA(schema,
            HASS_FIELD("value_template", &hass_type_template, .required = true,
                       .doc = "Fires when it becomes true"),
            HASS_FIELD("for", &check_type_period, .doc = "How long it must stay so"));

struct template_trigger {
    bool armed;
    bool is_true;
};

/* After a restart it goes on when the template is true (again). True when something does. */
static HASS_CALLBACK bool resume_or_end(struct hass_trigger *trigger, bool is_true)
{
    bool resumed = false;

    list_foreach(&trigger->pending, struct pending, pending, link) {
        if (pending->unresolved && !is_true)
            continue;
        if (pending->unresolved) {
            trigger_pending_resolve(pending, NULL);
            resumed = true;
            continue;
        }
        hass_trigger_async_nearly(trigger, "the template did not stay as it was for %.10g s",
                                  pending->seconds);
        trigger_pending_end(pending);
    }
    return resumed;
}

static HASS_CALLBACK int period_of(struct hass_trigger *trigger, struct hass_trigger_change *change,
                                   struct hass_error *err)
{
    if (!hass_trigger_period_is_template(trigger)) {
        change->seconds = trigger->period;
        return 0;
    }
    autounref(hass_template_variables) *fields = hass_template_variables_create();
    hass_template_variables_set(fields, "trigger.platform", json_string("template"));
    hass_template_variables_set(fields, "trigger.entity_id",
                                change->entity_id ? json_string(change->entity_id) : NULL);
    hass_template_variables_set_state(fields, "trigger.from_state", change->from);
    hass_template_variables_set_state(fields, "trigger.to_state", change->to);
    return hass_trigger_async_period(trigger, fields, &change->seconds, err);
}

static HASS_CALLBACK int become_true(struct hass_trigger *trigger, const struct hass_event *event,
                                     struct hass_error *err)
{
    struct hass_trigger_change change = { .size = sizeof(change) };

    if (event) {
        change.entity_id = hass_event_entity_id(event);
        (void)hass_event_states(event, &change.from, &change.to);
        change.context = change.to ? hass_state_context(change.to) : NULL;
    }
    int r = period_of(trigger, &change, err);
    if (r >= 0)
        return hass_trigger_async_change(trigger, &change, err);
    autofree char *name = trigger_name(trigger);
    return hass_error_prefix(err, "%s", name);
}

static HASS_CALLBACK int on_update(const struct hass_template_updates *updates, void *userdata,
                                   struct hass_error *err)
{
    struct hass_trigger *trigger = userdata;
    struct template_trigger *self = hass_trigger_data(trigger);
    const struct hass_template_update *update = &updates->updates[0];

    if (!update->result) {
        autofree char *name = trigger_name(trigger);
        hass_warning("%s: %s", name, update->error);
        return 0;
    }
    self->is_true = hass_template_result_as_boolean(update->result);
    bool resumed = resume_or_end(trigger, self->is_true);
    if (!self->is_true || resumed) {
        self->armed = !self->is_true;
        return 0;
    }
    if (!self->armed) {
        if (updates->event)
            hass_trigger_async_nearly(trigger, "the template is true, but was so before");
        return 0;
    }
    self->armed = false;
    return become_true(trigger, updates->event, err);
}

static void describe(struct hass_trigger *trigger, const struct hass_trigger_change *change,
                     struct hass_template_variables *fields, struct hass_buf *description)
{
    if (change->entity_id)
        hass_buf_printf(description, "%s via template", change->entity_id);
    else
        hass_buf_add_string(description, "time change or manual update via template");
}

/* `trigger` has nothing of its own. */
static void add_fields(const json_t *config, struct hass_template_variables *fields)
{
}

static bool holds(struct hass_trigger *trigger, const struct hass_trigger_change *pending,
                  const struct hass_state *now)
{
    const struct template_trigger *self = hass_trigger_data(trigger);

    return self->is_true;
}

/* What is true from the beginning does not fire. This render does not count for the rate limit. */
static HASS_CALLBACK void look_first(struct hass_trigger *trigger, struct hass_template *template)
{
    struct template_trigger *self = hass_trigger_data(trigger);
    struct hass_error err = HASS_ERROR_INIT;
    autojson *result = NULL;
    const struct hass_template_options options = {
        .size = sizeof(options),
        .scope = hass_trigger_variables(trigger),
    };

    if (hass_template_async_render(template, &options, &result, &err) < 0) {
        autofree char *name = trigger_name(trigger);
        hass_warning("%s: %s", name, err.message);
        return;
    }
    self->is_true = hass_template_result_as_boolean(result);
    self->armed = !self->is_true;
    (void)resume_or_end(trigger, self->is_true);
}

static int attach(struct hass_trigger *trigger, struct hass_error *err)
{
    struct hass *hass = hass_trigger_hass(trigger);
    const char *text = hass_json_get_string(hass_trigger_config(trigger), "value_template", "");
    autounref(hass_template) *template = NULL;
    struct hass_sub *sub = NULL;

    hass__assert_loop();
    hass_trigger_set_data(trigger, mem_zalloc(sizeof(struct template_trigger)), free);
    int r = hass_template_new(hass, text, &template, err);
    if (r < 0)
        return r;
    const struct hass_track_template one = {
        .template = template,
        .scope = hass_trigger_variables(trigger),
    };
    r = hass_async_track_template_result(hass, HASS_TRACK_TEMPLATES(.templates = &one, .count = 1),
                                         HASS_JOB_CALLBACK(on_update, trigger), &sub, err);
    hass_trigger_async_own(trigger, sub);
    if (r >= 0)
        look_first(trigger, template);
    return r;
}

const struct hass_trigger_kind trigger_kind_template =
    HASS_TRIGGER_KIND(.name = "template", .schema = &schema, .async_attach = attach,
                      .async_describe = describe, .async_holds = holds, .add_fields = add_fields);
