import type { AdminApi, Json } from './admin_api.ts';

/** What a command was called with, as commander read it. */
export interface RemoteCall {
  api: AdminApi;
  /** In their order; one that takes several is a list. */
  args: readonly (string | readonly string[] | undefined)[];
  options: Readonly<Record<string, unknown>>;
  /** It was called wrongly: say so, and exit with 2. */
  refuse(message: string): never;
}

export interface RemoteCommand {
  /** Names of the options that mean something there, beside `--json`. */
  options?: readonly string[];
  /** Members that a table shows, of an answer that is one or has one as `rows`; without: all. */
  columns?: readonly string[];
  /** Undefined: it has printed itself what there is to print. */
  run(call: RemoteCall): Promise<Json | readonly Json[] | undefined>;
  /** Throws once the answer is printed, where it is told by the exit code, too. */
  judge?(answer: Json | readonly Json[]): void;
}

/** A part of a path. */
export const segment = (id: unknown): string => encodeURIComponent(String(id));

/** The whole of a list that has no pages. */
export const itemsOf = ({ items }: Json): Json[] => items as Json[];
