// The agent's commands that send and receive single frames.
#pragma once
#include "wire.h"
#include <poll.h>
#include <time.h>

enum { PATIENCE = 10000 };

void answer(const char *id, const char *kind, const char *rest);

static int has_carrier(const char *ifname) {
  struct ifreq r = {0};
  memcpy(r.ifr_name, ifname, strnlen(ifname, IFNAMSIZ - 1));
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int known = !ioctl(fd, SIOCGIFFLAGS, &r);
  close(fd);
  return known && r.ifr_flags & IFF_RUNNING;
}

static void run_send(const char *id, const char *ifname, const char *frame_hex, long count, long interval) {
  uint8_t *frame = malloc(WIRE_MAX);
  int len = unhex(frame_hex, strlen(frame_hex), frame, WIRE_MAX), fd = wire_open(ifname, 0);
  char text[64] = "";
  long sent = 0;
  // A full queue, and a carrier that is just coming, are waited for: what was asked for is to be sent.
  int patience = len >= 0 && fd >= 0 ? PATIENCE : 0, carrier = 0;
  while (sent < count && patience) {
    if (!carrier && !(carrier = has_carrier(ifname))) {
      errno = ENOLINK;
      if (--patience) usleep(100);
    } else if (send(fd, frame, len, 0) >= 0) {
      sent++;
      patience = PATIENCE;
      if (interval) usleep(interval);
    } else if (errno != ENOBUFS) patience = 0;
    else if (--patience) usleep(100);
  }
  if (sent == count) snprintf(text, sizeof text, "%ld", sent), answer(id, "OK", text);
  else answer(id, "ERR", len < 0 ? "not hex" : strerror(errno));
  if (fd >= 0) close(fd);
  free(frame);
}

static void run_receive(const char *id, const char *ifname, int timeout, const char *pattern_hex, const char *mask_hex) {
  uint8_t *frame = malloc(3 * WIRE_MAX), *pattern = frame + WIRE_MAX, *mask = pattern + WIRE_MAX;
  char *text = malloc(2 * WIRE_MAX + 1);
  int len = unhex(pattern_hex, strlen(pattern_hex), pattern, WIRE_MAX), mlen = unhex(mask_hex, strlen(mask_hex), mask, WIRE_MAX);
  int fd = wire_open(ifname, 1);
  if (fd < 0 || len < 0 || mlen != len) answer(id, "ERR", fd < 0 ? strerror(errno) : "bad pattern");
  else {
    answer(id, "ARMED", "");
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (;;) {
      clock_gettime(CLOCK_MONOTONIC, &now);
      int left = timeout - ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000);
      struct pollfd p = {.fd = fd, .events = POLLIN};
      if (left <= 0 || poll(&p, 1, left) == 0) {
        answer(id, "ERR", "timeout");
        break;
      }
      int n = wire_receive(fd, frame, MSG_DONTWAIT), same = n >= len;
      for (int i = 0; same && i < len; i++) same = ((frame[i] ^ pattern[i]) & mask[i]) == 0;
      if (!same) continue;
      hex(frame, n, text);
      answer(id, "OK", text);
      break;
    }
  }
  if (fd >= 0) close(fd);
  free(text);
  free(frame);
}
