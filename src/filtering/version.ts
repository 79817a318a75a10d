const pattern = /^(\d+)\.(\d+)$/;

function parse(version: string): [major: number, minor: number] {
  const [, major, minor] = pattern.exec(version) ?? [];
  if (major === undefined || minor === undefined) {
    throw new TypeError(`"${version}" is not a version of the form major.minor`);
  }
  return [Number(major), Number(minor)];
}

/**
 * Compares two compatibility levels as numbers: 3.2 < 3.10.
 * @returns negative when `a` is lower, 0 when they are equal, positive when `a` is higher
 * @throws TypeError for what is not "major.minor"
 */
export function compareVersions(a: string, b: string): number {
  const [majorA, minorA] = parse(a);
  const [majorB, minorB] = parse(b);
  return majorA - majorB || minorA - minorB;
}
