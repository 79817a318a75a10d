import { chainPattern, chainPriority, isPriority, priorities } from './model.js';
import { isFilterName, isUuid } from './words.js';

interface Head {
  name: unknown;
  uuid: unknown;
  chain: unknown;
  priority: unknown;
}

const chains = new RegExp(chainPattern);

/** Checks what a filter is beside its entries. */
export function checkHead(
  { name, uuid, chain, priority }: Head,
  report: (field: keyof Head, message: string) => void,
): void {
  if (name === undefined) report('name', 'is required');
  else if (!isFilterName(name))
    report('name', 'must begin with a letter or _, and have letters, digits, _, . and - only');
  if (uuid !== undefined && !isUuid(uuid)) report('uuid', 'must be a UUID');
  if (typeof chain !== 'string' || !chains.test(chain)) {
    report(
      'chain',
      'must be root, or begin with mac, stp, vlan, arp, rarp, ipv4 or ipv6 and have at most 12 characters',
    );
    return;
  }
  if (!isPriority(priority)) {
    report('priority', `must be an integer from ${priorities.min} to ${priorities.max}`);
  } else if (priority === 0 && chainPriority(chain) !== 0) {
    // it is not written to libvirt's file
    report('priority', `must not be 0 in the chain ${chain}: libvirt forgets that when it restarts`);
  }
}
