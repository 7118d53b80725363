/* SPDX-License-Identifier: Apache-2.0 */
/* Collections: items of the section and of the store, what changes them, and the entities they become. */
#include <string.h>
#include <sys/stat.h>

#include <hass/collection.h>
#include <hass/dispatcher.h>
#include <hass/strmap.h>

#include "helpers/collection.h"
#include "support/cases.h"
#include "support/test.h"

/* a domain of lamps */

struct values {
    int level, changes;
};

HASS_SCHEMA(lamp_schema, HASS_FIELD("name", &hass_type_string, .min = 1, .max = 255),
            HASS_FIELD("level", &hass_type_int, .min = 0, .max = 9, .fallback = "1"),
            HASS_FIELD("id", &hass_type_string), HASS_FIELD("icon", &hass_type_icon));

static HASS_COROUTINE int added(struct hass_entity *entity, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    values->level = (int)hass_json_get_int(hass_item_of(entity)->config, "level", -1);
    return 0;
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return HASS_INT(values->level);
}

static HASS_CALLBACK void attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    const struct values *values = hass_entity_async_values(entity);

    hass_attrs_set(writer, "editable", HASS_BOOL(hass_item_of(entity)->editable));
    if (values->changes)
        hass_attrs_set(writer, "changes", HASS_INT(values->changes));
}

static HASS_CALLBACK int changed(struct hass_entity *entity, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    values->level = (int)hass_json_get_int(hass_item_of(entity)->config, "level", -1);
    values->changes++;
    return 0;
}

/* Nobody may be called Bob. */
static HASS_CALLBACK int check(struct hass *hass, const char *id, const json_t *config,
                               struct hass_error *err)
{
    if (!strcmp(hass_json_get_string(config, "name", ""), "Bob"))
        return hass_fail(err, HASS_E_INVALID, "not Bob (%s)", id ? id : "new");
    return 0;
}

static const struct hass_entity_ops lamp_ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .async_added_to_hass = added,
                    .state = state, .state_attributes = attributes);
static const struct hass_collection_options lamps =
    HASS_COLLECTION(.domain = "lamp", .schema = &lamp_schema, .ops = &lamp_ops,
                    .async_changed = changed, .async_check = check);
static const struct hass_collection_options merging_lamps =
    HASS_COLLECTION(.domain = "lamp", .schema = &lamp_schema, .ops = &lamp_ops, .merge = true,
                    .lists_sections = true);

/* doing things to it */

struct set_up {
    const struct hass_collection_options *options;
    json_t *config;
};

static HASS_COROUTINE int set_up(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct set_up *call = userdata;

    return hass_collection_async_create(hass, call->options, call->config, err);
}

static HASS_CALLBACK struct hass *home_of(const struct hass_collection_options *options,
                                          const char *section)
{
    struct hass *hass = test_hass();
    autojson *config = test_json(section);
    struct set_up call = { options, config };

    ck_assert_int_eq(test_run_coroutine(hass, set_up, &call), 0);
    return hass;
}

static HASS_CALLBACK struct hass *home(const char *section)
{
    return home_of(&lamps, section);
}

static HASS_COROUTINE int reload(struct hass *hass, void *userdata, struct hass_error *err)
{
    autojson *config = test_json(userdata);

    return hass_collection_async_reload(hass, "lamp", config, err);
}

struct change {
    const char *id; /* NULL: create */
    json_t *fields; /* NULL: delete */
    json_t *item;
};

static HASS_COROUTINE int make_change(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct change *change = userdata;

    if (!change->fields)
        return hass_collection_async_delete_item(hass, "lamp", change->id, err);
    if (!change->id)
        return hass_collection_async_create_item(hass, "lamp", change->fields, &change->item, err);
    return hass_collection_async_update_item(hass, "lamp", change->id, change->fields,
                                             &change->item, err);
}

/* The item that came of it, as text; or the error. */
static HASS_CALLBACK const char *change(struct hass *hass, const char *id, const char *fields)
{
    static struct hass_buf text;
    struct hass_error err = HASS_ERROR_INIT;
    struct change call = { .id = id, .fields = fields ? test_json(fields) : NULL };

    hass_buf_clear(&text);
    if (test_run_job(hass, HASS_JOB_COROUTINE(make_change, &call), &err) < 0)
        hass_buf_printf(&text, "%s: %s", hass_error_name(err.code), err.message);
    else if (call.item)
        hass_json_write(call.item, &text);
    json_decref(call.item);
    for (char *c = text.data; c && *c; c++)
        if (*c == '"')
            *c = '\'';
    return hass_buf_string(&text);
}

