import t, { type Test } from 'tap';
import { arp, ethernet, Guest, guestImage } from '../hosts/index.js';
import { answer, goTo, nicOf, Stage } from './stage.js';

const mac = '52:54:00:00:00:01';
const second = '52:54:00:00:00:02';
const victim = '52:54:00:00:00:99';

const stage = await Stage.start();
t.teardown(() => stage[Symbol.asyncDispose]());
const { host, service, browser } = stage;
const page = await stage.signedIn();
const nic = nicOf(page, mac);

const verdict = (status: string) => nic.getByText(status, { exact: true }).waitFor();

/** Resolves once the number that such a text begins with is greater. */
async function climbs(t: Test, text: RegExp, than: number): Promise<number> {
  const place = page.getByText(text).first();
  for (;;) {
    const shown = (await place.textContent()) ?? '';
    const now = Number(/^[\d,]+/.exec(shown)?.[0].replaceAll(',', ''));
    if (now > than) {
      t.pass(`${now} are more than ${than}`);
      return now;
    }
    await page.getByText(text).filter({ hasNotText: shown }).first().waitFor();
  }
}

await t.test('create a VM, and see it come up enforced', async () => {
  const { kernel, initrd, cmdline } = await guestImage();
  await goTo(page, 'VMs');
  await page.getByRole('link', { name: 'Create a VM' }).click();
  await page.getByLabel('Name', { exact: true }).fill('web1');
  await page.getByLabel('Memory, MiB').fill('96');
  await page.getByLabel('Kernel', { exact: true }).fill(kernel);
  await page.getByLabel('Initial RAM disk').fill(initrd);
  await page.getByLabel('Kernel command line').fill(cmdline);
  await page.getByLabel('Bridge').fill('br0');
  await page.getByLabel('MAC address').fill(mac);
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { name: 'web1' }).waitFor();
  await page.getByRole('region', { name: 'The VM' }).getByText('running').waitFor();
  await verdict('enforced');
});

await t.test('see the drops climb as its guest spoofs', async (t) => {
  const guest = await (await Guest.attach(host, 'web1')).ready();
  await guest.up('eth0');
  const forged = [
    ethernet({ src: victim, type: 0x88b5 }),
    arp({ src: mac }, { senderMac: victim, senderIp: '10.0.0.9', targetIp: '10.0.0.1' }),
  ];
  const flood = await guest.flood('eth0', forged, { intervalUs: 5000 });
  const first = await climbs(t, /dropped since it runs/, 0);
  await climbs(t, /dropped since it runs/, first);
  await climbs(t, /dropped in the last hour/, 0);
  await nic.getByText(/rules in the kernel/).click();
  await nic
    .getByRole('cell', { name: `-s ${mac} -j RETURN` })
    .first()
    .waitFor();
  await goTo(page, 'At a glance');
  const onHost = await climbs(t, /dropped in the last hour/, 0);
  await climbs(t, /dropped in the last hour/, onHost);
  await page.getByText('spoof.dropped').first().waitFor();
  await flood.stop();
  await page.getByRole('link', { name: 'web1' }).first().click();
  await page.getByRole('heading', { name: 'web1' }).waitFor();
});

const sabotage = () => host.run('ebtables', ['-t', 'nat', '-F', 'I-vnet0-mac']);

await t.test('a rule that somebody takes away: it drifts, is explained, and mended by hand', async () => {
  await service.request('PATCH', '/v1/config', { reconcile: 'report' });
  await sabotage();
  await verdict('drifted');
  await nic.getByText('chain-differs').waitFor();
  await nic.getByText('Remedy:').first().waitFor();
  await nic.getByRole('button', { name: 'Repair' }).click();
  await verdict('enforced');
  await nic.getByText('chain-differs').waitFor({ state: 'detached' });
});

await t.test('or by the service itself', async () => {
  await service.request('PATCH', '/v1/config', { reconcile: 'repair' });
  await sabotage();
  await verdict('drifted');
  await verdict('enforced');
});

