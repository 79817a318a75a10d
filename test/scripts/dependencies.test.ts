import t from 'tap';
import {
  installScripts,
  judgeAudit,
  type LockedPackage,
  wrongInLock,
} from '../../scripts/lib/dependencies.mjs';

const known = Object.fromEntries(
  Object.keys(installScripts).map((place) => [
    place,
    { hasInstallScript: true, integrity: 'sha512-AAAA', dev: true },
  ]),
);
const good: LockedPackage = { integrity: 'sha512-AAAA', license: 'MIT' };
const wrong = (one: LockedPackage, place = 'node_modules/a') =>
  wrongInLock({ packages: { '': {}, ...known, [place]: one } });

await t.test('what a lock file may name', (t) => {
  t.strictSame(wrong(good), [], 'of the registry that npm is set to');
  t.strictSame(wrong({ ...good, resolved: 'https://registry.npmjs.org/a/-/a-1.0.0.tgz' }), []);
  t.strictSame(wrong({ link: true, resolved: 'node-libvirt' }), [], 'a workspace');
  t.strictSame(wrong({ ...good, license: 'GPL-3.0', dev: true }), [], 'it does not run with the service');
  const refused: [LockedPackage, string][] = [
    [{ ...good, resolved: 'git+ssh://git@github.com/a/a.git#0123' }, 'is not from a registry: git+ssh:'],
    [{ ...good, resolved: 'http://registry.npmjs.org/a.tgz' }, 'is not from a registry: http:'],
    [{ ...good, resolved: 'file:a.tgz' }, 'is not from a registry: file:'],
    [{ ...good, integrity: 'sha1-AAAA' }, 'has no sha512 hash'],
    [{ license: 'MIT' }, 'has no sha512 hash'],
    [{ ...good, hasInstallScript: true }, 'has an install script'],
    [{ ...good, license: 'GPL-3.0' }, 'has the licence GPL-3.0'],
    [{ integrity: 'sha512-AAAA' }, 'has the licence of nobody'],
  ];
  for (const [one, said] of refused) {
    const [found = '', ...more] = wrong(one);
    t.ok(found.startsWith(`node_modules/a ${said}`), found);
    t.strictSame(more, []);
  }
  t.match(wrong({ hasInstallScript: true }, 'other-workspace'), [/^other-workspace has an install script/]);
  t.match(wrong({ ...good, dev: true }, 'node_modules/esbuild'), [/esbuild has no install script any more/]);
  t.end();
});

await t.test('what npm audit found, or why it found nothing', (t) => {
  const metadata = { vulnerabilities: { total: 0 } };
  t.strictSame(judgeAudit({ vulnerabilities: {}, metadata }), { advisories: [] });
  const advisory = { title: 'It leaks', url: 'https://example.org/1' };
  const flaw = (name: string, severity: string, via: unknown[]) => ({ name, severity, range: '<2', via });
  t.strictSame(
    judgeAudit({
      vulnerabilities: {
        a: flaw('a', 'moderate', [advisory]),
        b: flaw('b', 'critical', ['a']),
        c: flaw('c', 'low', [advisory]),
      },
      metadata,
    }),
    { advisories: ['a <2: moderate: It leaks (https://example.org/1)', 'b <2: critical: through a'] },
  );
  t.strictSame(judgeAudit({ message: '405 Method Not Allowed', statusCode: 405 }), {
    notAudited: '405 Method Not Allowed',
  });
  t.strictSame(judgeAudit({}), { notAudited: 'npm did not say why' }, 'no report is no clean one');
  t.end();
});
