/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sections are split into the integration's own part and the entries of platforms. An entry is checked by one table, made of
 * the keys that every platform has and those that its integration lists.
 */
#include "loader/settings.h"

#include <string.h>

#include <hass/cleanup.h>
#include <hass/log.h>
#include <hass/vec.h>

#include "base/mem.h"
#include "data/diagnostic.h"
#include "data/schema_check.h"
#include "loader/manifest.h"

struct config_file *settings_empty(void)
{
    struct config_file *file = mem_zalloc(sizeof(*file));

    file->core = json_object();
    file->sections = json_object();
    file->marks = yaml_marks_new();
    return file;
}

const json_t *settings_section(const struct config_file *file, const char *domain)
{
    if (strcmp(domain, "homeassistant") == 0)
        return NULL; /* the core's, see settings_core_values */
    return hass_json_get(file->sections, domain);
}

bool settings_same(const struct config_file *a, const struct config_file *b, const char *domain)
{
    const json_t *in_a = hass_json_get(a->sections, domain);
    const json_t *in_b = hass_json_get(b->sections, domain);

    return in_a && in_b ? hass_json_equal(in_a, in_b) : in_a == in_b;
}

struct mark settings_section_mark(const struct config_file *file, const char *domain, bool name)
{
    const json_t *sections;
    const struct yaml_marks *marks = config_file_marks(file, domain, &sections);

    return name ? yaml_marks_key(marks, sections, domain)
                : yaml_marks_find(marks, sections, domain);
}

static void keep_changed(struct config_file *file, const struct config_file *former,
                         const json_t *sections, const char *domain)
{
    HASS_VEC(const char *) changed = { 0 };
    const char *other;
    json_t *section;

    json_object_foreach((json_t *)sections, other, section)
        if (strcmp(other, domain) != 0 && !settings_same(file, former, other))
            vec_push(&changed, other);
    vec_foreach(&changed, name)
        config_file_keep(file, former, *name);
    vec_fini(&changed);
}

void settings_follow(struct config_file *file, const struct config_file *former, const char *domain)
{
    autojson *sections = json_copy(file->sections);

    keep_changed(file, former, sections, domain);
    keep_changed(file, former, former->sections, domain);
    json_decref(file->core);
    file->core = hass_json_ref(former->core);
}

/* platform entries */

static bool is_platform(const json_t *entry)
{
    return hass_json_get(entry, "platform") != NULL;
}

const json_t *settings_next_platform(const json_t *section, size_t *pos)
{
    if (json_is_object(section))
        return (*pos)++ == 0 && is_platform(section) ? section : NULL;
    while (*pos < json_array_size(section)) {
        const json_t *entry = json_array_get(section, (*pos)++);
        if (is_platform(entry))
            return entry;
    }
    return NULL;
}

bool settings_names_platform(const struct config_file *file, const char *name)
{
    const char *domain;
    json_t *section;

    json_object_foreach(file->sections, domain, section) {
        const json_t *entry;
        size_t pos = 0;
        while ((entry = settings_next_platform(section, &pos)))
            if (strcmp(hass_json_get_string(entry, "platform", ""), name) == 0)
                return true;
    }
    return false;
}

json_t *settings_names(const struct config_file *file)
{
    json_t *names = json_object();
    const char *domain;
    json_t *section;

    json_object_foreach(file->sections, domain, section) {
        const json_t *entry;
        size_t pos = 0;
        json_object_set_new(names, domain, json_true());
        while ((entry = settings_next_platform(section, &pos)))
            json_object_set_new(names, hass_json_get_string(entry, "platform", ""), json_true());
    }
    return names;
}

/* "sensor->3" for an item of the section; the domain alone for what stands nowhere. */
static char *path_of_entry(const struct config_file *file, const char *domain, const json_t *entry)
{
    const json_t *section = hass_json_get(file->sections, domain);

    for (size_t i = 0; i < json_array_size(section); i++)
        if (hass_json_equal(json_array_get(section, i), entry)) // it may have been read again since
            return mem_printf("%s->%zu", domain, i);
    return mem_strdup(domain);
}

