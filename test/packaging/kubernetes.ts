import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigMap, Container, PodSpec } from 'kubernetes-types/core/v1.js';
import type { DaemonSet } from 'kubernetes-types/apps/v1.js';
import { parse } from 'yaml';
import type { Typed } from './api-types.js';

export const root = new URL('../../', import.meta.url).pathname;
const directory = join(root, 'packaging/kubernetes');

/** As Kubernetes reads it, whose YAML is of version 1.1. */
export const readYaml = (path: string): unknown => parse(readFileSync(path, 'utf8'), { version: '1.1' });

/** What kustomize is told of a directory. */
export interface Kustomization {
  apiVersion: string;
  kind: string;
  namespace?: string;
  resources: string[];
  images?: { name: string; newName: string; newTag: string }[];
  patches?: { path: string }[];
}

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
}

const read = (...path: string[]): unknown => readYaml(join(directory, ...path));
export const base = read('base', 'kustomization.yaml') as Kustomization;
export const overlay = read('overlays/example', 'kustomization.yaml') as Kustomization;
export const manifests = base.resources.map((file) => read('base', file) as Manifest);
export const patches = (overlay.patches ?? []).map(({ path }) => read('overlays/example', path) as Manifest);

function only(kind: string, among = manifests): Manifest {
  const [found, ...more] = among.filter((one) => one.kind === kind);
  if (!found || more.length > 0) throw new Error(`there is not one ${kind}`);
  return found;
}

export const daemonSet = only('DaemonSet') as DaemonSet;
export const settings = only('ConfigMap') as ConfigMap;
export const patchedSettings = only('ConfigMap', patches) as ConfigMap;

/** Where the API's types of a version are. */
const packages: Readonly<Record<string, string>> = {
  v1: 'kubernetes-types/core/v1',
  'apps/v1': 'kubernetes-types/apps/v1',
};

/** A manifest as what it says it is. */
export function asSaid(manifest: Manifest, { partial = false } = {}): Typed {
  const { apiVersion, kind } = manifest;
  const from = packages[apiVersion];
  if (from === undefined) throw new Error(`no types are known of ${apiVersion}`);
  return { value: manifest, type: kind, from, partial };
}

/** The pod and its one container. */
export function podOf({ spec }: DaemonSet): { pod: PodSpec; container: Container } {
  const pod = spec?.template.spec;
  const [container, ...more] = pod?.containers ?? [];
  if (!pod || !container || more.length > 0) throw new Error('there is not one container');
  return { pod, container };
}
