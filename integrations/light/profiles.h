/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Profiles: named settings of light, built in and from <config>/light_profiles.csv.
 */
#pragma once

#include <hass/color.h>
#include <hass/types.h>

struct profiles;

struct profile {
    bool has_color;
    struct hass_hs color;
    int brightness;    /* below 0: none */
    double transition; /* seconds; below 0: none */
};

/* Empty, with one reference; @path is taken. Counted, any thread. */
struct profiles *profiles_new(char *path);
struct profiles *profiles_ref(struct profiles *profiles);
void profiles_unref(void *profiles);
/* Reads the built-in ones and those of the file, which need not exist. Rows that are wrong are logged and left out. */
void profiles_read(struct profiles *profiles);

/* Lends the profile of that name, or NULL. */
const struct profile *profiles_get(const struct profiles *profiles, const char *name);
/* Lends the default of a light, "<entity id>.default", else that of all, "group.all_lights.default"; or NULL. */
const struct profile *profiles_default(const struct profiles *profiles, const char *entity_id);
