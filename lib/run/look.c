/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads /proc/self/task/TID/syscall and, through process_vm_readv, which fails where a load would crash, the stack: whatever
 * on it points into an integration's code is taken for a return address, the innermost first. The handler of our signal only
 * notes where the thread is; unwinding there could meet a lock that the thread holds.
 */
#include "run/look.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include <hass/cleanup.h>

#include "run/scope.h"

/* Debuggers and libc leave the middle of the real-time signals alone. */
#define LOOK_SIGNAL  (SIGRTMIN + 8)
#define STACK_LIMIT  ((size_t)64 * 1024) /* bytes of a stack that are looked at */
#define PAGE         ((size_t)4096)
/* Milliseconds that a signal may take. */
#define SIGNAL_LIMIT 20

struct place {
    uintptr_t pc;
    uintptr_t sp;
};

/* One thread is looked at at a time. The handler answers when @wanted is its own thread. */
static pthread_mutex_t look_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t handler_once = PTHREAD_ONCE_INIT;
static _Atomic pid_t wanted;
static _Atomic uintptr_t seen_pc;
static _Atomic uintptr_t seen_sp;

static __thread void *signal_stack;

/* the signal */

static struct place place_of(const ucontext_t *context)
{
    const mcontext_t *machine = &context->uc_mcontext;
#if defined(__x86_64__)
    return (struct place){ (uintptr_t)machine->gregs[REG_RIP], (uintptr_t)machine->gregs[REG_RSP] };
#elif defined(__i386__)
    return (struct place){ (uintptr_t)machine->gregs[REG_EIP], (uintptr_t)machine->gregs[REG_ESP] };
#elif defined(__aarch64__)
    return (struct place){ (uintptr_t)machine->pc, (uintptr_t)machine->sp };
#elif defined(__arm__)
    return (struct place){ (uintptr_t)machine->arm_pc, (uintptr_t)machine->arm_sp };
#elif defined(__riscv)
    return (struct place){ (uintptr_t)machine->__gregs[REG_PC],
                           (uintptr_t)machine->__gregs[REG_SP] };
#else
    (void)machine;
    return (struct place){ 0, 0 };
#endif
}

static void note_place(int number, siginfo_t *info, void *context)
{
    int saved = errno;
    pid_t self = (pid_t)syscall(SYS_gettid);

    if (atomic_load(&wanted) == self) {
        struct place place = place_of(context);
        atomic_store(&seen_sp, place.sp);
        atomic_store(&seen_pc, place.pc);
        atomic_store(&wanted, 0);
    }
    errno = saved;
}

static void install_handler(void)
{
    struct sigaction action = {
        .sa_sigaction = note_place,
        .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART,
    };

    sigemptyset(&action.sa_mask);
    sigaction(LOOK_SIGNAL, &action, NULL);
}

static void let_signal(int how)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, LOOK_SIGNAL);
    pthread_sigmask(how, &set, NULL);
}

/* A signal frame alone may take 12 KiB: too much for the end of a coroutine's stack. */
void look_prepare_thread(void)
{
    stack_t present;

    pthread_once(&handler_once, install_handler);
    if (sigaltstack(NULL, &present) == 0 && (present.ss_flags & SS_DISABLE)) {
        size_t size = (size_t)sysconf(_SC_SIGSTKSZ) + 32 * 1024;
        signal_stack = malloc(size);
        stack_t own = { .ss_sp = signal_stack, .ss_size = size };
        if (signal_stack)
            sigaltstack(&own, NULL);
    }
    let_signal(SIG_UNBLOCK);
}

void look_release_thread(void)
{
    let_signal(SIG_BLOCK);
    if (!signal_stack)
        return;
    sigaltstack(&(stack_t){ .ss_flags = SS_DISABLE }, NULL);
    free(signal_stack);
    signal_stack = NULL;
}

/* where the thread is */

static bool ask_by_signal(pid_t tid, struct place *ret_place)
{
    const struct timespec pause = { .tv_nsec = 1000000 };

    atomic_store(&wanted, tid);
    if (syscall(SYS_tgkill, getpid(), tid, LOOK_SIGNAL) < 0)
        return false;
    for (int i = 0; i < SIGNAL_LIMIT && atomic_load(&wanted) == tid; i++)
        nanosleep(&pause, NULL);
    pid_t expected = tid;
    if (atomic_compare_exchange_strong(&wanted, &expected, 0))
        return false;
    *ret_place = (struct place){ atomic_load(&seen_pc), atomic_load(&seen_sp) };
    return ret_place->sp != 0;
}

/* "running", or "NUMBER ARGUMENT… SP PC"; the number is -1 where it waits for something else, such as a page. */
static bool read_call(pid_t tid, char *text, size_t size)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", (int)tid);
    autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);
    text[n > 0 ? n : 0] = '\0';
    return n > 0;
}

bool look_is_running(pid_t tid)
{
    char text[256];

    return read_call(tid, text, sizeof(text)) && strncmp(text, "running", 7) == 0;
}

