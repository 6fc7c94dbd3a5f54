// The offline page names the pages that can still be opened, the last seen first: data-kept-pages on an empty list.
const list = document.querySelector("[data-kept-pages]");

async function titleOf(cache, request) {
  const text = await (await cache.match(request, { ignoreVary: true })).text();
  return new DOMParser().parseFromString(text, "text/html").title.replace(/ · Marvec$/, "");
}

async function show() {
  const name = (await caches.keys()).find((one) => one.startsWith("marvec-pages-"));
  if (!name) return;
  const cache = await caches.open(name);
  const pages = (await cache.keys()).filter(({ url }) => !new URL(url).pathname.startsWith("/luring")).reverse().slice(0, 12);
  for (const request of pages) {
    const link = Object.assign(document.createElement("a"), { href: request.url, textContent: await titleOf(cache, request) });
    list.appendChild(document.createElement("li")).append(link);
  }
  list.closest("[hidden]").hidden = !pages.length;
}

// The line is asked for, not believed in: "online" is said too early, and not at all when the line was only too weak.
async function ask() {
  const answer = await fetch("/healthz", { cache: "no-store" }).catch(() => null);
  answer?.ok ? location.reload() : setTimeout(ask, 3000);
}

if (list && "caches" in window) show();
setTimeout(ask, 1500);
