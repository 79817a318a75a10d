#!/usr/bin/env bash
# Makes a VM with a filtered NIC, waits until the kernel enforces its filter, shows the verdict, and removes the VM.
# With curl and jq:
#   VIRTWARDEN_TOKEN=… examples/filtered-vm.sh
# VIRTWARDEN_API_URL says where the service is, BRIDGE where the NIC is plugged.
set -euo pipefail
: "${VIRTWARDEN_TOKEN:?}"
api=${VIRTWARDEN_API_URL:-http://127.0.0.1:7480}/v1
vm=example-curl-$$

# ask METHOD PATH [BODY]: prints the answer, or the problem that it is, to stderr.
ask() {
  local args=(-sS --fail-with-body -X "$1" -H "Authorization: Bearer $VIRTWARDEN_TOKEN") answer
  if [[ -n ${3-} ]]; then args+=(-H 'Content-Type: application/json' --data "$3"); fi
  if answer=$(curl "${args[@]}" "$api$2"); then
    echo "$answer"
  else
    jq -r '"\(.title): \(.detail)", (.errors[]? | "  \(.path): \(.message)")' <<<"$answer" >&2
    return 1
  fi
}

body=$(jq -n --arg name "$vm" --arg bridge "${BRIDGE:-br0}" '{
  name: $name, memoryMiB: 128, start: true,
  nics: [{ source: { type: "bridge", bridge: $bridge } }]
}')
mac=$(ask POST /vms "$body" | jq -r '.nics[0].mac')
trap 'ask DELETE "/vms/$vm?force=true" >/dev/null' EXIT

for _ in {1..60}; do
  verdict=$(ask GET "/vms/$vm/nics/$mac/enforcement")
  status=$(jq -r .status <<<"$verdict")
  [[ $status != enforced ]] || break
  sleep 0.5
done
jq -r '"\(.nic) is \(.status): \(.desired | join(",")), \(.rules | length) rules"' <<<"$verdict"
[[ $status == enforced ]]
