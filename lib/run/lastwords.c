/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file holds the loop's beat itself: the stores of each dispatch are the last words. Their pointers mean nothing to the
 * next process, so a table in the file tells which scope was where; the name of the job is written by the handler of a fatal
 * signal, which also knows about pool threads. Who is killed from outside is known by its scope only.
 */
#include "run/lastwords.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <hass/buf.h>
#include <hass/log.h>

#include "base/mem.h"
#include "run/clock.h"
#include "run/loop.h"
#include "run/scope.h"

#define MAGIC       "hasslast"
#define VERSION     2
#define MAX_SCOPES  1024
#define DEATH_USEC  INT64_C(600000000)
#define MAX_DEATHS  ((size_t)64 * 1024) /* lines that begin beyond so many bytes are not read */
#define BOOT_ID     "/proc/sys/kernel/random/boot_id"
#define DOMAIN_SIZE 80

struct known_scope {
    uint64_t address;
    char domain[DOMAIN_SIZE];
};

struct last_file {
    char magic[8];
    uint32_t version;
    uint32_t size;
    char boot[40];
    int64_t started;
    _Atomic uint32_t phase;
    struct loop_beat beat;
    char loading[DOMAIN_SIZE];
    /* From the handler of a fatal signal. */
    int32_t signal;
    char domain[DOMAIN_SIZE];
    char job[80];
    struct known_scope scopes[MAX_SCOPES];
};

struct lastwords {
    struct runtime *runtime;
    char *dir;
    struct last_file *file;
    struct lastwords_report former;
};

/* For the handler. Of two hass in one process the one created last is heard. */
static struct last_file *_Atomic current;

static const int fatal_signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };

/* fatal signals */

/* snprintf may allocate; this does not. */
static void copy_text(char *to, size_t size, const char *from)
{
    size_t i = 0;

    for (; from && from[i] != '\0' && i + 1 < size; i++)
        to[i] = from[i];
    to[i] = '\0';
}

static void say(const char *text)
{
    ssize_t n = write(STDERR_FILENO, text, strlen(text));

    (void)n;
}

static void say_last_words(int number, const struct last_file *file)
{
    say("hassd: fatal signal ");
    const char digits[] = { (char)('0' + number / 10), (char)('0' + number % 10), '\0' };
    say(digits);
    say(" while running integration ");
    say(file->domain[0] != '\0' ? file->domain : "core");
    say(", job ");
    say(file->job[0] != '\0' ? file->job : "unknown");
    say("\n");
}

/* The default action is in force again and follows when the handler returns: raising covers signals that do not recur. */
static void on_fatal_signal(int number, siginfo_t *info, void *context)
{
    struct last_file *file = atomic_load(&current);

    if (file) {
        const struct scope *scope = scope__current;
        file->signal = number;
        copy_text(file->domain, sizeof(file->domain), scope ? scope->name : NULL);
        if (runtime__thread)
            copy_text(file->job, sizeof(file->job), BEAT_LOAD(file->beat.name));
        say_last_words(number, file);
    }
    raise(number);
}

/* Sanitizers and test frameworks have handlers of their own, which stay. */
static void install_handlers(void)
{
    struct sigaction action = {
        .sa_sigaction = on_fatal_signal,
        .sa_flags = SA_SIGINFO | SA_ONSTACK | (int)SA_RESETHAND,
    };

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(fatal_signals) / sizeof(fatal_signals[0]); i++) {
        struct sigaction present;
        if (sigaction(fatal_signals[i], NULL, &present) == 0 && !(present.sa_flags & SA_SIGINFO) &&
            present.sa_handler == SIG_DFL)
            sigaction(fatal_signals[i], &action, NULL);
    }
}

/* the former process */

static void read_boot_id(char *text, size_t size)
{
    autoclose int fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, size - 1);

    text[n > 0 ? n : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
}

static bool is_ours(const struct last_file *file)
{
    char boot[sizeof(file->boot)];

    read_boot_id(boot, sizeof(boot));
    return memcmp(file->magic, MAGIC, sizeof(file->magic)) == 0 && file->version == VERSION &&
           file->size == sizeof(*file) && strncmp(file->boot, boot, sizeof(boot)) == 0;
}

