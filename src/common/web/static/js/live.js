// The live door (Centrifuge client protocol, JSON, v2) for our own pages: one connection a tab, opened with the first need.
// subscribe(channel, {since, heard, lost, joined}): heard(data, offset) for each publication, once and in order, across reconnects;
// joined() when listening begins without a position: what happened since the page was drawn may have been missed;
// lost() when the server can no longer fill the gap: load the page, or its piece, again. call(method, data): a promise of the answer.
// What is temporary and what is for good is as in centrifuge-js: error codes, unsubscribe codes from 2500 on, disconnect codes.
const address = location.origin.replace(/^http/, "ws") + "/connection/websocket";
const PAGE = 100, ANSWER = 20000, TOKEN_EXPIRED = 109, UNRECOVERABLE = 112, RESUBSCRIBE = 2500;
const subscriptions = new Map();
const answers = new Map();
const watchers = new Set();
let socket, ready = false, stopped = false, tries = 0, lastId = 0, silence, retry, patience = 35000;

export function subscribe(channel, { since, heard, lost = () => location.reload(), joined }) {
  const one = { channel, offset: since, seen: 0, epoch: "", tries: 0, heard, lost, joined };
  subscriptions.set(channel, one);
  ready ? join(one) : open();
}

export function call(method, data) {
  if (!ready) return Promise.reject(new Error("away"));
  return new Promise((done, fail) => ask({ rpc: { method, data } }, done, fail)).then((reply) => reply.rpc.data);
}

// watch(f): f(true) when connected, f(false) when the line is down.
export function watch(told) {
  watchers.add(told);
}

// Milliseconds before the next try: longer each time, and never the same for all.
export function backoff(tried) {
  const most = Math.min(20000, 200 * 2 ** tried);
  return most / 2 + (Math.random() * most) / 2;
}

function open() {
  clearTimeout(retry);
  if (stopped || (socket && socket.readyState < WebSocket.CLOSING)) return;
  const mine = (socket = new WebSocket(address));
  mine.onopen = () => ask({ connect: {} }, welcome, (error) => {
    stopped ||= !passes(error);
    mine.close();
  });
  mine.onmessage = (event) => mine === socket && event.data.split("\n").forEach((line) => line && take(JSON.parse(line)));
  mine.onclose = (event) => mine === socket && closed(event.code);
}

function welcome({ connect }) {
  tries = 0;
  patience = ((connect.ping || 25) + 10) * 1000;
  say(true);
  subscriptions.forEach(join);
}

function join(one) {
  clearTimeout(one.retry);
  one.filling = false;
  if (!ready || subscriptions.get(one.channel) !== one) return;
  const position = one.offset === undefined ? {} : { recover: true, offset: one.offset, epoch: one.epoch };
  // By callback, not promise: what was missed must be delivered before the next line of the same frame is.
  ask({ subscribe: { channel: one.channel, ...position } }, (reply) => joined(one, reply.subscribe), (error) => refused(one, error));
}

function joined(one, result) {
  one.tries = 0;
  one.epoch = result.epoch;
  if (result.was_recovering && !result.recovered) return lose(one, result.offset);
  const isNew = one.offset === undefined;
  one.offset ??= result.offset;
  for (const publication of result.publications || []) deliver(one, publication);
  reach(one, result.offset);
  if (isNew) one.joined?.();
}

// The subscription stays ours unless the server refuses it for good.
function refused(one, error) {
  if (!error.code) return; // the line went down: all are asked for again when it is back
  if (error.code === UNRECOVERABLE) one.offset = void one.lost();
  else if (!passes(error)) return void subscriptions.delete(one.channel);
  again(one, join);
}

function again(one, what) {
  clearTimeout(one.retry);
  one.retry = setTimeout(() => what(one), backoff(one.tries++));
}

function passes(error) {
  return !error.code || error.temporary || error.code < 100 || error.code === TOKEN_EXPIRED;
}

function take(reply) {
  clearTimeout(silence);
  silence = setTimeout(() => closed(0), patience);
  if (reply.id) {
    const answer = answers.get(reply.id);
    answers.delete(reply.id);
    clearTimeout(answer?.late);
    if (answer) reply.error ? answer.fail(reply.error) : answer.done(reply);
  } else if (reply.push) {
    const one = subscriptions.get(reply.push.channel);
    if (one && reply.push.pub) deliver(one, reply.push.pub);
    if (one && reply.push.unsubscribe) reply.push.unsubscribe.code >= RESUBSCRIBE ? again(one, join) : subscriptions.delete(one.channel);
  } else {
    socket.send("{}");
  }
}

// The next one is heard; one that comes too early shows a gap, which is filled first.
function deliver(one, { data, offset }) {
  if (!offset) return one.heard(data);
  if (offset > one.offset + 1) return reach(one, offset);
  if (offset <= one.offset) return;
  one.offset = offset;
  one.heard(data, offset);
}

// A server may answer a long absence in pieces: ask for the next piece until there is nothing more.
function reach(one, offset) {
  one.seen = Math.max(one.seen, offset);
  if (one.seen > one.offset && !one.filling) fill(one);
}

function fill(one) {
  if (!ready || subscriptions.get(one.channel) !== one) return;
  one.filling = true;
  const since = { offset: one.offset, epoch: one.epoch };
  ask({ history: { channel: one.channel, since, limit: PAGE } }, ({ history }) => {
    const publications = history.publications || [];
    one.filling = false;
    one.tries = 0;
    if (publications[0]?.offset !== one.offset + 1) return history.offset > one.offset ? lose(one, history.offset) : undefined;
    one.filling = true; // a gap within would be asked for twice
    for (const publication of publications) deliver(one, publication);
    one.filling = false;
    reach(one, history.offset);
  }, (error) => {
    one.filling = false;
    if (error.code === UNRECOVERABLE) refused(one, error);
    else if (error.code && passes(error)) again(one, fill);
  });
}

function lose(one, offset) {
  one.offset = offset;
  one.lost();
}

// An answer that never comes is a line that is down, whatever else comes over it.
function ask(words, done, fail) {
  const mine = socket;
  mine.send(JSON.stringify({ id: ++lastId, ...words }));
  answers.set(lastId, { done, fail, late: setTimeout(() => mine === socket && closed(0), ANSWER) });
}

function closed(code) {
  clearTimeout(silence);
  const old = socket;
  socket = undefined;
  old?.close();
  say(false);
  const waiting = [...answers.values()];
  answers.clear();
  for (const { fail, late } of waiting) {
    clearTimeout(late);
    fail(new Error("away"));
  }
  stopped ||= code === 1009 || (code >= 3500 && code < 4000) || (code >= 4500 && code < 5000);
  if (!stopped) retry = setTimeout(open, backoff(tries++));
}

function say(now) {
  ready = now;
  for (const told of watchers) told(now);
}

addEventListener("online", () => { tries = 0; open(); });
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && subscriptions.size && open());
