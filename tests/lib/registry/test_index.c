/* SPDX-License-Identifier: Apache-2.0 */
/* Indexes and groups. */
#include <stdio.h>
#include <string.h>

#include "registry/index.h"
#include "support/test.h"

struct item {
    char name[16];
    bool there;
    struct group_member member;
    struct memberships memberships;
};

static bool match(const void *item, const void *key)
{
    return strcmp(((const struct item *)item)->name, key) == 0;
}

/* So few hashes that items get into each other's way, also over the end of the table. */
static uint32_t hash_of(const struct item *item)
{
    return index_hash(item->name) % 7 + 10;
}

START_TEST(items_are_found_whatever_has_come_and_gone)
{
    static struct item items[100];
    struct index index = { 0 };
    uint32_t random = 1;

    for (size_t i = 0; i < 100; i++)
        snprintf(items[i].name, sizeof(items[i].name), "%zu", i);
    for (int round = 0; round < 20000; round++) {
        random = random * 1103515245 + 12345;
        struct item *item = &items[(random >> 16) % 100];
        if (item->there)
            index_remove(&index, hash_of(item), item);
        else
            index_add(&index, hash_of(item), item);
        item->there = !item->there;
        const struct item *other = &items[(random >> 8) % 100];
        ck_assert_ptr_eq(index_find(&index, hash_of(other), match, other->name),
                         other->there ? other : NULL);
    }
    index_fini(&index);
    ck_assert_ptr_null(index_find(&index, 10, match, "1"));
}
END_TEST

START_TEST(a_group_is_walked_in_order_while_members_leave)
{
    struct item items[50] = { 0 };
    struct group group = { 0 };
    size_t pos = 0, seen = 0;
    struct item *item;

    for (size_t i = 0; i < 50; i++)
        group_join(&group, &items[i].member, &items[i]);
    for (; (item = group_next(&group, &pos)); seen++) {
        ck_assert_ptr_eq(item, &items[seen]);
        group_leave(&item->member);
    }
    ck_assert_uint_eq(seen, 50);
    ck_assert_uint_eq(group.count, 0);
    for (int round = 0; round < 1000; round++) {
        group_join(&group, &items[round % 50].member, &items[round % 50]);
        if (round % 50 == 49)
            for (size_t i = 0; i < 50; i++)
                group_leave(&items[i].member);
    }
    ck_assert_uint_le(group.capacity, 128);
    ck_assert_ptr_null(group_next(NULL, &(size_t){ 0 }));
    group_fini(&group);
}
END_TEST

START_TEST(a_member_keeps_its_place_in_the_group_it_is_in)
{
    struct item first = { 0 }, second = { 0 };
    struct groups groups = { 0 };
    size_t pos = 0;

    groups_put(&groups, "attic", &first.member, &first);
    groups_put(&groups, "attic", &second.member, &second);
    groups_put(&groups, "attic", &first.member, &first);
    ck_assert_ptr_eq(group_next(groups_get(&groups, "attic"), &pos), &first);
    groups_put(&groups, "cellar", &first.member, &first);
    pos = 0;
    ck_assert_ptr_eq(group_next(groups_get(&groups, "attic"), &pos), &second);
    groups_put(&groups, NULL, &second.member, &second);
    ck_assert_ptr_null(groups_get(&groups, "attic"));
    groups_put(&groups, NULL, &first.member, &first);
    groups_fini(&groups);
}
END_TEST

START_TEST(an_item_is_in_all_groups_of_a_list)
{
    static const char *const two[] = { "a", "b", NULL }, *const other[] = { "b", "c", NULL },
                             *const none[] = { NULL };
    struct item item = { 0 };
    struct groups groups = { 0 };

    groups_put_all(&groups, two, &item.memberships, &item);
    const struct group *b = groups_get(&groups, "b");
    groups_put_all(&groups, two, &item.memberships, &item);
    ck_assert_ptr_eq(groups_get(&groups, "b"), b);
    groups_put_all(&groups, other, &item.memberships, &item);
    ck_assert_ptr_null(groups_get(&groups, "a"));
    ck_assert_uint_eq(groups_get(&groups, "c")->count, 1);
    groups_put_all(&groups, none, &item.memberships, &item);
    ck_assert_ptr_null(groups_get(&groups, "b"));
    groups_fini(&groups);
}
END_TEST

TEST_MAIN("indexes", items_are_found_whatever_has_come_and_gone,
          a_group_is_walked_in_order_while_members_leave,
          a_member_keeps_its_place_in_the_group_it_is_in, an_item_is_in_all_groups_of_a_list)
