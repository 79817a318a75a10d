import fp from 'fastify-plugin';
import { straySeeds } from '../vms/seed.js';

/** Says once, after the start, which cloud-init seeds lie there for no VM: they hold secrets. */
export default fp<{ imageDirs: readonly string[] }>(
  (app, { imageDirs: [imageDir = ''] }, done) => {
    async function report(): Promise<void> {
      const vms = await app.libvirt.connection.listAllDomains();
      await Promise.all(vms.map((vm) => vm.close()));
      const seeds = await straySeeds(imageDir, new Set(vms.map(({ uuid }) => uuid)));
      if (seeds.length > 0)
        app.log.warn({ seeds }, 'there are cloud-init seeds of VMs that libvirt does not have');
    }
    app.libvirt.once('connected', () => {
      report().catch((error: unknown) => {
        app.log.warn({ err: error }, 'the cloud-init seeds could not be looked through');
      });
    });
    done();
  },
  { name: 'seeds', dependencies: ['libvirt'] },
);
