import { useEffect, useRef, useState } from 'preact/hooks';
import { asFailure, type Failure } from '../api/answer.js';
import { coalesced } from '../live/coalesced.js';
import { checkFilterXml, createFilter, readFilterXml, replaceFilter } from '../live/filter-xml.js';
import { readFilters } from '../live/filters.js';
import { goTo, hrefOf } from '../router.js';
import { FailureNote } from '../ui/failure.js';
import { TextField } from '../ui/field.js';
import { Page } from '../ui/page.js';
import { useAction } from '../ui/use-action.js';

const template = `<filter name='my-filter' chain='root'>
  <!-- what it stands on -->
  <filterref filter='vdsm-no-mac-spoofing'/>
  <rule action='drop' direction='out' priority='500'>
    <mac protocolid='0x88b5'/>
  </rule>
</filter>
`;

type Errors = readonly { path: string; message: string }[];

/** What the service says of a text, a moment after it was written. */
function useCheck(text: string, replaces: string | undefined): { errors?: Errors; failure?: Failure } {
  const [said, setSaid] = useState<{ errors?: Errors; failure?: Failure }>({});
  const latest = useRef(text);
  latest.current = text;
  const soon = useRef(
    coalesced(async () => {
      const asked = latest.current;
      if (asked.trim() === '') return;
      try {
        const errors = await checkFilterXml(asked, replaces);
        if (asked === latest.current) setSaid({ errors });
      } catch (error) {
        setSaid({ failure: asFailure(error) });
      }
    }, 300),
  );
  useEffect(() => soon.current(), [text]);
  return said;
}

function Check({ errors }: { errors: Errors | undefined }) {
  return (
    <div role="status">
      {errors?.length === 0 && <p class="note ok">The service would take it.</p>}
      {errors !== undefined && errors.length > 0 && (
        <div class="note bad">
          <strong>The service would not take it</strong>
          <ul>
            {errors.map(({ path, message }, i) => (
              <li key={i}>
                <code>{path}</code> {message}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

interface EditorProps {
  begin: string;
  replaces?: string;
  save: (text: string) => Promise<string>;
}

/** A filter's document, which is checked as one types. */
function Editor({ begin, replaces, save }: EditorProps) {
  const [text, setText] = useState(begin);
  const check = useCheck(text, replaces);
  const { busy, failure, run } = useAction();
  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault();
        run(async () => {
          const name = await save(text);
          await readFilters();
          goTo('filters', name);
        });
      }}
    >
      <TextField label="libvirt's XML" rows={20} value={text} onInput={setText} />
      <Check errors={check.errors} />
      <FailureNote failure={check.failure} />
      <FailureNote failure={failure} />
      <div class="actions">
        <button type="submit" class="primary" disabled={busy || (check.errors?.length ?? 1) > 0}>
          Save
        </button>
        <a href={replaces === undefined ? hrefOf('filters') : hrefOf('filters', replaces)}>Cancel</a>
      </div>
    </form>
  );
}

export const NewFilter = () => (
  <Page title="Create a filter">
    <Editor begin={template} save={createFilter} />
  </Page>
);

/** Another text for a filter; NICs that run with it get the new rules without a gap. */
export function EditFilter({ name }: { name: string }) {
  const [before, setBefore] = useState<{ text: string; etag: string }>();
  const { failure, run } = useAction();
  useEffect(() => run(async () => setBefore(await readFilterXml(name))), [name]);
  const save = async (text: string): Promise<string> => {
    await replaceFilter(name, text, before?.etag ?? '');
    return name;
  };
  return (
    <Page title={`Edit ${name}`}>
      <p class="muted">NICs that run with it get the new rules, all of them or none, and without a gap.</p>
      <FailureNote failure={failure} />
      {before && <Editor begin={before.text} replaces={name} save={save} />}
    </Page>
  );
}
