#!/bin/bash
# piscina 5.3.2 (npm): close(), the graceful end of a pool, while both of its two threads run a task.
# Guess:  close() lets every task end that was accepted, running or queued, and destroy() is what ends them by force.
# Seen:   the thread of the slower task is terminated when the quicker one has ended and nothing is queued: its promise is
#         rejected with "Terminating worker thread", in the middle of its work. close() resolves as if all were well. With
#         one thread nothing is lost.
# Source: this run, and dist/index.js, ThreadPool.close: the listener for ended tasks is added once and then once more for
#         each worker, so that one worker that has become idle is counted for several.
# braid:  drain() answers when every accepted job has ended; a job whose worker is taken away is counted.
source "$(dirname "$0")/installation.sh"
npm_packages piscina@5.3.2
cat > "$scene/task.js" <<'TASK'
// Takes some milliseconds, and says on a port what it has done.
module.exports = async ({ name, milliseconds, port }) => {
  await new Promise((done) => setTimeout(done, milliseconds));
  port.postMessage(`${name} has ended`);
  return name;
};
TASK
cat > "$scene/close.mjs" <<'PROGRAM'
import { Piscina } from 'piscina';
import { MessageChannel } from 'node:worker_threads';
const filename = new URL('task.js', import.meta.url).pathname;

async function run(threads, times) {
  const pool = new Piscina({ filename, minThreads: threads, maxThreads: threads });
  const ended = [];
  const task = (name, milliseconds) => {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (text) => text.startsWith('task') && ended.push(text));
    port1.unref();
    return pool.run({ name, milliseconds, port: port2 }, { transferList: [port2] });
  };
  await Promise.all(times.map((_, i) => task(`first ${i}`, 20)));  // all threads are up
  const results = Promise.allSettled(times.map((milliseconds, i) => task(`task ${i + 1}`, milliseconds)));
  await new Promise((done) => setTimeout(done, 50));
  await pool.close();
  const seen = (await results).map((each) => (each.status === 'fulfilled' ? 'fulfilled' : each.reason.message));
  console.log(`${threads} threads, ${times.length} tasks: ${seen.join(', ')}; ended: ${ended.length}`);
}
await run(2, [300, 1500]);
await run(2, [300, 1500, 300]);
await run(1, [300, 300]);
PROGRAM
(cd "$scene" && node close.mjs) | expect '2 threads, 2 tasks: fulfilled, Terminating worker thread; ended: 1
2 threads, 3 tasks: fulfilled, Terminating worker thread, fulfilled; ended: 2
1 threads, 2 tasks: fulfilled, fulfilled; ended: 2'
