// observer : a port of a bridge, in a network namespace of its own.
//
// Prints "N PID" and waits for a line: meanwhile the owner puts an interface "eth0" here. Then "U" when it listens,
// "F NANOSECONDS HEX" for every frame that comes in, "D COUNT" when the kernel had to drop some (a count of frames
// is worth nothing then), and for each line of hex on standard input, which it sends, "S" or "E REASON".
#include "wire.h"
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <signal.h>
#include <time.h>

static uint8_t frame[WIRE_MAX];
static char line[2 * WIRE_MAX + 64];

static void send_line(int fd, char *text, ssize_t len) {
  while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r')) len--;
  int n = unhex(text, len, frame, sizeof frame);
  if (n < 0) puts("E not hex");
  else if (send(fd, frame, n, 0) < 0) printf("E %s\n", strerror(errno));
  else puts("S");
}

static void receive_all(int fd) {
  ssize_t n;
  while ((n = wire_receive(fd, frame, MSG_DONTWAIT)) >= 0) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    hex(frame, n, line);
    printf("F %lld %s\n", now.tv_sec * 1000000000LL + now.tv_nsec, line);
  }
  struct tpacket_stats stats;
  socklen_t size = sizeof stats;
  if (!getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &size) && stats.tp_drops) printf("D %u\n", stats.tp_drops);
}

int main(void) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (unshare(CLONE_NEWNET)) {
    perror("unshare");
    return 1;
  }
  printf("N %d\n", getpid());
  fflush(stdout);
  char *text = NULL;
  size_t cap = 0;
  // Unbuffered: poll below must not miss lines that stdio already holds.
  setvbuf(stdin, NULL, _IONBF, 0);
  if (getline(&text, &cap, stdin) < 0) return 1;
  int fd = wire_open("eth0", 1);
  if (fd < 0) {
    perror("eth0");
    return 1;
  }
  puts("U");
  fflush(stdout);
  struct pollfd fds[2] = {{.fd = 0, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
  for (;;) {
    if (poll(fds, 2, -1) < 0) continue;
    if (fds[1].revents) receive_all(fd);
    if (fds[0].revents) {
      ssize_t len = getline(&text, &cap, stdin);
      if (len < 0) return 0;
      send_line(fd, text, len);
    }
    fflush(stdout);
  }
}
