/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Template entities that are told things: what they show, which service they call with what, and what they assume.
 */
#include <string.h>

#include "base/mem.h"
#include "calls.h"

static HASS_CALLBACK void assert_shown(struct hass *hass, const char *entity_id, const char *key,
                                       const char *expected)
{
    autojson *value = NULL;

    if (!key) {
        ck_assert_str_eq(home_state(hass, entity_id), expected);
        return;
    }
    value = home_attribute(hass, entity_id, key);
    ck_assert_msg(value != NULL, "%s has no %s", entity_id, key);
    ck_assert_json(value, expected);
}

/* each platform: with templates, and without */

static const char with_templates[] =
    "switch:\n"
    "  - platform: template\n"
    "    switches:\n"
    "      s:\n"
    "        value_template: \"{{ is_state('t.s', 'on') }}\"\n"
    "        turn_on: {service: test.rec, data_template: {name: 'on', by: '{{ this.entity_id "
    "}}'}}\n"
    "        turn_off: [{service: test.rec, data: {name: 'off'}}]\n"
    "lock:\n"
    "  - platform: template\n"
    "    name: L\n"
    "    value_template: \"{{ states('t.lock') }}\"\n"
    "    lock: " REC(
        "lock", ", code: '{{ code }}'") "\n"
                                        "    unlock: " REC(
                                            "unlock",
                                            "") "\n"
                                                "light:\n"
                                                "  - platform: template\n"
                                                "    lights:\n"
                                                "      desk:\n"
                                                "        friendly_name: Desk\n"
                                                "        value_template: \"{{ states('t.p') == '1' "
                                                "}}\"\n"
                                                "        level_template: \"{{ states('t.l') }}\"\n"
                                                "        turn_on: " REC(
                                                    "on", "") "\n"
                                                              "        turn_off: " REC(
                                                                  "off",
                                                                  "") "\n"
                                                                      "        set_level: " REC(
                                                                          "level",
                                                                          ", b: '{{ brightness "
                                                                          "}}'") "\n"
                                                                                 "cover:\n"
                                                                                 "  - "
                                                                                 "platform: "
                                                                                 "template\n"
                                                                                 "    covers:\n"
                                                                                 "      door:\n"
                                                                                 "        "
                                                                                 "value_"
                                                                                 "template: "
                                                                                 "\"{{ "
                                                                                 "states('t."
                                                                                 "door') }}\"\n"
                                                                                 "        "
                                                                                 "open_cover:"
                                                                                 " " REC("open", "") "\n"
                                                                                                     "     "
                                                                                                     "   "
                                                                                                     "close"
                                                                                                     "_cove"
                                                                                                     "r:"
                                                                                                     " " REC("c"
                                                                                                             "l"
                                                                                                             "o"
                                                                                                             "s"
                                                                                                             "e",
                                                                                                             "") "\n"
                                                                                                                 "fan:\n"
                                                                                                                 "  - platform: template\n"
                                                                                                                 "    fans:\n"
                                                                                                                 "      f:\n"
                                                                                                                 "        value_template: \"{{ states('t.f') }}\"\n"
                                                                                                                 "        percentage_template: \"{{ states('t.percent') }}\"\n"
                                                                                                                 "        preset_modes: [auto, night]\n"
                                                                                                                 "        preset_mode_template: \"{{ states('t.preset') }}\"\n"
                                                                                                                 "        turn_on: " REC("on", ", p: '{{ percentage }}'") "\n"
                                                                                                                                                                          "        turn_off: " REC("off", "") "\n"
                                                                                                                                                                                                              "        set_percentage: " REC("percentage", ", p: '{{ percentage }}'") "\n"
                                                                                                                                                                                                                                                                                      "        set_preset_mode: " REC("preset", ", p: '{{ preset_mode }}'") "\n"
                                                                                                                                                                                                                                                                                                                                                            "template:\n"
                                                                                                                                                                                                                                                                                                                                                            "  - number:\n"
                                                                                                                                                                                                                                                                                                                                                            "      - {name: N, state: \"{{ states('t.n') }}\", min: 5, max: \"{{ 40 + 2 }}\", step: 0.5,\n"
                                                                                                                                                                                                                                                                                                                                                            "         set_value: " REC("number",
                                                                                                                                                                                                                                                                                                                                                                                       ", v: '{{ value }}'") "}\n"
                                                                                                                                                                                                                                                                                                                                                                                                             "    select:\n"
                                                                                                                                                                                                                                                                                                                                                                                                             "      - {name: C, state: \"{{ states('t.c') }}\", options: \"{{ ['a', 'b', 3] }}\",\n"
                                                                                                                                                                                                                                                                                                                                                                                                             "         select_option: " REC("select", ", o: '{{ option }}'") "}\n"
                                                                                                                                                                                                                                                                                                                                                                                                                                                                             "    button:\n"
                                                                                                                                                                                                                                                                                                                                                                                                                                                                             "      - {name: B, press: " REC("press", "") "}\n"
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                          "    cover:\n"
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                          "      - {name: Blind, position: \"{{ states('t.pos') }}\", tilt: \"{{ states('t.tilt') }}\",\n"
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                          "         set_cover_position: " REC("position",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                              ", p: '{{ position }}'") ",\n"
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       "         set_cover_tilt_position: " REC(
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           "tilt",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           ", t: '{{ tilt }}'") "}\n";

