#pragma once

#include <libvirt/virterror.h>
#include <memory>
#include <napi.h>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>

#include "connection_state.h"
#include "env_data.h"
#include "values.h"

namespace lv {

// One call from JS, in two halves. The JS half (deferred, pinned object) stays in the environment's table,
// on the JS thread; this is the native half, with which a worker settles it.
// The token goes with the last copy: the connection can close only when the result is posted.
class Answer {
 public:
  Answer(std::shared_ptr<ConnectionState> state, uint64_t call, ConnectionState::Token token)
      : state_(std::move(state)), call_(call), token_(std::move(token)) {}

  template <class Result>
  void Resolve(Result result) const {
    // std::function wants to be copyable, results need not be.
    auto shared = std::make_shared<const Result>(std::move(result));
    state_->channel()->Complete({call_, [shared](Napi::Env env) -> Napi::Value { return ToJs(env, *shared); }, {}});
  }
  void Reject(ErrorInfo error) const {
    state_->channel()->Complete({call_, {}, std::move(error)});
  }

  // Runs `work` here and answers with what it returns or throws.
  template <class Work>
  void With(const Work& work) const {
    try {
      if constexpr (std::is_void_v<decltype(work())>) {
        work();
        Resolve(std::monostate{});
      } else {
        Resolve(work());
      }
    } catch (const Failure& failure) {
      Reject(failure.info());
    } catch (const std::exception& unexpected) {
      Reject(ErrorInfo{VIR_ERR_INTERNAL_ERROR, VIR_FROM_NONE, VIR_ERR_ERROR, unexpected.what(), ""});
    }
  }

 private:
  std::shared_ptr<ConnectionState> state_;
  uint64_t call_;
  ConnectionState::Token token_;
};

// Posts `task(answer, worker)`; the promise settles when the answer was given.
template <class Task>
Napi::Value Post(const Napi::CallbackInfo& info, const std::shared_ptr<ConnectionState>& state, Lane lane,
                 size_t prefer, uint64_t call, Task task) {
  const Napi::Env env = info.Env();
  EnvData& data = EnvData::Of(env);
  ConnectionState::Token token;
  try {
    token = state->Enter();
  } catch (const Closed&) {
    throw ClosedError(env);
  } catch (const Failure& failure) {
    throw ToError(env, failure.info());
  }
  const Napi::Promise promise = data.Begin(env, call, info.This().As<Napi::Object>(), state->id());
  try {
    state->executor().Post(
        lane,
        [answer = Answer(state, call, std::move(token)), task = std::move(task)](size_t worker) {
          task(answer, worker);
        },
        prefer);
  } catch (const std::system_error& error) {
    data.Fail(env, call, Napi::Error::New(env, error.what()).Value());
  }
  return promise;
}

// The usual case: `work(site)` makes the libvirt calls, on the worker's link, and returns or throws.
template <class Work>
Napi::Value Run(const Napi::CallbackInfo& info, const std::shared_ptr<ConnectionState>& state, Lane lane,
                size_t prefer, Work work) {
  return Post(info, state, lane, prefer, EnvData::Of(info.Env()).NextId(),
              [state, work = std::move(work)](const Answer& answer, size_t worker) {
                answer.With([&] {
                  const Site site = state->At(worker);
                  return work(site);
                });
              });
}

// What all wrappers of a libvirt object have in common.
template <class Self, class T>
class Wrap : public Napi::ObjectWrap<Self> {
 public:
  explicit Wrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Self>(info) {
    const auto* const subject = std::any_cast<HandlePtr<T>>(&EnvData::Of(info.Env()).Subject());
    if (subject == nullptr) throw Napi::TypeError::New(info.Env(), "not to be constructed");
    handle_ = *subject;
    const Identity& identity = handle_->identity();
    info.This().As<Napi::Object>().Set(Traits<T>::kNames[0], identity.first);
    info.This().As<Napi::Object>().Set(Traits<T>::kNames[1], identity.second);
  }

  Napi::Value IsClosed(const Napi::CallbackInfo& info) {
    return ToJs(info.Env(), !handle_ || handle_->state()->closing());
  }
  // Calls in flight share the handle; otherwise it is freed here, which is no RPC.
  void Close(const Napi::CallbackInfo&) { handle_.reset(); }

  HandlePtr<T> Live(Napi::Env env) const {
    if (!handle_) throw ClosedError(env);
    return handle_;
  }

  // The handle in an argument.
  static HandlePtr<T> Of(const Napi::Object& object) {
    if (!EnvData::Of(object.Env()).IsInstance(Traits<T>::kClass, object)) {
      throw Napi::TypeError::New(object.Env(), "argument is not a libvirt object of the expected kind");
    }
    return Self::Unwrap(object)->Live(object.Env());
  }

 protected:
  // `work(object)`, or `work(object, site)`, runs on a worker of the handle's connection.
  template <class Work>
  Napi::Value Call(const Napi::CallbackInfo& info, Lane lane, Work work) {
    const HandlePtr<T> handle = Live(info.Env());
    return Run(info, handle->state(), lane, handle->origin(), [handle, work = std::move(work)](const Site& site) {
      if constexpr (std::is_invocable_v<const Work&, T*, const Site&>) {
        return work(handle->On(site), site);
      } else {
        return work(handle->On(site));
      }
    });
  }

  HandlePtr<T> handle_;
};

}  // namespace lv
