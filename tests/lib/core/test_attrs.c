/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes in their stored form, and values as text. */
#include <math.h>
#include <string.h>

#include <hass/buf.h>

#include "core/attrs.h"
#include "support/test.h"

/* Writes @members, a map, as compared with @base. */
static const struct attrs *write_json(const struct attrs *base, const char *members)
{
    struct hass_attrs_writer writer;
    autojson *object = test_json(members);

    attrs_writer_init(&writer, base);
    hass_attrs_set_all(&writer, object);
    return attrs_writer_finish(&writer);
}

static void check(const struct attrs *attrs, const char *expected)
{
    autojson *json = attrs_as_json(attrs);
    struct hass_buf buf = HASS_BUF_INIT;

    ck_assert_json(json, expected);
    attrs_write_json(attrs, &buf);
    autojson *text = test_json(buf.data);
    ck_assert_json(text, expected);
    hass_buf_fini(&buf);
}

#define ALL_KINDS                                                                                  \
    "{'n': null, 't': true, 'f': false, 'i': -5, 'd': 1.5, 's': 'text', 'l': [1, [2]], "           \
    "'o': {'a': {}}, '': 'no name'}"

START_TEST(every_kind_of_value_is_kept)
{
    const struct attrs *attrs = write_json(NULL, ALL_KINDS);

    check(attrs, ALL_KINDS);
    ck_assert_uint_eq(attrs->count, 9);
    attrs_unref(attrs);
}
END_TEST

START_TEST(no_attributes_take_no_memory)
{
    ck_assert_ptr_null(write_json(NULL, "{}"));
    check(NULL, "{}");
}
END_TEST

START_TEST(what_is_written_again_is_shared)
{
    const struct attrs *first = write_json(NULL, ALL_KINDS);
    const struct attrs *again = write_json(first, ALL_KINDS);

    ck_assert_ptr_eq(first, again);
    attrs_unref(first);
    attrs_unref(again);
}
END_TEST

START_TEST(each_single_difference_is_found)
{
    static const char *const others[] = {
        "{}",
        "{'a': 1}",
        "{'a': 1, 'b': 'x', 'c': [1]}",
        "{'a': 1, 'b': 'x', 'c': [2], 'd': null}",
        "{'a': 1, 'b': 'y', 'c': [1], 'd': null}",
        "{'a': 1, 'b': 'xx', 'c': [1], 'd': null}",
        "{'a': 2, 'b': 'x', 'c': [1], 'd': null}",
        "{'a': '1', 'b': 'x', 'c': [1], 'd': null}",
        "{'a': 1, 'b': 'x', 'c': '[1]', 'd': null}",
        "{'a': 1, 'b': 'x', 'c': [1], 'd': false}",
        "{'A': 1, 'b': 'x', 'c': [1], 'd': null}",
        "{'a': 1, 'b': 'x', 'c': [1], 'd': null, 'e': 1}",
    };
    const struct attrs *base = write_json(NULL, "{'a': 1, 'b': 'x', 'c': [1], 'd': null}");

    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        const struct attrs *other = write_json(base, others[i]);
        ck_assert_ptr_ne(other, base);
        ck_assert(!attrs_equal(base, other));
        ck_assert(!attrs_equal(other, base));
        check(other, others[i]);
        attrs_unref(other);
    }
    attrs_unref(base);
}
END_TEST

START_TEST(order_and_notation_make_no_difference)
{
    const struct attrs *base = write_json(NULL, "{'a': 1, 'b': true, 'c': {'x': 1, 'y': 0}}");
    const struct attrs *same =
        write_json(base, "{'b': 1.0, 'c': {'y': false, 'x': 1.0}, 'a': true}");

    ck_assert_ptr_eq(base, same);
    attrs_unref(base);
    attrs_unref(same);
}
END_TEST

START_TEST(a_key_written_again_replaces_the_value_in_its_place)
{
    struct hass_attrs_writer writer;
    const struct attrs *base = write_json(NULL, "{'a': 1, 'b': 2}");

    attrs_writer_init(&writer, base);
    hass_attrs_set(&writer, "a", HASS_INT(1)); // as it was
    hass_attrs_set_string(&writer, "a", "a longer value");
    hass_attrs_set(&writer, "b", HASS_INT(2));
    hass_attrs_set(&writer, "b", HASS_NONE);
    hass_attrs_set(&writer, "a", HASS_BOOL(true));
    const struct attrs *attrs = attrs_writer_finish(&writer);
    ck_assert_uint_eq(attrs->count, 2);
    check(attrs, "{'a': true, 'b': null}");
    size_t pos = 0;
    const char *key;
    struct hass_value value;
    ck_assert(attrs_next(attrs, &pos, &key, &value));
    ck_assert_str_eq(key, "a");
    attrs_unref(attrs);
    attrs_unref(base);
}
END_TEST

