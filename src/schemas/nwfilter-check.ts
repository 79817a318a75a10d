import Type from 'typebox';

export const NwfilterCheck = Type.Object(
  {
    name: Type.Optional(Type.String({ description: 'of the filter; absent where something is wrong' })),
    errors: Type.Array(
      Type.Object({
        path: Type.String({ description: 'JSON pointer or XPath; empty where no place can be named' }),
        message: Type.String(),
      }),
      { description: 'empty: it would be taken' },
    ),
  },
  { $id: 'NwfilterCheck' },
);
