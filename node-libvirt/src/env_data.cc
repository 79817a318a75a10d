#include "env_data.h"

#include <utility>
#include <vector>

#include "connection_state.h"

namespace lv {

namespace {

struct Instance {
  std::shared_ptr<EnvData> data;
};

// A listener that throws is the process's 'uncaughtException', like one of an EventEmitter; the
// deliveries behind it still come.
template <class Call>
void Guarded(Napi::Env env, Call call) {
  try {
    call();
  } catch (const Napi::Error& error) {
    napi_fatal_exception(env, error.Value());
  }
}

}  // namespace

Napi::Error ToError(Napi::Env env, const ErrorInfo& info) {
  Napi::Error error = Napi::Error::New(env, info.message);
  error.Value().Set("code", info.code);
  error.Value().Set("domain", info.domain);
  error.Value().Set("level", info.level);
  error.Value().Set("call", info.call);
  return error;
}

Napi::Error ClosedError(Napi::Env env) {
  Napi::Error error = Napi::Error::New(env, Closed().what());
  error.Value().Set("code", "ERR_LIBVIRT_CLOSED");
  return error;
}

void EnvData::Install(Napi::Env env) {
  auto data = std::make_shared<EnvData>(env);
  EnvData* const raw = data.get();
  env.SetInstanceData(std::make_unique<Instance>(Instance{std::move(data)}).release());
  // Hooks run last in, first out: this one before that of the thread-safe function made in the constructor.
  env.AddCleanupHook([](EnvData* self) { self->TearDown(); }, raw);
}

EnvData& EnvData::Of(Napi::Env env) { return *env.GetInstanceData<Instance>()->data; }

EnvData::EnvData(Napi::Env env)
    : channel_(std::make_shared<Channel>()), wake_(Wake::New(env, "libvirt", 0, 1, this)) {
  // Only pending calls hold the process: see Begin().
  wake_.Unref(env);
  channel_->Open([wake = wake_] { wake.NonBlockingCall(); });
}

void EnvData::TearDown() {
  channel_->Shut();
  wake_.Abort();
  for (auto& [id, connection] : std::exchange(connections_, {})) {
    if (const auto state = connection.state.lock()) state->Abandon();
  }
  pending_.clear();
  subscriptions_.clear();
  for (Napi::FunctionReference& constructor : classes_) constructor.Reset();
}

Napi::Promise EnvData::Begin(Napi::Env env, uint64_t call, Napi::Object pin, uint64_t connection) {
  const auto deferred = Napi::Promise::Deferred::New(env);
  if (pending_.empty()) wake_.Ref(env);
  pending_.emplace(call, Pending{deferred, Napi::Persistent(pin), connection});
  return deferred.Promise();
}

void EnvData::Release(Napi::Env env) {
  if (pending_.empty()) wake_.Unref(env);
}

void EnvData::Fail(Napi::Env env, uint64_t call, Napi::Value error) {
  auto entry = pending_.extract(call);
  if (entry.empty()) return;
  entry.mapped().deferred.Reject(error);
  Release(env);
}

void EnvData::SetClass(Class which, const Napi::Function& constructor) {
  classes_[static_cast<size_t>(which)] = Napi::Persistent(constructor);
}

bool EnvData::IsInstance(Class which, const Napi::Object& object) const {
  return object.InstanceOf(classes_[static_cast<size_t>(which)].Value());
}

Napi::Object EnvData::Construct(Napi::Env env, Class which, std::any subject) {
  Napi::EscapableHandleScope scope(env);
  subject_ = std::move(subject);
  try {
    const Napi::Object object = classes_[static_cast<size_t>(which)].New({});
    subject_.reset();
    return scope.Escape(object).As<Napi::Object>();
  } catch (...) {
    subject_.reset();
    throw;
  }
}

void EnvData::AddConnection(const std::shared_ptr<ConnectionState>& state) { connections_[state->id()].state = state; }

void EnvData::BindConnection(uint64_t connection, Napi::Object object) {
  Connection& entry = connections_[connection];
  entry.object = Napi::Weak(object);
  entry.opened = true;
}

void EnvData::RemoveConnection(uint64_t connection) { connections_.erase(connection); }

void EnvData::AddSubscription(uint64_t connection, uint64_t subscription, Napi::Function listener,
                              Napi::Object object) {
  subscriptions_.emplace(subscription,
                         Subscription{connection, Napi::Persistent(listener), Napi::Persistent(object)});
}

void EnvData::RemoveSubscription(uint64_t subscription) { subscriptions_.erase(subscription); }

void EnvData::RemoveSubscriptionsOf(uint64_t connection) {
  for (auto it = subscriptions_.begin(); it != subscriptions_.end();) {
    it = it->second.connection == connection ? subscriptions_.erase(it) : std::next(it);
  }
}

void EnvData::OnWake(Napi::Env env, Napi::Function, EnvData* self, void*) {
  // No environment: it is being torn down, and `self` may be gone.
  if (static_cast<napi_env>(env) == nullptr) return;
  try {
    self->Drain(env);
  } catch (const Napi::Error&) {
    // Even a promise cannot be settled: a Worker that is being terminated. Nobody waits any more.
  }
}

void EnvData::Drain(Napi::Env env) {
  Channel::Delivery delivery = channel_->Take();
  for (Completion& completion : delivery.completions) {
    const Napi::HandleScope scope(env);
    Settle(env, completion);
  }
  if (!delivery.completions.empty()) Release(env);
  for (const Event& event : delivery.events) {
    const auto found = subscriptions_.find(event.subscription);
    if (found == subscriptions_.end()) continue;
    const Napi::HandleScope scope(env);
    const Napi::Function listener = found->second.listener.Value();
    Guarded(env, [&] { listener.Call({event.value(env)}); });
  }
  for (const auto& [connection, count] : delivery.lost) {
    Notify(env, connection, "onlost", static_cast<double>(count));
  }
  for (const CloseNotice& notice : delivery.closes) {
    FailAllOf(env, notice.connection);
    Notify(env, notice.connection, "onclose", notice.reason);
  }
}

// The connection is lost: see ConnectionState. What the calls still come to is discarded.
void EnvData::FailAllOf(Napi::Env env, uint64_t connection) {
  const auto found = connections_.find(connection);
  // Lost while it was being opened: the open itself will tell.
  if (found != connections_.end() && !found->second.opened) return;
  std::vector<uint64_t> calls;
  for (const auto& [call, pending] : pending_) {
    if (pending.connection == connection) calls.push_back(call);
  }
  for (const uint64_t call : calls) {
    const Napi::HandleScope scope(env);
    Fail(env, call, ToError(env, Failure::Lost("").info()).Value());
  }
}

void EnvData::Settle(Napi::Env env, Completion& completion) {
  auto entry = pending_.extract(completion.call);
  if (entry.empty()) return;
  const Napi::Promise::Deferred& deferred = entry.mapped().deferred;
  if (completion.error) {
    // If it was a registration that failed.
    subscriptions_.erase(completion.call);
    deferred.Reject(ToError(env, *completion.error).Value());
    return;
  }
  try {
    deferred.Resolve(completion.value(env));
  } catch (const Napi::Error& error) {
    deferred.Reject(error.Value());
  }
}

// The listener is a property of the connection's object, so that a closure over the connection does not keep it.
void EnvData::Notify(Napi::Env env, uint64_t connection, const char* property, double value) {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;
  const Napi::HandleScope scope(env);
  const Napi::Object object = found->second.object.Value();
  if (object.IsEmpty()) return;
  Guarded(env, [&] {
    const Napi::Value listener = object.Get(property);
    if (listener.IsFunction()) listener.As<Napi::Function>().Call(object, {Napi::Number::New(env, value)});
  });
}

}  // namespace lv
