/** A rule's text in two: what it looks at, and its comment with all behind it, which may say anything. */
export function splitComment(text: string): [match: string, rest: string] {
  const { index = text.length } = /(?:^| )-m comment --comment /.exec(text) ?? {};
  return [text.slice(0, index), text.slice(index)];
}
