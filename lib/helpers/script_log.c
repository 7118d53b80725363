/* SPDX-License-Identifier: Apache-2.0 */
/* What scripts say of themselves: lines of the log, and the text of the step that one is at. */
#include "base/duration.h"
#include "base/error_text.h"
#include "base/mem.h"
#include "helpers/script.h"

/* What kind of problem it is, for a reader who does not know codes. */
static const char *problem_of(int code)
{
    switch (code) {
    case HASS_E_INVALID:
        return "invalid data";
    case HASS_E_TEMPLATE:
        return "a template failed";
    case HASS_E_UNAUTHORIZED:
        return "unauthorized";
    case HASS_E_SERVICE_NOT_FOUND:
        return "action not found";
    default:
        return code <= HASS_E_FIRST ? "error" : "unexpected error";
    }
}

/* Where it is written; where that is not known its path, as traces have it: steps are counted anew in each sequence. */
static HASS_CALLBACK void write_place(const struct hass_script *script, const char *path,
                                      struct hass_buf *place)
{
    if (!script->async_place || script->dead ||
        !script->async_place((struct hass_script *)script, path, place, script->userdata))
        hass_buf_add_string(place, path);
}

static HASS_CALLBACK void log_problem(struct hass_script_run *run, const char *problem,
                                      const char *message)
{
    const struct script_frame *frame = run->top;
    const struct script_step *step = script_step_of(frame);
    autobuf place = HASS_BUF_INIT;

    if (step->kind != SCRIPT_PARALLEL) // that one fails with the step of a branch
        script_main(run)->failed = step;
    write_place(run->script, step->path, &place);
    script_log(run->script, HASS_LOG_ERROR, "%s in step %u (%s): %s [%s]", problem,
               frame->index + 1, step->word, message, hass_buf_string(&place));
}

void script_log_error(struct hass_script_run *run, int code, const struct hass_error *err)
{
    log_problem(run, problem_of(code), error_text(err, code));
}

void script_log_abort(struct hass_script_run *run, const char *message)
{
    struct hass_error err = HASS_ERROR_INIT;

    log_problem(run, "it ends", message);
    hass_fail(&err, HASS_E_INVALID, "%s", message);
    script_tell_failure(run, &err);
}

void script_tell_failure(struct hass_script_run *run, const struct hass_error *error)
{
    const struct hass_script *script = run->script;
    struct hass_script_run *whole = script_main(run);

    if (!script->async_failed || script->dead || !whole->failed)
        return;
    const struct hass_script_failure failure = {
        .size = sizeof(failure),
        .path = whole->failed->path,
        .error = error,
        .variables = whole->bottom.variables,
        .trace = whole->trace,
    };
    script->async_failed(run->script, &failure, script->userdata);
}

const char *script_step_text(const struct script_step *step)
{
    if (step->alias)
        return step->alias;
    switch (step->kind) {
    case SCRIPT_CALL:
        return step->call.last ? step->call.last : "call service";
    case SCRIPT_WAIT_TEMPLATE:
        return "wait template";
    case SCRIPT_WAIT_TRIGGER:
        return "wait for trigger";
    case SCRIPT_VARIABLES:
        return "setting variables";
    case SCRIPT_RESPONSE:
        return "setting conversation response";
    case SCRIPT_EVENT:
        return hass_json_get_string(step->config, "event", "event");
    default:
        return step->word;
    }
}

void script_log_step(struct hass_script_run *run, const struct script_step *step, int64_t usec)
{
    struct hass_script *script = run->script;

    script->last = step;
    script->last_usec = usec;
    script_log(script, HASS_LOG_DEBUG, "step %s", script_last_text(script));
}

const char *script_last_text(struct hass_script *script)
{
    const struct script_step *step = script->last;

    if (!step)
        return NULL;
    if (step->alias || step->kind != SCRIPT_DELAY)
        return script_step_text(step);
    char text[DURATION_TEXT];
    duration_format(script->last_usec, text);
    free(script->last_text);
    script->last_text = mem_printf("delay %s", text);
    return script->last_text;
}
