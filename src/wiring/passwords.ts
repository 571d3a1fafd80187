import { requestPasswordLink } from '../operations/request_password_link.ts';
import { openPasswordLink, setPasswordByLink } from '../operations/set_password.ts';
import type { PasswordDependencies } from '../passwords/dependencies.ts';
import type { LoadedConfiguration } from '../store/configuration.ts';
import type { Database } from '../store/database.ts';

type Given = Pick<PasswordDependencies, 'sendsMail' | 'limiter' | 'csrf' | 'pageContext'>;

/** Links with which a password is set, for whom it was forgotten or who was invited. */
export function buildPasswords(
  database: Database,
  currentConfiguration: () => LoadedConfiguration,
  given: Given,
): PasswordDependencies {
  return {
    ...given,
    requestLink: (name, origin) => requestPasswordLink(database, name, origin),
    openLink: (token) => openPasswordLink(database, currentConfiguration(), token),
    setPassword: (change, origin) =>
      setPasswordByLink(
        database,
        currentConfiguration(),
        { ...change, serviceName: given.pageContext().branding.name },
        origin,
      ),
  };
}
