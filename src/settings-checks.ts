import type { Settings } from './config.js';
import { isLoopback, parseListen } from './listen-address.js';
import { destinationHost } from './migration/destination-uri.js';
import { SettingsError } from './settings-error.js';

type Checked = Omit<Settings, 'adminTokenFile'>;

/** What the kernel has room for in the address of a unix socket, bytes; Node.js cuts a longer one off without a word. */
const longestSocketPath = 107;

/** Settings that would have no effect are refused: who has set them expects one. */
function checkAddress({ listen, tlsCert, socketGroup, socketPeers }: Checked): void {
  const address = parseListen(listen);
  const useless =
    'path' in address
      ? { VIRTWARDEN_TLS_CERT: tlsCert !== undefined }
      : {
          VIRTWARDEN_SOCKET_GROUP: socketGroup !== undefined,
          VIRTWARDEN_SOCKET_PEERS: socketPeers.length > 0,
        };
  for (const [name, set] of Object.entries(useless)) {
    const about = 'path' in address ? 'HOST:PORT' : 'a unix socket';
    if (set) throw new SettingsError(`${name} is for ${about}, and the service is to listen on ${listen}.`);
  }
  if ('path' in address && Buffer.byteLength(address.path) > longestSocketPath) {
    throw new SettingsError(
      `The path in "${listen}" is longer than the ${longestSocketPath} bytes of a socket's.`,
    );
  }
}

/** Whom certificates let in. */
function checkClients({ tlsCert, tlsClientCa, tlsClients }: Checked): void {
  if (tlsClientCa !== undefined && tlsCert === undefined)
    throw new SettingsError('VIRTWARDEN_TLS_CLIENT_CA needs VIRTWARDEN_TLS_CERT and VIRTWARDEN_TLS_KEY.');
  if (tlsClients.length > 0 && tlsClientCa === undefined)
    throw new SettingsError(
      'VIRTWARDEN_TLS_CLIENTS needs VIRTWARDEN_TLS_CLIENT_CA, which says who they are.',
    );
  if (tlsClientCa !== undefined && tlsClients.length === 0)
    throw new SettingsError('VIRTWARDEN_TLS_CLIENT_CA lets nobody in without VIRTWARDEN_TLS_CLIENTS.');
}

function checkTls({ listen, tlsCert, tlsKey }: Checked): void {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new SettingsError('VIRTWARDEN_TLS_CERT and VIRTWARDEN_TLS_KEY go together: set both or neither.');
  }
  const address = parseListen(listen);
  if ('path' in address || isLoopback(address.host) || tlsCert !== undefined) return;
  throw new SettingsError(
    `Listening on ${listen} needs TLS: set VIRTWARDEN_TLS_CERT and VIRTWARDEN_TLS_KEY, or listen on loopback or a unix socket.`,
  );
}

/** Where operators may move VMs: as the API takes it. */
function checkDestinations({ migrationDestinations }: Checked): void {
  for (const uri of migrationDestinations) {
    try {
      destinationHost(uri);
    } catch (error) {
      throw new SettingsError(
        `VIRTWARDEN_MIGRATION_DESTINATIONS has "${uri}", which cannot be used: ${(error as Error).message}`,
      );
    }
  }
}

/** What settings demand of one another. @throws SettingsError */
export function checkTogether(settings: Checked): void {
  checkTls(settings);
  checkAddress(settings);
  checkClients(settings);
  checkDestinations(settings);
}
