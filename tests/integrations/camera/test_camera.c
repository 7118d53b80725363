/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cameras: states, attributes, what they can be told, and the files that services write.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "camera/camera.h"
#include "support/cases.h"
#include "support/home.h"

struct values {
    bool recording, streaming, motion;
};

static void show(struct hass_entity *entity, struct camera_state *ret_state)
{
    hass__assert_loop();
    const struct values *values = hass_entity_async_values(entity);

    ret_state->recording = values->recording;
    ret_state->streaming = values->streaming;
    ret_state->motion_detection = values->motion;
    ret_state->brand = "Acme";
    ret_state->model = "Eye 3";
}

static HASS_BLOCKING int picture(struct hass_worker *worker, struct hass_entity *entity,
                                 struct hass_buf *ret_image, struct hass_error *err)
{
    hass_buf_add_string(ret_image, "a picture");
    return 0;
}

static HASS_COROUTINE int turn(struct hass_entity *entity, bool on, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    values->streaming = on;
    return 0;
}

static HASS_BLOCKING int detect_motion(struct hass_worker *worker, struct hass_entity *entity,
                                       bool on, void *private_values, struct hass_error *err)
{
    struct values *values = private_values;

    values->motion = on;
    return 0;
}

static struct camera_recording last;
static char last_filename[256];

static HASS_COROUTINE int record(struct hass_entity *entity,
                                 const struct camera_recording *recording, struct hass_error *err)
{
    last = *recording;
    snprintf(last_filename, sizeof(last_filename), "%s", recording->filename);
    return 0;
}

static const char *source(struct hass_entity *entity)
{
    return "rtsp://127.0.0.1/eye";
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct camera_ops full_ops =
    CAMERA_OPS(.state = show, .image = picture, .async_turn = turn, .detect_motion = detect_motion,
               .async_record = record, .stream_source = source);
static const struct camera_ops poor_ops = CAMERA_OPS(.state = show);
static const struct hass_entity_description full =
    HASS_ENTITY_DESCRIPTION(.name = "Full",
                            .supported_features = CAMERA_FEATURE_ON_OFF | CAMERA_FEATURE_STREAM,
                            .has_supported_features = true);
static const struct hass_entity_description poor =
    HASS_ENTITY_DESCRIPTION(.name = "Poor", .has_supported_features = true);

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_entity *entities[] = {
        hass_entity_new(hass, &ops, &full, &full_ops, NULL, NULL),
        hass_entity_new(hass, &ops, &poor, &poor_ops, NULL, NULL),
    };

    return hass_component_async_add_entities(hass_component_async_get(hass, "camera"), entities, 2,
                                             err);
}

static HASS_CALLBACK struct hass *home(void)
{
    struct hass *hass = test_home("camera:\n");

    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    return hass;
}

static HASS_CALLBACK int call(struct hass *hass, const char *service, const char *data)
{
    return home_call(hass, "camera", service, data, NULL);
}

START_TEST(the_state_is_what_the_camera_does)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct hass_entity *entity = hass_async_get_entity(hass, "camera.full");
    struct values *values = hass_entity_async_values(entity);

    ck_assert_str_eq(home_state(hass, "camera.full"), "idle");
    values->streaming = true;
    hass_entity_async_write_ha_state(entity, NULL);
    ck_assert_str_eq(home_state(hass, "camera.full"), "streaming");
    values->recording = true;
    hass_entity_async_write_ha_state(entity, NULL);
    ck_assert_str_eq(home_state(hass, "camera.full"), "recording");
}
END_TEST

START_TEST(attributes_are_brand_model_motion_token_and_features)
{
    hass__assert_loop();
    struct hass *hass = home();
    autojson *brand = home_attribute(hass, "camera.full", "brand");
    autojson *model = home_attribute(hass, "camera.full", "model_name");
    autojson *none = home_attribute(hass, "camera.full", "motion_detection");
    autojson *features = home_attribute(hass, "camera.poor", "supported_features");
    autojson *token = home_attribute(hass, "camera.full", "access_token");

    ck_assert_str_eq(json_string_value(brand), "Acme");
    ck_assert_str_eq(json_string_value(model), "Eye 3");
    ck_assert_ptr_null(none);
    ck_assert_json(features, "0");
    test_advance(hass, 300);
    autojson *next = home_attribute(hass, "camera.full", "access_token");
    ck_assert_str_ne(json_string_value(next), json_string_value(token));
    const struct camera_api *api = hass_async_get_api(hass, "camera");
    ck_assert(
        api->token_valid(hass_async_get_entity(hass, "camera.full"), json_string_value(token)));
}
END_TEST

