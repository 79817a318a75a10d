/** A JSON schema, as the OpenAPI document has it. */
export type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
  in: 'path' | 'query' | 'header';
  name: string;
  required?: boolean;
  schema: Schema;
}

interface Content {
  content?: Record<string, { schema: Schema }>;
}

export interface Operation {
  operationId: string;
  method: string;
  /** With its parameters in braces. */
  path: string;
  /** Where it stands in the document: a JSON pointer. */
  pointer: string;
  parameters: readonly Parameter[];
  requestBody?: Content;
  responses: Record<string, Content>;
}

/** What the fuzz run reads of an OpenAPI 3.1 document. */
export interface OpenApi {
  paths: Record<string, Record<string, Omit<Operation, 'method' | 'path' | 'pointer'>>>;
  components: { schemas: Record<string, Schema> };
}

/** One step of a JSON pointer (RFC 6901). */
export const step = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** All operations of a document, in its order. */
export function operationsOf({ paths }: OpenApi): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, said]) => ({
      ...said,
      parameters: (said.parameters as readonly Parameter[] | undefined) ?? [],
      method: method.toUpperCase(),
      path,
      pointer: `/paths${step(path)}${step(method)}`,
    })),
  );
}
