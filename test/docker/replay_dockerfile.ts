import { chmod, cp, mkdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { runToEnd } from './processes.ts';
import { getInstruction, readDockerText, root } from './read_dockerfile.ts';
import type { Instruction, Stage } from './read_dockerfile.ts';

/**
 * Do in `folder` what the stages do, without the images they start from: COPY as a plain copy out of what
 * the ignore file lets through, RUN as a command on this machine, WORKDIR as a folder, the rest not at all.
 * Resolves to the folder that is the image's WORKDIR.
 */
export async function replayDockerfile(stages: readonly Stage[], folder: string): Promise<string> {
  const context = join(folder, 'context');
  await copyContext(readDockerText('Dockerfile.dockerignore'), context);
  const replayed = new Map<string, Promise<string>>();
  let image = Promise.resolve('');
  for (const [index, stage] of stages.entries()) {
    const name = stage.name ?? String(index);
    image = replayStage(stage, join(folder, name), async (from) => {
      const source = from === undefined ? context : await replayed.get(from);
      if (source === undefined) throw new Error(`COPY --from=${from}: no stage before it has that name.`);
      return source;
    });
    replayed.set(name, image);
  }
  await Promise.all(replayed.values());
  const last = stages.at(-1);
  if (!last) throw new Error('No stage.');
  return join(await image, getInstruction(last, 'WORKDIR').text);
}

async function replayStage(
  stage: Stage,
  stageRoot: string,
  getSource: (from: string | undefined) => Promise<string>,
): Promise<string> {
  await mkdir(stageRoot, { recursive: true });
  let directory = stageRoot;
  for (const instruction of stage.instructions) {
    const { keyword, text, flags } = instruction;
    if (keyword === 'WORKDIR') {
      directory = join(stageRoot, text);
      await mkdir(directory, { recursive: true });
    } else if (keyword === 'COPY') {
      await copy(instruction, await getSource(flags.get('from')), directory);
    } else if (keyword === 'RUN') await run(instruction, directory);
  }
  return stageRoot;
}

/** As Docker does it: a folder stands for what is in it. */
async function copy({ args, flags }: Instruction, source: string, directory: string): Promise<void> {
  const target = args.at(-1) ?? '';
  for (const path of args.slice(0, -1)) {
    const from = join(source, path);
    const isFolder = (await stat(from)).isDirectory();
    const to = resolve(directory, target, !isFolder && target.endsWith('/') ? basename(path) : '');
    await cp(from, to, { recursive: true, verbatimSymlinks: true });
    const mode = flags.get('chmod');
    if (mode !== undefined) await chmod(to, Number.parseInt(mode, 8));
  }
}

/** On this machine, and so nothing but npm, which keeps to the folder and its own cache. */
async function run({ args }: Instruction, directory: string): Promise<void> {
  const command = args.join(' ');
  if (!/^npm (ci|run) [\w =-]+$/.test(command)) throw new Error(`RUN ${command} is not replayed here.`);
  const env = buildEnvironment();
  const { code, output } = await runToEnd(['sh', '-c', `umask 022 && ${command}`], { cwd: directory, env });
  if (code !== 0) throw new Error(`RUN ${command} ended with ${code}:\n${output}`);
}

/** The registry, the cache and the way there are this machine's; nothing else of the `npm` that runs the tests. */
function buildEnvironment(): NodeJS.ProcessEnv {
  const foreign =
    /^(node_|curfew_|test_|npm_(?!config_)|npm_config_(omit|include|only|production|.*prefix)$)/i;
  const entries = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  const path = (process.env.PATH ?? '').split(':').filter((part) => !part.includes('node_modules'));
  return { ...Object.fromEntries(entries), PATH: path.join(':') };
}

async function copyContext(ignoreFile: string, context: string): Promise<void> {
  const { included, isExcluded } = parseIgnoreFile(ignoreFile);
  for (const path of included) {
    const filter = (source: string) => !isExcluded(basename(source));
    await cp(join(root, path), join(context, path), { recursive: true, filter });
  }
}

/** An ignore file that shuts out everything, lets paths in again, and shuts out some names below them. */
export function parseIgnoreFile(text: string): {
  included: readonly string[];
  isExcluded: (name: string) => boolean;
} {
  const [first, ...patterns] = text.split('\n').filter((line) => line && !line.startsWith('#'));
  if (first !== '*') throw new Error('The ignore file does not begin with *.');
  const included = patterns.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  const names = patterns.filter((line) => !line.startsWith('!')).map(readNamePattern);
  return { included, isExcluded: (name) => names.some((pattern) => pattern.test(name)) };
}

function readNamePattern(pattern: string): RegExp {
  const name = /^\*\*\/([\w.*-]+)$/.exec(pattern)?.[1];
  if (name === undefined) throw new Error(`The pattern ${pattern} is none that is known here.`);
  return new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
}
