/* SPDX-License-Identifier: Apache-2.0 */
/* Ids of rows that say nothing. */
#pragma once

#include "base/arena.h"

/** 32 random hex digits, in @arena. */
const char *registry_make_id(struct arena *arena);
