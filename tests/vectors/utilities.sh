#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the recorded cases of the utilities: utilities.sh BUILD
exec "$1/tests/vectors" utilities "$(dirname "$0")/data/utilities.jsonl"
