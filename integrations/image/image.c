/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain image: pictures that change now and then. The state is when the picture last changed.
 *
 * Configuration: a list of platforms (`image: [{platform: …}]`); the domain has no options of its own.
 * A picture's address holds a token that is renewed every five minutes; only the last two are good.
 */
#include "image.h"

#include <stdlib.h>

#include <hass/access_token.h>
#include <hass/domain.h>
#include <hass/dt.h>
#include <hass/integration.h>

HASS_MANIFEST(.domain = "image", .name = "Image", .version = HASS_VERSION);

/* What the domain keeps for each entity. */
struct picture {
    struct hass_access_tokens tokens;
    char last_updated[HASS_DT_TEXT];
};

static const struct image_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

/* state and attributes */

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    struct picture *picture = hass_entity_async_domain_data(entity);
    int64_t updated = ops_of(entity)->last_updated(entity);

    if (!updated)
        return HASS_NONE;
    hass_dt_iso(updated, NULL, picture->last_updated);
    return hass_value_string(picture->last_updated);
}

static HASS_CALLBACK void state_attributes(struct hass_entity *entity,
                                           struct hass_attrs_writer *writer)
{
    const struct picture *picture = hass_entity_async_domain_data(entity);
    autobuf address = HASS_BUF_INIT;

    hass_buf_printf(&address, "/api/image_proxy/%s?token=%s", hass_entity_async_entity_id(entity),
                    picture->tokens.current);
    hass_attrs_set_string(writer, "access_token", picture->tokens.current);
    hass_attrs_set_string(writer, HASS_ATTR_ENTITY_PICTURE, hass_buf_string(&address));
}

static HASS_CALLBACK int renew(const struct hass_tick *tick, void *userdata, struct hass_error *err)
{
    struct hass_entity *entity = userdata;
    struct picture *picture = hass_entity_async_domain_data(entity);

    hass_access_tokens_renew(&picture->tokens);
    return hass_entity_async_write_ha_state(entity, err);
}

static HASS_COROUTINE int added(struct hass_entity *entity, struct hass_error *err)
{
    struct picture *picture = hass_entity_async_domain_data(entity);
    struct hass_sub *sub;

    hass_access_tokens_renew(&picture->tokens);
    int r = hass_async_track_time_interval(hass_entity_hass(entity), HASS_ACCESS_TOKEN_INTERVAL,
                                           HASS_JOB_CALLBACK(renew, entity), &sub, err);
    return r < 0 ? r : hass_entity_async_remove_later(entity, sub, err);
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .state_attributes = state_attributes,
    .data_size = sizeof(struct picture),
    .async_added_to_hass = added,
};

/* pictures */

static HASS_CALLBACK bool token_valid(struct hass_entity *entity, const char *token)
{
    const struct picture *picture = hass_entity_async_domain_data(entity);

    return hass_access_tokens_valid(&picture->tokens, token);
}

static HASS_COROUTINE int fetch(struct hass_entity *entity, struct hass_buf *ret_image,
                                struct hass_error *err)
{
    const struct image_ops *ops = ops_of(entity);

    if (ops->async_image)
        return ops->async_image(entity, ret_image, err);
    if (ops->image)
        return hass_entity_async_fetch(entity, ops->image, IMAGE_MAX_BYTES, ret_image, err);
    return hass_fail(err, HASS_E_UNSUPPORTED, "%s has no picture",
                     hass_entity_async_entity_id(entity));
}

static HASS_COROUTINE int get(struct hass_entity *entity, struct hass_buf *ret_image,
                              const char **ret_content_type, struct hass_error *err)
{
    const char *type = ops_of(entity)->content_type;
    int r = fetch(entity, ret_image, err);

    if (r >= 0)
        *ret_content_type = type ? type : "image/jpeg";
    return r;
}

static const struct image_api api = {
    .size = sizeof(api),
    .token_valid = token_valid,
    .async_get = get,
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    const struct hass_component_options options = {
        .size = sizeof(options),
        .domain = "image",
        .ops = &domain_ops,
    };
    int r = hass_component_async_create(hass, &options, config, NULL, err);

    return r < 0 ? r : hass_async_provide_api(hass, "image", &api, err);
}
