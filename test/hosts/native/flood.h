// Frames sent in the background without pause, from now on or from the moment that an interface appears.
#pragma once
#include "wire.h"
#include <pthread.h>

enum { FLOODS = 32, FLOOD_FRAMES = 256 };

struct flood {
  char name[32], ifname[IFNAMSIZ];
  long interval, seq;
  int automatic, frames;
  volatile int stop;
  struct flood_run *runs; // one for each interface
  uint8_t *frame[FLOOD_FRAMES];
  int length[FLOOD_FRAMES];
  unsigned long sent, errors;
};
struct flood_run {
  struct flood *flood;
  struct flood_run *next;
  char ifname[IFNAMSIZ];
};

static struct flood *floods[FLOODS];
static pthread_mutex_t flood_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t flood_ended = PTHREAD_COND_INITIALIZER;

static inline void flood_link_up(const char *ifname) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct ifreq r = {0};
  memcpy(r.ifr_name, ifname, strnlen(ifname, IFNAMSIZ - 1));
  if (!ioctl(fd, SIOCGIFFLAGS, &r) && !(r.ifr_flags & IFF_UP)) {
    r.ifr_flags |= IFF_UP;
    ioctl(fd, SIOCSIFFLAGS, &r);
  }
  close(fd);
}

static void *flood_send(void *arg) {
  struct flood_run *run = arg;
  struct flood *f = run->flood;
  flood_link_up(run->ifname);
  int fd = wire_open(run->ifname, 0);
  for (int i = 0; fd >= 0 && !f->stop; i = (i + 1) % f->frames) {
    if (f->seq >= 0 && f->seq + 4 <= f->length[i]) {
      uint32_t n = htonl((uint32_t)f->sent);
      memcpy(f->frame[i] + f->seq, &n, 4);
    }
    if (send(fd, f->frame[i], f->length[i], 0) >= 0) f->sent++;
    else {
      f->errors++;
      if (errno == ENXIO || errno == ENODEV) break; // unplugged: an automatic flood begins again with the next
      usleep(200);
    }
    if (f->interval) usleep(f->interval);
  }
  if (fd >= 0) close(fd);
  pthread_mutex_lock(&flood_lock);
  struct flood_run **at = &f->runs;
  while (*at != run) at = &(*at)->next;
  *at = run->next;
  free(run);
  pthread_cond_broadcast(&flood_ended);
  pthread_mutex_unlock(&flood_lock);
  return NULL;
}

// With flood_lock held.
static inline void flood_start(struct flood *f, const char *ifname) {
  for (struct flood_run *other = f->runs; other; other = other->next)
    if (!strcmp(other->ifname, ifname)) return;
  struct flood_run *run = calloc(1, sizeof *run);
  run->flood = f;
  memcpy(run->ifname, ifname, strnlen(ifname, IFNAMSIZ - 1));
  pthread_attr_t attr;
  pthread_attr_init(&attr);
  pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attr, 64 << 10);
  pthread_t thread;
  run->next = f->runs;
  f->runs = run;
  if (pthread_create(&thread, &attr, flood_send, run)) abort();
}

// NULL, or why not.
static inline const char *flood_add(const char *name, const char *ifname, long interval, long seq, char *hexes, int automatic) {
  struct flood *f = calloc(1, sizeof *f);
  snprintf(f->name, sizeof f->name, "%s", name);
  snprintf(f->ifname, sizeof f->ifname, "%s", ifname);
  f->interval = interval;
  f->seq = seq;
  f->automatic = automatic;
  for (char *one; (one = strsep(&hexes, ","));) {
    if (f->frames == FLOOD_FRAMES) return "too many frames";
    size_t len = strlen(one);
    f->frame[f->frames] = malloc(len / 2 + 1);
    if ((f->length[f->frames] = unhex(one, len, f->frame[f->frames], len / 2)) <= 0) return "not hex";
    f->frames++;
  }
  pthread_mutex_lock(&flood_lock);
  int slot = -1;
  for (int i = 0; i < FLOODS; i++)
    if (floods[i] && !strcmp(floods[i]->name, name)) slot = FLOODS;
    else if (!floods[i] && slot < 0) slot = i;
  if (slot >= 0 && slot < FLOODS) {
    floods[slot] = f;
    if (!automatic) flood_start(f, ifname);
  }
  pthread_mutex_unlock(&flood_lock);
  return slot < 0 ? "too many floods" : slot == FLOODS ? "the name is taken" : NULL;
}

static inline int flood_count(const char *name, char *text, size_t cap, int stop) {
  int known = 0;
  pthread_mutex_lock(&flood_lock);
  for (int i = 0; i < FLOODS && !known; i++) {
    struct flood *f = floods[i];
    if (!f || strcmp(f->name, name)) continue;
    known = 1;
    if (stop) {
      f->stop = 1;
      floods[i] = NULL;
      while (f->runs) pthread_cond_wait(&flood_ended, &flood_lock);
    }
    snprintf(text, cap, "%lu %lu", f->sent, f->errors);
  }
  pthread_mutex_unlock(&flood_lock);
  return known;
}

static inline void flood_link_appeared(const char *ifname) {
  pthread_mutex_lock(&flood_lock);
  for (int i = 0; i < FLOODS; i++) {
    struct flood *f = floods[i];
    if (!f || !f->automatic || !strcmp(ifname, "lo")) continue;
    if (!strcmp(f->ifname, "*") || !strcmp(f->ifname, ifname)) flood_start(f, ifname);
  }
  pthread_mutex_unlock(&flood_lock);
}

static inline void flood_from_command_line(void) {
  static char line[8192];
  FILE *in = fopen("/proc/cmdline", "r");
  if (!in || !fgets(line, sizeof line, in)) return;
  fclose(in);
  line[strcspn(line, "\n")] = 0;
  int boots = 0;
  for (char *rest = line, *word; (word = strsep(&rest, " "));) {
    if (strncmp(word, "vw.flood=", 9)) continue;
    char name[16], *fields = word + 9, *ifname = strsep(&fields, ":"), *interval = strsep(&fields, ":"), *seq = strsep(&fields, ":");
    snprintf(name, sizeof name, "boot%d", boots++);
    if (fields) flood_add(name, ifname, atol(interval), atol(seq), fields, 1);
  }
}
