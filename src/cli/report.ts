import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { parseDuration } from '../domain/durations.ts';
import { parseWeight, prematureWithin, returnHorizon } from '../domain/usage.ts';
import { Problem } from '../domain/problems.ts';
import { readControls } from '../controls/read_controls.ts';
import { renderComplianceText } from '../reports/describe_compliance.ts';
import { renderControlsText } from '../reports/describe_controls.ts';
import { renderIdleHoldingsText } from '../reports/describe_idle_holdings.ts';
import { renderUsageText } from '../reports/describe_usage.ts';
import { renderTimeoutsText } from '../reports/describe_timeouts.ts';
import { renderCompliancePage } from '../reports/render_compliance_page.ts';
import { reportCompliance } from '../reports/report_compliance.ts';
import { reportIdleHoldings } from '../reports/report_idle_holdings.ts';
import { reportUsage } from '../reports/report_usage.ts';
import type { UsageQuestion } from '../reports/report_usage.ts';
import { defaultWeight } from '../policy/suggest_limit.ts';
import { reportTimeouts } from '../reports/report_timeouts.ts';
import type { TimeoutQuestion } from '../reports/report_timeouts.ts';
import { renderMonthlyPage, sayMonth, summariseMonth } from '../reports/render_monthly_page.ts';
import { reportMonthly } from '../reports/report_monthly.ts';
import { sendReport } from '../delivery/send_report.ts';
import { fixedFacts } from './fixed_facts.ts';
import { mailSettings } from './mail_settings.ts';
import { noteDemoData } from './note_demo_data.ts';
import { withDatabase } from './open_database.ts';
import { printText } from './print_text.ts';

