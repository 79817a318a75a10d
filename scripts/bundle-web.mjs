// Of npm run build:service: the page, with its files compressed once instead of at each request.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';
import { root } from './lib/paths.mjs';

const outDir = join(root, 'dist/web');

await build({
  configFile: false,
  root: join(root, 'src/web'),
  logLevel: 'warn',
  publicDir: false,
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // the content security policy lets no data: in
    modulePreload: { polyfill: false },
  },
});

for (const file of readdirSync(outDir, { recursive: true })) {
  const path = join(outDir, file);
  if (!statSync(path).isFile()) continue;
  const bytes = readFileSync(path);
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }));
  writeFileSync(`${path}.br`, brotliCompressSync(bytes));
}
