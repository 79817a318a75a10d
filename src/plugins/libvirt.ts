import type { Connection } from 'node-libvirt';
import fp from 'fastify-plugin';
import { toProblem } from '../errors.js';
import { ShippedFilters } from '../filtering/shipped.js';
import { LibvirtSession } from '../libvirt/session.js';

declare module 'fastify' {
  interface FastifyInstance {
    libvirt: LibvirtSession;
    shippedFilters: ShippedFilters;
  }
}

/** Keeps the connection to libvirt, and on each new one brings the shipped filters onto it. */
export default fp<{ uri: string }>(
  (app, { uri }, done) => {
    const filters = new ShippedFilters();

    async function prepare(connection: Connection): Promise<void> {
      try {
        const results = await filters.define(connection);
        for (const [filter, result] of Object.entries(results)) {
          if (result === 'unchanged') app.log.debug({ filter }, 'the network filter is as it should be');
          else app.log.warn({ filter, result }, 'the network filter was brought onto libvirt');
        }
      } catch (error) {
        const problem = toProblem(error);
        if (!problem || problem.type === 'libvirt-unavailable') throw error;
        // The connection is good, the host is not: /readyz says why, and VMs are refused until it is mended.
        app.log.error({ err: error }, 'the network filters could not be brought onto libvirt');
      }
    }

    const session = new LibvirtSession({ uri, log: app.log, prepare });
    app.decorate('libvirt', session);
    app.decorate('shippedFilters', filters);
    app.addHook('onReady', () => {
      session.start();
    });
    app.addHook('onClose', () => session.close());
    done();
  },
  { name: 'libvirt' },
);