START_TEST(it_is_turned_and_told_to_notice_motion)
{
    hass__assert_loop();
    struct hass *hass = home();

    ck_assert_int_eq(call(hass, "turn_on", "{'entity_id':'camera.full'}"), 0);
    ck_assert_str_eq(home_state(hass, "camera.full"), "streaming");
    ck_assert_int_eq(call(hass, "turn_off", "{'entity_id':'camera.full'}"), 0);
    ck_assert_str_eq(home_state(hass, "camera.full"), "idle");
    ck_assert_int_eq(call(hass, "enable_motion_detection", "{'entity_id':'camera.full'}"), 0);
    autojson *motion = home_attribute(hass, "camera.full", "motion_detection");
    ck_assert_json(motion, "true");
    ck_assert_int_eq(call(hass, "disable_motion_detection", "{'entity_id':'camera.full'}"), 0);
    autojson *none = home_attribute(hass, "camera.full", "motion_detection");
    ck_assert_ptr_null(none);
}
END_TEST

START_TEST(what_a_camera_cannot_do_is_refused)
{
    hass__assert_loop();
    struct hass *hass = home();

    test_file("www/x", "");
    ck_assert_int_eq(call(hass, "turn_on", "{'entity_id':'camera.poor'}"), HASS_E_UNSUPPORTED);
    ck_assert_int_eq(call(hass, "enable_motion_detection", "{'entity_id':'camera.poor'}"),
                     HASS_E_UNSUPPORTED);
    ck_assert_int_eq(call(hass, "snapshot", "{'entity_id':'camera.poor','filename':'/tmp/x'}"),
                     HASS_E_UNSUPPORTED);
    ck_assert_int_eq(call(hass, "record", "{'entity_id':'camera.poor','filename':'/tmp/x'}"),
                     HASS_E_UNSUPPORTED);
}
END_TEST

static HASS_CALLBACK int with_file(struct hass *hass, const char *service, const char *name,
                                   struct hass_error *err)
{
    struct hass_buf data = HASS_BUF_INIT;

    hass_buf_printf(&data, "{'entity_id':'camera.full','filename':'%s/%s'}", test_dir(), name);
    int r = home_call(hass, "camera", service, hass_buf_string(&data), err);
    hass_buf_fini(&data);
    return r;
}

START_TEST(a_snapshot_is_written_whole_into_an_allowed_folder_only)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct hass_error err = HASS_ERROR_INIT;
    char path[512];

    snprintf(path, sizeof(path), "%s", test_file("www/old.jpg", "an older, longer picture"));
    ck_assert_int_eq(with_file(hass, "snapshot", "www/old.jpg", NULL), 0);
    char *text = test_read_file(path);
    ck_assert_str_eq(text, "a picture");
    free(text);
    ck_assert_int_eq(with_file(hass, "snapshot", "secret.jpg", &err), HASS_E_SERVICE_VALIDATION);
    ck_assert_ptr_nonnull(strstr(err.message, "allowlist_external_dirs"));
    snprintf(path, sizeof(path), "%s/secret.jpg", test_dir());
    ck_assert_int_lt(access(path, F_OK), 0);
}
END_TEST

START_TEST(a_file_that_cannot_be_written_says_so)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct hass_error err = HASS_ERROR_INIT;

    test_file("www/folder/x", "");
    ck_assert_int_lt(with_file(hass, "snapshot", "www/folder", &err), 0);
    ck_assert_ptr_nonnull(strstr(err.message, "cannot write"));
}
END_TEST

START_TEST(a_recording_gets_its_numbers)
{
    hass__assert_loop();
    struct hass *hass = home();
    char path[512];

    test_file("www/x", "");
    ck_assert_int_eq(with_file(hass, "record", "www/clip.mp4", NULL), 0);
    snprintf(path, sizeof(path), "%s/www/clip.mp4", test_dir());
    ck_assert_str_eq(last_filename, path);
    ck_assert(last.duration == 30 && last.lookback == 0);
    ck_assert_int_eq(with_file(hass, "record", "clip.mp4", NULL), HASS_E_SERVICE_VALIDATION);
}
END_TEST

static HASS_CALLBACK int on_play(const struct hass_service_call *played, void *userdata,
                                 struct hass_error *err)
{
    *(json_t **)userdata = hass_json_ref(hass_service_call_data(played));
    return 0;
}

START_TEST(a_player_gets_the_stream)
{
    hass__assert_loop();
    struct hass *hass = home();
    json_t *data = NULL;

    ck_assert_int_eq(hass_services_async_register(hass, "media_player", "play_media", NULL,
                                                  HASS_JOB_CALLBACK(on_play, &data), NULL),
                     0);
    ck_assert_int_eq(
        call(hass, "play_stream", "{'entity_id':'camera.full','media_player':'media_player.tv'}"),
        0);
    ck_assert_json(data, "{'entity_id':['media_player.tv'],"
                         "'media_content_id':'rtsp://127.0.0.1/eye','media_content_type':'url'}");
    json_decref(data);
}
END_TEST

CASES_MAIN("camera", ONCE(the_state_is_what_the_camera_does),
           ONCE(attributes_are_brand_model_motion_token_and_features),
           ONCE(it_is_turned_and_told_to_notice_motion), ONCE(what_a_camera_cannot_do_is_refused),
           ONCE(a_snapshot_is_written_whole_into_an_allowed_folder_only),
           ONCE(a_file_that_cannot_be_written_says_so), ONCE(a_recording_gets_its_numbers),
           ONCE(a_player_gets_the_stream))
