/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store of opened files. The bytes that are looked at are the bytes that are copied and opened: the file is read once, so
 * nobody can change it in between. The lock is held while the list is read or changed, and while files are opened, which the
 * dynamic linker does one at a time anyway: only pool threads wait for it.
 */
#include "loader/plugin.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <hass/cleanup.h>
#include <hass/config.h>
#include <hass/json.h>
#include <hass/log.h>

#include "base/mem.h"
#include "core/core.h"
#include "core/lock.h"
#include "loader/file.h"
#include "loader/manifest.h"
#include "loader/probe.h"
#include "run/lastwords.h"
#include "run/runtime.h"

struct plugin_store {
    struct hass *hass;
    char *folder;
    char *probe_program;
    struct lock lock;
    struct probe_memory *memory; /* NULL until the folder is there */
    struct hass_list plugins;
    _Atomic size_t count; /* read by the loop, which never waits for the lock */
};

struct plugin_store *plugin_store_create(struct hass *hass, const char *folder,
                                         const char *probe_program)
{
    struct plugin_store *store = mem_zalloc(sizeof(*store));

    store->hass = hass;
    store->folder = mem_strdup(folder);
    store->probe_program = probe_program ? mem_strdup(probe_program) : NULL;
    list_init(&store->plugins);
    return store;
}

static void plugin_free(struct plugin *plugin)
{
    json_decref(plugin->strings);
    json_decref(plugin->local);
    free(plugin->domain);
    free(plugin->copy);
    free(plugin);
}

struct plugin_store *plugin_store_destroy(struct plugin_store *store)
{
    if (!store)
        return NULL;
    list_foreach(&store->plugins, struct plugin, plugin, link)
        plugin_free(plugin);
    probe_memory_destroy(store->memory);
    free(store->folder);
    free(store->probe_program);
    free(store);
    return NULL;
}

size_t plugin_store_count(struct plugin_store *store)
{
    return store->count;
}

/* the folder of copies */

/* Copies of former runs: nothing of ours is open yet, and what another process still maps stays there without its name. */
static void remove_copies(const char *folder)
{
    DIR *dir = opendir(folder);

    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir));)
        if (strstr(entry->d_name, ".so"))
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
}

static int make_folder(const char *path, struct hass_error *err)
{
    autofree char *partial = mem_strdup(path);

    for (char *slash = partial + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = '\0';
        (void)mkdir(partial, 0755); /* what is missing is seen by the last one */
    }
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return hass_fail_errno(err, errno, "cannot create the folder %s for opened integrations",
                               path);
    return 0;
}

static int prepare_folder(struct plugin_store *store, struct hass_error *err)
{
    lock_take(&store->lock);
    int r = 0;
    if (!store->memory) {
        r = make_folder(store->folder, err);
        if (r == 0) {
            if (!store->hass->scratch)
                remove_copies(store->folder);
            autofree char *path = mem_printf("%s/probed.json", store->folder);
            store->memory = probe_memory_create(path);
        }
    }
    lock_drop(&store->lock);
    return r;
}

/* looking */

int plugin_read(const char *path, void **ret_data, size_t *ret_size, struct hass_error *err)
{
    return file_read(path, PLUGIN_MAX_FILE, ret_data, ret_size, err);
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* The first @length bytes of a name that goes on with @rest, when they are the name of an integration. */
static char *domain_before(const char *name, size_t length, const char *rest)
{
    autofree char *domain = mem_strndup(name, length);
    bool fits = strncmp(name + length, rest, strlen(rest)) == 0;

    return fits && manifest_is_domain(domain) ? steal(domain) : NULL;
}

char *plugin_domain_of_path(const char *path)
{
    const char *name = name_of(path);
    size_t length = strlen(name);

    return length > 3 ? domain_before(name, length - 3, ".so") : NULL;
}

char *plugin_domain_of_copy(const char *path)
{
    const char *name = name_of(path);

    return domain_before(name, strcspn(name, "-"), "-");
}

/* Tells contents apart; nobody is kept out by it. (FNV-1a, 64 bits.) */
static uint64_t hash_content(const uint8_t *data, size_t size)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ data[i]) * 0x100000001b3u;
    return hash;
}

