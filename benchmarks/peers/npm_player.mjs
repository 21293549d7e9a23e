// What the npm peers share: a player (README.md) over ioredis. A peer gives make_locks(setting) -> (name -> { acquire, release }).
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

export const load = createRequire(new URL('../../build/peers/', import.meta.url));
const { Redis } = load('ioredis');

const now_ns = () => process.hrtime.bigint();  // CLOCK_MONOTONIC
const say = (...words) => process.stdout.write(`${words.join(' ')}\n`);

async function pairs(lock_of, prefix, workers, seconds) {
  const begin = now_ns(), until = begin + BigInt(seconds * 1e9), cpu = process.cpuUsage(), times = [];
  await Promise.all(Array.from({ length: workers }, async (_, worker) => {
    const lock = lock_of(`${prefix}${worker}`);
    for (let before = now_ns(); before < until;) {
      await lock.acquire();
      await lock.release();
      const after = now_ns();
      times.push(Number(after - before));
      before = after;
    }
  }));
  const elapsed = Number(now_ns() - begin) / 1e9, { user, system } = process.cpuUsage(cpu);
  times.sort((a, b) => a - b);
  const part = of => times[Math.min(Math.floor(times.length * of), times.length - 1)];
  say('ok', times.length, elapsed, (user + system) / 1e6, part(0.5), part(0.99), part(1));
}

async function contend(lock, from, until) {
  await sleep(Number(from - now_ns()) / 1e6);
  for (let count = 0;; ++count) {
    await lock.acquire();
    const over = now_ns() >= until;
    await lock.release();
    if (over) return say('ok', count);
  }
}

export async function play(make_locks) {
  const { values } = parseArgs({
    options: { url: { type: 'string' }, ttl: { type: 'string' }, 'retry-ms': { type: 'string' } } });
  const client = new Redis(values.url, { lazyConnect: true });
  await client.connect();
  const lock_of = make_locks({ client, ttl_ms: Number(values.ttl) * 1000, retry_ms: Number(values['retry-ms'] ?? 0) });
  const held = new Map();

  const commands = {
    pairs(prefix, workers, seconds) {
      // For many at once: as ioredis's README advises. One alone would only wait for the next turn of the event loop.
      client.options.enableAutoPipelining = Number(workers) > 1;
      return pairs(lock_of, prefix, Number(workers), Number(seconds));
    },
    contend: (name, from, until) => contend(lock_of(name), BigInt(from), BigInt(until)),
    async lock(name) {
      const lock = lock_of(name);
      await lock.acquire();
      const at = now_ns();
      held.set(name, lock);
      say('renewed', at);
      say('ok', at);
    },
    async unlock(name) {
      const at = now_ns();
      await held.get(name).release();
      held.delete(name);
      say('ok', at);
    },
  };

  // Whatever it waits for then: the server may be gone.
  process.stdin.on('end', () => setTimeout(() => process.exit(1), 2000).unref());
  say('ok');
  for await (const line of createInterface({ input: process.stdin })) {
    const [command, ...words] = line.split(' ');
    if (commands[command]) await commands[command](...words);
    else say('cannot', command);
  }
  for (const lock of held.values()) await lock.release();
  client.disconnect();
}
