#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace nl {

/**
 * Sends one datagram to a unix socket: of a path, or, with a leading '@', of an abstract name. Does not block.
 * @throws std::system_error of socket(2) or sendto(2), EAGAIN while the receiver's queue is full; ENAMETOOLONG
 */
void SendUnixDatagram(const std::string& address, const std::uint8_t* data, std::size_t length);

}  // namespace nl
