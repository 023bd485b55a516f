#!/bin/bash
# parallel-transform 1.2.0 and streaming-iterables 8.0.1 (npm): a failure, and an early exit, in a parallel map.
# Guess:  an ordered parallel map gives the results before the failed item, then the error. Who leaves the loop early
#         closes the source, so a generator's finally block runs.
# Seen:   parallel-transform, ordered (its default): item 3 fails while item 1 still runs, and nothing comes out but the
#         error, items 1 and 2 included. streaming-iterables parallelMap: after a break the source is never closed.
# Source: this run.
# braid:  the prefix rule (law F2); leaving early cancels upstream and joins it (law F3).
source "$(dirname "$0")/installation.sh"
npm_packages parallel-transform@1.2.0 streaming-iterables@8.0.1
cat >"$scene/program.mjs" <<'PROGRAM'
import transform from 'parallel-transform';
import {parallelMap} from 'streaming-iterables';
const after = (ms, v) => new Promise(r => setTimeout(r, ms, v));
const out = [];
const stream = transform(3, {objectMode: true}, (x, done) =>
  setTimeout(() => x === 3 ? done(new Error('item 3')) : done(null, x), x === 1 ? 100 : 10));
const ended = new Promise(r => { stream.on('error', e => r(e.message)); stream.on('end', () => r('end')); });
stream.on('data', x => out.push(x));
for (let x = 1; x <= 5; x++) stream.write(x);
stream.end();
const how = await ended;
await after(300);
console.log(`parallel-transform: ${JSON.stringify(out)} then ${how}`);
let closed = false;
function* numbers() { try { for (let i = 0; i < 100; i++) yield i; } finally { closed = true; } }
let taken = 0;
for await (const x of parallelMap(3, x => after(5, x), numbers())) if (++taken === 2) break;
await after(100);
console.log(`streaming-iterables, left after ${taken}: source ${closed ? 'closed' : 'not closed'}`);
PROGRAM
node "$scene/program.mjs" | expect 'parallel-transform: [] then item 3
streaming-iterables, left after 2: source not closed'
