/** Every audit event there is: name, and what it tells. Names are stable. */
export const eventCatalogue = {
  'sign_in.succeeded': 'An account signed in on the sign-in page.',
  'sign_in.failed': 'A sign-in was refused. The reason is in the detail, never on the page.',
  'mfa.passed': 'A second factor was proved.',
  'mfa.failed':
    'A second factor was not proved: a wrong or used code, too many attempts, or a passkey that does not hold.',
  'factor.enrolled': 'An account set up a second factor.',
  'factor.renamed': 'An account gave a second factor another name.',
  'factor.removed': 'An account removed one of its second factors; how many are left is counted.',
  'factor.disabled':
    'Too many codes in a row were wrong: the authenticators of an account take none any more.',
  'recovery_codes.renewed': 'An account made new recovery codes. The old ones work no more.',
  'recovery_code.used': 'A recovery code was used.',
  'password.proved': 'An account proved its password again, for a change to itself.',
  'password.not_proved': 'A password that was to be proved again was wrong.',
  'password.changed': 'An account changed its password.',
  'password.set':
    'The password of an account was set: by a one-time link, whose purpose is told, or by an operator.',
  'password_link.requested':
    'A mail with a link to set a password was asked for, by who forgot theirs or by an operator. Without an account: none has the username or e-mail address that was named.',
  'password_link.issued':
    'A one-time link to set a password was made; the last one of the account works no more.',
  'consent.granted': 'An account allowed a client scopes.',
  'consent.denied': 'An account denied a client.',
  'consent.withdrawn':
    'An account took back what it had allowed a client; the families that ended are counted.',
  'device.approved': 'An account approved a device by its code.',
  'device.aborted': 'A device was not approved: the person stopped, or denied it.',
  'session.started': 'A browser session began with a full sign-in.',
  'session.renewed': 'The same account signed in again in its session: new identifier, new absolute limit.',
  'session.extended':
    'The user said, or a web app of the session reported, that the user is there: only the idle limit moves.',
  'session.ended': 'A session ended, with reason, moment, limit, policy and version.',
  'code.exchanged': 'An authorization code was exchanged; the family it gave is named.',
  'lease.granted': 'A family began with a lease: for so long its idle limit rests.',
  'code.refused': 'The exchange of an authorization code was refused.',
  'client_credentials.granted': 'A client got an access token for itself.',
  'refresh.granted': 'A refresh passed the gate.',
  'refresh.retried': 'A refresh was retried inside the overlap and got the same successor.',
  'refresh.downscoped': 'A refresh passed without scopes whose role or fresh MFA is gone.',
  'refresh.refused': 'A refresh was refused.',
  'refresh.reuse_detected': 'A rotated refresh token was presented outside the overlap.',
  'access_token.revoked': 'An access token that belongs to no family was revoked.',
  'family.ended': 'A family ended, with reason, moment, limit, policy and version.',
  'rate_limit.exceeded':
    'Requests were refused with 429: the first of a window, with the limit and whom it counts against.',
  'account.created': 'An account was created.',
  'account.updated':
    'Name, e-mail or password of an account was changed by the configuration file or an operator.',
  'account.roles_changed': 'The roles of an account were replaced.',
  'account.disabled': 'An account was disabled.',
  'account.unlocked':
    'The wrong passwords for an account were forgotten, by an operator, its owner or a new password: who had to wait may try again.',
  'account.enabled': 'An account was enabled again. Nothing that ended is revived.',
  'account.recovered':
    'An administrator who was locked out got a one-time link from the shell of the machine, in place of password and second factors; what that changed is told.',
  'account.factors_removed': 'An operator removed the second factors of an account.',
  'account.deleted': 'An account was deleted, and all its access ended.',
  'account.erased': 'The personal data of a deleted account were removed from the trail.',
  'database.restored':
    'The database was restored from a backup: what happened between its making, whose moment is told, and now is not in it.',
  'configuration.applied': 'The configuration was changed.',
  'client.disabled': 'A client was disabled, and all its access ended; the families are counted.',
  'client.enabled': 'A client was enabled again. Nothing that ended is revived.',
  'client.secret_rotated':
    'A client was given a new secret; for how many seconds the one before is good as well.',
  'control.failed':
    'The detective control found what lives past its limit, or was used after its end: what kind, how many, and the ids of the first of them.',
  'notice.undeliverable': 'A notice could not be delivered; it is kept, and tried no more.',
  'notice.replayed': 'An operator had undeliverable notices tried again.',
  'stream.created': 'A client made an event stream.',
  'stream.updated': 'A client changed what its event stream brings, or how.',
  'stream.status_changed': 'A client paused, disabled or enabled its event stream.',
  'stream.deleted': 'A client deleted its event stream.',
  'stream.subject_added': 'An event stream tells of an account again.',
  'stream.subject_removed': 'An event stream tells no more of an account.',
  'stream.events_dropped': 'An event stream kept too many or too old events: the oldest were dropped.',
  'signing_key.created': 'A signing key was made and published: to sign at once, or as the next.',
  'signing_key.activated':
    'A signing key began to sign; until when the one before stays published is told, and whether it was forced.',
  'signing_key.removed':
    'A signing key was removed, and is published no more: its last token is over, or an operator would not wait.',
  'secrets.reencrypted':
    'What an older CURFEW_SECRET had encrypted was rewritten under the newest one; how many values of each column.',
  'trail.month_dropped': 'A month of the trail was dropped, as its retention wants.',
  'demo.history_written':
    'Demo data: a month of history of a made-up company was written into the new trail of `curfew dev`.',
  'trail.cut':
    'A running server found fewer seals than it had seen before: the end of the trail was removed.',
} as const;
export type EventName = keyof typeof eventCatalogue;
