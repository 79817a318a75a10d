// What the programs over libvirt's C API share.
#pragma once
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

[[noreturn]] inline void fail(const char *what) {
  std::fprintf(stderr, "%s: %s\n", what, virGetLastErrorMessage());
  std::exit(1);
}

inline virConnectPtr connectHost() {
  virConnectPtr connection = virConnectOpen("qemu:///system");
  if (!connection) fail("connect");
  return connection;
}

/** Does it so many times and prints, a line for each, how long it took, in µs. */
template <typename Work>
void timed(int rounds, Work work) {
  using clock = std::chrono::steady_clock;
  for (int i = 0; i < rounds; i++) {
    auto began = clock::now();
    work(i);
    std::printf("%.1f\n", std::chrono::duration<double, std::micro>(clock::now() - began).count());
  }
}

inline std::string standardInput() {
  return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

/** The documents on standard input, which end with NUL each. */
inline std::vector<std::string> documents() {
  std::vector<std::string> found;
  std::string all = standardInput();
  for (size_t at = 0, end; (end = all.find('\0', at)) != std::string::npos; at = end + 1)
    found.push_back(all.substr(at, end - at));
  return found;
}
