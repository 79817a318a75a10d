"""virsh for each request, behind FastAPI: one run for the states, and one that tells the XML of every domain."""

import subprocess

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from domain_json import vm_json

END = "</domain>\n"
app = FastAPI(openapi_url=None)


def virsh(*commands):
    command = ["virsh", "-q", "-c", "qemu:///system", "; ".join(commands)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def states():
    found = {}
    for line in virsh("domstats --raw --state").splitlines():
        key, _, value = line.strip().partition("=")
        if line.startswith("Domain: "):
            name = line[len("Domain: '") : -1]
        elif key == "state.state":
            found[name] = int(value)
    return found


@app.get("/v1/vms")
def vms():
    state_of = states()
    documents = virsh(*(f"dumpxml {name}" for name in state_of)).split(END)[:-1]
    items = [vm_json(xml + END, state) for xml, state in zip(documents, state_of.values())]
    return JSONResponse({"items": items})
