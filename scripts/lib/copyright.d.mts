export function isLicence(file: string): boolean;
export function productionPackages(lock: {
  packages: Record<string, { dev?: boolean; link?: boolean; license?: string }>;
}): [string, { license?: string }][];
export function debianCopyright(root: string): string;
