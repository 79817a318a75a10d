import type { Settings } from './config.js';
import { isLoopback, parseListen } from './listen-address.js';
import { SettingsError } from './settings-error.js';

type Checked = Omit<Settings, 'adminTokenFile'>;

/** What the kernel has room for in the address of a unix socket, bytes; Node.js cuts a longer one off without a word. */
const longestSocketPath = 107;

function checkSocket({ listen, socketGroup, socketPeers }: Checked): void {
  const address = parseListen(listen);
  if ('path' in address) {
    if (Buffer.byteLength(address.path) <= longestSocketPath) return;
    throw new SettingsError(
      `The path in "${listen}" is longer than the ${longestSocketPath} bytes of a socket's.`,
    );
  }
  const [useless] = [
    socketGroup && 'VIRTWARDEN_SOCKET_GROUP',
    socketPeers[0] && 'VIRTWARDEN_SOCKET_PEERS',
  ].filter(Boolean);
  if (useless === undefined) return;
  throw new SettingsError(`${useless} is about a unix socket, and the service is to listen on ${listen}.`);
}

/** Whom certificates let in. */
function checkClients({ tlsCert, tlsClientCa, tlsClients }: Checked): void {
  if (tlsClientCa !== undefined && tlsCert === undefined)
    throw new SettingsError('VIRTWARDEN_TLS_CLIENT_CA needs VIRTWARDEN_TLS_CERT and VIRTWARDEN_TLS_KEY.');
  if (tlsClients.length > 0 && tlsClientCa === undefined)
    throw new SettingsError(
      'VIRTWARDEN_TLS_CLIENTS needs VIRTWARDEN_TLS_CLIENT_CA, which says who they are.',
    );
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

/** What settings demand of one another. @throws SettingsError */
export function checkTogether(settings: Checked): void {
  checkTls(settings);
  checkSocket(settings);
  checkClients(settings);
}
