// The live door (Centrifuge client protocol, JSON, v2) for our own pages: one connection a tab, opened with the first need.
// subscribe(channel, {since, heard, lost, joined}): heard(data, offset) for each publication, once and in order, across reconnects;
// joined() when listening begins without a position: what happened since the page was drawn may have been missed;
// lost() when the server can no longer fill the gap: load the page again. call(method, data): a promise of the answer.
const address = location.origin.replace(/^http/, "ws") + "/connection/websocket";
const subscriptions = new Map();
const answers = new Map();
const watchers = new Set();
let socket, ready = false, stopped = false, tries = 0, lastId = 0, silence, retry, patience = 35000;

export function subscribe(channel, { since, heard, lost = () => location.reload(), joined }) {
  subscriptions.set(channel, { offset: since, epoch: "", heard, lost, joined });
  ready ? join(channel) : open();
}

export function call(method, data) {
  if (!ready) return Promise.reject(new Error("away"));
  return new Promise((done, fail) => ask({ rpc: { method, data } }, done, fail)).then((reply) => reply.rpc.data);
}

// watch(f): f(true) when connected, f(false) when the line is down.
export function watch(told) {
  watchers.add(told);
}

function open() {
  clearTimeout(retry);
  if (stopped || (socket && socket.readyState < WebSocket.CLOSING)) return;
  const mine = (socket = new WebSocket(address));
  mine.onopen = () => ask({ connect: {} }, welcome, () => mine.close());
  mine.onmessage = (event) => mine === socket && event.data.split("\n").forEach((line) => line && take(JSON.parse(line)));
  mine.onclose = (event) => mine === socket && closed(event.code);
}

function welcome({ connect }) {
  tries = 0;
  patience = ((connect.ping || 25) + 10) * 1000;
  say(true);
  for (const channel of subscriptions.keys()) join(channel);
}

function join(channel) {
  const one = subscriptions.get(channel);
  const position = one.offset === undefined ? {} : { recover: true, offset: one.offset, epoch: one.epoch };
  const taken = ({ subscribe: result }) => {
    one.epoch = result.epoch;
    if (result.was_recovering && !result.recovered) return one.lost();
    for (const publication of result.publications || []) deliver(one, publication);
    const isNew = one.offset === undefined;
    one.offset = result.offset;
    if (isNew) one.joined?.();
  };
  // By callback, not promise: what was missed must be delivered before the next line of the same frame is.
  ask({ subscribe: { channel, ...position } }, taken, (error) => error.code && subscriptions.delete(channel));
}

function take(reply) {
  clearTimeout(silence);
  silence = setTimeout(() => closed(0), patience);
  if (reply.id) {
    const answer = answers.get(reply.id);
    answers.delete(reply.id);
    if (answer) reply.error ? answer.fail(reply.error) : answer.done(reply);
  } else if (reply.push) {
    const one = subscriptions.get(reply.push.channel);
    if (one && reply.push.pub) deliver(one, reply.push.pub);
    if (one && reply.push.unsubscribe) reply.push.unsubscribe.code >= 2500 ? one.lost() : subscriptions.delete(reply.push.channel);
  } else {
    socket.send("{}");
  }
}

function deliver(one, { data, offset }) {
  if (offset && offset <= (one.offset ?? 0)) return;
  if (offset) one.offset = offset;
  one.heard(data, offset);
}

function ask(words, done, fail) {
  socket.send(JSON.stringify({ id: ++lastId, ...words }));
  answers.set(lastId, { done, fail });
}

function closed(code) {
  clearTimeout(silence);
  const old = socket;
  socket = undefined;
  old?.close();
  say(false);
  for (const { fail } of answers.values()) fail(new Error("away"));
  answers.clear();
  stopped = (code >= 3500 && code < 4000) || (code >= 4500 && code < 5000);
  const most = Math.min(20000, 200 * 2 ** tries++);
  if (!stopped) retry = setTimeout(open, most / 2 + (Math.random() * most) / 2);
}

function say(now) {
  ready = now;
  for (const told of watchers) told(now);
}

addEventListener("online", () => { tries = 0; open(); });
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && subscriptions.size && open());
