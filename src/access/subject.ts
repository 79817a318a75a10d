/** The parts of a text between separators that no backslash is before. */
const split = (text: string, separator: string): string[] =>
  text.match(new RegExp(`(?:[^\\\\${separator}]|\\\\.)+`, 'gs')) ?? [];

/**
 * A subject's attributes in one order, whatever order they come in: `CN=…,O=…`. Values are escaped as RFC 4514 has it, which is
 * how Node.js gives them.
 */
const ordered = (attributes: readonly string[]): string =>
  attributes
    .map((attribute) => attribute.trim())
    .sort()
    .join(',');

/** Of a subject as a setting has it: `CN=prometheus,O=Example`. */
export const subjectOfText = (text: string): string => ordered(split(text, ','));

/** Of a subject as Node.js has it, an attribute a line. @see https://nodejs.org/api/crypto.html#x509subject */
export const subjectOfLines = (subject: string): string => ordered(subject.split('\n'));

/** The entries of a setting's text, which has `;` between them. */
export const splitSubjects = (text: string): string[] => split(text, ';').map((entry) => entry.trim());