/* The build-id alone would not do: strip and patchelf keep it. */
static void make_id(const struct elf_info *info, const void *data, size_t size,
                    char ret_id[PLUGIN_ID_MAX + 1])
{
    snprintf(ret_id, PLUGIN_ID_MAX + 1, "%s%s%016" PRIx64, info->build_id,
             *info->build_id ? "." : "", hash_content(data, size));
}

/* opening */

/* The dynamic linker's words, without the name of our copy, and with what to do. */
static int explain_dlerror(const char *path, struct hass_error *err)
{
    const char *text = dlerror();

    if (!text)
        text = "unknown reason";
    size_t length = strlen(path);
    if (strncmp(text, path, length) == 0 && strncmp(text + length, ": ", 2) == 0)
        text += length + 2;
    if (strstr(text, "undefined symbol"))
        return hass_fail(
            err, HASS_E_PLUGIN,
            "the file needs what nothing here offers (%s): link the library it comes from, "
            "or update hassd when the name begins with hass_",
            text);
    if (strstr(text, "cannot open shared object file"))
        return hass_fail(err, HASS_E_PLUGIN,
                         "the file needs a library that is missing (%s): install it", text);
    return hass_fail(err, HASS_E_PLUGIN, "the file cannot be opened: %s", text);
}

int plugin_map(const char *path, const char *domain, void **ret_handle,
               struct hass_manifest *ret_manifest, struct hass_error *err)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    if (!handle)
        return explain_dlerror(path, err);
    const void *symbol = dlsym(handle, "hass_manifest");
    if (!symbol)
        return explain_dlerror(path, err);
    int r = manifest_read(symbol, domain, ret_manifest, err);
    if (r == 0)
        *ret_handle = handle;
    return r;
}

struct range_search {
    struct hass *hass;
    const char *domain;
    const char *inside; /* an address of the file */
};

static bool holds(const struct dl_phdr_info *info, const ElfW(Phdr) * segment, const char *address)
{
    const char *start = (const char *)(info->dlpi_addr + segment->p_vaddr);

    return segment->p_type == PT_LOAD && address >= start && address < start + segment->p_memsz;
}

/* Its code alone: a stack is searched for addresses of it, and holds pointers to its data, too. */
static int add_ranges(struct dl_phdr_info *info, size_t size, void *userdata)
{
    const struct range_search *search = userdata;
    bool found = false;

    for (unsigned i = 0; i < info->dlpi_phnum; i++)
        found = found || holds(info, &info->dlpi_phdr[i], search->inside);
    for (unsigned i = 0; found && i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        const char *start = (const char *)(info->dlpi_addr + segment->p_vaddr);
        if (segment->p_type == PT_LOAD && (segment->p_flags & PF_X))
            scope_add_range(search->hass, search->domain, start, start + segment->p_memsz);
    }
    return found;
}

static struct plugin *find(struct plugin_store *store, const char *domain, const char *id)
{
    struct plugin *found = NULL;

    lock_take(&store->lock);
    list_foreach(&store->plugins, struct plugin, plugin, link)
        if (strcmp(plugin->domain, domain) == 0 && strcmp(plugin->id, id) == 0)
            found = plugin;
    lock_drop(&store->lock);
    return found;
}

/* Once, because looking a symbol up takes the dynamic linker's lock, for which the loop must not wait. */
static void find_entries(struct plugin *plugin, unsigned entries, void *handle)
{
    if (entries & ELF_ASYNC_SETUP)
        plugin->async_setup = dlsym(handle, "async_setup");
    if (entries & ELF_SETUP)
        plugin->setup = dlsym(handle, "setup");
    if (entries & ELF_ASYNC_SETUP_PLATFORM)
        plugin->async_setup_platform = dlsym(handle, "async_setup_platform");
    if (entries & ELF_SETUP_PLATFORM)
        plugin->setup_platform = dlsym(handle, "setup_platform");
    if (entries & ELF_ASYNC_UNLOAD)
        plugin->async_unload = dlsym(handle, "async_unload");
    if (entries & ELF_ASYNC_RELOAD)
        plugin->async_reload = dlsym(handle, "async_reload");
}

