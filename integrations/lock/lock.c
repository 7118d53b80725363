/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain lock. Services lock, unlock, open, each with a code where the lock wants one.
 *
 * Configuration: a list of platforms (`lock: [{platform: …}]`); the domain has no options of its own.
 * code.c: the formats of codes.
 */
#include "lock.h"

#include <hass/integration.h>

#include "code.h"

#define SCAN_INTERVAL 30.0 /* seconds; the model's for this domain */

HASS_MANIFEST(.domain = "lock", .name = "Lock", .version = HASS_VERSION);

static const struct lock_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

/* What happens to it is said before where it is. */
static const char *doing(const struct lock_state *now)
{
    if (now->is_jammed)
        return "jammed";
    if (now->is_opening)
        return "opening";
    if (now->is_locking)
        return "locking";
    if (now->is_open)
        return "open";
    return now->is_unlocking ? "unlocking" : NULL;
}

static struct hass_value state(struct hass_entity *entity)
{
    struct lock_state now;

    HASS_READ(&now, ops_of(entity)->state(entity));
    const char *word = doing(&now);
    if (word)
        return hass_value_string(word);
    if (now.is_locked.type != HASS_VALUE_BOOL)
        return HASS_NONE;
    return hass_value_string(now.is_locked.boolean ? "locked" : "unlocked");
}

static void state_attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    struct lock_state now;

    HASS_READ(&now, ops_of(entity)->state(entity));
    if (now.changed_by)
        hass_attrs_set_string(writer, "changed_by", now.changed_by);
    if (now.code_format)
        hass_attrs_set_string(writer, "code_format", now.code_format);
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .state_attributes = state_attributes,
    .has_supported_features = true,
};

HASS_ENTITY_COMMAND(carry_out, struct lock_ops, command, struct lock_command)

#define SERVICE_COUNT (LOCK_ACTION_OPEN + 1)
static const struct hass_entity_service_row services[SERVICE_COUNT];

/* The code of a call, else the one that its user has set for calls without; or "". */
static HASS_CALLBACK int read_code(struct hass_entity *entity, const json_t *data,
                                   char code[LOCK_CODE_MAX + 1], struct hass_error *err)
{
    const char *given = hass_json_get_string(data, "code", "");
    autojson *options = *given ? NULL : hass_entity_registry_options(entity, "lock");

    if (options)
        given = hass_json_get_string(options, "default_code", "");
    if (strlen(given) > LOCK_CODE_MAX)
        return hass_fail(err, HASS_E_SERVICE_VALIDATION, "a code has %d bytes at most",
                         LOCK_CODE_MAX);
    memcpy(code, given, strlen(given) + 1);
    return 0;
}

/* No code at all is matched against the format, too. */
static HASS_CALLBACK int check_code(struct hass_entity *entity, const char *code,
                                    struct hass_error *err)
{
    struct lock_state now;

    HASS_READ(&now, ops_of(entity)->state(entity));
    if (!now.code_format || code_matches(now.code_format, code))
        return 0;
    return hass_fail_key(err, HASS_E_SERVICE_VALIDATION, "add_default_code",
                         "the code for %s does not match pattern %s",
                         hass_entity_async_entity_id(entity), now.code_format);
}

static HASS_COROUTINE int act(struct hass_entity *entity, const struct hass_service_call *call,
                              struct hass_error *err)
{
    struct lock_command command = {
        .size = sizeof(command),
        .action = (enum lock_action)hass_service_place(services, call),
    };
    int r = read_code(entity, hass_service_call_data(call), command.code, err);

    if (r >= 0)
        r = check_code(entity, command.code, err);
    return r < 0 ? r : carry_out(entity, call, &command, err);
}

HASS_SCHEMA(code_schema, HASS_FIELD("code", &hass_type_string, .max = LOCK_CODE_MAX, .secret = true,
                                    .doc = "In the format of code_format"));

static const struct hass_entity_service_row services[SERVICE_COUNT] = {
    [LOCK_ACTION_LOCK] =
        HASS_ENTITY_SERVICE("lock", "Locks locks", .schema = &code_schema, .async_handler = act),
    [LOCK_ACTION_UNLOCK] = HASS_ENTITY_SERVICE("unlock", "Unlocks locks", .schema = &code_schema,
                                               .async_handler = act),
    [LOCK_ACTION_OPEN] =
        HASS_ENTITY_SERVICE("open", "Opens the latch of locks", .schema = &code_schema,
                            .required_features = LOCK_OPEN, .async_handler = act),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return HASS_DOMAIN_SETUP(hass, config, services, err, .domain = "lock",
                             .scan_interval = SCAN_INTERVAL, .ops = &domain_ops);
}
