/**
 * What operators' pages and lists take, and whether that grows with what is stored: `node --import tsx bench/console.ts
 * [--short] [--json] [--only <part of addresses>]`. See README.md.
 */
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { listQuestions } from './subjects/console_questions.ts';
import type { Question } from './subjects/console_questions.ts';
import { fillCompany } from './subjects/fill_company.ts';
import type { Company } from './subjects/fill_company.ts';
import { prepareOperator } from './subjects/operator.ts';
import type { BenchOperator } from './subjects/operator.ts';
import { withCluster } from './support/cluster.ts';
import type { Cluster } from './support/cluster.ts';
import { percentile } from './support/figures.ts';
import { describeMachine } from './support/machine.ts';

const wholeCompany: Company = {
  accounts: 1_000_000,
  clients: 10_000,
  sessions: 300_000,
  events: 1_000_000,
};
const shortCompany: Company = { accounts: 20_000, clients: 200, sessions: 6000, events: 20_000 };
const tenthOf = ({ accounts, clients, sessions, events }: Company): Company => ({
  accounts: accounts / 10,
  clients: clients / 10,
  sessions: sessions / 10,
  events: events / 10,
});

const wholeTimes = 20;
const shortTimes = 5;
const warmUps = 2;
/** Milliseconds of a page's 95th percentile. */
const goal = 300;
/** A page grows whose median is more than this multiple of that of a tenth, and so many milliseconds above it. */
const growth = { ratio: 2, milliseconds: 20 };
const neededBytes = 8 * 2 ** 30;

interface Page {
  address: string;
  isFile: boolean;
  /** In milliseconds, ascending: with a tenth of everything, and with all. */
  small: number[];
  large: number[];
  faults: string[];
}

async function measurePages(
  small: BenchOperator,
  large: BenchOperator,
  questions: readonly Question[],
  times: number,
): Promise<Page[]> {
  const pages = questions.map(
    ({ address, isFile }): Page => ({ address, isFile, small: [], large: [], faults: [] }),
  );
  for (let round = -warmUps; round < times; round += 1) {
    process.stderr.write(`round ${round + 1} of ${times}\n`);
    for (const [at, question] of questions.entries()) {
      const page = pages[at];
      if (!page || page.faults.length > 0 || isHopeless(page)) continue;
      // In turn, so that both meet the same machine.
      for (const [operator, measured] of [
        [small, page.small],
        [large, page.large],
      ] as const) {
        const { milliseconds, fault } = await operator.ask(question);
        if (fault !== undefined) page.faults.push(fault);
        else if (round >= 0) measured.push(milliseconds);
      }
    }
  }
  const ascending = (values: readonly number[]) => values.toSorted((a, b) => a - b);
  return pages.map((page) => ({ ...page, small: ascending(page.small), large: ascending(page.large) }));
}

/** Asked no more: the answer is known. */
const isHopeless = ({ large }: Page): boolean =>
  large.length > 2 && large.every((value) => value > 10 * goal);

async function fill(cluster: Cluster, company: Company): Promise<() => Promise<BenchOperator>> {
  process.stderr.write(`filling ${company.accounts} accounts and ${company.clients} clients\n`);
  const { open } = await prepareOperator(cluster);
  await fillCompany(cluster, company, (line) => void process.stderr.write(`${line}\n`));
  return open;
}

async function measureAll(company: Company, questions: readonly Question[], times: number) {
  return await withCluster((smallCluster) =>
    withCluster(async (largeCluster) => {
      const machine = await describeMachine(largeCluster);
      const openSmall = await fill(smallCluster, tenthOf(company));
      const openLarge = await fill(largeCluster, company);
      const small = await openSmall();
      const large = await openLarge();
      try {
        return { machine, company, times, pages: await measurePages(small, large, questions, times) };
      } finally {
        await small.close();
        await large.close();
      }
    }),
  );
}

type Measured = Awaited<ReturnType<typeof measureAll>>;

function judge({ small, large }: Page) {
  const [before, now] = [percentile(small, 0.5), percentile(large, 0.5)];
  return {
    before,
    now,
    p95: percentile(large, 0.95),
    grows: now > before * growth.ratio && now - before > growth.milliseconds,
  };
}

function describe({ machine, company, times, pages }: Measured): string {
  const measured = pages.filter(({ small, large }) => small.length > 0 && large.length > 0);
  const width = Math.min(90, Math.max(...measured.map(({ address }) => address.length)));
  const rows = measured.map((page) => {
    const { before, now, p95, grows } = judge(page);
    const notes = [page.isFile ? 'file, its beginning' : '', grows ? 'grows' : '', p95 >= goal ? 'slow' : ''];
    return [
      page.address.slice(0, width).padEnd(width),
      ...[before, now, p95].map((value) => value.toFixed(1).padStart(8)),
      notes.filter(Boolean).join(', '),
    ].join('  ');
  });
  const slow = measured.filter((page) => judge(page).p95 >= goal).length;
  const growing = measured.filter((page) => judge(page).grows).length;
  const { accounts, clients, sessions, events } = company;
  return [
    `${machine.cores} cores (${machine.processor}), Node ${machine.node}, PostgreSQL ${machine.postgres}, load ${machine.load}`,
    `${accounts} accounts, ${clients} clients, ${sessions} sessions, ${events} events, and a tenth of each; ${times} times, ms`,
    `${''.padEnd(width)}  p50 of 1/10   p50      p95`,
    ...rows,
    '',
    `${measured.length} pages and lists; with a 95th percentile of ${goal} ms and more: ${slow} (goal: 0, ${slow === 0 ? 'met' : 'missed'})`,
    `whose median more than doubles from a tenth of it all, by ${growth.milliseconds} ms and more: ${growing} (goal: 0, ${growing === 0 ? 'met' : 'missed'})`,
    '',
  ].join('\n');
}

async function assertDisk(): Promise<void> {
  const { bavail, bsize } = await statfs(tmpdir());
  const inGiB = (bytes: number) => `${Math.ceil(bytes / 2 ** 30)} GiB`;
  if (bavail * bsize < neededBytes)
    throw new Error(
      `It takes ${inGiB(neededBytes)} of disk, and ${tmpdir()} has ${inGiB(bavail * bsize)} free.`,
    );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
    },
  });
  if (!values.short) await assertDisk();
  const questions = listQuestions().filter(({ address }) => address.includes(values.only));
  const [company, times] = values.short ? [shortCompany, shortTimes] : [wholeCompany, wholeTimes];
  const measured = await measureAll(company, questions, times);
  process.stdout.write(values.json ? `${JSON.stringify(measured, undefined, 2)}\n` : describe(measured));
  const faults = measured.pages.flatMap(({ address, faults: [fault] }) =>
    fault === undefined ? [] : [`${address}: ${fault}`],
  );
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  if (faults.length > 0) process.exitCode = 1;
}

await main();
