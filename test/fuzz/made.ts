import type { RawAnswer } from './answers.js';
import type { Vm } from '../../src/schemas/vm.js';
import { type Placeholder, placeholders, volumes } from './names.js';
import { authorization, type Caller, type Message } from './requests/message.js';

/** What the service said that it has made, and what of it later requests can name. */
export class Made {
  /** The volumes of each, by its UUID. */
  readonly vms = new Map<string, string[]>();
  readonly filters = new Set<string>();
  readonly tokens = new Set<string>();
  readonly #known: Record<Placeholder, string> = {
    operation: '00000000-0000-4000-8000-000000000000',
    token: '00000000-0000-4000-8000-000000000001',
    etag: '"none"',
    cursor: 'none',
  };

  addVm({ uuid, disks }: Vm): void {
    const own = disks.flatMap(({ volume }) => volume ?? []);
    this.vms.set(
      uuid,
      own.filter((volume) => !Object.values(volumes).includes(volume)),
    );
  }

  /** Takes from an answer what it says was made. */
  learn({ operation }: Message, { status, headers, body }: RawAnswer): void {
    const [, kind, id = ''] =
      /^\/v1\/(vms|nwfilters|operations)\/([^/]+)$/.exec(headers.location ?? '') ?? [];
    if (status === 201 && kind === 'nwfilters') this.filters.add(decodeURIComponent(id));
    if (kind === 'operations') this.#known.operation = id;
    if (headers.etag !== undefined) this.#known.etag = headers.etag;
    if (status >= 300 || body.length === 0 || !headers['content-type']?.includes('json')) return;
    const said = JSON.parse(body.toString()) as Partial<Vm> & { id?: string; nextCursor?: string };
    if (status === 201 && kind === 'vms') this.addVm(said as Vm);
    if (said.nextCursor !== undefined) this.#known.cursor = said.nextCursor;
    if (status === 201 && operation?.operationId === 'createToken' && said.id !== undefined) {
      this.tokens.add(said.id);
      this.#known.token = said.id;
    }
  }

  /** Puts what is known in the place of placeholders, in the head of a request. */
  fill(tokens: Readonly<Partial<Record<Caller, string>>>, caller: Caller): (text: string) => string {
    const token = tokens[caller];
    return (text) => {
      const all = Object.entries(placeholders) as [Placeholder, string][];
      const known = all.reduce((filled, [name, mark]) => filled.replaceAll(mark, this.#known[name]), text);
      return known.replace(
        authorization,
        token === undefined ? 'X-Nobody: 1' : `Authorization: Bearer ${token}`,
      );
    };
  }

  forget(): void {
    for (const all of [this.vms, this.filters, this.tokens]) all.clear();
  }
}
