import Type, { type Static, type TSchema, type TUnsafe } from 'typebox';

/** A reference to a schema that the application shares under its `$id`: OpenAPI's component of that name. */
export function ref<T extends TSchema>(schema: T & { $id?: string }): TUnsafe<Static<T>> {
  if (schema.$id === undefined) throw new TypeError('only a schema with an $id can be referred to');
  return Type.Unsafe<Static<T>>({ $ref: `${schema.$id}#` });
}
