#pragma once

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <memory>
#include <string>

#include "error.h"

namespace lv {

// The connection of one migration to the host that it goes to. Its thread alone uses it, for as long as that takes:
// libvirt's client is not safe with more (link.h). When it is closed before the migration is done, the destination
// throws away what has arrived.
class Destination {
 public:
  // Throws Failure.
  explicit Destination(const std::string& uri) : connect_(LV_CALL(virConnectOpen, uri.c_str())) {
    // Only drivers that talk to a daemon know keepalive.
    if (virConnectSetKeepAlive(get(), kInterval, kCount) >= 0) return;
    Failure failure = Failure::Last("virConnectSetKeepAlive");
    if (failure.info().code != VIR_ERR_NO_SUPPORT) throw failure;
  }

  virConnectPtr get() const { return connect_.get(); }

 private:
  static constexpr int kInterval = 5;  // s
  static constexpr unsigned kCount = 3;

  struct Close {
    void operator()(virConnectPtr connect) const { virConnectClose(connect); }
  };
  std::unique_ptr<virConnect, Close> connect_;
};

}  // namespace lv
