import { existsSync } from 'node:fs';
import closeWithGrace from 'close-with-grace';
import type { FastifyInstance } from 'fastify';
import { Authentication } from './access/authentication.js';
import { Certificates } from './access/certificates.js';
import { Peers } from './access/peers.js';
import { buildApp } from './app.js';
import type { Settings } from './config.js';
import { parseListen } from './listen-address.js';
import { SettingsError } from './settings-error.js';
import { AuditFile } from './audit/log.js';
import { PolicyStore } from './state/policy-store.js';
import { StateLock } from './state/state-lock.js';
import { takeEnvironment } from './systemd/environment.js';
import { ServiceManager } from './systemd/service-manager.js';
import { logOptions } from './log.js';
import { namesOf } from './limits/host-names.js';
import { Journal } from './state/journal.js';
import { TokenStore } from './state/tokens.js';
import { readTlsFiles } from './tls.js';
import { listenOnSocket } from './unix-socket.js';

/** How long requests under way may take to end once the service is told to stop, ms. */
const shutdownMs = 20_000;

/** The command line holds the state directory's lock for a moment at most, another service for as long as it runs, ms. */
const lockWaitMs = 3000;

async function lockState(stateDir: string): Promise<StateLock> {
  const lock = await StateLock.take(stateDir, lockWaitMs);
  if (!lock) throw new SettingsError(`Another virtwarden uses the state directory ${stateDir}.`);
  return lock;
}

/**
 * Runs the service until it is told to stop.
 * @throws SettingsError, or an error of the state directory or the address
 */
export async function serve(settings: Settings): Promise<FastifyInstance> {
  const { stateDir, adminTokenFile, listen } = settings;
  const systemd = takeEnvironment(process.env, process.pid);
  const tls = readTlsFiles(settings);
  const known = {
    certificates: new Certificates(settings.tlsClients),
    peers: new Peers(settings.socketPeers),
  };
  const lock = await lockState(stateDir);
  PolicyStore.tidy(stateDir);
  const tokens = await TokenStore.open(stateDir);
  const created = await tokens.ensureAdmin(adminTokenFile);
  const journal = await Journal.open(stateDir);
  const address = parseListen(listen);
  const app = await buildApp({
    settings,
    ownPaths: [stateDir, adminTokenFile, ...(settings.tlsKey === undefined ? [] : [settings.tlsKey])],
    authentication: new Authentication(tokens, known),
    policy: PolicyStore.open(stateDir),
    journal,
    audit: new AuditFile(stateDir),
    logger: logOptions(settings),
    ...(tls && { tls }),
    // who reaches a unix socket is on this host, and no browser's page
    ...('host' in address && {
      hostNames: [address.host, ...settings.hostNames, ...(tls ? namesOf(tls.cert) : [])],
    }),
  });
  for (const file of journal.damaged) {
    app.log.error(
      { file },
      `${file} was no entry of the journal: what it was about is not undone, look at the VMs`,
    );
  }
  const manager = new ServiceManager(systemd, app.log);
  closeWithGrace({ delay: shutdownMs, logger: app.log }, async ({ err, signal }) => {
    if (err) app.log.fatal({ err }, 'the service ends because of a fault');
    else app.log.info({ signal }, 'the service ends');
    manager.stopping();
    await app.close();
    // last of all, after the operations: whoever gets the lock next finds all on disk
    lock[Symbol.dispose]();
  });

  const at = await startListening(app, settings);
  lock.announce(at.replace(/^https?:\/\//, ''));
  manager.ready({ at, uri: settings.uri, libvirt: app.libvirt });
  app.log.info({ api: `${at}/v1`, docs: `${at}/docs` }, `API at ${at}/v1, docs at ${at}/docs`);
  sayWhereTheTokenIs(app, settings, created);
  return app;
}

/** @returns where it is to be had */
async function startListening(app: FastifyInstance, settings: Settings): Promise<string> {
  const address = parseListen(settings.listen);
  if ('host' in address) return app.listen(address);
  await listenOnSocket(address.path, settings, () => app.listen(address));
  return settings.listen;
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
      `No admin token was made, for ${stateDir} has tokens, and there is no ${adminTokenFile}. To make one, stop the service and run: virtwarden token create NAME --role admin`,
    );
  }
}