/* leaving out */

static bool wanted(const char *domain, const json_t *entry, const struct hass_strmap *only)
{
    const char *platform = hass_json_get_string(entry, "platform", NULL);

    return hass_strmap_get(only, platform && is_platform(entry) ? platform : domain) != NULL;
}

/* What is left of a section; NULL: nothing. Items keep their places in the file. */
static json_t *wanted_part(struct config_file *file, const char *domain, const json_t *section,
                           const struct hass_strmap *only)
{
    bool own = hass_strmap_get(only, domain) != NULL;

    if (!json_is_array(section))
        return wanted(domain, section, only) ? hass_json_ref(section) : NULL;
    json_t *part = json_array();
    for (size_t i = 0; i < json_array_size(section); i++) {
        json_t *item = json_array_get(section, i);
        if (!wanted(domain, item, only))
            continue;
        json_array_append(part, item);
        yaml_marks_add_item(file->marks, part, yaml_marks_item(file->marks, section, i));
    }
    if (own || json_array_size(part) > 0)
        return part;
    json_decref(part);
    return NULL;
}

void settings_keep(struct config_file *file, const struct hass_strmap *only)
{
    json_t *sections = json_object();
    const char *domain;
    json_t *section;

    json_object_foreach(file->sections, domain, section) {
        json_t *part = wanted_part(file, domain, section, only);
        if (!part)
            continue;
        json_object_set_new(sections, domain, part);
        yaml_marks_set_member(file->marks, sections, domain,
                              yaml_marks_key(file->marks, file->sections, domain),
                              yaml_marks_member(file->marks, file->sections, domain));
    }
    json_decref(file->sections);
    file->sections = sections;
}

/* What every platform has, before the keys of its own. */
static const struct hass_field platform_fields[] = {
    HASS_FIELD("platform", &hass_type_slug, .required = true,
               .doc = "The integration that offers it"),
    HASS_FIELD("entity_namespace", &hass_type_string,
               .doc = "Put before the names of its entities"),
    HASS_FIELD("scan_interval", &hass_type_duration, .min = 0.1, .max = 86400 * 365.0,
               .doc = "Seconds between two updates"),
};
enum {
    PLATFORM_FIELDS = sizeof(platform_fields) / sizeof(platform_fields[0]),
};

/* The table for an entry; @ret_fields is the caller's. */
static struct hass_schema combine(const struct hass_schema *own, struct hass_field **ret_fields)
{
    struct hass_schema schema = { .size = sizeof(schema), .extra = true };

    if (own)
        schema = schema_copy(own);
    struct hass_field *fields = mem_calloc(PLATFORM_FIELDS + schema.count, sizeof(*fields));
    memcpy(fields, platform_fields, sizeof(platform_fields));
    for (uint32_t i = 0; i < schema.count; i++) {
        fields[PLATFORM_FIELDS + i] = schema_field_at(own, i);
        fields[PLATFORM_FIELDS + i].size = sizeof(*fields);
    }
    schema.size = sizeof(schema);
    schema.fields = *ret_fields = fields;
    schema.count += PLATFORM_FIELDS;
    return schema;
}

/* checking */

/* The error that callers pass on: the first diagnostic from number @from on. */
static int refuse(const struct diagnostics *all, size_t from, struct hass_error *err)
{
    for (size_t i = from; i < all->list.length; i++) {
        const struct diagnostic *first = &all->list.data[i];
        if (first->severity != DIAGNOSTIC_ERROR)
            continue;
        if (first->file && first->line > 0)
            return hass_fail(err, HASS_E_INVALID, "its configuration is wrong, %s:%u: %s",
                             first->file, first->line, first->message);
        return hass_fail(err, HASS_E_INVALID, "its configuration is wrong: %s%s%s",
                         first->path ? first->path : "", first->path ? ": " : "", first->message);
    }
    return hass_fail(err, HASS_E_INVALID, "its configuration is wrong");
}

