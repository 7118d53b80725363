/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Media players: what they show, and what they are told.
 */
#include <errno.h>
#include <string.h>

#include "media_player/media_player.h"
#include "support/cases.h"
#include "support/client.h"
#include "support/home.h"

#define ALL ((uint32_t)-1)

/* The player of a test. It outlives the test function, as the home does. */
static struct fake {
    struct hass_entity_description description;
    struct media_player_ops ops;
    struct media_player_info info;
    char told[256]; /* the last command, as text */
} fake;

static const struct media_player_info *get_info(struct hass_entity *entity)
{
    fake.info.size = sizeof(fake.info);
    return &fake.info;
}

static void note(const struct media_player_command *command)
{
    struct hass_buf text = HASS_BUF_INIT;

    hass_buf_printf(&text, "%d %g %d %s %s %s %d ", command->action, command->number, command->on,
                    command->text ? command->text : "-",
                    command->media_type ? command->media_type : "-",
                    command->enqueue ? command->enqueue : "-", command->announce);
    if (command->extra || command->members)
        hass_json_write(command->extra ? command->extra : command->members, &text);
    snprintf(fake.told, sizeof(fake.told), "%s", hass_buf_string(&text));
    hass_buf_fini(&text);
}

static HASS_COROUTINE int command_loop(struct hass_entity *entity,
                                       const struct media_player_command *command,
                                       struct hass_error *err)
{
    note(command);
    return 0;
}

static HASS_BLOCKING int command_pool(struct hass_worker *worker, struct hass_entity *entity,
                                      const struct media_player_command *command, void *values,
                                      struct hass_error *err)
{
    note(command);
    return hass_on_loop(hass_entity_hass(entity)) ? -EDEADLK : 0;
}

static HASS_COROUTINE int browse(struct hass_entity *entity, const struct media_player_query *query,
                                 json_t **ret_item, struct hass_error *err)
{
    if (query->media_id && !strcmp(query->media_id, "nowhere"))
        return hass_fail(err, HASS_E_GENERAL, "Media not found");
    *ret_item = json_pack("{s:s?}", "title", query->media_id);
    return 0;
}

static HASS_COROUTINE int search(struct hass_entity *entity, const struct media_player_query *query,
                                 json_t **ret_items, struct hass_error *err)
{
    *ret_items = json_pack("[{s:s, s:i}]", "title", query->text, "classes",
                           (int)json_array_size(query->classes));
    return 0;
}

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = 0);
    struct hass_entity *entity =
        hass_entity_new(hass, &ops, &fake.description, &fake.ops, NULL, NULL);

    return hass_component_async_add_entities(hass_component_async_get(hass, "media_player"),
                                             &entity, 1, err);
}

static HASS_CALLBACK struct hass *home(uint32_t features, const struct media_player_info *info)
{
    struct hass *hass = test_home("websocket_api:\nmedia_player:\n");

    fake = (struct fake){
        .description = HASS_ENTITY_DESCRIPTION(.name = "Tv", .supported_features = features),
        .ops = MEDIA_PLAYER_OPS(.info = get_info, .async_command = command_loop),
        .info = *info,
    };
    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    return hass;
}

static HASS_CALLBACK int call(struct hass *hass, const char *service, const char *data,
                              struct hass_error *err)
{
    struct hass_buf text = HASS_BUF_INIT;

    hass_buf_printf(&text, "{'entity_id':'media_player.tv'%s}", data);
    int r = home_call(hass, "media_player", service, hass_buf_string(&text), err);
    hass_buf_fini(&text);
    return r;
}

static HASS_CALLBACK json_t *attributes(struct hass *hass)
{
    return hass_state_attributes(hass_states_async_get(hass, "media_player.tv"));
}

/* what is shown */

static const char *const sources[] = { "HDMI 1", "Radio", NULL };
static const char *const modes[] = { "Movie", NULL };
static const char *const members[] = { "media_player.tv", "media_player.kitchen", NULL };

