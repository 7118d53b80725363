#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Renders generated templates with Jinja and with ours: differential.sh BUILD [SEED [COUNT]]
exec /usr/bin/python3 -B "$(dirname "$0")/differential.py" "$@"
