#include "connection.h"

#include <libvirt/virterror.h>

#include "args.h"
#include "domain.h"
#include "event_loop.h"
#include "event_subscription.h"

namespace lv {

namespace {

using lv::ToJs;  // or those below would hide it

using StatePtr = std::shared_ptr<ConnectionState>;

struct Opened {
  StatePtr state;
};

Napi::Value ToJs(Napi::Env env, const Opened& opened) {
  return EnvData::Of(env).Construct(env, Class::kConnection, opened.state);
}

}  // namespace

Napi::Value Connection::Open(Info info) {
  const Args args(info);
  const OpenOptions options{args.String(0, "uri"), args.Bool(1, "readOnly"), args.Int(3, "keepAlive.interval"),
                            args.UInt(4, "keepAlive.count")};
  const Threads threads{args.UInt(2, "maxInFlight"), args.UInt(5, "slowInFlight")};
  if (threads.all < 2 || threads.all > 256) throw Napi::RangeError::New(info.Env(), "maxInFlight must be 2 to 256");
  if (threads.slow < 1 || threads.slow >= threads.all)
    throw Napi::RangeError::New(info.Env(), "slowInFlight must be 1 to maxInFlight - 1");
  EnvData& data = EnvData::Of(info.Env());
  const auto state = std::make_shared<ConnectionState>(data.channel(), data.NextId(), threads, options);
  data.AddConnection(state);
  return Post(info, state, Lane::kSlow, 0, data.NextId(), [state](const Answer& answer, size_t) {
    answer.With([&] {
      try {
        state->Open();
        return Opened{state};
      } catch (const Failure&) {
        state->Close([](int) {});
        throw;
      }
    });
  });
}

Connection::Connection(Info info) : Napi::ObjectWrap<Connection>(info) {
  EnvData& data = EnvData::Of(info.Env());
  const auto* const subject = std::any_cast<StatePtr>(&data.Subject());
  if (subject == nullptr) throw Napi::TypeError::New(info.Env(), "not to be constructed");
  state_ = *subject;
  data_ = data.weak_from_this();
  data.BindConnection(state_->id(), info.This().As<Napi::Object>());
}

Connection::~Connection() {
  // The backstop for a connection that nobody closed; in the background, and a no-op after close().
  if (state_) state_->Close([](int) {});
  if (const auto data = data_.lock(); data && state_) data->RemoveConnection(state_->id());
}

Napi::Value Connection::IsClosed(Info info) { return ToJs(info.Env(), state_->closing()); }

Napi::Value Connection::Close(Info info) {
  const Napi::Env env = info.Env();
  EnvData& data = EnvData::Of(env);
  const uint64_t call = data.NextId();
  const Napi::Promise promise = data.Begin(env, call, info.This().As<Napi::Object>(), 0);
  data.RemoveSubscriptionsOf(state_->id());
  const Answer answer(state_, call, nullptr);
  if (!state_->Close([answer](int references) { answer.Resolve(references); })) answer.Resolve(0);
  return promise;
}

Napi::Value Connection::IsAlive(Info info) {
  if (!state_->closing() && state_->lost()) {
    const auto deferred = Napi::Promise::Deferred::New(info.Env());
    deferred.Resolve(ToJs(info.Env(), false));
    return deferred.Promise();
  }
  return Bare(info, EnvData::Of(info.Env()).NextId(), [state = state_] { return state->IsAlive(); });
}

Napi::Value Connection::SetKeepAlive(Info info) {
  const Args args(info);
  return Bare(info, EnvData::Of(info.Env()).NextId(),
              [state = state_, interval = args.Int(0, "interval"), count = args.UInt(1, "count")] {
                return state->SetKeepAlive(interval, count);
              });
}

Napi::Value Connection::GetVersion(Info info) {
  return Call(info, Lane::kQuick, [](const Site& site) {
    unsigned long version = 0;  // NOLINT: libvirt's type
    LV_CALL(virConnectGetVersion, site.get(), &version);
    return static_cast<double>(version);
  });
}

Napi::Value Connection::GetLibVersion(Info info) {
  return Call(info, Lane::kQuick, [](const Site& site) {
    unsigned long version = 0;  // NOLINT: libvirt's type
    LV_CALL(virConnectGetLibVersion, site.get(), &version);
    return static_cast<double>(version);
  });
}

Napi::Value Connection::GetHostname(Info info) {
  return Call(info, Lane::kQuick,
              [](const Site& site) { return TakeString(LV_CALL(virConnectGetHostname, site.get())); });
}

Napi::Value Connection::GetURI(Info info) {
  return Call(info, Lane::kQuick,
              [](const Site& site) { return TakeString(LV_CALL(virConnectGetURI, site.get())); });
}

Napi::Value Connection::GetType(Info info) {
  return Call(info, Lane::kQuick,
              [](const Site& site) { return std::string(LV_CALL(virConnectGetType, site.get())); });
}

Napi::Value Connection::GetCapabilities(Info info) {
  return Call(info, Lane::kQuick,
              [](const Site& site) { return TakeString(LV_CALL(virConnectGetCapabilities, site.get())); });
}

Napi::Value Connection::GetDomainCapabilities(Info info) {
  const Args args(info);
  return Call(info, Lane::kQuick,
              [emulator = args.OptionalString(0, "emulator"), arch = args.OptionalString(1, "arch"),
               machine = args.OptionalString(2, "machine"), type = args.OptionalString(3, "virtType"),
               flags = args.Flags(4)](const Site& site) {
                return TakeString(LV_CALL(virConnectGetDomainCapabilities, site.get(), CString(emulator),
                                          CString(arch), CString(machine), CString(type), flags));
              });
}

Napi::Value Connection::DomainEventRegister(Info info) {
  const Args args(info);
  const std::string kind = args.String(0, "kind");
  if (!IsEventKind(kind)) throw Napi::TypeError::New(info.Env(), "unknown kind of event: " + kind);
  const Napi::Function listener = args.Function(1, "listener");
  const bool all = info[2].IsNull();
  // Another connection's domain could be freed under the call: only its own connection waits for it.
  const HandlePtr<virDomain> domain = all ? nullptr : Domain::Of(args.Object(2, "domain"));
  if (domain && domain->state() != state_) {
    throw Napi::TypeError::New(info.Env(), "domain belongs to another connection");
  }
  EnvData& data = EnvData::Of(info.Env());
  // The number of the call becomes the subscription's: if it fails, its listener is forgotten with it.
  const EventTarget target{data.channel(), state_->id(), data.NextId()};
  const Napi::Value promise = Bare(info, target.subscription, [state = state_, kind, domain, target] {
    const Site site = state->Primary();
    const int callback = RegisterDomainEvent(site.get(), domain ? domain->On(site) : nullptr, kind, target);
    state->Subscribe(target.subscription, callback);
    return static_cast<double>(target.subscription);
  });
  // Before the first event can be there: it is delivered on this thread.
  data.AddSubscription(state_->id(), target.subscription, listener, info.This().As<Napi::Object>());
  return promise;
}

Napi::Value Connection::DomainEventDeregister(Info info) {
  const uint64_t subscription = Args(info).UInt64(0, "subscription");
  EnvData::Of(info.Env()).RemoveSubscription(subscription);
  return Bare(info, EnvData::Of(info.Env()).NextId(),
              [state = state_, subscription] { state->Unsubscribe(subscription); });
}

void Connection::Init(Napi::Env env, Napi::Object exports) {
  const Napi::Function constructor = DefineClass(
      env, "Connection",
      {
          StaticMethod<&Connection::Open>("open"),
          InstanceMethod<&Connection::IsClosed>("isClosed"),
          InstanceMethod<&Connection::Close>("close"),
          InstanceMethod<&Connection::IsAlive>("isAlive"),
          InstanceMethod<&Connection::SetKeepAlive>("setKeepAlive"),
          InstanceMethod<&Connection::GetVersion>("getVersion"),
          InstanceMethod<&Connection::GetLibVersion>("getLibVersion"),
          InstanceMethod<&Connection::GetHostname>("getHostname"),
          InstanceMethod<&Connection::GetURI>("getURI"),
          InstanceMethod<&Connection::GetType>("getType"),
          InstanceMethod<&Connection::GetCapabilities>("getCapabilities"),
          InstanceMethod<&Connection::GetDomainCapabilities>("getDomainCapabilities"),
          InstanceMethod<&Connection::DomainEventRegister>("domainEventRegister"),
          InstanceMethod<&Connection::DomainEventDeregister>("domainEventDeregister"),
          InstanceMethod<&Connection::ListAllDomains>("listAllDomains"),
          InstanceMethod<&Connection::LookupDomainByName>("lookupDomainByName"),
          InstanceMethod<&Connection::LookupDomainByUUIDString>("lookupDomainByUUIDString"),
          InstanceMethod<&Connection::LookupDomainById>("lookupDomainById"),
          InstanceMethod<&Connection::DomainDefineXMLFlags>("domainDefineXMLFlags"),
          InstanceMethod<&Connection::DomainCreateXML>("domainCreateXML"),
          InstanceMethod<&Connection::ListAllNWFilters>("listAllNWFilters"),
          InstanceMethod<&Connection::LookupNWFilterByName>("lookupNWFilterByName"),
          InstanceMethod<&Connection::LookupNWFilterByUUIDString>("lookupNWFilterByUUIDString"),
          InstanceMethod<&Connection::NWFilterDefineXMLFlags>("nwfilterDefineXMLFlags"),
          InstanceMethod<&Connection::ListAllNWFilterBindings>("listAllNWFilterBindings"),
          InstanceMethod<&Connection::LookupNWFilterBindingByPortDev>("lookupNWFilterBindingByPortDev"),
          InstanceMethod<&Connection::NWFilterBindingCreateXML>("nwfilterBindingCreateXML"),
          InstanceMethod<&Connection::ListAllNetworks>("listAllNetworks"),
          InstanceMethod<&Connection::LookupNetworkByName>("lookupNetworkByName"),
          InstanceMethod<&Connection::LookupNetworkByUUIDString>("lookupNetworkByUUIDString"),
          InstanceMethod<&Connection::NetworkDefineXML>("networkDefineXML"),
          InstanceMethod<&Connection::NetworkCreateXML>("networkCreateXML"),
          InstanceMethod<&Connection::ListAllStoragePools>("listAllStoragePools"),
          InstanceMethod<&Connection::LookupStoragePoolByName>("lookupStoragePoolByName"),
          InstanceMethod<&Connection::StoragePoolDefineXML>("storagePoolDefineXML"),
          InstanceMethod<&Connection::StoragePoolCreateXML>("storagePoolCreateXML"),
          InstanceMethod<&Connection::LookupStorageVolByPath>("lookupStorageVolByPath"),
          InstanceMethod<&Connection::GetAllDomainStats>("getAllDomainStats"),
          InstanceMethod<&Connection::GetDomainXMLByName>("getDomainXMLByName"),
          InstanceMethod<&Connection::GetDomainXMLByUUIDString>("getDomainXMLByUUIDString"),
          InstanceMethod<&Connection::GetAllDomainStates>("getAllDomainStates"),
          InstanceMethod<&Connection::GetAllDomainsXML>("getAllDomainsXML"),
          InstanceMethod<&Connection::GetAllNWFiltersXML>("getAllNWFiltersXML"),
          InstanceMethod<&Connection::GetAllNWFilterBindingsXML>("getAllNWFilterBindingsXML"),
      });
  EnvData::Of(env).SetClass(Class::kConnection, constructor);
  exports.Set("Connection", constructor);
}

}  // namespace lv
