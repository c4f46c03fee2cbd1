#!/bin/sh
# Installs what is missing of packages.txt.
#   packages.sh run     what building and running wants
#   packages.sh check   what the tests want as well
# As root or with sudo it installs; otherwise it prints the command to type.
set -eu
cd "$(dirname "$0")/.."
want=$1

present() {
    case $1 in
    nodejs) command -v node >/dev/null ;; # however node came here, it will do
    npm) command -v npm >/dev/null ;;
    *) [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ;;
    esac
}

missing=
while read -r name _; do
    case $name in
    '' | '#'*) continue ;;
    check:*) [ "$want" = check ] || continue; name=${name#check:} ;;
    esac
    present "$name" || missing="$missing $name"
done <packages.txt

[ -n "$missing" ] || exit 0
command="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
    run=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    run=sudo
else
    echo "Pendeen needs these Debian packages. Please type:" >&2
    echo "    sudo apt-get update && sudo $command" >&2
    exit 1
fi
echo "Installing:$missing"
DEBIAN_FRONTEND=noninteractive
export DEBIAN_FRONTEND
log=$(mktemp)
if ! { $run apt-get update -qq && $run $command -qq; } >"$log" 2>&1; then
    cat "$log" >&2
    echo "The packages could not be installed. Please type:" >&2
    echo "    sudo apt-get update && sudo $command" >&2
    rm -f "$log"
    exit 1
fi
rm -f "$log"
