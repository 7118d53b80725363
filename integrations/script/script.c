/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain script: sequences of actions with a name, each a service of its own.
 *
 *     script:
 *       good_night:
 *         alias: Good night
 *         sequence:
 *           - action: light.turn_off
 *             target: {entity_id: all}
 *           - delay: "00:05:00"
 *           - action: lock.lock
 *             target: {entity_id: lock.door}
 *
 * The keys of an item are in item.c. Model: components.script
 */
#include <errno.h>
#include <stdlib.h>

#include "config/config.h"
#include "parts.h"
#include "websocket_api/websocket_api.h"

static int check_config(struct hass *hass, const json_t *section, struct hass_config_report *report,
                        struct hass_error *err) HASS_COROUTINE;

HASS_MANIFEST(.domain = DOMAIN, .name = "Script", .version = HASS_VERSION, .config = &script_schema,
              .dependencies = HASS_LIST("blueprint", "device_automation", "purpose", "trace"),
              .after_dependencies = HASS_LIST("calendar", "mqtt", "persistent_notification", "sun",
                                              "tag", "webhook", "zone"),
              .integration_type = "entity", .async_check_config = check_config);

struct scripts *scripts_of(struct hass *hass)
{
    return hass_async_get_data(hass, DOMAIN);
}

struct script *script_find(struct hass *hass, const char *object_id)
{
    struct scripts *all = scripts_of(hass);

    if (!all)
        return NULL;
    vec_foreach(&all->list, script) {
        if (strcmp((*script)->item.object_id, object_id) == 0)
            return *script;
    }
    return NULL;
}

struct script *script_find_entity(struct hass *hass, const char *entity_id)
{
    struct scripts *all = scripts_of(hass);

    if (!all)
        return NULL;
    vec_foreach(&all->list, script) {
        if (strcmp(hass_entity_async_entity_id((*script)->entity), entity_id) == 0)
            return *script;
    }
    return NULL;
}

static void scripts_destroy(void *object)
{
    struct scripts *all = object;

    vec_fini(&all->list);
    hass_mutex_destroy(all->reloading);
    free(all);
}

/* the section */

/* What becomes of a wrong item, owned by the caller. */
static char *consequence_for(const struct item *item, const char *object_id)
{
    char *text = NULL;
    int r = item->name ? asprintf(&text, "script '%s' is unavailable", item->name)
                       : asprintf(&text, "script '%s' is left out", object_id);

    if (r < 0)
        abort();
    return text;
}

/* Tells all that is wrong with an item, or @err, to the report or the log. */
static HASS_CALLBACK void tell_wrong(struct hass *hass, struct hass_config_report *report,
                                     const char *object_id, const struct item *item,
                                     const struct hass_error *err)
{
    autofree char *consequence = consequence_for(item, object_id);
    autojson *one = json_pack("[s]", item->failure ? item->failure : err->message);

    (void)hass_async_report_item(hass, DOMAIN, report, object_id,
                                 json_array_size(item->wrong) ? item->wrong : one, consequence,
                                 NULL);
}

static HASS_COROUTINE int check_config(struct hass *hass, const json_t *section,
                                       struct hass_config_report *report, struct hass_error *err)
{
    const char *object_id;
    json_t *raw;

    if (!json_is_object(section))
        hass_config_report(report, "expected a map of scripts", NULL);
    json_object_foreach((json_t *)section, object_id, raw) {
        struct hass_error own = HASS_ERROR_INIT;
        struct item item = { 0 };
        int r = item_async_prepare(hass, object_id, raw, true, &item, &own);
        if (r == -ECANCELED)
            return hass_error_copy(err, &own);
        if (r < 0 || item.failure)
            tell_wrong(hass, report, object_id, &item, &own);
        item_fini(&item);
    }
    return 0;
}

struct items {
    HASS_VEC(struct item) list;
};

static void items_fini(struct items *items)
{
    vec_foreach(&items->list, item)
        item_fini(item);
    vec_fini(&items->list);
}

/* The items of a section that become entities; what is wrong is told. */
static HASS_COROUTINE int prepare_all(struct hass *hass, const json_t *section, const char *only,
                                      struct items *items, struct hass_error *err)
{
    const char *object_id;
    json_t *raw;

