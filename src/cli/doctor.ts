import type { Command } from 'commander';
import { Problem } from '../domain/problems.ts';
import { describeFindings } from './doctor/describe_findings.ts';
import { examine } from './doctor/examine.ts';

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description(
      'look whether all is well: each line says good, or what to do; exit 1 where something is wrong',
    )
    .option('--json', 'print one JSON document')
    .action(async ({ json }: { json?: true }) => {
      const findings = await examine(process.env);
      const count = (wanted: string) => findings.filter(({ state }) => state === wanted).length;
      const [wrong, warnings] = [count('wrong'), count('warning')];
      const document = { wrong, warnings, findings };
      process.stdout.write(json ? `${JSON.stringify(document, undefined, 2)}\n` : describeFindings(findings));
      if (wrong > 0) throw new Problem('unwell', `Wrong: ${wrong}. Warnings: ${warnings}.`);
    });
}
