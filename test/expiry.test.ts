import t from 'tap';
import { endOf } from '../src/expiry.js';

t.equal(endOf(undefined), Infinity);
t.equal(endOf('2030-01-01T00:00:00Z'), Date.UTC(2030, 0, 1));
t.equal(endOf('2030-01-01T01:00:00+01:00'), Date.UTC(2030, 0, 1));
// RFC 3339 allows them, and so does the check of a request; Date does not
for (const time of ['2030-06-30T23:59:60Z', '2030-01-01T00:00:00+00', 'soon', ''])
  t.equal(endOf(time), 0, `what is to end at "${time}" has ended`);
