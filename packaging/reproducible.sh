#!/bin/sh
# Does the same source make the same package, whoever builds it, and where?
#   packaging/reproducible.sh
# Compiles everything twice, in two folders, and compares the bytes. Takes minutes.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sh packaging/deb.sh "$work/first"
TZ=Pacific/Kiritimati LANG=C.UTF-8 HOME="$work" sh packaging/deb.sh "$work/other/place"
(cd "$work/first" && sha256sum ./*.deb) >"$work/sums"
cat "$work/sums"
(cd "$work/other/place" && sha256sum --check --quiet ../../sums) && echo 'the same bytes'
