#include "args.h"
#include "domain.h"
#include "typed_params.h"

namespace lv {

namespace {

using lv::ToJs;  // or those below would hide it

struct State {
  int state = 0;
  int reason = 0;
};

Napi::Value ToJs(Napi::Env env, const State& state) {
  return ObjectOf(env, {{"state", ToJs(env, state.state)}, {"reason", ToJs(env, state.reason)}});
}

// In structs of this namespace, where ToJs is looked for.
struct DomainInfo {
  virDomainInfo data{};
};

struct Counters {
  virDomainInterfaceStatsStruct data{};
};

Napi::Value ToJs(Napi::Env env, const DomainInfo& result) {
  const virDomainInfo& data = result.data;
  return ObjectOf(env, {{"state", Number(env, data.state)},
                        {"maxMem", Number(env, static_cast<double>(data.maxMem))},
                        {"memory", Number(env, static_cast<double>(data.memory))},
                        {"nrVirtCpu", Number(env, data.nrVirtCpu)},
                        {"cpuTime", Napi::BigInt::New(env, static_cast<uint64_t>(data.cpuTime))}});
}

Napi::Value ToJs(Napi::Env env, const Counters& result) {
  const virDomainInterfaceStatsStruct& stats = result.data;
  const auto counter = [env](long long value) { return Number(env, static_cast<double>(value)); };  // NOLINT
  return ObjectOf(env, {{"rxBytes", counter(stats.rx_bytes)},
                        {"rxPackets", counter(stats.rx_packets)},
                        {"rxErrs", counter(stats.rx_errs)},
                        {"rxDrop", counter(stats.rx_drop)},
                        {"txBytes", counter(stats.tx_bytes)},
                        {"txPackets", counter(stats.tx_packets)},
                        {"txErrs", counter(stats.tx_errs)},
                        {"txDrop", counter(stats.tx_drop)}});
}

struct Address {
  int type;
  std::string addr;
  unsigned prefix;
};

struct Interface {
  std::string name;
  std::optional<std::string> hwaddr;
  std::vector<Address> addrs;
};

Napi::Value ToJs(Napi::Env env, const Address& address) {
  return ObjectOf(env, {{"type", ToJs(env, address.type)},
                        {"addr", ToJs(env, address.addr)},
                        {"prefix", Number(env, address.prefix)}});
}

Napi::Value ToJs(Napi::Env env, const Interface& interface) {
  return ObjectOf(env, {{"name", ToJs(env, interface.name)},
                        {"hwaddr", ToJs(env, interface.hwaddr)},
                        {"addrs", ToJs(env, interface.addrs)}});
}

struct InterfaceDeleter {
  void operator()(virDomainInterface* interface) const { virDomainInterfaceFree(interface); }
};

Interface Copy(const virDomainInterface& from) {
  Interface to;
  to.name = Text(from.name);
  if (from.hwaddr != nullptr) to.hwaddr = from.hwaddr;
  for (unsigned i = 0; i < from.naddrs; ++i) {
    to.addrs.push_back({from.addrs[i].type, Text(from.addrs[i].addr), from.addrs[i].prefix});
  }
  return to;
}

struct Job {
  int type = 0;
  Params params;
};

Napi::Value ToJs(Napi::Env env, const Job& job) {
  return ObjectOf(env, {{"type", ToJs(env, job.type)}, {"params", ToJs(env, job.params)}});
}

}  // namespace

// -1 when it does not run. A lookup: the handle's own id is the one it had when it was looked up.
Napi::Value Domain::GetID(Info info) {
  return Call(info, Lane::kQuick, [](virDomainPtr domain) {
    char uuid[VIR_UUID_STRING_BUFLEN] = "";
    LV_CALL(virDomainGetUUIDString, domain, uuid);
    const Owned<virDomain> now(LV_CALL(virDomainLookupByUUIDString, virDomainGetConnect(domain), uuid));
    return static_cast<int>(virDomainGetID(now.get()));
  });
}

Napi::Value Domain::GetName(Info info) {
  return Call(info, Lane::kQuick, [](virDomainPtr domain) {
    char uuid[VIR_UUID_STRING_BUFLEN] = "";
    LV_CALL(virDomainGetUUIDString, domain, uuid);
    const Owned<virDomain> now(LV_CALL(virDomainLookupByUUIDString, virDomainGetConnect(domain), uuid));
    return Text(virDomainGetName(now.get()));
  });
}

Napi::Value Domain::GetXMLDesc(Info info) {
  return Call(info, Lane::kQuick, [flags = Args(info).Flags(0)](virDomainPtr domain) {
    return TakeString(LV_CALL(virDomainGetXMLDesc, domain, flags));
  });
}

Napi::Value Domain::GetState(Info info) {
  return Call(info, Lane::kQuick, [](virDomainPtr domain) {
    State state;
    LV_CALL(virDomainGetState, domain, &state.state, &state.reason, 0);
    return state;
  });
}

Napi::Value Domain::GetInfo(Info info) {
  return Call(info, Lane::kQuick, [](virDomainPtr domain) {
    DomainInfo result;
    LV_CALL(virDomainGetInfo, domain, &result.data);
    return result;
  });
}

Napi::Value Domain::IsActive(Info info) {
  return Call(info, Lane::kQuick, [](virDomainPtr domain) { return LV_CALL(virDomainIsActive, domain) == 1; });
}

Napi::Value Domain::IsPersistent(Info info) {
  return Call(info, Lane::kQuick, [](virDomainPtr domain) { return LV_CALL(virDomainIsPersistent, domain) == 1; });
}

Napi::Value Domain::HasManagedSaveImage(Info info) {
  return Call(info, Lane::kQuick, [flags = Args(info).Flags(0)](virDomainPtr domain) {
    return LV_CALL(virDomainHasManagedSaveImage, domain, flags) == 1;
  });
}

Napi::Value Domain::ManagedSaveGetXMLDesc(Info info) {
  return Call(info, Lane::kQuick, [flags = Args(info).Flags(0)](virDomainPtr domain) {
    return TakeString(LV_CALL(virDomainManagedSaveGetXMLDesc, domain, flags));
  });
}

Napi::Value Domain::GetAutostart(Info info) {
  return Call(info, Lane::kQuick, [](virDomainPtr domain) {
    int on = 0;
    LV_CALL(virDomainGetAutostart, domain, &on);
    return on != 0;
  });
}

Napi::Value Domain::GetMetadata(Info info) {
  const Args args(info);
  return Call(info, Lane::kQuick,
              [type = args.Int(0, "type"), uri = args.OptionalString(1, "uri"), flags = args.Flags(2)](
                  virDomainPtr domain) {
                return TakeString(LV_CALL(virDomainGetMetadata, domain, type, CString(uri), flags));
              });
}

Napi::Value Domain::InterfaceStats(Info info) {
  return Call(info, Lane::kQuick, [device = Args(info).String(0, "device")](virDomainPtr domain) {
    Counters result;
    LV_CALL(virDomainInterfaceStats, domain, device.c_str(), &result.data, sizeof result.data);
    return result;
  });
}

Napi::Value Domain::InterfaceAddresses(Info info) {
  const Args args(info);
  return Call(info, Lane::kQuick, [source = args.UInt(0, "source"), flags = args.Flags(1)](virDomainPtr domain) {
    virDomainInterfacePtr* raw = nullptr;
    const int count = LV_CALL(virDomainInterfaceAddresses, domain, &raw, source, flags);
    const std::unique_ptr<virDomainInterfacePtr, FreeDeleter> array(raw);
    std::vector<Interface> interfaces;
    for (int i = 0; i < count; ++i) {
      const std::unique_ptr<virDomainInterface, InterfaceDeleter> owned(raw[i]);
      interfaces.push_back(Copy(*owned));
    }
    return interfaces;
  });
}

Napi::Value Domain::GetJobStats(Info info) {
  return Call(info, Lane::kQuick, [flags = Args(info).Flags(0)](virDomainPtr domain) {
    Job job;
    TypedParams params;
    LV_CALL(virDomainGetJobStats, domain, &job.type, &params.params, &params.count, flags);
    job.params = CopyParams(params.params, params.count);
    return job;
  });
}

}  // namespace lv
