import type { Answer } from '../../integration/http.js';

/** While nothing is wrong with the host, this is how a change ends; an unplug may go on when the guest does not follow. */
const expected = (status: number): boolean => status < 300;

/** How requests have ended, and which of them should not have ended so. */
export class Tally {
  /** How often what was asked was answered with a status; 'cut off' without one. */
  readonly ends = new Map<string, number>();
  readonly findings: string[] = [];
  /** Whether a fault is under way, or was since the VMs were made: then a request may fail, if it says how. */
  disturbed = false;

  /** @returns the body, if it went well */
  async count<T>(what: string, ask: () => Promise<Answer<T>>): Promise<T | undefined> {
    let status: number | 'cut off';
    let body: unknown;
    try {
      ({ status, body } = await ask());
    } catch {
      status = 'cut off'; // with the service
    }
    const end = `${what}: ${status}`;
    this.ends.set(end, (this.ends.get(end) ?? 0) + 1);
    const fine = typeof status === 'number' && expected(status);
    if (status === 500 || (!fine && !this.disturbed)) this.findings.push(`${end} ${JSON.stringify(body)}`);
    // some answers have no body
    return fine ? ((body ?? {}) as T) : undefined;
  }
}
