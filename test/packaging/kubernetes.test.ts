import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DaemonSet } from 'kubernetes-types/apps/v1.js';
import t from 'tap';
import { routeAccess } from '../../src/access/routes.js';
import { loadSettings } from '../../src/config.js';
import { parseListen } from '../../src/listen-address.js';
import { version } from '../../src/version.js';
import { wrongTypes } from './api-types.js';
import * as packaged from './kubernetes.js';

const { base, daemonSet, manifests, overlay, patches, podOf, root } = packaged;
const { pod, container } = podOf(daemonSet);
const securityContext = { ...pod.securityContext, ...container.securityContext };

/** The environment of a container on a node, with these settings. */
function environment(settings: Record<string, string> | undefined): Record<string, string> {
  const node = '192.0.2.1';
  const own = (container.env ?? []).map(({ name, value, valueFrom }) => [
    name,
    valueFrom?.fieldRef?.fieldPath === 'status.hostIP' ? node : value?.replace('$(NODE_IP)', node),
  ]);
  return { ...settings, ...(Object.fromEntries(own) as Record<string, string>) };
}
const none = { VIRTWARDEN_CONFIG: `${t.testdir({ 'none.json': '{}' })}/none.json` };
const inPod = loadSettings({ ...none, ...environment(packaged.settings.data) });

await t.test('what is there is of the API, to the field', (t) => {
  const all = [
    ...manifests.map((one) => packaged.asSaid(one)),
    ...patches.map((one) => packaged.asSaid(one, { partial: true })),
  ];
  t.strictSame(wrongTypes(all), []);
  const wrong: [string, (spec: DaemonSet) => void, { partial?: boolean }?][] = [
    ['hostNetworks', (one) => Object.assign(podOf(one).pod, { hostNetworks: true })],
    [
      'drops',
      (one) => Object.assign(podOf(one).container.securityContext?.capabilities ?? {}, { drops: ['ALL'] }),
    ],
    ['selector', (one) => Reflect.deleteProperty(one.spec ?? {}, 'selector')],
    [
      "'string' is not assignable to type 'number'",
      (one) => Object.assign(podOf(one).container.ports?.[0] ?? {}, { containerPort: '7480' }),
    ],
    [
      'runAsUsers',
      (one) => Object.assign(podOf(one).pod.securityContext ?? {}, { runAsUsers: 1 }),
      { partial: true },
    ],
  ];
  const spoilt = wrong.map(([, spoil, how]) => {
    const copy = structuredClone(daemonSet);
    spoil(copy);
    return packaged.asSaid(copy as packaged.Manifest, how);
  });
  const found = wrongTypes(spoilt);
  t.equal(found.length, wrong.length);
  for (const [i, [named]] of wrong.entries()) t.match(found[i], named);
  t.end();
});