int settings_check_platform(struct config_file *file, const char *domain, const json_t *entry,
                            const struct hass_manifest *manifest, struct diagnostics *diagnostics,
                            json_t **ret_config, struct hass_error *err)
{
    const struct hass_schema *own = NULL;
    size_t from = diagnostics->list.length;

    (void)manifest_find_platform(manifest, domain, &own);
    autofree struct hass_field *fields = NULL;
    autofree char *path = path_of_entry(file, domain, entry);
    struct hass_schema schema = combine(own, &fields);
    int r = schema_check_marked(&schema, entry, config_file_marks(file, domain, NULL), path,
                                diagnostics, ret_config);
    return r < 0 ? refuse(diagnostics, from, err) : 0;
}

/* What is left of a section without the entries of platforms: NULL when that is nothing. A list keeps its places. */
static json_t *own_part(struct yaml_marks *marks, const json_t *section)
{
    if (json_is_object(section))
        return is_platform(section) || json_object_size(section) == 0 ? NULL
                                                                      : hass_json_ref(section);
    if (!json_is_array(section))
        return json_is_null(section) ? NULL : hass_json_ref(section);
    size_t pos = 0;
    if (!settings_next_platform(section, &pos))
        return json_array_size(section) ? hass_json_ref(section) : NULL;
    json_t *own = json_array();
    for (size_t i = 0; i < json_array_size(section); i++) {
        json_t *item = json_array_get(section, i);
        if (is_platform(item))
            continue;
        json_array_append(own, item);
        yaml_marks_add_item(marks, own, yaml_marks_item(marks, section, i));
    }
    if (json_array_size(own) > 0)
        return own;
    json_decref(own);
    return NULL;
}

/* The key that was meant to be "platform", if one is near it. */
static char *hint_for_platform(const json_t *item)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)item, key, value) {
        struct nearest nearest = { .word = key };
        nearest_offer(&nearest, "platform");
        char *hint = nearest_hint(&nearest);
        if (hint)
            return hint;
    }
    return mem_strdup("add `platform:` with the name of the integration that provides it");
}

static void complain_of_item(struct config_file *file, const char *domain, const json_t *own,
                             size_t index, struct diagnostics *diagnostics)
{
    autofree char *hint = hint_for_platform(json_array_get(own, index));
    const struct diagnostic_about about = {
        .mark = yaml_marks_item(config_file_marks(file, domain, NULL), own, index),
        .path = domain,
        .hint = hint,
    };

    diagnostics_add(diagnostics, DIAGNOSTIC_ERROR, &about,
                    "required key 'platform' is missing: this item of %s is ignored", domain);
}

/* Something is written where the integration takes nothing of its own. */
static void complain_of_surplus(struct config_file *file, const char *domain, const json_t *own,
                                struct diagnostics *diagnostics)
{
    const struct diagnostic_about about = {
        .mark = settings_section_mark(file, domain, false),
        .path = domain,
    };

    if (!json_is_array(own))
        diagnostics_add(diagnostics, DIAGNOSTIC_WARNING, &about,
                        "integration %s takes no configuration of its own: this is ignored",
                        domain);
    for (size_t i = 0; i < json_array_size(own); i++)
        complain_of_item(file, domain, own, i, diagnostics);
}

/* A section that is a word or a number: the tables check what is inside of maps, so only here its place is known. */
static int refuse_scalar(struct config_file *file, const char *domain, const json_t *own,
                         struct diagnostics *diagnostics)
{
    const struct diagnostic_about about = {
        .mark = settings_section_mark(file, domain, false),
        .path = domain,
    };
    char text[SCHEMA_VALUE_TEXT];

    diagnostics_add(diagnostics, DIAGNOSTIC_ERROR, &about, "expected a map, got %s",
                    schema_describe_value(own, text));
    return HASS_E_INVALID;
}

