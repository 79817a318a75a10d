import fp from 'fastify-plugin';
import { withDeadline } from '../libvirt/session.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether VMs can be made and started. @throws Problem that keeps them from it; LibvirtError */
    demandReady(): Promise<void>;
  }
}

/** How long libvirt may take to say whether its filters are there, ms. */
const deadlineMs = 5000;

export default fp(
  (app, _options, done) => {
    let looking: Promise<void> | undefined;
    const look = async (): Promise<void> => {
      const { connection } = app.libvirt;
      const demand = app.shippedFilters.demand(connection);
      await withDeadline(deadlineMs, 'Looking at the network filters', demand);
    };
    // anyone may ask, as often as they like: those who ask at the same time get the same answer
    app.decorate('demandReady', () => (looking ??= look().finally(() => (looking = undefined))));
    done();
  },
  { name: 'readiness', dependencies: ['libvirt'] },
);
