import { defineRoute } from '../route.ts';
import { reportControls } from '../../../reports/report_controls.ts';
import { controlsAnswer, describeControls } from './controls_answer.ts';

export const readControls = defineRoute({
  method: 'GET',
  path: '/reports/controls',
  operationId: 'readControls',
  summary: 'What the detective control found: whether anything lives past its limit.',
  scope: 'curfew:read',
  answer: controlsAnswer,
  handle: async ({ tx }) => ({ body: describeControls(await reportControls(tx)) }),
});
