// send SOCKET ROUNDS FILE…: sends HTTP requests, which the files hold as they go over the wire, in turn, one after the other
// and over one connection. Prints for each its status and how long its answer took, in µs. h2load has one body for all.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

[[noreturn]] static void fail(const char *what) {
  std::perror(what);
  std::exit(1);
}

static int connectTo(const char *path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) < 0) fail(path);
  return fd;
}

static size_t bodyLength(const std::string &head) {
  for (const char *name : {"\r\ncontent-length: ", "\r\nContent-Length: "})
    if (size_t at = head.find(name); at != std::string::npos)
      return std::strtoul(head.c_str() + at + std::strlen(name), nullptr, 10);
  if (head.compare(9, 3, "204") == 0 || head.compare(9, 3, "304") == 0) return 0;
  std::fputs("an answer without a length\n", stderr);
  std::exit(1);
}

static void receive(int fd, std::string &into) {
  char piece[65536];
  ssize_t got = read(fd, piece, sizeof piece);
  if (got <= 0) fail("the connection ended");
  into.append(piece, got);
}

/** @returns the status of the answer, which has been read to its end */
static int exchange(int fd, const std::string &request) {
  for (size_t sent = 0; sent < request.size();) {
    ssize_t more = write(fd, request.data() + sent, request.size() - sent);
    if (more <= 0) fail("send");
    sent += more;
  }
  std::string answer;
  size_t end;
  while ((end = answer.find("\r\n\r\n")) == std::string::npos) receive(fd, answer);
  size_t whole = end + 4 + bodyLength(answer.substr(0, end + 2));
  while (answer.size() < whole) receive(fd, answer);
  return std::atoi(answer.c_str() + 9);
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  std::vector<std::string> requests;
  for (int i = 3; i < argc; i++) {
    std::ifstream file(argv[i]);
    requests.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  int fd = connectTo(argv[1]);
  using clock = std::chrono::steady_clock;
  for (int i = 0; i < std::atoi(argv[2]); i++) {
    auto began = clock::now();
    int status = exchange(fd, requests[i % requests.size()]);
    std::printf("%d %.1f\n", status,
                std::chrono::duration<double, std::micro>(clock::now() - began).count());
  }
}
