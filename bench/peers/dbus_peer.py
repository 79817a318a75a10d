"""libvirt-dbus on a bus of its own, asked by a FastAPI service."""

import dbus
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from domain_json import STATES, vm_json

STATS_STATE = 1
app = FastAPI(openapi_url=None)
bus = dbus.SystemBus()
# without `introspect` each object would be asked first for what it can do
proxy = bus.get_object("org.libvirt", "/org/libvirt/QEMU", introspect=False)
connect = dbus.Interface(proxy, "org.libvirt.Connect")


def xml_of(path):
    domain = bus.get_object("org.libvirt", path, introspect=False)
    return domain.GetXMLDesc(dbus.UInt32(0), dbus_interface="org.libvirt.Domain")


# not a plain function: dbus-python's connection is not made for several threads
@app.get("/v1/vms")
async def vms():
    records = connect.GetAllDomainStats(dbus.UInt32(STATS_STATE), dbus.UInt32(0))
    states = {name: STATES[int(stats["state.state"])] for name, stats in records}
    items = [vm_json(xml_of(path), 0) for path in connect.ListDomains(dbus.UInt32(0))]
    return JSONResponse({"items": [{**item, "state": states[item["name"]]} for item in items]})
