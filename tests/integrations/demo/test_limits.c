/* SPDX-License-Identifier: Apache-2.0 */
/* How long the texts are that the domains' services take: at the limit they are taken, one character more is refused. */
#include <string.h>

#include "support/cases.h"
#include "support/home.h"

static const struct {
    const char *domain, *service, *data; /* with the text for %s */
    size_t limit;                        /* characters */
} texts[] = {
    { "todo", "add_item", "{'entity_id':'todo.shopping_list','item':'%s'}", 1024 },
    { "todo", "add_item", "{'entity_id':'todo.shopping_list','item':'x','description':'%s'}",
      65536 },
    { "todo", "update_item", "{'entity_id':'todo.shopping_list','item':'1','rename':'%s'}", 1024 },
    { "todo", "update_item", "{'entity_id':'todo.shopping_list','item':'1','description':'%s'}",
      65536 },
    { "calendar", "create_event", "{'entity_id':'calendar.family','in':{'days':1},'summary':'%s'}",
      1024 },
    { "calendar", "create_event",
      "{'entity_id':'calendar.family','in':{'days':1},'summary':'x','location':'%s'}", 1024 },
    { "calendar", "create_event",
      "{'entity_id':'calendar.family','in':{'days':1},'summary':'x','description':'%s'}", 65536 },
    { "notify", "send_message", "{'entity_id':'notify.hall_display','message':'%s'}", 65536 },
    { "notify", "send_message", "{'entity_id':'notify.hall_display','message':'x','title':'%s'}",
      1024 },
    { "camera", "snapshot", "{'entity_id':'camera.front_door','filename':'%s'}", 4000 },
    { "vacuum", "send_command", "{'entity_id':'vacuum.ground_floor_vacuum','command':'%s'}", 1024 },
    { "lock", "lock", "{'entity_id':'lock.front_door','code':'%s'}", 64 },
    { "alarm_control_panel", "alarm_disarm",
      "{'entity_id':'alarm_control_panel.house','code':'%s'}", 255 },
};

/* Calls with a text of so many characters. */
static HASS_CALLBACK int call_with(struct hass *hass, size_t row, size_t length)
{
    const char *data = texts[row].data, *place = strstr(data, "%s");
    autobuf text = HASS_BUF_INIT;

    hass_buf_add(&text, data, (size_t)(place - data));
    for (size_t i = 0; i < length; i++)
        hass_buf_add_char(&text, 'x');
    hass_buf_add_string(&text, place + strlen("%s"));
    return home_call(hass, texts[row].domain, texts[row].service, hass_buf_string(&text), NULL);
}

/* What is not wrong in itself may still be no use: a code, or a path. */
START_TEST(a_text_is_taken_up_to_its_limit)
{
    hass__assert_loop();
    struct hass *hass = test_home("demo:\n");

    ck_assert_int_ne(call_with(hass, (size_t)_i, texts[_i].limit), HASS_E_INVALID);
    ck_assert_int_eq(call_with(hass, (size_t)_i, texts[_i].limit + 1), HASS_E_INVALID);
}
END_TEST

/* Takes one item from the list, named so many times. */
static HASS_CALLBACK int remove_items(struct hass *hass, int count)
{
    autobuf data = HASS_BUF_INIT;

    hass_buf_add_string(&data, "{'entity_id':'todo.shopping_list','item':[");
    for (int i = 0; i < count; i++)
        hass_buf_printf(&data, "%s'1'", i ? "," : "");
    hass_buf_add_string(&data, "]}");
    return home_call(hass, "todo", "remove_item", hass_buf_string(&data), NULL);
}

START_TEST(a_call_takes_a_thousand_items_from_a_list_at_most)
{
    hass__assert_loop();
    struct hass *hass = test_home("demo:\n");

    ck_assert_int_eq(remove_items(hass, 1001), HASS_E_INVALID);
    ck_assert_int_eq(remove_items(hass, 1000), 0);
}
END_TEST

CASES_MAIN("limits of the domains", ROWS(a_text_is_taken_up_to_its_limit, texts),
           ONCE(a_call_takes_a_thousand_items_from_a_list_at_most))
