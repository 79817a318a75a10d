#include "unix_datagram.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace nl {

namespace {

[[noreturn]] void Throw(int error, const char* what) {
  throw std::system_error(error, std::generic_category(), what);
}

class Socket {
 public:
  Socket() : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    if (fd_ < 0) Throw(errno, "socket");
  }
  ~Socket() { close(fd_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int fd() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

void SendUnixDatagram(const std::string& address, const std::uint8_t* data, std::size_t length) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  // A path ends with a zero, which is there already; an abstract name begins with one, and has the length that is told.
  if (address.size() >= sizeof to.sun_path) Throw(ENAMETOOLONG, "sendto");
  address.copy(to.sun_path, address.size());
  const bool is_abstract = to.sun_path[0] == '@';
  if (is_abstract) to.sun_path[0] = '\0';
  const auto size =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size() + (is_abstract ? 0 : 1));

  const Socket socket;
  const auto* where = reinterpret_cast<const sockaddr*>(&to);
  if (sendto(socket.fd(), data, length, MSG_DONTWAIT | MSG_NOSIGNAL, where, size) < 0) Throw(errno, "sendto");
}

}  // namespace nl
