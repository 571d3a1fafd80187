import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface KeptTokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** What an earlier run kept; undefined: nothing. */
export function readTokens(file: string): KeptTokens | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as KeptTokens;
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fault;
  }
}

/** For this user alone, and whole or not at all. */
export function writeTokens(file: string, tokens: KeptTokens): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const own = `${file}.${process.pid}`;
  writeFileSync(own, JSON.stringify(tokens), { mode: 0o600 });
  chmodSync(own, 0o600);
  renameSync(own, file);
}

export function forgetTokens(file: string): void {
  rmSync(file, { force: true });
}
