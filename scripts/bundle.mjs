// Of npm run build:service: the service as one file, which a start reads faster than its 700 modules.
// It lies in dist as deep as the sources that read from filters/ lie in src.
import { build } from 'esbuild';
import { root } from './lib/paths.mjs';

await build({
  absWorkingDir: root,
  entryPoints: ['src/cli/index.ts'],
  outfile: 'dist/cli/index.js',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  // these read files of their own package: compiled code, Swagger UI's pages, and what serves those
  external: ['node-libvirt', 'node-linux', '@fastify/swagger-ui', '@fastify/static'],
  // what is CommonJS calls it; its errors keep the names of functions
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
});
