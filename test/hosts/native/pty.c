// pty PATH : joins standard input and output to the terminal PATH, raw, until either side ends.
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

static int copy(int from, int to) {
  char buf[65536];
  ssize_t n = read(from, buf, sizeof buf);
  for (ssize_t done = 0; done < n;) {
    ssize_t w = write(to, buf + done, n - done);
    if (w <= 0) return 0;
    done += w;
  }
  return n > 0;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  int fd = open(argv[1], O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) {
    perror(argv[1]);
    return 1;
  }
  struct termios t;
  if (!tcgetattr(fd, &t)) {
    cfmakeraw(&t);
    tcsetattr(fd, TCSANOW, &t);
  }
  struct pollfd fds[2] = {{.fd = 0, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
  for (;;) {
    if (poll(fds, 2, -1) < 0) continue;
    if (fds[1].revents && !copy(fd, 1)) return 0;
    if (fds[0].revents && !copy(0, fd)) return 0;
  }
}
