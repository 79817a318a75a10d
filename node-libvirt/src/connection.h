#pragma once

#include <memory>
#include <napi.h>

#include "connection_state.h"
#include "env_data.h"
#include "job.h"

namespace lv {

class Connection : public Napi::ObjectWrap<Connection> {
 public:
  static void Init(Napi::Env env, Napi::Object exports);

  explicit Connection(const Napi::CallbackInfo& info);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

 private:
  using Info = const Napi::CallbackInfo&;

  static Napi::Value Open(Info info);
  Napi::Value IsClosed(Info info);
  Napi::Value Close(Info info);

  // The connection itself: connection.cc
  Napi::Value IsAlive(Info info);
  Napi::Value SetKeepAlive(Info info);
  Napi::Value GetVersion(Info info);
  Napi::Value GetLibVersion(Info info);
  Napi::Value GetHostname(Info info);
  Napi::Value GetURI(Info info);
  Napi::Value GetType(Info info);
  Napi::Value GetCapabilities(Info info);
  Napi::Value GetDomainCapabilities(Info info);
  Napi::Value DomainEventRegister(Info info);
  Napi::Value DomainEventDeregister(Info info);

  // Its objects: connection_objects.cc
  Napi::Value ListAllDomains(Info info);
  Napi::Value LookupDomainByName(Info info);
  Napi::Value LookupDomainByUUIDString(Info info);
  Napi::Value LookupDomainById(Info info);
  Napi::Value DomainDefineXMLFlags(Info info);
  Napi::Value DomainCreateXML(Info info);
  Napi::Value ListAllNWFilters(Info info);
  Napi::Value LookupNWFilterByName(Info info);
  Napi::Value LookupNWFilterByUUIDString(Info info);
  Napi::Value NWFilterDefineXMLFlags(Info info);
  Napi::Value ListAllNWFilterBindings(Info info);
  Napi::Value LookupNWFilterBindingByPortDev(Info info);
  Napi::Value NWFilterBindingCreateXML(Info info);
  Napi::Value ListAllNetworks(Info info);
  Napi::Value LookupNetworkByName(Info info);
  Napi::Value LookupNetworkByUUIDString(Info info);
  Napi::Value NetworkDefineXML(Info info);
  Napi::Value NetworkCreateXML(Info info);
  Napi::Value ListAllStoragePools(Info info);
  Napi::Value LookupStoragePoolByName(Info info);
  Napi::Value StoragePoolDefineXML(Info info);
  Napi::Value StoragePoolCreateXML(Info info);
  Napi::Value LookupStorageVolByPath(Info info);

  // In one hop: domain_batch.cc, batch.cc
  Napi::Value GetDomainXMLByName(Info info);
  Napi::Value GetDomainXMLByUUIDString(Info info);
  Napi::Value GetAllDomainStates(Info info);
  Napi::Value GetAllDomainStats(Info info);
  Napi::Value GetAllDomainsXML(Info info);
  Napi::Value GetAllNWFiltersXML(Info info);
  Napi::Value GetAllNWFilterBindingsXML(Info info);

  // `work(site)` runs on a worker.
  template <class Work>
  Napi::Value Call(Info info, Lane lane, Work work) {
    return Run(info, state_, lane, 0, std::move(work));
  }
  // `work()` too, without a link.
  template <class Work>
  Napi::Value Bare(Info info, uint64_t call, Work work) {
    return Post(info, state_, Lane::kQuick, 0, call,
                [work = std::move(work)](const Answer& answer, size_t) { answer.With(work); });
  }

  std::shared_ptr<ConnectionState> state_;
  std::weak_ptr<EnvData> data_;
};

}  // namespace lv
