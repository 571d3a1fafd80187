import { parse } from 'yaml';
import { readDockerText } from './read_dockerfile.ts';

export interface ComposeService {
  image: string;
  command?: string[];
  user?: string;
  environment?: Record<string, string>;
  secrets?: string[];
  configs?: { source: string; target: string }[];
  networks: string[];
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[] };
  read_only?: boolean;
  cap_drop?: string[];
}

export interface ComposeFile {
  services: Record<string, ComposeService>;
  secrets: Record<string, { file: string }>;
  configs: Record<string, { file: string }>;
  networks: Record<string, { internal?: boolean }>;
}

/** The compose file with merge keys resolved; variables stand as they are written. */
export const compose = parse(readDockerText('compose.yaml'), { merge: true }) as ComposeFile;

export function getService(name: string): ComposeService {
  const service = compose.services[name];
  if (!service) throw new Error(`compose.yaml has no ${name}.`);
  return service;
}

/** A service's environment where the shell that calls Compose sets nothing: `${NAME:-default}` is its default. */
export function readEnvironmentOf(name: string): Record<string, string> {
  const entries = Object.entries(getService(name).environment ?? {});
  return Object.fromEntries(entries.map(([key, value]) => [key, value.replace(/\$\{\w+:-([^}]*)\}/g, '$1')]));
}
