import t from 'tap';
import { arpMessage, ethernet, etherTypes, snap, type Tag } from '../hosts/index.js';
import { forged, GuardedPort, own, strict } from './guarded-port.js';

// What the attack rows leave out: what a guard must let through although it looks into it, and odd forms of lies.

const port = await GuardedPort.start(t, ['vdsm-no-mac-spoofing']);
const src = own.mac;
const message = (senderMac: string) => arpMessage({ senderMac, senderIp: own.ip, targetIp: '10.0.0.9' });
const inTags = (type: number, senderMac: string, ...tagTypes: number[]): Buffer => {
  const tags = tagTypes.map((tpid, vid): Tag => ({ vid, tpid }));
  return ethernet({ src, tags, type, payload: message(senderMac) });
};

const oldTag = 0x9100;
const kinds = [etherTypes.vlan, etherTypes.qinq, oldTag];
const wraps = [[], ...kinds.map((one) => [one]), ...kinds.flatMap((one) => kinds.map((two) => [one, two]))];

await t.test('what is true passes in up to two tags, what is forged in none', async (t) => {
  for (const tags of wraps) {
    const what = tags.map((type) => type.toString(16)).join(' ') || 'no tag';
    // the kernel takes off the outermost, unless it is of the old type
    const passes = tags.length < 2 || tags[0] !== oldTag;
    for (const type of [etherTypes.arp, etherTypes.rarp]) {
      t.equal(await port.passes(inTags(type, src, ...tags)), passes, `true, ${what}`);
      t.notOk(await port.passes(inTags(type, forged, ...tags)), `forged, ${what}`);
    }
  }
  t.notOk(await port.passes(inTags(etherTypes.arp, src, ...kinds)), 'a third tag');
});

await t.test('802.3 frames pass unless they hide ARP, RARP or a tag', async (t) => {
  const tags: Tag[] = [{ vid: 5 }, { vid: 6 }];
  const payload = message(forged);
  for (const depth of [0, 1, 2]) {
    const link = { src, tags: tags.slice(0, depth) };
    const where = `in ${depth} tags`;
    for (const type of [etherTypes.arp, etherTypes.rarp, etherTypes.vlan, oldTag])
      t.notOk(await port.passes(snap(link, { type, payload })), `${type.toString(16)} ${where}`);
    t.ok(await port.passes(snap(link, { type: 0x2000, code: [0, 0, 0x0c], payload })), `CDP ${where}`);
    t.ok(await port.passes(ethernet({ ...link, payload: Buffer.from([0x42, 0x42, 3]) })), `LLC ${where}`);
  }
});

await t.test('while a guard is put in the place of another, nothing forged passes', async (t) => {
  const frame = ethernet({ src: forged, type: 0x88b5 });
  const { sent, passed } = await port.sendWhile(frame, async () => {
    for (let i = 0; i < 20; i++) await port.guard(i % 2 ? ['vdsm-no-mac-spoofing'] : strict);
  });
  t.ok(sent > 100, `${sent} frames`);
  t.notOk(passed);
});
