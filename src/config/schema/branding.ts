import { z } from 'zod';
import type { Branding } from '../../domain/configuration.ts';
import { singleSection } from '../section.ts';
import { pageSchema } from './addresses.ts';
import { lineSchema } from './names.ts';

export const branding = singleSection({
  description: 'What people see of the product.',
  entry: z.strictObject({
    name: lineSchema(100)
      .meta({ description: 'The name on every page.', 'x-default': '`Curfew`' })
      .exactOptional(),
    logo_uri: pageSchema.meta({ description: 'A picture beside the name.' }).exactOptional(),
  }),
  build({ logo_uri: logoUri, ...entry }): Branding {
    return { ...entry, ...(logoUri === undefined ? {} : { logoUri }) };
  },
  write: ({ logoUri, ...entry }) => ({ ...entry, ...(logoUri === undefined ? {} : { logo_uri: logoUri }) }),
});
