import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { hashToken } from '../../credentials/token_hash.ts';

export interface KeptTokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Where the tokens of one server are kept: below `XDG_STATE_HOME` (XDG Base Directory Specification 0.8), a file a server. */
export function tokensFile(url: string, stateHome = process.env.XDG_STATE_HOME): string {
  const base = stateHome === undefined || stateHome === '' ? join(homedir(), '.local', 'state') : stateHome;
  return join(base, 'curfew', `${hashToken(url).toString('hex')}.json`);
}

/** What an earlier command kept; undefined: nothing, or nothing that can be read. */
export function readTokens(file: string): KeptTokens | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as KeptTokens;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
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
