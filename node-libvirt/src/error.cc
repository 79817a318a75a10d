#include "error.h"

#include <libvirt/virterror.h>

namespace lv {

Failure Failure::Last(const char* call) {
  const virErrorPtr error = virGetLastError();
  // Calls that were waiting when keepalive gave the connection up fail without any error set.
  if (error == nullptr || error->code == VIR_ERR_OK) return Lost(call);
  return Failure(ErrorInfo{error->code, error->domain, error->level,
                           error->message != nullptr ? error->message : "", call});
}

Failure Failure::Lost(const char* call) {
  return Failure(
      ErrorInfo{VIR_ERR_INTERNAL_ERROR, VIR_FROM_RPC, VIR_ERR_ERROR, "connection to libvirt was lost", call});
}

}  // namespace lv
