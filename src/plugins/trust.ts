import fp from 'fastify-plugin';
import { expireTrust } from '../nics/expire-trust.js';

/** How often it is looked for NICs that are trusted no longer, unless one is known to be so sooner, ms: somebody may have written it past this service. */
const everyMs = 10_000;

/** Whether a request may have given trust that ends. */
const mayGiveTrust = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && ('trust' in body || 'nics' in body);

/** Ends the trust in NICs when its time is over. */
export default fp(
  (app, _options, done) => {
    let timer: NodeJS.Timeout | undefined;
    let running: Promise<void> | undefined;
    let closing = false;
    let again = false;

    /** @returns in how many ms it is to be looked again */
    async function expire(): Promise<number> {
      if (!app.libvirt.connected) return everyMs;
      try {
        const next = await expireTrust(
          app.vmContext(),
          (vm, change) => app.changeVm(vm, change),
          (vm, mac, after) => app.auditOwn('trust expired', `/v1/vms/${vm}/nics/${mac}`, after),
        );
        return Math.max(0, Math.min(everyMs, next - Date.now()));
      } catch (error) {
        app.log.error({ err: error }, 'it could not be seen which NICs are trusted no longer');
        return everyMs;
      }
    }
    function look(): void {
      clearTimeout(timer);
      again = running !== undefined;
      running ??= expire().then((ms) => {
        running = undefined;
        if (closing) return;
        if (again) look();
        else timer = setTimeout(look, ms);
      });
    }

    app.libvirt.on('connected', look);
    app.addHook('onReady', look);
    app.addHook('onResponse', ({ body }, _reply, next) => {
      if (mayGiveTrust(body)) look();
      next();
    });
    app.addHook('onClose', async () => {
      closing = true;
      clearTimeout(timer);
      await running;
    });
    done();
  },
  { name: 'trust', dependencies: ['vms', 'libvirt', 'audit'] },
);
