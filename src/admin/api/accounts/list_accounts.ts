import { z } from 'zod';
import { pageAccounts } from '../../../store/account_pages.ts';
import { writeCursor } from '../../cursor.ts';
import { pageOf, pageQuery, readCursor } from '../page.ts';
import { defineRoute } from '../route.ts';
import { accountSchema, describeAccount } from './account_schema.ts';

export const listAccounts = defineRoute({
  method: 'GET',
  path: '/accounts',
  operationId: 'listAccounts',
  summary:
    'Accounts in the order of their usernames. With a role that many have a page may be short, or empty, although more follow.',
  scope: 'curfew:read',
  query: pageQuery.extend({
    username: z.string().min(1).max(200).exactOptional().meta({ description: 'The username begins so.' }),
    after: z.string().min(1).max(200).exactOptional().meta({
      description: 'Only usernames that come after this one; a cursor goes before it.',
    }),
    role: z.string().min(1).max(100).exactOptional(),
  }),
  answer: pageOf(accountSchema),
  async handle({ tx, query: { limit, cursor, username, after: name, role } }) {
    const after = readCursor(cursor, z.string()) ?? name?.toLowerCase();
    const { accounts, next } = await pageAccounts(tx, { prefix: username, role, after, most: limit });
    const items = accounts.map(describeAccount);
    return { body: { items, ...(next === undefined ? {} : { next_cursor: writeCursor(next) }) } };
  },
});
