import { isLoopbackHost } from '../../config/issuer.ts';
import { findingsOf } from './finding.ts';
import type { Finding } from './finding.ts';
import type { IssuerAnswer } from './ask_issuer.ts';

const { good, warning, wrong } = findingsOf('issuer');

/** The address that everybody knows the server by, and what answers there. Without an issuer, nobody could look. */
export function checkIssuer(issuer: string | undefined, answer: IssuerAnswer | undefined): Finding[] {
  if (issuer === undefined || answer === undefined)
    return [warning('It is not known, and not looked at.', 'Set CURFEW_ISSUER as the servers have it.')];
  const { protocol, hostname } = new URL(issuer);
  const isLocal = protocol === 'http:' && isLoopbackHost(hostname);
  const found = checkAnswer(issuer, answer, isLocal);
  if (isLocal && found.length === 0) return [good(`${issuer} answers; plain http, for this machine alone.`)];
  return found.length > 0 ? found : [good(`${issuer} answers, and is what it says it is.`)];
}

function checkAnswer(issuer: string, answer: IssuerAnswer, isLocal: boolean): Finding[] {
  if ('unreachable' in answer) {
    const message = `Nothing answers at ${issuer}: ${answer.unreachable}.`;
    return isLocal
      ? [
          warning(
            message,
            'Start curfew dev or curfew serve; one that runs already: set its CURFEW_PORT or CURFEW_ISSUER here, too.',
          ),
        ]
      : [wrong(message, 'Look at DNS, the certificate and the proxy, and whether a server runs.')];
  }
  const found: Finding[] = [];
  if (answer.reasons.length > 0)
    found.push(wrong(`A server says that it is not ready: ${answer.reasons.join(', ')}.`, 'See its log.'));
  if (answer.issuer === undefined)
    found.push(
      wrong(
        `${issuer}/.well-known/openid-configuration is no discovery document (${answer.status}).`,
        'Let the proxy hand on every path of the issuer, unchanged.',
      ),
    );
  else if (answer.issuer !== issuer)
    found.push(
      wrong(
        `The server at ${issuer} says that it is ${answer.issuer}.`,
        'Start it with the CURFEW_ISSUER that its apps know.',
      ),
    );
  return found;
}