/* Whose job ran, by the place its scope had. Without a job the loop was idle: then only what was being opened is suspect. */
static const char *domain_at_work(const struct last_file *file)
{
    uint64_t address = (uintptr_t)BEAT_LOAD(file->beat.scope);
    /* Files are opened in the name of the core. */
    bool opening = file->loading[0] != '\0' && strcmp(file->domain, "core") == 0;

    if (file->signal != 0 && !opening)
        return file->domain;
    if (BEAT_LOAD(file->beat.name) != NULL)
        for (size_t i = 0; i < MAX_SCOPES; i++)
            if (file->scopes[i].address == address)
                return file->scopes[i].domain;
    return file->loading;
}

static void read_former(struct lastwords *lastwords, const char *path)
{
    struct lastwords_report *report = &lastwords->former;
    autofree struct last_file *file = mem_zalloc(sizeof(*file));
    autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0 || read(fd, file, sizeof(*file)) != (ssize_t)sizeof(*file) || !is_ours(file))
        return;
    file->domain[sizeof(file->domain) - 1] = file->job[sizeof(file->job) - 1] = '\0';
    file->loading[sizeof(file->loading) - 1] = '\0';
    report->phase = (enum lastwords_phase)file->phase;
    report->died = report->phase != LAST_NONE && report->phase != LAST_ENDED;
    report->signal = file->signal;
    report->started = file->started;
    snprintf(report->domain, sizeof(report->domain), "%.79s", domain_at_work(file));
    snprintf(report->job, sizeof(report->job), "%s", file->job);
}

static void log_former(const struct lastwords_report *former)
{
    char how[48] = "was killed from outside";
    const char *name = sigabbrev_np(former->signal);

    if (former->signal != 0)
        snprintf(how, sizeof(how), "died by signal %d (SIG%s)", former->signal, name ? name : "?");
    if (former->domain[0] == '\0')
        hass_warning("The former process %s; nobody's job was running", how);
    else
        hass_warning("The former process %s while integration %s was at work%s%s", how,
                     former->domain, former->job[0] != '\0' ? ", job " : "", former->job);
}

/* deaths */

/* Lines "<microseconds UTC> <domain>". */
struct death {
    int64_t time;
    char domain[DOMAIN_SIZE];
};

static FILE *open_deaths(const struct lastwords *lastwords, const char *mode)
{
    autofree char *path = mem_printf("%s/deaths", lastwords->dir);

    return fopen(path, mode);
}

static bool next_death(FILE *file, struct death *ret_death)
{
    char line[160];
    long long when;

    while (ftell(file) < (long)MAX_DEATHS && fgets(line, sizeof(line), file) != NULL) {
        if (sscanf(line, "%lld %79s", &when, ret_death->domain) == 2) {
            ret_death->time = when;
            return true;
        }
    }
    return false;
}

static bool is_recent(const struct lastwords *lastwords, const struct death *death)
{
    int64_t now = clock_wall(lastwords->runtime->clock);

    return death->time <= now && now - death->time < DEATH_USEC;
}

size_t lastwords_deaths(const struct lastwords *lastwords, const char *domain)
{
    FILE *file = lastwords ? open_deaths(lastwords, "re") : NULL;
    struct death death;
    size_t count = 0;

    if (!file)
        return 0;
    while (next_death(file, &death))
        count += is_recent(lastwords, &death) && strcmp(death.domain, domain) == 0;
    fclose(file);
    return count;
}

/* Writes the file anew: what is recent but @forgotten's, then @added. Either may be NULL. */
static void rewrite_deaths(struct lastwords *lastwords, const char *forgotten, const char *added)
{
    autobuf text = HASS_BUF_INIT;
    struct death death;
    FILE *file = open_deaths(lastwords, "re");

    while (file && next_death(file, &death))
        if (is_recent(lastwords, &death) && (!forgotten || strcmp(death.domain, forgotten) != 0))
            hass_buf_printf(&text, "%lld %s\n", (long long)death.time, death.domain);
    if (file)
        fclose(file);
    if (added)
        hass_buf_printf(&text, "%lld %s\n", (long long)clock_wall(lastwords->runtime->clock),
                        added);
    file = open_deaths(lastwords, "we");
    if (!file || fwrite(hass_buf_string(&text), 1, text.length, file) != text.length)
        hass_warning("%s/deaths cannot be written", lastwords->dir);
    if (file)
        fclose(file);
}

