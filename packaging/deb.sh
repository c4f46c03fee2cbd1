#!/bin/sh
# The Debian package, in build/deb/:  packaging/deb.sh [FOLDER]
# A copy of what git knows is put in FOLDER (build/deb) and built there by dpkg-buildpackage.
#   PENDEEN_PROGRAM=/path   packs that program instead of building one (a test of the package)
# Two runs in two folders make the same bytes: the time is that of debian/changelog.
set -eu
cd "$(dirname "$0")/.."
folder=${1:-build/deb}
for tool in dpkg-buildpackage dh dh_apparmor; do
    command -v "$tool" >/dev/null || {
        echo "Please type: sudo apt-get install debhelper dh-apparmor dpkg-dev" >&2
        exit 1
    }
done
version=$(sed -n '1s/.*(\(.*\)).*/\1/p' packaging/debian/changelog)
source=$folder/pendeen-$version
rm -rf "$source"
mkdir -p "$source"
git ls-files -z | xargs -0 cp -p --parents -t "$source"
cp -R packaging/debian "$source/debian"
wants=$(sed -n 's/^\([a-z][a-z0-9.+-]*\) .*/               \1,/p' packages.txt)
awk -v wants="$wants" '/^@BUILD-DEPENDS@/ { print wants; next } { print }' \
    packaging/debian/control >"$source/debian/control"
sh tools/packages.sh run # which knows better than dpkg-checkbuilddeps where node may come from
(cd "$source" && dpkg-buildpackage --build=binary --no-sign --no-check-builddeps --jobs-force="$(nproc)" >../log 2>&1) || {
    tail -40 "$folder/log" >&2
    exit 1
}
rm -rf "$source"
ls "$folder"/*.deb
