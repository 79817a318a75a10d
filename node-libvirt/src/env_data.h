#pragma once

#include <any>
#include <array>
#include <cstdint>
#include <memory>
#include <napi.h>
#include <optional>
#include <string>
#include <unordered_map>

#include "channel.h"

namespace lv {

class ConnectionState;

enum class Class { kConnection, kDomain, kNWFilter, kNWFilterBinding, kNetwork, kStoragePool, kStorageVol, kCount };

// Everything of one environment (the main thread, or a Worker): its instance data. All of it is used on
// the JS thread only. The JS half of each call lives in the table here; workers know only its number.
class EnvData : public std::enable_shared_from_this<EnvData> {
 public:
  static void Install(Napi::Env env);
  static EnvData& Of(Napi::Env env);

  explicit EnvData(Napi::Env env);

  const std::shared_ptr<Channel>& channel() const { return channel_; }
  uint64_t NextId() { return ++last_id_; }

  // A call begins: `pin` and what it owns stay until it has completed, and so does the process.
  // If the connection is lost meanwhile, the call fails; 0: it does not.
  Napi::Promise Begin(Napi::Env env, uint64_t call, Napi::Object pin, uint64_t connection);
  // It could not be handed to a worker.
  void Fail(Napi::Env env, uint64_t call, Napi::Value error);

  void SetClass(Class which, const Napi::Function& constructor);
  bool IsInstance(Class which, const Napi::Object& object) const;
  // A new object of the class for what `subject` holds; its constructor finds it in Subject(). JS, which
  // could call the constructor too, has nothing to give it.
  Napi::Object Construct(Napi::Env env, Class which, std::any subject);
  const std::any& Subject() const { return subject_; }

  // Connections are known weakly: a forgotten one can be collected.
  void AddConnection(const std::shared_ptr<ConnectionState>& state);
  void BindConnection(uint64_t connection, Napi::Object object);
  void RemoveConnection(uint64_t connection);

  // A subscription pins its connection until it's removed.
  void AddSubscription(uint64_t connection, uint64_t subscription, Napi::Function listener, Napi::Object object);
  void RemoveSubscription(uint64_t subscription);
  void RemoveSubscriptionsOf(uint64_t connection);

 private:
  struct Pending {
    Napi::Promise::Deferred deferred;
    Napi::ObjectReference pin;
    uint64_t connection;
  };
  struct Subscription {
    uint64_t connection;
    Napi::FunctionReference listener;
    Napi::ObjectReference pin;
  };
  struct Connection {
    std::weak_ptr<ConnectionState> state;
    Napi::ObjectReference object;  // weak
    bool opened = false;
  };

  static void OnWake(Napi::Env env, Napi::Function, EnvData* self, void*);
  using Wake = Napi::TypedThreadSafeFunction<EnvData, void, OnWake>;

  void Drain(Napi::Env env);
  void Settle(Napi::Env env, Completion& completion);
  void Notify(Napi::Env env, uint64_t connection, const char* property, double value);
  void FailAllOf(Napi::Env env, uint64_t connection);
  void Release(Napi::Env env);
  void TearDown();

  const std::shared_ptr<Channel> channel_;
  Wake wake_;
  uint64_t last_id_ = 0;
  std::any subject_;
  std::array<Napi::FunctionReference, static_cast<size_t>(Class::kCount)> classes_;
  std::unordered_map<uint64_t, Pending> pending_;
  std::unordered_map<uint64_t, Subscription> subscriptions_;
  std::unordered_map<uint64_t, Connection> connections_;
};

Napi::Error ToError(Napi::Env env, const ErrorInfo& info);
Napi::Error ClosedError(Napi::Env env);

}  // namespace lv
