import { signal } from '@preact/signals';

/** The time, for what moves with it. */
export const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), 5000);
