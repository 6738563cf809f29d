import { type Command, InvalidArgumentError } from 'commander';
import type { Examination } from './doctor.ts';
import type { Finding } from './finding.ts';

/** `gatehouse doctor`. Exit code 0: no fault (warnings there may be); 1: a fault, each with what to do. */
export function doctorCommand(
  program: Command,
  open: () => Omit<Examination, 'timeFrom'> | Promise<Omit<Examination, 'timeFrom'>>,
): void {
  const io = program.configureOutput();
  program
    .command('doctor')
    .description('look at settings, files, keys, database, clock, memory, mail, proxies and realms, and say what to do')
    .option('--json', 'an object: isHealthy, findings (check, level, says, todo)')
    .option('--time-from <address>', 'compare the clock with the Date of this https address', readAddress)
    .action(async (options: { json?: boolean; timeFrom?: string }) => {
      const { examine } = await import('./doctor.ts');
      const findings = await examine({ ...(await open()), timeFrom: options.timeFrom });
      const faults = findings.filter(({ level }) => level === 'fault');
      if (options.json === true) {
        io.writeOut?.(`${JSON.stringify({ isHealthy: faults.length === 0, findings })}\n`);
      } else {
        for (const finding of findings) io.writeOut?.(lineOf(finding));
      }
      if (faults.length === 0) return;
      io.writeErr?.(`gatehouse: ${faults.length === 1 ? 'one fault' : `${faults.length} faults`} to repair\n`);
      process.exitCode = 1;
    });
}

function lineOf({ check, level, says, todo }: Finding): string {
  const line = `${level.padEnd(8)} ${check.padEnd(14)} ${says}\n`;
  return todo === undefined ? line : `${line}${' '.repeat(24)}→ ${todo}\n`;
}

function readAddress(text: string): string {
  if (URL.canParse(text) && ['https:', 'http:'].includes(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('It is an address such as https://www.example.com.');
}