static const struct media_player_info full =
    MEDIA_PLAYER_INFO(.state = "playing", .volume_level = { HASS_VALUE_DOUBLE, .number = 0.5 },
                      .is_volume_muted = { HASS_VALUE_BOOL, .boolean = false },
                      .shuffle = { HASS_VALUE_BOOL, .boolean = true }, .media_content_id = "id",
                      .media_content_type = "music",
                      .media_duration = { HASS_VALUE_INT, .integer = 200 },
                      .media_position = { HASS_VALUE_INT, .integer = 10 },
                      .media_position_updated_at = INT64_C(1704067200000000),
                      .media_title = "Title", .media_artist = "Artist", .media_album_name = "Album",
                      .media_album_artist = "Band", .media_series_title = "Series",
                      .media_season = "1", .media_episode = "2", .media_channel = "Channel",
                      .media_playlist = "List", .media_track = { HASS_VALUE_INT, .integer = 3 },
                      .app_id = "app", .app_name = "App", .source = "Radio", .sound_mode = "Movie",
                      .source_list = sources, .sound_mode_list = modes, .repeat = "all",
                      .group_members = members, .media_image_url = "https://x/y.png");

START_TEST(everything_known_is_shown)
{
    hass__assert_loop();
    struct hass *hass = home(ALL, &full);
    autojson *all = attributes(hass);

    ck_assert_str_eq(home_state(hass, "media_player.tv"), "playing");
    ck_assert_json(all,
                   "{'source_list':['HDMI 1','Radio'],'sound_mode_list':['Movie'],"
                   "'group_members':['media_player.tv','media_player.kitchen'],'volume_level':0.5,"
                   "'is_volume_muted':false,'media_content_id':'id','media_content_type':'music',"
                   "'media_duration':200,'media_position':10,"
                   "'media_position_updated_at':'2024-01-01T00:00:00+00:00','media_title':'Title',"
                   "'media_artist':'Artist','media_album_name':'Album','media_album_artist':'Band',"
                   "'media_track':3,'media_series_title':'Series','media_season':'1',"
                   "'media_episode':'2','media_channel':'Channel','media_playlist':'List',"
                   "'app_id':'app','app_name':'App','source':'Radio','sound_mode':'Movie',"
                   "'shuffle':true,'repeat':'all','entity_picture':'https://x/y.png',"
                   "'friendly_name':'Tv','supported_features':4294967295}");
}
END_TEST

START_TEST(what_is_not_known_is_not_shown)
{
    hass__assert_loop();
    struct hass *hass = home(0, &(struct media_player_info){ 0 });
    autojson *all = attributes(hass);

    ck_assert_str_eq(home_state(hass, "media_player.tv"), "unknown");
    ck_assert_json(all, "{'friendly_name':'Tv','supported_features':0}");
}
END_TEST

START_TEST(while_it_is_off_little_is_shown)
{
    hass__assert_loop();
    struct media_player_info off = full;
    off.state = "off";
    struct hass *hass = home(ALL, &off);
    autojson *all = attributes(hass);

    ck_assert_json(all, "{'source_list':['HDMI 1','Radio'],'sound_mode_list':['Movie'],"
                        "'group_members':['media_player.tv','media_player.kitchen'],"
                        "'friendly_name':'Tv','supported_features':4294967295}");
}
END_TEST

/* what it is told */

#define F(name) MEDIA_PLAYER_FEATURE_##name

