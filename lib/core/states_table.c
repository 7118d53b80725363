/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of the state machine, its lists, and what reads them. Linear probing, at most two thirds full; a removed cell
 * is closed by shifting its successors back.
 */
#include "core/states_table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <hass/buf.h>

#include "base/mem.h"
#include "base/strmap_hash.h"
#include "base/utf8.h"
#include "core/core.h"

enum {
    FIRST_CELLS = 64,
    HUGE_PAGE = 2 << 20,
};

/* cells */

static struct states_cell *find_cell(const struct states *states, uint32_t hash, const char *id,
                                     size_t length)
{
    for (size_t i = hash & states->mask;; i = (i + 1) & states->mask) {
        struct states_cell *cell = &states->cells[i];
        if (!cell->slot)
            return NULL;
        if (cell->hash == hash && cell->slot->length == length &&
            memcmp(cell->slot->id, id, length) == 0)
            return cell;
    }
}

struct entity_slot *table_find(const struct states *states, const char *id, size_t length)
{
    if (!states->mask || length > HASS_MAX_ENTITY_ID)
        return NULL;
    struct states_cell *cell = find_cell(states, strmap_hash(id, length), id, length);
    return cell ? cell->slot : NULL;
}

/* Copies @id in lower case. False when that changes nothing. */
static bool lower_case(const char *id, size_t length, char *lower)
{
    bool differs = false;

    for (size_t i = 0; i <= length; i++) {
        lower[i] = ascii_to_lower(id[i]);
        differs |= lower[i] != id[i];
    }
    return differs;
}

struct entity_slot *table_find_any_case(const struct states *states, const char *id, char lower[],
                                        const char **ret_id)
{
    size_t length = strlen(id);
    struct entity_slot *slot = table_find(states, id, length);

    *ret_id = id;
    if (slot || length > HASS_MAX_ENTITY_ID || !lower_case(id, length, lower))
        return slot;
    *ret_id = lower;
    return table_find(states, lower, length);
}

static void put_cell(struct states_cell *cells, size_t mask, struct states_cell cell)
{
    size_t i = cell.hash & mask;

    while (cells[i].slot)
        i = (i + 1) & mask;
    cells[i] = cell;
}

/*
 * Zeroed cells. A table of megabytes is visited all over: in huge pages each visit misses one cache less.
 */
static struct states_cell *new_cells(size_t count)
{
    size_t size = count * sizeof(struct states_cell);
    void *cells;

    if (size < HUGE_PAGE)
        return mem_calloc(count, sizeof(struct states_cell));
    if (posix_memalign(&cells, HUGE_PAGE, size) != 0)
        mem_out_of_memory(size);
    (void)madvise(cells, size, MADV_HUGEPAGE);
    memset(cells, 0, size);
    return cells;
}

/* The new cells are filled outside the lock: nobody but the loop, which is busy here, changes the old ones. */
static void grow(struct states *states)
{
    size_t count = states->mask ? (states->mask + 1) * 2 : FIRST_CELLS;
    struct states_cell *cells = new_cells(count);

    for (size_t i = 0; states->mask && i <= states->mask; i++)
        if (states->cells[i].slot)
            put_cell(cells, count - 1, states->cells[i]);
    lock_take(&states->lock);
    struct states_cell *former = states->cells;
    states->cells = cells;
    states->mask = count - 1;
    lock_drop(&states->lock);
    free(former);
}

struct entity_slot *entity_slot_new(struct hass *hass, const char *id, size_t length)
{
    struct entity_slot *slot = mem_alloc(sizeof(*slot) + length + 1);

    *slot = (struct entity_slot){
        .refs = 1,
        .hash = strmap_hash(id, length),
        .hass = hass,
        .length = (uint8_t)length,
        .domain_length = (uint8_t)strcspn(id, "."),
    };
    memcpy(slot->id, id, length + 1);
    list_init(&slot->link);
    list_init(&slot->domain_link);
    return slot;
}

struct entity_slot *table_add(struct hass *hass, const char *id, size_t length)
{
    struct states *states = &hass->states;
    struct entity_slot *slot = entity_slot_new(hass, id, length);

    if (!states->mask || states->used + 1 > (states->mask + 1) / 3 * 2)
        grow(states);
    lock_take(&states->lock);
    put_cell(states->cells, states->mask, (struct states_cell){ slot->hash, slot });
    lock_drop(&states->lock);
    states->used++;
    return slot;
}

/* Empties a cell; successors that were pushed past it move back. With the lock held. */
static void close_cell(struct states *states, struct states_cell *cell)
{
    size_t gap = (size_t)(cell - states->cells);

    for (size_t i = (gap + 1) & states->mask; states->cells[i].slot; i = (i + 1) & states->mask) {
        size_t home = states->cells[i].hash & states->mask;
        if (((i - home) & states->mask) < ((i - gap) & states->mask))
            continue; // its home lies behind the gap
        states->cells[gap] = states->cells[i];
        gap = i;
    }
    states->cells[gap] = (struct states_cell){ 0 };
}

/* lists */

static struct states_domain *domain_of(struct states *states, const struct entity_slot *slot)
{
    struct states_domain *domain =
        hass_strmap_get_n(states->domains, slot->id, slot->domain_length);

    if (domain)
        return domain;
    domain = mem_zalloc(sizeof(*domain) + slot->domain_length + 1);
    memcpy(domain->name, slot->id, slot->domain_length);
    list_init(&domain->slots);
    hass_strmap_set(states->domains, domain->name, domain);
    return domain;
}

void table_show(struct states *states, struct entity_slot *slot)
{
    slot->domain = domain_of(states, slot);
    slot->domain->count++;
    states->count++;
    list_append(&slot->domain->slots, &slot->domain_link);
    list_append(&states->all, &slot->link);
}

