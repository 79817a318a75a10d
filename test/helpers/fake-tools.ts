import { chmodSync } from 'node:fs';
import type { Test } from 'tap';

/**
 * Until the test ends these are all the tools that there are, each a script of the shell; inside of them all others are there.
 * @returns where they are
 */
export function fakeTools(t: Test, scripts: Record<string, string>): string {
  const { PATH = '' } = process.env;
  const files = Object.entries(scripts).map(([name, script]) => [
    name,
    `#!/bin/sh\nPATH='${PATH}'\n${script}\n`,
  ]);
  const directory = t.testdir(Object.fromEntries(files) as Record<string, string>);
  for (const name of Object.keys(scripts)) chmodSync(`${directory}/${name}`, 0o755);
  process.env.PATH = directory;
  t.teardown(() => {
    process.env.PATH = PATH;
  });
  return directory;
}
