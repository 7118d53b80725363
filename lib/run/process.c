/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Children and signals. A child's pipes and its pidfd are in one epoll set, so that running one on the pool and on the loop
 * differ in how they wait for that set only. A child is reaped last: until then its group cannot be mistaken for another.
 *
 * All process-wide state of the library:
 *   process.c  SIGPIPE and SIGXFSZ are ignored; the table of watched signals; those signals are blocked; malloc has one arena
 *   future.c   the lock and the list of threads that block for a future
 *   symbol.c   the cache of described addresses
 *   look.c     the handler of the watchdog's signal, and what it saw
 *   lastwords.c the handlers of fatal signals, and the file they write to
 *   base/      allocator hooks of jansson, the hash seed, the log's sink and levels, a test's file faults (see there)
 * Thread-local: the current runtime, scope and coroutine, and the pool thread's own record.
 */
#include "run/process.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>

#include <event2/event_struct.h>

#include <hass/buf.h>
#include <hass/log.h>

#include "base/mem.h"
#include "run/executor.h"
#include "run/task.h"

#define DEFAULT_TIMEOUT      60.0
#define DEFAULT_OUTPUT_LIMIT ((size_t)1 << 20)
/* Read at once of each stream, so that a chatty child does not hold the loop. */
#define READ_TURN            ((size_t)64 * 1024)
/* Seconds waited at once: more do not fit poll's argument. */
#define LONGEST_POLL         1e6
/* Seconds that a killed child may take to be gone. */
#define KILL_LIMIT           5.0
#define LOOK_INTERVAL                                                                              \
    0.25 /* seconds between two looks whether a waiting pool job has been cancelled */

void process_init(void)
{
    sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
    sigaction(SIGXFSZ, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL); // write returns EFBIG
    // What pool threads make the loop uses up: heaps of their own would keep what it frees, and grow by single pages.
    mallopt(M_ARENA_MAX, 1);
}

void process_block_signals(sigset_t *ret_former)
{
    static const int faults[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS };
    sigset_t set;

    sigfillset(&set);
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
        sigdelset(&set, faults[i]);
    pthread_sigmask(SIG_SETMASK, &set, ret_former);
}

void process_restore_signals(const sigset_t *former)
{
    pthread_sigmask(SIG_SETMASK, former, NULL);
}

/* starting a child */

struct capture {
    int fd; /* -1: at its end */
    struct hass_buf kept;
};

struct child {
    struct hass_process_options options;
    pid_t pid;
    int pidfd;
    int epoll;
    int input; /* -1: all written */
    size_t written;
    struct capture output;
    struct capture errors;
    bool truncated;
    bool exited;
    double deadline; /* CLOCK_MONOTONIC: children live in real time, also in tests */
};

static double monotonic_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void read_options(struct child *child, const struct hass_process_options *options)
{
    size_t size = options->size < sizeof(*options) ? options->size : sizeof(*options);

    memcpy(&child->options, options, size);
    if (child->options.timeout == 0)
        child->options.timeout = DEFAULT_TIMEOUT;
    if (child->options.output_limit == 0)
        child->options.output_limit = DEFAULT_OUTPUT_LIMIT;
    child->deadline = monotonic_seconds() + child->options.timeout;
}

static bool is_ours_alone(const char *variable)
{
    return strncmp(variable, "NOTIFY_SOCKET=", 14) == 0 || strncmp(variable, "WATCHDOG_", 9) == 0;
}

/* Our environment without what the service manager said to us only. The array is the caller's, the texts are not. */
static char **own_environment(void)
{
    size_t count = 0;

    while (environ[count])
        count++;
    char **copy = mem_alloc((count + 1) * sizeof(*copy));
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!is_ours_alone(environ[i]))
            copy[kept++] = environ[i];
    copy[kept] = NULL;
    return copy;
}

