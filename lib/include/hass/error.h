/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Errors: a negative code as the return value, and a caller-owned text. The first error set wins.
 */
#pragma once

#include <stdarg.h>

#include <hass/types.h>

/** What a function returns beside -errno. Values are ABI. */
enum hass_error_code {
    HASS_E_FIRST = -4096,
    HASS_E_GENERAL = -4096,  /* HomeAssistantError */
    HASS_E_THREAD = -4097,   /* called from the wrong thread, nothing was changed */
    HASS_E_CLOSED = -4098,   /* the scope or the loop has been closed */
    HASS_E_LIMIT = -4099,    /* a limit of the table in lib/README.md */
    HASS_E_INVALID = -4100,  /* bad value, schema error */
    HASS_E_TOO_LONG = -4101, /* MaxLengthExceeded */
    HASS_E_NOT_FOUND = -4102,
    HASS_E_EXISTS = -4103,
    HASS_E_NOT_READY = -4104, /* PlatformNotReady, ConfigEntryNotReady */
    HASS_E_SERVICE_NOT_FOUND = -4105,
    HASS_E_SERVICE_VALIDATION = -4106,
    HASS_E_INVALID_ENTITY_ID = -4107, /* InvalidEntityFormatError */
    HASS_E_INVALID_STATE = -4108,     /* InvalidStateError */
    HASS_E_UNAUTHORIZED = -4109,
    HASS_E_UNKNOWN_USER = -4110,
    HASS_E_UNSUPPORTED = -4111, /* ServiceNotSupported */
    HASS_E_DEPENDENCY = -4112,
    HASS_E_AUTH_FAILED = -4113,    /* ConfigEntryAuthFailed */
    HASS_E_PLUGIN = -4114,         /* a file that cannot be used as an integration */
    HASS_E_PARSE = -4115,          /* malformed JSON or YAML */
    HASS_E_NO_ENTITY_ID = -4116,   /* NoEntitySpecifiedError */
    HASS_E_NOT_COROUTINE = -4117,  /* would suspend outside a coroutine */
    HASS_E_WOULD_DEADLOCK = -4118, /* a blocking wait on the loop thread */
    HASS_E_NOT_ALLOWED = -4119,    /* OperationNotAllowed: the state of a config entry */
    HASS_E_FLOW_ABORTED = -4120,   /* AbortFlow: a step has ended its flow, which is no failure */
    HASS_E_TEMPLATE = -4121,       /* TemplateError: "UndefinedError: 'x' is undefined" */
    HASS_E_CONDITION = -4122, /* ConditionError: a condition that can answer neither yes nor no */
};

/** Owned by the caller, on its stack. Begin with HASS_ERROR_INIT. */
struct hass_error {
    uint32_t size;
    int code;          /* 0 while no error is set */
    char key[64];      /* translation key of the model, e.g. "service_not_found", or "" */
    char message[440]; /* one line, no full stop; cut at a character boundary */
};

#define HASS_ERROR_INIT                                                                            \
    {                                                                                              \
        .size = sizeof(struct hass_error)                                                          \
    }

/** Sets @err unless it is NULL or set already. Returns @code, so that callers can `return hass_fail(…)`. */
HASS_API int hass_fail(struct hass_error *err, int code, const char *format, ...) HASS_PRINTF(3, 4);

HASS_API int hass_vfail(struct hass_error *err, int code, const char *format, va_list args)
    HASS_PRINTF(3, 0);

/** As hass_fail, with the model's translation key. */
HASS_API int hass_fail_key(struct hass_error *err, int code, const char *key, const char *format,
                           ...) HASS_PRINTF(4, 5);

/** As hass_fail for -@number with the text of errno @number behind the formatted one. Returns -@number. */
HASS_API int hass_fail_errno(struct hass_error *err, int number, const char *format, ...)
    HASS_PRINTF(3, 4);

/** Puts "<formatted>: " before the message of a set error. Returns its code, 0 when none is set; HASS_E_GENERAL for NULL. */
HASS_API int hass_error_prefix(struct hass_error *err, const char *format, ...) HASS_PRINTF(2, 3);

/** Forgets the error, for a buffer used again. */
HASS_API void hass_error_clear(struct hass_error *err);

/** Copies a set @from into @to under the first-wins rule. Returns @from's code, 0 when none is set. */
HASS_API int hass_error_copy(struct hass_error *to, const struct hass_error *from);

/** The name of a code: "HASS_E_THREAD", or errno's ("ENOENT"). Never NULL. */
HASS_API const char *hass_error_name(int code);
