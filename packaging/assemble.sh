#!/bin/sh
# slim.sh: in a checkout that was built and pruned, leaves what the service runs with: the bundle, the filters, the packages with
# their licences, and the compiled bindings.
set -eu
rm -rf scripts src dist/client tsconfig.json package-lock.json packaging Dockerfile
for binding in node-libvirt node-linux; do
  find "$binding/build" -type f ! -name '*.node' -delete
  find "$binding/build" -depth -type d -empty -delete
  rm -rf "$binding/src" "$binding/lib" "$binding/scripts" "$binding/tsconfig.json" "$binding/binding.gyp"
done
find node_modules node-libvirt node-linux -name '*.map' -type f -delete
