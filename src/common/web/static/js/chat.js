// A conversation comes alive: data-chat on its list, data-chat-form on its form. Without JavaScript the form posts and the page reloads.
// What is written and not yet taken survives a lost line and a closed page: it is sent when the line is back, with the same id.
import { drop, keep, newKey, recall } from "./keep.js";
import { backoff, call, subscribe, watch } from "./live.js";

const list = document.querySelector("[data-chat]");
const form = document.querySelector("[data-chat-form]");
const state = document.querySelector("[data-chat-state]");
const conversation = list?.dataset.chat;
const unsent = new Map(recall(`unsent:${conversation}`)); // client id -> text, until the message comes back numbered
let spoke = 0, quiet, last = Number(list?.dataset.position);

async function heard(data, offset) {
  if (data.type === "typing" && data.person !== list.dataset.me) return typing();
  if (data.type === "read" && data.person !== list.dataset.me) return data.seq >= last && tell(state.dataset.seenText);
  if (data.type !== "message") return;
  last = offset;
  settle(data);
  if (data.author_id !== list.dataset.me) tell("");
  if (document.visibilityState === "visible") read();
}

// Our own message takes the place of its waiting bubble. The server draws what is more than words (cards, warnings).
function settle(message) {
  done(message.client_id);
  list.querySelector("[data-chat-empty]")?.remove();
  const waiting = list.querySelector(`[data-client-id="${CSS.escape(message.client_id)}"]`);
  const bubble = waiting || list.appendChild(draw(message));
  bubble.dataset.seq = message.seq;
  bubble.classList.remove("pending");
  bubble.querySelector("time").dateTime = message.at;
  if (message.card || message.warning) fetchDrawn(message.seq, bubble);
  if (!waiting) bubble.scrollIntoView({ block: "nearest" });
}

function draw(message) {
  const bubble = document.createElement("li");
  const time = document.createElement("time");
  bubble.className = message.author_id === list.dataset.me ? "bubble own" : "bubble";
  bubble.dataset.clientId = message.client_id;
  bubble.textContent = message.text;
  time.className = "meta";
  time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Makassar" }).format(new Date(message.at));
  bubble.append(time);
  return bubble;
}

async function fetchDrawn(seq, bubble) {
  const answer = await fetch(`/pesan/${conversation}/${seq}`, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("li");
  if (drawn) bubble.replaceWith(drawn);
}

async function send(client_id, text, tried = 0) {
  if (!unsent.has(client_id)) return;
  try {
    await call("chat.send", { conversation, client_id, text });
    done(client_id);
  } catch (error) {
    if (!error.code || error.temporary) tell(state.dataset.awayText);
    if (!error.code) return; // sent again when the line is back: same id, same message
    if (error.temporary) return void setTimeout(send, backoff(tried + 2), client_id, text, tried + 1);
    done(client_id);
    list.querySelector(`[data-client-id="${CSS.escape(client_id)}"]`)?.remove();
    form.elements.text.value = text;
    tell(error.message);
  }
}

function submit(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
  const text = form.elements.text.value.trim();
  if (!text) return;
  const client_id = newKey();
  unsent.set(client_id, text);
  keep(`unsent:${conversation}`, [...unsent]);
  wait(client_id, text);
  form.elements.text.value = "";
  drop(`say:${conversation}`);
  tell("");
  send(client_id, text);
}

function wait(client_id, text) {
  const bubble = list.appendChild(draw({ client_id, text, author_id: list.dataset.me, at: Date.now() }));
  bubble.classList.add("pending");
  bubble.scrollIntoView({ block: "nearest" });
}

function done(client_id) {
  unsent.delete(client_id);
  unsent.size ? keep(`unsent:${conversation}`, [...unsent]) : drop(`unsent:${conversation}`);
}

function restore() {
  for (const [client_id, text] of unsent) list.querySelector(`[data-client-id="${CSS.escape(client_id)}"]`) ? done(client_id) : wait(client_id, text);
  if (unsent.size) tell(state.dataset.awayText);
  form.elements.text.value ||= recall(`say:${conversation}`) ?? "";
}

function read() {
  call("chat.read", { conversation, seq: last }).catch(() => {});
}

function typing() {
  clearTimeout(quiet);
  tell(state.dataset.typingText);
  quiet = setTimeout(() => tell(""), 4000);
}

function tell(text) {
  state.textContent = text;
}

if (list && form) {
  restore();
  watch((ready) => {
    if (!ready) return;
    for (const [client_id, text] of unsent) send(client_id, text);
    if (document.visibilityState === "visible") read();
  });
  subscribe(`chat:${conversation}`, { since: last, heard });
  form.addEventListener("submit", submit, true);
  form.elements.text.addEventListener("input", () => {
    keep(`say:${conversation}`, form.elements.text.value);
    if (Date.now() - spoke < 3000) return;
    spoke = Date.now();
    call("chat.typing", { conversation }).catch(() => {});
  });
  form.elements.text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    form.requestSubmit();
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && read());
}
