import { describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import { byteStream } from '../../../lib/http.js';
import { nodeTransport } from '../../../lib/node/index.js';
import { listen, shutDown } from '../../servers/origin.js';
import { outcomeOf } from '../outcome.js';
import { pem, startTlsOrigin } from '../tls-origin.js';

const sound = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const cutOff = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n';

describe('nodeTransport over TLS', () => {
  it('trusts the certificates that it is given', async () => {
    await using origin = await startTlsOrigin('loopback', sound);
    for (const ca of [pem('loopback.crt'), [pem('other-name.crt'), pem('loopback.crt')]]) {
      const outcome = await outcomeOf(byteStream({ url: origin.url, transport: nodeTransport({ ca }) }));
      expect(outcome).toMatchObject({ text: 'ok', completed: true });
    }
  });

  it.each([
    { row: 'T32 self-signed', certificate: 'loopback', ca: undefined, cause: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    { row: 'T33 expired', certificate: 'expired', ca: 'expired.crt', cause: 'CERT_HAS_EXPIRED' },
    { row: 'T34 wrong host', certificate: 'other-name', ca: 'other-name.crt', cause: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  ])('$row: refused once and for all', async ({ certificate, ca, cause }) => {
    await using origin = await startTlsOrigin(certificate, sound);
    const transport = nodeTransport({ ca: ca === undefined ? undefined : pem(ca) });
    const { error, text } = await outcomeOf(byteStream({ url: origin.url, transport }));
    expect(error).toMatchObject({ errorType: 'fatal_error', code: 'tls', isRetryable: false, cause: { code: cause } });
    expect([text, origin.connections]).toEqual(['', 1]);
  });

  it('T31 a plain port: refused once and for all', async () => {
    const server = createServer();
    const url = `https://127.0.0.1:${await listen(server)}`;
    const { error } = await outcomeOf(byteStream({ url, transport: nodeTransport() }));
    expect(error).toMatchObject({ errorType: 'fatal_error', code: 'tls' });
    await shutDown(server, []);
  });

  it('T35 a socket that is cut without farewell is no end of chunks', async () => {
    await using origin = await startTlsOrigin('loopback', cutOff, true);
    const transport = nodeTransport({ ca: pem('loopback.crt') });
    const { error, text } = await outcomeOf(byteStream({ url: origin.url, transport }));
    expect(text).toBe('ok');
    expect(error).toMatchObject({ errorType: 'stream_interrupted', code: 'interrupted' });
  });
});
