/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Importable templates: every *.jinja below custom_templates/, by its path relative to that folder. A pool thread reads and compiles
 * them; the loop then takes the whole set at once. A file that does not compile is kept with its error, which is what a
 * template that imports it gets to see.
 */
#include "helpers/template_custom.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <hass/cleanup.h>
#include <hass/config.h>
#include <hass/executor.h>
#include <hass/log.h>
#include <hass/strmap.h>
#include <hass/template.h>

#include "base/fs.h"
#include "base/mem.h"
#include "helpers/helpers.h"

#define FOLDER "custom_templates"

enum {
    MAX_DEPTH = 16, /* folders within each other */
};

struct custom {
    struct tmpl_template *template; /* NULL: it does not compile */
    struct tmpl_error error;
};

static void free_custom(void *object)
{
    struct custom *custom = object;

    tmpl_unref(custom->template);
    free(custom);
}

/* reading, on a pool thread */

/* What one reading finds; counted, since its job may outlive who waits for it. */
struct reading {
    _Atomic unsigned refs;
    char *root;
    struct hass_strmap *found; /* struct custom by name */
    size_t files;              /* seen, those that are left out, too */
};

static void reading_unref(void *object)
{
    struct reading *reading = object;

    if (--reading->refs)
        return;
    hass_strmap_destroy(reading->found);
    free(reading->root);
    free(reading);
}

static struct custom *compile(const char *name, const char *source, size_t length)
{
    struct custom *custom = mem_zalloc(sizeof(*custom));

    custom->template = tmpl_compile(template_env(), source, length, name, &custom->error);
    return custom;
}

/* The file as a text owned by the caller; NULL with a warning. */
static char *read_text(const char *path, const char *name, size_t *ret_length)
{
    autoclose int fd = fs_open(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
    struct stat status;
    int r = fd < 0 ? fd : fs_stat(fd, &status);

    if (r == 0 && !S_ISREG(status.st_mode))
        r = -EINVAL;
    if (r == 0 && status.st_size > TEMPLATE_CUSTOM_MAX_BYTES) {
        hass_warning(FOLDER "/%s is left out: it has %lld bytes, at most %d are allowed", name,
                     (long long)status.st_size, TEMPLATE_CUSTOM_MAX_BYTES);
        return NULL;
    }
    autofree char *text = mem_alloc(r == 0 ? (size_t)status.st_size + 1 : 1);
    ssize_t length = r < 0 ? r : fs_read_full(fd, text, (size_t)status.st_size);
    if (length < 0) {
        hass_warning(FOLDER "/%s is left out: %s", name, strerrordesc_np((int)-length));
        return NULL;
    }
    *ret_length = (size_t)length;
    return steal(text);
}

static void read_template(struct reading *reading, const char *path)
{
    const char *name = path + strlen(reading->root) + 1;
    size_t length;

    if (reading->files++ >= TEMPLATE_CUSTOM_MAX_FILES) {
        if (reading->files == TEMPLATE_CUSTOM_MAX_FILES + 1)
            hass_warning(FOLDER "/%s and what follows is left out: at most %d files are read", name,
                         TEMPLATE_CUSTOM_MAX_FILES);
        return;
    }
    autofree char *text = read_text(path, name, &length);
    if (!text)
        return;
    struct custom *custom = compile(name, text, length);
    if (!custom->template)
        hass_warning(FOLDER "/%s:%u:%u: %s", name, custom->error.line, custom->error.column,
                     custom->error.message);
    hass_strmap_set(reading->found, name, custom);
}

static bool is_template(const char *name)
{
    size_t length = strlen(name);

    return length > 6 && strcmp(name + length - 6, ".jinja") == 0;
}

static void read_folder(struct reading *reading, const char *folder, unsigned depth)
{
    struct dirent **entries;
    int count = -1;

    if (depth <= MAX_DEPTH)
        count = scandir(folder, &entries, NULL, alphasort);
    else
        hass_warning("%s is left out: it is in more than %d folders within each other", folder,
                     MAX_DEPTH);
    for (int i = 0; i < count; i++) {
        autofree struct dirent *entry = entries[i];
        autofree char *path = mem_printf("%s/%s", folder, entry->d_name);
        struct stat status;
        if (entry->d_name[0] == '.' || stat(path, &status) < 0)
            continue;
        if (S_ISDIR(status.st_mode))
            read_folder(reading, path, depth + 1);
        else if (is_template(entry->d_name))
            read_template(reading, path);
    }
    if (count >= 0)
        free(entries);
}

static HASS_BLOCKING int read_all(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct reading *reading = userdata;

    read_folder(reading, reading->root, 1);
    return 0;
}

/* on the loop */

int hass_template_async_load_custom(struct hass *hass, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.template.async_load_custom", err);
    struct reading *reading = mem_zalloc(sizeof(*reading));
    struct hass_job job = HASS_JOB_EXECUTOR(read_all, reading);

    reading->refs = 2;
    reading->root = hass_config_path(hass, FOLDER);
    reading->found = hass_strmap_create(free_custom);
    job.destroy = reading_unref;
    int r = hass_async_run_in_executor(hass, job, err);
    if (r == 0) {
        struct helpers *helpers = helpers_of(hass);
        hass_strmap_destroy(helpers->custom_templates);
        helpers->custom_templates = steal(reading->found);
    }
    reading_unref(reading);
    return r;
}

int template_custom_async_add(struct hass *hass, const char *name, const char *source,
                              size_t length, struct hass_error *err)
{
    struct helpers *helpers = helpers_of(hass);
    struct custom *custom = compile(name, source, length);
    int r = custom->template ? 0 : template_fail(&custom->error, err);

    if (!helpers->custom_templates)
        helpers->custom_templates = hass_strmap_create(free_custom);
    hass_strmap_set(helpers->custom_templates, name, custom);
    return r;
}

const struct tmpl_template *template_custom_find(struct hass *hass, const char *name, size_t length,
                                                 struct tmpl_error *ret_error)
{
    const struct hass_strmap *templates = helpers_of(hass)->custom_templates;
    const struct custom *custom = templates ? hass_strmap_get_n(templates, name, length) : NULL;

    if (!custom)
        return NULL;
    if (!custom->template)
        *ret_error = custom->error;
    return custom->template;
}