await t.test('kustomize is told of the files that are there', (t) => {
  const files = (directory: string): string[] =>
    readdirSync(join(root, 'packaging/kubernetes', directory)).filter((one) => one !== 'kustomization.yaml');
  t.strictSame(base.resources.toSorted(), files('base').toSorted());
  t.strictSame(overlay.resources, ['../../base']);
  t.strictSame(
    (overlay.patches ?? []).map(({ path }) => path).toSorted(),
    files('overlays/example').toSorted(),
  );
  for (const one of [base, overlay])
    t.match(one, { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' });
  t.end();
});

await t.test('an overlay changes what is in the base, and is of this version', (t) => {
  const nameOf = ({ kind, metadata }: packaged.Manifest): string =>
    `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
  const known = manifests.map(nameOf);
  for (const patch of patches) t.ok(known.includes(nameOf(patch)), nameOf(patch));
  for (const { kind, metadata } of manifests.filter((one) => one.kind !== 'Namespace'))
    t.equal(metadata.namespace, base.namespace, kind);
  t.match(overlay.images, [{ name: container.image, newTag: version }]);
  t.end();
});

await t.test('the pod is what the Dockerfile and the compose file say', (t) => {
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
  const said = (pattern: RegExp): string => pattern.exec(dockerfile)?.[1] ?? '';
  const { services } = packaged.readYaml(join(root, 'packaging/image/compose.yaml')) as {
    services: { virtwarden: { cap_add: string[]; cap_drop: string[]; volumes: string[]; tmpfs: string[] } };
  };
  const compose = services.virtwarden;
  t.match(securityContext, {
    runAsNonRoot: true,
    runAsUser: Number(said(/--uid (\d+)/)),
    runAsGroup: Number(said(/--gid (\d+)/)),
    readOnlyRootFilesystem: true,
    capabilities: { add: compose.cap_add, drop: compose.cap_drop },
  });
  t.match(dockerfile, 'setcap cap_net_admin=ep');
  t.equal(securityContext.allowPrivilegeEscalation, true, 'or the capability of the file is not had');
  t.strictSame(container.args, JSON.parse(said(/^CMD (\[.*\])$/m)));
  t.equal(container.command, undefined, 'the entry point is the image’s');
  const mounts = (container.volumeMounts ?? []).map(({ name, mountPath }) => {
    const volume = pod.volumes?.find((one) => one.name === name);
    return { mountPath, hostPath: volume?.hostPath?.path, isEmpty: volume?.emptyDir !== undefined };
  });
  const shared = mounts.filter(({ hostPath }) => hostPath !== undefined);
  const volumes = compose.volumes.map((one) =>
    one.split(':').map((part) => part.replace(/^state$/, inPod.stateDir)),
  );
  t.strictSame(shared.map(({ hostPath, mountPath }) => [hostPath, mountPath]).toSorted(), volumes.toSorted());
  t.equal(inPod.stateDir, said(/^VOLUME (\S+)$/m));
  t.strictSame(
    mounts.filter(({ isEmpty }) => isEmpty).map(({ mountPath }) => mountPath),
    compose.tmpfs,
  );
  t.end();
});

await t.test('the settings are those of the service, and fit the pod', (t) => {
  const { port } = { port: 0, ...parseListen(inPod.listen) };
  t.equal(inPod.listen, `192.0.2.1:${port}`, 'on the address of the node');
  t.match(container.ports, [{ containerPort: port }]);
  const tls = container.volumeMounts?.find(({ name }) => name === 'tls')?.mountPath ?? '';
  const keys = [inPod.tlsCert, inPod.tlsKey, inPod.tlsClientCa].map((path) => path?.replace(`${tls}/`, ''));
  t.strictSame(keys, ['tls.crt', 'tls.key', 'ca.crt'], 'keys of a secret for TLS');
  t.match(inPod.tlsClients, [/=admin$/, /=operator\+trust$/, /=viewer$/]);
  const patched = { ...packaged.settings.data, ...packaged.patchedSettings.data };
  t.match(loadSettings({ ...none, ...environment(patched) }).tlsClients, [
    /=admin$/,
    /=operator$/,
    /=viewer$/,
  ]);
  t.equal(pod.enableServiceLinks, false);
  const linked = { ...none, ...environment(packaged.settings.data), VIRTWARDEN_SERVICE_HOST: '10.0.0.1' };
  t.throws(() => loadSettings(linked), /VIRTWARDEN_SERVICE_HOST is not a setting/);
  t.end();
});

await t.test('probes and Prometheus ask for what there is', (t) => {
  const [named] = container.ports ?? [];
  const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe];
  for (const probe of probes) {
    t.match(probe?.httpGet, { port: named?.name, scheme: 'HTTPS' });
    t.equal(routeAccess.get(`GET ${probe?.httpGet?.path ?? ''}`), 'anyone', 'a probe shows no certificate');
  }
  const annotations = daemonSet.spec?.template.metadata?.annotations ?? {};
  t.equal(annotations['prometheus.io/scheme'], 'https');
  t.equal(annotations['prometheus.io/port'], String(named?.containerPort));
  const needed = routeAccess.get(`GET ${annotations['prometheus.io/path'] ?? ''}`);
  t.equal(needed, 'viewer');
  t.ok(inPod.tlsClients.some((one) => one.startsWith('CN=prometheus,') && one.endsWith(`=${needed ?? ''}`)));
  t.end();
});
