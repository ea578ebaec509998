/**
 * The public surface as text, one report per door under spec/api: a change of it is read and reviewed like code.
 * `npm run api` fails where a committed report differs; `npm run api -- --local` (or `npm run api:update`) rewrites them.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import extractor from '@microsoft/api-extractor';
import { readDoors } from '../tools/doors.js';

const { Extractor, ExtractorConfig, ExtractorLogLevel } = extractor;
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const reports = join(root, 'spec/api');
const silent = { logLevel: ExtractorLogLevel.None };

function configOf(door) {
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json'),
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(root, door.types),
      bundledPackages: [],
      newlineKind: 'lf',
      compiler: { tsconfigFilePath: join(root, 'tsconfig.json'), skipLibCheck: true },
      apiReport: {
        enabled: true,
        reportFileName: `${door.label}.api.md`,
        reportFolder: reports,
        reportTempFolder: join(root, '.tmp/api'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        // a source's door names types of lib, which lib's own door exports; typedoc sees all doors at once and checks that
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.Error },
          'ae-forgotten-export': silent,
          'ae-missing-release-tag': silent,
          // members whose name says it all are left alone; doors.spec.ts sees to it that every export says something
          'ae-undocumented': silent,
          'ae-unresolved-link': silent,
        },
        // the tags are TypeDoc's and the editor's (`@default`), not TSDoc's
        tsdocMessageReporting: { default: silent },
      },
    },
  });
}

function checkDoor(door, localBuild) {
  const result = Extractor.invoke(configOf(door), {
    localBuild,
    printApiReportDiff: true,
    messageCallback(message) {
      if (message.messageId === 'console-preamble' || message.messageId === 'console-compiler-version-notice') {
        message.handled = true;
      }
    },
  });
  if (result.succeeded) return true;
  console.error(`${door.specifier}: spec/api/${door.label}.api.md differs. If that is meant: npm run api:update`);
  return false;
}

/** A report whose door is gone would be reviewed for ever. */
function checkLeftOver(doors, localBuild) {
  const expected = new Set(doors.map(({ label }) => `${label}.api.md`));
  const strays = readdirSync(reports).filter((file) => file.endsWith('.api.md') && !expected.has(file));
  for (const stray of strays) {
    if (localBuild) rmSync(join(reports, stray));
    else console.error(`spec/api/${basename(stray)} belongs to no door`);
  }
  return localBuild || strays.length === 0;
}

const localBuild = process.argv.includes('--local');
for (const folder of [reports, join(root, '.tmp/api')]) if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
const doors = readDoors(root);
const results = [...doors.map((door) => checkDoor(door, localBuild)), checkLeftOver(doors, localBuild)];
process.exitCode = results.every(Boolean) ? 0 : 1;
if (process.exitCode === 0) console.log(`${doors.length} api reports up to date`);
