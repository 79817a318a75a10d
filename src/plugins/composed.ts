import fp from 'fastify-plugin';
import { sweepComposed } from '../filtering/composed.js';

/** libvirt still has the bindings of a VM that has ended for a moment, and refuses to remove their filters, ms. */
const afterMs = 5000;
/** What no event tells of, such as a change that was given up when the connection was lost, is seen by looking, ms. */
const everyMs = 30_000;
const ends: ReadonlySet<string | undefined> = new Set(['vm.stopped', 'vm.undefined', 'nic.unplugged']);

/**
 * Removes composed filters whose last user went in whatever way: killed, undefined with virsh, with its binding still there when
 * the service had a look, or never come to be.
 */
export default fp(
  (app, _options, done) => {
    const { events } = app;
    let timer: NodeJS.Timeout | undefined;
    let sweeping = Promise.resolve();

    function sweep(): void {
      // on the next connection what was cut off is put right, and this with it
      if (!app.libvirt.connected) return;
      sweeping = sweepComposed(app.vmContext()).then(
        (removed) => {
          for (const filter of removed)
            app.log.info({ filter }, 'a filter of a list that nobody uses is removed');
        },
        (error: unknown) => {
          app.log.warn(
            { err: error },
            'filters of lists could not be looked through for those without users',
          );
        },
      );
    }
    const unlisten = events.listen(() => {
      if (!ends.has(events.at(events.range.next - 1)?.type)) return;
      clearTimeout(timer);
      timer = setTimeout(sweep, afterMs);
    });
    const regularly = setInterval(sweep, everyMs);
    app.addHook('onClose', async () => {
      unlisten();
      clearInterval(regularly);
      clearTimeout(timer);
      await sweeping;
    });
    done();
  },
  { name: 'composed', dependencies: ['events', 'libvirt', 'vms'] },
);
