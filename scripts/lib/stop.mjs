/** Ends a command with one sentence for the person who ran it, and no stack. */
export class Stop extends Error {
  constructor(sentence, exitCode = 1) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

/** The command cannot run here, or was used wrongly. */
export const WRONG_USE = 2;

export const say = (sentence) => console.log(`virtwarden: ${sentence}`);

/** Runs a command's main function; a Stop becomes its sentence and its exit code. */
export async function main(run) {
  try {
    process.exitCode = (await run(process.argv.slice(2))) ?? 0;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    console.error(`virtwarden: ${error.message}`);
    process.exitCode = error.exitCode;
  }
}
