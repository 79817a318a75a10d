// await-exit PID : ends when process PID, which need not be a child, has ended.
#define _GNU_SOURCE
#include <poll.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  struct pollfd fd = {.fd = syscall(SYS_pidfd_open, atoi(argv[1]), 0), .events = POLLIN};
  if (fd.fd < 0) return 0;
  while (poll(&fd, 1, -1) < 1) {
  }
  return 0;
}
