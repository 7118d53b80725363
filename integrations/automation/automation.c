/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain automation: what sets something off, what must be true then, what is done.
 *
 *     automation:
 *       - id: hall_light
 *         alias: Light in the hall
 *         triggers:
 *           - trigger: state
 *             entity_id: binary_sensor.hall
 *             to: "on"
 *         conditions:
 *           - "{{ is_state('sun.sun', 'below_horizon') }}"
 *         actions:
 *           - action: light.turn_on
 *             target: {entity_id: light.hall}
 *
 * The keys of an item are in item.c. Several sections, `automation kitchen:`, are one list. Model: components.automation
 */
#include <errno.h>
#include <stdlib.h>

#include "config/config.h"
#include "past.h"

static int check_config(struct hass *hass, const json_t *section, struct hass_config_report *report,
                        struct hass_error *err) HASS_COROUTINE;

HASS_MANIFEST(.domain = DOMAIN, .name = "Automation", .version = HASS_VERSION,
              .config = &automation_schema,
              .dependencies = HASS_LIST("blueprint", "device_automation", "purpose", "trace"),
              .after_dependencies = HASS_LIST("calendar", "mqtt", "persistent_notification", "sun",
                                              "tag", "webhook", "zone"),
              .integration_type = "entity", .async_check_config = check_config);

struct automations *automations_of(struct hass *hass)
{
    return hass_async_get_data(hass, DOMAIN);
}

struct automation *automation_find(struct hass *hass, const char *entity_id)
{
    struct automations *all = automations_of(hass);

    if (!all || !entity_id)
        return NULL;
    vec_foreach(&all->list, automation) {
        if (strcmp(hass_entity_async_entity_id((*automation)->entity), entity_id) == 0)
            return *automation;
    }
    return NULL;
}

static void automations_destroy(void *object)
{
    struct automations *all = object;

    vec_fini(&all->list);
    hass_mutex_destroy(all->reloading);
    free(all);
}

/* the section */

/* What becomes of a wrong item, owned by the caller. */
static char *consequence_for(const struct item *item, size_t index)
{
    char *text = NULL;
    int r = item->name ? asprintf(&text, "automation '%s' is unavailable", item->name)
                       : asprintf(&text, "automation %zu is left out", index);

    if (r < 0)
        abort();
    return text;
}

/* Tells all that is wrong with an item, or @err, to the report or the log. */
static HASS_CALLBACK void tell_wrong(struct hass *hass, struct hass_config_report *report,
                                     const json_t *section, const struct item *item, size_t index,
                                     const struct hass_error *err)
{
    autofree char *consequence = consequence_for(item, index);
    autojson *one = json_pack("[s]", item->failure ? item->failure : err->message);
    char step[24];

    snprintf(step, sizeof(step), "%zu", index);
    (void)hass_async_report_item(hass, DOMAIN, report, json_is_array(section) ? step : NULL,
                                 json_array_size(item->wrong) ? item->wrong : one, consequence,
                                 NULL);
}

static HASS_COROUTINE int check_config(struct hass *hass, const json_t *section,
                                       struct hass_config_report *report, struct hass_error *err)
{
    int r = 0;

    for (size_t i = 0; i < section_count(section) && r >= 0; i++) {
        struct hass_error own = HASS_ERROR_INIT;
        struct item item = { 0 };
        r = item_async_prepare(hass, section_item(section, i), i, true, &item, &own);
        if (r == -ECANCELED)
            return hass_error_copy(err, &own);
        if (r < 0 || item.failure)
            tell_wrong(hass, report, section, &item, i, &own);
        r = 0;
        item_fini(&item);
    }
    return r;
}

/* The items of a section that become entities; what is wrong is told. */
struct items {
    HASS_VEC(struct item) list;
};

static void items_fini(struct items *items)
{
    vec_foreach(&items->list, item)
        item_fini(item);
    vec_fini(&items->list);
}

/* @same: for each of the section the entity that runs it already, or NULL; or NULL. */
static HASS_COROUTINE int prepare_all(struct hass *hass, const json_t *section, const char *only,
                                      struct hass_entity *const *same, struct items *items,
                                      struct hass_error *err)
{
    for (size_t i = 0; i < section_count(section); i++) {
        struct hass_error own = HASS_ERROR_INIT;
        const json_t *raw = section_item(section, i);
        struct item item = { 0 };
        if (!section_wants(raw, only) || (same && same[i]))
            continue;
        int r = item_async_prepare(hass, raw, i, false, &item, &own);
        if (r == -ECANCELED)
            return hass_error_copy(err, &own);
        if (r < 0 || item.failure)
            tell_wrong(hass, NULL, section, &item, i, &own);
        if (r >= 0)
            vec_push(&items->list, item);
    }
    return 0;
}

static HASS_COROUTINE int add_all(struct hass *hass, struct items *items, struct hass_error *err)
{
    struct automations *all = automations_of(hass);
    size_t count = items->list.length;
    autofree struct hass_entity **entities = calloc(count + 1, sizeof(*entities));

    for (size_t i = 0; i < count; i++)
        entities[i] = automation_entity_create(hass, &items->list.data[i]);
    return count ? hass_component_async_add_entities(all->component, entities, count, err) : 0;
}

