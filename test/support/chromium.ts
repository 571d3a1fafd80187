import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { unpackChromium } from './chromium_package.ts';

export interface RunningChromium {
  browser: Browser;
  close(): Promise<void>;
}

/** The one without windows first: it takes a third of the CPU. */
const programs = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
];
const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/bin', '/snap/bin'];
const applications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Quiet, and without a GPU. Playwright adds `--headless` and `--no-sandbox`, which root needs. */
const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Milliseconds in which it must start: only a failure takes so long. */
const timeout = 120_000;

let running: Promise<RunningChromium> | undefined;

after('close Chromium', async () => {
  await (await running)?.close();
});

/** The one browser of this run; it closes after the last test. A test opens a context of its own. */
export async function launchChromium(): Promise<Browser> {
  running ??= startAny();
  return (await running).browser;
}

/** `CHROMIUM_PATH` and nothing else, if it is set; else one of this machine's; else the one that npm brings. */
async function startAny(): Promise<RunningChromium> {
  const { CHROMIUM_PATH: named } = process.env;
  if (named) return await startInstalled(named);
  const failures: unknown[] = [];
  for (const program of listInstalled()) {
    try {
      return await startInstalled(program);
    } catch (failure) {
      // A program of that name may be no more than advice to install one.
      failures.push(failure);
    }
  }
  try {
    return await startPackaged();
  } catch (failure) {
    failures.push(failure);
    throw new AggregateError(failures, 'No Chromium starts: set CHROMIUM_PATH to one.', { cause: failure });
  }
}

function listInstalled(): string[] {
  const found = programs.flatMap((program) => folders.map((folder) => path.join(folder, program)));
  return [...new Set([...found, ...applications])].filter((file) => existsSync(file));
}

async function startInstalled(program: string): Promise<RunningChromium> {
  const browser = await chromium.launch({ executablePath: program, args: flags, timeout });
  return { browser, close: () => browser.close() };
}

/** The Chromium of `@sparticuz/chromium`, unpacked for as long as it runs. */
export async function startPackaged(): Promise<RunningChromium> {
  const { program, environment, remove } = await unpackChromium();
  try {
    const env = { ...process.env, ...environment };
    const browser = await chromium.launch({ executablePath: program, args: flags, env, timeout });
    return {
      browser,
      async close() {
        await browser.close();
        await remove();
      },
    };
  } catch (failure) {
    await remove();
    throw failure;
  }
}
