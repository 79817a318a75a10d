export function filesUnder(paths: readonly string[], skip?: (path: string) => boolean): string[];