/* What HASS_STRINGS has embedded: a size, then the text. It is data of somebody else: wrong, it costs no more than itself. */
static json_t *read_strings(void *handle, const char *domain, const char *symbol)
{
    const char *data = dlsym(handle, symbol);
    struct hass_error err = HASS_ERROR_INIT;
    json_t *strings = NULL;
    uint32_t size;

    if (!data)
        return NULL;
    memcpy(&size, data, sizeof(size));
    int r = hass_json_parse(data + sizeof(size), size, PLUGIN_MAX_STRINGS, &strings, &err);
    if (r == 0 && json_is_object(strings))
        return strings;
    hass_warning(
        "The texts in %s.so (%s) are no use, so names that come from there are missing: %s", domain,
        symbol, r < 0 ? err.message : "expected a map");
    json_decref(strings);
    return NULL;
}

static json_t *read_local(const struct plugin *plugin, const char *language)
{
    autofree char *symbol = mem_printf("hass_strings_%s", language);

    for (char *at = symbol; (at = strchr(at, '-')) != NULL;)
        *at = '_';
    return read_strings(plugin->handle, plugin->domain, symbol);
}

static void find_strings(struct plugin_store *store, struct plugin *plugin)
{
    struct hass_home home = { .size = sizeof(home) };

    plugin->strings = read_strings(plugin->handle, plugin->domain, "hass_strings");
    hass_config_home(store->hass, &home);
    plugin->local = read_local(plugin, home.language);
}

/* another language */

struct plugin_texts {
    HASS_VEC(struct {
        struct plugin *plugin;
        json_t *local;
    })
    list;
};

struct plugin_texts *plugin_read_texts(struct plugin_store *store, const char *language)
{
    struct plugin_texts *texts = mem_zalloc(sizeof(*texts));

    lock_take(&store->lock);
    list_foreach(&store->plugins, struct plugin, plugin, link)
        vec_push(&texts->list,
                 ((typeof(*texts->list.data)){ plugin, read_local(plugin, language) }));
    lock_drop(&store->lock);
    return texts;
}

void plugin_use_texts(struct plugin_texts *texts)
{
    vec_foreach(&texts->list, text) {
        json_t *former = text->plugin->local;
        text->plugin->local = text->local;
        text->local = former;
    }
}

void plugin_texts_free(struct plugin_texts *texts)
{
    if (!texts)
        return;
    vec_foreach(&texts->list, text)
        json_decref(text->local);
    vec_fini(&texts->list);
    free(texts);
}

static void find_config_entries(struct plugin *plugin, unsigned entries, void *handle)
{
    if (entries & ELF_ASYNC_SETUP_ENTRY)
        plugin->async_setup_entry = dlsym(handle, "async_setup_entry");
    if (entries & ELF_SETUP_ENTRY)
        plugin->setup_entry = dlsym(handle, "setup_entry");
    if (entries & ELF_ASYNC_UNLOAD_ENTRY)
        plugin->async_unload_entry = dlsym(handle, "async_unload_entry");
    if (entries & ELF_ASYNC_REMOVE_ENTRY)
        plugin->async_remove_entry = dlsym(handle, "async_remove_entry");
    if (entries & ELF_ASYNC_MIGRATE_ENTRY)
        plugin->async_migrate_entry = dlsym(handle, "async_migrate_entry");
    if (entries & ELF_ASYNC_REMOVE_CONFIG_ENTRY_DEVICE)
        plugin->async_remove_config_entry_device =
            dlsym(handle, "async_remove_config_entry_device");
    if (entries & ELF_ASYNC_SETUP_ENTRY_PLATFORM)
        plugin->async_setup_entry_platform = dlsym(handle, "async_setup_entry_platform");
    if (entries & ELF_SETUP_ENTRY_PLATFORM)
        plugin->setup_entry_platform = dlsym(handle, "setup_entry_platform");
}

