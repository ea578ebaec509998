import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, get } from 'node:http';
import { forward } from '../../../../apps/console/server/forward.js';
import { eventually } from '../../../servers/eventually.js';
import { listen } from '../../../servers/origin.js';
import { started } from './gated.js';
import { startUpstream } from './upstream.js';

const all = started();
afterEach(all.closeAll);

describe('a request that is sent on', () => {
  it('is cut when its browser has read nothing for too long, and not while it reads', async () => {
    const upstream = all.keep(
      await startUpstream((_request, response) => {
        const pump = setInterval(() => response.write(Buffer.alloc(2 ** 18)), 5);
        response.writeHead(200).on('close', () => clearInterval(pump));
      }),
    );
    const proxy = createServer((request, response) => {
      forward(request, response, { port: upstream.port, unreadMs: 500 });
    });
    const port = await listen(proxy);
    all.keep({
      close: () => {
        proxy.closeAllConnections();
        proxy.close();
      },
    });
    let received = 0;
    const reader = get({ port, host: '127.0.0.1' }, (response) => {
      response.on('data', (bytes: Buffer) => (received += bytes.length)).on('error', () => undefined);
    });
    await eventually(() => received > 2 ** 22);
    // It reads nothing, so it will not even notice that it is cut: the server behind does.
    const sleeper = get({ port, host: '127.0.0.1' }, (response) => response.on('error', () => undefined));
    sleeper.on('error', () => undefined);
    await eventually(() => upstream.openSockets === 2);
    await eventually(() => upstream.openSockets === 1);
    expect(reader.destroyed).toBe(false);
    sleeper.destroy();
    reader.destroy();
    await eventually(() => upstream.openSockets === 0);
  });
});
