// npm redis-semaphore: its Mutex, which tries again every 10 ms and renews by itself.
import { load, play } from './npm_player.mjs';
const { Mutex } = load('redis-semaphore');

play(({ client, ttl_ms }) => name => new Mutex(client, name, { lockTimeout: ttl_ms, acquireTimeout: Infinity }));
