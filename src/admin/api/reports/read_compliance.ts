import { z } from 'zod';
import { renderCompliancePage } from '../../../reports/render_compliance_page.ts';
import { reportCompliance } from '../../../reports/report_compliance.ts';
import { defineRoute } from '../route.ts';
import { complianceAnswer, describeCompliance } from './compliance_answer.ts';

const asked = {
  method: 'GET',
  scope: 'curfew:read',
  query: z.strictObject({ policy: z.string().min(1).max(200).exactOptional() }),
  problems: ['not_found'],
} as const;

export const readCompliance = defineRoute({
  ...asked,
  path: '/reports/compliance',
  operationId: 'readCompliance',
  summary: 'Policies and the running configuration, held against the baselines that policies claim.',
  answer: complianceAnswer,
  async handle({ tx, query }, { fixedFacts, configuration }) {
    const question = { ...query, configuration: await configuration() };
    return { body: describeCompliance(await reportCompliance(tx, fixedFacts, question)) };
  },
});

export const readCompliancePage = defineRoute({
  ...asked,
  path: '/reports/compliance.html',
  operationId: 'readCompliancePage',
  summary: 'The same as a page that loads nothing: to save, or to print.',
  type: 'text/html',
  answer: z.string(),
  async handle({ tx, query }, { fixedFacts, configuration }) {
    const question = { ...query, configuration: await configuration() };
    return { body: renderCompliancePage(await reportCompliance(tx, fixedFacts, question)) };
  },
});
