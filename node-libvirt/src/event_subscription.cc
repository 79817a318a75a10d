#include "event_subscription.h"

#include <optional>

#include "error.h"
#include "handle.h"
#include "typed_params.h"
#include "values.h"

// The callbacks run on the event loop's thread. They copy plain data and leave: what they are given
// belongs to libvirt and is gone when they return.

namespace lv {

namespace {

using lv::ToJs;  // or those below would hide it

struct DomainRef {
  Identity identity;
  int id;
};

DomainRef Refer(virDomainPtr domain) {
  return {Identify(domain), static_cast<int>(virDomainGetID(domain))};
}

Napi::Value ToJs(Napi::Env env, const DomainRef& domain) {
  return ObjectOf(env, {{"uuid", ToJs(env, domain.identity.second)},
                        {"name", ToJs(env, domain.identity.first)},
                        {"id", ToJs(env, domain.id)}});
}

// `members(env, object)` adds what the kind of event has besides the domain.
template <class AddMembers>
void Deliver(void* opaque, virDomainPtr domain, AddMembers add_members) {
  const EventTarget& target = *static_cast<const EventTarget*>(opaque);
  Event event;
  event.connection = target.connection;
  event.subscription = target.subscription;
  event.value = [ref = Refer(domain), add_members = std::move(add_members)](Napi::Env env) -> Napi::Value {
    Napi::Object object = Napi::Object::New(env);
    object.Set("domain", ToJs(env, ref));
    add_members(env, object);
    return object;
  };
  target.channel->Push(std::move(event));
}

void OnLifecycle(virConnectPtr, virDomainPtr domain, int event, int detail, void* opaque) {
  Deliver(opaque, domain, [event, detail](Napi::Env, Napi::Object& object) {
    object.Set("event", event);
    object.Set("detail", detail);
  });
}

void OnReboot(virConnectPtr, virDomainPtr domain, void* opaque) {
  Deliver(opaque, domain, [](Napi::Env, Napi::Object&) {});
}

// Device added, removed, removal failed.
void OnDevice(virConnectPtr, virDomainPtr domain, const char* alias, void* opaque) {
  Deliver(opaque, domain, [alias = Text(alias)](Napi::Env, Napi::Object& object) { object.Set("alias", alias); });
}

void OnJobCompleted(virConnectPtr, virDomainPtr domain, virTypedParameterPtr params, int count, void* opaque) {
  Deliver(opaque, domain, [copy = CopyParams(params, count)](Napi::Env env, Napi::Object& object) {
    object.Set("params", ToJs(env, copy));
  });
}

void OnMigrationIteration(virConnectPtr, virDomainPtr domain, int iteration, void* opaque) {
  Deliver(opaque, domain, [iteration](Napi::Env, Napi::Object& object) { object.Set("iteration", iteration); });
}

void OnMetadataChange(virConnectPtr, virDomainPtr domain, int type, const char* uri, void* opaque) {
  std::optional<std::string> copy;
  if (uri != nullptr) copy = uri;
  Deliver(opaque, domain, [type, copy](Napi::Env env, Napi::Object& object) {
    object.Set("type", type);
    object.Set("uri", ToJs(env, copy));
  });
}

void OnAgentLifecycle(virConnectPtr, virDomainPtr domain, int state, int reason, void* opaque) {
  Deliver(opaque, domain, [state, reason](Napi::Env, Napi::Object& object) {
    object.Set("state", state);
    object.Set("reason", reason);
  });
}

struct Kind {
  const char* name;
  int id;
  virConnectDomainEventGenericCallback callback;
};

std::optional<Kind> Find(const std::string& name) {
  const Kind kinds[] = {
      {"lifecycle", VIR_DOMAIN_EVENT_ID_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(OnLifecycle)},
      {"reboot", VIR_DOMAIN_EVENT_ID_REBOOT, VIR_DOMAIN_EVENT_CALLBACK(OnReboot)},
      {"deviceAdded", VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, VIR_DOMAIN_EVENT_CALLBACK(OnDevice)},
      {"deviceRemoved", VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, VIR_DOMAIN_EVENT_CALLBACK(OnDevice)},
      {"deviceRemovalFailed", VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED, VIR_DOMAIN_EVENT_CALLBACK(OnDevice)},
      {"jobCompleted", VIR_DOMAIN_EVENT_ID_JOB_COMPLETED, VIR_DOMAIN_EVENT_CALLBACK(OnJobCompleted)},
      {"migrationIteration", VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION,
       VIR_DOMAIN_EVENT_CALLBACK(OnMigrationIteration)},
      {"metadataChange", VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(OnMetadataChange)},
      {"agentLifecycle", VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(OnAgentLifecycle)},
  };
  for (const Kind& kind : kinds) {
    if (name == kind.name) return kind;
  }
  return std::nullopt;
}

void FreeTarget(void* opaque) { const std::unique_ptr<EventTarget> owned(static_cast<EventTarget*>(opaque)); }

}  // namespace

bool IsEventKind(const std::string& kind) { return Find(kind).has_value(); }

int RegisterDomainEvent(virConnectPtr connect, virDomainPtr domain, const std::string& kind, EventTarget target) {
  const Kind found = Find(kind).value();
  auto opaque = std::make_unique<EventTarget>(std::move(target));
  const int callback =
      LV_CALL(virConnectDomainEventRegisterAny, connect, domain, found.id, found.callback, opaque.get(), FreeTarget);
  // libvirt owns it now, and frees it with FreeTarget when the callback is gone for good.
  static_cast<void>(opaque.release());
  return callback;
}

}  // namespace lv
