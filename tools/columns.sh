#!/bin/sh
# Fails when a line of C is longer than 100 columns; `clang-format -i` breaks it as the others.
# Usage: columns.sh FOLDER...
set -eu
long=$(find "$@" -name '*.[ch]' -exec env LC_ALL=C.UTF-8 grep -HnE '^.{101,}' {} + || true)
[ -n "$long" ] || exit 0
printf '%s\n' "$long" "These lines are longer than 100 columns (docs/STYLE.md)." >&2
exit 1
