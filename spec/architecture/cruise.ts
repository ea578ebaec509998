import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

export interface CruiseReport {
  readonly violations: readonly { from: string; to: string; rule: { name: string } }[];
  readonly totalCruised: number;
}

const output: z.ZodType<{ summary: CruiseReport }> = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
    totalCruised: z.number(),
  }),
});

/** Runs the project's dependency-cruiser rules over `folder`, which looks like the project's root. */
export async function cruise(root: string, folder: string): Promise<CruiseReport> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      ...['-c', join(root, 'spec/tools/dependency-cruiser.cjs'), '-T', 'json'],
      ...['lib', 'operators', 'sources', 'apps', 'spec'],
    ],
    { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
  );
  const parsed: unknown = JSON.parse(stdout);
  return output.parse(parsed).summary;
}