static const struct {
    const char *service, *data;
    uint32_t features; /* that it needs */
    enum media_player_action action;
    const char *rest; /* of what was told */
} commands[] = {
    { "turn_on", "", F(TURN_ON), MEDIA_PLAYER_TURN_ON, "0 0 - - - 0 " },
    { "turn_off", "", F(TURN_OFF), MEDIA_PLAYER_TURN_OFF, "0 0 - - - 0 " },
    { "media_play", "", F(PLAY), MEDIA_PLAYER_PLAY, "0 0 - - - 0 " },
    { "media_pause", "", F(PAUSE), MEDIA_PLAYER_PAUSE, "0 0 - - - 0 " },
    { "media_stop", "", F(STOP), MEDIA_PLAYER_STOP, "0 0 - - - 0 " },
    { "media_next_track", "", F(NEXT_TRACK), MEDIA_PLAYER_NEXT_TRACK, "0 0 - - - 0 " },
    { "media_previous_track", "", F(PREVIOUS_TRACK), MEDIA_PLAYER_PREVIOUS_TRACK, "0 0 - - - 0 " },
    { "clear_playlist", "", F(CLEAR_PLAYLIST), MEDIA_PLAYER_CLEAR_PLAYLIST, "0 0 - - - 0 " },
    { "unjoin", "", F(GROUPING), MEDIA_PLAYER_UNJOIN, "0 0 - - - 0 " },
    { "volume_set", ",'volume_level':0.25", F(VOLUME_SET), MEDIA_PLAYER_VOLUME_SET,
      "0.25 0 - - - 0 " },
    { "volume_mute", ",'is_volume_muted':true", F(VOLUME_MUTE), MEDIA_PLAYER_VOLUME_MUTE,
      "0 1 - - - 0 " },
    { "media_seek", ",'seek_position':12.5", F(SEEK), MEDIA_PLAYER_SEEK, "12.5 0 - - - 0 " },
    { "select_source", ",'source':'Radio'", F(SELECT_SOURCE), MEDIA_PLAYER_SELECT_SOURCE,
      "0 0 Radio - - 0 " },
    { "select_sound_mode", ",'sound_mode':'Movie'", F(SELECT_SOUND_MODE),
      MEDIA_PLAYER_SELECT_SOUND_MODE, "0 0 Movie - - 0 " },
    { "shuffle_set", ",'shuffle':true", F(SHUFFLE_SET), MEDIA_PLAYER_SHUFFLE_SET, "0 1 - - - 0 " },
    { "repeat_set", ",'repeat':'one'", F(REPEAT_SET), MEDIA_PLAYER_REPEAT_SET, "0 0 one - - 0 " },
    { "join", ",'group_members':'media_player.a, media_player.b'", F(GROUPING), MEDIA_PLAYER_JOIN,
      "0 0 - - - 0 [\"media_player.a\",\"media_player.b\"]" },
    { "play_media", ",'media_content_id':'x','media_content_type':'music','enqueue':'next'",
      F(PLAY_MEDIA), MEDIA_PLAYER_PLAY_MEDIA, "0 0 x music next 0 {}" },
    { "play_media",
      ",'media_content_id':'x','media_content_type':'url','announce':true,'extra':{'a':1}",
      F(PLAY_MEDIA), MEDIA_PLAYER_PLAY_MEDIA, "0 0 x url - 1 {\"a\":1}" },
    { "toggle", "", F(TURN_ON) | F(TURN_OFF), MEDIA_PLAYER_TURN_OFF, "0 0 - - - 0 " },
    { "media_play_pause", "", F(PLAY) | F(PAUSE), MEDIA_PLAYER_PAUSE, "0 0 - - - 0 " },
    { "volume_up", "", F(VOLUME_STEP), MEDIA_PLAYER_VOLUME_UP, "0 0 - - - 0 " },
    { "volume_down", "", F(VOLUME_STEP), MEDIA_PLAYER_VOLUME_DOWN, "0 0 - - - 0 " },
    { "volume_up", "", F(VOLUME_SET), MEDIA_PLAYER_VOLUME_SET, "0.6 0 - - - 0 " },
    { "volume_down", "", F(VOLUME_SET), MEDIA_PLAYER_VOLUME_SET, "0.4 0 - - - 0 " },
};

START_TEST(a_service_is_a_command)
{
    hass__assert_loop();
    struct hass *hass = home(commands[_i].features, &full);
    struct hass_buf told = HASS_BUF_INIT;

    hass_buf_printf(&told, "%d %s", commands[_i].action, commands[_i].rest);
    ck_assert_int_eq(call(hass, commands[_i].service, commands[_i].data, NULL), 0);
    ck_assert_msg(!strncmp(fake.told, hass_buf_string(&told), told.length), "%s", fake.told);
    fake.told[0] = 0;
    fake.ops.async_command = NULL;
    fake.ops.command = command_pool;
    ck_assert_int_eq(call(hass, commands[_i].service, commands[_i].data, NULL), 0);
    ck_assert_msg(!strncmp(fake.told, hass_buf_string(&told), told.length), "%s", fake.told);
    hass_buf_fini(&told);
}
END_TEST

START_TEST(a_service_needs_its_feature)
{
    hass__assert_loop();
    /* Without one bit of those it needs. */
    struct hass *hass = home(ALL & ~(commands[_i].features & -commands[_i].features), &full);
    bool either = commands[_i].features & (F(VOLUME_STEP) | F(VOLUME_SET)) &&
                  strncmp(commands[_i].service, "volume_set", 10);

    ck_assert_int_eq(call(hass, commands[_i].service, commands[_i].data, NULL),
                     either ? 0 : HASS_E_UNSUPPORTED);
    ck_assert_int_eq(*fake.told != 0, either);
}
END_TEST

