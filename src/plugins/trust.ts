import fp from 'fastify-plugin';
import type { Trust } from '../xml/metadata.js';
import { expireTrust } from '../nics/expire-trust.js';

/** How often it is looked for NICs that are trusted no longer, unless one is known to be so sooner, ms: somebody may have written it past this service. */
const everyMs = 10_000;

interface MayTrust {
  trust?: Trust;
}

/** Whether a request that was granted has given trust that ends. To look takes reading all VMs. */
const gaveTrustThatEnds = (body: (MayTrust & { nics?: MayTrust[] }) | null | undefined): boolean =>
  [body, ...(body?.nics ?? [])].some((one) => one?.trust?.expiresAt !== undefined);

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
    app.addHook('onResponse', ({ body }, { statusCode }, next) => {
      if (statusCode < 300 && gaveTrustThatEnds(body as Parameters<typeof gaveTrustThatEnds>[0])) look();
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