static const struct {
    const char *of, *is, *entity_id, *key, *shown;
} views[] = {
    { "t.s", "on", "switch.s", NULL, "on" },
    { "t.s", "x", "switch.s", NULL, "off" },
    { "t.lock", "locked", "lock.l", NULL, "locked" },
    { "t.lock", "jammed", "lock.l", NULL, "jammed" },
    { "t.lock", "unlocking", "lock.l", NULL, "unlocking" },
    { "t.lock", "false", "lock.l", NULL, "unlocked" },
    { "t.lock", "nonsense", "lock.l", NULL, "unknown" },
    { "t.p", "1", "light.desk", NULL, "on" },
    { "t.p", "1", "light.desk", "supported_color_modes", "['brightness']" },
    { "t.door", "open", "cover.door", NULL, "open" },
    { "t.door", "closing", "cover.door", NULL, "closing" },
    { "t.door", "closed", "cover.door", NULL, "closed" },
    { "t.door", "ajar", "cover.door", NULL, "unknown" },
    { "t.pos", "0", "cover.blind", NULL, "closed" },
    { "t.pos", "42", "cover.blind", "current_position", "42" },
    { "t.pos", "101", "cover.blind", NULL, "unknown" },
    { "t.pos", "abc", "cover.blind", NULL, "unknown" },
    { "t.tilt", "7", "cover.blind", "current_tilt_position", "7" },
    { "t.f", "on", "fan.f", NULL, "on" },
    { "t.f", "off", "fan.f", NULL, "off" },
    { "t.n", "12.5", "number.n", NULL, "12.5" },
    { "t.n", "7", "number.n", NULL, "7" },
    { "t.n", "abc", "number.n", NULL, "unknown" },
    { "t.n", "7", "number.n", "min", "5.0" },
    { "t.n", "7", "number.n", "max", "42.0" },
    { "t.n", "7", "number.n", "step", "0.5" },
    { "t.c", "b", "select.c", NULL, "b" },
    { "t.c", "3", "select.c", NULL, "3" },
    { "t.c", "z", "select.c", NULL, "unknown" },
    { "t.c", "b", "select.c", "options", "['a','b','3']" },
};

START_TEST(it_shows_what_its_template_gives)
{
    hass__assert_loop();
    (void)test_logs();
    struct hass *hass = home(with_templates);

    set(hass, views[_i].of, views[_i].is);
    assert_shown(hass, views[_i].entity_id, views[_i].key, views[_i].shown);
}
END_TEST

