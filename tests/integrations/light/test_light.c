/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lamps: what they show, and what is asked of them. The lamp is made here, in the domain of the built integration; what it
 * is told is kept as text.
 */
#include <hass/buf.h>

#include "light/light.h"
#include "support/cases.h"
#include "support/fake.h"

#define ALL_FEATURES (LIGHT_EFFECT | LIGHT_FLASH | LIGHT_TRANSITION)

/* The lamp of a test; it outlives the test function, as the home does. */
static struct {
    struct light_state state;
    struct light_capabilities capabilities;
} lamp;

static const struct light_state *state(struct hass_entity *entity)
{
    return &lamp.state;
}

static const struct light_capabilities *capabilities(struct hass_entity *entity)
{
    return &lamp.capabilities;
}

static void tell_color(const struct light_color *c, struct hass_buf *text)
{
    if (c->mode == LIGHT_MODE_COLOR_TEMP)
        hass_buf_printf(text, " kelvin %d", c->kelvin);
    if (c->mode == LIGHT_MODE_HS)
        hass_buf_printf(text, " hs %g,%g", c->hs.hue, c->hs.saturation);
    if (c->mode == LIGHT_MODE_XY)
        hass_buf_printf(text, " xy %g,%g", c->xy.x, c->xy.y);
    if (c->mode == LIGHT_MODE_RGB)
        hass_buf_printf(text, " rgb %d,%d,%d", c->rgb.r, c->rgb.g, c->rgb.b);
    if (c->mode == LIGHT_MODE_RGBW)
        hass_buf_printf(text, " rgbw %d,%d,%d,%d", c->rgbw.r, c->rgbw.g, c->rgbw.b, c->rgbw.w);
    if (c->mode == LIGHT_MODE_RGBWW)
        hass_buf_printf(text, " rgbww %d,%d,%d,%d,%d", c->rgbww.r, c->rgbww.g, c->rgbww.b,
                        c->rgbww.cold, c->rgbww.warm);
    if (c->mode == LIGHT_MODE_WHITE)
        hass_buf_printf(text, " white %d", c->white);
}

static void tell(const struct light_turn *turn)
{
    autobuf text = HASS_BUF_INIT;

    hass_buf_printf(&text, "%s", turn->on ? "on" : "off");
    if (turn->brightness.type != HASS_VALUE_NONE)
        hass_buf_printf(&text, " brightness %d", (int)turn->brightness.integer);
    tell_color(&turn->color, &text);
    if (turn->transition.type != HASS_VALUE_NONE)
        hass_buf_printf(&text, " transition %g", turn->transition.number);
    if (turn->flash)
        hass_buf_printf(&text, " flash %s", turn->flash);
    if (turn->effect)
        hass_buf_printf(&text, " effect %s", turn->effect);
    fake_tell("%s", hass_buf_string(&text));
}

static HASS_COROUTINE int turn_on_loop(struct hass_entity *entity, const struct light_turn *turn,
                                       struct hass_error *err)
{
    tell(turn);
    light_state_apply(&lamp.state, turn, &lamp.capabilities);
    return 0;
}

static HASS_BLOCKING int turn_on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                      const struct light_turn *turn, void *values,
                                      struct hass_error *err)
{
    tell(turn);
    return 0;
}

static const struct light_ops on_loop =
    LIGHT_OPS(.state = state, .capabilities = capabilities, .async_turn = turn_on_loop);
static const struct light_ops on_pool = LIGHT_OPS(.state = state, .turn = turn_on_pool);
static const struct light_ops fixed = LIGHT_OPS(.state = state);

/* A home with light.fake, which begins as @start says and can do @modes. */
static HASS_CALLBACK struct hass *home(const struct light_ops *ops, struct light_state start,
                                       uint32_t modes)
{
    lamp.state = start;
    lamp.state.size = sizeof(lamp.state);
    lamp.capabilities.size = sizeof(lamp.capabilities);
    lamp.capabilities.color_modes = modes;
    return fake_home("light", ops);
}

/* what it shows */

static const char *const effects[] = { "rainbow", "blink", NULL };

