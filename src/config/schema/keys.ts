import { z } from 'zod';
import { formatDuration } from '../../domain/durations.ts';
import { defaultJwksMaxAge, defaultRotateEvery } from '../../domain/signing_keys.ts';
import type { KeySettings } from '../../domain/signing_keys.ts';
import { singleSection } from '../section.ts';
import { durationSchema } from './durations.ts';

export const keys = singleSection({
  description: 'The keys that tokens and security events are signed with.',
  entry: z.strictObject({
    rotate_every: durationSchema(1)
      .meta({
        description:
          'How long a key signs before the next one does. That one was published all the while; longer than `jwks_max_age`.',
        'x-stricter': 'shorter',
        'x-default': `\`${formatDuration(defaultRotateEvery)}\``,
      })
      .exactOptional(),
    jwks_max_age: durationSchema(1)
      .meta({
        description:
          'How long apps and APIs may keep the published keys (`Cache-Control: max-age`): so long a new key waits before it signs.',
        'x-default': `\`${formatDuration(defaultJwksMaxAge)}\``,
      })
      .exactOptional(),
  }),
  build({ rotate_every: rotateEvery, jwks_max_age: jwksMaxAge }, _name, { fault }): KeySettings {
    const maxAge = jwksMaxAge ?? defaultJwksMaxAge;
    if ((rotateEvery ?? defaultRotateEvery) <= maxAge) {
      const key = rotateEvery === undefined ? 'jwks_max_age' : 'rotate_every';
      fault([key], `rotate_every must be longer than jwks_max_age, which is ${formatDuration(maxAge)}`);
    }
    return {
      ...(rotateEvery === undefined ? {} : { rotateEvery }),
      ...(jwksMaxAge === undefined ? {} : { jwksMaxAge }),
    };
  },
  write: ({ rotateEvery, jwksMaxAge }) => ({
    ...(rotateEvery === undefined ? {} : { rotate_every: formatDuration(rotateEvery) }),
    ...(jwksMaxAge === undefined ? {} : { jwks_max_age: formatDuration(jwksMaxAge) }),
  }),
});
