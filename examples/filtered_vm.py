#!/usr/bin/env python3
"""Makes a VM with a filtered NIC, waits until the kernel enforces its filter, shows the verdict, and removes the VM.

With Python's standard library:
  VIRTWARDEN_TOKEN=… examples/filtered_vm.py
VIRTWARDEN_API_URL says where the service is, BRIDGE where the NIC is plugged.
"""
import json
import os
import sys
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

API = os.environ.get("VIRTWARDEN_API_URL", "http://127.0.0.1:7480") + "/v1"
BRIDGE = os.environ.get("BRIDGE", "br0")


class Problem(Exception):
    """What the service answers when it does not do what was asked."""

    def __init__(self, title, detail, errors=(), **_more):
        super().__init__("\n".join([f"{title}: {detail}"] + [f"  {e['path']}: {e['message']}" for e in errors]))


def ask(method, path, body=None):
    request = Request(API + path, method=method)
    request.add_header("Authorization", f"Bearer {os.environ['VIRTWARDEN_TOKEN']}")
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body).encode()
    try:
        with urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or "null")
    except HTTPError as error:
        raise Problem(**json.load(error)) from None


def main():
    vm = f"example-python-{os.getpid()}"
    nics = [{"source": {"type": "bridge", "bridge": BRIDGE}}]
    mac = ask("POST", "/vms", {"name": vm, "memoryMiB": 128, "start": True, "nics": nics})["nics"][0]["mac"]
    try:
        deadline = time.monotonic() + 30
        while (verdict := ask("GET", f"/vms/{vm}/nics/{mac}/enforcement"))["status"] != "enforced":
            if time.monotonic() > deadline:
                sys.exit(f"{mac} is {verdict['status']}: {verdict['findings']}")
            time.sleep(0.5)
        print(f"{mac} is enforced: {','.join(verdict['desired'])}, {len(verdict['rules'])} rules")
    finally:
        ask("DELETE", f"/vms/{vm}?force=true")


try:
    main()
except Problem as problem:
    sys.exit(str(problem))
