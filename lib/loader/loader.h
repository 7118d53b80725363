/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the loader and what they share. Everything is on the loop thread.
 *
 * The cast: `integration` keeps one record for each domain that was ever asked for, finds its file and has it opened
 * (`plugin`, in the pool); `setup` sets up, dependencies first; `unload` closes and replaces; `platforms` serves entity/;
 * `reload` gives one its section again; `settings` holds the configuration and checks sections; `watch` sees files change; `deaths` leaves out what keeps killing
 * us; `problems` is what a user should know; `api_slot` is what integrations offer each other; `bootstrap` leads a hass from
 * nothing to running; `check` does without running; `handlers` finds those
 * with dialogues; `kinds` brings the triggers and conditions that integrations give; `language` brings their texts in another one; `info` tells about it all.
 */
#pragma once

#include <hass/daemon.h>
#include <hass/integration.h>
#include <hass/list.h>
#include <hass/strmap.h>
#include <hass/vec.h>

#include "core/core.h"
#include "loader/plugin.h"
#include "loader/settings.h"

enum integration_state {
    INTEGRATION_IDLE,       /* known, perhaps opened; its platforms may be in use */
    INTEGRATION_SETTING_UP, /* a task is at it */
    INTEGRATION_SET_UP,
    INTEGRATION_FAILED, /* see failure */
    INTEGRATION_CLOSING,
};

struct integration {
    struct loader *loader;
    struct plugin *plugin; /* NULL until its file has been opened */
    char *path;            /* of that file */
    struct scope *scope;   /* open while anything of it may run, else NULL */
    enum integration_state state;
    bool wanted;               /* the configuration names it, or something wanted depends on it */
    struct hass_error failure; /* of the last opening or set-up */
    struct hass_task *opening; /* of the task that opens its file; NULL when there is none */
    struct hass_task *setting_up;    /* likewise */
    uint64_t sequence;               /* the order in which they were set up */
    HASS_VEC(const char *) waits;    /* for whom its set-up waits now, NULL-terminated */
    struct hass_strmap *platform_of; /* domains in which it has platforms */
    struct config_file *taking; /* from which it is given its section now; NULL: loader->settings */
    char domain[];
};

struct watch;

/* Seconds. Constant but for tests with threads that hang, which virtual time cannot outrun. */
struct loader_limits {
    double setup_warning, setup;
    double close; /* of a scope, and of async_unload before it */
};

struct loader {
    struct hass *hass;
    struct plugin_store *store;
    HASS_VEC(char *) folders;         /* to search, the first wins; [0] is <config>/integrations */
    struct hass_strmap *integrations; /* by domain */
    struct hass_strmap *problems;     /* struct problem by domain */
    struct hass_strmap *slots;        /* struct api_slot by name */
    struct hass_strmap *only;         /* the integrations that are set up, as keys; NULL: all */
    struct config_file *settings;     /* the configuration in use; NULL before it is loaded */
    struct hass_mutex *changes;       /* one unload or replacement at a time */
    struct watch *watch;              /* NULL: files are not watched */
    struct loader_limits limits;
    uint64_t sequence;
    int64_t started; /* monotonic */
    hass_notify_fn *notify;
    void *notify_userdata;
    struct hass_task *bootstrap; /* starts the hass; NULL before and afterwards */
    bool stop_requested;
    bool changing_language; /* a task is at it */
};

struct loader *loader_of(const struct hass *hass);
/** Makes the loader of @hass, as its layer. */
struct loader *loader_create(struct hass *hass, const struct hass_options *options);

/* integration.c */

/** The record of a domain, made when it is new; NULL when @domain cannot be one. */
struct integration *integration_get(struct loader *loader, const char *domain) HASS_CALLBACK;
/** The record of a domain, or NULL when nobody has asked for it yet. */
struct integration *integration_find(const struct loader *loader, const char *domain);
/** Opens the file unless it is open. Callers at the same time share one opening; a failure is remembered. */
int integration_async_open(struct integration *integration, struct hass_error *err) HASS_COROUTINE;
/** Begins integration_async_open without waiting for it. A reference in @ret_future. */
int integration_async_begin_open(struct integration *integration, struct hass_future **ret_future,
                                 struct hass_error *err) HASS_CALLBACK;
/** Looks for the file anew and opens it, changing nothing here. @ret_path is the caller's. */
int integration_async_look(struct integration *integration, struct plugin **ret_plugin,
                           char **ret_path, struct hass_error *err) HASS_COROUTINE;
/** Puts @plugin from @path (taken) in the place of what was open. */
void integration_use(struct integration *integration, struct plugin *plugin, char *path)
    HASS_CALLBACK;
/** Its scope, opened when it is not. Lent. */
struct scope *integration_scope(struct integration *integration) HASS_CALLBACK;
/** Closes its scope, if it is open; what does not end in time is reported and inert. */
void integration_async_close_scope(struct integration *integration) HASS_COROUTINE;
/** Fails when it was at work at three deaths of the daemon within ten minutes. */
int integration_check_deaths(const struct integration *integration, struct hass_error *err);
/** True when there is something to set up by a section or by config entries, not by platforms alone. */
bool integration_has_setup(const struct integration *integration);
/** "set up", "failed", … for people. */
const char *integration_state_name(const struct integration *integration);

