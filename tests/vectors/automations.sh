#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the recorded automations: automations.sh BUILD
exec "$1/tests/vectors" automations "$(dirname "$0")/data/automations.json"
