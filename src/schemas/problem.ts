import Type, { type Static } from 'typebox';

/** RFC 9457. Every member is listed: what a response schema does not list is dropped without a word. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({
      description: 'stable, relative to the service',
      examples: ['/problems/vm-not-found'],
    }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    instance: Type.String({ description: 'the id of the request or operation, as in the log' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          path: Type.String({
            description:
              'JSON pointer into a JSON body (of a start: the one that the VM was created with), XPath into one of XML, or query/NAME, params/NAME, headers/NAME',
          }),
          message: Type.String(),
        }),
      ),
    ),
    usedBy: Type.Optional(
      Type.Array(
        Type.Object({
          vm: Type.String({ format: 'uuid' }),
          nic: Type.String({ description: 'its MAC address' }),
          port: Type.Optional(Type.String({ description: 'its tap, while the VM runs' })),
        }),
        { description: 'the NICs that are in the way of what was asked for a filter' },
      ),
    ),
    referencedBy: Type.Optional(Type.Array(Type.String(), { description: 'the filters that refer to it' })),
    libvirt: Type.Optional(
      Type.Object({ code: Type.String(), domain: Type.String(), message: Type.String() }),
    ),
  },
  { $id: 'Problem' },
);
export type ProblemBody = Static<typeof ProblemSchema>;

/** The answers that a route documents for its problems. */
export function problemResponses(...statuses: number[]): Record<number, object> {
  const content = { 'application/problem+json': { schema: { $ref: 'Problem#' } } };
  return Object.fromEntries(
    [...new Set(statuses)].map((status) => [
      status,
      { description: descriptions[status] ?? 'Problem', content },
    ]),
  );
}

const descriptions: Record<number, string> = {
  400: 'The request is not valid',
  401: 'A valid token is needed',
  403: 'The caller may not do this',
  404: 'Not found',
  409: 'Conflict with the state or a name',
  412: 'The resource was changed meanwhile',
  413: 'The body is too large',
  421: 'The header Host has a name that is not one of this service',
  415: 'The media type is not supported',
  422: 'Well formed, but libvirt or the host cannot do it',
  429: 'Too many requests, or too many at a time',
  431: 'The headers, or the path and its query, are too large',
  500: 'Unexpected fault',
  501: 'The hypervisor driver lacks this call',
  502: 'libvirt refuses the credentials of the service',
  503: 'libvirt is away, or network filters are missing',
  504: 'libvirt did not answer in time',
};
