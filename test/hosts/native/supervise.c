// supervise DIR HOSTNAME COMMAND... : makes the namespaces of one test host and lives outside them.
//
// COMMAND (the setup) runs inside as the first child of a PID 1 that afterwards only reaps: libvirt waits for
// its QEMUs to be gone, so a slow reaper makes every destroy slow. Prints the outer pid of PID 1, then "up".
// The host ends when standard input does, that is when the owner dies in whatever way, or when this process
// dies (PR_SET_PDEATHSIG on PID 1); waiting for PID 1 waits for everything inside it. Then DIR is removed.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char *what) {
  fprintf(stderr, "supervise: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void reap_forever(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  for (;;) {
    while (waitpid(-1, NULL, WNOHANG) > 0) {
    }
    int sig;
    sigwait(&set, &sig);
  }
}

static void init(int gate, const char *hostname, char **setup) {
  // PID 1 sees parent 0 whoever the parent is: the gate tells whether it was still there after the prctl.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  char byte;
  if (read(gate, &byte, 1) != 1) exit(1);
  close(gate);
  if (sethostname(hostname, strlen(hostname))) fail("sethostname");
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)) fail("make / private (in a chroot, / must be a mount)");
  sigset_t chld;
  sigemptyset(&chld);
  sigaddset(&chld, SIGCHLD);
  sigprocmask(SIG_BLOCK, &chld, NULL);
  pid_t pid = fork();
  if (pid < 0) fail("fork");
  if (pid == 0) {
    sigprocmask(SIG_UNBLOCK, &chld, NULL);
    dup2(2, 1);
    execvp(setup[0], setup);
    fail(setup[0]);
  }
  int status;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (status != 0) exit(1);
  dprintf(1, "up\n");
  int null = open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3; fd++) dup2(null, fd);
  reap_forever();
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  const char *dir = argv[1];
  int gate[2];
  if (pipe2(gate, O_CLOEXEC)) fail("pipe");
  // Signals meant for the owner's process group (Ctrl-C) are not for the one that cleans up after it.
  setsid();
  pid_t pid = syscall(SYS_clone, CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | SIGCHLD, 0, 0, 0, 0);
  if (pid < 0) fail("clone");
  if (pid == 0) {
    close(gate[1]);
    int null = open("/dev/null", O_RDONLY);
    dup2(null, 0);
    init(gate[0], argv[2], argv + 3);
  }
  close(gate[0]);
  dprintf(1, "pid %d\n", pid);
  if (write(gate[1], "", 1) != 1) fail("gate");

  int pidfd = syscall(SYS_pidfd_open, pid, 0);
  if (pidfd < 0) fail("pidfd_open");
  struct pollfd fds[2] = {{.fd = 0, .events = POLLIN}, {.fd = pidfd, .events = POLLIN}};
  for (;;) {
    if (poll(fds, 2, -1) < 0) continue;
    char buf[64];
    if (fds[0].revents && read(0, buf, sizeof buf) <= 0) break;
    if (fds[1].revents) break;
  }
  kill(pid, SIGKILL);
  int status;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  execlp("rm", "rm", "-rf", "--one-file-system", dir, (char *)NULL);
  fail("rm");
}