START_TEST(without_means_it_says_so)
{
    hass__assert_loop();
    struct hass *hass = home(ALL, &full);

    fake.ops.async_command = NULL;
    ck_assert_int_eq(call(hass, "media_play", "", NULL), HASS_E_UNSUPPORTED);
}
END_TEST

static const struct {
    const char *state, *service;
    enum media_player_action action;
} states[] = {
    { "off", "toggle", MEDIA_PLAYER_TURN_ON },
    { "idle", "toggle", MEDIA_PLAYER_TURN_ON },
    { "standby", "toggle", MEDIA_PLAYER_TURN_ON },
    { "paused", "toggle", MEDIA_PLAYER_TURN_OFF },
    { NULL, "toggle", MEDIA_PLAYER_TURN_OFF },
    { "paused", "media_play_pause", MEDIA_PLAYER_PLAY },
    { NULL, "media_play_pause", MEDIA_PLAYER_PLAY },
};

START_TEST(what_it_does_depends_on_its_state)
{
    hass__assert_loop();
    struct media_player_info info = full;
    info.state = states[_i].state;
    struct hass *hass = home(ALL, &info);

    ck_assert_int_eq(call(hass, states[_i].service, "", NULL), 0);
    ck_assert_int_eq(atoi(fake.told), (int)states[_i].action);
}
END_TEST

static const struct {
    double volume, step;
    const char *service, *told;
} volumes[] = {
    { 0.95, 0, "volume_up", "10 1 0" },    { 0.05, 0, "volume_down", "10 0 0" },
    { 0.5, 0.02, "volume_up", "10 0.52" }, { 1, 0, "volume_up", "" },
    { 0, 0, "volume_down", "" },           { -1, 0, "volume_up", "" }, /* not known */
};

START_TEST(a_step_of_the_volume_ends_at_the_ends)
{
    hass__assert_loop();
    struct media_player_info info = full;
    info.volume_level = volumes[_i].volume < 0 ? HASS_NONE : HASS_DOUBLE(volumes[_i].volume);
    info.volume_step = volumes[_i].step;
    struct hass *hass = home(F(VOLUME_SET), &info);

    ck_assert_int_eq(call(hass, volumes[_i].service, "", NULL), 0);
    ck_assert_msg(!strncmp(fake.told, volumes[_i].told, strlen(volumes[_i].told)) &&
                      !*fake.told == !*volumes[_i].told,
                  "%s", fake.told);
}
END_TEST

static const struct {
    const char *service, *data;
} bad[] = {
    { "volume_set", "" },
    { "volume_set", ",'volume_level':1.01" },
    { "volume_set", ",'volume_level':-0.01" },
    { "volume_set", ",'volume_level':'loud'" },
    { "volume_mute", "" },
    { "volume_mute", ",'is_volume_muted':'perhaps'" },
    { "media_seek", ",'seek_position':-1" },
    { "media_seek", "" },
    { "select_source", "" },
    { "select_sound_mode", "" },
    { "shuffle_set", ",'shuffle':'well'" },
    { "repeat_set", ",'repeat':'twice'" },
    { "join", "" },
    { "join", ",'group_members':'kitchen'" },
    { "play_media", ",'media_content_id':'x'" },
    { "play_media", ",'media_content_type':'music'" },
    { "play_media", ",'media_content_id':'x','media_content_type':'music','enqueue':'later'" },
    { "play_media", ",'media_content_id':'x','media_content_type':'music','enqueue':'add',"
                    "'announce':true" },
    { "play_media", ",'media_content_id':'x','media_content_type':'music','extra':7" },
    { "media_play", ",'loud':true" },
};

START_TEST(a_wrong_call_is_refused)
{
    hass__assert_loop();
    struct hass *hass = home(ALL, &full);

    ck_assert_int_eq(call(hass, bad[_i].service, bad[_i].data, NULL), HASS_E_INVALID);
    ck_assert_str_eq(fake.told, "");
}
END_TEST

/* media */

struct request {
    const char *service, *data;
    json_t *response;
};

static HASS_COROUTINE int request(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct request *what = userdata;
    const struct hass_call_options options = { .size = sizeof(options),
                                               .blocking = true,
                                               .return_response = true };

    return hass_services_async_call(hass, "media_player", what->service, test_json(what->data),
                                    &options, &what->response, err);
}

