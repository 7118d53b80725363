/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Buffers, arrays, lists, arenas and the allocation beneath them.
 */
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>

#include <hass/buf.h>
#include <hass/list.h>
#include <hass/vec.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/strmap_hash.h"
#include "golden.h"

/* mem */

START_TEST(memory_helpers_copy_and_format)
{
    autofree char *copy = mem_strdup("abc");
    autofree char *part = mem_strndup("abcdef", 3);
    autofree char *all = mem_strndup("ab", 100);
    autofree char *text = mem_printf("%s-%d", "a", 5);
    autofree int *zeros = mem_calloc(4, sizeof(int));
    autofree char *nothing = mem_memdup(NULL, 0);

    ck_assert_str_eq(copy, "abc");
    ck_assert_str_eq(part, "abc");
    ck_assert_str_eq(all, "ab");
    ck_assert_str_eq(text, "a-5");
    ck_assert(!zeros[0] && !zeros[3]);
    ck_assert_ptr_nonnull(nothing);
}
END_TEST

static volatile size_t huge = SIZE_MAX / 2 + 2; // volatile: the compilers would warn of it

START_TEST(an_overflowing_size_aborts)
{
    free(mem_calloc(huge, 2));
}
END_TEST

START_TEST(an_impossible_size_aborts)
{
    free(mem_alloc(SIZE_MAX - huge));
}
END_TEST

START_TEST(jansson_uses_our_memory)
{
    json_malloc_t alloc;
    json_free_t release;

    mem_install_hooks();
    json_get_alloc_funcs(&alloc, &release);
    ck_assert(alloc == mem_alloc && release == free);
}
END_TEST

/* buf */

