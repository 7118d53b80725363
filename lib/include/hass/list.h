/* SPDX-License-Identifier: Apache-2.0 */
/**
 * An intrusive, circular, doubly linked list. A head and a link are the same struct; an unlinked link points to itself.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct hass_list {
    struct hass_list *next;
    struct hass_list *prev;
};

#define HASS_LIST_INIT(name)                                                                       \
    {                                                                                              \
        &(name), &(name)                                                                           \
    }

static inline void list_init(struct hass_list *head)
{
    head->next = head->prev = head;
}

static inline bool list_empty(const struct hass_list *head)
{
    return head->next == head;
}

static inline void list_insert_before(struct hass_list *place, struct hass_list *link)
{
    link->prev = place->prev;
    link->next = place;
    place->prev->next = link;
    place->prev = link;
}

static inline void list_append(struct hass_list *head, struct hass_list *link)
{
    list_insert_before(head, link);
}

static inline void list_prepend(struct hass_list *head, struct hass_list *link)
{
    list_insert_before(head->next, link);
}

/** Safe on an unlinked link. */
static inline void list_remove(struct hass_list *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
    list_init(link);
}

/** Moves all of @from behind the last link of @to. */
static inline void list_splice(struct hass_list *to, struct hass_list *from)
{
    if (list_empty(from))
        return;
    from->next->prev = to->prev;
    from->prev->next = to;
    to->prev->next = from->next;
    to->prev = from->prev;
    list_init(from);
}

#define list_entry(link, type, member) ((type *)(void *)((char *)(link)-offsetof(type, member)))
#define list_first(head, type, member)                                                             \
    (list_empty(head) ? NULL : list_entry((head)->next, type, member))

/** @item is a pointer variable declared by the macro; removing it inside the loop is safe. */
#define list_foreach(head, type, item, member)                                                     \
    for (type *item = list_entry((head)->next, type, member),                                      \
              *hass__next = list_entry(item->member.next, type, member);                           \
         &item->member != (head);                                                                  \
         item = hass__next, hass__next = list_entry(item->member.next, type, member))
