#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the recorded templates: templates.sh BUILD
exec "$1/tests/vectors" templates "$(dirname "$0")/data/templates.jsonl"