    if (!json_is_object(section))
        (void)hass_async_report_config(hass, DOMAIN, "expected a map of scripts", NULL, NULL);
    json_object_foreach((json_t *)section, object_id, raw) {
        struct hass_error own = HASS_ERROR_INIT;
        struct item item = { 0 };
        if (only && strcmp(object_id, only) != 0)
            continue;
        int r = item_async_prepare(hass, object_id, raw, false, &item, &own);
        if (r == -ECANCELED)
            return hass_error_copy(err, &own);
        if (r < 0 || item.failure)
            tell_wrong(hass, NULL, object_id, &item, &own);
        if (r >= 0)
            vec_push(&items->list, item);
    }
    return 0;
}

static HASS_COROUTINE int add_all(struct hass *hass, struct items *items, struct hass_error *err)
{
    const struct scripts *all = scripts_of(hass);
    size_t count = items->list.length;
    autofree struct hass_entity **entities = calloc(count + 1, sizeof(*entities));

    for (size_t i = 0; i < count; i++)
        entities[i] = script_entity_create(hass, &items->list.data[i]);
    return count ? hass_component_async_add_entities(all->component, entities, count, err) : 0;
}

/* reload */

static bool is_same(const struct item *a, const struct item *b)
{
    return strcmp(a->object_id, b->object_id) == 0 && !a->failure && !b->failure &&
           hass_json_equal(a->raw, b->raw) && hass_json_equal(a->shown, b->shown);
}

/* Takes the items that are there already out of @items; @kept is told which scripts those are. */
static HASS_CALLBACK void keep_unchanged(struct scripts *all, struct items *items, bool *kept)
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

static HASS_COROUTINE int remove_others(struct scripts *all, const bool *kept,
                                        struct hass_error *err)
{
    HASS_VEC(struct hass_entity *) gone = { 0 };
    int r = 0;

    for (size_t i = 0; i < all->list.length; i++) {
        const struct script *script = all->list.data[i];
        if (!kept[i] && (!all->only || strcmp(script->item.object_id, all->only) == 0))
            vec_push(&gone, hass_entity_ref(script->entity));
    }
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
    struct scripts *all = scripts_of(hass);
    struct items items = { 0 };
    int r = prepare_all(hass, section, all->only, &items, err);
    autofree bool *kept = calloc(all->list.length + 1, sizeof(*kept));

    if (r >= 0) {
        keep_unchanged(all, &items, kept);
        r = remove_others(all, kept, err);
    }
    if (r >= 0)
        r = add_all(hass, &items, err);
    items_fini(&items);
    return r;
}

/* services */

HASS_SCHEMA(turn_on_schema, HASS_FIELD("variables", &hass_type_map, .fallback = "{}",
                                       .doc = "Names for what templates use"));
HASS_SCHEMA(reload_schema, HASS_FIELD("id", &hass_type_string, .doc = "Of the one to reload"));

/* Does not wait for the run. */
static HASS_COROUTINE int turn_on(struct hass_entity *entity, const struct hass_service_call *call,
                                  struct hass_error *err)
{
    return script_async_start(script_of(entity),
                              hass_json_get(hass_service_call_data(call), "variables"),
                              hass_service_call_context(call), err);
}

static HASS_COROUTINE int turn_off(struct hass_entity *entity, const struct hass_service_call *call,
                                   struct hass_error *err)
{
    const struct script *script = script_of(entity);

    if (script->script)
        hass_script_async_stop(script->script);
    return 0;
}

static HASS_COROUTINE int toggle(struct hass_entity *entity, const struct hass_service_call *call,
                                 struct hass_error *err)
{
    const struct script *script = script_of(entity);

    return script->script && hass_script_async_current(script->script) > 0
               ? turn_off(entity, call, err)
               : turn_on(entity, call, err);
}

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("turn_on", "Starts a script", .schema = &turn_on_schema,
                        .async_handler = turn_on),
    HASS_ENTITY_SERVICE("turn_off", "Stops all runs of a script", .async_handler = turn_off),
    HASS_ENTITY_SERVICE("toggle", "Starts a script, or stops its runs", .schema = &turn_on_schema,
                        .async_handler = toggle),
};

static HASS_COROUTINE int on_reload(const struct hass_service_call *call, void *userdata,
                                    struct hass_error *err)
{
    struct hass *hass = hass_service_call_hass(call);
    struct scripts *all = scripts_of(hass);
    int r = hass_mutex_async_lock(all->reloading, err);

