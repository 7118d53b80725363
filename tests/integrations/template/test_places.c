/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong within a template block is said with its own place, by a check of the folder and by the log alike. */
#include <string.h>

#include "base/mem.h"
#include "support/cases.h"
#include "support/home.h"

/* Blocks, each with a good one behind it; line, column and path of what is wrong, and what is said. */
static const struct {
    const char *block, *place, *path, *said;
} wrong[] = {
    { "triggers:\n      - trigger: event\n        event_type: e\n      - trigger: state\n"
      "        entity_id: nodomain\n",
      ":6:20:", "template->0->triggers->1->entity_id", "nodomain" },
    { "trigger:\n      platform: state\n      entity_id: a.b\n      too: x\n",
      ":5:7:", "template->0->trigger", "unknown key 'too'" },
    { "triggers: [{trigger: event, event_type: e}]\n    conditions:\n      - and:\n"
      "          - condition: state\n            entity_id: a.b\n            stat: 'on'\n",
      ":7:13:", "template->0->conditions->0->and->0", "unknown key 'stat'" },
    { "triggers: [{trigger: event, event_type: e}]\n    condition: '{{ 1 + }}'\n",
      ":3:24:", "template->0->condition", "TemplateSyntaxError" },
    { "triggers: [{trigger: event, event_type: e}]\n    actions:\n      - choose:\n"
      "          - conditions: []\n            sequence:\n              - delay: soon\n",
      ":7:24:", "template->0->actions->0->choose->0->sequence->0->delay", "soon" },
    { "triggers: [{trigger: event, event_type: e}]\n    actions:\n      - event: x\n"
      "        event_data:\n          a:\n            b: |\n              {{ 1 }}\n"
      "              {{ 1 + }}\n",
      ":9:22:", "template->0->actions->0->event_data->a->b", "TemplateSyntaxError" },
    { "triggers: [{trigger: event, event_type: e}]\n    variables:\n      one: 1\n"
      "      two: '{{ 2 + }}'\n",
      ":5:20:", "template->0->variables->two", "TemplateSyntaxError" },
    { "triggers: [{trigger: template, value_template: '{{ 1 + }}'}]\n",
      ":2:60:", "template->0->triggers->0->value_template", "TemplateSyntaxError" },
    { "triggers: [{trigger: event, event_type: e}]\n    button:\n      - press:\n"
      "          - wait_template: '{{ 1 + }}'\n",
      ":5:36:", "template->0->button->0->press->0->wait_template", "TemplateSyntaxError" },
    { "triggers: [{trigger: event, event_type: e}]\n    sensor:\n      - name: A\n"
      "        state: '{{ 1 + }}'\n",
      ":5:24:", "template->0->sensor->0->state", "TemplateSyntaxError" },
    { "triggers: [{trigger: event, event_type: e}]\n    sensor:\n      - name: A\n"
      "        state: 1\n        attributes:\n          x: '{{ 1 + }}'\n",
      ":7:22:", "template->0->sensor->0->attributes->x", "TemplateSyntaxError" },
    { "select:\n      - options: '{{ [1] }}'\n        select_option:\n"
      "          action: nodomain\n",
      ":5:19:", "template->0->select->0->select_option->action", "nodomain" },
};

static char *yaml_of(const char *block)
{
    return mem_printf("template:\n  - %s  - sensor: {name: Good, state: 1}\n", block);
}

START_TEST(a_check_points_into_the_block)
{
    static const char *const folders[] = { TEST_BUILD "/integrations", NULL };
    struct hass_options options = loader_options();
    autofree char *yaml = yaml_of(wrong[_i].block);
    autofree char *path = mem_printf("at: %s\n", wrong[_i].path);
    autojson *report = NULL;
    autobuf text = HASS_BUF_INIT;

    loader_configure(yaml);
    options.plugin_dirs = folders;
    ck_assert_int_eq(hass_check_config(&options, &report, &text, NULL), 1);
    const char *said = hass_buf_string(&text);
    ck_assert_msg(json_array_size(hass_json_get(report, "diagnostics")) == 1, "%s", said);
    ck_assert_msg(strstr(said, wrong[_i].place) && strstr(said, wrong[_i].said) &&
                      strstr(said, path),
                  "%s\nwanted %s %s %s", said, wrong[_i].place, wrong[_i].path, wrong[_i].said);
}
END_TEST

START_TEST(the_log_points_to_the_same_place_and_the_others_go_on)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    autofree char *yaml = yaml_of(wrong[_i].block);
    struct hass *hass = test_home(yaml);
    const char *line = logs_find(logs, wrong[_i].place);

    ck_assert_ptr_nonnull(line);
    ck_assert_msg(strstr(line, wrong[_i].said) && strstr(line, wrong[_i].path), "%s", line);
    ck_assert_str_eq(home_state(hass, "sensor.good"), "1");
}
END_TEST

CASES_MAIN("places in template blocks", ROWS(a_check_points_into_the_block, wrong),
           ROWS(the_log_points_to_the_same_place_and_the_others_go_on, wrong))
