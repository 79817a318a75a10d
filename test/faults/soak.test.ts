import t from 'tap';
import { closingReport } from './soak/report.js';
import { soak } from './soak/soak.js';

// The short form of `npm run soak`. Its seed is fixed, as the fuzz test's is.
const outcome = await soak({ minutes: 2, seed: 7, say: (line) => t.comment(line) });

await t.test(
  'VMs come and go, guests forge frames, daemons die: nothing comes through, nothing is left',
  (t) => {
    t.equal(outcome.findings.length, 0, closingReport(outcome));
    t.equal(outcome.seen, 0);
    t.ok(outcome.sent > 0, `${outcome.sent} frames were sent`);
    t.ok(outcome.rounds > 0);
    t.end();
  },
);
