import type { Connection } from 'node-libvirt';
import fp from 'fastify-plugin';
import { toProblem } from '../errors.js';
import { ShippedFilters } from '../filtering/shipped.js';
import { LibvirtSession } from '../libvirt/session.js';

declare module 'fastify' {
  interface FastifyInstance {
    libvirt: LibvirtSession;
    shippedFilters: ShippedFilters;
    /** Work to be done on each new connection before anyone else gets it. */
    beforeConnected(work: (connection: Connection) => Promise<void>): void;
    /** The same before all of that, and whether or not the host can be made ready. */
    beforePrepared(work: (connection: Connection) => Promise<void>): void;
  }
}

/** Keeps the connection to libvirt, and on each new one brings the shipped filters onto it. */
export default fp<{ uri: string }>(
  (app, { uri }, done) => {
    const filters = new ShippedFilters((nwfilter, result) => {
      app.events.publish(result === 'defined' ? 'nwfilter.defined' : 'nwfilter.replaced', { nwfilter });
    });
    const works: ((connection: Connection) => Promise<void>)[] = [];
    const firstWorks: typeof works = [];

    async function prepare(connection: Connection): Promise<void> {
      for (const work of firstWorks) await work(connection);
      try {
        const results = await filters.define(connection);
        for (const [filter, result] of Object.entries(results)) {
          if (result === 'unchanged') app.log.debug({ filter }, 'the network filter is as it should be');
          else app.log.warn({ filter, result }, 'the network filter was brought onto libvirt');
        }
        for (const work of works) await work(connection);
      } catch (error) {
        const problem = toProblem(error);
        if (!problem || problem.type === 'libvirt-unavailable') throw error;
        // The connection is good, the host is not: /readyz says why, and VMs are refused until it is mended.
        app.log.error(
          { err: error },
          'the host could not be made ready: VMs are not safe to run before it is',
        );
      }
    }

    const session = new LibvirtSession({ uri, log: app.log, prepare });
    app.decorate('libvirt', session);
    app.decorate('shippedFilters', filters);
    app.decorate('beforeConnected', (work) => {
      works.push(work);
    });
    app.decorate('beforePrepared', (work) => {
      firstWorks.push(work);
    });
    app.addHook('onReady', () => {
      session.start();
    });
    app.addHook('onClose', () => session.close());
    done();
  },
  { name: 'libvirt', dependencies: ['events'] },
);
