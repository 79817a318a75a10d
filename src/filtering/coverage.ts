import { readFileSync } from 'node:fs';

/** A row of the attack matrix, or of honest traffic: a frame that was sent from a real guest. */
export interface CoverageRow {
  /** Does not change: the row is known by it. */
  name: string;
  what: string;
  /** What is attacked; `honest` and `uncommon` attack nothing. */
  class: 'mac' | 'ip' | 'nd' | 'dhcp' | 'router' | 'bridge' | 'honest' | 'uncommon';
  /** A CVE, an RFC, or `measured`. */
  source: string;
  /** Why no network filter of libvirt can stop it. */
  beyondNwfilter?: string;
}

/** What a filter was seen to do, each row by its name. */
export interface Coverage {
  filter: string;
  /** Attacks that do not come through. */
  stops: string[];
  /** Attacks that do. */
  passes: string[];
  /** Traffic that is no attack, and does not come through. */
  breaks: string[];
}

export interface CoverageData {
  rows: CoverageRow[];
  filters: Coverage[];
}

/** The file is written by `npm run coverage`, and a test fails when a filter does otherwise. */
export const readCoverage = (): CoverageData =>
  JSON.parse(readFileSync(new URL('../../filters/coverage.json', import.meta.url), 'utf8')) as CoverageData;