await t.test('change its filter', async () => {
  await nic.getByRole('button', { name: 'Change filters' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Remove vdsm-no-mac-spoofing' }).click();
  await dialog.getByLabel('Add a filter').selectOption('virtwarden-strict-ipv4');
  await dialog.getByText('These filters need IP.').waitFor();
  await dialog.getByLabel('Parameters').fill('IP=10.0.0.2');
  await answer(page, 'Change');
  await nic.getByRole('link', { name: 'virtwarden-strict-ipv4' }).waitFor();
  await nic.getByText('IP=10.0.0.2').waitFor();
  await verdict('enforced');
});

await t.test('a filter of one’s own: checked as one types, previewed, replaced, deleted', async () => {
  await goTo(page, 'Filters');
  await page.getByRole('link', { name: 'Create a filter' }).click();
  const text = page.getByLabel("libvirt's XML");
  await text.fill("<filter name='mine'><rule action='perhaps' direction='out'/></filter>");
  await page.getByText('/filter/rule[1]/@action').waitFor();
  await text.fill("<filter name='mine'><filterref filter='vdsm-no-mac-spoofing'/></filter>");
  await page.getByText('The service would take it.').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'mine' }).waitFor();
  await page.getByRole('button', { name: 'Show the rules' }).click();
  await page.getByRole('cell', { name: '-s 52:54:00:00:00:01 -j RETURN' }).first().waitFor();
  await page.getByRole('link', { name: 'Edit' }).click();
  const drop = "<rule action='drop' direction='out'><mac protocolid='0x88b5'/></rule>";
  await text.fill(`<filter name='mine'><filterref filter='vdsm-no-mac-spoofing'/>${drop}</filter>`);
  await page.getByText('The service would take it.').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Show the rules' }).click();
  await page.getByRole('cell', { name: '-p 0x88b5 -j DROP' }).waitFor();
  await page.getByRole('button', { name: 'Delete' }).click();
  await answer(page, 'Delete');
  await page.getByRole('link', { name: 'mine', exact: true }).waitFor({ state: 'detached' });
  await goTo(page, 'VMs');
  await page.getByRole('link', { name: 'web1' }).click();
});

await t.test('plug another NIC, and unplug it', async () => {
  await page.getByRole('button', { name: 'Plug a NIC' }).click();
  await page.getByRole('dialog').getByLabel('Bridge').fill('br0');
  await page.getByRole('dialog').getByLabel('MAC address').fill(second);
  await answer(page, 'Plug');
  await nicOf(page, second).getByText('enforced', { exact: true }).waitFor();
  await nicOf(page, second).getByRole('button', { name: 'Unplug' }).click();
  await answer(page, 'Unplug');
  await nicOf(page, second).waitFor({ state: 'detached' });
  await verdict('enforced');
});

await t.test('what takes long is shown while it goes on, and can be called off', async () => {
  // the guest has nobody who would heed it
  await page.getByRole('button', { name: 'Shut down' }).click();
  const work = page.getByRole('region', { name: 'Work that goes on' });
  await work.getByText('Shutting down: web1').waitFor();
  await work.getByText('waiting for the guest to shut down').waitFor();
  await work.getByRole('button', { name: 'Cancel' }).click();
  await work.waitFor({ state: 'detached' });
});

await t.test('what is destructive asks, and does nothing when the answer is no', async (t) => {
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await answer(page, 'Cancel');
  t.match((await service.request('GET', '/v1/vms/web1')).body, { state: 'running' });
});

await t.test('stop it, and delete it', async (t) => {
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await answer(page, 'Stop');
  await page.getByRole('region', { name: 'The VM' }).getByText('shutoff').waitFor();
  await verdict('inactive');
  await page.getByRole('button', { name: 'Delete' }).click();
  await answer(page, 'Delete');
  await page.getByRole('heading', { name: 'VMs' }).waitFor();
  await page.getByText('0 of 0 VMs').waitFor();
  t.equal((await host.virsh('list', '--all', '--name')).trim(), '');
});

await t.test('the browser had nothing to complain of', (t) => {
  t.strictSame(browser.errors, []);
  t.end();
});
