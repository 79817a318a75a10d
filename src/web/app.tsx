import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { caller, may, signOut } from './api/session.js';
import { keepLive } from './live/live.js';
import { hrefOf, steps } from './router.js';
import { ConnectionBadge, ConnectionNote } from './ui/connection-note.js';
import { Work } from './ui/work.js';
import { AttackMatrixPage } from './views/attack-matrix.js';
import { EditFilter, NewFilter } from './views/edit-filter.js';
import { FilterPage } from './views/filter.js';
import { Filters } from './views/filters.js';
import { Glance } from './views/glance.js';
import { NewVm } from './views/new-vm.js';
import { NotFound } from './views/not-found.js';
import { SignIn } from './views/sign-in.js';
import { VmPage } from './views/vm.js';
import { Vms } from './views/vms.js';

const rooms: readonly (readonly [name: string, ...to: string[]])[] = [
  ['At a glance'],
  ['VMs', 'vms'],
  ['Filters', 'filters'],
];

function view([room, name, value]: readonly string[]): JSX.Element {
  switch (room) {
    case undefined:
      return <Glance />;
    case 'vms':
      if (name === undefined || name === 'verdict')
        return <Vms {...(value !== undefined && { verdict: value })} />;
      return <VmPage uuid={name} />;
    case 'new-vm':
      return may('operator') ? <NewVm /> : <NotFound />;
    case 'filters':
      if (name === undefined) return <Filters />;
      return value === 'edit' && may('admin') ? <EditFilter name={name} /> : <FilterPage name={name} />;
    case 'attack-matrix':
      return <AttackMatrixPage />;
    case 'new-filter':
      return may('admin') ? <NewFilter /> : <NotFound />;
    default:
      return <NotFound />;
  }
}

function Navigation() {
  const [room] = steps.value;
  return (
    <nav aria-label="Main">
      {rooms.map(([name, ...to]) => (
        <a key={name} href={hrefOf(...to)} {...(room === to[0] && { 'aria-current': 'page' })}>
          {name}
        </a>
      ))}
    </nav>
  );
}

function SignedIn() {
  useEffect(() => {
    const end = new AbortController();
    keepLive(end.signal);
    return () => end.abort();
  }, []);
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        Skip to the content
      </a>
      <header>
        <span class="brand">virtwarden</span>
        <Navigation />
        <span class="who">
          <ConnectionBadge />
          <span>
            {caller.value?.name} <span class="muted">({caller.value?.role})</span>
          </span>
          <button type="button" onClick={() => signOut()}>
            Sign out
          </button>
        </span>
      </header>
      <main id="main" tabIndex={-1}>
        <ConnectionNote />
        <Work />
        <div key={steps.value.join('/')}>{view(steps.value)}</div>
      </main>
    </>
  );
}

export const App = () => (caller.value === undefined ? <SignIn /> : <SignedIn />);
