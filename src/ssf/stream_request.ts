import { z } from 'zod';
import { isReceiverUrl } from '../delivery/receiver_url.ts';
import type { AddressRules } from '../delivery/address_guard.ts';
import type { StreamSettings } from '../domain/security_events.ts';
import { deliveryMethods } from './paths.ts';

const delivery = z.discriminatedUnion('method', [
  z.object({
    method: z.literal(deliveryMethods.push),
    endpoint_url: z.string().max(2000),
    authorization_header: z
      .string()
      .regex(
        /^[\x21-\x7e](?:[\x20-\x7e]{0,3998}[\x21-\x7e])?$/,
        'must be a header of visible ASCII characters',
      )
      .exactOptional(),
  }),
  z.object({ method: z.literal(deliveryMethods.poll) }),
]);

/** What a receiver supplies; members that we do not know are let be (SSF 1.0 §4.2.3). */
const receiverSupplied = z.object({
  delivery: delivery.exactOptional(),
  events_requested: z
    .array(z.string().min(1).max(500))
    .max(100)
    .transform((types) => [...new Set(types)])
    .exactOptional(),
  description: z.string().max(1000).exactOptional(),
  subject_format: z.enum(['complex', 'iss_sub']).exactOptional(),
});

export type StreamRequest = { settings: Partial<StreamSettings> } | { fault: string };

/** Read what a receiver supplies about its stream: what it leaves out is not in `settings`. */
export function readStreamRequest(body: unknown, rules: AddressRules): StreamRequest {
  const parsed = receiverSupplied.safeParse(body);
  if (!parsed.success) return { fault: describeFault(parsed.error) };
  const { delivery: wanted, events_requested, description, subject_format } = parsed.data;
  const isPush = wanted?.method === deliveryMethods.push;
  if (isPush && !isReceiverUrl(wanted.endpoint_url, rules)) {
    return { fault: 'delivery.endpoint_url: must be an https URL of a public address' };
  }
  const push = isPush ? { url: wanted.endpoint_url, authorization: wanted.authorization_header } : undefined;
  return {
    settings: {
      ...(wanted ? { push } : {}),
      ...(events_requested ? { eventsRequested: events_requested } : {}),
      ...(description === undefined ? {} : { description }),
      ...(subject_format ? { subjectFormat: subject_format } : {}),
    },
  };
}

/** The first fault of a body, with the path of its member. */
export function describeFault({ issues: [issue] }: z.ZodError): string {
  const path = issue?.path.join('.');
  return path ? `${path}: ${issue?.message}` : 'The body must be a JSON object.';
}
