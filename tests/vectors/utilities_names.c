/* SPDX-License-Identifier: Apache-2.0 */
/* Slugs, ids of entities, states and ULIDs. */
#include <stdlib.h>
#include <string.h>

#include <hass/entity_registry.h>
#include <hass/states.h>

#include "base/mem.h"
#include "base/ulid.h"
#include "support/test.h"
#include "vectors/utilities.h"

static int slugify(const json_t *vector, const json_t *args, json_t **ret_value,
                   struct hass_error *err)
{
    autobuf slug = HASS_BUF_INIT;
    const char *text = utility_text(args, "text");

    if (text)
        hass_slugify(text, hass_json_get_string(args, "separator", "_"), &slug);
    *ret_value = json_string(hass_buf_string(&slug));
    return 0;
}

static int valid_entity_id(const json_t *vector, const json_t *args, json_t **ret_value,
                           struct hass_error *err)
{
    const char *id = utility_text(args, "entity_id");

    *ret_value = json_boolean(id && hass_valid_entity_id(id));
    return 0;
}

/* A domain is good when an id in it is. */
static int valid_domain(const json_t *vector, const json_t *args, json_t **ret_value,
                        struct hass_error *err)
{
    autofree char *id = mem_printf("%s.x", utility_text(args, "domain"));

    *ret_value =
        json_boolean(!strchr(utility_text(args, "domain"), '.') && hass_valid_entity_id(id));
    return 0;
}

static HASS_CALLBACK struct hass *a_hass(const json_t *vector)
{
    struct hass *hass = test_hass_at(utility_now(vector));

    test_start(hass);
    return hass;
}

/* The parts of an id, as a state of it has them. */
static int split_entity_id(const json_t *vector, const json_t *args, json_t **ret_value,
                           struct hass_error *err)
{
    hass__assert_loop();
    struct hass *hass = a_hass(vector);
    const char *id = utility_text(args, "entity_id");
    int r = hass_states_async_set(hass, id, "on", NULL, NULL, err);

    if (r >= 0) {
        const struct hass_state *state = hass_states_async_get(hass, id);
        char domain[65];
        hass_state_domain(state, domain);
        *ret_value = json_pack("[s,s]", domain, hass_state_object_id(state));
    }
    test_destroy(hass);
    return r < 0 ? r : 0;
}

/* A state of that many characters is set. */
static int set_state(const json_t *vector, const json_t *args, json_t **ret_value,
                     struct hass_error *err)
{
    hass__assert_loop();
    autobuf state = HASS_BUF_INIT;
    int64_t length = hass_json_get_int(args, "length", 0);

    for (int64_t i = 0; i < length; i++)
        hass_buf_add_string(&state, hass_json_get_string(args, "character", "x"));
    struct hass *hass = a_hass(vector);
    int r = hass_states_async_set(hass, "sensor.x", hass_buf_string(&state), NULL, NULL, err);
    *ret_value = json_integer(length);
    test_destroy(hass);
    return r < 0 ? r : 0;
}

/* The registry's own ids: what exists is a state. */
static int generate_entity_id(const json_t *vector, const json_t *args, json_t **ret_value,
                              struct hass_error *err)
{
    hass__assert_loop();
    struct hass *hass = a_hass(vector);
    const json_t *taken = hass_json_get(args, "current_ids");
    const char *name = utility_text(args, "name");

    for (size_t i = 0; i < json_array_size(taken); i++)
        hass_states_async_set(hass, json_string_value(json_array_get(taken, i)), "on", NULL, NULL,
                              NULL);
    autofree char *id = hass_entity_registry_async_generate_id(
        hass, "light", name && *name ? name : "Unnamed Device", NULL);
    *ret_value = json_string(id);
    test_destroy(hass);
    return 0;
}

/* ULIDs */

static int64_t time_of(const json_t *args)
{
    return (int64_t)(hass_json_get_number(args, "unix_time", 0) * 1e6);
}

static int ulid_timestamp_part(const json_t *vector, const json_t *args, json_t **ret_value,
                               struct hass_error *err)
{
    struct ulid ulid;
    char text[ULID_TEXT];

    ulid_make(time_of(args), &ulid);
    ulid_encode(&ulid, text);
    *ret_value = json_stringn(text, 10);
    return 0;
}

static int ulid_properties(const json_t *vector, const json_t *args, json_t **ret_value,
                           struct hass_error *err)
{
    struct ulid one, other;
    char text[ULID_TEXT], other_text[ULID_TEXT];

    ulid_make(time_of(args), &one);
    ulid_make(time_of(args), &other);
    ulid_encode(&one, text);
    ulid_encode(&other, other_text);
    bool alphabet = text[strspn(text, "0123456789ABCDEFGHJKMNPQRSTVWXYZ")] == '\0';
    *ret_value = json_pack("{s:i,s:b,s:b}", "length", (int)strlen(text), "alphabet_ok", alphabet,
                           "same_prefix", strncmp(text, other_text, 10) == 0);
    return 0;
}

static int bytes_to_ulid(const json_t *vector, const json_t *args, json_t **ret_value,
                         struct hass_error *err)
{
    struct ulid ulid;
    const char *hex = utility_text(args, "hex");
    char text[ULID_TEXT];

    for (size_t i = 0; i < sizeof(ulid.bytes); i++) {
        char digits[] = { hex[2 * i], hex[2 * i + 1], '\0' };
        ulid.bytes[i] = (unsigned char)strtoul(digits, NULL, 16);
    }
    ulid_encode(&ulid, text);
    *ret_value = json_string(text);
    return 0;
}

static int ulid_to_bytes(const json_t *vector, const json_t *args, json_t **ret_value,
                         struct hass_error *err)
{
    struct ulid ulid;
    autobuf hex = HASS_BUF_INIT;

    if (!ulid_decode(utility_text(args, "ulid"), &ulid))
        return hass_fail(err, HASS_E_INVALID, "no ULID");
    for (size_t i = 0; i < sizeof(ulid.bytes); i++)
        hass_buf_printf(&hex, "%02x", ulid.bytes[i]);
    *ret_value = json_string(hass_buf_string(&hex));
    return 0;
}

const struct utility name_utilities[] = {
    { "slugify", slugify },
    { "valid_entity_id", valid_entity_id },
    { "valid_domain", valid_domain },
    { "split_entity_id", split_entity_id },
    { "validate_state", set_state },
    { "async_generate_entity_id", generate_entity_id },
    { "ulid_timestamp_part", ulid_timestamp_part },
    { "ulid_properties", ulid_properties },
    { "bytes_to_ulid", bytes_to_ulid },
    { "ulid_to_bytes", ulid_to_bytes },
    { NULL, NULL },
};
