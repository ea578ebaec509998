import { createRequire } from 'node:module';
import { recordOf } from '../../lib/problem.js';

/** The version in package.json, found by the package's own name, from the sources and from `dist/` alike. */
export function packageVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('tailrace/package.json');
  return String(recordOf(manifest)?.['version']);
}