/* The lock is held. */
static int map_copy(struct plugin_store *store, struct plugin *plugin, unsigned entries,
                    struct hass_error *err)
{
    if (store->count >= PLUGIN_MAX_MAPPINGS)
        return hass_fail(err, HASS_E_LIMIT,
                         "%d integration files have been opened since the start: restart to load",
                         PLUGIN_MAX_MAPPINGS);
    store->count++;
    void *handle;
    struct lastwords *lastwords = runtime_of(store->hass)->lastwords;
    lastwords_set_loading(lastwords, plugin->domain);
    int r = plugin_map(plugin->copy, plugin->domain, &handle, &plugin->manifest, err);
    lastwords_set_loading(lastwords, NULL);
    if (r < 0)
        return r;
    find_entries(plugin, entries, handle);
    plugin->handle = handle;
    find_strings(store, plugin);
    find_config_entries(plugin, entries, handle);
    struct range_search search = {
        .hass = store->hass,
        .domain = plugin->domain,
        .inside = dlsym(handle, "hass_manifest"),
    };
    dl_iterate_phdr(add_ranges, &search);
    list_append(&store->plugins, &plugin->link);
    return 0;
}

static HASS_BLOCKING int probe(struct plugin_store *store, const struct plugin *plugin,
                               struct hass_error *err)
{
    if (!store->probe_program || probe_memory_has(store->memory, plugin->id))
        return 0;
    struct hass_error failure = HASS_ERROR_INIT;
    int r = probe_run(store->hass, store->probe_program, plugin->copy, &failure);
    if (r == HASS_E_PLUGIN || r == -ECANCELED)
        return hass_error_copy(err, &failure);
    if (r < 0)
        hass_warning("%s is opened without a probe: %s", plugin->domain, failure.message);
    else
        probe_memory_add(store->memory, plugin->id);
    return 0;
}

static HASS_BLOCKING int open_new(struct plugin_store *store, struct plugin *plugin,
                                  unsigned entries, const void *data, size_t size,
                                  struct hass_error *err)
{
    /* One scratch home after another shares a folder of copies, and with them what is mapped. */
    bool is_there = store->hass->scratch && access(plugin->copy, R_OK) == 0;
    int r = is_there ? 0 : file_replace(plugin->copy, data, size, 0500, err);

    if (r == 0)
        r = probe(store, plugin, err);
    if (r < 0)
        return r;
    lock_take(&store->lock);
    r = map_copy(store, plugin, entries, err);
    lock_drop(&store->lock);
    return r;
}

int plugin_open(struct plugin_store *store, const char *domain, const char *path,
                struct plugin **ret_plugin, struct hass_error *err)
{
    autofree void *data = NULL;
    size_t size;
    struct elf_info info;
    char id[PLUGIN_ID_MAX + 1];
    int r = prepare_folder(store, err);

    if (r == 0)
        r = plugin_read(path, &data, &size, err);
    if (r == 0)
        r = elf_look(data, size, &info, err);
    if (r < 0)
        return r;
    make_id(&info, data, size, id);
    struct plugin *plugin = find(store, domain, id);
    if (!plugin) {
        plugin = mem_zalloc(sizeof(*plugin));
        plugin->domain = mem_strdup(domain);
        plugin->copy = mem_printf("%s/%s-%s.so", store->folder, domain, id);
        memcpy(plugin->id, id, sizeof(id));
        r = open_new(store, plugin, info.entries, data, size, err);
        if (r < 0) {
            (void)unlink(plugin->copy);
            plugin_free(plugin);
            return r;
        }
    }
    *ret_plugin = plugin;
    return 0;
}
