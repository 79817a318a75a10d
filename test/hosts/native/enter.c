// enter PID FD COMMAND... : runs COMMAND in all namespaces and the root directory of PID.
//
// Unlike nsenter it tells the command's pid as seen from out here (on FD, unless that is -1), so that exactly
// the command can be killed or stopped; ends the way the command ended; and takes the command along when killed.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile pid_t child;

static void fail(const char *what) {
  fprintf(stderr, "enter: %s: %s\n", what, strerror(errno));
  exit(125);
}

static void forward(int sig) { kill(child, sig); }

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  pid_t target = atoi(argv[1]);
  int report = atoi(argv[2]);
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/root", target);
  // setns sets the root to the namespace's own, which in a chroot is not the target's.
  int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) fail(path);
  int pidfd = syscall(SYS_pidfd_open, target, 0);
  if (pidfd < 0) fail("pidfd_open");
  if (setns(pidfd, CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC)) fail("setns");
  if (fchdir(root) || chroot(".") || chdir("/")) fail("chroot");
  if (report >= 0) fcntl(report, F_SETFD, FD_CLOEXEC);

  child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execvp(argv[3], argv + 3);
    fprintf(stderr, "enter: %s: %s\n", argv[3], strerror(errno));
    _exit(errno == ENOENT ? 127 : 126);
  }
  signal(SIGTERM, forward);
  signal(SIGINT, forward);
  signal(SIGHUP, forward);
  if (report >= 0) {
    dprintf(report, "%d\n", child);
    close(report);
  }
  int status;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) {
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
  }
  return WEXITSTATUS(status);
}
