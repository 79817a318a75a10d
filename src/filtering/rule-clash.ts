import {
  LibvirtError,
  VIR_ERR_INTERNAL_ERROR,
  VIR_ERR_OPERATION_FAILED,
  VIR_FROM_FIREWALL,
} from 'node-libvirt';

/** So often in all. */
const attempts = 5;

/**
 * Whether libvirt could not make a NIC's rules. While somebody else commits rules of the kernel, of whatever kind, ebtables 1.8
 * begins anew and then fails: `RULE_DELETE failed`.
 */
export const isClash = (error: unknown): boolean =>
  error instanceof LibvirtError &&
  error.code === VIR_ERR_INTERNAL_ERROR &&
  error.domain === VIR_FROM_FIREWALL;

/** The same of an update, of which libvirt says no more than that it failed. */
export const isClashOfUpdate = (error: unknown): boolean =>
  isClash(error) || (error instanceof LibvirtError && error.code === VIR_ERR_OPERATION_FAILED);

/** Does what makes rules, and again when they clashed: libvirt has taken back what it had done. @throws LibvirtError the last */
export async function despiteClashes<T>(
  build: () => Promise<T>,
  clashed: (error: unknown) => boolean = isClash,
): Promise<T> {
  for (let left = attempts - 1; left > 0; left--) {
    try {
      return await build();
    } catch (error) {
      if (!clashed(error)) throw error;
    }
  }
  return build();
}
