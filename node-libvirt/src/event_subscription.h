#pragma once

#include <libvirt/libvirt.h>
#include <memory>
#include <string>

#include "channel.h"

namespace lv {

// Where a subscription's events go.
struct EventTarget {
  std::shared_ptr<Channel> channel;
  uint64_t connection;
  uint64_t subscription;
};

bool IsEventKind(const std::string& kind);

// Worker. Without a domain: those of all domains. Returns libvirt's callback id; throws Failure.
int RegisterDomainEvent(virConnectPtr connect, virDomainPtr domain, const std::string& kind, EventTarget target);

}  // namespace lv
