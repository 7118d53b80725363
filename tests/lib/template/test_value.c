/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values as such: texts, undefined ones, names of classes, lengths, JSON, copies, nesting.
 */
#include <math.h>

#include "machine.h"
#include "support/test.h"
#include "template/print.h"

static struct tmpl_value text(const char *string)
{
    return tmpl_string_copy(&machine()->heap, string, strlen(string));
}

static void assert_repr(const struct tmpl_value *value, const char *expected)
{
    autobuf got = HASS_BUF_INIT;

    ck_assert_int_eq(tmpl_repr(machine(), value, &got), 0);
    ck_assert_str_eq(hass_buf_string(&got), expected);
}

START_TEST(a_copied_text_knows_whether_it_is_ascii)
{
    struct tmpl_value plain = text("plain text"), other = text("plain té"), none = text("");

    ck_assert_uint_eq(plain.flags, TMPL_ASCII);
    ck_assert_uint_eq(other.flags, 0);
    ck_assert_uint_eq(none.flags, TMPL_ASCII);
    ck_assert_int_eq(tmpl_length(&plain), 10);
    ck_assert_int_eq(tmpl_length(&other), 8);
    ck_assert_int_eq(tmpl_length(&none), 0);
}
END_TEST

START_TEST(lengths_count_characters_and_stray_bytes)
{
    struct tmpl_value stray = text("a\xff\xc3"), surrogate = text("\xed\xa0\x80x");
    struct tmpl_value number = tmpl_int(5);

    ck_assert_int_eq(tmpl_length(&stray), 3);
    ck_assert_int_eq(tmpl_length(&surrogate), 2);
    ck_assert_int_eq(tmpl_length(&number), -1);
}
END_TEST

static void assert_message(struct tmpl_value value, const char *expected)
{
    autobuf got = HASS_BUF_INIT;

    tmpl_undefined_message(&value, &got);
    ck_assert_str_eq(hass_buf_string(&got), expected);
}

START_TEST(undefined_values_say_what_was_looked_for)
{
    struct tmpl_value absent = { 0 };
    static const struct tmpl_class class = { "Map", "some.module.Map" };
    struct tmpl_dict *dict = tmpl_dict_new(&machine()->heap, 0);

    assert_message(tmpl_undefined_name(&machine()->heap, absent, "x", 1), "'x' is undefined");
    assert_message(tmpl_undefined_name(&machine()->heap, absent, "it's", 4),
                   "\"it's\" is undefined");
    assert_message(tmpl_undefined_name(&machine()->heap, tmpl_none(), "x", 1),
                   "'None' has no attribute 'x'");
    assert_message(tmpl_undefined_name(&machine()->heap, tmpl_timedelta(0), "x", 1),
                   "'datetime.timedelta object' has no attribute 'x'");
    assert_message(tmpl_undefined_index(&machine()->heap, tmpl_list_view(NULL, 0), tmpl_int(3)),
                   "list object has no element 3");
    assert_message(tmpl_undefined_index(&machine()->heap, tmpl_dict_value(dict), text("k")),
                   "'dict object' has no attribute 'k'");
    assert_message(tmpl_undefined_text(&machine()->heap, "as it is", false), "as it is");
    dict->class = &class;
    assert_message(tmpl_undefined_name(&machine()->heap, tmpl_dict_value(dict), "x", 1),
                   "'some.module.Map object' has no attribute 'x'");
}
END_TEST

START_TEST(json_comes_in_and_goes_out)
{
    json_t *json = test_json("{'a': [1, 2.5, true, null, 'é'], 'b': {'c': {}}}");
    struct tmpl_value value = tmpl_from_json(&machine()->heap, json);

    assert_repr(&value, "{'a': [1, 2.5, True, None, 'é'], 'b': {'c': {}}}");
    json_t *back = tmpl_to_json(&value);
    ck_assert(json_equal(json, back));
    json_decref(back);
    json_decref(json);
}
END_TEST

START_TEST(what_json_lacks_takes_the_nearest_form_or_none)
{
    struct tmpl_value items[2] = { tmpl_int(2), tmpl_int(1) };
    struct tmpl_value tuple = tmpl_tuple_view(items, 2), nan = tmpl_float(NAN);
    struct tmpl_value bytes = tmpl_bytes_view("x", 1), list = tmpl_list_view(&nan, 1);
    struct tmpl_dict *dict = tmpl_dict_new(&machine()->heap, 0);

    tmpl_dict_set(machine(), dict, tmpl_bool(true), tmpl_none());
    tmpl_dict_set(machine(), dict, tmpl_int(5), tuple);
    struct tmpl_value keyed = tmpl_dict_value(dict);
    json_t *json = tmpl_to_json(&keyed);
    ck_assert_json(json, "{'true': null, '5': [2, 1]}");
    json_decref(json);
    ck_assert_ptr_null(tmpl_to_json(&bytes));
    ck_assert_ptr_null(tmpl_to_json(&list));
}
END_TEST

