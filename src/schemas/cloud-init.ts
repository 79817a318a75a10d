import Type, { type Static } from 'typebox';

/** cloud-init itself reads text; a NUL would be a mistake in whatever form. */
const Document = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000]*$', description });

export const CloudInitInput = Type.Object(
  {
    userData: Document(65_536, 'user-data, such as a document that begins with #cloud-config'),
    metaData: Type.Optional(
      Document(16_384, 'meta-data; instance-id (the UUID) and local-hostname (the name) when absent'),
    ),
    networkConfig: Type.Optional(Document(65_536, 'network-config, version 1 or 2')),
  },
  {
    $id: 'CloudInitInput',
    additionalProperties: false,
    description:
      'what cloud-init in the guest does at its first boot (data source NoCloud, on a CD-ROM labelled CIDATA); never shown back',
  },
);
export type CloudInitInput = Static<typeof CloudInitInput>;
