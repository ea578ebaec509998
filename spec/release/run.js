/**
 * Runs one of the tools beside it, with what it needs installed: `node spec/release/run.js TOOL [ARGUMENT...]`.
 *
 * They have a package and a lock of their own: with them `npm ci` at the root would be a fifth larger and slower, for people who
 * never make a release.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const stamp = join(here, 'node_modules', '.lock-digest');

/** size-limit takes its plugins from the package of the folder that it is started in. */
const tools = {
  'size-limit': { bin: 'size-limit/bin.js', cwd: here },
  publint: { bin: 'publint/src/cli.js', cwd: root },
  attw: { bin: '@arethetypeswrong/cli/dist/index.js', cwd: root },
  typedoc: { bin: 'typedoc/bin/typedoc', cwd: root },
  'api-reports': { bin: '../api-reports.js', cwd: root },
};

function installIfNeeded() {
  const digest = createHash('sha256')
    .update(readFileSync(join(here, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  run('npm', ['ci', '--no-audit', '--no-fund', '--silent'], { cwd: here, shell: process.platform === 'win32' });
  writeFileSync(stamp, digest);
}

function run(command, given, options) {
  const { status, error } = spawnSync(command, given, { stdio: 'inherit', ...options });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

const [name, ...given] = process.argv.slice(2);
const tool = tools[name];
if (tool === undefined) throw new Error(`unknown tool "${name}"; known are ${Object.keys(tools).join(', ')}`);
installIfNeeded();
run(process.execPath, [join(here, 'node_modules', tool.bin), ...given], { cwd: tool.cwd });
