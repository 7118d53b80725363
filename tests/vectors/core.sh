#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the recorded cases of the core: core.sh BUILD
exec "$1/tests/vectors" core "$(dirname "$0")/data/core.json"
