import { useState } from 'preact/hooks';
import { dataOf } from '../api/answer.js';
import { api, type Schemas } from '../api/client.js';
import type { Filter } from '../live/filters.js';
import { FailureNote } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { useAction } from '../ui/use-action.js';

const examples: Record<string, string> = { IP: '10.0.0.2', IPV6: 'fe80::2', DHCPSERVER: '10.0.0.1' };

const PreviewTable = ({ preview: { filter, rules } }: { preview: Schemas['NwfilterPreview'] }) => (
  <div class="scroller tall" tabIndex={0} role="region" aria-label={`Rules of ${filter}`}>
    <table>
      <thead>
        <tr>
          <th scope="col">Chain</th>
          <th scope="col">Rule</th>
          <th scope="col">Leads to</th>
          <th scope="col">Of the filter</th>
        </tr>
      </thead>
      <tbody>
        {rules.map(({ table, chain, text, to, filter: of }, i) => (
          <tr key={i} class="rule">
            <td>
              {table} <code>{chain}</code>
            </td>
            <td>
              <code>{text}</code>
            </td>
            <td>
              <code>{to}</code>
            </td>
            <td>{of ?? <span class="muted">added by libvirt</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

/** Which rules libvirt would make of a filter for a NIC that might be. */
export function Preview({ filter: { name, parameters } }: { filter: Filter }) {
  const needed = parameters.filter((parameter) => parameter !== 'MAC');
  const [values, setValues] = useState<Record<string, string>>({ mac: '52:54:00:00:00:01', ...examples });
  const [preview, setPreview] = useState<Schemas['NwfilterPreview']>();
  const { busy, failure, run } = useAction();
  const show = async (): Promise<void> => {
    const given = needed.map((parameter) => [parameter, (values[parameter] ?? '').split(/[\s,]+/)] as const);
    const query = { mac: values.mac ?? '', ...Object.fromEntries(given) };
    setPreview(await dataOf(api.GET('/v1/nwfilters/{name}/preview', { params: { path: { name }, query } })));
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        run(show);
      }}
    >
      <div class="fields">
        {['mac', ...needed].map((parameter) => (
          <Field
            key={parameter}
            label={parameter === 'mac' ? 'MAC address' : parameter}
            required
            value={values[parameter] ?? ''}
            onInput={(value) => setValues({ ...values, [parameter]: value })}
            {...(parameter !== 'mac' && { hint: 'one value, or several with commas' })}
          />
        ))}
      </div>
      <p>
        <button type="submit" disabled={busy}>
          Show the rules
        </button>
      </p>
      <FailureNote failure={failure} />
      {preview && <PreviewTable preview={preview} />}
    </form>
  );
}
