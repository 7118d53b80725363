/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The side table: an entry for each container, found by its address through an open-addressed index. The members of one are
 * a piece of one long array, which moves to its end when it is full and others have come behind it; places are packed, keys
 * are numbers: there are some ten values to a line of what people write. Members of small objects are searched one by one; large
 * ones get a map, lest a hostile file makes looking for duplicates quadratic.
 */
#include "data/yaml_marks.h"

#include <string.h>

#include <hass/cleanup.h>
#include <hass/strmap.h>

#include "base/arena.h"
#include "base/mem.h"
#include "data/yaml_outline.h"

/* Objects with more members are looked up through a map. */
#define SMALL_OBJECT 16

/* A mark without its pointer. What does not fit is not known. */
struct place {
    uint64_t line : 23, column : 23, source : 18; /* of the sources, from 1 */
};
#define PLACE_MAX  ((1U << 23) - 1)
#define SOURCE_MAX ((1U << 18) - 1)

struct member {
    uint32_t name; /* number of the key, from 1; 0: an item of an array */
    bool broken;
    struct place key, value;
};

struct entry {
    json_t *container;
    struct place place;
    uint32_t first, count, room; /* members */
    uint32_t large : 31;         /* number of its map, from 1; 0: it has none */
    uint32_t lent : 1;           /* by the value that it is in, which has an entry */
};

struct yaml_marks {
    size_t refs;
    struct yaml_marks *below; /* or NULL */
    HASS_VEC(struct entry) entries;
    HASS_VEC(struct member) members;
    HASS_VEC(struct source *) sources;    /* behind those of what is below */
    HASS_VEC(const char *) names;         /* of keys, in @keys */
    HASS_VEC(struct hass_strmap *) large; /* key → number of the member within its object, from 1 */
    struct hass_strmap *numbers;          /* key → its number */
    struct hass_strmap *files;            /* name → the first source of that name */
    uint32_t *slots;                      /* entry number + 1; 0: free */
    size_t slot_count;
    struct arena keys;
};

struct yaml_marks *yaml_marks_new(void)
{
    struct yaml_marks *marks = mem_zalloc(sizeof(*marks));

    marks->refs = 1;
    marks->numbers = hass_strmap_create(NULL);
    marks->files = hass_strmap_create(NULL);
    return marks;
}

struct yaml_marks *yaml_marks_new_over(struct yaml_marks *below)
{
    struct yaml_marks *marks = yaml_marks_new();

    marks->below = below;
    return marks;
}

struct yaml_marks *yaml_marks_ref(struct yaml_marks *marks)
{
    marks->refs++;
    return marks;
}

struct yaml_marks *yaml_marks_unref(struct yaml_marks *marks)
{
    if (!marks || --marks->refs > 0)
        return NULL;
    vec_foreach(&marks->entries, entry)
        json_decref(entry->lent ? NULL : entry->container);
    vec_foreach(&marks->sources, source) {
        free((*source)->name);
        free((*source)->text);
        yaml_outline_destroy((*source)->outline);
        free(*source);
    }
    vec_foreach(&marks->large, map)
        hass_strmap_destroy(*map);
    vec_fini(&marks->entries);
    vec_fini(&marks->members);
    vec_fini(&marks->sources);
    vec_fini(&marks->names);
    vec_fini(&marks->large);
    hass_strmap_destroy(marks->numbers);
    hass_strmap_destroy(marks->files);
    arena_fini(&marks->keys);
    free(marks->slots);
    yaml_marks_unref(marks->below);
    free(marks);
    return NULL;
}

/* sources */

static uint32_t source_count(const struct yaml_marks *marks)
{
    return marks ? source_count(marks->below) + (uint32_t)marks->sources.length : 0;
}

struct source *yaml_marks_add_source(struct yaml_marks *marks, char *name, char *text, size_t size)
{
    struct source *source = mem_zalloc(sizeof(*source));

    vec_push(&marks->sources, source);
    *source =
        (struct source){ .name = name, .text = text, .size = size, .number = source_count(marks) };
    if (!hass_strmap_get(marks->files, name))
        hass_strmap_set(marks->files, name, source);
    return source;
}

struct source *yaml_marks_source_at(const struct yaml_marks *marks, size_t index)
{
    return index < marks->sources.length ? marks->sources.data[index] : NULL;
}

const struct source *yaml_marks_find_source(const struct yaml_marks *marks, const char *name)
{
    const struct source *source = marks ? hass_strmap_get(marks->files, name) : NULL;

    return source || !marks ? source : yaml_marks_find_source(marks->below, name);
}

