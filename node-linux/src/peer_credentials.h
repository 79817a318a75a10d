#pragma once

#include <sys/types.h>

#include <vector>

namespace nl {

/** Who connected a unix socket, as the kernel noted it at that moment. */
struct PeerCredentials {
  pid_t pid;
  uid_t uid;
  gid_t gid;
  /** The supplementary ones. */
  std::vector<gid_t> groups;
};

/**
 * Does not block. The descriptor stays its owner's.
 * @throws std::system_error of getsockopt(2): EBADF, ENOTSOCK, ENODATA for a socket of another kind
 */
PeerCredentials ReadPeerCredentials(int fd);

}  // namespace nl