static const struct {
    const char *domain, *service, *data, *called;
} told[] = {
    { "switch", "turn_on", "{'entity_id':'switch.s'}", "[{'name':'on','by':'switch.s'}]" },
    { "switch", "turn_off", "{'entity_id':'switch.s'}", "[{'name':'off'}]" },
    { "lock", "lock", "{'entity_id':'lock.l'}", "[{'name':'lock','code':null}]" },
    { "lock", "lock", "{'entity_id':'lock.l','code':'0123'}", "[{'name':'lock','code':'0123'}]" },
    { "light", "turn_on", "{'entity_id':'light.desk'}", "[{'name':'on'}]" },
    { "light", "turn_on", "{'entity_id':'light.desk','brightness':77}",
      "[{'name':'level','b':77}]" },
    { "light", "turn_off", "{'entity_id':'light.desk'}", "[{'name':'off'}]" },
    { "cover", "open_cover", "{'entity_id':'cover.door'}", "[{'name':'open'}]" },
    { "cover", "close_cover", "{'entity_id':'cover.door'}", "[{'name':'close'}]" },
    { "cover", "open_cover", "{'entity_id':'cover.blind'}", "[{'name':'position','p':100}]" },
    { "cover", "close_cover", "{'entity_id':'cover.blind'}", "[{'name':'position','p':0}]" },
    { "cover", "set_cover_position", "{'entity_id':'cover.blind','position':30}",
      "[{'name':'position','p':30}]" },
    { "cover", "set_cover_tilt_position", "{'entity_id':'cover.blind','tilt_position':9}",
      "[{'name':'tilt','t':9}]" },
    { "fan", "turn_on", "{'entity_id':'fan.f'}", "[{'name':'on','p':null}]" },
    { "fan", "turn_on", "{'entity_id':'fan.f','percentage':30}",
      "[{'name':'on','p':30},{'name':'percentage','p':30}]" },
    { "fan", "set_preset_mode", "{'entity_id':'fan.f','preset_mode':'night'}",
      "[{'name':'preset','p':'night'}]" },
    { "number", "set_value", "{'entity_id':'number.n','value':6.5}",
      "[{'name':'number','v':6.5}]" },
    { "select", "select_option", "{'entity_id':'select.c','option':'b'}",
      "[{'name':'select','o':'b'}]" },
    { "button", "press", "{'entity_id':'button.b'}", "[{'name':'press'}]" },
};

START_TEST(it_calls_the_service_of_its_action)
{
    hass__assert_loop();
    (void)test_logs();
    struct hass *hass = home(with_templates);

    ck_assert_int_eq(home_call(hass, told[_i].domain, told[_i].service, told[_i].data, NULL), 0);
    ck_assert_json(calls, told[_i].called);
}
END_TEST

