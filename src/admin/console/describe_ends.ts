import type { Context } from 'koa';
import type { EndsEstimate } from '../../operations/estimate_ends.ts';
import type { EndsProps } from '../../../views/console/end_table.ts';
import { readQuery } from './query.ts';

/** Whether a page that says what would end is to count every one, however long that takes. */
export const wishesExact = (ctx: Context): boolean => readQuery(ctx, 'exact') === '1';

/** What would end, and where it is counted to the row if that was not done. */
export function describeEnds(ctx: Context, { ends, isExact, sessions, families }: EndsEstimate): EndsProps {
  const query = new URLSearchParams(ctx.querystring);
  query.set('exact', '1');
  return {
    rows: ends.map((end) => ({ ...end, policy: end.policy ?? 'None' })),
    ...(isExact ? {} : { sample: { sessions, families, countUrl: `${ctx.path}?${query.toString()}` } }),
  };
}
