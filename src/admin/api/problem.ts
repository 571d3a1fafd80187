/** What the API answers where it does not do as it is told (RFC 9457): status and title by a stable code. */
export const apiProblems = {
  invalid_request: [400, 'The request is not as the API description has it.'],
  invalid_token: [401, 'A valid access token is needed.'],
  insufficient_user_authentication: [401, 'A fresh second factor is needed.'],
  insufficient_scope: [403, 'The token does not open this.'],
  not_found: [404, 'There is no such thing.'],
  method_not_allowed: [405, 'This method does nothing here.'],
  conflict: [409, 'It cannot be done as things are.'],
  last_administrator: [409, 'Nobody could change anything afterwards.'],
  precondition_failed: [412, 'It was changed meanwhile.'],
  content_too_large: [413, 'The body is too large.'],
  unsupported_media_type: [415, 'The body must be JSON.'],
  idempotency_key_reused: [422, 'The idempotency key stands for another request.'],
  too_many_requests: [429, 'Too many requests came from here.'],
  server_error: [500, 'Something went wrong on our side.'],
  temporarily_unavailable: [503, 'The service cannot answer right now.'],
} as const satisfies Record<string, readonly [status: number, title: string]>;
export type ApiProblemCode = keyof typeof apiProblems;

/** Thrown by a route. `detail` is for a person; `members` are RFC 9457 extension members. */
export class ApiProblem extends Error {
  readonly code: ApiProblemCode;
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ApiProblemCode,
    detail: string,
    {
      members = {},
      headers = {},
    }: { members?: Record<string, unknown>; headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.name = 'ApiProblem';
    this.code = code;
    this.members = members;
    this.headers = headers;
  }
}

/** The body, as `application/problem+json`. */
export function describeApiProblem(
  code: ApiProblemCode,
  detail: string,
  members: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const [status, title] = apiProblems[code];
  return { type: `urn:curfew:problem:${code}`, title, status, detail, ...members };
}

/** What every route may answer, beside its own. */
export const commonProblems: readonly ApiProblemCode[] = [
  'invalid_request',
  'invalid_token',
  'insufficient_scope',
  'server_error',
  'temporarily_unavailable',
];
