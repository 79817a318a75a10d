#include "args.h"
#include "connection.h"
#include "handle.h"

// Slow here: what changes something. A define of an nwfilter in use rebuilds the rules of each NIC that has it.

namespace lv {

namespace {

// virXLookupByY(connection, text)
template <auto Function>
auto ByText(const char* call, std::string text) {
  return [call, text = std::move(text)](const Site& site) {
    return Adopt(site, Check(call, Function(site.get(), text.c_str())));
  };
}

// virXDefineOrCreateXML(connection, xml, flags)
template <auto Function>
auto ByXML(const char* call, const Args& args) {
  return [call, xml = args.String(0, "xml"), flags = args.Flags(1)](const Site& site) {
    return Adopt(site, Check(call, Function(site.get(), xml.c_str(), flags)));
  };
}

// virConnectListAllX(connection, &array, flags)
template <class T, auto Function>
auto All(const char* call, const Args& args) {
  return [call, flags = args.Flags(0)](const Site& site) {
    return ListHandles<T>(site, call, [&](T*** list) { return Function(site.get(), list, flags); });
  };
}

#define LV_BY_TEXT(function, name) ByText<function>(#function, Args(info).String(0, name))
#define LV_BY_XML(function) ByXML<function>(#function, Args(info))
#define LV_ALL(type, function) All<type, function>(#function, Args(info))

}  // namespace

Napi::Value Connection::ListAllDomains(Info info) {
  return Call(info, Lane::kQuick, LV_ALL(virDomain, virConnectListAllDomains));
}

Napi::Value Connection::LookupDomainByName(Info info) {
  return Call(info, Lane::kQuick, LV_BY_TEXT(virDomainLookupByName, "name"));
}

Napi::Value Connection::LookupDomainByUUIDString(Info info) {
  return Call(info, Lane::kQuick, LV_BY_TEXT(virDomainLookupByUUIDString, "uuid"));
}

Napi::Value Connection::LookupDomainById(Info info) {
  return Call(info, Lane::kQuick, [id = Args(info).Int(0, "id")](const Site& site) {
    return Adopt(site, LV_CALL(virDomainLookupByID, site.get(), id));
  });
}

Napi::Value Connection::DomainDefineXMLFlags(Info info) {
  return Call(info, Lane::kQuick, LV_BY_XML(virDomainDefineXMLFlags));
}

Napi::Value Connection::DomainCreateXML(Info info) {
  return Call(info, Lane::kSlow, LV_BY_XML(virDomainCreateXML));
}

Napi::Value Connection::ListAllNWFilters(Info info) {
  return Call(info, Lane::kQuick, LV_ALL(virNWFilter, virConnectListAllNWFilters));
}

Napi::Value Connection::LookupNWFilterByName(Info info) {
  return Call(info, Lane::kQuick, LV_BY_TEXT(virNWFilterLookupByName, "name"));
}

Napi::Value Connection::LookupNWFilterByUUIDString(Info info) {
  return Call(info, Lane::kQuick, LV_BY_TEXT(virNWFilterLookupByUUIDString, "uuid"));
}

Napi::Value Connection::NWFilterDefineXMLFlags(Info info) {
  return Call(info, Lane::kSlow, LV_BY_XML(virNWFilterDefineXMLFlags));
}

Napi::Value Connection::ListAllNWFilterBindings(Info info) {
  return Call(info, Lane::kQuick, LV_ALL(virNWFilterBinding, virConnectListAllNWFilterBindings));
}

Napi::Value Connection::LookupNWFilterBindingByPortDev(Info info) {
  return Call(info, Lane::kQuick, LV_BY_TEXT(virNWFilterBindingLookupByPortDev, "port"));
}

Napi::Value Connection::NWFilterBindingCreateXML(Info info) {
  return Call(info, Lane::kSlow, LV_BY_XML(virNWFilterBindingCreateXML));
}

Napi::Value Connection::ListAllNetworks(Info info) {
  return Call(info, Lane::kQuick, LV_ALL(virNetwork, virConnectListAllNetworks));
}

Napi::Value Connection::LookupNetworkByName(Info info) {
  return Call(info, Lane::kQuick, LV_BY_TEXT(virNetworkLookupByName, "name"));
}

Napi::Value Connection::LookupNetworkByUUIDString(Info info) {
  return Call(info, Lane::kQuick, LV_BY_TEXT(virNetworkLookupByUUIDString, "uuid"));
}

Napi::Value Connection::NetworkDefineXML(Info info) {
  return Call(info, Lane::kSlow, LV_BY_TEXT(virNetworkDefineXML, "xml"));
}

Napi::Value Connection::NetworkCreateXML(Info info) {
  return Call(info, Lane::kSlow, LV_BY_TEXT(virNetworkCreateXML, "xml"));
}

Napi::Value Connection::ListAllStoragePools(Info info) {
  return Call(info, Lane::kQuick, LV_ALL(virStoragePool, virConnectListAllStoragePools));
}

Napi::Value Connection::LookupStoragePoolByName(Info info) {
  return Call(info, Lane::kQuick, LV_BY_TEXT(virStoragePoolLookupByName, "name"));
}

Napi::Value Connection::StoragePoolDefineXML(Info info) {
  return Call(info, Lane::kSlow, LV_BY_XML(virStoragePoolDefineXML));
}

Napi::Value Connection::StoragePoolCreateXML(Info info) {
  return Call(info, Lane::kSlow, LV_BY_XML(virStoragePoolCreateXML));
}

Napi::Value Connection::LookupStorageVolByPath(Info info) {
  return Call(info, Lane::kQuick, LV_BY_TEXT(virStorageVolLookupByPath, "path"));
}

}  // namespace lv
