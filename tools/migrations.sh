#!/bin/sh
# Makes a C table of sql/NNNN_name.sql, in order: number, name, text.
#   migrations.sh sql/0001_first.sql ... >migrations.c
set -eu
printf '/* Made by tools/migrations.sh from sql/. */\n#include "store/migration.h"\n\n'
printf 'const struct migration migrations[] = {\n'
for file in "$@"; do
    name=$(basename "$file" .sql)
    printf '    {%d, "%s",\n' "$(echo "${name%%_*}" | sed 's/^0*//')" "${name#*_}"
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/     "/' -e 's/$/\\n"/' "$file"
    printf '    },\n'
done
printf '};\nconst size_t migrations_count = %d;\n' $#
