/** Weakest first; each may do what those before it may. */
export const roles = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** What somebody may do. */
export interface Grant {
  role: Role;
  /** May leave a NIC without the filters that it is to have; an admin always may. */
  trust: boolean;
}

/** Whether a role is the one that is needed, or a stronger one. */
export const isAtLeast = (role: Role, needed: Role): boolean => roles.indexOf(role) >= roles.indexOf(needed);

export const mayTrust = ({ role, trust }: Grant): boolean => trust || role === 'admin';