START_TEST(a_copy_lives_in_its_own_heap)
{
    static const char source[] = "{'a': [1, 'text', b'x', (2.5,), {1}, 10000000000000000000000]}";
    struct tmpl_heap heap = { 0 };
    json_t *json = json_string(source);

    struct tmpl_value value = tmpl_from_json(&machine()->heap, json);
    struct tmpl_dict *dict = tmpl_dict_new(&machine()->heap, 0);
    for (int i = 0; i < 20; i++)
        tmpl_dict_set(machine(), dict, tmpl_int(i), text("value"));
    tmpl_dict_set(machine(), dict, text("source"), value);
    struct tmpl_value copy = tmpl_copy(&heap, tmpl_dict_value(dict));
    json_decref(json);
    arena_fini(&machine()->heap.arena);
    struct tmpl_value key = tmpl_int(19);
    ck_assert(tmpl_is_text(tmpl_dict_get(copy.dict, &key), "value"));
    ck_assert(tmpl_is_text(tmpl_dict_get_text(copy.dict, "source", 6), source));
    arena_fini(&heap.arena);
}
END_TEST

static struct tmpl_value nested(unsigned depth)
{
    struct tmpl_value value = tmpl_list_view(NULL, 0);

    while (--depth) {
        struct tmpl_value *item = tmpl_alloc(&machine()->heap, sizeof(*item));
        *item = value;
        value = tmpl_list_view(item, 1);
    }
    return value;
}

START_TEST(values_nested_too_deeply_are_refused)
{
    struct tmpl_value deepest = nested(VALUE_MAX_DEPTH), deeper = nested(VALUE_MAX_DEPTH + 1);
    autobuf out = HASS_BUF_INIT;
    uint64_t hash;

    ck_assert_int_eq(tmpl_repr(machine(), &deepest, &out), 0);
    ck_assert_uint_eq(machine()->nesting, 0);
    ck_assert_int_lt(tmpl_repr(machine(), &deeper, &out), 0);
    ck_assert_uint_eq(machine()->nesting, 0);
    ck_assert_int_eq(machine()->error.class, TMPL_RECURSION_ERROR);
    deeper = nested(100000);
    ck_assert_int_lt(tmpl_repr(machine(), &deeper, &out), 0);
    struct tmpl_value same = nested(100000);
    ck_assert_int_lt(tmpl_equal(machine(), &deeper, &same), 0);
    ck_assert_int_lt(tmpl_compare(machine(), TMPL_LT, &deeper, &same), 0);
    (void)tmpl_copy(&machine()->heap, deeper);
    ck_assert_ptr_null(tmpl_to_json(&deeper));
    deeper.kind = TMPL_TUPLE;
    ck_assert(!tmpl_hash(&deeper, &hash));
}
END_TEST

START_TEST(names_of_classes_are_those_of_python)
{
    static const struct {
        struct tmpl_value value;
        const char *name, *path;
    } rows[] = {
        { { .kind = TMPL_NONE }, "NoneType", "NoneType" },
        { { .kind = TMPL_NONE, .flags = TMPL_ELLIPSIS }, "ellipsis", "ellipsis" },
        { { .kind = TMPL_BIG }, "int", "int" },
        { { .kind = TMPL_STRING }, "str", "str" },
        { { .kind = TMPL_DATETIME }, "datetime", "datetime.datetime" },
        { { .kind = TMPL_UNDEFINED }, "LoggingUndefined", "LoggingUndefined" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ck_assert_str_eq(tmpl_class_name(&rows[i].value), rows[i].name);
        ck_assert_str_eq(tmpl_class_path(&rows[i].value), rows[i].path);
    }
}
END_TEST

TEST_MAIN("value", a_copied_text_knows_whether_it_is_ascii,
          lengths_count_characters_and_stray_bytes, undefined_values_say_what_was_looked_for,
          json_comes_in_and_goes_out, what_json_lacks_takes_the_nearest_form_or_none,
          a_copy_lives_in_its_own_heap, values_nested_too_deeply_are_refused,
          names_of_classes_are_those_of_python)