static int check_own(struct config_file *file, const char *domain, const json_t *section,
                     const struct hass_manifest *manifest, struct diagnostics *diagnostics,
                     json_t **ret_own)
{
    if (manifest->async_check_config) {
        *ret_own = section && !json_is_null(section) ? hass_json_ref(section) : json_object();
        return 0;
    }
    struct yaml_marks *marks = config_file_marks(file, domain, NULL);
    autojson *own = own_part(marks, section);
    if (!manifest->config) {
        if (own)
            complain_of_surplus(file, domain, own, diagnostics);
        *ret_own = json_object();
        return 0;
    }
    if (!own)
        own = schema_copy(manifest->config).list ? json_array() : json_object();
    if (!json_is_object(own) && !json_is_array(own))
        return refuse_scalar(file, domain, own, diagnostics);
    return schema_check_marked(manifest->config, own, marks, domain, diagnostics, ret_own);
}

/* The list that a component gets: what is the domain's own, then the entries of platforms. */
static json_t *join(json_t *own, const json_t *section)
{
    json_t *all = json_is_array(own) ? own : json_array();
    const json_t *entry;
    size_t pos = 0;

    if (own != all && json_object_size(own) > 0)
        json_array_append_new(all, own);
    else if (own != all)
        json_decref(own);
    while ((entry = settings_next_platform(section, &pos)))
        json_array_append_new(all, hass_json_ref(entry));
    return all;
}

int settings_check(struct config_file *file, const char *domain,
                   const struct hass_manifest *manifest, struct diagnostics *diagnostics,
                   json_t **ret_config, struct hass_error *err)
{
    const json_t *section = settings_section(file, domain);
    size_t from = diagnostics->list.length;
    json_t *own = NULL;
    size_t pos = 0;

    if (check_own(file, domain, section, manifest, diagnostics, &own) < 0)
        return refuse(diagnostics, from, err);
    if (manifest->async_check_config)
        *ret_config = own;
    else
        *ret_config = settings_next_platform(section, &pos) ? join(own, section) : own;
    return 0;
}

/* the core's section */

/* Of the values of the home the bounds are those of core/config.c, which would refuse all of them for one. */
HASS_SCHEMA(
    core_schema, HASS_FIELD("name", &hass_type_string, .max = 31, .doc = "What the home is called"),
    HASS_FIELD("latitude", &hass_type_number, .min = -90, .max = 90, .doc = "Degrees north"),
    HASS_FIELD("longitude", &hass_type_number, .min = -180, .max = 180, .doc = "Degrees east"),
    HASS_FIELD("elevation", &hass_type_int, .min = -1e6, .max = 1e6, .doc = "Metres above the sea"),
    HASS_FIELD("radius", &hass_type_int, .min = 1, .max = 1e6, .doc = "Metres around the home"),
    HASS_FIELD("unit_system", &hass_type_enum,
               .words = HASS_WORDS("metric", "us_customary", "imperial"),
               .doc = "Units of the home"),
    HASS_FIELD("time_zone", &hass_type_time_zone, .doc = "IANA name, such as Europe/Berlin"),
    HASS_FIELD("currency", &hass_type_string, .min = 3, .max = 3, .doc = "ISO 4217 code"),
    HASS_FIELD("country", &hass_type_string, .min = 2, .max = 2, .nullable = true,
               .doc = "ISO 3166 code"),
    HASS_FIELD("language", &hass_type_string, .min = 2, .max = 15, .doc = "BCP 47 tag"),
    HASS_FIELD("debug", &hass_type_bool, .doc = "Report slow callbacks and blocking calls"),
    HASS_FIELD("packages", &hass_type_any, .doc = "Configuration in parts"),
    HASS_FIELD("customize", &hass_type_any, .doc = "Attributes by entity"),
    HASS_FIELD("customize_domain", &hass_type_any, .doc = "Attributes by domain"),
    HASS_FIELD("customize_glob", &hass_type_any, .doc = "Attributes by pattern"),
    HASS_FIELD("internal_url", &hass_type_any, .doc = "Where the home's network finds us"),
    HASS_FIELD("external_url", &hass_type_any, .doc = "Where the internet finds us"),
    HASS_FIELD("allowlist_external_dirs", &hass_type_string, .list = true, .max = 1000,
               .doc = "Folders in which services may write"),
    HASS_FIELD("allowlist_external_urls", &hass_type_any, .doc = "Addresses for services"),
    HASS_FIELD("auth_providers", &hass_type_any, .doc = "How people log in"),
    HASS_FIELD("auth_mfa_modules", &hass_type_any, .doc = "What they need besides"),
    HASS_FIELD("media_dirs", &hass_type_any, .doc = "Folders with media"),
    HASS_FIELD("legacy_templates", &hass_type_any, .deprecated = true, .doc = "No effect"),
    HASS_FIELD("temperature_unit", &hass_type_any, .deprecated = true,
               .doc = "Replaced by unit_system"));