/* start */

/* All together, after what listens to homeassistant_start. */
static HASS_CALLBACK int attach_all(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct automations *all = automations_of(hass);

    all->attached_at_start = true;
    for (size_t i = 0; i < all->list.length; i++) {
        struct automation *automation = all->list.data[i];
        struct hass_error own = HASS_ERROR_INIT;
        if (automation->enabled && automation_attach(automation, true, &own) < 0)
            hass_error("Triggers of %s are not attached: %s", automation->item.name, own.message);
    }
    return 0;
}

static HASS_CALLBACK int resume_all(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct automations *all = automations_of(hass);

    for (size_t i = 0; i < all->list.length; i++)
        if (all->list.data[i]->script)
            (void)hass_script_async_resume(all->list.data[i]->script, NULL);
    return 0;
}

static HASS_CALLBACK int wait_for_start(struct hass *hass, struct automations *all,
                                        struct hass_error *err)
{
    if (hass_is_running(hass)) {
        all->attached_at_start = true;
        return 0;
    }
    int r = hass_async_add_startup_job(hass, HASS_JOB_CALLBACK(attach_all, NULL), NULL, err);
    return r < 0 ? r : hass_async_at_started(hass, HASS_JOB_CALLBACK(resume_all, NULL), NULL, err);
}

/* reload */

static bool is_same(const struct item *a, const struct item *b)
{
    return strcmp(a->name, b->name) == 0 && !a->failure && !b->failure &&
           hass_json_equal(a->raw, b->raw) && hass_json_equal(a->shown, b->shown);
}

/* Takes the items that run already out of @items; @kept is told which automations those are. */
static HASS_CALLBACK void keep_unchanged(struct automations *all, struct items *items, bool *kept)
{
    for (size_t i = 0; i < items->list.length;) {
        size_t j = 0;
        for (; j < all->list.length; j++)
            if (!kept[j] && is_same(&all->list.data[j]->item, &items->list.data[i]))
                break;
        if (j == all->list.length) {
            i++;
            continue;
        }
        kept[j] = true;
        item_fini(&items->list.data[i]);
        vec_remove(&items->list, i);
    }
}

static bool concerns(const struct automations *all, const struct automation *automation)
{
    return !all->only || (automation->item.id && strcmp(automation->item.id, all->only) == 0);
}

static HASS_COROUTINE int remove_others(struct automations *all, const bool *kept,
                                        struct hass_error *err)
{
    HASS_VEC(struct hass_entity *) gone = { 0 };
    int r = 0;

    for (size_t i = 0; i < all->list.length; i++)
        if (!kept[i] && concerns(all, all->list.data[i]))
            vec_push(&gone, hass_entity_ref(all->list.data[i]->entity));
    vec_foreach(&gone, entity) {
        if (r >= 0)
            r = hass_entity_async_remove(*entity, err);
        hass_entity_unref(*entity);
    }
    vec_fini(&gone);
    return r;
}

int async_reload(struct hass *hass, const json_t *section, struct hass_error *err)
{
    struct automations *all = automations_of(hass);
    struct items items = { 0 };
    struct hass_entity **same = same_find(all, section);
    int r = prepare_all(hass, section, all->only, same, &items, err);
    autofree bool *kept = calloc(all->list.length + 1, sizeof(*kept));

    same_keep(all, same, section_count(section), kept);
    if (r >= 0) {
        keep_unchanged(all, &items, kept);
        r = remove_others(all, kept, err);
    }
    if (r >= 0)
        r = add_all(hass, &items, err);
    items_fini(&items);
    return r < 0 ? r
                 : hass_bus_async_fire(hass, "automation_reloaded", NULL, all->reload_context, err);
}

/* services */

HASS_SCHEMA(trigger_schema,
            HASS_FIELD("variables", &hass_type_map, .fallback = "{}",
                       .doc = "Names for what templates use"),
            HASS_FIELD("skip_condition", &hass_type_bool, .fallback = "true",
                       .doc = "Whether it runs whatever its conditions say"));
HASS_SCHEMA(turn_off_schema, HASS_FIELD("stop_actions", &hass_type_bool, .fallback = "true",
                                        .doc = "Whether its runs are stopped"));
HASS_SCHEMA(reload_schema, HASS_FIELD("id", &hass_type_string, .doc = "Of the one to reload"));

static HASS_COROUTINE int on_trigger(struct hass_entity *entity,
                                     const struct hass_service_call *call, struct hass_error *err)
{
    const json_t *data = hass_service_call_data(call);

    return automation_async_trigger(automation_of(entity), hass_json_get(data, "variables"),
                                    hass_json_get_bool(data, "skip_condition", true),
                                    hass_service_call_context(call), err);
}

static HASS_COROUTINE int turn_on(struct hass_entity *entity, const struct hass_service_call *call,
                                  struct hass_error *err)
{
    int r = automation_enable(automation_of(entity), err);

