import { macNetwork } from './addresses.js';
import { type Part, part, range } from './ebtables-parts.js';
import type { LookedAt } from './looked-at.js';

const stpTypes: Readonly<Record<number, string>> = { 0: 'config', 128: 'tcn' };
const stpFlags: Readonly<Record<number, string>> = { 1: 'topology-change', 128: 'topology-change-ack' };

/** What rules of STP look at in the message. */
export function stp(at: LookedAt): Part[] {
  const named = (option: string, name: string, names: Readonly<Record<number, string>>): Part => {
    const number = at.number(name);
    return part(option, number === undefined ? undefined : (names[number] ?? number), at.not(name));
  };
  const address = (option: string, name: string): Part => {
    const text = at.text(name);
    return part(option, text && macNetwork(text, at.text(`${name}-mask`)), at.not(name));
  };
  const to = (option: string, name: string): Part => range(at, option, name, `${name}-hi`);
  return [
    named('--stp-type', 'type', stpTypes),
    named('--stp-flags', 'flags', stpFlags),
    to('--stp-root-prio', 'root-priority'),
    address('--stp-root-addr', 'root-address'),
    to('--stp-root-cost', 'root-cost'),
    to('--stp-sender-prio', 'sender-priority'),
    address('--stp-sender-addr', 'sender-address'),
    to('--stp-port', 'port'),
    to('--stp-msg-age', 'age'),
    to('--stp-max-age', 'max-age'),
    to('--stp-hello-time', 'hello-time'),
    to('--stp-forward-delay', 'forward-delay'),
  ];
}
