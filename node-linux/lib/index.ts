export {
  attributeOf,
  bodyOf,
  eachAttribute,
  messagesOf,
  type Span,
  textAt,
  textAttribute,
} from './messages.js';
export { type DumpRequest, Netlink, NETLINK_NETFILTER, NETLINK_ROUTE } from './netlink.js';
export { type PeerCredentials, peerCredentials } from './peer-credentials.js';
export { sendUnixDatagram } from './unix-datagram.js';