/* The child's three standard descriptors, then nothing else. @ends: read end of stdin or -1, write ends of the others. */
static void describe_descriptors(posix_spawn_file_actions_t *actions, const int ends[3],
                                 const char *cwd)
{
    posix_spawn_file_actions_init(actions);
    if (ends[0] < 0)
        posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
    else
        posix_spawn_file_actions_adddup2(actions, ends[0], 0);
    posix_spawn_file_actions_adddup2(actions, ends[1], 1);
    posix_spawn_file_actions_adddup2(actions, ends[2], 2);
    posix_spawn_file_actions_addclosefrom_np(actions, 3);
    if (cwd)
        posix_spawn_file_actions_addchdir_np(actions, cwd);
}

static void describe_signals(posix_spawnattr_t *attributes)
{
    sigset_t all;
    sigset_t none;

    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_init(attributes);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
                                             POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(attributes, 0);
    posix_spawnattr_setsigdefault(attributes, &all);
    posix_spawnattr_setsigmask(attributes, &none);
}

static int spawn(struct child *child, const int ends[3])
{
    const struct hass_process_options *options = &child->options;
    const char *const shell[] = { "/bin/sh", "-c", options->shell, NULL };
    const char *const *argv = options->argv ? options->argv : shell;
    autofree char **environment = options->envp ? NULL : own_environment();
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;

    describe_descriptors(&actions, ends, options->cwd);
    describe_signals(&attributes);
    int number =
        posix_spawnp(&child->pid, argv[0], &actions, &attributes, (char *const *)(uintptr_t)argv,
                     environment ? environment : (char *const *)(uintptr_t)options->envp);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return -number;
}

static void watch(struct child *child, int fd, uint32_t events)
{
    struct epoll_event event = { .events = events, .data.fd = fd };

    if (fd >= 0)
        epoll_ctl(child->epoll, EPOLL_CTL_ADD, fd, &event);
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* A pipe of which our end does not block. */
static int make_pipe(bool for_input, int *ours, int *theirs)
{
    int fds[2];

    if (pipe2(fds, O_CLOEXEC) < 0)
        return -errno;
    *ours = fds[for_input];
    *theirs = fds[!for_input];
    fcntl(*ours, F_SETFL, O_NONBLOCK);
    return 0;
}

static int make_pipes(struct child *child, int ends[3])
{
    int r = child->options.input ? make_pipe(true, &child->input, &ends[0]) : 0;

    if (r == 0)
        r = make_pipe(false, &child->output.fd, &ends[1]);
    if (r == 0)
        r = make_pipe(false, &child->errors.fd, &ends[2]);
    if (r == 0 && (child->epoll = epoll_create1(EPOLL_CLOEXEC)) < 0)
        r = -errno;
    return r;
}

static void child_fini(struct child *child)
{
    close_fd(&child->pidfd);
    close_fd(&child->epoll);
    close_fd(&child->input);
    close_fd(&child->output.fd);
    close_fd(&child->errors.fd);
    hass_buf_fini(&child->output.kept);
    hass_buf_fini(&child->errors.kept);
}

static int child_start(struct child *child, const struct hass_process_options *options,
                       struct hass_error *err)
{
    int ends[3] = { -1, -1, -1 };

    *child = (struct child){
        .pidfd = -1,
        .epoll = -1,
        .input = -1,
        .output.fd = -1,
        .errors.fd = -1,
    };
    read_options(child, options);
    int r = make_pipes(child, ends);
    if (r == 0)
        r = spawn(child, ends);
    for (size_t i = 0; i < 3; i++)
        close_fd(&ends[i]);
    if (r == 0 && (child->pidfd = pidfd_open(child->pid, 0)) < 0) {
        r = -errno;
        kill(-child->pid, SIGKILL);
        waitpid(child->pid, NULL, 0);
    }
    if (r < 0) {
        child_fini(child);
        const char *what = options->argv ? options->argv[0] : "/bin/sh";
        return hass_fail_errno(err, -r, "%s cannot be started", what);
    }
    watch(child, child->pidfd, EPOLLIN);
    watch(child, child->input, EPOLLOUT);
    watch(child, child->output.fd, EPOLLIN);
    watch(child, child->errors.fd, EPOLLIN);
    return 0;
}

/* while it runs */

static void keep(struct child *child, struct capture *capture, const char *data, size_t size)
{
    size_t room = child->options.output_limit - capture->kept.length;

    if (size > room) {
        child->truncated = true;
        size = room;
    }
    hass_buf_add(&capture->kept, data, size);
}

static void read_some(struct child *child, struct capture *capture)
{
    char data[2048];

    for (size_t total = 0; capture->fd >= 0 && total < READ_TURN;) {
        ssize_t n = read(capture->fd, data, sizeof(data));
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n <= 0) {
            close_fd(&capture->fd);
        } else {
            keep(child, capture, data, (size_t)n);
            total += (size_t)n;
        }
    }
}