/* places */

static struct place pack(struct mark mark)
{
    bool fits = mark.line <= PLACE_MAX && mark.column <= PLACE_MAX;

    if (!mark.source || mark.source->number > SOURCE_MAX)
        return (struct place){ 0 };
    return (struct place){ .line = fits ? mark.line : 0,
                           .column = fits ? mark.column : 0,
                           .source = mark.source->number };
}

static struct mark unpack(const struct yaml_marks *marks, struct place place)
{
    uint32_t before = source_count(marks->below);

    if (place.source == 0)
        return (struct mark){ 0 };
    if (place.source <= before)
        return unpack(marks->below, place);
    return (struct mark){ .source = marks->sources.data[place.source - before - 1],
                          .line = (uint32_t)place.line,
                          .column = (uint32_t)place.column };
}

/* keys */

/* The number of a key that there is; 0: no object has it. */
static uint32_t find_number(const struct yaml_marks *marks, const char *key)
{
    return (uint32_t)(uintptr_t)hass_strmap_get(marks->numbers, key);
}

static uint32_t number_of(struct yaml_marks *marks, const char *key)
{
    uint32_t number = find_number(marks, key);

    if (number)
        return number;
    vec_push(&marks->names, arena_strndup(&marks->keys, key, strlen(key)));
    number = (uint32_t)marks->names.length;
    hass_strmap_set(marks->numbers, key, (void *)(uintptr_t)number);
    return number;
}

/* the index */

/* The slot of @container, or the free one where it belongs. */
static uint32_t *find_slot(const struct yaml_marks *marks, const json_t *container)
{
    uint64_t hash = (uint64_t)(uintptr_t)container * UINT64_C(0x9E3779B97F4A7C15);

    for (size_t i = hash >> 32;; i++) {
        uint32_t *slot = &marks->slots[i & (marks->slot_count - 1)];
        if (*slot == 0 || marks->entries.data[*slot - 1].container == container)
            return slot;
    }
}

static void grow_index(struct yaml_marks *marks)
{
    free(marks->slots);
    marks->slot_count = marks->slot_count ? 2 * marks->slot_count : 64;
    marks->slots = mem_zalloc(marks->slot_count * sizeof(*marks->slots));
    for (size_t i = 0; i < marks->entries.length; i++)
        *find_slot(marks, marks->entries.data[i].container) = (uint32_t)i + 1;
}

static struct entry *find_own(const struct yaml_marks *marks, const json_t *container)
{
    uint32_t slot = marks->slot_count ? *find_slot(marks, container) : 0;

    return slot ? &marks->entries.data[slot - 1] : NULL;
}

/* Together with the marks that have it: numbers of keys are theirs. */
static const struct entry *find_entry(const struct yaml_marks *marks, const json_t *container,
                                      const struct yaml_marks **ret_marks)
{
    for (; marks; marks = marks->below) {
        const struct entry *entry = find_own(marks, container);
        *ret_marks = marks;
        if (entry)
            return entry;
    }
    return NULL;
}

static struct entry *add_entry(struct yaml_marks *marks, const json_t *container, bool lent)
{
    if (2 * marks->entries.length >= marks->slot_count)
        grow_index(marks);
    json_t *kept = lent ? (json_t *)container : json_incref((json_t *)container);
    vec_push(&marks->entries, ((struct entry){ .container = kept, .lent = lent }));
    *find_slot(marks, container) = (uint32_t)marks->entries.length;
    return &marks->entries.data[marks->entries.length - 1];
}

/* members */

/* The number of the member within its object, from 1; 0: there is none. */
static uint32_t find_member(const struct yaml_marks *marks, const struct entry *entry,
                            const char *key)
{
    if (entry->large)
        return (uint32_t)(uintptr_t)hass_strmap_get(marks->large.data[entry->large - 1], key);
    uint32_t number = find_number(marks, key);
    for (uint32_t i = 0; number && i < entry->count; i++)
        if (marks->members.data[entry->first + i].name == number)
            return i + 1;
    return 0;
}

/* Room for one more: at the end of all members, when it is there already or there is none where it is. */
static void make_room(struct yaml_marks *marks, struct entry *entry)
{
    if (entry->count < entry->room)
        return;
    bool last = entry->first + entry->room == marks->members.length;
    uint32_t room = entry->room + (last || entry->room == 0 ? 1 : entry->room);
    size_t first = last ? entry->first : marks->members.length;

    vec_reserve(&marks->members, first + room);
    if (!last && entry->count)
        memcpy(&marks->members.data[first], &marks->members.data[entry->first],
               entry->count * sizeof(struct member));
    marks->members.length = first + room;
    entry->first = (uint32_t)first;
    entry->room = room;
}

