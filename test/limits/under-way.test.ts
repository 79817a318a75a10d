import t from 'tap';
import { UnderWay } from '../../src/limits/under-way.js';

await t.test('so many at a time, of one caller and of all', (t) => {
  const underWay = new UnderWay({ perCaller: 2, all: 3 });
  const end = underWay.begin('a');
  underWay.begin('a');
  t.throws(() => underWay.begin('a'), { message: /2 requests of this caller are under way/ });
  underWay.begin('b');
  t.throws(() => underWay.begin('b'), { message: /3 requests are under way/ });
  end();
  end();
  underWay.begin('b');
  t.throws(() => underWay.begin('a'), { message: /3 requests are under way/ }, 'ended twice is ended once');
  t.end();
});