#define ON            .is_on = { .type = HASS_VALUE_BOOL, .boolean = true }
#define OFF           .is_on = { .type = HASS_VALUE_BOOL, .boolean = false }
#define BRIGHT(b)     .brightness = { .type = HASS_VALUE_INT, .integer = (b) }
#define COLOR(m, ...) .color_mode = (m), .color = { .mode = (m), __VA_ARGS__ }

/* Recorded from the model's own lamps. */
static const struct {
    struct light_state state;
    uint32_t modes, features;
    const char *shown, *attributes;
} shows[] = {
    { { .is_on = { 0 } },
      LIGHT_MODE_ONOFF,
      0,
      "unknown",
      "{'supported_color_modes':['onoff'],'color_mode':null,'supported_features':0}" },
    { { ON },
      0,
      0,
      "on",
      "{'supported_color_modes':['onoff'],'color_mode':'onoff','supported_features':0}" },
    { { OFF, BRIGHT(128) },
      LIGHT_MODE_BRIGHTNESS,
      0,
      "off",
      "{'supported_color_modes':['brightness'],'color_mode':null,'brightness':null,"
      "'supported_features':0}" },
    { { ON, BRIGHT(128) },
      LIGHT_MODE_BRIGHTNESS,
      0,
      "on",
      "{'supported_color_modes':['brightness'],'color_mode':'brightness','brightness':128,"
      "'supported_features':0}" },
    { { ON },
      LIGHT_MODE_RGB,
      0,
      "on",
      "{'supported_color_modes':['rgb'],'color_mode':'rgb','brightness':null,'hs_color':null,"
      "'rgb_color':null,'xy_color':null,'supported_features':0}" },
    { { ON, BRIGHT(20), COLOR(LIGHT_MODE_RGB, .rgb = { 128, 255, 64 }) },
      LIGHT_MODE_RGB,
      0,
      "on",
      "{'supported_color_modes':['rgb'],'color_mode':'rgb','brightness':20,"
      "'hs_color':[99.895,74.902],'rgb_color':[128,255,64],'xy_color':[0.264,0.631],"
      "'supported_features':0}" },
    { { ON },
      LIGHT_MODE_HS | LIGHT_MODE_XY,
      0,
      "on",
      "{'supported_color_modes':['hs','xy'],'color_mode':'unknown','brightness':null,"
      "'hs_color':null,'rgb_color':null,'xy_color':null,'supported_features':0}" },
    { { ON, BRIGHT(200), COLOR(LIGHT_MODE_HS, .hs = { 30, 80 }) },
      LIGHT_MODE_HS | LIGHT_MODE_XY,
      0,
      "on",
      "{'supported_color_modes':['hs','xy'],'color_mode':'hs','brightness':200,"
      "'hs_color':[30.0,80.0],'rgb_color':[255,153,50],'xy_color':[0.565,0.392],"
      "'supported_features':0}" },
    { { ON, BRIGHT(200), COLOR(LIGHT_MODE_XY, .xy = { 0.3, 0.4 }) },
      LIGHT_MODE_HS | LIGHT_MODE_XY,
      0,
      "on",
      "{'supported_color_modes':['hs','xy'],'color_mode':'xy','brightness':200,"
      "'hs_color':[116.667,21.176],'rgb_color':[204,255,201],'xy_color':[0.3,0.4],"
      "'supported_features':0}" },
    { { ON, COLOR(LIGHT_MODE_COLOR_TEMP, .kelvin = 4000) },
      LIGHT_MODE_COLOR_TEMP,
      0,
      "on",
      "{'supported_color_modes':['color_temp'],'color_mode':'color_temp','brightness':null,"
      "'color_temp':250,'color_temp_kelvin':4000,'min_color_temp_kelvin':2000,"
      "'max_color_temp_kelvin':6535,'min_mireds':153,'max_mireds':500,'hs_color':[26.812,34.87],"
      "'rgb_color':[255,205,166],'xy_color':[0.421,0.364],'supported_features':0}" },
    { { ON, BRIGHT(255), COLOR(LIGHT_MODE_RGBW, .rgbw = { 255, 10, 20, 30 }) },
      LIGHT_MODE_RGBW,
      0,
      "on",
      "{'supported_color_modes':['rgbw'],'color_mode':'rgbw','brightness':255,"
      "'hs_color':[357.534,85.882],'rgb_color':[255,36,45],'rgbw_color':[255,10,20,30],"
      "'xy_color':[0.674,0.298],'supported_features':0}" },
    { { OFF, COLOR(LIGHT_MODE_RGBWW, .rgbww = { 1, 2, 3, 4, 5 }) },
      LIGHT_MODE_RGBWW,
      0,
      "off",
      "{'supported_color_modes':['rgbww'],'color_mode':null,'brightness':null,'hs_color':null,"
      "'rgb_color':null,'rgbww_color':null,'xy_color':null,'supported_features':0}" },
    { { ON, .effect = "unlisted" },
      LIGHT_MODE_ONOFF,
      LIGHT_EFFECT,
      "on",
      "{'supported_color_modes':['onoff'],'color_mode':'onoff','effect':'unlisted',"
      "'effect_list':['rainbow','blink'],'supported_features':4}" },
    { { OFF, .effect = "rainbow" },
      LIGHT_MODE_ONOFF,
      LIGHT_EFFECT,
      "off",
      "{'supported_color_modes':['onoff'],'color_mode':null,'effect':null,"
      "'effect_list':['rainbow','blink'],'supported_features':4}" },
};

