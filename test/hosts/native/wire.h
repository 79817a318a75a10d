// Raw frames as they were on the wire, for the observer and the agent in the guest.
#pragma once
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif
#ifndef SO_RCVBUFFORCE
#define SO_RCVBUFFORCE 33
#endif

enum { WIRE_MAX = 65536 + 64 };

static inline int unhex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Bytes written, or -1 where the text is not hex.
static inline int unhex(const char *s, size_t len, uint8_t *out, size_t cap) {
  if (len % 2 || len / 2 > cap) return -1;
  for (size_t i = 0; i < len; i += 2) {
    int hi = unhex_digit(s[i]), lo = unhex_digit(s[i + 1]);
    if (hi < 0 || lo < 0) return -1;
    out[i / 2] = hi << 4 | lo;
  }
  return len / 2;
}

static inline void hex(const uint8_t *in, size_t len, char *out) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < len; i++) {
    out[2 * i] = digits[in[i] >> 4];
    out[2 * i + 1] = digits[in[i] & 15];
  }
  out[2 * len] = 0;
}

// A raw socket on an interface; receives (promiscuously, only what comes in) when asked to. -1 with errno.
static inline int wire_open(const char *ifname, int receive) {
  int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  int index = if_nametoindex(ifname), one = 1, big = 256 << 20;
  struct sockaddr_ll addr = {.sll_family = AF_PACKET, .sll_ifindex = index, .sll_protocol = receive ? htons(ETH_P_ALL) : 0};
  struct packet_mreq promisc = {.mr_ifindex = index, .mr_type = PACKET_MR_PROMISC};
  if (!index) goto bad;
  if (receive) {
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof big);
    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one);
    if (setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof one)) goto bad;
    if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promisc, sizeof promisc)) goto bad;
  }
  if (bind(fd, (struct sockaddr *)&addr, sizeof addr)) goto bad;
  return fd;
bad:;
  int e = errno;
  close(fd);
  errno = e;
  return -1;
}

// One frame into buf (WIRE_MAX); the outer VLAN tag, which the kernel takes off, is put back. -1 with errno.
static inline ssize_t wire_receive(int fd, uint8_t *buf, int flags) {
  union {
    struct cmsghdr align;
    char room[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
  } control;
  struct iovec iov = {buf, WIRE_MAX - 4};
  struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  ssize_t n = recvmsg(fd, &msg, flags);
  if (n < 12) return n;
  for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
    if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA) continue;
    struct tpacket_auxdata aux;
    memcpy(&aux, CMSG_DATA(c), sizeof aux);
    if (!(aux.tp_status & TP_STATUS_VLAN_VALID)) continue;
    uint16_t tag[2] = {htons(aux.tp_status & TP_STATUS_VLAN_TPID_VALID ? aux.tp_vlan_tpid : ETH_P_8021Q), htons(aux.tp_vlan_tci)};
    memmove(buf + 16, buf + 12, n - 12);
    memcpy(buf + 12, tag, 4);
    n += 4;
  }
  return n;
}