static HASS_CALLBACK const char *shown(struct hass *hass, const char *entity_id)
{
    const struct hass_state *now = hass_states_async_get(hass, entity_id);

    return now ? hass_state_state(now) : "(none)";
}

static HASS_CALLBACK void assert_attributes(struct hass *hass, const char *entity_id,
                                            const char *wanted)
{
    autojson *all = hass_state_attributes(hass_states_async_get(hass, entity_id));

    ck_assert_json(all, wanted);
}

static HASS_CALLBACK void assert_listed(struct hass *hass, const char *wanted)
{
    autojson *items = hass_collection_async_as_json(hass, "lamp");

    ck_assert_json(items, wanted);
}

static const char *store_path(void)
{
    static char path[512];

    snprintf(path, sizeof(path), "%s/.storage/lamp", test_dir());
    return path;
}

/* the section */

START_TEST(each_item_of_a_map_is_an_entity_named_by_its_key)
{
    hass__assert_loop();
    struct hass *hass = home("{'hall':{'name':'Big hall','level':3,'icon':'mdi:lamp'},"
                             "'attic':{'level':1}}");

    ck_assert_str_eq(shown(hass, "lamp.hall"), "3");
    assert_attributes(hass, "lamp.hall",
                      "{'editable':false,'friendly_name':'Big hall','icon':'mdi:lamp'}");
    assert_attributes(hass, "lamp.attic", "{'editable':false}");
    assert_listed(hass, "[]");
}
END_TEST

START_TEST(items_of_a_list_are_told_by_id_or_name)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    struct hass *hass =
        home("[{'name':'Big hall','level':3},{'name':'big hall','level':4},"
             "{'id':'x','name':'Attic','level':5},{'id':'x','name':'B','level':6}]");

    ck_assert_str_eq(shown(hass, "lamp.big_hall"), "3");
    ck_assert_str_eq(shown(hass, "lamp.attic"), "5");
    ck_assert_uint_eq(hass_states_async_count(hass, "lamp"), 2);
    ck_assert_ptr_nonnull(logs_find(logs, "the id 'big_hall' is used twice"));
    ck_assert_ptr_nonnull(logs_find(logs, "the id 'x' is used twice"));
}
END_TEST

START_TEST(a_reload_adds_changes_in_place_and_removes)
{
    hass__assert_loop();
    struct hass *hass = home("{'same':{'level':1},'other':{'level':2},'gone':{'level':3}}");
    struct capture *seen = test_capture(hass, HASS_EVENT_STATE_CHANGED);

    ck_assert_int_eq(
        test_run_coroutine(
            hass, reload,
            TEXT("{'new':{'level':4},'same':{'level':1},'other':{'name':'O','level':5}}")),
        0);
    ck_assert_str_eq(shown(hass, "lamp.same"), "1");
    ck_assert_str_eq(shown(hass, "lamp.gone"), "(none)");
    ck_assert_str_eq(shown(hass, "lamp.new"), "4");
    ck_assert_str_eq(shown(hass, "lamp.other"), "5");
    assert_attributes(hass, "lamp.other", "{'editable':false,'changes':1,'friendly_name':'O'}");
    ck_assert_uint_eq(capture_count(seen), 3);
    ck_assert_int_eq(test_run_coroutine(hass, reload, TEXT("{}")), 0);
    ck_assert_uint_eq(hass_states_async_count(hass, "lamp"), 0);
}
END_TEST

/* run time */

START_TEST(an_item_is_created_with_the_slug_of_its_name_and_defaults)
{
    hass__assert_loop();
    struct hass *hass = home("{'big_hall':{'level':1}}");

    ck_assert_str_eq(change(hass, NULL, "{'name':'Big Hall'}"),
                     "{'id':'big_hall_2','name':'Big Hall','level':1}");
    ck_assert_str_eq(change(hass, NULL, "{'name':'Big hall','level':7}"),
                     "{'id':'big_hall_3','name':'Big hall','level':7}");
    ck_assert_str_eq(change(hass, NULL, "{'name':'…'}"), "{'id':'unknown','name':'…','level':1}");
    assert_attributes(hass, "lamp.big_hall_2", "{'editable':true,'friendly_name':'Big Hall'}");
    ck_assert_str_eq(shown(hass, "lamp.big_hall_3"), "7");
    assert_listed(hass, "[{'id':'big_hall_2','name':'Big Hall','level':1},"
                        "{'id':'big_hall_3','name':'Big hall','level':7},"
                        "{'id':'unknown','name':'…','level':1}]");
}
END_TEST

