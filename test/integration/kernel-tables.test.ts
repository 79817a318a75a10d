import t from 'tap';

// What asks the kernel itself asks that of its own network namespace: these run in one that ends with them.
for (const name of ['guard-table', 'nf-tables']) {
  const file = new URL(`in-namespace/${name}.ts`, import.meta.url).pathname;
  await t.spawn('unshare', ['--net', process.execPath, ...process.execArgv, file], {}, name);
}
