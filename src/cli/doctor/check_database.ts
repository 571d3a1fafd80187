import type { RoleFacts } from '../../store/role_facts.ts';
import { findingsOf } from './finding.ts';
import type { Finding } from './finding.ts';

/** The first one with all that the migrations use. */
const oldestMajor = 18;

const { good, warning, wrong } = findingsOf('database');

const advice = 'Give CURFEW_DATABASE_URL a role that is a member of curfew_server and of nothing else.';

/** PostgreSQL's version, and that the server's role has the rights it needs and no others, which development can do without. */
export function checkDatabase(
  { versionNumber, role, ...rights }: RoleFacts,
  { isDevelopment }: { isDevelopment: boolean },
): Finding[] {
  const major = Math.floor(versionNumber / 10_000);
  const found: Finding[] = [];
  if (major < oldestMajor)
    found.push(wrong(`It is PostgreSQL ${major}.`, `Curfew needs PostgreSQL ${oldestMajor} or later.`));
  const excess = findExcess(rights);
  if (excess) found.push((isDevelopment ? warning : wrong)(`The role ${role} ${excess}.`, advice));
  if (!rights.isServer)
    found.push(
      wrong(
        `The role ${role} is no member of curfew_server.`,
        `As its owner: grant curfew_server to ${role};`,
      ),
    );
  if (rights.attributes.length > 0 && !excess)
    found.push(
      warning(
        `The role ${role} has ${rights.attributes.join(', ')}.`,
        `As a superuser: alter role ${role} no${rights.attributes.join(' no')};`,
      ),
    );
  if (found.length > 0) return found;
  return [good(`PostgreSQL ${major} answers; the role ${role} has the rights of a server and no others.`)];
}

/** More than a server may do, worst first. */
function findExcess({
  isSuperuser,
  ownsTables,
  mayRewriteTrail,
}: Pick<RoleFacts, 'isSuperuser' | 'ownsTables' | 'mayRewriteTrail'>): string | undefined {
  if (isSuperuser) return 'is a superuser';
  if (ownsTables) return 'owns the tables';
  return mayRewriteTrail ? 'may rewrite the audit trail' : undefined;
}
