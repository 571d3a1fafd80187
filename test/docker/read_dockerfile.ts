import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DockerfileParser } from 'dockerfile-ast';
import type { Instruction as ParsedInstruction, ModifiableInstruction } from 'dockerfile-ast';

export interface Instruction {
  keyword: string;
  /** Without the dashes; the last of two of one name. */
  flags: ReadonlyMap<string, string>;
  /** Split at blanks, continuation lines joined. */
  args: readonly string[];
  /** What follows the keyword and its flags, as it is written. */
  text: string;
}

export interface Stage {
  /** Undefined for a stage that has none, as the last one. */
  name: string | undefined;
  image: string;
  instructions: readonly Instruction[];
}

export const root = fileURLToPath(new URL('../../', import.meta.url));

export function readDockerText(name: string): string {
  return readFileSync(join(root, 'docker', name), 'utf8');
}

/** The stages of a Dockerfile in order; the last one is the image. */
export function parseDockerfile(source: string): Stage[] {
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  for (const parsed of DockerfileParser.parse(source).getInstructions()) {
    const instruction = readInstruction(parsed);
    if (instruction.keyword === 'FROM') {
      const [image = '', , name] = instruction.args;
      stages.push({ name, image, instructions: [] });
    } else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

function readInstruction(parsed: ParsedInstruction): Instruction {
  const flags = 'getFlags' in parsed ? (parsed as ModifiableInstruction).getFlags() : [];
  return {
    keyword: parsed.getKeyword(),
    flags: new Map(flags.map((flag) => [flag.getName(), flag.getValue() ?? ''])),
    args: parsed.getArguments().map((argument) => argument.getValue()),
    text: parsed.getRawArgumentsContent() ?? '',
  };
}

/** The last instruction of that name, which is the one that holds. Throws where there is none. */
export function getInstruction(stage: Stage, keyword: string): Instruction {
  const found = stage.instructions.findLast((instruction) => instruction.keyword === keyword);
  if (!found) throw new Error(`No ${keyword} in the stage from ${stage.image}.`);
  return found;
}

/** The program and its arguments of a CMD, or of a HEALTHCHECK's CMD, in exec form. Throws for any other. */
export function readExecForm({ keyword, text }: Instruction): string[] {
  const list: unknown = JSON.parse(keyword === 'HEALTHCHECK' ? text.replace(/^CMD\s+/, '') : text);
  if (!Array.isArray(list) || !list.every((part) => typeof part === 'string'))
    throw new Error(`${keyword} is not in exec form.`);
  return list;
}