START_TEST(it_shows_what_its_modes_have)
{
    hass__assert_loop();
    fake.description.supported_features = shows[_i].features;
    lamp.capabilities.effect_list = effects;
    struct hass *hass = home(&on_loop, shows[_i].state, shows[_i].modes);

    ck_assert_str_eq(fake_state(hass), shows[_i].shown);
    fake_check_attributes(hass, shows[_i].attributes);
}
END_TEST

static const uint32_t impossible[] = {
    LIGHT_MODE_ONOFF | LIGHT_MODE_RGB,
    LIGHT_MODE_BRIGHTNESS | LIGHT_MODE_COLOR_TEMP,
    LIGHT_MODE_WHITE,
    LIGHT_MODE_WHITE | LIGHT_MODE_HS | LIGHT_MODE_COLOR_TEMP,
};

START_TEST(modes_that_exclude_each_other_are_refused)
{
    struct logs *logs = test_logs();
    hass__assert_loop();
    struct hass *hass = home(&on_loop, (struct light_state){ ON }, impossible[_i]);

    ck_assert_str_eq(fake_state(hass), "(none)");
    ck_assert_ptr_nonnull(logs_find(logs, "supported color modes"));
}
END_TEST

/* what it is told */

#define HS_CT    (LIGHT_MODE_HS | LIGHT_MODE_COLOR_TEMP)
#define CT       LIGHT_MODE_COLOR_TEMP
#define RGB      LIGHT_MODE_RGB
#define RGBW     LIGHT_MODE_RGBW
#define RGBWW    LIGHT_MODE_RGBWW
#define XY       LIGHT_MODE_XY
#define DIM      LIGHT_MODE_BRIGHTNESS
#define RGBWHITE (LIGHT_MODE_RGB | LIGHT_MODE_WHITE)
#define IS_ON                                                                                      \
    {                                                                                              \
        ON, BRIGHT(100)                                                                            \
    }
#define IS_OFF                                                                                     \
    {                                                                                              \
        OFF, BRIGHT(100)                                                                           \
    }

