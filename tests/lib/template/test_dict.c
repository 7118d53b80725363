/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dicts and sets: order, growth into a table, keys that are equal across kinds, keys that cannot be.
 */
#include <math.h>

#include "machine.h"
#include "support/test.h"
#include "template/dict.h"
#include "template/print.h"

static struct tmpl_value number(int64_t integer)
{
    return tmpl_int(integer);
}

static const struct tmpl_value *get(const struct tmpl_dict *dict, struct tmpl_value key)
{
    return tmpl_dict_get(dict, &key);
}

static struct tmpl_dict *counted(uint32_t count)
{
    struct tmpl_dict *dict = tmpl_dict_new(&machine()->heap, 0);

    for (uint32_t i = 0; i < count; i++)
        ck_assert_int_eq(tmpl_dict_set(machine(), dict, number(i * 7919), number(i)), 0);
    return dict;
}

static const uint32_t sizes[] = { 0, 1, 4, 5, 8, 9, 16, 17, 1000, 20000 };

static void check_size(uint32_t count)
{
    const struct tmpl_dict *dict = counted(count);

    ck_assert_uint_eq(dict->count, count);
    for (uint32_t i = 0; i < count; i++) {
        ck_assert_int_eq(dict->entries[i].value.integer, i);
        ck_assert_int_eq(get(dict, number(i * 7919))->integer, i);
        ck_assert_int_eq(get(dict, tmpl_float(i * 7919.0))->integer, i);
    }
    ck_assert_ptr_null(get(dict, number(1)));
    ck_assert_ptr_null(get(dict, tmpl_float(0.5)));
}

START_TEST(entries_are_found_and_stay_in_order_at_every_size)
{
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
        check_size(sizes[i]);
}
END_TEST

START_TEST(a_second_value_takes_the_place_of_the_first)
{
    for (uint32_t count = 3; count < 30; count += 9) {
        struct tmpl_dict *dict = counted(count);
        ck_assert_int_eq(tmpl_dict_set(machine(), dict, tmpl_float(7919.0), number(42)), 1);
        ck_assert_uint_eq(dict->count, count);
        ck_assert_int_eq(dict->entries[1].key.kind, TMPL_INT);
        ck_assert_int_eq(dict->entries[1].value.integer, 42);
    }
}
END_TEST

static struct tmpl_value power(int64_t base, int64_t exponent)
{
    struct tmpl_value left = number(base), right = number(exponent), result;

    ck_assert_int_eq(tmpl_binary(machine(), TMPL_POW, &left, &right, &result), 0);
    return result;
}

static void assert_same_hash(struct tmpl_value a, struct tmpl_value b)
{
    uint64_t first, second;

    ck_assert(value_equal(&a, &b));
    ck_assert(tmpl_hash(&a, &first));
    ck_assert(tmpl_hash(&b, &second));
    ck_assert_uint_eq(first, second);
}

START_TEST(equal_numbers_of_all_kinds_have_one_hash)
{
    assert_same_hash(number(1), tmpl_bool(true));
    assert_same_hash(number(0), tmpl_float(-0.0));
    assert_same_hash(number(-5), tmpl_float(-5.0));
    assert_same_hash(number(INT64_MIN), tmpl_float(-0x1p63));
    assert_same_hash(number((INT64_C(1) << 61) - 1), number((INT64_C(1) << 61) - 1));
    for (int exponent = 1; exponent < 1000; exponent += 13)
        assert_same_hash(power(2, exponent), tmpl_float(ldexp(1, exponent)));
    assert_same_hash(power(-6, 33), tmpl_float(-0x1p33 * 5559060566555523.0));
}
END_TEST

START_TEST(texts_are_looked_up_by_their_bytes)
{
    struct tmpl_dict *dict = counted(20);

    tmpl_dict_set_text(&machine()->heap, dict, "key", 3, number(1));
    tmpl_dict_set_text(&machine()->heap, dict, "keys", 4, number(2));
    tmpl_dict_set_text(&machine()->heap, dict, "", 0, number(3));
    tmpl_dict_set_text(&machine()->heap, dict, "a\0b", 3, number(4));
    ck_assert_int_eq(tmpl_dict_get_text(dict, "keys", 3)->integer, 1);
    ck_assert_int_eq(tmpl_dict_get_text(dict, "keys", 4)->integer, 2);
    ck_assert_int_eq(tmpl_dict_get_text(dict, "", 0)->integer, 3);
    ck_assert_int_eq(tmpl_dict_get_text(dict, "a\0b", 3)->integer, 4);
    ck_assert_ptr_null(tmpl_dict_get_text(dict, "a", 1));
    ck_assert_ptr_null(get(dict, tmpl_bytes_view("key", 3)));
}
END_TEST

START_TEST(what_can_be_changed_is_no_key)
{
    struct tmpl_dict *dict = tmpl_dict_new(&machine()->heap, 0);
    struct tmpl_value list = tmpl_list_view(NULL, 0), map = tmpl_dict_value(dict);
    struct tmpl_value inner = tmpl_tuple_view(&map, 1), pair[2] = { number(1), inner };

    ck_assert_int_lt(tmpl_dict_set(machine(), dict, list, number(1)), 0);
    ck_assert_int_eq(machine()->error.class, TMPL_TYPE_ERROR);
    ck_assert_str_eq(machine()->error.message, "unhashable type: 'list'");
    tmpl_forgive(machine());
    ck_assert_int_lt(tmpl_dict_set(machine(), dict, tmpl_tuple_view(pair, 2), number(1)), 0);
    ck_assert_str_eq(machine()->error.message, "unhashable type: 'dict'");
    ck_assert_int_lt(dict_put(&machine()->heap, dict, tmpl_set_value(dict), number(1)), 0);
    ck_assert_uint_eq(dict->count, 0);
    ck_assert_ptr_null(get(dict, list));
}
END_TEST

START_TEST(a_copy_does_not_share_what_is_added)
{
    for (uint32_t count = 4; count < 40; count += 16) {
        struct tmpl_dict *dict = counted(count), *copy = dict_copy(&machine()->heap, dict, 1);
        ck_assert_int_eq(tmpl_dict_set(machine(), copy, number(-1), number(-1)), 0);
        ck_assert_int_eq(get(copy, number(-1))->integer, -1);
        ck_assert_int_eq(get(copy, number(7919))->integer, 1);
        ck_assert_ptr_null(get(dict, number(-1)));
        ck_assert_uint_eq(dict->count, count);
    }
}
END_TEST

START_TEST(a_set_of_integers_is_in_their_order)
{
    struct tmpl_dict *set = tmpl_dict_new(&machine()->heap, 0);
    autobuf out = HASS_BUF_INIT;

    for (int i = 0; i < 12; i++)
        tmpl_dict_set(machine(), set, number(i * 7 % 12), number(0));
    struct tmpl_value value = tmpl_set_value(set);
    ck_assert_int_eq(tmpl_repr(machine(), &value, &out), 0);
    ck_assert_str_eq(hass_buf_string(&out), "{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}");
}
END_TEST

TEST_MAIN("dict", entries_are_found_and_stay_in_order_at_every_size,
          a_second_value_takes_the_place_of_the_first, equal_numbers_of_all_kinds_have_one_hash,
          texts_are_looked_up_by_their_bytes, what_can_be_changed_is_no_key,
          a_copy_does_not_share_what_is_added, a_set_of_integers_is_in_their_order)