static const char lamp_states[] =
    "template:\n"
    "  - light:\n"
    "      name: L\n"
    "      state: 'on'\n"
    "      level: \"{{ states('t.level') }}\"\n"
    "      temperature: \"{{ states('t.mireds') }}\"\n"
    "      hs: \"{{ states('t.hs') }}\"\n"
    "      effect: \"{{ states('t.effect') }}\"\n"
    "      effect_list: \"{{ ['rain', 'fire'] }}\"\n"
    "      supports_transition: true\n"
    "      turn_on: " REC(
        "on",
        "") "\n"
            "      turn_off: " REC(
                "off",
                ", t: '{{ transition }}'") "\n"
                                           "      set_level: " REC(
                                               "level",
                                               "") "\n"
                                                   "      set_temperature: " REC(
                                                       "temperature",
                                                       ", m: '{{ color_temp }}', k: '{{ "
                                                       "color_temp_kelvin }}'") "\n"
                                                                                "      "
                                                                                "set_hs: " REC(
                                                                                    "hs",
                                                                                    ", h: '{{ h "
                                                                                    "}}', s: '{{ s "
                                                                                    "}}'") "\n"
                                                                                           "      "
                                                                                           "set_"
                                                                                           "effect:"
                                                                                           " " REC(
                                                                                               "eff"
                                                                                               "ec"
                                                                                               "t",
                                                                                               ", "
                                                                                               "e: "
                                                                                               "'{{"
                                                                                               " ef"
                                                                                               "fec"
                                                                                               "t "
                                                                                               "}}"
                                                                                               "'") "\n"
                                                                                                    "  - light:\n"
                                                                                                    "      name: M\n"
                                                                                                    "      rgb: \"{{ states('t.rgb') }}\"\n"
                                                                                                    "      rgbww: \"{{ states('t.rgbww') }}\"\n"
                                                                                                    "      turn_on: []\n"
                                                                                                    "      turn_off: []\n"
                                                                                                    "      set_rgb: " REC(
                                                                                                        "rgb",
                                                                                                        ", c: '{{ rgb }}', b: '{{ b }}'") "\n"
                                                                                                                                          "      set_rgbww: " REC(
                                                                                                                                              "rgbww",
                                                                                                                                              ", c: '{{ rgbww }}', w: '{{ ww }}', rgb: '{{ rgb }}'") "\n";

/* what a lamp shows of good and of wrong results; NULL: nothing and a line in the log */
static const struct {
    const char *of, *is, *key, *shown;
} lamp_views[] = {
    { "t.level", "0", "brightness", "0" },
    { "t.level", "255", "brightness", "255" },
    { "t.level", "256", "brightness", NULL },
    { "t.level", "300", "brightness", NULL },
    { "t.level", "-1", "brightness", NULL },
    { "t.level", "abc", "brightness", NULL },
    { "t.level", "[1]", "brightness", NULL },
    { "t.mireds", "250", "color_temp_kelvin", "4000" },
    { "t.mireds", "152", "color_temp_kelvin", NULL },
    { "t.mireds", "501", "color_temp_kelvin", NULL },
    { "t.hs", "(120, 50)", "hs_color", "[120.0,50.0]" },
    { "t.hs", "[361, 50]", "hs_color", NULL },
    { "t.hs", "[120]", "hs_color", NULL },
    { "t.hs", "red", "hs_color", NULL },
    { "t.effect", "fire", "effect", "'fire'" },
    { "t.effect", "snow", "effect", NULL },
};

START_TEST(a_lamp_shows_what_is_within_its_ranges)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    struct hass *hass = home(lamp_states);

    if (!strcmp(lamp_views[_i].of, "t.level"))
        set(hass, "t.mireds", "200");
    logs_clear(logs);
    set(hass, lamp_views[_i].of, lamp_views[_i].is);
    if (lamp_views[_i].shown) {
        assert_shown(hass, "light.l", lamp_views[_i].key, lamp_views[_i].shown);
        return;
    }
    autojson *value = home_attribute(hass, "light.l", lamp_views[_i].key);
    ck_assert(!value || json_is_null(value));
    ck_assert_ptr_nonnull(logs_find(logs, "expected"));
    ck_assert_str_eq(home_state(hass, "light.l"), "on");
}
END_TEST

static const struct {
    const char *entity_id, *service, *data, *called;
} lamp_told[] = {
    { "light.l", "turn_on", "'hs_color':[30,40]", "[{'name':'hs','h':30.0,'s':40.0}]" },
    { "light.l", "turn_on", "'color_temp_kelvin':4000",
      "[{'name':'temperature','m':250,'k':4000}]" },
    { "light.l", "turn_on", "'effect':'rain'", "[{'name':'effect','e':'rain'}]" },
    { "light.l", "turn_off", "'transition':2", "[{'name':'off','t':2.0}]" },
    { "light.m", "turn_on", "'rgb_color':[1,2,3]", "[{'name':'rgb','c':[1,2,3],'b':3}]" },
    { "light.m", "turn_on", "'rgbww_color':[1,2,3,4,5]",
      "[{'name':'rgbww','c':[1,2,3,4,5],'w':5,'rgb':[1,2,3]}]" },
};

