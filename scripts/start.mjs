// npm start: makes a machine ready for the service, starts libvirt's daemon where none runs, and serves.
import { ensureBuilt } from './lib/build.mjs';
import { ensureLibvirt, libvirtAnswers, mentionClosedKvm } from './lib/libvirt.mjs';
import { prepare } from './lib/prepare.mjs';
import { serve } from './lib/serve.mjs';
import { usesLocalLibvirt } from './lib/settings.mjs';
import { main } from './lib/stop.mjs';

await main(async (args) => {
  const local = usesLocalLibvirt(args);
  await prepare(local ? ['build', 'host'] : ['build'], {
    mayInstall: true,
    services: local && !(await libvirtAnswers()),
  });
  await ensureBuilt('service');
  if (local) {
    await ensureLibvirt();
    mentionClosedKvm();
  }
  return serve(args);
});
