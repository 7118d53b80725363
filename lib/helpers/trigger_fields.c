/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the variable `trigger` has. Of a change it is made when somebody looks, perhaps long after the trigger has gone: until then it is
 * the two states, the description, and the configuration, which is counted.
 */
#include <string.h>

#include "base/mem.h"
#include "helpers/template_hass.h"
#include "helpers/trigger.h"
#include "helpers/variables.h"

void trigger_add_common(const json_t *written, const char *number, const char *description,
                        struct hass_template_variables *fields)
{
    template_variables_set_text(fields, "trigger.id", hass_json_get_string(written, "id", number));
    template_variables_set_text(fields, "trigger.idx", number);
    hass_template_variables_set(fields, "trigger.alias",
                                hass_json_ref(hass_json_get(written, "alias")));
    template_variables_set_text(fields, "trigger.platform",
                                hass_json_get_string(written, "trigger", NULL));
    if (description)
        template_variables_set_text(fields, "trigger.description", description);
}

struct hass_template_variables *trigger_change_fields(const json_t *config,
                                                      const struct hass_trigger_change *change)
{
    struct hass_template_variables *fields = hass_template_variables_create();

    template_variables_set_text(fields, "trigger.entity_id", change->entity_id);
    hass_template_variables_set_state(fields, "trigger.from_state", change->from);
    hass_template_variables_set_state(fields, "trigger.to_state", change->to);
    if (hass_json_get(config, "for"))
        hass_template_variables_set_duration(fields, "trigger.for", change->seconds);
    else
        hass_template_variables_set(fields, "trigger.for", NULL);
    return fields;
}

struct source {
    struct variable_source common;
    json_t *written, *config;           /* references: of the trigger, and what its kind sees */
    const struct hass_state *from, *to; /* references, or NULL */
    double seconds;
    char *description;
    char number[sizeof(((struct hass_trigger *)0)->number)];
    void (*add_fields)(const json_t *config, struct hass_template_variables *fields);
    bool by_entity;
    char entity_id[]; /* "" if not */
};

static const struct source *source_of(const struct variable_source *common)
{
    return (const struct source *)common;
}

static struct hass_template_variables *make(const struct variable_source *common)
{
    const struct source *source = source_of(common);
    struct hass_template_variables *fields = trigger_change_fields(
        source->config,
        HASS_TRIGGER_CHANGE(.entity_id = source->by_entity ? source->entity_id : NULL,
                            .from = source->from, .to = source->to, .seconds = source->seconds));

    source->add_fields(source->config, fields);
    trigger_add_common(source->written, source->number, source->description, fields);
    return fields;
}

static const char *text(const struct variable_source *common, const char *member)
{
    const struct source *source = source_of(common);

    if (strcmp(member, "description") == 0)
        return source->description;
    if (strcmp(member, "idx") == 0)
        return source->number;
    if (strcmp(member, "id") == 0)
        return hass_json_get_string(source->written, "id", source->number);
    return NULL;
}

static void destroy(struct variable_source *common)
{
    struct source *source = (struct source *)common;

    json_decref(source->written);
    json_decref(source->config);
    hass_state_unref(source->from);
    hass_state_unref(source->to);
    free(source->description);
    free(source);
}

struct variable_source *trigger_source_new(const struct hass_trigger *trigger,
                                           const struct hass_trigger_change *change,
                                           char *description)
{
    const char *entity_id = change->entity_id ? change->entity_id : "";
    size_t size = strlen(entity_id) + 1;
    struct source *source = mem_alloc(sizeof(*source) + size);

    *source = (struct source){
        .common = { make, text, destroy },
        .written = hass_json_ref(trigger->written),
        .config = hass_json_ref(trigger->config),
        .from = hass_state_ref(change->from),
        .to = hass_state_ref(change->to),
        .seconds = change->seconds,
        .description = description,
        .add_fields = trigger->kind.add_fields,
        .by_entity = change->entity_id != NULL,
    };
    memcpy(source->number, trigger->number, sizeof(source->number));
    memcpy(source->entity_id, entity_id, size);
    return &source->common;
}
