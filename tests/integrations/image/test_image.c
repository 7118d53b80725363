/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures: when they changed, their address, and fetching them on the loop and on the pool.
 */
#include <errno.h>
#include <string.h>

#include "image/image.h"
#include "support/home.h"

struct values {
    int64_t updated;
};

static HASS_CALLBACK int64_t last_updated(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return values->updated;
}

static HASS_COROUTINE int image_on_loop(struct hass_entity *entity, struct hass_buf *ret_image,
                                        struct hass_error *err)
{
    hass_buf_add_string(ret_image, "from the loop");
    return 0;
}

static size_t pool_bytes;

static HASS_BLOCKING int image_on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                       struct hass_buf *ret_image, struct hass_error *err)
{
    if (!pool_bytes)
        return hass_fail(err, -EIO, "the lens is dirty");
    hass_buf_reserve(ret_image, pool_bytes);
    memset(ret_image->data, 'x', pool_bytes);
    ret_image->length = pool_bytes;
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct image_ops loop_ops =
    IMAGE_OPS(.last_updated = last_updated, .async_image = image_on_loop);
static const struct image_ops pool_ops =
    IMAGE_OPS(.last_updated = last_updated, .image = image_on_pool, .content_type = "image/png");
static const struct image_ops blind_ops = IMAGE_OPS(.last_updated = last_updated);
static const struct hass_entity_description loop = HASS_ENTITY_DESCRIPTION(.name = "Loop");
static const struct hass_entity_description pool = HASS_ENTITY_DESCRIPTION(.name = "Pool");
static const struct hass_entity_description blind = HASS_ENTITY_DESCRIPTION(.name = "Blind");

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct values new_year = { INT64_C(1704067200250000) };
    struct hass_entity *entities[] = {
        hass_entity_new(hass, &ops, &loop, &loop_ops, &new_year, NULL),
        hass_entity_new(hass, &ops, &pool, &pool_ops, NULL, NULL),
        hass_entity_new(hass, &ops, &blind, &blind_ops, NULL, NULL),
    };

    return hass_component_async_add_entities(hass_component_async_get(hass, "image"), entities, 3,
                                             err);
}

static HASS_CALLBACK struct hass *home(void)
{
    struct hass *hass = test_home("image:\n");

    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    return hass;
}

START_TEST(the_state_is_when_the_picture_changed)
{
    hass__assert_loop();
    struct hass *hass = home();

    ck_assert_str_eq(home_state(hass, "image.loop"), "2024-01-01T00:00:00.250000+00:00");
    ck_assert_str_eq(home_state(hass, "image.pool"), "unknown");
}
END_TEST

START_TEST(the_address_holds_a_token_that_is_renewed)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct hass_entity *entity = hass_async_get_entity(hass, "image.loop");
    const struct image_api *api = hass_async_get_api(hass, "image");
    autojson *token = home_attribute(hass, "image.loop", "access_token");
    autojson *address = home_attribute(hass, "image.loop", "entity_picture");
    char wanted[128];

    snprintf(wanted, sizeof(wanted), "/api/image_proxy/image.loop?token=%s",
             json_string_value(token));
    ck_assert_str_eq(json_string_value(address), wanted);
    ck_assert(api->token_valid(entity, json_string_value(token)));
    test_advance(hass, 300);
    autojson *next = home_attribute(hass, "image.loop", "access_token");
    ck_assert_str_ne(json_string_value(next), json_string_value(token));
    ck_assert(api->token_valid(entity, json_string_value(token)));
    test_advance(hass, 300);
    ck_assert(!api->token_valid(entity, json_string_value(token)));
    ck_assert(api->token_valid(entity, json_string_value(next)));
}
END_TEST

struct fetch {
    const char *entity_id;
    struct hass_buf bytes;
    const char *content_type;
};

static HASS_COROUTINE int get(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct image_api *api = hass_async_get_api(hass, "image");
    struct fetch *fetch = userdata;

    return api->async_get(hass_async_get_entity(hass, fetch->entity_id), &fetch->bytes,
                          &fetch->content_type, err);
}

START_TEST(a_picture_is_fetched_on_the_loop_and_on_the_pool)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct fetch one = { .entity_id = "image.loop" };
    struct fetch other = { .entity_id = "image.pool" };

    ck_assert_int_eq(test_run_coroutine(hass, get, &one), 0);
    ck_assert_str_eq(one.bytes.data, "from the loop");
    ck_assert_str_eq(one.content_type, "image/jpeg");
    pool_bytes = 10 << 20;
    ck_assert_int_eq(test_run_coroutine(hass, get, &other), 0);
    ck_assert_uint_eq(other.bytes.length, pool_bytes);
    ck_assert_str_eq(other.content_type, "image/png");
    hass_buf_fini(&one.bytes);
    hass_buf_fini(&other.bytes);
}
END_TEST

START_TEST(a_picture_that_cannot_be_had_or_is_too_large_is_an_error)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct fetch fetch = { .entity_id = "image.pool" };

    pool_bytes = 0;
    ck_assert_int_eq(test_run_coroutine(hass, get, &fetch), -EIO);
    pool_bytes = (10 << 20) + 1;
    ck_assert_int_eq(test_run_coroutine(hass, get, &fetch), HASS_E_LIMIT);
    ck_assert_uint_eq(fetch.bytes.length, 0);
    fetch.entity_id = "image.blind";
    ck_assert_int_eq(test_run_coroutine(hass, get, &fetch), HASS_E_UNSUPPORTED);
}
END_TEST

TEST_MAIN("image", the_state_is_when_the_picture_changed, the_address_holds_a_token_that_is_renewed,
          a_picture_is_fetched_on_the_loop_and_on_the_pool,
          a_picture_that_cannot_be_had_or_is_too_large_is_an_error)
