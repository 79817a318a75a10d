#include <napi.h>

#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "dump_worker.h"
#include "peer_credentials.h"
#include "unix_datagram.h"

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

[[noreturn]] void ThrowSystemError(Napi::Env env, const std::system_error& error) {
  Napi::Error thrown = Napi::Error::New(env, error.what());
  thrown.Value().Set("errno", Napi::Number::New(env, error.code().value()));
  throw thrown;
}

/** The type was seen to by lib/peer-credentials.ts: (fd). */
Napi::Value PeerCredentials(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  try {
    const nl::PeerCredentials of = nl::ReadPeerCredentials(info[0].As<Napi::Number>().Int32Value());
    Napi::Array groups = Napi::Array::New(env, of.groups.size());
    for (uint32_t i = 0; i < of.groups.size(); i++) groups.Set(i, Napi::Number::New(env, of.groups[i]));
    Napi::Object result = Napi::Object::New(env);
    result.Set("pid", Napi::Number::New(env, of.pid));
    result.Set("uid", Napi::Number::New(env, of.uid));
    result.Set("gid", Napi::Number::New(env, of.gid));
    result.Set("groups", groups);
    return result;
  } catch (const std::system_error& error) {
    ThrowSystemError(env, error);
  }
}

/** The types were seen to by lib/unix-datagram.ts: (address, data). */
void SendUnixDatagram(const Napi::CallbackInfo& info) {
  const std::string address = info[0].As<Napi::String>().Utf8Value();
  const auto data = info[1].As<Napi::Uint8Array>();
  try {
    nl::SendUnixDatagram(address, data.Data(), data.ByteLength());
  } catch (const std::system_error& error) {
    ThrowSystemError(info.Env(), error);
  }
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("dump", Napi::Function::New(env, Dump, "dump"));
  exports.Set("peerCredentials", Napi::Function::New(env, PeerCredentials, "peerCredentials"));
  exports.Set("sendUnixDatagram", Napi::Function::New(env, SendUnixDatagram, "sendUnixDatagram"));
  return exports;
}

}  // namespace

NODE_API_MODULE(node_linux, Init)