START_TEST(an_update_replaces_the_item_and_keeps_its_entity)
{
    hass__assert_loop();
    struct hass *hass = home("{}");

    change(hass, NULL, "{'name':'Hall','level':7,'icon':'mdi:lamp'}");
    ck_assert_str_eq(change(hass, "hall", "{'name':'Attic'}"),
                     "{'id':'hall','name':'Attic','level':1}");
    ck_assert_str_eq(shown(hass, "lamp.hall"), "1");
    assert_attributes(hass, "lamp.hall", "{'editable':true,'changes':1,'friendly_name':'Attic'}");
}
END_TEST

START_TEST(an_update_may_also_merge)
{
    hass__assert_loop();
    struct hass *hass = home_of(&merging_lamps, "{'cellar':{'level':2}}");

    change(hass, NULL, "{'name':'Hall','level':7,'icon':'mdi:lamp'}");
    ck_assert_str_eq(change(hass, "hall", "{'name':'Attic'}"),
                     "{'id':'hall','name':'Attic','level':7,'icon':'mdi:lamp'}");
    assert_listed(hass, "{'storage':[{'id':'hall','name':'Attic','level':7,'icon':'mdi:lamp'}],"
                        "'config':[{'id':'cellar','level':2}]}");
}
END_TEST

START_TEST(a_deleted_item_takes_its_entity_along)
{
    hass__assert_loop();
    struct hass *hass = home("{}");

    change(hass, NULL, "{'name':'Hall'}");
    ck_assert_str_eq(change(hass, "hall", NULL), "");
    ck_assert_str_eq(shown(hass, "lamp.hall"), "(none)");
    assert_listed(hass, "[]");
    ck_assert_str_eq(change(hass, NULL, "{'name':'Hall'}"),
                     "{'id':'hall','name':'Hall','level':1}");
    ck_assert_str_eq(shown(hass, "lamp.hall"), "1");
}
END_TEST

static const struct {
    const char *id, *fields, *said;
} refused[] = {
    { NULL, "{}", "HASS_E_INVALID: required key 'name' is missing" },
    { NULL, "{'name':''}", "HASS_E_INVALID: name: expected text of 1 to 255 characters, got 0" },
    { NULL, "{'name':['x']}", "HASS_E_INVALID: name: expected text, got a list" },
    { NULL, "{'name':'x','level':10}",
      "HASS_E_INVALID: level: expected a whole number from 0 to 9, got 10" },
    { NULL, "{'name':'x','nmae':'y'}", "HASS_E_INVALID: unknown key 'nmae'; did you mean 'name'?" },
    { NULL, "['name']", "HASS_E_INVALID: expected a map, got a list" },
    { NULL, "{'name':'Bob'}", "HASS_E_INVALID: not Bob (new)" },
    { "hall", "{'name':'Bob'}", "HASS_E_INVALID: not Bob (hall)" },
    { "hall", "{'level':3}", "HASS_E_INVALID: required key 'name' is missing" },
    { "nope", "{'name':'x'}", "HASS_E_NOT_FOUND: Unable to find lamp_id nope" },
    { "nope", NULL, "HASS_E_NOT_FOUND: Unable to find lamp_id nope" },
    { "fixed", "{'name':'x'}", "HASS_E_NOT_FOUND: Unable to find lamp_id fixed" },
    { "fixed", NULL, "HASS_E_NOT_FOUND: Unable to find lamp_id fixed" },
};

START_TEST(a_wrong_change_changes_nothing)
{
    hass__assert_loop();
    struct hass *hass = home("{'fixed':{'level':1}}");

    change(hass, NULL, "{'name':'Hall','level':7}");
    ck_assert_str_eq(change(hass, refused[_i].id, refused[_i].fields), refused[_i].said);
    assert_listed(hass, "[{'id':'hall','name':'Hall','level':7}]");
    ck_assert_uint_eq(hass_states_async_count(hass, "lamp"), 2);
}
END_TEST