    if (r < 0)
        return r;
    all->only = hass_json_get_string(hass_service_call_data(call), "id", NULL);
    r = hass_async_reload_section(hass, DOMAIN, err);
    all->only = NULL;
    hass_mutex_async_unlock(all->reloading);
    return r;
}

static HASS_CALLBACK int add_reload(struct hass *hass, struct hass_error *err)
{
    static const struct hass_service_options options = {
        .size = sizeof(options),
        .schema = &reload_schema,
        .description = "Takes the scripts as they are written now; unchanged ones run on",
        .admin = true,
    };

    return hass_services_async_register(hass, DOMAIN, "reload", &options,
                                        HASS_JOB_COROUTINE(on_reload, NULL), err);
}

/* commands and the editor */

HASS_SCHEMA(entity_schema,
            HASS_FIELD("entity_id", &hass_type_entity_id, .required = true, .doc = "The script"));

/* {"config": what runs} */
static HASS_CALLBACK int config(struct websocket_request *request, struct hass_buf *result,
                                struct hass_error *err)
{
    const struct websocket_api *api = websocket_api_of(request);
    const struct script *script = script_find_entity(
        api->hass(request), hass_json_get_string(api->message(request), "entity_id", ""));

    if (!script)
        return hass_fail(err, HASS_E_NOT_FOUND, "Entity not found");
    autojson *answer = json_pack("{s:O}", "config", script->item.shown);
    hass_json_write(answer, result);
    return 0;
}

static const struct websocket_command command =
    WEBSOCKET_COMMAND("script/config", config, .schema = &entity_schema);

static HASS_COROUTINE int check_item(struct hass *hass, const json_t *item_config,
                                     struct hass_error *err)
{
    struct item item = { 0 };
    int r = item_async_prepare(hass, "script", item_config, false, &item, err);

    if (r >= 0 && item.failure)
        r = hass_fail(err, HASS_E_INVALID, "%s", item.failure);
    item_fini(&item);
    return r;
}

static HASS_CALLBACK json_t *made_of(struct hass *hass, const char *blueprint)
{
    const struct scripts *all = scripts_of(hass);
    json_t *ids = json_array();

    for (size_t i = 0; i < all->list.length; i++) {
        const struct script *one = all->list.data[i];
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

static HASS_CALLBACK int offer(struct hass *hass, struct hass_error *err)
{
    const struct websocket_api *api = hass_async_get_api(hass, "websocket_api");
    int r = api ? api->add_command(hass, &command, err)
                : hass_fail(err, HASS_E_NOT_READY, "websocket_api is not set up");

    return r < 0 ? r : hass_async_provide_api(hass, DOMAIN ".editor", &editor, err);
}

/* set-up */

static HASS_CALLBACK int resume_all(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct scripts *all = scripts_of(hass);

    for (size_t i = 0; i < all->list.length; i++)
        if (all->list.data[i]->script)
            (void)hass_script_async_resume(all->list.data[i]->script, NULL);
    return 0;
}

static HASS_COROUTINE int make_component(struct hass *hass, struct scripts *all,
                                         struct hass_error *err)
{
    const struct hass_component_options options = {
        .size = sizeof(options),
        .domain = DOMAIN,
    };
    int r = hass_component_async_create(hass, &options, NULL, &all->component, err);

    if (r >= 0)
        r = HASS_REGISTER_SERVICES(all->component, services, err);
    if (r >= 0)
        r = add_reload(hass, err);
    return r < 0 ? r : offer(hass, err);
}

int async_setup(struct hass *hass, const json_t *section, struct hass_error *err)
{
    struct scripts *all = calloc(1, sizeof(*all));
    struct items items = { 0 };

    all->reloading = hass_mutex_create(hass);
    int r = hass_async_set_data(hass, DOMAIN, all, scripts_destroy, err);
    if (r >= 0)
        r = hass_script_async_load_journal(hass, err);
    if (r >= 0)
        r = make_component(hass, all, err);
    if (r >= 0)
        r = prepare_all(hass, section, NULL, &items, err);
    if (r >= 0)
        r = add_all(hass, &items, err);
    items_fini(&items);
    return r < 0 ? r : hass_async_at_started(hass, HASS_JOB_CALLBACK(resume_all, NULL), NULL, err);
}
