#include "json.h"

#include <cstdio>
#include <pugixml.hpp>

static void appendText(std::string &json, const char *text) {
  json += '"';
  for (; *text; text++) {
    unsigned char c = *text;
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (c < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", c);
      json += escaped;
    } else {
      json += c;
    }
  }
  json += '"';
}

static void appendNic(std::string &json, pugi::xml_node nic) {
  json += "{\"mac\":";
  appendText(json, nic.child("mac").attribute("address").value());
  json += ",\"source\":{\"type\":";
  appendText(json, nic.attribute("type").value());
  json += ",\"bridge\":";
  appendText(json, nic.child("source").attribute("bridge").value());
  json += "},\"filter\":";
  appendText(json, nic.child("filterref").attribute("filter").value());
  json += '}';
}

void appendVm(std::string &json, const char *xml, size_t length, int state) {
  static const char *const states[] = {"nostate",  "running", "blocked", "paused",
                                       "shutdown", "shutoff", "crashed", "pmsuspended"};
  pugi::xml_document document;
  if (!document.load_buffer(xml, length)) std::abort();
  pugi::xml_node domain = document.child("domain");
  json += "{\"uuid\":";
  appendText(json, domain.child_value("uuid"));
  json += ",\"name\":";
  appendText(json, domain.child_value("name"));
  json += ",\"state\":";
  appendText(json, states[state & 7]);
  json += ",\"memoryMiB\":" + std::to_string(domain.child("memory").text().as_ullong() / 1024);
  json += ",\"vcpus\":" + std::to_string(domain.child("vcpu").text().as_int());
  json += ",\"nics\":[";
  for (pugi::xml_node nic : domain.child("devices").children("interface")) {
    if (json.back() != '[') json += ',';
    appendNic(json, nic);
  }
  json += "]}";
}
