import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Argument, Command, Option } from 'commander';
import { listCompletions } from '../../src/cli/completion/list_completions.ts';
import { renderBash } from '../../src/cli/completion/render_bash.ts';
import { renderFish } from '../../src/cli/completion/render_fish.ts';
import { renderZsh } from '../../src/cli/completion/render_zsh.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { endProcesses, runCurfew, runProgram } from '../support/process_curfew.ts';

/** A program with a bit of everything, and characters that shells take for something else. */
function sample(): Command {
  const program = new Command('curfew').description('a sample').version('1');
  const user = program.command('user').description("people: it's them");
  user
    .command('add <username>')
    .description('add $(one)')
    .option('--role <role...>', 'roles')
    .option('-j, --json', 'as `JSON`');
  program
    .command('apply [file]')
    .description('apply')
    .option('--output <file>', 'where')
    .addOption(new Option('--by <what>', 'by what').choices(['policy', 'role']));
  program
    .command('completion')
    .description('complete')
    .addArgument(new Argument('<shell>', 'which').choices(['bash', 'zsh']));
  return program;
}

describe('completions', () => {
  it('are those of the tree of commands: subcommands, options, and what their values are', () => {
    const found = new Map(listCompletions(sample()).map((command) => [command.path, command]));
    const words = (at: string) => found.get(at)?.commands.map(({ word }) => word);
    const options = (at: string) => found.get(at)?.options.map(({ word, value }) => [word, value]);
    assert.deepEqual([...found.keys()], ['', 'user', 'user add', 'apply', 'completion']);
    assert.deepEqual(words(''), ['user', 'apply', 'completion', 'help']);
    assert.deepEqual(words('user'), ['add', 'help']);
    assert.deepEqual(options('user add'), [
      ['--role', 'other'],
      ['-j', undefined],
      ['--json', undefined],
      ['-h', undefined],
      ['--help', undefined],
    ]);
    assert.deepEqual(options('apply')?.slice(0, 2), [
      ['--output', 'file'],
      ['--by', ['policy', 'role']],
    ]);
    assert.deepEqual(
      ['user add', 'apply', 'completion', 'user'].map((at) => found.get(at)?.argument),
      ['other', 'file', ['bash', 'zsh'], undefined],
    );
  });

  it('name every command and option in the script of every shell', async () => {
    const commands = listCompletions(await buildProgram());
    assert.ok(commands.some(({ path: at }) => at === 'user recover-admin'));
    for (const render of [renderBash, renderZsh, renderFish]) {
      const script = render(commands);
      for (const { path: at, options } of commands) {
        assert.ok(script.includes(at), at);
        for (const { word } of options) {
          const shown = render === renderFish ? word.replace(/^--/, '-l ').replace(/^-(?=\w$)/, '-s ') : word;
          assert.ok(script.includes(shown), `${at} ${word}`);
        }
      }
    }
  });

  it('quote what shells take for something else', () => {
    const commands = listCompletions(sample());
    assert.match(renderZsh(commands), /'user:people\\: it'\\''s them'/);
    assert.match(renderFish(commands), /-a 'user' -d 'people: it\\'s them'/);
    assert.match(renderFish(commands), /-n '__curfew_at \\'user add\\'' -l role -x -d 'roles'/);
    assert.match(renderFish(commands), /-n '__curfew_at \\'apply\\'' -l output -r -F -d 'where'/);
  });
});

describe('the completion of bash', () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'curfew-completion-'));
    await writeFile(path.join(directory, 'limits.yaml'), '');
    await writeFile(path.join(directory, 'two words.yaml'), '');
  });
  after(async () => {
    await endProcesses();
    await rm(directory, { recursive: true });
  });

  /** What bash offers for the last of these words, by its own `complete`. */
  async function complete(script: string, ...words: string[]): Promise<string[]> {
    const lines = [
      script,
      `COMP_WORDS=(curfew ${words.map((word) => `'${word}'`).join(' ')})`,
      `COMP_CWORD=${words.length}`,
      `[ "$(complete -p curfew)" = 'complete -F _curfew curfew' ] || exit 3`,
      '_curfew',
      `printf '%s\\n' "\${COMPREPLY[@]}"`,
    ];
    const { code, stdout, stderr } = await runProgram('bash', ['--norc', '-u', '-c', lines.join('\n')], {
      cwd: directory,
    });
    assert.deepEqual([code, stderr], [0, '']);
    return stdout.split('\n').filter((line) => line !== '');
  }

  it('offers commands, then those below, then options, then values', async () => {
    const script = renderBash(listCompletions(sample()));
    assert.deepEqual(await complete(script, ''), [
      'user',
      'apply',
      'completion',
      'help',
      '-V',
      '--version',
      '-h',
      '--help',
    ]);
    assert.deepEqual(await complete(script, 'u'), ['user']);
    assert.deepEqual(await complete(script, 'user', 'a'), ['add']);
    assert.deepEqual(await complete(script, 'user', 'add', '--'), ['--role', '--json', '--help']);
    assert.deepEqual(await complete(script, 'user', 'add', 'emmy', '--j'), ['--json']);
    assert.deepEqual(await complete(script, 'apply', '--by', ''), ['policy', 'role']);
    assert.deepEqual(await complete(script, 'apply', '--by', 'role', '--o'), ['--output']);
    assert.deepEqual(await complete(script, 'completion', 'z'), ['zsh']);
    assert.deepEqual(await complete(script, 'user', 'add', '--role', ''), [], 'nobody can guess a role');
  });

  it('offers files where a file is meant, with spaces in their names', async () => {
    const script = renderBash(listCompletions(sample()));
    assert.deepEqual(await complete(script, 'apply', 'lim'), ['limits.yaml']);
    assert.deepEqual(await complete(script, 'apply', '--output', 't'), ['two words.yaml']);
    assert.deepEqual(await complete(script, 'user', 'lim'), []);
  });

  it('is what curfew completion writes', async () => {
    const { code, stdout } = await runCurfew(['completion', 'bash']);
    assert.equal(code, 0);
    assert.deepEqual(await complete(stdout, 'user', 'rec'), ['recover-admin']);
    assert.deepEqual(await complete(stdout, 'report', 'timeouts', '--by', 'c'), ['client']);
    assert.deepEqual(await complete(stdout, 'completion', ''), ['bash', 'zsh', 'fish', '-h', '--help']);
    assert.equal((await runCurfew(['completion', 'tcsh'])).code, 2);
  });
});
