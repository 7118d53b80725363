/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ways through a graph of integrations, whatever its edges are: the dependencies of manifests, or who waits for whom.
 */
#pragma once

#include <hass/types.h>

/** Lends what @domain leads to, NULL-terminated; NULL: nothing. */
typedef const char *const *resolve_edges_fn(const char *domain, void *userdata);

/**
 * The shortest way of at least one step from @from to @to, as "a -> b -> c", owned by the caller; NULL when there is none.
 * From a domain to itself it is the cycle to report.
 */
char *resolve_path(const char *from, const char *to, resolve_edges_fn *edges, void *userdata);
