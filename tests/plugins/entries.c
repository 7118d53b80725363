/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An integration with config entries alone. The data of an entry say what its set-up and unloading come to; what is called is
 * told by events.
 */
#include <errno.h>
#include <string.h>

#include <hass/device_registry.h>
#include <hass/integration.h>

HASS_MANIFEST(.domain = "entries", .name = "Entries", .version = "1.0", .entry_version = 2,
              .entry_minor_version = 3);

static HASS_CALLBACK int tell(struct hass_entry *entry, const char *what)
{
    return hass_bus_async_fire(
        hass_entry_hass(entry), "entries_test",
        json_pack("{s:s, s:s}", "what", what, "entry", hass_entry_async_title(entry)), NULL, NULL);
}

static HASS_CALLBACK const char *mode(const struct hass_entry *entry, const char *key)
{
    return hass_json_get_string(hass_entry_async_data(entry), key, "good");
}

static HASS_CALLBACK int on_unload_first(struct hass *hass, void *userdata, struct hass_error *err)
{
    return tell(userdata, "on_unload 1");
}

static HASS_COROUTINE int on_unload_second(struct hass *hass, void *userdata,
                                           struct hass_error *err)
{
    int r = hass_async_sleep(hass, 1, err);

    return r < 0 ? r : tell(userdata, "on_unload 2");
}

static HASS_CALLBACK int on_update(struct hass *hass, void *userdata, struct hass_error *err)
{
    return tell(userdata, "update");
}

static HASS_CALLBACK int on_ping(const struct hass_event *event, void *userdata,
                                 struct hass_error *err)
{
    return tell(userdata, "ping");
}

static HASS_COROUTINE int sleep_long(struct hass *hass, void *userdata, struct hass_error *err)
{
    int r = hass_async_sleep(hass, 86400, err);

    tell(userdata, "cancelled");
    return r;
}

struct runtime {
    struct hass *hass;
};

static void free_runtime(void *object)
{
    struct runtime *runtime = object;

    (void)hass_bus_fire(runtime->hass, "entries_test", json_pack("{s:s}", "what", "free"), NULL,
                        NULL);
    free(runtime);
}

static HASS_CALLBACK int register_all(struct hass *hass, struct hass_entry *entry,
                                      struct hass_error *err)
{
    struct runtime *runtime = calloc(1, sizeof(*runtime));

    runtime->hass = hass;
    int r = hass_entry_async_set_runtime_data(entry, runtime, free_runtime, err);
    if (r >= 0)
        r = hass_entry_async_on_unload(entry, HASS_JOB_CALLBACK(on_unload_first, entry), err);
    if (r >= 0)
        r = hass_entry_async_on_unload(entry, HASS_JOB_COROUTINE(on_unload_second, entry), err);
    if (r >= 0)
        r = hass_entry_async_on_update(entry, HASS_JOB_CALLBACK(on_update, entry), NULL, err);
    if (r >= 0)
        r = hass_bus_async_listen(hass, "entries_ping", NULL, HASS_JOB_CALLBACK(on_ping, entry),
                                  NULL, err);
    if (r >= 0)
        r = hass_async_create_background_task(hass, HASS_JOB_COROUTINE(sleep_long, entry), NULL,
                                              err);
    return r;
}

/* What @word says. */
static HASS_COROUTINE int behave(struct hass_entry *entry, const char *word, struct hass_error *err)
{
    struct hass *hass = hass_entry_hass(entry);

    if (!strcmp(word, "not_ready"))
        return hass_fail(err, HASS_E_NOT_READY, "the hub is away");
    if (!strcmp(word, "auth"))
        return hass_fail(err, HASS_E_AUTH_FAILED, "wrong password");
    if (!strcmp(word, "fail"))
        return hass_fail_key(err, HASS_E_GENERAL, "cannot_work", "it cannot work");
    if (!strcmp(word, "silent"))
        return -EIO;
    if (!strcmp(word, "hang"))
        return hass_async_sleep(hass, 86400, err);
    if (!strcmp(word, "self"))
        return hass_entries_async_reload(hass, hass_entry_id(entry), err);
    return 0;
}

