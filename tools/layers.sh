#!/bin/sh
# Fails when a source file of src/ includes a header of a room that its own room
# may not know.  Usage: layers.sh RULES
set -eu
rules=$1
awk '
    FNR == NR {
        sub(/#.*/, "")
        if (NF == 0) next
        room = $1; sub(/:$/, "", room)
        known[room] = 1
        allowed[room, room] = 1
        for (i = 2; i <= NF; i++) allowed[room, $i] = 1
        next
    }
    /^#[ \t]*include[ \t]*"/ {
        split(FILENAME, part, "/")
        from = part[2]
        header = $0
        sub(/^[^"]*"/, "", header); sub(/".*/, "", header)
        if (header !~ /\//) next
        to = header; sub(/\/.*/, "", to)
        if (!(to in known)) next
        if (!((from, to) in allowed)) {
            printf "%s:%d: %s may not include %s (tools/layers.txt)\n", FILENAME, FNR, from, header
            bad = 1
        }
    }
    END { exit bad }
' "$rules" $(find src -name '*.[ch]' -o -name '*.def')
