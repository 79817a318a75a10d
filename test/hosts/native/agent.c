// The guest's only process: brings the machine up, then does what it is told over the serial port.
//
// A request is "ID COMMAND ARGUMENTS", its answer "ID OK ..." or "ID ERR reason"; each runs in a thread of its own.
// "READY" is said again whenever nothing was asked for a while: QEMU throws away what is written to a pty that nobody
// has open, so whoever attaches waits for the next one.
//   PING                                     answers OK
//   SH hex                                   runs a busybox sh command: OK status hexoutput
//   SEND if hex count interval_us            OK sent
//   RECV if timeout_ms pattern mask          ARMED when it listens, then OK hex of the first frame that matches
//   FLOOD name if interval_us seq hex,...    sends the frames in turn, without end
//   AUTO name if interval_us seq hex,...     the same, from the moment that an interface of this name (or * for any) appears
//   COUNT name / STOP name                   OK sent errors
// seq is the offset at which a flood writes its 32-bit counter into the frame, or -1. AUTO can come with the kernel's
// command line: vw.flood=if:interval_us:seq:hex,...
#include "flood.h"
#include "frame-commands.h"
#include "machine.h"
#include <pthread.h>
#include <sys/wait.h>
#include <time.h>

static int tty;
static pthread_mutex_t tty_lock = PTHREAD_MUTEX_INITIALIZER;
static struct timespec last_request;

void answer(const char *id, const char *kind, const char *rest) {
  char *text;
  int len = asprintf(&text, "%s%s%s%s%s\n", id, *kind ? " " : "", kind, *rest ? " " : "", rest);
  pthread_mutex_lock(&tty_lock);
  for (int done = 0; done < len;) {
    ssize_t n = write(tty, text + done, len - done);
    if (n > 0) done += n;
  }
  pthread_mutex_unlock(&tty_lock);
  free(text);
}

static void run_shell(const char *id, const char *command_hex) {
  size_t len = strlen(command_hex);
  char *command = calloc(1, len / 2 + 1);
  int out[2];
  if (unhex(command_hex, len, (uint8_t *)command, len / 2) < 0 || pipe2(out, O_CLOEXEC)) return answer(id, "ERR", "bad command");
  pid_t pid = fork();
  if (pid == 0) {
    setsid();
    dup2(open("/dev/null", O_RDONLY), 0);
    dup2(out[1], 1);
    dup2(out[1], 2);
    execl("/bin/busybox", "sh", "-c", command, (char *)NULL);
    _exit(127);
  }
  close(out[1]);
  free(command);
  size_t used = 0, cap = 4096;
  uint8_t *output = malloc(cap);
  ssize_t n;
  while ((n = read(out[0], output + used, cap - used)) > 0) {
    used += n;
    if (used == cap) output = realloc(output, cap *= 2);
  }
  close(out[0]);
  int status;
  waitpid(pid, &status, 0);
  char *text = malloc(2 * used + 16);
  int prefix = sprintf(text, "%d ", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  hex(output, used, text + prefix);
  answer(id, "OK", text);
  free(text);
  free(output);
}

static void *serve(void *arg) {
  char *text = arg, *rest = text, *a[8] = {0};
  for (int i = 0; i < 8 && (a[i] = strsep(&rest, " ")); i++) {
  }
  char counts[64];
  const char *id = a[0], *error;
  if (!a[1]) answer(id, "ERR", "no command");
  else if (!strcmp(a[1], "PING")) answer(id, "OK", "");
  else if (!strcmp(a[1], "SH") && a[2]) run_shell(id, a[2]);
  else if (!strcmp(a[1], "SEND") && a[5]) run_send(id, a[2], a[3], atol(a[4]), atol(a[5]));
  else if (!strcmp(a[1], "RECV") && a[5]) run_receive(id, a[2], atoi(a[3]), a[4], a[5]);
  else if ((!strcmp(a[1], "FLOOD") || !strcmp(a[1], "AUTO")) && a[6]) {
    error = flood_add(a[2], a[3], atol(a[4]), atol(a[5]), a[6], a[1][0] == 'A');
    answer(id, error ? "ERR" : "OK", error ? error : "");
  } else if ((!strcmp(a[1], "COUNT") || !strcmp(a[1], "STOP")) && a[2]) {
    int known = flood_count(a[2], counts, sizeof counts, a[1][0] == 'S');
    answer(id, known ? "OK" : "ERR", known ? counts : "no such flood");
  } else answer(id, "ERR", "unknown command");
  free(text);
  return NULL;
}

static void *beacon(void *unused) {
  for (;;) {
    struct timespec now;
    usleep(250000);
    clock_gettime(CLOCK_MONOTONIC, &now);
    if ((now.tv_sec - last_request.tv_sec) * 1000 + (now.tv_nsec - last_request.tv_nsec) / 1000000 > 250) answer("READY", "", "");
  }
  return unused;
}

int main(void) {
  machine_mount();
  flood_from_command_line();
  machine_watch_links(flood_link_appeared);
  machine_load_modules();
  tty = machine_open_serial();
  pthread_attr_t attr;
  pthread_attr_init(&attr);
  pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attr, 128 << 10);
  pthread_t thread;
  answer("READY", "", "");
  pthread_create(&thread, &attr, beacon, NULL);
  FILE *in = fdopen(tty, "r");
  char *line = NULL;
  size_t cap = 0;
  for (;;) {
    ssize_t n = getline(&line, &cap, in);
    if (n <= 0) {
      clearerr(in);
      usleep(10000);
      continue;
    }
    line[strcspn(line, "\r\n")] = 0;
    clock_gettime(CLOCK_MONOTONIC, &last_request);
    if (*line && pthread_create(&thread, &attr, serve, strdup(line))) answer(line, "ERR", "no thread");
  }
}
