/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ordered map: order, replacing, removing under a walk, growth, and keys of any length.
 */
#include <stdlib.h>
#include <string.h>

#include <hass/strmap.h>

#include "base/mem.h"
#include "base/strmap_hash.h"
#include "golden.h"

static struct hass_strmap *map;
static size_t destroyed;

static void count_destroyed(void *value)
{
    destroyed++;
    free(value);
}

static void make_map(void)
{
    map = hass_strmap_create(count_destroyed);
    destroyed = 0;
}

static void destroy_map(void)
{
    map = hass_strmap_destroy(map);
}

static void put(const char *key, const char *value)
{
    hass_strmap_set(map, key, mem_strdup(value));
}

static void put_numbers(int from, int to)
{
    for (int i = from; i < to; i++) {
        char text[16];
        snprintf(text, sizeof(text), "%d", i);
        put(text, text);
    }
}

/* The keys in their order, divided by commas. */
static const char *keys(void)
{
    static char text[1024];
    const char *key, *value;

    text[0] = '\0';
    strmap_foreach(map, key, value) {
        strcat(text, key);
        strcat(text, ",");
    }
    return text;
}

START_TEST(an_empty_map_has_nothing)
{
    ck_assert_uint_eq(hass_strmap_count(map), 0);
    ck_assert_ptr_null(hass_strmap_get(map, "a"));
    ck_assert(!hass_strmap_remove(map, "a"));
    ck_assert_ptr_null(hass_strmap_steal(map, "a"));
    ck_assert_str_eq(keys(), "");
}
END_TEST

START_TEST(keys_keep_the_order_of_insertion)
{
    put("c", "1");
    put("a", "2");
    put("b", "3");
    ck_assert_str_eq(keys(), "c,a,b,");
}
END_TEST

START_TEST(replacing_keeps_the_place_and_destroys_the_old_value)
{
    put("a", "1");
    put("b", "2");
    put("a", "3");
    ck_assert_str_eq(keys(), "a,b,");
    ck_assert_str_eq(hass_strmap_get(map, "a"), "3");
    ck_assert_uint_eq(destroyed, 1);
}
END_TEST

START_TEST(a_removed_key_comes_back_at_the_end)
{
    put("a", "1");
    put("b", "2");
    ck_assert(hass_strmap_remove(map, "a"));
    put("a", "3");
    ck_assert_str_eq(keys(), "b,a,");
}
END_TEST

START_TEST(stealing_does_not_destroy)
{
    put("a", "1");
    char *value = hass_strmap_steal(map, "a");
    ck_assert_str_eq(value, "1");
    ck_assert_uint_eq(destroyed, 0);
    ck_assert_uint_eq(hass_strmap_count(map), 0);
    free(value);
}
END_TEST

START_TEST(a_walk_may_remove_what_it_stands_on)
{
    const char *key, *value;

    put_numbers(0, 100);
    strmap_foreach(map, key, value) {
        if (atoi(value) % 2)
            hass_strmap_remove(map, key);
    }
    ck_assert_uint_eq(hass_strmap_count(map), 50);
    for (int i = 0; i < 100; i++) {
        char text[16];
        snprintf(text, sizeof(text), "%d", i);
        ck_assert_int_eq(hass_strmap_get(map, text) != NULL, i % 2 == 0);
    }
}
END_TEST

START_TEST(many_keys_are_all_found_in_order)
{
    const char *key, *value;
    int expected = 0;

    put_numbers(0, 20000);
    ck_assert_uint_eq(hass_strmap_count(map), 20000);
    strmap_foreach(map, key, value) {
        ck_assert_int_eq(atoi(key), expected++);
        ck_assert_ptr_eq(hass_strmap_get(map, key), value);
    }
    ck_assert_int_eq(expected, 20000);
}
END_TEST

START_TEST(a_queue_through_the_map_stays_right)
{
    // First in, first out: holes gather in front and have to be closed again and again.
    put_numbers(0, 10);
    for (int i = 0; i < 10000; i++) {
        char text[16];
        snprintf(text, sizeof(text), "%d", i);
        ck_assert(hass_strmap_remove(map, text));
        put_numbers(i + 10, i + 11);
    }
    ck_assert_str_eq(keys(), "10000,10001,10002,10003,10004,10005,10006,10007,10008,10009,");
}
END_TEST

