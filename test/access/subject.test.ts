import t from 'tap';
import { splitSubjects, subjectOfLines, subjectOfText } from '../../src/access/subject.js';

await t.test('a subject is the same in whatever order, and with whatever spaces', (t) => {
  const subject = subjectOfLines('C=DE\nO=Example\nCN=alice');
  for (const text of ['CN=alice,O=Example,C=DE', 'C=DE, O=Example, CN=alice'])
    t.equal(subjectOfText(text), subject, text);
  t.end();
});

await t.test('one with more, less or something else is another', (t) => {
  const subject = subjectOfLines('O=Example\nCN=alice');
  const others = [
    'CN=alice',
    'O=Example',
    'CN=alice,O=Example,OU=x',
    'CN=Alice,O=Example',
    'CN=alice,CN=alice,O=Example',
    'CN=alice + O=Example',
  ];
  for (const other of others) t.not(subjectOfText(other), subject, other);
  t.end();
});

await t.test('what a value has of separators is no separator', (t) => {
  const name = subjectOfLines('CN=a\\,O=Example');
  t.not(subjectOfText('CN=a,O=Example'), name);
  t.equal(subjectOfText('CN=a\\,O=Example'), name);
  t.strictSame(splitSubjects('CN=a\\;b=viewer; CN=c=admin+trust'), ['CN=a\\;b=viewer', 'CN=c=admin+trust']);
  t.end();
});

await t.test('a space that is part of a value makes it another', (t) => {
  const alice = subjectOfText('CN=alice');
  for (const space of ['\\ ', '\u00a0', '\u3000', '\ufeff'])
    t.not(subjectOfLines(`CN=alice${space}`), alice, JSON.stringify(space));
  t.equal(subjectOfLines('CN=a\\ \nO=Example'), subjectOfText('O=Example , CN=a\\ '));
  t.not(
    subjectOfLines('CN=a\\ \nO=Example'),
    subjectOfText('CN=a\\,O=Example'),
    'nor one whose end it escapes',
  );
  t.end();
});
