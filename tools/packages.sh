#!/bin/sh
# Installs what is missing of packages.txt.
#   packages.sh run     what building and running wants
#   packages.sh check   what the tests want as well; what is marked "unpack:" is taken
#                       apart in build/unpacked/ and not installed
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
unpack=
while read -r name _; do
    case $name in
    '' | '#'*) continue ;;
    check:*) [ "$want" = check ] || continue; name=${name#check:} ;;
    unpack:*)
        name=${name#unpack:}
        [ "$want" != check ] || command -v "$name" >/dev/null || [ -d "build/unpacked/$name" ] ||
            unpack="$unpack $name"
        continue
        ;;
    esac
    present "$name" || missing="$missing $name"
done <packages.txt

# Taken apart, not installed: no service of it starts on this machine.
unpack() {
    for name in $unpack; do
        folder=$(mktemp -d)
        chmod 755 "$folder"
        echo "Unpacking: $name"
        if ! (cd "$folder" && apt-get download -qq "$name" >log 2>&1); then
            cat "$folder/log" >&2
            echo "$name could not be downloaded. Please type: sudo apt-get update" >&2
            rm -rf "$folder"
            exit 1
        fi
        dpkg-deb -x "$folder/$name"_*.deb "$folder/root"
        mkdir -p build/unpacked
        mv "$folder/root" "build/unpacked/$name"
        rm -rf "$folder"
    done
}

if [ -z "$missing" ]; then
    unpack
    exit 0
fi
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
unpack
