#pragma once

#include <atomic>
#include <cstddef>
#include <libvirt/libvirt.h>
#include <memory>
#include <mutex>
#include <string>

namespace lv {

class ConnectionState;

struct OpenOptions {
  std::string uri;
  bool read_only = false;
  int interval = 0;  // s; 0: no keepalive
  unsigned count = 0;
};

// How many calls may be in flight, and how many of them slow ones.
struct Threads {
  size_t all;
  size_t slow;
};

// One connection of libvirt's. Each worker has one of its own and makes one call at a time on it, because
// libvirt's client is not safe with more: from 6.1 until 10.4 two threads on a connection can make it use
// the stack of a call that has returned (CVE-2024-4418, not mended in Debian 12), and when keepalive ends
// a connection with several calls in flight, all but one of them hang. It is also faster: the threads
// need not pass the socket to one another.
// A driver within this process has no such client, and its state may be the connection's own: there all
// workers share the first link.
struct Link {
  std::mutex busy;  // held during a call
  // Not a unique_ptr: virConnectClose's answer, the references left, is wanted.
  std::atomic<virConnectPtr> connect{nullptr};
  size_t number = 0;
};

// Where a call is made: a link, held for as long as this is.
struct Site {
  std::shared_ptr<ConnectionState> state;
  Link* link = nullptr;
  std::unique_lock<std::mutex> hold;

  virConnectPtr get() const { return link->connect; }
};

}  // namespace lv
