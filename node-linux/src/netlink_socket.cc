#include "netlink_socket.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace nl {

namespace {

constexpr timeval kTimeout{5, 0};

[[noreturn]] void Throw(const char* call) { throw std::system_error(errno, std::generic_category(), call); }

/** Appends a message, header and all; called by libmnl, which is C: nothing may be thrown through it. */
int Append(const nlmsghdr* message, void* into) noexcept {
  try {
    const auto* begin = reinterpret_cast<const uint8_t*>(message);
    auto& bytes = *static_cast<Bytes*>(into);
    bytes.insert(bytes.end(), begin, begin + MNL_ALIGN(message->nlmsg_len));
    return MNL_CB_OK;
  } catch (const std::exception&) {
    errno = ENOMEM;
    return MNL_CB_ERROR;
  }
}

/**
 * Reads what ends an answer, NLMSG_ERROR or NLMSG_DONE: both begin with 0 or an error of errno(3), negative. libmnl itself does
 * not look into NLMSG_DONE, which is where the kernel says that a dump broke off.
 */
int End(const nlmsghdr* message, void*) noexcept {
  int error = 0;
  if (mnl_nlmsg_get_payload_len(message) >= sizeof error) {
    std::memcpy(&error, mnl_nlmsg_get_payload(message), sizeof error);
  } else if (message->nlmsg_type == NLMSG_ERROR) {
    error = -EBADMSG;
  }
  if (error == 0) return MNL_CB_STOP;
  errno = -error;
  return MNL_CB_ERROR;
}

}  // namespace

NetlinkSocket::NetlinkSocket(int protocol) : socket_(mnl_socket_open2(protocol, SOCK_CLOEXEC)) {
  if (!socket_) Throw("socket");
  if (mnl_socket_bind(socket_.get(), 0, MNL_SOCKET_AUTOPID) < 0) Throw("bind");
  const int fd = mnl_socket_get_fd(socket_.get());
  if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kTimeout, sizeof kTimeout) < 0) Throw("setsockopt");
}

void NetlinkSocket::Send(const Request& request) {
  Bytes message(MNL_NLMSG_HDRLEN + MNL_ALIGN(request.body.size()));
  nlmsghdr* header = mnl_nlmsg_put_header(message.data());
  header->nlmsg_type = request.type;
  header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  header->nlmsg_seq = ++sequence_;
  header->nlmsg_len = static_cast<uint32_t>(message.size());
  if (!request.body.empty()) {
    std::memcpy(message.data() + MNL_NLMSG_HDRLEN, request.body.data(), request.body.size());
  }
  if (mnl_socket_sendto(socket_.get(), message.data(), message.size()) < 0) Throw("sendto");
}

Bytes NetlinkSocket::Dump(const Request& request) {
  Send(request);
  const unsigned int port = mnl_socket_get_portid(socket_.get());
  Bytes answer;
  std::array<mnl_cb_t, NLMSG_DONE + 1> ends{};
  ends[NLMSG_ERROR] = ends[NLMSG_DONE] = End;
  int state = MNL_CB_OK;
  while (state > MNL_CB_STOP) {
    const ssize_t size = mnl_socket_recvfrom(socket_.get(), received_.data(), received_.size());
    if (size < 0) Throw("recvmsg");
    state = mnl_cb_run2(received_.data(), static_cast<size_t>(size), sequence_, port, Append, &answer, ends.data(),
                        ends.size());
    if (state < 0) Throw("netlink");
  }
  return answer;
}

}  // namespace nl
