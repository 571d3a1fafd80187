// What `npm run build` does: compile src and views to dist/, and put beside them what they read at run
// time. dist/ mirrors the repository, so that a path relative to a file means the same in both.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
const compiler = ['node_modules/typescript/bin/tsc', '-p', 'docker/tsconfig.json'];
const { status } = spawnSync(process.execPath, compiler, { cwd: root, stdio: 'inherit' });
if (status !== 0) process.exit(1);
for (const folder of ['src', 'views']) copyFiles(folder, (name) => !/\.(ts|md)$/.test(name));
copyFiles('migrations', (name) => /^\d{4}_/.test(name));

/**
 * Contents alone: a mode that shuts others out here would shut out the user of an image.
 * @param {string} folder @param {(name: string) => boolean} isNeeded
 */
function copyFiles(folder, isNeeded) {
  for (const entry of readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !isNeeded(entry.name)) continue;
    const target = path.join(dist, path.relative(root, entry.parentPath));
    mkdirSync(target, { recursive: true });
    writeFileSync(path.join(target, entry.name), readFileSync(path.join(entry.parentPath, entry.name)));
  }
}
