import type { ServiceEvent } from '../../schemas/event.js';
import { asFailure } from '../api/answer.js';
import { letInNoMore } from '../api/session.js';
import { tell } from './bus.js';
import { coalesced } from './coalesced.js';
import { listen } from './connection.js';
import { countDrops, forgetDrops, knownSince } from './drops.js';
import { keepEvent, recentEvents, vmOf } from './events.js';
import { host, readHost } from './host.js';
import { filters, readFilters } from './filters.js';
import { anyRuns, operations, readOperations } from './operations.js';
import { failure } from './read-failure.js';
import { hostVerdict, readHostVerdict } from './verdicts.js';
import { nameOf, readAllVms, readVms, takeOut, vms } from './vms.js';

/** More VMs than this are read in one go. */
const fewVms = 5;

/** Says on the page that something could not be read, until it can. */
const shown = (what: string, work: () => Promise<void>) => async (): Promise<void> => {
  try {
    await work();
    failure(what);
  } catch (error) {
    failure(what, asFailure(error));
  }
};

const changed = new Set<string>();
let all = true;
const vmsSoon = coalesced(
  shown('The VMs', async () => {
    const names = [...changed];
    const readAll = all || names.length > fewVms;
    changed.clear();
    all = false;
    await (readAll ? readAllVms() : readVms(names));
  }),
  150,
);
const verdictSoon = coalesced(shown('The verdicts', readHostVerdict), 300);
const filtersSoon = coalesced(shown('The filters', readFilters), 300);
const hostSoon = coalesced(shown('The host', readHost), 100);
const operationsSoon = coalesced(shown('The operations', readOperations), 50);

function readEverything(): void {
  all = true;
  vmsSoon();
  verdictSoon();
  hostSoon();
  filtersSoon();
  operationsSoon();
}

/** Reads again what an event says has changed. */
function hear(event: ServiceEvent): void {
  keepEvent(event);
  takeOut(event);
  const [group] = event.type.split('.');
  if (event.type === 'spoof.dropped') countDrops(event);
  else if (group === 'libvirt') readEverything();
  else if (group === 'operation') operationsSoon();
  else if (group === 'vm' || group === 'nic' || group === 'enforcement') {
    // of an event about filters only the VM's UUID is known
    const uuid = vmOf(event);
    const name = 'name' in event.data ? event.data.name : uuid && nameOf(uuid);
    if (name === undefined) all = true;
    else changed.add(name);
    vmsSoon();
    verdictSoon();
  } else if (group === 'config' || group === 'nwfilter') {
    all = true;
    vmsSoon();
    verdictSoon();
    filtersSoon();
  }
  tell(event);
}

/** Keeps what the page shows as it is on the host, until `signal`. */
export function keepLive(signal: AbortSignal): void {
  let connectedBefore = false;
  let replayed = false;
  void listen(
    {
      onLive: () => {
        replayed = connectedBefore;
        connectedBefore = true;
        readEverything();
      },
      onEvent: (event) => {
        // the first one says only that nothing was asked for by its id
        if (!replayed && event.type === 'events.lost') return void (replayed = true);
        if (event.type === 'events.closed' && event.data.reason === 'unauthorized') letInNoMore();
        knownSince.value ??= Date.parse(event.time);
        if (event.type === 'events.lost') readEverything();
        hear(event);
      },
    },
    signal,
  );
  const progress = setInterval(() => anyRuns() && operationsSoon(), 1000);
  // what no event tells of, such as memory that a guest gives back
  const slow = setInterval(readEverything, 60_000);
  signal.addEventListener('abort', () => {
    clearInterval(progress);
    clearInterval(slow);
    forget();
  });
}

function forget(): void {
  forgetDrops();
  recentEvents.value = [];
  operations.value = [];
  filters.value = [];
  vms.value = undefined;
  hostVerdict.value = undefined;
  host.value = undefined;
}
