/** What the exit codes of every command mean. */
export const exitCode = { done: 0, found: 1, wrongUse: 2, unreachable: 3 } as const;

/** A command cannot go on. The message is one sentence for the person who gave it. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(code: keyof typeof exitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode[code];
  }
}

/** The service was asked, and has refused: how a command is used does not help. */
export class RefusedError extends CommandError {}
