/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening integration files: look (elf.h), probe in a child, copy, open, read the manifest. Everything here blocks and runs
 * on pool threads, several at once.
 *
 * A plugin is one opened file content. It is never closed; the same content asked for again is the same plugin, so that only
 * changed files cost a mapping.
 */
#pragma once

#include <hass/integration.h>
#include <hass/list.h>
#include <hass/vec.h>

#include "loader/elf.h"

/** No more than so many files are opened by one process; nothing is ever unmapped. */
#define PLUGIN_MAX_MAPPINGS 1000
#define PLUGIN_MAX_FILE     (64 << 20)
#define PLUGIN_MAX_STRINGS  (1 << 20)
#define PLUGIN_PROBE_LIMIT  5.0 /* seconds */
#define PLUGIN_ID_MAX       (ELF_BUILD_ID_MAX + 1 + 16)

struct plugin {
    struct hass_list link; /* in the store */
    struct hass_manifest manifest;
    /* Entry points; NULL where the file has none. */
    int (*async_setup)(struct hass *hass, const json_t *config, struct hass_error *err);
    int (*setup)(struct hass *hass, const json_t *config, struct hass_error *err);
    int (*async_setup_platform)(struct hass_platform *platform, const json_t *config,
                                struct hass_error *err);
    int (*setup_platform)(struct hass_platform *platform, const json_t *config,
                          struct hass_error *err);
    int (*async_unload)(struct hass *hass, struct hass_error *err);
    int (*async_reload)(struct hass *hass, const json_t *config, struct hass_error *err);
    int (*async_setup_entry)(struct hass *hass, struct hass_entry *entry, struct hass_error *err);
    int (*setup_entry)(struct hass *hass, struct hass_entry *entry, struct hass_error *err);
    int (*async_unload_entry)(struct hass *hass, struct hass_entry *entry, struct hass_error *err);
    int (*async_remove_entry)(struct hass *hass, struct hass_entry *entry, struct hass_error *err);
    int (*async_migrate_entry)(struct hass *hass, struct hass_entry *entry, struct hass_error *err);
    int (*async_remove_config_entry_device)(struct hass *hass, struct hass_entry *entry,
                                            const struct hass_device *device,
                                            struct hass_error *err);
    int (*async_setup_entry_platform)(struct hass_platform *platform, struct hass_entry *entry,
                                      struct hass_error *err);
    int (*setup_entry_platform)(struct hass_platform *platform, struct hass_entry *entry,
                                struct hass_error *err);
    void *handle;
    json_t *strings; /* its strings.json; NULL: none */
    json_t *local;   /* the same in the home's language; NULL: none, or English */
    char *domain;
    char *copy; /* the file that is mapped */
    char id[PLUGIN_ID_MAX + 1];
};

struct plugin_store;

/**
 * @folder receives the copies and probed.json; it is made when first needed, and copies of former runs are removed.
 * @probe_program: NULL: nothing is probed.
 */
struct plugin_store *plugin_store_create(struct hass *hass, const char *folder,
                                         const char *probe_program);
/** Forgets the plugins; their mappings stay. */
struct plugin_store *plugin_store_destroy(struct plugin_store *store);
/** How many files are mapped. Any thread. */
size_t plugin_store_count(struct plugin_store *store);

/**
 * Opens @path as integration @domain, or finds its content opened already. Not twice at the same time for one domain.
 *
 * Returns: 0 with a plugin lent for the life of the store; HASS_E_PLUGIN, HASS_E_LIMIT, -errno with message and remedy.
 */
int plugin_open(struct plugin_store *store, const char *domain, const char *path,
                struct plugin **ret_plugin, struct hass_error *err) HASS_BLOCKING;

/** The texts of all opened files in one language, as they are read in the pool and used on the loop. */
struct plugin_texts;

/** Reads them; to be freed by plugin_texts_free. */
struct plugin_texts *plugin_read_texts(struct plugin_store *store, const char *language)
    HASS_BLOCKING;
/** Makes them those of their plugins. */
void plugin_use_texts(struct plugin_texts *texts) HASS_CALLBACK;
void plugin_texts_free(struct plugin_texts *texts);

/** What plugin_open and the probe have in common: opens @path in this process and reads its manifest. */
int plugin_map(const char *path, const char *domain, void **ret_handle,
               struct hass_manifest *ret_manifest, struct hass_error *err);
/** Reads a whole regular file of at most PLUGIN_MAX_FILE bytes into memory that the caller frees. */
int plugin_read(const char *path, void **ret_data, size_t *ret_size, struct hass_error *err);
/** The domain that a file is named after ("light" of "/x/light.so"), owned by the caller; NULL when it is none. */
char *plugin_domain_of_path(const char *path);
/** The same for one of our copies ("…/light-<id>.so"). */
char *plugin_domain_of_copy(const char *path);
