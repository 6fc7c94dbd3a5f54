// A piece with an id and data-live-refresh="<channel>" is fetched anew when something happens in that channel.
// Where its words are the same it is left alone.
import { subscribe } from "./live.js";
import { renew } from "./renew.js";

const pieces = [...document.querySelectorAll("[data-live-refresh][id]")];
let waiting;

async function refresh() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const { id } of pieces) {
    const [old, now] = [document.getElementById(id), fresh.getElementById(id)];
    if (old && now && old.textContent !== now.textContent) renew(old, now);
  }
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, 150 + Math.random() * 150);
}

for (const channel of new Set(pieces.map((piece) => piece.dataset.liveRefresh))) {
  // One's own channel is the bell's already; it passes the word on.
  if (channel.startsWith("person:")) document.addEventListener("live:person", soon);
  else subscribe(channel, { heard: soon, lost: soon, joined: soon });
}
