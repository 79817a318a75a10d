import { libvirtCause, Problem, problemTypes, toProblem } from './errors.js';
import type { ProblemBody } from './schemas/problem.js';

/**
 * The problem that any error comes to; of a fault that nobody foresaw, only where to look for it.
 * @param instance the id of the request or operation, as in the log
 */
export function asProblem(error: unknown, instance: string): Problem {
  return (
    toProblem(error) ??
    new Problem('internal-error', `An unexpected fault: the log has it under ${instance}.`, { cause: error })
  );
}

/** A problem as it goes over the wire, in an answer of its own or inside an operation. */
export function problemBody(problem: Problem, instance: string): ProblemBody {
  const cause = libvirtCause(problem);
  return {
    type: `/problems/${problem.type}`,
    title: problemTypes[problem.type].title,
    status: problem.status,
    detail: problem.message,
    instance,
    ...(problem.errors && { errors: problem.errors }),
    ...problem.users,
    ...(cause && { libvirt: { code: cause.codeName, domain: cause.domainName, message: cause.message } }),
  };
}