static const struct {
    struct light_state start;
    uint32_t modes, features;
    const char *data, *told;
} asked[] = {
    { IS_OFF, LIGHT_MODE_ONOFF, 0, "", "on" },
    { IS_OFF, LIGHT_MODE_ONOFF, 0, "'brightness':7,'rgb_color':[1,2,3]", "on" },
    /* brightness */
    { IS_OFF, DIM, 0, "'brightness':128", "on brightness 128" },
    { IS_OFF, DIM, 0, "'brightness':900", "on brightness 255" },
    { IS_OFF, DIM, 0, "'brightness_pct':20", "on brightness 51" },
    { IS_OFF, DIM, 0, "'brightness_pct':50", "on brightness 128" },
    { IS_ON, DIM, 0, "'brightness_step':50", "on brightness 150" },
    { IS_ON, DIM, 0, "'brightness_step':500", "on brightness 255" },
    { IS_OFF, DIM, 0, "'brightness_step':50", "on brightness 50" },
    { IS_ON, DIM, 0, "'brightness_step_pct':-10", "on brightness 74" },
    { IS_ON, DIM, 0, "'brightness_step_pct':-100", "off" },
    { IS_ON, DIM, LIGHT_TRANSITION, "'brightness':0,'transition':3", "off transition 3" },
    { IS_ON, LIGHT_MODE_ONOFF, 0, "'brightness':0", "off" },
    /* names, temperatures, profiles */
    { IS_OFF, RGB, 0, "'color_name':'Dark Olive Green'", "on rgb 85,107,47" },
    { IS_OFF, RGB, 0, "'color_name':'nope'", "on rgb 255,255,255" },
    { IS_OFF, CT, 0, "'color_temp':300", "on kelvin 3333" },
    { IS_OFF, CT, 0, "'kelvin':4000", "on kelvin 4000" },
    { IS_OFF, CT, 0, "'color_temp_kelvin':1000", "on kelvin 1000" },
    { IS_OFF, HS_CT, 0, "'profile':'relax'", "on brightness 144 hs 35.932,69.412" },
    { IS_OFF, HS_CT, 0, "'profile':'relax','brightness':9", "on brightness 9 hs 35.932,69.412" },
    { IS_OFF, HS_CT, 0, "'profile':'nope'", "on" },
    /* a temperature where there is none */
    { IS_ON, RGBWW, 0, "'color_temp_kelvin':4000", "on rgbww 0,0,0,72,28" },
    { IS_ON, RGBWW, 0, "'color_temp_kelvin':4000,'brightness':255",
      "on brightness 255 rgbww 0,0,0,184,71" },
    { IS_ON, LIGHT_MODE_HS, 0, "'color_temp_kelvin':4000", "on hs 26.812,34.87" },
    { IS_ON, RGB, 0, "'color_temp_kelvin':4000", "on rgb 255,205,166" },
    { IS_ON, DIM, 0, "'color_temp_kelvin':4000", "on" },
    /* a colour in another mode */
    { IS_ON, RGB, 0, "'hs_color':[240,100]", "on rgb 0,0,255" },
    { IS_ON, RGBW, 0, "'hs_color':[240,50]", "on rgbw 0,0,255,253" },
    { IS_ON, XY, 0, "'hs_color':[240,100]", "on xy 0.136,0.04" },
    { IS_ON, CT, 0, "'hs_color':[240,100]", "on kelvin 1739" },
    { IS_ON, RGBW, 0, "'rgb_color':[255,255,255]", "on rgbw 0,0,0,255" },
    { IS_ON, RGBWW, 0, "'rgb_color':[255,255,255]", "on rgbww 0,76,141,255,255" },
    { IS_ON, LIGHT_MODE_HS, 0, "'rgb_color':[128,0,0]", "on hs 0,100" },
    { IS_ON, LIGHT_MODE_HS, 0, "'xy_color':[0.5,0.41]", "on hs 35.122,64.314" },
    { IS_ON, CT, 0, "'xy_color':[0.5,0.41]", "on kelvin 2213" },
    { IS_ON, RGB, 0, "'rgbw_color':[255,0,0,128]", "on rgb 255,85,85" },
    { IS_ON, RGB, 0, "'rgbww_color':[0,0,0,255,255]", "on rgb 255,179,114" },
    { IS_ON, DIM, 0, "'rgbww_color':[0,0,0,255,255]", "on" },
    { IS_ON, HS_CT, 0, "'hs_color':[200,10.5]", "on hs 200,10.5" },
    /* white */
    { IS_ON, RGBWHITE, 0, "'white':true", "on white 100" },
    { { ON }, RGBWHITE, 0, "'white':true", "on white 255" },
    { IS_ON, RGBWHITE, 0, "'white':30", "on white 30" },
    { IS_ON, RGBWHITE, 0, "'white':30,'brightness':40", "on white 40" },
    { IS_ON, RGBWHITE, 0, "'white':0", "off" },
    { IS_ON, RGB, 0, "'white':30", "on" },
    /* features */
    { IS_ON, DIM, ALL_FEATURES, "'effect':'blink','flash':'long','transition':2.5",
      "on transition 2.5 flash long effect blink" },
    { IS_ON, DIM, ALL_FEATURES, "'transition':9999", "on transition 6553" },
    { IS_ON, DIM, 0, "'effect':'blink','flash':'long','transition':2.5", "on" },
};

