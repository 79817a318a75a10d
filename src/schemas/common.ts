import Type from 'typebox';

export const VmParams = Type.Object({
  vm: Type.String({ minLength: 1, maxLength: 255, description: 'name or UUID' }),
});
