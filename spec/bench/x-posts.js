import { contest, runProgram, startServer, table } from './contest.js';

const count = 60_000;
const contestants = ['bare', 'xdk', 'twitter-api-v2', 'tailrace', 'tailrace, fetch'];

/** CPU per post, from socket bytes to the consumer's function. */
export async function run() {
  const server = await startServer('posts-server.js', [String(count)]);
  const results = await contest(contestants, {
    run: async (name) => (await runProgram('x-posts-client.js', [name, server.url, String(count)])).microseconds,
  });
  server.stop();
  return [table(`X posts, ${count} a run`, 'CPU us per post', results)];
}
