import fp from 'fastify-plugin';
import { countOutOfSync } from '../filtering/out-of-sync.js';
import type { PolicyStore } from '../state/policy-store.js';

declare module 'fastify' {
  interface FastifyInstance {
    policy: PolicyStore;
    /**
     * How many running NICs have another filter than a fresh start would give.
     * @throws Problem libvirt-unavailable, LibvirtError
     */
    countOutOfSync(): Promise<number>;
  }
}

/** The policy, and what it means for what runs. */
export default fp<{ policy: PolicyStore }>(
  (app, { policy }, done) => {
    app.decorate('policy', policy);
    app.decorate('countOutOfSync', async () => countOutOfSync(app.libvirt.connection, policy.current));
    done();
  },
  { name: 'policy', dependencies: ['libvirt'] },
);
