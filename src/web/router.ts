import { signal } from '@preact/signals';

/** The steps of `#/vms/web1`. What follows the # is never sent: the service has one page. */
const stepsNow = (): string[] =>
  location.hash
    .replace(/^#\/?/, '')
    .split('/')
    .filter((step) => step !== '')
    .map(decode);

function decode(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

export const steps = signal<readonly string[]>(stepsNow());
addEventListener('hashchange', () => (steps.value = stepsNow()));

export const hrefOf = (...to: string[]): string => `#/${to.map(encodeURIComponent).join('/')}`;
export const goTo = (...to: string[]): void => void (location.hash = hrefOf(...to));
