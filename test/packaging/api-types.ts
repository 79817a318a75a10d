import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** An object with the type that it is to have, as an import has it. */
export interface Typed {
  value: unknown;
  /** `DaemonSet` */
  type: string;
  /** `kubernetes-types/apps/v1` */
  from: string;
  /** It only says what is changed. */
  partial?: boolean;
}

const options: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
  lib: ['lib.es2023.d.ts'],
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};
/** Where imports are looked up from; there is no such file. */
const place = join(dirname(fileURLToPath(import.meta.url)), 'objects.ts');

const sourceOf = (objects: readonly Typed[]): string =>
  [
    'type Part<T> = T extends object ? { [K in keyof T]?: Part<T[K]> } : T;',
    ...objects.map(({ value, type, from, partial = false }, i) => {
      const named = partial ? `Part<Type${i}>` : `Type${i}`;
      const json = JSON.stringify(value);
      return `import type { ${type} as Type${i} } from '${from}'; export const object${i}: ${named} = ${json};`;
    }),
  ].join('\n');

/**
 * What TypeScript has against objects as those of a package's types: unknown fields, missing ones, and those of another kind.
 * @returns sentences
 */
export function wrongTypes(objects: readonly Typed[]): string[] {
  const source = sourceOf(objects);
  const host = ts.createCompilerHost(options);
  const onDisk = ts.createCompilerHost(options);
  host.fileExists = (name) => name === place || onDisk.fileExists(name);
  host.getSourceFile = (name, version, ...more) =>
    name === place
      ? ts.createSourceFile(name, source, version)
      : onDisk.getSourceFile(name, version, ...more);
  const program = ts.createProgram([place], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}
