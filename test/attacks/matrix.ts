import type { AttackMatrix, AttackRow } from '../../src/schemas/nwfilter-coverage.js';

const titles: Readonly<Record<AttackRow['class'], string>> = {
  mac: 'A MAC address that is not the NIC’s',
  ip: 'An IP address that is not the NIC’s',
  nd: 'Neighbour discovery that lies, from the NIC’s own address',
  dhcp: 'DHCP',
  router: 'Routers',
  bridge: 'The bridge',
  honest: 'Honest traffic',
  uncommon: 'Honest traffic of few guests',
};

/** The filters in the matrix, by the heads of their columns; the parts of the strict ones are in the data alone. */
const columns: Readonly<Record<string, string>> = {
  'clean-traffic': 'clean-traffic',
  'vdsm-no-mac-spoofing': 'vdsm',
  'virtwarden-strict-mac': 'strict-mac',
  'virtwarden-strict': 'strict',
  'virtwarden-strict-ipv4': 'strict-ipv4',
  'virtwarden-strict-ipv6': 'strict-ipv6',
};

const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;

/** The coverage as Markdown: a table for each class, a line for each row. */
export function matrix({ rows, filters }: AttackMatrix): string {
  const shown = filters.filter(({ filter }) => filter in columns);
  const table = (kind: AttackRow['class']): string => {
    const attack = kind !== 'honest' && kind !== 'uncommon';
    const cells = (row: AttackRow): string[] =>
      shown.map(({ stops, breaks }) =>
        [...stops, ...breaks].includes(row.name) ? 'dropped' : attack ? '**passes**' : 'passes',
      );
    return [
      `### ${titles[kind]}`,
      '',
      line(['row', 'what', ...shown.map(({ filter }) => columns[filter] ?? '')]),
      line(['---', '---', ...shown.map(() => '---')]),
      ...rows
        .filter((row) => row.class === kind)
        .map((row) =>
          line([`\`${row.name}\``, row.what + (row.beyondNwfilter === undefined ? '' : ' ¹'), ...cells(row)]),
        ),
      '',
    ].join('\n');
  };
  return (Object.keys(titles) as AttackRow['class'][]).map(table).join('\n');
}

const begin = '<!-- matrix: written by `npm run coverage` -->';
const end = '<!-- end of matrix -->';

/** A page with its matrix replaced. */
export function withMatrix(page: string, data: AttackMatrix): string {
  const [before, after] = [page.indexOf(begin), page.indexOf(end)];
  if (before < 0 || after < before) throw new Error('the page has no place for the matrix');
  return `${page.slice(0, before)}${begin}\n\n${matrix(data)}\n${page.slice(after)}`;
}
