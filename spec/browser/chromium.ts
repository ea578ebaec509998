import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** No sandbox, because a container has none to give; nothing that calls home, because only the console is looked at. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The machine's own Chromium, without a window. Errors: there is none. */
export async function launchChromium(): Promise<Browser> {
  return await chromium.launch({ executablePath: findChromium(process.env), args, headless: true });
}

/** `CHROMIUM` before everything else; then what Debian installs; then what the path has. */
function findChromium(env: NodeJS.ProcessEnv): string {
  const { CHROMIUM: given, PATH: path = '' } = env;
  if (given !== undefined && given !== '') {
    if (existsSync(given)) return given;
    throw new Error(`CHROMIUM names ${given}, which is not there`);
  }
  const folders = ['/usr/bin', ...path.split(delimiter).filter((folder) => folder !== '')];
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new Error('there is no Chromium: `apt-get install chromium`, or set CHROMIUM to the path of one');
}
