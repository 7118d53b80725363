#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs automations as households write them: household.sh BUILD
exec "$1/tests/vectors" household "$(dirname "$0")/../golden/automations"
