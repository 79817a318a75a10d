// npm run audit: whether package-lock.json names what it may, and whether anything of it is known to be unsafe.
import { checkDependencies } from './lib/check-dependencies.mjs';
import { main, Stop, WRONG_USE, say } from './lib/stop.mjs';

await main(() => {
  const { wrong, note } = checkDependencies();
  for (const sentence of wrong) console.log(sentence);
  if (wrong.length > 0) return 1;
  if (note) throw new Stop(`package-lock.json is in order; ${note}`, WRONG_USE);
  say('package-lock.json is in order, and nothing in it is known to be unsafe');
  return 0;
});