static HASS_CALLBACK int on_signal(const struct hass_signal *signal, void *userdata,
                                   struct hass_error *err)
{
    json_array_extend(userdata, (json_t *)signal->data);
    return 0;
}

START_TEST(changes_are_told_by_a_signal)
{
    hass__assert_loop();
    struct hass *hass = home("{}");
    autojson *seen = json_array();

    ck_assert_int_eq(hass_async_dispatcher_connect(hass, "collection_changed.lamp",
                                                   HASS_JOB_CALLBACK(on_signal, seen), NULL, NULL),
                     0);
    change(hass, NULL, "{'name':'Hall'}");
    change(hass, "hall", "{'name':'Attic'}");
    change(hass, "hall", NULL);
    ck_assert_json(seen, "[{'change_type':'added','lamp_id':'hall',"
                         "'item':{'id':'hall','name':'Hall','level':1}},"
                         "{'change_type':'updated','lamp_id':'hall',"
                         "'item':{'id':'hall','name':'Attic','level':1}},"
                         "{'change_type':'removed','lamp_id':'hall',"
                         "'item':{'id':'hall','name':'Attic','level':1}}]");
}
END_TEST

START_TEST(an_id_of_run_time_keeps_a_later_one_of_the_section_out)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    struct hass *hass = home("{}");

    change(hass, NULL, "{'name':'Hall','level':7}");
    ck_assert_int_eq(test_run_coroutine(hass, reload, TEXT("{'hall':{'level':2}}")), 0);
    ck_assert_str_eq(shown(hass, "lamp.hall"), "7");
    ck_assert_ptr_nonnull(logs_find(logs, "is used by an item made at run time"));
}
END_TEST

/* limits */

START_TEST(an_id_is_cut_so_that_an_entity_id_fits)
{
    hass__assert_loop();
    struct hass *hass = home("{}");
    autobuf fields = HASS_BUF_INIT;

    hass_buf_add_string(&fields, "{'name':'");
    for (int i = 0; i < 255; i++)
        hass_buf_add_char(&fields, 'x');
    hass_buf_add_string(&fields, "'}");
    for (size_t i = 0; i < 2; i++) {
        autojson *item = test_json(change(hass, NULL, fields.data));
        const char *id = hass_json_get_string(item, "id", "");
        ck_assert_uint_eq(strlen(id), 255 - strlen("lamp.") - 8 + 2 * i);
    }
    ck_assert_uint_eq(hass_states_async_count(hass, "lamp"), 2);
    fields.data[fields.length - 2] = 0; /* without the closing quote */
    hass_buf_add_string(&fields, "");
    autofree char *longer = NULL;
    ck_assert_int_ge(asprintf(&longer, "%sx'}", fields.data), 0);
    ck_assert_str_eq(change(hass, NULL, longer),
                     "HASS_E_INVALID: name: expected text of 1 to 255 characters, got 256");
}
END_TEST

START_TEST(a_collection_takes_ten_thousand_items_and_no_more)
{
    hass__assert_loop();
    mkdir(test_dir(), 0755);
    autobuf rows = HASS_BUF_INIT;

    hass_buf_add_string(
        &rows, "{\"version\":1,\"minor_version\":1,\"key\":\"lamp\",\"data\":{\"items\":[");
    for (int i = 1; i < COLLECTION_MAX_ITEMS; i++)
        hass_buf_printf(&rows, "%s{\"id\":\"l%d\",\"name\":\"Lamp %d\"}", i > 1 ? "," : "", i, i);
    hass_buf_add_string(&rows, "]}}");
    test_file(".storage/lamp", rows.data);
    struct hass *hass = home("{}");
    ck_assert_uint_eq(hass_states_async_count(hass, "lamp"), COLLECTION_MAX_ITEMS - 1);
    ck_assert_str_eq(change(hass, NULL, "{'name':'Last'}"),
                     "{'id':'last','name':'Last','level':1}");
    ck_assert_str_eq(change(hass, NULL, "{'name':'Beyond'}"),
                     "HASS_E_LIMIT: lamp has 10000 items, which is all it may have");
    ck_assert_str_eq(change(hass, "l1", NULL), "");
    ck_assert_str_eq(change(hass, NULL, "{'name':'Beyond'}"),
                     "{'id':'beyond','name':'Beyond','level':1}");
}
END_TEST

