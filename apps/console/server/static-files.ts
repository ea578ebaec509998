import { createReadStream, existsSync, readdirSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream';

/** The files of a built page. */
export interface StaticFiles {
  /** Answers with the file at this path of a URL; `false` where there is none, and then nothing is answered. */
  send(path: string, response: ServerResponse, method: 'GET' | 'HEAD'): boolean;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** Angular puts eight letters of a digest into the names of what it builds: such a file never changes. */
const digestName = /-[A-Z0-9]{8}\.\w+$/;

/**
 * Lists the files of a folder, once. Only what is in the list is ever opened, so that no path, however it is written, leads out of the
 * folder; a symbolic link is not in it.
 *
 * Errors: a folder without `index.html`.
 */
export function staticFiles(folder: string): StaticFiles {
  const files = listed(folder);
  const index = files.get('/index.html');
  if (index === undefined) throw new Error(`there is no page in ${folder}; build it first`);
  files.set('/', index);
  return {
    send: (path, response, method) => {
      const file = files.get(path);
      if (file === undefined) return false;
      const caching = digestName.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache';
      const type = types[extname(file)] ?? 'application/octet-stream';
      response.writeHead(200, { 'content-type': type, 'cache-control': caching });
      if (method === 'HEAD') response.end();
      // A file that has gone meanwhile, or a browser that leaves: the connection ends either way, and there is nobody to tell.
      else pipeline(createReadStream(file), response, () => undefined);
      return true;
    },
  };
}

function listed(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  if (!existsSync(folder)) return files;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(`/${relative(folder, file).split(sep).join('/')}`, file);
  }
  return files;
}
