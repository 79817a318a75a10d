import fp from 'fastify-plugin';
import type { Problem } from '../errors.js';
import { type HostPlaces, readLacks } from '../host/lacks.js';
import { readHost, whyUnreadable } from '../host/read.js';
import { SharedRead } from '../libvirt/shared-read.js';
import type { Host, HostLack } from '../schemas/host.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** The host, as it is found at a moment after the question. @throws LibvirtError */
    readHost(): Promise<Host>;
    /**
     * The rights that the service is without.
     * @param kernel the problem that reading the kernel's rules has met
     */
    readLacks(kernel: Problem | undefined): Promise<HostLack[]>;
  }
}

/** Knows the host, and says once the service listens which rights it is without. */
export default fp<{ places: HostPlaces }>(
  (app, { places }, done) => {
    const host = new SharedRead(async () =>
      readHost({ session: app.libvirt, filters: app.shippedFilters }, places),
    );
    app.decorate('readHost', () => host.ask());
    app.decorate('readLacks', (kernel) => readLacks(places, kernel));
    app.addHook('onListen', async () => {
      const lacks = await app.readLacks(await whyUnreadable());
      for (const { code, detail } of lacks) app.log.warn({ lack: code }, detail);
    });
    done();
  },
  { name: 'host', dependencies: ['libvirt'] },
);
