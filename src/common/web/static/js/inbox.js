// The bell counts what waits: data-live-inbox="<person id>", with a data-live-count inside.
import { subscribe } from "./live.js";

const bell = document.querySelector("[data-live-inbox]");
const count = bell?.querySelector("[data-live-count]");

function show(unread) {
  count.textContent = unread > 99 ? "99+" : unread;
  count.hidden = !unread;
}

async function ask() {
  const answer = await fetch("/api/v1/notifications/unread", { headers: { accept: "application/json" } });
  if (answer.ok) show((await answer.json()).unread);
}

if (count) {
  ask();
  subscribe(`person:${bell.dataset.liveInbox}`, {
    heard(data) {
      if (typeof data.unread === "number") show(data.unread);
      document.dispatchEvent(new CustomEvent("live:person", { detail: data }));
    },
    lost: ask,
    joined() {
      ask();
      document.dispatchEvent(new CustomEvent("live:person"));
    },
  });
}
