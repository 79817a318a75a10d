#pragma once

#include <libmnl/libmnl.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace nl {

using Bytes = std::vector<uint8_t>;

/** A request to dump: what follows the header of the message. */
struct Request {
  uint16_t type;
  Bytes body;
};

/** A netlink socket of one protocol. One thread at a time. */
class NetlinkSocket {
 public:
  /** @throws std::system_error of socket(2) or bind(2) */
  explicit NetlinkSocket(int protocol);

  /**
   * Sends a request and waits for all that the kernel answers, each wait at most 5 s: the messages, one after the other.
   * @throws std::system_error with what the kernel answers; EINTR when what is dumped changed meanwhile, EAGAIN when it
   * did not answer in time
   */
  Bytes Dump(const Request& request);

 private:
  struct Close {
    void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
  };

  void Send(const Request& request);

  std::unique_ptr<mnl_socket, Close> socket_;
  uint32_t sequence_ = 0;
  /** The kernel fills 32 KiB at a time, and more for few kinds of dumps; what does not fit is ENOSPC, never cut. */
  Bytes received_ = Bytes(64 * 1024);
};

}  // namespace nl
