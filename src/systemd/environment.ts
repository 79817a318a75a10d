/** What systemd tells a service that it started. */
export interface SystemdEnvironment {
  /** Where it is to be told how the service is: a path, or '@' and an abstract name. */
  notifySocket?: string;
  /** After how long without a sign of life it ends the service and starts it anew, ms. */
  watchdogMs?: number;
}

/**
 * Takes what systemd told out of the environment: what the service starts is not to speak in its name.
 * @param pid of this process: a watchdog of another is none
 */
export function takeEnvironment(env: NodeJS.ProcessEnv, pid: number): SystemdEnvironment {
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID } = env;
  delete env.NOTIFY_SOCKET;
  delete env.WATCHDOG_USEC;
  delete env.WATCHDOG_PID;
  const watchdogMs = Number(WATCHDOG_USEC) / 1000;
  const isWatched = watchdogMs > 0 && (!WATCHDOG_PID || WATCHDOG_PID === String(pid));
  return { ...(NOTIFY_SOCKET && { notifySocket: NOTIFY_SOCKET }), ...(isWatched && { watchdogMs }) };
}
