import { readFile, rm } from 'node:fs/promises';
import { run } from '../test/hosts/index.js';
import { clientCores, type Place } from './cpus.js';
import type { Peer } from './peers/peer.js';
import type { Sample } from './sample.js';

export interface LoadOptions {
  /** One, or several which each client takes in turn. */
  paths: readonly string[];
  requests: number;
  clients?: number;
  place?: Place;
  headers?: Record<string, string>;
  /** The status that each answer must have. */
  status?: number;
}

/** For how long h2load may run, ms: a slow machine takes some ten minutes for a fifth of the mixed requests. */
const timeoutMs = 1_800_000;

/** A line for each request: when it began, µs since 1970; its status, -1 without one; how long it took, µs. */
function parseLog(text: string): { began: number; status: number; took: number }[] {
  const lines = text.trim().split('\n').filter(Boolean);
  return lines.map((line) => {
    const [began = NaN, status = NaN, took = NaN] = line.split('\t').map(Number);
    return { began, status, took };
  });
}

/**
 * Sends a fixed number of requests with h2load.
 * @throws Error when an answer has another status than is wanted, or none came
 */
export async function load(
  peer: Peer,
  { paths, requests, clients = 1, place = 'free', headers = {}, status = 200 }: LoadOptions,
): Promise<Sample> {
  const log = `${peer.socket}.log`;
  const all = Object.entries({ ...peer.headers, ...headers });
  const args = [
    ...['-c', clientCores(place), 'h2load', '--h1', `--base-uri=unix:${peer.socket}`, `--log-file=${log}`],
    ...['-n', String(requests), '-c', String(clients)],
    ...all.flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    ...paths.map((path) => `http://localhost${path}`),
  ];
  await rm(log, { force: true }); // h2load appends to it
  const said = await run('taskset', args, { timeoutMs });
  const answers = parseLog(await readFile(log, 'utf8'));
  const wrong = answers.filter((answer) => answer.status !== status);
  if (answers.length !== requests || wrong.length > 0) {
    const statuses = [...new Set(wrong.map((answer) => answer.status))].join(', ');
    throw new Error(
      `${peer.name} ${paths.join(' ')}: ${answers.length} answers to ${requests} requests, ${wrong.length} of them ` +
        `${statuses} instead of ${status}\n${said}`,
    );
  }
  const first = Math.min(...answers.map(({ began }) => began));
  const last = Math.max(...answers.map(({ began, took }) => began + took));
  return { times: answers.map(({ took }) => took / 1000), elapsed: (last - first) / 1000 };
}
