import Type, { type Static } from 'typebox';

const vm = Type.String({ format: 'uuid' });

/** A change that was begun: enough to undo it, should the service or its connection die in the middle. */
export const JournalEntry = Type.Union([
  /** A VM that is being made; its own record names what was made for it. */
  Type.Object({ kind: Type.Literal('create'), vm }),
  /** With `saved` it had saved memory, which the start takes up: undone, it is saved again. */
  Type.Object({ kind: Type.Literal('start'), vm, saved: Type.Boolean() }),
  Type.Object({ kind: Type.Literal('unplug'), vm, mac: Type.String() }),
  /** A VM that is being moved to another host: with `runs` it is to run where it comes to be. */
  Type.Object({
    kind: Type.Literal('migration'),
    vm,
    runs: Type.Boolean(),
    destinationUri: Type.String(),
    destinationUrl: Type.Optional(Type.String()),
    destinationToken: Type.Optional(Type.String()),
  }),
  /** A VM that has stayed here, of which the destination of a migration may have kept a copy: it did not answer. */
  Type.Object({ kind: Type.Literal('copy'), vm, destinationUri: Type.String() }),
  Type.Object({
    kind: Type.Literal('nic'),
    vm,
    mac: Type.String(),
    /** The VM's definition as it was, secrets included; absent: it has none. */
    before: Type.Optional(Type.String()),
    /** The running NIC's XML as it was; absent: it is being plugged. */
    live: Type.Optional(Type.String()),
    /** Its port was closed, for it had not the filter that it ought to have. */
    closed: Type.Boolean(),
  }),
]);
export type JournalEntry = Static<typeof JournalEntry>;
export type MigrationEntry = Extract<JournalEntry, { kind: 'migration' }>;
export type CopyEntry = Extract<JournalEntry, { kind: 'copy' }>;
export type NicEntry = Extract<JournalEntry, { kind: 'nic' }>;
