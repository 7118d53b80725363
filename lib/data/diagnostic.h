/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What is wrong with a configuration, and where: collected, not thrown, so that one run shows everything.
 *
 *     configuration.yaml:12:15: error: expected a whole number, got 'fast'
 *        12 |   interval: fast
 *           |             ^
 *        at: blink->interval
 *        hint: did you mean 'slow'?
 */
#pragma once

#include <hass/buf.h>
#include <hass/types.h>
#include <hass/vec.h>

struct yaml_outline;

/** The text of a file that was read, as long as its marks live. */
struct source {
    char *name; /* relative to the configuration folder */
    char *text;
    size_t size;
    bool secret;                  /* its lines are never shown */
    uint32_t number;              /* among the files of its marks, from 1 */
    struct yaml_outline *outline; /* where its items begin; or NULL */
};

/** A place in a file. Line and column count from 1, in characters; line 0: only the file is known. */
struct mark {
    const struct source *source; /* NULL: unknown */
    uint32_t line, column;
};

enum diagnostic_severity {
    DIAGNOSTIC_WARNING,
    DIAGNOSTIC_ERROR,
};

struct diagnostic {
    enum diagnostic_severity severity;
    uint32_t line, column; /* 0: unknown */
    char *file;            /* or NULL */
    char *path;            /* in the document: "sensor->0->name"; or NULL */
    char *message;         /* one line, no full stop */
    char *hint;            /* or NULL */
    char *source_line;     /* or NULL */
};

/** Beyond this number of diagnostics only errors and warnings are counted. */
#define DIAGNOSTICS_MAX 1000

struct diagnostics {
    HASS_VEC(struct diagnostic) list;
    size_t errors, warnings; /* all, also those beyond the limit */
    size_t omitted;
};

#define DIAGNOSTICS_INIT                                                                           \
    {                                                                                              \
        0                                                                                          \
    }

/** What a diagnostic says beside its message; every member may be absent. */
struct diagnostic_about {
    struct mark mark;
    const char *path;
    const char *hint;
    bool hide_source; /* the line may hold a secret */
};

/** Adds one; everything is copied. */
void diagnostics_add(struct diagnostics *diagnostics, enum diagnostic_severity severity,
                     const struct diagnostic_about *about, const char *format, ...)
    HASS_PRINTF(4, 5);

void diagnostics_fini(struct diagnostics *diagnostics);

/** How many there are, to take back what is added from here on. */
struct diagnostics_checkpoint {
    size_t length, errors, warnings, omitted;
};

struct diagnostics_checkpoint diagnostics_checkpoint(const struct diagnostics *diagnostics);
void diagnostics_return_to(struct diagnostics *diagnostics,
                           const struct diagnostics_checkpoint *checkpoint);

/** Appends the form shown above, with line ends. */
void diagnostic_format(const struct diagnostic *diagnostic, struct hass_buf *buf);

/** All of them, each as diagnostic_format, and a line about those left out. */
void diagnostics_format(const struct diagnostics *diagnostics, struct hass_buf *buf);

/** Shape: {severity, file, line, column, path, message, hint}; what is unknown is null. Owned by the caller. */
json_t *diagnostic_as_json(const struct diagnostic *diagnostic);

/** Shape: [diagnostic, …]. Owned by the caller. */
json_t *diagnostics_as_json(const struct diagnostics *diagnostics);

/** Lends a line of a source without its end, @ret_length bytes; NULL beyond the end. */
const char *source_line(const struct source *source, uint32_t line, size_t *ret_length);

/** The search for the word most like another: set @word, offer candidates, read @best (NULL: none is near). */
struct nearest {
    const char *word;
    const char *best;
    size_t distance;
};

void nearest_offer(struct nearest *nearest, const char *candidate);

/** "did you mean 'x'?", owned by the caller; NULL when nothing is near. */
char *nearest_hint(const struct nearest *nearest);
