import Type from 'typebox';

/** No control characters and no halves of surrogate pairs: these texts go into XML. */
export const PrintableText = (maxLength: number, description: string) =>
  Type.String({
    minLength: 1,
    maxLength,
    pattern: '^[^\\u0000-\\u001f\\u007f\\ufffe\\uffff\\ud800-\\udfff]*$',
    description,
  });
export const HostPath = (description: string) =>
  Type.String({ minLength: 2, maxLength: 4096, pattern: '^/[^\\u0000-\\u001f\\u007f]+$', description });
