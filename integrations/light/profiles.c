/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Profiles are rows of a CSV file, below a line of headings: name, x, y, brightness, and optionally transition; a cell may be
 * empty. A row of the user's file wins over the one that is built in.
 */
#include "profiles.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <hass/buf.h>
#include <hass/cleanup.h>
#include <hass/log.h>
#include <hass/strmap.h>

#define FILE_LIMIT ((off_t)256 * 1024)

static const char built_in[] = "name,x,y,brightness\n"
                               "relax,0.5119,0.4147,144\n"
                               "concentrate,0.5119,0.4147,219\n"
                               "energize,0.368,0.3686,203\n"
                               "reading,0.4448,0.4066,240\n";

struct profiles {
    atomic_uint refs;
    char *path;
    struct hass_strmap *by_name; /* struct profile */
};

enum { CELL_NAME, CELL_X, CELL_Y, CELL_BRIGHTNESS, CELL_TRANSITION, CELLS };

/* Cuts a row into cells. Returns their number, CELLS + 1 when there are too many. */
static size_t cut(char *row, char *cells[CELLS])
{
    size_t count = 0;

    row[strcspn(row, "\r\n")] = '\0';
    for (char *cell; (cell = strsep(&row, ",")) != NULL;) {
        if (count == CELLS)
            return CELLS + 1;
        cell += strspn(cell, " \t");
        for (size_t end = strlen(cell); end && strchr(" \t", cell[end - 1]);)
            cell[--end] = '\0';
        cells[count++] = cell;
    }
    return count;
}

/* An empty cell is @none. False when it is no number from @min to @max. */
static bool read_cell(const char *cell, double min, double max, double none, double *ret_number)
{
    char *end;

    *ret_number = none;
    if (!*cell)
        return true;
    *ret_number = strtod(cell, &end);
    return !*end && *ret_number >= min && *ret_number <= max;
}

static bool read_row(char *cells[CELLS], size_t count, struct profile *profile)
{
    double x, y, brightness, transition = -1;

    if (count != CELL_TRANSITION && count != CELLS)
        return false;
    if (!*cells[CELL_NAME] || !read_cell(cells[CELL_X], 0, 1, -1, &x) ||
        !read_cell(cells[CELL_Y], 0, 1, -1, &y) ||
        !read_cell(cells[CELL_BRIGHTNESS], 0, 255, -1, &brightness))
        return false;
    if (count == CELLS && !read_cell(cells[CELL_TRANSITION], 0, 6553, -1, &transition))
        return false;
    *profile = (struct profile){
        .has_color = x >= 0 && y >= 0,
        .brightness = (int)brightness,
        .transition = transition,
    };
    if (profile->has_color)
        profile->color = hass_color_xy_to_hs((struct hass_xy){ x, y }, NULL);
    return true;
}

static void read_rows(struct profiles *profiles, FILE *file, const char *path)
{
    autofree char *row = NULL;
    size_t size = 0;

    for (unsigned line = 1; getline(&row, &size, file) >= 0; line++) {
        char *cells[CELLS];
        struct profile profile;
        size_t count = cut(row, cells);
        if (line == 1 || (count <= 1 && !*row))
            continue;
        if (!read_row(cells, count, &profile)) {
            hass_error("%s:%u: expected name, x and y from 0 to 1, brightness from 0 to 255, and "
                       "perhaps a transition in seconds",
                       path, line);
            continue;
        }
        struct profile *kept = malloc(sizeof(*kept));
        *kept = profile;
        hass_strmap_set(profiles->by_name, cells[CELL_NAME], kept);
    }
}

static bool is_readable(FILE *file, const char *path)
{
    struct stat status;

    if (fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode) &&
        status.st_size <= FILE_LIMIT)
        return true;
    hass_error("%s: expected a file of at most %d KiB", path, (int)(FILE_LIMIT / 1024));
    return false;
}

struct profiles *profiles_new(char *path)
{
    struct profiles *profiles = malloc(sizeof(*profiles));

    atomic_init(&profiles->refs, 1);
    profiles->path = path;
    profiles->by_name = hass_strmap_create(free);
    return profiles;
}

struct profiles *profiles_ref(struct profiles *profiles)
{
    atomic_fetch_add(&profiles->refs, 1);
    return profiles;
}

void profiles_unref(void *object)
{
    struct profiles *profiles = object;

    if (atomic_fetch_sub(&profiles->refs, 1) > 1)
        return;
    hass_strmap_destroy(profiles->by_name);
    free(profiles->path);
    free(profiles);
}

void profiles_read(struct profiles *profiles)
{
    FILE *file = fmemopen((void *)built_in, sizeof(built_in) - 1, "r");

    read_rows(profiles, file, "built in");
    fclose(file);
    file = fopen(profiles->path, "re");
    if (!file) {
        if (errno != ENOENT)
            hass_error("%s: %s", profiles->path, strerrordesc_np(errno));
        return;
    }
    if (is_readable(file, profiles->path))
        read_rows(profiles, file, profiles->path);
    fclose(file);
}

const struct profile *profiles_get(const struct profiles *profiles, const char *name)
{
    return hass_strmap_get(profiles->by_name, name);
}

const struct profile *profiles_default(const struct profiles *profiles, const char *entity_id)
{
    autobuf name = HASS_BUF_INIT;

    hass_buf_printf(&name, "%s.default", entity_id);
    const struct profile *profile = profiles_get(profiles, hass_buf_string(&name));
    return profile ? profile : profiles_get(profiles, "group.all_lights.default");
}
