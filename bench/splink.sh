#!/bin/sh
# pendeen link beside Splink on the same files: makes a virtual environment of its own
# (pinned versions) and runs bench/beside.py in it.  Options are those of beside.py.
set -eu
cd "$(dirname "$0")/.."
place=${SPLINK_VENV:-build/splink-venv}
if ! [ -x "$place/bin/python" ]; then
    python3 -m venv "$place"
    "$place/bin/pip" install --quiet splink==4.0.16 duckdb==2.0.1 pandas==3.1.1
fi
make --no-print-directory -j"$(nproc)" all
printf '%s, %s processors, %s, %s\n' "$(uname -sm)" "$(nproc)" \
    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(date -I)"
exec "$place/bin/python" bench/beside.py "$@"
