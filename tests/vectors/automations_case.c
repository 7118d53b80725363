/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One recorded automation, in a process of its own: a home is many threads and files, and one that crashes or hangs shall not take the
 * others along.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/home.h"
#include "vectors/automations.h"

enum {
    SECONDS_PER_CASE = 60,
};

enum verdict play_case(const json_t *vector, struct hass_buf *why)
{
    autojson *ours = automation_deviation(vector);
    struct play play;

    logs_clear(test_logs());
    bool passed = play_begin(&play, vector, why);
    if (passed) {
        play.expected = ours ? ours : hass_json_get(vector, "expected");
        play_steps(&play);
        passed = play_compare(&play, why);
    }
    play_end(&play);
    if (!passed)
        return VERDICT_FAILED;
    if (!ours)
        return VERDICT_PASSED;
    hass_buf_add_string(why, "on purpose (README.md)");
    return VERDICT_DEVIATES;
}

/* The child: its verdict is its exit status, what it has to say goes into the pipe. */
static HASS_CALLBACK void run_child(const json_t *vector, int out)
{
    struct hass_buf why = HASS_BUF_INIT;

    alarm(SECONDS_PER_CASE);
    enum verdict verdict = play_case(vector, &why);
    const char *text = hass_buf_string(&why);
    ssize_t written = write(out, text, strlen(text));
    hass_buf_fini(&why);
    exit(written < 0 ? VERDICT_FAILED : (int)verdict);
}

static void read_all(int in, struct hass_buf *why)
{
    char piece[4096];
    ssize_t length;

    while ((length = read(in, piece, sizeof(piece))) > 0)
        hass_buf_add(why, piece, (size_t)length);
}

static enum verdict verdict_of(int status, struct hass_buf *why)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) <= VERDICT_SKIPPED)
        return (enum verdict)WEXITSTATUS(status);
    hass_buf_printf(why, "it ended with %s %d", WIFSIGNALED(status) ? "signal" : "status",
                    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    return VERDICT_FAILED;
}

enum verdict automation_case(const json_t *vector, struct hass_buf *why)
{
    const char *missing = play_missing(vector);
    int ends[2], status = 0;

    if (missing) {
        hass_buf_printf(why, "%s is not there yet", missing);
        return VERDICT_SKIPPED;
    }
    fflush(NULL);
    test_require(pipe(ends) == 0, "pipe: %s", strerror(errno));
    pid_t child = fork();
    test_require(child >= 0, "fork: %s", strerror(errno));
    if (child == 0) {
        close(ends[0]);
        run_child(vector, ends[1]);
    }
    close(ends[1]);
    read_all(ends[0], why);
    close(ends[0]);
    test_require(waitpid(child, &status, 0) == child, "waitpid: %s", strerror(errno));
    return verdict_of(status, why);
}
