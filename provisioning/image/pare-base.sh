#!/bin/sh
# Takes out of a base what nothing in it uses, and writes down which packages it is made of, where scanners look for that in
# images without a package manager. Called by mmdebstrap with the base's folder.
set -eu
cd "$1"

mkdir -p var/lib/dpkg/status.d
for package in var/cache/apt/archives/*.deb; do
  name="$(dpkg-deb --field "$package" Package)"
  # awk, which the base's documents depend on for scripts that never run.
  if [ "$name" != mawk ]; then dpkg-deb --field "$package" > "var/lib/dpkg/status.d/$name"; fi
done

rm -rf usr/bin/mawk usr/share/doc/mawk
# Of whoever made it, not of the image.
rm -f etc/resolv.conf etc/hostname
# But for what mmdebstrap takes out itself when it ends.
find etc/apt -type f ! -name 00mmdebstrap -delete
# Conversions of character sets: the programs bring their own.
rm -rf usr/lib/*/gconv
rm -rf usr/share/man usr/share/info usr/share/gcc usr/share/gdb usr/share/lintian
find usr/share/doc -type f ! -name copyright -delete
