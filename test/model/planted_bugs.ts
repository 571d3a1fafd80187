/** One change of the text of a file; of an SQL function, in the migration that defined it last. */
export interface Edit {
  file: string | { sqlFunction: string };
  from: string;
  to: string;
}

/** A mistake that somebody could make, complete in all the places that would otherwise make up for it. */
export interface PlantedBug {
  name: string;
  edits: Edit[];
}

const commit = { sqlFunction: 'refresh_commit' };

export const plantedBugs: PlantedBug[] = [
  {
    name: 'the overlap slides: it counts from the last use',
    edits: [
      {
        file: commit,
        from: '    if not v_free_retry then\n',
        to: '    update refresh_tokens t set rotated_at = v_now where t.token_hash = p_token_hash;\n    if not v_free_retry then\n',
      },
    ],
  },
  {
    name: 'one retry too many is served',
    edits: [
      {
        file: 'src/policy/evaluate_refresh.ts',
        from: 'export const countedRetries = 5;',
        to: 'export const countedRetries = 6;',
      },
      { file: commit, from: 'v_token.retries < 5', to: 'v_token.retries < 6' },
    ],
  },
  {
    name: 'a limit is over after its moment, not at it',
    edits: [
      {
        file: 'src/policy/evaluate_lifetime.ts',
        from: '  if (now < endAt) return { over: false',
        to: '  if (now <= endAt) return { over: false',
      },
      { file: commit, from: 'v_now >= ', to: 'v_now > ' },
    ],
  },
  {
    name: 'two rows of the table of verdicts are swapped',
    edits: [
      {
        file: 'src/policy/evaluate_refresh.ts',
        from: '  reusedToken,\n  endedFamily,\n',
        to: '  endedFamily,\n  reusedToken,\n',
      },
    ],
  },
  {
    name: 'the write rests on what was read before the lock was waited for',
    edits: [
      {
        file: commit,
        from: `  select f.* into v_family from families f
    where f.family_id = (select t.family_id from refresh_tokens t where t.token_hash = p_token_hash)
    for no key update;
`,
        to: `  select f.* into v_family from families f
    where f.family_id = (select t.family_id from refresh_tokens t where t.token_hash = p_token_hash);
  perform from families f where f.family_id = v_family.family_id for no key update;
`,
      },
    ],
  },
  {
    name: 'a later reason overwrites the one that a family ended for',
    edits: [
      {
        file: 'src/policy/evaluate_lifetime.ts',
        from: '  if (family.end) return { over: true, end: family.end };\n',
        to: '',
      },
      {
        file: 'src/store/families.ts',
        from: 'where f.family_id = e.id and f.ended_at is null returning',
        to: 'where f.family_id = e.id returning',
      },
      {
        file: 'src/store/families.ts',
        from: 'select from families f where f.ended_at is null and ${condition} order by',
        to: 'select from families f where ${condition} order by',
      },
      {
        file: 'src/store/families.ts',
        from: 'where f.ended_at is null and ${condition} order by f.family_id`',
        to: 'where ${condition} order by f.family_id`',
      },
    ],
  },
];
