const types = ['application/json', 'application/xml'] as const;
export type Representation = (typeof types)[number];

/** How much a client likes a type: the most specific range that names it says (RFC 9110, 12.5.1). */
function quality(accept: string, type: string): number {
  const ranges = [type, `${type.split('/')[0]}/*`, '*/*'];
  const found = accept.split(',').flatMap((item) => {
    const [range = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    const q = parameters.find((one) => one.startsWith('q='))?.slice(2);
    return ranges.includes(range) ? [{ rank: ranges.indexOf(range), q: Number(q ?? 1) }] : [];
  });
  return found.sort((a, b) => a.rank - b.rank)[0]?.q ?? 0;
}

/** JSON, unless the client likes XML better. */
export function preferred(accept: string | undefined): Representation {
  if (accept === undefined) return 'application/json';
  const [json, xml] = types.map((type) => quality(accept, type)) as [number, number];
  return xml > json ? 'application/xml' : 'application/json';
}
