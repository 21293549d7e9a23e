// npm redlock 5: by default it tries again every 200 +- 100 ms; --retry-ms R: every R +- R/2 ms.
import { load, play } from './npm_player.mjs';
const { default: Redlock } = load('redlock');

play(({ client, ttl_ms, retry_ms }) => {
  const redlock = new Redlock([client], retry_ms ? { retryDelay: retry_ms, retryJitter: retry_ms / 2 } : {});
  return name => {
    let lock;
    return {
      acquire: async () => { lock = await redlock.acquire([name], ttl_ms, { retryCount: -1 }); },
      release: () => lock.release(),
    };
  };
});
