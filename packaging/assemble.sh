#!/bin/sh
# assemble.sh: makes a copy of the sources, in the working directory, into what the service runs with, and nothing else: the
# bundle, the filters, the packages of the lock file with their licences, and the compiled bindings.
set -eu
prefix=$(dirname "$(dirname "$(command -v node)")")
# Node's own headers, where they are, instead of a download
[ ! -e "$prefix/include/node/node_api.h" ] || export npm_config_nodedir="$prefix"
npm ci --ignore-scripts --no-audit --no-fund
npm run build
npm prune --omit=dev --ignore-scripts --no-audit --no-fund

rm -rf scripts src dist/client tsconfig.json package-lock.json packaging Dockerfile
# says which registry they came from
rm node_modules/.package-lock.json
for binding in node-libvirt node-linux; do
  find "$binding/build" -path '*/obj.target' -prune -exec rm -r {} +
  find "$binding/build" -type f ! -name '*.node' -delete
  find "$binding/build" -depth -type d -empty -delete
  rm -rf "$binding/src" "$binding/lib" "$binding/scripts" "$binding/tsconfig.json" "$binding/binding.gyp"
done
find node_modules node-libvirt node-linux \( -name "*.map" -o -name .tsbuildinfo \) -type f -delete
