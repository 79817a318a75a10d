"""The JSON of a VM, of libvirt's XML: what the Python peers have in common."""

from xml.etree import ElementTree

STATES = ["nostate", "running", "blocked", "paused", "shutdown", "shutoff", "crashed", "pmsuspended"]


def attribute(element, path, name):
    found = element.find(path)
    return None if found is None else found.get(name)


def nic_json(nic):
    return {
        "mac": attribute(nic, "mac", "address"),
        "source": {"type": nic.get("type"), "bridge": attribute(nic, "source", "bridge")},
        "filter": attribute(nic, "filterref", "filter"),
    }


def vm_json(xml, state):
    domain = ElementTree.fromstring(xml)
    return {
        "uuid": domain.findtext("uuid"),
        "name": domain.findtext("name"),
        "state": STATES[state],
        "memoryMiB": int(domain.findtext("memory")) // 1024,
        "vcpus": int(domain.findtext("vcpu")),
        "nics": [nic_json(nic) for nic in domain.iterfind("devices/interface")],
    }
