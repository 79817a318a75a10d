export interface LockedPackage {
  resolved?: string;
  integrity?: string;
  license?: string;
  link?: boolean;
  dev?: boolean;
  hasInstallScript?: boolean;
}
export function wrongInLock(lock: { packages: Record<string, LockedPackage> }): string[];
export function judgeAudit(report: object): { advisories?: string[]; notAudited?: string };
export const installScripts: Record<string, string>;
