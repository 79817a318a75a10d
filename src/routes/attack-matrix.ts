import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { readCoverage } from '../filtering/coverage.js';
import { AttackMatrix, coverageSchemas } from '../schemas/nwfilter-coverage.js';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';

const attackMatrix: FastifyPluginCallbackTypebox = (app, _options, done) => {
  for (const schema of coverageSchemas) app.addSchema(schema);
  const matrix = readCoverage();

  app.get(
    '/attack-matrix',
    {
      config: { etag: true },
      schema: {
        operationId: 'getAttackMatrix',
        tags: ['nwfilters'],
        summary: 'Attacks and honest traffic that were sent through filters, and what came of each',
        response: { 200: ref(AttackMatrix), ...problemResponses(500) },
      },
    },
    () => matrix,
  );
  done();
};
export default attackMatrix;