/* The keys that are values of the home, by the name that the core has for them. */
static const struct {
    const char *key, *core;
} core_keys[] = {
    { "name", "location_name" }, { "latitude", NULL }, { "longitude", NULL },
    { "elevation", NULL },       { "radius", NULL },   { "unit_system", NULL },
    { "time_zone", NULL },       { "currency", NULL }, { "country", NULL },
    { "language", NULL },        { "debug", NULL },    { "allowlist_external_dirs", NULL },
};

/* One value, when it is right by itself. */
static json_t *check_core_value(const char *key, const json_t *value)
{
    autojson *alone = json_object();
    autojson *checked = NULL;

    json_object_set_new(alone, key, hass_json_ref(value));
    if (hass_schema_check(&core_schema, alone, &checked, NULL) < 0)
        return NULL;
    return hass_json_ref(hass_json_get(checked, key));
}

json_t *settings_core_values(struct config_file *file)
{
    autojson *checked = NULL;
    json_t *values = json_object();

    (void)schema_check_marked(&core_schema, file->core, file->marks, "homeassistant",
                              &file->diagnostics, &checked);
    for (size_t i = 0; i < sizeof(core_keys) / sizeof(core_keys[0]); i++) {
        const char *key = core_keys[i].key;
        const json_t *value = hass_json_get(file->core, key);
        json_t *good = value ? check_core_value(key, value) : NULL;
        if (good)
            json_object_set_new(values, core_keys[i].core ? core_keys[i].core : key, good);
    }
    return values;
}

/* telling */

void settings_complain(struct config_file *file, const char *domain, const json_t *entry,
                       const char *message)
{
    autofree char *path = entry ? path_of_entry(file, domain, entry) : mem_strdup(domain);
    const struct diagnostic_about about = {
        .mark = entry ? yaml_marks_member(config_file_marks(file, domain, NULL), entry, "platform")
                      : settings_section_mark(file, domain, true),
        .path = path,
    };

    diagnostics_add(&file->diagnostics, DIAGNOSTIC_ERROR, &about, "%s", message);
}

int settings_refuse(const struct diagnostics *diagnostics, const char *what, struct hass_error *err)
{
    const struct diagnostic *first = NULL;
    autobuf place = HASS_BUF_INIT;

    vec_foreach(&diagnostics->list, one)
        if (!first && one->severity == DIAGNOSTIC_ERROR)
            first = one;
    if (first && first->file)
        hass_buf_printf(&place, "%s:%u:%u: ", first->file, first->line, first->column);
    return hass_fail(err, HASS_E_INVALID, "%s has %zu %s%s%s; nothing was changed", what,
                     diagnostics->errors,
                     diagnostics->errors == 1 ? "error: " : "errors, the first of them: ",
                     hass_buf_string(&place), first ? first->message : "");
}

void settings_log(const struct diagnostics *diagnostics)
{
    vec_foreach(&diagnostics->list, one) {
        enum hass_log_level level =
            one->severity == DIAGNOSTIC_ERROR ? HASS_LOG_ERROR : HASS_LOG_WARNING;
        autobuf place = HASS_BUF_INIT;
        if (one->file)
            hass_buf_add_string(&place, one->file);
        if (one->line > 0)
            hass_buf_printf(&place, ":%u:%u", one->line, one->column);
        HASS__LOG(level, NULL, "%s%s%s%s%s%s%s%s", hass_buf_string(&place),
                  place.length ? ": " : "", one->message, one->path ? " (at " : "",
                  one->path ? one->path : "", one->path ? ")" : "", one->hint ? "; " : "",
                  one->hint ? one->hint : "");
    }
}
