import fc from 'fast-check';

/** Any text, and text made of what markup is made of. */
export const hostileText = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.string({
    minLength: 1,
    unit: fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '`',
      '&',
      '=',
      '/',
      ' ',
      '\n',
      'x',
      '<script>',
      '-->',
      '&lt;',
      '&#60;',
      'onload=',
    ),
  }),
);