int async_setup_entry(struct hass *hass, struct hass_entry *entry, struct hass_error *err)
{
    tell(entry, "setup");
    int r = register_all(hass, entry, err);
    if (r >= 0 && hass_json_get_bool(hass_entry_async_data(entry), "things", false))
        r = hass_entry_async_forward_setups(entry, HASS_LIST("thing"), err);
    return r < 0 ? r : behave(entry, mode(entry, "setup"), err);
}

int async_unload_entry(struct hass *hass, struct hass_entry *entry, struct hass_error *err)
{
    tell(entry, "unload");
    return behave(entry, mode(entry, "unload"), err);
}

int async_remove_entry(struct hass *hass, struct hass_entry *entry, struct hass_error *err)
{
    tell(entry, "remove");
    return behave(entry, mode(entry, "remove"), err);
}

/* 1: it may go; "refuse": it may not. */
int async_remove_config_entry_device(struct hass *hass, struct hass_entry *entry,
                                     const struct hass_device *device, struct hass_error *err)
{
    const char *word = mode(entry, "device");

    tell(entry, device->name);
    int r = behave(entry, word, err);
    return r < 0 ? r : strcmp(word, "refuse") != 0;
}

int async_migrate_entry(struct hass *hass, struct hass_entry *entry, struct hass_error *err)
{
    tell(entry, "migrate");
    int r = behave(entry, mode(entry, "migrate"), err);
    return r < 0 ? r
                 : hass_entry_async_update(
                       entry, json_pack("{s:i, s:i}", "version", 2, "minor_version", 3), err);
}

/* entities */

static struct hass_value state(struct hass_entity *entity)
{
    return hass_value_string("there");
}

static HASS_COROUTINE int say_good_bye(struct hass_entity *entity, struct hass_error *err)
{
    return hass_bus_async_fire(hass_entity_hass(entity), "entries_test",
                               json_pack("{s:s}", "what", "good-bye"), NULL, err);
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.state = state, .async_will_remove_from_hass = say_good_bye);
static const struct hass_entity_description description =
    HASS_ENTITY_DESCRIPTION(.name = "Of entry");

/* A thing for each part of the entry: what its description lends lives as long as the entity. */
struct part {
    char *id;
    struct hass_device_pair identifiers[2];
    struct hass_device_info device;
    struct hass_entity_description description;
};

static void free_part(struct hass_entity *entity)
{
    struct part *part = hass_entity_userdata(entity);

    free(part->id);
    free(part);
}

static const struct hass_entity_ops part_ops =
    HASS_ENTITY_OPS(.state = state, .destroy = free_part);

static HASS_BLOCKING int add_part(struct hass_platform *platform, const json_t *subentry,
                                  struct hass_error *err)
{
    struct part *part = calloc(1, sizeof(*part));

    part->id = strdup(hass_json_get_string(subentry, "subentry_id", ""));
    part->identifiers[0] = (struct hass_device_pair){ "entries", part->id };
    part->device =
        (struct hass_device_info)HASS_DEVICE_INFO(.identifiers = part->identifiers, .name = "Part");
    part->description =
        (struct hass_entity_description)HASS_ENTITY_DESCRIPTION(.name = "Part",
                                                                .unique_id = part->id,
                                                                .device_info = &part->device,
                                                                .config_subentry_id = part->id);
    struct hass_entity *entity = hass_entity_new(hass_platform_hass(platform), &part_ops,
                                                 &part->description, NULL, NULL, part);
    return hass_platform_add_entities(platform, &entity, 1, false, err);
}

int setup_entry_platform(struct hass_platform *platform, struct hass_entry *entry,
                         struct hass_error *err)
{
    autojson *parts = hass_entry_subentries(entry);
    size_t i;
    json_t *part;

    json_array_foreach(parts, i, part)
        if (add_part(platform, part, err) < 0)
            return err->code;
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &description, NULL, NULL, NULL);

    if (hass_platform_entry(platform) != entry)
        return hass_fail(err, HASS_E_INVALID, "not the platform's entry");
    return hass_platform_add_entities(platform, &entity, 1, false, err);
}
