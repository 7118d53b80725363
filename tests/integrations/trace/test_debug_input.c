/* SPDX-License-Identifier: Apache-2.0 */
/* Breakpoints as nobody should ask for them: wrong commands, who may not, too many, too long. */
#include "tests/integrations/trace/debug.h"

/* bad input */

static const char *const wrong[] = {
    "{'type':'trace/debug/breakpoint/set'," OF_A "}",
    "{'type':'trace/debug/breakpoint/set'," OF_A ",'node':''}",
    "{'type':'trace/debug/breakpoint/set'," OF_A ",'node':[]}",
    "{'type':'trace/debug/breakpoint/set'," OF_A ",'node':'*','run_id':{}}",
    "{'type':'trace/debug/breakpoint/set'," OF_A ",'node':'*','other':1}",
    "{'type':'trace/debug/breakpoint/set','domain':'light','item_id':'a','node':'*'}",
    "{'type':'trace/debug/breakpoint/set','domain':'script','node':'*'}",
    "{'type':'trace/debug/breakpoint/clear'," OF_A "}",
    "{'type':'trace/debug/step'," OF_A "}",
    "{'type':'hassd/debug/steps','domain':'script'}",
    "{'type':'trace/debug/continue','domain':'automation','run_id':'x'}",
    "{'type':'trace/debug/stop','item_id':'a','run_id':'x'}",
    "{'type':'trace/debug/stop'," OF_A ",'run_id':null}",
};

START_TEST(what_is_wrong_is_refused)
{
    home(SIMPLE);
    hass__assert_loop();

    ck_assert_str_eq(client_error(client_ask(client, wrong[_i])), "invalid_format");
    ck_assert_json(result_of(LIST), "[]");
}
END_TEST

static const char *const for_administrators[] = {
    "{'type':'trace/debug/breakpoint/subscribe'}",
    "{'type':'trace/debug/breakpoint/set'," OF_A ",'node':'*'}",
    "{'type':'trace/debug/breakpoint/clear'," OF_A ",'node':'*'}",
    "{'type':'trace/debug/breakpoint/list'}",
    "{'type':'hassd/debug/steps'," OF_A "}",
    "{'type':'trace/debug/step'," OF_A ",'run_id':'x'}",
    "{'type':'trace/debug/continue'," OF_A ",'run_id':'x'}",
    "{'type':'trace/debug/stop'," OF_A ",'run_id':'x'}",
};

START_TEST(others_are_refused)
{
    home(SIMPLE);
    hass__assert_loop();
    struct client *somebody = client_open(hass, "somebody", false);

    ck_assert_str_eq(client_error(client_ask(somebody, for_administrators[_i])), "unauthorized");
}
END_TEST

/* limits */

static HASS_CALLBACK const char *set_number(int i)
{
    char more[64];

    snprintf(more, sizeof(more), ",'node':'action/%d'", i);
    const json_t *answer = ask_by(client, "breakpoint/set", more);
    if (hass_json_get_bool(answer, "success", false))
        return "";
    ck_assert_str_eq(client_error(answer), "home_assistant_error");
    return hass_json_get_string(hass_json_get(answer, "error"), "message", "");
}

START_TEST(a_hundred_breakpoints_are_set_and_no_more)
{
    home(SIMPLE);
    hass__assert_loop();

    for (int i = 0; i < 100; i++)
        ck_assert_str_eq(set_number(i), "");
    ck_assert_str_eq(set_number(99), ""); // it is there
    ck_assert_ptr_nonnull(strstr(set_number(100), "100 breakpoints"));
    tell("breakpoint/clear", ",'node':'action/50'");
    ck_assert_str_eq(set_number(100), "");
    fire("go");
    ck_assert_hit("action/0");
    let("step"); // its breakpoint is beside those
    ck_assert_hit("action/1");
    ck_assert_uint_eq(json_array_size(result_of(LIST)), 101);
}
END_TEST

static const struct {
    const char *key;
    int most;
} lengths[] = { { "item_id", 255 }, { "run_id", 255 }, { "node", 1024 } };

static HASS_CALLBACK const json_t *set_long(const char *key, int length)
{
    autobuf text = HASS_BUF_INIT;

    hass_buf_add_string(&text, "{'type':'trace/debug/breakpoint/set','domain':'script'");
    for (size_t i = 0; i < 3; i++)
        hass_buf_printf(&text, ",'%s':'%0*d'", lengths[i].key,
                        strcmp(key, lengths[i].key) == 0 ? length : 1, 0);
    hass_buf_add_string(&text, "}");
    return client_ask(client, hass_buf_string(&text));
}

START_TEST(names_are_so_long_and_no_longer)
{
    home(SIMPLE);
    hass__assert_loop();

    const json_t *answer = set_long(lengths[_i].key, lengths[_i].most);
    ck_assert(hass_json_get_bool(answer, "success", false));
    answer = set_long(lengths[_i].key, lengths[_i].most + 1);
    ck_assert_str_eq(client_error(answer), "invalid_format");
}
END_TEST
CASES_MAIN("input of trace/debug", ROWS(what_is_wrong_is_refused, wrong),
           ROWS(others_are_refused, for_administrators),
           ONCE(a_hundred_breakpoints_are_set_and_no_more),
           ROWS(names_are_so_long_and_no_longer, lengths))
