import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

export interface UnpackedChromium {
  program: string;
  /** What the program needs to find its libraries and fonts. */
  environment: Record<string, string>;
  remove(): Promise<void>;
}

/** Prints where the program is. */
const script = `
  const { default: chromium } = await import('@sparticuz/chromium');
  process.stdout.write(await chromium.executablePath());
`;

/**
 * Unpack the Chromium that npm brings (`@sparticuz/chromium`, Linux on x64) into a folder of its own, with
 * the libraries and fonts that a bare machine lacks. The package unpacks into the folder for temporary
 * files, and its libraries only where it takes the machine for AWS: so it runs in a process of its own.
 */
export async function unpackChromium(): Promise<UnpackedChromium> {
  const folder = await mkdtemp(path.join(tmpdir(), 'curfew-chromium-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  const { LD_LIBRARY_PATH: known, ...env } = process.env;
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', script],
      {
        env: { ...env, TMPDIR: folder, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
        cwd: import.meta.dirname,
      },
    );
    const fonts = path.join(folder, 'fonts.conf');
    await writeFile(fonts, describeFonts(folder));
    const libraries = [path.join(folder, 'al2023', 'lib'), ...(known ? [known] : [])];
    const environment = { LD_LIBRARY_PATH: libraries.join(path.delimiter), FONTCONFIG_FILE: fonts };
    return { program: stdout, environment, remove };
  } catch (failure) {
    await remove();
    throw failure;
  }
}

/** The package's own file names folders of AWS. */
function describeFonts(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${path.join(folder, 'fonts')}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${path.join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`;
}