/* the store */

START_TEST(items_survive_a_restart)
{
    hass__assert_loop();
    struct hass *hass = home("{}");

    change(hass, NULL, "{'name':'Hall','level':7}");
    change(hass, NULL, "{'name':'Attic'}");
    change(hass, "attic", NULL);
    test_advance(hass, 9.9);
    ck_assert_int_ne(access(store_path(), F_OK), 0);
    test_advance(hass, 0.2);
    test_settle(hass);
    autofree char *text = test_read_file(store_path());
    autojson *file = json_loads(text, 0, NULL);
    ck_assert_json(file, "{'version':1,'minor_version':1,'key':'lamp',"
                         "'data':{'items':[{'id':'hall','name':'Hall','level':7}]}}");
    test_destroy(hass);
    hass = home("{}");
    ck_assert_str_eq(shown(hass, "lamp.hall"), "7");
    assert_listed(hass, "[{'id':'hall','name':'Hall','level':7}]");
}
END_TEST

START_TEST(a_file_of_another_release_is_read_and_what_is_no_item_is_kept)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    test_file(
        ".storage/lamp",
        "{\"version\":1,\"key\":\"lamp\",\"data\":{\"items\":["
        "{\"id\":\"hall\",\"name\":\"Hall\",\"tomorrow\":true},"
        "{\"id\":\"bad\",\"name\":\"Bad\",\"level\":99},{\"name\":\"No id\"},7,"
        "{\"id\":\"hall\",\"name\":\"Twice\"},{\"id\":\"fixed\",\"name\":\"Of the section\"}]}}");
    struct hass *hass = home("{'fixed':{'level':1}}");

    ck_assert_uint_eq(hass_states_async_count(hass, "lamp"), 2);
    ck_assert_uint_eq(logs_matching(logs, "of its store is left out"), 5);
    assert_listed(hass, "[{'id':'hall','name':'Hall','tomorrow':true}]");
    change(hass, NULL, "{'name':'New'}");
    test_advance(hass, 11);
    test_settle(hass);
    autofree char *text = test_read_file(store_path());
    autojson *file = json_loads(text, 0, NULL);
    ck_assert_json(
        hass_json_get(hass_json_get(file, "data"), "items"),
        "[{'id':'hall','name':'Hall','tomorrow':true},{'id':'new','name':'New','level':1},"
        "{'id':'bad','name':'Bad','level':99},{'name':'No id'},7,"
        "{'id':'hall','name':'Twice'},{'id':'fixed','name':'Of the section'}]");
}
END_TEST

START_TEST(a_store_of_a_newer_version_is_left_alone)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    const char *newer = "{\"version\":2,\"key\":\"lamp\",\"data\":{\"items\":[]}}";

    test_file(".storage/lamp", newer);
    struct hass *hass = home("{'fixed':{'level':1}}");
    ck_assert_str_eq(shown(hass, "lamp.fixed"), "1");
    ck_assert_ptr_nonnull(logs_find(logs, "what was made at run time is not there"));
    ck_assert_msg(strstr(change(hass, NULL, "{'name':'New'}"), "items cannot be kept") != NULL,
                  "an item was made");
    test_destroy(hass);
    autofree char *text = test_read_file(store_path());
    ck_assert_str_eq(text, newer);
}
END_TEST

CASES_MAIN("collection", ONCE(each_item_of_a_map_is_an_entity_named_by_its_key),
           ONCE(items_of_a_list_are_told_by_id_or_name),
           ONCE(a_reload_adds_changes_in_place_and_removes),
           ONCE(an_item_is_created_with_the_slug_of_its_name_and_defaults),
           ONCE(an_update_replaces_the_item_and_keeps_its_entity), ONCE(an_update_may_also_merge),
           ONCE(a_deleted_item_takes_its_entity_along),
           ROWS(a_wrong_change_changes_nothing, refused), ONCE(changes_are_told_by_a_signal),
           ONCE(an_id_of_run_time_keeps_a_later_one_of_the_section_out),
           ONCE(an_id_is_cut_so_that_an_entity_id_fits),
           ONCE(a_collection_takes_ten_thousand_items_and_no_more), ONCE(items_survive_a_restart),
           ONCE(a_file_of_another_release_is_read_and_what_is_no_item_is_kept),
           ONCE(a_store_of_a_newer_version_is_left_alone))
