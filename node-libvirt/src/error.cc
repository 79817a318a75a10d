#include "error.h"

#include <libvirt/virterror.h>

namespace lv {

Failure Failure::Last(const char* call) {
  ErrorInfo info;
  info.call = call;
  const virErrorPtr error = virGetLastError();
  if (error == nullptr || error->code == VIR_ERR_OK) {
    // Calls that were waiting when keepalive gave the connection up fail without any error set.
    info.code = VIR_ERR_INTERNAL_ERROR;
    info.domain = VIR_FROM_RPC;
    info.level = VIR_ERR_ERROR;
    info.message = "connection to libvirt was lost";
  } else {
    info.code = error->code;
    info.domain = error->domain;
    info.level = error->level;
    info.message = error->message != nullptr ? error->message : "";
  }
  return Failure(std::move(info));
}

}  // namespace lv
