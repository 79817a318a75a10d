import t from 'tap';
import { isSending, shareOf } from '../../src/migration/figures.js';

await t.test('how much of a VM is there', (t) => {
  t.equal(shareOf({}), undefined, 'nothing is known yet');
  t.equal(shareOf({ diskTotalBytes: 10, diskRemainingBytes: 5 }), undefined, 'nothing of the memory');
  t.equal(shareOf({ memoryTotalBytes: 10, memoryRemainingBytes: 10 }), 0);
  t.equal(shareOf({ memoryTotalBytes: 10, memoryRemainingBytes: 0 }), 1);
  const half = { memoryTotalBytes: 10, memoryRemainingBytes: 10, diskTotalBytes: 10, diskRemainingBytes: 0 };
  t.equal(shareOf(half), 0.5);
  t.notOk(isSending({ memoryTotalBytes: 0 }));
  t.ok(isSending({ memoryTotalBytes: 1 }));
  t.end();
});
