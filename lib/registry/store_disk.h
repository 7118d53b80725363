/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One store's file: reading and replacing it. Everything here blocks and knows no hass, so that it runs on any thread.
 */
#pragma once

#include <hass/error.h>
#include <hass/json.h>

#define STORE_MAX_BYTES  (64u << 20)   /* of a file that is read into a json_t */
#define STORE_MAX_STREAM (1024u << 20) /* of one that is read in pieces */
#define STORE_PIECE      (64u << 10)

/* Where the file is, and as what it is read and written. Lends everything. */
struct disk_file {
    const char *folder; /* ".storage", made when it is not there */
    const char *key;    /* the file's name */
    const char *token;  /* of this process's temporary files */
    int max_version;    /* the newest that can be read */
    bool private_file;
    int64_t now; /* for the names of what is set aside */
};

/* What was found. */
struct disk_content {
    int version, minor_version; /* 0: nothing was read */
    json_t *data;               /* owned by whoever has this; NULL: there is none */
    char *aside;                /* the path that a corrupt file has now; owned; or NULL */
    struct hass_error reason;   /* why it is corrupt */
};

/**
 * Reads the file. One that is corrupt is set aside, which is no failure.
 *
 * Returns: 0; HASS_E_UNSUPPORTED for a newer version; HASS_E_LIMIT; -errno. After a failure the file must not be replaced.
 */
int disk_load(const struct disk_file *file, struct disk_content *ret_content,
              struct hass_error *err);

/** Gets the file in pieces; what fails makes it corrupt. */
struct disk_reader {
    /** Before the rest; a failure is the result of the reading, and the file stays. */
    int (*begin)(int version, int minor_version, void *userdata, struct hass_error *err);
    /** The next bytes of the whole document, envelope included. */
    int (*feed)(const char *data, size_t size, void *userdata, struct hass_error *err);
    int (*finish)(void *userdata, struct hass_error *err);
};
/** As disk_load, with @reader in place of a json_t. @ret_content has no data. */
int disk_stream(const struct disk_file *file, const struct disk_reader *reader, void *userdata,
                struct disk_content *ret_content, struct hass_error *err);

/** Replaces the file, durably; @copy: the old one is kept under a dated name. Fails with the old one as it was. */
int disk_write(const struct disk_file *file, const char *text, size_t size, bool copy,
               struct hass_error *err);
/** No file is good, too. */
int disk_remove(const struct disk_file *file, struct hass_error *err);
/** Deletes the temporary files that other processes have left behind. */
void disk_sweep(const struct disk_file *file);

void disk_content_fini(struct disk_content *content);
