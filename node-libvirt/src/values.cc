#include "values.h"

namespace lv {

Napi::Value ToJs(Napi::Env env, std::monostate) { return env.Undefined(); }
Napi::Value ToJs(Napi::Env env, bool value) { return Napi::Boolean::New(env, value); }
Napi::Value ToJs(Napi::Env env, int value) { return Napi::Number::New(env, value); }
Napi::Value ToJs(Napi::Env env, double value) { return Napi::Number::New(env, value); }
Napi::Value ToJs(Napi::Env env, const std::string& value) { return Napi::String::New(env, value); }
Napi::Value ToJs(Napi::Env env, const std::optional<std::string>& value) {
  return value ? ToJs(env, *value) : env.Null();
}

Napi::Object ObjectOf(Napi::Env env, Members members) {
  Napi::Object object = Napi::Object::New(env);
  for (const auto& [name, value] : members) object.Set(name, value);
  return object;
}

std::string Text(const char* text) { return text != nullptr ? text : ""; }

namespace {

// For each kind of object that has a UUID. Both calls read the client's own memory.
template <class T, class Name, class Uuid>
Identity NameAndUuid(T* object, Name name, Uuid uuid) {
  char text[VIR_UUID_STRING_BUFLEN] = "";
  uuid(object, text);
  return {Text(name(object)), text};
}

}  // namespace

Identity Identify(virDomainPtr domain) { return NameAndUuid(domain, virDomainGetName, virDomainGetUUIDString); }
Identity Identify(virNWFilterPtr filter) {
  return NameAndUuid(filter, virNWFilterGetName, virNWFilterGetUUIDString);
}
Identity Identify(virNetworkPtr network) { return NameAndUuid(network, virNetworkGetName, virNetworkGetUUIDString); }
Identity Identify(virStoragePoolPtr pool) {
  return NameAndUuid(pool, virStoragePoolGetName, virStoragePoolGetUUIDString);
}
Identity Identify(virNWFilterBindingPtr binding) {
  return {Text(virNWFilterBindingGetPortDev(binding)), Text(virNWFilterBindingGetFilterName(binding))};
}
Identity Identify(virStorageVolPtr volume) {
  return {Text(virStorageVolGetName(volume)), Text(virStorageVolGetKey(volume))};
}

Owned<virDomain> Find(virConnectPtr connect, const Identity& identity, virDomainPtr) {
  return Owned<virDomain>(LV_CALL(virDomainLookupByUUIDString, connect, identity.second.c_str()));
}
Owned<virNWFilter> Find(virConnectPtr connect, const Identity& identity, virNWFilterPtr) {
  return Owned<virNWFilter>(LV_CALL(virNWFilterLookupByUUIDString, connect, identity.second.c_str()));
}
Owned<virNWFilterBinding> Find(virConnectPtr connect, const Identity& identity, virNWFilterBindingPtr) {
  return Owned<virNWFilterBinding>(LV_CALL(virNWFilterBindingLookupByPortDev, connect, identity.first.c_str()));
}
Owned<virNetwork> Find(virConnectPtr connect, const Identity& identity, virNetworkPtr) {
  return Owned<virNetwork>(LV_CALL(virNetworkLookupByUUIDString, connect, identity.second.c_str()));
}
Owned<virStoragePool> Find(virConnectPtr connect, const Identity& identity, virStoragePoolPtr) {
  return Owned<virStoragePool>(LV_CALL(virStoragePoolLookupByUUIDString, connect, identity.second.c_str()));
}
Owned<virStorageVol> Find(virConnectPtr connect, const Identity& identity, virStorageVolPtr) {
  return Owned<virStorageVol>(LV_CALL(virStorageVolLookupByKey, connect, identity.second.c_str()));
}

}  // namespace lv
