import Type from 'typebox';

/** Names of existing VMs in paths, characters: libvirt's own limit is lower. */
export const longestName = 255;

export const VmParams = Type.Object({
  vm: Type.String({
    minLength: 1,
    maxLength: longestName,
    pattern: '^[^\\u0000-\\u001f\\u007f]+$',
    description: 'name or UUID',
  }),
});
