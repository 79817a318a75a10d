import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { pathOf } from '../http/request-line.js';
import { type FieldError, Problem, type ProblemType, toProblem } from '../errors.js';
import { asProblem, problemBody } from '../problem-body.js';
import { ProblemSchema } from '../schemas/problem.js';

declare module 'fastify' {
  interface FastifyReply {
    /** Of the problem that is answered. */
    problemType: ProblemType | undefined;
  }
}

/** A body can be wrong in more places than anyone wants to read. */
const mostFieldErrors = 20;
/** When a client may come back while libvirt is away, or others are to go first, s. */
const retryAfter: Partial<Record<number, string>> = { 429: '10', 503: '2' };

/** One step of a JSON pointer (RFC 6901). */
const step = (name: unknown): string => `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;

function fieldErrors(error: FastifyError): FieldError[] {
  const prefix = error.validationContext === 'querystring' ? 'query' : error.validationContext;
  return (error.validation ?? [])
    .slice(0, mostFieldErrors)
    .map(({ instancePath, keyword, message, params }) => {
      const place = prefix === 'body' ? instancePath : `${prefix}${instancePath}`;
      if (keyword === 'additionalProperties') {
        return { path: `${place}${step(params.additionalProperty)}`, message: 'is not a known field' };
      }
      if (keyword === 'required') {
        return { path: `${place}${step(params.missingProperty)}`, message: 'is required' };
      }
      const allowed = keyword === 'enum' ? `: ${(params.allowedValues as unknown[]).join(', ')}` : '';
      return { path: place, message: `${message ?? 'is not valid'}${allowed}` };
    });
}

const mediaTypes =
  'The header Content-Type must be application/json; for a network filter also application/xml.';

/** What Fastify itself refuses, as a problem. */
function fromFastify(error: FastifyError): Problem | undefined {
  if (error.validation) {
    const errors = fieldErrors(error);
    const detail = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
    return new Problem('invalid-request', `${detail}.`, { errors });
  }
  const status = error.statusCode ?? 500;
  if (status < 400 || status >= 500) return undefined;
  if (status === 408) return new Problem('request-timeout', 'The request did not come in time.');
  if (status === 415) return new Problem('unsupported-media-type', mediaTypes);
  return new Problem(status === 413 ? 'body-too-large' : 'invalid-request', error.message);
}

/** Answers with a problem, from an error handler or where Fastify has none. */
export function answerProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  const comeBack = problem.retryAfter ?? retryAfter[problem.status];
  if (comeBack !== undefined) reply.header('retry-after', String(comeBack));
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="virtwarden"');
  reply.problemType = problem.type;
  // Serialised here: a route's response schema is for its own answers.
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .serializer((body) => JSON.stringify(body))
    .send(problemBody(problem, request.id));
}

/** The problem that an error is answered as; logs the error. */
export function problemOf(error: FastifyError, request: FastifyRequest): Problem {
  const problem = toProblem(error) ?? fromFastify(error) ?? asProblem(error, request.id);
  if (problem.status >= 500) request.log.error({ req: request, err: error }, problem.message);
  else request.log.info({ req: request, problem: problem.type }, problem.message);
  return problem;
}

/** Answers every error as application/problem+json. */
export default fp(
  (app, _options, done) => {
    app.addSchema(ProblemSchema);
    app.decorateReply('problemType', undefined);
    app.setErrorHandler<FastifyError>((error, request, reply) =>
      answerProblem(request, reply, problemOf(error, request)),
    );
    app.setNotFoundHandler((request, reply) =>
      answerProblem(
        request,
        reply,
        new Problem('route-not-found', `There is no ${request.method} ${pathOf(request.url)}.`),
      ),
    );
    done();
  },
  { name: 'problems' },
);
