import { randomBytes } from 'node:crypto';

/** A place in the events of one run of the service. */
export interface EventId {
  boot: string;
  /** From 1. */
  number: number;
}

/** Names this run of the service, as no other is named. */
export const newBoot = (): string => Date.now().toString(36) + randomBytes(5).toString('hex');

export const formatId = ({ boot, number }: EventId): string => `${boot}-${number}`;

/** Reads what a client sends as Last-Event-ID; undefined when no service gave that. */
export function parseId(text: string): EventId | undefined {
  const [, boot, number] = /^([0-9a-z]+)-(\d{1,15})$/.exec(text) ?? [];
  return boot === undefined ? undefined : { boot, number: Number(number) };
}