static void write_some(struct child *child)
{
    const char *data = child->options.input;

    while (child->input >= 0 && child->written < child->options.input_size) {
        ssize_t n =
            write(child->input, data + child->written, child->options.input_size - child->written);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n < 0) /* it does not read on: its business */
            break;
        child->written += (size_t)n;
    }
    close_fd(&child->input);
}

static void look_whether_it_exited(struct child *child)
{
    siginfo_t info = { 0 };

    if (waitid(P_PIDFD, (id_t)child->pidfd, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        info.si_pid != 0)
        child->exited = true;
}

/* What can be done without waiting. Its end stays visible in the pidfd, so it leaves the set. */
static void step(struct child *child)
{
    write_some(child);
    read_some(child, &child->output);
    read_some(child, &child->errors);
    if (!child->exited) {
        look_whether_it_exited(child);
        if (child->exited)
            epoll_ctl(child->epoll, EPOLL_CTL_DEL, child->pidfd, NULL);
    }
}

static bool is_finished(const struct child *child)
{
    return child->exited && child->output.fd < 0 && child->errors.fd < 0;
}

static double time_left(const struct child *child)
{
    double left = child->deadline - monotonic_seconds();

    return left > 0 ? left : 0;
}

/* when it has ended */

static void reap(const struct child *child, struct hass_process_result *result)
{
    siginfo_t info = { 0 };

    if (waitid(P_PIDFD, (id_t)child->pidfd, &info, WEXITED | WNOHANG) < 0 || info.si_pid == 0)
        hass_warning("Child %d could not be killed", (int)child->pid);
    else if (result)
        result->status = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

static void fill_in(struct child *child, struct hass_process_result *result)
{
    result->truncated = child->truncated;
    result->output_size = child->output.kept.length;
    result->output = hass_buf_steal(&child->output.kept);
    result->errors_size = child->errors.kept.length;
    result->errors = hass_buf_steal(&child->errors.kept);
}

static int fail_run(const struct child *child, int r, struct hass_error *err)
{
    if (r == -ETIMEDOUT)
        return hass_fail(err, r, "killed after %g s", child->options.timeout);
    return hass_fail(err, r, "killed: %s", r == -ECANCELED ? "cancelled" : hass_error_name(r));
}

/* @r: 0, or why it was killed. */
static int conclude(struct child *child, int r, struct hass_process_result *ret_result,
                    struct hass_error *err)
{
    reap(child, r == 0 ? ret_result : NULL);
    if (r == 0)
        fill_in(child, ret_result);
    child_fini(child);
    return r;
}

void hass_process_result_fini(struct hass_process_result *result)
{
    free(result->output);
    free(result->errors);
    *result = (struct hass_process_result)HASS_PROCESS_RESULT_INIT;
}

/* on the pool and on the loop */

static int wait_blocking(int fd, double seconds)
{
    struct pollfd set = { .fd = fd, .events = POLLIN };
    int n = poll(&set, 1, (int)(fmin(seconds, LONGEST_POLL) * 1000) + 1);

    if (n < 0)
        return errno == EINTR ? 0 : -errno;
    return n == 0 && seconds < LONGEST_POLL ? -ETIMEDOUT : 0;
}

/* A child does not outlive the integration that waits for it: nothing wakes this thread then, so it looks now and then. */
static int wait_for_child(const struct child *child)
{
    double left = time_left(child);
    int r = wait_blocking(child->epoll, left < LOOK_INTERVAL ? left : LOOK_INTERVAL);

    if (executor_cancelled())
        return -ECANCELED;
    return r == -ETIMEDOUT && time_left(child) > 0 ? 0 : r;
}

int hass_process_run(struct hass *hass, const struct hass_process_options *options,
                     struct hass_process_result *ret_result, struct hass_error *err)
{
    VERIFY_NOT_LOOP(hass, "hass.process.run", err);
    struct child child;
    int r = child_start(&child, options, err);
    if (r < 0)
        return r;
    while (r == 0 && !is_finished(&child)) {
        r = wait_for_child(&child);
        step(&child);
    }
    if (r < 0) {
        kill(-child.pid, SIGKILL);
        (void)wait_blocking(child.pidfd, KILL_LIMIT);
        fail_run(&child, r, err);
    }
    return conclude(&child, r, ret_result, err);
}

/* The loop starts the child itself: that takes as long as the kernel needs to open the program, half a millisecond. */
int hass_process_async_run(struct hass *hass, const struct hass_process_options *options,
                           struct hass_process_result *ret_result, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.process.async_run", err);
    struct child child;
    int r = child_start(&child, options, err);
    if (r < 0)
        return r;
    while (r == 0 && !is_finished(&child)) {
        r = await_fd(runtime_of(hass), child.epoll, HASS_FD_READ, time_left(&child), false);
        r = r > 0 ? 0 : r;
        step(&child);
    }
    if (r < 0) {
        kill(-child.pid, SIGKILL);
        (void)await_fd(runtime_of(hass), child.pidfd, HASS_FD_READ, KILL_LIMIT, true);
        fail_run(&child, r, err);
    }
    return conclude(&child, r, ret_result, err);
}

/* signals */

struct signal_watch {
    struct hass *hass;
    struct hass_sub *sub;
    struct event event;
    int number;
    int fd;
};

/* Signals belong to the process, whichever hass watches them. */
static _Atomic bool watched[NSIG];

static void block_signal(int how, int number)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, number);
    pthread_sigmask(how, &set, NULL);
}

