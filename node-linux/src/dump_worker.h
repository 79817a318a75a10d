#pragma once

#include <napi.h>

#include <cerrno>
#include <vector>

#include "netlink_socket.h"

namespace nl {

/**
 * Dumps on a thread of libuv's pool; settles a promise on the JavaScript thread. Each part of an answer is waited for at most 5 s.
 * Owned by itself from Queue() on: node-addon-api deletes it when it has settled.
 */
class DumpWorker : public Napi::AsyncWorker {
 public:
  DumpWorker(Napi::Env env, int protocol, std::vector<Request> requests);

  Napi::Promise Promise() const { return deferred_.Promise(); }

 protected:
  void Execute() override;
  void OnOK() override;
  void OnError(const Napi::Error& error) override;

 private:
  Napi::Promise::Deferred deferred_;
  const int protocol_;
  const std::vector<Request> requests_;
  std::vector<Bytes> answers_;
  /** What else than the system can fail is memory. */
  int errno_ = ENOMEM;
};

}  // namespace nl