START_TEST(it_is_told_what_it_can_do)
{
    hass__assert_loop();

    fake.description.supported_features = asked[_i].features;
    struct hass *hass = home(&on_loop, asked[_i].start, asked[_i].modes);
    ck_assert_int_eq(fake_call(hass, "turn_on", asked[_i].data, NULL), 0);
    ck_assert_str_eq(fake.told, asked[_i].told);
}
END_TEST

static const char *const bad_data[] = {
    "'brightness':'bright'",
    "'brightness':1,'brightness_pct':1",
    "'brightness_pct':101",
    "'rgb_color':[1,2]",
    "'rgb_color':[1,2,256]",
    "'rgb_color':7",
    "'hs_color':[361,0]",
    "'hs_color':[0,101]",
    "'xy_color':[0.5,1.1]",
    "'rgbw_color':[1,2,3]",
    "'rgbww_color':[1,2,3,4,5,6]",
    "'color_temp':0",
    "'color_temp_kelvin':-1",
    "'rgb_color':[1,2,3],'color_name':'red'",
    "'profile':'relax','white':true",
    "'white':'very'",
    "'flash':'forever'",
    "'transition':'soon'",
    "'colour':'red'",
};

START_TEST(what_makes_no_sense_is_refused)
{
    hass__assert_loop();
    struct hass *hass = home(&on_loop, (struct light_state)IS_ON, HS_CT);

    ck_assert_int_eq(fake_call(hass, "turn_on", bad_data[_i], NULL), HASS_E_INVALID);
    ck_assert_str_eq(fake.told, "");
}
END_TEST

static const struct {
    struct light_state start;
    const char *service, *data, *told, *state;
} switched[] = {
    { IS_ON, "turn_off", "", "off", "off" },
    { IS_ON, "turn_off", "'transition':5,'flash':'short'", "off transition 5 flash short", "off" },
    { IS_ON, "toggle", "'transition':5,'brightness':20", "off transition 5", "off" },
    { IS_OFF, "toggle", "'brightness':20", "on brightness 20", "on" },
    { { .is_on = { 0 } }, "toggle", "", "on", "on" },
};

START_TEST(it_is_turned_off_and_toggled)
{
    hass__assert_loop();

    fake.description.supported_features = ALL_FEATURES;
    struct hass *hass = home(&on_loop, switched[_i].start, DIM);
    ck_assert_int_eq(fake_call(hass, switched[_i].service, switched[_i].data, NULL), 0);
    ck_assert_str_eq(fake.told, switched[_i].told);
    ck_assert_str_eq(fake_state(hass), switched[_i].state);
}
END_TEST

START_TEST(turn_off_takes_no_brightness)
{
    hass__assert_loop();
    struct hass *hass = home(&on_loop, (struct light_state)IS_ON, DIM);

    ck_assert_int_eq(fake_call(hass, "turn_off", "'brightness':3", NULL), HASS_E_INVALID);
}
END_TEST

START_TEST(the_pool_can_do_it_too)
{
    hass__assert_loop();
    struct hass *hass = home(&on_pool, (struct light_state)IS_ON, 0);

    ck_assert_int_eq(fake_call(hass, "turn_off", "", NULL), 0);
    ck_assert_str_eq(fake.told, "off");
}
END_TEST

