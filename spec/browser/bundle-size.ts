import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

/** Below the console, whose packages these are built with; ignored by git. */
const place = join(process.cwd(), 'apps/console/.angular/bundles');

const workspace = {
  version: 1,
  projects: {
    app: {
      projectType: 'application',
      root: '',
      architect: {
        build: {
          builder: '@angular/build:application',
          options: {
            outputPath: 'dist',
            browser: 'src/main.ts',
            index: 'src/index.html',
            tsConfig: 'tsconfig.json',
            outputHashing: 'none',
            optimization: { scripts: true, styles: false, fonts: false },
          },
        },
      },
    },
  },
};

/** How many bytes the scripts of an application have, gzipped, as `ng build` makes them. Errors: what does not build. */
export async function bundleOf(main: string): Promise<number> {
  mkdirSync(place, { recursive: true });
  const folder = mkdtempSync(join(place, 'app-'));
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'angular.json'), JSON.stringify(workspace));
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../../tsconfig.json', files: ['src/main.ts'] }),
  );
  writeFileSync(join(folder, 'src/index.html'), '<!doctype html><title>app</title><app-root></app-root>');
  writeFileSync(join(folder, 'src/main.ts'), main);
  const ng = join(process.cwd(), 'apps/console/node_modules/@angular/cli/bin/ng.js');
  const env = { ...process.env, NG_CLI_ANALYTICS: 'false' };
  await promisify(execFile)(process.execPath, [ng, 'build'], { cwd: folder, env });
  const scripts = join(folder, 'dist/browser');
  return readdirSync(scripts)
    .filter((name) => name.endsWith('.js'))
    .reduce((sum, name) => sum + gzipSync(readFileSync(join(scripts, name)), { level: 9 }).length, 0);
}

export function removeBundles(): void {
  rmSync(place, { recursive: true, force: true });
}
