import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';

/** The types of src/client/schema.ts. @param document the OpenAPI document, JSON */
export async function clientSchema(document: string): Promise<string> {
  // What has a default may be left out of a request.
  const types = await openapiTS(document, { defaultNonNullable: false });
  return COMMENT_HEADER + astToString(types);
}
