"""FastAPI and libvirt-python: plain functions, which FastAPI runs in its pool of threads, and one connection."""

import libvirt
from fastapi import Body, FastAPI
from fastapi.responses import JSONResponse

from domain_json import vm_json

app = FastAPI(openapi_url=None)
connection = libvirt.open("qemu:///system")


@app.get("/v1/vms")
def vms():
    # one call tells the domains and their states
    records = connection.getAllDomainStats(libvirt.VIR_DOMAIN_STATS_STATE)
    return JSONResponse({"items": [vm_json(domain.XMLDesc(), stats["state.state"]) for domain, stats in records]})


@app.get("/v1/vms/{uuid}")
def vm(uuid: str):
    domain = connection.lookupByUUIDString(uuid)
    return JSONResponse(vm_json(domain.XMLDesc(), domain.state()[0]))


@app.put("/v1/nwfilters/{name}")
def nwfilter(name: str, xml: bytes = Body(media_type="application/xml")):
    defined = connection.nwfilterDefineXML(xml.decode())
    return JSONResponse({"name": defined.name(), "uuid": defined.UUIDString()})
