#!/usr/bin/env node
// In a checkout the TypeScript sources run as they are; a build has main.js beside this file instead.
import { existsSync } from 'node:fs';

if (existsSync(new URL('./main.ts', import.meta.url))) {
  const { register } = await import('tsx/esm/api');
  register();
  await import('./main.ts');
} else {
  await import('./main.js');
}
