/** Where the transmitter's routes are, below the issuer. */
export const paths = {
  metadata: '/.well-known/ssf-configuration',
  keys: '/ssf/jwks',
  streams: '/ssf/streams',
  status: '/ssf/status',
  addSubject: '/ssf/subjects/add',
  removeSubject: '/ssf/subjects/remove',
  verification: '/ssf/verification',
  /** The stream's identifier follows. */
  poll: '/ssf/poll/',
} as const;

/** Delivery methods: RFC 8935 and RFC 8936. */
export const deliveryMethods = { push: 'urn:ietf:rfc:8935', poll: 'urn:ietf:rfc:8936' } as const;
