import fc, { type Arbitrary } from 'fast-check';
import { canaryDir, files, images, secret } from '../names.js';

const traversal = [
  ...[
    '../../../../etc/passwd',
    '..',
    '.',
    '/',
    '//',
    '/etc/shadow',
    '/dev/mem',
    '/proc/self/environ',
    '/proc/1/root',
  ],
  ...[
    `${images}/../canary/secret`,
    `${canaryDir}/secret`,
    `${images}/./../canary/./secret`,
    files.link,
    images,
  ],
  ...['..%2f..%2fetc%2fpasswd', '%2e%2e%2f', '..\\..\\', 'file:///etc/passwd', `${images}/\u0000.qcow2`],
  ...[
    'json:{"driver":"nbd","host":"127.0.0.1"}',
    'nbd:127.0.0.1:10809',
    'fd:3',
    '\\\\host\\share',
    '~root',
    '-',
  ],
];
const xml = [
  `"/><filterref filter='allow-arp'/><x y="`,
  `'/></interface><interface type='user'/><interface type='bridge`,
  `</name><os><kernel>${canaryDir}/secret</kernel></os><name>`,
  `<!DOCTYPE x [<!ENTITY e SYSTEM "file://${canaryDir}/secret">]><x>&e;</x>`,
  ...[
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '&lt;',
    '&#0;',
    '&#x1f;',
    '&amp;amp;',
    '<?xml version="1.0"?>',
    '<a xmlns="x">',
  ],
];
const shell = [
  ...[
    `$(touch ${canaryDir}/made)`,
    `\`touch ${canaryDir}/made\``,
    `; touch ${canaryDir}/made`,
    '| cat /etc/passwd',
  ],
  ...[
    '%s%s%s%n',
    '${jndi:ldap://x}',
    "' OR 1=1 --",
    '--help',
    '-o',
    '$IP[@1]',
    '$MAC',
    'a,b',
    'a=b,c=d',
    '*',
    '?',
  ],
];
const unicode = [
  ...[
    '\u0000',
    'a\u0000b',
    '\r\nX-Injected: yes\r\n\r\n',
    '\u001b[2J',
    '\u007f',
    '\ufeff',
    '\ufffe',
    '\uffff',
  ],
  ...['\ud800', '\udc00', 'a\ud800b', '\u202e', '\u200b', 'e\u0301', 'ﬁ', 'İ', '\u{1f600}', '٣', '１２'],
];
const objects = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__defineGetter__',
];
const numbers = ['0x10', '1e999', '-0', '00', '9007199254740993', 'Infinity', '99999999999999999999'];
const long = [
  'a'.repeat(256),
  'a'.repeat(70_000),
  '<'.repeat(1000),
  '&'.repeat(5000),
  '\u{1f600}'.repeat(600),
  ' '.repeat(3000),
];

/** Texts that have opened something in other software. The secret is none: where it comes back, a file was read. */
export const hostileText: Arbitrary<string> = fc
  .oneof(...[traversal, xml, shell, unicode, objects, numbers, long].map((all) => fc.constantFrom(...all)))
  .filter((text) => !text.includes(secret));
export const hostileName = fc.constantFrom(...objects, ...xml, '', '\u0000', '$ref', '$id', 'a/b', 'a~b');
