#include "network.h"

#include "args.h"

namespace lv {

namespace {

using lv::ToJs;  // or those below would hide it

struct Lease {
  std::string iface;
  double expiry_time;
  int type;
  std::optional<std::string> mac;
  std::optional<std::string> iaid;
  std::string ipaddr;
  unsigned prefix;
  std::optional<std::string> hostname;
  std::optional<std::string> clientid;
};

Napi::Value ToJs(Napi::Env env, const Lease& lease) {
  return ObjectOf(env, {{"iface", ToJs(env, lease.iface)},
                        {"expiryTime", ToJs(env, lease.expiry_time)},
                        {"type", ToJs(env, lease.type)},
                        {"mac", ToJs(env, lease.mac)},
                        {"iaid", ToJs(env, lease.iaid)},
                        {"ipaddr", ToJs(env, lease.ipaddr)},
                        {"prefix", Number(env, lease.prefix)},
                        {"hostname", ToJs(env, lease.hostname)},
                        {"clientid", ToJs(env, lease.clientid)}});
}

struct LeaseDeleter {
  void operator()(virNetworkDHCPLease* lease) const { virNetworkDHCPLeaseFree(lease); }
};

std::optional<std::string> Maybe(const char* text) {
  if (text == nullptr) return std::nullopt;
  return text;
}

Lease Copy(const virNetworkDHCPLease& from) {
  return {Text(from.iface), static_cast<double>(from.expirytime), from.type,
          Maybe(from.mac),  Maybe(from.iaid),                     Text(from.ipaddr),
          from.prefix,      Maybe(from.hostname),                 Maybe(from.clientid)};
}

}  // namespace

Napi::Value Network::GetXMLDesc(Info info) {
  return Call(info, Lane::kQuick, [flags = Args(info).Flags(0)](virNetworkPtr network) {
    return TakeString(LV_CALL(virNetworkGetXMLDesc, network, flags));
  });
}

Napi::Value Network::IsActive(Info info) {
  return Call(info, Lane::kQuick, [](virNetworkPtr network) { return LV_CALL(virNetworkIsActive, network) == 1; });
}

Napi::Value Network::IsPersistent(Info info) {
  return Call(info, Lane::kQuick, [](virNetworkPtr network) { return LV_CALL(virNetworkIsPersistent, network) == 1; });
}

Napi::Value Network::GetBridgeName(Info info) {
  return Call(info, Lane::kQuick,
              [](virNetworkPtr network) { return TakeString(LV_CALL(virNetworkGetBridgeName, network)); });
}

Napi::Value Network::GetDHCPLeases(Info info) {
  const Args args(info);
  return Call(info, Lane::kQuick,
              [mac = args.OptionalString(0, "mac"), flags = args.Flags(1)](virNetworkPtr network) {
                virNetworkDHCPLeasePtr* raw = nullptr;
                const int count = LV_CALL(virNetworkGetDHCPLeases, network, CString(mac), &raw, flags);
                const std::unique_ptr<virNetworkDHCPLeasePtr, FreeDeleter> array(raw);
                std::vector<Lease> leases;
                for (int i = 0; i < count; ++i) {
                  const std::unique_ptr<virNetworkDHCPLease, LeaseDeleter> owned(raw[i]);
                  leases.push_back(Copy(*owned));
                }
                return leases;
              });
}

Napi::Value Network::Create(Info info) {
  return Call(info, Lane::kSlow, [](virNetworkPtr network) { LV_CALL(virNetworkCreate, network); });
}

Napi::Value Network::Destroy(Info info) {
  return Call(info, Lane::kSlow, [](virNetworkPtr network) { LV_CALL(virNetworkDestroy, network); });
}

Napi::Value Network::Undefine(Info info) {
  return Call(info, Lane::kSlow, [](virNetworkPtr network) { LV_CALL(virNetworkUndefine, network); });
}


void Network::Init(Napi::Env env, Napi::Object exports) {
  const Napi::Function constructor = DefineClass(
      env, "Network",
      {
          InstanceMethod("isClosed", &Network::IsClosed),
          InstanceMethod("close", &Network::Close),
          InstanceMethod<&Network::GetXMLDesc>("getXMLDesc"),
          InstanceMethod<&Network::IsActive>("isActive"),
          InstanceMethod<&Network::IsPersistent>("isPersistent"),
          InstanceMethod<&Network::GetBridgeName>("getBridgeName"),
          InstanceMethod<&Network::GetDHCPLeases>("getDHCPLeases"),
          InstanceMethod<&Network::Create>("create"),
          InstanceMethod<&Network::Destroy>("destroy"),
          InstanceMethod<&Network::Undefine>("undefine"),
      });
  EnvData::Of(env).SetClass(Class::kNetwork, constructor);
  exports.Set("Network", constructor);
}

}  // namespace lv
