// Bringing the guest up: file systems, modules, the serial port, and word of every interface that appears.
#pragma once
#include "wire.h"
#include <dirent.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <pthread.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>

static inline void machine_mount(void) {
  mkdir("/proc", 0755);
  mkdir("/sys", 0755);
  mkdir("/dev", 0755);
  mkdir("/tmp", 01777);
  mount("proc", "/proc", "proc", 0, NULL);
  mount("sysfs", "/sys", "sysfs", 0, NULL);
  mount("dev", "/dev", "devtmpfs", 0, NULL);
  setenv("PATH", "/bin", 1);
  // First in, first out: a marker frame may not overtake what was sent before it. (PACKET_QDISC_BYPASS would do too, but
  // sending so while the NIC is unplugged crashes this kernel's driver.)
  int fd = open("/proc/sys/net/core/default_qdisc", O_WRONLY | O_CLOEXEC);
  if (write(fd, "pfifo_fast", 10) != 10) perror("default_qdisc");
  close(fd);
  klogctl(8, NULL, 1); // the console is the agent's: nothing but an emergency may cut into its lines
}

// Files are named in the order in which they are to be loaded.
static inline void machine_load_modules(void) {
  struct dirent **names;
  int n = scandir("/modules", &names, NULL, alphasort);
  for (int i = 0; i < n; i++) {
    char path[512];
    snprintf(path, sizeof path, "/modules/%s", names[i]->d_name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (names[i]->d_name[0] != '.' && syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST) {
      int tty = open("/dev/ttyS0", O_WRONLY | O_NOCTTY);
      dprintf(tty, "BROKEN %s: %s\n", path, strerror(errno));
      close(tty);
    }
    close(fd);
    unlink(path); // memory is what this guest has least of
  }
}

static inline int machine_open_serial(void) {
  int fd = open("/dev/ttyS0", O_RDWR | O_NOCTTY | O_CLOEXEC);
  struct termios t;
  tcgetattr(fd, &t);
  cfmakeraw(&t);
  t.c_cflag |= CLOCAL;
  tcsetattr(fd, TCSANOW, &t);
  return fd;
}

static void (*machine_on_link)(const char *ifname);

static void *machine_read_links(void *arg) {
  int fd = (int)(long)arg;
  static char buf[32768];
  ssize_t n;
  for (;;) {
    if ((n = recv(fd, buf, sizeof buf, 0)) < 0) continue;
    for (struct nlmsghdr *h = (struct nlmsghdr *)buf; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
      if (h->nlmsg_type != RTM_NEWLINK) continue;
      int left = IFLA_PAYLOAD(h);
      for (struct rtattr *a = IFLA_RTA(NLMSG_DATA(h)); RTA_OK(a, left); a = RTA_NEXT(a, left))
        if (a->rta_type == IFLA_IFNAME) machine_on_link(RTA_DATA(a));
    }
  }
  return NULL;
}

// Listens from now on, so before the drivers are there no interface can be missed.
static inline void machine_watch_links(void (*on_link)(const char *ifname)) {
  machine_on_link = on_link;
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  struct sockaddr_nl addr = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};
  bind(fd, (struct sockaddr *)&addr, sizeof addr);
  pthread_t thread;
  pthread_create(&thread, NULL, machine_read_links, (void *)(long)fd);
}
