import { z } from 'zod';
import type { DeliverySettings } from '../../domain/notices.ts';
import { singleSection } from '../section.ts';
import { listSchema } from './names.ts';

const networkSchema = z.union([z.cidrv4(), z.cidrv6()], { error: 'must be a network such as 10.0.0.0/8' });

export const delivery = singleSection({
  description: 'How notices, such as back-channel logouts, leave the house.',
  entry: z.strictObject({
    allowed_networks: listSchema(networkSchema)
      .meta({
        description: 'Private networks that notices may be sent to; public addresses always may.',
        'x-type': 'CIDR',
        'x-stricter': 'fewer',
        'x-default': 'none',
      })
      .exactOptional(),
  }),
  build: ({ allowed_networks: allowedNetworks }): DeliverySettings =>
    allowedNetworks === undefined ? {} : { allowedNetworks },
  write: ({ allowedNetworks }) =>
    allowedNetworks === undefined ? {} : { allowed_networks: [...allowedNetworks] },
});