int look_open_usage(pid_t tid)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/self/task/%d/schedstat", (int)tid);
    return open(path, O_RDONLY | O_CLOEXEC);
}

struct usage look_usage(int fd)
{
    struct usage usage = { 0 };
    char text[64];
    ssize_t n = fd < 0 ? -1 : pread(fd, text, sizeof(text) - 1, 0);

    text[n > 0 ? n : 0] = '\0';
    if (sscanf(text, "%" SCNd64 " %" SCNd64, &usage.ran, &usage.waited) != 2)
        usage = (struct usage){ 0 };
    return usage;
}

static bool parse_call(const char *text, long *ret_number, struct place *ret_place)
{
    unsigned long sp = 0;
    unsigned long pc = 0;

    if (sscanf(text, "%ld %*x %*x %*x %*x %*x %*x %lx %lx", ret_number, &sp, &pc) == 3 ||
        sscanf(text, "%ld %lx %lx", ret_number, &sp, &pc) == 3) {
        *ret_place = (struct place){ pc, sp };
        return true;
    }
    return false;
}

/* whose code it is */

static bool consider(const struct hass *hass, uintptr_t address, struct sight *sight)
{
    const char *domain = scope_name_of_address(hass, (const void *)address);

    if (!domain)
        return false;
    sight->culprit = (const void *)address;
    sight->domain = domain;
    return true;
}

static bool read_words(uintptr_t from, uintptr_t *words, size_t size)
{
    struct iovec local = { .iov_base = words, .iov_len = size };
    struct iovec remote = { .iov_base = (void *)from, .iov_len = size };

    return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == (ssize_t)size;
}

/* Page by page: the stack ends somewhere. */
static void search_stack(const struct hass *hass, uintptr_t sp, struct sight *sight)
{
    uintptr_t words[PAGE / sizeof(uintptr_t)];
    uintptr_t at = sp & ~(sizeof(uintptr_t) - 1);

    for (uintptr_t end = at + STACK_LIMIT; at < end;) {
        size_t size = PAGE - at % PAGE;
        if (!read_words(at, words, size))
            return;
        for (size_t i = 0; i < size / sizeof(uintptr_t); i++)
            if (consider(hass, words[i], sight))
                return;
        at += size;
    }
}

static bool look(const struct hass *hass, pid_t tid, struct sight *sight)
{
    char text[256];
    struct place place;

    if (!read_call(tid, text, sizeof(text)))
        return false;
    sight->running = strncmp(text, "running", 7) == 0;
    if (sight->running ? !ask_by_signal(tid, &place) : !parse_call(text, &sight->call, &place))
        return false;
    if (!consider(hass, place.pc, sight)) {
        search_stack(hass, place.sp, sight);
        if (!sight->culprit && sight->running)
            sight->culprit = (const void *)place.pc;
    }
    return true;
}

bool look_at_thread(const struct hass *hass, pid_t tid, struct sight *ret_sight)
{
    *ret_sight = (struct sight){ .call = -1 };
    pthread_mutex_lock(&look_lock);
    bool seen = look(hass, tid, ret_sight);
    pthread_mutex_unlock(&look_lock);
    return seen;
}

/* names of system calls */

static const struct {
    long number;
    const char *name;
} call_names[] = {
    { SYS_clock_nanosleep, "clock_nanosleep" },
    { SYS_nanosleep, "nanosleep" },
    { SYS_futex, "futex (a lock)" },
    { SYS_ppoll, "ppoll" },
    { SYS_pselect6, "pselect6" },
    { SYS_epoll_pwait, "epoll_pwait" },
    { SYS_read, "read" },
    { SYS_readv, "readv" },
    { SYS_pread64, "pread64" },
    { SYS_write, "write" },
    { SYS_writev, "writev" },
    { SYS_pwrite64, "pwrite64" },
    { SYS_openat, "openat" },
    { SYS_fsync, "fsync" },
    { SYS_fdatasync, "fdatasync" },
    { SYS_flock, "flock" },
    { SYS_fcntl, "fcntl" },
    { SYS_connect, "connect" },
    { SYS_accept4, "accept4" },
    { SYS_recvfrom, "recvfrom" },
    { SYS_recvmsg, "recvmsg" },
    { SYS_sendto, "sendto" },
    { SYS_sendmsg, "sendmsg" },
    { SYS_wait4, "wait4" },
    { SYS_waitid, "waitid" },
    { SYS_ioctl, "ioctl" },
#ifdef SYS_poll
    { SYS_poll, "poll" },
    { SYS_select, "select" },
    { SYS_epoll_wait, "epoll_wait" },
    { SYS_open, "open" },
#endif
};

const char *look_call_name(long number)
{
    for (size_t i = 0; i < sizeof(call_names) / sizeof(call_names[0]); i++)
        if (call_names[i].number == number)
            return call_names[i].name;
    return NULL;
}
