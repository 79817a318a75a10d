/** The parts of a text between separators that no backslash is before. */
const split = (text: string, separator: string): string[] =>
  text.match(new RegExp(`(?:[^\\\\${separator}]|\\\\.)+`, 'gs')) ?? [];

/**
 * A subject's attributes in one order, whatever order they come in: `CN=…,O=…`. Values are escaped as RFC 4514 has it, which is
 * how Node.js gives them.
 */
const ordered = (attributes: readonly string[]): string => [...attributes].sort().join(',');

/** Without the spaces around it; one with a backslash before it, or of another kind, is part of the value. */
const trimmed = (attribute: string): string => attribute.replace(/^ +|(?<!\\) +$/g, '');

/** Of a subject as a setting has it: `CN=prometheus,O=Example`. */
export const subjectOfText = (text: string): string => ordered(split(text, ',').map(trimmed));

/** Of a subject as Node.js has it, an attribute a line. @see https://nodejs.org/api/crypto.html#x509subject */
export const subjectOfLines = (subject: string): string => ordered(subject.split('\n'));

/** The entries of a setting's text, which has `;` between them. */
export const splitSubjects = (text: string): string[] => split(text, ';').map((entry) => entry.trim());
