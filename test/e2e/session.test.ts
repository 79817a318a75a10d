import t from 'tap';
import { answer, goTo, signIn, Stage } from './stage.js';

const stage = await Stage.start();
t.teardown(() => stage[Symbol.asyncDispose]());
const { service, relay, browser } = stage;
await service.create('web1', [{ source: { type: 'bridge', bridge: 'br0' } }]);

/** What the browser itself has noted since the last time. */
const complaints = (): string[] => browser.errors.splice(0);

await t.test('a token that is none is refused, with the reason', async (t) => {
  const page = await browser.open(relay.url);
  await signIn(page, 'no-such-token');
  await page.getByRole('alert').getByText('The token is not valid.').waitFor();
  t.match(complaints(), [/status of 401/]);
  await page.close();
});

await t.test('a viewer is offered nothing that changes something', async (t) => {
  const page = await stage.signedIn(await service.tokenFor('viewer'));
  await goTo(page, 'VMs');
  await page.getByRole('link', { name: 'web1' }).click();
  await page.getByRole('heading', { name: 'web1' }).waitFor();
  await page.getByText('rules in the kernel').waitFor();
  const buttons = await page.getByRole('button').allTextContents();
  t.strictSame(buttons, ['Sign out']);
  t.strictSame(complaints(), []);
  await page.close();
});

await t.test('an operator is, but for what only an admin may do', async (t) => {
  const page = await stage.signedIn(await service.tokenFor('operator'));
  await goTo(page, 'VMs');
  await page.getByRole('link', { name: 'web1' }).click();
  await page.getByRole('button', { name: 'Change filters' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('these, in order').waitFor();
  t.equal(await dialog.getByText('none: this NIC is trusted').count(), 0);
  await answer(page, 'Cancel');
  await page.close();
});

await t.test('by keyboard alone: sign in, skip the navigation, open a dialog and leave it', async (t) => {
  const page = await browser.open(relay.url);
  const { keyboard } = page;
  const focused = () => page.locator(':focus');
  await keyboard.press('Tab');
  await keyboard.type(stage.token);
  await keyboard.press('Enter');
  await page.getByText('live', { exact: true }).waitFor();
  await page.getByRole('navigation').getByRole('link', { name: 'VMs' }).focus();
  await keyboard.press('Enter');
  await page.getByRole('link', { name: 'web1' }).focus();
  await keyboard.press('Enter');
  await page.locator('h1:focus', { hasText: 'web1' }).waitFor();
  await page.getByRole('button', { name: 'Stop', exact: true }).focus();
  await keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Stop web1?' }).waitFor();
  await keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  t.equal(await focused().textContent(), 'Stop', 'the focus is where it was');
  await page.close();
});

await t.test('a connection that is lost is told of, and what happened meanwhile is seen', async (t) => {
  const page = await stage.signedIn();
  await goTo(page, 'VMs');
  await page.getByText('1 of 1 VMs').waitFor();
  await relay.cut();
  await page.getByText('The connection to the service is lost').waitFor();
  await page.getByText('not connected').waitFor();
  await service.create('web2', [], { start: false });
  await relay.join();
  await page.getByRole('button', { name: 'Try now' }).click();
  await page.getByText('2 of 2 VMs').waitFor();
  await page.getByText('live', { exact: true }).waitFor();
  t.equal(await page.getByText('The connection to the service is lost').count(), 0);
  t.ok(
    complaints().every((text) => /ERR_|Failed to load/.test(text)),
    'only of the connection',
  );
  await page.close();
});

await t.test('a token that is revoked ends what is shown; so does signing out, and a reload', async (t) => {
  const page = await stage.signedIn(await service.tokenFor('viewer'));
  const { body } = await service.request<{ items: { id: string; name: string }[] }>('GET', '/v1/tokens');
  const last = body.items.filter(({ name }) => name.startsWith('viewer-')).at(-1);
  await service.request('DELETE', `/v1/tokens/${last?.id ?? ''}`);
  await page.getByLabel('Token').waitFor();
  await page.getByRole('status').getByText('Your token does not hold any more.').waitFor();
  await signIn(page, stage.token);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Token').waitFor();
  await signIn(page, stage.token);
  await page.getByRole('heading', { name: 'At a glance' }).waitFor();
  await page.reload();
  await page.getByLabel('Token').waitFor();
  t.strictSame(await page.context().cookies(), [], 'nothing is left behind');
  t.equal(await page.evaluate('localStorage.length + sessionStorage.length'), 0);
  const others = complaints().filter((text) => !text.includes('401'));
  t.strictSame(others, [], 'but that who was under way was not let in');
});