START_TEST(one_that_cannot_be_turned_says_so)
{
    hass__assert_loop();
    struct hass *hass = home(&fixed, (struct light_state)IS_ON, 0);

    ck_assert_int_eq(fake_call(hass, "turn_off", "", NULL), HASS_E_UNSUPPORTED);
}
END_TEST

/* profiles */

#define DEFAULTS                                                                                   \
    "id,x,y,brightness,transition\n"                                                               \
    "light.fake.default,0.5,0.41,77,4\n"                                                           \
    "group.all_lights.default,,,11,9\n"                                                            \
    "relax,,,12\n"

static const struct {
    const char *file;
    struct light_state start;
    const char *data, *told;
} profiled[] = {
    { DEFAULTS, IS_OFF, "", "on brightness 77 hs 35.122,64.314 transition 4" },
    { DEFAULTS, IS_ON, "", "on brightness 77 hs 35.122,64.314 transition 4" },
    { DEFAULTS, IS_ON, "'brightness':3", "on brightness 3 transition 4" },
    { DEFAULTS, IS_OFF, "'rgb_color':[255,0,0]", "on brightness 77 hs 0,100 transition 4" },
    { DEFAULTS, IS_ON, "'profile':'relax'", "on brightness 12 transition 4" },
    { "id,x,y,brightness\ngroup.all_lights.default,,,11\n", IS_OFF, "", "on brightness 11" },
    { "id,x,y,brightness\n\nbad,2,0.5,1\nbad\nbad,1,1,1,1,1\nlight.fake.default, , ,5 \r\n", IS_OFF,
      "", "on brightness 5" },
    { "", IS_OFF, "", "on" },
};

START_TEST(profiles_fill_in_what_is_not_said)
{
    hass__assert_loop();

    test_file("light_profiles.csv", profiled[_i].file);
    fake.description.supported_features = ALL_FEATURES;
    struct hass *hass = home(&on_loop, profiled[_i].start, LIGHT_MODE_HS);
    ck_assert_int_eq(fake_call(hass, "turn_on", profiled[_i].data, NULL), 0);
    ck_assert_str_eq(fake.told, profiled[_i].told);
}
END_TEST

/* A profile "red" in a file of so many bytes. */
static void write_profiles(size_t size)
{
    autobuf text = HASS_BUF_INIT;

    hass_buf_add_string(&text, "id,x,y,brightness\nlight.fake.default,,,7\n");
    while (text.length < size)
        hass_buf_add_char(&text, '\n');
    test_file("light_profiles.csv", hass_buf_string(&text));
}

/* Whether a file of one byte too many is read. */
START_TEST(profiles_are_read_up_to_256_kib)
{
    hass__assert_loop();

    test_logs();
    write_profiles(256 * 1024 + (size_t)_i);
    struct hass *hass = home(&on_loop, (struct light_state)IS_OFF, LIGHT_MODE_HS);
    ck_assert_int_eq(fake_call(hass, "turn_on", "", NULL), 0);
    ck_assert_str_eq(fake.told, _i ? "on" : "on brightness 7");
}
END_TEST

START_TEST(a_bad_row_is_named)
{
    hass__assert_loop();
    struct logs *logs = test_logs();

    test_file("light_profiles.csv", "id,x,y,brightness\nred,0.7,0.3,256\n");
    home(&on_loop, (struct light_state)IS_OFF, LIGHT_MODE_HS);
    ck_assert_ptr_nonnull(logs_find(logs, "light_profiles.csv:2: expected name"));
}
END_TEST

CASES_MAIN("light", ROWS(it_shows_what_its_modes_have, shows),
           ROWS(modes_that_exclude_each_other_are_refused, impossible),
           ROWS(it_is_told_what_it_can_do, asked), ROWS(what_makes_no_sense_is_refused, bad_data),
           ROWS(it_is_turned_off_and_toggled, switched), ONCE(turn_off_takes_no_brightness),
           ONCE(the_pool_can_do_it_too), ONCE(one_that_cannot_be_turned_says_so),
           ROWS(profiles_fill_in_what_is_not_said, profiled),
           { profiles_are_read_up_to_256_kib, 2 }, ONCE(a_bad_row_is_named))
