import t from 'tap';
import { messageOf } from '../../src/events/message.js';

await t.test('a message that is kept keeps no more memory than its own', (t) => {
  const message = messageOf({
    id: 'boot-1',
    type: 'vm.rebooted',
    time: '2026-01-01T00:00:00.000Z',
    data: { vm: '6695eb01-f6a4-8304-79aa-97f2502e193f', name: 'größer' },
  });
  t.match(message.toString(), /^id: boot-1\nevent: vm\.rebooted\ndata: \{.*"größer".*\}\n\n$/);
  t.equal(message.buffer.byteLength, message.length);
  t.end();
});