static void hide(struct states *states, struct entity_slot *slot)
{
    struct states_domain *domain = slot->domain;

    if (!domain)
        return;
    slot->domain = NULL;
    states->count--;
    list_remove(&slot->link);
    list_remove(&slot->domain_link);
    if (--domain->count == 0)
        hass_strmap_remove(states->domains, domain->name); // frees it
}

const struct hass_state *table_remove(struct states *states, struct entity_slot *slot)
{
    lock_take(&states->lock);
    const struct hass_state *state = slot->state;
    slot->state = NULL;
    hide(states, slot);
    close_cell(states, find_cell(states, slot->hash, slot->id, slot->length));
    lock_drop(&states->lock);
    states->used--;
    entity_slot_unref(slot);
    return state;
}

void states_init(struct hass *hass)
{
    list_init(&hass->states.all);
    hass->states.domains = hass_strmap_create(free);
}

void states_fini(struct hass *hass)
{
    struct states *states = &hass->states;

    for (size_t i = 0; states->mask && i <= states->mask; i++) {
        struct entity_slot *slot = states->cells[i].slot;
        if (!slot)
            continue;
        list_remove(&slot->link);
        list_remove(&slot->domain_link);
        hass_state_unref(steal(slot->state));
        entity_slot_unref(slot);
    }
    free(states->cells);
    states->domains = hass_strmap_destroy(states->domains);
    states->held = hass_strmap_destroy(states->held);
}

/* reading */

bool hass_states_async_available(struct hass *hass, const char *entity_id)
{
    VERIFY_LOOP_OR(hass, "hass.states.async_available", false);
    char lower[HASS_MAX_ENTITY_ID + 2];
    const char *id;

    return !table_find_any_case(&hass->states, entity_id, lower, &id);
}

const struct hass_state *hass_states_async_get(struct hass *hass, const char *entity_id)
{
    VERIFY_LOOP_OR(hass, "hass.states.async_get", NULL);
    char lower[HASS_MAX_ENTITY_ID + 2];
    const char *id;
    const struct entity_slot *slot = table_find_any_case(&hass->states, entity_id, lower, &id);

    return slot ? slot->state : NULL;
}

const struct hass_state *hass_states_get(struct hass *hass, const char *entity_id)
{
    struct states *states = &hass->states;
    char lower[HASS_MAX_ENTITY_ID + 2];
    const char *id;

    lock_take(&states->lock);
    const struct entity_slot *slot = table_find_any_case(states, entity_id, lower, &id);
    const struct hass_state *state = slot ? hass_state_ref(slot->state) : NULL;
    lock_drop(&states->lock);
    return state;
}

bool hass_states_is_state(struct hass *hass, const char *entity_id, const char *state)
{
    autounref(hass_state) const *found = hass_states_get(hass, entity_id);

    return found && strcmp(found->text, state) == 0;
}

void hass_state_list_fini(struct hass_state_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        hass_state_unref(list->items[i]);
    free(list->items);
    *list = (struct hass_state_list){ 0 };
}

static const struct states_domain *find_domain(const struct states *states, const char *domain)
{
    char lower[HASS_MAX_DOMAIN + 1];
    size_t length = strlen(domain);

    if (length > HASS_MAX_DOMAIN)
        return NULL;
    lower_case(domain, length, lower);
    return hass_strmap_get_n(states->domains, lower, length);
}

static void add_to_list(struct hass_state_list *list, const struct hass_state *state)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 16;
        list->items = mem_realloc(list->items, list->capacity * sizeof(*list->items));
    }
    list->items[list->count++] = hass_state_ref(state);
}

/* Loop thread, or with the lock held. */
static void list_states(const struct states *states, const char *domain,
                        struct hass_state_list *list)
{
    if (!domain) {
        list_foreach(&states->all, struct entity_slot, slot, link)
            add_to_list(list, slot->state);
        return;
    }
    const struct states_domain *found = find_domain(states, domain);
    if (!found)
        return;
    list_foreach(&found->slots, struct entity_slot, slot, domain_link)
        add_to_list(list, slot->state);
}

int hass_states_async_all(struct hass *hass, const char *domain, struct hass_state_list *ret_list,
                          struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.states.async_all", err);
    *ret_list = (struct hass_state_list){ 0 };
    list_states(&hass->states, domain, ret_list);
    return 0;
}

int hass_states_all(struct hass *hass, const char *domain, struct hass_state_list *ret_list,
                    struct hass_error *err)
{
    *ret_list = (struct hass_state_list){ 0 };
    lock_take(&hass->states.lock);
    list_states(&hass->states, domain, ret_list);
    lock_drop(&hass->states.lock);
    return 0;
}

static size_t count_states(const struct states *states, const char *domain)
{
    if (!domain)
        return states->count;
    const struct states_domain *found = find_domain(states, domain);
    return found ? found->count : 0;
}

size_t hass_states_async_count(struct hass *hass, const char *domain)
{
    VERIFY_LOOP_OR(hass, "hass.states.async_count", 0);
    return count_states(&hass->states, domain);
}

size_t hass_states_count(struct hass *hass, const char *domain)
{
    lock_take(&hass->states.lock);
    size_t count = count_states(&hass->states, domain);
    lock_drop(&hass->states.lock);
    return count;
}

int hass_states_async_write_json(struct hass *hass, struct hass_buf *buf, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.states.async_write_json", err);
    bool first = true;

    hass_buf_add_char(buf, '[');
    list_foreach(&hass->states.all, struct entity_slot, slot, link) {
        if (!first)
            hass_buf_add_char(buf, ',');
        first = false;
        hass_state_write_json(slot->state, buf);
    }
    hass_buf_add_char(buf, ']');
    return 0;
}
