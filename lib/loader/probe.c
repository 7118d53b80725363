/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both sides of the probe: hass_probe is what the child does, probe_run starts it and reads its verdict. The memory is a
 * map of ids under a lock, rewritten as a whole when one is added: that happens once for each new file.
 */
#include "loader/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <hass/daemon.h>
#include <hass/json.h>
#include <hass/log.h>
#include <hass/process.h>
#include <hass/strmap.h>

#include "base/mem.h"
#include "core/lock.h"
#include "loader/file.h"
#include "loader/plugin.h"

#define MEMORY_MAX_SIZE (1 << 20)
#define MEMORY_MAX_IDS  2000

struct probe_memory {
    struct lock lock;
    char *path;
    struct hass_strmap *passed; /* id: itself, in order of their arrival */
};

/* the memory */

static void memory_load(struct probe_memory *memory)
{
    autofree void *data = NULL;
    size_t size;
    autojson *root = NULL;

    if (file_read(memory->path, MEMORY_MAX_SIZE, &data, &size, NULL) < 0 ||
        hass_json_parse(data, size, MEMORY_MAX_SIZE, &root, NULL) < 0)
        return; /* the first start, or damaged: everything is probed again */
    const json_t *list = hass_json_get(root, "passed");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *id = json_string_value(json_array_get(list, i));
        if (id)
            hass_strmap_set(memory->passed, id, memory);
    }
}

struct probe_memory *probe_memory_create(const char *path)
{
    struct probe_memory *memory = mem_zalloc(sizeof(*memory));

    memory->path = mem_strdup(path);
    memory->passed = hass_strmap_create(NULL);
    memory_load(memory);
    return memory;
}

struct probe_memory *probe_memory_destroy(struct probe_memory *memory)
{
    if (!memory)
        return NULL;
    hass_strmap_destroy(memory->passed);
    free(memory->path);
    free(memory);
    return NULL;
}

bool probe_memory_has(struct probe_memory *memory, const char *id)
{
    lock_take(&memory->lock);
    bool found = hass_strmap_get(memory->passed, id);
    lock_drop(&memory->lock);
    return found;
}

/* Drops the oldest beyond the limit; the lock is held. */
static void memory_write(struct probe_memory *memory)
{
    autobuf text = HASS_BUF_INIT;
    autojson *list = json_array();
    const char *id;
    void *unused;

    strmap_foreach(memory->passed, id, unused) {
        if (hass_strmap_count(memory->passed) > MEMORY_MAX_IDS)
            hass_strmap_remove(memory->passed, id);
        else
            json_array_append_new(list, json_string(id));
    }
    autojson *root = json_pack("{s:i, s:O}", "version", 1, "passed", list);
    hass_json_write_pretty(root, &text);
    struct hass_error err = HASS_ERROR_INIT;
    if (file_replace(memory->path, text.data, text.length, 0600, &err) < 0)
        hass_warning("Probed files are not remembered: %s", err.message);
}

void probe_memory_add(struct probe_memory *memory, const char *id)
{
    lock_take(&memory->lock);
    hass_strmap_set(memory->passed, id, memory);
    memory_write(memory);
    lock_drop(&memory->lock);
}

/* the parent */

/* The verdict is the last line that the child wrote: a constructor may have written others. */
static const char *last_line(char *output, size_t size)
{
    while (size > 0 && output[size - 1] == '\n')
        output[--size] = '\0';
    char *line = strrchr(output, '\n');
    return line ? line + 1 : output;
}

static int read_verdict(struct hass_process_result *result, struct hass_error *err)
{
    if (result->status == 0)
        return 0;
    if (result->status > 128) {
        int number = result->status - 128;
        const char *name = sigabbrev_np(number);
        return hass_fail(err, HASS_E_PLUGIN,
                         "opening the file crashes (SIG%s in a constructor or a library of its): "
                         "it was not loaded",
                         name ? name : "?");
    }
    const char *line = result->output ? last_line(result->output, result->output_size) : "";
    return hass_fail(err, HASS_E_PLUGIN, "%s",
                     *line ? line
                           : "the probe of the file failed without a word: it was not loaded");
}

int probe_run(struct hass *hass, const char *program, const char *path, struct hass_error *err)
{
    struct hass_process_result result = HASS_PROCESS_RESULT_INIT;
    struct hass_error failure = HASS_ERROR_INIT;
    const struct hass_process_options options = {
        .size = sizeof(options),
        .argv = (const char *const[]){ program, "--probe", path, NULL },
        .timeout = PLUGIN_PROBE_LIMIT,
        .output_limit = 16 << 10,
    };
    int r = hass_process_run(hass, &options, &result, &failure);

    if (r == 0)
        r = read_verdict(&result, err);
    else if (r == -ETIMEDOUT)
        r = hass_fail(
            err, HASS_E_PLUGIN,
            "opening the file did not end within %g s (a constructor hangs): it was not loaded",
            PLUGIN_PROBE_LIMIT);
    else
        r = hass_fail(err, r, "cannot run the probe %s: %s", program, failure.message);
    hass_process_result_fini(&result);
    return r;
}

/* the child */

static int probe_file(const char *path, const char *domain, struct hass_buf *report,
                      struct hass_error *err)
{
    autofree void *data = NULL;
    size_t size;
    struct elf_info info;
    struct hass_manifest manifest;
    void *handle;
    int r = plugin_read(path, &data, &size, err);

    if (r == 0)
        r = elf_look(data, size, &info, err);
    if (r == 0)
        r = plugin_map(path, domain, &handle, &manifest, err);
    if (r < 0)
        return r;
    autojson *summary =
        json_pack("{s:s, s:s?, s:s, s:s}", "domain", manifest.domain, "name", manifest.name,
                  "version", manifest.version, "build_id", info.build_id);
    hass_json_write(summary, report);
    hass_buf_add_char(report, '\n');
    return 0;
}

int hass_probe(const char *path, struct hass_buf *report)
{
    /* A crash is an answer here, not something to keep. */
    setrlimit(RLIMIT_CORE, &(struct rlimit){ 0 });
    struct hass_error err = HASS_ERROR_INIT;
    autofree char *domain = plugin_domain_of_path(path) ?: plugin_domain_of_copy(path);
    if (!domain)
        hass_fail(&err, HASS_E_PLUGIN, "%s: expected a file named <domain>.so", path);
    else
        probe_file(path, domain, report, &err);
    if (err.code != 0)
        hass_buf_printf(report, "%s\n", err.message);
    return err.code == 0 ? 0 : 1;
}