START_TEST(an_empty_buffer_is_an_empty_string)
{
    autobuf buf = HASS_BUF_INIT;

    ck_assert_str_eq(hass_buf_string(&buf), "");
    hass_buf_clear(&buf);
    autofree char *text = hass_buf_steal(&buf);
    ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(a_buffer_grows_and_stays_terminated)
{
    autobuf buf = HASS_BUF_INIT;

    for (size_t i = 0; i < 1000; i++) {
        hass_buf_add_char(&buf, (char)('a' + i % 26));
        ck_assert_uint_eq(strlen(buf.data), i + 1);
    }
    hass_buf_add(&buf, "x\0y", 3);
    ck_assert_uint_eq(buf.length, 1003);
    ck_assert_int_eq(memcmp(buf.data + 1000, "x\0y", 4), 0);
    hass_buf_add(&buf, NULL, 0);
    hass_buf_clear(&buf);
    ck_assert_str_eq(hass_buf_string(&buf), "");
}
END_TEST

START_TEST(a_format_of_any_length_fits)
{
    for (int length = 0; length < 300; length++) {
        autobuf buf = HASS_BUF_INIT;
        hass_buf_add_string(&buf, "<");
        hass_buf_printf(&buf, "%*s", length, "");
        hass_buf_add_string(&buf, ">");
        ck_assert_uint_eq(buf.length, (size_t)length + 2);
        ck_assert_uint_eq(strlen(buf.data), buf.length);
        ck_assert_int_eq(buf.data[length + 1], '>');
    }
}
END_TEST

START_TEST(a_stolen_buffer_is_empty_and_usable)
{
    autobuf buf = HASS_BUF_INIT;

    hass_buf_add_string(&buf, "abc");
    autofree char *text = hass_buf_steal(&buf);
    ck_assert_str_eq(text, "abc");
    ck_assert_uint_eq(buf.length, 0);
    hass_buf_add_string(&buf, "d");
    ck_assert_str_eq(hass_buf_string(&buf), "d");
}
END_TEST

START_TEST(reserving_spares_growth)
{
    autobuf buf = HASS_BUF_INIT;

    hass_buf_reserve(&buf, 1000);
    const char *data = buf.data;
    for (int i = 0; i < 1000; i++)
        hass_buf_add_char(&buf, 'x');
    ck_assert_ptr_eq(buf.data, data);
}
END_TEST

START_TEST(an_overflowing_buffer_aborts)
{
    struct hass_buf buf = HASS_BUF_INIT;

    hass_buf_add_char(&buf, 'x');
    hass_buf_reserve(&buf, SIZE_MAX);
}
END_TEST

/* vec and list */

START_TEST(an_array_grows_and_shrinks)
{
    HASS_VEC(int) numbers = { 0 };
    int expected = 0;

    for (int i = 0; i < 1000; i++)
        vec_push(&numbers, i);
    vec_foreach(&numbers, number)
        ck_assert_int_eq(*number, expected++);
    ck_assert_int_eq(vec_pop(&numbers), 999);
    vec_remove(&numbers, 0);
    ck_assert_int_eq(numbers.data[0], 1);
    ck_assert_int_eq(numbers.data[numbers.length - 1], 998);
    vec_remove(&numbers, numbers.length - 1);
    ck_assert_uint_eq(numbers.length, 997);
    vec_clear(&numbers);
    ck_assert_uint_eq(numbers.length, 0);
    vec_fini(&numbers);
    ck_assert_ptr_null(numbers.data);
}
END_TEST

START_TEST(an_overflowing_array_aborts)
{
    HASS_VEC(int) numbers = { 0 };

    vec_reserve(&numbers, SIZE_MAX / 2);
}
END_TEST

struct item {
    int number;
    struct hass_list link;
};

/* The numbers on the list as decimal digits. */
static int digits_of(struct hass_list *list)
{
    int digits = 0;

    list_foreach(list, struct item, item, link)
        digits = digits * 10 + item->number;
    return digits;
}

START_TEST(a_list_keeps_its_order)
{
    struct hass_list list = HASS_LIST_INIT(list), other = HASS_LIST_INIT(other);
    struct item items[4] = { { .number = 1 }, { .number = 2 }, { .number = 3 }, { .number = 4 } };

    ck_assert(list_empty(&list));
    ck_assert_ptr_null(list_first(&list, struct item, link));
    list_append(&list, &items[1].link);
    list_append(&list, &items[2].link);
    list_prepend(&list, &items[0].link);
    ck_assert_int_eq(digits_of(&list), 123);
    ck_assert_ptr_eq(list_first(&list, struct item, link), &items[0]);
    list_splice(&list, &other);
    list_append(&other, &items[3].link);
    list_splice(&list, &other);
    ck_assert_int_eq(digits_of(&list), 1234);
    ck_assert(list_empty(&other));
}
END_TEST

START_TEST(a_list_may_lose_what_the_loop_stands_on)
{
    struct hass_list list = HASS_LIST_INIT(list);
    struct item items[3] = { { .number = 1 }, { .number = 2 }, { .number = 3 } };

    for (int i = 0; i < 3; i++)
        list_append(&list, &items[i].link);
    list_foreach(&list, struct item, item, link) {
        if (item->number != 2)
            list_remove(&item->link);
    }
    ck_assert_int_eq(digits_of(&list), 2);
    list_remove(&items[0].link); // again, on an unlinked link
    ck_assert_int_eq(digits_of(&list), 2);
}
END_TEST

/* arena */

START_TEST(an_arena_gives_aligned_room_that_does_not_overlap)
{
    struct arena arena = { 0 };
    unsigned char *pieces[2000];

    for (size_t i = 0; i < 2000; i++) {
        pieces[i] = arena_alloc(&arena, i % 700);
        ck_assert_uint_eq((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        memset(pieces[i], (int)(i % 251), i % 700);
    }
    for (size_t i = 0; i < 2000; i++)
        for (size_t j = 0; j < i % 700; j++)
            if (pieces[i][j] != i % 251)
                ck_abort_msg("piece %zu was overwritten", i);
    ck_assert_uint_ge(arena_size(&arena), 2000 * 300);
    arena_fini(&arena);
    ck_assert_uint_eq(arena_size(&arena), 0);
    ck_assert_str_eq(arena_strndup(&arena, "abcdef", 3), "abc");
    arena_fini(&arena);
}
END_TEST

START_TEST(a_cleared_arena_uses_its_newest_chunk_again)
{
    struct arena arena = { 0 };

    arena_clear(&arena);
    for (int round = 0; round < 100; round++) {
        for (size_t i = 0; i < 20; i++)
            memset(arena_alloc(&arena, 100), 1, 100);
        memset(arena_alloc(&arena, 100000), 2, 100000);
        arena_clear(&arena);
    }
    ck_assert_uint_lt(arena_size(&arena), 10000);
    arena_fini(&arena);
}
END_TEST

START_TEST(a_large_piece_leaves_the_chunk_in_use)
{
    struct arena arena = { 0 };
    char *first = arena_alloc(&arena, 16);

    memset(arena_alloc(&arena, 1000000), 1, 1000000);
    char *second = arena_alloc(&arena, 16);

    ck_assert_ptr_eq(second, first + 16);
    arena_fini(&arena);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("containers");

    tcase_add_test(tcase, memory_helpers_copy_and_format);
    tcase_add_test_raise_signal(tcase, an_overflowing_size_aborts, SIGABRT);
    tcase_add_test_raise_signal(tcase, an_impossible_size_aborts, SIGABRT);
    tcase_add_test(tcase, jansson_uses_our_memory);
    tcase_add_test(tcase, an_empty_buffer_is_an_empty_string);
    tcase_add_test(tcase, a_buffer_grows_and_stays_terminated);
    tcase_add_test(tcase, a_format_of_any_length_fits);
    tcase_add_test(tcase, a_stolen_buffer_is_empty_and_usable);
    tcase_add_test(tcase, reserving_spares_growth);
    tcase_add_test_raise_signal(tcase, an_overflowing_buffer_aborts, SIGABRT);
    tcase_add_test(tcase, an_array_grows_and_shrinks);
    tcase_add_test_raise_signal(tcase, an_overflowing_array_aborts, SIGABRT);
    tcase_add_test(tcase, a_list_keeps_its_order);
    tcase_add_test(tcase, a_list_may_lose_what_the_loop_stands_on);
    tcase_add_test(tcase, an_arena_gives_aligned_room_that_does_not_overlap);
    tcase_add_test(tcase, a_cleared_arena_uses_its_newest_chunk_again);
    tcase_add_test(tcase, a_large_piece_leaves_the_chunk_in_use);
    return run_tcase("containers", tcase);
}
