import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import type { Test } from 'tap';
import { dropClasses } from '../../src/drops/sources.js';
import type { HostVerdicts } from '../../src/enforcement/read.js';
import { ask, connectedApp } from './app.js';
import { Authority } from './certificates.js';

/** A metric, as Prometheus reads it. */
export interface Family {
  type: string;
  help: string;
  /** All that its samples have. */
  labels: Set<string>;
  samples: Map<string, number>;
}

const suffixes = /_(bucket|sum|count)$/;

/** Takes Prometheus' text format apart. */
export function readScrape(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  const familyOf = (name: string): Family => {
    const known = families.get(name) ?? families.get(name.replace(suffixes, ''));
    const family = known ?? { type: '', help: '', labels: new Set(), samples: new Map() };
    if (!known) families.set(name, family);
    return family;
  };
  for (const line of text.split('\n').filter(Boolean)) {
    const [, kind, about = '', said = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === 'HELP') familyOf(about).help = said;
    else if (kind === 'TYPE') familyOf(about).type = said;
    else {
      const [, name = '', labels = '', value = ''] = /^([a-z_]+)(?:{(.*)})? (\S+)$/.exec(line) ?? [];
      const family = familyOf(name);
      for (const [, label = ''] of labels.matchAll(/(?:^|,)([a-z_]+)="/g)) family.labels.add(label);
      family.samples.set(line.slice(0, line.lastIndexOf(' ')), Number(value));
    }
  }
  return families;
}

/** A host with a guest that has forged frames of each kind. */
const verdicts = {
  host: { kernel: { kernel: {} } },
  vms: [{ active: true }, { active: false }],
  nics: [
    {
      vm: '3f3f3f3f-0000-4000-8000-000000000001',
      vmName: 'web1',
      nic: '52:54:00:00:00:01',
      port: 'vnet0',
      status: 'drifted',
      drops: { ...Object.fromEntries(dropClasses.map((kind) => [kind, 7])), total: 7 * dropClasses.length },
    },
  ],
} as unknown as HostVerdicts;

/** What the service tells Prometheus. */
export async function scrape(app: FastifyInstance): Promise<Map<string, Family>> {
  const { body } = await ask(app, { url: '/metrics' });
  return readScrape(body);
}

/** All that a service tells which serves HTTPS, was asked something, and has a guest that lies. */
export async function fullScrape(t: Test): Promise<Map<string, Family>> {
  const { cert, key } = new Authority(t).issue('server', '/CN=kvm1');
  const app = await connectedApp(t, { tls: { cert: readFileSync(cert), key: readFileSync(key) } });
  app.hostVerdicts = () => Promise.resolve(verdicts);
  await ask(app, { url: '/v1/vms' });
  return scrape(app);
}