static void put_into_map(struct yaml_marks *marks, const struct entry *entry, uint32_t index)
{
    const struct member *member = &marks->members.data[entry->first + index];

    hass_strmap_set(marks->large.data[entry->large - 1], marks->names.data[member->name - 1],
                    (void *)((uintptr_t)index + 1));
}

static void add_member(struct yaml_marks *marks, struct entry *entry, struct member member)
{
    make_room(marks, entry);
    marks->members.data[entry->first + entry->count++] = member;
    if (entry->large) {
        put_into_map(marks, entry, entry->count - 1);
    } else if (member.name && entry->count > SMALL_OBJECT) {
        vec_push(&marks->large, hass_strmap_create(NULL));
        entry->large = (uint32_t)marks->large.length & INT32_MAX;
        for (uint32_t i = 0; i < entry->count; i++)
            put_into_map(marks, entry, i);
    }
}

/* Adds to @container what @from knows of it in @entry_index: both may be the same, and grow. */
static void copy_entry(struct yaml_marks *marks, const json_t *container,
                       const struct yaml_marks *from, size_t entry_index)
{
    struct entry *to = find_own(marks, container);
    struct entry source = from->entries.data[entry_index];

    if (!to)
        to = add_entry(marks, container, false);
    to->place = source.place;
    for (uint32_t i = 0; i < source.count; i++) {
        struct member member = from->members.data[source.first + i];
        if (from != marks && member.name)
            member.name = number_of(marks, from->names.data[member.name - 1]);
        add_member(marks, to, member);
    }
}

/* writing */

/* What is below is not written to: it comes up. */
static struct entry *make_entry(struct yaml_marks *marks, const json_t *container)
{
    const struct yaml_marks *in;
    const struct entry *entry = find_entry(marks, container, &in);

    if (!entry)
        return add_entry(marks, container, false);
    if (in != marks)
        copy_entry(marks, container, in, (size_t)(entry - in->entries.data));
    return find_own(marks, container);
}

void yaml_marks_set(struct yaml_marks *marks, const json_t *container, struct mark mark)
{
    make_entry(marks, container)->place = pack(mark);
}

static void set_member(struct yaml_marks *marks, const json_t *object, const char *key,
                       struct member member)
{
    struct entry *entry = make_entry(marks, object);
    uint32_t known = find_member(marks, entry, key);

    member.name = number_of(marks, key);
    if (known)
        marks->members.data[entry->first + known - 1] = member;
    else
        add_member(marks, entry, member);
}

void yaml_marks_set_member(struct yaml_marks *marks, const json_t *object, const char *key,
                           struct mark key_mark, struct mark value_mark)
{
    set_member(marks, object, key,
               (struct member){ .key = pack(key_mark), .value = pack(value_mark) });
}

void yaml_marks_set_broken(struct yaml_marks *marks, const json_t *object, const char *key,
                           struct mark key_mark)
{
    struct place place = pack(key_mark);

    set_member(marks, object, key, (struct member){ .key = place, .value = place, .broken = true });
}

void yaml_marks_add_item(struct yaml_marks *marks, const json_t *array, struct mark mark)
{
    struct place place = pack(mark);

    add_member(marks, make_entry(marks, array), (struct member){ .key = place, .value = place });
}

void yaml_marks_copy(struct yaml_marks *marks, const json_t *from, const json_t *to)
{
    const struct yaml_marks *in;
    const struct entry *entry = find_entry(marks, from, &in);

    if (entry)
        copy_entry(marks, to, in, (size_t)(entry - in->entries.data));
}

uint32_t yaml_marks_now(const struct yaml_marks *marks)
{
    return (uint32_t)marks->entries.length;
}

/* taking over */

struct taking {
    struct yaml_marks *marks;
    const struct yaml_marks *from;
    const struct yaml_marks_move *move;
    uint32_t *names; /* numbers of keys by those they had; 0: not known yet */
};

static struct place moved(const struct taking *taking, struct place place)
{
    if (place.source && taking->move->source->number <= SOURCE_MAX) {
        place.source = taking->move->source->number & SOURCE_MAX;
        place.line =
            (uint64_t)((int64_t)place.line + (place.line ? taking->move->lines : 0)) & PLACE_MAX;
    }
    return place;
}

