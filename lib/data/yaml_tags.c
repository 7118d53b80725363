/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scalars with a tag: the model's own tags, and YAML's for those who insist on a type.
 */
#include <string.h>

#include <hass/cleanup.h>
#include <hass/json.h>

#include "base/mem.h"
#include "data/yaml_loader.h"
#include "data/yaml_scalar.h"

/* `!env_var NAME default words`: always text. */
static enum yaml_result env_var(struct yaml_document *document, const char *argument,
                                struct mark mark, struct yaml_node *ret_node)
{
    autofree char *name = mem_strndup(argument, strcspn(argument, " \t"));
    const char *fallback = argument + strlen(name);

    fallback += strspn(fallback, " \t");
    const char *value = getenv(name);
    if (*fallback && !value)
        value = fallback;
    if (!value)
        return yaml_error(document->loader, mark,
                          "set it, or give a default: !env_var NAME default",
                          "the environment variable '%s' is not set", name);
    ret_node->value = json_string(value);
    if (!ret_node->value)
        return yaml_error(document->loader, mark, NULL,
                          "the environment variable '%s' is not UTF-8", name);
    return YAML_GOOD;
}

/* The placeholder of a blueprint. */
static enum yaml_result input(struct yaml_document *document, const char *argument,
                              struct mark mark, struct yaml_node *ret_node)
{
    ret_node->value = json_pack("{s:s}", "!input", argument);
    ret_node->height = 1;
    yaml_marks_set(document->loader->marks, ret_node->value, mark);
    return YAML_GOOD;
}

char *yaml_shown_tag(const char *tag)
{
    static const char prefix[] = "tag:yaml.org,2002:";
    bool standard = strncmp(tag, prefix, strlen(prefix)) == 0;

    return standard ? mem_printf("!!%s", tag + strlen(prefix)) : mem_strdup(tag);
}

static const struct {
    const char *tag;
    yaml_tag_fn *build;
    bool inside; /* what it means is there in the text */
} tags[] = {
    { "!include", yaml_include, false },
    { "!include_dir_list", yaml_include_dir_list, false },
    { "!include_dir_merge_list", yaml_include_dir_merge_list, false },
    { "!include_dir_named", yaml_include_dir_named, false },
    { "!include_dir_merge_named", yaml_include_dir_merge_named, false },
    { "!secret", yaml_secret, false },
    { "!env_var", env_var, false },
    { "!input", input, true },
};

/* "tag:yaml.org,2002:int" and so on: the resolver must come to the same result. */
static enum yaml_result build_typed(struct yaml_document *document, const char *tag,
                                    const yaml_event_t *event, struct yaml_node *ret_node)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;

    if (strcmp(tag, YAML_STR_TAG) == 0) {
        ret_node->value = json_stringn(text, length);
        return YAML_GOOD;
    }
    autojson *value = yaml_resolve_scalar(text, length);
    if (strcmp(tag, YAML_FLOAT_TAG) == 0 && json_is_integer(value)) {
        ret_node->value = json_real((double)json_integer_value(value));
        return YAML_GOOD;
    }
    bool good = (strcmp(tag, YAML_INT_TAG) == 0 && json_is_integer(value)) ||
                (strcmp(tag, YAML_FLOAT_TAG) == 0 && json_is_real(value)) ||
                (strcmp(tag, YAML_BOOL_TAG) == 0 && json_is_boolean(value)) ||
                (strcmp(tag, YAML_NULL_TAG) == 0 && json_is_null(value));
    if (!good) {
        autofree char *shown = yaml_shown_tag(tag);
        return yaml_error(document->loader, ret_node->mark, NULL, "'%s' is no %s", text, shown);
    }
    ret_node->value = steal(value);
    return YAML_GOOD;
}

static bool is_typed(const char *tag)
{
    static const char *const known[] = { YAML_STR_TAG, YAML_INT_TAG, YAML_FLOAT_TAG, YAML_BOOL_TAG,
                                         YAML_NULL_TAG };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(tag, known[i]) == 0)
            return true;
    }
    return false;
}

static enum yaml_result fail_unknown(struct yaml_document *document, const char *tag,
                                     struct mark mark)
{
    struct nearest nearest = { .word = tag };

    for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
        nearest_offer(&nearest, tags[i].tag);
    autofree char *hint = nearest_hint(&nearest), *shown = yaml_shown_tag(tag);
    return yaml_error(document->loader, mark,
                      hint ? hint : "put text that begins with '!' in quotes", "unknown tag '%s'",
                      shown);
}

enum yaml_result yaml_build_tagged(struct yaml_document *document, const yaml_event_t *event,
                                   struct yaml_node *ret_node)
{
    const char *tag = (const char *)event->data.scalar.tag;

    if (is_typed(tag))
        return build_typed(document, tag, event, ret_node);
    // "!" alone: text, whatever it looks like.
    if (strcmp(tag, "!") == 0)
        return build_typed(document, YAML_STR_TAG, event, ret_node);
    for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
        if (strcmp(tag, tags[i].tag) != 0)
            continue;
        const char *argument = (const char *)event->data.scalar.value;
        if (!*argument)
            return yaml_error(document->loader, ret_node->mark, NULL, "%s wants a name behind it",
                              tag);
        // Whatever it brings is one level more at least when it is a container.
        if (document->loader->depth == HASS_JSON_MAX_DEPTH)
            return yaml_error(document->loader, ret_node->mark, NULL, "more than %d levels",
                              HASS_JSON_MAX_DEPTH);
        document->loader->remarks += !tags[i].inside;
        return tags[i].build(document, argument, ret_node->mark, ret_node);
    }
    return fail_unknown(document, tag, ret_node->mark);
}