START_TEST(a_lamp_calls_the_action_of_what_is_asked_for)
{
    hass__assert_loop();
    (void)test_logs();
    struct hass *hass = home(lamp_states);
    autofree char *data =
        mem_printf("{'entity_id':'%s',%s}", lamp_told[_i].entity_id, lamp_told[_i].data);

    ck_assert_int_eq(home_call(hass, "light", lamp_told[_i].service, data, NULL), 0);
    ck_assert_json(calls, lamp_told[_i].called);
}
END_TEST

#define DO REC("x", "")
static const char without_templates[] =
    "template:\n"
    "  - switch: {name: S, turn_on: " DO ", turn_off: " DO "}\n"
    "    lock: {name: L, lock: " DO ", unlock: " DO ", open: " DO "}\n"
    "    light: {name: D, turn_on: " DO ", turn_off: " DO ", set_rgb: " DO "}\n"
    "    cover: {name: C, set_cover_position: " DO ", set_cover_tilt_position: " DO "}\n"
    "    fan: {name: F, turn_on: " DO ", turn_off: " DO ", set_percentage: " DO
    ", set_oscillating: " DO ", set_direction: " DO "}\n"
    "    number: {name: N, set_value: " DO "}\n"
    "    select: {name: E, options: \"{{ ['a', 'b'] }}\", select_option: " DO "}\n";

static const struct {
    const char *domain, *service, *data, *entity_id, *key, *shown;
} assumed[] = {
    { "switch", "turn_on", "", "switch.s", NULL, "on" },
    { "switch", "turn_off", "", "switch.s", NULL, "off" },
    { "switch", "turn_on", "", "switch.s", "assumed_state", "true" },
    { "lock", "lock", "", "lock.l", NULL, "locked" },
    { "lock", "unlock", "", "lock.l", NULL, "unlocked" },
    { "lock", "open", "", "lock.l", NULL, "open" },
    { "light", "turn_on", "", "light.d", NULL, "on" },
    { "light", "turn_on", ",'rgb_color':[1,2,3]", "light.d", "rgb_color", "[1,2,3]" },
    { "cover", "open_cover", "", "cover.c", NULL, "open" },
    { "cover", "close_cover", "", "cover.c", NULL, "closed" },
    { "cover", "set_cover_position", ",'position':3", "cover.c", "current_position", "3" },
    { "cover", "open_cover_tilt", "", "cover.c", "current_tilt_position", "100" },
    { "fan", "turn_on", "", "fan.f", NULL, "on" },
    { "fan", "turn_on", ",'percentage':40", "fan.f", "percentage", "40" },
    { "fan", "oscillate", ",'oscillating':true", "fan.f", "oscillating", "true" },
    { "fan", "set_direction", ",'direction':'reverse'", "fan.f", "direction", "'reverse'" },
    { "number", "set_value", ",'value':6.5", "number.n", NULL, "6.5" },
    { "select", "select_option", ",'option':'b'", "select.e", NULL, "b" },
};

START_TEST(without_a_template_it_is_what_it_was_told)
{
    hass__assert_loop();
    (void)test_logs();
    struct hass *hass = home(without_templates);
    autofree char *data =
        mem_printf("{'entity_id':'%s'%s}", assumed[_i].entity_id, assumed[_i].data);

    ck_assert_int_eq(home_call(hass, assumed[_i].domain, assumed[_i].service, data, NULL), 0);
    assert_shown(hass, assumed[_i].entity_id, assumed[_i].key, assumed[_i].shown);
    ck_assert_uint_ge(json_array_size(calls), 1);
}
END_TEST

