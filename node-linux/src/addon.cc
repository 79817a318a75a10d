#include <napi.h>

#include <memory>
#include <vector>

#include "dump_worker.h"

namespace {

/** Types were seen to by lib/netlink.ts: (protocol, [type, body, type, body, …]). */
Napi::Value Dump(const Napi::CallbackInfo& info) {
  const Napi::Array given = info[1].As<Napi::Array>();
  std::vector<nl::Request> requests;
  for (uint32_t i = 0; i + 1 < given.Length(); i += 2) {
    const auto type = static_cast<uint16_t>(given.Get(i).As<Napi::Number>().Uint32Value());
    const auto body = given.Get(i + 1).As<Napi::Uint8Array>();
    requests.push_back({type, nl::Bytes(body.Data(), body.Data() + body.ByteLength())});
  }
  const int protocol = info[0].As<Napi::Number>().Int32Value();
  auto worker = std::make_unique<nl::DumpWorker>(info.Env(), protocol, std::move(requests));
  const Napi::Promise promise = worker->Promise();
  worker->Queue();
  worker.release();
  return promise;
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("dump", Napi::Function::New(env, Dump, "dump"));
  return exports;
}

}  // namespace

NODE_API_MODULE(node_linux, Init)