    return r < 0 ? r : hass_entity_async_write_ha_state(entity, err);
}

static HASS_COROUTINE int turn_off(struct hass_entity *entity, const struct hass_service_call *call,
                                   struct hass_error *err)
{
    bool stop = hass_json_get_bool(hass_service_call_data(call), "stop_actions", true);
    int r = automation_disable(automation_of(entity), stop, err);

    return r < 0 ? r : hass_entity_async_write_ha_state(entity, err);
}

static HASS_COROUTINE int toggle(struct hass_entity *entity, const struct hass_service_call *call,
                                 struct hass_error *err)
{
    return automation_of(entity)->enabled ? turn_off(entity, call, err)
                                          : turn_on(entity, call, err);
}

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("trigger", "Runs the actions of an automation", .schema = &trigger_schema,
                        .async_handler = on_trigger),
    HASS_ENTITY_SERVICE("turn_on", "Lets an automation be set off", .async_handler = turn_on),
    HASS_ENTITY_SERVICE("turn_off", "Lets an automation not be set off any more",
                        .schema = &turn_off_schema, .async_handler = turn_off),
    HASS_ENTITY_SERVICE("toggle", "Turns an automation on or off", .async_handler = toggle),
};

static HASS_COROUTINE int on_reload(const struct hass_service_call *call, void *userdata,
                                    struct hass_error *err)
{
    struct hass *hass = hass_service_call_hass(call);
    struct automations *all = automations_of(hass);
    const char *id = hass_json_get_string(hass_service_call_data(call), "id", NULL);
    int r = hass_mutex_async_lock(all->reloading, err);

    if (r < 0)
        return r;
    all->only = id;
    all->reload_context = hass_service_call_context(call);
    r = hass_async_reload_section(hass, DOMAIN, err);
    all->only = NULL;
    all->reload_context = NULL;
    hass_mutex_async_unlock(all->reloading);
    return r;
}

static HASS_CALLBACK int add_reload(struct hass *hass, struct hass_error *err)
{
    static const struct hass_service_options options = {
        .size = sizeof(options),
        .schema = &reload_schema,
        .description = "Takes the automations as they are written now; unchanged ones run on",
        .admin = true,
    };

    return hass_services_async_register(hass, DOMAIN, "reload", &options,
                                        HASS_JOB_COROUTINE(on_reload, NULL), err);
}

/* for the editor */

static HASS_COROUTINE int check_item(struct hass *hass, const json_t *config,
                                     struct hass_error *err)
{
    struct item item = { 0 };
    int r = item_async_prepare(hass, config, 0, false, &item, err);

    if (r >= 0 && item.failure)
        r = hass_fail(err, HASS_E_INVALID, "%s", item.failure);
    item_fini(&item);
    return r;
}

static HASS_CALLBACK json_t *made_of(struct hass *hass, const char *blueprint)
{
    const struct automations *all = automations_of(hass);
    json_t *ids = json_array();

    for (size_t i = 0; i < all->list.length; i++) {
        const struct automation *one = all->list.data[i];
        const json_t *use = hass_json_get(one->item.raw, "use_blueprint");
        if (strcmp(hass_json_get_string(use, "path", ""), blueprint) == 0)
            json_array_append_new(ids, json_string(hass_entity_async_entity_id(one->entity)));
    }
    return ids;
}

static const struct hass_config_editor editor = {
    .size = sizeof(editor),
    .async_check = check_item,
    .async_made_of = made_of,
};

/* set-up */

static const struct hass_domain_ops domain_ops = { .size = sizeof(domain_ops) };

static HASS_COROUTINE int make_component(struct hass *hass, struct automations *all,
                                         struct hass_error *err)
{
    const struct hass_component_options options = {
        .size = sizeof(options),
        .domain = DOMAIN,
        .ops = &domain_ops,
    };
    int r = hass_component_async_create(hass, &options, NULL, &all->component, err);

    if (r >= 0)
        r = HASS_REGISTER_SERVICES(all->component, services, err);
    if (r >= 0)
        r = add_reload(hass, err);
    if (r >= 0)
        r = websocket_add(hass, err);
    return r < 0 ? r : hass_async_provide_api(hass, DOMAIN ".editor", &editor, err);
}

int async_setup(struct hass *hass, const json_t *section, struct hass_error *err)
{
    struct automations *all = calloc(1, sizeof(*all));
    struct items items = { 0 };

    all->reloading = hass_mutex_create(hass);
    int r = hass_async_set_data(hass, DOMAIN, all, automations_destroy, err);
    if (r >= 0)
        r = past_begin(hass, err);
    if (r >= 0)
        r = hass_script_async_load_journal(hass, err);
    if (r >= 0)
        r = make_component(hass, all, err);
    if (r >= 0)
        r = prepare_all(hass, section, NULL, NULL, &items, err);
    if (r >= 0)
        r = add_all(hass, &items, err);
    items_fini(&items);
    return r < 0 ? r : wait_for_start(hass, all, err);
}
