// The JSON of a VM, made by hand of libvirt's XML.
#pragma once
#include <string>

/** Appends the VM that the XML describes, in the state of libvirt's number. */
void appendVm(std::string &json, const char *xml, size_t length, int state);