/**
 * Starts coroutine @job in the root scope unless *@slot shows that it runs already; the coroutine empties *@slot by
 * integration_end before it returns 0, and leaves its result in the record. A reference to its future in @ret_future.
 */
int integration_begin(struct integration *integration, struct hass_job job, struct hass_task **slot,
                      struct hass_future **ret_future, struct hass_error *err) HASS_CALLBACK;
void integration_end(struct hass_task **slot);

/* setup.c */

/** Begins the set-up unless it is done, under way, or has failed before and not @again. A reference in @ret_future. */
int integration_async_begin_setup(struct integration *integration, bool again,
                                  struct hass_future **ret_future, struct hass_error *err)
    HASS_CALLBACK;
/** What came of the last set-up. */
int integration_setup_result(const struct integration *integration, struct hass_error *err);
/** Begins a set-up and waits for it. */
int integration_async_setup(struct integration *integration, bool again, struct hass_error *err)
    HASS_COROUTINE;
/** Sets up what the manifest depends on, but @except (NULL: all): the domain that waits for a platform of this one. */
int setup_async_dependencies(struct integration *integration, const char *except,
                             struct hass_error *err) HASS_COROUTINE;
/** The cycle of dependencies in which an opened integration is ("a -> b -> a"), owned by the caller; or NULL. */
char *setup_find_cycle(struct integration *integration) HASS_CALLBACK;

/* reload.c */

/** True when it takes its section while it runs: it has async_reload, and is set up. */
bool reload_is_offered(const struct integration *integration);
/** Gives it the section as @file has it. What is wrong with that is logged, and changes nothing. */
int reload_async_take(struct integration *integration, struct config_file *file,
                      struct hass_error *err) HASS_COROUTINE;
/** The service `reload` of an integration that has been set up. */
void reload_offer(struct integration *integration) HASS_CALLBACK;

/* report.c */

struct hass_config_report {
    const struct config_file *file;
    const char *domain;
    struct diagnostics *diagnostics;
};

/* unload.c */

enum change {
    CHANGE_UNLOAD,  /* close it and what depends on it */
    CHANGE_RELOAD,  /* close, open its file again, and set up what was set up */
    CHANGE_FILE,    /* the same, unless the file has the content that is open */
    CHANGE_SECTION, /* close and set up with the configuration in use now, the same file */
};

/** Makes a change in the root scope, after those that are under way, and waits for it. */
int integration_async_change(struct integration *integration, enum change change,
                             struct hass_error *err) HASS_COROUTINE;

/* problems.c */

enum problem_stage {
    PROBLEM_OPENING,
    PROBLEM_SETTINGS,
    PROBLEM_SETUP,
    PROBLEM_LEFT_OUT,
};

/** Remembers what is wrong with @domain, and logs it unless it is known already. */
void problem_report(struct loader *loader, const char *domain, enum problem_stage stage,
                    const char *file, const char *message) HASS_CALLBACK;
void problem_clear(struct loader *loader, const char *domain) HASS_CALLBACK;
void problem_destroy(void *problem);
/** Shape: [{"domain", "file", "message", "remedy"}], owned by the caller. */
json_t *problems_as_json(const struct loader *loader) HASS_CALLBACK;

/* platforms.c */

/** Registers the table by which entity/ reaches us. */
int platforms_init(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
/** Fails unless an opened integration offers a platform for @domain. */
int platform_check(const struct integration *integration, const char *domain,
                   struct hass_error *err);
/** The integration has a platform in @domain. */
void platform_add_name(struct integration *integration, const char *domain) HASS_CALLBACK;
/** It has none any more. */
void platforms_forget(struct integration *integration) HASS_CALLBACK;

/* kinds.c */

/** Registers the table by which helpers/ finds kinds of triggers and conditions that nobody has registered. */
void kinds_init(struct hass *hass) HASS_CALLBACK;
/** Registers what the manifest lists, in the integration's scope. */
int kinds_async_register(struct integration *integration, struct hass_error *err) HASS_CALLBACK;

/* language.c */

/** From now on texts and names follow the home's language. */
int loader_follow_language(struct loader *loader, struct hass_error *err) HASS_CALLBACK;

/* others */

void api_slots_fini(struct loader *loader) HASS_CALLBACK;
void loader_notify(struct loader *loader, const char *phase, const char *text) HASS_CALLBACK;
/** True unless hass_options.only leaves @domain out. */
bool loader_wants(const struct loader *loader, const char *domain);
/** Reads the configuration folder, in the pool. What hass_options.only leaves out is not in it. */
int loader_async_read_settings(struct loader *loader, struct config_file **ret_file,
                               struct hass_error *err) HASS_COROUTINE;
/**
 * Opens the files of all @domains, and of what they depend on, at the same time; waits for them at most @limit seconds
 * (HASS_FOREVER). Failures are remembered by each.
 */
void loader_async_open_all(struct loader *loader, const json_t *domains, double limit)
    HASS_COROUTINE;
/** Leads a hass from nothing to running: the coroutine that hass_run starts; @userdata is the loader. */
int loader_bootstrap(struct hass *hass, void *userdata, struct hass_error *err) HASS_COROUTINE;

struct watch *watch_create(struct loader *loader) HASS_CALLBACK;
struct watch *watch_destroy(struct watch *watch) HASS_CALLBACK;
