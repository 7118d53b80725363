/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Template locks.
 */
#include "lock/lock.h"

#include <stdlib.h>

#include "parts.h"

TEMPLATE_SCHEMA(template_lock_schema, TEMPLATE_COMMON_FIELDS,
                TEMPLATE_FIELD("state", "locked, unlocked, jammed, …; true is locked"),
                HASS_FIELD("lock", &template_type_actions, .required = true,
                           .doc = "Locks; gets code"),
                HASS_FIELD("unlock", &template_type_actions, .required = true,
                           .doc = "Unlocks; gets code"),
                TEMPLATE_ACTIONS("open", "Opens the latch; gets code"),
                TEMPLATE_FIELD("code_format", "A regular expression that codes match"),
                HASS_FIELD("optimistic", &hass_type_bool, .doc = "It is what it was told at once"));

static const struct template_rename renames[] = {
    { "code_format_template", "code_format" },
    { NULL, NULL },
};

struct template_lock {
    struct template_entity item;
    struct lock_state state;
    char *code_format;
};

enum { LOCKED = 3, UNLOCKED = 7 }; /* places behind the words that say so */
static const char *const words[] = { "locked",  "true",   "on",      "unlocked",  "false",
                                     "off",     "closed", "locking", "unlocking", "jammed",
                                     "opening", "open",   NULL };

static void show(struct template_lock *lock, int word)
{
    lock->state = (struct lock_state){
        .size = sizeof(lock->state),
        .is_locked = word < 0 ? HASS_NONE : HASS_BOOL(word < LOCKED),
        .is_locking = word == UNLOCKED,
        .is_unlocking = word == UNLOCKED + 1,
        .is_jammed = word == UNLOCKED + 2,
        .is_opening = word == UNLOCKED + 3,
        .is_open = word == UNLOCKED + 4,
        .code_format = lock->code_format,
    };
}

static HASS_CALLBACK void set_state(struct template_entity *item, const json_t *result)
{
    int word = template_word(result, words);

    template_entity_judge(item, result);
    if (word < 0 && !template_is_unknown(result))
        template_entity_complain(item, "state", result,
                                 "locked, unlocked, locking, unlocking, jammed, opening or open");
    show((struct template_lock *)item, word);
}

static HASS_CALLBACK void set_code_format(struct template_entity *item, const json_t *result)
{
    struct template_lock *lock = (struct template_lock *)item;
    const char *text = template_is_unknown(result) ? NULL : json_string_value(result);
    char *fresh = text ? strdup(text) : NULL;

    free(lock->code_format);
    lock->state.code_format = lock->code_format = fresh;
}

static const struct template_option options[] = {
    { "code_format", set_code_format },
    { "state", set_state },
    { NULL, NULL },
};

static const struct lock_state *state(struct hass_entity *entity)
{
    const struct template_lock *lock = template_entity_of(entity);

    return &lock->state;
}

static const struct {
    const char *action, *becomes;
} commands[] = {
    [LOCK_ACTION_LOCK] = { "lock", "locked" },
    [LOCK_ACTION_UNLOCK] = { "unlock", "unlocked" },
    [LOCK_ACTION_OPEN] = { "open", "open" },
};

static HASS_COROUTINE int command(struct hass_entity *entity, const struct lock_command *command,
                                  struct hass_error *err)
{
    struct template_lock *lock = template_entity_of(entity);
    enum lock_action action = command->action;
    json_t *code = *command->code ? json_string(command->code) : json_null();
    int r = template_entity_async_act(&lock->item, commands[action].action,
                                      json_pack("{s:o}", "code", code), err);

    if (r >= 0 && lock->item.optimistic)
        show(lock, hass_words_find(words, commands[action].becomes));
    return r;
}

static const struct lock_ops ops = LOCK_OPS(.state = state, .async_command = command);

static void init(struct template_entity *item)
{
    show((struct template_lock *)item, -1);
    if (template_entity_has(item, "open"))
        item->description.supported_features |= LOCK_OPEN;
}

static void fini(struct template_entity *item)
{
    free(((struct template_lock *)item)->code_format);
}

static void restored(struct template_entity *item, const char *state)
{
    if (!template_entity_has(item, "state"))
        show((struct template_lock *)item, hass_words_find(words, state));
}

const struct template_kind template_lock = {
    .domain = "lock",
    .default_name = "Template Lock",
    .size = sizeof(struct template_lock),
    .schema = &template_lock_schema,
    .options = options,
    .ops = &ops,
    .renames = renames,
    .flat = true,
    .init = init,
    .fini = fini,
    .restored = restored,
    .assumes = true,
    .restore = true,
};
