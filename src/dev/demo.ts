import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Passwords and the demo app's secret: made once, kept in the data directory, mode 0600. */
export interface DemoSecrets {
  DEMO_CLIENT_SECRET: string;
  DEMO_ADA_PASSWORD: string;
  DEMO_GRACE_PASSWORD: string;
  DEMO_OLGA_PASSWORD: string;
}

export function readDemoSecrets(dataDirectory: string): DemoSecrets {
  const keep = (file: string, make: () => Partial<DemoSecrets>) =>
    JSON.parse(keepFile(path.join(dataDirectory, file), () => JSON.stringify(make()))) as object;
  return {
    ...keep('demo.json', () => ({
      DEMO_CLIENT_SECRET: randomBytes(32).toString('base64url'),
      DEMO_ADA_PASSWORD: makePassword(),
      DEMO_GRACE_PASSWORD: makePassword(),
    })),
    // A file of its own: there are older ones without an operator.
    ...keep('demo_operator.json', () => ({ DEMO_OLGA_PASSWORD: makePassword() })),
  } as DemoSecrets;
}

/** The server's secret where none is given: made once and kept, mode 0600. */
export function readDevelopmentSecret(dataDirectory: string): Buffer {
  const text = keepFile(path.join(dataDirectory, 'secret'), () => randomBytes(32).toString('base64'));
  return Buffer.from(text, 'base64');
}

/** The one that is kept already. */
export function findDevelopmentSecret(dataDirectory: string): Buffer | undefined {
  const text = readIfThere(path.join(dataDirectory, 'secret'));
  return text === undefined ? undefined : Buffer.from(text, 'base64');
}

/** The demo configuration for a demo app at `demoUrl`. */
export function readDemoConfiguration(demoUrl: string): string {
  return readFileSync(fileURLToPath(new URL('demo.yaml', import.meta.url)), 'utf8').replaceAll(
    '${DEMO_URL}',
    demoUrl,
  );
}

/** Several starts may come at once: the file appears with all of its content, and what all read is the first one's. */
function keepFile(file: string, make: () => string): string {
  const kept = readIfThere(file);
  if (kept !== undefined) return kept;

  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const own = `${file}.${process.pid}`;
  writeFileSync(own, make(), { mode: 0o600 });
  try {
    linkSync(own, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(own);
  }
  return readFileSync(file, 'utf8');
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}

/** Easy to read and type, 20 random letters and digits without look-alikes: about 98 bits. */
function makePassword(): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
  const letters = Array.from(randomBytes(60))
    .filter((byte) => byte < 248)
    .slice(0, 20);
  return letters
    .map((byte) => alphabet[byte % alphabet.length])
    .join('')
    .replace(/(.{5})(?=.)/g, '$1-');
}
