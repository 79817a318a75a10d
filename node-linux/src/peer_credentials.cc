#include "peer_credentials.h"

#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace nl {

namespace {

[[noreturn]] void Throw(int error) { throw std::system_error(error, std::generic_category(), "getsockopt"); }

/** As many as a process has at most is 64 KiB of them, so the kernel is asked for the size first. */
std::vector<gid_t> ReadGroups(int fd) {
  std::vector<gid_t> groups;
  for (;;) {
    socklen_t length = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &length) == 0) {
      groups.resize(length / sizeof(gid_t));
      return groups;
    }
    if (errno != ERANGE) Throw(errno);
    groups.resize(length / sizeof(gid_t));
  }
}

}  // namespace

PeerCredentials ReadPeerCredentials(int fd) {
  ucred of{};
  socklen_t length = sizeof of;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &of, &length) != 0) Throw(errno);
  // Sockets that have no peer with credentials (TCP) answer nobody's.
  if (of.pid == 0 && of.uid == static_cast<uid_t>(-1)) Throw(ENODATA);
  return {of.pid, of.uid, of.gid, ReadGroups(fd)};
}

}  // namespace nl