/* the state of the last run, and what is made of it */
static const struct {
    const char *entity_id, *was, *shown;
} restored[] = {
    { "switch.s", "on", "on" },       { "switch.s", "unavailable", "unknown" },
    { "lock.l", "locked", "locked" }, { "light.d", "off", "off" },
    { "fan.f", "on", "on" },          { "number.n", "6.5", "6.5" },
    { "number.n", "abc", "unknown" }, { "select.e", "b", "b" },
};

START_TEST(without_a_template_it_is_what_it_was_before_a_restart)
{
    hass__assert_loop();
    (void)test_logs();
    autofree char *store = mem_printf(
        "{\"version\":1,\"minor_version\":1,\"key\":\"core.restore_state\",\"data\":[{\"state\":{"
        "\"entity_id\":\"%s\",\"state\":\"%s\",\"attributes\":{},\"last_changed\":"
        "\"2024-01-01T00:00:00+00:00\",\"last_updated\":\"2024-01-01T00:00:00+00:00\",\"context\":{"
        "\"id\":\"01HK1000000000000000000000\",\"parent_id\":null,\"user_id\":null}},"
        "\"extra_data\":null,\"last_seen\":\"2024-01-01T00:00:00+00:00\"}]}",
        restored[_i].entity_id, restored[_i].was);

    test_file(".storage/core.restore_state", store);
    struct hass *hass = home(without_templates);
    ck_assert_str_eq(home_state(hass, restored[_i].entity_id), restored[_i].shown);
}
END_TEST

/* actions that are refused, and what is said */
static const struct {
    const char *action, *said;
} refused[] = {
    { "[{delay: soon}]", "delay" },
    { "{data: {}}", "says what it does" },
    { "{action: nodot}", "nodot" },
    { "[5]", "expected an action" },
    { "{action: a.b, data: {x: \"{{ 1 + }}\"}}", "TemplateSyntaxError: unexpected" },
    { "{action: a.b, reponse_variable: r}", "reponse_variable" },
};

START_TEST(an_action_that_cannot_be_run_is_refused_with_its_entity)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    autofree char *yaml = mem_printf("template:\n  - button:\n      - {name: Bad, press: %s}\n"
                                     "      - {name: Good, press: []}\n",
                                     refused[_i].action);
    struct hass *hass = home(yaml);

    ck_assert_str_eq(home_state(hass, "button.bad"), "(none)");
    ck_assert_str_eq(home_state(hass, "button.good"), "unknown");
    ck_assert_ptr_nonnull(logs_find(logs, refused[_i].said));
}
END_TEST

START_TEST(steps_run_in_their_order_until_one_fails)
{
    hass__assert_loop();
    (void)test_logs();
    struct hass *hass = home(
        "template:\n"
        "  - button:\n"
        "      name: B\n"
        "      press:\n"
        "        - " REC(
            "one",
            "") "\n"
                "        - {action: test.rec, enabled: false, data: {name: 'off'}}\n"
                "        - {action: \"test.{{ 'rec' }}\", data: {name: two, n: '{{ 1 + 1 }}'}}\n"
                "        - {action: test.missing}\n"
                "        - " REC("never", "") "\n");
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_lt(home_call(hass, "button", "press", "{'entity_id':'button.b'}", &err), 0);
    ck_assert_ptr_nonnull(strstr(err.message, "missing"));
    ck_assert_json(calls, "[{'name':'one'},{'name':'two','n':2}]");
}
END_TEST

CASES_MAIN("template entities that act", ROWS(it_shows_what_its_template_gives, views),
           ROWS(it_calls_the_service_of_its_action, told),
           ROWS(a_lamp_shows_what_is_within_its_ranges, lamp_views),
           ROWS(a_lamp_calls_the_action_of_what_is_asked_for, lamp_told),
           ROWS(without_a_template_it_is_what_it_was_told, assumed),
           ROWS(without_a_template_it_is_what_it_was_before_a_restart, restored),
           ROWS(an_action_that_cannot_be_run_is_refused_with_its_entity, refused),
           ONCE(steps_run_in_their_order_until_one_fails))