static uint32_t name_now(const struct taking *taking, uint32_t name)
{
    if (name && !taking->names[name])
        taking->names[name] = number_of(taking->marks, taking->from->names.data[name - 1]);
    return taking->names[name];
}

static void take_entry(const struct taking *taking, const struct entry *was, bool lent)
{
    struct entry *entry = add_entry(taking->marks, was->container, lent);

    entry->place = moved(taking, was->place);
    for (uint32_t i = 0; i < was->count; i++) {
        struct member member = taking->from->members.data[was->first + i];
        member.name = name_now(taking, member.name);
        member.key = moved(taking, member.key);
        member.value = moved(taking, member.value);
        add_member(taking->marks, entry, member);
    }
}

/* Most of what there was is taken over: it is not worth while to grow again and again. */
static void make_ready(struct yaml_marks *marks, const struct yaml_marks *from)
{
    vec_reserve(&marks->entries, marks->entries.length + from->entries.length);
    vec_reserve(&marks->members, marks->members.length + from->members.length);
    while (marks->slot_count < from->slot_count)
        grow_index(marks);
}

void yaml_marks_take(struct yaml_marks *marks, const struct yaml_marks *from,
                     struct yaml_marks_move *moves, size_t count)
{
    autofree uint32_t *names = mem_calloc(from->names.length + 1, sizeof(*names));

    make_ready(marks, from);
    for (struct yaml_marks_move *move = moves; move < moves + count; move++) {
        const struct taking taking = { marks, from, move, names };
        struct yaml_marks_range now = { .begin = yaml_marks_now(marks) };
        for (uint32_t i = move->range.begin; i < move->range.end; i++)
            if (!find_own(marks, from->entries.data[i].container)) // it may be there twice
                take_entry(&taking, &from->entries.data[i], i > move->range.begin);
        now.end = yaml_marks_now(marks);
        move->range = now;
    }
}

/* reading */

struct mark yaml_marks_container(const struct yaml_marks *marks, const json_t *container)
{
    const struct yaml_marks *in;
    const struct entry *entry = find_entry(marks, container, &in);

    return entry ? unpack(in, entry->place) : (struct mark){ 0 };
}

/* Lends the member together with the marks that have it; NULL: it is not known. */
static const struct member *lookup(const struct yaml_marks *marks, const json_t *object,
                                   const char *key, const struct yaml_marks **ret_marks)
{
    const struct entry *entry = find_entry(marks, object, ret_marks);
    uint32_t number = entry ? find_member(*ret_marks, entry, key) : 0;

    return number ? &(*ret_marks)->members.data[entry->first + number - 1] : NULL;
}

struct mark yaml_marks_key(const struct yaml_marks *marks, const json_t *object, const char *key)
{
    const struct yaml_marks *in;
    const struct member *member = lookup(marks, object, key, &in);

    return member ? unpack(in, member->key) : (struct mark){ 0 };
}

struct mark yaml_marks_member(const struct yaml_marks *marks, const json_t *object, const char *key)
{
    const struct yaml_marks *in;
    const struct member *member = lookup(marks, object, key, &in);

    return member ? unpack(in, member->value) : (struct mark){ 0 };
}

struct mark yaml_marks_item(const struct yaml_marks *marks, const json_t *array, size_t index)
{
    const struct yaml_marks *in;
    const struct entry *entry = find_entry(marks, array, &in);
    bool known = entry && index < entry->count;

    return known ? unpack(in, in->members.data[entry->first + index].value) : (struct mark){ 0 };
}

bool yaml_marks_is_broken(const struct yaml_marks *marks, const json_t *object, const char *key)
{
    const struct yaml_marks *in;
    const struct member *member = lookup(marks, object, key, &in);

    return member && member->broken;
}

struct mark yaml_marks_find(const struct yaml_marks *marks, const json_t *root, const char *path)
{
    struct mark nearest = yaml_marks_container(marks, root);

    while (root && *path) {
        size_t length = strcspn(path, "-");
        while (path[length] == '-' && path[length + 1] != '>')
            length += 1 + strcspn(path + length + 1, "-");
        autofree char *step = mem_strndup(path, length);
        size_t index = strtoul(step, NULL, 10);
        struct mark mark = json_is_array(root) ? yaml_marks_item(marks, root, index)
                                               : yaml_marks_member(marks, root, step);
        if (mark.source)
            nearest = mark;
        root = json_is_array(root) ? json_array_get(root, index) : json_object_get(root, step);
        path += length + (path[length] == '-' ? 2 : 0);
    }
    return nearest;
}