/* A random history, against a plain array. */
START_TEST(a_random_history_agrees_with_an_array)
{
    int present[64] = { 0 };
    size_t count = 0;

    srand(7);
    for (int i = 1; i < 100000; i++) {
        int n = rand() % 64;
        char key[16], value[16];
        snprintf(key, sizeof(key), "key%d", n);
        snprintf(value, sizeof(value), "%d", i);
        if (rand() % 2) {
            count += !present[n];
            present[n] = i;
            put(key, value);
        } else {
            ck_assert_int_eq(hass_strmap_remove(map, key), present[n] != 0);
            count -= present[n] != 0;
            present[n] = 0;
        }
        ck_assert_uint_eq(hass_strmap_count(map), count);
        snprintf(key, sizeof(key), "key%d", n = rand() % 64);
        const char *found = hass_strmap_get(map, key);
        ck_assert_int_eq(found ? atoi(found) : 0, present[n]);
    }
}
END_TEST

START_TEST(keys_are_compared_by_length)
{
    put("abc", "1");
    put("", "empty");
    ck_assert_str_eq(hass_strmap_get_n(map, "abcd", 3), "1");
    ck_assert_ptr_null(hass_strmap_get_n(map, "abc", 2));
    ck_assert_str_eq(hass_strmap_get(map, ""), "empty");
}
END_TEST

START_TEST(a_key_may_be_the_maps_own_text)
{
    const char *key, *value;

    put("a", "1");
    strmap_foreach(map, key, value)
        hass_strmap_remove(map, key);
    ck_assert_uint_eq(hass_strmap_count(map), 0);
}
END_TEST

START_TEST(clearing_destroys_all_and_leaves_a_map)
{
    put_numbers(0, 50);
    hass_strmap_clear(map);
    ck_assert_uint_eq(destroyed, 50);
    ck_assert_uint_eq(hass_strmap_count(map), 0);
    put("a", "1");
    ck_assert_str_eq(keys(), "a,");
}
END_TEST

START_TEST(destroying_nothing_is_allowed)
{
    ck_assert_ptr_null(hass_strmap_destroy(NULL));
}
END_TEST

START_TEST(the_hash_depends_on_every_byte)
{
    char text[41] = "0123456789abcdefghijklmnopqrstuvwxyzABCD";

    for (size_t length = 0; length <= 40; length++) {
        uint32_t hash = strmap_hash(text, length);
        ck_assert_uint_eq(hash, strmap_hash(text, length));
        for (size_t i = 0; i < length; i++) {
            text[i] ^= 1;
            ck_assert_uint_ne(hash, strmap_hash(text, length));
            text[i] ^= 1;
        }
        ck_assert(length == 40 || hash != strmap_hash(text, length + 1));
    }
}
END_TEST

START_TEST(the_hash_reads_unaligned_text)
{
    char text[64] = " 0123456789abcdef01234567";
    uint32_t hash = strmap_hash(text + 1, 20);

    memmove(text, text + 1, 30);
    ck_assert_uint_eq(hash, strmap_hash(text, 20));
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("strmap");

    tcase_add_checked_fixture(tcase, make_map, destroy_map);
    tcase_add_test(tcase, an_empty_map_has_nothing);
    tcase_add_test(tcase, keys_keep_the_order_of_insertion);
    tcase_add_test(tcase, replacing_keeps_the_place_and_destroys_the_old_value);
    tcase_add_test(tcase, a_removed_key_comes_back_at_the_end);
    tcase_add_test(tcase, stealing_does_not_destroy);
    tcase_add_test(tcase, a_walk_may_remove_what_it_stands_on);
    tcase_add_test(tcase, many_keys_are_all_found_in_order);
    tcase_add_test(tcase, a_queue_through_the_map_stays_right);
    tcase_add_test(tcase, a_random_history_agrees_with_an_array);
    tcase_add_test(tcase, keys_are_compared_by_length);
    tcase_add_test(tcase, a_key_may_be_the_maps_own_text);
    tcase_add_test(tcase, clearing_destroys_all_and_leaves_a_map);
    tcase_add_test(tcase, destroying_nothing_is_allowed);
    tcase_add_test(tcase, the_hash_depends_on_every_byte);
    tcase_add_test(tcase, the_hash_reads_unaligned_text);
    return run_tcase("strmap", tcase);
}
