/** What is run in the page, as text: the types of browsers are not those of Node.js. */

/** Notes each long task from now on: the browser tells of those over 50 ms. */
export const noteLongTasks = `
  globalThis.longTasks = [];
  new PerformanceObserver((list) => globalThis.longTasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: 'longtask' });
`;

/** The long tasks so far, ms, and none of them any more. */
export const takeLongTasks = `globalThis.longTasks.splice(0)`;

/** When the page could be used, ms after it was asked for: its script has run, and the form has the focus. */
export const whenUsable = `new Promise((resolve) => {
  const look = () => {
    const input = document.querySelector('input[type=password]');
    if (!input) return requestAnimationFrame(look);
    input.focus();
    requestAnimationFrame(() => resolve(performance.now()));
  };
  look();
})`;

/** Scrolls the table of VMs from its first row to its last, some rows with each frame; gives how long the frames took, ms. */
export const scrollThrough = `new Promise((resolve) => {
  const table = document.querySelector('.scroller');
  const frames = [];
  let last = performance.now();
  const step = (now) => {
    frames.push(now - last);
    last = now;
    if (table.scrollTop + table.clientHeight >= table.scrollHeight - 1) return resolve(frames);
    table.scrollTop += 5 * 44;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})`;
