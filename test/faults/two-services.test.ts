import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { startHost } from '../hosts/index.js';
import { onBridge, Service } from '../integration/service.js';
import { untilWhole } from '../integration/whole.js';

const host = await startHost();
t.teardown(() => host.stop());
const first = await Service.start(host);
const entry = new URL('../../dist/cli/index.js', import.meta.url).pathname;

await t.test('a second one with the same state directory says who has it, and ends', async (t) => {
  const second = await host.spawn(process.execPath, [entry, 'serve'], {
    env: {
      VIRTWARDEN_LISTEN: `unix:${join(host.dir, 'second.sock')}`,
      VIRTWARDEN_STATE_DIR: join(host.dir, 'state'),
    },
    stderr: 'pipe',
  });
  second.stdout.resume();
  t.match(
    second.stderr && (await text(second.stderr)),
    /^virtwarden: Another virtwarden uses the state directory .*\/state/,
  );
  t.match(await second.ended, { code: 2 });
  t.match(await first.request('GET', '/readyz'), { status: 200 });
});

await t.test(
  'two with directories of their own on one libvirt: neither opens or loses what the other made',
  async (t) => {
    await using second = await Service.start(host, {
      stateDir: join(host.dir, 'other-state'),
      socket: join(host.dir, 'other.sock'),
    });
    const filters = ['no-mac-spoofing', 'no-arp-mac-spoofing'];
    const life = async (service: Service, name: string): Promise<void> => {
      for (let i = 0; i < 4; i++) {
        const made = await service.create(name, [{ ...onBridge(), filters }]);
        t.match(made, { status: 201, body: { detail: undefined } });
        const nic = `/v1/vms/${name}/nics/${made.body.nics[0]?.mac}`;
        t.match(await service.request('GET', `${nic}/enforcement`), { body: { status: 'enforced' } });
        t.match(await service.request('DELETE', `/v1/vms/${name}?force=true`), { status: 204 });
      }
      t.match(await service.create(name, [{ ...onBridge(), filters }]), { status: 201 });
    };
    await Promise.all([life(first, 'one'), life(first, 'two'), life(second, 'three'), life(second, 'four')]);
    for (const service of [first, second]) {
      const events = await service.events();
      await untilWhole(host, service, events, (wrong) => t.comment(wrong));
      events[Symbol.dispose]();
      t.match(await service.request('GET', '/v1/enforcement'), {
        body: { counts: { enforced: 4 }, findings: [] },
      });
    }
  },
);
