import type { FindingKind } from '../../src/domain/control_findings.ts';

/** One change of the text of a source file, or, of `refresh_commit`, of the function in the database. */
interface Break {
  file: string;
  from: string;
  to: string;
}

export interface BrokenGate {
  name: string;
  breaks: readonly Break[];
  /** What happens then, by name: `acts` of the test. */
  act: 'leave' | 'keep alive' | 'end the session' | 'revoke' | 'take the role' | 'look at a token';
  finds: readonly FindingKind[];
}

const lifetime = 'src/policy/evaluate_lifetime.ts';
const verdict = 'src/policy/evaluate_refresh.ts';
/** Where the write asserts again what the decision rested on. */
export const commit = 'refresh_commit';

/** Ways in which the gate could fail, each in all the places that would otherwise make up for it. */
export const brokenGates: readonly BrokenGate[] = [
  {
    name: 'no idle limit ever passes',
    breaks: [
      {
        file: lifetime,
        from: 'const endAt = Math.min(absoluteEndAt, idleEnd.at);',
        to: 'const endAt = absoluteEndAt;',
      },
      {
        file: commit,
        from: 'if v_now >= v_activity + make_interval(secs => p_refresh_idle)',
        to: 'if false',
      },
      {
        file: commit,
        from: 'or v_now >= v_session.last_activity_at + make_interval(secs => p_session_idle)',
        to: '',
      },
    ],
    act: 'leave',
    finds: ['family_past_limit', 'session_past_limit'],
  },
  {
    name: 'no absolute limit ever passes',
    breaks: [
      {
        file: lifetime,
        from: 'const endAt = Math.min(absoluteEndAt, idleEnd.at);',
        to: 'const endAt = idleEnd.at;',
      },
      {
        file: commit,
        from: 'or v_now >= v_family.started_at + make_interval(secs => p_refresh_absolute)',
        to: '',
      },
    ],
    act: 'keep alive',
    finds: ['family_past_limit'],
  },
  {
    name: 'the end of a session leaves its families',
    breaks: [
      {
        file: 'src/operations/end_session.ts',
        from: 'families.filter(({ family }) => family.bound)',
        to: '[]',
      },
      { file: lifetime, from: 'if (!family.bound) return own;', to: 'return own;' },
      { file: commit, from: 'v_session.session_id is null or v_session.ended_at is not null', to: 'false' },
    ],
    act: 'end the session',
    finds: ['family_outlived_session', 'used_after_end'],
  },
  {
    name: 'an ended family still refreshes',
    breaks: [
      { file: verdict, from: '  endedFamily,\n', to: '' },
      { file: lifetime, from: 'if (family.end) return { over: true, end: family.end };', to: '' },
      { file: commit, from: 'or v_family.ended_at is not null', to: '' },
    ],
    act: 'revoke',
    finds: ['used_after_end'],
  },
  {
    name: 'a scope stays when its role is gone',
    breaks: [
      {
        file: 'src/policy/evaluate_scopes.ts',
        from: 'if (!hasScopeRole(configuration, name, question.roles)) answer.withdrawn.push(name);\n    else if',
        to: 'if',
      },
      {
        file: 'src/provider/resource_servers.ts',
        from: '(!account || hasScopeRole(configuration, scope, account.roles)) &&',
        to: '',
      },
    ],
    act: 'take the role',
    finds: ['scope_outlived_role'],
  },
  {
    name: 'an access token lives for a day, whatever its policy says',
    breaks: [
      {
        file: 'src/provider/token_lifetimes.ts',
        from: 'AccessToken: () => cappedLifetime(findRequestContext(), accessTokenTtl(findRequestContext())),',
        to: 'AccessToken: () => 86_400,',
      },
    ],
    act: 'look at a token',
    finds: ['token_past_limit'],
  },
];
