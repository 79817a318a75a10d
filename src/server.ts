import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import closeWithGrace from 'close-with-grace';
import type { FastifyInstance } from 'fastify';
import { buildApp } from './app.js';
import { parseListen, type Settings, SettingsError } from './config.js';
import { AuditFile } from './audit/log.js';
import { PolicyStore } from './state/policy-store.js';
import { StateLock } from './state/state-lock.js';
import { namesOf } from './limits/host-names.js';
import { Journal } from './state/journal.js';
import { TokenStore } from './state/tokens.js';

/** How long requests under way may take to end once the service is told to stop, ms. */
const shutdownMs = 20_000;

/** The command line holds the state directory's lock for a moment at most, another service for as long as it runs, ms. */
const lockWaitMs = 3000;

async function lockState(stateDir: string): Promise<StateLock> {
  const lock = await StateLock.take(stateDir, lockWaitMs);
  if (!lock) throw new SettingsError(`Another virtwarden uses the state directory ${stateDir}.`);
  return lock;
}

/** A socket file that nobody listens on any more is in the way; one that somebody does listen on is not ours to take. */
async function removeStaleSocket(path: string): Promise<void> {
  const taken = await new Promise<boolean>((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve(true);
    });
    probe.on('error', () => resolve(false));
  });
  if (taken) throw new SettingsError(`Something listens on ${path} already.`);
  await rm(path, { force: true });
}

function readTls({ tlsCert, tlsKey }: Settings): { cert: Buffer; key: Buffer } | undefined {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  try {
    return { cert: readFileSync(tlsCert), key: readFileSync(tlsKey) };
  } catch (error) {
    throw new SettingsError(`The TLS files cannot be read: ${(error as Error).message}.`);
  }
}

/**
 * Runs the service until it is told to stop.
 * @throws SettingsError, or an error of the state directory or the address
 */
export async function serve(settings: Settings): Promise<FastifyInstance> {
  const { stateDir, adminTokenFile, listen, logLevel } = settings;
  const https = readTls(settings);
  const lock = await lockState(stateDir);
  PolicyStore.tidy(stateDir);
  const tokens = await TokenStore.open(stateDir);
  const created = await tokens.ensureAdmin(adminTokenFile);
  const journal = await Journal.open(stateDir);
  const address = parseListen(listen);
  const app = await buildApp({
    settings,
    ownPaths: [stateDir, adminTokenFile, ...(settings.tlsKey === undefined ? [] : [settings.tlsKey])],
    tokens,
    policy: PolicyStore.open(stateDir),
    journal,
    audit: new AuditFile(stateDir),
    logger: { level: logLevel },
    ...(https && { https }),
    // who reaches a unix socket is on this host, and no browser's page
    ...('host' in address && {
      hostNames: [address.host, ...settings.hostNames, ...(https ? namesOf(https.cert) : [])],
    }),
  });
  for (const file of journal.damaged) {
    app.log.error(
      { file },
      `${file} was no entry of the journal: what it was about is not undone, look at the VMs`,
    );
  }
  closeWithGrace({ delay: shutdownMs, logger: app.log }, async ({ err, signal }) => {
    if (err) app.log.fatal({ err }, 'the service ends because of a fault');
    else app.log.info({ signal }, 'the service ends');
    await app.close();
    // last of all, after the operations: whoever gets the lock next finds all on disk
    lock[Symbol.dispose]();
  });

  if ('path' in address) await removeStaleSocket(address.path);
  const at = await app.listen(address);
  lock.announce('path' in address ? listen : at.replace(/^https?:\/\//, ''));
  const base = 'path' in address ? listen : at;
  app.log.info({ api: `${base}/v1`, docs: `${base}/docs` }, `API at ${base}/v1, docs at ${base}/docs`);
  sayWhereTheTokenIs(app, settings, created);
  return app;
}

function sayWhereTheTokenIs(
  { log }: FastifyInstance,
  { adminTokenFile, stateDir }: Settings,
  created: boolean,
): void {
  if (created) log.info({ adminTokenFile }, `An admin token was made: it is in ${adminTokenFile}`);
  else if (existsSync(adminTokenFile))
    log.info({ adminTokenFile }, `The admin token is in ${adminTokenFile}`);
  else {
    log.warn(
      { adminTokenFile },
      `The admin token's file ${adminTokenFile} is gone; the token holds. For a new one, remove ${stateDir}/tokens.json and start again.`,
    );
  }
}
