/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files are looked at before they are opened: opening a FIFO or a device may block or do worse. Encoding is checked here,
 * where line and column can be told; libyaml knows byte offsets only.
 */
#include "data/yaml_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <hass/cleanup.h>

#include "base/mem.h"
#include "base/utf8.h"

static const char *kind_of(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return "a folder";
    case S_IFIFO:
        return "a FIFO";
    case S_IFSOCK:
        return "a socket";
    default:
        return "a device";
    }
}

static int open_regular(const char *path, struct stat *ret_status, struct hass_error *err)
{
    if (stat(path, ret_status) < 0)
        return hass_fail(err, -errno, "%s", strerrordesc_np(errno));
    if (!S_ISREG(ret_status->st_mode))
        return hass_fail(err, HASS_E_INVALID, "it is %s, not a file", kind_of(ret_status->st_mode));
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return hass_fail(err, -errno, "%s", strerrordesc_np(errno));
    // It may have been replaced in between.
    if (fstat(fd, ret_status) == 0 && S_ISREG(ret_status->st_mode))
        return fd;
    close(fd);
    return hass_fail(err, HASS_E_INVALID, "it is no file any more");
}

int yaml_read_file(const char *path, size_t limit, char **ret_text, size_t *ret_size,
                   struct stat *ret_status, struct hass_error *err)
{
    autoclose int fd = open_regular(path, ret_status, err);

    if (fd < 0)
        return fd;
    size_t room = (size_t)ret_status->st_size < limit ? (size_t)ret_status->st_size + 1 : limit + 1;
    autofree char *text = mem_alloc(room + 1);
    size_t size = 0;
    // One byte more than the file says tells whether it grew; files of /proc say zero.
    for (;;) {
        ssize_t got = read(fd, text + size, room - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return hass_fail(err, -errno, "%s", strerrordesc_np(errno));
        if (got == 0)
            break;
        size += (size_t)got;
        if (size > limit)
            return hass_fail(err, HASS_E_LIMIT, "it is larger than %zu MiB", limit >> 20);
        if (size == room) {
            room = 2 * room < limit ? 2 * room : limit + 1;
            text = mem_realloc(text, room + 1);
        }
    }
    text[size] = 0;
    *ret_text = steal(text);
    *ret_size = size;
    return 0;
}

/* What libyaml's reader accepts, which is YAML 1.1's printable characters. */
static bool is_printable(uint32_t c)
{
    if (c < 0x20)
        return c == '\t' || c == '\n' || c == '\r';
    if (c < 0xA0)
        return c < 0x7F || c == 0x85;
    return c != 0xFEFF && c != 0xFFFE && c != 0xFFFF;
}

/* Names what is wrong with the character at @text. */
static struct yaml_text_problem problem_with(const char *text, size_t left)
{
    uint32_t c;

    if (utf8_decode(text, left, &c) == 0)
        return (struct yaml_text_problem){
            .message = "the file is not UTF-8",
            .hint = "save it with the encoding UTF-8; until then '?' stands for what is not",
        };
    return (struct yaml_text_problem){
        .message = "a control character, which YAML does not allow",
        .hint = "remove it; until then '?' stands for it",
    };
}

/* What is no text, so that looking at characters would be in vain. */
static struct yaml_text_problem find_fatal(const char *text, size_t size)
{
    struct yaml_text_problem problem = { .line = 1, .column = 1, .fatal = true };
    const char *nul = size ? memchr(text, 0, size) : NULL;

    if (size >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0)) {
        problem.message = "the file is UTF-16";
        problem.hint = "save it with the encoding UTF-8";
    } else if (nul) {
        problem.message = "the file contains NUL bytes";
        problem.hint = "it is no text, or was damaged";
        for (const char *c = text; c < nul; c++) {
            problem.column = *c == '\n' ? 1 : problem.column + 1;
            problem.line += *c == '\n';
        }
    }
    return problem.message ? problem : (struct yaml_text_problem){ 0 };
}

struct yaml_text_problem yaml_clean_text(char *text, size_t size)
{
    struct yaml_text_problem first = find_fatal(text, size);

    if (first.message)
        return first;
    uint32_t line = 1, column = 1;
    size_t i = size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (i < size) {
        uint32_t c = (unsigned char)text[i];
        size_t step = c < 0x80 ? 1 : utf8_decode(text + i, size - i, &c);
        if (step == 0 || !is_printable(c)) {
            if (!first.message) {
                first = problem_with(text + i, size - i);
                first.line = line;
                first.column = column;
            }
            step = step ? step : 1;
            memset(text + i, '?', step);
        }
        column = c == '\n' ? 1 : column + 1;
        line += c == '\n';
        i += step;
    }
    return first;
}
