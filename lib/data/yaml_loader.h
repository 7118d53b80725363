/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the parts of the YAML loader share: yaml_load.c reads files and finds syntax errors, yaml_build.c makes values of
 * libyaml's events, yaml_tags.c, yaml_include.c and yaml_secret.c know the tags, yaml_recover.c saves what it can,
 * yaml_renew.c reads again only what has changed.
 */
#pragma once

#include <sys/types.h>

#include <yaml.h>

#include <hass/strmap.h>

#include "data/yaml_load.h"
#include "data/yaml_outline.h"

/** One load, all files of it. */
struct yaml_loader {
    const char *root_dir; /* NULL: no file may be read */
    struct yaml_marks *marks;
    struct diagnostics *diagnostics;
    const struct yaml_marks *former; /* of what was read before; or NULL */
    struct hass_strmap *secrets;     /* folder → its secrets, a json_t object */
    size_t nodes, aliased;
    size_t remarks;    /* counts what makes a value more than its text: files, anchors, mistakes */
    size_t depth;      /* containers open now, in all files */
    size_t files;      /* open within each other */
    bool in_secrets;   /* reading a secrets file */
    bool over_a_limit; /* reported; nothing more is read */
};

/** One file, or a part of it that is parsed on its own. */
struct yaml_document {
    struct yaml_loader *loader;
    struct yaml_document *parent; /* that includes it */
    struct source *source;
    struct yaml_outline *outline; /* being made; NULL: none can be */
    const char *path;             /* of the file; NULL: a text */
    dev_t device;
    ino_t inode;
    uint32_t first_line;         /* of the part, counted from 0 */
    size_t outermost;            /* depth where it begins */
    struct hass_strmap *anchors; /* name → struct yaml_node */
    yaml_parser_t parser;
};

/** A value, and what it costs where it is used again. */
struct yaml_node {
    json_t *value;
    struct mark mark;
    size_t nodes;  /* values in it, aliases expanded */
    size_t height; /* levels of containers */
};

enum yaml_result {
    YAML_GOOD,
    YAML_SKIPPED, /* reported and left out; go on behind it */
    YAML_BROKEN,  /* the file cannot be read further: a syntax error, or a limit */
};

/* yaml_load.c */

/** Loads a file on behalf of @parent, NULL for the first; @mark is where it is asked for. */
enum yaml_result yaml_loader_read(struct yaml_loader *loader, struct yaml_document *parent,
                                  const char *path, struct mark mark, struct yaml_node *ret_node);
/** Parses @size bytes of the document's source at @text, which begin its line @first_line. A syntax error is reported. */
enum yaml_result yaml_parse_part(struct yaml_document *document, const char *text, size_t size,
                                 uint32_t first_line, struct yaml_node *ret_node);
struct yaml_node *yaml_node_free(struct yaml_node *node);

/** Reports an error at @mark; the caller goes on with the next value. Returns YAML_SKIPPED. */
enum yaml_result yaml_error(struct yaml_loader *loader, struct mark mark, const char *hint,
                            const char *format, ...) HASS_PRINTF(4, 5);
void yaml_warning(struct yaml_loader *loader, struct mark mark, const char *hint,
                  const char *format, ...) HASS_PRINTF(4, 5);
/** Reports that a limit is exceeded, once, and ends the whole load. Returns YAML_BROKEN. */
enum yaml_result yaml_over_limit(struct yaml_loader *loader, struct mark mark, const char *what,
                                 size_t limit);

/** The name shown to people: relative to the configuration folder where it is inside. */
const char *yaml_shown_name(const struct yaml_loader *loader, const char *path);

/* yaml_build.c */

/** Fetches the next event; a syntax error is reported, and false returned. */
bool yaml_next_event(struct yaml_document *document, yaml_event_t *ret_event);
/** Makes the value that begins with @event, which is consumed. */
enum yaml_result yaml_build(struct yaml_document *document, yaml_event_t *event,
                            struct yaml_node *ret_node);
struct mark yaml_mark_at(const struct yaml_document *document, const yaml_mark_t *mark);
/** Sets a member with its places; a duplicate is a warning, and wins. @value is taken. */
void yaml_set_member(struct yaml_loader *loader, json_t *object, const char *key,
                     struct mark key_mark, json_t *value, struct mark value_mark);

/* yaml_recover.c */

/** Reads a file with a syntax error one top-level key or item at a time. */
enum yaml_result yaml_recover(struct yaml_document *document, struct yaml_node *ret_node);

/* yaml_renew.c */

/**
 * Reads a file of which some items stand in it as before, @former being what it was. False: it has to be read as a whole, and what has
 * been reported is to be forgotten.
 */
bool yaml_renew(struct yaml_document *document, const struct source *former,
                struct yaml_node *ret_node);

/* yaml_tags.c */

/** A tag as people write it: "!!int". Owned by the caller. */
char *yaml_shown_tag(const char *tag);

/** Makes the value of a scalar with a tag. */
enum yaml_result yaml_build_tagged(struct yaml_document *document, const yaml_event_t *event,
                                   struct yaml_node *ret_node);

/* yaml_include.c, yaml_secret.c: tags by name, with what stands behind them. */

typedef enum yaml_result yaml_tag_fn(struct yaml_document *document, const char *argument,
                                     struct mark mark, struct yaml_node *ret_node);

yaml_tag_fn yaml_include;
yaml_tag_fn yaml_include_dir_list;
yaml_tag_fn yaml_include_dir_merge_list;
yaml_tag_fn yaml_include_dir_named;
yaml_tag_fn yaml_include_dir_merge_named;
yaml_tag_fn yaml_secret;
