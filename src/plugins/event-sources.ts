import fp from 'fastify-plugin';
import { LibvirtSource } from '../events/libvirt-source.js';
import type { Operation } from '../schemas/operation.js';

/** What the events say of an operation. */
const named = ({ id, kind, vm }: Operation) => ({ operation: id, kind, ...(vm !== undefined && { vm }) });

/** Tells the events of libvirt, of the policy and of operations; filters are told of where they are changed. */
export default fp(
  (app, _options, done) => {
    const { events, libvirt, operations, policy } = app;
    let again = false;

    // Before anyone changes anything over the connection.
    app.beforePrepared((connection) => new LibvirtSource(connection, events, app.log).start());
    libvirt.on('connected', () => {
      events.publish('libvirt.connected', { again });
      again = true;
    });
    libvirt.on('disconnected', () => events.publish('libvirt.disconnected', {}));
    policy.on('changed', (config, changed) => events.publish('config.changed', { changed, config }));
    operations.on('started', (operation) => events.publish('operation.started', named(operation)));
    operations.on('ended', (operation) => {
      const { status, problem } = operation;
      if (status === 'succeeded' || status === 'cancelled')
        events.publish(`operation.${status}`, named(operation));
      else if (problem) {
        const { type, detail } = problem;
        events.publish('operation.failed', { ...named(operation), problem: type, detail });
      }
    });
    done();
  },
  { name: 'event-sources', dependencies: ['events', 'libvirt', 'operations', 'policy'] },
);
