import { styleText } from 'node:util';

const styles = {
  host: 'gray',
  request: 'bold',
  answer: 'gray',
  verdict: 'green',
  honest: 'blue',
  liar: 'magenta',
  watcher: 'blue',
  event: 'cyan',
  sabotage: 'yellow',
  summary: 'bold',
  removed: 'gray',
  WRONG: 'red',
} as const;

/** Who or what a line is about. */
export type Speaker = keyof typeof styles;

const began = performance.now();
const coloured = process.stdout.isTTY && !process.env.NO_COLOR;
/** As many whole words as fit; a word that does not is a line of its own. */
const broken = /\S.{0,85}(?= |$)|\S+/g;
const speakerWidth = Math.max(...Object.keys(styles).map((name) => name.length));

/** Prints what there is to say, with the seconds since the demo began and who it is about. */
export function say(speaker: Speaker, text: string): void {
  const time = ((performance.now() - began) / 1000).toFixed(1).padStart(5);
  const name = speaker.padEnd(speakerWidth);
  const margin = ' '.repeat(time.length + speakerWidth + 4);
  const lines = text.match(broken) ?? [text];
  console.log(`${time}  ${coloured ? styleText(styles[speaker], name) : name}  ${lines.join(`\n${margin}`)}`);
}

/** A number for people: 12,345. */
export const figure = (count: number): string => count.toLocaleString('en-US');
