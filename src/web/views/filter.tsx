import { useState } from 'preact/hooks';
import { dataOf } from '../api/answer.js';
import { api } from '../api/client.js';
import { may } from '../api/session.js';
import { type Filter, filters, readFilters } from '../live/filters.js';
import { nameOf } from '../live/vms.js';
import { goTo, hrefOf } from '../router.js';
import { FormDialog } from '../ui/dialog.js';
import { Facts, Page } from '../ui/page.js';
import { Coverage } from './coverage.js';
import { NotFound } from './not-found.js';
import { Preview } from './preview.js';

const Links = ({ names }: { names: readonly string[] }) =>
  names.map((name, i) => (
    <span key={name}>
      {i > 0 && ', '}
      <a href={hrefOf('filters', name)}>{name}</a>
    </span>
  ));

function Users({ filter: { usedBy } }: { filter: Filter }) {
  if (usedBy.length === 0) return <p class="muted">No NIC has it.</p>;
  return (
    <ul>
      {usedBy.map(({ vm, nic, port }) => (
        <li key={`${vm} ${nic}`}>
          <a href={hrefOf('vms', vm)}>{nameOf(vm) ?? vm}</a>: {nic} {port !== undefined && `(${port})`}
        </li>
      ))}
    </ul>
  );
}

function DeleteFilter({ name, onClose }: { name: string; onClose: () => void }) {
  const remove = async (): Promise<void> => {
    await dataOf(api.DELETE('/v1/nwfilters/{name}', { params: { path: { name } } }));
    goTo('filters');
    await readFilters();
  };
  return (
    <FormDialog title={`Delete ${name}?`} action="Delete" danger onClose={onClose} submit={remove}>
      <p>It is gone then, and cannot be had back. A filter that a NIC or another filter uses stays.</p>
    </FormDialog>
  );
}

function FilterActions({ name }: { name: string }) {
  const [asking, setAsking] = useState(false);
  return (
    <div class="actions">
      <a href={hrefOf('filters', name, 'edit')}>Edit</a>
      <button type="button" onClick={() => setAsking(true)}>
        Delete
      </button>
      {asking && <DeleteFilter name={name} onClose={() => setAsking(false)} />}
    </div>
  );
}

/** One filter: what it is, who uses it, what it stops, and which rules a NIC would get. */
export function FilterPage({ name }: { name: string }) {
  const filter = filters.value.find((one) => one.name === name);
  if (filters.value.length === 0) return <p class="muted">Reading the filters …</p>;
  if (!filter) return <NotFound what="This filter is not there, or not any more." />;
  const { managed, chain, priority, parameters, references, referencedBy, uuid } = filter;
  return (
    <Page title={name} actions={may('admin') && !managed && <FilterActions name={name} />}>
      <section class="card" aria-label="The filter">
        <Facts
          facts={[
            ['Comes with the service', managed ? 'yes: it cannot be changed' : 'no'],
            ['Needs', parameters.join(', ')],
            ['Refers to', references.length > 0 ? <Links names={references} /> : undefined],
            ['Is part of', referencedBy.length > 0 ? <Links names={referencedBy} /> : undefined],
            ['Chain', `${chain}, priority ${priority}`],
            ['UUID', <code>{uuid}</code>],
          ]}
        />
      </section>
      <div class="columns">
        <section class="card">
          <h2>What it stops</h2>
          <Coverage filter={filter} />
          <p>
            <a href={hrefOf('attack-matrix')}>Beside the others</a>
          </p>
        </section>
        <section class="card">
          <h2>Who has it</h2>
          <Users filter={filter} />
        </section>
      </div>
      <section class="card">
        <h2>The rules that a NIC would get</h2>
        <Preview filter={filter} />
      </section>
    </Page>
  );
}