static HASS_CALLBACK void signal_arrived(evutil_socket_t fd, short what, void *arg)
{
    struct signal_watch *watch = arg;
    struct signalfd_siginfo info;

    if (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
        sub_run(watch->hass, watch->sub, watch->hass);
}

static HASS_CALLBACK void stop_watching(struct hass_sub *sub, void *owner)
{
    struct signal_watch *watch = owner;

    event_del(&watch->event);
    close(watch->fd);
    block_signal(SIG_UNBLOCK, watch->number);
    atomic_store(&watched[watch->number], false);
    free(watch);
}

static int open_signal(int number, struct hass_error *err)
{
    sigset_t set;

    sigemptyset(&set);
    if (sigaddset(&set, number) < 0 || number == SIGKILL || number == SIGSTOP)
        return hass_fail(err, HASS_E_INVALID, "signal %d cannot be watched", number);
    if (atomic_exchange(&watched[number], true))
        return hass_fail(err, HASS_E_EXISTS, "signal %d is watched already", number);
    int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd >= 0)
        return fd;
    int number_of_error = errno;
    atomic_store(&watched[number], false);
    return hass_fail_errno(err, number_of_error, "signal %d cannot be watched", number);
}

int hass_process_async_watch_signal(struct hass *hass, int number, struct hass_job job,
                                    struct hass_sub **ret_sub, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.process.async_watch_signal", err);
    int fd = open_signal(number, err);
    if (fd < 0) {
        job_destroy(&job);
        return fd;
    }
    struct signal_watch *watch = mem_zalloc(sizeof(*watch));
    watch->hass = hass;
    watch->number = number;
    watch->fd = fd;
    struct sub_options options = { .job = job, .removed = stop_watching, .owner = watch };
    int r = sub_add(hass, HASS_SUBJECT_HASS, &options, &watch->sub, err);
    if (r < 0) {
        close(fd);
        atomic_store(&watched[number], false);
        free(watch);
        return r;
    }
    block_signal(SIG_BLOCK, number);
    event_assign(&watch->event, loop_base(runtime_of(hass)->loop), fd, EV_READ | EV_PERSIST,
                 signal_arrived, watch);
    event_add(&watch->event, NULL);
    if (ret_sub)
        *ret_sub = watch->sub;
    else
        sub_disown(watch->sub);
    return 0;
}