void lastwords_forget_deaths(struct lastwords *lastwords, const char *domain)
{
    if (lastwords && lastwords_deaths(lastwords, domain) > 0)
        rewrite_deaths(lastwords, domain, NULL);
}

/* our own */

/* Under another name first: the former file stays whole until ours is. */
static int map_file(struct lastwords *lastwords, const char *path)
{
    autofree char *fresh = mem_printf("%s.new", path);
    autoclose int fd = open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0 || ftruncate(fd, sizeof(struct last_file)) < 0)
        return -errno;
    void *mapping = mmap(NULL, sizeof(struct last_file), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapping == MAP_FAILED)
        return -errno;
    lastwords->file = mapping;
    return rename(fresh, path) < 0 ? -errno : 0;
}

static void begin(struct lastwords *lastwords)
{
    struct last_file *file = lastwords->file;

    memcpy(file->magic, MAGIC, sizeof(file->magic));
    file->version = VERSION;
    file->size = sizeof(*file);
    read_boot_id(file->boot, sizeof(file->boot));
    file->started = clock_wall(lastwords->runtime->clock);
    atomic_store(&file->phase, LAST_STARTING);
    atomic_store(&current, file);
    install_handlers();
}

int lastwords_create(struct runtime *runtime, const char *dir, struct lastwords **ret_lastwords,
                     struct hass_error *err)
{
    struct lastwords *lastwords = mem_zalloc(sizeof(*lastwords));
    autofree char *path = mem_printf("%s/last", dir);

    lastwords->runtime = runtime;
    lastwords->dir = mem_strdup(dir);
    read_former(lastwords, path);
    int r = map_file(lastwords, path);
    if (r < 0) {
        lastwords_destroy(lastwords);
        return hass_fail_errno(err, -r, "%s cannot be written", path);
    }
    const struct lastwords_report *former = &lastwords->former;
    if (former->died && former->domain[0] != '\0' && strcmp(former->domain, "core") != 0)
        rewrite_deaths(lastwords, NULL, former->domain);
    if (former->died)
        log_former(former);
    begin(lastwords);
    *ret_lastwords = lastwords;
    return 0;
}

struct lastwords *lastwords_destroy(struct lastwords *lastwords)
{
    if (!lastwords)
        return NULL;
    struct last_file *file = lastwords->file;
    if (file) {
        struct last_file *expected = file;
        atomic_compare_exchange_strong(&current, &expected, NULL);
        atomic_store(&file->phase, LAST_ENDED);
        munmap(file, sizeof(*file));
    }
    free(lastwords->dir);
    free(lastwords);
    return NULL;
}

struct loop_beat *lastwords_beat(struct lastwords *lastwords)
{
    return &lastwords->file->beat;
}

const struct lastwords_report *lastwords_former(const struct lastwords *lastwords)
{
    return &lastwords->former;
}

void lastwords_set_phase(struct lastwords *lastwords, enum lastwords_phase phase)
{
    if (lastwords)
        atomic_store(&lastwords->file->phase, phase);
}

void lastwords_set_loading(struct lastwords *lastwords, const char *domain)
{
    if (lastwords)
        copy_text(lastwords->file->loading, DOMAIN_SIZE, domain);
}

static struct known_scope *find_scope(struct lastwords *lastwords, const struct scope *scope)
{
    for (size_t i = 0; i < MAX_SCOPES; i++)
        if (lastwords->file->scopes[i].address == (uintptr_t)scope)
            return &lastwords->file->scopes[i];
    return NULL;
}

/* Beyond the table's end a scope stays unknown: a death in it is nobody's. */
void lastwords_add_scope(struct lastwords *lastwords, const struct scope *scope, const char *domain)
{
    struct known_scope *known = lastwords ? find_scope(lastwords, NULL) : NULL;

    if (!known)
        return;
    copy_text(known->domain, sizeof(known->domain), domain);
    known->address = (uintptr_t)scope;
}

void lastwords_remove_scope(struct lastwords *lastwords, const struct scope *scope)
{
    struct known_scope *known = lastwords ? find_scope(lastwords, scope) : NULL;

    if (known)
        known->address = 0;
}