static const struct {
    const char *service, *data, *response;
} requests[] = {
    { "browse_media", "{'entity_id':'media_player.tv'}", "{'media_player.tv':{'title':null}}" },
    { "browse_media",
      "{'entity_id':'media_player.tv','media_content_type':'album','media_content_id':'b'}",
      "{'media_player.tv':{'title':'b'}}" },
    { "search_media",
      "{'entity_id':'media_player.tv','search_query':'q','media_filter_classes':['a','b']}",
      "{'media_player.tv':{'version':1,'result':[{'title':'q','classes':2}]}}" },
};

START_TEST(media_are_found)
{
    hass__assert_loop();
    struct hass *hass = home(ALL, &full);
    struct request what = { requests[_i].service, requests[_i].data, NULL };

    ck_assert_int_eq(test_run_coroutine(hass, request, &what), HASS_E_UNSUPPORTED);
    fake.ops.async_browse = browse;
    fake.ops.async_search = search;
    ck_assert_int_eq(test_run_coroutine(hass, request, &what), 0);
    ck_assert_json(what.response, requests[_i].response);
    json_decref(what.response);
}
END_TEST

START_TEST(media_that_are_not_there_are_an_error)
{
    hass__assert_loop();
    struct hass *hass = home(ALL, &full);
    struct request what = { "browse_media",
                            "{'entity_id':'media_player.tv','media_content_id':'nowhere'}", NULL };

    fake.ops.async_browse = browse;
    ck_assert_int_eq(test_run_coroutine(hass, request, &what), HASS_E_GENERAL);
}
END_TEST

static const struct {
    uint32_t features;
    const char *message;
    const char *result, *code; /* one of the two */
} questions[] = {
    { F(BROWSE_MEDIA), "browse_media','entity_id':'media_player.tv'", "{'title':null}", NULL },
    { F(BROWSE_MEDIA), "browse_media','entity_id':'media_player.tv','media_content_id':'b'",
      "{'title':'b'}", NULL },
    { F(BROWSE_MEDIA), "browse_media','entity_id':'media_player.tv','media_content_id':'nowhere'",
      NULL, "home_assistant_error" },
    { F(SEARCH_MEDIA), "search_media','entity_id':'media_player.tv','search_query':'q'",
      "{'version':1,'result':[{'title':'q','classes':0}]}", NULL },
    { F(SEARCH_MEDIA), "browse_media','entity_id':'media_player.tv'", NULL, "not_supported" },
    { F(BROWSE_MEDIA), "search_media','entity_id':'media_player.tv','search_query':'q'", NULL,
      "not_supported" },
    { ALL, "browse_media','entity_id':'media_player.other'", NULL, "not_found" },
    { ALL, "search_media','entity_id':'media_player.other','search_query':'q'", NULL, "not_found" },
    { ALL, "search_media','entity_id':'media_player.tv'", NULL, "invalid_format" },
};

START_TEST(clients_find_media)
{
    hass__assert_loop();
    struct hass *hass = home(questions[_i].features, &full);
    struct hass_buf message = HASS_BUF_INIT;

    fake.ops.async_browse = browse;
    fake.ops.async_search = search;
    hass_buf_printf(&message, "{'type':'media_player/%s}", questions[_i].message);
    const json_t *answer = client_ask(client_open(hass, NULL, true), hass_buf_string(&message));
    hass_buf_fini(&message);
    if (questions[_i].code)
        ck_assert_str_eq(client_error(answer), questions[_i].code);
    else
        ck_assert_json(json_object_get(answer, "result"), questions[_i].result);
}
END_TEST

CASES_MAIN("media_player", ONCE(everything_known_is_shown), ONCE(what_is_not_known_is_not_shown),
           ONCE(while_it_is_off_little_is_shown), ROWS(a_service_is_a_command, commands),
           ROWS(a_service_needs_its_feature, commands), ONCE(without_means_it_says_so),
           ROWS(what_it_does_depends_on_its_state, states),
           ROWS(a_step_of_the_volume_ends_at_the_ends, volumes), ROWS(a_wrong_call_is_refused, bad),
           ROWS(media_are_found, requests), ONCE(media_that_are_not_there_are_an_error),
           ROWS(clients_find_media, questions))
