/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hassctl new NAME`: writes a folder with a small integration that builds, is tested, and needs nothing but what
 * `make install` installs.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <hass/const.h>

#include "ctl.h"
#include "ctl_scaffold.h"

static bool is_domain(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

    return name[length] == '\0' && length > 0 && length <= HASS_MAX_DOMAIN && name[0] >= 'a';
}

/* "garden_gate" is "Garden gate". */
static void make_title(const char *name, char title[HASS_MAX_DOMAIN + 1])
{
    snprintf(title, HASS_MAX_DOMAIN + 1, "%s", name);
    title[0] = (char)toupper((unsigned char)title[0]);
    for (char *c = title; *c; c++)
        *c = *c == '_' ? ' ' : *c;
}

static void fill_in(const char *text, const char *name, const char *title, struct hass_buf *out)
{
    static const char name_mark[] = "@NAME@";
    static const char title_mark[] = "@TITLE@";

    while (*text) {
        if (strncmp(text, name_mark, sizeof(name_mark) - 1) == 0) {
            hass_buf_add_string(out, name);
            text += sizeof(name_mark) - 1;
        } else if (strncmp(text, title_mark, sizeof(title_mark) - 1) == 0) {
            hass_buf_add_string(out, title);
            text += sizeof(title_mark) - 1;
        } else {
            hass_buf_add_char(out, *text++);
        }
    }
}

static int write_file(int folder, const char *name, unsigned mode, const struct hass_buf *content,
                      struct hass_error *err)
{
    autoclose int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    size_t written = 0;

    while (fd >= 0 && written < content->length) {
        ssize_t n = write(fd, content->data + written, content->length - written);
        if (n <= 0)
            break;
        written += (size_t)n;
    }
    if (fd < 0 || written < content->length)
        return hass_fail_errno(err, errno, "cannot write %s", name);
    return 0;
}

static int write_files(int folder, const char *name, struct hass_error *err)
{
    char title[HASS_MAX_DOMAIN + 1];
    int r = 0;

    make_title(name, title);
    for (const struct scaffold_file *file = scaffold_files; file->name && r >= 0; file++) {
        autobuf path = HASS_BUF_INIT;
        autobuf content = HASS_BUF_INIT;
        fill_in(file->name, name, title, &path);
        fill_in(file->text, name, title, &content);
        r = write_file(folder, hass_buf_string(&path), file->mode, &content, err);
    }
    return r;
}

int ctl_new(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    const char *name = args[0];
    int r;

    if (!is_domain(name))
        return ctl_usage_error("'%s' cannot be the name of an integration: it begins with a letter "
                               "and has small letters, digits and _, at most %d",
                               name, HASS_MAX_DOMAIN);
    if (mkdir(name, 0755) < 0)
        return hass_fail_errno(err, errno, "cannot make the folder %s", name);
    autoclose int folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return hass_fail_errno(err, errno, "cannot open the folder %s", name);
    r = write_files(folder, name, err);
    if (r < 0)
        return r;
    if (ctl->json) {
        autojson *result = json_pack("{s:s, s:s}", "domain", name, "folder", name);
        ctl_print_json(result);
    } else {
        printf("Wrote the integration %s. Build and test it with: make -C %s check\n", name, name);
    }
    return CTL_OK;
}
