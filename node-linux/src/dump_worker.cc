#include "dump_worker.h"

#include <system_error>
#include <utility>

namespace nl {

DumpWorker::DumpWorker(Napi::Env env, int protocol, std::vector<Request> requests)
    : Napi::AsyncWorker(env, "node-linux:dump"),
      deferred_(Napi::Promise::Deferred::New(env)),
      protocol_(protocol),
      requests_(std::move(requests)) {}

void DumpWorker::Execute() {
  try {
    NetlinkSocket socket(protocol_);
    for (const Request& request : requests_) answers_.push_back(socket.Dump(request));
  } catch (const std::system_error& error) {
    errno_ = error.code().value();
    SetError(error.what());
  }
}

void DumpWorker::OnOK() {
  const Napi::Env env = Env();
  try {
    Napi::Array answers = Napi::Array::New(env, answers_.size());
    for (uint32_t i = 0; i < answers_.size(); i++) {
      answers.Set(i, Napi::Buffer<uint8_t>::Copy(env, answers_[i].data(), answers_[i].size()));
    }
    deferred_.Resolve(answers);
  } catch (const Napi::Error& error) {
    OnError(error);
  }
}

void DumpWorker::OnError(const Napi::Error& error) {
  error.Value().Set("errno", Napi::Number::New(Env(), errno_));
  deferred_.Reject(error.Value());
}

}  // namespace nl