START_TEST(large_attributes_leave_the_stack)
{
    struct hass_attrs_writer writer;
    char key[32];

    attrs_writer_init(&writer, NULL);
    for (int i = 0; i < 500; i++) {
        snprintf(key, sizeof(key), "key_%d", i);
        hass_attrs_set(&writer, key, HASS_INT(i));
    }
    const struct attrs *attrs = attrs_writer_finish(&writer);
    struct hass_value value;
    ck_assert(attrs_get(attrs, "key_499", 7, &value));
    ck_assert_int_eq(value.integer, 499);
    ck_assert(!attrs_get(attrs, "key_500", 7, &value));
    attrs_unref(attrs);
}
END_TEST

START_TEST(a_writer_can_be_given_up)
{
    struct hass_attrs_writer writer;
    char text[5000];

    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    attrs_writer_init(&writer, NULL);
    hass_attrs_set_string(&writer, "text", text);
    attrs_writer_fini(&writer);
}
END_TEST

START_TEST(text_that_is_not_utf8_is_repaired)
{
    struct hass_attrs_writer writer;
    struct hass_value value;

    attrs_writer_init(&writer, NULL);
    hass_attrs_set_string(&writer, "a", "x\xffy\xc3");
    const struct attrs *attrs = attrs_writer_finish(&writer);
    ck_assert(attrs_get(attrs, "a", 1, &value));
    ck_assert_str_eq(value.text.data, "x\xef\xbf\xbdy\xef\xbf\xbd");
    attrs_unref(attrs);
}
END_TEST

static void check_number(double number, const char *expected)
{
    struct hass_buf buf = HASS_BUF_INIT;

    hass_value_write_text(HASS_DOUBLE(number), &buf);
    ck_assert_str_eq(buf.data, expected);
    hass_buf_fini(&buf);
}

START_TEST(floats_are_written_as_the_model_writes_them)
{
    check_number(5, "5.0");
    check_number(-0.0, "-0.0");
    check_number(20.5, "20.5");
    check_number(0.1 + 0.2, "0.3");
    check_number(1.0 / 3, "0.333333333333333");
    check_number(123456789012345, "1.23456789012345e+14");
    check_number(99999999999999, "99999999999999.0");
    check_number(1e14, "1e+14");
    check_number(1e16, "1e+16");
    check_number(1e-5, "1e-05");
    check_number(0.0001, "0.0001");
    check_number(INFINITY, "inf");
    check_number(NAN, "nan");
}
END_TEST

START_TEST(other_values_are_written_as_the_model_writes_them)
{
    struct hass_buf buf = HASS_BUF_INIT;

    hass_value_write_text(HASS_NONE, &buf);
    hass_value_write_text(HASS_BOOL(true), &buf);
    hass_value_write_text(HASS_BOOL(false), &buf);
    hass_value_write_text(HASS_INT(-7), &buf);
    hass_value_write_text(hass_value_string("x"), &buf);
    ck_assert_str_eq(buf.data, "unknownTrueFalse-7x");
    hass_buf_fini(&buf);
}
END_TEST

START_TEST(numbers_are_told_from_texts)
{
    double number = 0;

    ck_assert(hass_value_number(HASS_INT(3), &number) && number == 3);
    ck_assert(hass_value_number(HASS_BOOL(true), &number) && number == 1);
    ck_assert(hass_value_number(HASS_DOUBLE(0.5), &number) && number == 0.5);
    ck_assert(!hass_value_number(hass_value_string("3"), &number));
    ck_assert(!hass_value_number(hass_value_string(NULL), &number));
}
END_TEST

TEST_MAIN("attrs", every_kind_of_value_is_kept, no_attributes_take_no_memory,
          what_is_written_again_is_shared, each_single_difference_is_found,
          order_and_notation_make_no_difference,
          a_key_written_again_replaces_the_value_in_its_place, large_attributes_leave_the_stack,
          a_writer_can_be_given_up, text_that_is_not_utf8_is_repaired,
          floats_are_written_as_the_model_writes_them,
          other_values_are_written_as_the_model_writes_them, numbers_are_told_from_texts)