export function addReportCommands(program: Command): void {
  const report = program.command('report').description('what can be told from what is stored');
  report
    .command('compliance')
    .description('hold policies against the baselines that they claim; exit 1 where one is missed')
    .option('--policy <name>', 'one policy alone')
    .option('--json', 'print one JSON document')
    .option('--html', 'print a page to save or to print on paper')
    .action(async (options: { policy?: string; json?: true; html?: true }, command: Command) => {
      if (options.json && options.html) command.error('error: say --json or --html');
      const environment = readEnvironment(process.env, 'tool');
      await withDatabase(environment, async (database) => {
        const found = await reportCompliance(database, fixedFacts(environment), options);
        if (options.json) process.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`);
        else process.stdout.write(options.html ? renderCompliancePage(found) : renderComplianceText(found));
        const { fail } = found.counts;
        if (fail > 0)
          throw new Problem('baseline_missed', `${fail} requirements are not met, nor justified.`);
      });
    });

  report
    .command('controls')
    .description(
      'what the detective control found: whether anything lives past its limit; exit 1 where something does',
    )
    .option('--json', 'print one JSON document')
    .action(async ({ json }: { json?: true }) => {
      await withDatabase(readEnvironment(process.env, 'tool'), async (database) => {
        const state = await readControls(database);
        process.stdout.write(json ? `${JSON.stringify(state, undefined, 2)}\n` : renderControlsText(state));
        const total = state.findings.reduce((sum, { count }) => sum + count, 0);
        if (total > 0) throw new Problem('control_failed', `The control found ${total}.`);
      });
    });

  report
    .command('timeouts')
    .description('limits that ended what was still wanted: their users signed in again at once')
    .option(
      '--since <duration>',
      'how far back to look: 8h, 30d; the first day counts whole',
      readDuration,
      30 * 86_400,
    )
    .option(
      '--within <duration>',
      'how soon after the end a sign-in counts, at most 1d',
      readWithin,
      prematureWithin,
    )
    .addOption(
      new Option('--by <what>', 'what to tell apart beside policies')
        .choices(['policy', 'client', 'role'])
        .default('policy'),
    )
    .option('--json', 'print one JSON document')
    .action(async ({ json, ...question }: TimeoutQuestion & { json?: true }) => {
      await withDatabase(readEnvironment(process.env, 'tool'), async (database) => {
        const found = await reportTimeouts(database, question);
        await noteDemoData(database);
        process.stdout.write(json ? `${JSON.stringify(found, undefined, 2)}\n` : renderTimeoutsText(found));
      });
    });

  report
    .command('usage')
    .description('idle limits weighed: work that they interrupt against hours open for nobody')
    .option(
      '--since <duration>',
      'how far back to look: 8h, 30d; the first day counts whole',
      readDuration,
      30 * 86_400,
    )
    .option(
      '--weight <hours>',
      'hours open for nobody that one interruption weighs',
      readWeight,
      defaultWeight,
    )
    .addOption(
      new Option('--by <what>', 'what to tell apart beside policies')
        .choices(['policy', 'client', 'role'])
        .default('policy'),
    )
    .option('--json', 'print one JSON document')
    .action(async ({ json, ...question }: UsageQuestion & { json?: true }) => {
      await withDatabase(readEnvironment(process.env, 'tool'), async (database) => {
        const found = await reportUsage(database, question);
        const held = await reportIdleHoldings(database);
        await noteDemoData(database);
        process.stdout.write(
          json
            ? `${JSON.stringify({ ...found, held }, undefined, 2)}\n`
            : renderUsageText(found) + renderIdleHoldingsText(held),
        );
      });
    });

  report
    .command('monthly')
    .description('one page about a month, to save, to print or to mail: ends, refusals, limits, compliance')
    .option('--month <month>', 'such as 2026-10; the last one that is over unless told', readMonth)
    .option('--output <file>', 'write it there instead of to standard output')
    .option('--mail <address>', 'mail it there, by the mail server of the environment', readAddress)
    .action(tellMonth);
}

interface MonthlyOptions {
  month?: string;
  output?: string;
  mail?: string;
}

async function tellMonth({ month, output, mail }: MonthlyOptions): Promise<void> {
  const environment = readEnvironment(process.env, 'tool');
  const settings = mailSettings(environment);
  if (mail !== undefined && !settings)
    throw new Problem('mail_missing', 'There is no mail server: set CURFEW_SMTP_URL and CURFEW_MAIL_FROM.');
  await withDatabase(environment, async (database) => {
    const found = await reportMonthly(database, fixedFacts(environment), month);
    await noteDemoData(database);
    const html = renderMonthlyPage(found);
    if (output !== undefined || mail === undefined) printText(html, output);
    if (mail === undefined || !settings) return;
    await sendReport(settings, {
      to: mail,
      subject: `Curfew: access in ${sayMonth(found.month)}`,
      text: `${summariseMonth(found)}\n\nThe whole report is attached: open it in a browser, or print it.\n`,
      file: { name: `curfew-${found.month}.html`, html },
    });
    process.stderr.write(`Mailed to ${mail}.\n`);
  });
}

function readMonth(text: string): string {
  if (!/^20\d\d-(0[1-9]|1[0-2])$/.test(text))
    throw new InvalidArgumentError('It must be a month such as 2026-10.');
  return text;
}

function readAddress(text: string): string {
  if (!/^[^\s<>()[\]\\,;:"@]+@[^\s<>()[\]\\,;:"@]+$/.test(text))
    throw new InvalidArgumentError('It must be an e-mail address.');
  return text;
}

function readWeight(text: string): number {
  const hours = parseWeight(text);
  if (hours === undefined)
    throw new InvalidArgumentError('It must be a number of hours above 0, such as 0.5 or 2.');
  return hours;
}

function readWithin(text: string): number {
  const seconds = readDuration(text);
  if (seconds > returnHorizon) throw new InvalidArgumentError('It must be at most 1d.');
  return seconds;
}

function readDuration(text: string): number {
  const seconds = parseDuration(text);
  if (!seconds) throw new InvalidArgumentError('It must be a duration such as 90s, 15m, 8h or 30d.');
  return seconds;
}
