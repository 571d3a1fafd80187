import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { getInstruction, parseDockerfile, readDockerText, readExecForm, root } from './read_dockerfile.ts';
import type { Instruction, Stage } from './read_dockerfile.ts';
import { parseIgnoreFile } from './replay_dockerfile.ts';

const pinnedImage = /^[a-z0-9./-]+:\d[\w.-]*$/;
const secretName = /secret|passw|token|credential|api_?key|private_?key|database_url/i;

/** What the linter finds, and what these rules do. */
function listDockerfileFaults(source: string): string[] {
  const faults = validate(source).map(({ message }) =>
    typeof message === 'string' ? message : message.value,
  );
  const stages = parseDockerfile(source);
  for (const [index, stage] of stages.entries()) {
    const isStage = stages.slice(0, index).some(({ name }) => name === stage.image);
    if (!isStage && !pinnedImage.test(stage.image)) faults.push(`${stage.image} is no pinned image`);
    for (const instruction of stage.instructions) faults.push(...listInstructionFaults(instruction));
  }
  const last = stages.at(-1);
  return last ? [...faults, ...listImageFaults(last)] : [...faults, 'there is no stage'];
}

function listInstructionFaults({ keyword, args, text }: Instruction): string[] {
  const faults: string[] = [];
  if (keyword === 'ADD') faults.push('ADD, where COPY would do');
  if (['ENV', 'ARG'].includes(keyword) && secretName.test(text)) faults.push(`a secret in ${keyword}`);
  if (keyword === 'RUN' && args[0] === 'npm' && args[1] !== 'run') {
    if (args[1] !== 'ci') faults.push(`npm ${args[1]}, which the lock file does not bind`);
    if (!args.includes('--ignore-scripts')) faults.push('npm runs the install scripts of packages');
  }
  return faults;
}

/** Of the last stage, which is what is shipped. */
function listImageFaults({ instructions }: Stage): string[] {
  const faults: string[] = [];
  const keywords = instructions.map(({ keyword }) => keyword);
  const users = instructions.filter(({ keyword }) => keyword === 'USER');
  const user = /^(\d+)(:\d+)?$/.exec(users.at(-1)?.text ?? '')?.[1];
  if (user === undefined) faults.push('no USER by its number, which alone tells Kubernetes who it is');
  if (user === '0') faults.push('USER is root');
  if (keywords.includes('RUN')) faults.push('RUN in the stage that is shipped');
  for (const [keyword, needed] of Object.entries({ CMD: /^\[/, HEALTHCHECK: /^CMD \[/, STOPSIGNAL: /^\w/ })) {
    const given = instructions.findLast((instruction) => instruction.keyword === keyword);
    if (!given || !needed.test(given.text)) faults.push(`no ${keyword}, or not in exec form`);
  }
  return faults;
}

describe('the Dockerfile', () => {
  const source = readDockerText('Dockerfile');
  const stages = parseDockerfile(source);
  const last = stages.at(-1) as Stage;
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, string>;

  it('is free of faults', () => assert.deepEqual(listDockerfileFaults(source), []));

  it('builds and ships on one image, by its tag', () => {
    assert.deepEqual(new Set(stages.map(({ image }) => image)), new Set(['node:24-bookworm-slim']));
  });

  it('ships production dependencies alone', () => {
    const from = stages.find(({ name }) => name === 'dependencies') as Stage;
    const { args } = getInstruction(from, 'RUN');
    assert.ok(args.includes('--omit=dev') && args.includes('--omit=optional'), args.join(' '));
  });

  it('ships what runs `curfew serve` as the user of the image', () => {
    assert.deepEqual(readExecForm(getInstruction(last, 'CMD')), ['node', 'dist/src/bin.js', 'serve']);
    assert.equal(getInstruction(last, 'USER').text, '1000:1000');
    assert.equal(getInstruction(last, 'ENV').text, 'NODE_ENV=production');
    assert.equal(getInstruction(last, 'EXPOSE').text, '3000');
    assert.equal(getInstruction(last, 'STOPSIGNAL').text, 'SIGTERM');
    assert.match(readExecForm(getInstruction(last, 'HEALTHCHECK')).join(' '), /^node -e fetch\(.*\/healthz/);
  });

  it('carries the labels of package.json', () => {
    const labels = getInstruction(last, 'LABEL').text;
    for (const [label, value] of Object.entries({
      title: 'Curfew',
      description: manifest.description,
      version: manifest.version,
      licenses: manifest.license,
    }))
      assert.ok(labels.includes(`org.opencontainers.image.${label}="${value}"`), label);
  });

  it('copies what its ignore file lets through, and that lets through nothing else', () => {
    const { included } = parseIgnoreFile(readDockerText('Dockerfile.dockerignore'));
    const copied = stages
      .flatMap(({ instructions }) => instructions)
      .filter(({ keyword, flags }) => keyword === 'COPY' && !flags.has('from'))
      .flatMap(({ args }) => args.slice(0, -1));
    assert.deepEqual([...new Set(copied)].toSorted(), included.toSorted());
  });
});

describe('the checker of Dockerfiles', () => {
  const sound = `FROM node:24-bookworm-slim AS build
RUN npm ci --ignore-scripts
FROM node:24-bookworm-slim
COPY --from=build /app /app
USER 1000:1000
STOPSIGNAL SIGTERM
HEALTHCHECK CMD ["node", "-e", ""]
CMD ["node", "a.js"]
`;
  const refused: [from: string, to: string, fault: RegExp][] = [
    ['slim\nCOPY', 'slim\nADD a b\nCOPY', /^ADD/],
    ['FROM node:24-bookworm-slim\n', 'FROM node:latest\n', /^node:latest is no pinned/],
    ['FROM node:24-bookworm-slim\n', 'FROM node\n', /^node is no pinned/],
    ['USER 1000:1000\n', '', /^no USER/],
    ['USER 1000:1000\n', 'USER node\n', /^no USER by its number/],
    ['USER 1000:1000\n', 'USER 1000:1000\nUSER 0\n', /^USER is root/],
    ['USER 1000:1000\n', 'USER 1000:1000\nENV SHOP_SECRET=abc\n', /^a secret in ENV/],
    ['USER 1000:1000\n', 'USER 1000:1000\nARG DB_PASSWORD\n', /^a secret in ARG/],
    ['USER 1000:1000\n', 'RUN rm -r /tmp\nUSER 1000:1000\n', /^RUN in the stage that is shipped/],
    ['npm ci --ignore-scripts', 'npm ci', /install scripts/],
    ['npm ci', 'npm install', /^npm install/],
    ['HEALTHCHECK CMD ["node", "-e", ""]\n', '', /^no HEALTHCHECK/],
    ['CMD ["node", "a.js"]', 'CMD node a.js', /^no CMD/],
    ['STOPSIGNAL SIGTERM\n', '', /^no STOPSIGNAL/],
    ['STOPSIGNAL SIGTERM\n', 'STOPSIGNAL SIGTERM\nSTART now\n', /^Unknown instruction: START/],
    ['--from=build', '--form=build', /^Unknown flag: form/],
  ];
  for (const [from, to, fault] of refused) {
    it(`finds ${JSON.stringify(to)} in place of ${JSON.stringify(from)}`, () => {
      const faults = listDockerfileFaults(sound.replace(from, to));
      assert.equal(faults.length, 1, faults.join('\n'));
      assert.match(faults[0] ?? '', fault);
    });
  }

  it('accepts what is right', () => assert.deepEqual(listDockerfileFaults(sound), []));
});
